#ifndef CH_SEARCH_WORDS_H
#define CH_SEARCH_WORDS_H
/*
 * The room's own: the dictionary's words in order, so that what begins with some letters lies together and the words near a misspelt one are met
 * without looking at all others. A list never changes; the writer replaces it when many words have come since, and the few newest are looked at one
 * by one. Words with three digits or more are left out: references are found whole, and there are as many as vacancies.
 */
#include "search/index.h"

typedef struct words {
    uint32_t n_terms; /* of the dictionary's, the first so many were sorted in */
    uint32_t n;
    uint32_t entries[]; /* 2 × the term's number; + 1 for its stem, where the word does not begin with it */
} words;

/* The writer: makes a new list when the newest words have become many. */
void words_keep(ch_search_index *x);
ch_str words_text(const ch_search_index *x, uint32_t entry);
/* The first entry from `from` on whose first prefix.n bytes are not below the prefix, or, `past`: are above it. */
uint32_t words_seek(const ch_search_index *x, const words *w, uint32_t from, ch_str prefix, bool past);
bool words_takes(ch_str text);
size_t words_digits(ch_str text);
#endif
