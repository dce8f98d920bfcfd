/* A cursor whose place and weights anybody wrote: what binds it to its query stays, since no fuzzer guesses it. It is refused, or the pages that
 * follow from it end and have no vacancy twice. The first byte says by what the query sorts. */
#include <math.h>
#include <stdio.h>

#include "search/search.h"
#include "thing.h"

enum { VACANCIES = 60, PAGE = 7, BOUND = 8 };

static ch_search_index *some(void)
{
    static const char *const titles[] = {"Staff nurse", "Nurse, nights", "Nurse practitioner nurse", "Senior staff nurse on ward one"};
    ch_search_index *x = ch_search_open();
    for (int i = 0; i < VACANCIES; i++) {
        char id[16];
        ch_search_location at = {CH_STR("Leeds"), CH_STR("LS1"), 53.8 + i * 0.01, -1.5};
        snprintf(id, sizeof id, "v%d", i);
        ch_search_put(x, &(ch_search_doc){.id = ch_str_of(id),
                                          .version = 1,
                                          .title = ch_str_of(titles[i % 4]),
                                          .locations = &at,
                                          .n_locations = 1,
                                          .salary_max = 20000 + i % 9,
                                          .published_at = i / 3,
                                          .closes_at = 1000 + i % 5});
    }
    return x;
}

/* The query's own first cursor, with what comes behind the query's hash taken from the data. */
static ch_str forge(ch_arena *a, ch_str own, ch_str data)
{
    ch_str bytes;
    ch_buf b = ch_buf_in(a), text = ch_buf_in(a);
    must(ch_base64url_decode(a, own, &bytes) && bytes.n > BOUND);
    ch_buf_put(&b, ch_str_first(bytes, BOUND));
    ch_buf_put(&b, data);
    ch_put_base64url(&text, ch_buf_str(&b));
    return ch_buf_str(&text);
}

static void mark(bool *seen, const ch_search_hit *hit)
{
    int64_t which = -1;
    must(ch_str_int(ch_str_cut(hit->id, 1), &which) && which >= 0 && which < VACANCIES && !seen[which]);
    must(!isnan(hit->score) && !isnan(hit->distance_m));
    seen[which] = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ch_search_index *x;
    bool seen[VACANCIES] = {false};
    ch_search_result r;
    if (!x) x = some();
    if (!size) return 0;
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(16 << 10);
    ch_search_query q = {.text = CH_STR("staff nurse"), .sort = (ch_search_sort)(data[0] % 5), .limit = PAGE, .strict = true};
    if (q.sort != CH_SORT_RELEVANCE) q.text = CH_STR("nurse"); /* more pages */
    if (q.sort == CH_SORT_DISTANCE) q.has_place = true, q.lat = 54, q.lon = -1.5;
    must(ch_search_run(x, &q, a, &r) == CH_OK && r.cursor.n);
    q.cursor = data[0] & 128 ? (ch_str){(const char *)data + 1, size - 1} : forge(a, r.cursor, (ch_str){(const char *)data + 1, size - 1});
    for (int pages = 0; q.cursor.n; pages++) {
        ch_err e = ch_search_run(x, &q, a, &r);
        must(e == CH_OK || (e == CH_INVALID && pages == 0));
        if (e) return 0;
        must(r.n_hits <= PAGE && r.total <= VACANCIES && pages <= VACANCIES / PAGE);
        for (size_t i = 0; i < r.n_hits; i++) mark(seen, &r.hits[i]);
        q.cursor = r.cursor;
    }
    return 0;
}
