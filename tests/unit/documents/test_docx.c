/* Word documents are taken, in whatever order and pieces they come; what opens otherwise than it looks is not. */
#include "unit.h"
#include "zip_made.h"

#include "documents/docx.h"
#include "documents/zip.h"

#define MAIN                                                                                                                                         \
    "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
#define TYPES "[Content_Types].xml"
static const ch_str types = CH_STR_INIT("<?xml version=\"1.0\"?><Types>" MAIN "</Types>");
#define IS_TYPES    .name = TYPES, .data = types, .method = 8
#define IS_RELATION .name = "_rels/.rels", .data = CH_STR_INIT("<Relationships/>")
#define IS_DOCUMENT .name = "word/document.xml", .data = CH_STR_INIT("<w:document/>"), .method = 8

static bool fine_in_pieces(ch_str s, size_t piece)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    docx *d = docx_new(a);
    for (size_t i = 0; i < s.n; i += piece) docx_bytes(d, s.p + i, i + piece < s.n ? piece : s.n - i);
    return docx_is_fine(d);
}

static bool is_fine(const made *entries, const made_end *end)
{
    static const made_end plain;
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str zip = made_zip(a, entries, end ? end : &plain);
    bool fine = fine_in_pieces(zip, zip.n);
    ck_assert(fine_in_pieces(zip, 7) == fine && fine_in_pieces(zip, 64) == fine);
    return fine;
}

START_TEST(in_any_order_and_any_pieces)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    const made parts[] = {{IS_TYPES}, {IS_RELATION}, {IS_DOCUMENT}};
    for (size_t first = 0; first < 3; first++) {
        const made entries[] = {parts[first], parts[(first + 1) % 3], parts[(first + 2) % 3], {0}};
        ch_str zip = made_zip(a, entries, &(made_end){0});
        for (size_t piece = 1; piece <= zip.n; piece++) ck_assert_msg(fine_in_pieces(zip, piece), "order %zu in pieces of %zu", first, piece);
    }
}
END_TEST

/* Before, in the middle of and after what no window holds at once; and with another document within, stored as it is. */
START_TEST(far_from_its_directory)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str inner = made_zip(a, (const made[]){{IS_TYPES}, {IS_RELATION}, {0}}, &(made_end){0});
    char *picture = ch_arena_alloc(a, 3 << 20);
    for (size_t i = 0; i < 3 << 20; i++) picture[i] = (char)(i * i >> 7);
    const made media = {.name = "word/media/image1.png", .data = {picture, 3 << 20}}, embedded = {.name = "word/embeddings/a.docx", .data = inner};
    const made orders[][6] = {{{IS_TYPES}, {IS_RELATION}, {IS_DOCUMENT}, media, embedded},
                              {embedded, media, {IS_TYPES}, {IS_RELATION}, media},
                              {{IS_RELATION}, media, embedded, {IS_DOCUMENT}, {IS_TYPES}}};
    for (size_t i = 0; i < 3; i++) {
        ch_str zip = made_zip(a, orders[i], &(made_end){0});
        ck_assert(fine_in_pieces(zip, zip.n) && fine_in_pieces(zip, 32 << 10) && fine_in_pieces(zip, 32749));
    }
}
END_TEST

static bool fine_with(made more) { return is_fine((const made[]){{IS_TYPES}, {IS_RELATION}, {IS_DOCUMENT}, more, {0}}, NULL); }

START_TEST(names)
{
    static const char *const good[] = {"word/", "customXml/item1.xml", "docProps/app.xml", "word/media/Bild 1.png", "..a/b..", "word/.hidden"};
    static const char *const bad[] = {"../evil",
                                      "word/../../evil",
                                      "word/..",
                                      "./word",
                                      "/etc/passwd",
                                      "C:/x",
                                      "a\\b",
                                      "..\\evil",
                                      "word//x",
                                      "",
                                      "a\nb",
                                      "caf\xC3\xA9",
                                      "word/vbaProject.bin",
                                      "WORD/VBAPROJECT.BIN",
                                      "vbaProject.bin",
                                      "other/vbaData.xml"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) ck_assert_msg(fine_with((made){.name = good[i]}), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!fine_with((made){.name = bad[i]}), "%s", bad[i]);
}
END_TEST

START_TEST(entries)
{
    ck_assert(fine_with((made){.name = "a", .flags = 8, .method = 8, .data = types}));
    ck_assert(fine_with((made){.name = "a", .extra = 0x5455}));
    const made bad[] = {{.name = "a", .flags = 1},
                        {.name = "a", .flags = 1 << 5},
                        {.name = "a", .flags = 1 << 6},
                        {.name = "a", .flags = 1 << 13},
                        {.name = "a", .method = 9},
                        {.name = "a", .method = 99},
                        {.name = "a", .extra = 1},
                        {.name = "a", .extra = 0x7075},
                        {.name = "a", .extra = 0x9901},
                        {.name = "a", .volume = 1},
                        {.name = "a", .at_more = 900},
                        {.name = "a", .size_more = 300u << 20},
                        {IS_TYPES},
                        {.name = "[content_types].XML"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!fine_with(bad[i]), "entry %zu", i);
}
END_TEST

START_TEST(directories)
{
    const made parts[] = {{IS_TYPES}, {IS_RELATION}, {IS_DOCUMENT}, {0}};
    ck_assert(is_fine(parts, NULL));
    ck_assert(is_fine(parts, &(made_end){.comment = CH_STR("made by a program")}));
    const made_end bad[] = {{.volume = 1},
                            {.entries_more = 1},
                            {.entries_more = 1, .entries_on_volume_more = 1},
                            {.entries_more = 0xFFFF, .entries_on_volume_more = 0xFFFF},
                            {.size_more = 1},
                            {.start_more = 1},
                            {.size_more = 4, .start_more = -4u},
                            {.before = CH_STR("MZ"), .start_more = -2u},
                            {.between = CH_STR("PK\6\6")},
                            {.comment = CH_STR("PK\5\6")},
                            {.comment = CH_STR("PK\5\6\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0")}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!is_fine(parts, &bad[i]), "end %zu", i);
}
END_TEST

static bool fine_types(const char *text, made how)
{
    made t = how;
    t.name = TYPES;
    t.data = ch_str_of(text);
    return is_fine((const made[]){t, {IS_RELATION}, {IS_DOCUMENT}, {0}}, NULL);
}

START_TEST(content_types)
{
    ck_assert(fine_types("<Types>" MAIN "</Types>", (made){0}));
    ck_assert(fine_types("<Types>" MAIN "</Types>", (made){.method = 8, .extra = 0xA220}));
    ck_assert(!fine_types("<Types>" MAIN "</Types>", (made){.method = 8, .check_more = 1}));
    ck_assert(!fine_types("<Types>" MAIN "</Types>", (made){.method = 8, .size_more = 1}));
    ck_assert(!fine_types("<Types>" MAIN "</Types>", (made){.size_more = -1u}));
    ck_assert(!fine_types("<Types>" MAIN "</Types>", (made){.local_name = "[Content_Typez].xml"}));
    static const char *const bad[] = {
        "",
        "<Types/>",
        "<Types>" MAIN "<Default Extension=\"bin\" ContentType=\"application/vnd.ms-office.vbaProject\"/></Types>",
        "<Types>" MAIN "<Override ContentType=\"application/vnd.ms-word.document.MACROENABLED.main+xml\"/></Types>",
        "<Types>" MAIN "<Override ContentType=\"application/vnd.ms-office.vba&#80;roject\"/></Types>",
        "<!DOCTYPE Types []><Types>" MAIN "</Types>",
        "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>",
        "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml\"/></Types>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!fine_types(bad[i], (made){.method = 8}), "%s", bad[i]);
}
END_TEST

START_TEST(what_is_missing_or_too_much)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ck_assert(!is_fine((const made[]){{IS_TYPES}, {IS_DOCUMENT}, {0}}, NULL));
    ck_assert(!is_fine((const made[]){{IS_RELATION}, {IS_DOCUMENT}, {0}}, NULL));
    ck_assert(!is_fine((const made[]){{0}}, NULL));
    made *many = CH_NEW_N(a, made, ZIP_ENTRIES_MAX + 2);
    many[0] = (made){IS_TYPES};
    many[1] = (made){IS_RELATION};
    for (size_t i = 2; i < ZIP_ENTRIES_MAX; i++) many[i].name = "word/media/image.png";
    ck_assert(fine_in_pieces(made_zip(a, many, &(made_end){0}), 1 << 20));
    many[ZIP_ENTRIES_MAX].name = "one more";
    ck_assert(!fine_in_pieces(made_zip(a, many, &(made_end){0}), 1 << 20));
    char *zeros = ch_arena_alloc(a, 1 << 20);
    ck_assert(!is_fine((const made[]){{.name = TYPES, .data = {zeros, 1 << 20}, .method = 8}, {IS_RELATION}, {0}}, NULL));
}
END_TEST

/* Broken off anywhere, or with any byte another: refused or fine, never a read outside (ASan), and cut short never fine. */
START_TEST(cut_and_changed)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str zip = made_zip(a, (const made[]){{IS_TYPES}, {IS_RELATION}, {IS_DOCUMENT}, {0}}, &(made_end){0});
    for (size_t n = 0; n < zip.n; n++) ck_assert(!fine_in_pieces(ch_str_first(zip, n), 100));
    char *other = ch_arena_z(a, zip);
    for (size_t i = 0; i < zip.n; i++) {
        other[i] = (char)~other[i];
        fine_in_pieces((ch_str){other, zip.n}, 100);
        other[i] = (char)~other[i];
    }
    ck_assert(fine_in_pieces((ch_str){other, zip.n}, 100));
}
END_TEST

UNIT_MAIN("docx", in_any_order_and_any_pieces, far_from_its_directory, names, entries, directories, content_types, what_is_missing_or_too_much,
          cut_and_changed)
