#ifndef CH_SEARCH_QUERY_H
#define CH_SEARCH_QUERY_H
/* The room's own: what a query's text means, against this index's dictionary. Called under the index's lock. */
#include "search/index.h"

enum { WORDS_MAX = 24, ALTERNATIVES_MAX = 64, PHRASE_MAX = 12 };

typedef struct word { /* any of these terms */
    uint32_t terms[ALTERNATIVES_MAX];
    size_t n;
    ch_str typed;
    bool optional; /* "the", "and": only when there is nothing else */
} word;
typedef struct phrase_terms {
    uint32_t terms[PHRASE_MAX];
    size_t n;
} phrase_terms;
typedef struct parsed {
    word words[WORDS_MAX], without[WORDS_MAX];
    phrase_terms phrases[8];
    size_t n_words, n_without, n_phrases;
    bool impossible; /* a phrase holds a word that no document has */
    ch_str corrected;
} parsed;

void query_parse(const ch_search_index *x, ch_arena *a, const ch_search_query *q, bool mend, parsed *out);
#endif
