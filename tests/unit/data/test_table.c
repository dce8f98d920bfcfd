/* The rows themselves, faults, presence, formats. */
#include <stdio.h>

#include "noun.h"

START_TEST(rows_are_found_by_name)
{
    ck_assert_ptr_eq(ch_field_named(&noun_table, CH_STR("title")), &noun_table.fields[2]);
    ck_assert_ptr_null(ch_field_named(&noun_table, CH_STR("Title")));
    ck_assert_ptr_null(ch_field_named(&noun_table, CH_STR("")));
    ck_assert_ptr_null(ch_field_named(&noun_table, CH_STR("title\0")));
    ck_assert_uint_eq(ch_mask(&noun_table, "id", "title", NULL), 5);
    ck_assert_uint_eq(ch_mask(&noun_table, "no_such", NULL), 0);
    noun n = {0};
    ck_assert(!ch_given(&noun_table, &n, "title"));
    ch_mark_given(&noun_table, &n, "title");
    ck_assert(ch_given(&noun_table, &n, "title"));
    ck_assert_uint_eq(n.seen.given, 4);
}
END_TEST

START_TEST(mistakes_in_tables)
{
    ck_assert_ptr_null(ch_table_mistake(&noun_table));
    ck_assert_ptr_null(ch_table_mistake(&strict_table));
    const ch_field twice[] = {CH_ROW(pay, min, CH_F_INT), CH_ROW(pay, min, CH_F_INT)};
    const ch_field homeless[] = {CH_ROW(noun, pay, CH_F_STRUCT)};
    const ch_field outside[] = {{.name = "far", .offset = sizeof(pay)}};
    const ch_field presence[] = {{.name = "seen", .offset = 0}};
    ch_field many[65];
    char names[65][8];
    for (int i = 0; i < 65; i++) {
        snprintf(names[i], sizeof names[i], "f%d", i);
        many[i] = (ch_field){.name = names[i], .type = CH_F_INT, .offset = offsetof(pay, min)};
    }
    ck_assert_ptr_nonnull(ch_table_mistake(&(ch_table){"t", sizeof(pay), twice, 2, NULL}));
    ck_assert_ptr_nonnull(ch_table_mistake(&(ch_table){"t", sizeof(noun), homeless, 1, NULL}));
    ck_assert_ptr_nonnull(ch_table_mistake(&(ch_table){"t", sizeof(pay), outside, 1, NULL}));
    ck_assert_ptr_nonnull(ch_table_mistake(&(ch_table){"t", sizeof(pay), presence, 1, NULL}));
    ck_assert_ptr_nonnull(ch_table_mistake(&(ch_table){"t", sizeof(pay), many, 65, NULL}));
    ck_assert_ptr_null(ch_table_mistake(&(ch_table){"t", sizeof(pay), many, 64, NULL}));
}
END_TEST

START_TEST(faults_have_both_names)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults f = {.arena = a};
    ch_fault_add(&f, CH_STR("/places/0/name"), "%s is missing", "the name");
    ch_fault_add(&f, CH_STR(""), "all wrong");
    CK_STR(f.p[0].field, "places[0].name");
    CK_STR(f.p[0].message, "The name is missing");
    CK_STR(f.p[1].field, "");
    ck_assert_ptr_eq(ch_fault_of(&f, CH_STR("places[0].name")), &f.p[0]);
    ck_assert_ptr_null(ch_fault_of(&f, CH_STR("places")));
    ck_assert_ptr_null(ch_fault_of(NULL, CH_STR("places")));
    CK_STR(ch_pointer(a, CH_STR("/x"), CH_STR("a/b~c")), "/x/a~1b~0c");
}
END_TEST

START_TEST(faults_do_not_grow_with_the_attack)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(65536);
    ch_faults f = {.arena = a};
    static char key[100000];
    memset(key, 0xC2, sizeof key);
    for (size_t i = 1; i < sizeof key; i += 2) key[i] = (char)0xA3;
    for (int i = 0; i < 1000; i++) ch_fault_add(&f, ch_pointer(a, CH_STR(""), (ch_str){key + i % 2 * 2, sizeof key - 2}), "x%.*s", 2000, key);
    ck_assert_uint_eq(f.n, 100);
    for (size_t i = 0; i < f.n; i++) {
        ck_assert_uint_le(f.p[i].pointer.n, 201);
        ck_assert(ch_utf8_valid(f.p[i].message) && ch_utf8_valid(f.p[i].pointer));
        ck_assert_uint_lt(f.p[i].message.n, 512);
    }
}
END_TEST

START_TEST(emails)
{
    static const char *const good[] = {"a@b.uk", "first.last+tag@sub.example.co.uk", "o'neil@example.com", "x@1a.example", "a@xn--bcher-kva.example"};
    static const char *const bad[] = {"",
                                      "a",
                                      "@b.uk",
                                      "a@",
                                      "a@b",
                                      "a@b.",
                                      "a@.b.uk",
                                      "a@b..uk",
                                      "a@-b.uk",
                                      "a@b-.uk",
                                      "a b@c.uk",
                                      "a@b c.uk",
                                      ".a@b.uk",
                                      "a.@b.uk",
                                      "a..b@c.uk",
                                      "a@b@c.uk",
                                      "a\n@b.uk",
                                      "a@b.uk\n",
                                      "a@b.uk, c@d.uk",
                                      "<a@b.uk>",
                                      "a@127.0.0.1",
                                      "\"a\"@b.uk",
                                      "\xC3\xA9@b.uk",
                                      "a@b_c.uk",
                                      "a@[127.0.0.1]"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) ck_assert_msg(ch_email_valid(ch_str_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!ch_email_valid(ch_str_of(bad[i])), "%s", bad[i]);
    char local[65 + 6] = {0};
    memset(local, 'x', 64);
    strcpy(local + 64, "@b.uk");
    ck_assert(ch_email_valid(ch_str_of(local)));
    memset(local, 'x', 65);
    strcpy(local + 65, "@b.uk");
    ck_assert(!ch_email_valid(ch_str_of(local)));
    ck_assert(!ch_email_valid(CH_STR("a\0@b.uk")));
}
END_TEST

START_TEST(postcodes)
{
    static const char *const good[] = {"M1", "M60", "CR2", "DN55", "W1A", "EC1A", "LS1 4AP", "ls14ap", "LS1 4", "EC1A 1BB", "B33 8TH", "GIR 0AA"};
    static const char *const bad[] = {"",
                                      " ",
                                      "L",
                                      "LS",
                                      "1LS",
                                      "LS1 AAP",
                                      "LS1 4A",
                                      "LS1-4AP",
                                      "LS1 4APX",
                                      "EC1A1BBB",
                                      ("\xC3\x89"
                                       "1"),
                                      "12345",
                                      "SW1A 1AA 1"};
    for (size_t i = 0; i + 1 < sizeof good / sizeof *good; i++) ck_assert_msg(ch_postcode_valid(ch_str_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!ch_postcode_valid(ch_str_of(bad[i])), "%s", bad[i]);
}
END_TEST

static ch_err check(ch_arena *a, const noun *n, uint64_t which, ch_faults *f)
{
    *f = (ch_faults){.arena = a};
    return ch_check(a, &noun_table, n, which, f);
}

START_TEST(a_good_object_passes_whether_or_not_it_says_what_was_given)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults f;
    ck_assert_int_eq(check(a, &(noun){.title = CH_STR_INIT("nurse")}, CH_ALL, &f), CH_OK);
    noun n = {.title = CH_STR("nurse"), .count = 100, .ratio = -5};
    ck_assert_int_eq(check(a, &n, CH_ALL, &f), CH_OK);
    ck_assert_int_eq(check(a, &(noun){0}, 0, &f), CH_OK);
}
END_TEST

START_TEST(bounds_count_characters_not_bytes)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults f;
    ck_assert_int_eq(
        check(a, &(noun){.title = CH_STR_INIT("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9")}, CH_ALL, &f),
        CH_OK);
    ck_assert_int_eq(check(a, &(noun){.title = CH_STR_INIT("elevenchars")}, CH_ALL, &f), CH_INVALID);
    CK_FAULTS(&f, "/title: A title must be 10 characters or fewer\n");
    ck_assert_int_eq(check(a, &(noun){.title = CH_STR_INIT("ab")}, CH_ALL, &f), CH_INVALID);
    CK_FAULTS(&f, "/title: A title must be 3 characters or more\n");
    check(a, &(noun){.title = CH_STR_INIT("abc"), .count = 101, .ratio = 5.5}, CH_ALL, &f);
    CK_FAULTS(&f, "/count: Count must be between 1 and 100\n/ratio: Ratio must be between -5 and 5\n");
    check(a, &(noun){.title = CH_STR_INIT("abc"), .count = -1}, CH_ALL, &f);
    CK_FAULTS(&f, "/count: Count must be between 1 and 100\n");
}
END_TEST

START_TEST(one_fault_for_one_field)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults f;
    check(a, &(noun){.title = CH_STR_INIT("much too\nlong it is"), .kind = CH_STR_INIT("other"), .email = CH_STR_INIT("x")}, CH_ALL, &f);
    CK_FAULTS(&f, "/title: A title must be 10 characters or fewer\n/kind: Kind must be one of: full, part\n"
                  "/email: Enter an email address in the correct format, like name@example.com\n");
    check(a, &(noun){.title = CH_STR_INIT("forbidden")}, CH_ALL, &f);
    CK_FAULTS(&f, "/title: That title is taken\n");
}
END_TEST

START_TEST(lines_and_controls)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults f;
    check(a, &(noun){.title = CH_STR_INIT("a\r\nb: c")}, CH_ALL, &f);
    CK_FAULTS(&f, "/title: A title must be on one line\n");
    check(a, &(noun){.title = CH_STR_INIT("a\x1B[2J")}, CH_ALL, &f);
    CK_FAULTS(&f, "/title: A title must not contain control characters\n");
    ck_assert_int_eq(check(a, &(noun){.title = CH_STR_INIT("abc"), .text = CH_STR_INIT("two\n\tlines\r\n")}, CH_ALL, &f), CH_OK);
    check(a, &(noun){.title = CH_STR_INIT("abc"), .text = CH_STR_INIT("bell\a")}, CH_ALL, &f);
    CK_FAULTS(&f, "/text: Text must not contain control characters\n");
}
END_TEST

START_TEST(lists)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults f;
    place places[4] = {
        {.name = CH_STR("Leeds")}, {0}, {.name = CH_STR("York"), .postcode = CH_STR("nowhere"), .latitude = 91}, {.name = CH_STR("x")}};
    ch_str patterns[2] = {CH_STR("full"), CH_STR("never")};
    noun n = {.title = CH_STR("abc"), .places = {places, 4}, .patterns = {patterns, 2}};
    check(a, &n, CH_ALL, &f);
    CK_FAULTS(
        &f,
        "/places: Places: 3 at most\n/places/1/name: Enter name\n/places/2/postcode: Enter a full UK postcode or its first part, like LS1 or LS1 4AP\n"
        "/places/2/latitude: Latitude must be between -90 and 90\n/patterns/1: Patterns must be one of: full, part\n");
}
END_TEST

START_TEST(required_means_each_type)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults f = {.arena = a};
    strict s = {0};
    ck_assert_int_eq(ch_check(a, &strict_table, &s, CH_ALL, &f), CH_INVALID);
    CK_FAULTS(&f, "/count: Enter count\n/ratio: Enter ratio\n/agreed: Enter agreed\n/at: Enter at\n/pay: Enter pay\n/patterns: Select patterns\n");
    /* 0 and false that somebody gave are values */
    f = (ch_faults){.arena = a};
    s = (strict){.seen = {.given = CH_ALL}};
    ch_check(a, &strict_table, &s, CH_ALL, &f);
    CK_FAULTS(&f, "/at: Enter at\n/pay/min: Enter min\n/patterns: Select patterns\n");
    f = (ch_faults){.arena = a};
    s = (strict){.seen = {.given = CH_ALL, .null = CH_ALL}};
    ch_check(a, &strict_table, &s, 0, &f);
    ck_assert_uint_eq(f.n, 6);
}
END_TEST

typedef struct {
    ch_presence seen;
    ch_str place, cv, consent;
} labelled;
CH_TABLE(labelled_table, labelled, "Labels as pages show them", CH_ROW(labelled, place, CH_F_STR, .flags = CH_REQUIRED, .label = "Town or postcode"),
         CH_ROW(labelled, cv, CH_F_STR, .flags = CH_REQUIRED, .label = "CV"),
         CH_ROW(labelled, consent, CH_F_STR, .flags = CH_REQUIRED, .label = "I agree", .missing = "Say that you agree"));

START_TEST(labels_stand_in_a_sentence)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults f = {.arena = a};
    labelled none = {0};
    ch_check(a, &labelled_table, &none, CH_ALL, &f);
    CK_FAULTS(&f, "/place: Enter town or postcode\n/cv: Enter CV\n/consent: Say that you agree\n");
}
END_TEST

UNIT_MAIN("table", rows_are_found_by_name, mistakes_in_tables, faults_have_both_names, faults_do_not_grow_with_the_attack, emails, postcodes,
          a_good_object_passes_whether_or_not_it_says_what_was_given, bounds_count_characters_not_bytes, one_fault_for_one_field, lines_and_controls,
          lists, required_means_each_type, labels_stand_in_a_sentence)
