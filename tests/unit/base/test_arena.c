/* Memory of a request: aligned, zeroed, given back at once; cleanups last first. */
#include "base/arena.h"
#include "unit.h"

START_TEST(pieces_are_zeroed_aligned_and_apart)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    unsigned char *pieces[200];
    for (size_t i = 0; i < 200; i++) {
        pieces[i] = ch_arena_alloc(a, i + 1);
        ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k <= i; k++) ck_assert_uint_eq(pieces[i][k], 0);
        memset(pieces[i], (int)i, i + 1);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k <= i; k++) ck_assert_uint_eq(pieces[i][k], i);
}
END_TEST

START_TEST(a_used_block_comes_back_zeroed)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    for (int round = 0; round < 3; round++) {
        char *p = ch_arena_alloc(a, 500);
        for (size_t i = 0; i < 500; i++) ck_assert_int_eq(p[i], 0);
        memset(p, 7, 500);
        ch_arena_alloc(a, 100000);
        ch_arena_reset(a);
    }
}
END_TEST

static char order[8];
static size_t ran;
static void note(void *letter) { order[ran++] = *(const char *)letter; }

START_TEST(cleanups_run_once_last_first)
{
    ch_arena *a = ch_arena_new(256);
    ch_arena_on_reset(a, note, (char[]){'a'});
    ch_arena_on_reset(a, note, (char[]){'b'});
    ch_arena_reset(a);
    ck_assert_str_eq(order, "ba");
    ch_arena_reset(a);
    ck_assert_uint_eq(ran, 2);
    ch_arena_on_reset(a, note, (char[]){'c'});
    ch_arena_free(a);
    ck_assert_str_eq(order, "bac");
    ch_arena_free(NULL);
}
END_TEST

START_TEST(strings)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    char source[] = "text";
    ch_str copy = ch_arena_str(a, ch_str_of(source));
    source[0] = 'n';
    ck_assert(ch_str_is(copy, "text") && copy.p[4] == 0);
    ck_assert_str_eq(ch_arena_z(a, (ch_str){"abc", 2}), "ab");
    ck_assert_str_eq(ch_arena_z(a, (ch_str){0}), "");
    ck_assert(ch_str_is(ch_arena_printf(a, "%s-%05d", "x", 42), "x-00042"));
    ch_str large = ch_arena_printf(a, "%5000d", 1);
    ck_assert(large.n == 5000 && large.p[5000] == 0);
    ck_assert_uint_eq(ch_arena_printf(a, "%s", "").n, 0);
}
END_TEST

START_TEST(nonsense_sizes_end_the_process)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ch_arena_alloc_n(a, SIZE_MAX / 2, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arena");
    TCase *cases = tcase_create("arena"), *fatal = tcase_create("fatal");
    tcase_add_test(cases, pieces_are_zeroed_aligned_and_apart);
    tcase_add_test(cases, a_used_block_comes_back_zeroed);
    tcase_add_test(cases, cleanups_run_once_last_first);
    tcase_add_test(cases, strings);
    tcase_add_test_raise_signal(fatal, nonsense_sizes_end_the_process, 6);
    suite_add_tcase(suite, cases);
    suite_add_tcase(suite, fatal);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
