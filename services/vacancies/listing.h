#ifndef VACANCIES_LISTING_H
#define VACANCIES_LISTING_H
/* A list that can be narrowed to a state, with the count of each, page by page: an organisation's vacancies, a
 * vacancy's applications. */
#include <bson/bson.h>

#include "http/call.h"

enum { LISTING_STATES = 8 };
typedef struct state_counts {
    const ch_code *states; /* code and what people read; at most LISTING_STATES */
    int64_t n[LISTING_STATES];
} state_counts;
/* For an aggregation's {_id: state, n}; `counts` is a state_counts. States that it does not name are passed over. */
bool state_counts_take(void *counts, const bson_t *doc);

typedef struct listing {
    ch_str path; /* of the page itself */
    const ch_code *states;
    ch_str state; /* one of the states, or empty: all */
    int64_t page; /* from 1 */
} listing;
/* What the address asks for; what makes no sense is all of them, the first page. */
listing listing_asked(const ch_call *call, ch_str path, const ch_code *states);
/* {{> views}} and {{> pagination}}, `filter` and `total`. more: there is another page. */
void listing_put(ch_call *call, ch_map *m, const listing *l, const state_counts *counts, bool more);
#endif
