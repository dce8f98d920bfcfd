/* Segments as they fill: documents that are replaced while theirs is being sealed, and where they lie afterwards. */
#include "search/search.h"

#include "unit.h"

enum { DOCS = 65000, AGAIN = 1000, PLACES = 40 };

static ch_search_location place_of(size_t number) { return (ch_search_location){.lat = 51 + (double)(number % PLACES) / 10, .lon = -1.5}; }

static uint64_t total(ch_search_index *x, ch_search_query q)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(32 << 10);
    ch_search_result r;
    ck_assert_int_eq(ch_search_run(x, &q, a, &r), CH_OK);
    return r.total;
}

static uint64_t near_place(ch_search_index *x, size_t number)
{
    ch_search_location at = place_of(number);
    return total(x, (ch_search_query){.has_place = true, .lat = at.lat, .lon = at.lon, .radius_m = 1000});
}

/* The last of them are later versions of the first, each at the next place: a segment is full in the middle of these. */
static void put_all(ch_search_index *x, ch_arena *a)
{
    ch_search_doc *docs = CH_NEW_N(a, ch_search_doc, DOCS + AGAIN);
    ch_search_location *places = CH_NEW_N(a, ch_search_location, DOCS + AGAIN);
    for (size_t i = 0; i < DOCS + AGAIN; i++) {
        bool again = i >= DOCS;
        size_t number = again ? i - DOCS : i;
        places[i] = place_of(number + again);
        docs[i] = (ch_search_doc){.id = ch_arena_printf(a, "v%zu", number),
                                  .version = again ? 2 : 1,
                                  .title = again ? CH_STR("Porter") : CH_STR("Nurse"),
                                  .locations = &places[i],
                                  .n_locations = 1};
    }
    ck_assert_uint_eq(ch_search_put_many(x, docs, DOCS + AGAIN, 2), DOCS + AGAIN);
}

static void ck_all(ch_search_index *x, ch_arena *a)
{
    ch_search_hit first;
    ck_assert_int_eq(ch_search_get(x, CH_STR("v0"), a, &first), CH_OK);
    ck_assert_int_eq(first.version, 2);
    ck_assert_uint_eq(total(x, (ch_search_query){0}), DOCS);
    ck_assert_uint_eq(total(x, (ch_search_query){.text = CH_STR("porter")}), AGAIN);
    ck_assert_uint_eq(total(x, (ch_search_query){.text = CH_STR("nurse")}), DOCS - AGAIN);
    for (size_t k = 0; k < PLACES; k++) ck_assert_uint_eq(near_place(x, k), DOCS / PLACES);
}

START_TEST(replaced_while_a_segment_fills)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 20);
    ch_search_index *x = ch_search_open();
    put_all(x, a);
    ck_all(x, a);
    ch_search_maintain(x);
    ck_all(x, a);
    for (size_t i = 0; i < AGAIN; i++) ck_assert_int_eq(ch_search_remove(x, ch_arena_printf(a, "v%zu", i), 3), CH_OK);
    ck_assert_uint_eq(total(x, (ch_search_query){.text = CH_STR("porter")}), 0);
    ck_assert_uint_eq(near_place(x, 0), DOCS / PLACES - AGAIN / PLACES);
    ch_search_close(x);
}
END_TEST

UNIT_MAIN("search segments", replaced_while_a_segment_fills)
