/*
 * Readers while a writer changes vacancies: readers' time alone and beside 1,000 changes a second, and how long a
 * change takes until a reader that starts then sees it (put, then a query for the change's own word).
 *
 *   search_writer VACANCIES DIR QUERIES SECONDS        VACANCIES raw lines, DIR an index of them built by search_ours
 */
#include "harness.h"
#include "search/search.h"

enum { CHANGES_A_SECOND = 1000, CHANGED = 20000, SAMPLES_MAX = 1 << 21 };

static harness_query queries[HARNESS_QUERIES_MAX];
static size_t n_queries;
static ch_search_doc changed[CHANGED];
static char references[CHANGED][48];
static size_t n_changed;

/* ---- vacancies that are put again, each time with another version */

static void read_changed(const char *path)
{
    FILE *f = harness_file(path, "r");
    char *buf = NULL, *line, *c[20];
    size_t cap = 0;
    while (n_changed < CHANGED && (line = harness_line(f, &buf, &cap))) {
        if (harness_split(strdup(line), '\t', c, 20) != 20) harness_die("a vacancy of another shape");
        changed[n_changed++] = (ch_search_doc){.id = ch_str_of(c[0]),
                                               .version = 1,
                                               .title = ch_str_of(c[2]),
                                               .employer_name = ch_str_of(c[3]),
                                               .summary = ch_str_of(c[4]),
                                               .description = ch_str_of(c[5]),
                                               .criteria = ch_str_of(c[6]),
                                               .employer_id = ch_str_of(c[8]),
                                               .sector = ch_str_of(c[9]),
                                               .staff_group = ch_str_of(c[10]),
                                               .pay_band = ch_str_of(c[11]),
                                               .contract_type = ch_str_of(c[12]),
                                               .published_at = atoll(c[18]),
                                               .closes_at = atoll(c[19])};
    }
    free(buf);
    fclose(f);
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static double share_us(uint64_t *ns, size_t n, double p)
{
    qsort(ns, n, sizeof *ns, ascending);
    return n ? (double)ns[(size_t)((double)(n - 1) * p)] / 1000 : 0;
}

/* ---- one reader, one writer */

typedef struct worker {
    ch_search_index *index;
    int64_t deadline;
    uint64_t *ns; /* reader: a query; writer: a change until it is seen */
    uint64_t *put_ns;
    size_t n;
} worker;

static void *read_on(void *p)
{
    worker *w = p;
    ch_arena *a = ch_arena_new(64 << 10);
    for (size_t i = 0; harness_now() < w->deadline && w->n < SAMPLES_MAX; i++, ch_arena_reset(a)) {
        const harness_query *q = &queries[i % n_queries];
        ch_search_query s = {.text = ch_str_of(q->text),
                             .has_place = q->radius > 0,
                             .lat = q->lat,
                             .lon = q->lon,
                             .radius_m = q->radius,
                             .now = q->now,
                             .salary_min = q->salary,
                             .limit = HARNESS_TOP,
                             .facets = q->facets ? CH_FACET_ALL & ~CH_FACET_BIT(CH_FACET_EMPLOYER) : 0,
                             .sort = *q->text ? CH_SORT_RELEVANCE : CH_SORT_NEWEST};
        ch_search_result r;
        int64_t from = harness_now();
        if (ch_search_run(w->index, &s, a, &r)) harness_die("a query failed");
        w->ns[w->n++] = (uint64_t)(harness_now() - from);
    }
    ch_arena_free(a);
    return NULL;
}

static bool is_seen(ch_search_index *x, ch_str word, ch_arena *a)
{
    ch_search_query s = {.text = word, .limit = 1, .strict = true};
    ch_search_result r;
    bool seen = !ch_search_run(x, &s, a, &r) && r.total == 1;
    ch_arena_reset(a);
    return seen;
}

static void *write_on(void *p)
{
    worker *w = p;
    ch_arena *a = ch_arena_new(64 << 10);
    int64_t start = harness_now();
    for (int64_t due = start; due < w->deadline && w->n < SAMPLES_MAX; due += 1000000000 / CHANGES_A_SECOND) {
        int64_t early = due - harness_now();
        if (early > 0) nanosleep(&(struct timespec){0, early}, NULL);
        size_t k = w->n % n_changed;
        ch_search_doc *d = &changed[k];
        d->version++;
        snprintf(references[k], sizeof references[k], "zq%zux%lld", k, (long long)d->version);
        d->reference = ch_str_of(references[k]);
        int64_t from = harness_now();
        if (ch_search_put(w->index, d)) harness_die("a change was refused");
        int64_t put = harness_now();
        while (!is_seen(w->index, d->reference, a))
            if (harness_now() - from > 1000000000) harness_die("a change was not seen for a second");
        w->put_ns[w->n] = (uint64_t)(put - from);
        w->ns[w->n++] = (uint64_t)(harness_now() - from);
    }
    ch_arena_free(a);
    return NULL;
}

static void prepare(worker *w, ch_search_index *x, double seconds)
{
    *w = (worker){.index = x,
                  .deadline = harness_now() + (int64_t)(seconds * 1e9),
                  .ns = malloc(SAMPLES_MAX * sizeof *w->ns),
                  .put_ns = malloc(SAMPLES_MAX * sizeof *w->ns)};
    if (!w->ns || !w->put_ns) abort();
}

int main(int argc, char **argv)
{
    if (argc != 5) harness_die("usage: VACANCIES DIR QUERIES SECONDS");
    double seconds = atof(argv[4]);
    char *path = NULL;
    ch_search_index *x;
    worker warm, alone, beside, writer;
    pthread_t id;
    n_queries = harness_queries(argv[3], queries);
    read_changed(argv[1]);
    if (asprintf(&path, "%s/index", argv[2]) < 0 || ch_search_load(path, &x)) harness_die("the index file cannot be read");
    prepare(&warm, x, seconds / 2);
    read_on(&warm);
    prepare(&alone, x, seconds);
    read_on(&alone);
    prepare(&beside, x, seconds);
    prepare(&writer, x, seconds);
    if (pthread_create(&id, NULL, write_on, &writer)) abort();
    read_on(&beside);
    pthread_join(id, NULL);
    double before = share_us(alone.ns, alone.n, 0.99), after = share_us(beside.ns, beside.n, 0.99), seen = share_us(writer.ns, writer.n, 0.99);
    printf("| | p50 µs | p99 µs |\n| --- | ---: | ---: |\n");
    printf("| one reader alone (%zu queries) | %.1f | %.1f |\n", alone.n, share_us(alone.ns, alone.n, 0.5), before);
    printf("| one reader beside %.0f changes a second (%zu queries) | %.1f | %.1f |\n", (double)writer.n / seconds, beside.n,
           share_us(beside.ns, beside.n, 0.5), after);
    printf("| a change (put) | %.1f | %.1f |\n", share_us(writer.put_ns, writer.n, 0.5), share_us(writer.put_ns, writer.n, 0.99));
    printf("| a change until a query found it | %.1f | %.1f |\n\n", share_us(writer.ns, writer.n, 0.5), seen);
    printf("- a change is seen, p99 %.1f µs; bar 1,000 µs: %s\n", seen, seen <= 1000 ? "met" : "MISSED");
    printf("- readers' p99 beside the writer: %.2f × alone; bar 1.2 ×: %s\n", after / before, after <= 1.2 * before ? "met" : "MISSED");
    return seen > 1000 || after > 1.2 * before;
}
