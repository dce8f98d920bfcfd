#include "base/log.h"

#include <unistd.h>

#include "base/clock.h"

static const char *service_name = "commonhire";
static ch_level lowest_level = CH_INFO;

void ch_log_setup(const char *service, ch_level lowest)
{
    service_name = service;
    lowest_level = lowest;
}

static void put_time(ch_buf *b)
{
    ch_time now = ch_now();
    ch_civil c = ch_civil_utc(now);
    ch_buf_printf(b, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"", c.year, c.month, c.day, c.hour, c.minute, c.second, (int)(now % 1000));
}

void ch_log(ch_level level, const char *event, const ch_kv *pairs)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    /* One buffer for each thread: a line costs no allocation once it has its size. */
    static _Thread_local char line[4096];
    if (level < lowest_level) return;
    ch_buf b = {line, 0, sizeof line, NULL};
    ch_buf grown = {0};
    ch_buf *out = &b;
    size_t need = 128 + strlen(service_name) + strlen(event);
    for (const ch_kv *kv = pairs; kv->key; kv++) need += strlen(kv->key) + 32 + 6 * kv->s.n;
    if (need > sizeof line) out = &grown;
    put_time(out);
    ch_buf_printf(out, ",\"level\":\"%s\",\"service\":\"%s\",\"event\":\"%s\"", names[level], service_name, event);
    for (const ch_kv *kv = pairs; kv->key; kv++) {
        ch_buf_printf(out, ",\"%s\":", kv->key);
        if (kv->s.p) ch_put_json(out, ch_utf8_valid(kv->s) ? kv->s : CH_STR("(not UTF-8)"));
        else ch_buf_int(out, kv->i);
    }
    ch_buf_put(out, CH_STR("}\n"));
    ssize_t written = write(STDERR_FILENO, out->p, out->n);
    (void)written; /* a log that cannot be written has nowhere to say so */
    ch_buf_free(&grown);
}
