/* JSON in and out through a table. */
#include "data/json.h"

#include <malloc.h>

#include "noun.h"

static ch_arena *arena;
static ch_faults faults;
static noun got;

static ch_err read_json(ch_str text, uint64_t which)
{
    if (!arena) arena = ch_arena_new(4096);
    faults = (ch_faults){.arena = arena};
    got = (noun){0};
    return ch_json_read(arena, text, &noun_table, &got, which, &faults);
}
#define READ(text)   read_json(CH_STR(text), CH_ALL)
#define CHANGE(text) read_json(CH_STR(text), 0)

START_TEST(reads_every_type)
{
    ck_assert_int_eq(
        READ(
            "{\"title\": \" nurse \", \"text\": \"a\\nb\", \"kind\": \"full\", \"count\": 7, \"ratio\": 0.5, \"remote\": true,"
            "\"closes_at\": \"2026-11-23T19:23:00Z\", \"pay\": {\"min\": 100}, \"places\": [{\"name\": \"Leeds\", \"latitude\": 53}, {\"name\": \"York\"}],"
            "\"patterns\": [\"full\", \"part\"], \"password\": \" kept \", \"hidden\": \"h\"}"),
        CH_OK);
    CK_STR(got.title, "nurse");
    CK_STR(got.text, "a\nb");
    CK_STR(got.password, " kept ");
    ck_assert(got.count == 7 && got.ratio == 0.5 && got.remote && !got.agreed && got.closes_at == 1795461780000);
    ck_assert(got.pay.min == 100 && got.places.n == 2 && got.places.p[0].latitude == 53 && got.patterns.n == 2);
    CK_STR(got.places.p[1].name, "York");
    CK_STR(got.patterns.p[1], "part");
    ck_assert(ch_given(&noun_table, &got, "remote") && !ch_given(&noun_table, &got, "agreed"));
}
END_TEST

START_TEST(names_every_fault_at_once)
{
    ck_assert_int_eq(
        READ(
            "{\"title\": 5, \"kind\": [], \"count\": \"7\", \"ratio\": \"x\", \"remote\": 1, \"closes_at\": \"tomorrow\", \"pay\": 3, \"places\": {},"
            "\"patterns\": [\"full\", 3], \"id\": \"x\", \"inner\": \"x\", \"derived\": \"x\", \"html\": \"x\", \"no/su~ch\": 1}"),
        CH_INVALID);
    CK_FAULTS(&faults,
              "/title: Title must be a string\n/kind: Kind must be a string\n/count: Count must be a whole number\n/ratio: Ratio must be a number\n"
              "/remote: Remote must be true or false\n/closes_at: Closes_at must be a time like 2026-11-23T17:00:00Z\n/pay: Pay must be an object\n"
              "/places: Places must be a list\n/patterns/1: Must be a string\n/id: Id cannot be set\n/inner: There is no field \"inner\"\n"
              "/derived: There is no field \"derived\"\n/html: Html must be left out\n/no~1su~0ch: There is no field \"no/su~ch\"\n");
    READ("{\"title\": \"abc\", \"places\": [{}, 4, {\"name\": \"York\", \"what\": 1}]}");
    CK_FAULTS(&faults, "/places/1: Must be an object\n/places/2/what: There is no field \"what\"\n/places/0/name: Enter name\n");
    READ("{\"title\": \"abc\", \"count\": 1.5}");
    CK_FAULTS(&faults, "/count: Count must be a whole number\n");
}
END_TEST

START_TEST(a_long_name_is_cut_at_a_character)
{
    char text[400] = "{\"title\": \"abc\", \"x";
    for (int i = 0; i < 50; i++) strcat(text, "\xE2\x82\xAC");
    strcat(text, "\": 1}");
    ck_assert_int_eq(read_json(ch_str_of(text), CH_ALL), CH_INVALID);
    ck_assert(ch_utf8_valid(faults.p[0].message) && faults.p[0].message.n < 100);
}
END_TEST

START_TEST(what_does_not_parse)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "[]",
                                      "\"x\"",
                                      "1",
                                      "null",
                                      "{\"title\": \"abc\",}",
                                      "{\"title\": \"abc\"} x",
                                      "{'title': 'abc'}",
                                      "{\"title\": \"\\u0000\"}",
                                      "{\"title\": \"\\ud800\"}",
                                      "{\"title\": \"\xFF\"}",
                                      "{\"count\": 99999999999999999999}",
                                      "{\"ratio\": NaN}",
                                      "{\"ratio\": 1e999}",
                                      "{\"\\u0000\": 1}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(read_json(ch_str_of(bad[i]), CH_ALL) == CH_MALFORMED, "%s", bad[i]);
    ck_assert_int_eq(READ("{\"title\": \"a\0c\"}"), CH_MALFORMED);
    ck_assert_int_eq(read_json((ch_str){0}, CH_ALL), CH_MALFORMED);
}
END_TEST

START_TEST(a_key_twice_is_named_wherever_it_stands)
{
    ck_assert_int_eq(READ("{\"title\": \"abc\", \"title\": \"abc\"}"), CH_INVALID);
    CK_FAULTS(&faults, "/title: \"title\" is there twice\n");
    ck_assert_int_eq(READ("{\"a\": {\"x\": [1, {\"y\" : 1, \"\\u0079\" : [2]}], \"x\": 3}, \"t\\\"\": \"a\\\"\", \"t\\\"\": [], \"b\": {}}"),
                     CH_INVALID);
    CK_FAULTS(&faults, "/a/x/1/y: \"y\" is there twice\n/a/x: \"x\" is there twice\n/t\": \"t\"\" is there twice\n");
    ck_assert_int_eq(READ("{\"title\": \"abc\", \"title\": }"), CH_MALFORMED);
    ch_buf many = ch_buf_in(arena); /* beyond what is compared it is still refused */
    for (int i = 0; i < 5000; i++) ch_buf_printf(&many, "%s\"k%d\": 1", i ? "," : "{", i);
    ch_buf_put(&many, CH_STR(", \"k4999\": 2}"));
    ck_assert_int_eq(read_json(ch_buf_str(&many), CH_ALL), CH_INVALID);
    CK_FAULTS(&faults, ": A field is there twice\n");
}
END_TEST

static size_t memory_now(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

START_TEST(many_small_objects_take_little_memory)
{
    ch_buf b = {0};
    ch_buf_put(&b, CH_STR("{\"a\":1,\"a\":2,\"x\":["));
    for (int i = 0; i < 80000; i++) ch_buf_put(&b, i ? CH_STR(",{}") : CH_STR("{}"));
    ch_buf_put(&b, CH_STR("]}"));
    size_t before = memory_now();
    ck_assert_int_eq(read_json(ch_buf_str(&b), CH_ALL), CH_INVALID);
    ck_assert_uint_lt(memory_now() - before, 32 << 20);
    ch_buf_free(&b);
}
END_TEST

START_TEST(depth_ends_at_32)
{
    for (int depth = 30; depth < 36; depth++) {
        char text[200] = "{\"title\": \"abc\", \"text\": \"]]\\\"[[\", \"x\": ";
        for (int i = 1; i < depth; i++) strcat(text, "[");
        for (int i = 1; i < depth; i++) strcat(text, "]");
        strcat(text, "}");
        ck_assert_int_eq(read_json(ch_str_of(text), CH_ALL), depth <= 32 ? CH_INVALID : CH_MALFORMED);
    }
    static char deep[1000000];
    memset(deep, '[', sizeof deep);
    ck_assert_int_eq(read_json((ch_str){deep, sizeof deep}, CH_ALL), CH_MALFORMED);
}
END_TEST

START_TEST(absent_null_and_given)
{
    ck_assert_int_eq(CHANGE("{\"text\": null, \"count\": 5}"), CH_OK);
    ck_assert(ch_given(&noun_table, &got, "text") && ch_given(&noun_table, &got, "count") && !ch_given(&noun_table, &got, "title"));
    ck_assert_uint_eq(got.seen.null, ch_mask(&noun_table, "text", NULL));
    ck_assert_int_eq(CHANGE("{\"title\": null}"), CH_INVALID);
    CK_FAULTS(&faults, "/title: Enter a title\n");
    ck_assert_int_eq(CHANGE("{\"title\": \"  \"}"), CH_INVALID);
    ck_assert_int_eq(CHANGE("{\"count\": 0}"), CH_INVALID);
    CK_FAULTS(&faults, "/count: Count must be between 1 and 100\n");
    ck_assert_int_eq(CHANGE("{\"count\": null, \"pay\": null, \"places\": null}"), CH_OK);
    ck_assert_int_eq(CHANGE("{\"pay\": {}}"), CH_INVALID);
    CK_FAULTS(&faults, "/pay/min: Enter min\n");
    ck_assert_int_eq(CHANGE("{}"), CH_OK);
    ck_assert_int_eq(READ("{}"), CH_INVALID);
    CK_FAULTS(&faults, "/title: Enter a title\n");
}
END_TEST

START_TEST(a_long_list_is_one_fault_and_bounded_work)
{
    ch_buf text = {0};
    ch_buf_put(&text, CH_STR("{\"title\": \"abc\", \"patterns\": [\"full\""));
    for (int i = 0; i < 100000; i++) ch_buf_put(&text, CH_STR(",\"full\""));
    ch_buf_put(&text, CH_STR("]}"));
    ck_assert_int_eq(read_json(ch_buf_str(&text), CH_ALL), CH_INVALID);
    CK_FAULTS(&faults, "/patterns: Patterns: 50 at most\n");
    ch_buf_free(&text);
}
END_TEST

START_TEST(own_json_may_be_newer)
{
    if (!arena) arena = ch_arena_new(4096);
    noun n = {0};
    ck_assert(ch_json_read_own(arena, CH_STR("{\"id\": \"x\", \"title\": \"longer than the table allows\", \"new\": {\"a\": []}}"), &noun_table, &n));
    CK_STR(n.id, "x");
    ck_assert_uint_gt(n.title.n, 10);
    ck_assert(!ch_json_read_own(arena, CH_STR("{\"title\": 5}"), &noun_table, &n));
    ck_assert(!ch_json_read_own(arena, CH_STR("["), &noun_table, &n));
}
END_TEST

static ch_str written(const noun *n, unsigned audience)
{
    if (!arena) arena = ch_arena_new(4096);
    ch_buf b = ch_buf_in(arena);
    ch_json_write(&b, &noun_table, n, audience);
    return ch_buf_str(&b);
}

START_TEST(own_json_comes_back_whole)
{
    place places[] = {{.name = CH_STR("L\"s"), .latitude = 53.801277}, {.name = CH_STR("York"), .postcode = CH_STR("YO1")}};
    ch_str patterns[] = {CH_STR("full"), CH_STR("part"), CH_STR("")};
    noun n = {.id = CH_STR("1"),
              .version = 3,
              .title = CH_STR("<b> & \\ \xe2\x80\xa8 \xf0\x9f\x8e\x89 \x7f \t'"),
              .text = CH_STR("a\nb\rc\x01"),
              .count = -7,
              .ratio = -0.000001,
              .remote = true,
              .closes_at = 1795461780007,
              .pay = {.min = 5, .period = CH_STR("year")},
              .places = {places, 2},
              .patterns = {patterns, 3}},
         back = {0};
    ck_assert(ch_json_read_own(arena, written(&n, 0), &noun_table, &back));
    ck_assert(ch_str_eq(back.title, n.title) && ch_str_eq(back.text, n.text) && back.version == 3 && back.count == -7 && back.ratio == n.ratio);
    ck_assert(back.remote && !back.agreed && back.closes_at == n.closes_at && back.pay.min == 5 && ch_str_is(back.pay.period, "year"));
    ck_assert(back.places.n == 2 && back.places.p[0].latitude == 53.801277 && back.patterns.n == 3);
    CK_STR(back.places.p[0].name, "L\"s");
    CK_STR(back.places.p[1].postcode, "YO1");
    CK_STR(back.patterns.p[1], "part");
    ck_assert(ch_given(&noun_table, &back, "email") && !back.email.n && back.seen.null & ch_mask(&noun_table, "email", NULL));
    ck_assert_str_eq(written(&n, 0).p, written(&back, 0).p);
}
END_TEST

static bool own(const char *text)
{
    noun n = {0};
    return ch_json_read_own(arena, ch_str_of(text), &noun_table, &n);
}

START_TEST(own_json_is_json)
{
    noun n = {0};
    arena = ch_arena_new(4096);
    ck_assert(ch_json_read_own(arena, CH_STR(" { \"title\" : \"\\u00e9\\uD83C\\uDF89\\/\\b\" ,\"x\":[1,{\"y\":null},-2.5e3,true],\"count\":4 } "),
                               &noun_table, &n));
    CK_STR(n.title, "\xc3\xa9\xf0\x9f\x8e\x89/\b");
    ck_assert_int_eq(n.count, 4);
    ck_assert(own("{}") && own("{\"x\":{}}"));
    static const char *const wrong[] = {"",
                                        "{",
                                        "{}x",
                                        "{,}",
                                        "{\"title\"}",
                                        "{\"title\":}",
                                        "{\"title\":\"a}",
                                        "{\"title\":\"\\",
                                        "{\"title\":\"\\x\"}",
                                        "{\"title\":\"\\u12\"}",
                                        "{\"title\":\"\\ud83c\"}",
                                        "{\"title\":\"\\udf89\"}",
                                        "{\"title\":\"\\u0000\"}",
                                        "{\"title\":\"\xff\"}",
                                        "{\"count\":1.5}",
                                        "{\"count\":99999999999999999999}",
                                        "{\"count\":}",
                                        "{\"ratio\":1e}",
                                        "{\"remote\":tru}",
                                        "{\"remote\":truer}",
                                        "{\"closes_at\":\"today\"}",
                                        "{\"pay\":[]}",
                                        "{\"places\":{}}",
                                        "{\"places\":[1]}",
                                        "{\"patterns\":[\"a\",]}",
                                        "{\"patterns\":[\"a\"",
                                        "{\"title\":\"a\" \"id\":\"b\"}",
                                        "{\"title\":\"a\",\"title\":\"b\"}",
                                        "{\"x\":nul}",
                                        "{\"x\":-}",
                                        "[]",
                                        "7"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) ck_assert_msg(!own(wrong[i]), "%s", wrong[i]);
    ch_buf deep = {0};
    ch_buf_put(&deep, CH_STR("{\"x\":"));
    for (int i = 0; i < 100000; i++) ch_buf_char(&deep, '[');
    ch_buf_char(&deep, 0);
    ck_assert(!own(deep.p));
    ch_buf_free(&deep);
}
END_TEST

START_TEST(writes_what_may_be_seen)
{
    place places[] = {{.name = CH_STR("L\"s"), .latitude = 53.801277}};
    ch_str patterns[] = {CH_STR("full")};
    noun n = {.id = CH_STR("1"),
              .version = 3,
              .title = CH_STR("<b>"),
              .hidden = CH_STR("SECRET"),
              .inner = CH_STR("SECRET"),
              .derived = CH_STR("d"),
              .html = CH_STR("<p>"),
              .password = CH_STR("SECRET"),
              .ratio = 0.1,
              .remote = true,
              .closes_at = 1795461780007,
              .pay = {.min = 5},
              .places = {places, 1},
              .patterns = {patterns, 1},
              .for_staff = CH_STR("staff")};
    CK_STR(
        written(&n, 0),
        "{\"id\":\"1\",\"version\":3,\"title\":\"\\u003cb\\u003e\",\"text\":null,\"kind\":null,\"email\":null,\"derived\":\"d\",\"html\":\"\\u003cp\\u003e\","
        "\"count\":0,\"score\":null,\"ratio\":0.1,\"remote\":true,\"agreed\":false,\"closes_at\":\"2026-11-23T19:23:00.007Z\","
        "\"pay\":{\"min\":5,\"max\":null,\"period\":null},\"places\":[{\"name\":\"L\\\"s\",\"postcode\":null,\"latitude\":53.801277}],\"patterns\":[\"full\"]}");
    ck_assert_int_lt(ch_str_find(written(&n, CH_ALL & 0xFFFF), CH_STR("SECRET")), 0);
    ck_assert_int_ge(ch_str_find(written(&n, 2), CH_STR("\"for_staff\":\"staff\"")), 0);
    ck_assert_int_lt(ch_str_find(written(&n, 1), CH_STR("staff")), 0);
}
END_TEST

START_TEST(numbers_come_back_as_they_were_sent)
{
    static const char *const numbers[] = {"12345678.91", "-1.234567", "3", "1e+20", "0.000001"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        noun n = {0}, back = {0};
        ch_str_double(ch_str_of(numbers[i]), &n.ratio);
        ck_assert(ch_json_read_own(arena, written(&n, 0), &noun_table, &back) || true);
        ch_json *j = ch_json_parse(arena, written(&n, 0));
        ck_assert_ptr_nonnull(j);
        ch_buf want = ch_buf_in(arena);
        ch_buf_printf(&want, "\"ratio\":%.15g,", n.ratio);
        ck_assert_int_ge(ch_str_find(written(&n, 0), ch_buf_str(&want)), 0);
    }
    noun n = {.ratio = __builtin_nan("")};
    ck_assert_int_ge(ch_str_find(written(&n, 0), CH_STR("\"ratio\":null")), 0);
    n.ratio = __builtin_inf();
    ck_assert_ptr_nonnull(ch_json_parse(arena, written(&n, 0)));
}
END_TEST

START_TEST(an_empty_table_is_an_empty_object)
{
    ch_buf b = {0};
    ch_json_write(&b, &(ch_table){.name = "none"}, &(noun){0}, 0);
    CK_STR(ch_buf_str(&b), "{}");
    ch_buf_free(&b);
}
END_TEST

START_TEST(other_peoples_json)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    ch_json *j = ch_json_parse(a, CH_STR("{\"keys\": [{\"kid\": \"1\", \"n\": 5}, \"x\"], \"big\": 1.5}"));
    ck_assert_ptr_nonnull(j);
    ch_json *keys = ch_json_get(j, "keys");
    CK_STR(ch_json_str(ch_json_at(keys, 0), "kid"), "1");
    ck_assert_int_eq(ch_json_int(ch_json_at(keys, 0), "n", -1), 5);
    ck_assert_int_eq(ch_json_int(ch_json_at(keys, 0), "none", -1), -1);
    ck_assert_int_eq(ch_json_int(j, "big", -1), -1);
    CK_STR(ch_json_text(ch_json_at(keys, 1)), "x");
    ck_assert_ptr_null(ch_json_at(keys, 2));
    CK_STR(ch_json_str(ch_json_at(keys, 9), "kid"), "");
    CK_STR(ch_json_str(ch_json_get(NULL, "x"), "y"), "");
    CK_STR(ch_json_str(j, "keys"), "");
    ck_assert_ptr_null(ch_json_parse(a, CH_STR("{")));
    ck_assert_ptr_null(ch_json_parse(a, (ch_str){0}));
}
END_TEST

UNIT_MAIN("json", reads_every_type, names_every_fault_at_once, a_long_name_is_cut_at_a_character, what_does_not_parse,
          a_key_twice_is_named_wherever_it_stands, many_small_objects_take_little_memory, depth_ends_at_32, absent_null_and_given,
          a_long_list_is_one_fault_and_bounded_work, own_json_may_be_newer, own_json_comes_back_whole, own_json_is_json, writes_what_may_be_seen,
          numbers_come_back_as_they_were_sent, an_empty_table_is_an_empty_object, other_peoples_json)
