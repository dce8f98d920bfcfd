#include "redis/redis.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/log.h"

struct ch_redis {
    char socket[108], user[64], password[128];
    struct timeval timeout;
    pthread_key_t key;
};

/* One thread's connection; `retry_at` holds the next attempt back after a failure. */
typedef struct link {
    redisContext *context;
    int64_t retry_at;
    int failures;
} link_;

static void link_free(void *p)
{
    link_ *l = p;
    if (l->context) redisFree(l->context);
    free(l);
}

static void copy(char *to, size_t size, ch_str from)
{
    size_t n = from.n < size ? from.n : size - 1;
    if (n) memcpy(to, from.p, n);
    to[n] = 0;
}

ch_redis *ch_redis_open(const ch_redis_config *config)
{
    ch_redis *r = calloc(1, sizeof *r);
    if (!r || pthread_key_create(&r->key, link_free)) abort();
    signal(SIGPIPE, SIG_IGN); /* hiredis writes without MSG_NOSIGNAL */
    copy(r->socket, sizeof r->socket, config->socket);
    copy(r->user, sizeof r->user, config->user);
    copy(r->password, sizeof r->password, config->password);
    int ms = config->timeout_ms ? config->timeout_ms : 500;
    r->timeout = (struct timeval){ms / 1000, ms % 1000 * 1000};
    return r;
}

static redisContext *dial(const ch_redis *r)
{
    redisContext *c = redisConnectUnixWithTimeout(r->socket, r->timeout);
    bool fine = c && !c->err && redisSetTimeout(c, r->timeout) == REDIS_OK;
    if (fine && (r->user[0] || r->password[0])) {
        redisReply *reply = redisCommand(c, "AUTH %s %s", r->user[0] ? r->user : "default", r->password);
        fine = reply && reply->type != REDIS_REPLY_ERROR;
        if (reply) freeReplyObject(reply);
    }
    if (!fine && c) redisFree(c);
    return fine ? c : NULL;
}

static link_ *link_of(ch_redis *r)
{
    link_ *l = pthread_getspecific(r->key);
    if (!l) {
        l = calloc(1, sizeof *l);
        if (!l || pthread_setspecific(r->key, l)) abort();
    }
    return l;
}

/* A server that does not answer in time (hung, not gone) gets the longest pause at once: each try costs a whole timeout. */
static void failed(link_ *l, bool hung)
{
    static const int64_t pauses_ms[] = {0, 50, 100, 250, 500, 1000};
    const int last = sizeof pauses_ms / sizeof *pauses_ms - 1;
    if (hung) l->failures = last;
    if (l->context) redisFree(l->context);
    l->context = NULL;
    l->retry_at = ch_ticks() + pauses_ms[l->failures] * 1000000;
    if (l->failures < last) l->failures++;
}

static redisContext *connection(ch_redis *r)
{
    link_ *l = link_of(r);
    if (l->context || ch_ticks() < l->retry_at) return l->context;
    l->context = dial(r);
    if (!l->context) failed(l, false);
    return l->context;
}

static ch_reply convert(ch_arena *a, const redisReply *from)
{
    ch_reply to = {0};
    switch (from->type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        to.kind = CH_REPLY_STR;
        to.s = ch_arena_str(a, (ch_str){from->str, (size_t)from->len});
        break;
    case REDIS_REPLY_INTEGER:
        to.kind = CH_REPLY_INT;
        to.i = from->integer;
        break;
    case REDIS_REPLY_ARRAY:
        to.kind = CH_REPLY_LIST;
        to.n = from->elements;
        to.items = CH_NEW_N(a, ch_reply, to.n);
        for (size_t i = 0; i < to.n; i++) to.items[i] = convert(a, from->element[i]);
        break;
    default: break;
    }
    return to;
}

/* What Redis says while it starts, fails over or is full: it will pass. */
static bool will_pass(ch_str error)
{
    static const char *const codes[] = {"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "MISCONF", "BUSY "};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (ch_str_starts(error, ch_str_of(codes[i]))) return true;
    return false;
}

static ch_err refused(ch_str error)
{
    bool passes = will_pass(error);
    CH_LOG(passes ? CH_WARN : CH_ERROR, "redis_refused", CH_KS("what", ch_str_first(error, 120)));
    return passes ? CH_UNAVAILABLE : CH_INTERNAL;
}

static ch_err take_reply(redisContext *c, ch_arena *a, ch_reply *out)
{
    void *raw;
    errno = 0;
    if (redisGetReply(c, &raw) != REDIS_OK) return CH_UNAVAILABLE;
    redisReply *reply = raw;
    ch_err e = CH_OK;
    if (reply->type == REDIS_REPLY_ERROR) e = refused((ch_str){reply->str, (size_t)reply->len});
    else *out = convert(a, reply);
    freeReplyObject(reply);
    return e;
}

static ch_err append(redisContext *c, ch_arena *a, const ch_command *command)
{
    const char **argv = CH_NEW_N(a, const char *, command->n);
    size_t *lengths = CH_NEW_N(a, size_t, command->n);
    for (size_t i = 0; i < command->n; i++) {
        argv[i] = command->words[i].p ? command->words[i].p : "";
        lengths[i] = command->words[i].n;
    }
    return redisAppendCommandArgv(c, (int)command->n, argv, lengths) == REDIS_OK ? CH_OK : CH_UNAVAILABLE;
}

static bool timed_out(const redisContext *c)
{
#ifdef REDIS_ERR_TIMEOUT
    if (c->err == REDIS_ERR_TIMEOUT) return true;
#endif
    return c->err == REDIS_ERR_IO && errno == EAGAIN;
}

static ch_err gone(link_ *l, bool *closed)
{
    bool hung = timed_out(l->context);
    *closed = l->context->err && !hung;
    failed(l, hung);
    return CH_UNAVAILABLE;
}

/* *closed: the connection had ended, so that the commands were most likely never read. */
static ch_err attempt(ch_redis *r, ch_arena *a, const ch_command *commands, size_t n, ch_reply *replies, bool *closed)
{
    redisContext *c = connection(r);
    ch_err result = CH_OK;
    *closed = false;
    if (!c) return CH_UNAVAILABLE;
    for (size_t i = 0; i < n; i++)
        if (append(c, a, &commands[i])) return gone(link_of(r), closed);
    for (size_t i = 0; i < n; i++) {
        replies[i] = (ch_reply){0};
        ch_err e = take_reply(c, a, &replies[i]);
        if (e == CH_UNAVAILABLE) return gone(link_of(r), closed);
        if (e) result = e;
    }
    link_of(r)->failures = 0;
    return result;
}

ch_err ch_redis_pipeline(ch_redis *r, ch_arena *a, const ch_command *commands, size_t n, ch_reply *replies)
{
    /* A server that restarted leaves a dead connection behind: it is tried once more on a new one. Not so after a timeout, when
     * the command may yet be carried out. */
    bool kept = link_of(r)->context != NULL, closed;
    ch_err e = attempt(r, a, commands, n, replies, &closed);
    return e == CH_UNAVAILABLE && kept && closed ? attempt(r, a, commands, n, replies, &closed) : e;
}

ch_err ch_redis_run(ch_redis *r, ch_arena *a, ch_reply *out, const ch_str *words, size_t n)
{
    ch_reply ignored;
    return ch_redis_pipeline(r, a, &(ch_command){words, n}, 1, out ? out : &ignored);
}

bool ch_redis_alive(ch_redis *r)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    return CH_REDIS(r, a, NULL, CH_STR("PING")) == CH_OK;
}

/* ---- subscription */

typedef struct subscriber {
    ch_redis *redis;
    const char *channel;
    void (*fn)(void *, ch_str);
    void *arg;
} subscriber;

static void listen_once(const subscriber *s)
{
    redisContext *c = dial(s->redis);
    void *raw;
    if (!c) return;
    const struct timeval never = {0, 0};
    redisSetTimeout(c, never);
    redisAppendCommand(c, "SUBSCRIBE %s", s->channel);
    bool listening = false;
    while (redisGetReply(c, &raw) == REDIS_OK) {
        redisReply *reply = raw;
        if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 3 && reply->element[2]->type == REDIS_REPLY_STRING)
            s->fn(s->arg, (ch_str){reply->element[2]->str, (size_t)reply->element[2]->len});
        else if (!listening) s->fn(s->arg, (ch_str){"", 0});
        listening = true;
        freeReplyObject(reply);
    }
    redisFree(c);
}

static void *listen_for_ever(void *p)
{
    for (;;) {
        listen_once(p);
        poll(NULL, 0, 500);
    }
    return NULL;
}

void ch_redis_subscribe(ch_redis *r, const char *channel, void (*fn)(void *, ch_str), void *arg)
{
    subscriber *s = calloc(1, sizeof *s);
    pthread_t thread;
    if (!s) abort();
    *s = (subscriber){r, channel, fn, arg};
    if (pthread_create(&thread, NULL, listen_for_ever, s)) abort();
    pthread_detach(thread);
}
