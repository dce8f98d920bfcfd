#ifndef CH_SEARCH_INDEX_H
#define CH_SEARCH_INDEX_H
/*
 * The room's own: how the index lies in memory. Documents in slots that only grow; a replaced one leaves a dead slot until the next compaction. Per term
 * an array of postings in slot order; per document its analysed text as term numbers (phrases, compaction, similar vacancies).
 *
 * This first version lets one writer in by a lock: readers wait for the some ten microseconds of a change. (Readers that never wait, compressed postings
 * and the alert index are a later issue's.)
 */
#include <pthread.h>

#include "search/search.h"

enum { FIELD_TITLE, FIELD_EMPLOYER, FIELD_BODY, FIELD_CRITERIA, FIELDS };
#define TOKEN_FIELD UINT32_MAX       /* the next field begins */
#define TOKEN_BREAK (UINT32_MAX - 1) /* what follows are synonyms: no phrase crosses */
#define NO_SLOT     UINT32_MAX

typedef struct posting {
    uint32_t slot;
    uint8_t tf[FIELDS];
} posting;

typedef struct term {
    ch_str text, word; /* the stem, and a word that gave it */
    posting *p;
    uint32_t n, cap;
} term;

typedef struct point {
    float x, y, z; /* on the unit sphere */
} point;

typedef struct doc {
    ch_str id, blob;
    int64_t version, published, closes, salary_max;
    uint64_t id_hash, patterns; /* bit i: the facet's value i */
    uint32_t *tokens;
    uint32_t n_tokens, n_points, n_areas;
    point *points;
    uint32_t *areas; /* hashes of "LS", "LS1" */
    uint32_t facet[CH_FACETS];
    uint16_t lengths[FIELDS];
    bool remote, dead;
} doc;

/* Strings to numbers from 1. */
typedef struct names {
    ch_str *p;
    uint32_t n, cap;
    uint32_t *table; /* open addressing, number or 0 */
    uint32_t size;
} names;

typedef struct known { /* an id: where it lies, or the tombstone's version */
    int64_t version;
    uint32_t slot;
} known;

struct ch_search_index {
    pthread_rwlock_t lock;
    names dictionary; /* number - 1 is the index into terms */
    term *terms;
    uint32_t terms_cap;
    names facets[CH_FACETS];
    names ids; /* number - 1 is the index into known */
    known *known;
    uint32_t known_cap;
    doc *docs;
    uint32_t n_docs, cap_docs, n_dead;
    uint64_t total_length[FIELDS], changes;
    int64_t position;
};

uint32_t names_find(const names *n, ch_str s);       /* 0: not there */
uint32_t names_add(names *n, ch_str s, bool *added); /* keeps a copy */
/* Puts the document's tokens into the postings. */
void index_tokens(ch_search_index *x, uint32_t slot);
uint32_t index_term(ch_search_index *x, ch_str text, ch_str word);
doc *index_new_doc(ch_search_index *x, uint32_t *slot);
known *index_known(ch_search_index *x, ch_str id, bool *added);
void doc_free(doc *d);
point point_of(double lat, double lon);
#endif
