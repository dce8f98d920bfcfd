#ifndef UNIT_SEARCH_RANDOM_H
#define UNIT_SEARCH_RANDOM_H
/*
 * Random vacancies and saved searches out of few words, codes and places, so that they often meet, and with the corners
 * in: quotes left open, excluded words, synonyms, accents, bytes that are no UTF-8. The seed is printed; CH_SEED runs
 * one again.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "search/search.h"

static uint64_t random_state;

static inline uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static inline size_t below(size_t n) { return (size_t)(random_next() % n); }
static inline bool chance(unsigned percent) { return below(100) < percent; }

static inline uint64_t random_seed(const char *what)
{
    const char *given = getenv("CH_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000003 + (uint64_t)clock();
    printf("%s: CH_SEED=%llu\n", what, (unsigned long long)seed);
    fflush(stdout);
    random_state = seed | 1;
    return seed;
}

static const char *const random_words[] = {
    "nurse",     "nurses",    "nursing", "staff",      "senior",   "hca",    "healthcare",
    "assistant", "care",      "rmn",     "registered", "mental",   "health", "porter",
    "night",     "shift",     "teacher", "teaching",   "ta",       "salt",   "speech",
    "language",  "therapist", "band",    "5",          "b5",       "Band 5", "£28,407",
    "37.5",      "12h",       "the",     "of",         "in",       "jobs",   "Ysbyty",
    "Llanelli",  "café",      "CAFÉ",    "RGN/RMN",    "driver",   "hgv",    "heavy goods vehicle",
    "leeds",     "LS1",       "newport", "o'brien",    "\xff\xfe", "ﬁre",
};
static const char *const random_codes[CH_FACETS][5] = {
    {"nursing", "medical", "estates", "teaching", "admin"},     {"band-2", "band-5", "band-6", "band-7", "m3"},
    {"permanent", "fixed-term", "bank", "locum", "secondment"}, {"full-time", "part-time", "flexible", "nights", "weekends"},
    {"nhs", "council", "school", "housing", "police"},          {"e1", "e2", "e3", "e4", "e5"},
};
static const struct {
    const char *name, *postcode;
    double lat, lon;
} random_places[] = {
    {"Leeds", "LS1 4AP", 53.7965, -1.5478},
    {"Leeds North", "LS17 7LA", 53.8530, -1.5236},
    {"Bradford", "BD1", 53.7938, -1.7564},
    {"York", "YO1 7", 53.9600, -1.0873},
    {"Newport", "NP20 2UB", 51.5877, -2.9983},
    {"Newport", "PO30", 50.7015, -1.2912},
    {"London", "E1 1BB", 51.5186, -0.0590},
    {"Lerwick", "ZE1 0TB", 60.1530, -1.1430},
    {"Belfast", "", 54.5973, -5.9301},
    {"Fiji", "", -17.8, 179.99},
    {"Taveuni", "", -16.8, -179.98},
    {"Pole", "", 89.9, 20},
    {"Unknown", "LS1", NAN, NAN},
};
#define COUNT(list) (sizeof(list) / sizeof *(list))

static inline ch_str random_word(void) { return ch_str_of(random_words[below(COUNT(random_words))]); }

static inline ch_str random_prose(ch_arena *a, size_t most)
{
    static const char *const gaps[] = {" ", " ", " ", ", ", "\n", "-", ". "};
    ch_buf b = ch_buf_in(a);
    for (size_t i = 0, n = below(most + 1); i < n; i++) {
        if (i) ch_buf_put(&b, ch_str_of(gaps[below(COUNT(gaps))]));
        ch_buf_put(&b, random_word());
    }
    return ch_buf_str(&b);
}

/* What a person types, and what only a fuzzer does. */
static inline ch_str random_text(ch_arena *a)
{
    ch_buf b = ch_buf_in(a);
    for (size_t i = 0, n = below(4); i < n; i++) {
        static const char *const before[] = {"", "", "", "-", "\"", " -", "--", "x-", " -\""}, *const after[] = {" ", " ", " ", "\" ", ",", "  "};
        ch_buf_put(&b, ch_str_of(before[below(COUNT(before))]));
        ch_buf_put(&b, random_word());
        if (chance(25)) {
            ch_buf_char(&b, ' ');
            ch_buf_put(&b, random_word());
        }
        ch_buf_put(&b, ch_str_of(after[below(COUNT(after))]));
    }
    if (chance(1))
        for (size_t i = 0; i < 1001; i++) ch_buf_char(&b, 'a');
    return ch_buf_str(&b);
}

static inline ch_str random_code(int facet) { return ch_str_of(random_codes[facet][below(5)]); }

static inline void random_query(ch_arena *a, ch_search_query *q)
{
    *q = (ch_search_query){.strict = true, .limit = 1};
    if (chance(75)) q->text = random_text(a);
    for (int f = 0; f < CH_FACETS; f++) {
        if (!chance(12)) continue;
        size_t n = 1 + below(3);
        ch_str *codes = CH_NEW_N(a, ch_str, n);
        for (size_t i = 0; i < n; i++) codes[i] = random_code(f);
        q->filters[f].codes = codes;
        q->filters[f].n = n;
    }
    q->remote = chance(8);
    if (chance(20)) q->salary_min = 20000 + 500 * (int64_t)below(80);
    if (chance(50)) {
        size_t i = below(COUNT(random_places));
        q->has_place = true;
        q->lat = random_places[i].lat + (double)below(1000) / 4000;
        q->lon = random_places[i].lon + (double)below(1000) / 4000;
        static const double miles[] = {0, 0.5, 1, 5, 10, 20, 40, 60, 200, 9000};
        q->radius_m = miles[below(COUNT(miles))] * CH_METRES_PER_MILE;
    }
    if (chance(8)) q->area = ch_str_of((const char *const[]){"LS", "ls1", "NP20", "E1", "BD", "nowhere at all"}[below(6)]);
}

static inline void random_doc(ch_arena *a, const char *id, ch_search_doc *d)
{
    ch_search_location *places = CH_NEW_N(a, ch_search_location, 5);
    ch_str *patterns = CH_NEW_N(a, ch_str, 3);
    *d = (ch_search_doc){.id = ch_str_of(id),
                         .version = 1,
                         .title = random_prose(a, 5),
                         .employer_name = random_prose(a, 3),
                         .summary = random_prose(a, 6),
                         .description = random_prose(a, 40),
                         .criteria = random_prose(a, 12),
                         .reference = chance(50) ? random_word() : CH_STR(""),
                         .working_patterns = patterns,
                         .n_working_patterns = below(3),
                         .locations = places,
                         .n_locations = below(chance(10) ? 5 : 3)};
    if (chance(80)) d->staff_group = random_code(CH_FACET_STAFF_GROUP);
    if (chance(80)) d->pay_band = random_code(CH_FACET_PAY_BAND);
    if (chance(80)) d->contract_type = random_code(CH_FACET_CONTRACT_TYPE);
    if (chance(80)) d->sector = random_code(CH_FACET_SECTOR);
    if (chance(80)) d->employer_id = random_code(CH_FACET_EMPLOYER);
    for (size_t i = 0; i < 3; i++) patterns[i] = random_code(CH_FACET_WORKING_PATTERN);
    for (size_t i = 0; i < d->n_locations; i++) {
        size_t p = below(COUNT(random_places));
        places[i] =
            (ch_search_location){ch_str_of(random_places[p].name), ch_str_of(random_places[p].postcode), random_places[p].lat, random_places[p].lon};
    }
    d->salary_min = chance(60) ? 18000 + 500 * (int64_t)below(80) : 0;
    d->salary_max = chance(50) ? d->salary_min + 500 * (int64_t)below(20) : 0;
    d->remote = chance(20);
    d->published_at = 1000;
    d->closes_at = chance(30) ? 5000 + (int64_t)below(3) : 0;
}
#endif
