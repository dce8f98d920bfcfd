#ifndef CH_SEARCH_MATCH_H
#define CH_SEARCH_MATCH_H
/* The room's own: which documents of one segment have the words of a query and lie near its place, with their text scores. No filters yet. */
#include "search/query.h"

enum { BITMAP_WORDS = 1024 };
typedef uint64_t bitmap[BITMAP_WORDS];
static inline bool bit_at(const uint64_t *b, uint32_t i) { return b[i >> 6] >> (i & 63) & 1; }
static inline void bit_set(uint64_t *b, uint32_t i) { b[i >> 6] |= UINT64_C(1) << (i & 63); }

/* A thread's own working memory; not cleared between queries. */
typedef struct scratch {
    uint16_t slots[SEGMENT_DOCS + 1];
    float scores[SEGMENT_DOCS + 1];
    float other[SEGMENT_DOCS + 1];
    uint8_t counts[SEGMENT_DOCS + 1];
    float chords[SEGMENT_DOCS + 1]; /* squared, of those within the circle */
    bitmap near, bits;
} scratch;
scratch *scratch_of_thread(void);

/* Any of these terms; the best score of those that are there. */
typedef struct clause {
    const uint32_t *terms;
    float idf[ALTERNATIVES_MAX]; /* in eighths: a score is divided by SCORE_UNIT before anybody sees it */
    size_t n;
} clause;

typedef struct matcher {
    clause words[WORDS_MAX + PHRASES_MAX * PHRASE_MAX];
    clause without[WORDS_MAX];
    clause must[CH_FACETS + 1]; /* the area, and filters that no facet is counted beside: without weight */
    size_t n_words, n_without, n_must;
    size_t need;              /* so many of the words; all: n_words */
    bool impossible, not_all; /* not_all: with `need` below n_words, not those that have all */
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
    float chord; /* of the radius; above 4 (the far side) without one */
} circle;
circle circle_around(double lat, double lon, double radius_m);
double chord_metres(float squared);
/* Sets s->near and s->chords of what lies within. */
void circle_fill(const circle *c, const segment *in, scratch *s, uint64_t *steps);
/* Of the n slots in s, those within, their chords set: one by one or by cells, whatever is less work. */
uint32_t circle_keep(const circle *c, const segment *in, scratch *s, uint32_t n, uint64_t *steps);
/* The chord to its nearest place; -1: none within. */
float circle_chord(const circle *c, const segment *in, const line *l);

/* Slots in order with their scores, in s->slots and s->scores; within: inside this circle only, or NULL. Returns how many. */
uint32_t match_segment(matcher *m, const segment *in, scratch *s, const circle *within);

#endif
