#include "base/catalogue.h"

enum { HEADER = 28, ENTRIES_MOST = 100000, FORMS_MOST = 6, EXPRESSION_MOST = 500, PROVED = 200 };
static const uint32_t magic = 0x950412de, magic_swapped = 0xde120495;

/* Strings of the file; both end with a NUL there. A plural's id is "one\0many", its text all forms with NULs between. */
typedef struct entry {
    ch_str id, text;
    bool is_plural;
} entry;

struct ch_catalogue {
    ch_str mo;
    bool swapped;
    entry *p;
    size_t n, n_refused;
    const char **refused; /* ended by NULL */
    ch_str plural;        /* the expression */
    uint64_t forms;
};

/* ---- the file: magic, revision, how many, where the ids' and the texts' (length, offset) pairs are */

static uint32_t word_at(const ch_catalogue *c, size_t at)
{
    uint32_t word;
    memcpy(&word, c->mo.p + at, sizeof word);
    return c->swapped ? __builtin_bswap32(word) : word;
}

/* The i-th string of a table of pairs. False: it is not within the file, or does not end. */
static bool string_at(const ch_catalogue *c, uint64_t table, uint32_t i, ch_str *out)
{
    uint64_t at = table + 8ull * i;
    if (at + 8 > c->mo.n) return false;
    uint64_t length = word_at(c, (size_t)at), offset = word_at(c, (size_t)at + 4);
    if (offset + length >= c->mo.n || c->mo.p[offset + length]) return false;
    *out = (ch_str){c->mo.p + offset, (size_t)length};
    return true;
}

static ch_str first_of(ch_str s) { return (ch_str){s.p, strlen(s.p)}; } /* all of them end with a NUL */

static ch_str form_of(ch_str text, uint64_t form)
{
    while (form-- && text.n) text = ch_str_cut(text, first_of(text).n + 1);
    return text.n ? first_of(text) : (ch_str){"", 0};
}

/* ---- placeholders */

static bool is_in(char c, const char *set) { return c && strchr(set, c) != NULL; }

/* "%02d", "%.*s", "%1$llu"; what printf would not know is one too, so that none is ever new. */
static size_t directive(ch_str s)
{
    size_t i = 1;
    while (i < s.n && is_in(s.p[i], " -+#0'123456789.*$I")) i++;
    while (i < s.n && is_in(s.p[i], "hlqjztL")) i++;
    return i < s.n ? i + 1 : i;
}

static size_t until(ch_str s, const char *close)
{
    ptrdiff_t at = ch_str_find(s, ch_str_of(close));
    return at < 0 ? 0 : (size_t)at + strlen(close);
}

/* Takes text up to and with the next placeholder off the front; false: no more. */
static bool next_placeholder(ch_str *rest, ch_str *out)
{
    while (rest->n) {
        size_t n = 0;
        if (ch_str_starts(*rest, CH_STR("%%"))) *rest = ch_str_cut(*rest, 1); /* a percent sign */
        else if (rest->p[0] == '%') n = directive(*rest);
        else if (ch_str_starts(*rest, CH_STR("{{"))) n = until(*rest, "}}");
        else if (rest->p[0] == '<') n = until(*rest, ">");
        *out = ch_str_first(*rest, n);
        *rest = ch_str_cut(*rest, n ? n : 1);
        if (n) return true;
    }
    return false;
}

static bool fits(ch_str english, ch_str text)
{
    ch_str wanted, got;
    while (next_placeholder(&english, &wanted))
        if (!next_placeholder(&text, &got) || !ch_str_eq(wanted, got)) return false;
    return !next_placeholder(&text, &got);
}

static bool is_fine(const ch_catalogue *c, const entry *e)
{
    ch_str english = first_of(e->id);
    if (!e->is_plural) return e->text.n && ch_utf8_valid(e->text) && fits(english, e->text);
    for (uint64_t form = 0; form < c->forms; form++) {
        ch_str text = form_of(e->text, form);
        if (!text.n || !ch_utf8_valid(text) || !fits(english, text)) return false;
    }
    return fits(english, form_of(e->id, 1));
}

/* ---- the header entry */

/* "nplurals=6; plural=(n==0) ? 0 : …;" */
static bool read_plural(ch_catalogue *c, ch_str line)
{
    ch_str rest = line, part;
    int64_t forms;
    uint64_t form;
    if (!ch_str_split(&rest, ';', &part)) return false;
    part = ch_str_trim(part);
    if (!ch_str_starts(part, CH_STR("nplurals=")) || !ch_str_int(ch_str_cut(part, 9), &forms) || forms < 1 || forms > FORMS_MOST) return false;
    if (!rest.n || !ch_str_split(&rest, ';', &part)) return false;
    part = ch_str_trim(part);
    if (!ch_str_starts(part, CH_STR("plural="))) return false;
    c->forms = (uint64_t)forms;
    c->plural = ch_str_cut(part, 7);
    if (c->plural.n > EXPRESSION_MOST) return false;
    for (uint64_t n = 0; n <= PROVED; n++)
        if (!ch_plural_form(c->plural, n, &form) || form >= c->forms) return false;
    return true;
}

static const char *read_header(ch_catalogue *c, ch_str header)
{
    bool utf8 = false;
    c->forms = 2;
    c->plural = CH_STR("n != 1");
    for (ch_str line; header.n && ch_str_split(&header, '\n', &line);) {
        if (ch_str_starts(line, CH_STR("Content-Type:"))) utf8 = ch_str_ends(ch_str_trim(line), CH_STR("charset=UTF-8"));
        if (ch_str_starts(line, CH_STR("Plural-Forms:")) && !read_plural(c, ch_str_cut(line, 13))) return "its Plural-Forms";
    }
    return utf8 ? NULL : "its texts are not in UTF-8";
}

/* ---- reading */

static void keep(ch_catalogue *c, entry e)
{
    if (!e.id.n) return; /* the header */
    if (is_fine(c, &e)) c->p[c->n++] = e;
    else c->refused[c->n_refused++] = e.id.p;
}

/* Ids ascend strictly in the file, so that they can be searched by halves; the empty one, the header, comes first. */
static const char *read_entries(ch_catalogue *c, uint32_t count, uint32_t ids, uint32_t texts)
{
    ch_str before = {"", 0};
    for (uint32_t i = 0; i < count; i++) {
        entry e = {0};
        if (!string_at(c, ids, i, &e.id) || !string_at(c, texts, i, &e.text)) return "a string outside the file";
        e.is_plural = first_of(e.id).n < e.id.n;
        if (i == 0 && e.id.n) return "it has no header";
        if (i == 0) {
            const char *why = read_header(c, e.text);
            if (why) return why;
        } else if (ch_str_cmp(before, first_of(e.id)) >= 0) return "its ids are not in order";
        before = first_of(e.id);
        keep(c, e);
    }
    return count ? NULL : "it has no header";
}

ch_catalogue *ch_catalogue_read(ch_arena *a, ch_str mo, const char **why)
{
    ch_catalogue *c = CH_NEW(a, ch_catalogue);
    c->mo = mo;
    *why = "not a .mo file";
    if (mo.n < HEADER) return NULL;
    uint32_t first = word_at(c, 0);
    c->swapped = first == magic_swapped;
    uint32_t count = word_at(c, 8);
    if ((first != magic && !c->swapped) || word_at(c, 4) >> 16 > 1 || count > ENTRIES_MOST || count > mo.n / 16) return NULL;
    c->p = CH_NEW_N(a, entry, count + 1);
    c->refused = CH_NEW_N(a, const char *, count + 1);
    *why = read_entries(c, count, word_at(c, 12), word_at(c, 16));
    return *why ? NULL : c;
}

size_t ch_catalogue_size(const ch_catalogue *c) { return c->n; }

const char *ch_catalogue_refused(const ch_catalogue *c, size_t i) { return i < c->n_refused ? c->refused[i] : NULL; }

/* ---- looking up */

static const entry *find(const ch_catalogue *c, ch_str english)
{
    size_t from = 0, to = c ? c->n : 0;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = ch_str_cmp(english, first_of(c->p[middle].id));
        if (order == 0) return &c->p[middle];
        if (order < 0) to = middle;
        else from = middle + 1;
    }
    return NULL;
}

bool ch_catalogue_has(const ch_catalogue *c, ch_str english) { return find(c, english) != NULL; }

ch_str ch_gettext_str(const ch_catalogue *c, ch_str english)
{
    const entry *e = find(c, english);
    return e ? first_of(e->text) : english;
}

const char *ch_gettext(const ch_catalogue *c, const char *english) { return c ? ch_gettext_str(c, ch_str_of(english)).p : english; }

const char *ch_ngettext(const ch_catalogue *c, const char *one, const char *many, uint64_t n)
{
    uint64_t form;
    const entry *e = find(c, ch_str_of(one));
    bool known = e && e->is_plural && ch_plural_form(c->plural, n, &form) && form < c->forms;
    return known ? form_of(e->text, form).p : n == 1 ? one : many;
}
