/* What somebody writes as a description: whatever it is, what comes out cannot run anything. */
#include "thing.h"
#include "view/markdown.h"

/* The start of every tag is one of ours. */
static void tags_are_ours(ch_str html)
{
    static const char *const ours[] = {"p",          "h2",    "h3",    "h4",    "h5", "h6", "ul", "ol", "li", "a",   "em",   "strong", "code", "pre",
                                       "blockquote", "table", "thead", "tbody", "tr", "th", "td", "br", "hr", "div", "span", "del",    NULL};
    for (size_t i = 0; i < html.n; i++) {
        if (html.p[i] != '<') continue;
        size_t at = i + 1 + (i + 1 < html.n && html.p[i + 1] == '/'), n = 0;
        if (at < html.n && html.p[at] == '!') { /* cmark says what it left out */
            must(ch_str_starts(ch_str_cut(html, i), CH_STR("<!-- raw HTML omitted -->")));
            continue;
        }
        while (at + n < html.n && ((html.p[at + n] >= 'a' && html.p[at + n] <= 'z') || (html.p[at + n] >= '0' && html.p[at + n] <= '9'))) n++;
        bool known = false;
        for (int k = 0; ours[k]; k++) known |= ch_str_is((ch_str){html.p + at, n}, ours[k]);
        must(known);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(16384);
    ch_str text = {(const char *)data, size}, html = ch_markdown_html(a, text);
    tags_are_ours(html);
    must(ch_str_find(html, CH_STR("href=\"javascript:")) < 0);
    /* Taken out character by character: of bytes that are none, which no field lets in, the rest may join to one. */
    must(!ch_utf8_valid(text) || ch_str_find(html, CH_STR("\xE2\x80\xAE")) < 0);
    ch_markdown_text(a, (ch_str){(const char *)data, size});
    return 0;
}
