#ifndef CH_SEARCH_RUN_H
#define CH_SEARCH_RUN_H
/* The room's own: one pass over the index: match, filter, count, keep the best. */
#include "search/match.h"

/* What hits are ordered by. */
typedef struct key {
    double first; /* larger is better */
    int64_t published;
    uint64_t id_hash;
} key;
typedef struct best {
    key key;
    const line *line;
    float score, chord; /* chord < 0: no distance */
} best;

/* A facet that is filtered by or counted: where its value stands in a line. */
typedef struct watched {
    ch_facet facet;
    uint16_t offset;
    bool wide, patterns; /* 32 bits; a bit for each value */
    uint8_t *allowed;    /* which value numbers pass; NULL: all */
    uint32_t *counts;    /* NULL: not counted */
    uint32_t *terms;     /* of the values, by number; NULL: not looked up yet */
} watched;

/* A query, and what it is asked of. */
typedef struct asked {
    ch_search_index *x;
    const view *view;
    ch_arena *arena;
    const ch_search_query *q;
    const parsed *parsed;
} asked;

typedef struct pass {
    asked in;
    scratch *scratch;
    const segment *segment; /* that is looked at */
    matcher matcher;
    ch_str phrases[PHRASES_MAX], never[PHRASES_MAX]; /* as tokens */
    circle circle;
    uint64_t steps, budget;
    watched watched[CH_FACETS];
    uint32_t n_watched, patterns; /* patterns: of the working pattern's filter */
    uint32_t n_values[CH_FACETS], *counts[CH_FACETS];
    best *top; /* a heap, the worst first */
    size_t n_top, limit;
    bool after; /* only what comes behind `cursor` */
    key cursor;
    const line *except; /* never a hit */
    bool more;          /* something lies behind the worst of the best */
    uint64_t total;
} pass;

/* CH_INVALID, CH_TOO_LARGE as ch_search_run says. The pass lives in the arena. */
ch_err pass_open(const asked *in, pass **out);
/* Over everything: documents with at least `need` of the words. CH_TOO_COSTLY. */
ch_err pass_run(pass *p, size_t need);
static inline size_t pass_all(const pass *p) { return p->matcher.n_words; }
static inline size_t pass_most(const pass *p) { return pass_all(p) == 2 ? 1 : (2 * pass_all(p) + 2) / 3; }
void pass_answer(pass *p, ch_search_result *out);
/* Sorted by the score of the text. */
bool pass_by_text(const pass *p);
/* A match. False: it lies behind all of the best. */
bool pass_consider(pass *p, const line *l, uint16_t slot);

/* broad.c: many matches in a sealed segment, those in scratch's `found`. */
bool broad_suits(const pass *p, const segment *in, uint32_t n);
void broad_run(pass *p, const segment *in);

/* True when a comes before b. */
bool key_before(const key *a, const key *b);

/* cursor.c: the last key and the idfs that it was reckoned with, bound to the query. */
ch_str cursor_write(ch_arena *a, const ch_search_query *q, const matcher *m, const key *last);
ch_err cursor_read(ch_arena *a, const ch_search_query *q, matcher *m, key *out);

/* suggest.c: wider radii and fewer words, each with its exact count. */
void suggest(const asked *in, uint64_t *budget, ch_search_result *out);
#endif
