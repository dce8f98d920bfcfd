#ifndef CH_SEARCH_ALERT_ROOM_H
#define CH_SEARCH_ALERT_ROOM_H
/*
 * The room's own: how saved searches lie in memory.
 *
 * Whatever a vacancy has is a feature: each term of its text, each code, its named areas, "remote". An alert is then a
 * list of clauses that all must hold, each a feature or any of several, plus what must be absent, phrases, a circle and
 * a salary. It is filed under one clause, the rarest, and, where it has a circle, under that and the cells of a grid
 * that the circle touches. A vacancy looks up its own features and cells and reads only what is filed there.
 *
 *   key = hash(feature, cell) → table → one alert, or a list of postings {alert, two more features that it needs}
 *   alert: counts, clauses as numbers, circle, salary, id, in one piece of memory
 *
 * Two keys with one hash share a list: each alert is checked in full anyway, so that this costs a look, never an
 * answer.
 */
#include "base/arena.h"
#include "search/alert.h"
#include "search/query.h"

/* ---- a hash table of numbers: what a number stands for, its owner knows (alert_table.c) */

typedef struct table_entry {
    uint32_t hash, value; /* value 0: empty */
} table_entry;
typedef struct table {
    table_entry *p;
    uint32_t n, size; /* size: a power of two, or 0 */
} table;

/* The first entry of that hash at or after *at, which begins as the hash itself; its value, or 0. */
uint32_t table_find(const table *t, uint32_t hash, uint32_t *at);
void table_add(table *t, uint32_t hash, uint32_t value);
void table_remove(table *t, uint32_t at);
static inline void table_prefetch(const table *t, uint32_t hash)
{
    if (t->size) __builtin_prefetch(&t->p[hash & (t->size - 1)]);
}

/* ---- features (alert_feature.c) */

enum { FEATURE_ALL = 0, FEATURE_NONE = UINT32_MAX };
enum feature_kind { FEATURE_TERM = 't', FEATURE_AREA = 'a', FEATURE_REMOTE = 'r', FEATURE_CODE = '0' /* + ch_facet */ };

typedef struct feature {
    char *text; /* kind and bytes; NULL: the number is free */
    uint32_t n, hash;
    uint32_t refs;         /* mentions in alerts; without any it goes */
    uint32_t narrow, wide; /* alerts filed under it alone, and under it in a cell */
    uint32_t seen;         /* of the vacancies learned from, those that had it */
    uint32_t first;        /* in the vacancy at hand: 1 + position of its first token */
    uint16_t levels;       /* of cells, that were ever used under it */
} feature;
typedef struct features {
    feature *p;
    uint32_t n, cap;
    uint32_t *unused;
    uint32_t n_unused, cap_unused;
    table by_text;
    uint64_t bytes, seed[2];
} features;

void features_open(features *f);
void features_close(features *f);
uint32_t features_find(const features *f, char kind, ch_str text); /* FEATURE_NONE */
uint32_t features_take(features *f, char kind, ch_str text);       /* adds a mention */
void features_drop(features *f, uint32_t number);                  /* one mention less */
/* Keyed, so that nobody can choose words that fall on one place. */
uint32_t keyed_hash(const uint64_t seed[2], ch_str bytes);

/* ---- circles and cells (alert_grid.c) */

enum { GRID_LEVELS = 14, CELLS_MAX = 4 };

typedef struct ring { /* a circle as distances are judged in the index too */
    spot3 centre;
    float chord; /* squared */
} ring;

static inline bool ring_holds(const ring *c, spot3 p) { return chord_between(p, c->centre) <= c->chord; }
/* The cells that a circle touches; 0: none are worth it (it is very wide, or near a pole). All of one level. */
size_t grid_cover(const ring *c, uint32_t *cells, int *level);
/* The cell of a level that a spot lies in. */
uint32_t grid_cell(spot3 p, int level);

/* ---- an alert */

enum { ALL_MAX = 160, ANY_MAX = 40, ALTERNATIVES = 64, WITHOUT_MAX = 32 };

typedef struct clause {
    uint32_t p[ALTERNATIVES];
    size_t n;
} clause;
/* What a query asks, as feature numbers; each is a mention. */
typedef struct wanted {
    uint32_t all[ALL_MAX], without[WITHOUT_MAX];
    clause any[ANY_MAX], phrases[PHRASES_MAX], never[PHRASES_MAX]; /* never: phrases that must be absent */
    size_t n_all, n_any, n_without, n_phrases, n_never;
    bool has_circle;
    ring circle;
    int64_t salary; /* 0: any */
} wanted;

/* CH_INVALID, CH_TOO_LARGE: then nothing was mentioned. */
ch_err wanted_read(features *f, const ch_search_query *q, wanted *out);
void wanted_drop(features *f, const wanted *w);

typedef struct alert {
    uint32_t matched, born, last; /* vacancies: how many answered; the count when it came, and at the last answer */
    uint16_t n_data;              /* numbers, before the id */
    uint8_t n_id, n_all, n_any, n_without, n_phrases, n_never;
    uint8_t key; /* clause that it is filed under: of all, then of any; KEY_NONE: FEATURE_ALL */
    bool wide : 1, paused : 1, gone : 1, has_circle : 1, has_salary : 1;
    uint32_t data[]; /* salary (2), circle (4), all, any (n, numbers)…, without, phrases, never (n, numbers)…; the id */
} alert;
enum { KEY_NONE = 255, SALARY_DATA = 2, CIRCLE_DATA = sizeof(ring) / sizeof(uint32_t) };

static inline const uint32_t *alert_all(const alert *a) { return a->data + (a->has_salary ? SALARY_DATA : 0) + (a->has_circle ? CIRCLE_DATA : 0); }
static inline ch_str alert_id(const alert *a) { return (ch_str){(const char *)(a->data + a->n_data), a->n_id}; }
static inline size_t alert_bytes(const alert *a) { return sizeof *a + a->n_data * sizeof(uint32_t) + a->n_id; }
ring alert_circle(const alert *a);

/* ---- the pool that alerts lie in, by number (alert_pool.c) */

enum { POOL_UNIT = 16, POOL_CHUNK = 2 << 20, POOL_UNITS = POOL_CHUNK / POOL_UNIT, POOL_MOST = 1024 };

typedef struct alert_pool {
    char **chunks;
    uint32_t n, cap, used;      /* used: units of the last chunk */
    uint32_t unused[POOL_MOST]; /* the first of those of so many units; each begins with the next one's number */
} alert_pool;
void alert_pool_close(alert_pool *p);
uint32_t alert_pool_take(alert_pool *p, size_t size); /* not zeroed */
void alert_pool_give(alert_pool *p, uint32_t number, size_t size);
static inline void *alert_pool_at(const alert_pool *p, uint32_t number)
{
    return p->chunks[number / POOL_UNITS] + (size_t)(number % POOL_UNITS) * POOL_UNIT;
}
/* Memory in large pages, freed by free(). */
void *room_huge(size_t size);

uint32_t alert_new(alert_pool *p, ch_str id, const wanted *w);
/* Its mentions. */
void alert_drop(features *f, const alert *a);

/* ---- the files (alert_file.c) */

typedef struct posting {
    uint32_t alert;
    uint16_t need[2]; /* low bits of two features more; 0 asks nothing */
} posting;
typedef struct file_list {
    posting *p; /* NULL: free */
    uint32_t n, cap, dead;
} file_list;

typedef struct files {
    alert_pool pool;
    table keys; /* value: 2 alert + 1, or 2 list + 2 */
    file_list *lists;
    uint32_t n_lists, cap_lists;
    uint32_t *unused_lists;
    uint32_t n_unused_lists, cap_unused_lists;
    uint64_t postings, bytes, seed;
    uint32_t learned, alerts; /* vacancies that features' `seen` is of; alerts, for what is not known yet */
} files;

void files_open(files *f);
void files_close(files *f);
static inline alert *files_at(const files *f, uint32_t number) { return alert_pool_at(&f->pool, number); }
/* Chooses the clause and files the alert. */
void files_add(files *f, features *known, uint32_t number);
/* Takes it out, marked as gone: the memory is used again when no list names it. Its mentions go, unless a copy has
 * them. */
void files_remove(files *f, features *known, uint32_t number, bool moved);
/* Gives back one that stands in no list. */
void files_forget(files *f, uint32_t number);
/* Whether what was learned since says that another clause is much rarer. */
bool files_misfiled(const files *f, const features *known, const alert *a);
uint32_t files_key(const files *f, uint32_t number, uint32_t cell); /* cell 0: filed without one */

/* ---- a vacancy, taken apart (alert_doc.c) */

typedef struct doc_view {
    uint32_t *tokens, *next; /* features by position, FEATURE_NONE between fields; 1 + the next position of the same */
    size_t n_tokens;
    uint32_t *features; /* each once; FEATURE_ALL too */
    size_t n_features;
    spot3 *spots;
    size_t n_spots;
    int64_t salary;
    const uint64_t *has; /* bit by feature number */
} doc_view;
static inline bool doc_has(const doc_view *d, uint32_t number) { return d->has[number / 64] >> (number % 64) & 1; }

/* `has` is all zero and holds a bit for each known feature; it is left set for those of the vacancy. */
void doc_read(features *f, const ch_search_doc *doc, uint64_t *has, ch_arena *a, doc_view *out);
/* Every alert that has the features and circle; `f` as doc_read left it. */
bool doc_answers(const doc_view *d, const features *f, const alert *a);

/* Grows an array by doubling; out of memory ends the process. */
void *room_grow(void *p, uint32_t *cap, size_t size);
#endif
