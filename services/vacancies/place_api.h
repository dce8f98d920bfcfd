#ifndef VACANCIES_PLACE_API_H
#define VACANCIES_PLACE_API_H
#include "http/call.h"

/* Completion of what is being typed as a place. */
ch_err api_places(ch_call *call);
#endif
