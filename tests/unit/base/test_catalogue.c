/* Catalogues of GNU gettext: what is in one is found; what is wrong with one is said, and no placeholder is ever lost or new. */
#include "unit.h"

#include "base/catalogue.h"
#include "base/clock.h"
#include "mo.h"

#define WELSH "Plural-Forms: nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;\n"
#define ROW(id, text)                                                                                                                                \
    {                                                                                                                                                \
        CH_STR_INIT(id), CH_STR_INIT(text)                                                                                                           \
    }
#define N(rows) (uint32_t)(sizeof rows / sizeof *rows)

static const mo_row rows[] = {
    MO_HEADER(WELSH),
    ROW("%d %s %d", "%d %s %d"),
    ROW("%d %s %d at %d%s", "%d %s %d am %d%s"),
    ROW("%s application\0%s applications", "%s cais\0%s cais\0%s gais\0%s chais\0%s chais\0%s cais"),
    ROW("Find a job", "Dod o hyd i swydd"),
    ROW("November", "Tachwedd"),
    ROW("pm", "yh"),
};

static const char *plural_of(const ch_catalogue *c, uint64_t n) { return ch_ngettext(c, "%s application", "%s applications", n); }

START_TEST(texts_are_found)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *why;
    for (int swapped = 0; swapped < 2; swapped++) { /* either order of bytes */
        ch_catalogue *c = ch_catalogue_read(a, mo_of(a, rows, N(rows), swapped), &why);
        ck_assert_msg(c != NULL, "%s", why);
        ck_assert_uint_eq(ch_catalogue_size(c), 6);
        ck_assert_ptr_null(ch_catalogue_refused(c, 0));
        ck_assert_str_eq(ch_gettext(c, "Find a job"), "Dod o hyd i swydd");
        ck_assert(ch_catalogue_has(c, CH_STR("pm")) && !ch_catalogue_has(c, CH_STR("")) && !ch_catalogue_has(c, CH_STR("am")));
        ck_assert_str_eq(ch_gettext(c, "Nobody has translated this"), "Nobody has translated this");
        ck_assert_str_eq(ch_gettext(c, ""), "");
    }
}
END_TEST

START_TEST(english_is_no_catalogue)
{
    const char *text = "Find a job";
    ck_assert_ptr_eq(ch_gettext(NULL, text), text);
    ck_assert_str_eq(plural_of(NULL, 1), "%s application");
    ck_assert_str_eq(plural_of(NULL, 0), "%s applications");
    ck_assert_str_eq(plural_of(NULL, 28407), "%s applications");
    ck_assert(!ch_catalogue_has(NULL, CH_STR("Find a job")));
}
END_TEST

START_TEST(plural_forms_of_welsh)
{
    static const struct {
        uint64_t n;
        const char *form;
    } cases[] = {{0, "%s cais"}, {1, "%s cais"},  {2, "%s gais"}, {3, "%s chais"},
                 {4, "%s cais"}, {6, "%s chais"}, {7, "%s cais"}, {UINT64_MAX, "%s cais"}};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *why;
    ch_catalogue *c = ch_catalogue_read(a, mo_of(a, rows, N(rows), false), &why);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) ck_assert_str_eq(plural_of(c, cases[i].n), cases[i].form);
    ck_assert_str_eq(ch_ngettext(c, "%s job", "%s jobs", 2), "%s jobs");
    ck_assert_str_eq(ch_ngettext(c, "pm", "pms", 2), "pms"); /* there, but without forms */
}
END_TEST

START_TEST(dates_in_welsh)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *why;
    ch_catalogue *c = ch_catalogue_read(a, mo_of(a, rows, N(rows), false), &why);
    ch_time t = ch_time_uk((ch_civil){.year = 2026, .month = 11, .day = 23, .hour = 19});
    ck_assert(ch_str_is(ch_time_uk_full(a, t, c), "23 Tachwedd 2026 am 7yh"));
    ck_assert(ch_str_is(ch_time_uk_date(a, t, c), "23 Tachwedd 2026"));
    ck_assert(ch_str_is(ch_time_uk_full(a, t + 23 * CH_MINUTE, c), "23 Tachwedd 2026 at 7:23yh")); /* a pattern that nobody has translated */
}
END_TEST

START_TEST(expressions)
{
    static const struct {
        const char *text;
        uint64_t n, form;
    } fine[] = {{"0", 5, 0},
                {"n != 1", 1, 0},
                {"n!=1", 2, 1},
                {" ( n == 1 ) ? 0 : 1 ", 7, 1},
                {"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2", 21, 0},
                {"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2", 112, 2},
                {"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2", 23, 1},
                {"!n", 0, 1},
                {"!!n + 2*3 - 1", 4, 6},
                {"7/2", 0, 3},
                {"9 - 3 - 2", 0, 4},
                {"1 < 2 == 1", 0, 1},
                {"n > 2", 3, 1}};
    static const char *const bad[] = {
        "",         "m",
        "n ==",     "(n",
        "n)",       "n ? 1",
        "n ? 1 : ", "1 2",
        "n/0",      "n%0",
        "n = 1",    "n & 1",
        "n++",      "system(1)",
        "0x10",     "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((n))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))"};
    uint64_t form;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        ck_assert_msg(ch_plural_form(ch_str_of(fine[i].text), fine[i].n, &form), "%s", fine[i].text);
        ck_assert_uint_eq(form, fine[i].form);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!ch_plural_form(ch_str_of(bad[i]), 3, &form), "%s", bad[i]);
}
END_TEST

/* What would read past printf's arguments, or break a page, stays English. */
START_TEST(placeholders_are_kept)
{
    static const mo_row many[] = {
        MO_HEADER(""),
        ROW("100%% of %s", "%s: 100%%"),
        ROW("<a href=\"/\">Start</a>", "<a href=\"/evil\">Dechrau</a>"),
        ROW("<b>Bold</b>", "Trwm"),
        ROW("Hello {{name}}", "Helo {{ name }}"),
        ROW("Hello {{name}}!", "{{name}}, helo!"),
        ROW("Jobs", "Swyddi %n"),
        ROW("More", "Mwy %1$s"),
        ROW("Not text", "\xff\xfe"),
        ROW("Percent", "Y cant %"),
        ROW("Row %d of %s", "Rhes %s o %d"),
        ROW("Saved", "Cadwyd %s"),
        ROW("Written %s", "Wedi"),
        ROW("one %s\0many %s", "un %s\0llawer"),
        ROW("two %s\0twos %s", "dau %s"),
        ROW("width %5.2f", "lled %5.3f"),
        ROW("word %.*s", "gair %.*s"),
    };
    static const char *const kept[] = {"100%% of %s", "Hello {{name}}!", "word %.*s"};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *why;
    ch_catalogue *c = ch_catalogue_read(a, mo_of(a, many, N(many), false), &why);
    ck_assert_msg(c != NULL, "%s", why);
    ck_assert_uint_eq(ch_catalogue_size(c), 3);
    for (size_t i = 0; i < 3; i++) ck_assert(ch_catalogue_has(c, ch_str_of(kept[i])));
    size_t refused = 0;
    while (ch_catalogue_refused(c, refused)) refused++;
    ck_assert_uint_eq(refused, N(many) - 1 - 3);
    ck_assert_str_eq(ch_ngettext(c, "one %s", "many %s", 2), "many %s");
}
END_TEST

static const char *fault_of(ch_arena *a, ch_str mo)
{
    const char *why;
    return ch_catalogue_read(a, mo, &why) ? NULL : why;
}

START_TEST(broken_files_are_refused)
{
    static const mo_row unsorted[] = {MO_HEADER(""), ROW("b", "B"), ROW("a", "A")}, twice[] = {MO_HEADER(""), ROW("a", "A"), ROW("a", "B")},
                        headless[] = {ROW("a", "A")}, latin[] = {ROW("", "Content-Type: text/plain; charset=ISO-8859-1\n"), ROW("a", "A")},
                        forms[] = {MO_HEADER("Plural-Forms: nplurals=2; plural=n;\n")}, none[] = {MO_HEADER("Plural-Forms: nplurals=2;\n")},
                        many[] = {MO_HEADER("Plural-Forms: nplurals=99; plural=0;\n")};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ck_assert_str_eq(fault_of(a, mo_of(a, unsorted, 3, false)), "its ids are not in order");
    ck_assert_str_eq(fault_of(a, mo_of(a, twice, 3, false)), "its ids are not in order");
    ck_assert_str_eq(fault_of(a, mo_of(a, headless, 1, false)), "it has no header");
    ck_assert_str_eq(fault_of(a, mo_of(a, NULL, 0, false)), "it has no header");
    ck_assert_str_eq(fault_of(a, mo_of(a, latin, 2, false)), "its texts are not in UTF-8");
    ck_assert_str_eq(fault_of(a, mo_of(a, forms, 1, false)), "its Plural-Forms");
    ck_assert_str_eq(fault_of(a, mo_of(a, none, 1, false)), "its Plural-Forms");
    ck_assert_str_eq(fault_of(a, mo_of(a, many, 1, false)), "its Plural-Forms");
    ck_assert_str_eq(fault_of(a, CH_STR("")), "not a .mo file");
    ck_assert_str_eq(fault_of(a, CH_STR("msgid \"\"\nmsgstr \"Content-Type: …\"")), "not a .mo file");
}
END_TEST

/* Cut anywhere, and any word of its head replaced: refused or read, never past its end (each copy is one allocation under ASan). */
START_TEST(no_byte_behind_the_end_is_read)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_str whole = mo_of(a, rows, N(rows), false);
    static const uint32_t words[] = {0, 1, 27, 28, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff8};
    for (size_t n = 0; n < whole.n; n++) {
        char *copy = malloc(n ? n : 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, whole.p, n);
        ck_assert_ptr_nonnull(fault_of(a, (ch_str){copy, n}));
        free(copy);
    }
    for (size_t at = 8; at + 4 <= 28 + 16 * N(rows); at += 4)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            char *copy = malloc(whole.n);
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, whole.p, whole.n);
            memcpy(copy + at, &words[i], 4);
            fault_of(a, (ch_str){copy, whole.n});
            free(copy);
        }
}
END_TEST

UNIT_MAIN("catalogue", texts_are_found, english_is_no_catalogue, plural_forms_of_welsh, dates_in_welsh, expressions, placeholders_are_kept,
          broken_files_are_refused, no_byte_behind_the_end_is_read)
