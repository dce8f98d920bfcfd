#ifndef CH_SEARCH_PLACE_H
#define CH_SEARCH_PLACE_H
/* Places of the United Kingdom: postcode districts and sectors, towns and villages; compiled in from data/uk-places.tsv
 * and data/place-names.tsv. */
#include "base/str.h"

typedef enum ch_place_kind { CH_PLACE_TOWN, CH_PLACE_OUTWARD, CH_PLACE_SECTOR } ch_place_kind;

/* Strings are static. */
typedef struct ch_place {
    ch_str name;     /* "Leeds", "LS1", "LS1 3" */
    ch_str district; /* nearest postcode district of a town ("NP20"), a code's own; "" where there is none (Northern
                        Ireland) */
    ch_str region;   /* "Yorkshire and the Humber", "Isle of Wight" … */
    ch_str near;     /* a town's nearest larger one; "" for codes and where there is none */
    ch_place_kind kind;
    double lat, lon;
    uint32_t weight;
    bool unique;         /* nothing else is called so, in full or for short */
    unsigned char label; /* ch_place_label's own: how much tells it apart */
} ch_place;

/*
 * The place meant by a text: a full postcode falls back to its sector, then its district; a town by its name or another
 * one ("Caerdydd", "Hull", "Newcastle"; case, accents and punctuation ignored), the most populous first; "Newport,
 * Wales", "Newport NP20", "newport near telford" and what ch_place_label writes tell towns of one name apart; a
 * misspelt town is found by edit distance (then *mended is true). False: none.
 */
bool ch_place_lookup(ch_str text, ch_place *out, bool *mended);
/* Every town that the text may mean, the likeliest first ("Newport": six, and Newport-on-Tay); none for a code or a
 * misspelt name. Returns how many, at most max. */
size_t ch_place_alternatives(ch_str text, ch_place *out, size_t max);
/* Completion while typing: best first; where nothing begins so, what nearly does. Returns how many, at most max (10 is
 * usual, 50 the most). */
size_t ch_place_complete(ch_str prefix, ch_place *out, size_t max);
/* The least that tells it apart: "Leeds", "Newport (Isle of Wight)", "Newport (near Cardigan, Wales)"; written to buf.
 */
ch_str ch_place_label(const ch_place *p, char *buf, size_t size);
#endif
