#include "vacancies/department_pages.h"

#include "contracts/reference.h"
#include "vacancies/application_store.h"
#include "vacancies/employer_store.h"
#include "vacancies/service.h"
#include "vacancies/vacancy_store.h"
#include "view/chart.h"

enum { MONTHS = 12, SMALLEST = 5 };

typedef struct tally {
    ch_map *map;
    const char *list;
    bool people;
} tally;

static void put_number(ch_map *row, ch_str name, int64_t n, bool people)
{
    ch_map_str(row, "what", name);
    if (people && n > 0 && n < SMALLEST) ch_map_z(row, "number", "fewer than 5");
    else ch_map_int(row, "number", n);
}

static bool put_state(void *p, const bson_t *doc)
{
    static const ch_code names[] = {{"draft", "Being written"}, {"published", "Published"}, {"closed", "Closed early"}, {"withdrawn", "Withdrawn"}, {"submitted", "Sent"},
                                    {"shortlisted", "Shortlisted"}, {"rejected", "Rejected"}, {0, 0}};
    tally *t = p;
    bson_iter_t it, n;
    if (!bson_iter_init_find(&it, doc, "_id") || !BSON_ITER_HOLDS_UTF8(&it) || !bson_iter_init_find(&n, doc, "n")) return true;
    put_number(ch_map_add(t->map, t->list), ch_code_name(names, ch_str_of(bson_iter_utf8(&it, NULL))), bson_iter_as_int64(&n), t->people);
    return true;
}

/* One row of a table: name and how many organisations have the code at `offset`. */
static void put_counts(ch_map *m, const char *list, const ch_code *codes, const ch_list *employers, size_t offset)
{
    for (; codes->code; codes++) {
        int64_t n = 0;
        for (size_t i = 0; i < employers->n; i++) n += ch_str_is(*(const ch_str *)((const char *)employers->p + i * sizeof(employer_row) + offset), codes->code);
        put_number(ch_map_add(m, list), ch_str_of(codes->name), n, false);
    }
}

/* Joined so far, at the end of each of the last months. */
static void put_growth(ch_call *call, ch_map *m, const ch_list *employers)
{
    ch_point points[MONTHS];
    ch_civil now = ch_civil_uk(call->now);
    for (int k = 0; k < MONTHS; k++) {
        int month = now.year * 12 + now.month - 1 - (MONTHS - 1 - k);
        ch_time end = ch_time_uk((ch_civil){.year = (month + 1) / 12, .month = (month + 1) % 12 + 1, .day = 1});
        int64_t n = 0;
        for (size_t i = 0; i < employers->n; i++) n += ((const employer_row *)employers->p)[i].created_at < end;
        points[k] = (ch_point){ch_arena_printf(call->arena, "%d/%d", month % 12 + 1, month / 12), (double)n};
        put_number(ch_map_add(m, "months"), points[k].label, n, false);
    }
    ch_map_set(m, "chart", ch_v_html(ch_chart_bars(call->arena, CH_STR("Organisations that have joined, by the end of each month"), points, MONTHS)));
}

ch_err department_page(ch_call *call)
{
    static const ch_code states[] = {{"pending", "Waiting for a decision"}, {"approved", "Approved"}, {"refused", "Refused"}, {0, 0}};
    static const ch_code sectors[] = {{"health", "Health"}, {"local_government", "Local government"}, {"housing", "Social housing"}, {"schools", "Schools"}, {0, 0}};
    ch_list employers;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(employer_list(call->app, call->arena, &employers));
    put_counts(m, "states", states, &employers, offsetof(employer_row, state));
    put_counts(m, "sectors", sectors, &employers, offsetof(employer_row, sector));
    put_counts(m, "regions", ch_regions, &employers, offsetof(employer_row, region));
    put_growth(call, m, &employers);
    CH_TRY(vacancy_count_states(call->app, call->now, put_state, &(tally){m, "vacancies", false}));
    CH_TRY(application_count_states(call->app, put_state, &(tally){m, "applications", true}));
    return ch_reply_page(call, "department", &(ch_page){.title = "Department", .section = "department"}, m);
}
