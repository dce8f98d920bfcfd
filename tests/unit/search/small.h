#ifndef UNIT_SEARCH_SMALL_H
#define UNIT_SEARCH_SMALL_H
/* A small index of named cases: what the tests of queries, of the file and of the index put in and ask. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "search/search.h"

static ch_search_index *x;
static ch_arena *arena;
static ch_search_result r;

static inline void small_open(void)
{
    x = ch_search_open();
    arena = ch_arena_new(1 << 16);
}

static inline void small_close(void)
{
    ch_search_close(x);
    ch_arena_free(arena);
}

/* All in Leeds, the latest id published last. */
static inline ch_search_doc small_doc(const char *id, const char *title)
{
    static const ch_search_location leeds = {{"Leeds", 5}, {"LS1 4AP", 7}, 53.7965, -1.5478};
    return (ch_search_doc){.id = ch_str_of(id),
                           .version = 1,
                           .title = ch_str_of(title),
                           .locations = &leeds,
                           .n_locations = 1,
                           .published_at = atoi(id),
                           .blob = ch_str_of(id)};
}

static inline void put(const char *id, const char *title)
{
    ch_search_doc d = small_doc(id, title);
    ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
}

static inline void ask(ch_search_query q)
{
    if (!q.limit) q.limit = 50;
    ck_assert_int_eq(ch_search_run(x, &q, arena, &r), CH_OK);
}

/* Ids in order, with spaces between. */
static inline const char *ids_of(ch_search_query q)
{
    ch_buf b = ch_buf_in(arena);
    ask(q);
    ck_assert(r.cursor.n > 0 || r.n_hits == r.total);
    for (size_t i = 0; i < r.n_hits; i++) ch_buf_printf(&b, "%s%.*s", i ? " " : "", CH_ARG(r.hits[i].id));
    return ch_arena_z(arena, ch_buf_str(&b));
}

/* Newest first, so that no score decides; no spelling mended, nothing relaxed. */
static inline const char *found(const char *text)
{
    return ids_of((ch_search_query){.text = ch_str_of(text), .sort = CH_SORT_NEWEST, .strict = true});
}

#define ck_found(text, ids) ck_assert_str_eq(found(text), ids)
#endif
