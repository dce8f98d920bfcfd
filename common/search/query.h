#ifndef CH_SEARCH_QUERY_H
#define CH_SEARCH_QUERY_H
/* The room's own: what a query's text means, against this index's dictionary. */
#include "search/analyse.h"
#include "search/index.h"

enum { WORDS_MAX = 24, ALTERNATIVES_MAX = 64, PHRASES_MAX = 8, PHRASE_MAX = 12 };

/* What a text says, before any dictionary: for the index and for alerts. */
typedef struct query_part {
    const ch_term *terms; /* one; several for a phrase, wanted or not: "night porter", -"night porter", -part-time */
    size_t n;
    enum { PART_WORD, PART_WITHOUT, PART_PHRASE } kind;
    bool optional; /* a word like "the" */
} query_part;
size_t query_parts(ch_arena *a, ch_str text, query_part **out);

typedef struct word { /* any of these terms */
    uint32_t terms[ALTERNATIVES_MAX];
    size_t n;
    bool optional; /* "the", "and": only when there is nothing else */
} word;
typedef struct phrase_terms {
    uint32_t terms[PHRASE_MAX];
    size_t n;
} phrase_terms;
typedef struct parsed {
    word words[WORDS_MAX], without[WORDS_MAX];
    phrase_terms phrases[PHRASES_MAX], never[PHRASES_MAX]; /* never: phrases that must not be there */
    size_t n_words, n_without, n_phrases, n_never;
    bool impossible; /* a phrase holds a word that no document has */
    ch_str corrected;
    const query_part *parts; /* what it was read from; */
    size_t n_parts;
    ch_str *mended; /* by part: the word searched for instead, or "" */
} parsed;

/* `mend`: a word that no document has is replaced by the nearest that one has. */
void query_parse(const ch_search_index *x, ch_arena *a, const ch_search_query *q, bool mend, parsed *out);

/* spell.c */
typedef struct spelt {
    uint32_t term; /* 0: none */
    ch_str word;   /* as the index has it */
} spelt;
/* The index's own word that is nearest (edits by length: up to 3 letters none, up to 7 one, else two), the more frequent of equals. */
spelt spell_nearest(const ch_search_index *x, ch_str typed);
/* The most frequent terms of which a word or the stem begins so, most frequent first; words with three digits or more are left out. */
size_t spell_beginning(const ch_search_index *x, ch_str prefix, spelt *out, size_t max);
#endif
