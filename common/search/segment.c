#include "search/segment.h"

#include <sys/mman.h>

/* ---- the open segment's growing parts */

typedef struct open_list {
    _Atomic uint32_t n;
    uint32_t cap;
    uint16_t slots[]; /* cap of them, then cap impacts */
} open_list;

typedef struct open_lists {
    uint32_t cap;
    _Atomic(open_list *) p[];
} open_lists;

typedef struct open_spots {
    uint32_t n, cap;
    spot3 p[];
} open_spots;

static uint8_t *impacts_of(open_list *l) { return (uint8_t *)(l->slots + l->cap); }

segment *segment_open(void)
{
    segment *s = must(calloc(1, sizeof *s));
    s->lines = must_large((size_t)(SEGMENT_DOCS + 1) * sizeof *s->lines);
    s->ids = must(calloc(SEGMENT_IDS, sizeof *s->ids));
    return s;
}

static void free_open(segment *s)
{
    open_lists *lists = atomic_load(&s->lists);
    for (uint32_t t = 0; lists && t < lists->cap; t++) free(atomic_load(&lists->p[t]));
    free(lists);
    free(atomic_load(&s->open_spots));
}

void segment_free(void *p)
{
    segment *s = p;
    if (!s) return;
    free_open(s);
    if (s->mapped) munmap(s->mapped, s->mapped_size);
    else {
        free(s->ids);
        free(s->starts);
        free(s->places);
        free(s->slots);
        free(s->impacts);
        grid_free(&s->grid);
        free(s->newest);
        free(s->soonest);
        free(s->employers);
    }
    free(s->lines);
    free(s->graves);
    bytes_free(&s->records);
    free(s);
}

/* ---- reading */

static list sealed_list(const segment *s, uint32_t term)
{
    uint32_t words = set_words(atomic_load_explicit(&s->n, memory_order_relaxed)), from = s->starts[term - 1];
    const uint16_t *at = s->slots + s->places[term - 1];
    list l = {.impacts = s->impacts + from, .n = s->starts[term] - from};
    if (list_is_set(l.n, words)) l.bits = (const uint64_t *)(const void *)at, l.before = at + 4 * words;
    else l.slots = at;
    return l;
}

list segment_list(const segment *s, uint32_t term)
{
    if (s->sealed) return term && term <= s->n_terms ? sealed_list(s, term) : (list){0};
    open_lists *lists = atomic_load_explicit(&s->lists, memory_order_acquire);
    open_list *l = lists && term && term <= lists->cap ? atomic_load_explicit(&lists->p[term - 1], memory_order_acquire) : NULL;
    return l ? (list){.slots = l->slots, .impacts = impacts_of(l), .n = atomic_load_explicit(&l->n, memory_order_acquire)} : (list){0};
}

void list_join(const list *l, uint64_t *to, uint32_t words, uint32_t all)
{
    if (l->bits) set_join(to, l->bits, words);
    else
        for (uint32_t i = 0; i < l->n && l->slots[i] < all; i++) bit_set(to, l->slots[i]);
}

/* The first place from `at` on whose slot is not below `slot`, by doubling steps. */
static uint32_t seek(const list *l, uint16_t slot, uint32_t at)
{
    uint32_t step = 1, low = at;
    while (low + step < l->n && l->slots[low + step] < slot) {
        low += step;
        step *= 2;
    }
    uint32_t high = low + step < l->n ? low + step + 1 : l->n;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (l->slots[middle] < slot) low = middle + 1;
        else high = middle;
    }
    return low;
}

uint8_t list_impact(const list *l, uint16_t slot, uint32_t *at)
{
    if (!l->bits) {
        *at = seek(l, slot, *at);
        return *at < l->n && l->slots[*at] == slot ? l->impacts[*at] : 0;
    }
    uint64_t word = l->bits[slot >> 6], bit = UINT64_C(1) << (slot & 63);
    return word & bit ? l->impacts[l->before[slot >> 6] + (uint32_t)__builtin_popcountll(word & (bit - 1))] : 0;
}

/* Where the id's slot stands in `ids`, or would. */
static uint32_t probe(const segment *s, ch_str id, uint64_t hash)
{
    for (uint32_t i = hash_place(hash, SEGMENT_ID_BITS);; i++) {
        uint16_t slot = __atomic_load_n(&s->ids[i % SEGMENT_IDS], __ATOMIC_ACQUIRE);
        const record *r = slot ? s->lines[slot - 1].record : NULL;
        if (!r || (r->id_hash == hash && ch_str_eq(record_id(r), id))) return i % SEGMENT_IDS;
    }
}

line *segment_find(const segment *s, ch_str id, uint64_t hash)
{
    uint16_t slot = __atomic_load_n(&s->ids[probe(s, id, hash)], __ATOMIC_ACQUIRE);
    return slot ? &s->lines[slot - 1] : NULL;
}

const spot3 *segment_spots(const segment *s)
{
    if (s->sealed) return s->grid.spots;
    open_spots *spots = atomic_load_explicit(&s->open_spots, memory_order_acquire);
    return spots ? spots->p : NULL;
}

/* ---- writing the open segment */

line *segment_next(segment *s) { return &s->lines[atomic_load_explicit(&s->n, memory_order_relaxed)]; }

static open_lists *lists_for(segment *s, reclaimer *r, uint32_t term)
{
    open_lists *old = atomic_load_explicit(&s->lists, memory_order_relaxed);
    if (old && term <= old->cap) return old;
    uint32_t cap = old ? old->cap : 1024;
    while (cap < term) cap *= 2;
    open_lists *grown = must(calloc(1, sizeof *grown + cap * sizeof *grown->p));
    grown->cap = cap;
    for (uint32_t t = 0; old && t < old->cap; t++)
        atomic_store_explicit(&grown->p[t], atomic_load_explicit(&old->p[t], memory_order_relaxed), memory_order_relaxed);
    atomic_store_explicit(&s->lists, grown, memory_order_release);
    retire(r, old, free);
    return grown;
}

static open_list *list_with_room(open_lists *lists, reclaimer *r, uint32_t term)
{
    open_list *old = atomic_load_explicit(&lists->p[term - 1], memory_order_relaxed);
    uint32_t n = old ? atomic_load_explicit(&old->n, memory_order_relaxed) : 0;
    if (old && n < old->cap) return old;
    uint32_t cap = old ? old->cap + old->cap / 2 + 2 : 4;
    open_list *grown = must(malloc(sizeof *grown + cap * (sizeof(uint16_t) + 1)));
    grown->cap = cap;
    atomic_init(&grown->n, n);
    if (n) memcpy(grown->slots, old->slots, n * sizeof *old->slots);
    if (n) memcpy(impacts_of(grown), impacts_of(old), n);
    atomic_store_explicit(&lists->p[term - 1], grown, memory_order_release);
    retire(r, old, free);
    return grown;
}

void segment_add_posting(segment *s, reclaimer *r, uint32_t term, uint8_t impact)
{
    open_list *l = list_with_room(lists_for(s, r, term), r, term);
    uint32_t n = atomic_load_explicit(&l->n, memory_order_relaxed);
    l->slots[n] = (uint16_t)atomic_load_explicit(&s->n, memory_order_relaxed);
    impacts_of(l)[n] = impact;
    atomic_store_explicit(&l->n, n + 1, memory_order_release);
}

void segment_add_spot(segment *s, reclaimer *r, spot3 at)
{
    open_spots *old = atomic_load_explicit(&s->open_spots, memory_order_relaxed), *spots = old;
    line *l = segment_next(s);
    if (!old || old->n == old->cap) {
        uint32_t n = old ? old->n : 0, cap = old ? 2 * old->cap : 256;
        spots = must(malloc(sizeof *spots + cap * sizeof *spots->p));
        *spots = (open_spots){n, cap};
        if (n) memcpy(spots->p, old->p, n * sizeof *old->p);
        atomic_store_explicit(&s->open_spots, spots, memory_order_release);
        retire(r, old, free);
    }
    if (!l->n_spots++) l->first_spot = spots->n;
    spots->p[spots->n++] = at;
}

static void enter_id(segment *s, uint32_t slot)
{
    line *l = &s->lines[slot];
    uint32_t i = probe(s, record_id(l->record), l->record->id_hash);
    l->previous = s->ids[i];
    __atomic_store_n(&s->ids[i], (uint16_t)(slot + 1), __ATOMIC_RELEASE);
}

/* Whoever sees the change sees the grave. */
void segment_bury(segment *s, line *l, uint32_t change)
{
    uint32_t slot = (uint32_t)(l - s->lines);
    if (s->sealed) atomic_fetch_or_explicit(&s->graves[slot >> 6], UINT64_C(1) << (slot & 63), memory_order_relaxed);
    atomic_store_explicit(&l->death, change, memory_order_relaxed);
    s->dead++;
}

void segment_commit(segment *s)
{
    uint32_t n = atomic_load_explicit(&s->n, memory_order_relaxed);
    enter_id(s, n);
    atomic_store_explicit(&s->n, n + 1, memory_order_release);
}

/* ---- sealing: documents move together, their postings follow */

typedef struct source {
    const segment *from;
    uint32_t *to; /* slot there, or UINT32_MAX */
} source;

/*
 * A document on its way. Neighbours on the map become neighbours in the segment, so that a circle is runs of slots and what lies in it is read in a
 * row; first, as they came, those whose end is only just being written: of two versions the later one must come later.
 */
typedef struct moving {
    uint32_t order, source, slot;
} moving;
enum { DYING, PLACED };

static uint32_t order_of(const segment *s, const line *l)
{
    if (atomic_load_explicit(&l->death, memory_order_relaxed) != NOT_DEAD) return DYING;
    return l->n_spots ? PLACED + cell_key(&segment_spots(s)[l->first_spot]) : UINT32_MAX;
}

static int by_order(const void *a, const void *b)
{
    const moving *x = a, *y = b;
    if (x->order != y->order) return x->order < y->order ? -1 : 1;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* Takes what is still seen at `change` from *k, *slot on until a segment is full. How many. */
static uint32_t choose(segment *const *from, size_t n, uint32_t change, size_t *k, uint32_t *slot, source *sources, uint32_t *n_sources, moving *out)
{
    uint32_t many = 0;
    for (*n_sources = 0; *k < n && many < SEGMENT_DOCS; ++*k, *slot = 0) {
        const segment *s = from[*k];
        uint32_t all = atomic_load_explicit(&s->n, memory_order_relaxed), source_number = (*n_sources)++;
        sources[source_number] = (source){s, must(malloc((all + 1) * sizeof(uint32_t)))};
        memset(sources[source_number].to, 0xFF, (all + 1) * sizeof(uint32_t));
        for (; *slot < all && many < SEGMENT_DOCS; ++*slot) {
            const line *l = &s->lines[*slot];
            if (atomic_load_explicit(&l->death, memory_order_relaxed) <= change) continue;
            out[many++] = (moving){order_of(s, l), source_number, *slot};
        }
        if (*slot < all) break;
    }
    return many;
}

static void move_in(segment *out, const source *sources, const moving *all, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const line *l = &sources[all[i].source].from->lines[all[i].slot];
        size_t size = sizeof(record) + l->record->id_n + l->record->tokens_n + l->record->blob_n;
        record *copy = bytes_take(&out->records, size);
        memcpy(copy, l->record, size);
        memcpy(&out->lines[i], l, sizeof *l);
        out->lines[i].record = copy;
        enter_id(out, i);
        sources[all[i].source].to[all[i].slot] = i;
        out->dead += all[i].order == DYING;
    }
    atomic_store_explicit(&out->n, n, memory_order_relaxed);
}

/* The slots of a list, in `into` where they are a set. */
static const uint16_t *slots_of(const list *l, const segment *in, uint16_t *into)
{
    if (!l->bits) return l->slots;
    set_slots(l->bits, set_words(atomic_load_explicit(&in->n, memory_order_relaxed)), into);
    return into;
}

/* Ends the list whose n slots stand in `slots`: as a set, if it is shorter so. */
static void close_list(segment *out, const uint16_t *slots, uint32_t n)
{
    uint32_t words = set_words(atomic_load_explicit(&out->n, memory_order_relaxed)), before = 0;
    if (!list_is_set(n, words)) {
        memcpy(out->slots + out->n_slots, slots, n * sizeof *slots);
        out->n_slots += n;
        return;
    }
    uint64_t *bits = (uint64_t *)(void *)(out->slots + out->n_slots);
    uint16_t *ranks = out->slots + out->n_slots + 4 * words;
    memset(bits, 0, words * sizeof *bits);
    for (uint32_t i = 0; i < n; i++) bit_set(bits, slots[i]);
    for (uint32_t w = 0; w < words; w++) {
        ranks[w] = (uint16_t)before;
        before += (uint32_t)__builtin_popcountll(bits[w]);
    }
    out->n_slots += 5 * words;
}

/* Room to bring a list into its new order; a long one by way of a set, which needs no comparing. */
typedef struct sorting {
    uint32_t pairs[SEGMENT_DOCS + 1]; /* of slot << 8 | impact: as they come */
    uint16_t slots[SEGMENT_DOCS + 1];
    uint8_t impacts[SEGMENT_DOCS + 1]; /* by slot */
    slot_set set;
} sorting;
enum { SHORT_LIST = 32 };

static void sort_by_insertion(sorting *s, uint32_t n, uint8_t *impacts)
{
    for (uint32_t i = 1, k; i < n; i++) {
        uint32_t pair = s->pairs[i];
        for (k = i; k && s->pairs[k - 1] > pair; k--) s->pairs[k] = s->pairs[k - 1];
        s->pairs[k] = pair;
    }
    for (uint32_t i = 0; i < n; i++) {
        s->slots[i] = (uint16_t)(s->pairs[i] >> 8);
        impacts[i] = (uint8_t)s->pairs[i];
    }
}

static void sort_by_set(sorting *s, uint32_t n, uint32_t words, uint8_t *impacts)
{
    for (uint32_t i = 0; i < n; i++) {
        bit_set(s->set, s->pairs[i] >> 8);
        s->impacts[s->pairs[i] >> 8] = (uint8_t)s->pairs[i];
    }
    set_slots(s->set, words, s->slots);
    for (uint32_t i = 0; i < n; i++) impacts[i] = s->impacts[s->slots[i]];
    memset(s->set, 0, words * sizeof *s->set);
}

/* The term's documents in all sources, as they are numbered now. */
static uint32_t gather_list(segment *out, const source *sources, size_t n, uint32_t term, sorting *s)
{
    uint32_t many = 0;
    for (size_t k = 0; k < n; k++) {
        list l = segment_list(sources[k].from, term);
        const uint16_t *from = slots_of(&l, sources[k].from, s->slots);
        for (uint32_t i = 0; i < l.n; i++)
            if (sources[k].to[from[i]] != UINT32_MAX) s->pairs[many++] = sources[k].to[from[i]] << 8 | l.impacts[i];
    }
    uint8_t *impacts = out->impacts + out->starts[term - 1];
    if (many > SHORT_LIST) sort_by_set(s, many, set_words(atomic_load_explicit(&out->n, memory_order_relaxed)), impacts);
    else sort_by_insertion(s, many, impacts);
    return many;
}

/* A set takes less room than its slots, also with up to three more before it, to lie on eight bytes. */
static void gather_lists(segment *out, const source *sources, size_t n, uint32_t n_terms)
{
    uint64_t most = 0;
    sorting *sort = must(calloc(1, sizeof *sort));
    for (size_t k = 0; k < n; k++) most += segment_postings(sources[k].from, n_terms);
    out->n_terms = n_terms;
    out->starts = must(calloc(n_terms + 1, sizeof *out->starts));
    out->places = must(calloc(n_terms + 1, sizeof *out->places));
    out->slots = must(malloc((most + 1) * sizeof *out->slots));
    out->impacts = must(malloc(most + 1));
    for (uint32_t t = 1; t <= n_terms; t++) {
        uint32_t many = gather_list(out, sources, n, t, sort);
        if (list_is_set(many, set_words(atomic_load(&out->n))))
            while (out->n_slots & 3) out->slots[out->n_slots++] = 0; /* nothing of the heap goes into the file */
        out->starts[t] = out->starts[t - 1] + many;
        out->places[t - 1] = out->n_slots;
        close_list(out, sort->slots, many);
    }
    free(sort);
    out->slots = must(realloc(out->slots, (out->n_slots + 1) * sizeof *out->slots));
    out->impacts = must(realloc(out->impacts, out->starts[n_terms] + 1));
}

/* The documents' places, in the order of their new slots. */
static grid gather_grid(segment *out, const source *sources, const moving *all)
{
    uint32_t n = atomic_load(&out->n), cap = 0, many = 0;
    uint32_t *starts = must(calloc(n + 1, sizeof *starts));
    for (uint32_t i = 0; i < n; i++) cap += out->lines[i].n_spots;
    spot3 *spots = must(malloc((cap + 1) * sizeof *spots));
    for (uint32_t i = 0; i < n; i++) {
        const segment *from = sources[all[i].source].from;
        const spot3 *there = segment_spots(from) + from->lines[all[i].slot].first_spot;
        out->lines[i].first_spot = many;
        for (uint32_t k = 0; k < out->lines[i].n_spots; k++) spots[many++] = there[k];
        starts[i + 1] = many;
    }
    grid g = grid_of(starts, spots, n, out->dead);
    free(starts);
    return g;
}

/* realloc would not keep them on cache lines. */
static void shrink_lines(segment *s)
{
    size_t size = (atomic_load(&s->n) + 1) * sizeof *s->lines;
    line *exact = size > 1 << 20 ? must_large(size) : must(aligned_alloc(64, size));
    memcpy(exact, s->lines, size - sizeof *s->lines);
    free(s->lines);
    s->lines = exact;
}

static int by_published(const void *a, const void *b, void *lines)
{
    const line *x = (const line *)lines + *(const uint16_t *)a, *y = (const line *)lines + *(const uint16_t *)b;
    return x->published != y->published ? (x->published > y->published ? -1 : 1) : 0;
}

static int by_closing(const void *a, const void *b, void *lines)
{
    const line *x = (const line *)lines + *(const uint16_t *)a, *y = (const line *)lines + *(const uint16_t *)b;
    return x->closes != y->closes ? (x->closes < y->closes ? -1 : 1) : by_published(a, b, lines);
}

static uint16_t *in_order(const segment *s, int (*compare)(const void *, const void *, void *))
{
    uint32_t n = atomic_load(&s->n);
    uint16_t *order = must(malloc((n + 1) * sizeof *order));
    for (uint32_t i = 0; i < n; i++) order[i] = (uint16_t)i;
    if (n) qsort_r(order, n, sizeof *order, compare, s->lines);
    return order;
}

/* What answers with many matches are taken from: broad.c. */
static void put_columns(segment *s)
{
    uint32_t n = atomic_load(&s->n);
    s->newest = in_order(s, by_published);
    s->soonest = in_order(s, by_closing);
    s->employers = must(malloc((n + 1) * sizeof *s->employers));
    s->graves = must(calloc(set_words(n) + 1, sizeof *s->graves));
    for (uint32_t i = 0; i < n; i++) {
        s->employers[i] = s->lines[i].employer;
        if (atomic_load_explicit(&s->lines[i].death, memory_order_relaxed) != NOT_DEAD) atomic_fetch_or(&s->graves[i >> 6], UINT64_C(1) << (i & 63));
    }
}

segment **segments_sealed(segment *const *from, size_t n, uint32_t n_terms, uint32_t change)
{
    segment **out = must(calloc(n + 2, sizeof *out));
    source *sources = must(calloc(n + 1, sizeof *sources));
    moving *all = must(malloc(SEGMENT_DOCS * sizeof *all));
    size_t k = 0, made = 0;
    uint32_t slot = 0, n_sources;
    while (k < n) {
        segment *s = segment_open();
        uint32_t many = choose(from, n, change, &k, &slot, sources, &n_sources, all);
        qsort(all, many, sizeof *all, by_order);
        move_in(s, sources, all, many);
        gather_lists(s, sources, n_sources, n_terms);
        s->grid = gather_grid(s, sources, all);
        for (uint32_t i = 0; i < n_sources; i++) free(sources[i].to);
        shrink_lines(s);
        put_columns(s);
        s->sealed = true;
        if (many) out[made++] = s;
        else segment_free(s);
    }
    free(all);
    free(sources);
    return out;
}

uint64_t segment_postings(const segment *s, uint32_t n_terms)
{
    uint64_t n = 0;
    if (s->sealed) return s->starts[s->n_terms];
    for (uint32_t t = 1; t <= n_terms; t++) n += segment_list(s, t).n;
    return n;
}

size_t segment_bytes(const segment *s)
{
    size_t lines = s->sealed ? atomic_load(&s->n) : SEGMENT_DOCS, bytes = sizeof *s + lines * sizeof *s->lines + SEGMENT_IDS * sizeof *s->ids;
    if (s->sealed)
        return bytes + (s->n_terms + 1) * 2 * sizeof *s->starts + s->starts[s->n_terms] + s->n_slots * sizeof *s->slots +
               s->grid.n_points * (2 * sizeof(spot3) + sizeof(uint16_t)) + s->grid.n_cells * sizeof(cell) +
               lines * (2 * sizeof *s->newest + sizeof *s->employers);
    open_lists *lists = atomic_load_explicit(&s->lists, memory_order_acquire);
    for (uint32_t t = 0; lists && t < lists->cap; t++) {
        open_list *l = atomic_load_explicit(&lists->p[t], memory_order_acquire);
        bytes += sizeof lists->p[t] + (l ? sizeof *l + l->cap * 3 : 0);
    }
    open_spots *spots = atomic_load_explicit(&s->open_spots, memory_order_acquire);
    return bytes + (spots ? spots->cap * sizeof *spots->p : 0);
}
