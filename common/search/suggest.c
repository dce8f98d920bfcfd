#include "search/run.h"

/* 0 when it would cost more than is left. */
static uint64_t total_of(const asked *in, const ch_search_query *q, uint64_t *budget)
{
    pass *p;
    parsed *words = ch_arena_alloc(in->arena, sizeof *words);
    query_parse(in->x, in->arena, q, false, words);
    if (pass_open(&(asked){in->x, in->view, in->arena, q, words}, &p)) return 0;
    p->budget = *budget;
    ch_err e = pass_run(p, pass_all(p));
    *budget -= p->steps < *budget ? p->steps : *budget;
    return e ? 0 : p->total;
}

static void add(ch_search_result *out, ch_search_suggestion s) { out->suggestions[out->n_suggestions++] = s; }

enum { RADII_MAX = 3, PARTS_MOST = 6 };

/* Each with more in it than the one before. */
static void suggest_radii(const asked *in, ch_search_query other, uint64_t *budget, ch_search_result *out)
{
    static const double miles[] = {10, 25, 50, 100, 0};
    double now = other.radius_m;
    uint64_t most = 0;
    for (size_t i = 0; other.has_place && now > 0 && i < 5 && out->n_suggestions < RADII_MAX; i++) {
        other.radius_m = miles[i] * CH_METRES_PER_MILE;
        if (miles[i] > 0 && other.radius_m <= now) continue;
        uint64_t total = total_of(in, &other, budget);
        if (total <= most) continue;
        add(out, (ch_search_suggestion){CH_SUGGEST_RADIUS, other.radius_m, other.text, total});
        most = total;
    }
}

/* As it was typed, or as it was mended. */
static void put_part(ch_buf *b, ch_str text, const query_part *p, ch_str mended)
{
    ch_str typed = {text.p + p->terms[0].at, p->terms[p->n - 1].end - p->terms[0].at};
    const char *quote = p->kind == PART_PHRASE || p->n > 1 ? "\"" : "";
    ch_buf_printf(b, "%s%s%s", b->n ? " " : "", p->kind == PART_WITHOUT ? "-" : "", quote);
    ch_buf_put(b, mended.n ? mended : typed);
    ch_buf_printf(b, "%s", quote);
}

static ch_str all_but(ch_arena *a, ch_str text, const parsed *p, size_t one)
{
    ch_buf b = ch_buf_in(a);
    for (size_t k = 0; k < p->n_parts; k++)
        if (k != one) put_part(&b, text, &p->parts[k], p->mended[k]);
    return ch_buf_str(&b);
}

static bool is_wanted(const query_part *p) { return p->kind == PART_PHRASE || (p->kind == PART_WORD && !p->optional); }

static bool is_suggested(const ch_search_result *r, ch_str text)
{
    for (size_t i = 0; i < r->n_suggestions; i++)
        if (r->suggestions[i].kind == CH_SUGGEST_WORDS && ch_str_eq(r->suggestions[i].text, text)) return true;
    return false;
}

static void suggest_words(const asked *in, ch_search_query other, uint64_t *budget, ch_search_result *out)
{
    const parsed *p = in->parsed;
    ch_str text = other.text;
    size_t wanted = 0;
    for (size_t i = 0; i < p->n_parts; i++) wanted += is_wanted(&p->parts[i]);
    for (size_t i = 0; wanted > 1 && wanted <= PARTS_MOST && i < p->n_parts; i++) {
        if (!is_wanted(&p->parts[i])) continue;
        other.text = all_but(in->arena, text, p, i);
        uint64_t total = is_suggested(out, other.text) ? 0 : total_of(in, &other, budget);
        if (total) add(out, (ch_search_suggestion){CH_SUGGEST_WORDS, other.radius_m, other.text, total});
    }
}

void suggest(const asked *in, uint64_t *budget, ch_search_result *out)
{
    ch_search_query other = *in->q;
    out->suggestions = CH_NEW_N(in->arena, ch_search_suggestion, RADII_MAX + PARTS_MOST);
    other.limit = 0;
    other.facets = 0;
    other.cursor = CH_STR("");
    if (in->parsed->corrected.n) other.text = in->parsed->corrected;
    suggest_radii(in, other, budget, out);
    other.text = in->q->text;
    suggest_words(in, other, budget, out);
}
