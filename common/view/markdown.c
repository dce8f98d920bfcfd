#include "view/markdown.h"

#include <cmark.h>
#include <stdlib.h>

enum { OPTIONS = CMARK_OPT_VALIDATE_UTF8, COLUMNS_MAX = 20, TABLES_MAX = 50 };

/* ---- the tree */

/* The level of the text's own highest heading, whichever the writer began with. */
static int highest_level(cmark_node *root)
{
    cmark_iter *it = cmark_iter_new(root);
    int highest = 6;
    for (cmark_event_type e; (e = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(it);
        if (e == CMARK_EVENT_ENTER && cmark_node_get_type(n) == CMARK_NODE_HEADING && cmark_node_get_heading_level(n) < highest)
            highest = cmark_node_get_heading_level(n);
    }
    cmark_iter_free(it);
    return highest;
}

/* A picture would be fetched from somebody else: its text stays. Headings stand below the page's own h1 and h2, without a gap to them. */
static void tame(cmark_node *root)
{
    const int down = 3 - highest_level(root);
    cmark_iter *it = cmark_iter_new(root);
    for (cmark_event_type e; (e = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(it);
        if (e == CMARK_EVENT_ENTER && cmark_node_get_type(n) == CMARK_NODE_HEADING) {
            int level = cmark_node_get_heading_level(n) + down;
            cmark_node_set_heading_level(n, level > 6 ? 6 : level);
        }
        if (e != CMARK_EVENT_EXIT || cmark_node_get_type(n) != CMARK_NODE_IMAGE) continue;
        for (cmark_node *child; (child = cmark_node_first_child(n));) cmark_node_insert_before(n, child);
        cmark_node_free(n);
    }
    cmark_iter_free(it);
}

/* Where a link leads is its writer's business, not ours. */
static void put_links_unfollowed(ch_buf *b, ch_str html)
{
    const ch_str from = CH_STR("<a href=");
    for (ptrdiff_t at; (at = ch_str_find(html, from)) >= 0; html = ch_str_cut(html, (size_t)at + from.n)) {
        ch_buf_put(b, ch_str_first(html, (size_t)at));
        ch_buf_put(b, CH_STR("<a rel=\"nofollow noopener\" href="));
    }
    ch_buf_put(b, html);
}

/* cmark leaves raw HTML and dangerous links out unless told otherwise. */
static void put_markdown(ch_buf *b, ch_str text)
{
    cmark_node *root = cmark_parse_document(text.p, text.n, OPTIONS);
    tame(root);
    char *html = cmark_render_html(root, OPTIONS);
    put_links_unfollowed(b, ch_str_of(html));
    free(html);
    cmark_node_free(root);
}

/* ---- tables (cmark has none): a header line, a line of dashes, rows */

static bool next_line(ch_str *rest, ch_str *line) { return ch_str_split(rest, '\n', line); }

static size_t split_cells(ch_str line, ch_str *cells)
{
    ch_str rest = ch_str_trim(line), cell;
    size_t n = 0;
    if (rest.n && rest.p[0] == '|') rest = ch_str_cut(rest, 1);
    if (rest.n && rest.p[rest.n - 1] == '|') rest.n--;
    while (n < COLUMNS_MAX && ch_str_split(&rest, '|', &cell)) cells[n++] = ch_str_trim(cell);
    return n;
}

static bool is_dashes(ch_str cell)
{
    size_t dashes = 0;
    for (size_t i = 0; i < cell.n; i++) {
        bool edge = i == 0 || i + 1 == cell.n;
        if (cell.p[i] == '-') dashes++;
        else if (cell.p[i] != ':' || !edge) return false;
    }
    return dashes > 0;
}

static bool is_table_head(ch_str line, ch_str below)
{
    ch_str head[COLUMNS_MAX], dashes[COLUMNS_MAX];
    if (ch_str_index(line, '|') < 0 || ch_str_index(below, '-') < 0) return false;
    size_t n = split_cells(below, dashes);
    if (n != split_cells(line, head) || (n == 1 && ch_str_index(below, '|') < 0)) return false;
    for (size_t i = 0; i < n; i++)
        if (!is_dashes(dashes[i])) return false;
    return n > 0;
}

/* A cell's inline Markdown: the paragraph that cmark makes of it, without its tags. */
static void put_cell(ch_buf *b, ch_str cell)
{
    ch_buf html = {0};
    put_markdown(&html, cell);
    ch_str s = ch_str_trim(ch_buf_str(&html)), open = CH_STR("<p>"), close = CH_STR("</p>");
    if (ch_str_starts(s, open) && ch_str_ends(s, close)) s = (ch_str){s.p + open.n, s.n - open.n - close.n};
    ch_buf_put(b, s);
    ch_buf_free(&html);
}

/* Cells that a row lacks are one: lines of a byte or two must not become many times as much. */
static void put_row(ch_buf *b, ch_str line, const char *cell_open, const char *cell_close, size_t columns)
{
    ch_str cells[COLUMNS_MAX];
    size_t n = split_cells(line, cells);
    ch_buf_put(b, CH_STR("<tr>"));
    if (n > columns) n = columns;
    for (size_t i = 0; i < n; i++) {
        ch_buf_put(b, ch_str_of(cell_open));
        if (cells[i].n) put_cell(b, cells[i]);
        ch_buf_put(b, ch_str_of(cell_close));
    }
    if (n < columns) ch_buf_printf(b, "<td colspan=\"%zu\"></td>", columns - n);
    ch_buf_put(b, CH_STR("</tr>\n"));
}

/* Wide tables scroll in their own frame, which the keyboard can reach. */
static void put_table(ch_buf *b, ch_str head, ch_str *rest)
{
    ch_str cells[COLUMNS_MAX], line, before;
    size_t columns = split_cells(head, cells);
    ch_buf_put(b, CH_STR("<div class=\"ch-scroll\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"><table>\n<thead>"));
    put_row(b, head, "<th scope=\"col\">", "</th>", columns);
    ch_buf_put(b, CH_STR("</thead>\n<tbody>\n"));
    next_line(rest, &line);
    for (before = *rest; next_line(rest, &line) && ch_str_index(line, '|') >= 0; before = *rest) put_row(b, line, "<td>", "</td>", columns);
    *rest = before;
    ch_buf_put(b, CH_STR("</tbody>\n</table></div>\n"));
}

static bool is_fence(ch_str line)
{
    ch_str s = ch_str_trim(line);
    return ch_str_starts(s, CH_STR("```")) || ch_str_starts(s, CH_STR("~~~"));
}

ch_str ch_markdown_html(ch_arena *a, ch_str markdown)
{
    ch_str text = ch_utf8_tame(a, markdown), rest = text, line, start = text;
    ch_buf b = ch_buf_in(a);
    bool fenced = false;
    size_t tables = 0;
    for (ch_str here = rest; next_line(&rest, &line); here = rest) {
        ch_str peek = rest, below = CH_STR("");
        if (is_fence(line)) fenced = !fenced;
        if (!fenced && rest.p) next_line(&peek, &below);
        if (fenced || tables == TABLES_MAX || !is_table_head(line, below)) continue;
        tables++;
        put_markdown(&b, (ch_str){start.p, (size_t)(here.p - start.p)});
        put_table(&b, line, &rest);
        start = rest.p ? rest : (ch_str){text.p + text.n, 0};
        if (!rest.p) break;
    }
    put_markdown(&b, (ch_str){start.p, (size_t)(text.p + text.n - start.p)});
    return ch_buf_str(&b);
}

ch_str ch_markdown_text(ch_arena *a, ch_str markdown)
{
    ch_str text = ch_utf8_tame(a, markdown);
    ch_buf b = ch_buf_in(a);
    cmark_node *root = cmark_parse_document(text.p, text.n, OPTIONS);
    cmark_iter *it = cmark_iter_new(root);
    for (cmark_event_type e; (e = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(it);
        cmark_node_type type = cmark_node_get_type(n);
        const char *literal = type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK ? cmark_node_get_literal(n) : NULL;
        if (e == CMARK_EVENT_ENTER && literal) ch_buf_put(&b, ch_str_of(literal));
        if (e == CMARK_EVENT_ENTER && (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)) ch_buf_char(&b, ' ');
        if (e == CMARK_EVENT_EXIT && (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING)) ch_buf_char(&b, '\n');
    }
    cmark_iter_free(it);
    cmark_node_free(root);
    return ch_str_trim(ch_buf_str(&b));
}
