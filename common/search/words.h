#ifndef CH_SEARCH_WORDS_H
#define CH_SEARCH_WORDS_H
/*
 * The room's own: the dictionary's words in order, so that what begins with some letters lies together and the words near a misspelt one are met
 * without looking at all others. A list never changes; the writer replaces it when many words have come since, and the few newest are looked at one
 * by one. Words with three digits or more are left out: references are found whole, and there are as many as vacancies.
 */
#include "search/index.h"

typedef struct words {
    uint32_t n_terms, n_forms; /* of the dictionary's and of the other forms, the first so many were sorted in */
    uint32_t n_gaps;           /* were left then */
    uint32_t n;
    uint32_t entries[]; /* 4 × the number + what it is */
} words;
enum { ENTRY_WORD, ENTRY_STEM, ENTRY_FORM, ENTRY_BITS = 2 }; /* stem: where the word does not begin with it */
static inline uint32_t entry_kind(uint32_t entry) { return entry & ((1u << ENTRY_BITS) - 1); }
static inline uint32_t entry_of(uint32_t number, uint32_t kind) { return number << ENTRY_BITS | kind; }

/* The writer: makes a new list; when the newest words have become many. */
void words_make(ch_search_index *x);
void words_keep(ch_search_index *x);
ch_str words_text(const ch_search_index *x, uint32_t entry);
uint32_t words_term(const ch_search_index *x, uint32_t entry);
/* What came since the list was made. */
typedef struct newest {
    uint32_t terms, forms, filled, gaps, at; /* filled: so many of the gaps, from `gaps` on */
} newest;
newest words_newest(const ch_search_index *x, const words *w);
uint32_t words_next(const ch_search_index *x, const words *w, newest *n); /* the next entry; 0: no more */
size_t words_bytes(ch_search_index *x);
/* The first entry from `from` on whose first prefix.n bytes are not below the prefix, or, `past`: are above it. */
uint32_t words_seek(const ch_search_index *x, const words *w, uint32_t from, ch_str prefix, bool past);
bool words_takes(ch_str text);
size_t words_digits(ch_str text);
#endif
