#ifndef SEARCH_HARNESS_H
#define SEARCH_HARNESS_H
/*
 * What the drivers in C and C++ share: the flat files, the clock, the threads, and the lines that
 * scripts/lib/bench_report.py reads. A driver gives harness_engine and calls harness_main; the drivers in Rust and Java
 * follow the same protocol:
 *
 *   driver build CORPUS DIR                          builds the index in DIR; prints "build SECONDS BYTES"
 *   driver run DIR QUERIES THREADS SECONDS OUT       one pass to warm up, then passes until the time is over; to OUT:
 * "A query total facets" once a query and "S query ns" for each run measured; prints "run QUERIES SECONDS"
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HARNESS_QUERIES_MAX = 4096, HARNESS_CODES_MAX = 8, HARNESS_SAMPLES_MAX = 1 << 21, HARNESS_TOP = 20 };
/* In this order in both files. */
enum { F_SECTOR, F_STAFF_GROUP, F_PAY_BAND, F_CONTRACT, F_PATTERN, F_FACETS };
static const char *const harness_facets[F_FACETS] = {"sector", "staff_group", "pay_band", "contract_type", "working_pattern"};

typedef struct harness_query {
    char *kind, *text; /* text: as typed, with its quotes */
    char **words;      /* as the analyser has them (OWN_ANALYSER: as typed); a phrase if quoted, else all of them are wanted */
    size_t n_words;
    bool quoted, facets;
    char *codes[F_FACETS][HARNESS_CODES_MAX];
    size_t n_codes[F_FACETS];
    long long salary, now;
    double lat, lon, radius; /* radius 0: anywhere */
} harness_query;

typedef struct harness_answer {
    uint64_t total, facets; /* facets: harness_count of every non-zero value, added up */
} harness_answer;

typedef struct harness_engine {
    void (*build)(const char *corpus, const char *dir);
    void *(*open)(const char *dir);                                         /* once */
    void *(*reader)(void *engine);                                          /* once a thread */
    void (*run)(void *reader, const harness_query *q, harness_answer *out); /* total, facets and the best HARNESS_TOP */
} harness_engine;

/* OWN_ANALYSER: corpus and queries hold plain text, and the engine's own analyser takes it apart. */
static inline bool harness_own(void)
{
    const char *own = getenv("OWN_ANALYSER");
    return own && *own;
}

static inline int64_t harness_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void harness_die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(2);
}

/* FNV-1a of "facet:code", times the count. */
static inline uint64_t harness_count(int facet, const char *code, size_t n, uint64_t count)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (const char *p = harness_facets[facet]; *p; p++) h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    h = (h ^ ':') * UINT64_C(0x100000001b3);
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)code[i]) * UINT64_C(0x100000001b3);
    return h * count;
}

/* Cuts a line at `sep` in place. */
static inline size_t harness_split(char *line, char sep, char **out, size_t max)
{
    size_t n = 0;
    if (!*line) return 0;
    for (char *p = line; n < max; p++) {
        out[n++] = p;
        p = strchr(p, sep);
        if (!p) break;
        *p = 0;
    }
    return n;
}

/* The next line without its end; NULL at the end of the file. */
static inline char *harness_line(FILE *f, char **buf, size_t *cap)
{
    ssize_t n = getline(buf, cap, f);
    if (n < 0) return NULL;
    while (n > 0 && (*buf)[n - 1] == '\n') (*buf)[--n] = 0;
    return *buf;
}

static inline FILE *harness_file(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);
    if (!f) harness_die(path);
    return f;
}

static inline size_t harness_queries(const char *path, harness_query *out)
{
    FILE *f = harness_file(path, "r");
    char *buf = NULL, *line, *c[16], *words[64];
    size_t cap = 0, n = 0;
    while (n < HARNESS_QUERIES_MAX && (line = harness_line(f, &buf, &cap))) {
        harness_query *q = &out[n];
        memset(q, 0, sizeof *q);
        if (harness_split(strdup(line), '\t', c, 16) != 16) harness_die("a query of another shape");
        q->kind = c[1];
        q->text = c[2];
        q->n_words = harness_split(c[3], ' ', words, 64);
        q->words = (char **)calloc(q->n_words + 1, sizeof *q->words);
        memcpy(q->words, words, q->n_words * sizeof *words);
        q->quoted = *c[4] == '1';
        for (int k = 0; k < F_FACETS; k++) q->n_codes[k] = harness_split(c[5 + k], ',', q->codes[k], HARNESS_CODES_MAX);
        q->salary = atoll(c[10]);
        q->lat = atof(c[11]);
        q->lon = atof(c[12]);
        q->radius = atof(c[13]);
        q->facets = *c[14] == '1';
        q->now = atoll(c[15]);
        n++;
    }
    free(buf);
    fclose(f);
    return n;
}

/* ---- measuring */

typedef struct harness_sample {
    uint32_t query;
    uint32_t ns_over_16; /* up to 68 s */
} harness_sample;

typedef struct harness {
    const harness_engine *engine;
    harness_query queries[HARNESS_QUERIES_MAX];
    harness_answer answers[HARNESS_QUERIES_MAX];
    bool answered[HARNESS_QUERIES_MAX];
    size_t n;
    uint64_t next; /* __atomic builtins: C++17 has no _Atomic */
    uint64_t end;  /* of `next`, or 0: until the time is over */
    int64_t deadline;
} harness;

typedef struct harness_thread {
    harness *h;
    void *reader;
    harness_sample *samples;
    size_t n;
    pthread_t id;
} harness_thread;

static inline void *harness_work(void *p)
{
    harness_thread *t = (harness_thread *)p;
    harness *h = t->h;
    while (harness_now() < h->deadline) {
        uint64_t turn = __atomic_fetch_add(&h->next, 1, __ATOMIC_RELAXED);
        if (h->end && turn >= h->end) break;
        size_t i = turn % h->n;
        harness_answer a = {0, 0};
        int64_t from = harness_now();
        h->engine->run(t->reader, &h->queries[i], &a);
        int64_t took = harness_now() - from;
        if (t->n < HARNESS_SAMPLES_MAX) {
            harness_sample s = {(uint32_t)i, (uint32_t)(took / 16)};
            t->samples[t->n++] = s;
        }
        if (!__atomic_exchange_n(&h->answered[i], true, __ATOMIC_RELAXED)) h->answers[i] = a;
    }
    return NULL;
}

static inline double harness_pass(harness *h, harness_thread *threads, int n, double seconds, uint64_t end)
{
    int64_t from = harness_now();
    h->deadline = from + (int64_t)(seconds * 1e9);
    h->end = end;
    __atomic_store_n(&h->next, 0, __ATOMIC_RELAXED);
    for (int i = 0; i < n; i++) {
        threads[i].n = 0;
        if (pthread_create(&threads[i].id, NULL, harness_work, &threads[i])) abort();
    }
    for (int i = 0; i < n; i++) pthread_join(threads[i].id, NULL);
    return (double)(harness_now() - from) / 1e9;
}

static inline void harness_write(const harness *h, const harness_thread *threads, int n, const char *path)
{
    FILE *f = harness_file(path, "w");
    for (size_t i = 0; i < h->n; i++)
        if (h->answered[i]) fprintf(f, "A\t%zu\t%llu\t%llu\n", i, (unsigned long long)h->answers[i].total, (unsigned long long)h->answers[i].facets);
    for (int t = 0; t < n; t++)
        for (size_t i = 0; i < threads[t].n; i++)
            fprintf(f, "S\t%u\t%llu\n", threads[t].samples[i].query, (unsigned long long)threads[t].samples[i].ns_over_16 * 16);
    fclose(f);
}

static inline int harness_run(const harness_engine *engine, char **argv)
{
    harness *h = (harness *)calloc(1, sizeof *h);
    int n = atoi(argv[4]);
    double seconds = atof(argv[5]);
    uint64_t done = 0;
    harness_thread threads[16];
    if (n < 1 || n > 16) harness_die("threads: 1 to 16");
    h->engine = engine;
    h->n = harness_queries(argv[3], h->queries);
    void *index = engine->open(argv[2]);
    for (int i = 0; i < n; i++) {
        threads[i].h = h;
        threads[i].reader = engine->reader(index);
        threads[i].samples = (harness_sample *)malloc(HARNESS_SAMPLES_MAX * sizeof *threads[i].samples);
    }
    harness_pass(h, threads, n, seconds, h->n);
    double took = harness_pass(h, threads, n, seconds, 0);
    for (int i = 0; i < n; i++) done += threads[i].n;
    harness_write(h, threads, n, argv[6]);
    printf("run %llu %.3f\n", (unsigned long long)done, took);
    return 0;
}

static inline int harness_main(const harness_engine *engine, int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[1], "build")) {
        engine->build(argv[2], argv[3]);
        return 0;
    }
    if (argc == 7 && !strcmp(argv[1], "run")) return harness_run(engine, argv);
    harness_die("usage: build CORPUS DIR | run DIR QUERIES THREADS SECONDS OUT");
    return 2;
}
#endif
