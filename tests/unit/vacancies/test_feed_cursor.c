/* Where the pages of a feed begin. */
#include "unit.h"

#include "vacancies/feed_cursor.h"

enum { NOW = 1000000 };

START_TEST(the_nearest_page_before_is_found)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str cursor;
    ck_assert_int_eq(feed_cursor_find(a, 1, 9, NOW, &cursor), 1);
    ck_assert_uint_eq(cursor.n, 0);
    feed_cursor_keep(1, 4, NOW, CH_STR("four"));
    feed_cursor_keep(1, 7, NOW, CH_STR("seven"));
    ck_assert_int_eq(feed_cursor_find(a, 1, 9, NOW, &cursor), 7);
    ck_assert(ch_str_is(cursor, "seven"));
    ck_assert_int_eq(feed_cursor_find(a, 1, 6, NOW, &cursor), 4);
    ck_assert_int_eq(feed_cursor_find(a, 1, 4, NOW, &cursor), 4);
    ck_assert(ch_str_is(cursor, "four"));
    ck_assert_int_eq(feed_cursor_find(a, 1, 3, NOW, &cursor), 1);
    ck_assert_int_eq(feed_cursor_find(a, 2, 9, NOW, &cursor), 1); /* another search's are its own */
    ck_assert_int_eq(feed_cursor_find(a, 1, -5, NOW, &cursor), 1);
}
END_TEST

START_TEST(they_grow_old)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str cursor;
    feed_cursor_keep(3, 2, NOW, CH_STR("two"));
    ck_assert_int_eq(feed_cursor_find(a, 3, 2, NOW + 10 * CH_MINUTE, &cursor), 2);
    ck_assert_int_eq(feed_cursor_find(a, 3, 2, NOW + 10 * CH_MINUTE + 1, &cursor), 1);
}
END_TEST

START_TEST(what_makes_no_sense_is_not_kept)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str cursor;
    char longer[121] = {0};
    feed_cursor_keep(4, 1, NOW, CH_STR("one"));
    feed_cursor_keep(4, 0, NOW, CH_STR("none"));
    feed_cursor_keep(4, 2, NOW, CH_STR(""));
    feed_cursor_keep(4, 3, NOW, (ch_str){longer, sizeof longer});
    ck_assert_int_eq(feed_cursor_find(a, 4, 9, NOW, &cursor), 1);
}
END_TEST

START_TEST(many_searches_stay_within_its_bounds)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str cursor;
    for (uint64_t search = 100; search < 10100; search++) {
        feed_cursor_keep(search, 2, NOW, CH_STR("x"));
        ck_assert_int_eq(feed_cursor_find(a, search, 2, NOW, &cursor), 2);
    }
}
END_TEST

UNIT_MAIN("feed_cursor", the_nearest_page_before_is_found, they_grow_old, what_makes_no_sense_is_not_kept, many_searches_stay_within_its_bounds)
