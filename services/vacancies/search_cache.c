#include "vacancies/search_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { BUCKETS = 4096, SHARE = 16 }; /* one answer takes at most a sixteenth of it all */

/* A stretch of time in which each query has one answer: the index stays as it is and no vacancy closes. */
typedef struct moment {
    uint64_t version, serial;
    ch_time from, until;
} moment;

/* One answer; everything that it points to lies behind it in the same piece of memory. */
typedef struct entry {
    struct entry *next; /* of its bucket */
    struct entry *newer, *older;
    uint64_t hash, serial;
    size_t bytes;
    atomic_int holders; /* the cache is one */
    ch_str key;
    ch_search_result result;
} entry;

struct search_cache {
    ch_time (*closes_at)(ch_arena *a, ch_str blob);
    size_t most;
    atomic_ullong version; /* odd while the index is being changed */
    atomic_ullong hits, misses;
    pthread_mutex_t lock;
    /* behind the lock */
    moment now;
    entry *buckets[BUCKETS], *newest, *oldest;
    size_t n, bytes;
};

static void *must(void *p)
{
    if (!p) abort();
    return p;
}

search_cache *search_cache_new(size_t most, ch_time (*closes_at)(ch_arena *a, ch_str blob))
{
    search_cache *c = must(calloc(1, sizeof *c));
    c->most = most;
    c->closes_at = closes_at;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void search_cache_change(search_cache *c) { atomic_fetch_add(&c->version, 1); }
void search_cache_changed(search_cache *c) { atomic_fetch_add(&c->version, 1); }

/* ---- the key: everything that is asked but the hour, which the moment stands for */

static void put_number(ch_buf *b, const void *number, size_t size) { ch_buf_put(b, (ch_str){number, size}); }

static void put_text(ch_buf *b, ch_str s)
{
    put_number(b, &s.n, sizeof s.n);
    ch_buf_put(b, s);
}

static ch_str key_of(ch_arena *a, const ch_search_query *q)
{
    ch_buf b = ch_buf_in(a);
    const uint64_t numbers[] = {(uint64_t)q->typing | (uint64_t)q->nearly << 1 | (uint64_t)q->strict << 2 | (uint64_t)q->remote << 3 |
                                    (uint64_t)q->has_place << 4,
                                (uint64_t)q->salary_min, (uint64_t)q->sort, q->limit, q->facets};
    const double place[] = {q->lat, q->lon, q->radius_m};
    ch_buf_reserve(&b, 256);
    put_number(&b, numbers, sizeof numbers);
    if (q->has_place) put_number(&b, place, sizeof place);
    put_text(&b, q->text);
    put_text(&b, q->area);
    put_text(&b, q->cursor);
    for (int f = 0; f < CH_FACETS; f++) {
        put_number(&b, &q->filters[f].n, sizeof q->filters[f].n);
        for (size_t i = 0; i < q->filters[f].n; i++) put_text(&b, q->filters[f].codes[i]);
    }
    return ch_buf_str(&b);
}

/* ---- an answer in one piece of memory: measured first, then copied */

typedef struct packing {
    char *to; /* NULL: only measured */
    size_t n;
} packing;

static void *pack(packing *p, const void *from, size_t n)
{
    void *at = p->to ? p->to + p->n : NULL;
    if (at && n) memcpy(at, from, n);
    p->n += (n + 7) & ~(size_t)7;
    return at;
}

static ch_str pack_str(packing *p, ch_str s) { return (ch_str){pack(p, s.p, s.n), s.n}; }

static ch_search_hit *pack_hits(packing *p, const ch_search_hit *hits, size_t n)
{
    ch_search_hit *out = pack(p, hits, n * sizeof *hits);
    for (size_t i = 0; i < n; i++) {
        ch_str id = pack_str(p, hits[i].id), blob = pack_str(p, hits[i].blob);
        if (!out) continue;
        out[i].id = id;
        out[i].blob = blob;
    }
    return out;
}

static ch_facet_count *pack_counts(packing *p, const ch_facet_count *counts, size_t n)
{
    ch_facet_count *out = pack(p, counts, n * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        ch_str code = pack_str(p, counts[i].code);
        if (out) out[i].code = code;
    }
    return out;
}

static ch_search_suggestion *pack_suggestions(packing *p, const ch_search_suggestion *suggestions, size_t n)
{
    ch_search_suggestion *out = pack(p, suggestions, n * sizeof *suggestions);
    for (size_t i = 0; i < n; i++) {
        ch_str text = pack_str(p, suggestions[i].text);
        if (out) out[i].text = text;
    }
    return out;
}

static void pack_result(packing *p, const ch_search_result *from, ch_search_result *to)
{
    *to = *from;
    to->hits = pack_hits(p, from->hits, from->n_hits);
    to->nearly = pack_hits(p, from->nearly, from->n_nearly);
    for (int f = 0; f < CH_FACETS; f++) to->facets[f].counts = pack_counts(p, from->facets[f].counts, from->facets[f].n);
    to->suggestions = pack_suggestions(p, from->suggestions, from->n_suggestions);
    to->cursor = pack_str(p, from->cursor);
    to->corrected = pack_str(p, from->corrected);
}

static void pack_entry(packing *p, ch_str key, const ch_search_result *result, entry *out)
{
    p->n = sizeof *out;
    out->key = pack_str(p, key);
    pack_result(p, result, &out->result);
}

/* NULL: larger than one answer may be. */
static entry *entry_new(const search_cache *c, ch_str key, const ch_search_result *result)
{
    entry measured;
    packing p = {0};
    pack_entry(&p, key, result, &measured);
    if (p.n > c->most / SHARE) return NULL;
    entry *e = must(calloc(1, p.n));
    p.to = (char *)e;
    pack_entry(&p, key, result, e);
    e->hash = ch_hash(key);
    e->bytes = p.n;
    e->holders = 1;
    return e;
}

static void let_go(void *p)
{
    entry *e = p;
    if (atomic_fetch_sub(&e->holders, 1) == 1) free(e);
}

/* ---- which answers are kept: those asked for last */

static entry **place_of(search_cache *c, uint64_t hash, ch_str key)
{
    entry **at = &c->buckets[hash % BUCKETS];
    while (*at && !((*at)->hash == hash && ch_str_eq((*at)->key, key))) at = &(*at)->next;
    return at;
}

static void chain_out(search_cache *c, entry *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void chain_in(search_cache *c, entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

static void drop(search_cache *c, entry **at)
{
    entry *e = *at;
    *at = e->next;
    chain_out(c, e);
    c->bytes -= e->bytes;
    c->n--;
    let_go(e);
}

static entry *find(search_cache *c, ch_str key, uint64_t serial)
{
    uint64_t hash = ch_hash(key);
    pthread_mutex_lock(&c->lock);
    entry *e = *place_of(c, hash, key);
    if (e && e->serial == serial) {
        atomic_fetch_add(&e->holders, 1);
        chain_out(c, e);
        chain_in(c, e);
    } else e = NULL;
    pthread_mutex_unlock(&c->lock);
    return e;
}

static void keep(search_cache *c, ch_str key, uint64_t serial, const ch_search_result *result)
{
    entry *e = entry_new(c, key, result);
    if (!e) return;
    e->serial = serial;
    pthread_mutex_lock(&c->lock);
    entry **at = place_of(c, e->hash, key);
    if (*at) drop(c, at);
    while (c->oldest && c->bytes + e->bytes > c->most) drop(c, place_of(c, c->oldest->hash, c->oldest->key));
    e->next = c->buckets[e->hash % BUCKETS];
    c->buckets[e->hash % BUCKETS] = e;
    chain_in(c, e);
    c->bytes += e->bytes;
    c->n++;
    pthread_mutex_unlock(&c->lock);
}

/* ---- moments */

static bool holds(const moment *m, uint64_t version, ch_time now) { return m->serial && m->version == version && now >= m->from && now < m->until; }

/* The index itself says what closes next. */
static ch_err next_closing(const search_cache *c, ch_search_index *x, ch_time now, ch_arena *a, ch_time *out)
{
    ch_search_result r;
    CH_TRY(ch_search_run(x, &(ch_search_query){.now = now, .sort = CH_SORT_CLOSING, .limit = 1}, a, &r));
    *out = r.n_hits ? c->closes_at(a, r.hits[0].blob) : INT64_MAX;
    return CH_OK;
}

/* The serial number of the moment that `now` lies in; 0: the index changed meanwhile. */
static uint64_t moment_at(search_cache *c, ch_search_index *x, uint64_t version, ch_time now, ch_arena *a)
{
    ch_time until;
    pthread_mutex_lock(&c->lock);
    uint64_t serial = holds(&c->now, version, now) ? c->now.serial : 0;
    pthread_mutex_unlock(&c->lock);
    if (serial) return serial;
    if (next_closing(c, x, now, a, &until) || atomic_load(&c->version) != version) return 0;
    pthread_mutex_lock(&c->lock);
    if (!holds(&c->now, version, now)) c->now = (moment){version, c->now.serial + 1, now, until};
    serial = c->now.serial;
    pthread_mutex_unlock(&c->lock);
    return serial;
}

/* ---- asking */

ch_err search_cache_run(search_cache *c, ch_search_index *x, const ch_search_query *q, ch_arena *a, ch_search_result *out)
{
    uint64_t version = atomic_load(&c->version);
    bool usable = c->most && !(version & 1) && q->now && !q->budget;
    uint64_t serial = usable ? moment_at(c, x, version, q->now, a) : 0;
    ch_str key = serial ? key_of(a, q) : CH_STR("");
    entry *e = serial ? find(c, key, serial) : NULL;
    atomic_fetch_add_explicit(e ? &c->hits : &c->misses, 1, memory_order_relaxed);
    if (e) {
        ch_arena_on_reset(a, let_go, e);
        *out = e->result;
        return CH_OK;
    }
    CH_TRY(ch_search_run(x, q, a, out));
    if (serial && atomic_load(&c->version) == version) keep(c, key, serial, out);
    return CH_OK;
}

void search_cache_count(search_cache *c, search_cache_counts *out)
{
    pthread_mutex_lock(&c->lock);
    *out = (search_cache_counts){.hits = c->hits, .misses = c->misses, .entries = c->n, .bytes = c->bytes};
    pthread_mutex_unlock(&c->lock);
}

void search_cache_free(search_cache *c)
{
    while (c->oldest) drop(c, place_of(c, c->oldest->hash, c->oldest->key));
    pthread_mutex_destroy(&c->lock);
    free(c);
}
