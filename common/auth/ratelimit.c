#include "auth/ratelimit.h"

#include "base/id.h"

/* A fixed window whose number is in the key: one round trip, nothing to clean up. */
ch_err ch_limit(ch_redis *r, ch_arena *a, const char *bucket, ch_str key, int64_t most, int64_t window_ms, ch_time now, int64_t *retry_after)
{
    ch_str digest = ch_str_first(ch_digest(a, key), 32);
    ch_str name = ch_arena_printf(a, "rate:%s:%.*s:%lld", bucket, CH_ARG(digest), (long long)(now / window_ms));
    const ch_str incr[] = {CH_STR("INCR"), name};
    const ch_str expire[] = {CH_STR("PEXPIRE"), name, ch_arena_printf(a, "%lld", (long long)window_ms)};
    ch_reply replies[2];
    if (ch_redis_pipeline(r, a, (const ch_command[]){{incr, 2}, {expire, 3}}, 2, replies) || replies[0].kind != CH_REPLY_INT) return CH_OK;
    if (replies[0].i <= most) return CH_OK;
    *retry_after = (window_ms - now % window_ms) / 1000 + 1;
    return CH_LIMITED;
}
