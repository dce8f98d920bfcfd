#ifndef VACANCIES_VACANCY_FIELDS_H
#define VACANCIES_VACANCY_FIELDS_H
#include "data/table.h"

typedef struct vacancy_employer {
    ch_presence seen;
    ch_str id, name, kind;
} vacancy_employer;
typedef struct vacancy_salary {
    ch_presence seen;
    double min, max; /* pounds a period, pence behind the point; 0: not said */
    ch_str period;   /* year, hour */
} vacancy_salary;
typedef struct vacancy_location {
    ch_presence seen;
    ch_str name, postcode;
    double latitude, longitude;
} vacancy_location;
typedef struct vacancy_criterion {
    ch_presence seen;
    ch_str text;
    bool essential;
} vacancy_criterion;
/* One edit after publication: who, when, which fields (`given` of seen says the same by bits of vacancy_table), and
 * what stood there before. */
typedef struct vacancy_change {
    ch_presence seen;
    int64_t version; /* that the edit made */
    ch_time at;
    ch_str person, name, what;
    ch_str summary, description, person_specification; /* as they were, where they were changed */
    ch_list working_pattern;
    ch_time closes_at;
} vacancy_change;

/* An advert, from draft to its end. state: draft, published, closed, withdrawn; a published one whose closes_at has
 * passed counts as closed. */
typedef struct vacancy {
    ch_presence seen;
    ch_str id, reference, sector, title, summary, description, person_specification, staff_group, pay_band, contract_type, state, url;
    int64_t version;
    vacancy_employer employer;
    vacancy_salary salary;
    ch_list working_pattern;
    CH_LIST_OF(vacancy_location) locations;
    CH_LIST_OF(vacancy_criterion) criteria;
    CH_LIST_OF(vacancy_change) changes;
    bool remote;
    ch_time created_at, published_at, closes_at, changed_at;
} vacancy;
/* The whole; what lists and search carry (no description, criteria, history); only what a new one needs; one's own list
 * as the API asks and answers. */
extern const ch_table vacancy_table, vacancy_summary_table, vacancy_start_table, vacancy_own_query_table, vacancy_own_list_table;

typedef struct vacancy_start {
    ch_presence seen;
    ch_str title, copy_of, once; /* once: the form's own number, so that pressed twice it makes one */
} vacancy_start;
typedef struct vacancy_own_query {
    ch_presence seen;
    ch_str state, cursor;
    int64_t limit;
} vacancy_own_query;
typedef struct vacancy_own_list {
    ch_presence seen;
    CH_LIST_OF(vacancy) vacancies;
    ch_str next;
} vacancy_own_list;
#endif
