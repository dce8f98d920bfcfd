#include "vacancies/department_pages.h"

#include <pthread.h>

#include "contracts/reference.h"
#include "vacancies/application_store.h"
#include "vacancies/employer_store.h"
#include "vacancies/listing.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_store.h"
#include "view/chart.h"

enum { MONTHS = 12, SMALLEST = 5 };

/* A number of people under five is not told: nor is one that would follow from a sum, so no sums stand beside them. */
static void put_number(ch_arena *a, ch_map *row, ch_str name, int64_t n, bool people)
{
    ch_map_name(row, "what", name);
    ch_map_set(row, "number", people && n > 0 && n < SMALLEST ? ch_v_text(CH_STR(N_("fewer than 5"))) : ch_v_str(vacancy_number_text(a, n)));
}

static void put_tally(ch_arena *a, ch_map *table, const state_counts *t, bool people)
{
    for (size_t i = 0; t->states[i].code; i++) put_number(a, ch_map_add(table, "rows"), ch_str_of(t->states[i].name), t->n[i], people);
}

/* ---- organisations */

static int64_t count(const ch_list *employers, size_t offset, const char *code)
{
    int64_t n = 0;
    for (size_t i = 0; i < employers->n; i++) n += ch_str_is(*(const ch_str *)((const char *)employers->p + i * sizeof(employer_row) + offset), code);
    return n;
}

static void put_counts(ch_arena *a, ch_map *table, const ch_code *codes, const ch_list *employers, size_t offset)
{
    for (; codes->code; codes++) put_number(a, ch_map_add(table, "rows"), ch_str_of(codes->name), count(employers, offset, codes->code), false);
}

static ch_map *add_table(ch_map *m, const char *id, const char *caption, const char *heading)
{
    ch_map *table = ch_map_add(m, "tables");
    ch_map_z(table, "id", id);
    ch_map_text(table, "caption", caption);
    ch_map_text(table, "heading", heading);
    return table;
}

/* Joined so far, at the end of each of the last months. */
static void put_growth(ch_call *call, ch_map *m, const ch_list *employers)
{
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    ch_point points[MONTHS];
    ch_civil now = ch_civil_uk(call->now);
    for (int k = 0; k < MONTHS; k++) {
        int month = now.year * 12 + now.month - 1 - (MONTHS - 1 - k);
        ch_time end = ch_time_uk((ch_civil){.year = (month + 1) / 12, .month = (month + 1) % 12 + 1, .day = 1});
        int64_t n = 0;
        for (size_t i = 0; i < employers->n; i++) n += ((const employer_row *)employers->p)[i].created_at < end;
        points[k] = (ch_point){ch_arena_printf(call->arena, "%s %d", ch_gettext(ch_words(call), names[month % 12]), month / 12), (double)n};
        put_number(call->arena, ch_map_add(m, "months"), points[k].label, n, false);
    }
    ch_map_set(m, "chart",
               ch_v_html(ch_chart_bars(call->arena, ch_text(call, "Organisations that have joined, by the end of each month"), points, MONTHS)));
}

static const ch_code *sectors(ch_arena *a)
{
    size_t n = 0;
    while (ch_sectors[n].code) n++;
    ch_code *codes = CH_NEW_N(a, ch_code, n + 1);
    for (size_t i = 0; i < n; i++) codes[i] = (ch_code){ch_sectors[i].code, ch_sectors[i].name};
    return codes;
}

static void put_headline(ch_arena *a, ch_map *m, const char *what, int64_t n, const char *href)
{
    ch_map *row = ch_map_add(m, "headlines");
    put_number(a, row, ch_str_of(what), n, false);
    ch_map_z(row, "href", href);
}

static void put_organisations(ch_call *call, ch_map *m, const ch_list *employers)
{
    static const ch_code states[] = {{"pending", "Waiting for a decision"}, {"approved", "Approved"}, {"refused", "Refused"}, {0, 0}};
    ch_arena *a = call->arena;
    put_headline(a, m, N_("organisations approved"), count(employers, offsetof(employer_row, state), "approved"),
                 "/department/organisations?state=approved");
    put_headline(a, m, N_("waiting for a decision"), count(employers, offsetof(employer_row, state), "pending"),
                 "/department/organisations?state=pending");
    put_counts(a, add_table(m, "by-state", N_("Organisations by state"), N_("State")), states, employers, offsetof(employer_row, state));
    put_counts(a, add_table(m, "by-sector", N_("Organisations by sector"), N_("Sector")), sectors(a), employers, offsetof(employer_row, sector));
    put_counts(a, add_table(m, "by-region", N_("Organisations by region"), N_("Region")), ch_regions, employers, offsetof(employer_row, region));
    put_growth(call, m, employers);
}

/* ---- counting everything there is reads all of it: once a minute, not once a look */

typedef struct totals {
    ch_time at; /* 0: never counted */
    state_counts vacancies, applications;
} totals;

static const ch_code vacancy_states[] = {{"draft", "Draft"}, {"published", "Published"}, {"closed", "Closed"}, {"withdrawn", "Withdrawn"}, {0, 0}};
static const ch_code application_states[] = {
    {"submitted", "Sent"}, {"shortlisted", "Shortlisted"}, {"rejected", "Rejected"}, {"withdrawn", "Withdrawn"}, {0, 0}};

/* This process's last count. While one thread counts again, the others show what there is. */
static struct {
    pthread_mutex_t lock;
    totals last;
    bool counting;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool take_kept(totals *out, ch_time now)
{
    pthread_mutex_lock(&kept.lock);
    bool fine = kept.last.at && (kept.counting || now - kept.last.at < CH_MINUTE);
    *out = kept.last;
    if (!fine) kept.counting = true;
    pthread_mutex_unlock(&kept.lock);
    return fine;
}

static ch_err count_all(ch_call *call, totals *out)
{
    *out = (totals){.at = call->now, .vacancies = {.states = vacancy_states}, .applications = {.states = application_states}};
    CH_TRY(vacancy_count_states(call->app, call->now, state_counts_take, &out->vacancies));
    return application_count_states(call->app, state_counts_take, &out->applications);
}

static ch_err totals_get(ch_call *call, totals *out)
{
    if (take_kept(out, call->now)) return CH_OK;
    ch_err e = count_all(call, out);
    pthread_mutex_lock(&kept.lock);
    if (!e) kept.last = *out;
    kept.counting = false;
    pthread_mutex_unlock(&kept.lock);
    return e;
}

ch_err department_page(ch_call *call)
{
    ch_list employers;
    totals t;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(employer_list(call->app, call->arena, &employers));
    CH_TRY(totals_get(call, &t));
    put_organisations(call, m, &employers);
    put_headline(call->arena, m, N_("vacancies open"), t.vacancies.n[1], "/jobs");
    put_tally(call->arena, add_table(m, "vacancies", N_("Vacancies by state"), N_("State")), &t.vacancies, false);
    put_tally(call->arena, add_table(m, "applications", N_("Applications by state"), N_("State")), &t.applications, true);
    ch_map_time(m, "counted_at", t.at);
    return ch_reply_page(call, "department", &(ch_page){.title = "Department", .section = "department"}, m);
}
