/* A query of any bytes over a small index: the first byte picks filters and sort, the rest is the text; then once more as a cursor. */
#include <math.h>
#include <stdio.h>

#include "search/search.h"
#include "thing.h"

static ch_search_index *small_index(void)
{
    static const char *const titles[] = {"Staff nurse band 5", "Healthcare assistant nights", "Physiotherapist", "Athro ysgol gynradd \xC5\xB5yl",
                                         "HGV driver \xC2\xA3 28,407"};
    ch_search_index *x = ch_search_open();
    for (int i = 0; i < 40; i++) {
        char id[16];
        ch_search_location at = {CH_STR("Leeds"), CH_STR("LS1 4AP"), 53.8 + i * 0.1, -1.5};
        snprintf(id, sizeof id, "v%d", i);
        ch_search_put(x, &(ch_search_doc){.id = ch_str_of(id),
                                          .version = 1,
                                          .title = ch_str_of(titles[i % 5]),
                                          .description = CH_STR("mental health ward, care and support"),
                                          .staff_group = CH_STR("a"),
                                          .locations = &at,
                                          .n_locations = 1,
                                          .salary_max = 20000 + i,
                                          .published_at = i,
                                          .closes_at = i % 3 ? 0 : 50});
    }
    return x;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ch_search_index *x;
    if (!x) x = small_index();
    if (!size) return 0;
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_str text = {(const char *)data + 1, size - 1}, group = CH_STR("a"), words[8];
    ch_search_query q = {.text = text,
                         .typing = data[0] & 1,
                         .strict = data[0] & 2,
                         .has_place = data[0] & 4,
                         .lat = 54,
                         .lon = -1.4,
                         .radius_m = data[0] & 8 ? 30000 : 0,
                         .now = data[0] & 16 ? 100 : 0,
                         .sort = (ch_search_sort)(data[0] >> 5 & 3),
                         .limit = 5,
                         .facets = CH_FACET_ALL};
    if (data[0] & 128) q.filters[0].codes = &group, q.filters[0].n = 1;
    ch_search_result r;
    ch_err e = ch_search_run(x, &q, a, &r);
    must(e == CH_OK || (e == CH_TOO_LARGE && text.n > 1000));
    if (e) return 0;
    must(r.total <= 40 && r.n_hits <= 5 && r.n_hits <= r.total && (r.cursor.n == 0 || r.n_hits == 5));
    for (size_t i = 0; i < r.n_hits; i++) must(isfinite(r.hits[i].score) && isfinite(r.hits[i].distance_m));
    q.cursor = text;
    e = ch_search_run(x, &q, a, &r);
    must(e == CH_OK || e == CH_INVALID);
    must(ch_search_complete(x, text, a, words, 8) <= 8);
    q.cursor = CH_STR("");
    q.budget = 1;
    e = ch_search_run(x, &q, a, &r);
    must(e == CH_OK || e == CH_TOO_COSTLY);
    return 0;
}
