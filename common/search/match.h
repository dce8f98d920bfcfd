#ifndef CH_SEARCH_MATCH_H
#define CH_SEARCH_MATCH_H
/* The room's own: which documents of one segment have the words of a query, lie near its place and may pass its filters; and their text scores. */
#include "search/query.h"

/* A thread's own working memory; not cleared between queries. */
typedef struct scratch {
    slot_set found, one, bits, near; /* found: the answer; one: those that fail one filter; bits, near: of one clause, of the circle */
    tally tally;
    uint16_t slots[SEGMENT_DOCS + 1];
} scratch;
scratch *scratch_of_thread(void);

/* A term in the segment that is looked at. */
typedef struct found {
    list list;
    uint32_t at; /* how far list_impact walked */
    float idf;   /* in eighths: a score is divided by SCORE_UNIT before anybody sees it */
} found;
/* Any of these terms; it scores as the best of those that are there. */
typedef struct clause {
    const uint32_t *terms;
    found *found;
    size_t n;
} clause;

typedef struct matcher {
    clause words[WORDS_MAX + PHRASES_MAX * PHRASE_MAX];
    clause without[WORDS_MAX];
    clause must[CH_FACETS + 1];   /* the area, and filters that no facet is counted beside: without weight */
    clause but_one[CH_FACETS];    /* filters beside a count of their facet: who fails one may still be counted, who fails two is nobody's */
    ch_facet facet_of[CH_FACETS]; /* of those */
    size_t n_words, n_without, n_must, n_but_one;
    size_t need;              /* so many of the words; all: n_words */
    bool impossible, not_all; /* not_all: with `need` below n_words, not those that have all */
    bool by_sets;             /* every filter by facet is one of the above */
    uint64_t steps;           /* about a nanosecond each */
} matcher;
void matcher_of(matcher *m, const ch_search_index *x, const view *v, ch_arena *a, const ch_search_query *q, const parsed *p);

/* The words' idfs, as a cursor keeps them: with the same ones the scores of what did not change are the same on the next page, whatever else came or
 * went. 0: none or too many. To be used only where there are as many. */
enum { IDFS_MAX = 96, SCORE_UNIT = 8 * 255 };
size_t matcher_idfs(const matcher *m, uint8_t out[IDFS_MAX]);
void matcher_use_idfs(matcher *m, const uint8_t *idfs, size_t n);

/* A place that distances are taken from; chords are squared and on the unit sphere. */
typedef struct circle {
    spot3 centre;
    box box;
    float chord; /* of the radius, squared; above 4 (the far side) without one */
    float reach; /* not squared */
} circle;
circle circle_around(double lat, double lon, double radius_m);
double chord_metres(float squared);
/* Takes from a set those that do not lie within: one by one or by cells, whatever is less work. */
void circle_keep(const circle *c, const segment *in, scratch *s, uint64_t *slots, uint32_t words, uint64_t *steps);
/* The chord to its nearest place; -1: none within. */
float circle_chord(const circle *c, const segment *in, const line *l);

/* Slots in order, in s->slots; within: inside this circle only, or NULL. Returns how many. */
uint32_t match_segment(matcher *m, const segment *in, scratch *s, const circle *within);
/* Keeps in `slots` those that pass the filters beside counts, all but the one of this facet (CH_FACETS: all), of the segment that was matched last.
 */
void match_filters(matcher *m, const segment *in, scratch *s, ch_facet but, uint64_t *slots);
/* The text score of a slot of that segment, which is not below the last one asked for; or begin anew. */
float match_score(matcher *m, uint16_t slot);
void match_score_anew(matcher *m);
size_t match_lists(const matcher *m); /* that a score is made of there */

#endif
