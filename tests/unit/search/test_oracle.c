/* Random corpora and queries: totals, facets, order and pages are what plain loops find (oracle.h). */
#include "search/oracle.h"

#include <unistd.h>

#include "unit.h"

static oracle o;
static oanswer wanted;

static void ck_facets(const oquery *q, const ch_search_result *r)
{
    for (int f = 0; f < CH_FACETS; f++) {
        uint64_t sum = 0, all = 0;
        if (!(q->q.facets & CH_FACET_BIT(f))) {
            ck_assert_uint_eq(r->facets[f].n, 0);
            continue;
        }
        for (size_t i = 0; i < r->facets[f].n; i++) {
            const ch_facet_count *now = &r->facets[f].counts[i], *next = now + 1;
            sum += now->count;
            ck_assert_uint_gt(now->count, 0);
            ck_assert_uint_eq(now->count, oracle_count(&o, &wanted, f, now->code));
            if (i + 1 < r->facets[f].n) ck_assert(now->count > next->count || (now->count == next->count && ch_str_cmp(now->code, next->code) < 0));
        }
        for (size_t i = 0; i < o.n; i++) {
            const ch_search_doc *d = &o.docs[i].d;
            if (wanted.counted[i][f]) all += f == CH_FACET_WORKING_PATTERN ? d->n_working_patterns : (size_t)(facet_value(d, f).n > 0);
        }
        ck_assert_msg(sum == all, "\"%.*s\": %s counts %llu, wanted %llu", CH_ARG(q->q.text), ch_facet_name((ch_facet)f), (unsigned long long)sum,
                      (unsigned long long)all);
    }
}

/* The key that the sort asks for, larger first; relevance by what the answer says of it. */
static double key_of(const oquery *q, const ch_search_doc *d, const ch_search_hit *h)
{
    bool placed = q->q.has_place;
    switch (q->q.sort) {
    case CH_SORT_NEWEST: return 0;
    case CH_SORT_CLOSING: return -(double)(d->closes_at ? d->closes_at : INT64_MAX);
    case CH_SORT_SALARY: return (double)salary_of(d);
    case CH_SORT_DISTANCE:
        if (placed) return h->distance_m < 0 ? -1e12 : -h->distance_m;
        return h->score;
    default: return h->score;
    }
}

static void ck_order(const oquery *q, const ch_search_hit *a, const ch_search_hit *b)
{
    const ch_search_doc *x = &oracle_find(&o, a->id)->d, *y = &oracle_find(&o, b->id)->d;
    double p = key_of(q, x, a), s = key_of(q, y, b);
    bool right = p != s ? p > s : x->published_at != y->published_at ? x->published_at > y->published_at : ch_hash(x->id) < ch_hash(y->id);
    ck_assert_msg(right, "\"%.*s\" sort %d: %.*s before %.*s (%.9g, %.9g)", CH_ARG(q->q.text), q->q.sort, CH_ARG(a->id), CH_ARG(b->id), p, s);
}

static void ck_hit(const oquery *q, const ch_search_hit *h, bool *seen)
{
    odoc *d = oracle_find(&o, h->id);
    ck_assert(d && wanted.found[d - o.docs] && !seen[d - o.docs]);
    seen[d - o.docs] = true;
    ck_assert(ch_str_eq(h->blob, d->d.blob));
    ck_assert_int_eq(h->version, d->d.version);
    double m = q->q.has_place ? nearest_m(&d->d, q->q.lat, q->q.lon) : -1;
    ck_assert_msg(m < 0 ? h->distance_m < 0 : fabs(h->distance_m - m) < 0.5 + 1e-6 * m, "%f m, wanted %f", h->distance_m, m);
}

/* All pages: each vacancy once, in order. */
static void ck_pages(ch_search_index *x, const oquery *query, ch_arena *a, const ch_search_result *first)
{
    bool seen[ORACLE_DOCS] = {0};
    oquery q = *query;
    ch_search_result r = *first;
    ch_search_hit last = {0};
    uint64_t n = 0;
    for (;;) {
        for (size_t i = 0; i < r.n_hits; i++, n++) {
            ck_hit(&q, &r.hits[i], seen);
            if (n) ck_order(&q, &last, &r.hits[i]);
            last = r.hits[i];
        }
        ck_assert_int_eq(r.cursor.n > 0, n < wanted.total);
        if (!r.cursor.n) break;
        ck_assert_uint_eq(r.n_hits, q.q.limit);
        q.q.cursor = r.cursor;
        ck_assert_int_eq(ch_search_run(x, &q.q, a, &r), CH_OK);
        ck_assert_uint_eq(r.total, wanted.total);
    }
    ck_assert_uint_eq(n, wanted.total);
}

static void ck_query(ch_search_index *x, chance *c)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 16);
    oquery q = any_query(a, c, &o);
    ch_search_result r;
    ck_assert_int_eq(ch_search_run(x, &q.q, a, &r), CH_OK);
    if (r.corrected.n) return; /* a word that no vacancy has: test_query.c */
    oracle_run(&o, &q, false, &wanted);
    if (!wanted.total && !q.q.strict && q.n_words + q.n_phrase > 1) {
        oracle_run(&o, &q, true, &wanted);
        ck_assert_int_eq(r.relaxed, wanted.total > 0);
    } else ck_assert(!r.relaxed);
    ck_assert_msg(r.total == wanted.total, "\"%.*s\": %llu, wanted %llu", CH_ARG(q.q.text), (unsigned long long)r.total,
                  (unsigned long long)wanted.total);
    ck_facets(&q, &r);
    ck_pages(x, &q, a, &r);
}

static void ck_change(ch_search_index *x, chance *c, size_t ids)
{
    if (chance_in(c, 6)) {
        ch_str id = ch_arena_printf(o.arena, "v%zu", chance_below(c, ids));
        int64_t version = 1 + (int64_t)chance_below(c, 60);
        ck_assert_int_eq(ch_search_remove(x, id, version), oracle_remove(&o, id, version));
        return;
    }
    ch_search_doc d = any_doc(o.arena, c, ids);
    ck_assert_int_eq(ch_search_put(x, &d), oracle_put(&o, &d));
}

/* What is read from the file is the same index. */
static ch_search_index *through_a_file(ch_search_index *x)
{
    char path[64];
    ch_search_index *back;
    snprintf(path, sizeof path, "/tmp/search-oracle-%d", (int)getpid());
    ch_search_set_position(x, 42);
    ck_assert_int_eq(ch_search_save(x, path), CH_OK);
    ch_search_close(x);
    ck_assert_int_eq(ch_search_load(path, &back), CH_OK);
    ck_assert_int_eq(ch_search_position(back), 42);
    unlink(path);
    return back;
}

/* Some at once, then one by one, with queries in between. */
static void ck_corpus(uint64_t seed, size_t queries)
{
    chance c = {seed};
    size_t ids = 2 + chance_below(&c, chance_in(&c, 3) ? 12 : ORACLE_DOCS - 2), many = chance_below(&c, 200), applied = 0;
    ch_search_index *x = ch_search_open();
    oracle_open(&o);
    ch_search_doc *docs = CH_NEW_N(o.arena, ch_search_doc, many + 1);
    for (size_t i = 0; i < many; i++) docs[i] = any_doc(o.arena, &c, ids);
    for (size_t i = 0; i < many; i++) applied += oracle_put(&o, &docs[i]) == CH_OK;
    ck_assert_uint_eq(ch_search_put_many(x, docs, many, 2), applied);
    for (size_t i = 0; i < queries; i++) {
        if (chance_in(&c, 3))
            for (size_t n = chance_below(&c, 20); n; n--) ck_change(x, &c, ids);
        if (chance_in(&c, 50)) ch_search_maintain(x);
        if (chance_in(&c, 60)) x = through_a_file(x);
        ck_query(x, &c);
    }
    ch_search_stats stats;
    size_t gone = 0;
    ch_search_get_stats(x, &stats);
    for (size_t i = 0; i < o.n; i++) gone += o.docs[i].gone;
    ck_assert_uint_eq(stats.vacancies, o.n - gone);
    ck_assert_uint_eq(stats.tombstones, gone);
    oracle_close(&o);
    ch_search_close(x);
}

/* Many vacancies come or go between the pages: those that stay are found once, whatever the order. */
enum { STAY = 150, MOVE = 350 };

static void ck_once(ch_search_index *x, ch_search_query q, ch_arena *a, const int *times)
{
    ch_search_result r;
    q.limit = 100;
    do {
        ck_assert_int_eq(ch_search_run(x, &q, a, &r), CH_OK);
        for (size_t i = 0; i < r.n_hits; i++) {
            int number = atoi(r.hits[i].id.p);
            if (number < STAY) ck_assert_msg(times[number] == 1, "sort %d: %d was left out", q.sort, number);
        }
        q.cursor = r.cursor;
    } while (r.cursor.n);
}

static void come_or_go(ch_search_index *x, chance *c, ch_arena *a, const int *times, int64_t version)
{
    for (size_t i = STAY; i < STAY + MOVE; i++) {
        ch_search_doc d = any_doc(a, c, 1000);
        d.id = ch_arena_printf(a, "%zu", i);
        d.version = version;
        if (times[i] || version % 2) ch_search_remove(x, d.id, version);
        else if (chance_in(c, 2)) ch_search_put(x, &d);
    }
}

static void ck_moving_pages(chance *c, ch_search_sort sort)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 16);
    ch_search_index *x = ch_search_open();
    int times[STAY + MOVE] = {0};
    ch_search_query q = {.text = ch_str_of(any_word(c)), .strict = true, .limit = 7, .sort = sort, .has_place = true, .lat = 53, .lon = -1};
    ch_search_result r;
    for (size_t i = 0; i < STAY; i++) {
        ch_search_doc d = any_doc(a, c, 1000);
        d.id = ch_arena_printf(a, "%zu", i);
        ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
    }
    for (int64_t page = 100;; page++) {
        ck_assert_int_eq(ch_search_run(x, &q, a, &r), CH_OK);
        for (size_t i = 0; i < r.n_hits; i++) ck_assert_int_eq(times[atoi(r.hits[i].id.p)]++, 0);
        if (!r.cursor.n) break;
        q.cursor = r.cursor;
        come_or_go(x, c, a, times, page);
    }
    q.cursor = CH_STR("");
    ck_once(x, q, a, times);
    ch_search_close(x);
}

START_TEST(pages_while_vacancies_change)
{
    chance c = {seed_of("pages_while_vacancies_change", 1)};
    for (int i = 0; i < 50; i++) ck_moving_pages(&c, (ch_search_sort)(i % 5));
}
END_TEST

START_TEST(random_corpora)
{
    uint64_t seed = seed_of("random_corpora", 1);
    size_t corpora = getenv("SEARCH_ROUNDS") ? (size_t)atoi(getenv("SEARCH_ROUNDS")) : 40;
    for (size_t i = 0; i < corpora; i++) ck_corpus(seed + i, 60);
}
END_TEST

UNIT_MAIN("search oracle", random_corpora, pages_while_vacancies_change)
