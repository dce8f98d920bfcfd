#include "auth/password.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/embed.h"
#include "unit.h"

extern const ch_embedded auth_data[];

#define GOOD "correct fennel staircase"

START_TEST(a_password_is_checked_against_its_hash)
{
    ch_arena *a = ch_arena_new(1024);
    ch_str hash, again;
    ck_assert_int_eq(ch_password_hash(a, CH_STR(GOOD), &hash), CH_OK);
    ck_assert_int_eq(ch_password_hash(a, CH_STR(GOOD), &again), CH_OK);
    ck_assert(ch_str_starts(hash, CH_STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    ck_assert(!ch_str_eq(hash, again));
    ck_assert_int_eq(ch_password_check(CH_STR(GOOD), hash), CH_OK);
    ck_assert_int_eq(ch_password_check(CH_STR(GOOD), again), CH_OK);
    ck_assert_int_eq(ch_password_check(CH_STR(GOOD " "), hash), CH_UNAUTHENTICATED);
    ck_assert_int_eq(ch_password_check(CH_STR("Correct fennel staircase"), hash), CH_UNAUTHENTICATED);
    ck_assert_int_eq(ch_password_check(CH_STR(""), hash), CH_UNAUTHENTICATED);
    ch_arena_free(a);
}
END_TEST

START_TEST(what_is_no_hash_matches_nothing)
{
    char much[400];
    memset(much, 'a', sizeof much);
    ch_str bad[] = {CH_STR(""), CH_STR("x"), CH_STR("$argon2id$"), CH_STR(GOOD), {much, sizeof much}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_int_eq(ch_password_check(CH_STR(GOOD), bad[i]), CH_UNAUTHENTICATED);
}
END_TEST

/* Of this thread alone: what else the machine does takes nothing of it. */
static int64_t processor_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t fastest(ch_str hash)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        int64_t from = processor_ns();
        ch_password_check(CH_STR("a wrong password"), hash);
        int64_t took = processor_ns() - from;
        best = took < best ? took : best;
    }
    return best;
}

START_TEST(an_unknown_account_takes_as_long_as_a_wrong_password)
{
    ch_arena *a = ch_arena_new(1024);
    ch_str hash;
    ck_assert_int_eq(ch_password_hash(a, CH_STR(GOOD), &hash), CH_OK);
    int64_t known = fastest(hash), unknown = fastest(CH_STR(""));
    ck_assert_msg(unknown * 10 > known * 7 && known * 10 > unknown * 7, "known %lld ns, unknown %lld ns", (long long)known, (long long)unknown);
    ch_arena_free(a);
}
END_TEST

static _Atomic int refused, fine;

static void *sign_in(void *hash)
{
    ch_err e = ch_password_check(CH_STR(GOOD), *(ch_str *)hash);
    if (e == CH_UNAVAILABLE) refused++;
    if (e == CH_OK) fine++;
    return NULL;
}

START_TEST(a_full_pool_refuses_after_a_second)
{
    ch_arena *a = ch_arena_new(1024);
    pthread_t threads[4];
    ch_str hash;
    ck_assert_int_eq(ch_password_hash(a, CH_STR(GOOD), &hash), CH_OK);
    ch_password_setup(0);
    int64_t from = ch_ticks();
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, sign_in, &hash);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    int64_t took = ch_ticks() - from;
    ck_assert_int_eq(refused, 4);
    ck_assert(took > 900000000 && took < 5000000000);
    ch_password_setup(1);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, sign_in, &hash);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    ck_assert_int_ge(fine, 1); /* one after the other, as many as a second holds */
    ck_assert_int_eq(fine + refused, 8);
    ch_arena_free(a);
}
END_TEST

static const char *weakness(const char *password) { return ch_password_weakness(ch_str_of(password), CH_STR("Grace.Hopper@example.org")); }

START_TEST(length_is_counted_in_characters)
{
    char much[202];
    ch_arena *a = ch_arena_new(1024);
    for (int i = 0; i < 201; i++) much[i] = (char)('a' + i * 7 % 26);
    much[201] = 0;
    ck_assert(weakness(""));
    ck_assert(weakness("elevenchars"));
    ck_assert(!weakness("twelve chars"));
    ck_assert(!weakness("мостстолднём")); /* 12 characters, 24 bytes */
    ck_assert(weakness("мостстолднё"));
    ck_assert(weakness(much));
    much[200] = 0;
    ck_assert(!weakness(much));
    ck_assert(weakness("not \xff utf-8 at all"));
    ck_assert(ch_password_weakness((ch_str){"with\0a nul in it", 16}, CH_STR("")));
    ch_arena_free(a);
}
END_TEST

START_TEST(what_many_people_use_is_refused)
{
    static const char *const bad[] = {
        "passwordpassword",   "PasswordPassword", "Password2026!",    "P@ssw0rd2026!",      "password1234",  "1234password",
        "qwertyuiop12",       "QWERTYUIOP12",     "1q2w3e4r5t6y",     "1qaz2wsx3edc",       "iloveyou2026",  "letmeinletmein",
        "sunshine1234",       "Sunshine!!!!",     "manchesterunited", "ManchesterUnited1",  "commonhire123", "correcthorsebatterystaple",
        "111111111111",       "000000000000",     "aaaaaaaaaaab",     "121212121212",       "abcabcabcabc",  "123456789012",
        "abcdefghijkl",       "abcdefgh1234",     "987654321098",     "monkeymonkeymonkey", "football2026",  "F00tball2026",
        "administrator",      "Welcome12345",     "september2026",    "159159159159",       "7a7bb7a7abb7",  "password12password12",
        "12passwordpassword", "ghjcnjghjcnj",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(weakness(bad[i]) != NULL, "%s", bad[i]);
}
END_TEST

START_TEST(the_own_address_is_refused)
{
    ck_assert(weakness("grace.hopper@example.org"));
    ck_assert(weakness("GRACE.HOPPER@EXAMPLE.ORG"));
    ck_assert(weakness("grace.hopper"));
    ck_assert(!weakness("GraceXHopper"));
    ck_assert(weakness("Grace.Hopper1906!"));
    ck_assert(!ch_password_weakness(CH_STR("grace.hopper"), CH_STR("")));
}
END_TEST

START_TEST(what_few_people_use_is_taken)
{
    static const char *const good[] = {GOOD,
                                       "my dog ate 3 red kites",
                                       "xK9$mQ2&vL5#",
                                       "thunder over skipton moor",
                                       "sunshine from 9 to 5",
                                       "dragonfly-teapot-42",
                                       "lleuad lawn dros y Fenai",
                                       "p@ssw0rd of the ancients",
                                       "8fj29dkf03ks"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) ck_assert_msg(weakness(good[i]) == NULL, "%s", good[i]);
}
END_TEST

START_TEST(the_list_is_as_the_rules_read_it)
{
    ch_str rest = auth_data[0].text, line, last = CH_STR("");
    size_t n = 0;
    while (ch_str_split(&rest, '\n', &line)) {
        if (!line.n || line.p[0] == '#') continue;
        ck_assert_msg(ch_str_cmp(last, line) < 0, "%.*s", CH_ARG(line));
        for (size_t i = 0; i < line.n; i++)
            ck_assert_msg(line.p[i] > ' ' && line.p[i] < 127 && !(line.p[i] >= 'A' && line.p[i] <= 'Z'), "%.*s", CH_ARG(line));
        last = line;
        n++;
    }
    ck_assert_uint_ge(n, 1000);
}
END_TEST

UNIT_MAIN("password", a_password_is_checked_against_its_hash, what_is_no_hash_matches_nothing, an_unknown_account_takes_as_long_as_a_wrong_password,
          a_full_pool_refuses_after_a_second, length_is_counted_in_characters, what_many_people_use_is_refused, the_own_address_is_refused,
          what_few_people_use_is_taken, the_list_is_as_the_rules_read_it)
