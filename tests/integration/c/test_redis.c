/* redis/ against real servers that this test starts, stops, freezes and ends. */
#include "redis_up.h"
#include "rooms.h"

#include <pthread.h>

static char dir[64], path[96];
static pid_t server;

static void start_server(const char *password)
{
    if (!dir[0]) {
        strcpy(dir, "/tmp/commonhire-redis-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(dir));
        snprintf(path, sizeof path, "%s/redis.sock", dir);
    }
    unlink(path);
    server = fork();
    if (server == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(126);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path, "--dir", dir, "--save", "", "--requirepass", password,
               (char *)NULL);
        _exit(127);
    }
    wait_for_redis(path);
}

static void end_server(void)
{
    kill(server, SIGCONT);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    unlink(path);
}

static void remove_dir(void)
{
    end_server();
    rmdir(dir);
}

static ch_redis *client(const char *password, int timeout_ms)
{
    return ch_redis_open(&(ch_redis_config){.socket = ch_str_of(path), .password = ch_str_of(password), .timeout_ms = timeout_ms});
}

static int64_t incr(ch_redis *r, ch_err *e)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    ch_reply reply = {0};
    *e = CH_REDIS(r, a, &reply, CH_STR("INCR"), CH_STR("n"));
    return reply.i;
}

START_TEST(every_kind_of_reply)
{
    start_server("");
    ch_redis *r = client("", 0);
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_reply reply;
    ck_assert(ch_redis_alive(r));
    ck_assert_int_eq(CH_REDIS(r, a, &reply, CH_STR("SET"), CH_STR("a\0b"), CH_STR("x\r\n\0y")), CH_OK);
    ck_assert(reply.kind == CH_REPLY_STR && ch_str_is(reply.s, "OK"));
    ck_assert_int_eq(CH_REDIS(r, a, &reply, CH_STR("GET"), CH_STR("a\0b")), CH_OK);
    ck_assert(ch_str_eq(reply.s, CH_STR("x\r\n\0y")));
    ck_assert_int_eq(CH_REDIS(r, a, &reply, CH_STR("GET"), CH_STR("none")), CH_OK);
    ck_assert_int_eq(reply.kind, CH_REPLY_NONE);
    ck_assert_int_eq(CH_REDIS(r, a, &reply, CH_STR("SET"), CH_STR("empty"), (ch_str){0}), CH_OK);
    ck_assert_int_eq(CH_REDIS(r, a, &reply, CH_STR("MGET"), CH_STR("a\0b"), CH_STR("none"), CH_STR("empty")), CH_OK);
    ck_assert(reply.kind == CH_REPLY_LIST && reply.n == 3 && reply.items[1].kind == CH_REPLY_NONE && reply.items[2].kind == CH_REPLY_STR &&
              reply.items[2].s.n == 0);
    ck_assert_int_eq(CH_REDIS(r, a, &reply, CH_STR("INCR"), CH_STR("n")), CH_OK);
    ck_assert(reply.kind == CH_REPLY_INT && reply.i == 1);
    ck_assert_int_eq(CH_REDIS(r, a, NULL, CH_STR("INCR"), CH_STR("n")), CH_OK);
    ck_assert_int_eq(CH_REDIS(r, a, &reply, CH_STR("INCR"), CH_STR("a\0b")), CH_INTERNAL);
    ck_assert_int_eq(CH_REDIS(r, a, &reply, CH_STR("NOSUCH")), CH_INTERNAL);
    ck_assert(ch_redis_alive(r));
    remove_dir();
}
END_TEST

START_TEST(a_pipeline_keeps_its_order_past_an_error)
{
    start_server("");
    ch_redis *r = client("", 0);
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_reply replies[3];
    const ch_command commands[] = {{(const ch_str[]){CH_STR("SET"), CH_STR("s"), CH_STR("text")}, 3},
                                   {(const ch_str[]){CH_STR("INCR"), CH_STR("s")}, 2},
                                   {(const ch_str[]){CH_STR("GET"), CH_STR("s")}, 2}};
    ck_assert_int_eq(ch_redis_pipeline(r, a, commands, 3, replies), CH_INTERNAL);
    ck_assert(ch_str_is(replies[0].s, "OK") && replies[1].kind == CH_REPLY_NONE && ch_str_is(replies[2].s, "text"));
    ck_assert(ch_redis_alive(r));
    remove_dir();
}
END_TEST

START_TEST(a_restart_costs_no_command)
{
    ch_err e;
    start_server("");
    ch_redis *r = client("", 0);
    incr(r, &e);
    ck_assert_int_eq(e, CH_OK);
    end_server();
    start_server("");
    incr(r, &e);
    ck_assert_int_eq(e, CH_OK);
    remove_dir();
}
END_TEST

START_TEST(a_redis_that_is_away_costs_microseconds)
{
    ch_err e;
    start_server("");
    ch_redis *r = client("", 0);
    incr(r, &e);
    end_server();
    int64_t start = ch_ticks();
    for (int i = 0; i < 1000; i++) {
        incr(r, &e);
        ck_assert_int_eq(e, CH_UNAVAILABLE);
    }
    ck_assert_int_lt(ms_since(start), 100);
    start_server("");
    WAIT_FOR(ch_redis_alive(r));
    ck_assert_int_lt(ms_since(start), 3000);
    remove_dir();
}
END_TEST

START_TEST(a_redis_that_hangs_costs_one_timeout_and_no_double_effect)
{
    enum { TIMEOUT = 2000 }; /* long beside what a machine under load adds */
    ch_err e;
    start_server("");
    ch_redis *r = client("", TIMEOUT);
    ck_assert_int_eq(incr(r, &e), 1);
    kill(server, SIGSTOP);
    int64_t start = ch_ticks();
    incr(r, &e);
    ck_assert_int_eq(e, CH_UNAVAILABLE);
    ck_assert_int_ge(ms_since(start), TIMEOUT - 50);
    ck_assert_int_lt(ms_since(start), 2 * TIMEOUT); /* a second one would be there */
    start = ch_ticks();
    for (int i = 0; i < 100; i++) incr(r, &e);
    ck_assert_int_lt(ms_since(start), TIMEOUT / 2); /* none of them has waited */
    kill(server, SIGCONT);
    WAIT_FOR(ch_redis_alive(r));
    ck_assert_int_le(incr(r, &e), 3);
    remove_dir();
}
END_TEST

START_TEST(passwords)
{
    ch_err e;
    start_server("right");
    ck_assert(ch_redis_alive(client("right", 0)));
    ck_assert(!ch_redis_alive(client("wrong", 0)));
    incr(client("", 0), &e);
    ck_assert_int_eq(e, CH_INTERNAL);
    remove_dir();
}
END_TEST

static ch_redis *shared;
static void *many(void *p)
{
    ch_err e;
    int64_t *fine = p;
    for (int i = 0; i < 500; i++) {
        incr(shared, &e);
        *fine += e == CH_OK;
    }
    return NULL;
}

START_TEST(threads_have_connections_of_their_own)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    int64_t fine[THREADS] = {0};
    ch_err e;
    start_server("");
    shared = client("", 2000);
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, many, &fine[i]);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(fine[i], 500);
    }
    ck_assert_int_eq(incr(shared, &e), THREADS * 500 + 1);
    remove_dir();
}
END_TEST

static _Atomic int messages, connected;
static void heard(void *arg, ch_str message)
{
    (void)arg;
    if (message.n == 0) connected++;
    else if (ch_str_is(message, "hello")) messages++;
}

START_TEST(a_subscription_outlives_its_server)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    start_server("");
    ch_redis *r = client("", 300);
    ch_redis_subscribe(r, "channel", heard, NULL);
    WAIT_FOR(connected == 1);
    CH_REDIS(r, a, NULL, CH_STR("PUBLISH"), CH_STR("other"), CH_STR("hello"));
    CH_REDIS(r, a, NULL, CH_STR("PUBLISH"), CH_STR("channel"), CH_STR("hello"));
    WAIT_FOR(messages == 1);
    sleep_ms(700); /* longer than the timeout: waiting is not a fault */
    ck_assert_int_eq(connected, 1);
    end_server();
    start_server("");
    WAIT_FOR(connected == 2);
    CH_REDIS(r, a, NULL, CH_STR("PUBLISH"), CH_STR("channel"), CH_STR("hello"));
    WAIT_FOR(messages == 2);
    remove_dir();
}
END_TEST

UNIT_MAIN("redis", every_kind_of_reply, a_pipeline_keeps_its_order_past_an_error, a_restart_costs_no_command, a_redis_that_is_away_costs_microseconds,
          a_redis_that_hangs_costs_one_timeout_and_no_double_effect, passwords, threads_have_connections_of_their_own,
          a_subscription_outlives_its_server)
