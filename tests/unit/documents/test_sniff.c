/* Files by their bytes, in pieces of every size. */
#include "unit.h"

#include "documents/document.h"
#include "documents/sniff.h"
#include "zip_made.h"

static sniff_type in_pieces(ch_str s, size_t piece)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    sniffer f;
    sniff_begin(&f, a);
    for (size_t i = 0; i < s.n; i += piece) sniff_bytes(&f, s.p + i, i + piece < s.n ? piece : s.n - i);
    return sniff_end(&f);
}

#define PDF_END "\nstartxref\n9\n%%EOF\n"
static const struct {
    ch_str bytes;
    sniff_type type;
} files[] = {
    {CH_STR_INIT("%PDF-1.7\nanything \0 at all" PDF_END), SNIFF_PDF},
    {CH_STR_INIT("junk before\n%PDF-1.4" PDF_END), SNIFF_PDF},
    {CH_STR_INIT("%PDF-1.7\n" PDF_END "\0 some bytes behind it"), SNIFF_PDF},
    {CH_STR_INIT("%PDF-1"), SNIFF_UNKNOWN},
    {CH_STR_INIT("%PDF-1.7\nstartxref\n9\n%%EO"), SNIFF_UNKNOWN},
    {CH_STR_INIT("%PDF-1.7\n%%EOF\n"), SNIFF_UNKNOWN},
    {CH_STR_INIT("%PDF-1.7\n%%EOF\nstartxref\n9"), SNIFF_UNKNOWN},
    {CH_STR_INIT("%PDF-1.7\ntrailer <</Encrypt 7 0 R>>" PDF_END), SNIFF_UNKNOWN},
    {CH_STR_INIT("PK\3\4.....[Content_Types].xml...word/document.xml...."), SNIFF_UNKNOWN},
    {CH_STR_INIT("PK\3\4"), SNIFF_UNKNOWN},
    {CH_STR_INIT("PK"), SNIFF_TXT},
    {CH_STR_INIT("Plain text, Si\xC3\xA2n \xE2\x80\x93 \xF0\x9F\x98\x80\r\n\tok"), SNIFF_TXT},
    {CH_STR_INIT("broken \xC3"), SNIFF_UNKNOWN},
    {CH_STR_INIT("overlong \xC0\xAF"), SNIFF_UNKNOWN},
    {CH_STR_INIT("surrogate \xED\xA0\x80"), SNIFF_UNKNOWN},
    {CH_STR_INIT("nul \0 in it"), SNIFF_UNKNOWN},
    {CH_STR_INIT("MZ\x90\0"), SNIFF_UNKNOWN},
    {CH_STR_INIT("\x89PNG\r\n\x1a\n"), SNIFF_UNKNOWN},
    {CH_STR_INIT(""), SNIFF_UNKNOWN},
};

START_TEST(the_same_whatever_the_pieces)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (size_t piece = 1; piece <= files[i].bytes.n + 1; piece++)
            ck_assert_msg(in_pieces(files[i].bytes, piece) == files[i].type, "file %zu in pieces of %zu", i, piece);
}
END_TEST

START_TEST(a_pdf_mark_far_in_is_none)
{
    char text[5000];
    memset(text, 0, sizeof text);
    memcpy(text + 3000, "%PDF-", 5);
    memcpy(text + 4900, PDF_END, sizeof PDF_END - 1);
    for (size_t piece = 1; piece < 2000; piece += 37) ck_assert_int_eq(in_pieces((ch_str){text, sizeof text}, piece), SNIFF_UNKNOWN);
}
END_TEST

/* Of an upload that broke off, and of one whose end stands too far in. */
START_TEST(a_pdf_ends_at_its_end)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    static char pdf[5000];
    const ch_str whole = {pdf, sizeof pdf};
    sniffer f;
    memset(pdf, 1, sizeof pdf);
    memcpy(pdf, "%PDF-1.7\n", 9);
    memcpy(pdf + sizeof pdf - sizeof PDF_END, PDF_END, sizeof PDF_END - 1);
    for (size_t piece = 1; piece <= sizeof pdf; piece = 2 * piece + 1) {
        ck_assert_int_eq(in_pieces(whole, piece), SNIFF_PDF);
        ck_assert_int_eq(in_pieces(ch_str_first(whole, sizeof pdf - 3), piece), SNIFF_UNKNOWN);
    }
    memcpy(pdf + 3000, PDF_END, sizeof PDF_END - 1);
    ck_assert_int_eq(in_pieces(ch_str_first(whole, 4500), 1000), SNIFF_UNKNOWN);
    sniff_begin(&f, a);
    sniff_bytes(&f, "%PDF-1.7", 8);
    ck_assert(sniff_is_cut(&f) && sniff_possible(&f));
    sniff_begin(&f, a);
    sniff_bytes(&f, "no PDF", 6);
    ck_assert(!sniff_is_cut(&f));
}
END_TEST

/* Programs differ in what they open such a file as. */
START_TEST(a_zip_is_no_pdf_whatever_stands_in_it)
{
    static const size_t places[] = {4, 100, 1020, 20000};
    static char zip[40000];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memset(zip, 'x', sizeof zip);
        memcpy(zip, "PK\3\4", 4);
        memcpy(zip + places[i], "%PDF-1.7", 8);
        for (size_t piece = 1; piece <= sizeof zip; piece = 3 * piece + 1)
            ck_assert_int_eq(in_pieces((ch_str){zip, sizeof zip}, piece), SNIFF_UNKNOWN);
    }
}
END_TEST

START_TEST(a_word_document)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    const ch_str types = CH_STR("<Types ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>");
    const made parts[] = {{.name = "[Content_Types].xml", .data = types, .method = 8}, {.name = "_rels/.rels"}, {0}};
    ch_str zip = made_zip(a, parts, &(made_end){0});
    for (size_t piece = 1; piece <= zip.n; piece++) ck_assert_int_eq(in_pieces(zip, piece), SNIFF_DOCX);
    ck_assert_int_eq(in_pieces(ch_str_first(zip, zip.n - 1), 50), SNIFF_UNKNOWN);
    ck_assert_str_eq(sniff_mime(SNIFF_DOCX), "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
}
END_TEST

START_TEST(names)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    ck_assert(ch_str_is(document_clean_name(a, CH_STR("C:\\docs\\My \"CV\"\n.pdf")), "My CV.pdf"));
    ck_assert(ch_str_is(document_clean_name(a, CH_STR("../../etc/passwd")), "passwd"));
    ck_assert(ch_str_is(document_clean_name(a, CH_STR("  ")), "document"));
    ch_str pdf = ch_str_of(sniff_mime(SNIFF_PDF)), text = ch_str_of(sniff_mime(SNIFF_TXT));
    ck_assert(ch_str_is(document_disposition(a, CH_STR("Siân\r\nX.pdf"), pdf), "attachment; filename*=UTF-8''Si%C3%A2n%0D%0AX.pdf"));
    ck_assert(ch_str_is(document_disposition(a, CH_STR("X.PDF"), pdf), "attachment; filename*=UTF-8''X.PDF"));
    ck_assert(ch_str_is(document_disposition(a, CH_STR("X.hta"), text), "attachment; filename*=UTF-8''X.hta.txt"));
    ck_assert(ch_str_is(document_disposition(a, CH_STR("X"), ch_str_of(sniff_mime(SNIFF_DOCX))), "attachment; filename*=UTF-8''X.docx"));
    ck_assert(ch_str_is(document_size_text(a, 1400000), "1.4 MB"));
}
END_TEST

UNIT_MAIN("sniff", the_same_whatever_the_pieces, a_pdf_mark_far_in_is_none, a_pdf_ends_at_its_end, a_zip_is_no_pdf_whatever_stands_in_it,
          a_word_document, names)
