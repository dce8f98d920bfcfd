/* A vacancy taken apart as the index takes it apart, and whether it answers an alert. */
#include <ctype.h>
#include <math.h>

#include "search/alert_room.h"
#include "search/weigh.h"

typedef struct taker {
    features *known;
    uint64_t *has;
    doc_view *out;
    size_t cap_tokens, cap_features;
    ch_arena *arena;
} taker;

static void *grown(ch_arena *a, void *p, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) return p;
    *cap = *cap ? 2 * *cap : 512;
    void *q = ch_arena_alloc_n(a, size, *cap);
    if (n) memcpy(q, p, n * size);
    return q;
}

/* True the first time. */
static bool mark(taker *t, uint32_t number)
{
    doc_view *d = t->out;
    if (doc_has(d, number)) return false;
    t->has[number / 64] |= 1ull << (number % 64);
    d->features = grown(t->arena, d->features, d->n_features, &t->cap_features, sizeof *d->features);
    d->features[d->n_features++] = number;
    t->known->p[number].first = 0;
    return true;
}

static void take_code(taker *t, char kind, ch_str text)
{
    uint32_t number = features_find(t->known, kind, text);
    if (number != FEATURE_NONE) mark(t, number);
}

static void take_token(taker *t, uint32_t number)
{
    doc_view *d = t->out;
    if (d->n_tokens == t->cap_tokens) {
        size_t cap = t->cap_tokens;
        d->next = grown(t->arena, d->next, d->n_tokens, &cap, sizeof *d->next);
        d->tokens = grown(t->arena, d->tokens, d->n_tokens, &t->cap_tokens, sizeof *d->tokens);
    }
    size_t at = d->n_tokens++;
    d->tokens[at] = number;
    if (number == FEATURE_NONE) return;
    mark(t, number);
    d->next[at] = t->known->p[number].first;
    t->known->p[number].first = (uint32_t)at + 1;
}

static void take_terms(taker *t, const ch_terms *terms)
{
    for (size_t i = 0; i < terms->n; i++) take_token(t, features_find(t->known, FEATURE_TERM, terms->p[i].text));
    take_token(t, FEATURE_NONE);
}

static void take_texts(taker *t, const ch_search_doc *doc)
{
    analysed text;
    weigh_analyse(t->arena, doc, &text);
    for (int f = 0; f < FIELDS; f++) {
        take_terms(t, &text.fields[f]);
        take_terms(t, &text.extra[f]);
    }
}

/* "LS1 4AP" is in the areas LS and LS1. */
static void take_area(taker *t, ch_str postcode)
{
    char text[12];
    size_t n = 0, letters = 0;
    for (size_t i = 0; i < postcode.n && n < sizeof text; i++)
        if (postcode.p[i] != ' ') text[n++] = (char)toupper((unsigned char)postcode.p[i]);
    size_t length = n >= 5 ? n - 3 : n;
    if (length < 2 || length > 4) return;
    while (letters < length && text[letters] >= 'A') letters++;
    take_code(t, FEATURE_AREA, (ch_str){text, letters});
    take_code(t, FEATURE_AREA, (ch_str){text, length});
}

static void take_locations(taker *t, const ch_search_doc *doc)
{
    size_t n = doc->n_locations < CH_SEARCH_LOCATIONS_MAX ? doc->n_locations : CH_SEARCH_LOCATIONS_MAX;
    t->out->spots = CH_NEW_N(t->arena, spot3, n + 1);
    for (size_t i = 0; i < n; i++) {
        const ch_search_location *l = &doc->locations[i];
        if (isfinite(l->lat) && isfinite(l->lon)) t->out->spots[t->out->n_spots++] = spot_at(l->lat, l->lon);
        take_area(t, l->postcode);
    }
}

static void take_codes(taker *t, const ch_search_doc *doc)
{
    const ch_str codes[CH_FACETS] = {[CH_FACET_STAFF_GROUP] = doc->staff_group,
                                     [CH_FACET_PAY_BAND] = doc->pay_band,
                                     [CH_FACET_CONTRACT_TYPE] = doc->contract_type,
                                     [CH_FACET_SECTOR] = doc->sector,
                                     [CH_FACET_EMPLOYER] = doc->employer_id};
    for (int f = 0; f < CH_FACETS; f++)
        if (codes[f].n) take_code(t, (char)(FEATURE_CODE + f), codes[f]);
    for (size_t i = 0; i < doc->n_working_patterns && i < CH_SEARCH_PATTERNS_MAX; i++)
        take_code(t, FEATURE_CODE + CH_FACET_WORKING_PATTERN, doc->working_patterns[i]);
    if (doc->remote) take_code(t, FEATURE_REMOTE, CH_STR(""));
}

void doc_read(features *f, const ch_search_doc *doc, uint64_t *has, ch_arena *a, doc_view *out)
{
    taker t = {.known = f, .has = has, .out = out, .arena = a};
    *out = (doc_view){.has = has};
    out->salary = doc->salary_max > doc->salary_min ? doc->salary_max : doc->salary_min;
    mark(&t, FEATURE_ALL);
    take_texts(&t, doc);
    take_locations(&t, doc);
    take_codes(&t, doc);
}

/* ---- answers */

static bool near(const doc_view *d, const ring *c)
{
    for (size_t i = 0; i < d->n_spots; i++)
        if (ring_holds(c, d->spots[i])) return true;
    return false;
}

static bool has_any(const doc_view *d, const uint32_t *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (doc_has(d, p[i])) return true;
    return false;
}

static bool has_all(const doc_view *d, const uint32_t *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!doc_has(d, p[i])) return false;
    return true;
}

static bool has_phrase(const doc_view *d, const features *f, const uint32_t *p, uint32_t n)
{
    if (!doc_has(d, p[0])) return false; /* its `first` is of another vacancy */
    for (uint32_t at = f->p[p[0]].first; at; at = d->next[at - 1]) {
        if (at - 1 + n > d->n_tokens) continue;
        if (memcmp(&d->tokens[at - 1], p, n * sizeof *p) == 0) return true;
    }
    return false;
}

bool doc_answers(const doc_view *d, const features *f, const alert *a)
{
    const uint32_t *p = alert_all(a);
    if (!has_all(d, p, a->n_all)) return false;
    p += a->n_all;
    for (uint8_t i = 0; i < a->n_any; i++, p += *p + 1)
        if (!has_any(d, p + 1, *p)) return false;
    if (has_any(d, p, a->n_without)) return false;
    if (a->has_salary) {
        int64_t least;
        memcpy(&least, a->data, sizeof least);
        if (d->salary < least) return false;
    }
    if (a->has_circle) {
        ring c = alert_circle(a);
        if (!near(d, &c)) return false;
    }
    p += a->n_without;
    for (uint8_t i = 0; i < a->n_phrases; i++, p += *p + 1)
        if (!has_phrase(d, f, p + 1, *p)) return false;
    for (uint8_t i = 0; i < a->n_never; i++, p += *p + 1)
        if (has_phrase(d, f, p + 1, *p)) return false;
    return true;
}
