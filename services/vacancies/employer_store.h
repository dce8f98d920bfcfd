#ifndef VACANCIES_EMPLOYER_STORE_H
#define VACANCIES_EMPLOYER_STORE_H
#include "http/app.h"
#include "vacancies/employer_fields.h"

extern const ch_collection employer_collection;
ch_err employer_keep(ch_app *app, const employer_row *row);
ch_err employer_get(ch_app *app, ch_arena *a, ch_str id, employer_row *out);
/* All of them, for the department's numbers: state, sector, region and since when only. */
ch_err employer_list(ch_app *app, ch_arena *a, ch_list *out);
#endif
