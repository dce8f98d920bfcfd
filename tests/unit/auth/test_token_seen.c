/* The memory of tokens that passed: finds what it was given, under the same keys, and nothing else. */
#include "auth/token_seen.h"

#include "unit.h"

static ch_token_digest digest(int n)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    return ch_token_digest_of(ch_arena_printf(a, "token %d", n));
}

static void put(ch_seen *s, int n, uint64_t generation)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ch_token_digest d = digest(n);
    ch_claims c = {.sub = ch_arena_printf(a, "client %d", n), .organisation = CH_STR("org"), .exp = n};
    ch_seen_put(s, &d, generation, &c); /* the strings end with this function */
}

static bool find(ch_seen *s, int n, uint64_t generation)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ch_token_digest d = digest(n);
    ch_claims c = {0};
    if (!ch_seen_find(s, &d, generation, a, &c)) return false;
    ck_assert(ch_str_eq(c.sub, ch_arena_printf(a, "client %d", n)));
    ck_assert(ch_str_is(c.organisation, "org") && c.exp == n && c.iss.n == 0);
    return true;
}

START_TEST(what_was_put_is_found_and_nothing_else)
{
    static ch_seen *s; /* lives as long as the process */
    s = ch_seen_new();
    ck_assert(!find(s, 1, 0));
    put(s, 1, 0);
    put(s, 1, 0);
    ck_assert(find(s, 1, 0));
    ck_assert(!find(s, 2, 0));
    ck_assert(!find(s, 1, 1)); /* a key was withdrawn since */
    put(s, 1, 1);
    ck_assert(find(s, 1, 1));
    ck_assert(!find(s, 1, 0));
}
END_TEST

START_TEST(the_whole_table_is_used)
{
    static ch_seen *s; /* lives as long as the process */
    s = ch_seen_new();
    int found = 0;
    for (int i = 0; i < 2000; i++) put(s, i, 0);
    for (int i = 0; i < 2000; i++) found += find(s, i, 0);
    ck_assert_int_ge(found, 1900);
}
END_TEST

START_TEST(those_that_end_first_make_room)
{
    static ch_seen *s; /* lives as long as the process */
    s = ch_seen_new();
    int late = 0, early = 0;
    for (int i = 1; i <= 50000; i++) put(s, i, 0);
    for (int i = 49001; i <= 50000; i++) late += find(s, i, 0);
    for (int i = 1; i <= 1000; i++) early += find(s, i, 0);
    ck_assert_int_eq(early, 0);
    ck_assert_int_ge(late, 950);
}
END_TEST

START_TEST(nothing_is_revoked_without_redis)
{
    static ch_revoked *r;
    r = ch_revoked_new(NULL);
    ck_assert(!ch_revoked_has(r, CH_STR("client"), CH_STR("")));
}
END_TEST

UNIT_MAIN("token_seen", what_was_put_is_found_and_nothing_else, the_whole_table_is_used, those_that_end_first_make_room,
          nothing_is_revoked_without_redis)
