#ifndef VACANCIES_SEARCH_CACHE_H
#define VACANCIES_SEARCH_CACHE_H
/*
 * Answers of the index, kept whole for as long as they hold: until the index changes or the next vacancy closes, whichever
 * comes first. What it gives is what ch_search_run gives. Any thread asks; one writes. ADR 14.
 */
#include "base/clock.h"
#include "search/search.h"

typedef struct search_cache search_cache;

typedef struct search_cache_counts {
    uint64_t hits, misses, entries, bytes;
} search_cache_counts;

/* `most`: bytes that the answers may take; 0 keeps none. `closes_at`: of a vacancy, from the blob that the index gives back. */
search_cache *search_cache_new(size_t most, ch_time (*closes_at)(ch_arena *a, ch_str blob));
/* Nobody may be asking any more. */
void search_cache_free(search_cache *c);

/* The writer, round each change of the index: nothing is taken from the cache or kept in it meanwhile. */
void search_cache_change(search_cache *c);
void search_cache_changed(search_cache *c);

/* ch_search_run; the answer lives as long as the arena's content. */
ch_err search_cache_run(search_cache *c, ch_search_index *x, const ch_search_query *q, ch_arena *a, ch_search_result *out);
void search_cache_count(search_cache *c, search_cache_counts *out);
#endif
