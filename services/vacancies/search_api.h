#ifndef VACANCIES_SEARCH_API_H
#define VACANCIES_SEARCH_API_H
#include "http/call.h"

ch_err api_search(ch_call *call);
ch_err api_ping(ch_call *call);
#endif
