/* The index's file: the same index again, or told from a sound one; what no vacancy has any more is not kept in it. */
#include "search/small.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "search/file.h"
#include "search/random.h"
#include "unit.h"

enum { HEAD = 80 /* behind it zeros, which say nothing */, HEAD_PAGE = 4096, HEAD_MOST = 128, BYTES_MOST = 2 << 20 };
static char path[64];
static char bytes[BYTES_MOST];
static size_t n_bytes;

static void write_bytes(size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static void read_bytes(void)
{
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    n_bytes = fread(bytes, 1, sizeof bytes, f);
    ck_assert(n_bytes < sizeof bytes && fclose(f) == 0);
}

static ch_err load(ch_search_index **out)
{
    *out = NULL;
    ch_err e = ch_search_load(path, out);
    ck_assert((e == CH_OK) == (*out != NULL));
    return e;
}

static ch_err load_only(void)
{
    ch_search_index *loaded;
    ch_err e = load(&loaded);
    ch_search_close(loaded);
    return e;
}

static void save_some(void)
{
    snprintf(path, sizeof path, "/tmp/search-file-%d", (int)getpid());
    small_open();
    put("1", "Staff nurse, nights");
    put("2", "Nursing lead");
    put("3", "Porter");
    ck_assert_int_eq(ch_search_remove(x, CH_STR("3"), 7), CH_OK);
    ch_search_set_position(x, 1234567);
    ck_assert_int_eq(ch_search_save(x, path), CH_OK);
    read_bytes();
}

static void close_all(void)
{
    unlink(path);
    small_close();
}

START_TEST(what_is_not_a_sound_file)
{
    save_some();
    unlink(path);
    ck_assert_int_eq(load_only(), CH_NOT_FOUND);
    write_bytes(0);
    ck_assert_int_eq(load_only(), CH_MALFORMED);
    for (size_t n = 1; n < n_bytes; n += n < 200 ? 1 : n / 9) {
        write_bytes(n);
        ck_assert_msg(load_only() == CH_MALFORMED, "%zu of %zu bytes", n, n_bytes);
    }
    write_bytes(n_bytes - 1);
    ck_assert_int_eq(load_only(), CH_MALFORMED);
    bytes[n_bytes] = 0;
    write_bytes(n_bytes + 1);
    ck_assert_int_eq(load_only(), CH_MALFORMED);
    write_bytes(n_bytes);
    ck_assert_int_eq(load_only(), CH_OK);
    memset(bytes, 'x', n_bytes);
    write_bytes(n_bytes);
    ck_assert_int_eq(load_only(), CH_MALFORMED);
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(load_only(), CH_MALFORMED);
    rmdir(path);
    close_all();
}
END_TEST

/* All of the head, and places all over the rest. */
START_TEST(a_bit_is_missed_nowhere)
{
    random_seed("bits");
    save_some();
    for (size_t i = 0; i < 8 * HEAD_MOST + 1500; i++) {
        size_t bit = i < 8 * HEAD_MOST ? i : 8 * HEAD_PAGE + below(8 * (n_bytes - HEAD_PAGE));
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        write_bytes(n_bytes);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        ck_assert_msg(load_only() == CH_MALFORMED || (bit / 8 >= HEAD && bit / 8 < HEAD_PAGE), "bit %zu of byte %zu", bit % 8, bit / 8);
    }
    close_all();
}
END_TEST

START_TEST(another_version_is_not_read)
{
    save_some();
    ck_assert(search_file_seal(path));
    ck_assert_int_eq(load_only(), CH_OK);
    char *digit = memchr(bytes, '-', 16);
    ck_assert_ptr_nonnull(digit);
    digit = strrchr(bytes, '-') + 1;
    ++*digit;
    write_bytes(n_bytes);
    ck_assert(search_file_seal(path));
    ck_assert_int_eq(load_only(), CH_MALFORMED);
    close_all();
}
END_TEST

static ch_search_doc version_of(const char *id, const char *title, int64_t version)
{
    ch_search_doc d = small_doc(id, title);
    d.version = version;
    return d;
}

/* Versions and tombstones are in it, so that only what came since is applied. */
START_TEST(the_difference_is_replayed)
{
    save_some();
    ch_search_close(x);
    ck_assert_int_eq(load(&x), CH_OK);
    ck_assert_int_eq(ch_search_position(x), 1234567);
    const struct {
        const char *id, *title;
        int64_t version;
        ch_err e;
    } cases[] = {{"1", "Old", 1, CH_STALE},
                 {"3", "Old", 7, CH_STALE},
                 {"3", "Porter again", 8, CH_OK},
                 {"2", "Nursing manager", 2, CH_OK},
                 {"4", "Cook", 1, CH_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ch_search_doc d = version_of(cases[i].id, cases[i].title, cases[i].version);
        ck_assert_int_eq(ch_search_put(x, &d), cases[i].e);
    }
    ck_found("", "4 3 2 1");
    ck_found("nurse", "2 1");
    ck_found("old", "");
    ck_found("lead", "");
    ck_found("again", "3");
    close_all();
}
END_TEST

START_TEST(a_file_is_replaced_whole_or_not_at_all)
{
    save_some();
    ch_search_index *mapped;
    ck_assert_int_eq(load(&mapped), CH_OK);
    put("5", "Cook");
    ck_assert_int_eq(ch_search_save(x, path), CH_OK); /* while the other has it mapped */
    ch_search_index *own = x;
    x = mapped;
    ck_found("", "2 1");
    ck_found("nurse", "2 1");
    x = own;
    ck_assert_int_eq(ch_search_save(x, "/nowhere/at/all"), CH_INTERNAL);
    ck_assert_int_eq(mkdir("/tmp/search-file-dir", 0700) && errno != EEXIST, 0);
    ck_assert_int_eq(ch_search_save(x, "/tmp/search-file-dir"), CH_INTERNAL); /* not to be renamed to */
    rmdir("/tmp/search-file-dir");
    ck_assert_int_eq(load_only(), CH_OK);
    ch_search_close(mapped);
    close_all();
}
END_TEST

/* ---- words that nobody has any more */

enum { EACH = 3000, ROUNDS = 6 };

static ch_str word_of(int round, int i)
{
    ch_buf b = ch_buf_in(arena);
    ch_buf_printf(&b, "w");
    for (int k = round * EACH + i; k; k /= 20) ch_buf_char(&b, "bcdfghjklmnpqrstvwxz"[k % 20]);
    ch_buf_printf(&b, "ation");
    return ch_buf_str(&b);
}

static void put_round(int round, int64_t version)
{
    for (int i = 0; i < EACH; i++) {
        ch_search_doc d = version_of(ch_arena_printf(arena, "%d", i).p, "Nurse", version);
        d.description = word_of(round, i);
        ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
    }
}

static void ck_total(ch_str text, bool typing, size_t total)
{
    ask((ch_search_query){.text = text, .typing = typing, .strict = true});
    ck_assert_msg(r.total == total, "\"%.*s\": %d", CH_ARG(text), (int)r.total);
}

static void ck_word(int round, int i, size_t total)
{
    ch_str word = word_of(round, i);
    ck_total(word, false, total);
    ck_total(ch_arena_printf(arena, "nurse %.*s", CH_ARG(ch_str_first(word, word.n - 2))), true, total);
}

/* Each word once and gone with the next round: neither the file nor what is made of it grows. */
START_TEST(words_that_are_gone_are_not_kept)
{
    struct stat first, now;
    ch_search_stats before, after;
    snprintf(path, sizeof path, "/tmp/search-file-%d", (int)getpid());
    small_open();
    for (int round = 0; round < ROUNDS; round++) {
        put_round(round, round + 1);
        ck_assert_int_eq(ch_search_save(x, path), CH_OK);
        ck_assert_int_eq(stat(path, round ? &now : &first), 0);
        if (round) ck_assert_msg(now.st_size < first.st_size + EACH * 40, "%lld bytes, first %lld", (long long)now.st_size, (long long)first.st_size);
        ch_search_close(x);
        ck_assert_int_eq(load(&x), CH_OK);
        ch_search_get_stats(x, round ? &after : &before);
        ck_assert_uint_eq(round ? after.terms : before.terms, before.terms);
        for (int i = 0; i < EACH; i += 100) ck_word(round, i, 1);
        if (round) ck_word(round - 1, 7, 0);
    }
    /* Those that fill the gaps are found at once. */
    put_round(ROUNDS, ROUNDS + 1);
    for (int i = 0; i < EACH; i += 100) ck_word(ROUNDS, i, 1);
    ask((ch_search_query){.text = ch_arena_printf(arena, "%.*sx", CH_ARG(word_of(ROUNDS, 5)))});
    ck_assert(r.total == 1 && ch_str_eq(r.corrected, word_of(ROUNDS, 5)));
    ck_assert_msg(after.index_bytes < before.index_bytes + before.index_bytes / 4, "%llu bytes, once %llu", (unsigned long long)after.index_bytes,
                  (unsigned long long)before.index_bytes);
    close_all();
}
END_TEST

UNIT_MAIN("search file", what_is_not_a_sound_file, a_bit_is_missed_nowhere, another_version_is_not_read, the_difference_is_replayed,
          a_file_is_replaced_whole_or_not_at_all, words_that_are_gone_are_not_kept)
