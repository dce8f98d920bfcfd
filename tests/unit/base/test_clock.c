/* The calendar, British summer time, and how times are read and written. */
#include "base/catalogue.h"
#include "base/clock.h"
#include "mo.h"
#include "unit.h"

static ch_time at(int year, int month, int day, int hour, int minute)
{
    return ch_time_utc((ch_civil){.year = year, .month = month, .day = day, .hour = hour, .minute = minute});
}
#define CK_STR(expr, want)                                                                                                                           \
    do {                                                                                                                                             \
        ch_str got_ = (expr);                                                                                                                        \
        ck_assert_msg(ch_str_is(got_, want), "got \"%.*s\", wanted \"%s\"", CH_ARG(got_), want);                                                     \
    } while (0)

START_TEST(known_days)
{
    ck_assert_int_eq(at(1970, 1, 1, 0, 0), 0);
    ck_assert_int_eq(at(2000, 2, 29, 0, 0), 951782400000);
    ck_assert_int_eq(at(2026, 11, 23, 19, 23), 1795461780000);
    ck_assert_int_eq(at(1969, 12, 31, 23, 59), -60000);
    ck_assert_int_eq(ch_civil_utc(-1).second, 59);
    ck_assert_int_eq(ch_civil_utc(-1).year, 1969);
    ck_assert_int_eq(ch_civil_utc(at(2026, 11, 23, 0, 0)).weekday, 1);
    ck_assert_int_eq(ch_civil_utc(0).weekday, 4);
    ck_assert_int_eq(ch_civil_utc(-CH_DAY).weekday, 3);
}
END_TEST

START_TEST(every_day_of_six_centuries_round_trips)
{
    int weekday = ch_civil_utc(at(1700, 1, 1, 0, 0)).weekday;
    ch_civil before = {.year = 1699, .month = 12, .day = 31};
    for (ch_time t = at(1700, 1, 1, 0, 0); t < at(2300, 1, 1, 0, 0); t += CH_DAY, weekday = (weekday + 1) % 7) {
        ch_civil c = ch_civil_utc(t);
        ck_assert(ch_civil_valid(c) && c.weekday == weekday);
        ck_assert_int_eq(ch_time_utc(c), t);
        ck_assert(c.day == before.day + 1 || (c.day == 1 && (c.month == before.month + 1 || (c.month == 1 && c.year == before.year + 1))));
        before = c;
    }
}
END_TEST

START_TEST(what_is_a_date)
{
    static const struct {
        int year, month, day;
        bool fine;
    } rows[] = {{2024, 2, 29, true},  {2023, 2, 29, false}, {1900, 2, 29, false}, {2000, 2, 29, true},  {2026, 4, 31, false},
                {2026, 13, 1, false}, {2026, 0, 1, false},  {2026, 1, 0, false},  {2026, 1, 32, false}, {0, 1, 1, false},
                {10000, 1, 1, false}, {9999, 12, 31, true}, {2026, -1, 1, false}, {1, 1, 1, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(ch_civil_valid((ch_civil){.year = rows[i].year, .month = rows[i].month, .day = rows[i].day}) == rows[i].fine, "row %zu", i);
    ck_assert(!ch_civil_valid((ch_civil){.year = 2026, .month = 1, .day = 1, .hour = 24}));
    ck_assert(!ch_civil_valid((ch_civil){.year = 2026, .month = 1, .day = 1, .minute = 60}));
    ck_assert(!ch_civil_valid((ch_civil){.year = 2026, .month = 1, .day = 1, .second = 60}));
}
END_TEST

START_TEST(summer_time_starts_and_ends_at_one_utc)
{
    /* the last Sundays, as published by GOV.UK */
    static const struct {
        int year, march, october;
    } rows[] = {{2024, 31, 27}, {2025, 30, 26}, {2026, 29, 25}, {2027, 28, 31}, {2028, 26, 29}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ch_time start = at(rows[i].year, 3, rows[i].march, 1, 0), end = at(rows[i].year, 10, rows[i].october, 1, 0);
        ck_assert_int_eq(ch_civil_uk(start - 1).hour, 0);
        ck_assert_int_eq(ch_civil_uk(start).hour, 2);
        ck_assert_int_eq(ch_civil_uk(end - 1).hour, 1);
        ck_assert_int_eq(ch_civil_uk(end).hour, 1);
        ck_assert_int_eq(ch_civil_uk(end - CH_HOUR).hour, 1);
    }
}
END_TEST

START_TEST(uk_times_round_trip_but_for_the_hour_that_is_there_twice)
{
    for (ch_time t = at(2026, 1, 1, 0, 0); t < at(2028, 1, 1, 0, 0); t += 15 * CH_MINUTE) {
        ch_time back = ch_time_uk(ch_civil_uk(t));
        bool second = t >= at(2026, 10, 25, 1, 0) && t < at(2026, 10, 25, 2, 0);
        second |= t >= at(2027, 10, 31, 1, 0) && t < at(2027, 10, 31, 2, 0);
        ck_assert_int_eq(back, second ? t - CH_HOUR : t);
    }
}
END_TEST

START_TEST(the_missing_hour_is_taken_as_gmt)
{
    ch_civil missing = {.year = 2026, .month = 3, .day = 29, .hour = 1, .minute = 30};
    ck_assert_int_eq(ch_time_uk(missing), at(2026, 3, 29, 1, 30));
    ck_assert_int_eq(ch_civil_uk(ch_time_uk(missing)).hour, 2);
    ch_civil twice = {.year = 2026, .month = 10, .day = 25, .hour = 1, .minute = 30};
    ck_assert_int_eq(ch_time_uk(twice), at(2026, 10, 25, 0, 30));
}
END_TEST

START_TEST(reads_rfc3339)
{
    static const struct {
        const char *text;
        ch_time value;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:00z", 0},
        {"1970-01-01 00:00:00Z", 0},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1969-12-31T18:30:00-05:30", 0},
        {"1970-01-01T00:00:00.5Z", 500},
        {"1970-01-01T00:00:00.123456789Z", 123},
        {"1970-01-01T00:00:60Z", 59000},
        {"1969-12-31T23:59:59.999Z", -1},
        {"9999-12-31T23:59:59Z", 253402300799000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ch_time t = 42;
        ck_assert_msg(ch_time_parse(ch_str_of(rows[i].text), &t), "%s", rows[i].text);
        ck_assert_int_eq(t, rows[i].value);
    }
}
END_TEST

START_TEST(refuses_what_is_not_rfc3339)
{
    static const char *const rows[] = {"",
                                       "2026",
                                       "2026-11-23",
                                       "2026-11-23T19:23Z",
                                       "2026-11-23T19:23:00",
                                       "2026-11-23T24:00:00Z",
                                       "2026-02-30T00:00:00Z",
                                       "2026-11-23T19:60:00Z",
                                       "2026-11-23T19:23:61Z",
                                       "2026-11-23T19:23:00+1:00",
                                       "2026-11-23T19:23:00+24:00",
                                       "2026-11-23T19:23:00+01:60",
                                       "2026-11-23T19:23:00.Z",
                                       "2026-11-23T19:23:00.1234567890Z",
                                       "2026-11-23T19:23:00Z ",
                                       "26-11-23T19:23:00Z",
                                       "2026-1-23T19:23:00Z",
                                       "0000-01-01T00:00:00Z",
                                       "2026-11-23T19:23:00ZZ",
                                       "+026-11-23T19:23:00Z"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ch_time t;
        ck_assert_msg(!ch_time_parse(ch_str_of(rows[i]), &t), "%s", rows[i]);
    }
    ch_time t;
    ck_assert(!ch_time_parse(CH_STR("2026-11-23\0"
                                    "19:23:00Z"),
                             &t));
}
END_TEST

START_TEST(writes_times)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    CK_STR(ch_time_rfc3339(a, at(2026, 11, 23, 19, 23)), "2026-11-23T19:23:00Z");
    CK_STR(ch_time_rfc3339(a, at(2026, 11, 23, 19, 23) + 7), "2026-11-23T19:23:00.007Z");
    CK_STR(ch_time_rfc3339(a, -1), "1969-12-31T23:59:59.999Z");
    CK_STR(ch_time_uk_date(a, at(2026, 6, 30, 23, 30), NULL), "1 July 2026");
    CK_STR(ch_time_uk_full(a, at(2026, 11, 23, 19, 23), NULL), "23 November 2026 at 7:23pm");
    CK_STR(ch_time_uk_full(a, at(2026, 6, 1, 16, 0), NULL), "1 June 2026 at 5pm");
    CK_STR(ch_time_uk_full(a, at(2026, 1, 1, 0, 0), NULL), "1 January 2026 at midnight (the start of the day)");
    CK_STR(ch_time_uk_full(a, at(2026, 1, 1, 12, 0), NULL), "1 January 2026 at midday");
    CK_STR(ch_time_uk_full(a, at(2026, 1, 1, 0, 5), NULL), "1 January 2026 at 12:05am");
    CK_STR(ch_time_uk_full(a, at(2026, 1, 1, 12, 5), NULL), "1 January 2026 at 12:05pm");
    CK_STR(ch_time_mail(a, at(2026, 11, 3, 9, 5)), "Tue, 03 Nov 2026 09:05:00 +0000");
    CK_STR(ch_time_http(a, 784111777000), "Sun, 06 Nov 1994 08:49:37 GMT"); /* RFC 9110's example */
}
END_TEST

START_TEST(what_is_written_can_be_read)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    for (ch_time t = at(1900, 1, 1, 0, 0); t < at(2200, 1, 1, 0, 0); t += 98765432123) {
        ch_time back;
        ck_assert(ch_time_parse(ch_time_rfc3339(a, t), &back));
        ck_assert_int_eq(back, t);
    }
}
END_TEST

START_TEST(the_clock_goes_forward)
{
    int64_t before = ch_ticks();
    ck_assert_int_ge(ch_ticks(), before);
    ck_assert_int_gt(ch_now(), at(2024, 1, 1, 0, 0));
}
END_TEST

START_TEST(months_by_their_names)
{
    static const mo_row rows[] = {MO_HEADER(""), {CH_STR_INIT("March"), CH_STR_INIT("Mawrth")}, {CH_STR_INIT("May"), CH_STR_INIT("Mai")}};
    static const struct {
        const char *text;
        int english, welsh;
    } cases[] = {{"January", 1, 1}, {"jan", 1, 1}, {"FEB", 2, 2}, {"mar", 3, 3},  {"March", 3, 3}, {"apri", 4, 4},  {"may", 5, 5},
                 {"June", 6, 6},    {"jul", 7, 7}, {"aug", 8, 8}, {"sept", 9, 9}, {"OcT", 10, 10}, {"nov", 11, 11}, {"december", 12, 12},
                 {"Mawrth", 0, 3},  {"MAW", 0, 3}, {"mai", 0, 5}, {"ma", 0, 0},   {"", 0, 0},      {"marsh", 0, 0}, {"decembers", 0, 0}};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *why;
    const ch_catalogue *welsh = ch_catalogue_read(a, mo_of(a, rows, 3, false), &why);
    ck_assert_ptr_nonnull(welsh);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(ch_month_named(ch_str_of(cases[i].text), NULL) == cases[i].english, "%s", cases[i].text);
        ck_assert_msg(ch_month_named(ch_str_of(cases[i].text), welsh) == cases[i].welsh, "%s", cases[i].text);
    }
}
END_TEST

UNIT_MAIN("clock", months_by_their_names, known_days, every_day_of_six_centuries_round_trips, what_is_a_date, summer_time_starts_and_ends_at_one_utc,
          uk_times_round_trip_but_for_the_hour_that_is_there_twice, the_missing_hour_is_taken_as_gmt, reads_rfc3339, refuses_what_is_not_rfc3339,
          writes_times, what_is_written_can_be_read, the_clock_goes_forward)
