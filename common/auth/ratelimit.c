#include "auth/ratelimit.h"

#include "base/id.h"

/* A fixed window whose number is in the key: one round trip, nothing to clean up. False: Redis is away. */
static bool count(ch_redis *r, ch_arena *a, const char *command, const char *bucket, ch_str key, int64_t window_ms, ch_time now, int64_t *n)
{
    ch_str digest = ch_str_first(ch_digest(a, key), 32);
    ch_str name = ch_arena_printf(a, "rate:%s:%.*s:%lld", bucket, CH_ARG(digest), (long long)(now / window_ms));
    const ch_str change[] = {ch_str_of(command), name};
    const ch_str expire[] = {CH_STR("PEXPIRE"), name, ch_arena_printf(a, "%lld", (long long)window_ms)};
    ch_reply replies[2];
    if (ch_redis_pipeline(r, a, (const ch_command[]){{change, 2}, {expire, 3}}, 2, replies) || replies[0].kind != CH_REPLY_INT) return false;
    *n = replies[0].i;
    return true;
}

ch_err ch_limit(ch_redis *r, ch_arena *a, const char *bucket, ch_str key, int64_t most, int64_t window_ms, ch_time now, int64_t *retry_after)
{
    int64_t n;
    if (!count(r, a, "INCR", bucket, key, window_ms, now, &n) || n <= most) return CH_OK;
    *retry_after = (window_ms - now % window_ms) / 1000 + 1;
    return CH_LIMITED;
}

void ch_limit_give_back(ch_redis *r, ch_arena *a, const char *bucket, ch_str key, int64_t window_ms, ch_time now)
{
    int64_t n;
    count(r, a, "DECR", bucket, key, window_ms, now, &n);
}
