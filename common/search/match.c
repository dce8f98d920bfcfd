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

static void clause_of(clause *c, const ch_search_index *x, const view *v, ch_arena *a, const uint32_t *terms, size_t n)
{
    *c = (clause){terms, CH_NEW_N(a, found, n), n};
    for (size_t i = 0; i < n; i++) c->found[i].idf = idf_of(x, v, terms[i]);
}

/* Without weight. */
static clause filter_of(ch_arena *a, const uint32_t *terms, size_t n) { return (clause){terms, CH_NEW_N(a, found, n), n}; }

static void must_be_in(matcher *m, const ch_search_index *x, ch_arena *a, ch_str area)
{
    char mark[AREA_MAX];
    uint32_t *number = CH_NEW(a, uint32_t);
    *number = names_find(&x->dictionary, area_term(area, mark));
    m->impossible |= !*number;
    m->must[m->n_must++] = filter_of(a, number, 1);
}

/* Not when a code is too long to be a term: then only the pass looks at it. */
static void must_be_one_of(matcher *m, const ch_search_index *x, ch_arena *a, const ch_search_query *q, ch_facet f)
{
    char mark[CODE_TERM_MAX];
    size_t n = q->filters[f].n, known = 0;
    uint32_t *terms = CH_NEW_N(a, uint32_t, n);
    m->by_sets &= n <= ALTERNATIVES_MAX;
    if (n > ALTERNATIVES_MAX) return;
    for (size_t i = 0; i < n; i++) {
        ch_str text = code_term(f, q->filters[f].codes[i], mark);
        m->by_sets &= text.n > 0;
        if (!text.n) return;
        uint32_t number = names_find(&x->dictionary, text);
        if (number) terms[known++] = number;
    }
    if (q->facets & CH_FACET_BIT(f)) {
        m->facet_of[m->n_but_one] = f;
        m->but_one[m->n_but_one++] = filter_of(a, terms, known);
    } else m->must[m->n_must++] = filter_of(a, terms, known);
    m->impossible |= !known && !(q->facets & CH_FACET_BIT(f));
}

/* A phrase's words are words too: the rarest of them lead to it. */
static void take_words(matcher *m, const ch_search_index *x, const view *v, ch_arena *a, const parsed *p)
{
    for (size_t i = 0; i < p->n_words; i++) clause_of(&m->words[m->n_words++], x, v, a, p->words[i].terms, p->words[i].n);
    for (size_t i = 0; i < p->n_phrases; i++)
        for (size_t k = 0; k < p->phrases[i].n; k++) clause_of(&m->words[m->n_words++], x, v, a, &p->phrases[i].terms[k], 1);
    for (size_t i = 0; i < p->n_without; i++)
        if (p->without[i].n) m->without[m->n_without++] = filter_of(a, p->without[i].terms, 1);
}

void matcher_of(matcher *m, const ch_search_index *x, const view *v, ch_arena *a, const ch_search_query *q, const parsed *p)
{
    m->n_words = m->n_without = m->n_must = m->n_but_one = 0;
    m->steps = 0;
    m->impossible = p->impossible;
    m->by_sets = true;
    take_words(m, x, v, a, p);
    m->need = m->n_words;
    if (q->area.n) must_be_in(m, x, a, q->area);
    for (int f = 0; f < CH_FACETS; f++)
        if (q->filters[f].n) must_be_one_of(m, x, a, q, (ch_facet)f);
}

size_t matcher_idfs(const matcher *m, uint8_t out[IDFS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_words; i++)
        for (size_t k = 0; k < m->words[i].n; k++, n++)
            if (n < IDFS_MAX) out[n] = (uint8_t)m->words[i].found[k].idf;
    return n > IDFS_MAX ? 0 : n;
}

void matcher_use_idfs(matcher *m, const uint8_t *idfs, size_t n)
{
    uint8_t unused[IDFS_MAX];
    if (n != matcher_idfs(m, unused)) return;
    for (size_t i = 0; i < m->n_words; i++)
        for (size_t k = 0; k < m->words[i].n; k++) m->words[i].found[k].idf = *idfs++;
}

/* ---- in one segment */

/* The place that is looked at: `words` of sets cover its `all` documents. */
typedef struct place {
    const segment *in;
    scratch *s;
    uint32_t all, words;
} place;

/* False: none of its terms is here. */
static bool clause_open(clause *c, const segment *in)
{
    uint64_t n = 0;
    for (size_t k = 0; k < c->n; k++) {
        c->found[k].list = segment_list(in, c->terms[k]);
        c->found[k].at = 0;
        n += c->found[k].list.n;
    }
    return n > 0;
}

/* In s->bits, where it is not a set already. */
static const uint64_t *set_of(const clause *c, const place *p, uint64_t *steps)
{
    *steps += p->words / 4;
    if (c->n == 1 && c->found[0].list.bits) return c->found[0].list.bits;
    memset(p->s->bits, 0, p->words * sizeof(uint64_t));
    for (size_t k = 0; k < c->n; k++) {
        const list *l = &c->found[k].list;
        list_join(l, p->s->bits, p->words, p->all);
        *steps += l->bits ? p->words / 4 : l->n;
    }
    return p->s->bits;
}

/* False: a clause has nothing here, so neither has the query. */
static bool open_all(matcher *m, const place *p)
{
    bool all = m->need == m->n_words;
    for (size_t i = 0; i < m->n_words; i++)
        if (!clause_open(&m->words[i], p->in) && all) return false;
    for (size_t i = 0; i < m->n_must; i++)
        if (!clause_open(&m->must[i], p->in)) return false;
    for (size_t i = 0; i < m->n_but_one; i++) clause_open(&m->but_one[i], p->in);
    for (size_t i = 0; i < m->n_without; i++) clause_open(&m->without[i], p->in);
    return true;
}

static void keep_all(matcher *m, clause *clauses, size_t n, const place *p)
{
    for (size_t i = 0; i < n; i++) set_keep(p->s->found, set_of(&clauses[i], p, &m->steps), p->words);
}

/* At least `need` of the words. */
static void keep_most(matcher *m, const place *p)
{
    scratch *s = p->s;
    tally_clear(&s->tally, (uint32_t)m->n_words, p->words);
    for (size_t i = 0; i < m->n_words; i++) tally_add(&s->tally, set_of(&m->words[i], p, &m->steps), p->words);
    m->steps += m->n_words * p->words;
    tally_from(&s->tally, (uint32_t)m->need, s->bits, p->words);
    set_keep(s->found, s->bits, p->words);
    if (!m->not_all) return;
    tally_from(&s->tally, (uint32_t)m->n_words, s->bits, p->words);
    set_keep_not(s->found, s->bits, p->words);
}

/* Those that fail two filters beside a count are in no count. */
static void keep_but_one(matcher *m, const place *p)
{
    scratch *s = p->s;
    if (m->n_but_one < 2) return;
    memset(s->one, 0, p->words * sizeof(uint64_t));
    for (size_t i = 0; i < m->n_but_one; i++) set_try(s->found, s->one, set_of(&m->but_one[i], p, &m->steps), p->words);
    set_join(s->found, s->one, p->words);
}

uint32_t match_segment(matcher *m, const segment *in, scratch *s, const circle *within)
{
    uint32_t all = atomic_load_explicit(&in->n, memory_order_acquire);
    place p = {in, s, all, set_words(all)};
    if (m->impossible || !open_all(m, &p)) return 0;
    set_first(s->found, all);
    keep_all(m, m->must, m->n_must, &p);
    if (m->need == m->n_words) keep_all(m, m->words, m->n_words, &p);
    else keep_most(m, &p);
    for (size_t i = 0; i < m->n_without; i++) set_keep_not(s->found, set_of(&m->without[i], &p, &m->steps), p.words);
    keep_but_one(m, &p);
    if (within) circle_keep(within, in, s, s->found, p.words, &m->steps);
    uint32_t n = set_slots(s->found, p.words, s->slots);
    m->steps += n + p.words;
    return n;
}

void match_filters(matcher *m, const segment *in, scratch *s, ch_facet but, uint64_t *slots)
{
    uint32_t all = atomic_load_explicit(&in->n, memory_order_acquire);
    place p = {in, s, all, set_words(all)};
    for (size_t i = 0; i < m->n_but_one; i++)
        if (m->facet_of[i] != but) set_keep(slots, set_of(&m->but_one[i], &p, &m->steps), p.words);
}

static float clause_score(clause *c, uint16_t slot)
{
    float best = 0;
    for (size_t k = 0; k < c->n; k++) {
        float score = c->found[k].idf * (float)list_impact(&c->found[k].list, slot, &c->found[k].at);
        if (score > best) best = score;
    }
    return best;
}

float match_score(matcher *m, uint16_t slot)
{
    float sum = 0;
    for (size_t i = 0; i < m->n_words; i++) sum += clause_score(&m->words[i], slot);
    return sum;
}

size_t match_lists(const matcher *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_words; i++)
        for (size_t k = 0; k < m->words[i].n; k++) n += m->words[i].found[k].list.n > 0;
    return n;
}

void match_score_anew(matcher *m)
{
    for (size_t i = 0; i < m->n_words; i++)
        for (size_t k = 0; k < m->words[i].n; k++) m->words[i].found[k].at = 0;
}
