#ifndef CH_BASE_CLOCK_H
#define CH_BASE_CLOCK_H
/* Time: int64 milliseconds since the epoch, UTC. Rules take `now` as an argument; only edges call ch_now(). */
#include "base/catalogue.h"

typedef int64_t ch_time;
#define CH_SECOND ((ch_time)1000)
#define CH_MINUTE (60 * CH_SECOND)
#define CH_HOUR   (60 * CH_MINUTE)
#define CH_DAY    (24 * CH_HOUR)

ch_time ch_now(void);
/* Monotonic, for durations: nanoseconds. */
int64_t ch_ticks(void);

typedef struct ch_civil {
    int year, month, day, hour, minute, second, weekday; /* month 1-12, weekday 0 = Sunday */
} ch_civil;

/* Proleptic Gregorian, UTC. ch_time_of does not check; ch_civil_valid does. */
ch_civil ch_civil_utc(ch_time t);
ch_time ch_time_utc(ch_civil c);
bool ch_civil_valid(ch_civil c);
/* The United Kingdom's civil time: GMT, BST from the last Sunday of March to that of October, 01:00 UTC (SI 2002/262).
 * A time that does not exist (the missing hour) is taken as GMT; one that exists twice as the first. */
ch_civil ch_civil_uk(ch_time t);
ch_time ch_time_uk(ch_civil c);

/* RFC 3339: 2026-11-23T19:23:00Z (milliseconds only when not zero). Reading takes any offset and fractions. */
ch_str ch_time_rfc3339(ch_arena *a, ch_time t);
void ch_put_time(ch_buf *b, ch_time t);
bool ch_time_parse(ch_str s, ch_time *out);
/* "23 November 2026", "23 November 2026 at 7:23pm" in UK time, as GOV.UK and the NHS write dates; in another language with
 * its words and their order. */
ch_str ch_time_uk_date(ch_arena *a, ch_time t, const ch_catalogue *words);
ch_str ch_time_uk_full(ch_arena *a, ch_time t, const ch_catalogue *words);
/* 1-12 of "March", "mar", "SEPT", or of the other language's "Mawrth", "maw": three letters at least, whatever their case. 0: it is no month's name.
 */
int ch_month_named(ch_str s, const ch_catalogue *words);
/* RFC 5322 for mail, RFC 9110 for HTTP. */
ch_str ch_time_mail(ch_arena *a, ch_time t);
ch_str ch_time_http(ch_arena *a, ch_time t);
#endif
