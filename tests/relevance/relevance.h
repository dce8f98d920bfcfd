#ifndef RELEVANCE_H
#define RELEVANCE_H
/* The judged set: vacancies, queries, gains, nDCG@10 (tests/relevance/README.md). Everything lives in the arena; a file
 * of another shape ends the process. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "search/place.h"
#include "search/search.h"

enum { REL_DEPTH = 10, REL_DOCS_MAX = 1000, REL_QUERIES_MAX = 1000, REL_KINDS_MAX = 16, REL_COLUMNS = 18 };

typedef struct rel_query {
    ch_str kind, keyword, location, judgement;
    int64_t miles;
    bool unknown; /* a location that the look-up does not know */
    ch_place place;
} rel_query;

typedef struct rel_set {
    ch_arena *arena;
    ch_search_doc docs[REL_DOCS_MAX];
    ch_str tags[REL_DOCS_MAX];
    size_t n_docs, n_queries, n_kinds;
    rel_query queries[REL_QUERIES_MAX];
    ch_str kinds[REL_KINDS_MAX]; /* in the order of the file */
} rel_set;

typedef struct rel_ranking {
    ch_str ids[REL_DEPTH];
    size_t n;
} rel_ranking;

static inline void rel_die(const char *what)
{
    fprintf(stderr, "relevance: %s\n", what);
    exit(2);
}

static inline ch_str rel_read(ch_arena *a, const char *dir, const char *name)
{
    ch_buf b = ch_buf_in(a);
    FILE *f = fopen(ch_arena_printf(a, "%s/tests/relevance/%s", dir, name).p, "r");
    char block[4096];
    if (!f) rel_die(name);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) ch_buf_put(&b, (ch_str){block, n});
    fclose(f);
    return ch_buf_str(&b);
}

/* Columns of the next line that is no comment; false at the end. */
static inline bool rel_line(ch_str *rest, ch_str *columns, size_t n)
{
    ch_str line;
    while (ch_str_split(rest, '\n', &line)) {
        if (!line.n || line.p[0] == '#') continue;
        for (size_t i = 0; i < n; i++)
            if (!ch_str_split(&line, '\t', &columns[i])) rel_die("a line of another shape");
        return true;
    }
    return false;
}

static inline size_t rel_list(ch_arena *a, ch_str text, ch_str **out)
{
    size_t n = 0;
    ch_str one;
    *out = CH_NEW_N(a, ch_str, text.n + 1);
    while (ch_str_split(&text, ',', &one)) (*out)[n++] = one;
    return n;
}

static inline void rel_doc(rel_set *s, const ch_str *c)
{
    ch_search_location *l = CH_NEW(s->arena, ch_search_location);
    ch_search_doc *d = &s->docs[s->n_docs];
    ch_str *patterns;
    size_t n = rel_list(s->arena, c[8], &patterns);
    *l = (ch_search_location){.name = c[9], .postcode = c[10]};
    *d = (ch_search_doc){.id = c[0],
                         .version = 1,
                         .title = c[2],
                         .employer_name = c[3],
                         .employer_id = c[3],
                         .sector = c[4],
                         .staff_group = c[5],
                         .pay_band = c[6],
                         .contract_type = c[7],
                         .working_patterns = patterns,
                         .n_working_patterns = n,
                         .locations = l,
                         .n_locations = 1,
                         .summary = c[15],
                         .description = c[16],
                         .criteria = c[17],
                         .published_at = 1780272000000};
    if (!ch_str_double(c[11], &l->lat) || !ch_str_double(c[12], &l->lon)) rel_die("not a place");
    if (!ch_str_int(c[13], &d->salary_min) || !ch_str_int(c[14], &d->salary_max)) rel_die("not a salary");
    s->tags[s->n_docs++] = c[1];
}

static inline void rel_add_query(rel_set *s, const ch_str *c)
{
    rel_query *q = &s->queries[s->n_queries++];
    *q = (rel_query){.kind = c[0], .keyword = c[1], .location = c[2], .judgement = c[4]};
    if (!ch_str_int(c[3], &q->miles)) rel_die("miles");
    q->unknown = q->location.n && !ch_place_lookup(q->location, &q->place, NULL);
    size_t k = 0;
    while (k < s->n_kinds && !ch_str_eq(s->kinds[k], q->kind)) k++;
    if (k == s->n_kinds) s->kinds[s->n_kinds++] = q->kind;
    if (s->n_kinds == REL_KINDS_MAX) rel_die("too many kinds");
}

static inline rel_set *rel_load(ch_arena *a, const char *dir)
{
    rel_set *s = ch_arena_alloc(a, sizeof *s);
    ch_str c[REL_COLUMNS], corpus = rel_read(a, dir, "corpus.tsv"), queries = rel_read(a, dir, "queries.tsv");
    s->arena = a;
    while (s->n_docs < REL_DOCS_MAX && rel_line(&corpus, c, REL_COLUMNS)) rel_doc(s, c);
    while (s->n_queries < REL_QUERIES_MAX && rel_line(&queries, c, 5)) rel_add_query(s, c);
    return s;
}

/* ---- gains */

static inline bool rel_has_tag(ch_str tags, ch_str tag)
{
    ch_str one;
    while (ch_str_split(&tags, ',', &one))
        if (ch_str_eq(one, tag)) return true;
    return false;
}

static inline bool rel_has_tags(ch_str tags, ch_str wanted)
{
    ch_str one;
    while (ch_str_split(&wanted, '+', &one))
        if (!rel_has_tag(tags, one)) return false;
    return true;
}

static inline bool rel_within(const rel_query *q, const ch_search_location *l)
{
    double p = M_PI / 180, x = sin((l->lat - q->place.lat) * p / 2), y = sin((l->lon - q->place.lon) * p / 2);
    return 2 * 6371008.8 * asin(sqrt(x * x + cos(l->lat * p) * cos(q->place.lat * p) * y * y)) <= (double)q->miles * CH_METRES_PER_MILE;
}

static inline double rel_gain(const rel_set *s, const rel_query *q, size_t doc)
{
    ch_str rest = q->judgement, clause, tags;
    int64_t best = 0, gain;
    if (q->location.n && !q->unknown && !rel_within(q, s->docs[doc].locations)) return 0;
    while (ch_str_split(&rest, ';', &clause)) {
        ch_str_split(&clause, '=', &tags);
        if (!ch_str_int(clause, &gain)) rel_die("a judgement without a gain");
        if (gain > best && rel_has_tags(s->tags[doc], tags)) best = gain;
    }
    return exp2((double)best) - 1;
}

static inline int rel_descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* -1: nothing in the corpus is relevant, so that the query says nothing. */
static inline double rel_ndcg(const rel_set *s, const rel_query *q, const rel_ranking *r)
{
    double gains[REL_DOCS_MAX], found = 0, ideal = 0;
    for (size_t d = 0; d < s->n_docs; d++) gains[d] = rel_gain(s, q, d);
    for (size_t i = 0; i < r->n; i++)
        for (size_t d = 0; d < s->n_docs; d++)
            if (ch_str_eq(s->docs[d].id, r->ids[i])) found += gains[d] / log2((double)i + 2);
    qsort(gains, s->n_docs, sizeof *gains, rel_descending);
    for (size_t i = 0; i < REL_DEPTH && i < s->n_docs; i++) ideal += gains[i] / log2((double)i + 2);
    return ideal > 0 ? found / ideal : -1;
}

/* Mean over the queries of a kind ("" = of all). */
static inline double rel_mean(const rel_set *s, const rel_ranking *rankings, ch_str kind)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < s->n_queries; i++) {
        double v = rel_ndcg(s, &s->queries[i], &rankings[i]);
        if (v < 0 || (kind.n && !ch_str_eq(kind, s->queries[i].kind))) continue;
        sum += v;
        n++;
    }
    return n ? sum / (double)n : 0;
}

/* ---- our own order, asked as services/vacancies/search_run.c asks */

static inline ch_search_index *rel_index(const rel_set *s)
{
    ch_search_index *x = ch_search_open();
    if (ch_search_put_many(x, s->docs, s->n_docs, 1) != s->n_docs) rel_die("not all were indexed");
    return x;
}

static inline void rel_ours(const rel_set *s, ch_search_index *x, const rel_query *q, rel_ranking *out)
{
    ch_search_query ask = {.text = q->keyword,
                           .nearly = true, /* as /jobs asks */
                           .limit = REL_DEPTH,
                           .sort = CH_SORT_RELEVANCE,
                           .has_place = q->location.n > 0,
                           .lat = q->place.lat,
                           .lon = q->place.lon,
                           .radius_m = (double)q->miles * CH_METRES_PER_MILE};
    ch_search_result found = {0};
    out->n = 0;
    if (q->unknown) return;
    if (ch_search_run(x, &ask, s->arena, &found)) rel_die("a query failed");
    for (size_t i = 0; i < found.n_hits && i < REL_DEPTH; i++) out->ids[out->n++] = found.hits[i].id;
    for (size_t i = 0; i < found.n_nearly && out->n < REL_DEPTH; i++) out->ids[out->n++] = found.nearly[i].id;
}
#endif
