/* Signed notes, sealed secrets, form tokens: none can be forged, moved to another purpose, or read by another. */
#include <signal.h>
#include <sodium.h>

#include "auth/csrf.h"
#include "auth/seal.h"
#include "auth/sign.h"
#include "unit.h"

#define KEY   CH_STR("0123456789abcdef0123456789abcdef")
#define OTHER CH_STR("0123456789abcdef0123456789abcdeF")

static bool opens(ch_arena *a, ch_str text, ch_time now)
{
    ch_str payload;
    return ch_sign_open(a, KEY, "receipt", text, now, &payload);
}

START_TEST(a_note_opens_until_it_expires)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str note = ch_sign(a, KEY, "receipt", ((ch_str){"any \0 bytes \xff", 13}), 1000), payload;
    ck_assert(ch_sign_open(a, KEY, "receipt", note, 999, &payload));
    ck_assert(ch_str_eq(payload, ((ch_str){"any \0 bytes \xff", 13})));
    ck_assert(!opens(a, note, 1000));
    ck_assert(!opens(a, note, INT64_MAX));
    ck_assert(opens(a, ch_sign(a, KEY, "receipt", CH_STR(""), 1), 0));
}
END_TEST

START_TEST(a_note_is_of_one_key_and_purpose)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str note = ch_sign(a, KEY, "receipt", CH_STR("{}"), 1000), payload;
    ck_assert(!ch_sign_open(a, OTHER, "receipt", note, 1, &payload));
    ck_assert(!ch_sign_open(a, KEY, "open-document", note, 1, &payload));
    ck_assert(!ch_sign_open(a, KEY, "receip", note, 1, &payload));
    ck_assert(!ch_sign_open(a, CH_STR(""), "receipt", note, 1, &payload));
    ck_assert(!ch_sign_open(a, CH_STR("short"), "receipt", note, 1, &payload));
}
END_TEST

START_TEST(every_change_of_a_note_is_noticed)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_str note = ch_sign(a, KEY, "receipt", CH_STR("{\"document\":\"1\"}"), 1000);
    for (size_t i = 0; i < note.n; i++) {
        for (const char *c = "A0.\n"; *c; c++) {
            char *p = ch_arena_z(a, note);
            if (p[i] == *c) continue;
            p[i] = *c;
            ck_assert(!opens(a, (ch_str){p, note.n}, 1));
        }
        char *p = ch_arena_z(a, note);
        p[i] = 0;
        ck_assert(!opens(a, (ch_str){p, note.n}, 1));
        ck_assert(!opens(a, ch_str_first(note, i), 1));
    }
    ck_assert(!opens(a, ch_arena_printf(a, "%.*s.", CH_ARG(note)), 1));
    ck_assert(!opens(a, ch_arena_printf(a, "%.*s0", CH_ARG(note)), 1));
}
END_TEST

START_TEST(time_cannot_move_into_the_payload)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_str note = ch_sign(a, KEY, "receipt", CH_STR("abc"), 1000), rest = note, body, until, mac;
    ch_str_split(&rest, '.', &body), ch_str_split(&rest, '.', &until), ch_str_split(&rest, '.', &mac);
    ck_assert(!opens(a, ch_arena_printf(a, "%.*s.99999.%.*s", CH_ARG(body), CH_ARG(mac)), 1));
    ck_assert(!opens(a, ch_arena_printf(a, "%.*s.01000.%.*s", CH_ARG(body), CH_ARG(mac)), 1));
    /* A NUL after what was signed, and another time behind it. */
    ch_buf b = ch_buf_in(a);
    ch_buf_put(&b, ch_str_first(note, body.n + 1 + until.n));
    ch_buf_char(&b, 0);
    ch_buf_put(&b, CH_STR("9999."));
    ch_buf_put(&b, mac);
    ck_assert(!opens(a, ch_buf_str(&b), 1));
}
END_TEST

START_TEST(the_mac_is_of_all_bytes)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ck_assert(!ch_str_eq(ch_mac(a, KEY, "x", ((ch_str){"a\0b", 3})), ch_mac(a, KEY, "x", ((ch_str){"a\0c", 3}))));
    ck_assert(ch_mac_ok(KEY, "x", CH_STR("a"), ch_mac(a, KEY, "x", CH_STR("a"))));
    ck_assert(!ch_mac_ok(KEY, "x", CH_STR("a"), CH_STR("")));
}
END_TEST

START_TEST(a_short_key_signs_nothing)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_sign(a, CH_STR("too short"), "receipt", CH_STR("x"), 1000); /* ends the process: see main */
}
END_TEST

START_TEST(a_sealed_message_opens_with_the_secret_key_only)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    unsigned char public_key[32], secret_key[32], other_public[32], other_secret[32];
    crypto_box_keypair(public_key, secret_key);
    crypto_box_keypair(other_public, other_secret);
    ch_str pk = {(char *)public_key, 32}, sk = {(char *)secret_key, 32}, opk = {(char *)other_public, 32}, osk = {(char *)other_secret, 32}, out;
    ch_str text = ch_seal(a, pk, CH_STR("https://jobs.example/reset?token=1"));
    ck_assert(ch_str_find(text, CH_STR("reset")) < 0);
    ck_assert(!ch_str_eq(text, ch_seal(a, pk, CH_STR("https://jobs.example/reset?token=1"))));
    ck_assert_int_eq(ch_seal_open(a, pk, sk, text, &out), CH_OK);
    ck_assert(ch_str_is(out, "https://jobs.example/reset?token=1"));
    ck_assert_int_eq(ch_seal_open(a, opk, osk, text, &out), CH_MALFORMED);
    for (size_t i = 0; i < text.n; i++) {
        char *p = ch_arena_z(a, text);
        p[i] = p[i] == 'A' ? 'B' : 'A';
        ck_assert_int_eq(ch_seal_open(a, pk, sk, (ch_str){p, text.n}, &out), CH_MALFORMED);
        ck_assert_int_eq(ch_seal_open(a, pk, sk, ch_str_first(text, i), &out), CH_MALFORMED);
    }
    ck_assert_int_eq(ch_seal_open(a, CH_STR(""), sk, text, &out), CH_INTERNAL);
    ck_assert_int_eq(ch_seal_open(a, pk, CH_STR(""), text, &out), CH_INTERNAL);
    ck_assert_uint_eq(ch_seal(a, CH_STR("short"), CH_STR("x")).n, 0);
    ck_assert_int_eq(ch_seal_open(a, pk, sk, ch_seal(a, pk, CH_STR("")), &out), CH_OK);
    ck_assert_uint_eq(out.n, 0);
}
END_TEST

START_TEST(a_form_token_is_bound_to_its_secret_and_never_the_same)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str one = ch_csrf_token(a, KEY, CH_STR("secret-1")), two = ch_csrf_token(a, KEY, CH_STR("secret-1"));
    ck_assert(!ch_str_eq(one, two));
    ck_assert(ch_csrf_check(KEY, CH_STR("secret-1"), one));
    ck_assert(ch_csrf_check(KEY, CH_STR("secret-1"), two));
    ck_assert(!ch_csrf_check(KEY, CH_STR("secret-2"), one));
    ck_assert(!ch_csrf_check(OTHER, CH_STR("secret-1"), one));
    ck_assert(!ch_csrf_check(KEY, CH_STR(""), ch_csrf_token(a, KEY, CH_STR(""))));
    ck_assert(!ch_csrf_check(KEY, CH_STR("secret-1"), CH_STR("")));
    ck_assert(!ch_csrf_check(KEY, CH_STR("secret-1"), CH_STR("secret-1")));
    ck_assert(!ch_csrf_check(KEY, CH_STR("secret-1"), ch_arena_printf(a, "%.*s0", CH_ARG(one))));
    for (size_t i = 0; i < one.n; i++) {
        char *p = ch_arena_z(a, one);
        p[i] = p[i] == 'a' ? 'b' : 'a';
        ck_assert(!ch_csrf_check(KEY, CH_STR("secret-1"), (ch_str){p, one.n}));
        ck_assert(!ch_csrf_check(KEY, CH_STR("secret-1"), ch_str_first(one, i)));
    }
}
END_TEST

START_TEST(mask_and_secret_do_not_run_into_each_other)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str token = ch_csrf_token(a, KEY, CH_STR("secret")), mac = ch_str_cut(token, 33);
    ck_assert(!ch_csrf_check(KEY, CH_STR("ecret"), ch_arena_printf(a, "%.*ss.%.*s", CH_ARG(ch_str_first(token, 32)), CH_ARG(mac))));
}
END_TEST

START_TEST(a_form_cookie_is_ours)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str cookie = ch_csrf_cookie_new(a, KEY);
    ck_assert(!ch_str_eq(cookie, ch_csrf_cookie_new(a, KEY)));
    ck_assert(ch_csrf_cookie_valid(KEY, cookie));
    ck_assert(!ch_csrf_cookie_valid(OTHER, cookie));
    static const char *const bad[] = {"", ".", "a.b", "a", "..", "a.b.c"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert(!ch_csrf_cookie_valid(KEY, ch_str_of(bad[i])));
    for (size_t i = 0; i < cookie.n; i++) {
        char *p = ch_arena_z(a, cookie);
        p[i] = p[i] == 'a' ? 'b' : 'a';
        ck_assert(!ch_csrf_cookie_valid(KEY, (ch_str){p, cookie.n}));
    }
    /* A form's token is no cookie, and the other way round. */
    ck_assert(!ch_csrf_cookie_valid(KEY, ch_csrf_token(a, KEY, CH_STR("x"))));
    ck_assert(!ch_csrf_check(KEY, CH_STR("x"), cookie));
}
END_TEST

START_TEST(the_origin_is_ours_or_not_said)
{
    ch_str us = CH_STR("https://jobs.example"), none = CH_STR("");
    ck_assert(ch_origin_ok(us, us, none));
    ck_assert(ch_origin_ok(us, none, none));
    ck_assert(ch_origin_ok(us, none, CH_STR("https://jobs.example/jobs?x=1")));
    ck_assert(ch_origin_ok(us, none, us));
    static const char *const foreign[] = {"null",
                                          "https://evil.example",
                                          "http://jobs.example",
                                          "https://jobs.example.evil.example",
                                          "https://jobs.example:8443",
                                          "https://jobs.exampl",
                                          "https://jobs.example/",
                                          "https://a@jobs.example"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) ck_assert_msg(!ch_origin_ok(us, ch_str_of(foreign[i]), us), "%s", foreign[i]);
    static const char *const referers[] = {"https://jobs.example.evil.example/", "https://jobs.example@evil.example/", "http://jobs.example/",
                                           "https://evil.example/https://jobs.example/"};
    for (size_t i = 0; i < sizeof referers / sizeof *referers; i++) ck_assert_msg(!ch_origin_ok(us, none, ch_str_of(referers[i])), "%s", referers[i]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_note_opens_until_it_expires,
                                  a_note_is_of_one_key_and_purpose,
                                  every_change_of_a_note_is_noticed,
                                  time_cannot_move_into_the_payload,
                                  the_mac_is_of_all_bytes,
                                  a_sealed_message_opens_with_the_secret_key_only,
                                  a_form_token_is_bound_to_its_secret_and_never_the_same,
                                  mask_and_secret_do_not_run_into_each_other,
                                  a_form_cookie_is_ours,
                                  the_origin_is_ours_or_not_said};
    Suite *suite = suite_create("notes");
    TCase *tcase = tcase_create("all"), *fatal = tcase_create("fatal");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tcase_add_test(tcase, tests[i]);
    tcase_add_test_raise_signal(fatal, a_short_key_signs_nothing, SIGABRT);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, fatal);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
