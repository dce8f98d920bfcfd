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
    float chords[SEGMENT_DOCS + 1]; /* squared, of those in `near` */
    bitmap near, bits;
} scratch;
scratch *scratch_of_thread(void);

/* Any of these terms; the best score of those that are there. */
typedef struct clause {
    const uint32_t *terms;
    float idf[ALTERNATIVES_MAX];
    size_t n;
} clause;

typedef struct matcher {
    clause words[WORDS_MAX + PHRASES_MAX * PHRASE_MAX];
    clause without[WORDS_MAX];
    size_t n_words, n_without;
    size_t need; /* so many of the words; all: n_words */
    uint32_t area[1];
    bool in_area, impossible;
    uint64_t steps; /* about a nanosecond each */
} matcher;
void matcher_of(matcher *m, const ch_search_index *x, const view *v, const parsed *p, ch_str area);
/* Slots in order with their scores, in s->slots and s->scores; `near`: only those whose bit is set, or NULL. Returns how many. */
uint32_t match_segment(matcher *m, const segment *in, scratch *s, const uint64_t *near);

/* A place that distances are taken from; chords are squared and on the unit sphere. */
typedef struct circle {
    point centre;
    box box;
    float chord; /* of the radius; 4 (the far side) without one */
} circle;
circle circle_around(double lat, double lon, double radius_m);
double chord_metres(float squared);
/* Sets s->near and s->chords of what lies within. */
void circle_fill(const circle *c, const segment *in, scratch *s, uint64_t *steps);
#endif
