#include "search/memory.h"

#include <sched.h>
#include <sys/mman.h>

void *must(void *p)
{
    if (!p) abort();
    return p;
}

void *must_large(size_t size)
{
    enum { LARGE_PAGE = 2 << 20 };
    size = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    void *p = must(aligned_alloc(LARGE_PAGE, size));
    madvise(p, size, MADV_HUGEPAGE); /* where there are none, nothing is lost but time */
    return p;
}

/* ---- epochs */

/* The place is taken before the view is read, and the writer looks at places after it has replaced the view: one of the two sees the other (both are
 * sequentially consistent). */
size_t reader_enter(reclaimer *r)
{
    static _Thread_local size_t first;
    for (size_t i = first;; i = (i + 1) % READERS_MAX) {
        uint64_t nobody = 0;
        if (atomic_compare_exchange_strong(&r->readers[i].epoch, &nobody, atomic_load(&r->epoch) + 1)) return first = i;
        if ((i + 1) % READERS_MAX == first) sched_yield();
    }
}

void reader_leave(reclaimer *r, size_t place) { atomic_store_explicit(&r->readers[place].epoch, 0, memory_order_release); }

static uint64_t oldest(reclaimer *r)
{
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < READERS_MAX; i++) {
        uint64_t e = atomic_load(&r->readers[i].epoch);
        if (e && e < least) least = e;
    }
    return least;
}

void reclaim(reclaimer *r, bool all)
{
    uint64_t safe = all ? UINT64_MAX : oldest(r);
    size_t kept = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (r->p[i].epoch + 1 < safe) r->p[i].release(r->p[i].p);
        else r->p[kept++] = r->p[i];
    }
    r->n = kept;
    if (!all) return;
    free(r->p);
    r->p = NULL;
    r->cap = 0;
}

void retire(reclaimer *r, void *p, void (*release)(void *))
{
    if (!p) return;
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 64;
        r->p = must(realloc(r->p, r->cap * sizeof *r->p));
    }
    r->p[r->n++] = (retired){p, release, atomic_fetch_add(&r->epoch, 1)};
}

/* ---- pools */

enum { POOL_PAGE = 256 << 10 };
struct pool_page {
    struct pool_page *before;
    _Alignas(16) char bytes[];
};

void *bytes_take(pool *p, size_t n)
{
    n = (n + 7) & ~(size_t)7;
    if (n > p->left) {
        size_t size = n > POOL_PAGE / 4 ? n : POOL_PAGE;
        struct pool_page *page = must(malloc(sizeof *page + size));
        page->before = p->last;
        p->last = page;
        p->left = size;
        p->bytes += size;
    }
    p->left -= n;
    /* From the page's end to its beginning: one number says what is left. */
    return p->last->bytes + p->left;
}

ch_str bytes_str(pool *p, ch_str s)
{
    char *to = bytes_take(p, s.n + 1);
    memcpy(to, s.n ? s.p : "", s.n);
    to[s.n] = 0;
    return (ch_str){to, s.n};
}

void bytes_free(pool *p)
{
    while (p->last) {
        struct pool_page *before = p->last->before;
        free(p->last);
        p->last = before;
    }
    *p = (pool){0};
}

/* ---- pages */

static int page_of(uint32_t i, size_t *within)
{
    uint64_t k = (uint64_t)i + PAGE_FIRST;
    int page = 63 - __builtin_clzll(k) - 6; /* 64 = 2^6 */
    *within = (size_t)(k - ((uint64_t)PAGE_FIRST << page));
    return page;
}

void *pages_at(const pages *p, uint32_t i)
{
    size_t within;
    int page = page_of(i, &within);
    return atomic_load_explicit(&p->page[page], memory_order_acquire) + within * p->size;
}

void *pages_make(pages *p, uint32_t i)
{
    size_t within;
    int page = page_of(i, &within);
    if (!atomic_load_explicit(&p->page[page], memory_order_relaxed))
        atomic_store_explicit(&p->page[page], must(calloc((size_t)PAGE_FIRST << page, p->size)), memory_order_release);
    return pages_at(p, i);
}

void pages_free(pages *p)
{
    for (int k = 0; k < PAGES; k++) free(atomic_load(&p->page[k]));
}

/* ---- names */

struct names_table {
    uint32_t size;           /* a power of two */
    _Atomic uint32_t slot[]; /* number, or 0 */
};

static struct names_table *new_table(uint32_t size)
{
    struct names_table *t = must(calloc(1, sizeof *t + size * sizeof *t->slot));
    t->size = size;
    return t;
}

void names_open(names *n, reclaimer *r)
{
    *n = (names){.reclaimer = r, .strings.size = sizeof(ch_str)};
    atomic_store(&n->table, new_table(64));
}

void names_close(names *n)
{
    free(atomic_load(&n->table));
    pages_free(&n->strings);
    bytes_free(&n->pool);
}

ch_str names_text(const names *n, uint32_t number) { return *(const ch_str *)pages_at(&n->strings, number - 1); }

/* FNV-1a's low bits are weak for short strings: once more over. */
static uint32_t spread(ch_str s) { return (uint32_t)(ch_hash(s) * UINT64_C(0x9E3779B97F4A7C15) >> 32); }

static uint32_t find_in(const names *n, const struct names_table *t, ch_str s, uint32_t *free_at)
{
    for (uint32_t i = spread(s) & (t->size - 1);; i = (i + 1) & (t->size - 1)) {
        uint32_t number = atomic_load_explicit(&t->slot[i], memory_order_acquire);
        if (free_at) *free_at = i;
        if (!number || ch_str_eq(names_text(n, number), s)) return number;
    }
}

uint32_t names_find(const names *n, ch_str s) { return find_in(n, atomic_load_explicit(&n->table, memory_order_acquire), s, NULL); }

static void grow(names *n, struct names_table *old)
{
    struct names_table *t = new_table(2 * old->size);
    uint32_t many = atomic_load_explicit(&n->n, memory_order_relaxed), at;
    for (uint32_t k = 1; k <= many; k++) {
        if (!names_text(n, k).p) continue; /* reserved */
        find_in(n, t, names_text(n, k), &at);
        atomic_store_explicit(&t->slot[at], k, memory_order_relaxed);
    }
    atomic_store_explicit(&n->table, t, memory_order_release);
    retire(n->reclaimer, old, free);
}

uint32_t names_add(names *n, ch_str s, bool *added)
{
    uint32_t at, many = atomic_load_explicit(&n->n, memory_order_relaxed);
    struct names_table *t = atomic_load_explicit(&n->table, memory_order_relaxed);
    uint32_t there = find_in(n, t, s, &at);
    if (added) *added = !there;
    if (there) return there;
    *(ch_str *)pages_make(&n->strings, many) = bytes_str(&n->pool, s);
    atomic_store_explicit(&n->n, many + 1, memory_order_release);
    atomic_store_explicit(&t->slot[at], many + 1, memory_order_release);
    if (2 * (many + 1) > t->size) grow(n, t);
    return many + 1;
}

uint32_t names_reserve(names *n)
{
    uint32_t many = atomic_load_explicit(&n->n, memory_order_relaxed);
    pages_make(&n->strings, many);
    atomic_store_explicit(&n->n, many + 1, memory_order_release);
    struct names_table *t = atomic_load_explicit(&n->table, memory_order_relaxed);
    if (2 * (many + 1) > t->size) grow(n, t);
    return many + 1;
}

void names_fill(names *n, uint32_t number, ch_str s)
{
    uint32_t at;
    struct names_table *t = atomic_load_explicit(&n->table, memory_order_relaxed);
    find_in(n, t, s, &at);
    *(ch_str *)pages_at(&n->strings, number - 1) = bytes_str(&n->pool, s);
    atomic_store_explicit(&t->slot[at], number, memory_order_release);
}

size_t names_bytes(const names *n)
{
    const struct names_table *t = atomic_load_explicit(&n->table, memory_order_acquire);
    return n->pool.bytes + t->size * sizeof *t->slot + atomic_load(&n->n) * sizeof(ch_str);
}
