#ifndef VACANCIES_VACANCY_API_H
#define VACANCIES_VACANCY_API_H
#include "http/call.h"

/* Partner systems write and publish; anyone reads what is public. */
ch_err api_vacancy(ch_call *call);
ch_err api_vacancies_own(ch_call *call);
ch_err api_vacancy_create(ch_call *call);
ch_err api_vacancy_change(ch_call *call);
ch_err api_vacancy_publish(ch_call *call);
ch_err api_vacancy_close(ch_call *call);
ch_err api_vacancy_withdraw(ch_call *call);
#endif
