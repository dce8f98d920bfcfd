/* What people write comes out as they meant it; what attackers write comes out harmless. */
#include "unit.h"

#include <stdlib.h>

#include "view/chart.h"
#include "view/markdown.h"

static const char *html(ch_arena *a, const char *text) { return ch_arena_z(a, ch_markdown_html(a, ch_str_of(text))); }

START_TEST(ordinary_text)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ck_assert_str_eq(html(a, "# Title\n\nA *b* **c** £28,407 – Siân"), "<h3>Title</h3>\n<p>A <em>b</em> <strong>c</strong> £28,407 – Siân</p>\n");
    ck_assert_ptr_nonnull(strstr(html(a, "- a\n- b"), "<ul>\n<li>a</li>"));
    ck_assert_ptr_nonnull(
        strstr(html(a, "[x](https://nhs.example/?a=1&b=2)"), "<a rel=\"nofollow noopener\" href=\"https://nhs.example/?a=1&amp;b=2\">"));
}
END_TEST

START_TEST(tables)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    const char *out = html(a, "before\n\n| Day | Hours |\n|:----|-----:|\n| Mon | **7½** |\n| Tue |\n\nafter");
    ck_assert_ptr_nonnull(strstr(out, "<th scope=\"col\">Day</th>"));
    ck_assert_ptr_nonnull(strstr(out, "<strong>7½</strong></td>"));
    ck_assert_ptr_nonnull(strstr(out, "<p>after</p>"));
    ck_assert_ptr_null(strstr(html(a, "```\n| a | b |\n|---|---|\n```"), "<table"));
    ck_assert_ptr_null(strstr(html(a, "a | b\n\nc"), "<table"));
    ck_assert_ptr_null(strstr(html(a, "| <script>x</script> | b |\n|---|---|\n| [x](javascript:y) | 1 |"), "<script"));
}
END_TEST

START_TEST(hostile_text_is_harmless)
{
    static const char *const inputs[] = {"<script>alert(1)</script>",
                                         "<img src=x onerror=alert(1)>",
                                         "[a](javascript:alert(1))",
                                         "[a](JaVaScRiPt:alert(1))",
                                         "[a](java\tscript:alert(1))",
                                         "[a](data:text/html,<script>)",
                                         "[a](vbscript:x)",
                                         "<a href='javascript:x'>y</a>",
                                         "![x](http://evil.example/p.png)",
                                         "<svg/onload=alert(1)>",
                                         "[a](<javascript:alert(1)>)",
                                         "<javascript:alert(1)>",
                                         "[a]: javascript:alert(1)\n\n[a]",
                                         "&lt;script&gt;",
                                         "<!-- --><script>x</script>"};
    static const char *const never[] = {
        "<script", "<img", "<svg", "href=\"javascript:", "href=\"JaVa", "href=\"data:", "href=\"vbscript:", "evil.example"};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (size_t k = 0; k < sizeof never / sizeof *never; k++)
            ck_assert_msg(!strstr(html(a, inputs[i]), never[k]), "%s gave %s", inputs[i], html(a, inputs[i]));
}
END_TEST

START_TEST(bidi_and_controls_are_taken_out)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ck_assert_str_eq(html(a, "a\xE2\x80\xAE"
                             "b\xE2\x81\xA6"
                             "c\x07"
                             "d\xC2\x85"
                             "e\tf"),
                     "<p>abcde\tf</p>\n");
}
END_TEST

START_TEST(much_text_takes_little_time)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    static const char *const units[] = {
        "> ",  "- ",    "* a\n", "[",    "![](",  "`",   "**a ", "| a | b |\n|---|---|\n", "&#x41;", "<a ", "||||||", "a|b\n-|-\nc\n",
        "#\n", "[](a)", "<a:b>", "- - ", "***\n", "*a*", "1) "};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        ch_buf b = {0};
        while (b.n < 20000) ch_buf_put(&b, ch_str_of(units[i]));
        ch_str out = ch_markdown_html(a, ch_buf_str(&b));
        ck_assert_msg(out.n < 15 * b.n, "%s: %zu times", units[i], out.n / b.n);
        ch_buf_free(&b);
    }
}
END_TEST

START_TEST(short_rows_stay_small)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 20);
    ch_buf b = ch_buf_in(a);
    for (int i = 0; i < 20; i++) ch_buf_put(&b, CH_STR("|a"));
    ch_buf_char(&b, '\n');
    for (int i = 0; i < 20; i++) ch_buf_put(&b, CH_STR("|-"));
    for (int i = 0; i < 24000; i++) ch_buf_put(&b, CH_STR("\n|"));
    ch_str html = ch_markdown_html(a, ch_buf_str(&b));
    ck_assert_int_ge(ch_str_find(html, CH_STR("<tr><td></td><td colspan=\"19\"></td></tr>")), 0);
}
END_TEST

START_TEST(the_words_alone)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ck_assert_str_eq(ch_arena_z(a, ch_markdown_text(a, CH_STR("# A *b*\n\n- [c](https://x)\n- `d`\n"))), "A b\nc\nd");
}
END_TEST

START_TEST(a_chart_names_itself_and_escapes)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    const ch_point points[] = {{CH_STR_INIT("<b>"), 3}, {CH_STR_INIT("x"), 0}};
    const char *svg = ch_arena_z(a, ch_chart_bars(a, CH_STR("Title & more"), points, 2));
    ck_assert_ptr_nonnull(strstr(svg, "<title>Title &amp; more</title>"));
    ck_assert_ptr_nonnull(strstr(svg, "&lt;b&gt;"));
    ck_assert_ptr_null(strstr(svg, "style="));
}
END_TEST

UNIT_MAIN("markdown", ordinary_text, tables, hostile_text_is_harmless, bidi_and_controls_are_taken_out, much_text_takes_little_time,
          short_rows_stay_small, the_words_alone, a_chart_names_itself_and_escapes)
