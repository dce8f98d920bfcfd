#ifndef CH_BASE_STR_H
#define CH_BASE_STR_H
/*
 * Strings that carry their length. A ch_str does not own its bytes: they live in an arena, in static memory or in whatever the
 * function that returned it says. Bytes may be anything; NUL ends nothing.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ch_arena;
typedef struct ch_str {
    const char *p;
    size_t n;
} ch_str;

#define CH_STR(literal) ((ch_str){"" literal, sizeof(literal) - 1})
#define CH_STR_INIT(literal)                                                                                                                         \
    {                                                                                                                                                \
        "" literal, sizeof(literal) - 1                                                                                                              \
    }
/* printf("%.*s", CH_ARG(s)) */
#define CH_ARG(s) (int)(s).n, (s).p

static inline ch_str ch_str_of(const char *z) { return z ? (ch_str){z, strlen(z)} : (ch_str){"", 0}; }
static inline bool ch_str_eq(ch_str a, ch_str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
static inline bool ch_str_is(ch_str a, const char *z) { return ch_str_eq(a, ch_str_of(z)); }
static inline ch_str ch_str_cut(ch_str s, size_t from) { return from < s.n ? (ch_str){s.p + from, s.n - from} : (ch_str){"", 0}; }
static inline ch_str ch_str_first(ch_str s, size_t n) { return (ch_str){s.p, n < s.n ? n : s.n}; }

int ch_str_cmp(ch_str a, ch_str b);
bool ch_str_starts(ch_str s, ch_str prefix);
bool ch_str_ends(ch_str s, ch_str suffix);
/* ASCII case folding only. */
bool ch_str_eq_fold(ch_str a, ch_str b);
/* Position of the byte or string, or -1. */
ptrdiff_t ch_str_index(ch_str s, char c);
ptrdiff_t ch_str_find(ch_str s, ch_str part);
/* Without leading and trailing ASCII white space. */
ch_str ch_str_trim(ch_str s);
/* Takes the part before `sep` off the front of *rest; false when *rest was already used up (rest->p == NULL). */
bool ch_str_split(ch_str *rest, char sep, ch_str *part);
/* A whole decimal integer, nothing else around it; false on overflow. */
bool ch_str_int(ch_str s, int64_t *out);
bool ch_str_double(ch_str s, double *out);
/* Well-formed UTF-8 (RFC 3629), no NUL. */
bool ch_utf8_valid(ch_str s);
/* At most n bytes of valid UTF-8, never half a character. */
ch_str ch_utf8_first(ch_str s, size_t n);
/* Code points of valid UTF-8. */
size_t ch_utf8_length(ch_str s);
/* Without what only deceives: bidi overrides and isolates (U+202A-202E, U+2066-2069), controls but tab and line feed. s itself where there are none.
 */
ch_str ch_utf8_tame(struct ch_arena *a, ch_str s);
/* Compares without an early way out: for tokens, signatures, hashes. */
bool ch_str_eq_secret(ch_str a, ch_str b);
/* FNV-1a, for tables in memory; not for anything an attacker may choose freely. */
uint64_t ch_hash(ch_str s);

/*
 * A growing buffer. Zero-initialised it grows by malloc and ch_buf_free ends it; made by ch_buf_in(arena) it grows in the
 * arena and needs no end. Appending never fails: out of memory ends the process (limits on input stand before).
 */
typedef struct ch_buf {
    char *p;
    size_t n, cap;
    struct ch_arena *arena;
} ch_buf;

static inline ch_buf ch_buf_in(struct ch_arena *a) { return (ch_buf){0, 0, 0, a}; }
static inline ch_str ch_buf_str(const ch_buf *b) { return (ch_str){b->p ? b->p : "", b->n}; }
void ch_buf_reserve(ch_buf *b, size_t more);
void ch_buf_put(ch_buf *b, ch_str s);
void ch_buf_char(ch_buf *b, char c);
void ch_buf_printf(ch_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ch_buf_int(ch_buf *b, int64_t value);
void ch_buf_number(ch_buf *b, int64_t value); /* as people read it: 28,407 (English and Welsh alike) */
void ch_buf_free(ch_buf *b);

/* Escapers, each appending to the buffer. */
void ch_put_html(ch_buf *b, ch_str s); /* & < > " ' */
void ch_put_json(ch_buf *b, ch_str s); /* with its quotes; <, >, & and U+2028/9 escaped so that it may stand in HTML */
void ch_put_url(ch_buf *b, ch_str s);  /* RFC 3986 unreserved kept, the rest %XX */
void ch_put_xml(ch_buf *b, ch_str s);  /* as html, and characters that XML 1.0 forbids left out */
/* Hex and base64url (RFC 4648, no padding). Decoding is false on any other byte; the result is in the arena. */
void ch_put_hex(ch_buf *b, ch_str bytes);
void ch_put_base64url(ch_buf *b, ch_str bytes);
bool ch_base64url_decode(struct ch_arena *a, ch_str text, ch_str *out);
bool ch_hex_decode(struct ch_arena *a, ch_str text, ch_str *out);
#endif
