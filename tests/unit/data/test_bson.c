/* A struct to the store's documents and back. */
#include "data/bson.h"

#include "data/json.h"
#include "noun.h"

static bson_t *of_json(const char *json)
{
    bson_error_t error;
    bson_t *doc = bson_new_from_json((const uint8_t *)json, -1, &error);
    ck_assert_msg(doc != NULL, "%s", error.message);
    return doc;
}

START_TEST(what_is_written_can_be_read)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    place places[] = {{.name = CH_STR("Leeds"), .latitude = 53.801277}, {.name = CH_STR("York")}};
    ch_str patterns[] = {CH_STR("full"), {0}};
    noun n = {.id = CH_STR("id1"),
              .version = INT64_MAX,
              .title = CH_STR("a\0b"),
              .text = CH_STR("\xC2\xA3"),
              .hidden = CH_STR("h"),
              .inner = CH_STR("i"),
              .count = INT64_MIN,
              .ratio = -0.1,
              .remote = true,
              .closes_at = -5,
              .pay = {.min = 1, .period = CH_STR("year")},
              .places = {places, 2},
              .patterns = {patterns, 2}};
    noun back = {0};
    bson_t doc = BSON_INITIALIZER;
    ch_bson_write(&doc, &noun_table, &n);
    ck_assert(bson_validate(&doc, BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL, NULL));
    ck_assert(bson_has_field(&doc, "_id") && !bson_has_field(&doc, "id"));
    ch_bson_read(a, &doc, &noun_table, &back);
    bson_destroy(&doc);
    ck_assert(ch_str_eq(back.title, n.title) && ch_str_eq(back.id, n.id) && ch_str_eq(back.hidden, n.hidden) && ch_str_eq(back.inner, n.inner) &&
              ch_str_eq(back.text, n.text));
    ck_assert(back.version == n.version && back.count == n.count && back.ratio == n.ratio && back.remote && !back.agreed && back.closes_at == -5);
    ck_assert(back.pay.min == 1 && ch_str_is(back.pay.period, "year"));
    ck_assert(back.places.n == 2 && back.places.p[0].latitude == 53.801277 && ch_str_is(back.places.p[1].name, "York"));
    ck_assert(back.patterns.n == 2 && ch_str_is(back.patterns.p[0], "full") && back.patterns.p[1].n == 0 && back.patterns.p[1].p);
    ck_assert(ch_given(&noun_table, &back, "id") && ch_given(&noun_table, &back, "places"));
}
END_TEST

START_TEST(derived_and_html_stay_out)
{
    bson_t doc = BSON_INITIALIZER;
    ch_bson_write(&doc, &noun_table, &(noun){.derived = CH_STR_INIT("d"), .html = CH_STR_INIT("h")});
    ck_assert(!bson_has_field(&doc, "derived") && !bson_has_field(&doc, "html"));
    bson_destroy(&doc);
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    bson_t *stored = of_json("{\"derived\": \"d\", \"html\": \"h\"}");
    noun n = {0};
    ch_bson_read(a, stored, &noun_table, &n);
    ck_assert(n.derived.n == 0 && n.html.n == 0 && n.seen.given == 0);
    bson_destroy(stored);
}
END_TEST

START_TEST(some_fields_under_a_prefix)
{
    bson_t doc = BSON_INITIALIZER;
    ch_bson_write_some(&doc, &noun_table, &(noun){.title = CH_STR_INIT("t")}, ch_mask(&noun_table, "id", "title", "text", NULL), "x.");
    char *json = bson_as_canonical_extended_json(&doc, NULL);
    ck_assert_str_eq(json, "{ \"x._id\" : \"\", \"x.title\" : \"t\", \"x.text\" : \"\" }");
    bson_free(json);
    bson_destroy(&doc);
}
END_TEST

START_TEST(other_types_and_unknown_fields_are_passed_over)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    noun n = {0};
    bson_t *doc = of_json(
        "{\"_id\": 5, \"title\": [], \"count\": \"7\", \"ratio\": null, \"remote\": 1, \"closes_at\": 5, \"pay\": [], \"places\": {}, \"patterns\": \"full\","
        "\"new\": {\"a\": 1}}");
    ch_bson_read(a, doc, &noun_table, &n);
    ck_assert_uint_eq(n.seen.given, 0);
    ck_assert(n.id.n == 0 && n.count == 0 && !n.remote && n.places.n == 0);
    bson_destroy(doc);
    doc = of_json(
        "{\"count\": {\"$numberInt\": \"7\"}, \"ratio\": {\"$numberLong\": \"2\"}, \"score\": 3.9, \"places\": [5, {\"name\": \"York\", \"x\": 1}], \"patterns\": [1, \"full\"]}");
    ch_bson_read(a, doc, &noun_table, &n);
    ck_assert(n.count == 7 && n.ratio == 2 && n.score == 3);
    ck_assert(n.places.n == 2 && n.places.p[0].name.n == 0 && ch_str_is(n.places.p[1].name, "York"));
    ck_assert(n.patterns.n == 2 && n.patterns.p[0].n == 0 && ch_str_is(n.patterns.p[1], "full"));
    bson_destroy(doc);
}
END_TEST

START_TEST(a_broken_document_does_no_harm)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    bson_t doc = BSON_INITIALIZER;
    ch_bson_write(&doc, &noun_table, &(noun){.title = CH_STR_INIT("title"), .pay = {.min = 5}});
    for (uint32_t i = 4; i < doc.len; i++) {
        uint8_t *copy = malloc(doc.len);
        bson_t broken;
        noun n = {0};
        memcpy(copy, bson_get_data(&doc), doc.len);
        copy[i] ^= 0x5A;
        if (bson_init_static(&broken, copy, doc.len)) ch_bson_read(a, &broken, &noun_table, &n);
        free(copy);
    }
    bson_destroy(&doc);
}
END_TEST

UNIT_MAIN("bson", what_is_written_can_be_read, derived_and_html_stay_out, some_fields_under_a_prefix, other_types_and_unknown_fields_are_passed_over,
          a_broken_document_does_no_harm)
