#include "notifications/mime.h"

#include <sodium.h>

enum { LINE = 76, WORD_BYTES = 39 }; /* 39 bytes are 52 of base64; with =?UTF-8?B?…?= 64, under the 75 allowed */

/* Controls are spaces; what only deceives is left out. */
static ch_str one_line(ch_arena *a, ch_str s)
{
    char *p = ch_arena_z(a, s);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)p[i] < ' ' || p[i] == 127) p[i] = ' ';
    return ch_utf8_tame(a, (ch_str){p, s.n});
}

/* May stand as it is: printable ASCII without what begins an encoded word, and without `specials`. */
static bool is_plain(ch_str s, const char *specials)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 127 || s.p[i] == '=' || strchr(specials, s.p[i])) return false;
    return s.n < 60;
}

/* Encoded words, cut between characters. */
static void put_words(ch_buf *b, ch_str s)
{
    char base64[80];
    while (s.n) {
        size_t n = s.n < WORD_BYTES ? s.n : WORD_BYTES;
        while (n < s.n && n > 1 && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
        sodium_bin2base64(base64, sizeof base64, (const unsigned char *)s.p, n, sodium_base64_VARIANT_ORIGINAL);
        ch_buf_printf(b, "=?UTF-8?B?%s?=", base64);
        s = ch_str_cut(s, n);
        if (s.n) ch_buf_put(b, CH_STR("\r\n "));
    }
}

static void put_text(ch_arena *a, ch_buf *b, ch_str text, const char *specials)
{
    ch_str s = one_line(a, text);
    if (is_plain(s, specials)) ch_buf_put(b, s);
    else put_words(b, s);
}

static void put_quoted_printable(ch_buf *b, ch_str s)
{
    size_t column = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool newline = c == '\n', last = i + 1 == s.n || s.p[i + 1] == '\n';
        bool plain = c >= 33 && c <= 126 && c != '=';
        if ((c == ' ' || c == '\t') && !last) plain = true;
        if (c == '\r') continue;
        if (newline) {
            ch_buf_put(b, CH_STR("\r\n"));
            column = 0;
            continue;
        }
        if (column + (plain ? 1 : 3) > LINE - 1) {
            ch_buf_put(b, CH_STR("=\r\n"));
            column = 0;
        }
        if (plain) ch_buf_char(b, (char)c);
        else ch_buf_printf(b, "=%02X", c);
        column += plain ? 1 : 3;
    }
    ch_buf_put(b, CH_STR("\r\n"));
}

static void put_part(ch_buf *b, const char *boundary, const char *type, ch_str body)
{
    ch_buf_printf(b, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", boundary, type);
    put_quoted_printable(b, body);
}

ch_str mime_build(ch_arena *a, const mime_mail *m)
{
    static const char boundary[] = "=_commonhire_part"; /* "=_" cannot stand in quoted-printable text */
    ch_buf b = ch_buf_in(a);
    ch_buf_printf(&b, "From: Commonhire <%.*s>\r\nTo: ", CH_ARG(one_line(a, m->from)));
    if (m->to_name.n) {
        put_text(a, &b, m->to_name, "()<>[]:;@\\,.\""); /* RFC 5322, section 3.2.3 */
        ch_buf_char(&b, ' ');
    }
    ch_buf_printf(&b, "<%.*s>\r\nSubject: ", CH_ARG(one_line(a, m->to)));
    put_text(a, &b, m->subject, "");
    ch_buf_printf(&b, "\r\nDate: %.*s\r\nMessage-ID: <%.*s>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n",
                  CH_ARG(ch_time_mail(a, m->date)), CH_ARG(one_line(a, m->message_id)));
    ch_buf_printf(&b, "List-Id: Commonhire <%.*s>\r\n", CH_ARG(one_line(a, m->list_id)));
    if (m->languages.n) ch_buf_printf(&b, "Content-Language: %.*s\r\n", CH_ARG(one_line(a, m->languages)));
    ch_buf_printf(&b, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
    put_part(&b, boundary, "text/plain", m->text);
    put_part(&b, boundary, "text/html", m->html);
    ch_buf_printf(&b, "--%s--\r\n", boundary);
    return ch_buf_str(&b);
}

bool mime_address_ok(ch_str s)
{
    size_t ats = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == 127 || c == '<' || c == '>' || c == ',' || c == ';' || c == '"') return false;
        ats += c == '@';
    }
    return ats == 1 && s.n >= 3 && s.n <= 254;
}
