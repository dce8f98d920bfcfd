#ifndef VACANCIES_SEARCH_PAGES_H
#define VACANCIES_SEARCH_PAGES_H
#include "http/call.h"

ch_err home_page(ch_call *call);
ch_err jobs_page(ch_call *call);
ch_err job_page(ch_call *call);
#endif
