#include "vacancies/search_pages.h"

#include "contracts/reference.h"
#include "data/json.h"
#include "vacancies/search_run.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_pages.h"
#include "vacancies/vacancy_store.h"

enum { SHOWN_FACET_VALUES = 12, SIMILAR = 4 };

/* ---- results */

static void put_hit(ch_call *call, ch_map *row, const ch_search_hit *hit)
{
    vacancy v = {0};
    ch_faults faults = {.arena = call->arena};
    if (ch_json_read(call->arena, hit->blob, &vacancy_summary_table, &v, 0, &faults)) return; /* our own JSON */
    ch_map_str(row, "reference", v.reference);
    ch_map_str(row, "job", v.title);
    ch_map_str(row, "employer_name", v.employer.name);
    ch_map_str(row, "summary", v.summary);
    ch_map_str(row, "salary_text", vacancy_salary_text(call->arena, &v));
    ch_map_str(row, "places_text", vacancy_places_text(call->arena, &v));
    ch_map_str(row, "contract_name", v.contract_type.n ? ch_code_name(ch_contract_types, v.contract_type) : CH_STR(""));
    ch_map_str(row, "pay_band_name", v.pay_band.n ? ch_pay_band_name(v.pay_band) : CH_STR(""));
    ch_map_time(row, "closes_at", v.closes_at);
    if (hit->distance_m >= 0) ch_map_str(row, "miles", ch_arena_printf(call->arena, "%.1f", hit->distance_m / CH_METRES_PER_MILE));
}

/* ---- the query again, as an address */

static void put_parameter(ch_buf *b, ch_str name, ch_str value)
{
    ch_buf_char(b, b->n > 6 ? '&' : '?');
    ch_put_url(b, name);
    ch_buf_char(b, '=');
    ch_put_url(b, value);
}

/* Everything that was asked but `without` (and the cursor). */
static ch_buf address(ch_call *call, const char *without)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_put(&b, CH_STR("/jobs"));
    for (size_t i = 0; i < call->query_pairs.n; i++) {
        const ch_pair *p = &call->query_pairs.p[i];
        if (!p->value.n || ch_str_is(p->name, "cursor") || (without && ch_str_is(p->name, without)) || !ch_field_named(&search_query_table, p->name)) continue;
        put_parameter(&b, p->name, p->value);
    }
    return b;
}

static ch_str address_with(ch_call *call, const char *name, ch_str value)
{
    ch_buf b = address(call, name);
    put_parameter(&b, ch_str_of(name), value);
    return ch_buf_str(&b);
}

/* ---- filters */

static bool chosen(const ch_search_query *q, int f, ch_str code)
{
    for (size_t i = 0; i < q->filters[f].n; i++)
        if (ch_str_eq(q->filters[f].codes[i], code)) return true;
    return false;
}

static ch_str facet_value_name(int f, ch_str code)
{
    const ch_sector *sector;
    switch (f) {
    case CH_FACET_STAFF_GROUP: return ch_staff_group_name(code);
    case CH_FACET_PAY_BAND: return ch_pay_band_name(code);
    case CH_FACET_CONTRACT_TYPE: return ch_code_name(ch_contract_types, code);
    case CH_FACET_WORKING_PATTERN: return ch_code_name(ch_working_patterns, code);
    default: sector = ch_sector_of(code); return sector ? ch_str_of(sector->name) : code;
    }
}

static void put_filters(ch_map *m, const search_outcome *found)
{
    static const char *const titles[] = {"Staff group", "Pay band", "Contract", "Working pattern", "Sector"};
    for (int f = 0; f < CH_FACET_EMPLOYER; f++) {
        ch_map *group = ch_map_add(m, "filters");
        ch_map_z(group, "legend", titles[f]);
        for (size_t i = 0; i < found->result.facets[f].n; i++) {
            const ch_facet_count *c = &found->result.facets[f].counts[i];
            bool is_chosen = chosen(&found->query, f, c->code);
            if (i >= SHOWN_FACET_VALUES && !is_chosen) continue;
            ch_map *row = ch_map_add(group, "values");
            ch_map_z(row, "facet", ch_facet_name((ch_facet)f));
            ch_map_str(row, "value", c->code);
            ch_map_str(row, "text", facet_value_name(f, c->code));
            ch_map_int(row, "count", (int64_t)c->count);
            ch_map_bool(row, "chosen", is_chosen);
        }
    }
}

static void put_sorts(ch_call *call, ch_map *m, const search_outcome *found)
{
    static const char *const sorts[][2] = {{"relevance", "Best match"}, {"newest", "Newest"}, {"closing", "Closing soon"}, {"salary", "Highest pay"}, {"distance", "Nearest"}};
    (void)call;
    for (int i = 0; i < 5; i++) {
        if (i == CH_SORT_DISTANCE && !found->query.has_place) continue;
        ch_map *row = ch_map_add(m, "sorts");
        ch_map_z(row, "value", sorts[i][0]);
        ch_map_z(row, "text", sorts[i][1]);
        ch_map_bool(row, "chosen", found->query.sort == (ch_search_sort)i);
    }
}

static void put_distances(ch_map *m, int64_t chosen_miles)
{
    static const int64_t miles[] = {2, 5, 10, 20, 30, 50, 100};
    for (size_t i = 0; i < sizeof miles / sizeof *miles; i++) {
        ch_map *row = ch_map_add(m, "distances");
        ch_map_int(row, "miles", miles[i]);
        ch_map_bool(row, "chosen", miles[i] == (chosen_miles ? chosen_miles : 10));
    }
}

static void put_suggestions(ch_call *call, ch_map *m, const search_outcome *found)
{
    for (size_t i = 0; i < found->result.n_suggestions; i++) {
        const ch_search_suggestion *s = &found->result.suggestions[i];
        ch_map *row = ch_map_add(m, "suggestions");
        double miles = s->radius_m / CH_METRES_PER_MILE;
        ch_map_int(row, "count", (int64_t)s->total);
        if (s->kind == CH_SUGGEST_WORDS) {
            ch_map_str(row, "text", s->text);
            ch_map_str(row, "href", address_with(call, "keyword", s->text));
        } else if (miles > 0) {
            ch_map_str(row, "text", ch_arena_printf(call->arena, "within %.0f miles", miles));
            ch_map_str(row, "href", address_with(call, "distance", ch_arena_printf(call->arena, "%.0f", miles)));
        } else {
            ch_buf anywhere = address(call, "location");
            ch_map_z(row, "text", "anywhere");
            ch_map_str(row, "href", ch_buf_str(&anywhere));
        }
    }
}

static void put_query(ch_map *m, const search_query *q)
{
    ch_map_str(m, "keyword", q->keyword);
    ch_map_str(m, "location", q->location);
    ch_map_bool(m, "remote_only", q->remote);
    ch_map_str(m, "employer", q->employer);
    if (q->salary_min) ch_map_int(m, "salary_min", q->salary_min);
    put_distances(m, q->distance);
}

static ch_str title_of(ch_call *call, const search_query *q, uint64_t total)
{
    return ch_arena_printf(call->arena, "%llu job%s%s%.*s%s%.*s", (unsigned long long)total, total == 1 ? "" : "s", q->keyword.n ? " for " : "", CH_ARG(q->keyword),
                           q->location.n ? " near " : "", CH_ARG(q->location));
}

ch_err jobs_page(ch_call *call)
{
    search_query *q = (search_query *)(uintptr_t)call->query;
    search_outcome found;
    ch_map *m = ch_map_new(call->arena);
    if (q->limit < 0 || q->limit > 100) q->limit = 0;
    ch_err e = search_run(call, q, CH_FACET_ALL & ~CH_FACET_BIT(CH_FACET_EMPLOYER), &found);
    if (e == CH_INVALID || e == CH_TOO_LARGE) { /* an old cursor: the first page */
        q->cursor = CH_STR("");
        q->keyword = ch_str_first(q->keyword, 300);
        e = search_run(call, q, CH_FACET_ALL & ~CH_FACET_BIT(CH_FACET_EMPLOYER), &found);
    }
    CH_TRY(e);
    for (size_t i = 0; i < found.result.n_hits; i++) put_hit(call, ch_map_add(m, "hits"), &found.result.hits[i]);
    put_query(m, q);
    put_filters(m, &found);
    put_sorts(call, m, &found);
    put_suggestions(call, m, &found);
    ch_map_int(m, "total", (int64_t)found.result.total);
    ch_map_bool(m, "none", found.result.total == 0);
    ch_map_bool(m, "place_unknown", found.place_unknown);
    ch_map_str(m, "corrected", found.result.corrected);
    ch_map_bool(m, "relaxed", found.result.relaxed);
    if (found.place_mended) ch_map_str(m, "mended_place", found.place.name);
    if (found.result.cursor.n) ch_map_str(m, "next", address_with(call, "cursor", found.result.cursor));
    ch_buf first = address(call, NULL);
    if (q->cursor.n) ch_map_str(m, "previous", ch_buf_str(&first));
    ch_map_bool(m, "has_pages", q->cursor.n || found.result.cursor.n);
    ch_map_str(m, "heading", title_of(call, q, found.result.total));
    return ch_reply_page(call, "jobs", &(ch_page){.title_str = title_of(call, q, found.result.total), .section = "jobs", .no_index = q->cursor.n > 0}, m);
}

ch_err home_page(ch_call *call)
{
    search_query q = {.limit = 5};
    search_outcome found;
    ch_map *m = ch_map_new(call->arena);
    if (search_run(call, &q, CH_FACET_BIT(CH_FACET_SECTOR), &found) == CH_OK) {
        for (size_t i = 0; i < found.result.n_hits; i++) put_hit(call, ch_map_add(m, "hits"), &found.result.hits[i]);
        ch_map_int(m, "total", (int64_t)found.result.total);
        for (size_t i = 0; i < found.result.facets[CH_FACET_SECTOR].n; i++) {
            const ch_facet_count *c = &found.result.facets[CH_FACET_SECTOR].counts[i];
            ch_map *row = ch_map_add(m, "sectors");
            ch_map_str(row, "value", c->code);
            ch_map_str(row, "text", facet_value_name(CH_FACET_SECTOR, c->code));
            ch_map_int(row, "count", (int64_t)c->count);
        }
    }
    put_distances(m, 0);
    return ch_reply_page(call, "home", &(ch_page){.title = "Find a job in the public sector", .section = "home", .description = CH_STR("Jobs in hospitals, councils, housing associations and schools")}, m);
}

/* ---- one advert */

static void put_json_date(ch_buf *b, ch_arena *a, const char *key, ch_time t)
{
    ch_buf_printf(b, ",\"%s\":", key);
    ch_put_json(b, ch_time_rfc3339(a, t));
}

static const char *employment_type(const vacancy *v)
{
    for (size_t i = 0; i < v->working_pattern.n; i++)
        if (ch_str_is(((const ch_str *)v->working_pattern.p)[i], "part_time")) return "PART_TIME";
    return ch_str_is(v->contract_type, "fixed_term") ? "TEMPORARY" : ch_str_is(v->contract_type, "voluntary") ? "VOLUNTEER" : "FULL_TIME";
}

/* schema.org JobPosting, as search engines read it. */
static ch_str json_ld(ch_call *call, const vacancy *v, ch_str description_html)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_put(&b, CH_STR("{\"@context\":\"https://schema.org/\",\"@type\":\"JobPosting\",\"title\":"));
    ch_put_json(&b, v->title);
    ch_buf_put(&b, CH_STR(",\"description\":"));
    ch_put_json(&b, description_html);
    ch_buf_put(&b, CH_STR(",\"identifier\":{\"@type\":\"PropertyValue\",\"name\":\"Commonhire\",\"value\":"));
    ch_put_json(&b, v->reference);
    ch_buf_put(&b, CH_STR("},\"hiringOrganization\":{\"@type\":\"Organization\",\"name\":"));
    ch_put_json(&b, v->employer.name);
    ch_buf_printf(&b, "},\"employmentType\":\"%s\"", employment_type(v));
    put_json_date(&b, call->arena, "datePosted", v->published_at);
    put_json_date(&b, call->arena, "validThrough", v->closes_at);
    ch_buf_put(&b, CH_STR(",\"jobLocation\":["));
    for (size_t i = 0; i < v->locations.n; i++) {
        ch_buf_put(&b, i ? CH_STR(",{\"@type\":\"Place\",\"address\":{\"@type\":\"PostalAddress\",\"addressCountry\":\"GB\",\"addressLocality\":")
                         : CH_STR("{\"@type\":\"Place\",\"address\":{\"@type\":\"PostalAddress\",\"addressCountry\":\"GB\",\"addressLocality\":"));
        ch_put_json(&b, v->locations.p[i].name);
        ch_buf_put(&b, CH_STR(",\"postalCode\":"));
        ch_put_json(&b, v->locations.p[i].postcode);
        ch_buf_put(&b, CH_STR("}}"));
    }
    ch_buf_char(&b, ']');
    if (v->remote) ch_buf_put(&b, CH_STR(",\"jobLocationType\":\"TELECOMMUTE\",\"applicantLocationRequirements\":{\"@type\":\"Country\",\"name\":\"GB\"}"));
    if (v->salary.min)
        ch_buf_printf(&b, ",\"baseSalary\":{\"@type\":\"MonetaryAmount\",\"currency\":\"GBP\",\"value\":{\"@type\":\"QuantitativeValue\",\"minValue\":%lld,\"maxValue\":%lld,"
                          "\"unitText\":\"%s\"}}",
                      (long long)v->salary.min, (long long)(v->salary.max ? v->salary.max : v->salary.min), ch_str_is(v->salary.period, "hour") ? "HOUR" : "YEAR");
    ch_buf_char(&b, '}');
    return ch_buf_str(&b);
}

static void put_similar(ch_call *call, ch_map *m, const vacancy *v)
{
    search_index *s = vacancies_search(call->app);
    ch_search_result r;
    if (!search_index_ready(s) || ch_search_similar(search_index_get(s), v->id, call->now, SIMILAR, call->arena, &r)) return;
    for (size_t i = 0; i < r.n_hits; i++) put_hit(call, ch_map_add(m, "similar"), &r.hits[i]);
}

/* A closed advert stays as a page that says so (its candidates come back to it), but not in search engines. */
ch_err job_page(ch_call *call)
{
    vacancy v;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(vacancy_by_reference(call->app, call->arena, ch_param(call, "reference"), &v));
    vacancy_put(call, m, &v);
    bool open = ch_str_is(vacancy_state_at(&v, call->now), "published");
    put_similar(call, m, &v);
    ch_page page = {.title_str = v.title, .section = "jobs", .back = "/jobs", .back_text = "All jobs", .description = v.summary, .canonical = v.url, .no_index = !open};
    if (open) page.json_ld = json_ld(call, &v, ch_value_get(ch_v_map(m), CH_STR("description_html")).s);
    return ch_reply_page(call, "job", &page, m);
}
