#ifndef VACANCIES_DEPARTMENT_PAGES_H
#define VACANCIES_DEPARTMENT_PAGES_H
#include "http/call.h"

/* The department's picture: numbers only, and small numbers of people not told exactly. */
ch_err department_page(ch_call *call);
#endif
