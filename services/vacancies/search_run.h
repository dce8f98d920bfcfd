#ifndef VACANCIES_SEARCH_RUN_H
#define VACANCIES_SEARCH_RUN_H
#include "http/call.h"
#include "search/place.h"
#include "search/search.h"
#include "vacancies/search_fields.h"

typedef struct search_outcome {
    ch_search_query query;
    ch_search_result result;
    ch_place place;
    bool has_place, place_unknown, place_mended;
} search_outcome;
/* The query as people and systems write it to the index's, and its answer. CH_UNAVAILABLE: the index is not built yet.
 * An unknown place is not an error: place_unknown, and nothing is searched. */
ch_err search_run(ch_call *call, const search_query *q, unsigned facets, search_outcome *out);
#endif
