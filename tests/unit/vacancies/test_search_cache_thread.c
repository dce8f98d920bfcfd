/* What the cache gives is what the index gives: after every change, past every closing, from several threads, within its bytes. */
#include "vacancies/search_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "unit.h"

enum { NOW = 1000000, VACANCIES = 60, READERS = 3, CHANGES = 1500, ROOMY = 4 << 20 };

static ch_search_index *x;
static search_cache *cache;
static ch_arena *arena;

/* The blob is the closing time and some weight. */
static ch_time closes_at(ch_arena *a, ch_str blob)
{
    int64_t t = 0;
    (void)a;
    return ch_str_int(ch_str_first(blob, (size_t)ch_str_index(blob, ' ')), &t) ? t : 0;
}

static void put(int i, int64_t version, ch_time closes)
{
    char id[16], title[64], blob[600];
    ch_search_location at = {CH_STR("Leeds"), CH_STR("LS1 4AP"), 53.8, -1.5};
    snprintf(id, sizeof id, "v%d", i);
    snprintf(title, sizeof title, "Nurse number%d", i);
    snprintf(blob, sizeof blob, "%lld %0500d", (long long)closes, i);
    search_cache_change(cache);
    ck_assert_int_eq(ch_search_put(x, &(ch_search_doc){.id = ch_str_of(id),
                                                       .version = version,
                                                       .title = ch_str_of(title),
                                                       .staff_group = i % 2 ? CH_STR("odd") : CH_STR("even"),
                                                       .employer_id = ch_str_of(id),
                                                       .locations = &at,
                                                       .n_locations = 1,
                                                       .salary_max = 20000 + version,
                                                       .published_at = version,
                                                       .closes_at = closes,
                                                       .blob = ch_str_of(blob)}),
                     CH_OK);
    search_cache_changed(cache);
}

static void take_away(int i, int64_t version)
{
    char id[16];
    snprintf(id, sizeof id, "v%d", i);
    search_cache_change(cache);
    ck_assert_int_eq(ch_search_remove(x, ch_str_of(id), version), CH_OK);
    search_cache_changed(cache);
}

static void open_with(size_t bytes)
{
    x = ch_search_open();
    cache = search_cache_new(bytes, closes_at);
    arena = ch_arena_new(64 << 10);
    for (int i = 0; i < VACANCIES; i++) put(i, 1, NOW + 1000 * (i + 1));
}

static void end(void)
{
    ch_arena_free(arena);
    search_cache_free(cache);
    ch_search_close(x);
}

static uint64_t hits(void)
{
    search_cache_counts c;
    search_cache_count(cache, &c);
    return c.hits;
}

static void same_hits(const ch_search_hit *a, const ch_search_hit *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert(ch_str_eq(a[i].id, b[i].id) && ch_str_eq(a[i].blob, b[i].blob));
        ck_assert(a[i].version == b[i].version && a[i].score == b[i].score && a[i].distance_m == b[i].distance_m);
    }
}

static void same(const ch_search_result *a, const ch_search_result *b)
{
    ck_assert(a->total == b->total && a->n_hits == b->n_hits && a->n_nearly == b->n_nearly && a->relaxed == b->relaxed);
    same_hits(a->hits, b->hits, a->n_hits);
    same_hits(a->nearly, b->nearly, a->n_nearly);
    ck_assert(ch_str_eq(a->cursor, b->cursor) && ch_str_eq(a->corrected, b->corrected) && a->n_suggestions == b->n_suggestions);
    for (size_t i = 0; i < a->n_suggestions; i++) {
        const ch_search_suggestion *s = &a->suggestions[i], *t = &b->suggestions[i];
        ck_assert(s->kind == t->kind && s->radius_m == t->radius_m && s->total == t->total && ch_str_eq(s->text, t->text));
    }
    for (int f = 0; f < CH_FACETS; f++) {
        ck_assert_uint_eq(a->facets[f].n, b->facets[f].n);
        for (size_t i = 0; i < a->facets[f].n; i++) {
            const ch_facet_count *c = &a->facets[f].counts[i], *d = &b->facets[f].counts[i];
            ck_assert(ch_str_eq(c->code, d->code) && c->count == d->count);
        }
    }
}

/* From the cache and from the index, the same. */
static ch_search_result ask(ch_search_query q)
{
    ch_search_result kept, fresh;
    ck_assert_int_eq(search_cache_run(cache, x, &q, arena, &kept), CH_OK);
    ck_assert_int_eq(ch_search_run(x, &q, arena, &fresh), CH_OK);
    same(&kept, &fresh);
    return kept;
}

static const ch_str odd[] = {CH_STR_INIT("odd")}, both[] = {CH_STR_INIT("odd"), CH_STR_INIT("even")};
static const ch_search_query asked[] = {
    {.now = NOW, .limit = 20, .facets = CH_FACET_ALL, .sort = CH_SORT_NEWEST},
    {.now = NOW, .limit = 20, .sort = CH_SORT_NEWEST},
    {.now = NOW, .limit = 10, .sort = CH_SORT_NEWEST},
    {.now = NOW, .limit = 20, .sort = CH_SORT_SALARY},
    {.now = NOW, .limit = 20, .text = CH_STR_INIT("nurse"), .facets = CH_FACET_ALL},
    {.now = NOW, .limit = 20, .text = CH_STR_INIT("nurse number7"), .nearly = true},
    {.now = NOW, .limit = 20, .text = CH_STR_INIT("nurse number7"), .strict = true},
    {.now = NOW, .limit = 20, .text = CH_STR_INIT("nurs"), .typing = true},
    {.now = NOW, .limit = 20, .text = CH_STR_INIT("nurrse")},
    {.now = NOW, .limit = 20, .text = CH_STR_INIT("nurse nothing")},
    {.now = NOW, .limit = 20, .has_place = true, .lat = 53.8, .lon = -1.5, .radius_m = 1000},
    {.now = NOW, .limit = 20, .has_place = true, .lat = 51.5, .lon = -0.1, .radius_m = 1000},
    {.now = NOW, .limit = 20, .has_place = true, .lat = 53.8, .lon = -1.5, .radius_m = 2000},
    {.now = NOW, .limit = 20, .remote = true},
    {.now = NOW, .limit = 20, .salary_min = 20001},
    {.now = NOW, .limit = 20, .salary_min = 30000},
    {.now = NOW, .limit = 20, .area = CH_STR_INIT("LS"), .sort = CH_SORT_NEWEST},
    {.now = NOW, .limit = 20, .filters = {[CH_FACET_STAFF_GROUP] = {odd, 1}}},
    {.now = NOW, .limit = 20, .filters = {[CH_FACET_STAFF_GROUP] = {both, 2}}},
    {.now = NOW, .limit = 20, .filters = {[CH_FACET_PAY_BAND] = {odd, 1}}},
};
enum { ASKED = sizeof asked / sizeof *asked };

START_TEST(each_question_has_its_own_answer)
{
    open_with(ROOMY);
    for (int i = 0; i < ASKED; i++) ask(asked[i]);
    ck_assert_uint_eq(hits(), 0); /* no two are taken for one */
    for (int i = 0; i < ASKED; i++) ask(asked[i]);
    ck_assert_uint_eq(hits(), ASKED);
    ch_search_query next = asked[1];
    next.cursor = ask(next).cursor;
    ck_assert(next.cursor.n && ask(next).n_hits == 20);
    end();
}
END_TEST

START_TEST(every_change_is_seen_at_once)
{
    open_with(ROOMY);
    ck_assert_uint_eq(ask(asked[0]).total, VACANCIES);
    put(VACANCIES, 1, NOW + 5000);
    ck_assert_uint_eq(ask(asked[0]).total, VACANCIES + 1);
    take_away(3, 2);
    ck_assert_uint_eq(ask(asked[0]).total, VACANCIES);
    put(4, 7, NOW + 9000);
    ck_assert_int_eq(ask(asked[3]).hits[0].version, 7);
    ck_assert_uint_eq(hits(), 0);
    ask(asked[0]);
    ck_assert_uint_eq(ask(asked[0]).total, VACANCIES);
    ck_assert_uint_gt(hits(), 0);
    end();
}
END_TEST

START_TEST(nothing_is_kept_while_a_change_is_under_way)
{
    open_with(ROOMY);
    ask(asked[0]);
    search_cache_change(cache);
    ask(asked[0]);
    ask(asked[0]);
    ck_assert_uint_eq(hits(), 0);
    search_cache_changed(cache);
    ask(asked[0]);
    ask(asked[0]);
    ck_assert_uint_eq(hits(), 1);
    end();
}
END_TEST

START_TEST(what_closes_is_gone_at_that_very_moment)
{
    open_with(ROOMY);
    ch_search_query q = asked[0];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 10; i++) {
            static const ch_time at[] = {0, 999, 1000, 1001, 1999, 2000, 2000, 500, 60000, 0};
            q.now = NOW + at[i];
            ck_assert_uint_eq(ask(q).total, (uint64_t)(VACANCIES - at[i] / 1000));
        }
    uint64_t before = hits();
    q.now = NOW + 2500;
    ask(q);
    q.now = NOW + 2999;
    ask(q);
    ck_assert_uint_eq(hits(), before + 1);
    q.now = NOW + 100000; /* all closed: nothing else will */
    ck_assert_uint_eq(ask(q).total, 0);
    ck_assert_uint_eq(ask(q).total, 0);
    ck_assert_uint_eq(hits(), before + 2);
    end();
}
END_TEST

START_TEST(it_stays_within_its_bytes_and_what_is_held_stays)
{
    search_cache_counts c;
    ch_search_query q = asked[1];
    open_with(256 << 10);
    ask(q);
    ch_search_result held = ask(q);
    ck_assert_uint_eq(hits(), 1);
    for (int64_t i = 1; i < 200; i++) { /* each some ten thousand bytes */
        q.salary_min = i;
        ask(q);
        search_cache_count(cache, &c);
        ck_assert(c.bytes <= 256 << 10 && c.entries > 0 && c.entries < 40);
    }
    q.salary_min = 199; /* the last is still there, the first has gone */
    ask(q);
    ck_assert_uint_eq(hits(), 2);
    ask(asked[1]);
    ck_assert_uint_eq(hits(), 2);
    ch_search_result fresh;
    ck_assert_int_eq(ch_search_run(x, &asked[1], arena, &fresh), CH_OK);
    same(&held, &fresh);
    q.limit = 60; /* more than a sixteenth of it all */
    ask(q);
    ask(q);
    ck_assert_uint_eq(hits(), 2);
    end();
}
END_TEST

START_TEST(without_room_it_only_passes_on)
{
    open_with(0);
    ask(asked[0]);
    ask(asked[0]);
    ck_assert_uint_eq(hits(), 0);
    ch_search_result r;
    ck_assert_int_eq(search_cache_run(cache, x, &(ch_search_query){.now = NOW, .limit = 1, .cursor = CH_STR("forged")}, arena, &r), CH_INVALID);
    end();
}
END_TEST

START_TEST(a_refusal_is_not_kept)
{
    open_with(ROOMY);
    ch_search_result r;
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(search_cache_run(cache, x, &(ch_search_query){.now = NOW, .limit = 1, .cursor = CH_STR("forged")}, arena, &r), CH_INVALID);
    ck_assert_uint_eq(hits(), 0);
    end();
}
END_TEST

/* ---- several threads */

static atomic_llong written;
static atomic_bool done;
static atomic_int wrong;

/* What was written before the question was asked is in the answer. */
static void *reader(void *unused)
{
    ch_arena *a = ch_arena_new(64 << 10);
    for (int i = 0; !done; i++) {
        long long least = atomic_load(&written);
        ch_search_result r;
        ch_search_query q = asked[i % 2 ? 3 : 10];
        q.sort = CH_SORT_SALARY;
        q.salary_min = i % 8 ? 0 : i % 240; /* all pay more */
        if (search_cache_run(cache, x, &q, a, &r) || r.total != VACANCIES || r.hits[0].version < least) atomic_fetch_add(&wrong, 1);
        for (size_t k = 0; k < r.n_hits; k++)
            if (closes_at(a, r.hits[k].blob) < NOW) atomic_fetch_add(&wrong, 1);
        ch_arena_reset(a);
    }
    ch_arena_free(a);
    return unused;
}

START_TEST(readers_see_what_was_written_before_they_asked)
{
    pthread_t threads[READERS];
    open_with(256 << 10); /* answers are dropped all the time too */
    written = 1;
    for (int i = 0; i < READERS; i++) ck_assert(!pthread_create(&threads[i], NULL, reader, NULL));
    for (int version = 2; version < CHANGES; version++) {
        put(version % VACANCIES, version, NOW + 60000);
        atomic_store(&written, version);
        if (version % 16 == 0) sched_yield();
        for (volatile int rest = 0; rest < 20000 * (version % 8 == 0); rest++) continue;
    }
    done = true;
    for (int i = 0; i < READERS; i++) pthread_join(threads[i], NULL);
    ck_assert_int_eq(wrong, 0);
    ck_assert_uint_gt(hits(), 0);
    end();
}
END_TEST

UNIT_MAIN("search_cache", each_question_has_its_own_answer, every_change_is_seen_at_once, nothing_is_kept_while_a_change_is_under_way,
          what_closes_is_gone_at_that_very_moment, it_stays_within_its_bytes_and_what_is_held_stays, without_room_it_only_passes_on,
          a_refusal_is_not_kept, readers_see_what_was_written_before_they_asked)
