#ifndef VACANCIES_HOME_PAGES_H
#define VACANCIES_HOME_PAGES_H
#include "http/call.h"

/* Policies, the API's documentation, reference data. */
ch_err accessibility_page(ch_call *call);
ch_err cookies_page(ch_call *call);
ch_err privacy_page(ch_call *call);
ch_err api_docs_page(ch_call *call);
ch_err api_openapi(ch_call *call);
ch_err api_reference(ch_call *call);
#endif
