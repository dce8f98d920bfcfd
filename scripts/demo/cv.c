#include "demo.h"

/* Text of a PDF string in WinAnsi: what Latin-1 has, else a question mark. */
static void put_text(ch_buf *b, ch_str s)
{
    ch_buf_char(b, '(');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
        if ((c == 0xC2 || c == 0xC3) && next) {
            ch_buf_char(b, (char)(c == 0xC3 ? next + 0x40 : next));
            i++;
        } else if (c >= 0xC4) {
            ch_buf_char(b, '?');
            while (i + 1 < s.n && ((unsigned char)s.p[i + 1] & 0xC0) == 0x80) i++;
        } else {
            if (c == '(' || c == ')' || c == '\\') ch_buf_char(b, '\\');
            ch_buf_char(b, (char)c);
        }
    }
    ch_buf_printf(b, ") ' ");
}

/* Broken at spaces: Helvetica of 11 points takes about 88 characters a line. */
static void put_paragraph(ch_buf *b, ch_str s)
{
    enum { LINE = 88 };
    while (s.n > LINE) {
        size_t cut = LINE;
        while (cut && s.p[cut] != ' ') cut--;
        if (!cut) break;
        put_text(b, ch_str_first(s, cut));
        s = ch_str_cut(s, cut + 1);
    }
    put_text(b, s);
}

static ch_str page_of(ch_arena *a, const profile *p, size_t i)
{
    static const char past[] =
        "2023 to now: senior post in a public body of 3,000 people|2019 to 2023: a first post, with training on the job|2017 to 2019: retail, and volunteering at a night shelter|2016: school leaving certificates, among them English and mathematics";
    ch_str rest = p->statement, line, some[4];
    uint64_t random = i + 99;
    ch_buf b = ch_buf_in(a);
    ch_buf_printf(&b, "BT /F1 20 Tf 60 780 Td 26 TL ");
    put_text(&b, p->identity.name);
    ch_buf_printf(&b, "/F1 11 Tf 16 TL ");
    put_text(&b, ch_arena_printf(a, "%.*s   %.*s", CH_ARG(p->identity.email), CH_ARG(p->identity.phone)));
    put_text(&b, (ch_str){"", 0});
    while (ch_str_split(&rest, '\n', &line)) put_paragraph(&b, line);
    put_text(&b, (ch_str){"", 0});
    size_t n = demo_pick_some(&random, past, 4, some);
    for (size_t k = 0; k < n; k++) put_text(&b, some[k]);
    ch_buf_printf(&b, "ET");
    return ch_buf_str(&b);
}

ch_str demo_cv(ch_arena *a, const profile *p, size_t i)
{
    ch_str content = page_of(a, p, i);
    ch_str objects[] = {CH_STR("<</Type/Catalog/Pages 2 0 R>>"), CH_STR("<</Type/Pages/Kids[3 0 R]/Count 1>>"),
                        CH_STR("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"),
                        ch_arena_printf(a, "<</Length %zu>>\nstream\n%.*s\nendstream", content.n, CH_ARG(content)),
                        CH_STR("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")};
    enum { OBJECTS = sizeof objects / sizeof *objects };
    size_t at[OBJECTS];
    ch_buf b = ch_buf_in(a);
    ch_buf_printf(&b, "%%PDF-1.4\n");
    for (size_t k = 0; k < OBJECTS; k++) {
        at[k] = b.n;
        ch_buf_printf(&b, "%zu 0 obj\n", k + 1);
        ch_buf_put(&b, objects[k]);
        ch_buf_printf(&b, "\nendobj\n");
    }
    size_t table = b.n;
    ch_buf_printf(&b, "xref\n0 %d\n0000000000 65535 f \n", OBJECTS + 1);
    for (size_t k = 0; k < OBJECTS; k++) ch_buf_printf(&b, "%010zu 00000 n \n", at[k]);
    ch_buf_printf(&b, "trailer <</Size %d/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", OBJECTS + 1, table);
    return ch_buf_str(&b);
}
