/* The public Mustache specification's core modules, case by case; and what is ours: escaping, bounds. */
#include "unit.h"

#include <jansson.h>
#include <stdio.h>

#include "json_value.h"
#include "view/view.h"

static void run_case(json_t *test, const char *module)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_view *view = ch_view_new();
    ch_embedded partials[16] = {{0}};
    size_t n = 0;
    const char *key, *why;
    json_t *value;
    ch_buf out = ch_buf_in(a);
    json_object_foreach(json_object_get(test, "partials"), key, value) partials[n++] = (ch_embedded){key, ch_str_of(json_string_value(value))};
    ck_assert_ptr_null(ch_view_add(view, partials));
    ch_template *t = ch_template_parse(a, ch_str_of(json_string_value(json_object_get(test, "template"))), &why);
    ck_assert_msg(t != NULL, "%s: %s: %s", module, json_string_value(json_object_get(test, "name")), why);
    ch_template_render(t, view, &out, value_of(a, json_object_get(test, "data")));
    ch_buf_char(&out, 0);
    ck_assert_msg(!strcmp(out.p, json_string_value(json_object_get(test, "expected"))), "%s: %s: got %s", module,
                  json_string_value(json_object_get(test, "name")), out.p);
    ch_view_free(view);
}

static void run_module(const char *module)
{
    char path[512];
    snprintf(path, sizeof path, CH_SOURCE_DIR "/tests/unit/view/mustache-spec/%s.json", module);
    json_t *root = json_load_file(path, 0, NULL);
    json_t *tests = json_object_get(root, "tests");
    ck_assert_msg(json_array_size(tests) > 5, "%s is not there", path);
    for (size_t i = 0; i < json_array_size(tests); i++) run_case(json_array_get(tests, i), module);
    json_decref(root);
}

START_TEST(comments) { run_module("comments"); }
END_TEST
START_TEST(delimiters) { run_module("delimiters"); }
END_TEST
START_TEST(interpolation) { run_module("interpolation"); }
END_TEST
START_TEST(inverted) { run_module("inverted"); }
END_TEST
START_TEST(partials) { run_module("partials"); }
END_TEST
START_TEST(sections) { run_module("sections"); }
END_TEST

static const char *render(ch_arena *a, const char *text, ch_value context)
{
    const char *why;
    ch_buf out = ch_buf_in(a);
    ch_template *t = ch_template_parse(a, ch_str_of(text), &why);
    ck_assert_msg(t != NULL, "%s", why);
    ch_template_render(t, NULL, &out, context);
    ch_buf_char(&out, 0);
    return out.p;
}

START_TEST(only_our_own_html_goes_out_raw)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_map *m = ch_map_new(a);
    ch_map_str(m, "typed", CH_STR("<b>'\"&"));
    ch_map_set(m, "ours", ch_v_html(CH_STR("<b>")));
    ck_assert_str_eq(render(a, "{{{typed}}} {{&typed}} {{{ours}}} {{ours}}", ch_v_map(m)),
                     "&lt;b&gt;&#39;&quot;&amp; &lt;b&gt;&#39;&quot;&amp; <b> &lt;b&gt;");
}
END_TEST

START_TEST(broken_templates_say_why)
{
    static const char *const broken[] = {"{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{a", "{{{a}}", "{{=x=}}"};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const char *why = NULL;
        ck_assert_ptr_null(ch_template_parse(a, ch_str_of(broken[i]), &why));
        ck_assert_ptr_nonnull(why);
    }
}
END_TEST

START_TEST(a_partial_of_itself_ends)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_view *view = ch_view_new();
    ch_buf out = ch_buf_in(a);
    ck_assert_ptr_null(ch_view_add(view, (const ch_embedded[]){{"again", CH_STR_INIT("x{{> again}}")}, {0}}));
    ck_assert_int_eq(ch_view_render(view, &out, "again", (ch_value){0}), CH_OK);
    ck_assert_uint_lt(out.n, 100);
    ch_view_free(view);
}
END_TEST

START_TEST(the_translators_mark_shows_its_text)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ck_assert_str_eq(render(a, "{{#_}}Find a job{{/_}}", (ch_value){0}), "Find a job");
}
END_TEST

UNIT_MAIN("mustache", comments, delimiters, interpolation, inverted, partials, sections, only_our_own_html_goes_out_raw, broken_templates_say_why,
          a_partial_of_itself_ends, the_translators_mark_shows_its_text)
