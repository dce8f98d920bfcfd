/* Identifiers: shape, order, repeatability, and that no two are the same, also across threads and forks. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "unit.h"

START_TEST(ids_sort_by_time_and_never_repeat)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(65536);
    ch_time start = ch_now();
    ch_str before = ch_id_new(a);
    for (int i = 0; i < 20000; i++) {
        ch_str id = ch_id_new(a);
        ck_assert(ch_id_valid(id));
        ck_assert_int_lt(ch_str_cmp(before, id), 0);
        before = id;
    }
    ck_assert_int_ge(ch_id_time(before), start);
    ck_assert_int_le(ch_id_time(before), ch_now());
}
END_TEST

START_TEST(the_floor_is_below_every_id_of_its_moment)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_time before = ch_now();
    ch_str id = ch_id_new(a);
    ch_time after = ch_now();
    ck_assert_int_le(ch_str_cmp(ch_id_floor(a, before), id), 0);
    ck_assert_int_gt(ch_str_cmp(ch_id_floor(a, after + 1), id), 0);
    ck_assert(ch_str_is(ch_id_floor(a, 0), "00000000000000000000000000"));
    ck_assert_int_eq(ch_id_time(ch_id_floor(a, 1795461780123)), 1795461780123);
    ck_assert_int_eq(ch_id_time(ch_id_floor(a, (1ll << 48) - 1)), (1ll << 48) - 1);
}
END_TEST

START_TEST(what_an_id_is)
{
    static const char *const bad[] = {"",
                                      "0123456789",
                                      "0000000000000000000000000",
                                      "000000000000000000000000000",
                                      "80000000000000000000000000",
                                      "0000000000000000000000000A",
                                      "0000000000000000000000000i",
                                      "0000000000000000000000000l",
                                      "0000000000000000000000000o",
                                      "0000000000000000000000000u",
                                      "0000000000000000000000000/",
                                      "0000000000000000000000000 "};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!ch_id_valid(ch_str_of(bad[i])), "%s", bad[i]);
    ck_assert(ch_id_valid(CH_STR("7zzzzzzzzzzzzzzzzzzzzzzzzz")));
    ck_assert(!ch_id_valid(CH_STR("0000000000000000000000000\0")));
    ck_assert_int_eq(ch_id_time(CH_STR("")), 0);
}
END_TEST

START_TEST(derived_ids_repeat_and_keep_their_parts_apart)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str one = ch_id_derived(a, CH_STR("client"), CH_STR("key"));
    ck_assert(ch_id_valid(one));
    ck_assert(ch_str_eq(one, ch_id_derived(a, CH_STR("client"), CH_STR("key"))));
    ck_assert(!ch_str_eq(one, ch_id_derived(a, CH_STR("clien"), CH_STR("tkey"))));
    ck_assert(!ch_str_eq(one, ch_id_derived(a, CH_STR("key"), CH_STR("client"))));
    ck_assert(ch_id_valid(ch_id_derived(a, (ch_str){0}, (ch_str){0})));
}
END_TEST

enum { THREADS = 4, EACH = 5000 };
static char many[THREADS][EACH][27];
static void *make_ids(void *p)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(65536);
    char(*out)[27] = p;
    for (int i = 0; i < EACH; i++) memcpy(out[i], ch_id_new(a).p, 27);
    return NULL;
}
static int compare(const void *x, const void *y) { return strcmp(x, y); }

START_TEST(threads_do_not_meet)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, make_ids, many[i]);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    char(*all)[27] = many[0];
    qsort(all, (size_t)THREADS * EACH, 27, compare);
    for (int i = 1; i < THREADS * EACH; i++) ck_assert_str_ne(all[i - 1], all[i]);
}
END_TEST

START_TEST(a_fork_does_not_count_on_from_its_parent)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    int ends[2];
    char theirs[26];
    ch_id_new(a);
    /* Whatever the clock says, the child must not go on from the parent's number. */
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        ssize_t n = write(ends[1], ch_id_new(a).p, 26);
        _exit(n != 26);
    }
    ch_str mine = ch_id_new(a);
    ck_assert_int_eq(read(ends[0], theirs, 26), 26);
    ck_assert_int_ne(memcmp(mine.p + 10, theirs, 12), 0);
    ck_assert_int_ne(memcmp(mine.p + 10, theirs + 10, 12), 0);
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(codes_and_secrets)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_str code = ch_code_new(a, 500), secret = ch_secret_new(a);
    ck_assert_uint_eq(code.n, 500);
    for (size_t i = 0; i < code.n; i++) ck_assert_ptr_nonnull(strchr("23456789BCDFGHJKMNPQRSTVWXYZ", code.p[i]));
    ck_assert_uint_eq(secret.n, 43);
    ck_assert(!ch_str_eq(secret, ch_secret_new(a)));
}
END_TEST

START_TEST(digests)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    /* BLAKE2b-256 of nothing and of "abc", as other implementations give it */
    ck_assert(ch_str_is(ch_digest(a, (ch_str){0}), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"));
    ck_assert(ch_str_is(ch_digest(a, CH_STR("abc")), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"));
    ch_str keyed = ch_digest_keyed(a, CH_STR("a key of thirty-two bytes length"), CH_STR("abc"));
    ck_assert_uint_eq(keyed.n, 64);
    ck_assert(!ch_str_eq(keyed, ch_digest(a, CH_STR("abc"))));
    ck_assert(!ch_str_eq(keyed, ch_digest_keyed(a, CH_STR("b key of thirty-two bytes length"), CH_STR("abc"))));
}
END_TEST

UNIT_MAIN("id", ids_sort_by_time_and_never_repeat, the_floor_is_below_every_id_of_its_moment, what_an_id_is,
          derived_ids_repeat_and_keep_their_parts_apart, threads_do_not_meet, a_fork_does_not_count_on_from_its_parent, codes_and_secrets, digests)
