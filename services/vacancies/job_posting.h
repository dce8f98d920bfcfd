#ifndef VACANCIES_JOB_POSTING_H
#define VACANCIES_JOB_POSTING_H
#include "vacancies/vacancy_fields.h"

/* An advert as schema.org's JobPosting, with all that search engines ask for; safe inside a script element. */
ch_str job_posting_json(ch_arena *a, const vacancy *v, ch_str description_html);
#endif
