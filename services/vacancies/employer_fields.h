#ifndef VACANCIES_EMPLOYER_FIELDS_H
#define VACANCIES_EMPLOYER_FIELDS_H
#include "data/table.h"

/* What this service knows of an organisation, kept from identity's events. id = the organisation's. */
typedef struct employer_row {
    ch_presence seen;
    ch_str id, code, name, sector, kind, place, region, state;
    int64_t version;
    ch_time created_at, decided_at;
} employer_row;
extern const ch_table employer_row_table;
#endif
