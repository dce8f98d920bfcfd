#include "vacancies/employer_store.h"

#define ROW(member, kind, ...) CH_ROW(employer_row, member, kind, ##__VA_ARGS__)
CH_TABLE(employer_row_table, employer_row, "An organisation, as identity tells", ROW(id, CH_F_STR), ROW(version, CH_F_INT), ROW(code, CH_F_STR),
         ROW(name, CH_F_STR), ROW(sector, CH_F_STR), ROW(kind, CH_F_STR), ROW(place, CH_F_STR), ROW(region, CH_F_STR), ROW(state, CH_F_STR),
         ROW(created_at, CH_F_TIME), ROW(decided_at, CH_F_TIME));
const ch_collection employer_collection = {
    .name = "employers", .table = &employer_row_table, .admits = CH_SCOPE_ORG | CH_SCOPE_PLATFORM, .org_key = "_id"};

ch_err employer_keep(ch_app *app, const employer_row *row) { return ch_store_keep(app->store, &employer_collection, row); }

ch_err employer_get(ch_app *app, ch_arena *a, ch_str id, employer_row *out)
{
    return ch_store_get(app->store, &employer_collection, ch_scope_org(id), id, a, out);
}

ch_err employer_list(ch_app *app, ch_arena *a, ch_list *out)
{
    return ch_store_find(app->store, &employer_collection, ch_scope_platform(),
                         &(ch_find){.limit = 100000, .fields = "{\"state\": 1, \"sector\": 1, \"region\": 1, \"created_at\": 1}"}, a, out);
}
