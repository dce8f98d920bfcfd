#include "search/match.h"

#include <math.h>

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;

static void make_scratch_key(void)
{
    pthread_key_create(&scratch_key, free);
}

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

/* In eighths: a score stays the same while some documents come and go, and so do cursors. */
static float idf_of(const ch_search_index *x, const view *v, uint32_t number)
{
    double df = atomic_load_explicit(&term_at(x, number)->df, memory_order_relaxed), n = (double)v->live;
    if (df > n) df = n;
    return (float)(floor(8 * log(1 + (n - df + 0.5) / (df + 0.5)) + 0.5) / 8) / 255 + 1e-6f;
}

static void clause_of(clause *c, const ch_search_index *x, const view *v, const uint32_t *terms, size_t n)
{
    c->terms = terms;
    c->n = n;
    for (size_t i = 0; i < n; i++) c->idf[i] = idf_of(x, v, terms[i]);
}

/* A phrase's words are words too: the rarest of them lead to it. */
void matcher_of(matcher *m, const ch_search_index *x, const view *v, const parsed *p, ch_str area)
{
    char mark[AREA_MAX];
    m->n_words = m->n_without = 0;
    m->steps = 0;
    m->impossible = p->impossible;
    for (size_t i = 0; i < p->n_words; i++) clause_of(&m->words[m->n_words++], x, v, p->words[i].terms, p->words[i].n);
    for (size_t i = 0; i < p->n_phrases; i++)
        for (size_t k = 0; k < p->phrases[i].n; k++) clause_of(&m->words[m->n_words++], x, v, &p->phrases[i].terms[k], 1);
    for (size_t i = 0; i < p->n_without; i++)
        if (p->without[i].n) clause_of(&m->without[m->n_without++], x, v, p->without[i].terms, 1);
    m->need = m->n_words;
    m->in_area = area.n > 0;
    m->area[0] = area.n ? names_find(&x->dictionary, area_term(area, mark)) : 0;
}

/* ---- one list */

static uint32_t emit(const list *l, float idf, scratch *s, const uint64_t *near)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        s->slots[n] = l->slots[i];
        s->scores[n] = idf * (float)l->impacts[i];
        n += !near || bit_at(near, l->slots[i]);
    }
    return n;
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
        else while (at < l->n && l->slots[at] < slot) at++;
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

static uint32_t emit_spread(scratch *s, const uint64_t *near)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < BITMAP_WORDS; w++)
        for (uint64_t bits = s->bits[w] & (near ? near[w] : UINT64_MAX); bits; bits &= bits - 1) {
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

static uint32_t all_words(matcher *m, const segment *in, scratch *s, const uint64_t *near)
{
    struct {
        const clause *c;
        uint64_t size;
    } order[WORDS_MAX + PHRASES_MAX * PHRASE_MAX];
    for (size_t i = 0; i < m->n_words; i++) {
        uint64_t size = clause_size(&m->words[i], in);
        size_t k = i;
        if (!size) return 0;
        for (; k > 0 && order[k - 1].size > size; k--) order[k] = order[k - 1];
        order[k].c = &m->words[i];
        order[k].size = size;
    }
    uint32_t n = 0;
    for (size_t i = 0; i < m->n_words && (!i || n); i++) {
        const clause *c = order[i].c;
        list l = segment_list(in, c->terms[0]);
        m->steps += i ? 2ull * n + 50 : order[i].size;
        if (c->n > 1) spread(c, in, s, &m->steps);
        if (c->n > 1) n = i ? keep_spread(s, n) : emit_spread(s, near);
        else n = i ? keep_with(&l, c->idf[0], s, n) : emit(&l, c->idf[0], s, near);
    }
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
        if (s->counts[slot] < m->need || (near && !bit_at(near, slot))) continue;
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

uint32_t match_segment(matcher *m, const segment *in, scratch *s, const uint64_t *near)
{
    uint32_t all = atomic_load_explicit(&in->n, memory_order_acquire), n;
    if (m->impossible || (m->in_area && !m->area[0])) return 0;
    if (!m->n_words) n = everything(s, near, all);
    else if (m->need < m->n_words) n = most_words(m, in, s, near, all);
    else n = all_words(m, in, s, near);
    m->steps += n + 50;
    if (m->in_area) {
        list l = segment_list(in, m->area[0]);
        n = keep_with(&l, 0, s, n);
    }
    for (size_t i = 0; i < m->n_without && n; i++) {
        list l = segment_list(in, m->without[i].terms[0]);
        m->steps += 10ull * n;
        n = keep_without(&l, s, n);
    }
    return n;
}
