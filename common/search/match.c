#include "search/match.h"

#include <math.h>

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;

static void make_scratch_key(void) { pthread_key_create(&scratch_key, free); }

scratch *scratch_of_thread(void)
{
    pthread_once(&scratch_once, make_scratch_key);
    scratch *s = pthread_getspecific(scratch_key);
    if (s) return s;
    s = must(malloc(sizeof *s));
    pthread_setspecific(scratch_key, s);
    return s;
}

/* ---- words to clauses */

/* In whole eighths, so that sums of idf × impact are exact, in whatever order they are added. */
static float idf_of(const ch_search_index *x, const view *v, uint32_t number)
{
    double df = atomic_load_explicit(&term_at(x, number)->df, memory_order_relaxed), n = (double)v->live;
    if (df > n) df = n;
    double eighths = floor(8 * log(1 + (n - df + 0.5) / (df + 0.5)) + 0.5);
    return eighths < 1 ? 1 : (float)eighths;
}

static void clause_of(clause *c, const ch_search_index *x, const view *v, const uint32_t *terms, size_t n)
{
    c->terms = terms;
    c->n = n;
    for (size_t i = 0; i < n; i++) c->idf[i] = idf_of(x, v, terms[i]);
}

static void must_have(matcher *m, const ch_search_index *x, const view *v, uint32_t *terms, size_t n)
{
    m->impossible |= n == 0;
    clause *c = &m->must[m->n_must++];
    clause_of(c, x, v, terms, n);
    for (size_t i = 0; i < n; i++) c->idf[i] = 0;
}

static void must_be_in(matcher *m, const ch_search_index *x, const view *v, ch_arena *a, ch_str area)
{
    char mark[AREA_MAX];
    uint32_t *number = CH_NEW(a, uint32_t);
    *number = names_find(&x->dictionary, area_term(area, mark));
    must_have(m, x, v, number, *number > 0);
}

/* Not when a code is too long to be a term: then only the pass looks at it. */
static void must_be_one_of(matcher *m, const ch_search_index *x, const view *v, ch_arena *a, ch_facet f, const ch_str *codes, size_t n)
{
    char mark[CODE_TERM_MAX];
    uint32_t *terms = CH_NEW_N(a, uint32_t, n);
    size_t known = 0;
    if (n > ALTERNATIVES_MAX) return;
    for (size_t i = 0; i < n; i++) {
        ch_str text = code_term(f, codes[i], mark);
        if (!text.n) return;
        uint32_t number = names_find(&x->dictionary, text);
        if (number) terms[known++] = number;
    }
    must_have(m, x, v, terms, known);
}

/* A phrase's words are words too: the rarest of them lead to it. */
static void take_words(matcher *m, const ch_search_index *x, const view *v, const parsed *p)
{
    for (size_t i = 0; i < p->n_words; i++) clause_of(&m->words[m->n_words++], x, v, p->words[i].terms, p->words[i].n);
    for (size_t i = 0; i < p->n_phrases; i++)
        for (size_t k = 0; k < p->phrases[i].n; k++) clause_of(&m->words[m->n_words++], x, v, &p->phrases[i].terms[k], 1);
    for (size_t i = 0; i < p->n_without; i++)
        if (p->without[i].n) clause_of(&m->without[m->n_without++], x, v, p->without[i].terms, 1);
}

void matcher_of(matcher *m, const ch_search_index *x, const view *v, ch_arena *a, const ch_search_query *q, const parsed *p)
{
    m->n_words = m->n_without = m->n_must = 0;
    m->steps = 0;
    m->impossible = p->impossible;
    take_words(m, x, v, p);
    m->need = m->n_words;
    if (q->area.n) must_be_in(m, x, v, a, q->area);
    for (int f = 0; f < CH_FACETS; f++)
        if (q->filters[f].n && f != CH_FACET_WORKING_PATTERN && !(q->facets & CH_FACET_BIT(f)))
            must_be_one_of(m, x, v, a, (ch_facet)f, q->filters[f].codes, q->filters[f].n);
}

size_t matcher_idfs(const matcher *m, uint8_t out[IDFS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_words; i++)
        for (size_t k = 0; k < m->words[i].n; k++, n++)
            if (n < IDFS_MAX) out[n] = (uint8_t)m->words[i].idf[k];
    return n > IDFS_MAX ? 0 : n;
}

void matcher_use_idfs(matcher *m, const uint8_t *idfs, size_t n)
{
    uint8_t unused[IDFS_MAX];
    if (n != matcher_idfs(m, unused)) return;
    for (size_t i = 0; i < m->n_words; i++)
        for (size_t k = 0; k < m->words[i].n; k++) m->words[i].idf[k] = *idfs++;
}

/* ---- one list */

static uint32_t emit(const list *l, float idf, scratch *s)
{
    memcpy(s->slots, l->slots, l->n * sizeof *s->slots);
    for (uint32_t i = 0; i < l->n; i++) s->scores[i] = idf * (float)l->impacts[i];
    return l->n;
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

static uint32_t keep_with(const list *l, float idf, scratch *s, uint32_t n)
{
    uint32_t kept = 0, at = 0;
    bool far = l->n / 8 > n;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t slot = s->slots[i];
        if (far) at = seek(l, slot, at);
        else
            while (at < l->n && l->slots[at] < slot) at++;
        if (at == l->n) break;
        if (l->slots[at] != slot) continue;
        s->slots[kept] = slot;
        s->scores[kept++] = s->scores[i] + idf * (float)l->impacts[at];
    }
    return kept;
}

static uint32_t keep_without(const list *l, scratch *s, uint32_t n)
{
    uint32_t kept = 0, at = 0;
    for (uint32_t i = 0; i < n; i++) {
        at = at < l->n ? seek(l, s->slots[i], at) : at;
        if (at < l->n && l->slots[at] == s->slots[i]) continue;
        s->slots[kept] = s->slots[i];
        s->scores[kept++] = s->scores[i];
    }
    return kept;
}

/* ---- a clause of several terms: spread over the segment in s->bits and s->other */

static void spread(const clause *c, const segment *in, scratch *s, uint64_t *steps)
{
    memset(s->bits, 0, sizeof s->bits);
    for (size_t k = 0; k < c->n; k++) {
        list l = segment_list(in, c->terms[k]);
        *steps += 2ull * l.n;
        for (uint32_t i = 0; i < l.n; i++) {
            uint16_t slot = l.slots[i];
            float score = c->idf[k] * (float)l.impacts[i];
            if (!bit_at(s->bits, slot) || score > s->other[slot]) s->other[slot] = score;
            bit_set(s->bits, slot);
        }
    }
}

static uint32_t emit_spread(scratch *s)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < BITMAP_WORDS; w++)
        for (uint64_t bits = s->bits[w]; bits; bits &= bits - 1) {
            uint32_t slot = w * 64 + (uint32_t)__builtin_ctzll(bits);
            s->slots[n] = (uint16_t)slot;
            s->scores[n++] = s->other[slot];
        }
    return n;
}

static uint32_t keep_spread(scratch *s, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!bit_at(s->bits, s->slots[i])) continue;
        s->scores[kept] = s->scores[i] + s->other[s->slots[i]];
        s->slots[kept++] = s->slots[i];
    }
    return kept;
}

/* ---- all words, or most */

static uint64_t clause_size(const clause *c, const segment *in)
{
    uint64_t n = 0;
    for (size_t k = 0; k < c->n; k++) n += segment_list(in, c->terms[k]).n;
    return n;
}

enum { CLAUSES_MAX = WORDS_MAX + PHRASES_MAX * PHRASE_MAX + CH_FACETS + 1 };
typedef struct ordered {
    const clause *c;
    uint64_t size;
} ordered;

/* The rarest first; 0 when one has nothing here. */
static size_t in_order(const matcher *m, const segment *in, ordered *out)
{
    size_t n = m->n_words + m->n_must;
    for (size_t i = 0; i < n; i++) {
        const clause *c = i < m->n_words ? &m->words[i] : &m->must[i - m->n_words];
        uint64_t size = clause_size(c, in);
        size_t k = i;
        if (!size) return 0;
        for (; k > 0 && out[k - 1].size > size; k--) out[k] = out[k - 1];
        out[k] = (ordered){c, size};
    }
    return n;
}

static uint32_t keep_clause(const clause *c, const segment *in, scratch *s, uint32_t n, uint64_t *steps)
{
    list l = c->n ? segment_list(in, c->terms[0]) : (list){0};
    *steps += 2ull * n + 50;
    if (c->n == 1) return keep_with(&l, c->idf[0], s, n);
    spread(c, in, s, steps);
    return keep_spread(s, n);
}

static uint32_t all_words(matcher *m, const segment *in, scratch *s)
{
    ordered order[CLAUSES_MAX];
    size_t many = in_order(m, in, order);
    if (!many) return 0;
    const clause *first = order[0].c;
    list l = segment_list(in, first->terms[0]);
    m->steps += order[0].size;
    if (first->n > 1) spread(first, in, s, &m->steps);
    uint32_t n = first->n > 1 ? emit_spread(s) : emit(&l, first->idf[0], s);
    for (size_t i = 1; i < many && n; i++) n = keep_clause(order[i].c, in, s, n, &m->steps);
    return n;
}

/* At least `need` of the words; scores add up. */
static uint32_t most_words(matcher *m, const segment *in, scratch *s, const uint64_t *near, uint32_t all)
{
    uint32_t n = 0;
    memset(s->counts, 0, all);
    memset(s->scores, 0, all * sizeof *s->scores);
    for (size_t w = 0; w < m->n_words; w++) {
        spread(&m->words[w], in, s, &m->steps);
        for (uint32_t i = 0; i < BITMAP_WORDS; i++)
            for (uint64_t bits = s->bits[i]; bits; bits &= bits - 1) {
                uint32_t slot = i * 64 + (uint32_t)__builtin_ctzll(bits);
                if (slot >= all) break;
                s->counts[slot]++;
                s->scores[slot] += s->other[slot];
            }
    }
    for (uint32_t slot = 0; slot < all; slot++) {
        if (s->counts[slot] < m->need || (m->not_all && s->counts[slot] == m->n_words) || (near && !bit_at(near, slot))) continue;
        s->slots[n] = (uint16_t)slot;
        s->scores[n++] = s->scores[slot];
    }
    m->steps += 2ull * all;
    return n;
}

static uint32_t everything(scratch *s, const uint64_t *near, uint32_t all)
{
    uint32_t n = 0;
    for (uint32_t slot = 0; slot < all; slot++) {
        s->slots[n] = (uint16_t)slot;
        s->scores[n] = 0;
        n += !near || bit_at(near, slot);
    }
    return n;
}

uint32_t match_segment(matcher *m, const segment *in, scratch *s, const circle *within)
{
    uint32_t all = atomic_load_explicit(&in->n, memory_order_acquire), n;
    bool most = m->need < m->n_words, by_list = !most && m->n_words + m->n_must > 0;
    if (m->impossible) return 0;
    if (within && !by_list) circle_fill(within, in, s, &m->steps);
    const uint64_t *near = within && !by_list ? s->near : NULL;
    if (by_list) n = all_words(m, in, s);
    else n = most ? most_words(m, in, s, near, all) : everything(s, near, all);
    for (size_t i = 0; i < m->n_must && most && n; i++) n = keep_clause(&m->must[i], in, s, n, &m->steps);
    if (within && by_list && n) n = circle_keep(within, in, s, n, &m->steps);
    m->steps += n + 50;
    for (size_t i = 0; i < m->n_without && n; i++) {
        list l = segment_list(in, m->without[i].terms[0]);
        m->steps += 10ull * n;
        n = keep_without(&l, s, n);
    }
    return n;
}
