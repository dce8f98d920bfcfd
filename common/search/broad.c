/*
 * Many matches in a segment that does not change. Looking at each takes a cache line; here totals and facets are numbers of bits that two sets share,
 * and the best by date are read off an order that is there already.
 */
#include "search/run.h"

static uint32_t words_of(const segment *in) { return set_words(atomic_load_explicit(&in->n, memory_order_relaxed)); }

/* Fewer than about one in sixteen are sooner looked at one by one. */
bool broad_suits(const pass *p, const segment *in, uint32_t n)
{
    return n >= 4 * words_of(in) + 64 && in->sealed && p->matcher.by_sets && !p->in.parsed->n_phrases && !p->in.parsed->n_never && !p->in.q->remote &&
           p->in.q->salary_min <= 0;
}

/* ---- who is there */

/* Those that have closed stand first in their order. */
static void drop_closed(const segment *in, int64_t now, uint64_t *slots)
{
    uint32_t low = 0, high = now ? atomic_load_explicit(&in->n, memory_order_relaxed) : 0;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (in->lines[in->soonest[middle]].closes <= now) low = middle + 1;
        else high = middle;
    }
    for (uint32_t i = 0; i < low; i++) bit_clear(slots, in->soonest[i]);
}

static void drop_dead(const segment *in, uint32_t change, uint64_t *slots, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++)
        for (uint64_t bits = slots[w] & atomic_load_explicit(&in->graves[w], memory_order_relaxed); bits; bits &= bits - 1)
            if (!visible(&in->lines[w * 64 + (uint32_t)__builtin_ctzll(bits)], change)) slots[w] ^= bits & -bits;
}

/* ---- facets */

static void find_terms(pass *p, watched *w)
{
    char mark[CODE_TERM_MAX];
    uint32_t n = p->n_values[w->facet];
    w->terms = CH_NEW_N(p->in.arena, uint32_t, n + 1);
    for (uint32_t v = 1; v <= n; v++) {
        ch_str text = code_term(w->facet, names_text(&p->in.x->facets[w->facet], v), mark);
        w->terms[v] = text.n ? names_find(&p->in.x->dictionary, text) : 0;
    }
}

static uint32_t count_value(const list *l, const uint64_t *slots, uint32_t words)
{
    uint32_t n = 0;
    if (l->bits) return set_count_both(l->bits, slots, words);
    for (uint32_t i = 0; i < l->n; i++) n += bit_at(slots, l->slots[i]);
    return n;
}

static void count_values(pass *p, const segment *in, watched *w, const uint64_t *slots, uint32_t words)
{
    if (!w->terms) find_terms(p, w);
    for (uint32_t v = 1; v <= p->n_values[w->facet]; v++) {
        list l = segment_list(in, w->terms[v]);
        if (l.n) w->counts[v] += count_value(&l, slots, words);
        p->steps += l.bits ? words / 2 : l.n;
    }
}

static void count_employers(pass *p, const segment *in, const watched *w, const uint64_t *slots, uint32_t words)
{
    uint32_t n = set_slots(slots, words, p->scratch->slots);
    for (uint32_t i = 0; i < n; i++) w->counts[in->employers[p->scratch->slots[i]]]++;
    p->steps += 3ull * n;
}

/* Over what all filters but its own let through. */
static void count_facet(pass *p, const segment *in, watched *w, uint32_t words)
{
    uint64_t *slots = p->scratch->one;
    memcpy(slots, p->scratch->found, words * sizeof *slots);
    match_filters(&p->matcher, in, p->scratch, w->facet, slots);
    if (w->facet == CH_FACET_EMPLOYER) count_employers(p, in, w, slots, words);
    else count_values(p, in, w, slots, words);
}

/* ---- the best few */

/* The order in which they come, where their text does not decide. */
static const uint16_t *order_of(const pass *p, const segment *in)
{
    if (p->in.q->sort == CH_SORT_CLOSING) return in->soonest;
    return p->in.q->sort == CH_SORT_NEWEST || (pass_by_text(p) && !p->matcher.n_words) ? in->newest : NULL;
}

static void take_in_order(pass *p, const segment *in, const uint16_t *order, const uint64_t *slots)
{
    for (uint32_t i = 0, n = atomic_load_explicit(&in->n, memory_order_relaxed); i < n; i++) {
        if (!bit_at(slots, order[i])) continue;
        match_score_anew(&p->matcher);
        p->steps += 30;
        if (!pass_consider(p, &in->lines[order[i]], order[i])) return;
    }
}

static void take_each(pass *p, const segment *in, const uint64_t *slots, uint32_t words)
{
    uint32_t n = set_slots(slots, words, p->scratch->slots);
    for (uint32_t i = 0; i < n; i++) pass_consider(p, &in->lines[p->scratch->slots[i]], p->scratch->slots[i]);
    p->steps += (15 + (pass_by_text(p) ? 4 * match_lists(&p->matcher) : 0)) * n;
}

void broad_run(pass *p, const segment *in)
{
    scratch *s = p->scratch;
    uint32_t words = words_of(in);
    drop_closed(in, p->in.q->now, s->found);
    drop_dead(in, p->in.view->change, s->found, words);
    for (uint32_t i = 0; i < p->n_watched; i++)
        if (p->watched[i].counts) count_facet(p, in, &p->watched[i], words);
    match_filters(&p->matcher, in, s, CH_FACETS, s->found);
    p->total += set_count(s->found, words);
    p->steps += 2 * words;
    if (!p->limit) return;
    const uint16_t *order = order_of(p, in);
    if (order) take_in_order(p, in, order, s->found);
    else take_each(p, in, s->found, words);
}
