/*
 * The corpus of the search bench, made from words.tsv and data/uk-places.tsv, the same each time: a smaller corpus is
 * the beginning of a larger one.
 *
 *   search_corpus vacancies WORDS PLACES N      one vacancy a line, raw text (what our own driver reads)
 *   search_corpus tokens < vacancies            the same as tokens of our analyser and columns (what every other driver
 * reads) search_corpus queries WORDS PLACES N        2,000 queries, each sampled from one of the first N vacancies, so
 * that it finds at least that one
 *
 * tests/load/search/README.md says what the columns are.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "search/analyse.h"

enum { QUERIES = 2000, LISTS_MAX = 64, EMPLOYERS = 3000, LOCATIONS_MAX = 4, LINE_MAX_BYTES = 1 << 16 };
#define DAY      INT64_C(86400000)
#define NOW      INT64_C(1780272000000) /* 2026-06-01 */
#define MILE     1609.344
#define EARTH_M  6371008.8
#define MARGIN_M 25.0 /* no place lies so near the rim of a query's circle: coordinates that a peer rounds decide nothing */

/* ---- chance: xorshift64* (Vigna 2016) */

static uint64_t chance;

static uint64_t next(void)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return chance * UINT64_C(0x2545F4914F6CDD1D);
}

static double uniform(void) { return (double)(next() >> 11) * 0x1p-53; }
static size_t below(size_t n) { return (size_t)(uniform() * (double)n); }
static bool in_100(unsigned share) { return below(100) < share; }

/* Each vacancy starts from its own number, so that N changes none of them. */
static void seed(uint64_t n)
{
    chance = (n + 1) * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 4; i++) next();
}

/* ---- lists, drawn by Zipf's law or by weight */

typedef struct list {
    ch_str name, *items;
    double *sums; /* cumulative */
    size_t n, cap;
} list;

static struct {
    ch_arena *arena;
    list lists[LISTS_MAX];
    size_t n;
} words;

static list *list_named(ch_str name)
{
    for (size_t i = 0; i < words.n; i++)
        if (ch_str_eq(words.lists[i].name, name)) return &words.lists[i];
    return NULL;
}

static void die(const char *what)
{
    fprintf(stderr, "search_corpus: %s\n", what);
    exit(2);
}

static void list_add(list *l, ch_str item, double weight)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 64;
        l->items = realloc(l->items, l->cap * sizeof *l->items);
        l->sums = realloc(l->sums, l->cap * sizeof *l->sums);
        if (!l->items || !l->sums) die("out of memory");
    }
    l->items[l->n] = item;
    l->sums[l->n] = (l->n ? l->sums[l->n - 1] : 0) + weight;
    l->n++;
}

static size_t draw(const list *l)
{
    double x = uniform() * l->sums[l->n - 1];
    size_t low = 0, high = l->n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->sums[middle] <= x) low = middle + 1;
        else high = middle;
    }
    return low;
}

static ch_str slurp(const char *path)
{
    ch_buf b = {0};
    FILE *f = fopen(path, "r");
    if (!f) die(path);
    char block[1 << 16];
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) ch_buf_put(&b, (ch_str){block, n});
    fclose(f);
    return ch_buf_str(&b); /* for as long as the process */
}

static void load_words(const char *path)
{
    ch_str rest = slurp(path), line, name;
    while (ch_str_split(&rest, '\n', &line)) {
        if (!line.n || line.p[0] == '#' || !ch_str_split(&line, '\t', &name)) continue;
        list *l = list_named(name);
        if (!l) {
            if (words.n == LISTS_MAX) die("too many lists");
            l = &words.lists[words.n++];
            *l = (list){.name = name};
        }
        list_add(l, line, pow((double)l->n + 2, -0.95));
    }
}

/* ---- places */

typedef struct place {
    ch_str name, town; /* town: the nearest of some size */
    double lat, lon;
} place;

static struct {
    place *p;
    size_t n, first_town;
    list by_weight; /* sectors by how many postcodes, towns by population */
} places;

static double square(const place *a, const place *b)
{
    double dy = a->lat - b->lat, dx = (a->lon - b->lon) * cos(a->lat * M_PI / 180);
    return dx * dx + dy * dy;
}

static double metres(const place *a, double lat, double lon)
{
    double p = M_PI / 180, x = sin((lat - a->lat) * p / 2), y = sin((lon - a->lon) * p / 2);
    return 2 * EARTH_M * asin(sqrt(x * x + cos(lat * p) * cos(a->lat * p) * y * y));
}

static void name_towns(const double *weights)
{
    for (size_t i = 0; i < places.n; i++) {
        place *best = NULL;
        for (size_t k = places.first_town; k < places.n; k++)
            if (weights[k] > 8000 && (!best || square(&places.p[i], &places.p[k]) < square(&places.p[i], best))) best = &places.p[k];
        places.p[i].town = best->name;
    }
}

static void load_places(const char *path)
{
    ch_str rest = slurp(path), line, kind, name, field;
    double *weights = calloc(32768, sizeof *weights);
    places.p = calloc(32768, sizeof *places.p);
    if (!weights || !places.p) die("out of memory");
    ch_str_split(&rest, '\n', &line);
    while (ch_str_split(&rest, '\n', &line)) {
        if (!ch_str_split(&line, '\t', &kind) || places.n == 32768) continue;
        place *p = &places.p[places.n];
        bool town = ch_str_is(kind, "town");
        if (!ch_str_split(&line, '\t', &name) || !ch_str_split(&line, '\t', &field) || !ch_str_double(field, &p->lat)) continue;
        if (!ch_str_split(&line, '\t', &field) || !ch_str_double(field, &p->lon) || !ch_str_double(ch_str_trim(line), &weights[places.n])) continue;
        p->name = name;
        if (town && !places.first_town) places.first_town = places.n;
        list_add(&places.by_weight, name, ch_str_is(kind, "sector") ? weights[places.n] : town ? weights[places.n] / 1000 : 0);
        places.n++;
    }
    name_towns(weights);
    free(weights);
}

static const place *draw_place(void) { return &places.p[draw(&places.by_weight)]; }

/* ---- a vacancy */

typedef struct job {
    ch_str sector, title, staff_group, pay_band;
    int64_t min, max;
} job;

typedef struct vacancy {
    size_t number, employer;
    job job;
    ch_str title, employer_name, unit, town, contract;
    ch_str patterns[8];
    size_t n_patterns;
    const place *at[LOCATIONS_MAX];
    size_t n_at;
    int64_t min, max, published, closes;
    bool remote;
    ch_arena *arena;
} vacancy;

typedef struct employer {
    ch_str name, sector;
    const place *home;
} employer;

static employer employers[EMPLOYERS];
static list employers_of[4];
static const char *const sectors[] = {"health", "schools", "local_government", "housing"};
static const unsigned sector_shares[] = {55, 20, 18, 7};

static ch_str item(const list *l) { return l->items[draw(l)]; }
static ch_str pick(const char *name) { return item(list_named(ch_str_of(name))); }

static ch_str pick_of(ch_arena *a, const char *name, ch_str sector) { return item(list_named(ch_arena_printf(a, "%s.%.*s", name, CH_ARG(sector)))); }

static job read_job(ch_str line)
{
    job j = {0};
    ch_str min = {0}, max = {0};
    ch_str_split(&line, '|', &j.sector);
    ch_str_split(&line, '|', &j.title);
    ch_str_split(&line, '|', &j.staff_group);
    ch_str_split(&line, '|', &j.pay_band);
    ch_str_split(&line, '|', &min);
    ch_str_split(&line, '|', &max);
    if (!ch_str_int(min, &j.min) || !ch_str_int(max, &j.max)) die("a job's pay is not a number");
    return j;
}

/* Jobs of one sector, each sector with a Zipf law of its own. */
static job draw_job(ch_str sector)
{
    const list *jobs = list_named(CH_STR("job"));
    static list by_sector[4];
    size_t s = 0;
    while (!ch_str_is(sector, sectors[s])) s++;
    for (size_t i = 0; !by_sector[s].sums && i < jobs->n; i++) {
        list *l = &by_sector[s];
        for (size_t k = i; k < jobs->n; k++)
            if (ch_str_eq(read_job(jobs->items[k]).sector, sector)) list_add(l, jobs->items[k], pow((double)l->n + 3, -0.9));
    }
    return read_job(item(&by_sector[s]));
}

static void fill(ch_buf *b, const vacancy *v, ch_str text);

/* What a {name} in a sentence stands for. */
static void fill_name(ch_buf *b, const vacancy *v, ch_str name)
{
    if (ch_str_is(name, "town")) ch_buf_put(b, v->town);
    else if (ch_str_is(name, "job")) ch_buf_put(b, v->job.title);
    else if (ch_str_is(name, "job2")) ch_buf_put(b, draw_job(v->job.sector).title);
    else if (ch_str_is(name, "unit")) ch_buf_put(b, v->unit);
    else if (ch_str_is(name, "employer")) ch_buf_put(b, v->employer_name);
    else if (ch_str_is(name, "hours")) ch_buf_printf(b, in_100(60) ? "37.5" : in_100(50) ? "37" : "%zu", 10 + below(28));
    else if (ch_str_is(name, "number")) ch_buf_printf(b, "%zu,000", 5 + below(900));
    else if (ch_str_is(name, "count")) ch_buf_printf(b, "%zu", 3 + below(3));
    else if (ch_str_is(name, "surname")) {
        ch_buf_put(b, pick("surname.a"));
        ch_buf_put(b, pick("surname.b"));
    } else if (ch_str_is(name, "thing")) ch_buf_put(b, pick_of(v->arena, "thing", in_100(85) ? v->job.sector : ch_str_of(sectors[below(4)])));
    else fill(b, v, item(list_named(name)));
}

static void fill(ch_buf *b, const vacancy *v, ch_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        ptrdiff_t end = text.p[i] == '{' ? ch_str_index(ch_str_cut(text, i), '}') : -1;
        if (end < 0) {
            ch_buf_char(b, text.p[i]);
            continue;
        }
        fill_name(b, v, (ch_str){text.p + i + 1, (size_t)end - 1});
        i += (size_t)end;
    }
}

static void make_employers(void)
{
    ch_arena *a = words.arena;
    for (size_t i = 0; i < EMPLOYERS; i++) {
        seed(UINT64_C(1) << 40 | i);
        size_t s = 0, share = below(100);
        while (s < 3 && share >= sector_shares[s]) share -= sector_shares[s++];
        const place *home = draw_place();
        vacancy v = {.town = home->town, .arena = a};
        ch_buf name = ch_buf_in(a);
        fill(&name, &v, pick_of(a, "employer", ch_str_of(sectors[s])));
        employers[i] = (employer){ch_buf_str(&name), ch_str_of(sectors[s]), home};
        list_add(&employers_of[s], (ch_str){(const char *)&employers[i], 1}, pow((double)employers_of[s].n + 5, -0.8));
    }
}

static void put_patterns(vacancy *v)
{
    static const struct {
        const char *code;
        unsigned share, schools;
    } patterns[] = {{"full_time", 70, 60}, {"part_time", 35, 45},  {"flexible", 30, 5},        {"shift", 14, 0},
                    {"job_share", 8, 6},   {"home_working", 7, 1}, {"compressed_hours", 4, 0}, {"term_time", 0, 65}};
    bool school = ch_str_is(v->job.sector, "schools");
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (in_100(school ? patterns[i].schools : patterns[i].share)) v->patterns[v->n_patterns++] = ch_str_of(patterns[i].code);
    if (!v->n_patterns) v->patterns[v->n_patterns++] = CH_STR("full_time");
}

static void put_places(vacancy *v, const employer *e)
{
    size_t many = in_100(72) ? 1 : in_100(60) ? 2 : in_100(60) ? 3 : 4;
    v->at[v->n_at++] = e->home;
    for (int tries = 0; v->n_at < many && tries < 200; tries++) {
        const place *p = draw_place();
        if (metres(p, e->home->lat, e->home->lon) < (tries < 150 ? 30000 : 1e7)) v->at[v->n_at++] = p;
    }
    if (in_100(40)) { /* not everything is at head office first */
        const place *last = v->at[v->n_at - 1];
        v->at[v->n_at - 1] = v->at[0];
        v->at[0] = last;
    }
    v->town = v->at[0]->town;
}

static ch_str draw_contract(void)
{
    static const struct {
        const char *code;
        unsigned share;
    } contracts[] = {{"permanent", 67}, {"fixed_term", 18}, {"bank", 6}, {"apprenticeship", 3}, {"locum", 2}, {"secondment", 3}, {"voluntary", 1}};
    size_t i = 0, x = below(100);
    while (x >= contracts[i].share) x -= contracts[i++].share;
    return ch_str_of(contracts[i].code);
}

static void make_vacancy(size_t number, ch_arena *a, vacancy *v)
{
    seed(number);
    *v = (vacancy){.number = number, .arena = a};
    size_t s = 0, share = below(100);
    while (s < 3 && share >= sector_shares[s]) share -= sector_shares[s++];
    const employer *e = (const employer *)(const void *)item(&employers_of[s]).p;
    v->employer = (size_t)(e - employers);
    v->employer_name = e->name;
    v->job = draw_job(e->sector);
    v->unit = pick_of(a, "place", e->sector);
    ch_buf title = ch_buf_in(a);
    if (in_100(35)) {
        ch_buf_put(&title, pick("grade"));
        ch_buf_char(&title, ' ');
    }
    ch_buf_put(&title, v->job.title);
    if (in_100(45)) ch_buf_printf(&title, in_100(50) ? " - %.*s" : ", %.*s", CH_ARG(v->unit));
    if (in_100(12) && ch_str_starts(v->job.pay_band, CH_STR("band_"))) ch_buf_printf(&title, " (Band %.*s)", CH_ARG(ch_str_cut(v->job.pay_band, 5)));
    v->title = ch_buf_str(&title);
    v->min = v->job.min + (int64_t)below(12) * 100;
    v->max = v->job.max > v->min ? v->job.max : v->min;
    if (in_100(4)) v->min = v->max = 0;
    v->contract = draw_contract();
    v->remote = in_100(6);
    v->published = NOW - (int64_t)below(60 * 24) * DAY / 24 - (int64_t)below(3600000);
    v->closes = in_100(1) ? 0 : in_100(5) ? NOW - (int64_t)below(7) * DAY - 1 : NOW + (int64_t)(1 + below(35 * 24)) * DAY / 24;
    put_patterns(v);
    put_places(v, e);
}

/* ---- vacancies as lines */

static ch_str sentences(const vacancy *v, const char *name, size_t n)
{
    ch_buf b = ch_buf_in(v->arena);
    const list *l = list_named(ch_str_of(name));
    for (size_t i = 0; i < n; i++) {
        if (i) ch_buf_char(&b, ' ');
        fill(&b, v, l->items[below(l->n)]);
    }
    return ch_buf_str(&b);
}

static size_t description_length(void)
{
    double x = uniform() + uniform() + uniform() - 1.5; /* about normal */
    return (size_t)(9 * exp(1.1 * x)) + 2;
}

static void print_codes(const ch_str *codes, size_t n)
{
    for (size_t i = 0; i < n; i++) printf("%s%.*s", i ? "," : "", CH_ARG(codes[i]));
}

static void print_text(ch_str s) { printf("%.*s\t", CH_ARG(s)); }

static void print_vacancy(const vacancy *v)
{
    printf("v%zu\t1\t%.*s\t%.*s\t", v->number, CH_ARG(v->title), CH_ARG(v->employer_name));
    print_text(sentences(v, "summary", 1 + in_100(30)));
    print_text(sentences(v, "sentence", description_length()));
    print_text(sentences(v, "criterion", 3 + below(3)));
    printf("C%04zu-26-%05zu\te%zu\t%.*s\t%.*s\t%.*s\t%.*s\t", v->employer, v->number % 100000, v->employer, CH_ARG(v->job.sector),
           CH_ARG(v->job.staff_group), CH_ARG(v->job.pay_band), CH_ARG(v->contract));
    print_codes(v->patterns, v->n_patterns);
    putchar('\t');
    for (size_t i = 0; i < v->n_at; i++) {
        const place *p = v->at[i];
        bool postcode = p < &places.p[places.first_town];
        printf("%s%.*s|%.*s|%.4f|%.4f", i ? ";" : "", CH_ARG(p->town), CH_ARG(postcode ? p->name : CH_STR("")), p->lat, p->lon);
    }
    printf("\t%" PRId64 "\t%" PRId64 "\t%d\t%" PRId64 "\t%" PRId64 "\n", v->min, v->max, v->remote, v->published, v->closes);
}

static void print_vacancies(size_t n)
{
    ch_arena *a = ch_arena_new(64 << 10);
    for (size_t i = 0; i < n; i++) {
        vacancy v;
        make_vacancy(i, a, &v);
        print_vacancy(&v);
        ch_arena_reset(a);
    }
    ch_arena_free(a);
}

/* ---- tokens: what our index makes of each field, as its analyser says it */

static void print_terms(const ch_terms *t)
{
    for (size_t i = 0; i < t->n; i++) printf("%s%.*s", i ? " " : "", CH_ARG(t->p[i].text));
}

/* Without what a driver's own syntax would trip over. */
static void print_plain(ch_str text, char end)
{
    for (size_t i = 0; i < text.n; i++) putchar(strchr("|\"\\\n", text.p[i]) ? ' ' : text.p[i]);
    putchar(end);
}

static void print_field(ch_arena *a, ch_str text, bool plain, char end)
{
    if (plain) {
        print_plain(text, end);
        return;
    }
    ch_terms terms, extra;
    ch_analyse(a, text, &terms);
    ch_analyse_synonyms(a, &terms, &extra);
    print_terms(&terms);
    if (extra.n) printf(" | ");
    print_terms(&extra);
    putchar(end);
}

static void print_points(ch_str locations, ch_buf *names)
{
    ch_str one, part;
    for (bool first = true; ch_str_split(&locations, ';', &one); first = false) {
        ch_str_split(&one, '|', &part);
        ch_buf_printf(names, "\n%.*s", CH_ARG(part));
        ch_str_split(&one, '|', &part);
        ch_buf_printf(names, "\n%.*s", CH_ARG(part));
        ch_str_split(&one, '|', &part);
        printf("%s%.*s,%.*s", first ? "" : ";", CH_ARG(part), CH_ARG(one));
    }
}

/* plain: the texts as they are, for analysers of others */
static void print_tokens(bool plain)
{
    ch_arena *a = ch_arena_new(64 << 10);
    static char line[LINE_MAX_BYTES];
    for (size_t number = 0; fgets(line, sizeof line, stdin); number++, ch_arena_reset(a)) {
        ch_str rest = ch_str_trim(ch_str_of(line)), c[20];
        size_t n = 0;
        while (n < 20 && ch_str_split(&rest, '\t', &c[n])) n++;
        if (n != 20) die("a vacancy of another shape");
        printf("%zu\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t", number, CH_ARG(c[9]), CH_ARG(c[10]), CH_ARG(c[11]), CH_ARG(c[12]), CH_ARG(c[13]));
        ch_buf names = ch_buf_in(a);
        ch_buf_printf(&names, "%.*s\n%.*s", CH_ARG(c[3]), CH_ARG(c[7]));
        print_points(c[14], &names);
        printf("\t%.*s\t%.*s\t%.*s\t%.*s\t", CH_ARG(c[16]), CH_ARG(c[17]), CH_ARG(c[18]), CH_ARG(c[19]));
        print_field(a, c[2], plain, '\t');
        print_field(a, ch_buf_str(&names), plain, '\t');
        print_field(a, c[4], plain, '\t');
        print_field(a, c[5], plain, '\t');
        print_field(a, c[6], plain, '\n');
    }
    ch_arena_free(a);
}

/* ---- queries */

typedef enum kind { WORD, WORDS, PHRASE, FILTERS, NEAR, EVERYTHING, KINDS } kind;
static const struct {
    const char *name;
    size_t n;
} kinds[KINDS] = {{"word", 300}, {"words", 400}, {"phrase", 200}, {"filters", 300}, {"near", 300}, {"everything", 500}};

typedef struct query {
    kind kind;
    ch_buf text;
    bool quoted;
    ch_str codes[5][2]; /* sector, staff group, pay band, contract type, working pattern */
    size_t n_codes[5];
    int64_t salary;
    double lat, lon, radius;
} query;

static bool is_small_word(ch_str s)
{
    static const char *const small[] = {"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to", "with", "near", "job", "jobs", NULL};
    for (size_t i = 0; small[i]; i++)
        if (ch_str_is(s, small[i])) return true;
    return false;
}

/* At most n of the title's words, as somebody types them. */
static void take_words(query *q, ch_arena *a, ch_str title, size_t n)
{
    ch_terms t;
    ch_analyse(a, title, &t);
    size_t first = t.n > n ? below(t.n - n + 1) : 0;
    for (size_t i = first, taken = 0; i < t.n && taken < n; i++) {
        if (is_small_word(t.p[i].word)) continue;
        ch_buf_printf(&q->text, "%s%.*s", q->text.n ? " " : "", CH_ARG(t.p[i].word));
        taken++;
    }
}

static bool rim_is_clear(double lat, double lon, double radius)
{
    for (size_t i = 0; i < places.n; i++) {
        double d = metres(&places.p[i], lat, lon);
        if (d > radius - MARGIN_M && d < radius + MARGIN_M) return false;
    }
    return true;
}

static bool take_place(query *q, const vacancy *v)
{
    static const double miles[] = {5, 10, 10, 20, 20, 30, 50, 50};
    const place *at = v->at[below(v->n_at)];
    for (int tries = 0; tries < 400; tries++) {
        const place *p = draw_place();
        double radius = miles[below(8)] * MILE;
        if (metres(p, at->lat, at->lon) > radius - MARGIN_M || !rim_is_clear(p->lat, p->lon, radius)) continue;
        q->lat = p->lat;
        q->lon = p->lon;
        q->radius = radius;
        return true;
    }
    return false;
}

static void take_filters(query *q, const vacancy *v)
{
    const ch_str own[5] = {v->job.sector, v->job.staff_group, v->job.pay_band, v->contract, v->patterns[below(v->n_patterns)]};
    static const unsigned share[5] = {15, 35, 15, 35, 45};
    for (size_t f = 0; f < 5; f++)
        if (in_100(share[f])) q->codes[f][q->n_codes[f]++] = own[f];
    if (!q->n_codes[1] && !q->n_codes[4]) q->codes[4][q->n_codes[4]++] = own[4];
    if (q->n_codes[3] && in_100(40)) q->codes[3][q->n_codes[3]++] = ch_str_is(own[3], "fixed_term") ? CH_STR("permanent") : CH_STR("fixed_term");
    if (v->max && in_100(30)) q->salary = v->max / 5000 * 5000;
}

/* Words in a row of one sentence: where a field ends is for each engine to say. */
static size_t sentence_words(ch_str text, const ch_terms *t, size_t first, size_t n)
{
    size_t k = first + 1;
    while (k < t->n && k < first + n && ch_str_index((ch_str){text.p + t->p[k - 1].end, t->p[k].at - t->p[k - 1].end}, '.') < 0) k++;
    return k - first;
}

/* Two to four words of the title or of the description. */
static void take_phrase(query *q, const vacancy *v)
{
    ch_terms t;
    ch_str text = v->title;
    if (in_100(50)) { /* the vacancy's own description, made again from its own chance */
        vacancy again;
        make_vacancy(v->number, v->arena, &again);
        sentences(&again, "summary", 1 + in_100(30));
        text = sentences(&again, "sentence", description_length());
        seed(v->number ^ UINT64_C(0x5ca1ab1e));
    }
    ch_analyse(v->arena, text, &t);
    size_t n = 2 + below(3);
    if (n > t.n) n = t.n;
    size_t first = t.n > n ? below(t.n - n + 1) : 0;
    n = sentence_words(text, &t, first, n);
    for (size_t i = first; i < first + n; i++) ch_buf_printf(&q->text, "%s%.*s", q->text.n ? " " : "", CH_ARG(t.p[i].word));
    q->quoted = true;
}

static bool make_query(kind k, const vacancy *v, query *q)
{
    *q = (query){.kind = k, .text = ch_buf_in(v->arena)};
    if (v->closes && v->closes <= NOW) return false;
    if (k == WORD || k == NEAR) take_words(q, v->arena, v->title, 1);
    if (k == WORDS || k == EVERYTHING) take_words(q, v->arena, v->title, k == WORDS ? 2 + below(3) : 1 + below(3));
    if (k == PHRASE) take_phrase(q, v);
    if (k == FILTERS || k == EVERYTHING) take_filters(q, v);
    if ((k == NEAR || k == EVERYTHING) && !take_place(q, v)) return false;
    return k == FILTERS || q->text.n > 0;
}

static void print_query(size_t n, const query *q, ch_arena *a)
{
    ch_terms t;
    ch_str text = ch_buf_str(&q->text);
    ch_analyse(a, text, &t);
    printf(q->quoted ? "%zu\t%s\t\"%.*s\"\t" : "%zu\t%s\t%.*s\t", n, kinds[q->kind].name, CH_ARG(text));
    print_terms(&t);
    printf("\t%d", q->quoted);
    for (size_t f = 0; f < 5; f++) {
        putchar('\t');
        print_codes(q->codes[f], q->n_codes[f]);
    }
    printf("\t%" PRId64 "\t%.4f\t%.4f\t%.3f\t%d\t%" PRId64 "\n", q->salary, q->lat, q->lon, q->radius, q->kind == EVERYTHING, NOW);
}

static void print_queries(size_t n)
{
    ch_arena *a = ch_arena_new(64 << 10);
    size_t left[KINDS], number = 0;
    for (size_t k = 0; k < KINDS; k++) left[k] = kinds[k].n;
    for (uint64_t turn = 0; number < QUERIES; turn++, ch_arena_reset(a)) {
        seed(UINT64_C(7) << 50 | turn);
        size_t from = below(n), k = below(KINDS);
        vacancy v;
        query q;
        if (!left[k]) continue;
        make_vacancy(from, a, &v);
        seed(UINT64_C(9) << 50 | turn);
        if (!make_query((kind)k, &v, &q)) continue;
        left[k]--;
        print_query(number++, &q, a);
    }
    ch_arena_free(a);
}

int main(int argc, char **argv)
{
    int64_t n = 0;
    if (argc == 2 && (!strcmp(argv[1], "tokens") || !strcmp(argv[1], "plain"))) {
        print_tokens(*argv[1] == 'p');
        return 0;
    }
    if (argc != 5 || !ch_str_int(ch_str_of(argv[4]), &n) || n < 1) die("see the head of generate.c");
    words.arena = ch_arena_new(64 << 10);
    load_words(argv[2]);
    load_places(argv[3]);
    make_employers();
    if (ch_str_is(ch_str_of(argv[1]), "queries")) print_queries((size_t)n);
    else print_vacancies((size_t)n);
    return ferror(stdout) || fflush(stdout);
}
