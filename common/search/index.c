#include "search/index.h"

#include <ctype.h>
#include <math.h>

#include "search/weigh.h"
#include "search/words.h"

enum { ID_BITS = 23 }; /* a megabyte: of a million ids one in nine is looked for in vain */

/* ---- terms, facets, tombstones */

uint32_t term_find(const ch_search_index *x, ch_str text)
{
    uint32_t number = names_find(&x->dictionary, text);
    return number && atomic_load_explicit(&term_at(x, number)->df, memory_order_relaxed) ? number : 0;
}

bool form_add(ch_search_index *x, uint32_t number, ch_str word)
{
    bool added;
    uint32_t n = atomic_load_explicit(&x->forms.n, memory_order_relaxed);
    *(uint32_t *)pages_make(&x->form_terms, n) = number; /* there before its name can be found */
    names_add(&x->forms, word, &added);
    return added;
}

static uint32_t fill_gap(ch_search_index *x, uint32_t left, ch_str text, ch_str word)
{
    uint32_t number = x->gaps[left - 1];
    *term_at(x, number) = (term){.word = bytes_str(&x->dictionary.pool, word)};
    names_fill(&x->dictionary, number, text);
    atomic_store_explicit(&x->n_gaps, left - 1, memory_order_release);
    return number;
}

uint32_t term_add(ch_search_index *x, ch_str text, ch_str word)
{
    uint32_t there = names_find(&x->dictionary, text);
    if (there) {
        if (!ch_str_eq(term_at(x, there)->word, word) && !names_find(&x->forms, word)) form_add(x, there, word);
        return there;
    }
    uint32_t gaps = atomic_load_explicit(&x->n_gaps, memory_order_relaxed);
    if (gaps) return fill_gap(x, gaps, text, word);
    /* The term's room is there before its name can be found. */
    uint32_t number = atomic_load_explicit(&x->dictionary.n, memory_order_relaxed) + 1;
    term *t = pages_make(&x->terms, number - 1);
    *t = (term){.word = bytes_str(&x->dictionary.pool, word)};
    return names_add(&x->dictionary, text, NULL);
}

ch_str area_term(ch_str area, char out[AREA_MAX])
{
    size_t n = 1;
    out[0] = AREA_MARK[0];
    for (size_t i = 0; i < area.n && n < AREA_MAX; i++) out[n++] = (char)toupper((unsigned char)area.p[i]);
    return (ch_str){out, area.n < AREA_MAX ? n : 0};
}

void tombstone_set(ch_search_index *x, ch_str id, int64_t version)
{
    bool added;
    uint32_t number = names_add(&x->buried, id, &added);
    tombstone *t = pages_make(&x->tombstones, number - 1);
    if (added || t->version == INT64_MIN) x->n_tombstones++;
    t->version = version;
}

/* INT64_MIN: none. */
static int64_t tombstone_of(const ch_search_index *x, ch_str id)
{
    uint32_t number = names_find(&x->buried, id);
    return number ? ((tombstone *)pages_at(&x->tombstones, number - 1))->version : INT64_MIN;
}

static void tombstone_lift(ch_search_index *x, ch_str id)
{
    uint32_t number = names_find(&x->buried, id);
    tombstone *t = number ? pages_at(&x->tombstones, number - 1) : NULL;
    if (!t || t->version == INT64_MIN) return;
    t->version = INT64_MIN;
    x->n_tombstones--;
}

/* ---- views */

void view_publish(ch_search_index *x, segment *const *segments, uint32_t n, uint32_t change, uint64_t live)
{
    view *v = must(malloc(sizeof *v + n * sizeof(segment *))), *old = atomic_load(&x->view);
    *v = (view){change, n, live};
    memcpy(v->segments, segments, n * sizeof(segment *));
    atomic_store(&x->view, v);
    retire(&x->reclaimer, old, free);
}

const view *view_enter(ch_search_index *x, size_t *place)
{
    *place = reader_enter(&x->reclaimer);
    return atomic_load(&x->view);
}

const line *view_find(const view *v, ch_str id)
{
    uint64_t hash = ch_hash(id);
    for (uint32_t i = v->n; i-- > 0;)
        for (const line *l = segment_find(v->segments[i], id, hash); l; l = line_before(v->segments[i], l))
            if (visible(l, v->change)) return l;
    return NULL;
}

ch_search_index *ch_search_open(void)
{
    ch_search_index *x = must(aligned_alloc(64, (sizeof *x + 63) / 64 * 64));
    memset(x, 0, sizeof *x);
    pthread_mutex_init(&x->writing, NULL);
    names_open(&x->dictionary, &x->reclaimer);
    names_open(&x->forms, &x->reclaimer);
    names_open(&x->buried, &x->reclaimer);
    for (int f = 0; f < CH_FACETS; f++) names_open(&x->facets[f], &x->reclaimer);
    x->terms.size = sizeof(term);
    x->ids = must(calloc((1 << ID_BITS) / 64, sizeof *x->ids));
    x->form_terms.size = sizeof(uint32_t);
    x->tombstones.size = sizeof(tombstone);
    x->weigher = weigher_new();
    atomic_store(&x->words, must(calloc(1, sizeof(words))));
    view_publish(x, (segment *[]){segment_open()}, 1, 0, 0);
    return x;
}

void ch_search_close(ch_search_index *x)
{
    if (!x) return;
    view *v = atomic_load(&x->view);
    for (uint32_t i = 0; i < v->n; i++) segment_free(v->segments[i]);
    free(v);
    reclaim(&x->reclaimer, true);
    names_close(&x->dictionary);
    names_close(&x->forms);
    names_close(&x->buried);
    for (int f = 0; f < CH_FACETS; f++) names_close(&x->facets[f]);
    pages_free(&x->terms);
    pages_free(&x->form_terms);
    pages_free(&x->tombstones);
    weigher_free(x->weigher);
    free(x->gaps);
    free(atomic_load(&x->words));
    free(x->ids);
    pthread_mutex_destroy(&x->writing);
    free(x);
}

/* ---- sealing and making anew: the same documents in other segments, so the change stays the same */

static segment *open_of(const ch_search_index *x)
{
    const view *v = atomic_load_explicit(&x->view, memory_order_relaxed);
    return v->segments[v->n - 1];
}

static bool worth_it(const segment *s)
{
    uint32_t n = atomic_load_explicit(&s->n, memory_order_relaxed);
    return s->sealed ? 8 * s->dead > n || n - s->dead < SEGMENT_DOCS / 4 : n > 0;
}

/* Those that `which` picks become sealed ones; a new open one stands at the end. */
static void rebuild(ch_search_index *x, bool (*which)(const segment *), bool keep_open)
{
    const view *v = atomic_load_explicit(&x->view, memory_order_relaxed);
    segment **old = must(calloc(v->n, sizeof *old)), **all = must(calloc(2 * v->n + 3, sizeof *all));
    uint32_t n_old = 0, n = 0, change = v->change;
    for (uint32_t i = 0; i < v->n; i++) {
        bool take = v->segments[i]->sealed ? which(v->segments[i]) : !keep_open;
        if (take) old[n_old++] = v->segments[i];
        else if (v->segments[i]->sealed) all[n++] = v->segments[i];
    }
    segment *open = keep_open ? v->segments[v->n - 1] : NULL;
    segment **sealed = segments_sealed(old, n_old, atomic_load(&x->dictionary.n), change);
    for (segment **s = sealed; *s; s++) {
        x->n_dead += (*s)->dead;
        all[n++] = *s;
    }
    all[n++] = open ? open : segment_open();
    view_publish(x, all, n, change, v->live);
    for (uint32_t i = 0; i < n_old; i++) {
        x->n_dead -= old[i]->dead;
        retire(&x->reclaimer, old[i], segment_free);
    }
    free(sealed);
    free(all);
    free(old);
    reclaim(&x->reclaimer, false);
}

static bool none(const segment *s)
{
    (void)s;
    return false;
}

static void seal_when_full(ch_search_index *x)
{
    if (atomic_load_explicit(&open_of(x)->n, memory_order_relaxed) == SEGMENT_DOCS) rebuild(x, none, false);
}

/* ---- one change */

void id_note(ch_search_index *x, uint64_t hash) { bit_set(x->ids, hash_place(hash, ID_BITS)); }

/* The live document of that id, and its segment. */
static line *find_live(const ch_search_index *x, ch_str id, segment **in)
{
    const view *v = atomic_load_explicit(&x->view, memory_order_relaxed);
    uint64_t hash = ch_hash(id);
    if (!bit_at(x->ids, hash_place(hash, ID_BITS))) return NULL;
    for (uint32_t i = v->n; i-- > 0;) {
        line *l = segment_find(v->segments[i], id, hash);
        if (!l || atomic_load_explicit(&l->death, memory_order_relaxed) != NOT_DEAD) continue;
        *in = v->segments[i];
        return l;
    }
    return NULL;
}

static void bury(ch_search_index *x, line *l, segment *in, uint32_t change)
{
    const uint32_t *terms;
    size_t n = weigh_distinct(x->weigher, record_tokens(l->record), &terms);
    for (size_t i = 0; i < n; i++) atomic_fetch_sub_explicit(&term_at(x, terms[i])->df, 1, memory_order_relaxed);
    segment_bury(in, l, change);
    x->n_dead++;
}

static uint16_t code_number(ch_search_index *x, ch_facet f, ch_str code)
{
    uint32_t number = code.n ? names_add(&x->facets[f], code, NULL) : 0;
    return number > UINT16_MAX ? 0 : (uint16_t)number;
}

static uint32_t patterns_of(ch_search_index *x, const ch_search_doc *in)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < in->n_working_patterns && i < CH_SEARCH_PATTERNS_MAX; i++) {
        uint32_t number = names_add(&x->facets[CH_FACET_WORKING_PATTERN], in->working_patterns[i], NULL);
        if (number < PATTERNS_MAX) bits |= 1u << number;
    }
    return bits;
}

static uint32_t salary_of(const ch_search_doc *in)
{
    int64_t most = in->salary_max > in->salary_min ? in->salary_max : in->salary_min;
    return most < 0 ? 0 : most > UINT32_MAX ? UINT32_MAX : (uint32_t)most;
}

static void fill_line(ch_search_index *x, line *l, const ch_search_doc *in, const record *r, uint32_t birth)
{
    *l = (line){.closes = in->closes_at ? in->closes_at : INT64_MAX,
                .published = in->published_at,
                .patterns = patterns_of(x, in),
                .record = r,
                .birth = birth,
                .death = NOT_DEAD,
                .salary = salary_of(in),
                .employer = in->employer_id.n ? names_add(&x->facets[CH_FACET_EMPLOYER], in->employer_id, NULL) : 0,
                .staff_group = code_number(x, CH_FACET_STAFF_GROUP, in->staff_group),
                .pay_band = code_number(x, CH_FACET_PAY_BAND, in->pay_band),
                .contract_type = code_number(x, CH_FACET_CONTRACT_TYPE, in->contract_type),
                .sector = code_number(x, CH_FACET_SECTOR, in->sector),
                .remote = in->remote};
}

static const record *make_record(segment *s, const ch_search_doc *in, ch_str tokens, uint32_t title_tokens)
{
    record *r = bytes_take(&s->records, sizeof *r + in->id.n + tokens.n + in->blob.n);
    *r = (record){in->version, ch_hash(in->id), (uint32_t)in->id.n, (uint32_t)tokens.n, (uint32_t)in->blob.n, title_tokens};
    memcpy(r->bytes, in->id.p, in->id.n);
    if (tokens.n) memcpy(r->bytes + in->id.n, tokens.p, tokens.n);
    if (in->blob.n) memcpy(r->bytes + in->id.n + tokens.n, in->blob.p, in->blob.n);
    return r;
}

ch_str code_term(ch_facet f, ch_str code, char out[CODE_TERM_MAX])
{
    size_t n = code.n < CODE_TERM_MAX - 2 ? code.n : CODE_TERM_MAX - 2;
    out[0] = CODE_MARK[0];
    out[1] = (char)('0' + (int)f);
    memcpy(out + 2, code.p, n);
    return (ch_str){out, code.n > n ? 0 : n + 2};
}

/* A term without weight. */
static void add_mark(ch_search_index *x, segment *s, uint32_t number)
{
    segment_add_posting(s, &x->reclaimer, number, 0);
    atomic_fetch_add_explicit(&term_at(x, number)->df, 1, memory_order_relaxed);
}

static void add_code(ch_search_index *x, segment *s, ch_facet f, ch_str code)
{
    char text[CODE_TERM_MAX];
    ch_str mark = code.n ? code_term(f, code, text) : CH_STR("");
    if (mark.n) add_mark(x, s, term_add(x, mark, mark));
}

static void add_codes(ch_search_index *x, segment *s, const ch_search_doc *in)
{
    const ch_str codes[CH_FACETS] = {[CH_FACET_STAFF_GROUP] = in->staff_group,
                                     [CH_FACET_PAY_BAND] = in->pay_band,
                                     [CH_FACET_CONTRACT_TYPE] = in->contract_type,
                                     [CH_FACET_SECTOR] = in->sector,
                                     [CH_FACET_EMPLOYER] = in->employer_id};
    for (int f = 0; f < CH_FACETS; f++) add_code(x, s, (ch_facet)f, codes[f]);
    for (uint32_t bits = segment_next(s)->patterns; bits; bits &= bits - 1)
        add_code(x, s, CH_FACET_WORKING_PATTERN, names_text(&x->facets[CH_FACET_WORKING_PATTERN], (uint32_t)__builtin_ctz(bits)));
}

/* "LS1 4AP" lies in the areas LS and LS1: terms like others, without weight. */
static size_t areas_of(ch_search_index *x, ch_str postcode, uint32_t out[2])
{
    char text[12], mark[AREA_MAX];
    size_t compact = 0, letters = 0;
    for (size_t i = 0; i < postcode.n && compact < sizeof text; i++)
        if (postcode.p[i] != ' ') text[compact++] = (char)toupper((unsigned char)postcode.p[i]);
    size_t length = compact >= 5 ? compact - 3 : compact;
    if (length < 2 || length > 4) return 0;
    while (letters < length && text[letters] >= 'A') letters++;
    if (!letters) return 0;
    ch_str area = area_term((ch_str){text, letters}, mark);
    out[0] = term_add(x, area, area);
    if (letters == length) return 1;
    area = area_term((ch_str){text, length}, mark);
    out[1] = term_add(x, area, area);
    return 2;
}

static void add_areas(ch_search_index *x, segment *s, const ch_search_doc *in)
{
    uint32_t areas[2 * CH_SEARCH_LOCATIONS_MAX], found[2];
    size_t n_areas = 0;
    for (size_t i = 0; i < in->n_locations && i < CH_SEARCH_LOCATIONS_MAX; i++)
        for (size_t k = 0, n = areas_of(x, in->locations[i].postcode, found); k < n; k++) {
            bool there = false;
            for (size_t j = 0; j < n_areas; j++) there |= areas[j] == found[k];
            if (!there) add_mark(x, s, areas[n_areas++] = found[k]);
        }
}

static void add_spots(ch_search_index *x, segment *s, const ch_search_doc *in)
{
    for (size_t i = 0; i < in->n_locations && i < CH_SEARCH_LOCATIONS_MAX; i++) {
        const ch_search_location *l = &in->locations[i];
        if (isfinite(l->lat) && isfinite(l->lon)) segment_add_spot(s, &x->reclaimer, spot_at(l->lat, l->lon));
    }
}

/* *more: counts how many live documents there are more than before. */
static ch_err insert(ch_search_index *x, const ch_search_doc *in, const analysed *text, uint32_t change, int64_t *more)
{
    segment *old_segment, *s;
    const weighted *terms;
    size_t n;
    uint32_t title_tokens;
    line *old = find_live(x, in->id, &old_segment);
    if (in->version <= (old ? old->record->version : tombstone_of(x, in->id))) return CH_STALE;
    if (old) bury(x, old, old_segment, change);
    else tombstone_lift(x, in->id);
    seal_when_full(x);
    s = open_of(x);
    ch_str tokens = weigh(x->weigher, x, text, &terms, &n, &title_tokens);
    /* The line is whole before the first list leads a reader to it. */
    fill_line(x, segment_next(s), in, make_record(s, in, tokens, title_tokens), change);
    add_spots(x, s, in);
    for (size_t i = 0; i < n; i++) {
        segment_add_posting(s, &x->reclaimer, terms[i].term, terms[i].impact);
        atomic_fetch_add_explicit(&term_at(x, terms[i].term)->df, 1, memory_order_relaxed);
    }
    add_codes(x, s, in);
    add_areas(x, s, in);
    id_note(x, segment_next(s)->record->id_hash);
    segment_commit(s);
    x->changes++;
    *more += old == NULL;
    return CH_OK;
}

/* What was done since the last view becomes visible together. */
static void publish_next(ch_search_index *x, uint32_t change, int64_t more)
{
    const view *v = atomic_load_explicit(&x->view, memory_order_relaxed);
    view_publish(x, v->segments, v->n, change, (uint64_t)((int64_t)v->live + more));
    words_keep(x);
    reclaim(&x->reclaimer, false);
}

static uint32_t next_change(const ch_search_index *x) { return atomic_load_explicit(&x->view, memory_order_relaxed)->change + 1; }

static bool mostly_dead(const segment *s) { return 4 * s->dead > atomic_load_explicit(&s->n, memory_order_relaxed); }

ch_err ch_search_put(ch_search_index *x, const ch_search_doc *in)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(32 << 10);
    analysed text;
    if (!in->id.n || in->id.n > 255) return CH_INVALID;
    weigh_analyse(a, in, &text);
    pthread_mutex_lock(&x->writing);
    uint32_t change = next_change(x);
    int64_t more = 0;
    ch_err e = insert(x, in, &text, change, &more);
    if (!e) publish_next(x, change, more);
    if (x->n_dead > SEGMENT_DOCS && 2 * x->n_dead > atomic_load(&x->view)->live) rebuild(x, mostly_dead, true);
    pthread_mutex_unlock(&x->writing);
    return e;
}

ch_err ch_search_remove(ch_search_index *x, ch_str id, int64_t version)
{
    segment *in;
    if (!id.n || id.n > 255) return CH_INVALID;
    pthread_mutex_lock(&x->writing);
    line *l = find_live(x, id, &in);
    ch_err e = version <= (l ? l->record->version : tombstone_of(x, id)) ? CH_STALE : CH_OK;
    if (!e) {
        uint32_t change = next_change(x);
        if (l) bury(x, l, in, change);
        tombstone_set(x, id, version);
        x->changes++;
        publish_next(x, change, l ? -1 : 0);
    }
    pthread_mutex_unlock(&x->writing);
    return e;
}

/* ---- many at once: a crew analyses a block ahead while the writer inserts the last one */

enum { BLOCK = 2048 };
typedef struct block {
    const ch_search_doc *docs;
    analysed *texts;
    ch_arena *arenas[16];
    size_t n;
    int threads;
} block;
typedef struct share {
    block *block;
    int number;
} share;

static void *analyse_share(void *p)
{
    const share *s = p;
    block *b = s->block;
    for (size_t i = (size_t)s->number; i < b->n; i += (size_t)b->threads) weigh_analyse(b->arenas[s->number], &b->docs[i], &b->texts[i]);
    return NULL;
}

static void *analyse_block(void *p)
{
    block *b = p;
    pthread_t ids[16];
    share shares[16];
    for (int t = 0; t < b->threads; t++) {
        shares[t] = (share){b, t};
        ch_arena_reset(b->arenas[t]);
        if (t && pthread_create(&ids[t], NULL, analyse_share, &shares[t])) abort();
    }
    analyse_share(&shares[0]);
    for (int t = 1; t < b->threads; t++) pthread_join(ids[t], NULL);
    return NULL;
}

static void block_open(block *b, int threads)
{
    *b = (block){.texts = must(calloc(BLOCK, sizeof *b->texts)), .threads = threads};
    for (int t = 0; t < threads; t++) b->arenas[t] = ch_arena_new(1 << 20);
}

static void block_close(block *b)
{
    for (int t = 0; t < b->threads; t++) ch_arena_free(b->arenas[t]);
    free(b->texts);
}

static size_t insert_block(ch_search_index *x, const block *b, uint32_t change, int64_t *more)
{
    size_t applied = 0;
    for (size_t i = 0; i < b->n; i++)
        if (b->docs[i].id.n && b->docs[i].id.n <= 255) applied += insert(x, &b->docs[i], &b->texts[i], change, more) == CH_OK;
    return applied;
}

size_t ch_search_put_many(ch_search_index *x, const ch_search_doc *docs, size_t n, int threads)
{
    block blocks[2];
    size_t applied = 0, done = 0;
    int64_t more = 0;
    for (int k = 0; k < 2; k++) block_open(&blocks[k], threads < 1 ? 1 : threads > 16 ? 16 : threads);
    pthread_mutex_lock(&x->writing);
    uint32_t change = next_change(x);
    for (int turn = 0; done < n || blocks[!turn].n; turn = !turn) {
        block *ahead = &blocks[turn], *ready = &blocks[!turn];
        pthread_t crew;
        ahead->docs = docs + done;
        ahead->n = n - done < BLOCK ? n - done : BLOCK;
        done += ahead->n;
        if (pthread_create(&crew, NULL, analyse_block, ahead)) abort();
        applied += insert_block(x, ready, change, &more);
        ready->n = 0;
        pthread_join(crew, NULL);
    }
    publish_next(x, change, more);
    pthread_mutex_unlock(&x->writing);
    for (int k = 0; k < 2; k++) block_close(&blocks[k]);
    return applied;
}

/* Sealed segments that are small or have many dead come together; a large open one is sealed. */
void ch_search_maintain(ch_search_index *x)
{
    pthread_mutex_lock(&x->writing);
    const view *v = atomic_load(&x->view);
    const segment *open = open_of(x);
    uint32_t n = atomic_load(&open->n), small = 0, dying = 0;
    for (uint32_t i = 0; i + 1 < v->n; i++) {
        bool dead = 8 * v->segments[i]->dead > atomic_load(&v->segments[i]->n);
        dying += dead;
        small += !dead && worth_it(v->segments[i]);
    }
    bool seal = n >= SEGMENT_DOCS / 64 || (n > 64 && 2 * open->dead > n);
    if (dying || small + seal > 1 || seal) rebuild(x, worth_it, !seal);
    reclaim(&x->reclaimer, false);
    pthread_mutex_unlock(&x->writing);
}

/* ---- the owner's position, numbers about it all */

void ch_search_set_position(ch_search_index *x, int64_t position) { atomic_store(&x->position, position); }

int64_t ch_search_position(const ch_search_index *x) { return atomic_load(&x->position); }

static void count_records(const segment *s, ch_search_stats *out)
{
    for (uint32_t i = 0; i < atomic_load(&s->n); i++) {
        const record *r = s->lines[i].record;
        out->token_bytes += r->tokens_n;
        out->blob_bytes += r->blob_n + r->id_n;
        out->index_bytes += sizeof *r;
    }
}

void ch_search_get_stats(ch_search_index *x, ch_search_stats *out)
{
    pthread_mutex_lock(&x->writing);
    const view *v = atomic_load(&x->view);
    uint32_t n_terms = atomic_load(&x->dictionary.n);
    *out = (ch_search_stats){.vacancies = v->live,
                             .tombstones = x->n_tombstones,
                             .terms = n_terms - atomic_load(&x->n_gaps),
                             .changes = x->changes,
                             .chunks = v->n,
                             .dead = x->n_dead};
    out->index_bytes =
        names_bytes(&x->dictionary) + names_bytes(&x->forms) + names_bytes(&x->buried) + n_terms * sizeof(term) + words_bytes(x) + (1 << ID_BITS) / 8;
    for (uint32_t i = 0; i < v->n; i++) {
        out->index_bytes += segment_bytes(v->segments[i]);
        out->postings += segment_postings(v->segments[i], n_terms);
        count_records(v->segments[i], out);
    }
    pthread_mutex_unlock(&x->writing);
}
