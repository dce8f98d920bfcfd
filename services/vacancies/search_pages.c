#include "vacancies/search_pages.h"

#include "contracts/reference.h"
#include "data/json.h"
#include "vacancies/job_posting.h"
#include "vacancies/search_run.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_pages.h"
#include "vacancies/vacancy_store.h"

enum { SHOWN_FACET_VALUES = 12, SIMILAR = 4, PAGE = 20, TRAIL_MOST = 30, SAME_NAME = 6 };

/* ---- results */

static void put_hit(ch_call *call, ch_map *row, const ch_search_hit *hit)
{
    vacancy v = {0};
    if (!ch_json_read_own(call->arena, hit->blob, &vacancy_summary_table, &v)) return;
    ch_map_str(row, "reference", v.reference);
    ch_map_str(row, "job", v.title);
    ch_map_str(row, "employer_name", v.employer.name);
    ch_map_str(row, "summary", v.summary);
    ch_map_str(row, "salary_text", vacancy_salary_text(call->arena, &v, ch_words(call)));
    ch_map_str(row, "places_text", vacancy_places_text(call->arena, &v, ch_words(call)));
    ch_map_name(row, "contract_name", v.contract_type.n ? ch_code_name(ch_contract_types, v.contract_type) : CH_STR(""));
    ch_map_name(row, "pay_band_name", v.pay_band.n ? ch_pay_band_name(v.pay_band) : CH_STR(""));
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
        if (!p->value.n || ch_str_is(p->name, "cursor") || (without && ch_str_is(p->name, without)) || !ch_field_named(&search_query_table, p->name))
            continue;
        put_parameter(&b, p->name, p->value);
    }
    return b;
}

/* Without one value of a name that may come several times. */
static ch_str address_without(ch_call *call, const char *name, ch_str value)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_put(&b, CH_STR("/jobs"));
    for (size_t i = 0; i < call->query_pairs.n; i++) {
        const ch_pair *p = &call->query_pairs.p[i];
        bool it = ch_str_is(p->name, name) && (!value.n || ch_str_eq(p->value, value));
        if (!it && p->value.n && !ch_str_is(p->name, "cursor") && ch_field_named(&search_query_table, p->name)) put_parameter(&b, p->name, p->value);
    }
    return ch_buf_str(&b);
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

static void put_filters(ch_call *call, ch_map *m, const search_outcome *found)
{
    static const char *const titles[] = {N_("Staff group"), N_("Pay band"), N_("Contract"), N_("Working pattern"), N_("Sector")};
    for (int f = 0; f < CH_FACET_EMPLOYER; f++) {
        if (!found->result.facets[f].n) continue;
        ch_map *group = ch_map_add(m, "filters");
        ch_map_text(group, "legend", titles[f]);
        for (size_t i = 0; i < found->result.facets[f].n; i++) {
            const ch_facet_count *c = &found->result.facets[f].counts[i];
            bool is_chosen = chosen(&found->query, f, c->code);
            if (i >= SHOWN_FACET_VALUES && !is_chosen) continue;
            ch_map *row = ch_map_add(group, "values");
            ch_map_z(row, "facet", ch_facet_name((ch_facet)f));
            ch_map_str(row, "value", c->code);
            ch_map_name(row, "text", facet_value_name(f, c->code));
            ch_map_str(row, "count", vacancy_number_text(call->arena, (int64_t)c->count));
            ch_map_bool(row, "chosen", is_chosen);
        }
    }
}

static void put_sorts(ch_call *call, ch_map *m, const search_outcome *found)
{
    static const char *const sorts[][2] = {{"relevance", N_("Best match")},
                                           {"newest", N_("Newest")},
                                           {"closing", N_("Closing soon")},
                                           {"salary", N_("Highest pay")},
                                           {"distance", N_("Nearest")}};
    (void)call;
    for (int i = 0; i < 5; i++) {
        if (i == CH_SORT_DISTANCE && !found->query.has_place) continue;
        ch_map *row = ch_map_add(m, "sorts");
        ch_map_z(row, "value", sorts[i][0]);
        ch_map_text(row, "text", sorts[i][1]);
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
        ch_map_str(row, "jobs", ch_text_n(call, (int64_t)s->total, "%s job", "%s jobs"));
        ch_map_bool(m, "has_suggestions", true);
        if (s->kind == CH_SUGGEST_WORDS) {
            ch_map_str(row, "text", s->text);
            ch_map_str(row, "href", address_with(call, "keyword", s->text));
        } else if (miles > 0) {
            ch_map_str(row, "text", ch_text(call, "within %.0f miles", miles));
            ch_map_str(row, "href", address_with(call, "distance", ch_arena_printf(call->arena, "%.0f", miles)));
        } else {
            ch_buf anywhere = address(call, "location");
            ch_map_text(row, "text", "anywhere");
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

/* A new search keeps the filters that are chosen. */
static void put_kept(ch_call *call, ch_map *m)
{
    static const char *const asked_here[] = {"keyword", "location", "distance", "cursor", "limit", "facets"};
    for (size_t i = 0; i < call->query_pairs.n; i++) {
        const ch_pair *p = &call->query_pairs.p[i];
        bool here = !p->value.n || !ch_field_named(&search_query_table, p->name);
        for (size_t k = 0; k < sizeof asked_here / sizeof *asked_here; k++) here |= ch_str_is(p->name, asked_here[k]);
        if (here) continue;
        ch_map *row = ch_map_add(m, "kept");
        ch_map_str(row, "name", p->name);
        ch_map_str(row, "value", p->value);
    }
}

/* ---- what is chosen, each with the way to take it off again */

static void put_chip(ch_call *call, ch_map *m, const char *name, ch_str value, ch_str text)
{
    ch_map *row = ch_map_add(m, "chips");
    ch_map_str(row, "text", text);
    ch_map_str(row, "href", address_without(call, name, value));
    ch_map_bool(m, "has_chips", true);
}

static ch_str employer_name(ch_call *call, const search_outcome *found)
{
    vacancy v = {0};
    bool known = found->result.n_hits && ch_json_read_own(call->arena, found->result.hits[0].blob, &vacancy_summary_table, &v);
    return known ? v.employer.name : ch_text(call, "One employer");
}

static void put_chips(ch_call *call, ch_map *m, const search_query *q, const search_outcome *found)
{
    for (int f = 0; f < CH_FACET_EMPLOYER; f++)
        for (size_t i = 0; i < found->query.filters[f].n; i++)
            put_chip(call, m, ch_facet_name((ch_facet)f), found->query.filters[f].codes[i],
                     ch_gettext_str(ch_words(call), facet_value_name(f, found->query.filters[f].codes[i])));
    if (q->employer.n) put_chip(call, m, "employer", CH_STR(""), employer_name(call, found));
    if (q->salary_min) put_chip(call, m, "salary_min", CH_STR(""), ch_text(call, "Pays at least £%lld a year", (long long)q->salary_min));
    if (q->remote) put_chip(call, m, "remote", CH_STR(""), ch_text(call, "Can be done from home"));
}

/* ---- the place that was meant */

static ch_str place_label(ch_call *call, const ch_place *place)
{
    char text[160];
    return ch_arena_str(call->arena, ch_place_label(place, text, sizeof text));
}

/* Other towns that the words may mean, or, of a place nobody knows, what begins like it. */
static void put_other_places(ch_call *call, ch_map *m, const search_query *q, const search_outcome *found)
{
    ch_place places[SAME_NAME + 1];
    size_t n = found->has_place ? ch_place_alternatives(q->location, places, SAME_NAME + 1) : ch_place_complete(q->location, places, SAME_NAME);
    for (size_t i = found->has_place ? 1 : 0; i < n; i++) { /* the likeliest is the one that is shown */
        ch_map *row = ch_map_add(m, "other_places");
        ch_map_str(row, "text", place_label(call, &places[i]));
        ch_map_str(row, "href", address_with(call, "location", place_label(call, &places[i])));
        ch_map_bool(m, "has_other_places", true);
    }
}

static void put_place(ch_call *call, ch_map *m, const search_query *q, const search_outcome *found)
{
    ch_map_bool(m, "place_unknown", found->place_unknown);
    if (found->place_mended) ch_map_str(m, "mended_place", place_label(call, &found->place));
    if (found->has_place && found->place.kind == CH_PLACE_TOWN && !found->place.unique && !found->place_mended)
        ch_map_str(m, "meant_place", place_label(call, &found->place));
    if (found->place_unknown || (found->has_place && found->place.kind == CH_PLACE_TOWN && !found->place.unique)) put_other_places(call, m, q, found);
}

/* ---- pages: `trail` holds the cursors of the pages before this one, so that the way back is a link too */

static bool is_trail(ch_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-' ||
              s.p[i] == '_' || s.p[i] == '.'))
            return false;
    return s.n <= 2000;
}

static ch_str address_of_page(ch_call *call, ch_str cursor, ch_str trail)
{
    ch_buf b = address(call, NULL);
    if (cursor.n) put_parameter(&b, CH_STR("cursor"), cursor);
    if (trail.n) put_parameter(&b, CH_STR("trail"), trail);
    return ch_buf_str(&b);
}

/* "a.b" is page three: the first page has no cursor, a was the second's; this one's own is in `cursor`. */
static void put_pages(ch_call *call, ch_map *m, const search_query *q, const search_outcome *found)
{
    ch_str trail = ch_pairs_get(&call->query_pairs, "trail"), next = found->result.cursor;
    ptrdiff_t last = -1;
    int64_t number = q->cursor.n ? 2 : 1;
    if (!q->cursor.n || !is_trail(trail)) trail = CH_STR("");
    for (size_t i = 0; i < trail.n; i++)
        if (trail.p[i] == '.') last = (ptrdiff_t)i;
    for (size_t i = 0; i < trail.n; i++) number += trail.p[i] == '.';
    number += trail.n > 0;
    if (next.n) {
        ch_str longer = !q->cursor.n ? CH_STR("") : trail.n ? ch_arena_printf(call->arena, "%.*s.%.*s", CH_ARG(trail), CH_ARG(q->cursor)) : q->cursor;
        if (number > TRAIL_MOST) longer = CH_STR("");
        ch_map_str(m, "next", address_of_page(call, next, longer));
    }
    if (q->cursor.n) {
        ch_str before = trail.n ? ch_str_cut(trail, (size_t)(last + 1)) : CH_STR(""),
               rest = last > 0 ? ch_str_first(trail, (size_t)last) : CH_STR("");
        ch_map_str(m, "previous", address_of_page(call, before, rest));
        if (!trail.n && number == 2) ch_map_text(m, "previous_text", "First page");
    }
    ch_map_bool(m, "has_pages", q->cursor.n || next.n);
}

/* Nothing with these filters: how many there are without. */
static void put_unfiltered(ch_call *call, ch_map *m, const search_query *q, const search_outcome *found, ch_str href)
{
    search_query bare = {.keyword = q->keyword, .location = q->location, .distance = q->distance, .limit = 1};
    search_outcome all;
    if (found->result.total || found->place_unknown || !ch_value_truthy(ch_value_get(ch_v_map(m), CH_STR("has_chips")))) return;
    if (search_run(call, &bare, 0, &all) || !all.result.total) return;
    ch_map *row = ch_map_add(m, "suggestions");
    ch_map_text(row, "text", "without these filters");
    ch_map_str(row, "href", href);
    ch_map_str(row, "jobs", ch_text_n(call, (int64_t)all.result.total, "%s job", "%s jobs"));
    ch_map_bool(m, "has_suggestions", true);
}

static ch_str title_of(ch_call *call, const search_query *q, const search_outcome *found)
{
    uint64_t total = found->result.total;
    if (found->place_unknown) return ch_text(call, "We do not know this place");
    ch_str where = found->has_place ? found->place.name : q->location, words = found->result.corrected.n ? found->result.corrected : q->keyword;
    ch_str jobs = ch_text_n(call, (int64_t)total, "%s job", "%s jobs");
    bool some = found->result.relaxed;
    if (some && where.n) return ch_text(call, "%.*s with some of “%.*s” near %.*s", CH_ARG(jobs), CH_ARG(words), CH_ARG(where));
    if (some) return ch_text(call, "%.*s with some of “%.*s”", CH_ARG(jobs), CH_ARG(words));
    if (words.n && where.n) return ch_text(call, "%.*s for %.*s near %.*s", CH_ARG(jobs), CH_ARG(words), CH_ARG(where));
    if (words.n) return ch_text(call, "%.*s for %.*s", CH_ARG(jobs), CH_ARG(words));
    return where.n ? ch_text(call, "%.*s near %.*s", CH_ARG(jobs), CH_ARG(where)) : jobs;
}

/* A cursor of another search, or too long a text, is no fault of the reader's: the first page, the beginning. */
static ch_err run(ch_call *call, search_query *q, search_outcome *found)
{
    const unsigned facets = CH_FACET_ALL & ~CH_FACET_BIT(CH_FACET_EMPLOYER);
    if (q->limit < 1 || q->limit > 100) q->limit = PAGE;
    q->nearly = true;
    ch_err e = search_run(call, q, facets, found);
    if (e != CH_INVALID && e != CH_TOO_LARGE) return e;
    q->cursor = CH_STR("");
    q->keyword = ch_utf8_first(q->keyword, 300);
    return search_run(call, q, facets, found);
}

ch_err jobs_page(ch_call *call)
{
    search_query *q = (search_query *)(uintptr_t)call->query;
    search_outcome found;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(run(call, q, &found));
    for (size_t i = 0; i < found.result.n_hits; i++) put_hit(call, ch_map_add(m, "hits"), &found.result.hits[i]);
    for (size_t i = 0; i < found.result.n_nearly; i++) put_hit(call, ch_map_add(m, "nearly"), &found.result.nearly[i]);
    ch_map_bool(m, "has_nearly", found.result.n_nearly > 0);
    put_query(m, q);
    put_kept(call, m);
    put_filters(call, m, &found);
    put_chips(call, m, q, &found);
    put_sorts(call, m, &found);
    put_suggestions(call, m, &found);
    put_place(call, m, q, &found);
    put_pages(call, m, q, &found);
    ch_map_bool(m, "nothing", found.result.total == 0);
    ch_map_bool(m, "none", found.result.total == 0 && !found.place_unknown);
    ch_map_str(m, "corrected", found.result.corrected);
    ch_map_bool(m, "relaxed", found.result.relaxed);
    ch_buf here = address(call, "limit"), clear = ch_buf_in(call->arena);
    ch_buf_put(&clear, CH_STR("/jobs"));
    if (q->keyword.n) put_parameter(&clear, CH_STR("keyword"), q->keyword);
    if (q->location.n) put_parameter(&clear, CH_STR("location"), q->location);
    if (q->distance) put_parameter(&clear, CH_STR("distance"), ch_arena_printf(call->arena, "%lld", (long long)q->distance));
    ch_map_str(m, "clear", ch_buf_str(&clear));
    put_unfiltered(call, m, q, &found, ch_buf_str(&clear));
    ch_map_str(m, "feed", ch_arena_printf(call->arena, "/jobs.atom%.*s", CH_ARG(ch_str_cut(ch_buf_str(&here), 5))));
    ch_str title = title_of(call, q, &found);
    ch_map_str(m, "heading", title);
    return ch_reply_page(call, "jobs", &(ch_page){.title_str = title, .section = "jobs", .no_index = q->cursor.n > 0}, m);
}

ch_err home_page(ch_call *call)
{
    search_query q = {.limit = 5};
    search_outcome found;
    ch_map *m = ch_map_new(call->arena);
    if (search_run(call, &q, CH_FACET_BIT(CH_FACET_SECTOR), &found) == CH_OK) {
        for (size_t i = 0; i < found.result.n_hits; i++) put_hit(call, ch_map_add(m, "hits"), &found.result.hits[i]);
        if (found.result.total) ch_map_str(m, "total", ch_text_n(call, (int64_t)found.result.total, "%s job is open now.", "%s jobs are open now."));
        for (size_t i = 0; i < found.result.facets[CH_FACET_SECTOR].n; i++) {
            const ch_facet_count *c = &found.result.facets[CH_FACET_SECTOR].counts[i];
            ch_map *row = ch_map_add(m, "sectors");
            ch_map_str(row, "value", c->code);
            ch_map_name(row, "text", facet_value_name(CH_FACET_SECTOR, c->code));
            ch_map_str(row, "count", vacancy_number_text(call->arena, (int64_t)c->count));
        }
    }
    put_distances(m, 0);
    return ch_reply_page(call, "home",
                         &(ch_page){.title = "Find a job in the public sector",
                                    .section = "home",
                                    .description = ch_text(call, "Jobs in hospitals, councils, housing associations and schools")},
                         m);
}

/* ---- one advert */

static void put_similar(ch_call *call, ch_map *m, const vacancy *v)
{
    search_index *s = vacancies_search(call->app);
    ch_search_result r;
    if (!search_index_ready(s) || ch_search_similar(search_index_get(s), v->id, call->now, SIMILAR, call->arena, &r)) return;
    for (size_t i = 0; i < r.n_hits; i++) put_hit(call, ch_map_add(m, "similar"), &r.hits[i]);
    ch_map_bool(m, "has_similar", r.n_hits > 0);
}

/* By mail, since that asks nobody else. */
static void put_share(ch_call *call, ch_map *m, const vacancy *v)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_put(&b, CH_STR("mailto:?subject="));
    ch_put_url(&b, v->title);
    ch_buf_put(&b, CH_STR("&body="));
    ch_put_url(&b, v->url);
    ch_map_str(m, "share", ch_buf_str(&b));
    ch_map_str(m, "address", v->url);
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
    ch_page page = {.title_str = ch_text(call, "%.*s at %.*s", CH_ARG(v.title), CH_ARG(v.employer.name)),
                    .section = "jobs",
                    .back = "/jobs",
                    .back_text = "All jobs",
                    .description = v.summary,
                    .canonical = v.url,
                    .no_index = !open};
    ch_str about = ch_value_get(ch_v_map(m), CH_STR("description_html")).s, person = ch_value_get(ch_v_map(m), CH_STR("person_html")).s;
    if (open) page.json_ld = job_posting_json(call->arena, &v, ch_arena_printf(call->arena, "%.*s%.*s", CH_ARG(about), CH_ARG(person)));
    put_share(call, m, &v);
    return ch_reply_page(call, "job", &page, m);
}
