#ifndef VACANCIES_SEARCH_INDEX_H
#define VACANCIES_SEARCH_INDEX_H
/*
 * This replica's index: loaded from its file or built from the store on a thread of its own, then kept current by
 * polling what changed (woken by the bus), applied by version.
 */
#include "http/app.h"
#include "search/search.h"

typedef struct search_index search_index;
/* Returns at once; ready when the index is there. `dir`: where its file is kept, or empty; `kept`: bytes of answers that are kept. */
search_index *search_index_start(ch_app *app, ch_str dir, size_t kept);
bool search_index_ready(const search_index *s);
/* The present index; never NULL (empty until built). */
ch_search_index *search_index_get(search_index *s);
/* ch_search_run on it, out of the answers that are kept where they still hold. */
ch_err search_index_run(search_index *s, const ch_search_query *q, ch_arena *a, ch_search_result *out);
/* Stops the thread and saves the file. */
void search_index_stop(search_index *s);
void search_index_metrics(search_index *s, ch_buf *out);
#endif
