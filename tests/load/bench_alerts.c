/*
 * One vacancy against many saved searches.
 *
 *   bench_alerts make VACANCIES PLACES N > ALERTS         saved searches, each sampled from one of the vacancies: what
 * somebody who wants it would save bench_alerts run VACANCIES ALERTS N COUNTS           N of them; prints the table;
 * to COUNTS what each vacancy matched, for comparison
 *
 * VACANCIES is what search_corpus makes. The saved searches are of its first part and the vacancies that are matched of
 * its last: nobody saves a search for an advert that has been seen. Ends with 1 when the bar is missed.
 */
#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "search/alert.h"
#include "search/analyse.h"
#include "search/vacancies.h"

enum { LEARNED = 1000, MEASURED = 5000, COLUMNS_OF_ALERT = 14, CODES = 5, RADII = 6 };
static const double most_ms = 5;
static const double miles[RADII] = {5, 10, 15, 20, 30, 50};
#define MARGIN_M 25.0 /* no place lies so near the rim of a circle: how coordinates are rounded decides nothing */

/* ---- chance: xorshift64* (Vigna 2016) */

static uint64_t state = 88172645463325252;

static uint64_t next(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(0x2545F4914F6CDD1D);
}

static size_t below(size_t n) { return (size_t)(next() >> 33) % n; }
static bool in_100(unsigned share) { return below(100) < share; }

static void die(const char *what)
{
    fprintf(stderr, "bench_alerts: %s\n", what);
    exit(2);
}

/* ---- places */

typedef struct centre {
    double lat, lon;
    float x, y, z;
    uint8_t clear[RADII]; /* 0: not known, 1: no place near the rim, 2: some */
} centre;
static centre *centres;
static size_t n_centres;

static void add_centre(ch_str lat, ch_str lon)
{
    centre *c = &centres[n_centres];
    if (!ch_str_double(lat, &c->lat) || !ch_str_double(lon, &c->lon)) return;
    double a = c->lat * M_PI / 180, o = c->lon * M_PI / 180;
    c->x = (float)(cos(a) * cos(o));
    c->y = (float)(cos(a) * sin(o));
    c->z = (float)sin(a);
    n_centres++;
}

static void load_places(const char *path)
{
    size_t size;
    ch_str rest = vacancies_text(path, &size), line, c[4];
    centres = calloc(32768, sizeof *centres);
    if (!centres) die("out of memory");
    while (ch_str_split(&rest, '\n', &line) && n_centres < 32768) {
        size_t n = 0;
        while (n < 4 && ch_str_split(&line, '\t', &c[n])) n++;
        if (n == 4) add_centre(c[2], c[3]);
    }
}

static bool rim_is_clear(centre *c, size_t radius)
{
    double r = miles[radius] * CH_METRES_PER_MILE / 6371008.8, m = MARGIN_M / 6371008.8;
    double least = 2 * sin((r - m) / 2), most = 2 * sin((r + m) / 2);
    for (size_t i = 0; !c->clear[radius] && i < n_centres; i++) {
        double x = (double)(c->x - centres[i].x), y = (double)(c->y - centres[i].y), z = (double)(c->z - centres[i].z), d = x * x + y * y + z * z;
        if (d > least * least && d < most * most) c->clear[radius] = 2;
    }
    if (!c->clear[radius]) c->clear[radius] = 1;
    return c->clear[radius] == 1;
}

/* Somewhere from which the vacancy is within reach. */
static bool draw_circle(const ch_search_doc *d, ch_buf *out)
{
    if (!d->n_locations) return false;
    const ch_search_location *l = &d->locations[below(d->n_locations)];
    size_t radius = below(RADII);
    for (int tries = 0; tries < 20000; tries++) {
        centre *c = &centres[below(n_centres)];
        double north = (c->lat - l->lat) * 111195, east = (c->lon - l->lon) * 111195 * cos(l->lat * M_PI / 180),
               reach = miles[radius] * CH_METRES_PER_MILE;
        if (north * north + east * east > reach * reach * 0.98 || !rim_is_clear(c, radius)) continue;
        ch_buf_printf(out, "%.4f\t%.4f\t%.3f", c->lat, c->lon, reach);
        return true;
    }
    return false;
}

/* ---- making */

static bool is_small_word(ch_str s)
{
    static const char *const small[] = {"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to", "with", "near", "job", "jobs", NULL};
    for (size_t i = 0; small[i]; i++)
        if (ch_str_is(s, small[i])) return true;
    return false;
}

/* Shares in a hundred: what a saved search asks. */
static const struct kind {
    unsigned share;
    bool words, circle, codes, phrase, without, remote;
} kinds[] = {
    {46, .words = true, .circle = true},
    {12, .words = true},
    {18, .words = true, .circle = true, .codes = true},
    {9, .circle = true, .codes = true},
    {3, .codes = true},
    {6, .phrase = true, .circle = true},
    {4, .words = true, .without = true, .circle = true},
    {2, .words = true, .remote = true},
};

typedef struct making {
    ch_buf text, words, without, phrase;
} making;

static void put_word(ch_buf *b, ch_str word)
{
    if (b->n) ch_buf_char(b, ' ');
    ch_buf_put(b, word);
}

static void make_words(ch_arena *a, ch_str title, making *m)
{
    ch_terms t;
    ch_analyse(a, title, &t);
    size_t most = 1 + below(3), first = t.n > most ? below(t.n - most + 1) : 0;
    for (size_t i = first; i < t.n && i < first + most; i++) {
        if (is_small_word(t.p[i].word)) continue;
        put_word(&m->text, t.p[i].word);
        put_word(&m->words, t.p[i].text);
    }
}

static void make_phrase(ch_arena *a, ch_str title, making *m)
{
    ch_terms t;
    ch_analyse(a, title, &t);
    for (size_t i = 0; i < t.n && i < 3; i++) {
        put_word(&m->text, t.p[i].word);
        put_word(&m->phrase, t.p[i].text);
    }
    m->text = ch_buf_in(a);
    ch_buf_printf(&m->text, "\"%.*s\"", t.n ? (int)(t.p[t.n > 3 ? 2 : t.n - 1].end - t.p[0].at) : 0, t.n ? title.p + t.p[0].at : "");
}

static void make_without(making *m)
{
    static const char *const words[] = {"senior", "bank", "lead", "student", "night"}; /* their own stems */
    ch_str word = ch_str_of(words[below(5)]);
    if (ch_str_find(ch_buf_str(&m->text), word) >= 0) return;
    ch_buf_printf(&m->text, " -%.*s", CH_ARG(word));
    put_word(&m->without, word);
}

static void put_codes(ch_buf *b, const ch_search_doc *d)
{
    const ch_str own[CODES] = {d->sector, d->staff_group, d->pay_band, d->contract_type, d->n_working_patterns ? d->working_patterns[0] : CH_STR("")};
    size_t sure = below(2);
    for (size_t i = 0; i < CODES; i++) {
        ch_buf_char(b, '\t');
        if (i == 1 + 2 * sure || in_100(25)) ch_buf_put(b, own[i]);
        if (i == 3 && b->p[b->n - 1] != '\t' && in_100(40)) ch_buf_printf(b, ",%s", ch_str_is(own[3], "fixed_term") ? "permanent" : "fixed_term");
    }
}

static bool make_alert(ch_arena *a, const ch_search_doc *d, ch_buf *line)
{
    size_t k = 0;
    for (size_t x = below(100); x >= kinds[k].share; k++) x -= kinds[k].share;
    making m = {ch_buf_in(a), ch_buf_in(a), ch_buf_in(a), ch_buf_in(a)};
    if (kinds[k].words) make_words(a, d->title, &m);
    if (kinds[k].phrase) make_phrase(a, d->title, &m);
    if (kinds[k].without) make_without(&m);
    if ((kinds[k].words && !m.words.n) || (kinds[k].phrase && !m.phrase.n)) return false;
    ch_buf_printf(line, "%.*s\t%.*s\t%.*s\t%.*s", CH_ARG(ch_buf_str(&m.text)), CH_ARG(ch_buf_str(&m.words)), CH_ARG(ch_buf_str(&m.without)),
                  CH_ARG(ch_buf_str(&m.phrase)));
    if (kinds[k].codes) put_codes(line, d);
    else ch_buf_put(line, CH_STR("\t\t\t\t\t"));
    ch_buf_printf(line, "\t%" PRId64 "\t%d\t", kinds[k].codes && in_100(30) ? d->salary_max / 5000 * 5000 : 0, kinds[k].remote);
    if (kinds[k].circle) return draw_circle(d, line);
    ch_buf_put(line, CH_STR("0\t0\t0"));
    return true;
}

static void make(const vacancies *v, const char *places, size_t n)
{
    ch_arena *a = ch_arena_new(64 << 10);
    load_places(places);
    for (size_t i = 0; i < n; ch_arena_reset(a)) {
        ch_buf line = ch_buf_in(a);
        if (make_alert(a, &v->docs[below(v->n - LEARNED - MEASURED)], &line)) printf("%zu\t%.*s\n", i++, CH_ARG(ch_buf_str(&line)));
    }
    ch_arena_free(a);
}

/* ---- adding */

static size_t resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    size_t all = 0, here = 0;
    if (!f || fscanf(f, "%zu %zu", &all, &here) != 2) die("/proc/self/statm");
    fclose(f);
    return here * 4096;
}

static bool read_alert(ch_str line, ch_str codes[CODES][8], ch_str *id, ch_search_query *q)
{
    static const ch_facet facets[CODES] = {CH_FACET_SECTOR, CH_FACET_STAFF_GROUP, CH_FACET_PAY_BAND, CH_FACET_CONTRACT_TYPE,
                                           CH_FACET_WORKING_PATTERN};
    ch_str c[COLUMNS_OF_ALERT + 1];
    size_t n = 0;
    while (n < COLUMNS_OF_ALERT + 1 && ch_str_split(&line, '\t', &c[n])) n++;
    if (n != COLUMNS_OF_ALERT + 1) return false;
    *q = (ch_search_query){.text = c[1], .strict = true, .remote = ch_str_is(c[11], "1")};
    *id = c[0];
    for (size_t i = 0; i < CODES; i++) {
        ch_str rest = c[5 + i], one;
        size_t many = 0;
        while (rest.n && many < 8 && ch_str_split(&rest, ',', &one)) codes[i][many++] = one;
        q->filters[facets[i]].codes = codes[i];
        q->filters[facets[i]].n = many;
    }
    bool fine =
        ch_str_int(c[10], &q->salary_min) && ch_str_double(c[12], &q->lat) && ch_str_double(c[13], &q->lon) && ch_str_double(c[14], &q->radius_m);
    q->has_place = q->radius_m > 0;
    return fine;
}

static ch_alerts *add_all(ch_str text, size_t most, double *bytes)
{
    ch_alerts *s = ch_alerts_open();
    ch_str line, id, codes[CODES][8];
    ch_search_query q;
    size_t before = resident(), n = 0;
    int64_t from = ch_ticks();
    while (n < most && ch_str_split(&text, '\n', &line) && read_alert(line, codes, &id, &q)) {
        if (ch_alerts_add(s, id, &q)) fprintf(stderr, "%.*s: ", CH_ARG(q.text)), die("refused");
        n++;
    }
    double seconds = (double)(ch_ticks() - from) / 1e9;
    ch_alerts_stats stats;
    ch_alerts_get_stats(s, &stats);
    *bytes = (double)(resident() - before) / (double)n;
    printf("add           %9zu alerts   %.2f s   %.0f a second\n", n, seconds, (double)n / seconds);
    printf("memory        %9.0f bytes an alert resident   %.0f counted   %.2f postings\n", *bytes, (double)stats.bytes / (double)n,
           (double)stats.filed / (double)n);
    return s;
}

/* ---- measuring */

typedef struct measured {
    double p50, p99, most, mean;
    double cpu_p99; /* of the thread's own time: what other programs take is not in it */
    double matches, candidates;
} measured;

static int by_time(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int64_t own_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double p99_of(int64_t *ns, size_t n)
{
    qsort(ns, n, sizeof *ns, by_time);
    return (double)ns[n * 99 / 100] / 1e6;
}

static void summarise(int64_t *ns, int64_t *own, size_t n, measured *out)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)ns[i];
    out->p99 = p99_of(ns, n);
    out->cpu_p99 = p99_of(own, n);
    out->p50 = (double)ns[n / 2] / 1e6;
    out->most = (double)ns[n - 1] / 1e6;
    out->mean = sum / (double)n / 1e6;
}

static void write_count(FILE *f, const ch_search_doc *d, const ch_str *ids, size_t n)
{
    uint64_t sum = 0;
    int64_t number;
    for (size_t i = 0; i < n; i++) sum += ch_str_int(ids[i], &number) ? (uint64_t)number : 0;
    fprintf(f, "%.*s\t%zu\t%" PRIu64 "\n", CH_ARG(d->id), n, sum);
}

static measured match_all(ch_alerts *s, const ch_search_doc *docs, size_t n, FILE *counts)
{
    ch_arena *a = ch_arena_new(1 << 20);
    int64_t *ns = calloc(n, sizeof *ns), *own = calloc(n, sizeof *own);
    measured out = {0};
    ch_alerts_stats stats;
    if (!ns || !own) die("out of memory");
    for (size_t i = 0; i < n; i++, ch_arena_reset(a)) {
        ch_str *ids;
        int64_t own_from = own_time(), from = ch_ticks();
        size_t many = ch_alerts_match(s, &docs[i], 0, a, &ids);
        ns[i] = ch_ticks() - from;
        own[i] = own_time() - own_from;
        ch_alerts_get_stats(s, &stats);
        out.matches += (double)many / (double)n;
        out.candidates += (double)stats.last_candidates / (double)n;
        if (counts) write_count(counts, &docs[i], ids, many);
    }
    summarise(ns, own, n, &out);
    free(ns);
    free(own);
    ch_arena_free(a);
    return out;
}

static void print_row(const char *name, const measured *m)
{
    printf(
        "%-12s  p50 %7.3f ms   p99 %7.3f ms (own time %7.3f)   most %7.3f ms   %8.0f vacancies/s   %9.0f matches/s   %.1f matches of %.1f candidates\n",
        name, m->p50, m->p99, m->cpu_p99, m->most, 1000 / m->mean, m->matches * 1000 / m->mean, m->matches, m->candidates);
}

/* Half of them go, come back, pause and resume; microseconds each. */
static void change_all(ch_alerts *s, ch_str text, size_t n)
{
    ch_str line, id, codes[CODES][8];
    ch_search_query q;
    int64_t spent[3] = {0};
    for (size_t i = 0; i < n && ch_str_split(&text, '\n', &line) && read_alert(line, codes, &id, &q); i++) {
        int64_t t0 = ch_ticks();
        ch_alerts_pause(s, id, true);
        ch_alerts_pause(s, id, false);
        int64_t t1 = ch_ticks();
        ch_alerts_remove(s, id);
        int64_t t2 = ch_ticks();
        ch_alerts_add(s, id, &q);
        spent[0] += (t1 - t0) / 2;
        spent[1] += t2 - t1;
        spent[2] += ch_ticks() - t2;
    }
    printf("change        pause %.2f us   remove %.2f us   add %.2f us\n", (double)spent[0] / 1e3 / (double)n, (double)spent[1] / 1e3 / (double)n,
           (double)spent[2] / 1e3 / (double)n);
}

static int run(const vacancies *v, const char *alerts, size_t n, const char *counts)
{
    size_t size;
    ch_str text = vacancies_text(alerts, &size);
    const ch_search_doc *last = v->docs + v->n - LEARNED - MEASURED;
    FILE *f = fopen(counts, "w");
    if (!f) die(counts);
    double bytes;
    ch_alerts *s = add_all(text, n, &bytes);
    measured m = match_all(s, last, LEARNED, NULL);
    print_row("first 1,000", &m);
    m = match_all(s, last + LEARNED, MEASURED, f);
    fclose(f);
    print_row("ours", &m);
    printf("ours\t%zu\t%.4f\t%.4f\t%.1f\t%.0f\t%.0f\n", n, m.p50, m.p99, m.matches, 1000 / m.mean, bytes);
    change_all(s, text, n / 10);
    ch_alerts_close(s);
    printf("bar           one vacancy against %zu alerts, p99 at most %.1f ms: %s\n", n, most_ms, m.p99 <= most_ms ? "met" : "missed");
    return m.p99 > most_ms;
}

int main(int argc, char **argv)
{
    int64_t n;
    vacancies v;
    bool making_them = argc == 5 && ch_str_is(ch_str_of(argv[1]), "make");
    if ((!making_them && (argc != 6 || !ch_str_is(ch_str_of(argv[1]), "run"))) || !ch_str_int(ch_str_of(argv[4]), &n) || n < 1)
        die("see the head of bench_alerts.c");
    vacancies_read(argv[2], &v);
    if (v.n < 2 * (LEARNED + MEASURED)) die("too few vacancies");
    if (!making_them) return run(&v, argv[3], (size_t)n, argv[5]);
    make(&v, argv[3], (size_t)n);
    return 0;
}
