/* One pass over the index. A facet is counted over what all filters but its own let through: one failure is a count for that facet, two are none. */
#include <math.h>
#include <stddef.h>

#include "search/run.h"

enum { AHEAD = 16 /* lines fetched early */, SPENT_AT_ONCE = 4096, BUDGET = 500000000 };

/* ---- opening */

static ch_err check(const ch_search_query *q)
{
    if (q->text.n > 1000) return CH_TOO_LARGE;
    if (q->has_place && (!isfinite(q->lat) || !isfinite(q->lon) || !isfinite(q->radius_m) || q->radius_m < 0)) return CH_INVALID;
    return CH_OK;
}

static uint8_t *allow(pass *p, ch_facet f)
{
    uint8_t *allowed = ch_arena_alloc(p->in.arena, p->n_values[f] + 1);
    for (size_t i = 0; i < p->in.q->filters[f].n; i++) {
        uint32_t number = names_find(&p->in.x->facets[f], p->in.q->filters[f].codes[i]);
        if (!number || number > p->n_values[f]) continue;
        allowed[number] = 1;
        if (f == CH_FACET_WORKING_PATTERN && number < PATTERNS_MAX) p->patterns |= 1u << number;
    }
    return allowed;
}

static void watch(pass *p, ch_facet f)
{
    static const uint16_t offsets[CH_FACETS] = {[CH_FACET_STAFF_GROUP] = offsetof(line, staff_group),
                                                [CH_FACET_PAY_BAND] = offsetof(line, pay_band),
                                                [CH_FACET_CONTRACT_TYPE] = offsetof(line, contract_type),
                                                [CH_FACET_WORKING_PATTERN] = offsetof(line, patterns),
                                                [CH_FACET_SECTOR] = offsetof(line, sector),
                                                [CH_FACET_EMPLOYER] = offsetof(line, employer)};
    watched *w = &p->watched[p->n_watched++];
    *w = (watched){
        .facet = f, .offset = offsets[f], .patterns = f == CH_FACET_WORKING_PATTERN, .wide = f == CH_FACET_WORKING_PATTERN || f == CH_FACET_EMPLOYER};
    if (p->in.q->filters[f].n) w->allowed = allow(p, f);
    if (p->in.q->facets & CH_FACET_BIT(f)) w->counts = p->counts[f] = CH_NEW_N(p->in.arena, uint32_t, p->n_values[f] + 65);
}

static ch_str phrase_tokens(ch_arena *a, const phrase_terms *phrase)
{
    ch_buf b = ch_buf_in(a);
    for (size_t i = 0; i < phrase->n; i++) token_put(&b, phrase->terms[i] - 1 + TOKEN_FIRST);
    return ch_buf_str(&b);
}

ch_err pass_open(const asked *in, pass **out)
{
    const ch_search_query *q = in->q;
    const parsed *words = in->parsed;
    ch_arena *a = in->arena;
    CH_TRY(check(q));
    pass *p = ch_arena_alloc(a, sizeof *p);
    *out = p;
    p->in = *in;
    p->scratch = scratch_of_thread();
    p->budget = q->budget ? q->budget : BUDGET;
    p->limit = q->limit > 100 ? 100 : q->limit;
    p->top = CH_NEW_N(a, best, p->limit + 1);
    matcher_of(&p->matcher, in->x, in->view, a, q, words);
    if (q->has_place) p->circle = circle_around(q->lat, q->lon, q->radius_m);
    for (int f = 0; f < CH_FACETS; f++) {
        p->n_values[f] = atomic_load_explicit(&in->x->facets[f].n, memory_order_acquire);
        if (q->filters[f].n || q->facets & CH_FACET_BIT(f)) watch(p, (ch_facet)f);
    }
    for (size_t i = 0; i < words->n_phrases; i++) p->phrases[i] = phrase_tokens(a, &words->phrases[i]);
    for (size_t i = 0; i < words->n_never; i++) p->never[i] = phrase_tokens(a, &words->never[i]);
    p->after = q->cursor.n > 0;
    return p->after ? cursor_read(a, q, &p->matcher, &p->cursor) : CH_OK;
}

/* ---- the best few */

bool key_before(const key *a, const key *b)
{
    if (a->first != b->first) return a->first > b->first;
    if (a->published != b->published) return a->published > b->published;
    return a->id_hash < b->id_hash;
}

static void swap(best *a, best *b)
{
    best t = *a;
    *a = *b;
    *b = t;
}

static void sift_down(best *p, size_t n, size_t i)
{
    for (;;) {
        size_t worst = i, left = 2 * i + 1;
        if (left < n && key_before(&p[worst].key, &p[left].key)) worst = left;
        if (left + 1 < n && key_before(&p[worst].key, &p[left + 1].key)) worst = left + 1;
        if (worst == i) return;
        swap(&p[i], &p[worst]);
        i = worst;
    }
}

static void offer(pass *p, const best *b)
{
    if (b->line == p->except || (p->after && !key_before(&p->cursor, &b->key))) return;
    if (p->n_top < p->limit) {
        p->top[p->n_top] = *b;
        for (size_t i = p->n_top++; i && key_before(&p->top[(i - 1) / 2].key, &p->top[i].key); i = (i - 1) / 2)
            swap(&p->top[i], &p->top[(i - 1) / 2]);
        return;
    }
    p->more = true;
    if (key_before(&b->key, &p->top[0].key)) {
        p->top[0] = *b;
        sift_down(p->top, p->n_top, 0);
    }
}

static float chord_of(const pass *p, const line *l) { return p->in.q->has_place ? circle_chord(&p->circle, p->segment, l) : -1; }

static double distance_key(float chord) { return chord < 0 ? -1e12 : -chord_metres(chord); }

bool pass_by_text(const pass *p) { return p->in.q->sort == CH_SORT_RELEVANCE || (p->in.q->sort == CH_SORT_DISTANCE && !p->in.q->has_place); }

static double first_key(pass *p, const line *l, uint16_t slot)
{
    switch (p->in.q->sort) {
    case CH_SORT_NEWEST: return 0;
    case CH_SORT_CLOSING: return -(double)l->closes;
    case CH_SORT_SALARY: return (double)l->salary;
    case CH_SORT_DISTANCE: return p->in.q->has_place ? distance_key(chord_of(p, l)) : (double)match_score(&p->matcher, slot);
    default: return (double)match_score(&p->matcher, slot);
    }
}

/* Most are turned down by the first two parts of the key, without looking at the record. */
bool pass_consider(pass *p, const line *l, uint16_t slot)
{
    if (!p->limit) return false;
    double first = first_key(p, l, slot);
    const key *worst = p->n_top == p->limit ? &p->top[0].key : NULL;
    if (worst && (first < worst->first || (first == worst->first && l->published < worst->published))) {
        p->more = true; /* behind the worst, so behind the cursor too */
        return false;
    }
    offer(p, &(best){{first, l->published, l->record->id_hash}, l, match_score(&p->matcher, slot), chord_of(p, l)});
    return true;
}

/* ---- filters */

/* Where the first and the last byte of the phrase stand as far apart as in it, sixteen places at a time (Mula, "SIMD-friendly algorithms for
 * substring searching", 2016); the rest is for memmem. */
static const char *find_bytes(const char *at, const char *end, ch_str what)
{
    typedef char bytes __attribute__((vector_size(16), aligned(1), may_alias));
    typedef char mask __attribute__((vector_size(16)));
    for (; (size_t)(end - at) >= what.n + 15; at += 16) {
        mask both = (mask)((*(const bytes *)at == what.p[0]) & (*(const bytes *)(at + what.n - 1) == what.p[what.n - 1]));
        uint64_t halves[2];
        memcpy(halves, &both, sizeof halves);
        if (!(halves[0] | halves[1])) continue;
        for (int i = 0; i < 16; i++)
            if (both[i] && !memcmp(at + i, what.p, what.n)) return at + i;
    }
    return memmem(at, (size_t)(end - at), what.p, what.n);
}

/* Tokens are bytes of which only a token's last is below 128: a phrase stands where its own bytes stand behind the end of another token. */
static bool has_phrase(ch_str tokens, ch_str phrase)
{
    const char *at = tokens.p, *end = tokens.p + tokens.n;
    while ((at = find_bytes(at, end, phrase))) {
        if (at == tokens.p || (unsigned char)at[-1] < 128) return true;
        at++;
    }
    return false;
}

enum { BYTES_A_STEP = 16 };

/* All that are wanted and none that is not. */
static bool phrases_pass(pass *p, const line *l)
{
    ch_str tokens = record_tokens(l->record);
    p->steps += (p->in.parsed->n_phrases + p->in.parsed->n_never) * tokens.n / BYTES_A_STEP;
    bool all = p->matcher.need == p->matcher.n_words; /* then a phrase of one word has been found already */
    for (size_t i = 0; i < p->in.parsed->n_phrases; i++)
        if ((!all || p->in.parsed->phrases[i].n > 1) && !has_phrase(tokens, p->phrases[i])) return false;
    for (size_t i = 0; i < p->in.parsed->n_never; i++)
        if (has_phrase(tokens, p->never[i])) return false;
    return true;
}

static bool asks_for_phrases(const pass *p) { return p->in.parsed->n_phrases + p->in.parsed->n_never > 0; }

static bool passes(pass *p, const line *l)
{
    const ch_search_query *q = p->in.q;
    if (!visible(l, p->in.view->change) || (q->now && l->closes <= q->now)) return false;
    if ((q->remote && !l->remote) || (q->salary_min > 0 && (int64_t)l->salary < q->salary_min)) return false;
    return !asks_for_phrases(p) || phrases_pass(p, l);
}

static uint32_t value_of(const line *l, const watched *w)
{
    const char *at = (const char *)l + w->offset;
    return w->wide ? *(const uint32_t *)(const void *)at : *(const uint16_t *)(const void *)at;
}

/* A bit for each watched facet whose filter it does not pass. */
static unsigned failing(const pass *p, const line *l)
{
    unsigned bits = 0;
    for (uint32_t i = 0; i < p->n_watched; i++) {
        const watched *w = &p->watched[i];
        if (!w->allowed) continue;
        bool fine = w->patterns ? (value_of(l, w) & p->patterns) != 0 : w->allowed[value_of(l, w)];
        bits |= (unsigned)!fine << i;
    }
    return bits;
}

static void count(const line *l, const watched *w)
{
    if (!w->counts) return;
    if (!w->patterns) w->counts[value_of(l, w)]++;
    else
        for (uint32_t bits = l->patterns; bits; bits &= bits - 1) w->counts[__builtin_ctz(bits)]++;
}

static void look_at(pass *p, const line *l, uint16_t slot)
{
    if (!passes(p, l)) return;
    unsigned fails = failing(p, l);
    if (fails & (fails - 1)) return;
    if (fails) {
        count(l, &p->watched[__builtin_ctz(fails)]);
        return;
    }
    p->total++;
    for (uint32_t i = 0; i < p->n_watched; i++) count(l, &p->watched[i]);
    pass_consider(p, l, slot);
}

/* ---- segment by segment */

static ch_err spend(pass *p)
{
    p->steps += p->matcher.steps;
    p->matcher.steps = 0;
    return p->steps > p->budget ? CH_TOO_COSTLY : CH_OK;
}

/* What looking at one match costs: its line, its score from each list, its text. */
static uint64_t cost_of_each(const pass *p)
{
    uint64_t steps = 15;
    if (pass_by_text(p)) steps += 4 * match_lists(&p->matcher);
    return steps + 10 * (p->in.parsed->n_phrases + p->in.parsed->n_never);
}

/* A usual vacancy's tokens take some seven lines; the rest comes by itself once they are being read. */
static void fetch_text(const record *r)
{
    const char *at = (const char *)r;
    for (int i = 0; i < 4; i++) __builtin_prefetch(at + 64 * i);
}

static ch_err run_segment(pass *p, const segment *in)
{
    scratch *s = p->scratch;
    bool within = p->in.q->has_place && p->in.q->radius_m > 0, phrases = asks_for_phrases(p);
    uint32_t n = match_segment(&p->matcher, in, s, within ? &p->circle : NULL);
    p->segment = in;
    if (broad_suits(p, in, n)) {
        broad_run(p, in);
        return spend(p);
    }
    uint64_t each = cost_of_each(p);
    for (uint32_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&in->lines[s->slots[i + AHEAD]]);
        if (phrases && i + AHEAD / 2 < n) fetch_text(in->lines[s->slots[i + AHEAD / 2]].record);
        look_at(p, &in->lines[s->slots[i]], s->slots[i]);
        if (i % SPENT_AT_ONCE != SPENT_AT_ONCE - 1) continue;
        p->steps += SPENT_AT_ONCE * each;
        CH_TRY(spend(p));
    }
    p->steps += n % SPENT_AT_ONCE * each;
    return spend(p);
}

ch_err pass_run(pass *p, size_t need)
{
    p->matcher.need = need;
    for (uint32_t i = 0; i < p->in.view->n; i++) CH_TRY(run_segment(p, p->in.view->segments[i]));
    return CH_OK;
}

/* ---- the answer */

static int by_count(const void *a, const void *b)
{
    const ch_facet_count *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : ch_str_cmp(x->code, y->code);
}

static void put_facet(const pass *p, int f, ch_search_result *out)
{
    if (!p->counts[f]) return;
    size_t n = 0;
    for (uint32_t v = 1; v <= p->n_values[f]; v++) n += p->counts[f][v] > 0;
    ch_facet_count *counts = CH_NEW_N(p->in.arena, ch_facet_count, n + 1);
    n = 0;
    for (uint32_t v = 1; v <= p->n_values[f]; v++)
        if (p->counts[f][v]) counts[n++] = (ch_facet_count){ch_arena_str(p->in.arena, names_text(&p->in.x->facets[f], v)), p->counts[f][v]};
    qsort(counts, n, sizeof *counts, by_count);
    out->facets[f].counts = counts;
    out->facets[f].n = n;
}

static ch_search_hit hit_of(ch_arena *a, const best *b)
{
    const record *r = b->line->record;
    return (ch_search_hit){ch_arena_str(a, record_id(r)), ch_arena_str(a, record_blob(r)), r->version, (double)b->score / SCORE_UNIT,
                           b->chord < 0 ? -1 : chord_metres(b->chord)};
}

void pass_answer(pass *p, ch_search_result *out)
{
    key last = {0};
    out->total = p->total;
    for (int f = 0; f < CH_FACETS; f++) put_facet(p, f, out);
    out->hits = CH_NEW_N(p->in.arena, ch_search_hit, p->n_top + 1);
    out->n_hits = p->n_top;
    for (size_t n = p->n_top; n > 0; n--) { /* the worst comes off the heap first */
        if (n == p->n_top) last = p->top[0].key;
        out->hits[n - 1] = hit_of(p->in.arena, &p->top[0]);
        p->top[0] = p->top[n - 1];
        sift_down(p->top, n - 1, 0);
    }
    if (p->more) out->cursor = cursor_write(p->in.arena, p->in.q, &p->matcher, &last);
}
