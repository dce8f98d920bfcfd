#ifndef UNIT_SEARCH_ORACLE_H
#define UNIT_SEARCH_ORACLE_H
/*
 * What common/search has to answer, worked out with plain loops over all documents: no index, no shortcuts, nothing shared with the room but its
 * analyser. Also the random corpora and queries that the tests hold it against.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "search/analyse.h"
#include "search/search.h"

enum { ORACLE_DOCS = 400, ORACLE_NAMES = 4096, ORACLE_BREAK = -1, ORACLE_FIELD = -2 };

/* ---- chance, from a seed that every test prints */

typedef struct chance {
    uint64_t state;
} chance;

static inline uint64_t chance_next(chance *c)
{
    uint64_t z = c->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline size_t chance_below(chance *c, size_t n) { return (size_t)(chance_next(c) % n); }

static inline bool chance_in(chance *c, size_t one_in) { return chance_below(c, one_in) == 0; }

static inline uint64_t seed_of(const char *test, uint64_t otherwise)
{
    const char *given = getenv("SEARCH_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : otherwise;
    printf("%s: SEARCH_SEED=%llu\n", test, (unsigned long long)seed);
    return seed;
}

/* ---- documents */

typedef struct odoc {
    ch_search_doc d;
    int *tokens; /* stems as numbers, ORACLE_FIELD between fields, ORACLE_BREAK before synonyms */
    size_t n_tokens;
    bool gone;
} odoc;

typedef struct oracle {
    ch_arena *arena;
    odoc docs[ORACLE_DOCS];
    size_t n;
    ch_str names[ORACLE_NAMES], words[ORACLE_NAMES]; /* stems; every surface word with its stem */
    int word_stem[ORACLE_NAMES];
    size_t n_names, n_words;
} oracle;

static inline int oracle_name(oracle *o, ch_str s)
{
    for (size_t i = 0; i < o->n_names; i++)
        if (ch_str_eq(o->names[i], s)) return (int)i;
    ck_assert_uint_lt(o->n_names, ORACLE_NAMES);
    o->names[o->n_names] = ch_arena_str(o->arena, s);
    return (int)o->n_names++;
}

static inline void oracle_word(oracle *o, ch_str word, int stem)
{
    for (size_t i = 0; i < o->n_words; i++)
        if (ch_str_eq(o->words[i], word)) return;
    o->words[o->n_words] = ch_arena_str(o->arena, word);
    o->word_stem[o->n_words++] = stem;
}

static inline void oracle_field(oracle *o, odoc *d, ch_str text)
{
    ch_terms terms, extra;
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_analyse(a, text, &terms);
    ch_analyse_synonyms(a, &terms, &extra);
    for (size_t i = 0; i < terms.n; i++) {
        int stem = oracle_name(o, terms.p[i].text);
        d->tokens[d->n_tokens++] = stem;
        oracle_word(o, terms.p[i].word, stem);
    }
    if (extra.n) d->tokens[d->n_tokens++] = ORACLE_BREAK;
    for (size_t i = 0; i < extra.n; i++) {
        int stem = oracle_name(o, extra.p[i].text);
        d->tokens[d->n_tokens++] = stem;
        oracle_word(o, extra.p[i].word, stem);
    }
    d->tokens[d->n_tokens++] = ORACLE_FIELD;
}

static inline odoc *oracle_find(oracle *o, ch_str id)
{
    for (size_t i = 0; i < o->n; i++)
        if (ch_str_eq(o->docs[i].d.id, id)) return &o->docs[i];
    return NULL;
}

/* Says what ch_search_put has to say. The document's strings have to live as long as the oracle. */
static inline ch_err oracle_put(oracle *o, const ch_search_doc *in)
{
    odoc *d = oracle_find(o, in->id);
    if (d && d->d.version >= in->version) return CH_STALE;
    ck_assert_uint_lt(o->n, ORACLE_DOCS);
    if (!d) d = &o->docs[o->n++];
    *d = (odoc){.d = *in, .tokens = CH_NEW_N(o->arena, int, 2000)};
    ch_buf employer = ch_buf_in(o->arena);
    ch_buf_printf(&employer, "%.*s\n%.*s", CH_ARG(in->employer_name), CH_ARG(in->reference));
    for (size_t i = 0; i < in->n_locations; i++)
        ch_buf_printf(&employer, "\n%.*s\n%.*s", CH_ARG(in->locations[i].name), CH_ARG(in->locations[i].postcode));
    oracle_field(o, d, in->title);
    oracle_field(o, d, ch_buf_str(&employer));
    oracle_field(o, d, in->summary);
    oracle_field(o, d, in->description);
    oracle_field(o, d, in->criteria);
    return CH_OK;
}

static inline ch_err oracle_remove(oracle *o, ch_str id, int64_t version)
{
    odoc *d = oracle_find(o, id);
    if (d && d->d.version >= version) return CH_STALE;
    ck_assert_uint_lt(o->n, ORACLE_DOCS);
    if (!d) d = &o->docs[o->n++];
    *d = (odoc){.d = {.id = ch_arena_str(o->arena, id), .version = version}, .gone = true};
    return CH_OK;
}

static inline void oracle_open(oracle *o)
{
    memset(o, 0, sizeof *o);
    o->arena = ch_arena_new(1 << 16);
}

static inline void oracle_close(oracle *o) { ch_arena_free(o->arena); }

/* ---- queries: what is meant, and the text that says so */

typedef struct oquery {
    ch_search_query q;                                /* its text says the same as what follows */
    ch_str words[6], without[2], phrase[4], never[2]; /* never: a phrase that must not be there */
    size_t n_words, n_without, n_phrase, n_never;
} oquery;

static inline int oracle_stem(oracle *o, ch_str word)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_terms t;
    ch_analyse(a, word, &t);
    ck_assert_uint_eq(t.n, 1);
    return oracle_name(o, t.p[0].text);
}

static inline bool has_stem(const odoc *d, int stem)
{
    for (size_t i = 0; i < d->n_tokens; i++)
        if (d->tokens[i] == stem) return true;
    return false;
}

/* The word itself, or, while it is being typed, any word or stem that the index knows and that begins so. */
static inline bool has_word(const oracle *o, const odoc *d, int stem, ch_str prefix)
{
    if (has_stem(d, stem)) return true;
    for (size_t i = 0; prefix.n && i < o->n_words; i++)
        if (ch_str_starts(o->words[i], prefix) && has_stem(d, o->word_stem[i])) return true;
    for (size_t i = 0; prefix.n && i < o->n_names; i++)
        if (ch_str_starts(o->names[i], prefix) && has_stem(d, (int)i)) return true;
    return false;
}

static inline bool has_phrase(const odoc *d, const int *stems, size_t n)
{
    for (size_t i = 0; i + n <= d->n_tokens; i++) {
        size_t k = 0;
        while (k < n && d->tokens[i + k] == stems[k]) k++;
        if (k == n) return true;
    }
    return false;
}

static inline bool text_matches(oracle *o, const odoc *d, const oquery *q, bool relaxed)
{
    size_t found = 0, n = q->n_words + q->n_phrase;
    int phrase[4], never[2];
    for (size_t i = 0; i < q->n_words; i++) {
        bool last = q->q.typing && i + 1 == q->n_words;
        found += has_word(o, d, oracle_stem(o, q->words[i]), last ? q->words[i] : CH_STR(""));
    }
    for (size_t i = 0; i < q->n_phrase; i++) phrase[i] = oracle_stem(o, q->phrase[i]);
    for (size_t i = 0; i < q->n_phrase; i++) found += has_stem(d, phrase[i]);
    for (size_t i = 0; i < q->n_without; i++)
        if (has_stem(d, oracle_stem(o, q->without[i]))) return false;
    for (size_t i = 0; i < q->n_never; i++) never[i] = oracle_stem(o, q->never[i]);
    if (q->n_never && has_phrase(d, never, q->n_never)) return false;
    if (q->n_phrase && !has_phrase(d, phrase, q->n_phrase)) return false;
    return found >= (relaxed ? (n == 2 ? 1 : (2 * n + 2) / 3) : n);
}

static inline double great_circle_m(double lat1, double lon1, double lat2, double lon2)
{
    double r = M_PI / 180, a = sin((lat2 - lat1) * r / 2), b = sin((lon2 - lon1) * r / 2);
    double h = a * a + cos(lat1 * r) * cos(lat2 * r) * b * b;
    return 2 * 6371008.8 * asin(sqrt(h > 1 ? 1 : h));
}

static inline double nearest_m(const ch_search_doc *d, double lat, double lon)
{
    double best = -1;
    for (size_t i = 0; i < d->n_locations; i++) {
        if (!isfinite(d->locations[i].lat) || !isfinite(d->locations[i].lon)) continue;
        double m = great_circle_m(lat, lon, d->locations[i].lat, d->locations[i].lon);
        if (best < 0 || m < best) best = m;
    }
    return best;
}

/* "LS1 4AP" lies in LS and LS1; "LS1" too. */
static inline bool in_area(const ch_search_doc *d, ch_str area)
{
    for (size_t i = 0; i < d->n_locations; i++) {
        ch_str p = d->locations[i].postcode, out = p.n > 4 ? ch_str_first(p, (size_t)ch_str_index(p, ' ')) : p;
        size_t letters = 0;
        while (letters < out.n && out.p[letters] >= 'A') letters++;
        if (out.n >= 2 && (ch_str_eq_fold(out, area) || ch_str_eq_fold(ch_str_first(out, letters), area))) return true;
    }
    return false;
}

static inline ch_str facet_value(const ch_search_doc *d, int f)
{
    const ch_str values[CH_FACETS] = {[CH_FACET_STAFF_GROUP] = d->staff_group,
                                      [CH_FACET_PAY_BAND] = d->pay_band,
                                      [CH_FACET_CONTRACT_TYPE] = d->contract_type,
                                      [CH_FACET_SECTOR] = d->sector,
                                      [CH_FACET_EMPLOYER] = d->employer_id};
    return values[f];
}

static inline bool has_value(const ch_search_doc *d, int f, ch_str code)
{
    if (f != CH_FACET_WORKING_PATTERN) return code.n && ch_str_eq(facet_value(d, f), code);
    for (size_t i = 0; i < d->n_working_patterns; i++)
        if (ch_str_eq(d->working_patterns[i], code)) return true;
    return false;
}

static inline bool facet_matches(const ch_search_doc *d, const ch_search_query *q, int f)
{
    for (size_t i = 0; i < q->filters[f].n; i++)
        if (has_value(d, f, q->filters[f].codes[i])) return true;
    return q->filters[f].n == 0;
}

static inline int64_t salary_of(const ch_search_doc *d) { return d->salary_max > d->salary_min ? d->salary_max : d->salary_min; }

/* Everything but the facets' filters. */
static inline bool oracle_base(oracle *o, const odoc *d, const oquery *q, bool relaxed)
{
    const ch_search_query *f = &q->q;
    if (d->gone || (f->now && d->d.closes_at && d->d.closes_at <= f->now)) return false;
    if ((f->remote && !d->d.remote) || (f->salary_min && salary_of(&d->d) < f->salary_min)) return false;
    if (f->area.n && !in_area(&d->d, f->area)) return false;
    if (f->has_place && f->radius_m > 0) {
        double m = nearest_m(&d->d, f->lat, f->lon);
        if (m < 0 || m > f->radius_m) return false;
    }
    return (q->n_words + q->n_phrase + q->n_without + q->n_never) == 0 || text_matches(o, d, q, relaxed);
}

/* -1: all facets let it through; otherwise the one that alone does not; -2: several do not. */
static inline int failing_facet(const ch_search_doc *d, const ch_search_query *q)
{
    int failing = -1;
    for (int f = 0; f < CH_FACETS; f++) {
        if (facet_matches(d, q, f)) continue;
        if (failing != -1) return -2;
        failing = f;
    }
    return failing;
}

typedef struct oanswer {
    bool found[ORACLE_DOCS];
    uint64_t total;
    bool counted[ORACLE_DOCS][CH_FACETS]; /* document counts for this facet */
} oanswer;

static inline void oracle_run(oracle *o, const oquery *q, bool relaxed, oanswer *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < o->n; i++) {
        if (!oracle_base(o, &o->docs[i], q, relaxed)) continue;
        int failing = failing_facet(&o->docs[i].d, &q->q);
        out->found[i] = failing == -1;
        out->total += failing == -1;
        for (int f = 0; f < CH_FACETS; f++) out->counted[i][f] = failing == -1 || failing == f;
    }
}

static inline uint64_t oracle_count(const oracle *o, const oanswer *a, int f, ch_str code)
{
    uint64_t n = 0;
    for (size_t i = 0; i < o->n; i++) n += a->counted[i][f] && has_value(&o->docs[i].d, f, code);
    return n;
}

/* ---- random corpora */

static const char *const vocabulary[] = {
    "nurse",   "nursing",   "nurses",     "porter",  "teacher", "teaching",  "community", "mental", "health", "healthcare", "assistant",
    "doctor",  "manager",   "management", "driver",  "cook",    "midwife",   "band",      "5",      "6",      "b5",         "RGN",
    "hca",     "salt",      "speech",     "therapy", "night",   "therapist", "ward",      "school", "clerk",  "clerical",   "gofal",
    "iechyd",  "ŵyl",       "café",       "O'Brien", "28,407",  "12h",       "theatre",   "senior", "junior", "lead",       "physiotherapist",
    "library", "librarian", "children",   "social",  "worker",  "registrar", "language"};
enum { VOCABULARY = sizeof vocabulary / sizeof *vocabulary };
static const char *const postcodes[] = {"LS1 4AP", "LS2", "LS12", "SW1A 1AA", "M1 1AA", "M20", "CF10 3NP", "EH1", "B1 1AA", "L1"};
static const char *const areas[] = {"LS", "LS1", "ls12", "SW1A", "M", "M20", "CF10", "EH", "B", "XX"};

/* A few words are frequent, most are rare, as in any text. */
static inline const char *any_word(chance *c)
{
    size_t a = chance_below(c, VOCABULARY), b = chance_below(c, VOCABULARY);
    return vocabulary[a < b ? a : b];
}

static inline ch_str any_text(ch_arena *a, chance *c, size_t most)
{
    static const char *const between[] = {" ", " ", " ", ", ", ". ", "/", " - ", "\n"};
    ch_buf b = ch_buf_in(a);
    for (size_t n = chance_below(c, most + 1); n; n--) {
        if (b.n) ch_buf_put(&b, ch_str_of(between[chance_below(c, 8)]));
        ch_buf_put(&b, ch_str_of(any_word(c)));
    }
    return ch_buf_str(&b);
}

static inline ch_str any_code(ch_arena *a, chance *c, const char *kind, size_t n)
{
    return chance_in(c, 8) ? CH_STR("") : ch_arena_printf(a, "%s%zu", kind, chance_below(c, n));
}

static inline void any_locations(ch_arena *a, chance *c, ch_search_doc *d)
{
    ch_search_location *l = CH_NEW_N(a, ch_search_location, 4);
    d->n_locations = chance_below(c, 4);
    d->locations = l;
    for (size_t i = 0; i < d->n_locations; i++) {
        l[i] = (ch_search_location){ch_str_of(any_word(c)), ch_str_of(postcodes[chance_below(c, 10)]), 51 + (double)chance_below(c, 4000) / 1000,
                                    -3 + (double)chance_below(c, 4000) / 1000};
        if (chance_in(c, 10)) l[i].lat = NAN;
        if (chance_in(c, 30)) l[i].postcode = CH_STR("");
        if (chance_in(c, 40)) l[i].lat = -89.5, l[i].lon = 179.9;
    }
}

static inline ch_search_doc any_doc(ch_arena *a, chance *c, size_t ids)
{
    ch_search_doc d = {.id = ch_arena_printf(a, "v%zu", chance_below(c, ids)), .version = 1 + (int64_t)chance_below(c, 50)};
    d.title = any_text(a, c, 4);
    d.employer_name = any_text(a, c, 2);
    d.summary = any_text(a, c, 10);
    d.description = any_text(a, c, 30);
    d.criteria = any_text(a, c, 8);
    d.reference = ch_arena_printf(a, "REF-%zu", chance_below(c, 1000));
    d.employer_id = any_code(a, c, "employer", 7);
    d.staff_group = any_code(a, c, "group", 5);
    d.pay_band = any_code(a, c, "band", 9);
    d.contract_type = any_code(a, c, "contract", 3);
    d.sector = any_code(a, c, "sector", 3);
    ch_str *patterns = CH_NEW_N(a, ch_str, 3);
    for (size_t n = chance_below(c, 4), first = chance_below(c, 4); d.n_working_patterns < n; d.n_working_patterns++)
        patterns[d.n_working_patterns] = ch_arena_printf(a, "pattern%zu", (first + d.n_working_patterns) % 5);
    d.working_patterns = patterns;
    any_locations(a, c, &d);
    d.salary_min = chance_in(c, 5) ? 0 : 15000 + 1000 * (int64_t)chance_below(c, 40);
    d.salary_max = chance_in(c, 5) ? 0 : d.salary_min + 1000 * (int64_t)chance_below(c, 10);
    d.remote = chance_in(c, 5);
    d.published_at = 1700000000000 + 500 * (int64_t)chance_below(c, 200);
    d.closes_at = chance_in(c, 6) ? 0 : 1700000000000 + 250 * (int64_t)chance_below(c, 4000);
    d.blob = ch_arena_printf(a, "blob of %.*s at %lld", CH_ARG(d.id), (long long)d.version);
    return d;
}

/* ---- random queries */

static inline void any_filters(ch_arena *a, chance *c, ch_search_query *q)
{
    static const char *const kinds[CH_FACETS] = {"group", "band", "contract", "pattern", "sector", "employer"};
    for (int f = 0; f < CH_FACETS; f++) {
        if (!chance_in(c, 5)) continue;
        ch_str *codes = CH_NEW_N(a, ch_str, 3);
        q->filters[f].codes = codes;
        q->filters[f].n = 1 + chance_below(c, 3);
        for (size_t i = 0; i < q->filters[f].n; i++) codes[i] = ch_arena_printf(a, "%s%zu", kinds[f], chance_below(c, 8));
    }
}

/* No vacancy may lie within centimetres of the edge: there, rounding decides. */
static inline void any_place(chance *c, const oracle *o, ch_search_query *q)
{
    q->has_place = true;
    q->lat = 51 + (double)chance_below(c, 4000) / 1000 + 0.0003;
    q->lon = -3 + (double)chance_below(c, 4000) / 1000;
    q->radius_m = chance_in(c, 5) ? 0 : 1000.0 * (double)(1 + chance_below(c, chance_in(c, 4) ? 900 : 60));
    for (size_t i = 0; i < o->n; i++)
        if (q->radius_m > 0 && fabs(nearest_m(&o->docs[i].d, q->lat, q->lon) - q->radius_m) < 1) q->radius_m += 2.5, i = 0;
}

static inline void any_words(ch_arena *a, chance *c, oquery *out)
{
    ch_buf text = ch_buf_in(a);
    for (size_t n = chance_below(c, 4); n; n--) {
        ch_str word = ch_str_of(any_word(c));
        if (chance_in(c, 12)) {
            out->without[out->n_without < 2 ? out->n_without++ : 1] = word;
            ch_buf_printf(&text, " -%.*s", CH_ARG(word));
        } else if (chance_in(c, 12) && !out->n_never) {
            for (; out->n_never < 2; out->n_never++) out->never[out->n_never] = ch_str_of(any_word(c));
            ch_buf_printf(&text, " -\"%.*s %.*s\"", CH_ARG(out->never[0]), CH_ARG(out->never[1]));
        } else if (chance_in(c, 6) && !out->n_phrase) {
            for (; out->n_phrase < 2; out->n_phrase++) out->phrase[out->n_phrase] = ch_str_of(any_word(c));
            ch_buf_printf(&text, " \"%.*s %.*s\"", CH_ARG(out->phrase[0]), CH_ARG(out->phrase[1]));
        } else {
            out->words[out->n_words++] = word;
            ch_buf_printf(&text, " %.*s", CH_ARG(word));
        }
        if (out->n_without == 2) break;
    }
    out->q.text = ch_buf_str(&text);
}

/* The last word half typed. */
static inline void any_prefix(ch_arena *a, chance *c, oquery *out)
{
    if (out->n_words == 0 || out->n_without || out->n_phrase || out->n_never) return;
    ch_str *last = &out->words[out->n_words - 1];
    if (last->n < 5 || (unsigned char)last->p[0] > 127 || last->p[0] < 'a') return;
    ch_buf text = ch_buf_in(a);
    *last = ch_str_first(*last, 1 + chance_below(c, last->n));
    while ((unsigned char)last->p[last->n - 1] > 127) last->n--;
    if (ch_str_is(*last, "the")) *last = ch_str_first(*last, 2); /* a stop word, also while it may become "theatre" */
    if (ch_str_is(*last, "a")) *last = CH_STR("as");
    for (size_t i = 0; i < out->n_words; i++) ch_buf_printf(&text, "%s%.*s", i ? " " : "", CH_ARG(out->words[i]));
    out->q.text = ch_buf_str(&text);
    out->q.typing = true;
}

static inline oquery any_query(ch_arena *a, chance *c, const oracle *o)
{
    oquery out = {.q = {.limit = 1 + chance_below(c, 30), .facets = (unsigned)chance_next(c) & CH_FACET_ALL}};
    ch_search_query *q = &out.q;
    if (!chance_in(c, 4)) any_words(a, c, &out);
    if (chance_in(c, 6)) any_prefix(a, c, &out);
    if (chance_in(c, 2)) any_filters(a, c, q);
    if (chance_in(c, 3)) any_place(c, o, q);
    if (chance_in(c, 8)) q->area = ch_str_of(areas[chance_below(c, 10)]);
    if (chance_in(c, 6)) q->remote = true;
    if (chance_in(c, 5)) q->salary_min = 15000 + 1000 * (int64_t)chance_below(c, 50);
    if (!chance_in(c, 3)) q->now = 1700000000000 + 250 * (int64_t)chance_below(c, 4000);
    q->sort = (ch_search_sort)chance_below(c, 5);
    q->strict = chance_in(c, 2);
    return out;
}
#endif
