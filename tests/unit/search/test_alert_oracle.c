/*
 * What the alerts answer against what the forward query finds, strict, in an index of that one vacancy: thousands of
 * alerts and vacancies of chance, also while alerts come, go, pause and change.
 */
#include "search/alert.h"

#include "random.h"
#include "unit.h"

enum { ALERTS = 400, VACANCIES = 60, NOW = 5001 };

typedef struct model { /* what ought to be in the store */
    ch_search_query query[ALERTS];
    bool there[ALERTS], paused[ALERTS];
} model;

static uint64_t answered; /* so that equality is not equality of nothing */

static ch_str id_of(ch_arena *a, size_t i) { return ch_arena_printf(a, "alert-%zu", i); }

static void add(ch_alerts *s, model *m, ch_arena *queries, ch_arena *a, size_t i)
{
    ch_search_query q;
    random_query(queries, &q);
    ch_err e = ch_alerts_add(s, id_of(a, i), &q);
    if (e == CH_OK) {
        m->query[i] = q;
        m->there[i] = true;
        m->paused[i] = false;
        return;
    }
    ck_assert(e == CH_INVALID || e == CH_TOO_LARGE);
    ck_assert_int_eq(e == CH_TOO_LARGE, q.text.n > 1000);
}

static void change(ch_alerts *s, model *m, ch_arena *queries, ch_arena *a)
{
    size_t i = below(ALERTS);
    ch_err there = m->there[i] ? CH_OK : CH_NOT_FOUND;
    switch (below(3)) {
    case 0: add(s, m, queries, a, i); break;
    case 1:
        ck_assert_int_eq(ch_alerts_remove(s, id_of(a, i)), there);
        m->there[i] = false;
        break;
    default: m->paused[i] = chance(50); ck_assert_int_eq(ch_alerts_pause(s, id_of(a, i), m->paused[i]), there);
    }
}

static bool finds(ch_search_index *x, const ch_search_query *q, ch_arena *a)
{
    ch_search_result found;
    ch_search_query now = *q;
    now.now = NOW;
    ck_assert_int_eq(ch_search_run(x, &now, a, &found), CH_OK);
    answered += found.total;
    return found.total > 0;
}

static void compare(ch_alerts *s, const model *m, const ch_search_doc *d)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(64 << 10);
    ch_search_index *x = ch_search_open();
    bool given[ALERTS] = {false};
    ch_str *ids;
    ck_assert_int_eq(ch_search_put(x, d), CH_OK);
    size_t n = ch_alerts_match(s, d, NOW, a, &ids);
    for (size_t i = 0; i < n; i++) {
        int64_t number;
        ck_assert(ch_str_int(ch_str_cut(ids[i], 6), &number) && number < ALERTS);
        ck_assert_msg(!given[number], "alert %d came twice", (int)number);
        given[number] = true;
    }
    for (size_t i = 0; i < ALERTS; i++) {
        bool expected = m->there[i] && !m->paused[i] && finds(x, &m->query[i], a);
        ck_assert_msg(given[i] == expected, "alert %zu \"%.*s\" is %sgiven for \"%.*s\"", i, CH_ARG(m->query[i].text), given[i] ? "" : "not ",
                      CH_ARG(d->title));
    }
    ch_search_close(x);
}

static void run_round(unsigned changes)
{
    CH_AUTO_ARENA ch_arena *queries = ch_arena_new(64 << 10);
    ch_alerts *s = ch_alerts_open();
    model *m = calloc(1, sizeof *m);
    for (size_t i = 0; i < ALERTS; i++) add(s, m, queries, queries, i);
    for (size_t v = 0; v < VACANCIES; v++) {
        CH_AUTO_ARENA ch_arena *a = ch_arena_new(16 << 10);
        ch_search_doc d;
        random_doc(a, "v", &d);
        for (unsigned i = 0; i < changes; i++) change(s, m, queries, a);
        compare(s, m, &d);
    }
    ch_alerts_close(s);
    free(m);
}

START_TEST(test_alerts_match_what_the_query_finds)
{
    random_seed("alerts");
    for (int round = 0; round < 12; round++) run_round(0);
    ck_assert_uint_gt(answered, 12 * ALERTS * VACANCIES / 200);
}
END_TEST

START_TEST(test_alerts_match_while_they_come_and_go)
{
    random_seed("changing alerts");
    for (int round = 0; round < 8; round++) run_round(40);
}
END_TEST

static void fill_and_empty(ch_alerts *s, ch_alerts_stats *full)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(64 << 10);
    for (size_t i = 0; i < 20000; i++) {
        ch_search_query q;
        random_query(a, &q);
        ch_alerts_add(s, id_of(a, i), &q);
    }
    ch_alerts_get_stats(s, full);
    for (size_t i = 0; i < 20000; i++) ch_alerts_remove(s, id_of(a, i * 7919 % 20000));
}

/* Everything comes and goes: no posting and no alert stays, and the next ones lie where those lay. */
START_TEST(test_memory_is_used_again)
{
    ch_alerts *s = ch_alerts_open();
    ch_alerts_stats first, last, after;
    random_seed("memory");
    fill_and_empty(s, &first);
    for (int round = 0; round < 5; round++) fill_and_empty(s, &last);
    ch_alerts_get_stats(s, &after);
    ck_assert_uint_eq(after.alerts, 0);
    ck_assert_uint_eq(after.filed, 0);
    ck_assert_msg(last.bytes < first.bytes + first.bytes / 4, "%llu bytes, once %llu", (unsigned long long)last.bytes,
                  (unsigned long long)first.bytes);
    ch_alerts_close(s);
}
END_TEST

UNIT_MAIN("search alerts against the index", test_alerts_match_what_the_query_finds, test_alerts_match_while_they_come_and_go,
          test_memory_is_used_again)
