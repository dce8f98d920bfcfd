/* Rate limits and revoked tokens over a real Redis. */
#include <openssl/ec.h>

#include "../../unit/auth/forge.h"
#include "auth/ratelimit.h"
#include "auth/token.h"
#include "own_redis.h"

static own_redis server;
static ch_redis *identity, *vacancies, *admin;
static ch_arena *a;

static void setup(void)
{
    signal(SIGPIPE, SIG_IGN);
    a = forge_keep(ch_arena_new(4096));
    server = own_redis_start();
    identity = own_redis_as(&server, "identity");
    vacancies = own_redis_as(&server, "vacancies");
    admin = own_redis_as(&server, "admin");
}

static void teardown(void) { own_redis_stop(&server); }

static ch_err once(const char *bucket, const char *key, ch_time now, int64_t *wait)
{
    return ch_limit(vacancies, a, bucket, ch_str_of(key), 3, 60 * CH_SECOND, now, wait);
}

START_TEST(so_many_and_no_more_until_the_window_ends)
{
    int64_t wait = -1;
    for (int i = 0; i < 3; i++) ck_assert_int_eq(once("b", "grace", 600000 + i, &wait), CH_OK);
    ck_assert_int_eq(wait, -1);
    ck_assert_int_eq(once("b", "grace", 610000, &wait), CH_LIMITED);
    ck_assert(wait >= 50 && wait <= 51);
    ck_assert_int_eq(once("b", "grace", 659999, &wait), CH_LIMITED);
    ck_assert_int_eq(wait, 1);
    ck_assert_int_eq(once("b", "grace", 660000, &wait), CH_OK);
}
END_TEST

START_TEST(what_is_given_back_does_not_count)
{
    int64_t wait;
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(once("b", "grace", 600000, &wait), CH_OK);
        ch_limit_give_back(vacancies, a, "b", CH_STR("grace"), 60 * CH_SECOND, 600000);
    }
    for (int i = 0; i < 3; i++) ck_assert_int_eq(once("b", "grace", 600000, &wait), CH_OK);
    ck_assert_int_eq(once("b", "grace", 600000, &wait), CH_LIMITED);
}
END_TEST

START_TEST(buckets_and_keys_are_apart)
{
    int64_t wait;
    for (int i = 0; i < 4; i++) once("b", "grace", 600000, &wait);
    ck_assert_int_eq(once("b", "ada", 600000, &wait), CH_OK);
    ck_assert_int_eq(once("c", "grace", 600000, &wait), CH_OK);
    ck_assert_int_eq(once("b", "", 600000, &wait), CH_OK);
}
END_TEST

START_TEST(counters_go_by_themselves_and_hold_no_address)
{
    int64_t wait;
    once("b", "grace@example.org", 600000, &wait);
    ch_reply keys, ttl;
    ck_assert_int_eq(CH_REDIS(admin, a, &keys, CH_STR("KEYS"), CH_STR("rate:*")), CH_OK);
    ck_assert_uint_eq(keys.n, 1);
    ck_assert_int_lt(ch_str_find(keys.items[0].s, CH_STR("grace")), 0);
    ck_assert_int_eq(CH_REDIS(admin, a, &ttl, CH_STR("PTTL"), keys.items[0].s), CH_OK);
    ck_assert(ttl.i > 0 && ttl.i <= 60000);
}
END_TEST

START_TEST(without_redis_everything_passes)
{
    int64_t wait;
    kill(server.pid, SIGKILL);
    for (int i = 0; i < 10; i++) ck_assert_int_eq(once("b", "grace", 600000, &wait), CH_OK);
}
END_TEST

static ch_err check(ch_tokens *t, ch_str token)
{
    ch_claims claims;
    return ch_token_verify(t, a, token, FORGE_NOW * CH_SECOND, &claims);
}

static ch_tokens *checker(EVP_PKEY *key)
{
    ch_tokens *t = forge_keep(ch_tokens_open(CH_STR(FORGE_ISSUER), CH_STR(FORGE_AUDIENCE), CH_STR(""), vacancies));
    ck_assert_int_eq(ch_tokens_add_jwks(t, forge_jwks(a, key, "one")), CH_OK);
    return t;
}

START_TEST(a_revoked_client_is_out_within_a_second)
{
    static const char *const ids[] = {"client-1", "token-1"};
    EVP_PKEY *key = forge_key("P-256");
    ch_str token = forge_token(a, key, FORGE_HEADER, forge_claims(a, ""));
    for (size_t i = 0; i < 2; i++) {
        ch_tokens *t = checker(key);
        ck_assert_int_eq(check(t, token), CH_OK);
        ck_assert_int_eq(ch_token_revoke(identity, a, ch_str_of(ids[i])), CH_OK);
        poll(NULL, 0, 1050);
        ck_assert_int_eq(check(t, token), CH_UNAUTHENTICATED);
        ck_assert_int_eq(CH_REDIS(admin, a, NULL, CH_STR("DEL"), CH_STR("revoked")), CH_OK);
        poll(NULL, 0, 1050);
        ck_assert_int_eq(check(t, token), CH_UNAUTHENTICATED); /* remembered, though Redis has lost it */
        ck_assert_int_eq(check(checker(key), token), CH_OK);   /* whoever has just begun knows what Redis knows */
    }
}
END_TEST

START_TEST(many_revocations_are_all_known)
{
    EVP_PKEY *key = forge_key("P-256");
    ch_str token = forge_token(a, key, FORGE_HEADER, forge_claims(a, ""));
    for (int i = 0; i < 3000; i++) ck_assert_int_eq(ch_token_revoke(identity, a, ch_arena_printf(a, "other-%d", i)), CH_OK);
    ck_assert_int_eq(check(checker(key), token), CH_OK);
    ck_assert_int_eq(ch_token_revoke(identity, a, CH_STR("client-1")), CH_OK);
    ck_assert_int_eq(check(checker(key), token), CH_UNAUTHENTICATED);
    ch_reply ttl;
    ck_assert_int_eq(CH_REDIS(admin, a, &ttl, CH_STR("TTL"), CH_STR("revoked")), CH_OK);
    ck_assert(ttl.i > CH_TOKEN_LONGEST_S);
}
END_TEST

START_TEST(the_last_answer_stands_while_redis_is_away)
{
    EVP_PKEY *key = forge_key("P-256");
    ch_str token = forge_token(a, key, FORGE_HEADER, forge_claims(a, ""));
    ch_tokens *t = checker(key);
    ck_assert_int_eq(ch_token_revoke(identity, a, CH_STR("client-1")), CH_OK);
    ck_assert_int_eq(check(t, token), CH_UNAUTHENTICATED);
    kill(server.pid, SIGKILL);
    poll(NULL, 0, 1050);
    ck_assert_int_eq(check(t, token), CH_UNAUTHENTICATED);
}
END_TEST

START_TEST(only_identity_revokes) { ck_assert_int_ne(ch_token_revoke(vacancies, a, CH_STR("client-1")), CH_OK); }
END_TEST

int main(void)
{
    const TTest *const tests[] = {so_many_and_no_more_until_the_window_ends,
                                  what_is_given_back_does_not_count,
                                  buckets_and_keys_are_apart,
                                  counters_go_by_themselves_and_hold_no_address,
                                  without_redis_everything_passes,
                                  a_revoked_client_is_out_within_a_second,
                                  many_revocations_are_all_known,
                                  the_last_answer_stands_while_redis_is_away,
                                  only_identity_revokes};
    Suite *suite = suite_create("auth_limits");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        TCase *tcase = tcase_create(tests[i]->name);
        tcase_set_timeout(tcase, 60);
        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, tests[i]);
        suite_add_tcase(suite, tcase);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
