/* A writer changes, adds, removes and rebuilds while readers ask: each sees every change whole or not at all. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "search/search.h"
#include "unit.h"

enum { VACANCIES = 300, READERS = 3, CHANGES = 3000 };

static ch_search_index *x;
static atomic_bool done;
static atomic_int wrong, asked;

/* A word of its own for each number, in one of its forms. */
static void put_word(char *out, size_t size, int64_t number)
{
    static const char *const ends[] = {"ward", "wards", "warding"};
    size_t n = 0;
    for (int64_t k = number; k; k /= 20) out[n++] = "bcdfghjklmnpqrstvwxz"[k % 20];
    snprintf(out + n, size - n, "%s", ends[number % 3]);
}

/* Every version says its number in the title, in the salary and in what comes back. */
static void put(int i, int64_t version)
{
    char id[16], title[96], blob[32], word[32];
    ch_search_location at = {CH_STR("Leeds"), CH_STR("LS1 4AP"), 53.8, -1.5 + (double)(version % 3000) / 1000};
    snprintf(id, sizeof id, "v%d", i);
    put_word(word, sizeof word, version);
    snprintf(title, sizeof title, "%s turn%d word%d %s", version % 3 ? "Nurse" : "Nursing", (int)version, (int)(version % 40), word);
    snprintf(blob, sizeof blob, "%d %d", i, (int)version);
    ck_assert_int_eq(ch_search_put(x, &(ch_search_doc){.id = ch_str_of(id),
                                                       .version = version,
                                                       .title = ch_str_of(title),
                                                       .staff_group = version % 2 ? CH_STR("odd") : CH_STR("even"),
                                                       .locations = &at,
                                                       .n_locations = 1,
                                                       .salary_max = version,
                                                       .published_at = version,
                                                       .blob = ch_str_of(blob)}),
                     CH_OK);
}

/* All vacancies are there always, each once; the facets add up to them. */
static void ask_for_all(ch_arena *a)
{
    ch_search_query q = {.text = CH_STR("nurse"),
                         .limit = 20,
                         .facets = CH_FACET_BIT(CH_FACET_STAFF_GROUP),
                         .has_place = true,
                         .lat = 53.8,
                         .lon = -1.5,
                         .radius_m = 500000};
    ch_search_result r;
    uint64_t sum = 0;
    if (ch_search_run(x, &q, a, &r)) atomic_fetch_add(&wrong, 1);
    for (size_t i = 0; i < r.facets[CH_FACET_STAFF_GROUP].n; i++) sum += r.facets[CH_FACET_STAFF_GROUP].counts[i].count;
    if (r.total != VACANCIES || sum != VACANCIES) atomic_fetch_add(&wrong, 1);
    for (size_t i = 0; i < r.n_hits; i++) {
        ch_str rest = r.hits[i].blob, part;
        int64_t version = 0;
        ch_str_split(&rest, ' ', &part);
        if (!ch_str_int(rest, &version) || version != r.hits[i].version) atomic_fetch_add(&wrong, 1);
    }
}

static void ask_for_one(ch_arena *a, int i)
{
    char id[16], word[16];
    ch_search_hit hit;
    ch_search_result r;
    ch_str words[8];
    snprintf(id, sizeof id, "v%d", i % VACANCIES);
    snprintf(word, sizeof word, "wor");
    if (ch_search_get(x, ch_str_of(id), a, &hit)) atomic_fetch_add(&wrong, 1);
    if (ch_search_similar(x, ch_str_of(id), 0, 5, a, &r)) atomic_fetch_add(&wrong, 1);
    if (!ch_search_complete(x, ch_str_of(word), a, words, 8)) atomic_fetch_add(&wrong, 1);
    if (ch_search_run(x, &(ch_search_query){.text = CH_STR("nurze"), .limit = 5}, a, &r) || !r.total) atomic_fetch_add(&wrong, 1);
}

static void *reader(void *p)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 16);
    for (int i = (int)(intptr_t)p; !atomic_load(&done); i++) {
        ask_for_all(a);
        ask_for_one(a, i);
        ch_arena_reset(a);
        atomic_fetch_add(&asked, 1);
    }
    return NULL;
}

/* From a file that leaves gaps in the dictionary, for the words to come. */
static void begin(void)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/search-thread-%d", (int)getpid());
    x = ch_search_open();
    for (int i = 0; i < VACANCIES; i++) put(i, 100000 + i);
    for (int i = 0; i < VACANCIES; i++) put(i, 200000);
    ck_assert_int_eq(ch_search_save(x, path), CH_OK);
    ch_search_close(x);
    ck_assert_int_eq(ch_search_load(path, &x), CH_OK);
    unlink(path);
}

START_TEST(readers_see_changes_whole)
{
    pthread_t readers[READERS];
    begin();
    for (int k = 0; k < READERS; k++) ck_assert_int_eq(pthread_create(&readers[k], NULL, reader, (void *)(intptr_t)(k * 100)), 0);
    for (int n = 0; n < CHANGES; n++) {
        put(n * 7 % VACANCIES, 200001 + n);
        /* Others come and go, which no question of the readers finds. */
        ck_assert_int_eq(ch_search_put(x, &(ch_search_doc){.id = CH_STR("other"), .version = 2 * n + 1, .title = CH_STR("Porter")}), CH_OK);
        ck_assert_int_eq(ch_search_remove(x, CH_STR("other"), 2 * n + 2), CH_OK);
        if (n % 97 == 0) ch_search_maintain(x);
    }
    while (atomic_load(&asked) < 100) sched_yield();
    atomic_store(&done, true);
    for (int k = 0; k < READERS; k++) pthread_join(readers[k], NULL);
    ck_assert_int_eq(atomic_load(&wrong), 0);
    ch_search_close(x);
}
END_TEST

UNIT_MAIN("search with readers and a writer", readers_see_changes_whole)
