/* What a saved search asks: its text, codes, area and circle as features, once, when it is added. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "search/alert_room.h"
#include "search/query.h"

enum { QUERY_TEXT = 1000 };

typedef struct reader {
    features *known;
    wanted *out;
    size_t n_without, n_never; /* parts; no more of them count than in the index */
} reader;

static bool there(const uint32_t *p, size_t n, uint32_t number)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] == number) return true;
    return false;
}

static void add_once(features *f, uint32_t *p, size_t *n, size_t most, char kind, ch_str text)
{
    uint32_t number = features_take(f, kind, text);
    if (*n == most || there(p, *n, number)) features_drop(f, number);
    else p[(*n)++] = number;
}

static void demand(reader *r, char kind, ch_str text) { add_once(r->known, r->out->all, &r->out->n_all, ALL_MAX, kind, text); }

static void read_phrase(features *f, const query_part *part, clause *out)
{
    out->n = part->n < PHRASE_MAX ? part->n : PHRASE_MAX;
    for (size_t i = 0; i < out->n; i++) out->p[i] = features_take(f, FEATURE_TERM, part->terms[i].text);
}

static void add_phrase(reader *r, const query_part *part)
{
    if (r->out->n_phrases == PHRASES_MAX) return;
    read_phrase(r->known, part, &r->out->phrases[r->out->n_phrases++]);
    for (size_t i = 0; i < part->n && i < PHRASE_MAX; i++) demand(r, FEATURE_TERM, part->terms[i].text);
}

/* One word or a phrase. */
static void add_without(reader *r, const query_part *part)
{
    wanted *w = r->out;
    if (part->n > 1 ? r->n_never++ >= PHRASES_MAX : r->n_without++ >= WORDS_MAX) return;
    if (part->n > 1) read_phrase(r->known, part, &w->never[w->n_never++]);
    else add_once(r->known, w->without, &w->n_without, WITHOUT_MAX, FEATURE_TERM, part->terms->text);
}

/* Words like "the" count only when there is nothing else; words beyond the most that a query takes do not. */
static void demand_words(reader *r, const query_part *parts, size_t n)
{
    bool telling = r->out->n_phrases > 0;
    size_t words = 0;
    for (size_t i = 0, k = 0; i < n && k < WORDS_MAX; i++) {
        telling |= parts[i].kind == PART_WORD && !parts[i].optional;
        k += parts[i].kind == PART_WORD;
    }
    for (size_t i = 0; i < n && words < WORDS_MAX; i++) {
        if (parts[i].kind != PART_WORD) continue;
        if (!telling || !parts[i].optional) demand(r, FEATURE_TERM, parts[i].terms->text);
        words++;
    }
}

static void read_text(reader *r, ch_arena *a, ch_str text)
{
    query_part *parts;
    size_t n = query_parts(a, text, &parts);
    for (size_t i = 0; i < n; i++) {
        if (parts[i].kind == PART_PHRASE) add_phrase(r, &parts[i]);
        if (parts[i].kind == PART_WITHOUT) add_without(r, &parts[i]);
    }
    demand_words(r, parts, n);
}

static void read_codes(reader *r, int facet, const ch_str *codes, size_t n)
{
    char kind = (char)(FEATURE_CODE + facet);
    if (n == 1) demand(r, kind, codes[0]);
    if (n < 2) return;
    clause *c = &r->out->any[r->out->n_any++];
    c->n = 0;
    for (size_t i = 0; i < n; i++) add_once(r->known, c->p, &c->n, ALTERNATIVES, kind, codes[i]);
}

static void read_area(reader *r, ch_str area)
{
    char upper[8];
    size_t n = 0;
    for (; n < area.n && n < sizeof upper; n++) upper[n] = (char)toupper((unsigned char)area.p[n]);
    if (n) demand(r, FEATURE_AREA, (ch_str){upper, n});
}

static void read_filters(reader *r, const ch_search_query *q)
{
    for (int f = 0; f < CH_FACETS; f++) read_codes(r, f, q->filters[f].codes, q->filters[f].n);
    if (q->remote) demand(r, FEATURE_REMOTE, CH_STR(""));
    read_area(r, q->area);
    r->out->salary = q->salary_min;
    r->out->has_circle = q->has_place && q->radius_m > 0;
    if (r->out->has_circle) r->out->circle = (ring){spot_at(q->lat, q->lon), chord_of_radius(q->radius_m)};
}

/* More of one facet than an alert keeps: to leave some out would not be what was asked. */
static bool has_many_codes(const ch_search_query *q)
{
    bool many = false;
    for (int f = 0; f < CH_FACETS; f++) many |= q->filters[f].n > ALTERNATIVES;
    return many;
}

/* A word that is both wanted and not. */
static bool contradicts_itself(const wanted *w)
{
    for (size_t i = 0; i < w->n_without; i++)
        if (there(w->all, w->n_all, w->without[i])) return true;
    return false;
}

ch_err wanted_read(features *f, const ch_search_query *q, wanted *out)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    reader r = {.known = f, .out = out};
    if (q->text.n > QUERY_TEXT || has_many_codes(q)) return CH_TOO_LARGE;
    if (q->has_place && (!isfinite(q->lat) || !isfinite(q->lon) || !isfinite(q->radius_m) || q->radius_m < 0)) return CH_INVALID;
    out->n_all = out->n_any = out->n_without = out->n_phrases = out->n_never = 0;
    read_text(&r, a, q->text);
    read_filters(&r, q);
    if (!contradicts_itself(out)) return CH_OK;
    wanted_drop(f, out);
    return CH_INVALID;
}

static void drop_all(features *f, const uint32_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) features_drop(f, p[i]);
}

void wanted_drop(features *f, const wanted *w)
{
    drop_all(f, w->all, w->n_all);
    drop_all(f, w->without, w->n_without);
    for (size_t i = 0; i < w->n_any; i++) drop_all(f, w->any[i].p, w->any[i].n);
    for (size_t i = 0; i < w->n_phrases; i++) drop_all(f, w->phrases[i].p, w->phrases[i].n);
    for (size_t i = 0; i < w->n_never; i++) drop_all(f, w->never[i].p, w->never[i].n);
}

/* ---- the alert made of it: one piece of memory */

static uint32_t *put_clauses(uint32_t *at, const clause *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        *at++ = (uint32_t)c[i].n;
        memcpy(at, c[i].p, c[i].n * sizeof *at);
        at += c[i].n;
    }
    return at;
}

static size_t clauses_size(const clause *c, size_t n)
{
    size_t size = n;
    for (size_t i = 0; i < n; i++) size += c[i].n;
    return size;
}

static size_t data_size(const wanted *w)
{
    return (w->salary ? (size_t)SALARY_DATA : 0) + (w->has_circle ? (size_t)CIRCLE_DATA : 0) + w->n_all + w->n_without +
           clauses_size(w->any, w->n_any) + clauses_size(w->phrases, w->n_phrases) + clauses_size(w->never, w->n_never);
}

static void *put_bytes(uint32_t *at, const void *from, size_t size)
{
    memcpy(at, from, size);
    return at + size / sizeof *at;
}

uint32_t alert_new(alert_pool *p, ch_str id, const wanted *w)
{
    size_t n = data_size(w);
    uint32_t number = alert_pool_take(p, sizeof(alert) + n * sizeof(uint32_t) + id.n);
    alert *a = alert_pool_at(p, number);
    *a = (alert){.n_data = (uint16_t)n,
                 .n_id = (uint8_t)id.n,
                 .n_all = (uint8_t)w->n_all,
                 .n_any = (uint8_t)w->n_any,
                 .n_without = (uint8_t)w->n_without,
                 .n_phrases = (uint8_t)w->n_phrases,
                 .n_never = (uint8_t)w->n_never,
                 .key = KEY_NONE,
                 .has_circle = w->has_circle,
                 .has_salary = w->salary != 0};
    uint32_t *at = a->data;
    if (a->has_salary) at = put_bytes(at, &w->salary, sizeof w->salary);
    if (a->has_circle) at = put_bytes(at, &w->circle, sizeof w->circle);
    at = put_bytes(at, w->all, w->n_all * sizeof *at);
    at = put_clauses(at, w->any, w->n_any);
    at = put_bytes(at, w->without, w->n_without * sizeof *at);
    at = put_clauses(at, w->phrases, w->n_phrases);
    at = put_clauses(at, w->never, w->n_never);
    memcpy(at, id.p, id.n);
    return number;
}

ring alert_circle(const alert *a)
{
    ring c;
    memcpy(&c, a->data + (a->has_salary ? SALARY_DATA : 0), sizeof c);
    return c;
}

static const uint32_t *drop_clauses(features *f, const uint32_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        drop_all(f, p + 1, *p);
        p += *p + 1;
    }
    return p;
}

void alert_drop(features *f, const alert *a)
{
    const uint32_t *p = alert_all(a);
    drop_all(f, p, a->n_all);
    p = drop_clauses(f, p + a->n_all, a->n_any);
    drop_all(f, p, a->n_without);
    p = drop_clauses(f, p + a->n_without, a->n_phrases);
    drop_clauses(f, p, a->n_never);
}
