#include "search/run.h"

/* 0 when it would cost more than is left. */
static uint64_t total_of(ch_search_index *x, const view *v, ch_arena *a, const ch_search_query *q, uint64_t *budget)
{
    pass *p;
    parsed *words = ch_arena_alloc(a, sizeof *words);
    query_parse(x, a, q, false, words);
    if (pass_open(x, v, q, a, words, &p)) return 0;
    p->budget = *budget;
    ch_err e = pass_run(p, pass_all(p));
    *budget -= p->steps < *budget ? p->steps : *budget;
    return e ? 0 : p->total;
}

static void suggest_radius(ch_search_index *x, const view *v, ch_arena *a, ch_search_query other, uint64_t *budget, ch_search_result *out)
{
    static const double miles[] = {10, 25, 50, 100, 0};
    double now = other.radius_m;
    for (size_t i = 0; other.has_place && now > 0 && i < 5; i++) {
        other.radius_m = miles[i] * CH_METRES_PER_MILE;
        if (miles[i] > 0 && other.radius_m <= now) continue;
        uint64_t total = total_of(x, v, a, &other, budget);
        if (!total) continue;
        out->suggestions[out->n_suggestions++] = (ch_search_suggestion){CH_SUGGEST_RADIUS, other.radius_m, other.text, total};
        return;
    }
}

static ch_str all_but(ch_arena *a, const parsed *p, size_t one)
{
    ch_buf text = ch_buf_in(a);
    for (size_t k = 0; k < p->n_words; k++)
        if (k != one) ch_buf_printf(&text, "%s%.*s", text.n ? " " : "", CH_ARG(p->words[k].typed));
    return ch_buf_str(&text);
}

void suggest(ch_search_index *x, const view *v, ch_arena *a, const ch_search_query *q, const parsed *p, uint64_t *budget, ch_search_result *out)
{
    ch_search_query other = *q;
    out->suggestions = CH_NEW_N(a, ch_search_suggestion, 5 + WORDS_MAX);
    other.limit = 0;
    other.facets = 0;
    other.cursor = CH_STR("");
    suggest_radius(x, v, a, other, budget, out);
    for (size_t i = 0; p->n_words > 1 && p->n_words < 7 && i < p->n_words; i++) {
        other.text = all_but(a, p, i);
        uint64_t total = total_of(x, v, a, &other, budget);
        if (total) out->suggestions[out->n_suggestions++] = (ch_search_suggestion){CH_SUGGEST_WORDS, q->radius_m, other.text, total};
    }
}
