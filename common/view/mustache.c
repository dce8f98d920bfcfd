/* Mustache after the public specification's core modules. A template is a flat array of nodes; a section knows where it ends. */
#include <stdio.h>
#include <stdlib.h>

#include "view/view.h"

enum { DEEPEST = 64, PATH_PARTS = 8 };

typedef enum node_kind { TEXT, VARIABLE, RAW, SECTION, INVERTED, CLOSE, PARTIAL } node_kind;
typedef struct node {
    node_kind kind;
    bool line_start; /* an indented partial puts its indentation here */
    ch_str text;     /* of TEXT; else the name */
    ch_str path[PATH_PARTS];
    size_t n_path, end; /* end: index behind a section's CLOSE */
    ch_str indent;
} node;

struct ch_template {
    node *nodes;
    size_t n, cap;
};

typedef struct named {
    ch_str name;
    ch_template *t;
    bool translated;
} named;
struct ch_view {
    ch_arena *arena;
    const ch_catalogue *words;
    named *p;
    size_t n, cap;
};

/* ---- parsing */

typedef struct parser {
    ch_arena *arena;
    ch_str text;
    size_t at;
    ch_str open, close;
    ch_template *t;
    size_t sections[DEEPEST];
    size_t depth;
    const char *why;
} parser;

static node *add(parser *p, node_kind kind, ch_str text)
{
    ch_template *t = p->t;
    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 32;
        node *grown = CH_NEW_N(p->arena, node, t->cap);
        if (t->n) memcpy(grown, t->nodes, t->n * sizeof *grown);
        t->nodes = grown;
    }
    node *n = &t->nodes[t->n++];
    *n = (node){.kind = kind, .text = text};
    return n;
}

static bool at_line_start(const parser *p, size_t i) { return i == 0 || p->text.p[i - 1] == '\n'; }

/* One node a line, so that an indented partial can indent each. */
static void add_text(parser *p, size_t from, size_t to)
{
    while (from < to) {
        const char *newline = memchr(p->text.p + from, '\n', to - from);
        size_t end = newline ? (size_t)(newline - p->text.p) + 1 : to;
        add(p, TEXT, (ch_str){p->text.p + from, end - from})->line_start = at_line_start(p, from);
        from = end;
    }
}

static void split_name(node *n)
{
    ch_str rest = n->text, part;
    if (ch_str_is(n->text, ".")) return;
    while (n->n_path < PATH_PARTS && ch_str_split(&rest, '.', &part)) n->path[n->n_path++] = part;
}

static void open_section(parser *p, node_kind kind, ch_str name, bool line_start)
{
    if (p->depth == DEEPEST) {
        p->why = "sections too deep";
        return;
    }
    p->sections[p->depth++] = p->t->n;
    node *n = add(p, kind, name);
    n->line_start = line_start;
    split_name(n);
}

static void close_section(parser *p, ch_str name)
{
    if (!p->depth || !ch_str_eq(p->t->nodes[p->sections[p->depth - 1]].text, name)) {
        p->why = "a section closed that was not open";
        return;
    }
    add(p, CLOSE, name);
    p->t->nodes[p->sections[--p->depth]].end = p->t->n;
}

static void set_delimiters(parser *p, ch_str inside)
{
    ch_str text = ch_str_trim(inside);
    ptrdiff_t space = ch_str_index(text, ' ');
    if (space <= 0) {
        p->why = "delimiters";
        return;
    }
    p->open = ch_str_first(text, (size_t)space);
    p->close = ch_str_trim(ch_str_cut(text, (size_t)space));
}

/* A tag that may stand alone takes its line's white space and line end with it. */
static bool standalone(const parser *p, size_t tag, size_t end, size_t *line, size_t *next)
{
    size_t from = tag, to = end;
    while (from > p->at && (p->text.p[from - 1] == ' ' || p->text.p[from - 1] == '\t')) from--;
    if (!at_line_start(p, from)) return false;
    while (to < p->text.n && (p->text.p[to] == ' ' || p->text.p[to] == '\t')) to++;
    if (to + 1 < p->text.n && p->text.p[to] == '\r' && p->text.p[to + 1] == '\n') to++;
    if (to < p->text.n && p->text.p[to] != '\n') return false;
    *line = from;
    *next = to < p->text.n ? to + 1 : to;
    return true;
}

static void add_tag(parser *p, char kind, ch_str name, bool line_start, ch_str indent)
{
    node *n;
    if ((kind == '#' || kind == '/') && ch_str_is(name, "_")) return; /* the translators' mark: see translated() */
    switch (kind) {
    case '#': open_section(p, SECTION, name, line_start); break;
    case '^': open_section(p, INVERTED, name, line_start); break;
    case '/': close_section(p, name); break;
    case '>':
        n = add(p, PARTIAL, name);
        n->indent = indent;
        n->line_start = line_start;
        break;
    case '!': break;
    case '{':
    case '&':
    default:
        n = add(p, kind == '{' || kind == '&' ? RAW : VARIABLE, name);
        n->line_start = line_start;
        split_name(n);
    }
}

/* One tag; p->at is behind it then. False: no more. */
static bool parse_tag(parser *p)
{
    ptrdiff_t found = ch_str_find(ch_str_cut(p->text, p->at), p->open);
    if (found < 0) return false;
    size_t tag = p->at + (size_t)found, inner = tag + p->open.n;
    char kind = inner < p->text.n ? p->text.p[inner] : 0;
    ch_str until = p->close;
    if (kind == '{') until = ch_arena_printf(p->arena, "}%.*s", CH_ARG(p->close));
    if (kind == '=') until = ch_arena_printf(p->arena, "=%.*s", CH_ARG(p->close));
    bool typed = kind && strchr("#^/>!{&=", kind);
    if (typed) inner++;
    ptrdiff_t length = ch_str_find(ch_str_cut(p->text, inner), until);
    if (length < 0) {
        p->why = "a tag that does not end";
        return false;
    }
    ch_str inside = {p->text.p + inner, (size_t)length}, indent = CH_STR("");
    size_t end = inner + (size_t)length + until.n, line = tag, next = end;
    bool alone = typed && strchr("#^/>!=", kind) && standalone(p, tag, end, &line, &next);
    bool line_start = !alone && at_line_start(p, tag);
    if (alone && kind == '>') {
        indent = (ch_str){p->text.p + line, tag - line};
        line_start = false;
    }
    add_text(p, p->at, line);
    if (kind == '=') set_delimiters(p, inside);
    else add_tag(p, typed ? kind : 0, ch_str_trim(inside), line_start, indent);
    p->at = next;
    return !p->why;
}

ch_template *ch_template_parse(ch_arena *a, ch_str text, const char **why)
{
    parser p = {.arena = a, .text = text, .open = CH_STR("{{"), .close = CH_STR("}}"), .t = CH_NEW(a, ch_template)};
    while (parse_tag(&p)) continue;
    if (!p.why && p.depth) p.why = "a section that does not end";
    add_text(&p, p.at, text.n);
    *why = p.why;
    return p.why ? NULL : p.t;
}

/* ---- rendering */

typedef struct renderer {
    const ch_view *view;
    const ch_catalogue *words;
    ch_buf *out;
    ch_value stack[DEEPEST];
    size_t depth, partials;
    ch_str indent;
} renderer;

static const named *find_named(const ch_view *v, ch_str name)
{
    for (size_t i = 0; v && i < v->n; i++)
        if (ch_str_eq(name, v->p[i].name)) return &v->p[i];
    return NULL;
}

static const ch_template *find_template(const ch_view *v, ch_str name)
{
    const named *found = find_named(v, name);
    return found ? found->t : NULL;
}

/* The first part through the stack, innermost first; the rest within it. */
static ch_value look_up(const renderer *r, const node *n)
{
    ch_value v = {0};
    if (!n->n_path) return r->stack[r->depth - 1];
    for (size_t i = r->depth; i-- > 0 && v.kind == CH_V_NONE;) v = ch_value_get(r->stack[i], n->path[0]);
    for (size_t i = 1; i < n->n_path && v.kind != CH_V_NONE; i++) v = ch_value_get(v, n->path[i]);
    return v;
}

static void put_value(renderer *r, ch_value v, bool raw)
{
    if (v.kind == CH_V_STR || (v.kind == CH_V_HTML && !raw)) {
        ch_put_html(r->out, v.s);
        return;
    }
    /* Numbers and times need no escape, and only our own HTML goes out as it is. */
    if (v.kind == CH_V_TEXT) ch_put_html(r->out, ch_gettext_str(r->words, v.s));
    else ch_value_text(r->out, v, r->words);
}

static void render(renderer *r, const ch_template *t, size_t from, size_t to);

static void render_with(renderer *r, const ch_template *t, size_t from, size_t to, ch_value v)
{
    if (r->depth == DEEPEST) return;
    r->stack[r->depth++] = v;
    render(r, t, from, to);
    r->depth--;
}

static void render_section(renderer *r, const ch_template *t, size_t at)
{
    const node *n = &t->nodes[at];
    ch_value v = look_up(r, n);
    if (!ch_value_truthy(v)) return;
    if (v.kind != CH_V_LIST && v.kind != CH_V_VALUES) render_with(r, t, at + 1, n->end - 1, v);
    else
        for (size_t i = 0; i < v.n; i++) render_with(r, t, at + 1, n->end - 1, ch_value_at(v, i));
}

static void render_partial(renderer *r, const node *n)
{
    const ch_template *t = find_template(r->view, n->text);
    ch_str before = r->indent;
    char joined[256];
    if (!t || r->partials == DEEPEST) return;
    if (n->indent.n && n->indent.n + before.n < sizeof joined) {
        memcpy(joined, before.p, before.n);
        memcpy(joined + before.n, n->indent.p, n->indent.n);
        r->indent = (ch_str){joined, before.n + n->indent.n};
    }
    r->partials++;
    render(r, t, 0, t->n);
    r->partials--;
    r->indent = before;
}

static void render(renderer *r, const ch_template *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const node *n = &t->nodes[i];
        if (n->line_start && r->indent.n) ch_buf_put(r->out, r->indent);
        switch (n->kind) {
        case TEXT: ch_buf_put(r->out, n->text); break;
        case VARIABLE: put_value(r, look_up(r, n), false); break;
        case RAW: put_value(r, look_up(r, n), true); break;
        case SECTION:
            render_section(r, t, i);
            i = n->end - 1;
            break;
        case INVERTED:
            if (!ch_value_truthy(look_up(r, n))) render(r, t, i + 1, n->end - 1);
            i = n->end - 1;
            break;
        case PARTIAL: render_partial(r, n); break;
        case CLOSE: break;
        }
    }
}

void ch_template_render(const ch_template *t, const ch_view *partials, ch_buf *out, ch_value context)
{
    renderer r = {.view = partials, .words = partials ? partials->words : NULL, .out = out, .stack = {context}, .depth = 1, .indent = {"", 0}};
    render(&r, t, 0, t->n);
}

/* ---- the set of templates */

extern const ch_embedded view_templates[];

ch_view *ch_view_new(void) { return ch_view_in(NULL); }

ch_view *ch_view_in(const ch_catalogue *words)
{
    ch_view *v = calloc(1, sizeof *v);
    if (!v) abort();
    v->arena = ch_arena_new(64 << 10);
    v->words = words;
    const char *mistake = ch_view_add(v, view_templates);
    if (mistake) {
        fprintf(stderr, "%s\n", mistake);
        abort(); /* our own, tested templates */
    }
    return v;
}

static named *put_named(ch_view *v, ch_str name, ch_template *t)
{
    for (size_t i = 0; i < v->n; i++)
        if (ch_str_eq(v->p[i].name, name)) {
            v->p[i].t = t;
            return &v->p[i];
        }
    if (v->n == v->cap) {
        v->cap = v->cap ? 2 * v->cap : 64;
        named *grown = CH_NEW_N(v->arena, named, v->cap);
        if (v->n) memcpy(grown, v->p, v->n * sizeof *grown);
        v->p = grown;
    }
    v->p[v->n] = (named){name, t, true};
    return &v->p[v->n++];
}

/* The source with the language's texts where the English ones stand, as far as there are any. */
static ch_str translated(const ch_view *v, ch_str source, bool *all)
{
    const ch_str open = CH_STR("{{#_}}"), close = CH_STR("{{/_}}");
    ch_buf b = ch_buf_in(v->arena);
    ptrdiff_t at, length;
    while ((at = ch_str_find(source, open)) >= 0 && (length = ch_str_find(ch_str_cut(source, (size_t)at), close)) >= 0) {
        ch_str english = {source.p + at + open.n, (size_t)length - open.n};
        ch_buf_put(&b, ch_str_first(source, (size_t)at));
        ch_buf_put(&b, ch_gettext_str(v->words, english));
        *all &= ch_catalogue_has(v->words, english);
        source = ch_str_cut(source, (size_t)(at + length) + close.n);
    }
    ch_buf_put(&b, source);
    return ch_buf_str(&b);
}

static bool partials_translated(const ch_view *v, const ch_template *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const named *partial = t->nodes[i].kind == PARTIAL ? find_named(v, t->nodes[i].text) : NULL;
        if (partial && !partial->translated) return false;
    }
    return true;
}

/* A template is as translated as its partials: until nothing changes any more. */
static void settle(ch_view *v)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < v->n; i++)
            if (v->p[i].translated && !partials_translated(v, v->p[i].t)) {
                v->p[i].translated = false;
                changed = true;
            }
    }
}

bool ch_view_speaks(const ch_view *v, const char *name)
{
    const named *found = find_named(v, ch_str_of(name));
    return found && found->translated;
}

const char *ch_view_add(ch_view *v, const ch_embedded *templates)
{
    for (; templates && templates->name; templates++) {
        const char *why;
        bool all = true;
        ch_str source = v->words ? translated(v, templates->text, &all) : templates->text;
        ch_template *t = ch_template_parse(v->arena, source, &why);
        if (!t) return ch_arena_printf(v->arena, "template %s: %s", templates->name, why).p;
        put_named(v, ch_str_of(templates->name), t)->translated = all;
    }
    settle(v);
    return NULL;
}

ch_err ch_view_render(const ch_view *v, ch_buf *out, const char *name, ch_value context)
{
    const ch_template *t = find_template(v, ch_str_of(name));
    if (!t) return CH_NOT_FOUND;
    ch_template_render(t, v, out, context);
    return CH_OK;
}

void ch_view_free(ch_view *v)
{
    ch_arena_free(v->arena);
    free(v);
}
