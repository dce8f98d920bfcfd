#ifndef VACANCIES_CANDIDATE_PAGES_H
#define VACANCIES_CANDIDATE_PAGES_H
#include "http/call.h"

/* A candidate's side: profile, applying step by step, what became of it. */
ch_err candidate_page(ch_call *call);
ch_err profile_page(ch_call *call);
ch_err profile_post(ch_call *call);
ch_err apply_page(ch_call *call);
ch_err apply_post(ch_call *call);
ch_err application_page(ch_call *call);
ch_err application_details_page(ch_call *call);
ch_err application_details_post(ch_call *call);
ch_err application_statement_page(ch_call *call);
ch_err application_statement_post(ch_call *call);
ch_err application_answers_page(ch_call *call);
ch_err application_answers_post(ch_call *call);
ch_err application_cv_receipt(ch_call *call);
ch_err application_check_page(ch_call *call);
ch_err application_submit_page(ch_call *call);
ch_err application_submit_post(ch_call *call);
ch_err application_withdraw_page(ch_call *call);
ch_err application_withdraw_post(ch_call *call);
#endif
