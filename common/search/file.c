/*
 * The index as a file: a head, then a section of names and tombstones, then each segment as its sealed arrays, which are mapped and used as they lie.
 * A check sum over all of it tells a damaged one, the magic a foreign one; beyond that every number that memory is reached by is held to its bounds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "search/file.h"
#include "search/index.h"
#include "search/words.h"

enum { PAGE = 4096, BUFFER = 1 << 20 };
static const char magic[16] = "commonhire-ix-9";

typedef struct head {
    char magic[16];
    uint64_t sum, size; /* sum: of everything behind it, `size` bytes in all */
    int64_t position;
    uint32_t n_terms, n_forms, n_segments, n_values[CH_FACETS], n_tombstones;
} head;

/* Where a segment's arrays begin, from the segment's own beginning. */
typedef struct segment_head {
    uint64_t size, records_size, lines, ids, starts, places, slots, impacts, spots, points, point_slots, cells, newest, soonest, employers, records;
    uint32_t n, n_terms, n_postings, n_slots, n_spots, n_cells;
} segment_head;

/* Four lanes of multiply and rotate: as fast as memory, and enough against accidents. */
typedef struct sum {
    uint64_t lane[4];
} sum;

static void sum_add(sum *s, const void *p, size_t n)
{
    const unsigned char *at = p;
    for (; n >= 32; at += 32, n -= 32)
        for (int k = 0; k < 4; k++) {
            uint64_t w;
            memcpy(&w, at + 8 * k, 8);
            s->lane[k] = (s->lane[k] ^ w) * UINT64_C(0x9E3779B97F4A7C15);
            s->lane[k] = s->lane[k] << 31 | s->lane[k] >> 33;
        }
    for (; n; at++, n--) s->lane[0] = (s->lane[0] ^ *at) * UINT64_C(0x100000001B3);
}

static uint64_t sum_of(const sum *s)
{
    uint64_t h = s->lane[0];
    for (int k = 1; k < 4; k++) h = (h ^ s->lane[k]) * UINT64_C(0xBF58476D1CE4E5B9), h ^= h >> 31;
    return h;
}

/* ---- writing */

typedef struct writer {
    int fd;
    char *buffer; /* BUFFER, a multiple of 32: the sum sees the same blocks when reading */
    size_t n;
    uint64_t size;
    sum sum;
    bool broken;
} writer;

static void flush(writer *w)
{
    for (size_t at = 0; at < w->n && !w->broken;) {
        ssize_t n = write(w->fd, w->buffer + at, w->n - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) w->broken = true;
        else at += (size_t)n;
    }
    sum_add(&w->sum, w->buffer, w->n);
    w->n = 0;
}

static void put(writer *w, const void *p, size_t n)
{
    const char *from = p;
    w->size += n;
    while (n) {
        size_t some = n < BUFFER - w->n ? n : BUFFER - w->n;
        memcpy(w->buffer + w->n, from, some);
        w->n += some;
        from += some;
        n -= some;
        if (w->n == BUFFER) flush(w);
    }
}

static void align(writer *w, size_t to)
{
    static const char zeros[PAGE];
    put(w, zeros, (to - w->size % to) % to);
}

static void put_str(writer *w, ch_str s)
{
    uint32_t n = (uint32_t)s.n;
    put(w, &n, sizeof n);
    put(w, s.p, s.n);
}

static uint64_t up(uint64_t n) { return (n + 63) & ~UINT64_C(63); }

static size_t record_size(const record *r) { return (sizeof *r + r->id_n + r->tokens_n + r->blob_n + 7) & ~(size_t)7; }

static segment_head lay_out(const segment *s)
{
    segment_head h = {.n = atomic_load(&s->n),
                      .n_terms = s->n_terms,
                      .n_postings = s->starts[s->n_terms],
                      .n_slots = s->n_slots,
                      .n_spots = s->grid.n_points,
                      .n_cells = s->grid.n_cells};
    for (uint32_t i = 0; i < h.n; i++) h.records_size += record_size(s->lines[i].record);
    h.lines = up(sizeof h);
    h.ids = up(h.lines + h.n * sizeof(line));
    h.starts = up(h.ids + SEGMENT_IDS * sizeof(uint16_t));
    h.places = up(h.starts + (h.n_terms + 1) * sizeof(uint32_t));
    h.slots = up(h.places + (h.n_terms + 1) * sizeof(uint32_t));
    h.impacts = up(h.slots + h.n_slots * sizeof(uint16_t));
    h.spots = up(h.impacts + h.n_postings);
    h.points = up(h.spots + h.n_spots * sizeof(spot3));
    h.point_slots = up(h.points + h.n_spots * sizeof(spot3));
    h.cells = up(h.point_slots + h.n_spots * sizeof(uint16_t));
    h.newest = up(h.cells + (h.n_cells + 1) * sizeof(cell));
    h.soonest = up(h.newest + h.n * sizeof(uint16_t));
    h.employers = up(h.soonest + h.n * sizeof(uint16_t));
    h.records = up(h.employers + h.n * sizeof(uint32_t));
    h.size = up(h.records + h.records_size);
    return h;
}

/* The record's place instead of its address; births and deaths begin anew. */
static void put_lines(writer *w, const segment *s, uint32_t n)
{
    uint64_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        line l;
        memcpy(&l, &s->lines[i], sizeof l);
        l.record = (const record *)(uintptr_t)at;
        l.birth = 0;
        l.previous = 0;
        atomic_store_explicit(&l.death, NOT_DEAD, memory_order_relaxed);
        at += record_size(s->lines[i].record);
        put(w, &l, sizeof l);
    }
}

static void put_segment(writer *w, const segment *s)
{
    segment_head h = lay_out(s);
    align(w, PAGE);
    put(w, &h, sizeof h);
    align(w, 64);
    put_lines(w, s, h.n);
    align(w, 64);
    const struct {
        const void *p;
        size_t n;
    } arrays[] = {{s->ids, SEGMENT_IDS * sizeof *s->ids},
                  {s->starts, (h.n_terms + 1) * sizeof *s->starts},
                  {s->places, (h.n_terms + 1) * sizeof *s->places},
                  {s->slots, h.n_slots * sizeof *s->slots},
                  {s->impacts, h.n_postings},
                  {s->grid.spots, h.n_spots * sizeof *s->grid.spots},
                  {s->grid.points, h.n_spots * sizeof *s->grid.points},
                  {s->grid.slots, h.n_spots * sizeof *s->grid.slots},
                  {s->grid.cells, (h.n_cells + 1) * sizeof *s->grid.cells},
                  {s->newest, h.n * sizeof *s->newest},
                  {s->soonest, h.n * sizeof *s->soonest},
                  {s->employers, h.n * sizeof *s->employers}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        put(w, arrays[i].p, arrays[i].n);
        align(w, 64);
    }
    for (uint32_t i = 0; i < h.n; i++) {
        const record *r = s->lines[i].record;
        put(w, r, sizeof *r + r->id_n + r->tokens_n + r->blob_n);
        align(w, 8);
    }
    align(w, 64);
}

/* What no living document has is in no list and no token that is written. */
static bool in_use(const ch_search_index *x, uint32_t number) { return atomic_load_explicit(&term_at(x, number)->df, memory_order_relaxed) > 0; }

static uint32_t count_forms(const ch_search_index *x)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < atomic_load(&x->forms.n); i++) n += in_use(x, *(const uint32_t *)pages_at(&x->form_terms, i));
    return n;
}

static void put_names(writer *w, const ch_search_index *x, const head *h)
{
    for (uint32_t i = 1; i <= h->n_terms; i++) {
        put_str(w, in_use(x, i) ? names_text(&x->dictionary, i) : CH_STR(""));
        put_str(w, in_use(x, i) ? term_at(x, i)->word : CH_STR(""));
    }
    for (uint32_t i = 1; i <= atomic_load(&x->forms.n); i++) {
        uint32_t number = *(const uint32_t *)pages_at(&x->form_terms, i - 1);
        if (!in_use(x, number)) continue;
        put(w, &number, sizeof number);
        put_str(w, names_text(&x->forms, i));
    }
    for (int f = 0; f < CH_FACETS; f++)
        for (uint32_t i = 1; i <= h->n_values[f]; i++) put_str(w, names_text(&x->facets[f], i));
    for (uint32_t i = 1; i <= atomic_load(&x->buried.n); i++) {
        const tombstone *t = pages_at(&x->tombstones, i - 1);
        if (t->version == INT64_MIN) continue;
        put_str(w, names_text(&x->buried, i));
        put(w, &t->version, sizeof t->version);
    }
}

/* Open segments and those with dead are written as they would be sealed. */
static void put_segments(writer *w, const view *v, uint32_t n_terms)
{
    for (uint32_t i = 0; i < v->n; i++) {
        segment *s = v->segments[i];
        if (s->sealed && !s->dead) {
            put_segment(w, s);
            continue;
        }
        segment **sealed = segments_sealed(&s, 1, n_terms, v->change);
        for (segment **one = sealed; *one; one++) {
            put_segment(w, *one);
            segment_free(*one);
        }
        free(sealed);
    }
}

static uint32_t count_segments(const view *v)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->n; i++) n += atomic_load(&v->segments[i]->n) > v->segments[i]->dead;
    return n;
}

static bool write_file(ch_search_index *x, int fd)
{
    const view *v = atomic_load(&x->view);
    head h = {.position = atomic_load(&x->position),
              .n_terms = atomic_load(&x->dictionary.n),
              .n_forms = count_forms(x),
              .n_segments = count_segments(v),
              .n_tombstones = x->n_tombstones};
    writer w = {.fd = fd, .buffer = must(malloc(BUFFER))};
    for (int f = 0; f < CH_FACETS; f++) h.n_values[f] = atomic_load(&x->facets[f].n);
    memcpy(h.magic, magic, sizeof magic);
    put(&w, &h, sizeof h);
    align(&w, PAGE);
    flush(&w); /* the head's page is not summed: it holds the sum */
    w.sum = (sum){0};
    put_names(&w, x, &h);
    put_segments(&w, v, h.n_terms);
    align(&w, PAGE);
    flush(&w);
    free(w.buffer);
    h.size = w.size;
    sum_add(&w.sum, &h.position, sizeof h - offsetof(head, position));
    h.sum = sum_of(&w.sum);
    return !w.broken && pwrite(fd, &h, sizeof h, 0) == (ssize_t)sizeof h && fsync(fd) == 0;
}

ch_err ch_search_save(ch_search_index *x, const char *path)
{
    char temporary[1024];
    if (snprintf(temporary, sizeof temporary, "%s.%d", path, (int)getpid()) >= (int)sizeof temporary) return CH_INTERNAL;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return CH_INTERNAL;
    pthread_mutex_lock(&x->writing);
    bool fine = write_file(x, fd);
    pthread_mutex_unlock(&x->writing);
    fine &= close(fd) == 0;
    if (fine && rename(temporary, path) == 0) return CH_OK;
    unlink(temporary);
    return CH_INTERNAL;
}

/* ---- reading */

typedef struct reader {
    const char *p, *end;
    bool broken;
} reader;

static const void *take(reader *r, size_t n)
{
    if (r->broken || (size_t)(r->end - r->p) < n) {
        r->broken = true;
        return NULL;
    }
    const char *p = r->p;
    r->p += n;
    return p;
}

static uint32_t take_number(reader *r)
{
    uint32_t n = 0;
    const void *p = take(r, sizeof n);
    if (p) memcpy(&n, p, sizeof n);
    return n;
}

static ch_str take_str(reader *r)
{
    uint32_t n = take_number(r);
    const void *p = take(r, n);
    return p ? (ch_str){p, n} : CH_STR("");
}

/* An empty one is a gap, to be filled by what comes. */
static void read_terms(reader *r, ch_search_index *x, uint32_t n)
{
    uint32_t gaps = 0, cap = 0;
    for (uint32_t i = 1; i <= n && !r->broken; i++) {
        ch_str text = take_str(r), word = take_str(r);
        if (r->broken) return;
        if (text.n) {
            r->broken = term_add(x, text, word) != i || names_find(&x->dictionary, text) != i;
            continue;
        }
        pages_make(&x->terms, i - 1);
        if (gaps == cap) x->gaps = must(realloc(x->gaps, (cap = cap ? 2 * cap : 64) * sizeof *x->gaps));
        x->gaps[gaps++] = names_reserve(&x->dictionary);
    }
    atomic_store(&x->n_gaps, gaps);
    atomic_load(&x->words)->n_gaps = gaps; /* none is filled yet */
}

static void read_names(reader *r, ch_search_index *x, const head *h)
{
    read_terms(r, x, h->n_terms);
    for (uint32_t i = 1; i <= h->n_forms && !r->broken; i++) {
        uint32_t number = take_number(r);
        ch_str word = take_str(r);
        if (!r->broken) r->broken = !number || number > h->n_terms || !form_add(x, number, word);
    }
    for (int f = 0; f < CH_FACETS; f++)
        for (uint32_t i = 1; i <= h->n_values[f] && !r->broken; i++) {
            ch_str code = take_str(r);
            if (!r->broken) r->broken = names_add(&x->facets[f], code, NULL) != i;
        }
    for (uint32_t i = 0; i < h->n_tombstones && !r->broken; i++) {
        ch_str id = take_str(r);
        const void *version = take(r, sizeof(int64_t));
        int64_t v;
        if (!version) return;
        memcpy(&v, version, sizeof v);
        tombstone_set(x, id, v);
    }
}

static bool array_fits(const segment_head *h, uint64_t at, uint64_t n, size_t size)
{
    return at % 64 == 0 && at <= h->size && n <= (h->size - at) / size;
}

static bool head_sound(const segment_head *h, size_t room, uint32_t n_terms)
{
    return h->size <= room && h->n > 0 && h->n <= SEGMENT_DOCS && h->n_terms <= n_terms && array_fits(h, h->lines, h->n, sizeof(line)) &&
           array_fits(h, h->ids, SEGMENT_IDS, sizeof(uint16_t)) && array_fits(h, h->starts, (uint64_t)h->n_terms + 1, sizeof(uint32_t)) &&
           array_fits(h, h->places, (uint64_t)h->n_terms + 1, sizeof(uint32_t)) && array_fits(h, h->slots, h->n_slots, sizeof(uint16_t)) &&
           array_fits(h, h->impacts, h->n_postings, 1) && array_fits(h, h->spots, h->n_spots, sizeof(spot3)) &&
           array_fits(h, h->points, h->n_spots, sizeof(spot3)) && array_fits(h, h->point_slots, h->n_spots, sizeof(uint16_t)) &&
           array_fits(h, h->cells, (uint64_t)h->n_cells + 1, sizeof(cell)) && array_fits(h, h->newest, h->n, sizeof(uint16_t)) &&
           array_fits(h, h->soonest, h->n, sizeof(uint16_t)) && array_fits(h, h->employers, h->n, sizeof(uint32_t)) &&
           array_fits(h, h->records, h->records_size, 1);
}

static bool tokens_sound(ch_str tokens, uint32_t n_terms)
{
    const unsigned char *p = (const unsigned char *)tokens.p, *end = p + tokens.n;
    if (tokens.n && end[-1] > 127) return false;
    while (p < end)
        if (token_next(&p) >= n_terms + TOKEN_FIRST) return false;
    return true;
}

static bool line_sound(const ch_search_index *x, const line *l, uint32_t n_spots)
{
    return (!l->n_spots || (l->first_spot <= n_spots && l->n_spots <= n_spots - l->first_spot)) &&
           l->staff_group <= atomic_load(&x->facets[CH_FACET_STAFF_GROUP].n) && l->pay_band <= atomic_load(&x->facets[CH_FACET_PAY_BAND].n) &&
           l->contract_type <= atomic_load(&x->facets[CH_FACET_CONTRACT_TYPE].n) && l->sector <= atomic_load(&x->facets[CH_FACET_SECTOR].n) &&
           l->employer <= atomic_load(&x->facets[CH_FACET_EMPLOYER].n) && l->birth == 0 && l->previous == 0 && atomic_load(&l->death) == NOT_DEAD;
}

/* Lines are copied, as deaths will be written into them. */
static bool take_lines(const ch_search_index *x, segment *s, const char *base, const segment_head *h)
{
    s->lines = must_large((size_t)(h->n + 1) * sizeof *s->lines);
    memcpy(s->lines, base + h->lines, h->n * sizeof *s->lines);
    for (uint32_t i = 0; i < h->n; i++) {
        uint64_t at = (uint64_t)(uintptr_t)s->lines[i].record;
        if (at % 8 || at > h->records_size || h->records_size - at < sizeof(record) || !line_sound(x, &s->lines[i], h->n_spots)) return false;
        const record *r = s->lines[i].record = (const record *)(const void *)(base + h->records + at);
        uint64_t size = sizeof *r + (uint64_t)r->id_n + r->tokens_n + r->blob_n;
        if (size > h->records_size - at || !r->id_n || r->id_n > 255 || !tokens_sound(record_tokens(r), h->n_terms)) return false;
    }
    return true;
}

/* No slot beyond the documents, and every rank what it says: an impact is found by it. */
static bool set_sound(const list *l, uint32_t n_docs)
{
    uint32_t n_words = set_words(n_docs), before = 0;
    for (uint32_t w = 0; w < n_words; w++) {
        if (l->before[w] != before) return false;
        before += (uint32_t)__builtin_popcountll(l->bits[w]);
    }
    return before == l->n && (n_docs % 64 == 0 || l->bits[n_words - 1] >> n_docs % 64 == 0);
}

static bool list_sound(const segment *s, const segment_head *h, uint32_t number)
{
    uint32_t n = s->starts[number] - s->starts[number - 1], n_words = set_words(h->n), at = s->places[number - 1];
    uint16_t most = 0;
    bool is_set = list_is_set(n, n_words);
    if (at > h->n_slots || (is_set ? 5 * n_words : n) > h->n_slots - at || (is_set && at % 4)) return false;
    list l = segment_list(s, number);
    if (is_set) return set_sound(&l, h->n);
    for (uint32_t i = 0; i < n; i++) most = l.slots[i] > most ? l.slots[i] : most;
    return !n || most < h->n;
}

static bool lists_sound(const segment *s, const segment_head *h)
{
    if (s->starts[0] != 0 || s->starts[h->n_terms] != h->n_postings) return false;
    for (uint32_t t = 1; t <= h->n_terms; t++)
        if (s->starts[t - 1] > s->starts[t] || s->starts[t] > h->n_postings || !list_sound(s, h, t)) return false;
    return true;
}

static bool grid_sound(const grid *g, uint32_t n)
{
    for (uint32_t i = 0; i < g->n_points; i++)
        if (g->slots[i] >= n) return false;
    for (uint32_t i = 0; i < g->n_cells; i++) {
        const cell *c = &g->cells[i];
        if (c->start >= c[1].start || c->key >= c[1].key || c->more < c->start || c->more > c[1].start) return false;
        if (c->first > n || c->more - c->start > n - c->first) return false;
    }
    return g->cells[0].start == 0 && g->cells[g->n_cells].start == g->n_points;
}

static bool columns_sound(const segment *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (s->newest[i] >= n || s->soonest[i] >= n || s->employers[i] != s->lines[i].employer) return false;
    return true;
}

static bool ids_sound(const segment *s, uint32_t n)
{
    uint32_t named = 0;
    for (uint32_t i = 0; i < SEGMENT_IDS; i++) {
        if (s->ids[i] > n) return false;
        named += s->ids[i] > 0;
    }
    return named == n;
}

static segment *map_segment(const ch_search_index *x, int fd, size_t at, const segment_head *h)
{
    char *base = mmap(NULL, h->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, (off_t)at);
    if (base == MAP_FAILED) return NULL;
    segment *s = must(calloc(1, sizeof *s));
    *s = (segment){.n = h->n,
                   .sealed = true,
                   .n_terms = h->n_terms,
                   .n_slots = h->n_slots,
                   .grid = {.n_points = h->n_spots, .n_cells = h->n_cells},
                   .mapped = base,
                   .mapped_size = h->size};
    s->ids = (uint16_t *)(void *)(base + h->ids);
    s->starts = (uint32_t *)(void *)(base + h->starts);
    s->places = (uint32_t *)(void *)(base + h->places);
    s->slots = (uint16_t *)(void *)(base + h->slots);
    s->impacts = (uint8_t *)(base + h->impacts);
    s->grid.spots = (spot3 *)(void *)(base + h->spots);
    s->grid.points = (spot3 *)(void *)(base + h->points);
    s->grid.slots = (uint16_t *)(void *)(base + h->point_slots);
    s->grid.cells = (cell *)(void *)(base + h->cells);
    s->newest = (uint16_t *)(void *)(base + h->newest);
    s->soonest = (uint16_t *)(void *)(base + h->soonest);
    s->employers = (uint32_t *)(void *)(base + h->employers);
    s->graves = must(calloc(set_words(h->n) + 1, sizeof *s->graves));
    if (lists_sound(s, h) && ids_sound(s, h->n) && grid_sound(&s->grid, h->n) && take_lines(x, s, base, h) && columns_sound(s, h->n)) return s;
    segment_free(s);
    return NULL;
}

static void count_in(ch_search_index *x, const segment *s)
{
    for (uint32_t t = 1; t <= s->n_terms; t++) atomic_fetch_add_explicit(&term_at(x, t)->df, s->starts[t] - s->starts[t - 1], memory_order_relaxed);
    for (uint32_t i = 0, n = atomic_load_explicit(&s->n, memory_order_relaxed); i < n; i++) id_note(x, s->lines[i].record->id_hash);
}

static bool read_segments(reader *r, ch_search_index *x, int fd, const char *base, const head *h)
{
    segment **all = must(calloc((size_t)h->n_segments + 1, sizeof *all));
    uint64_t live = 0;
    uint32_t n = 0;
    for (; n < h->n_segments; n++) {
        size_t at = ((size_t)(r->p - base) + PAGE - 1) / PAGE * PAGE;
        segment_head its;
        if (at + sizeof its > (size_t)(r->end - base)) break;
        memcpy(&its, base + at, sizeof its);
        if (!head_sound(&its, (size_t)(r->end - base) - at, h->n_terms) || !(all[n] = map_segment(x, fd, at, &its))) break;
        live += its.n;
        r->p = base + at + its.size;
    }
    bool fine = n == h->n_segments;
    for (uint32_t i = 0; i < n; i++) {
        if (fine) count_in(x, all[i]);
        else segment_free(all[i]);
    }
    if (fine) {
        view *v = atomic_load(&x->view);
        all[n] = v->segments[v->n - 1];
        view_publish(x, all, n + 1, 1, live);
        words_make(x);
    }
    free(all);
    return fine;
}

static uint64_t sum_over(const head *h, const char *base)
{
    sum s = {0};
    for (uint64_t at = PAGE; at < h->size; at += BUFFER) sum_add(&s, base + at, h->size - at < BUFFER ? h->size - at : BUFFER);
    sum_add(&s, &h->position, sizeof *h - offsetof(head, position));
    return sum_of(&s);
}

static ch_search_index *read_index(int fd, const char *base, size_t size)
{
    head h;
    memcpy(&h, base, sizeof h);
    if (memcmp(h.magic, magic, sizeof magic) != 0 || h.size != size || h.n_segments > size / PAGE || sum_over(&h, base) != h.sum) return NULL;
    ch_search_index *x = ch_search_open();
    reader r = {base + PAGE, base + size, false};
    read_names(&r, x, &h);
    if (!r.broken && read_segments(&r, x, fd, base, &h)) {
        atomic_store(&x->position, h.position);
        return x;
    }
    ch_search_close(x);
    return NULL;
}

ch_err ch_search_load(const char *path, ch_search_index **out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return CH_NOT_FOUND;
    ch_search_index *x = NULL;
    if (fstat(fd, &st) == 0 && st.st_size >= PAGE) {
        char *base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
        if (base != MAP_FAILED) {
            x = read_index(fd, base, (size_t)st.st_size);
            munmap(base, (size_t)st.st_size);
        }
    }
    close(fd);
    if (!x) return CH_MALFORMED;
    *out = x;
    return CH_OK;
}

bool search_file_seal(const char *path)
{
    struct stat st;
    head h;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return false;
    char *base = fstat(fd, &st) == 0 && st.st_size >= PAGE ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    bool fine = base != MAP_FAILED;
    if (fine) {
        memcpy(&h, base, sizeof h);
        h.size = (uint64_t)st.st_size;
        h.sum = sum_over(&h, base);
        fine = pwrite(fd, &h, sizeof h, 0) == (ssize_t)sizeof h;
        munmap(base, (size_t)st.st_size);
    }
    return close(fd) == 0 && fine;
}
