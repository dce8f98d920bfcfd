#ifndef CH_SEARCH_INDEX_H
#define CH_SEARCH_INDEX_H
/*
 * The room's own: the index as a whole. A reader loads one pointer, the view: which segments there are, and up to which change to believe them. A
 * document is seen when it was born at or before that change and has not died by then; so every change is seen whole or not at all, and nobody waits.
 */
#include <pthread.h>

#include "search/segment.h"

enum { FIELD_TITLE, FIELD_EMPLOYER, FIELD_SUMMARY, FIELD_DESCRIPTION, FIELD_CRITERIA, FIELDS };

/* What scoring (BM25F) and spelling know of a term beside its text. */
typedef struct term {
    ch_str word;         /* one that gave this stem */
    _Atomic uint32_t df; /* live documents that have it */
} term;

typedef struct view {
    uint32_t change, n;
    uint64_t live;
    segment *segments[]; /* the last one is open */
} view;

typedef struct tombstone {
    int64_t version;
} tombstone;

struct ch_search_index {
    _Atomic(view *) view;
    reclaimer reclaimer;
    names dictionary;              /* also areas, as AREA_MARK + "LS1" */
    pages terms;                   /* struct term, number - 1 */
    names forms;                   /* other words that gave the stem of a term: "nursing" beside "nurse" */
    pages form_terms;              /* uint32_t: the terms' numbers */
    uint32_t *gaps;                /* terms that no document had when the file was written, for new ones: from the end, */
    _Atomic uint32_t n_gaps;       /* so many are left */
    _Atomic(struct words *) words; /* in order: words.h */
    names facets[CH_FACETS];
    /* the writer's */
    uint64_t *ids; /* a bit for each hash of an id that came: a new one need not be looked for in each segment */
    pthread_mutex_t writing;
    names buried; /* ids of removed documents */
    pages tombstones;
    uint32_t n_tombstones; /* those still in force */
    uint64_t changes;
    _Atomic int64_t position;
    struct weigher *weigher;
    size_t n_dead;
};

#define AREA_MARK "\x01" /* no analysed text holds it */
enum { AREA_MAX = 8 };
/* "ls1" → AREA_MARK "LS1" in `out`. */
ch_str area_term(ch_str area, char out[AREA_MAX]);

/* Facet values are such terms too (CODE_MARK, the facet's digit, the code): a filter leads to its documents as a word does.
 * Empty where the code is too long. */
#define CODE_MARK "\x02"
enum { CODE_TERM_MAX = 80, PATTERNS_MAX = 32 };
ch_str code_term(ch_facet f, ch_str code, char out[CODE_TERM_MAX]);

static inline bool visible(const line *l, uint32_t change)
{
    return l->birth <= change && atomic_load_explicit(&l->death, memory_order_relaxed) > change;
}
static inline term *term_at(const ch_search_index *x, uint32_t number) { return pages_at(&x->terms, number - 1); }
/* The term's number, or 0 where no live document has it. */
uint32_t term_find(const ch_search_index *x, ch_str text);

/* A reader's way in: the view stays as it is until reader_leave. */
const view *view_enter(ch_search_index *x, size_t *place);
const line *view_find(const view *v, ch_str id);

/* --- what file.c shares with index.c; the writer holds `writing` --- */
uint32_t term_add(ch_search_index *x, ch_str text, ch_str word);
void id_note(ch_search_index *x, uint64_t hash);
bool form_add(ch_search_index *x, uint32_t number, ch_str word); /* false: it is there already */
void tombstone_set(ch_search_index *x, ch_str id, int64_t version);
/* Replaces the view: these segments (the last open) at change `change`. */
void view_publish(ch_search_index *x, segment *const *segments, uint32_t n, uint32_t change, uint64_t live);
#endif
