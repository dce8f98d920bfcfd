#include "search/index.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "search/analyse.h"

static void *must(void *p)
{
    if (!p) abort();
    return p;
}

#define GROW(p, n, cap)                                                                                                                              \
    do {                                                                                                                                             \
        if ((n) == (cap)) {                                                                                                                          \
            (cap) = (cap) ? 2 * (cap) : 8;                                                                                                           \
            (p) = must(realloc((p), (size_t)(cap) * sizeof *(p)));                                                                                   \
        }                                                                                                                                            \
    } while (0)

static ch_str keep(ch_str s)
{
    char *p = must(malloc(s.n + 1));
    memcpy(p, s.n ? s.p : "", s.n);
    p[s.n] = 0;
    return (ch_str){p, s.n};
}

/* ---- names */

uint32_t names_find(const names *n, ch_str s)
{
    if (!n->size) return 0;
    for (uint32_t i = (uint32_t)ch_hash(s) & (n->size - 1); n->table[i]; i = (i + 1) & (n->size - 1))
        if (ch_str_eq(n->p[n->table[i] - 1], s)) return n->table[i];
    return 0;
}

static void names_place(names *n, uint32_t number)
{
    uint32_t i = (uint32_t)ch_hash(n->p[number - 1]) & (n->size - 1);
    while (n->table[i]) i = (i + 1) & (n->size - 1);
    n->table[i] = number;
}

uint32_t names_add(names *n, ch_str s, bool *added)
{
    uint32_t there = names_find(n, s);
    if (added) *added = !there;
    if (there) return there;
    GROW(n->p, n->n, n->cap);
    n->p[n->n++] = keep(s);
    if (2 * n->n > n->size) {
        n->size = n->size ? 2 * n->size : 64;
        free(n->table);
        n->table = must(calloc(n->size, sizeof *n->table));
        for (uint32_t i = 1; i < n->n; i++) names_place(n, i);
    }
    names_place(n, n->n);
    return n->n;
}

static void names_free(names *n)
{
    for (uint32_t i = 0; i < n->n; i++) free((char *)(uintptr_t)n->p[i].p);
    free(n->p);
    free(n->table);
}

/* ---- open and close */

ch_search_index *ch_search_open(void)
{
    ch_search_index *x = must(calloc(1, sizeof *x));
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&x->lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    return x;
}

void doc_free(doc *d)
{
    free((char *)(uintptr_t)d->blob.p);
    free(d->tokens);
    free(d->points);
    free(d->areas);
    *d = (doc){.dead = true};
}

static void clear_postings(ch_search_index *x)
{
    for (uint32_t i = 0; i < x->dictionary.n; i++) {
        free(x->terms[i].p);
        x->terms[i].p = NULL;
        x->terms[i].n = x->terms[i].cap = 0;
    }
}

void ch_search_close(ch_search_index *x)
{
    if (!x) return;
    clear_postings(x);
    for (uint32_t i = 0; i < x->dictionary.n; i++) free((char *)(uintptr_t)x->terms[i].word.p);
    for (uint32_t i = 0; i < x->n_docs; i++) doc_free(&x->docs[i]);
    for (int f = 0; f < CH_FACETS; f++) names_free(&x->facets[f]);
    names_free(&x->dictionary);
    names_free(&x->ids);
    free(x->terms);
    free(x->known);
    free(x->docs);
    pthread_rwlock_destroy(&x->lock);
    free(x);
}

/* ---- documents */

uint32_t index_term(ch_search_index *x, ch_str text, ch_str word)
{
    bool added;
    uint32_t number = names_add(&x->dictionary, text, &added);
    if (!added) return number - 1;
    if (x->dictionary.n > x->terms_cap) {
        x->terms_cap = x->terms_cap ? 2 * x->terms_cap : 256;
        x->terms = must(realloc(x->terms, x->terms_cap * sizeof *x->terms));
    }
    x->terms[number - 1] = (term){.text = x->dictionary.p[number - 1], .word = keep(word)};
    return number - 1;
}

known *index_known(ch_search_index *x, ch_str id, bool *added)
{
    bool is_new;
    uint32_t number = names_add(&x->ids, id, &is_new);
    if (x->ids.n > x->known_cap) {
        x->known_cap = x->known_cap ? 2 * x->known_cap : 256;
        x->known = must(realloc(x->known, x->known_cap * sizeof *x->known));
    }
    if (is_new) x->known[number - 1] = (known){INT64_MIN, NO_SLOT};
    if (added) *added = is_new;
    return &x->known[number - 1];
}

doc *index_new_doc(ch_search_index *x, uint32_t *slot)
{
    GROW(x->docs, x->n_docs, x->cap_docs);
    *slot = x->n_docs++;
    x->docs[*slot] = (doc){0};
    return &x->docs[*slot];
}

static void count_token(ch_search_index *x, uint32_t number, uint32_t slot, int field)
{
    term *t = &x->terms[number];
    if (!t->n || t->p[t->n - 1].slot != slot) {
        GROW(t->p, t->n, t->cap);
        t->p[t->n++] = (posting){.slot = slot};
    }
    uint8_t *tf = &t->p[t->n - 1].tf[field];
    if (*tf < UINT8_MAX) ++*tf;
}

/* Slots only grow, so every posting goes to the end of its list. */
void index_tokens(ch_search_index *x, uint32_t slot)
{
    doc *d = &x->docs[slot];
    int field = 0;
    memset(d->lengths, 0, sizeof d->lengths);
    for (uint32_t i = 0; i < d->n_tokens; i++) {
        if (d->tokens[i] == TOKEN_FIELD) field++;
        else if (d->tokens[i] != TOKEN_BREAK && field < FIELDS) {
            count_token(x, d->tokens[i], slot, field);
            if (d->lengths[field] < UINT16_MAX) d->lengths[field]++;
        }
    }
    for (int f = 0; f < FIELDS; f++) x->total_length[f] += d->lengths[f];
}

/* What was analysed before the lock is taken. */
typedef struct analysed {
    ch_terms fields[FIELDS], extra[FIELDS];
} analysed;

static void analyse(ch_arena *a, const ch_search_doc *in, analysed *out)
{
    ch_buf employer = ch_buf_in(a), body = ch_buf_in(a);
    ch_buf_put(&employer, in->employer_name);
    ch_buf_char(&employer, '\n');
    ch_buf_put(&employer, in->reference);
    for (size_t i = 0; i < in->n_locations; i++) {
        ch_buf_char(&employer, '\n');
        ch_buf_put(&employer, in->locations[i].name);
        ch_buf_char(&employer, '\n');
        ch_buf_put(&employer, in->locations[i].postcode);
    }
    ch_buf_put(&body, in->summary);
    ch_buf_char(&body, '\n');
    ch_buf_put(&body, in->description);
    const ch_str texts[FIELDS] = {in->title, ch_buf_str(&employer), ch_buf_str(&body), in->criteria};
    for (int f = 0; f < FIELDS; f++) {
        ch_analyse(a, texts[f], &out->fields[f]);
        ch_analyse_synonyms(a, &out->fields[f], &out->extra[f]);
    }
}

static void take_tokens(ch_search_index *x, doc *d, const analysed *in)
{
    size_t n = 2 * FIELDS;
    for (int f = 0; f < FIELDS; f++) n += in->fields[f].n + in->extra[f].n;
    d->tokens = must(malloc(n * sizeof *d->tokens));
    for (int f = 0; f < FIELDS; f++) {
        if (f) d->tokens[d->n_tokens++] = TOKEN_FIELD;
        for (size_t i = 0; i < in->fields[f].n; i++) d->tokens[d->n_tokens++] = index_term(x, in->fields[f].p[i].text, in->fields[f].p[i].word);
        if (in->extra[f].n) d->tokens[d->n_tokens++] = TOKEN_BREAK;
        for (size_t i = 0; i < in->extra[f].n; i++) d->tokens[d->n_tokens++] = index_term(x, in->extra[f].p[i].text, in->extra[f].p[i].word);
    }
}

point point_of(double lat, double lon)
{
    double a = lat * M_PI / 180, o = lon * M_PI / 180;
    return (point){(float)(cos(a) * cos(o)), (float)(cos(a) * sin(o)), (float)sin(a)};
}

/* "LS1 4AP" is in the areas LS and LS1. */
static void add_areas(doc *d, ch_str postcode)
{
    char outward[8];
    size_t n = 0, letters = 0, compact = 0;
    char text[12];
    for (size_t i = 0; i < postcode.n && compact < sizeof text; i++)
        if (postcode.p[i] != ' ') text[compact++] = (char)toupper((unsigned char)postcode.p[i]);
    size_t length = compact >= 5 ? compact - 3 : compact;
    if (length < 2 || length > 4) return;
    while (letters < length && text[letters] >= 'A') letters++;
    for (; n < length; n++) outward[n] = text[n];
    d->areas[d->n_areas++] = (uint32_t)ch_hash((ch_str){outward, letters});
    d->areas[d->n_areas++] = (uint32_t)ch_hash((ch_str){outward, n});
}

static void take_locations(doc *d, const ch_search_doc *in)
{
    size_t n = in->n_locations < CH_SEARCH_LOCATIONS_MAX ? in->n_locations : CH_SEARCH_LOCATIONS_MAX;
    if (!n) return;
    d->points = must(malloc(n * sizeof *d->points));
    d->areas = must(malloc(2 * n * sizeof *d->areas));
    for (size_t i = 0; i < n; i++) {
        const ch_search_location *l = &in->locations[i];
        if (isfinite(l->lat) && isfinite(l->lon)) d->points[d->n_points++] = point_of(l->lat, l->lon);
        add_areas(d, l->postcode);
    }
}

static void take_facets(ch_search_index *x, doc *d, const ch_search_doc *in)
{
    const ch_str values[CH_FACETS] = {[CH_FACET_STAFF_GROUP] = in->staff_group, [CH_FACET_PAY_BAND] = in->pay_band, [CH_FACET_CONTRACT_TYPE] = in->contract_type,
                                      [CH_FACET_SECTOR] = in->sector, [CH_FACET_EMPLOYER] = in->employer_id};
    for (int f = 0; f < CH_FACETS; f++)
        if (values[f].n) d->facet[f] = names_add(&x->facets[f], values[f], NULL);
    for (size_t i = 0; i < in->n_working_patterns && i < CH_SEARCH_PATTERNS_MAX; i++) {
        uint32_t number = names_add(&x->facets[CH_FACET_WORKING_PATTERN], in->working_patterns[i], NULL);
        if (number < 64) d->patterns |= 1ull << number;
    }
}

static void bury(ch_search_index *x, uint32_t slot)
{
    if (slot == NO_SLOT) return;
    doc *d = &x->docs[slot];
    for (int f = 0; f < FIELDS; f++) x->total_length[f] -= d->lengths[f];
    doc_free(d);
    x->n_dead++;
}

/* Live documents move together, and their postings are made anew from their tokens. */
static void compact(ch_search_index *x)
{
    uint32_t kept = 0;
    clear_postings(x);
    memset(x->total_length, 0, sizeof x->total_length);
    for (uint32_t i = 0; i < x->n_docs; i++) {
        if (x->docs[i].dead) continue;
        x->docs[kept] = x->docs[i];
        x->known[names_find(&x->ids, x->docs[kept].id) - 1].slot = kept;
        kept++;
    }
    x->n_docs = kept;
    x->n_dead = 0;
    for (uint32_t i = 0; i < kept; i++) index_tokens(x, i);
}

static ch_err insert(ch_search_index *x, const ch_search_doc *in, const analysed *terms)
{
    uint32_t slot;
    known *k = index_known(x, in->id, NULL);
    if (in->version <= k->version) return CH_STALE;
    bury(x, k->slot);
    doc *d = index_new_doc(x, &slot);
    *k = (known){in->version, slot};
    d->id = x->ids.p[k - x->known];
    d->id_hash = ch_hash(d->id);
    d->blob = keep(in->blob);
    d->version = in->version;
    d->published = in->published_at;
    d->closes = in->closes_at ? in->closes_at : INT64_MAX;
    d->salary_max = in->salary_max > in->salary_min ? in->salary_max : in->salary_min;
    d->remote = in->remote;
    take_locations(d, in);
    take_facets(x, d, in);
    take_tokens(x, d, terms);
    index_tokens(x, slot);
    x->changes++;
    if (x->n_dead > 1000 && 2 * x->n_dead > x->n_docs) compact(x);
    return CH_OK;
}

ch_err ch_search_put(ch_search_index *x, const ch_search_doc *in)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(32 << 10);
    analysed terms;
    if (!in->id.n || in->id.n > 255) return CH_INVALID;
    analyse(a, in, &terms);
    pthread_rwlock_wrlock(&x->lock);
    ch_err e = insert(x, in, &terms);
    pthread_rwlock_unlock(&x->lock);
    return e;
}

ch_err ch_search_remove(ch_search_index *x, ch_str id, int64_t version)
{
    ch_err e = CH_STALE;
    if (!id.n || id.n > 255) return CH_INVALID;
    pthread_rwlock_wrlock(&x->lock);
    known *k = index_known(x, id, NULL);
    if (version > k->version) {
        bury(x, k->slot);
        *k = (known){version, NO_SLOT};
        x->changes++;
        e = CH_OK;
    }
    pthread_rwlock_unlock(&x->lock);
    return e;
}

/* ---- many at once: analysed side by side, inserted in order */

typedef struct batch {
    const ch_search_doc *docs;
    analysed *terms;
    ch_arena *arena;
    size_t from, to;
} batch;

static void *analyse_batch(void *p)
{
    batch *b = p;
    for (size_t i = b->from; i < b->to; i++) analyse(b->arena, &b->docs[i], &b->terms[i]);
    return NULL;
}

size_t ch_search_put_many(ch_search_index *x, const ch_search_doc *docs, size_t n, int threads)
{
    batch batches[16];
    pthread_t ids[16];
    size_t applied = 0;
    int many = threads < 1 ? 1 : threads > 16 ? 16 : threads;
    analysed *terms = must(calloc(n ? n : 1, sizeof *terms));
    for (int t = 0; t < many; t++) {
        batches[t] = (batch){docs, terms, ch_arena_new(256 << 10), n * (size_t)t / (size_t)many, n * (size_t)(t + 1) / (size_t)many};
        if (pthread_create(&ids[t], NULL, analyse_batch, &batches[t])) abort();
    }
    for (int t = 0; t < many; t++) pthread_join(ids[t], NULL);
    pthread_rwlock_wrlock(&x->lock);
    for (size_t i = 0; i < n; i++)
        if (docs[i].id.n && docs[i].id.n <= 255) applied += insert(x, &docs[i], &terms[i]) == CH_OK;
    pthread_rwlock_unlock(&x->lock);
    for (int t = 0; t < many; t++) ch_arena_free(batches[t].arena);
    free(terms);
    return applied;
}

void ch_search_maintain(ch_search_index *x)
{
    pthread_rwlock_wrlock(&x->lock);
    if (x->n_dead > 100 && 8 * x->n_dead > x->n_docs) compact(x);
    pthread_rwlock_unlock(&x->lock);
}

void ch_search_set_position(ch_search_index *x, int64_t position)
{
    pthread_rwlock_wrlock(&x->lock);
    x->position = position;
    pthread_rwlock_unlock(&x->lock);
}

int64_t ch_search_position(const ch_search_index *x)
{
    return x->position;
}

void ch_search_get_stats(ch_search_index *x, ch_search_stats *out)
{
    *out = (ch_search_stats){0};
    pthread_rwlock_rdlock(&x->lock);
    out->vacancies = x->n_docs - x->n_dead;
    out->dead = x->n_dead;
    out->terms = x->dictionary.n;
    out->changes = x->changes;
    for (uint32_t i = 0; i < x->dictionary.n; i++) {
        out->postings += x->terms[i].n;
        out->index_bytes += x->terms[i].cap * sizeof(posting) + sizeof(term);
    }
    for (uint32_t i = 0; i < x->n_docs; i++) {
        const doc *d = &x->docs[i];
        out->token_bytes += d->n_tokens * sizeof *d->tokens;
        out->blob_bytes += d->blob.n + d->id.n;
        out->index_bytes += sizeof *d + d->n_points * sizeof(point) + d->n_areas * sizeof(uint32_t);
    }
    for (uint32_t i = 0; i < x->ids.n; i++) out->tombstones += x->known[i].slot == NO_SLOT;
    pthread_rwlock_unlock(&x->lock);
}
