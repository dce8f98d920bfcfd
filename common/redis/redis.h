#ifndef CH_REDIS_REDIS_H
#define CH_REDIS_REDIS_H
/*
 * Redis for the rooms above: one connection a thread, opened when needed, reopened after a fault with a growing pause, so that a
 * Redis that is away costs microseconds and not timeouts. Every call answers CH_UNAVAILABLE then.
 */
#include "base/arena.h"
#include "base/err.h"

typedef struct ch_redis ch_redis;
typedef struct ch_redis_config {
    ch_str socket;         /* unix socket path */
    ch_str user, password; /* only a password: the default user's */
    int timeout_ms;
} ch_redis_config;

typedef struct ch_reply {
    enum { CH_REPLY_NONE, CH_REPLY_STR, CH_REPLY_INT, CH_REPLY_LIST } kind;
    ch_str s;
    int64_t i;
    struct ch_reply *items;
    size_t n;
} ch_reply;

/* Lives as long as the process. Opens nothing yet. */
ch_redis *ch_redis_open(const ch_redis_config *config);
/* One command as its words. A Redis error reply is CH_INTERNAL and a log line (without the arguments), CH_UNAVAILABLE when it
 * will pass (loading, failing over, full). */
ch_err ch_redis_run(ch_redis *r, ch_arena *a, ch_reply *out, const ch_str *words, size_t n);
/* Several commands in one round trip; replies in the same order. */
typedef struct ch_command {
    const ch_str *words;
    size_t n;
} ch_command;
ch_err ch_redis_pipeline(ch_redis *r, ch_arena *a, const ch_command *commands, size_t n, ch_reply *replies);
#define CH_REDIS(r, a, out, ...) ch_redis_run((r), (a), (out), (const ch_str[]){__VA_ARGS__}, sizeof((const ch_str[]){__VA_ARGS__}) / sizeof(ch_str))
/* Calls fn on a thread of its own for each message of a channel, for ever, reconnecting; also with an empty message after each
 * (re)connection, as something may have been missed. */
void ch_redis_subscribe(ch_redis *r, const char *channel, void (*fn)(void *arg, ch_str message), void *arg);
bool ch_redis_alive(ch_redis *r);
#endif
