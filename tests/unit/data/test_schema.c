/* Tables as JSON Schema: valid JSON, and the same bounds that the check applies. */
#include "data/schema.h"

#include "data/context.h"
#include "data/json.h"
#include "noun.h"

static ch_arena *arena;
static ch_json *schema(const ch_table *t, bool input)
{
    if (!arena) arena = ch_arena_new(4096);
    ch_buf b = ch_buf_in(arena);
    ch_schema_write(&b, t, input);
    ch_json *j = ch_json_parse(arena, ch_buf_str(&b));
    ck_assert_msg(j != NULL, "%.*s", CH_ARG(ch_buf_str(&b)));
    return j;
}
static ch_json *property(ch_json *j, const char *name) { return ch_json_get(ch_json_get(j, "properties"), name); }
static bool is_required(ch_json *j, const char *name)
{
    ch_json *list = ch_json_get(j, "required"), *item;
    for (size_t i = 0; (item = ch_json_at(list, i)); i++)
        if (ch_str_is(ch_json_text(item), name)) return true;
    return false;
}

START_TEST(input)
{
    ch_json *j = schema(&noun_table, true);
    static const char *const out[] = {"id", "version", "inner", "derived", "html"};
    for (size_t i = 0; i < sizeof out / sizeof *out; i++) ck_assert_msg(!property(j, out[i]), "%s", out[i]);
    ck_assert_ptr_nonnull(property(j, "hidden"));
    ck_assert_ptr_nonnull(property(j, "password"));
    ck_assert(is_required(j, "title") && !is_required(j, "text"));
    ck_assert_int_eq(ch_json_int(property(j, "title"), "minLength", 0), 3);
    ck_assert_int_eq(ch_json_int(property(j, "title"), "maxLength", 0), 10);
    ck_assert_int_eq(ch_json_int(property(j, "text"), "maxLength", 0), 20000);
    ck_assert_int_eq(ch_json_int(property(j, "count"), "minimum", 0), 1);
    ck_assert_int_eq(ch_json_int(property(j, "places"), "maxItems", 0), 3);
    ck_assert_int_eq(ch_json_int(property(j, "patterns"), "maxItems", 0), 50);
    CK_STR(ch_json_str(property(j, "email"), "format"), "email");
    CK_STR(ch_json_str(property(j, "closes_at"), "format"), "date-time");
    CK_STR(ch_json_text(ch_json_at(ch_json_get(property(j, "kind"), "enum"), 1)), "part");
    CK_STR(ch_json_text(ch_json_at(ch_json_get(ch_json_get(property(j, "patterns"), "items"), "enum"), 0)), "full");
    CK_STR(ch_json_str(property(j, "title"), "description"), "What it is");
    ck_assert_int_eq(ch_json_int(property(ch_json_get(property(j, "places"), "items"), "name"), "minLength", 0), 1);
    j = schema(&strict_table, true);
    ck_assert(is_required(j, "count") && is_required(j, "agreed") && is_required(j, "pay") && is_required(j, "patterns"));
    ck_assert_int_eq(ch_json_int(property(j, "patterns"), "minItems", 0), 1);
}
END_TEST

START_TEST(output_describes_what_is_written)
{
    ch_json *j = schema(&noun_table, false);
    static const char *const out[] = {"hidden", "inner", "password"};
    for (size_t i = 0; i < sizeof out / sizeof *out; i++) ck_assert_msg(!property(j, out[i]), "%s", out[i]);
    ck_assert(is_required(j, "id") && is_required(j, "text") && is_required(j, "html") && is_required(j, "derived"));
    ck_assert(property(j, "for_staff") && !is_required(j, "for_staff"));
    CK_STR(ch_json_text(ch_json_at(ch_json_get(property(j, "text"), "type"), 1)), "null");
    CK_STR(ch_json_text(ch_json_at(ch_json_get(property(j, "score"), "type"), 1)), "null");
    CK_STR(ch_json_str(property(j, "ratio"), "type"), "number");
    CK_STR(ch_json_text(ch_json_at(ch_json_get(property(j, "title"), "type"), 1)), "null"); /* required to come in, yet a draft has none */
    /* every name that is written is described */
    ch_buf b = ch_buf_in(arena);
    ch_json_write(&b, &noun_table, &(noun){0}, CH_ALL & 0xFF);
    for (size_t i = 0; i < noun_table.n; i++) {
        const char *name = noun_table.fields[i].name;
        ch_buf quoted = ch_buf_in(arena);
        ch_buf_printf(&quoted, "\"%s\":", name);
        ck_assert_msg((ch_str_find(ch_buf_str(&b), ch_buf_str(&quoted)) >= 0) == (property(j, name) != NULL), "%s", name);
    }
}
END_TEST

/* ---- what templates see */

START_TEST(context_of_structs)
{
    if (!arena) arena = ch_arena_new(4096);
    place places[] = {{.name = CH_STR("Leeds")}, {.name = CH_STR("York")}};
    ch_str patterns[] = {CH_STR("full")};
    noun n = {.title = CH_STR("t"),
              .html = CH_STR("<p>"),
              .hidden = CH_STR("h"),
              .password = CH_STR("p"),
              .pay = {.min = 5},
              .places = {places, 2},
              .patterns = {patterns, 1}};
    ch_value v = ch_v_obj(&noun_table, &n);
    CK_STR(ch_value_get(v, CH_STR("title")).s, "t");
    ck_assert_int_eq(ch_value_get(v, CH_STR("title")).kind, CH_V_STR);
    ck_assert_int_eq(ch_value_get(v, CH_STR("html")).kind, CH_V_HTML);
    ck_assert_int_eq(ch_value_get(v, CH_STR("hidden")).kind, CH_V_NONE);
    ck_assert_int_eq(ch_value_get(v, CH_STR("password")).kind, CH_V_NONE);
    ck_assert_int_eq(ch_value_get(v, CH_STR("none")).kind, CH_V_NONE);
    ck_assert_int_eq(ch_value_get(ch_value_get(v, CH_STR("pay")), CH_STR("min")).i, 5);
    CK_STR(ch_value_get(ch_value_at(ch_value_get(v, CH_STR("places")), 1), CH_STR("name")).s, "York");
    CK_STR(ch_value_at(ch_value_get(v, CH_STR("patterns")), 0).s, "full");
    ck_assert_int_eq(ch_value_at(ch_value_get(v, CH_STR("patterns")), 1).kind, CH_V_NONE);
    ck_assert(!ch_value_truthy(ch_value_get(v, CH_STR("text"))) && !ch_value_truthy(ch_value_get(v, CH_STR("remote"))));
    ck_assert(ch_value_truthy(ch_value_get(v, CH_STR("places"))) && ch_value_truthy(ch_value_get(v, CH_STR("pay"))));
}
END_TEST

START_TEST(context_of_maps)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_map *m = ch_map_new(a);
    static char names[40][8];
    for (int i = 0; i < 40; i++) {
        names[i][0] = (char)('A' + i);
        ch_map_int(m, names[i], i);
    }
    ch_map_int(m, names[7], 700);
    for (int i = 0; i < 40; i++) ck_assert_int_eq(ch_value_get(ch_v_map(m), ch_str_of(names[i])).i, i == 7 ? 700 : i);
    for (int i = 0; i < 33; i++) ch_map_int(ch_map_add(m, "rows"), "n", i);
    ch_value rows = ch_value_get(ch_v_map(m), CH_STR("rows"));
    ck_assert_uint_eq(rows.n, 33);
    for (size_t i = 0; i < 33; i++) ck_assert_int_eq(ch_value_get(ch_value_at(rows, i), CH_STR("n")).i, (int64_t)i);
    ch_map_time(m, "at", 1795461780000);
    ch_map_bool(m, "yes", true);
    ch_map_z(m, "z", "text");
    ch_buf b = ch_buf_in(a);
    ch_value_text(&b, ch_value_get(ch_v_map(m), CH_STR("at")), NULL);
    ch_value_text(&b, ch_value_get(ch_v_map(m), CH_STR("yes")), NULL);
    ch_value_text(&b, ch_value_get(ch_v_map(m), CH_STR("z")), NULL);
    ch_value_text(&b, ch_value_get(ch_v_map(m), CH_STR("none")), NULL);
    ch_value_text(&b, ch_v_time(0), NULL);
    ch_value_text(&b, ch_v_int(-3), NULL);
    CK_STR(ch_buf_str(&b), "23 November 2026 at 7:23pmtruetext-3");
}
END_TEST

UNIT_MAIN("schema", input, output_describes_what_is_written, context_of_structs, context_of_maps)
