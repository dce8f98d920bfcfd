/* Our own driver: raw text in, through search.h alone. */
#include <math.h>

#include "harness.h"
#include "search/search.h"

enum { DOCS_MAX = 1 << 21, COLUMNS = 20, BUILD_THREADS = 2 };

/* ---- documents from a file that stays in memory */

static ch_str column(const char *p) { return ch_str_of(p); }

static void read_locations(ch_search_doc *d, char *text)
{
    char *each[CH_SEARCH_LOCATIONS_MAX], *part[4];
    size_t n = harness_split(text, ';', each, CH_SEARCH_LOCATIONS_MAX);
    ch_search_location *l = calloc(n + 1, sizeof *l);
    if (!l) abort();
    for (size_t i = 0; i < n; i++) {
        if (harness_split(each[i], '|', part, 4) != 4) harness_die("a location of another shape");
        l[i] = (ch_search_location){column(part[0]), column(part[1]), atof(part[2]), atof(part[3])};
    }
    d->locations = l;
    d->n_locations = n;
}

static void read_patterns(ch_search_doc *d, char *text)
{
    char *each[CH_SEARCH_PATTERNS_MAX];
    size_t n = harness_split(text, ',', each, CH_SEARCH_PATTERNS_MAX);
    ch_str *p = calloc(n + 1, sizeof *p);
    if (!p) abort();
    for (size_t i = 0; i < n; i++) p[i] = column(each[i]);
    d->working_patterns = p;
    d->n_working_patterns = n;
}

static void read_doc(ch_search_doc *d, char *line)
{
    char *c[COLUMNS];
    if (harness_split(line, '\t', c, COLUMNS) != COLUMNS) harness_die("a vacancy of another shape");
    *d = (ch_search_doc){.id = column(c[0]),
                         .version = atoll(c[1]),
                         .title = column(c[2]),
                         .employer_name = column(c[3]),
                         .summary = column(c[4]),
                         .description = column(c[5]),
                         .criteria = column(c[6]),
                         .reference = column(c[7]),
                         .employer_id = column(c[8]),
                         .sector = column(c[9]),
                         .staff_group = column(c[10]),
                         .pay_band = column(c[11]),
                         .contract_type = column(c[12]),
                         .salary_min = atoll(c[15]),
                         .salary_max = atoll(c[16]),
                         .remote = *c[17] == '1',
                         .published_at = atoll(c[18]),
                         .closes_at = atoll(c[19])};
    read_patterns(d, c[13]);
    read_locations(d, c[14]);
}

static size_t read_docs(const char *path, ch_search_doc **out)
{
    FILE *f = harness_file(path, "r");
    char *buf = NULL, *line;
    size_t cap = 0, n = 0;
    ch_search_doc *docs = calloc(DOCS_MAX, sizeof *docs);
    if (!docs) abort();
    while (n < DOCS_MAX && (line = harness_line(f, &buf, &cap))) read_doc(&docs[n++], strdup(line));
    fclose(f);
    free(buf);
    *out = docs;
    return n;
}

static char *file_of(const char *dir)
{
    char *path = NULL;
    if (asprintf(&path, "%s/index", dir) < 0) abort();
    return path;
}

static void build(const char *corpus, const char *dir)
{
    ch_search_doc *docs;
    size_t n = read_docs(corpus, &docs);
    int64_t from = harness_now();
    ch_search_index *x = ch_search_open();
    size_t applied = ch_search_put_many(x, docs, n, BUILD_THREADS);
    int64_t built = harness_now();
    ch_search_maintain(x);
    int64_t kept = harness_now();
    ch_err e = ch_search_save(x, file_of(dir));
    int64_t saved = harness_now();
    ch_search_stats s;
    ch_search_get_stats(x, &s);
    if (e || applied != n) harness_die("the index was not built");
    printf("build %.3f %llu\n", (double)(kept - from) / 1e9, (unsigned long long)(s.index_bytes + s.token_bytes));
    printf("part put_many %.3f\npart maintain %.3f\npart save %.3f\n", (double)(built - from) / 1e9, (double)(kept - built) / 1e9,
           (double)(saved - kept) / 1e9);
    printf("bytes index %llu\nbytes tokens %llu\nbytes blobs %llu\n", (unsigned long long)s.index_bytes, (unsigned long long)s.token_bytes,
           (unsigned long long)s.blob_bytes);
    ch_search_close(x);
}

/* ---- queries */

typedef struct reader {
    ch_search_index *index;
    ch_arena *arena;
} reader;

static void *open_index(const char *dir)
{
    ch_search_index *x;
    int64_t from = harness_now();
    if (ch_search_load(file_of(dir), &x)) harness_die("the index file cannot be read");
    printf("load %.3f\n", (double)(harness_now() - from) / 1e9);
    return x;
}

static void *open_reader(void *index)
{
    reader *r = malloc(sizeof *r);
    if (!r) abort();
    *r = (reader){index, ch_arena_new(64 << 10)};
    return r;
}

static const ch_facet facet_of[F_FACETS] = {CH_FACET_SECTOR, CH_FACET_STAFF_GROUP, CH_FACET_PAY_BAND, CH_FACET_CONTRACT_TYPE,
                                            CH_FACET_WORKING_PATTERN};

/* As the product asks: spelling is mended, few results bring suggestions. */
static void run(void *p, const harness_query *q, harness_answer *out)
{
    reader *r = p;
    ch_str codes[F_FACETS][HARNESS_CODES_MAX];
    ch_search_query s = {.text = ch_str_of(q->text),
                         .salary_min = q->salary,
                         .has_place = q->radius > 0,
                         .lat = q->lat,
                         .lon = q->lon,
                         .radius_m = q->radius,
                         .now = q->now,
                         .sort = *q->text ? CH_SORT_RELEVANCE : CH_SORT_NEWEST,
                         .limit = HARNESS_TOP};
    for (int f = 0; f < F_FACETS; f++) {
        for (size_t i = 0; i < q->n_codes[f]; i++) codes[f][i] = ch_str_of(q->codes[f][i]);
        s.filters[facet_of[f]].codes = codes[f];
        s.filters[facet_of[f]].n = q->n_codes[f];
        if (q->facets) s.facets |= CH_FACET_BIT(facet_of[f]);
    }
    ch_search_result result;
    if (ch_search_run(r->index, &s, r->arena, &result)) harness_die("a query failed");
    out->total = result.total;
    for (int f = 0; f < F_FACETS; f++)
        for (size_t i = 0; i < result.facets[facet_of[f]].n; i++) {
            const ch_facet_count *c = &result.facets[facet_of[f]].counts[i];
            out->facets += harness_count(f, c->code.p, c->code.n, c->count);
        }
    ch_arena_reset(r->arena);
}

int main(int argc, char **argv)
{
    static const harness_engine engine = {build, open_index, open_reader, run};
    return harness_main(&engine, argc, argv);
}
