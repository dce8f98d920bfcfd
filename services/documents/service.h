#ifndef DOCUMENTS_SERVICE_H
#define DOCUMENTS_SERVICE_H
/* Files: streamed in, sniffed, opened for a minute at a time, each reading told to the owner. */
#include "http/app.h"

extern const ch_service documents_service;
#endif
