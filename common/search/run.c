/* What readers call. */
#include "search/run.h"

#include <math.h>

const char *ch_facet_name(ch_facet f)
{
    static const char *const facet_names[CH_FACETS] = {"staff_group", "pay_band", "contract_type", "working_pattern", "sector", "employer"};
    return facet_names[f];
}

bool ch_search_sort_of(ch_str name, ch_search_sort *out)
{
    static const char *const sorts[] = {"relevance", "newest", "closing", "salary", "distance"};
    for (int i = 0; i < 5; i++)
        if (ch_str_is(name, sorts[i])) return *out = (ch_search_sort)i, true;
    return false;
}

/* Nothing had all the words: those that have most, and what else could be asked. */
static ch_err loosen(pass **p, ch_search_result *out)
{
    pass *first = *p;
    uint64_t budget = first->budget - first->steps;
    suggest(&first->in, &budget, out);
    if (first->matcher.n_words < 2) return CH_OK;
    CH_TRY(pass_open(&first->in, p));
    (*p)->budget = budget;
    CH_TRY(pass_run(*p, pass_most(*p)));
    out->relaxed = (*p)->total > 0;
    return CH_OK;
}

/* A page that all the words do not fill goes on with some of them, best first. */
static ch_err put_nearly(const pass *first, ch_search_result *out)
{
    const ch_search_query *q = first->in.q;
    ch_search_result more = {0};
    pass *p;
    if (!q->nearly || q->strict || q->cursor.n || q->sort != CH_SORT_RELEVANCE || !first->total || first->n_top >= first->limit ||
        pass_all(first) < 2)
        return CH_OK;
    ch_search_query *rest = CH_NEW(first->in.arena, ch_search_query);
    *rest = *q;
    rest->limit = first->limit - first->n_top;
    rest->facets = 0;
    asked in = first->in;
    in.q = rest;
    CH_TRY(pass_open(&in, &p));
    p->budget = first->budget - first->steps;
    p->matcher.not_all = true;
    CH_TRY(pass_run(p, 1));
    pass_answer(p, &more);
    out->nearly = more.hits;
    out->n_nearly = more.n_hits;
    return CH_OK;
}

static ch_err run(ch_search_index *x, const view *v, const ch_search_query *q, ch_arena *a, ch_search_result *out)
{
    pass *p;
    parsed *words = ch_arena_alloc(a, sizeof *words);
    if (q->text.n > 1000) return CH_TOO_LARGE;
    query_parse(x, a, q, !q->strict, words);
    CH_TRY(pass_open(&(asked){x, v, a, q, words}, &p));
    CH_TRY(pass_run(p, pass_all(p)));
    out->corrected = words->corrected;
    if (!p->total && !q->strict && (q->text.n || q->has_place)) CH_TRY(loosen(&p, out));
    pass_answer(p, out);
    return out->relaxed ? CH_OK : put_nearly(p, out);
}

ch_err ch_search_run(ch_search_index *x, const ch_search_query *q, ch_arena *a, ch_search_result *out)
{
    size_t place;
    *out = (ch_search_result){0};
    ch_err e = run(x, view_enter(x, &place), q, a, out);
    reader_leave(&x->reclaimer, place);
    return e;
}

ch_err ch_search_get(ch_search_index *x, ch_str id, ch_arena *a, ch_search_hit *out)
{
    size_t place;
    const line *l = view_find(view_enter(x, &place), id);
    if (l) *out = (ch_search_hit){ch_arena_str(a, record_id(l->record)), ch_arena_str(a, record_blob(l->record)), l->record->version, 0, -1};
    reader_leave(&x->reclaimer, place);
    return l ? CH_OK : CH_NOT_FOUND;
}

/* ---- similar vacancies: most of a vacancy's most telling terms, rare in the index and from the title first */

enum { TELLING = 12, LOOKED_AT = 400 };

static void keep_telling(word *words, double *values, size_t *n, uint32_t number, double value)
{
    for (size_t k = 0; k < *n; k++)
        if (words[k].terms[0] == number) return;
    if (*n == TELLING && value <= values[TELLING - 1]) return;
    size_t k = *n < TELLING ? (*n)++ : TELLING - 1;
    for (; k > 0 && values[k - 1] < value; k--) {
        values[k] = values[k - 1];
        words[k].terms[0] = words[k - 1].terms[0];
    }
    values[k] = value;
    words[k].terms[0] = number;
    words[k].n = 1;
}

static void telling_terms(const ch_search_index *x, const view *v, const record *r, parsed *out)
{
    double values[TELLING];
    const unsigned char *p = (const unsigned char *)record_tokens(r).p, *end = p + r->tokens_n;
    for (uint32_t i = 0; p < end && i < LOOKED_AT; i++) {
        uint32_t token = token_next(&p);
        if (token < TOKEN_FIRST) continue;
        uint32_t df = atomic_load_explicit(&term_at(x, token - TOKEN_FIRST + 1)->df, memory_order_relaxed);
        double value = log((double)(v->live + 1) / (df + 1.0)) * (i < r->title_tokens ? 3 : 1);
        if (df > 1) keep_telling(out->words, values, &out->n_words, token - TOKEN_FIRST + 1, value);
    }
}

/* Half of the terms in common, where so many have that; else a third (as Elasticsearch's more_like_this begins), else two, or one of up to three. */
static ch_err run_for_alike(pass **p, const asked *in, const line *itself)
{
    const size_t n = in->parsed->n_words, least = n > 3 ? 2 : 1;
    for (size_t share = 2, need; share <= 4; share++) {
        need = share < 4 && n / share > least ? n / share : least;
        CH_TRY(pass_open(in, p));
        (*p)->except = itself;
        CH_TRY(pass_run(*p, need));
        if ((*p)->n_top == (*p)->limit || need == least) break;
    }
    return CH_OK;
}

static ch_err similar(ch_search_index *x, const view *v, ch_str id, const ch_search_query *q, ch_arena *a, ch_search_result *out)
{
    pass *p;
    parsed *words = ch_arena_alloc(a, sizeof *words);
    const line *l = view_find(v, id);
    if (!l) return CH_NOT_FOUND;
    telling_terms(x, v, l->record, words);
    if (!words->n_words) return CH_OK;
    CH_TRY(run_for_alike(&p, &(asked){x, v, a, q, words}, l));
    pass_answer(p, out);
    out->total -= out->total > 0 && (!q->now || l->closes > q->now);
    out->cursor = CH_STR("");
    return CH_OK;
}

ch_err ch_search_similar(ch_search_index *x, ch_str id, int64_t now, size_t limit, ch_arena *a, ch_search_result *out)
{
    size_t place;
    ch_search_query q = {.now = now, .limit = limit};
    *out = (ch_search_result){0};
    ch_err e = similar(x, view_enter(x, &place), id, &q, a, out);
    reader_leave(&x->reclaimer, place);
    return e;
}
