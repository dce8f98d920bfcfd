#ifndef VACANCIES_SHORTLIST_PAGES_H
#define VACANCIES_SHORTLIST_PAGES_H
#include "http/call.h"

/* An employer's side of applications: blind until shortlisted. */
ch_err applications_page(ch_call *call);
ch_err employer_application_page(ch_call *call);
ch_err application_shortlist_post(ch_call *call);
ch_err application_reject_page(ch_call *call);
ch_err application_reject_post(ch_call *call);
ch_err application_cv_post(ch_call *call);
#endif
