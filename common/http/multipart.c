/*
 * multipart/form-data as a stream (RFC 7578, RFC 2046 section 5.1): a window over the body in which the delimiter is looked for, so
 * that memory does not grow with the file.
 */
#include "http/exchange.h"

enum { WINDOW = 64 << 10, HEADERS_MAX = 8 << 10, PARTS_MAX = 50 };

struct ch_multipart {
    char *p;
    size_t at, end;   /* unread bytes of the window */
    size_t clear;     /* of these, the first so many are known to be the part's */
    ch_str delimiter; /* CRLF -- boundary */
    bool in_part, over, broken;
    int parts;
};

static bool fill(ch_exchange *x, struct ch_multipart *m)
{
    if (m->at) {
        memmove(m->p, m->p + m->at, m->end - m->at);
        m->end -= m->at;
        m->at = 0;
    }
    if (m->end == WINDOW) return false;
    int64_t n = ch_body_read(x, m->p + m->end, WINDOW - m->end);
    if (n < 0) m->broken = true;
    if (n <= 0) return false;
    m->end += (size_t)n;
    return true;
}

/* The boundary parameter of the content type, quoted or not. */
static ch_str boundary_of(const ch_call *call)
{
    ch_str rest = ch_header(call, "CONTENT_TYPE"), part;
    if (!ch_str_split(&rest, ';', &part) || !ch_str_eq_fold(ch_str_trim(part), CH_STR("multipart/form-data"))) return CH_STR("");
    while (ch_str_split(&rest, ';', &part)) {
        ch_str name = CH_STR("boundary="), value = ch_str_trim(part);
        if (value.n <= name.n || !ch_str_eq_fold(ch_str_first(value, name.n), name)) continue;
        value = ch_str_cut(value, name.n);
        if (value.n > 2 && value.p[0] == '"' && value.p[value.n - 1] == '"') value = (ch_str){value.p + 1, value.n - 2};
        return value.n <= 70 ? value : CH_STR("");
    }
    return CH_STR("");
}

static struct ch_multipart *begin(ch_exchange *x)
{
    ch_arena *a = x->call.arena;
    ch_str boundary = boundary_of(&x->call);
    if (!boundary.n) return NULL;
    struct ch_multipart *m = CH_NEW(a, struct ch_multipart);
    m->p = ch_arena_alloc(a, WINDOW);
    m->delimiter = ch_arena_printf(a, "\r\n--%.*s", CH_ARG(boundary));
    memcpy(m->p, "\r\n", 2); /* the first delimiter stands at the very start, without its line break */
    m->end = 2;
    x->multipart = m;
    return m;
}

static ch_str window(const struct ch_multipart *m) { return (ch_str){m->p + m->at, m->end - m->at}; }

/* Reads on until the window holds `what`; its position, or -1. */
static ptrdiff_t seek(ch_exchange *x, struct ch_multipart *m, ch_str what)
{
    for (;;) {
        ptrdiff_t found = ch_str_find(window(m), what);
        if (found >= 0) return found;
        if (m->end - m->at > HEADERS_MAX || !fill(x, m)) return -1;
    }
}

/* The value of a parameter of Content-Disposition; browsers escape " as %22. */
static ch_str parameter(ch_arena *a, ch_str line, const char *name)
{
    ch_str key = ch_arena_printf(a, "; %s=\"", name);
    ptrdiff_t at = ch_str_find(line, key);
    if (at < 0) return CH_STR("");
    ch_str value = ch_str_cut(line, (size_t)at + key.n);
    ptrdiff_t end = ch_str_index(value, '"');
    return end < 0 ? CH_STR("") : ch_arena_str(a, ch_str_first(value, (size_t)end));
}

static void read_headers(ch_arena *a, ch_str headers, ch_part *out)
{
    ch_str line;
    while (ch_str_split(&headers, '\n', &line)) {
        ch_str disposition = CH_STR("content-disposition:"), type = CH_STR("content-type:");
        line = ch_str_trim(line);
        if (line.n > disposition.n && ch_str_eq_fold(ch_str_first(line, disposition.n), disposition)) {
            out->name = parameter(a, line, "name");
            out->filename = parameter(a, line, "filename");
        } else if (line.n > type.n && ch_str_eq_fold(ch_str_first(line, type.n), type))
            out->content_type = ch_arena_str(a, ch_str_trim(ch_str_cut(line, type.n)));
    }
}

/* From the delimiter to the part's first byte. */
static ch_err open_part(ch_exchange *x, struct ch_multipart *m, ch_part *out)
{
    while (window(m).n < m->delimiter.n + 2)
        if (!fill(x, m)) return CH_MALFORMED;
    if (!ch_str_starts(window(m), m->delimiter)) return CH_MALFORMED;
    m->at += m->delimiter.n;
    if (ch_str_starts(window(m), CH_STR("--"))) {
        m->over = true;
        return CH_NOT_FOUND;
    }
    ptrdiff_t end = seek(x, m, CH_STR("\r\n\r\n"));
    if (end < 0 || ++m->parts > PARTS_MAX) return CH_MALFORMED;
    *out = (ch_part){CH_STR(""), CH_STR(""), CH_STR("")};
    read_headers(x->call.arena, ch_str_first(window(m), (size_t)end), out);
    m->at += (size_t)end + 4;
    m->in_part = true;
    return ch_utf8_valid(out->name) && ch_utf8_valid(out->filename) ? CH_OK : CH_MALFORMED;
}

ch_err ch_part_next(ch_call *call, ch_part *out)
{
    ch_exchange *x = call->x;
    struct ch_multipart *m = x->multipart ? x->multipart : begin(x);
    char rest[4096];
    if (!m) return CH_MALFORMED;
    if (m->over) return CH_NOT_FOUND;
    while (m->in_part)
        if (ch_part_read(call, rest, sizeof rest) < 0) return CH_MALFORMED;
    return open_part(x, m, out);
}

/* Makes sure that some bytes are known to be the part's; false at its end or when the body broke off. */
static bool look_ahead(ch_exchange *x, struct ch_multipart *m)
{
    /* What may be the beginning of a delimiter stays in the window until more is known. */
    while (window(m).n <= m->delimiter.n)
        if (!fill(x, m)) {
            m->broken = true;
            return false;
        }
    ptrdiff_t found = ch_str_find(window(m), m->delimiter);
    m->clear = found >= 0 ? (size_t)found : window(m).n - m->delimiter.n;
    if (m->clear == 0) m->in_part = false;
    return m->clear > 0;
}

int64_t ch_part_read(ch_call *call, void *p, size_t n)
{
    struct ch_multipart *m = call->x->multipart;
    if (!m || m->broken) return -1;
    if (!m->in_part || (!m->clear && !look_ahead(call->x, m))) return m->broken ? -1 : 0;
    size_t take = m->clear < n ? m->clear : n;
    memcpy(p, m->p + m->at, take);
    m->at += take;
    m->clear -= take;
    return (int64_t)take;
}

ch_err ch_part_text(ch_call *call, size_t most, ch_str *out)
{
    char *p = ch_arena_alloc(call->arena, most + 1);
    size_t n = 0;
    int64_t got;
    while ((got = ch_part_read(call, p + n, most + 1 - n)) > 0)
        if ((n += (size_t)got) > most) return CH_TOO_LARGE;
    *out = (ch_str){p, n};
    return got < 0 || !ch_utf8_valid(*out) ? CH_MALFORMED : CH_OK;
}
