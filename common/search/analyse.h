#ifndef CH_SEARCH_ANALYSE_H
#define CH_SEARCH_ANALYSE_H
/*
 * Text to terms, the same for documents, queries and alerts: Unicode decomposed, marks off, case folded (utf8proc); runs of letters and digits;
 * commas and points inside numbers left out (£28,407 → 28407), apostrophes and soft hyphens inside words (O’Brien, O'Brien → obrien); English
 * Snowball stems for words without digits.
 */
#include "base/arena.h"

typedef struct ch_term {
    ch_str text;    /* the stem */
    ch_str word;    /* folded, before stemming */
    size_t at, end; /* bytes of the source */
    bool capitals;  /* written so, two letters or more */
    bool again;     /* of a synonym: stands in the name that it is one of */
} ch_term;
typedef struct ch_terms {
    ch_term *p;
    size_t n;
} ch_terms;

enum { CH_TERM_MAX = 64 };
/* All in the arena; other bytes than UTF-8 separate. */
void ch_analyse(ch_arena *a, ch_str text, ch_terms *out);
/* What the terms' synonyms add (data/synonyms.tsv): a document with one name is found by the others. A name that the table has in capitals, as it is
 * a word of everyday too (IT), has to be written so. */
void ch_analyse_synonyms(ch_arena *a, const ch_terms *terms, ch_terms *extra);
/* Folded as terms are, for names and prefixes: letters, digits and single spaces. */
ch_str ch_fold(ch_arena *a, ch_str text);
/* Edits (insert, delete, replace, swap of neighbours) from one to the other in bytes; most + 1 when above `most`. */
int ch_edit_distance(ch_str a, ch_str b, int most);
#endif
