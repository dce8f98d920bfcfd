/* Strings, numbers in text, UTF-8, the growing buffer. */
#include "base/arena.h"
#include "unit.h"

#define S(literal) CH_STR(literal)
static void ck_str(ch_str got, const char *want) { ck_assert_msg(ch_str_is(got, want), "got \"%.*s\", wanted \"%s\"", CH_ARG(got), want); }

START_TEST(comparing)
{
    ck_assert(ch_str_eq(S(""), (ch_str){0}));
    ck_assert(!ch_str_eq(S("a"), S("b")));
    ck_assert(!ch_str_eq(S("a"), S("ab")));
    ck_assert(ch_str_eq(S("a\0b"), S("a\0b")));
    ck_assert(!ch_str_eq(S("a\0b"), S("a\0c")));
    ck_assert_int_lt(ch_str_cmp(S("a"), S("b")), 0);
    ck_assert_int_lt(ch_str_cmp(S("a"), S("aa")), 0);
    ck_assert_int_gt(ch_str_cmp(S("b"), S("aa")), 0);
    ck_assert_int_gt(ch_str_cmp(S("\xC3"), S("z")), 0);
    ck_assert_int_eq(ch_str_cmp(S(""), (ch_str){0}), 0);
    ck_assert(ch_str_eq_fold(S("Content-Type"), S("content-TYPE")));
    ck_assert(!ch_str_eq_fold(S("@"), S("`")));
    ck_assert(!ch_str_eq_fold(S("ab"), S("abc")));
    ck_assert(ch_str_eq_secret(S("token"), S("token")));
    ck_assert(!ch_str_eq_secret(S("token"), S("tokem")));
    ck_assert(!ch_str_eq_secret(S("token"), S("toke")));
    ck_assert(!ch_str_eq_secret(S(""), S("t")));
}
END_TEST

START_TEST(parts)
{
    ck_assert(ch_str_starts(S("/jobs/1"), S("/jobs")));
    ck_assert(!ch_str_starts(S("/job"), S("/jobs")));
    ck_assert(ch_str_starts((ch_str){0}, S("")));
    ck_assert(ch_str_ends(S("a.html"), S(".html")));
    ck_assert(!ch_str_ends(S("html"), S(".html")));
    ck_assert(ch_str_ends((ch_str){0}, S("")));
    ck_assert_int_eq(ch_str_index(S("a=b=c"), '='), 1);
    ck_assert_int_eq(ch_str_index(S(""), '='), -1);
    ck_assert_int_eq(ch_str_find(S("one two"), S("two")), 4);
    ck_assert_int_eq(ch_str_find(S("one"), S("")), 0);
    ck_assert_int_eq(ch_str_find((ch_str){0}, S("x")), -1);
    ck_str(ch_str_cut(S("abc"), 1), "bc");
    ck_str(ch_str_cut(S("abc"), 3), "");
    ck_str(ch_str_cut(S("abc"), 9), "");
    ck_str(ch_str_first(S("abc"), 2), "ab");
    ck_str(ch_str_first(S("abc"), 9), "abc");
    ck_str(ch_str_trim(S(" \t\r\n\v\f a b \n")), "a b");
    ck_str(ch_str_trim(S("   ")), "");
    ck_str(ch_str_trim((ch_str){0}), "");
}
END_TEST

START_TEST(splitting_keeps_empty_parts)
{
    ch_str rest = S("a,,b,"), part;
    static const char *const want[] = {"a", "", "b", ""};
    for (size_t i = 0; i < 4; i++) {
        ck_assert(ch_str_split(&rest, ',', &part));
        ck_str(part, want[i]);
    }
    ck_assert(!ch_str_split(&rest, ',', &part));
    rest = S("");
    ck_assert(ch_str_split(&rest, ',', &part));
    ck_str(part, "");
    ck_assert(!ch_str_split(&rest, ',', &part));
}
END_TEST

START_TEST(whole_numbers)
{
    static const struct {
        const char *text;
        bool fine;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x1", false, 0},
        {"\xD9\xA1", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t value = -77;
        ck_assert_msg(ch_str_int(ch_str_of(rows[i].text), &value) == rows[i].fine, "\"%s\"", rows[i].text);
        ck_assert_int_eq(value, rows[i].fine ? rows[i].value : -77);
    }
}
END_TEST

START_TEST(decimal_numbers)
{
    double d;
    ck_assert(ch_str_double(S("-0.5e1"), &d) && d == -5);
    ck_assert(ch_str_double(S("12"), &d) && d == 12);
    static const char *const bad[] = {"", "-", "e", "1e", "inf", "nan", "0x1p3", "1 ", "1e999", "--1", "1.2.3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!ch_str_double(ch_str_of(bad[i]), &d), "\"%s\"", bad[i]);
    char longer[80];
    memset(longer, '1', sizeof longer);
    ck_assert(!ch_str_double((ch_str){longer, sizeof longer}, &d));
}
END_TEST

START_TEST(utf8)
{
    static const struct {
        ch_str s;
        bool fine;
        size_t length;
    } rows[] = {
        {CH_STR_INIT(""), true, 0},
        {CH_STR_INIT("abc"), true, 3},
        {CH_STR_INIT("\xC2\xA3"), true, 1},                 /* U+00A3 */
        {CH_STR_INIT("\xE0\xA0\x80\xEF\xBF\xBF"), true, 2}, /* the ends of three bytes */
        {CH_STR_INIT("\xED\x9F\xBF"), true, 1},             /* the last before the surrogates */
        {CH_STR_INIT("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), true, 2},
        {CH_STR_INIT("a\0b"), false, 0},
        {CH_STR_INIT("\x80"), false, 0},
        {CH_STR_INIT("\xC0\x80"), false, 0},         /* overlong */
        {CH_STR_INIT("\xC1\xBF"), false, 0},         /* overlong */
        {CH_STR_INIT("\xE0\x9F\xBF"), false, 0},     /* overlong */
        {CH_STR_INIT("\xF0\x8F\xBF\xBF"), false, 0}, /* overlong */
        {CH_STR_INIT("\xED\xA0\x80"), false, 0},     /* a surrogate */
        {CH_STR_INIT("\xF4\x90\x80\x80"), false, 0}, /* past U+10FFFF */
        {CH_STR_INIT("\xF5\x80\x80\x80"), false, 0},
        {CH_STR_INIT("\xFF"), false, 0},
        {CH_STR_INIT("\xC2"), false, 0}, /* cut short */
        {CH_STR_INIT("\xE2\x82"), false, 0},
        {CH_STR_INIT("\xE2\x28\xA1"), false, 0},
        {CH_STR_INIT("\xF0\x9F\x98"), false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_msg(ch_utf8_valid(rows[i].s) == rows[i].fine, "row %zu", i);
        if (rows[i].fine) ck_assert_uint_eq(ch_utf8_length(rows[i].s), rows[i].length);
    }
}
END_TEST

START_TEST(cutting_never_halves_a_character)
{
    ch_str s = S("a\xC2\xA3\xE2\x82\xAC\xF0\x9F\x98\x80z");
    for (size_t n = 0; n <= s.n + 2; n++) {
        ch_str cut = ch_utf8_first(s, n);
        ck_assert_uint_le(cut.n, n);
        ck_assert(ch_utf8_valid(cut));
        ck_assert(ch_str_starts(s, cut));
    }
    ck_assert_uint_eq(ch_utf8_first(s, 2).n, 1);
    ck_assert_uint_eq(ch_utf8_first(s, 3).n, 3);
    ck_assert_uint_eq(ch_utf8_first(s, 9).n, 6);
}
END_TEST

START_TEST(buffer_grows_and_keeps)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ch_buf heap = {0}, in_arena = ch_buf_in(a);
    ck_str(ch_buf_str(&heap), "");
    for (int i = 0; i < 1000; i++) {
        ch_buf_printf(&heap, "%d,", i);
        ch_buf_int(&in_arena, i);
        ch_buf_char(&in_arena, ',');
    }
    ck_assert(ch_str_eq(ch_buf_str(&heap), ch_buf_str(&in_arena)));
    ck_assert(ch_str_ends(ch_buf_str(&heap), S("998,999,")));
    ch_buf_free(&heap);
    ck_assert_uint_eq(heap.n, 0);
    ch_buf_put(&heap, S("again"));
    ck_str(ch_buf_str(&heap), "again");
    ch_buf_free(&heap);
}
END_TEST

START_TEST(buffer_takes_one_piece_larger_than_twice_itself)
{
    static char large[100000];
    memset(large, 'x', sizeof large);
    ch_buf b = {0};
    ch_buf_put(&b, S("start"));
    ch_buf_put(&b, (ch_str){large, sizeof large});
    ck_assert_uint_eq(b.n, 100005);
    ck_assert(b.p[4] == 't' && b.p[5] == 'x' && b.p[100004] == 'x');
    ch_buf_free(&b);
}
END_TEST

START_TEST(buffer_writes_every_integer)
{
    static const int64_t values[] = {0, 1, -1, 9, 10, -10, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        ch_buf b = {0};
        int64_t back;
        ch_buf_int(&b, values[i]);
        ck_assert(ch_str_int(ch_buf_str(&b), &back));
        ck_assert_int_eq(back, values[i]);
        ch_buf_free(&b);
    }
}
END_TEST

START_TEST(hashes_differ)
{
    ck_assert_uint_eq(ch_hash(S("")), 14695981039346656037u);
    ck_assert_uint_eq(ch_hash(S("a")), 0xaf63dc4c8601ec8cu); /* FNV-1a's published value */
    ck_assert_uint_ne(ch_hash(S("ab")), ch_hash(S("ba")));
}
END_TEST

START_TEST(what_only_deceives_is_taken_out)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ck_assert(ch_str_is(ch_utf8_tame(a, CH_STR("a\xE2\x80\xAE"
                                               "b\xE2\x81\xA6"
                                               "c\x01\x7F\xC2\x85"
                                               "d\n\te")),
                        "abcd\n\te"));
    ch_str fine = CH_STR("Si\xC3\xA2n \xE2\x80\x93 \xC2\xA3"
                         "5");
    ck_assert_ptr_eq(ch_utf8_tame(a, fine).p, fine.p);
    ck_assert(ch_str_is(ch_utf8_tame(a, CH_STR("cut \xE2\x80")), "cut \xE2\x80"));
}
END_TEST

UNIT_MAIN("str", comparing, parts, splitting_keeps_empty_parts, whole_numbers, decimal_numbers, utf8, cutting_never_halves_a_character,
          buffer_grows_and_keeps, buffer_takes_one_piece_larger_than_twice_itself, buffer_writes_every_integer, hashes_differ,
          what_only_deceives_is_taken_out)
