#ifndef VACANCIES_VACANCY_PAGES_H
#define VACANCIES_VACANCY_PAGES_H
#include "http/call.h"
#include "vacancies/vacancy_fields.h"

/* An employer's side: dashboard, writing an advert step by step, publishing, editing, closing. */
ch_err employer_page(ch_call *call);
ch_err vacancy_new_page(ch_call *call);
ch_err vacancy_new_post(ch_call *call);
ch_err vacancy_tasks_page(ch_call *call);
ch_err vacancy_step_page(ch_call *call);
ch_err vacancy_step_post(ch_call *call);
ch_err vacancy_preview_page(ch_call *call);
ch_err vacancy_publish_page(ch_call *call);
ch_err vacancy_publish_post(ch_call *call);
ch_err vacancy_close_page(ch_call *call);
ch_err vacancy_withdraw_page(ch_call *call);
ch_err vacancy_close_post(ch_call *call);
ch_err vacancy_withdraw_post(ch_call *call);
/* The advert itself into a map, as the public page and the preview show it. */
void vacancy_put(ch_call *call, ch_map *m, const vacancy *v);
#endif
