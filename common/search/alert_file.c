/* Which lists an alert stands in, and the lists. */
#include <stdlib.h>

#include "base/id.h"
#include "search/alert_room.h"

enum {
    NARROW_MOST = 32, /* so many alerts stand under a feature alone before its cells are used: reading them costs less */
    PRIOR = 100,      /* vacancies' worth of trust in what alerts say about how frequent a feature is */
};

void files_open(files *f)
{
    *f = (files){0};
    ch_random(&f->seed, sizeof f->seed);
}

void files_close(files *f)
{
    for (uint32_t i = 0; i < f->n_lists; i++) free(f->lists[i].p);
    free(f->lists);
    free(f->unused_lists);
    alert_pool_close(&f->pool);
    free(f->keys.p);
}

uint32_t files_key(const files *f, uint32_t number, uint32_t in_cell)
{
    uint64_t h = ((uint64_t)number << 32 | in_cell) ^ f->seed;
    h = (h ^ h >> 31) * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ h >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    return (uint32_t)(h >> 32);
}

/* ---- choosing: what share of vacancies has a feature, as far as is known */

static double share(const files *f, const features *known, uint32_t number)
{
    const feature *x = &known->p[number];
    if (number == FEATURE_ALL) return 1;
    return (x->seen + PRIOR * (double)x->refs / (f->alerts + 1.0)) / (f->learned + (double)PRIOR);
}

/* The alternatives of a clause, by its place among all, then any. */
static const uint32_t *clause_at(const alert *a, uint8_t key, uint32_t *n)
{
    static const uint32_t all[] = {FEATURE_ALL};
    const uint32_t *p = alert_all(a);
    *n = 1;
    if (key == KEY_NONE) return all;
    if (key < a->n_all) return p + key;
    p += a->n_all;
    for (uint8_t i = a->n_all; i < key; i++) p += *p + 1;
    *n = *p;
    return p + 1;
}

/* What it costs to have it there: how often it is looked at, and a little for each list. */
static double cost(const files *f, const features *known, const alert *a, uint8_t key)
{
    uint32_t n;
    const uint32_t *p = clause_at(a, key, &n);
    double sum = 0.002 * n;
    for (uint32_t i = 0; i < n; i++) sum += share(f, known, p[i]);
    return sum;
}

typedef struct choice {
    uint8_t key;
    double cost;
    uint16_t need[2];
} choice;

static choice choose(const files *f, const features *known, const alert *a)
{
    choice best = {KEY_NONE, cost(f, known, a, KEY_NONE), {0, 0}};
    double least[2] = {2, 2};
    for (uint8_t i = 0; i < a->n_all + a->n_any; i++) {
        double c = cost(f, known, a, i);
        if (c < best.cost) best.key = i, best.cost = c;
    }
    for (uint8_t i = 0; i < a->n_all; i++) {
        uint16_t bits = (uint16_t)alert_all(a)[i];
        double c = cost(f, known, a, i);
        if (i == best.key || c >= least[1]) continue;
        bool first = c < least[0];
        least[1] = first ? least[0] : c;
        best.need[1] = first ? best.need[0] : bits;
        if (first) least[0] = c, best.need[0] = bits;
    }
    return best;
}

bool files_misfiled(const files *f, const features *known, const alert *a)
{
    return !a->paused && cost(f, known, a, a->key) > 4 * choose(f, known, a).cost + 0.001;
}

/* ---- the keys of an alert */

typedef struct filing {
    uint32_t keys[ALTERNATIVES * CELLS_MAX];
    size_t n;
    int level;
} filing;

static void add_key(filing *out, uint32_t key)
{
    for (size_t i = 0; i < out->n; i++)
        if (out->keys[i] == key) return;
    out->keys[out->n++] = key;
}

static void filing_of(const files *f, const alert *a, filing *out)
{
    uint32_t cells[CELLS_MAX] = {0}, n;
    size_t n_cells = 1;
    const uint32_t *p = clause_at(a, a->key, &n);
    out->n = 0;
    out->level = 0;
    if (a->wide) {
        ring c = alert_circle(a);
        n_cells = grid_cover(&c, cells, &out->level);
    }
    for (uint32_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_cells; k++) add_key(out, files_key(f, p[i], cells[k]));
}

/* ---- what is gone: `matched` counts the lists that still name it */

void files_forget(files *f, uint32_t number) { alert_pool_give(&f->pool, number, alert_bytes(files_at(f, number))); }

static void forget_posting(files *f, uint32_t number)
{
    f->postings--;
    if (!--files_at(f, number)->matched) files_forget(f, number);
}

/* ---- lists */

static void push(files *f, file_list *l, posting p)
{
    if (l->n == l->cap) {
        f->bytes += (l->cap ? l->cap : 4) * sizeof p;
        l->cap = l->cap ? 2 * l->cap : 4;
        l->p = realloc(l->p, l->cap * sizeof p);
        if (!l->p) abort();
    }
    l->p[l->n++] = p;
}

static uint32_t new_list(files *f)
{
    uint32_t number;
    if (f->n_unused_lists) number = f->unused_lists[--f->n_unused_lists];
    else {
        if (f->n_lists == f->cap_lists) f->lists = room_grow(f->lists, &f->cap_lists, sizeof *f->lists);
        number = f->n_lists++;
    }
    f->lists[number] = (file_list){0};
    return number;
}

static posting posting_of(const files *f, const features *known, uint32_t number)
{
    choice c = choose(f, known, files_at(f, number));
    return (posting){number, {c.need[0], c.need[1]}};
}

static void put(files *f, const features *known, uint32_t key, posting p)
{
    uint32_t at = key, value = table_find(&f->keys, key, &at);
    f->postings++;
    if (!value) {
        table_add(&f->keys, key, 2 * p.alert + 1);
        return;
    }
    if (value & 1) { /* one so far */
        uint32_t made = new_list(f);
        push(f, &f->lists[made], posting_of(f, known, value / 2));
        f->keys.p[at].value = value = 2 * made + 2;
    }
    push(f, &f->lists[value / 2 - 1], p);
}

static void drop_list(files *f, uint32_t at, uint32_t number)
{
    f->bytes -= f->lists[number].cap * sizeof(posting);
    free(f->lists[number].p);
    f->lists[number] = (file_list){0};
    if (f->n_unused_lists == f->cap_unused_lists) f->unused_lists = room_grow(f->unused_lists, &f->cap_unused_lists, sizeof *f->unused_lists);
    f->unused_lists[f->n_unused_lists++] = number;
    table_remove(&f->keys, at);
}

/* The living move together; room for twice as many is given back. */
static void purge(files *f, file_list *l)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (files_at(f, l->p[i].alert)->gone) forget_posting(f, l->p[i].alert);
        else l->p[kept++] = l->p[i];
    }
    l->n = kept;
    l->dead = 0;
    if (kept * 4 > l->cap || l->cap <= 4) return;
    posting *p = realloc(l->p, l->cap / 2 * sizeof *p);
    if (!p) return;
    f->bytes -= l->cap / 2 * sizeof *p;
    l->cap /= 2;
    l->p = p;
}

static void take_out(files *f, uint32_t key, uint32_t number)
{
    uint32_t at = key, value = table_find(&f->keys, key, &at);
    if (value & 1) {
        forget_posting(f, number);
        table_remove(&f->keys, at);
        return;
    }
    file_list *l = &f->lists[value / 2 - 1];
    if (2 * ++l->dead <= l->n) return;
    purge(f, l);
    if (!l->n) drop_list(f, at, value / 2 - 1);
}

/* ---- in and out */

static void count_filed(features *known, const alert *a, uint32_t by, int level)
{
    uint32_t n;
    const uint32_t *p = clause_at(a, a->key, &n);
    for (uint32_t i = 0; i < n; i++) {
        feature *x = &known->p[p[i]];
        if (a->wide) x->wide += by, x->levels |= (uint16_t)(1u << level);
        else x->narrow += by;
        if (!x->wide) x->levels = 0;
    }
}

static bool is_crowded(const features *known, const alert *a)
{
    uint32_t n, cells[CELLS_MAX];
    int level;
    const uint32_t *p = clause_at(a, a->key, &n);
    bool crowded = false;
    for (uint32_t i = 0; i < n; i++) crowded |= known->p[p[i]].narrow >= NARROW_MOST;
    if (!crowded || !a->has_circle) return false;
    ring c = alert_circle(a);
    return grid_cover(&c, cells, &level) > 0;
}

void files_add(files *f, features *known, uint32_t number)
{
    alert *a = files_at(f, number);
    choice chosen = choose(f, known, a);
    filing where;
    a->key = chosen.key;
    a->wide = is_crowded(known, a);
    filing_of(f, a, &where);
    for (size_t i = 0; i < where.n; i++) put(f, known, where.keys[i], (posting){number, {chosen.need[0], chosen.need[1]}});
    count_filed(known, a, 1, where.level);
}

void files_remove(files *f, features *known, uint32_t number, bool moved)
{
    alert *a = files_at(f, number);
    filing where;
    filing_of(f, a, &where);
    count_filed(known, a, UINT32_MAX, where.level); /* one less */
    if (!moved) alert_drop(known, a);
    a->gone = true;
    a->matched = (uint32_t)where.n;
    for (size_t i = 0; i < where.n; i++) take_out(f, where.keys[i], number);
}
