/* Forms and query strings into a struct. */
#include "data/form.h"

#include "noun.h"

static ch_arena *arena;
static ch_faults faults;
static noun got;

static ch_err read_form(const char *body, uint64_t which)
{
    ch_pairs pairs;
    if (!arena) arena = ch_arena_new(4096);
    faults = (ch_faults){.arena = arena};
    got = (noun){0};
    ck_assert(ch_form_decode(arena, ch_str_of(body), &pairs));
    return ch_form_read(arena, &pairs, &noun_table, &got, which, &faults);
}

static ch_err read_query(const char *text, bool is_strict)
{
    ch_pairs pairs;
    if (!arena) arena = ch_arena_new(4096);
    faults = (ch_faults){.arena = arena};
    got = (noun){0};
    ck_assert(ch_form_decode(arena, ch_str_of(text), &pairs));
    return ch_query_read(arena, &pairs, &noun_table, &got, is_strict, &faults);
}

START_TEST(decodes)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_pairs p;
    ck_assert(ch_form_decode(a, CH_STR("a=1+2%203&b=%C2%A3&&c&=d&e=x=y&a=again&"), &p));
    ck_assert_uint_eq(p.n, 6);
    CK_STR(ch_pairs_get(&p, "a"), "1 2 3");
    CK_STR(ch_pairs_get(&p, "b"), "\xC2\xA3");
    CK_STR(ch_pairs_get(&p, "c"), "");
    CK_STR(ch_pairs_get(&p, ""), "d");
    CK_STR(ch_pairs_get(&p, "e"), "x=y");
    CK_STR(ch_pairs_get(&p, "none"), "");
    CK_STR(ch_pairs_get(NULL, "none"), "");
    ck_assert(ch_form_decode(a, CH_STR("t=a%0D%0Ab%0Ac%0D"), &p));
    CK_STR(ch_pairs_get(&p, "t"), "a\nb\nc\r");
    ck_assert(ch_form_decode(a, (ch_str){0}, &p) && p.n == 0);
    ch_pairs_add(a, &p, CH_STR("x"), CH_STR("y"));
    ch_pairs_add(a, &p, CH_STR("z"), CH_STR(""));
    ck_assert_uint_eq(p.n, 2);
    CK_STR(ch_pairs_get(&p, "x"), "y");
}
END_TEST

START_TEST(refuses_what_is_broken)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_pairs p;
    static const char *const bad[] = {"a=%", "a=%4", "a=%4g", "%zz=1", "a=%FF", "a=%00", "a=%ED%A0%80", "\xFF=1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!ch_form_decode(a, ch_str_of(bad[i]), &p), "%s", bad[i]);
    static char many[2 * 2001];
    for (size_t i = 0; i < sizeof many; i += 2) memcpy(many + i, "a&", 2);
    ck_assert(!ch_form_decode(a, (ch_str){many, sizeof many - 1}, &p));
    ck_assert(ch_form_decode(a, (ch_str){many, 2 * 2000 - 1}, &p));
}
END_TEST

START_TEST(reads_every_type)
{
    ck_assert_int_eq(
        read_form("title=+nurse+&text=a%0D%0Ab&kind=full&count=%C2%A310&ratio=0.5&remote=on&closes_at-day=1&closes_at-month=7&closes_at-year=2026"
                  "&closes_at-time=5pm&pay.min=28,407&places[0].name=Leeds&places[1].name=&places[2].name=York&places[2].latitude=53.9"
                  "&patterns=full&patterns=&patterns=part&password=+x+",
                  CH_ALL),
        CH_OK);
    CK_STR(got.title, "nurse");
    CK_STR(got.text, "a\nb");
    CK_STR(got.password, " x ");
    ck_assert(got.count == 10 && got.ratio == 0.5 && got.remote && !got.agreed && got.pay.min == 28407);
    ck_assert_int_eq(got.closes_at, 1782921600000); /* 17:00 in summer is 16:00 UTC */
    ck_assert(got.places.n == 2 && got.patterns.n == 2);
    CK_STR(got.places.p[1].name, "York");
    CK_STR(got.patterns.p[1], "part");
}
END_TEST

START_TEST(an_empty_box_is_nothing)
{
    ck_assert_int_eq(read_form("title=nurse&count=&ratio=&pay.min=&pay.max=+&closes_at-day=&places[0].name=+", CH_ALL), CH_OK);
    ck_assert(ch_given(&noun_table, &got, "text") && got.text.n == 0 && got.places.n == 0 && got.count == 0);
    ck_assert(got.seen.null & ch_mask(&noun_table, "count", NULL));
    ck_assert_int_eq(read_form("title=&count=0", CH_ALL), CH_INVALID);
    CK_FAULTS(&faults, "/title: Enter a title\n/count: Count must be between 1 and 100\n");
    ck_assert_int_eq(read_form("title=nurse&pay.max=5", CH_ALL), CH_INVALID);
    CK_FAULTS(&faults, "/pay/min: Enter min\n");
    CK_STR(faults.p[0].field, "pay.min");
}
END_TEST

/* The struct of a page that changes something has been loaded: what stood there before must not stay where a box was emptied. */
START_TEST(a_box_that_is_emptied_is_empty)
{
    ck_assert_int_eq(read_form("title=nurse&count=5&ratio=0.5&pay.min=5&pay.max=9&pay.period=year&closes_at=2026-03-27T17:00:00Z", CH_ALL), CH_OK);
    ch_pairs emptied;
    ck_assert(ch_form_decode(arena, CH_STR("title=nurse&count=&ratio=&pay.min=5&pay.max=&pay.period=&closes_at-day="), &emptied));
    ck_assert_int_eq(ch_form_read(arena, &emptied, &noun_table, &got, CH_ALL, &faults), CH_OK);
    ck_assert(got.count == 0 && !(got.ratio > 0) && got.pay.min == 5 && got.pay.max == 0 && got.pay.period.n == 0 && got.closes_at == 0);
    ck_assert(ch_form_decode(arena, CH_STR("title=nurse&pay.min=&pay.max=&pay.period="), &emptied));
    ck_assert_int_eq(ch_form_read(arena, &emptied, &noun_table, &got, CH_ALL, &faults), CH_OK);
    ck_assert(got.pay.min == 0 && got.seen.null & ch_mask(&noun_table, "pay", NULL));
}
END_TEST

START_TEST(only_what_the_form_shows_is_read)
{
    ck_assert_int_eq(read_form("title=nurse&text=sneaked&id=sneaked&version=9&derived=x&inner=x&html=x",
                               ch_mask(&noun_table, "title", "id", "version", "inner", "derived", "html", NULL)),
                     CH_OK);
    ck_assert(got.text.n == 0 && got.id.n == 0 && got.version == 0 && got.inner.n == 0 && got.derived.n == 0 && got.html.n == 0);
    ck_assert(ch_given(&noun_table, &got, "title") && !ch_given(&noun_table, &got, "text"));
    ck_assert_int_eq(read_form("", ch_mask(&noun_table, "text", NULL)), CH_OK);
}
END_TEST

START_TEST(dates)
{
    static const struct {
        const char *body;
        ch_time value; /* -1: a fault */
    } rows[] = {
        {"closes_at-day=1&closes_at-month=7&closes_at-year=2026", 1782946740000}, /* to the end of that day, UK time */
        {"closes_at-day=23&closes_at-month=11&closes_at-year=2026&closes_at-time=19:23", 1795461780000},
        {"closes_at=2026-11-23T19:23:00Z", 1795461780000},
        {"closes_at-day=1&closes_at-month=+JULY+&closes_at-year=2026", 1782946740000},
        {"closes_at-day=1&closes_at-month=jul&closes_at-year=2026", 1782946740000},
        {"closes_at-time=5pm", 0},
        {"", 0},
        {"closes_at-day=30&closes_at-month=2&closes_at-year=2026", -1},
        {"closes_at-day=1&closes_at-month=7", -1},
        {"closes_at-day=1&closes_at-month=ju&closes_at-year=2026", -1},
        {"closes_at-day=1&closes_at-month=julyy&closes_at-year=2026", -1},
        {"closes_at-day=31&closes_at-month=feb&closes_at-year=2026", -1},
        {"closes_at-day=1&closes_at-month=7&closes_at-year=26", -1},
        {"closes_at-day=1&closes_at-month=-4294967295&closes_at-year=2026", -1},
        {"closes_at-day=1&closes_at-month=1&closes_at-year=-9223372036854773782", -1},
        {"closes_at-day=x&closes_at-month=7&closes_at-year=2026", -1},
        {"closes_at-day=1&closes_at-month=7&closes_at-year=2026&closes_at-time=25:00", -1},
        {"closes_at=tomorrow", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ch_err e = read_form(rows[i].body, ch_mask(&noun_table, "closes_at", NULL));
        ck_assert_msg((e != CH_OK) == (rows[i].value < 0), "%s", rows[i].body);
        if (rows[i].value >= 0) ck_assert_int_eq(got.closes_at, rows[i].value);
        else CK_STR(faults.p[0].pointer, "/closes_at");
    }
}
END_TEST

START_TEST(times_of_day)
{
    static const struct {
        const char *text;
        int hour, minute; /* hour -1: a fault */
    } rows[] = {{"17:00", 17, 0},    {"9:30", 9, 30},
                {"5.30pm", 17, 30},  {"5pm", 17, 0},
                {"5:30+pm", 17, 30}, {"5PM", 17, 0},
                {"12am", 0, 0},      {"12pm", 12, 0},
                {"12:01am", 0, 1},   {"0:00", 0, 0},
                {"23:59", 23, 59},   {"9", 9, 0},
                {"24:00", -1, 0},    {"13pm", -1, 0},
                {"0am", -1, 0},      {"9:60", -1, 0},
                {"9:30:00", -1, 0},  {"noon", 12, 0},
                {"Midday", 12, 0},   {"midnight", -1, 0},
                {"5xm", -1, 0},      {":30", -1, 0},
                {"9:", -1, 0},       {"-1:00", -1, 0},
                {"pm", -1, 0},       {"99999999999999999999", -1, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[200] = "closes_at-day=1&closes_at-month=12&closes_at-year=2026&closes_at-time=";
        strcat(body, rows[i].text);
        ch_err e = read_form(body, ch_mask(&noun_table, "closes_at", NULL));
        ck_assert_msg((e != CH_OK) == (rows[i].hour < 0), "%s", rows[i].text);
        if (e) continue;
        ch_civil c = ch_civil_uk(got.closes_at);
        ck_assert_msg(c.hour == rows[i].hour && c.minute == rows[i].minute && c.day == 1, "%s", rows[i].text);
    }
}
END_TEST

START_TEST(rows_past_the_most_are_one_fault)
{
    ck_assert_int_eq(read_form("title=nurse&places[0].name=a&places[1].name=b&places[2].name=c&places[3].name=d", CH_ALL), CH_INVALID);
    CK_FAULTS(&faults, "/places: Places: 3 at most\n");
    ck_assert_int_eq(read_form("title=nurse&places[99999999].name=a&places[-1].name=b&places[x].name=c&places[0]name=d", CH_ALL), CH_OK);
    ck_assert_uint_eq(got.places.n, 0);
    ck_assert_int_eq(read_form("title=nurse&count=ten&ratio=1.2.3&places[0].latitude=north", CH_ALL), CH_INVALID);
    CK_FAULTS(
        &faults,
        "/count: Count must be a whole number\n/ratio: Ratio must be a number\n/places/0/latitude: Latitude must be a number\n/places/0/name: Enter name\n");
}
END_TEST

START_TEST(queries)
{
    ck_assert_int_eq(read_query("title=nurse&patterns=full&patterns=part&title=other&count=&text=", false), CH_OK);
    CK_STR(got.title, "nurse");
    ck_assert_uint_eq(got.patterns.n, 2);
    ck_assert(!ch_given(&noun_table, &got, "count") && !ch_given(&noun_table, &got, "text"));
    ck_assert_int_eq(read_query("title=nurse&patterns=full&patterns=part&title=other", true), CH_INVALID);
    CK_FAULTS(&faults, "/title: Title is there twice\n");
    ck_assert_int_eq(read_query("", true), CH_OK);
    ck_assert_int_eq(read_query("utm_source=x&title=nurse", false), CH_OK);
    ck_assert_int_eq(read_query("utm_source=x&count=0&ratio=6", true), CH_INVALID);
    CK_FAULTS(&faults,
              "/utm_source: There is no parameter \"utm_source\"\n/count: Count must be between 1 and 100\n/ratio: Ratio must be between -5 and 5\n");
    ck_assert_int_eq(read_query("count=ten", false), CH_INVALID);
    CK_FAULTS(&faults, "/count: Count must be a whole number\n");
    /* exactly 60 characters are shown, not none */
    ck_assert_int_eq(read_query("x23456789012345678901234567890123456789012345678901234567890=1", true), CH_INVALID);
    ck_assert_int_ge(ch_str_find(faults.p[0].message, CH_STR("x2345678901234567890")), 0);
}
END_TEST

UNIT_MAIN("form", decodes, refuses_what_is_broken, reads_every_type, an_empty_box_is_nothing, a_box_that_is_emptied_is_empty,
          only_what_the_form_shows_is_read, dates, times_of_day, rows_past_the_most_are_one_fault, queries)
