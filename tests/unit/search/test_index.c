/* What comes, changes and goes: versions in any order, more than one segment, memory that is given back. */
#include "search/small.h"

#include <malloc.h>
#include <unistd.h>

#include "unit.h"

/* ---- versions */

typedef struct change {
    int64_t version; /* negative: removed */
} change;
enum { CHANGES = 5 };
static const change changes[CHANGES] = {{1}, {2}, {-3}, {4}, {5}};

static void apply(int64_t version)
{
    if (version < 0) {
        ch_search_remove(x, CH_STR("1"), -version);
        return;
    }
    ch_search_doc d = small_doc("1", ch_arena_printf(arena, "Nurse turn%lld", (long long)version).p);
    d.version = version;
    ch_search_put(x, &d);
}

/* The highest of these wins, whatever came in between and however often. */
static void ck_order(const int *order, int n, bool at_once)
{
    int64_t highest = 0;
    small_open();
    for (int i = 0; i < n; i++) {
        int64_t v = changes[order[i]].version, size = v < 0 ? -v : v;
        apply(v);
        if (at_once) apply(v);
        if (size > (highest < 0 ? -highest : highest)) highest = v;
    }
    ch_search_stats stats;
    ch_search_get_stats(x, &stats);
    ck_assert_uint_eq(stats.vacancies, highest > 0);
    ck_assert_uint_eq(stats.tombstones, highest < 0);
    ch_search_hit hit;
    ck_assert_int_eq(ch_search_get(x, CH_STR("1"), arena, &hit), highest > 0 ? CH_OK : CH_NOT_FOUND);
    if (highest > 0) ck_assert_int_eq(hit.version, highest);
    for (int i = 0; i < CHANGES; i++)
        if (changes[i].version > 0) ck_found(ch_arena_printf(arena, "turn%d", (int)changes[i].version).p, changes[i].version == highest ? "1" : "");
    small_close();
}

/* Each order of each beginning. */
static void permute(int *order, int n, unsigned used)
{
    if (n) ck_order(order, n, n % 2);
    for (int i = 0; i < CHANGES; i++) {
        if (used >> i & 1) continue;
        order[n] = i;
        permute(order, n + 1, used | 1u << i);
    }
}

START_TEST(versions_in_any_order)
{
    int order[CHANGES];
    permute(order, 0, 0);
}
END_TEST

START_TEST(what_is_refused_changes_nothing)
{
    char long_id[256];
    small_open();
    memset(long_id, 'a', sizeof long_id);
    ch_search_doc d = small_doc("", "Nurse");
    ck_assert_int_eq(ch_search_put(x, &d), CH_INVALID);
    d.id = (ch_str){long_id, 256};
    ck_assert_int_eq(ch_search_put(x, &d), CH_INVALID);
    ck_assert_int_eq(ch_search_remove(x, d.id, 1), CH_INVALID);
    ck_assert_uint_eq(ch_search_put_many(x, &d, 1, 1), 0);
    d.id.n = 255;
    ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
    ck_assert_int_eq(ch_search_put(x, &d), CH_STALE);
    ck_assert_int_eq(ch_search_remove(x, d.id, 1), CH_STALE);
    ck_assert_int_eq(ch_search_remove(x, d.id, 2), CH_OK);
    ck_assert_int_eq(ch_search_remove(x, d.id, 2), CH_STALE);
    ck_assert_int_eq(ch_search_put(x, &d), CH_STALE);
    ck_assert_int_eq(ch_search_remove(x, CH_STR("never seen"), 3), CH_OK);
    d.id = CH_STR("never seen");
    ck_assert_int_eq(ch_search_put(x, &d), CH_STALE);
    small_close();
}
END_TEST

/* ---- more than one segment holds */

enum { MANY = 150000, SHARES = 3, SEGMENTS_LEAST = 3 };

static ch_search_doc many_doc(ch_arena *a, int i, int64_t version)
{
    ch_search_doc d = small_doc(ch_arena_printf(a, "%d", i).p, version > 1 ? "Nurse again" : "Nurse");
    d.version = version;
    d.staff_group = i % 2 ? CH_STR("odd") : CH_STR("even");
    d.description = ch_arena_printf(a, "ward%c of %d", 'a' + i % 26, i % 97);
    return d;
}

static void ck_many(size_t all, size_t again, size_t odd)
{
    ask((ch_search_query){.text = CH_STR("nurse"), .facets = CH_FACET_BIT(CH_FACET_STAFF_GROUP)});
    ck_assert_uint_eq(r.total, all);
    ck_assert_uint_eq(r.facets[CH_FACET_STAFF_GROUP].n, 2);
    for (size_t i = 0; i < 2; i++) {
        const ch_facet_count *c = &r.facets[CH_FACET_STAFF_GROUP].counts[i];
        ck_assert_uint_eq(c->count, ch_str_is(c->code, "odd") ? odd : all - odd);
    }
    ask((ch_search_query){.text = CH_STR("again")});
    ck_assert_uint_eq(r.total, again);
    ask((ch_search_query){.sort = CH_SORT_NEWEST, .limit = 3});
    ck_assert_uint_eq(r.total, all);
    for (size_t i = 1; i < r.n_hits; i++) ck_assert_int_gt(atoi(r.hits[i - 1].id.p), atoi(r.hits[i].id.p));
    for (int i = 0; i < MANY; i += MANY / 50) {
        ch_search_hit hit;
        ck_assert_int_eq(ch_search_get(x, ch_arena_printf(arena, "%d", i), arena, &hit), i % SHARES == 1 && again < all ? CH_NOT_FOUND : CH_OK);
    }
}

static size_t odd_of(int i, int n, bool (*is)(int))
{
    size_t odd = 0;
    for (; i < n; i++) odd += i % 2 && is(i);
    return odd;
}

static bool any(int i) { return i >= 0; }
static bool stays(int i) { return i % SHARES != 1; }

START_TEST(more_than_a_segment_holds)
{
    small_open();
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 20);
    ch_search_doc *docs = calloc(MANY, sizeof *docs);
    for (int i = 0; i < MANY; i++) docs[i] = many_doc(a, i, 1);
    ck_assert_uint_eq(ch_search_put_many(x, docs, MANY, 2), MANY);
    ck_assert_uint_eq(ch_search_put_many(x, docs, 1000, 2), 0);
    free(docs);
    ch_search_stats stats;
    ch_search_get_stats(x, &stats);
    ck_assert_uint_ge(stats.chunks, SEGMENTS_LEAST);
    ask((ch_search_query){.text = CH_STR("nurse"), .facets = CH_FACET_BIT(CH_FACET_STAFF_GROUP)});
    ck_assert_uint_eq(r.total, MANY);
    ck_assert_uint_eq(r.facets[0].counts[0].count, odd_of(0, MANY, any));
    size_t gone = 0, again = 0;
    for (int i = 0; i < MANY; i++) {
        ch_arena_reset(a);
        ch_search_doc d = many_doc(a, i, 2);
        if (i % SHARES == 1) gone += ch_search_remove(x, d.id, 2) == CH_OK;
        if (i % SHARES == 2) again += ch_search_put(x, &d) == CH_OK; /* crosses a segment's end one by one */
    }
    ck_many(MANY - gone, again, odd_of(0, MANY, stays));
    ch_search_maintain(x);
    ck_many(MANY - gone, again, odd_of(0, MANY, stays));
    ch_search_get_stats(x, &stats);
    ck_assert_uint_lt(8 * stats.dead, MANY);
    char path[64];
    snprintf(path, sizeof path, "/tmp/search-index-%d", (int)getpid());
    ck_assert_int_eq(ch_search_save(x, path), CH_OK);
    ch_search_close(x);
    ck_assert_int_eq(ch_search_load(path, &x), CH_OK);
    unlink(path);
    ck_many(MANY - gone, again, odd_of(0, MANY, stays));
    small_close();
}
END_TEST

/* ---- memory */

#ifndef CH_SANITIZED
static size_t heap(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}
#endif

/* Documents come and go, each time others of the same words: what they took is given back, but for their tombstones. */
START_TEST(memory_is_given_back)
{
    enum { EACH = 20000, ROUNDS = 5, A_TOMBSTONE = 120 };
    small_open();
    ch_search_stats full, empty;
#ifndef CH_SANITIZED
    size_t first = 0;
#endif
    for (int round = 0; round < ROUNDS; round++) {
        CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 16);
        for (int i = round * EACH; i < (round + 1) * EACH; i++) {
            ch_arena_reset(a);
            ch_search_doc d = many_doc(a, i, 1);
            d.blob = (ch_str){"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 64};
            ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
        }
        ch_search_get_stats(x, &full);
        ck_assert_uint_eq(full.vacancies, EACH);
        for (int i = round * EACH; i < (round + 1) * EACH; i++) ck_assert_int_eq(ch_search_remove(x, ch_arena_printf(arena, "%d", i), 2), CH_OK);
        ch_arena_reset(arena);
        ch_search_maintain(x);
        ch_search_maintain(x);
        ch_search_get_stats(x, &empty);
        ck_assert(empty.vacancies == 0 && empty.dead == 0 && empty.token_bytes == 0 && empty.blob_bytes == 0 && empty.postings == 0);
        ck_assert_uint_eq(empty.chunks, 1);
#ifndef CH_SANITIZED
        if (!round) first = heap();
        ck_assert_msg(heap() < first + (size_t)round * EACH * A_TOMBSTONE + (2 << 20), "%zu bytes in round %d, first %zu", heap(), round, first);
#endif
    }
    small_close();
}
END_TEST

UNIT_MAIN("search index", versions_in_any_order, what_is_refused_changes_nothing, more_than_a_segment_holds, memory_is_given_back)
