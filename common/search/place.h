#ifndef CH_SEARCH_PLACE_H
#define CH_SEARCH_PLACE_H
/* Places of the United Kingdom: postcode districts and sectors, towns and villages; compiled in from
 * data/uk-places.tsv. */
#include "base/str.h"

typedef enum ch_place_kind { CH_PLACE_TOWN, CH_PLACE_OUTWARD, CH_PLACE_SECTOR } ch_place_kind;

/* Strings are static. */
typedef struct ch_place {
    ch_str name;     /* "Leeds", "LS1", "LS1 3" */
    ch_str district; /* nearest postcode district of a town ("NP20"); "" where there is none (Northern Ireland) */
    ch_str region;   /* "Yorkshire and the Humber" … */
    ch_place_kind kind;
    double lat, lon;
    uint32_t weight;
    bool unique; /* no other town has this name */
} ch_place;

/*
 * The place meant by a text: a full postcode falls back to its sector, then its district; a town by name (case, accents
 * and punctuation ignored), the most populous first; "Newport, Wales", "Newport NP20" and "newport (wales)" tell towns
 * of one name apart; a misspelt town is found by edit distance (then *mended is true). False: none.
 */
bool ch_place_lookup(ch_str text, ch_place *out, bool *mended);
/* Completion while typing: best first. Returns how many, at most max (10 is usual). */
size_t ch_place_complete(ch_str prefix, ch_place *out, size_t max);
/* What tells it apart in a list: "Newport (NP20, Wales)", "Leeds"; written to buf. */
ch_str ch_place_label(const ch_place *p, char *buf, size_t size);
#endif
