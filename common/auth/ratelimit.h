#ifndef CH_AUTH_RATELIMIT_H
#define CH_AUTH_RATELIMIT_H
#include "base/clock.h"
#include "redis/redis.h"

/* At most `most` in `window_ms` for this bucket ("sign-in") and key (an account, an address; stored hashed). CH_LIMITED with
 * seconds to wait in *retry_after. With Redis away everything passes: sign-in fails there anyway, search must go on. */
ch_err ch_limit(ch_redis *r, ch_arena *a, const char *bucket, ch_str key, int64_t most, int64_t window_ms, ch_time now, int64_t *retry_after);
/* The one counted just now does not count: it did no harm. The same bucket, key, window and moment as it was counted with. */
void ch_limit_give_back(ch_redis *r, ch_arena *a, const char *bucket, ch_str key, int64_t window_ms, ch_time now);
#endif
