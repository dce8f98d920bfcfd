#ifndef VACANCIES_SEARCH_FIELDS_H
#define VACANCIES_SEARCH_FIELDS_H
#include "vacancies/vacancy_fields.h"

/* DESIGN section 9's query. */
typedef struct search_query {
    ch_presence seen;
    ch_str keyword, location, employer, sort, cursor;
    ch_list staff_group, pay_band, contract_type, working_pattern, sector;
    int64_t distance, salary_min, limit;
    bool remote, facets;
    bool nearly; /* not asked by anybody: a page that the words do not fill goes on with some of them */
} search_query;
extern const ch_table search_query_table;

typedef struct search_facet_value {
    ch_presence seen;
    ch_str value;
    int64_t count;
} search_facet_value;
typedef struct search_facets {
    ch_presence seen;
    CH_LIST_OF(search_facet_value) staff_group, pay_band, contract_type, working_pattern, sector, employer;
} search_facets;
/* The answer as OpenAPI describes it; it is written by hand (search_api.c), since its vacancies lie ready as JSON in
 * the index. */
typedef struct search_answer {
    ch_presence seen;
    int64_t total;
    CH_LIST_OF(vacancy) vacancies;
    search_facets facets;
    ch_str next, corrected;
} search_answer;
extern const ch_table search_answer_table;
#endif
