#include "vacancies/search_run.h"

#include "vacancies/service.h"

enum { DEFAULT_LIMIT = 20, DEFAULT_MILES = 10 };

#define STRS(member, text) CH_ROW(search_query, member, CH_F_STRS, .max = 30, .doc = text)
CH_TABLE(search_query_table, search_query, "A search",
         CH_ROW(search_query, keyword, CH_F_STR, .max = 300, .doc = "Words, \"a phrase\", -without, -\"a phrase\"", CH_EXAMPLE("nurse")),
         CH_ROW(search_query, location, CH_F_STR, .max = 100, .doc = "A town or postcode", CH_EXAMPLE("Leeds")),
         CH_ROW(search_query, distance, CH_F_INT, .max = 1000, .doc = "Miles round the location; 10 unless said"), STRS(staff_group, "Any of these"),
         STRS(pay_band, "Any of these"), STRS(contract_type, "Any of these"), STRS(working_pattern, "Any of these"), STRS(sector, "Any of these"),
         CH_ROW(search_query, salary_min, CH_F_INT, .max = 1000000, .doc = "Pounds a year"),
         CH_ROW(search_query, employer, CH_F_STR, .doc = "An employer's id"),
         CH_ROW(search_query, remote, CH_F_BOOL, .doc = "Only what can be done from home"),
         CH_ROW(search_query, sort, CH_F_STR, .doc = "relevance, newest, closing, salary, distance"),
         CH_ROW(search_query, limit, CH_F_INT, .min = 1, .max = 100), CH_ROW(search_query, cursor, CH_F_STR, .doc = "From the answer before"),
         CH_ROW(search_query, facets, CH_F_BOOL, .doc = "Count facets too"));
CH_TABLE(search_facet_value_table, search_facet_value, "A facet's value", CH_ROW(search_facet_value, value, CH_F_STR, CH_EXAMPLE("band_5")),
         CH_ROW(search_facet_value, count, CH_F_INT));
#define FACET(member) CH_ROW(search_facets, member, CH_F_LIST, .of = &search_facet_value_table, .max = 1000)
CH_TABLE(search_facets_table, search_facets, "Counts; a facet's own filter is left out", FACET(staff_group), FACET(pay_band), FACET(contract_type),
         FACET(working_pattern), FACET(sector), FACET(employer));
CH_TABLE(search_answer_table, search_answer, "Vacancies found", CH_ROW(search_answer, total, CH_F_INT, .doc = "Exact"),
         CH_ROW(search_answer, vacancies, CH_F_LIST, .of = &vacancy_summary_table, .max = 100),
         CH_ROW(search_answer, facets, CH_F_STRUCT, .of = &search_facets_table, .flags = CH_IF_ASKED),
         CH_ROW(search_answer, next, CH_F_STR, .doc = "Cursor of the next page; null on the last"),
         CH_ROW(search_answer, corrected, CH_F_STR, .doc = "The words searched for instead, with their spelling mended"));

static void set_filter(ch_search_query *q, ch_facet f, ch_list values)
{
    q->filters[f].codes = values.p;
    q->filters[f].n = values.n;
}

static void set_place(const search_query *q, search_outcome *out)
{
    if (!q->location.n) return;
    out->has_place = ch_place_lookup(q->location, &out->place, &out->place_mended);
    out->place_unknown = !out->has_place;
    out->query.has_place = out->has_place;
    out->query.lat = out->place.lat;
    out->query.lon = out->place.lon;
    out->query.radius_m = (double)(q->distance ? q->distance : DEFAULT_MILES) * CH_METRES_PER_MILE;
}

ch_err search_run(ch_call *call, const search_query *q, unsigned facets, search_outcome *out)
{
    search_index *s = vacancies_search(call->app);
    *out = (search_outcome){0};
    if (!search_index_ready(s)) return CH_UNAVAILABLE;
    out->query = (ch_search_query){.text = q->keyword,
                                   .nearly = q->nearly,
                                   .remote = q->remote,
                                   .salary_min = q->salary_min,
                                   .now = call->now,
                                   .limit = q->limit ? (size_t)q->limit : DEFAULT_LIMIT,
                                   .cursor = q->cursor,
                                   .facets = facets,
                                   .sort = q->keyword.n ? CH_SORT_RELEVANCE : CH_SORT_NEWEST};
    ch_search_sort_of(q->sort, &out->query.sort);
    set_filter(&out->query, CH_FACET_STAFF_GROUP, q->staff_group);
    set_filter(&out->query, CH_FACET_PAY_BAND, q->pay_band);
    set_filter(&out->query, CH_FACET_CONTRACT_TYPE, q->contract_type);
    set_filter(&out->query, CH_FACET_WORKING_PATTERN, q->working_pattern);
    set_filter(&out->query, CH_FACET_SECTOR, q->sector);
    ch_str *employer = CH_NEW(call->arena, ch_str);
    *employer = q->employer;
    if (q->employer.n) set_filter(&out->query, CH_FACET_EMPLOYER, (ch_list){employer, 1});
    set_place(q, out);
    return out->place_unknown ? CH_OK : search_index_run(s, &out->query, call->arena, &out->result);
}
