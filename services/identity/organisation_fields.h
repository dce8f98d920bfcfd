#ifndef IDENTITY_ORGANISATION_FIELDS_H
#define IDENTITY_ORGANISATION_FIELDS_H
#include "data/table.h"

/* An employer. code: five characters that its vacancies' references begin with. state: pending, approved, refused. */
typedef struct organisation {
    ch_presence seen;
    ch_str id, code, name, sector, kind, place, region, state, reason, administrator;
    int64_t version;
    ch_time created_at, decided_at;
} organisation;
extern const ch_table organisation_table;

/* What everybody may know of it. */
typedef struct organisation_public {
    ch_presence seen;
    ch_str id, name, sector, kind, place, region;
} organisation_public;
extern const ch_table organisation_public_table;

typedef struct organisation_list {
    ch_presence seen;
    CH_LIST_OF(organisation_public) organisations;
    ch_str next;
} organisation_list;
extern const ch_table organisation_list_table;

typedef struct organisation_query {
    ch_presence seen;
    ch_str state, sector, region, cursor;
    int64_t limit;
} organisation_query;
extern const ch_table organisation_query_table, organisation_api_query_table;

typedef struct decision_form {
    ch_presence seen;
    ch_str reason;
    int64_t version;
} decision_form;
extern const ch_table decision_form_table;
#endif
