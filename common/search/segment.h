#ifndef CH_SEARCH_SEGMENT_H
#define CH_SEARCH_SEGMENT_H
/*
 * The room's own: up to 65,535 documents with everything that is needed to find them. The newest segment is open: the writer appends to it while
 * readers look. Full, it is sealed: the same in compact arrays that never change, but for the moment of a document's death. Segments with many dead
 * are made anew.
 */
#include "search/grid.h"
#include "search/memory.h"
#include "search/search.h"
#include "search/set.h"

enum { SEGMENT_DOCS = 65535, SEGMENT_ID_BITS = 17, SEGMENT_IDS = 1 << SEGMENT_ID_BITS };
/* FNV leaves numbered ids side by side: spread over 2^bits places (Knuth's multiplicative hashing). */
static inline uint32_t hash_place(uint64_t hash, int bits) { return (uint32_t)((hash ^ hash >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - bits)); }
#define NOT_DEAD UINT32_MAX

/* What filters, counts and sorting look at: one cache line. Facets are numbers of the index's names, 0 where there is none. */
typedef struct line {
    _Alignas(64) int64_t closes;
    int64_t published;
    const struct record *record;
    uint32_t patterns;      /* bit i: working pattern i */
    uint32_t first_spot;    /* of its n_spots places */
    uint32_t birth;         /* the change that brought it, */
    _Atomic uint32_t death; /* and the one that replaced or removed it */
    uint32_t salary, employer;
    uint16_t staff_group, pay_band, contract_type, sector;
    uint8_t remote, n_spots;
    uint16_t unused;
    uint32_t previous; /* slot + 1 of the same id's earlier version in this segment, or 0 */
} line;
_Static_assert(sizeof(line) == 64, "one cache line");

/* What only a hit, a phrase or a rebuild needs; bytes: id, tokens, blob. */
typedef struct record {
    int64_t version;
    uint64_t id_hash;
    uint32_t id_n, tokens_n, blob_n, title_tokens;
    char bytes[];
} record;
static inline ch_str record_id(const record *r) { return (ch_str){r->bytes, r->id_n}; }
static inline ch_str record_tokens(const record *r) { return (ch_str){r->bytes + r->id_n, r->tokens_n}; }
static inline ch_str record_blob(const record *r) { return (ch_str){r->bytes + r->id_n + r->tokens_n, r->blob_n}; }

/* Tokens are LEB128: 0 a field's end, 1 synonyms begin (no phrase crosses either), else the term's number + 1. */
enum { TOKEN_FIELD, TOKEN_BREAK, TOKEN_FIRST };
static inline uint32_t token_next(const unsigned char **p)
{
    uint32_t v = *(*p)++;
    if (v < 128) return v;
    v &= 127;
    for (int shift = 7;; shift += 7) {
        uint32_t b = *(*p)++;
        v |= (b & 127) << (shift & 31); /* never more, but in a damaged file */
        if (b < 128) return v;
    }
}

static inline void token_put(ch_buf *b, uint32_t v)
{
    for (; v > 127; v >>= 7) ch_buf_char(b, (char)(v | 128));
    ch_buf_char(b, (char)v);
}

/*
 * The documents that have a term, in the order of their slots, each with its impact: 255 × the saturated, weighted frequency (BM25F without the idf).
 * As slots, or, where that takes less room (in a sealed segment, from about one document in thirteen on), as a set with the ranks of its words.
 */
typedef struct list {
    const uint16_t *slots; /* NULL: */
    const uint64_t *bits;
    const uint16_t *before; /* how many lie before each word of `bits` */
    const uint8_t *impacts;
    uint32_t n;
} list;
static inline bool list_is_set(uint32_t n, uint32_t words) { return n > 5 * words + 4; }
/* Adds its slots below `all` to a set. */
void list_join(const list *l, uint64_t *set, uint32_t words, uint32_t all);
/* The impact of this slot, 0 where it is not in the list. *at: where the last one, which was not larger, was found; begins as 0. */
uint8_t list_impact(const list *l, uint16_t slot, uint32_t *at);

typedef struct segment {
    _Atomic uint32_t n; /* slots used */
    uint32_t dead;      /* the writer's count */
    bool sealed;
    line *lines;
    uint16_t *ids; /* SEGMENT_IDS: slot + 1 by the id's hash, or 0 */
    pool records;
    /* open */
    _Atomic(struct open_lists *) lists; /* by term */
    _Atomic(struct open_spots *) open_spots;
    /* sealed: the list of term t has impacts[starts[t - 1] .. starts[t]], and its slots or its set at slots[places[t - 1]] */
    uint32_t n_terms, n_slots;
    uint32_t *starts, *places;
    uint16_t *slots; /* n_slots of them */
    uint8_t *impacts;
    grid grid;
    uint16_t *newest, *soonest; /* slots by when they were published, the latest first; by when they close */
    uint32_t *employers;        /* by slot */
    _Atomic uint64_t *graves;   /* a set of those that may have died */
    void *mapped;               /* all of the above lies in this file */
    size_t mapped_size;
} segment;

segment *segment_open(void);
void segment_free(void *segment);
list segment_list(const segment *s, uint32_t term); /* terms are numbered from 1 */
const spot3 *segment_spots(const segment *s);
/* The newest version of this id in the segment, alive or dead, or NULL; older ones follow `previous`. */
line *segment_find(const segment *s, ch_str id, uint64_t hash);
static inline line *line_before(const segment *s, const line *l) { return l->previous ? &s->lines[l->previous - 1] : NULL; }

/* --- the writer --- */
/* The next line, not yet counted in n. */
line *segment_next(segment *s);
void segment_add_posting(segment *s, reclaimer *r, uint32_t term, uint8_t impact);
/* Of the next line, whose first_spot and n_spots it keeps. */
void segment_add_spot(segment *s, reclaimer *r, spot3 at);
/* Makes the next slot reachable, by its id too. */
void segment_commit(segment *s);
/* The document of a slot ends with this change. */
void segment_bury(segment *s, line *l, uint32_t change);
/* New sealed segments of the documents of several that are still seen at `change`; NULL-ended, the array to be freed. */
segment **segments_sealed(segment *const *from, size_t n, uint32_t n_terms, uint32_t change);
size_t segment_bytes(const segment *s);
uint64_t segment_postings(const segment *s, uint32_t n_terms);
#endif
