/* Order: nDCG@10 over the judged set does not fall below what it was, for no kind of query (tests/relevance/README.md;
 * scripts/bench relevance compares). */
#include "../../relevance/relevance.h"
#include "unit.h"

static ch_arena *arena;
static rel_set *set;
static rel_ranking rankings[REL_QUERIES_MAX];

/* Each case runs in a process of its own. */
static void load(void)
{
    arena = ch_arena_new(64 << 10);
    set = rel_load(arena, CH_SOURCE_DIR);
}

static void rank_all(void)
{
    ch_search_index *x = rel_index(set);
    for (size_t i = 0; i < set->n_queries; i++) rel_ours(set, x, &set->queries[i], &rankings[i]);
    ch_search_close(x);
}

/* Two hundredths below what was measured: a change that costs more is looked at. */
static const struct {
    const char *kind;
    double floor;
} floors[] = {{"title", 0.87}, {"abbreviation", 0.74}, {"misspelt", 0.88}, {"place", 0.77},
              {"welsh", 0.98}, {"several", 0.84},      {"everyday", 0.61}, {"", 0.825}};

START_TEST(order_stays_as_good)
{
    load();
    rank_all();
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
        double mean = rel_mean(set, rankings, ch_str_of(floors[i].kind));
        ck_assert_msg(mean >= floors[i].floor, "nDCG@10 of \"%s\" is %.3f, below %.3f", floors[i].kind, mean, floors[i].floor);
    }
    ch_arena_free(arena);
}
END_TEST

/* Of the five most like a vacancy, how many are of its role, which the first tag says; of those that there are. */
static size_t similar_of(ch_search_index *x, size_t doc, size_t *could)
{
    ch_search_result r;
    ch_str tags = set->tags[doc], role;
    size_t there = 0, good = 0;
    ch_str_split(&tags, ',', &role);
    ck_assert_int_eq(ch_search_similar(x, set->docs[doc].id, 0, 5, arena, &r), CH_OK);
    for (size_t d = 0; d < set->n_docs; d++) {
        if (d == doc || !rel_has_tag(set->tags[d], role)) continue;
        there++;
        for (size_t i = 0; i < r.n_hits; i++) good += ch_str_eq(r.hits[i].id, set->docs[d].id);
    }
    *could += there < 5 ? there : 5;
    return good;
}

START_TEST(similar_ones_are_of_the_same_role)
{
    load();
    ch_search_index *x = rel_index(set);
    size_t good = 0, could = 0;
    for (size_t d = 0; d < set->n_docs; d++) good += similar_of(x, d, &could);
    ck_assert_uint_gt(could, 1000);
    ck_assert_msg(100 * good >= 90 * could, "%zu of %zu", good, could);
    ch_search_close(x);
    ch_arena_free(arena);
}
END_TEST

START_TEST(every_kind_has_a_floor)
{
    load();
    ck_assert_uint_eq(set->n_kinds + 1, sizeof floors / sizeof *floors);
    ck_assert_uint_ge(set->n_queries, 150);
    ch_arena_free(arena);
}
END_TEST

/* The measure itself: the best order gives 1, an empty one 0, the worst place of ten the least. */
START_TEST(measure_knows_good_from_bad)
{
    load();
    const rel_query *q = &set->queries[0];
    rel_ranking first = {.n = 1}, tenth = {.n = REL_DEPTH}, none = {0};
    size_t best = 0;
    for (size_t d = 0; d < set->n_docs; d++)
        if (rel_gain(set, q, d) > rel_gain(set, q, best)) best = d;
    first.ids[0] = set->docs[best].id;
    for (size_t i = 0; i < REL_DEPTH; i++) tenth.ids[i] = i + 1 == REL_DEPTH ? set->docs[best].id : CH_STR("nothing");
    ck_assert_double_eq(rel_ndcg(set, q, &none), 0);
    ck_assert_double_gt(rel_ndcg(set, q, &first), rel_ndcg(set, q, &tenth));
    ck_assert_double_gt(rel_ndcg(set, q, &tenth), 0);
    ck_assert_double_le(rel_ndcg(set, q, &first), 1);
    ch_arena_free(arena);
}
END_TEST

UNIT_MAIN("relevance", order_stays_as_good, similar_ones_are_of_the_same_role, every_kind_has_a_floor, measure_knows_good_from_bad)
