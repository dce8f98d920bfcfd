#ifndef GREETINGS_SERVICE_H
#define GREETINGS_SERVICE_H
#include "http/app.h"

extern const ch_service greetings_service;
#endif
