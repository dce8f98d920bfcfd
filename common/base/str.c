#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

int ch_str_cmp(ch_str a, ch_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool ch_str_starts(ch_str s, ch_str prefix) { return s.n >= prefix.n && ch_str_eq(ch_str_first(s, prefix.n), prefix); }

bool ch_str_ends(ch_str s, ch_str suffix) { return s.n >= suffix.n && ch_str_eq(ch_str_cut(s, s.n - suffix.n), suffix); }

static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c; }

bool ch_str_eq_fold(ch_str a, ch_str b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (fold(a.p[i]) != fold(b.p[i])) return false;
    return true;
}

ptrdiff_t ch_str_index(ch_str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t ch_str_find(ch_str s, ch_str part)
{
    if (part.n == 0) return 0;
    const char *at = s.n ? memmem(s.p, s.n, part.p, part.n) : NULL;
    return at ? at - s.p : -1;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

ch_str ch_str_trim(ch_str s)
{
    while (s.n && is_space(s.p[0])) s = (ch_str){s.p + 1, s.n - 1};
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

bool ch_str_split(ch_str *rest, char sep, ch_str *part)
{
    if (!rest->p) return false;
    ptrdiff_t at = ch_str_index(*rest, sep);
    if (at < 0) {
        *part = *rest;
        *rest = (ch_str){NULL, 0};
        return true;
    }
    *part = ch_str_first(*rest, (size_t)at);
    *rest = (ch_str){rest->p + at + 1, rest->n - (size_t)at - 1};
    return true;
}

bool ch_str_int(ch_str s, int64_t *out)
{
    bool negative = s.n && s.p[0] == '-';
    size_t i = negative;
    int64_t value = 0;
    if (i == s.n) return false;
    for (; i < s.n; i++) {
        int digit = s.p[i] - '0';
        if (digit < 0 || digit > 9) return false;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, digit, &value)) return false;
    }
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}

bool ch_str_double(ch_str s, double *out)
{
    char text[64], *end;
    if (s.n == 0 || s.n >= sizeof text) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < '0' || s.p[i] > '9') && (!strchr("+-.eE", s.p[i]) || !s.p[i])) return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    errno = 0;
    *out = strtod(text, &end);
    return *end == 0 && errno == 0;
}

/* Length of the well-formed sequence at p, 0 when there is none (RFC 3629: no surrogates, no overlong forms). */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char low, high, second_low, second_high, length;
    } rows[] = {
        {0x01, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (p[0] < rows[r].low || p[0] > rows[r].high) continue;
        if (rows[r].length > n) return 0;
        if (rows[r].length > 1 && (p[1] < rows[r].second_low || p[1] > rows[r].second_high)) return 0;
        for (size_t i = 2; i < rows[r].length; i++)
            if ((p[i] & 0xC0) != 0x80) return 0;
        return rows[r].length;
    }
    return 0;
}

/* Eight bytes of ASCII, none of them NUL. */
static bool eight_plain(const unsigned char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return !((w | (w - 0x0101010101010101)) & 0x8080808080808080);
}

bool ch_utf8_valid(ch_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n;) {
        if (s.n - i >= 8 && eight_plain(p + i)) {
            i += 8;
            continue;
        }
        size_t step = p[i] && p[i] < 0x80 ? 1 : utf8_sequence(p + i, s.n - i);
        if (step == 0) return false;
        i += step;
    }
    return true;
}

ch_str ch_utf8_first(ch_str s, size_t n)
{
    if (n >= s.n) return s;
    while (n && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
    return ch_str_first(s, n);
}

size_t ch_utf8_length(ch_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* *width: how many bytes it has. */
static bool deceives(const unsigned char *p, size_t left, size_t *width)
{
    *width = 1;
    if (*p < ' ' || *p == 127) return *p != '\n' && *p != '\t';
    if (*p == 0xC2 && left > 1 && p[1] >= 0x80 && p[1] <= 0x9F) return *width = 2, true;
    *width = 3;
    if (left < 3 || *p != 0xE2) return false;
    return (p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) || (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9);
}

ch_str ch_utf8_tame(struct ch_arena *a, ch_str s)
{
    char *out = NULL;
    size_t n = 0, width;
    for (size_t i = 0; i < s.n;) {
        if (!deceives((const unsigned char *)s.p + i, s.n - i, &width)) {
            if (out) out[n] = s.p[i];
            n++;
            i++;
            continue;
        }
        if (!out) {
            out = ch_arena_alloc(a, s.n + 1);
            memcpy(out, s.p, n);
        }
        i += width;
    }
    return out ? (ch_str){out, n} : s;
}

bool ch_str_eq_secret(ch_str a, ch_str b)
{
    volatile unsigned char different = a.n != b.n;
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) different |= (unsigned char)(a.p[i] ^ b.p[i]);
    return different == 0;
}

uint64_t ch_hash(ch_str s)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

void ch_buf_reserve(ch_buf *b, size_t more)
{
    if (b->cap - b->n >= more) return;
    size_t cap = b->cap ? b->cap : 256;
    while (cap - b->n < more) cap *= 2;
    char *p = b->arena ? ch_arena_alloc(b->arena, cap) : realloc(b->p, cap);
    if (!p) abort();
    if (b->arena && b->n) memcpy(p, b->p, b->n);
    b->p = p;
    b->cap = cap;
}

void ch_buf_put(ch_buf *b, ch_str s)
{
    if (s.n == 0) return;
    ch_buf_reserve(b, s.n);
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void ch_buf_char(ch_buf *b, char c) { ch_buf_put(b, (ch_str){&c, 1}); }

void ch_buf_printf(ch_buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        ch_buf_reserve(b, (size_t)n + 1);
        vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void ch_buf_int(ch_buf *b, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) ch_buf_char(b, '-');
    ch_buf_put(b, (ch_str){digits + at, sizeof digits - at});
}

void ch_buf_number(ch_buf *b, int64_t value)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)value);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0 && digits[i - 1] != '-') ch_buf_char(b, ',');
        ch_buf_char(b, digits[i]);
    }
}

void ch_buf_free(ch_buf *b)
{
    if (!b->arena) free(b->p);
    *b = (ch_buf){0, 0, 0, b->arena};
}

/* Copies runs of bytes that need no escape in one piece; `table` has a replacement for each byte that does. */
static void put_escaped(ch_buf *b, ch_str s, const char *const table[256])
{
    size_t from = 0;
    if (!s.n) return;
    for (size_t i = 0; i < s.n; i++) {
        const char *instead = table[(unsigned char)s.p[i]];
        if (!instead) continue;
        ch_buf_put(b, (ch_str){s.p + from, i - from});
        ch_buf_put(b, ch_str_of(instead));
        from = i + 1;
    }
    ch_buf_put(b, (ch_str){s.p + from, s.n - from});
}

void ch_put_html(ch_buf *b, ch_str s)
{
    static const char *const table[256] = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    put_escaped(b, s, table);
}

void ch_put_xml(ch_buf *b, ch_str s)
{
    static const char *const table[256] = {
        [0 ... 8] = "", [11 ... 12] = "", [14 ... 31] = "", ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&apos;"};
    /* U+FFFE and U+FFFF are good UTF-8 and bad XML. */
    ptrdiff_t at;
    while ((at = ch_str_find(s, CH_STR("\xEF\xBF"))) >= 0) {
        size_t end = (size_t)at + 3;
        bool forbidden = end <= s.n && (unsigned char)s.p[end - 1] >= 0xBE;
        put_escaped(b, ch_str_first(s, forbidden ? (size_t)at : (size_t)at + 2), table);
        s = ch_str_cut(s, forbidden ? end : (size_t)at + 2);
    }
    put_escaped(b, s, table);
}

static const char *json_escape(char text[8], const unsigned char *p, size_t left, size_t *eaten)
{
    *eaten = 1;
    switch (*p) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
    }
    if (*p == 0xE2 && left >= 3 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) {
        *eaten = 3;
        return p[2] == 0xA8 ? "\\u2028" : "\\u2029";
    }
    if (*p >= 0x20 && *p != '<' && *p != '>' && *p != '&' && *p != 0x7F) return NULL;
    snprintf(text, 8, "\\u%04x", *p);
    return text;
}

void ch_put_json(ch_buf *b, ch_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t from = 0;
    ch_buf_char(b, '"');
    for (size_t i = 0, eaten; i < s.n; i += eaten) {
        char text[8];
        const char *instead = json_escape(text, p + i, s.n - i, &eaten);
        if (!instead) continue;
        ch_buf_put(b, (ch_str){s.p + from, i - from});
        ch_buf_put(b, ch_str_of(instead));
        from = i + eaten;
    }
    if (s.n > from) ch_buf_put(b, (ch_str){s.p + from, s.n - from});
    ch_buf_char(b, '"');
}

void ch_put_url(ch_buf *b, ch_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
        if (kept) ch_buf_char(b, (char)c);
        else ch_buf_printf(b, "%%%02X", c);
    }
}

void ch_put_hex(ch_buf *b, ch_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    ch_buf_reserve(b, bytes.n * 2);
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        b->p[b->n++] = digits[c >> 4];
        b->p[b->n++] = digits[c & 15];
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = fold(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ch_hex_decode(ch_arena *a, ch_str text, ch_str *out)
{
    char *p = ch_arena_alloc(a, text.n / 2 + 1);
    if (text.n % 2) return false;
    for (size_t i = 0; i < text.n / 2; i++) {
        int high = hex_value(text.p[2 * i]), low = hex_value(text.p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        p[i] = (char)(high << 4 | low);
    }
    *out = (ch_str){p, text.n / 2};
    return true;
}

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void ch_put_base64url(ch_buf *b, ch_str bytes)
{
    unsigned bits = 0, have = 0;
    ch_buf_reserve(b, bytes.n * 4 / 3 + 4);
    for (size_t i = 0; i < bytes.n; i++) {
        bits = (bits << 8 | (unsigned char)bytes.p[i]) & 0xFFFF;
        for (have += 8; have >= 6; have -= 6) b->p[b->n++] = base64url[bits >> (have - 6) & 63];
    }
    if (have) b->p[b->n++] = base64url[bits << (6 - have) & 63];
}

bool ch_base64url_decode(ch_arena *a, ch_str text, ch_str *out)
{
    char *p = ch_arena_alloc(a, text.n * 3 / 4 + 1);
    unsigned bits = 0, have = 0;
    size_t n = 0;
    if (text.n % 4 == 1) return false;
    for (size_t i = 0; i < text.n; i++) {
        const char *at = text.p[i] ? strchr(base64url, text.p[i]) : NULL;
        if (!at) return false;
        bits = (bits << 6 | (unsigned)(at - base64url)) & 0xFFFF;
        if ((have += 6) < 8) continue;
        have -= 8;
        p[n++] = (char)(bits >> have);
    }
    /* Left-over bits must be zero: one text, one value. */
    if (have && (bits & ((1u << have) - 1))) return false;
    *out = (ch_str){p, n};
    return true;
}
