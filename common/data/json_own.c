/*
 * The JSON that our own writer made, read straight into the struct that a table describes: no tree between, and strings without
 * escapes stay where they are. A page of results reads twenty of these, and each signed-in request its session.
 */
#include "data/json.h"

enum { DEEPEST = 32, ITEMS_MOST = 1000 };

typedef struct scan {
    ch_arena *arena;
    const char *at, *end;
    int depth;
} scan;

static void skip_space(scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n')) s->at++;
}

static bool take(scan *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c) return false;
    s->at++;
    return true;
}

static bool take_word(scan *s, ch_str word)
{
    if ((size_t)(s->end - s->at) < word.n || memcmp(s->at, word.p, word.n) != 0) return false;
    s->at += word.n;
    return true;
}

/* ---- strings */

static bool take_hex(scan *s, uint32_t *out)
{
    *out = 0;
    if (s->end - s->at < 4) return false;
    for (int i = 0; i < 4; i++) {
        char c = *s->at++, low = (char)(c | 0x20);
        if (c >= '0' && c <= '9') *out = *out << 4 | (uint32_t)(c - '0');
        else if (low >= 'a' && low <= 'f') *out = *out << 4 | (uint32_t)(low - 'a' + 10);
        else return false;
    }
    return true;
}

static void put_utf8(ch_buf *b, uint32_t c)
{
    if (c < 0x80) {
        ch_buf_char(b, (char)c);
        return;
    }
    if (c < 0x800) ch_buf_char(b, (char)(0xC0 | c >> 6));
    else {
        if (c < 0x10000) ch_buf_char(b, (char)(0xE0 | c >> 12));
        else {
            ch_buf_char(b, (char)(0xF0 | c >> 18));
            ch_buf_char(b, (char)(0x80 | (c >> 12 & 0x3F)));
        }
        ch_buf_char(b, (char)(0x80 | (c >> 6 & 0x3F)));
    }
    ch_buf_char(b, (char)(0x80 | (c & 0x3F)));
}

/* Behind "\u": one character, of two halves where it is beyond the first plane. */
static bool take_unicode(scan *s, ch_buf *out)
{
    uint32_t c, low;
    if (!take_hex(s, &c) || c == 0 || (c >= 0xDC00 && c <= 0xDFFF)) return false;
    if (c >= 0xD800 && c <= 0xDBFF) {
        if (!take_word(s, CH_STR("\\u")) || !take_hex(s, &low) || low < 0xDC00 || low > 0xDFFF) return false;
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    put_utf8(out, c);
    return true;
}

static bool take_escape(scan *s, ch_buf *out)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = *s->at++;
    if (c == 'u') return take_unicode(s, out);
    const char *at = c ? strchr(names, c) : NULL;
    if (at) ch_buf_char(out, meant[at - names]);
    return at != NULL;
}

static bool take_escaped(scan *s, ch_str *out)
{
    ch_buf b = ch_buf_in(s->arena);
    while (s->at < s->end && *s->at != '"') {
        const char *from = s->at;
        while (s->at < s->end && *s->at != '"' && *s->at != '\\') s->at++;
        ch_buf_put(&b, (ch_str){from, (size_t)(s->at - from)});
        if (s->at < s->end && *s->at == '\\' && (++s->at == s->end || !take_escape(s, &b))) return false;
    }
    *out = ch_buf_str(&b);
    return s->at++ < s->end;
}

static bool take_string(scan *s, ch_str *out)
{
    if (!take(s, '"')) return false;
    const char *quote = memchr(s->at, '"', (size_t)(s->end - s->at));
    if (!quote) return false;
    if (memchr(s->at, '\\', (size_t)(quote - s->at))) return take_escaped(s, out);
    *out = (ch_str){s->at, (size_t)(quote - s->at)};
    s->at = quote + 1;
    return true;
}

/* ---- values */

static ch_str take_number(scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && ((*s->at >= '0' && *s->at <= '9') || strchr("+-.eE", *s->at))) s->at++;
    return (ch_str){from, (size_t)(s->at - from)};
}

static bool skip_value(scan *s);

/* A list or an object whose `item` reads one of it; false where it is none. */
static bool each_item(scan *s, char open, char close, bool (*item)(scan *s, void *arg), void *arg)
{
    if (!take(s, open) || s->depth == DEEPEST) return false;
    if (take(s, close)) return true;
    s->depth++;
    do
        if (!item(s, arg)) return false;
    while (take(s, ','));
    s->depth--;
    return take(s, close);
}

static bool skip_item(scan *s, void *unused)
{
    (void)unused;
    return skip_value(s);
}

static bool skip_member(scan *s, void *unused)
{
    ch_str key;
    (void)unused;
    return take_string(s, &key) && take(s, ':') && skip_value(s);
}

static bool skip_value(scan *s)
{
    ch_str text;
    double number;
    skip_space(s);
    if (s->at == s->end) return false;
    if (*s->at == '"') return take_string(s, &text);
    if (*s->at == '{') return each_item(s, '{', '}', skip_member, NULL);
    if (*s->at == '[') return each_item(s, '[', ']', skip_item, NULL);
    return take_word(s, CH_STR("true")) || take_word(s, CH_STR("false")) || take_word(s, CH_STR("null")) || ch_str_double(take_number(s), &number);
}

static bool read_str(scan *s, const ch_field *field, ch_str *out)
{
    ch_str text;
    if (!take_string(s, &text)) return false;
    *out = field->flags & CH_PASSWORD ? text : ch_str_trim(text);
    return true;
}

static bool read_object(scan *s, const ch_table *t, void *out);

typedef struct items {
    const ch_field *field;
    ch_list *list;
    size_t cap;
} items;

static bool read_item(scan *s, void *arg)
{
    items *in = arg;
    ch_list *list = in->list;
    size_t size = in->field->type == CH_F_LIST ? in->field->of->size : sizeof(ch_str);
    if (list->n == ITEMS_MOST) return false;
    if (list->n == in->cap) {
        in->cap = in->cap ? 2 * in->cap : 4;
        void *grown = ch_arena_alloc_n(s->arena, size, in->cap);
        if (list->n) memcpy(grown, list->p, list->n * size);
        list->p = grown;
    }
    void *item = (char *)list->p + list->n++ * size;
    return in->field->type == CH_F_LIST ? read_object(s, in->field->of, item) : read_str(s, in->field, item);
}

static bool read_value(scan *s, const ch_field *field, void *m)
{
    ch_str text;
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT: return read_str(s, field, m);
    case CH_F_INT: return ch_str_int(take_number(s), m);
    case CH_F_DOUBLE: return ch_str_double(take_number(s), m);
    case CH_F_BOOL: return (*(bool *)m = take_word(s, CH_STR("true"))) || take_word(s, CH_STR("false"));
    case CH_F_TIME: return take_string(s, &text) && ch_time_parse(text, m);
    case CH_F_STRUCT: return read_object(s, field->of, m);
    case CH_F_LIST:
    case CH_F_STRS: return each_item(s, '[', ']', read_item, &(items){field, m, 0});
    default: return false;
    }
}

typedef struct members {
    const ch_table *table;
    void *out;
    size_t expected; /* the field that stands next in the table, as our writer goes by it */
    uint64_t had;
} members;

static const ch_field *field_of(members *in, ch_str key)
{
    const ch_table *t = in->table;
    const ch_field *field = in->expected < t->n && ch_str_is(key, t->fields[in->expected].name) ? &t->fields[in->expected] : ch_field_named(t, key);
    if (field) in->expected = (size_t)(field - t->fields) + 1;
    return field && !(field->flags & (CH_STORED_ONLY | CH_DERIVED)) ? field : NULL;
}

static bool read_member(scan *s, void *arg)
{
    members *in = arg;
    ch_presence *seen = in->out;
    ch_str key;
    if (!take_string(s, &key) || !take(s, ':')) return false;
    const ch_field *field = field_of(in, key);
    if (!field) return skip_value(s);
    uint64_t bit = 1ull << (field - in->table->fields);
    if (in->had & bit) return false; /* twice */
    in->had |= bit;
    seen->given |= bit;
    skip_space(s);
    if (!take_word(s, CH_STR("null"))) return read_value(s, field, ch_member(in->out, field));
    seen->null |= bit;
    return true;
}

static bool read_object(scan *s, const ch_table *t, void *out) { return each_item(s, '{', '}', read_member, &(members){t, out, 0, 0}); }

bool ch_json_read_own(ch_arena *a, ch_str text, const ch_table *t, void *out)
{
    scan s = {a, text.p, text.p + text.n, 0};
    if (!ch_utf8_valid(text) || !read_object(&s, t, out)) return false;
    skip_space(&s);
    return s.at == s.end;
}
