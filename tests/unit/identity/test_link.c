/* What a mailed link may do, and for how long. */
#include "unit.h"

#include "base/id.h"
#include "identity/link.h"

enum { NOW = 1000000 };

START_TEST(each_purpose_has_its_page_its_time_and_its_secret)
{
    static const struct {
        const char *purpose, *path;
        ch_time lifetime;
        bool is_secret;
    } expected[] = {{"confirm_candidate", "/register/confirm", CH_DAY, true},
                    {"confirm_organisation", "/register/confirm", CH_DAY, true},
                    {"reset", "/reset/confirm", CH_HOUR, true},
                    {"invitation", "/invitation", 7 * CH_DAY, true},
                    {"known", "/sign-in", CH_DAY, false},
                    {"unknown", "/register", CH_DAY, false}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert_str_eq(link_path(expected[i].purpose), expected[i].path);
        ck_assert_int_eq(link_lifetime(expected[i].purpose), expected[i].lifetime);
        ck_assert_int_eq(link_is_secret(expected[i].purpose), expected[i].is_secret);
    }
    ck_assert(!link_is_secret("nonsense") && !link_is_secret(""));
}
END_TEST

START_TEST(it_works_until_its_time_once_and_for_its_purpose)
{
    link_row l = {.purpose = CH_STR("invitation"), .expires_at = NOW};
    ck_assert_int_eq(link_usable(&l, "invitation", NOW - 1), CH_OK);
    ck_assert_int_eq(link_usable(&l, "invitation", NOW), CH_NOT_FOUND);
    ck_assert_int_eq(link_usable(&l, "reset", NOW - 1), CH_NOT_FOUND);
    ck_assert_int_eq(link_usable(&l, "confirm_", NOW - 1), CH_NOT_FOUND);
    l.used_at = 1;
    ck_assert_int_eq(link_usable(&l, "invitation", NOW - 1), CH_CONFLICT);
    ck_assert_int_eq(link_usable(&l, "invitation", NOW), CH_NOT_FOUND);
    l = (link_row){.purpose = CH_STR("invitation"), .expires_at = NOW, .cancelled_at = 1};
    ck_assert_int_eq(link_usable(&l, "invitation", NOW - 1), CH_NOT_FOUND);
    l = (link_row){.purpose = CH_STR("confirm_organisation"), .expires_at = NOW};
    ck_assert_int_eq(link_usable(&l, "confirm_", NOW - 1), CH_OK);
}
END_TEST

START_TEST(open_is_neither_used_nor_cancelled)
{
    ck_assert(link_is_open(&(link_row){.expires_at = 1}));
    ck_assert(!link_is_open(&(link_row){.used_at = 1}));
    ck_assert(!link_is_open(&(link_row){.cancelled_at = 1}));
}
END_TEST

START_TEST(a_token_is_an_id_and_a_secret)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    ch_str id = ch_id_new(a), secret = ch_secret_new(a), found_id, found_secret;
    ch_str token = ch_arena_printf(a, "%.*s%.*s", CH_ARG(id), CH_ARG(secret));
    ck_assert(link_token_parts(token, &found_id, &found_secret));
    ck_assert(ch_str_eq(found_id, id) && ch_str_eq(found_secret, secret));
    ck_assert(!link_token_parts(ch_str_first(token, token.n - 1), &found_id, &found_secret));
    ck_assert(!link_token_parts(ch_arena_printf(a, "%.*sx", CH_ARG(token)), &found_id, &found_secret));
    ck_assert(!link_token_parts(secret, &found_id, &found_secret));
    ck_assert(!link_token_parts(CH_STR(""), &found_id, &found_secret));
    char *other = ch_arena_z(a, token);
    other[3] = '!';
    ck_assert(!link_token_parts((ch_str){other, token.n}, &found_id, &found_secret));
}
END_TEST

START_TEST(the_table_keeps_its_secrets)
{
    ck_assert_ptr_null(ch_table_mistake(&link_row_table));
    static const char *const secrets[] = {"digest", "password_hash"};
    for (size_t i = 0; i < 2; i++) ck_assert(ch_field_named(&link_row_table, ch_str_of(secrets[i]))->flags & CH_SECRET);
}
END_TEST

UNIT_MAIN("link", each_purpose_has_its_page_its_time_and_its_secret, it_works_until_its_time_once_and_for_its_purpose,
          open_is_neither_used_nor_cancelled, a_token_is_an_id_and_a_secret, the_table_keeps_its_secrets)
