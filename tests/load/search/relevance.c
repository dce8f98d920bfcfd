/*
 *   search_relevance ours ROOT                our order: number of the query, tab, ids
 *   search_relevance queries ROOT             what another engine needs: keyword, latitude, longitude, metres (0:
 * anywhere, -1: an unknown place) search_relevance table ROOT NAME=FILE…    nDCG@10 of such orders, by kind, as a
 * table; ends with 1 when the first is worse than the second on a kind search_relevance each ROOT NAME=FILE…     the
 * same query by query
 */
#include "../../relevance/relevance.h"

enum { ENGINES_MAX = 8 };

static void print_ours(const rel_set *s)
{
    ch_search_index *x = rel_index(s);
    for (size_t i = 0; i < s->n_queries; i++) {
        rel_ranking r;
        rel_ours(s, x, &s->queries[i], &r);
        printf("%zu\t", i);
        for (size_t k = 0; k < r.n; k++) printf("%s%.*s", k ? " " : "", CH_ARG(r.ids[k]));
        putchar('\n');
    }
    ch_search_close(x);
}

static void print_queries(const rel_set *s)
{
    for (size_t i = 0; i < s->n_queries; i++) {
        const rel_query *q = &s->queries[i];
        double metres = q->unknown ? -1 : q->location.n ? (double)q->miles * CH_METRES_PER_MILE : 0;
        printf("%.*s\t%.6f\t%.6f\t%.3f\n", CH_ARG(q->keyword), q->place.lat, q->place.lon, metres);
    }
}

typedef struct engine {
    ch_str name;
    rel_ranking rankings[REL_QUERIES_MAX];
} engine;

static void read_rankings(const rel_set *s, ch_str path, engine *out)
{
    char line[4096];
    FILE *f = fopen(ch_arena_z(s->arena, path), "r");
    if (!f) rel_die("no such order");
    while (fgets(line, sizeof line, f)) {
        ch_str rest = ch_arena_str(s->arena, ch_str_trim(ch_str_of(line))), number, id;
        int64_t i;
        if (!ch_str_split(&rest, '\t', &number) || !ch_str_int(number, &i) || i < 0 || (size_t)i >= s->n_queries)
            rel_die("an order of another shape");
        rel_ranking *r = &out->rankings[i];
        while (r->n < REL_DEPTH && ch_str_split(&rest, ' ', &id))
            if (id.n) r->ids[r->n++] = id;
    }
    fclose(f);
}

static size_t read_engines(const rel_set *s, int n, char **args, engine **out)
{
    engine *all = CH_NEW_N(s->arena, engine, (size_t)n);
    for (int i = 0; i < n; i++) {
        ch_str path = ch_str_of(args[i]);
        ch_str_split(&path, '=', &all[i].name);
        read_rankings(s, path, &all[i]);
    }
    *out = all;
    return (size_t)n;
}

static bool print_row(const rel_set *s, const engine *e, size_t n, ch_str kind)
{
    size_t queries = 0;
    double first = 0, second = 0;
    for (size_t i = 0; i < s->n_queries; i++) queries += !kind.n || ch_str_eq(kind, s->queries[i].kind);
    if (kind.n) printf("| %.*s | %zu |", CH_ARG(kind), queries);
    else printf("| **all** | %zu |", queries);
    for (size_t i = 0; i < n; i++) {
        double mean = rel_mean(s, e[i].rankings, kind);
        if (i == 0) first = mean;
        if (i == 1) second = mean;
        printf(" %.3f |", mean);
    }
    putchar('\n');
    return n > 1 && first < second - 0.0005;
}

static int print_table(const rel_set *s, const engine *e, size_t n)
{
    bool worse = false;
    printf("| kind | queries |");
    for (size_t i = 0; i < n; i++) printf(" %.*s |", CH_ARG(e[i].name));
    printf("\n| --- | ---: |");
    for (size_t i = 0; i < n; i++) printf(" ---: |");
    putchar('\n');
    for (size_t k = 0; k < s->n_kinds; k++) worse |= print_row(s, e, n, s->kinds[k]);
    return worse | print_row(s, e, n, CH_STR(""));
}

static void print_each(const rel_set *s, const engine *e, size_t n)
{
    for (size_t i = 0; i < s->n_queries; i++) {
        const rel_query *q = &s->queries[i];
        printf("%.*s\t%.*s\t%.*s", CH_ARG(q->kind), CH_ARG(q->keyword), CH_ARG(q->location));
        for (size_t k = 0; k < n; k++) printf("\t%.3f", rel_ndcg(s, q, &e[k].rankings[i]));
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    ch_arena *a = ch_arena_new(64 << 10);
    engine *engines;
    if (argc < 3) rel_die("see the head of relevance.c");
    rel_set *s = rel_load(a, argv[2]);
    ch_str what = ch_str_of(argv[1]);
    if (ch_str_is(what, "ours")) print_ours(s);
    else if (ch_str_is(what, "queries")) print_queries(s);
    else if (argc - 3 > ENGINES_MAX || argc < 4) rel_die("which orders?");
    else {
        size_t n = read_engines(s, argc - 3, argv + 3, &engines);
        if (ch_str_is(what, "each")) print_each(s, engines, n);
        else return print_table(s, engines, n);
    }
    return 0;
}
