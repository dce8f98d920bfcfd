/* Keys over HTTP, and many threads: a real listener on the loopback address that counts, dawdles, and answers as it is told. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "auth/token.h"
#include "forge.h"
#include "unit.h"

enum { THREADS = 8 };

static struct {
    int fd, port;
    _Atomic int asked, delay_ms, status;
    pthread_mutex_t lock;
    ch_str body;
} http = {.status = 200, .lock = PTHREAD_MUTEX_INITIALIZER};

static void answer(int fd)
{
    char request[4096];
    ch_buf b = {0};
    if (read(fd, request, sizeof request) <= 0) return;
    usleep((useconds_t)http.delay_ms * 1000);
    pthread_mutex_lock(&http.lock);
    ch_buf_printf(&b, "HTTP/1.1 %d X\r\nLocation: /elsewhere\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", (int)http.status, http.body.n);
    ch_buf_put(&b, http.body);
    pthread_mutex_unlock(&http.lock);
    for (size_t at = 0; at < b.n;) {
        ssize_t n = send(fd, b.p + at, b.n - at, MSG_NOSIGNAL);
        if (n <= 0) break;
        at += (size_t)n;
    }
    ch_buf_free(&b);
}

static void *serve(void *unused)
{
    for (;;) {
        int fd = accept(http.fd, NULL, NULL);
        if (fd < 0) return unused;
        http.asked++;
        answer(fd);
        close(fd);
    }
}

static void start_http(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    pthread_t thread;
    http.fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(http.fd, (struct sockaddr *)&address, n), 0);
    ck_assert_int_eq(listen(http.fd, 64), 0);
    ck_assert_int_eq(getsockname(http.fd, (struct sockaddr *)&address, &n), 0);
    http.port = ntohs(address.sin_port);
    pthread_create(&thread, NULL, serve, NULL);
    pthread_detach(thread);
}

static void publish(ch_str body)
{
    pthread_mutex_lock(&http.lock);
    http.body = body;
    pthread_mutex_unlock(&http.lock);
}

static ch_tokens *tokens;
static EVP_PKEY *ours, *other;
static ch_arena *a;

static void setup(void)
{
    a = forge_keep(ch_arena_new(4096));
    ours = forge_key("P-256");
    other = forge_key("P-256");
    start_http();
    publish(forge_jwks(a, ours, "one"));
    tokens =
        forge_keep(ch_tokens_open(CH_STR(FORGE_ISSUER), CH_STR(FORGE_AUDIENCE), ch_arena_printf(a, "http://127.0.0.1:%d/jwks", http.port), NULL));
}

static ch_err now(ch_str token)
{
    CH_AUTO_ARENA ch_arena *mine = ch_arena_new(1024);
    ch_claims claims;
    return ch_token_verify(tokens, mine, token, FORGE_NOW * CH_SECOND, &claims);
}

static ch_str numbered(ch_arena *in, EVP_PKEY *key, const char *kid, int i)
{
    ch_str header = ch_arena_printf(in, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid);
    return forge_token(in, key, header.p, forge_claims(in, ch_arena_printf(in, ",\"n\":%d", i).p));
}

static void pause_between_fetches(void) { usleep(1050000); }

START_TEST(keys_are_fetched_when_they_are_needed)
{
    setup();
    ck_assert_int_eq(http.asked, 0);
    ck_assert_int_eq(now(numbered(a, ours, "one", 1)), CH_OK);
    ck_assert_int_eq(now(numbered(a, ours, "one", 2)), CH_OK);
    ck_assert_int_eq(http.asked, 1);
}
END_TEST

START_TEST(a_new_key_is_found_and_an_old_one_withdrawn)
{
    setup();
    ch_str old = numbered(a, ours, "one", 1);
    ck_assert_int_eq(now(old), CH_OK);
    publish(forge_jwks(a, other, "two"));
    pause_between_fetches();
    ck_assert_int_eq(now(numbered(a, other, "two", 1)), CH_OK);
    ck_assert_int_eq(http.asked, 2);
    ck_assert_int_eq(now(old), CH_UNAUTHENTICATED);
}
END_TEST

static void *flood(void *key)
{
    CH_AUTO_ARENA ch_arena *mine = ch_arena_new(4096);
    long refused = 0;
    for (int i = 0; i < 50; i++) refused += now(numbered(mine, key, ch_arena_printf(mine, "unknown-%d", i).p, i)) == CH_UNAUTHENTICATED;
    return (void *)refused;
}

START_TEST(a_flood_of_unknown_kids_fetches_once_a_second)
{
    pthread_t threads[THREADS];
    setup();
    http.delay_ms = 50;
    int64_t from = ch_ticks();
    long refused = 0;
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, flood, other);
    for (int i = 0; i < THREADS; i++) {
        void *n;
        pthread_join(threads[i], &n);
        refused += (long)n;
    }
    int64_t seconds = (ch_ticks() - from) / 1000000000 + 1;
    ck_assert_int_eq(refused, THREADS * 50);
    ck_assert_msg(http.asked >= 1 && http.asked <= seconds, "%d in %lld s", (int)http.asked, (long long)seconds);
    ck_assert_int_eq(now(numbered(a, ours, "one", 1)), CH_OK);
}
END_TEST

static void *ask_unknown(void *result)
{
    CH_AUTO_ARENA ch_arena *mine = ch_arena_new(4096);
    *(ch_err *)result = now(numbered(mine, other, "unknown", 1));
    return NULL;
}

START_TEST(a_slow_answer_holds_up_nobody_with_a_known_key)
{
    pthread_t threads[2];
    ch_err results[2];
    setup();
    ck_assert_int_eq(now(numbered(a, ours, "one", 1)), CH_OK);
    ch_str fresh = numbered(a, ours, "one", 2);
    pause_between_fetches();
    http.delay_ms = 5000;
    int64_t from = ch_ticks();
    pthread_create(&threads[0], NULL, ask_unknown, &results[0]);
    usleep(100000);
    int64_t known_from = ch_ticks();
    ck_assert_int_eq(now(fresh), CH_OK);
    ck_assert(ch_ticks() - known_from < 100000000);
    int64_t second_from = ch_ticks();
    pthread_create(&threads[1], NULL, ask_unknown, &results[1]);
    pthread_join(threads[1], NULL);
    ck_assert_int_eq(results[1], CH_UNAVAILABLE);
    ck_assert(ch_ticks() - second_from < 1000000000);
    pthread_join(threads[0], NULL);
    ck_assert_int_eq(results[0], CH_UNAVAILABLE);
    ck_assert(ch_ticks() - from < 3000000000);
}
END_TEST

START_TEST(what_is_no_jwks_changes_nothing)
{
    setup();
    ck_assert_int_eq(now(numbered(a, ours, "one", 1)), CH_OK);
    char *much = ch_arena_alloc(a, 200001);
    memset(much, ' ', 200000);
    ch_str two = forge_jwks(a, other, "two");
    memcpy(much, two.p, two.n); /* right, but too long */
    ch_str bodies[] = {CH_STR(""), CH_STR("<html>"), {much, 200000}};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        publish(bodies[i]);
        pause_between_fetches();
        ck_assert_int_eq(now(numbered(a, other, "two", 1)), CH_UNAVAILABLE);
        ck_assert_int_eq(now(numbered(a, ours, "one", 2 + (int)i)), CH_OK);
    }
    publish(two);
    static const int statuses[] = {302, 404, 500};
    for (size_t i = 0; i < 3; i++) {
        http.status = statuses[i];
        pause_between_fetches();
        ck_assert_int_eq(now(numbered(a, other, "two", 1)), CH_UNAVAILABLE);
    }
}
END_TEST

START_TEST(without_identity_the_answer_is_unavailable)
{
    setup();
    tokens = forge_keep(ch_tokens_open(CH_STR(FORGE_ISSUER), CH_STR(FORGE_AUDIENCE), CH_STR("http://127.0.0.1:1/jwks"), NULL));
    ck_assert_int_eq(now(numbered(a, ours, "one", 1)), CH_UNAVAILABLE);
    ck_assert_int_eq(now(CH_STR("not.a.token")), CH_UNAUTHENTICATED);
}
END_TEST

static _Atomic bool stop;
static _Atomic int wrong;

/* Good tokens of the key that never goes, others of one that comes and goes, and forged ones, all at once. */
static void *check_for_ever(void *n)
{
    CH_AUTO_ARENA ch_arena *mine = ch_arena_new(4096);
    ch_str good[16], forged[16];
    for (int i = 0; i < 16; i++) good[i] = numbered(mine, ours, "one", i), forged[i] = numbered(mine, other, "one", i);
    for (int i = *(int *)n; !stop; i++) {
        if (now(good[i % 16]) != CH_OK) wrong++;
        if (now(forged[i % 16]) != CH_UNAUTHENTICATED) wrong++;
    }
    return NULL;
}

START_TEST(many_threads_see_one_truth)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    setup();
    ch_str one = forge_jwks(a, ours, "one");
    ch_str both =
        ch_arena_printf(a, "{\"keys\":[%.*s,%.*s]}", CH_ARG(forge_jwk(a, other, "two", "P-256")), CH_ARG(forge_jwk(a, ours, "one", "P-256")));
    ck_assert_int_eq(ch_tokens_add_jwks(tokens, one), CH_OK);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, check_for_ever, &numbers[i]);
    }
    for (int i = 0; i < 200; i++) {
        ck_assert_int_eq(ch_tokens_add_jwks(tokens, i % 2 ? one : both), CH_OK);
        usleep(2000);
    }
    stop = true;
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

UNIT_MAIN("token_keys", keys_are_fetched_when_they_are_needed, a_new_key_is_found_and_an_old_one_withdrawn,
          a_flood_of_unknown_kids_fetches_once_a_second, a_slow_answer_holds_up_nobody_with_a_known_key, what_is_no_jwks_changes_nothing,
          without_identity_the_answer_is_unavailable, many_threads_see_one_truth)
