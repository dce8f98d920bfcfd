#include "base/clock.h"

#include <stdio.h>
#include <time.h>

ch_time ch_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (ch_time)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t ch_ticks(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_date(int64_t days, ch_civil *c)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t m = (5 * of_year + 2) / 153;
    c->day = (int)(of_year - (153 * m + 2) / 5 + 1);
    c->month = (int)(m < 10 ? m + 3 : m - 9);
    c->year = (int)(year + era * 400 + (c->month <= 2));
    c->weekday = (int)(((days + 4) % 7 + 7) % 7);
}

ch_civil ch_civil_utc(ch_time t)
{
    ch_civil c;
    int64_t seconds = t / 1000 - (t % 1000 < 0);
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    int rest = (int)(seconds - days * 86400);
    civil_date(days, &c);
    c.hour = rest / 3600;
    c.minute = rest / 60 % 60;
    c.second = rest % 60;
    return c;
}

ch_time ch_time_utc(ch_civil c) { return (days_of(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second) * 1000; }

bool ch_civil_valid(ch_civil c)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c.year < 1 || c.year > 9999 || c.month < 1 || c.month > 12) return false;
    bool leap = (c.year % 4 == 0 && c.year % 100 != 0) || c.year % 400 == 0;
    int days = lengths[c.month - 1] + (c.month == 2 && leap);
    return c.day >= 1 && c.day <= days && c.hour >= 0 && c.hour < 24 && c.minute >= 0 && c.minute < 60 && c.second >= 0 && c.second < 60;
}

/* 01:00 UTC on the last Sunday of a month with 31 days. */
static ch_time last_sunday(int year, int month)
{
    int64_t last = days_of(year, month, 31);
    int64_t weekday = ((last + 4) % 7 + 7) % 7;
    return (last - weekday) * CH_DAY + CH_HOUR;
}

static bool summer(ch_time t)
{
    int year = ch_civil_utc(t).year;
    return t >= last_sunday(year, 3) && t < last_sunday(year, 10);
}

ch_civil ch_civil_uk(ch_time t) { return ch_civil_utc(summer(t) ? t + CH_HOUR : t); }

ch_time ch_time_uk(ch_civil c)
{
    ch_time as_utc = ch_time_utc(c);
    return summer(as_utc - CH_HOUR) ? as_utc - CH_HOUR : as_utc;
}

void ch_put_time(ch_buf *b, ch_time t)
{
    ch_civil c = ch_civil_utc(t);
    int ms = (int)((t % 1000 + 1000) % 1000);
    ch_buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
    if (ms) ch_buf_printf(b, ".%03d", ms);
    ch_buf_char(b, 'Z');
}

ch_str ch_time_rfc3339(ch_arena *a, ch_time t)
{
    ch_buf text = ch_buf_in(a);
    ch_put_time(&text, t);
    return ch_buf_str(&text);
}

/* Takes `digits` decimal digits from the front. */
static bool take(ch_str *s, size_t digits, int *out)
{
    int value = 0;
    if (s->n < digits) return false;
    for (size_t i = 0; i < digits; i++) {
        if (s->p[i] < '0' || s->p[i] > '9') return false;
        value = value * 10 + (s->p[i] - '0');
    }
    *s = ch_str_cut(*s, digits);
    *out = value;
    return true;
}

static bool skip(ch_str *s, const char *any)
{
    if (!s->n || !s->p[0] || !strchr(any, s->p[0])) return false;
    *s = ch_str_cut(*s, 1);
    return true;
}

static bool take_fraction(ch_str *s, int *ms)
{
    int digit, scale = 100, seen = 0;
    *ms = 0;
    if (!skip(s, ".")) return true;
    while (take(s, 1, &digit)) {
        *ms += digit * scale;
        scale /= 10;
        seen++;
    }
    return seen > 0 && seen <= 9;
}

static bool take_offset(ch_str *s, int *minutes)
{
    int hours, rest;
    *minutes = 0;
    if (skip(s, "Zz")) return true;
    if (!s->n || (s->p[0] != '+' && s->p[0] != '-')) return false;
    int sign = s->p[0] == '-' ? -1 : 1;
    *s = ch_str_cut(*s, 1);
    if (!take(s, 2, &hours) || !skip(s, ":") || !take(s, 2, &rest) || hours > 23 || rest > 59) return false;
    *minutes = sign * (hours * 60 + rest);
    return true;
}

bool ch_time_parse(ch_str s, ch_time *out)
{
    ch_civil c = {0};
    int ms, offset;
    bool date = take(&s, 4, &c.year) && skip(&s, "-") && take(&s, 2, &c.month) && skip(&s, "-") && take(&s, 2, &c.day);
    bool time = date && skip(&s, "Tt ") && take(&s, 2, &c.hour) && skip(&s, ":") && take(&s, 2, &c.minute) && skip(&s, ":") && take(&s, 2, &c.second);
    if (!time || !take_fraction(&s, &ms) || !take_offset(&s, &offset) || s.n) return false;
    if (c.second == 60) c.second = 59; /* a leap second is the second before it */
    if (!ch_civil_valid(c)) return false;
    *out = ch_time_utc(c) + ms - offset * CH_MINUTE;
    return true;
}

static const char *const months[] = {N_("January"), N_("February"), N_("March"),     N_("April"),   N_("May"),      N_("June"),
                                     N_("July"),    N_("August"),   N_("September"), N_("October"), N_("November"), N_("December")};
static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

static bool begins_month(ch_str s, ch_str name) { return s.n >= 3 && s.n <= name.n && ch_str_eq_fold(s, ch_str_first(name, s.n)); }

/* In either language no two months begin with the same three letters, nor one language's as another month in the other. */
int ch_month_named(ch_str s, const ch_catalogue *words)
{
    for (int m = 0; m < 12; m++)
        if (begins_month(s, ch_str_of(months[m])) || begins_month(s, ch_str_of(ch_gettext(words, months[m])))) return m + 1;
    return 0;
}

ch_str ch_time_uk_date(ch_arena *a, ch_time t, const ch_catalogue *words)
{
    ch_civil c = ch_civil_uk(t);
    return ch_arena_printf(a, ch_gettext(words, "%d %s %d"), c.day, ch_gettext(words, months[c.month - 1]), c.year);
}

ch_str ch_time_uk_full(ch_arena *a, ch_time t, const ch_catalogue *words)
{
    ch_civil c = ch_civil_uk(t);
    const char *half = ch_gettext(words, c.hour < 12 ? N_("am") : N_("pm")), *month = ch_gettext(words, months[c.month - 1]);
    int hour = c.hour % 12 ? c.hour % 12 : 12;
    /* What "12am" and "12pm" mean nobody is sure of, nor which end of a day its midnight is. */
    if (c.minute == 0 && c.hour == 12) return ch_arena_printf(a, ch_gettext(words, "%d %s %d at midday"), c.day, month, c.year);
    if (c.minute == 0 && c.hour == 0)
        return ch_arena_printf(a, ch_gettext(words, "%d %s %d at midnight (the start of the day)"), c.day, month, c.year);
    if (c.minute == 0) return ch_arena_printf(a, ch_gettext(words, "%d %s %d at %d%s"), c.day, month, c.year, hour, half);
    return ch_arena_printf(a, ch_gettext(words, "%d %s %d at %d:%02d%s"), c.day, month, c.year, hour, c.minute, half);
}

static ch_str stamp(ch_arena *a, ch_time t, const char *zone)
{
    ch_civil c = ch_civil_utc(t);
    return ch_arena_printf(a, "%s, %02d %.3s %04d %02d:%02d:%02d %s", days[c.weekday], c.day, months[c.month - 1], c.year, c.hour, c.minute, c.second,
                           zone);
}

ch_str ch_time_mail(ch_arena *a, ch_time t) { return stamp(a, t, "+0000"); }

ch_str ch_time_http(ch_arena *a, ch_time t) { return stamp(a, t, "GMT"); }
