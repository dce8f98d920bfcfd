#ifndef CH_BASE_LOG_H
#define CH_BASE_LOG_H
/*
 * JSON lines on standard error, one write each: {"time","level","service","event", …}. Pairs are typed so that nothing is
 * formatted by hand. No personal data and no secret goes in: ids only.
 *   CH_LOG(CH_WARN, "relay_failed", CH_KS("event", id), CH_KI("attempt", n));
 */
#include "base/str.h"

typedef enum ch_level { CH_DEBUG, CH_INFO, CH_WARN, CH_ERROR } ch_level;
typedef struct ch_kv {
    const char *key; /* NULL ends a list */
    ch_str s;        /* used when s.p is set */
    int64_t i;
} ch_kv;

#define CH_KS(k, v) ((ch_kv){(k), (v), 0})
#define CH_KZ(k, z) ((ch_kv){(k), ch_str_of(z), 0})
#define CH_KI(k, v) ((ch_kv){(k), {0, 0}, (int64_t)(v)})

void ch_log_setup(const char *service, ch_level lowest);
void ch_log(ch_level level, const char *event, const ch_kv *pairs);
#define CH_LOG(level, ...)         CH_LOG_(level, __VA_ARGS__, {0})
#define CH_LOG_(level, event, ...) ch_log((level), (event), (const ch_kv[]){__VA_ARGS__})
#endif
