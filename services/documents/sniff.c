#include "documents/sniff.h"

void sniff_begin(sniffer *s, ch_arena *a) { *s = (sniffer){.text = true, .arena = a}; }

/* UTF-8 byte by byte (RFC 3629's table), no controls but tab, line feed, form feed and carriage return. */
static bool text_byte(sniffer *s, unsigned char c)
{
    if (s->utf8_left) {
        bool fine = c >= s->utf8_low && c <= s->utf8_high;
        s->utf8_left--;
        s->utf8_low = 0x80;
        s->utf8_high = 0xBF;
        return fine;
    }
    if (c < 0x80) return (c >= ' ' && c != 127) || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    s->utf8_low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    s->utf8_high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    s->utf8_left = c >= 0xC2 && c <= 0xDF ? 1 : c >= 0xE0 && c <= 0xEF ? 2 : c >= 0xF0 && c <= 0xF4 ? 3 : 0;
    return s->utf8_left > 0;
}

/* `at`: where in the file the window begins. A zip is never a PDF, whatever stands in it: programs differ in what they open it as. */
static void look_for(sniffer *s, ch_str window, uint64_t at)
{
    if (s->zip) return;
    if (!s->encrypted && ch_str_find(window, CH_STR("/Encrypt")) >= 0) s->encrypted = true;
    if (at >= SNIFF_PDF_WITHIN) return;
    if (ch_str_find(ch_str_first(window, (size_t)(SNIFF_PDF_WITHIN - at)), CH_STR("%PDF-")) >= 0) s->pdf = true;
}

enum { LONGEST_NAME = 8 /* "/Encrypt" */ };

/* The end of the last piece and the beginning of this one. */
static void look_across(sniffer *s, const unsigned char *p, size_t n)
{
    unsigned char joined[2 * LONGEST_NAME];
    size_t head = n < LONGEST_NAME ? n : LONGEST_NAME, before = s->n_tail < LONGEST_NAME ? s->n_tail : LONGEST_NAME;
    memcpy(joined, s->tail + s->n_tail - before, before);
    memcpy(joined + before, p, head);
    look_for(s, (ch_str){(const char *)joined, before + head}, s->total - before);
}

static void keep_tail(sniffer *s, const unsigned char *p, size_t n)
{
    if (n >= sizeof s->tail) {
        memcpy(s->tail, p + n - sizeof s->tail, sizeof s->tail);
        s->n_tail = sizeof s->tail;
        return;
    }
    size_t kept = s->n_tail + n > sizeof s->tail ? sizeof s->tail - n : s->n_tail;
    memmove(s->tail, s->tail + s->n_tail - kept, kept);
    memcpy(s->tail + kept, p, n);
    s->n_tail = kept + n;
}

/* By its first four bytes. While they are not all there it may be one. */
static void look_at_head(sniffer *s, const unsigned char *p, size_t n)
{
    static const unsigned char zip[4] = {'P', 'K', 3, 4};
    for (size_t i = 0; i < n && s->total + i < 4; i++) s->zip = (s->total + i == 0 || s->zip) && p[i] == zip[s->total + i];
}

void sniff_bytes(sniffer *s, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    look_at_head(s, p, n);
    if (s->zip && !s->docx) s->docx = docx_new(s->arena);
    if (s->zip) docx_bytes(s->docx, p, n);
    for (size_t i = 0; s->text && i < n; i++) s->text = text_byte(s, p[i]);
    look_across(s, p, n);
    look_for(s, (ch_str){(const char *)p, n}, s->total);
    s->total += n;
    keep_tail(s, p, n);
}

bool sniff_possible(const sniffer *s) { return s->total < 1024 || s->pdf || s->zip || s->text; }

static bool has_pdf_end(const sniffer *s)
{
    ch_str tail = {(const char *)s->tail, s->n_tail};
    ptrdiff_t at = ch_str_find(tail, CH_STR("startxref"));
    return at >= 0 && ch_str_find(ch_str_cut(tail, (size_t)at), CH_STR("%%EOF")) >= 0;
}

bool sniff_is_cut(const sniffer *s) { return s->pdf && !has_pdf_end(s); }

sniff_type sniff_end(const sniffer *s)
{
    if (s->pdf) return s->encrypted || sniff_is_cut(s) ? SNIFF_UNKNOWN : SNIFF_PDF;
    if (s->zip && s->total >= 4) return docx_is_fine(s->docx) ? SNIFF_DOCX : SNIFF_UNKNOWN;
    return s->text && !s->utf8_left && s->total ? SNIFF_TXT : SNIFF_UNKNOWN;
}

static const struct {
    const char *mime, *ending;
} types[] = {{"", ""},
             {"application/pdf", ".pdf"},
             {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
             {"text/plain", ".txt"}};

const char *sniff_mime(sniff_type t) { return types[t].mime; }

ch_str sniff_ending(ch_str mime)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (ch_str_is(mime, types[i].mime)) return ch_str_of(types[i].ending);
    return CH_STR("");
}
