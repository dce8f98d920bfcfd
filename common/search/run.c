/* Queries: text to candidates, one pass of filters and facet counts over them, the best few kept. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "search/query.h"

#define EARTH_M 6371008.8 /* mean radius (IUGG) */
static const double weight[FIELDS] = {4.0, 1.5, 1.0, 1.0};
static const double length_share[FIELDS] = {0.3, 0.3, 0.7, 0.5};
#define K1 1.2

const char *ch_facet_name(ch_facet f)
{
    static const char *const facet_names[CH_FACETS] = {"staff_group", "pay_band", "contract_type", "working_pattern", "sector", "employer"};
    return facet_names[f];
}

bool ch_search_sort_of(ch_str name, ch_search_sort *out)
{
    static const char *const sorts[] = {"relevance", "newest", "closing", "salary", "distance"};
    for (int i = 0; i < 5; i++)
        if (ch_str_is(name, sorts[i])) return *out = (ch_search_sort)i, true;
    return false;
}

/* ---- candidates */

typedef struct candidate {
    uint32_t slot;
    float score;
} candidate;
typedef struct candidates {
    candidate *p;
    size_t n;
} candidates;

typedef struct run {
    ch_search_index *x;
    ch_arena *arena;
    const ch_search_query *q;
    double average[FIELDS];
    uint64_t steps, budget;
    point place;
    float least_cosine; /* of the angle that the radius spans */
} run;

static bool spend(run *r, uint64_t steps)
{
    r->steps += steps;
    return r->steps <= r->budget;
}

/* BM25F: field-weighted frequency, saturated once (Robertson, Zaragoza 2009, section 3.6). */
static float score_of(const run *r, const term *t, const posting *p)
{
    const doc *d = &r->x->docs[p->slot];
    double tf = 0, n = r->x->n_docs, df = t->n;
    for (int f = 0; f < FIELDS; f++)
        if (p->tf[f]) tf += weight[f] * p->tf[f] / (1 - length_share[f] + length_share[f] * d->lengths[f] / (r->average[f] > 0 ? r->average[f] : 1));
    return (float)(log(1 + (n - df + 0.5) / (df + 0.5)) * tf / (K1 + tf));
}

static candidates of_term(run *r, uint32_t number)
{
    const term *t = &r->x->terms[number];
    candidates out = {CH_NEW_N(r->arena, candidate, t->n + 1), 0};
    for (uint32_t i = 0; i < t->n; i++) out.p[out.n++] = (candidate){t->p[i].slot, score_of(r, t, &t->p[i])};
    r->steps += 20ull * t->n;
    return out;
}

/* Either; the better score where both. */
static candidates unite(run *r, candidates a, candidates b)
{
    candidates out = {CH_NEW_N(r->arena, candidate, a.n + b.n + 1), 0};
    size_t i = 0, j = 0;
    while (i < a.n || j < b.n) {
        if (j == b.n || (i < a.n && a.p[i].slot < b.p[j].slot)) out.p[out.n++] = a.p[i++];
        else if (i == a.n || b.p[j].slot < a.p[i].slot) out.p[out.n++] = b.p[j++];
        else {
            out.p[out.n] = a.p[i++];
            if (b.p[j].score > out.p[out.n].score) out.p[out.n].score = b.p[j].score;
            j++;
            out.n++;
        }
    }
    r->steps += 3 * (a.n + b.n);
    return out;
}

static candidates of_word(run *r, const word *w)
{
    candidates out = {0};
    for (size_t i = 0; i < w->n; i++) out = i ? unite(r, out, of_term(r, w->terms[i])) : of_term(r, w->terms[i]);
    return out;
}

/* The posting of a slot from `from` on, by doubling steps; NULL when it has none. */
static const posting *seek(const term *t, uint32_t slot, uint32_t *from)
{
    uint32_t step = 1, low = *from;
    while (low + step < t->n && t->p[low + step].slot < slot) {
        low += step;
        step *= 2;
    }
    uint32_t high = low + step < t->n ? low + step + 1 : t->n;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (t->p[middle].slot < slot) low = middle + 1;
        else high = middle;
    }
    *from = low;
    return low < t->n && t->p[low].slot == slot ? &t->p[low] : NULL;
}

static void intersect_term(run *r, candidates *c, uint32_t number)
{
    const term *t = &r->x->terms[number];
    uint32_t from = 0;
    size_t kept = 0;
    for (size_t i = 0; i < c->n && from < t->n; i++) {
        const posting *p = seek(t, c->p[i].slot, &from);
        if (p) c->p[kept++] = (candidate){c->p[i].slot, c->p[i].score + score_of(r, t, p)};
    }
    r->steps += 30 * c->n;
    c->n = kept;
}

static void intersect(run *r, candidates *c, const word *w)
{
    if (w->n == 1) {
        intersect_term(r, c, w->terms[0]);
        return;
    }
    candidates other = of_word(r, w);
    size_t kept = 0, j = 0;
    for (size_t i = 0; i < c->n; i++) {
        while (j < other.n && other.p[j].slot < c->p[i].slot) j++;
        if (j < other.n && other.p[j].slot == c->p[i].slot) c->p[kept++] = (candidate){c->p[i].slot, c->p[i].score + other.p[j].score};
    }
    r->steps += 2 * (c->n + other.n);
    c->n = kept;
}

static uint64_t frequency(const run *r, const word *w)
{
    uint64_t n = 0;
    for (size_t i = 0; i < w->n; i++) n += r->x->terms[w->terms[i]].n;
    return n;
}

static int rarer(const run *r, const word *a, const word *b)
{
    uint64_t x = frequency(r, a), y = frequency(r, b);
    return x < y ? -1 : x > y;
}

/* All words, the rarest first. */
static candidates all_of(run *r, const parsed *p)
{
    const word *order[WORDS_MAX];
    for (size_t i = 0; i < p->n_words; i++) {
        size_t k = i;
        for (; k > 0 && rarer(r, &p->words[i], order[k - 1]) < 0; k--) order[k] = order[k - 1];
        order[k] = &p->words[i];
    }
    candidates out = of_word(r, order[0]);
    for (size_t i = 1; i < p->n_words && out.n; i++) intersect(r, &out, order[i]);
    return out;
}

/* At least `need` of the words; scores add up. */
static candidates most_of(run *r, const parsed *p, size_t need)
{
    uint32_t slots = r->x->n_docs;
    uint8_t *count = ch_arena_alloc(r->arena, slots + 1);
    float *score = CH_NEW_N(r->arena, float, slots + 1);
    for (size_t w = 0; w < p->n_words; w++) {
        candidates c = of_word(r, &p->words[w]);
        for (size_t i = 0; i < c.n; i++) {
            count[c.p[i].slot]++;
            score[c.p[i].slot] += c.p[i].score;
        }
    }
    candidates out = {CH_NEW_N(r->arena, candidate, slots + 1), 0};
    for (uint32_t s = 0; s < slots; s++)
        if (count[s] >= need) out.p[out.n++] = (candidate){s, score[s]};
    r->steps += 2ull * slots;
    return out;
}

static candidates everything(run *r)
{
    candidates out = {CH_NEW_N(r->arena, candidate, r->x->n_docs + 1), 0};
    for (uint32_t s = 0; s < r->x->n_docs; s++) out.p[out.n++] = (candidate){s, 0};
    r->steps += r->x->n_docs;
    return out;
}

static bool has_phrase(const doc *d, const phrase_terms *phrase)
{
    for (uint32_t i = 0; i + phrase->n <= d->n_tokens; i++) {
        size_t k = 0;
        while (k < phrase->n && d->tokens[i + k] == phrase->terms[k]) k++;
        if (k == phrase->n) return true;
    }
    return false;
}

/* Phrases stand in the text, and what is excluded does not. */
static void check_text(run *r, candidates *c, const parsed *p)
{
    size_t kept = 0;
    uint32_t from[WORDS_MAX] = {0};
    if (!p->n_phrases && !p->n_without) return;
    for (size_t i = 0; i < c->n; i++) {
        const doc *d = &r->x->docs[c->p[i].slot];
        bool fine = !d->dead;
        for (size_t k = 0; fine && k < p->n_without; k++)
            if (p->without[k].n) fine = !seek(&r->x->terms[p->without[k].terms[0]], c->p[i].slot, &from[k]);
        for (size_t k = 0; fine && k < p->n_phrases; k++) fine = has_phrase(d, &p->phrases[k]);
        r->steps += p->n_phrases ? d->n_tokens : 10;
        if (fine) c->p[kept++] = c->p[i];
    }
    c->n = kept;
}

/* A phrase's words are words too: the rarest of them lead to it. */
static void add_phrase_words(const parsed *p, parsed *out)
{
    *out = *p;
    for (size_t i = 0; i < p->n_phrases; i++)
        for (size_t k = 0; k < p->phrases[i].n && out->n_words < WORDS_MAX; k++)
            out->words[out->n_words++] = (word){.terms = {p->phrases[i].terms[k]}, .n = 1};
}

static candidates find(run *r, const parsed *typed, bool relaxed)
{
    parsed *p = ch_arena_alloc(r->arena, sizeof *p);
    add_phrase_words(typed, p);
    candidates c = {0};
    if (p->impossible) return c;
    if (!p->n_words) c = everything(r);
    else if (relaxed) c = most_of(r, p, p->n_words == 2 ? 1 : (2 * p->n_words + 2) / 3);
    else c = all_of(r, p);
    check_text(r, &c, p);
    return c;
}

/* ---- filters, counts, the best */

typedef struct key {
    double first; /* larger is better */
    int64_t published;
    uint64_t id_hash;
} key;
typedef struct best {
    uint32_t slot;
    key key;
    float score, distance;
} best;

typedef struct pass {
    uint32_t wanted[CH_FACETS][64]; /* value numbers that a filter names */
    size_t n_wanted[CH_FACETS];
    uint64_t wanted_patterns;
    uint32_t *counts[CH_FACETS];
    uint32_t area;
    best *top; /* a heap, the worst first */
    size_t n_top, limit;
    bool after; /* only what comes behind `cursor` */
    key cursor;
    uint64_t total;
} pass;

/* True when a comes before b. */
static bool before(const key *a, const key *b)
{
    if (a->first != b->first) return a->first > b->first;
    if (a->published != b->published) return a->published > b->published;
    return a->id_hash < b->id_hash;
}

static void swap(best *a, best *b)
{
    best t = *a;
    *a = *b;
    *b = t;
}

static void sift_down(best *p, size_t n, size_t i)
{
    for (;;) {
        size_t worst = i, left = 2 * i + 1;
        if (left < n && before(&p[worst].key, &p[left].key)) worst = left;
        if (left + 1 < n && before(&p[worst].key, &p[left + 1].key)) worst = left + 1;
        if (worst == i) return;
        swap(&p[i], &p[worst]);
        i = worst;
    }
}

static void offer(pass *s, const best *b)
{
    if (!s->limit || (s->after && !before(&s->cursor, &b->key))) return;
    if (s->n_top < s->limit) {
        s->top[s->n_top] = *b;
        for (size_t i = s->n_top++; i && before(&s->top[(i - 1) / 2].key, &s->top[i].key); i = (i - 1) / 2) swap(&s->top[i], &s->top[(i - 1) / 2]);
    } else if (before(&b->key, &s->top[0].key)) {
        s->top[0] = *b;
        sift_down(s->top, s->n_top, 0);
    }
}

static float nearest_cosine(const doc *d, point place)
{
    float most = -2;
    for (uint32_t i = 0; i < d->n_points; i++) {
        float c = d->points[i].x * place.x + d->points[i].y * place.y + d->points[i].z * place.z;
        if (c > most) most = c;
    }
    return most;
}

/* By the chord, which stays exact for small angles in single precision where the cosine does not. */
static double metres(const doc *d, point place)
{
    double least = 4;
    for (uint32_t i = 0; i < d->n_points; i++) {
        double x = (double)d->points[i].x - place.x, y = (double)d->points[i].y - place.y, z = (double)d->points[i].z - place.z;
        double chord = x * x + y * y + z * z;
        if (chord < least) least = chord;
    }
    return 2 * EARTH_M * asin(sqrt(least) / 2);
}

static bool in_area(const doc *d, uint32_t area)
{
    for (uint32_t i = 0; i < d->n_areas; i++)
        if (d->areas[i] == area) return true;
    return false;
}

static bool passes(const run *r, const pass *s, const doc *d, float *distance)
{
    const ch_search_query *q = r->q;
    *distance = -1;
    if (d->dead || (q->now && d->closes <= q->now)) return false;
    if ((q->remote && !d->remote) || (q->salary_min && d->salary_max < q->salary_min)) return false;
    if (s->area && !in_area(d, s->area)) return false;
    if (!q->has_place) return true;
    if (q->radius_m > 0 && (!d->n_points || nearest_cosine(d, r->place) < r->least_cosine)) return false;
    if (d->n_points) *distance = (float)metres(d, r->place);
    return q->radius_m <= 0 || (double)*distance <= q->radius_m;
}

static bool facet_passes(const pass *s, const doc *d, int f)
{
    if (f == CH_FACET_WORKING_PATTERN) return (d->patterns & s->wanted_patterns) != 0;
    for (size_t i = 0; i < s->n_wanted[f]; i++)
        if (s->wanted[f][i] == d->facet[f]) return true;
    return false;
}

static void count(pass *s, const doc *d, int f)
{
    if (!s->counts[f]) return;
    if (f != CH_FACET_WORKING_PATTERN) {
        s->counts[f][d->facet[f]]++;
        return;
    }
    for (uint64_t bits = d->patterns; bits; bits &= bits - 1) s->counts[f][(unsigned)__builtin_ctzl(bits)]++;
}

static key key_of(const run *r, const doc *d, float score, float distance)
{
    key k = {0, d->published, d->id_hash};
    switch (r->q->sort) {
    case CH_SORT_RELEVANCE: k.first = (double)score; break;
    case CH_SORT_NEWEST: break;
    case CH_SORT_CLOSING: k.first = -(double)d->closes; break;
    case CH_SORT_SALARY: k.first = (double)d->salary_max; break;
    case CH_SORT_DISTANCE: k.first = r->q->has_place ? (distance < 0 ? -1e12 : -(double)distance) : (double)score; break;
    }
    return k;
}

/* A facet is counted over what all filters but its own let through: one failure is a count for that facet, two are none. */
static void look_at(const run *r, pass *s, const candidate *c)
{
    const doc *d = &r->x->docs[c->slot];
    float distance;
    int failed = -1;
    if (!passes(r, s, d, &distance)) return;
    for (int f = 0; f < CH_FACETS; f++) {
        if (!r->q->filters[f].n || facet_passes(s, d, f)) continue;
        if (failed >= 0) return;
        failed = f;
    }
    if (failed >= 0) {
        count(s, d, failed);
        return;
    }
    s->total++;
    for (int f = 0; f < CH_FACETS; f++) count(s, d, f);
    offer(s, &(best){c->slot, key_of(r, d, c->score, distance), c->score, distance});
}

static void prepare_pass(const run *r, pass *s)
{
    const ch_search_query *q = r->q;
    *s = (pass){.limit = q->limit > 100 ? 100 : q->limit};
    s->top = CH_NEW_N(r->arena, best, s->limit + 1);
    if (q->area.n) {
        char upper[8];
        size_t n = 0;
        for (; n < q->area.n && n < sizeof upper; n++) upper[n] = (char)(q->area.p[n] >= 'a' && q->area.p[n] <= 'z' ? q->area.p[n] - 32 : q->area.p[n]);
        s->area = (uint32_t)ch_hash((ch_str){upper, n});
    }
    for (int f = 0; f < CH_FACETS; f++) {
        if (q->facets & CH_FACET_BIT(f)) s->counts[f] = CH_NEW_N(r->arena, uint32_t, r->x->facets[f].n + 65);
        for (size_t i = 0; i < q->filters[f].n && s->n_wanted[f] < 64; i++) {
            uint32_t number = names_find(&r->x->facets[f], q->filters[f].codes[i]);
            s->wanted[f][s->n_wanted[f]++] = number ? number : NO_SLOT;
            if (f == CH_FACET_WORKING_PATTERN && number && number < 64) s->wanted_patterns |= 1ull << number;
        }
    }
}

/* ---- cursors: the last key, bound to its query */

static uint64_t query_hash(const ch_search_query *q)
{
    uint64_t h = ch_hash(q->text) ^ (uint64_t)q->sort << 1 ^ (uint64_t)q->remote << 5 ^ (uint64_t)q->salary_min << 8 ^ ch_hash(q->area);
    for (int f = 0; f < CH_FACETS; f++)
        for (size_t i = 0; i < q->filters[f].n; i++) h = h * UINT64_C(0x9E3779B97F4A7C15) + (ch_hash(q->filters[f].codes[i]) ^ (uint64_t)(unsigned)f);
    if (q->has_place) h ^= (uint64_t)llround(q->lat * 1e5) << 20 ^ (uint64_t)llround(q->lon * 1e5) ^ (uint64_t)llround(q->radius_m);
    return h;
}

static ch_str cursor_of(const run *r, const best *last)
{
    uint64_t parts[4] = {query_hash(r->q), 0, (uint64_t)last->key.published, last->key.id_hash};
    ch_buf b = ch_buf_in(r->arena);
    memcpy(&parts[1], &last->key.first, sizeof parts[1]);
    ch_put_base64url(&b, (ch_str){(const char *)parts, sizeof parts});
    return ch_buf_str(&b);
}

static ch_err read_cursor(const run *r, pass *s)
{
    uint64_t parts[4];
    ch_str bytes;
    if (!r->q->cursor.n) return CH_OK;
    if (!ch_base64url_decode(r->arena, r->q->cursor, &bytes) || bytes.n != sizeof parts) return CH_INVALID;
    memcpy(parts, bytes.p, sizeof parts);
    if (parts[0] != query_hash(r->q)) return CH_INVALID;
    memcpy(&s->cursor.first, &parts[1], sizeof parts[1]);
    s->cursor.published = (int64_t)parts[2];
    s->cursor.id_hash = parts[3];
    s->after = true;
    return isnan(s->cursor.first) ? CH_INVALID : CH_OK;
}

/* ---- the answer */

static int by_count(const void *a, const void *b)
{
    const ch_facet_count *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : ch_str_cmp(x->code, y->code);
}

static void put_facet(const run *r, const pass *s, int f, ch_search_result *out)
{
    const names *values = &r->x->facets[f];
    if (!s->counts[f]) return;
    ch_facet_count *counts = CH_NEW_N(r->arena, ch_facet_count, values->n + 1);
    size_t n = 0;
    for (uint32_t v = 1; v <= values->n; v++)
        if (s->counts[f][v]) counts[n++] = (ch_facet_count){ch_arena_str(r->arena, values->p[v - 1]), s->counts[f][v]};
    qsort(counts, n, sizeof *counts, by_count);
    out->facets[f].counts = counts;
    out->facets[f].n = n;
}

static void put_hits(const run *r, pass *s, ch_search_result *out)
{
    out->hits = CH_NEW_N(r->arena, ch_search_hit, s->n_top + 1);
    out->n_hits = s->n_top;
    best last = {0};
    for (size_t n = s->n_top; n > 0; n--) { /* the worst comes off the heap first */
        best b = s->top[0];
        const doc *d = &r->x->docs[b.slot];
        if (n == s->n_top) last = b;
        out->hits[n - 1] = (ch_search_hit){ch_arena_str(r->arena, d->id), ch_arena_str(r->arena, d->blob), d->version, (double)b.score, (double)b.distance};
        s->top[0] = s->top[n - 1];
        sift_down(s->top, n - 1, 0);
    }
    if (s->n_top && s->n_top == s->limit) out->cursor = cursor_of(r, &last);
}

static ch_err begin(ch_search_index *x, const ch_search_query *q, ch_arena *a, run *r)
{
    *r = (run){.x = x, .arena = a, .q = q, .budget = q->budget ? q->budget : 2000000000ull};
    if (q->text.n > 1000) return CH_TOO_LARGE;
    if (q->has_place && (!isfinite(q->lat) || !isfinite(q->lon) || !isfinite(q->radius_m) || q->radius_m < 0)) return CH_INVALID;
    uint64_t live = x->n_docs - x->n_dead;
    for (int f = 0; f < FIELDS; f++) r->average[f] = live ? (double)x->total_length[f] / (double)live : 1;
    if (q->has_place) {
        r->place = point_of(q->lat, q->lon);
        double angle = q->radius_m / EARTH_M;
        r->least_cosine = angle >= M_PI ? -1.1f : (float)cos(angle) - 1e-5f; /* a coarse sieve; metres() decides */
    }
    return CH_OK;
}

static ch_err pass_over(run *r, candidates c, pass *s)
{
    prepare_pass(r, s);
    CH_TRY(read_cursor(r, s));
    if (!spend(r, 25 * c.n)) return CH_LIMITED;
    for (size_t i = 0; i < c.n; i++) look_at(r, s, &c.p[i]);
    return CH_OK;
}

static uint64_t total_of(ch_search_index *x, ch_arena *a, const ch_search_query *q)
{
    run r;
    pass s;
    parsed *p = ch_arena_alloc(a, sizeof *p);
    if (begin(x, q, a, &r)) return 0;
    query_parse(x, a, q, false, p);
    return pass_over(&r, find(&r, p, false), &s) ? 0 : s.total;
}

static void suggest(ch_search_index *x, ch_arena *a, const ch_search_query *q, const parsed *p, ch_search_result *out)
{
    static const double miles[] = {10, 25, 50, 100, 0};
    ch_search_query other = *q;
    out->suggestions = CH_NEW_N(a, ch_search_suggestion, 5 + WORDS_MAX);
    other.limit = 0;
    other.facets = 0;
    other.cursor = CH_STR("");
    for (size_t i = 0; q->has_place && q->radius_m > 0 && i < 5; i++) {
        other.radius_m = miles[i] * CH_METRES_PER_MILE;
        if (miles[i] > 0 && other.radius_m <= q->radius_m) continue;
        uint64_t total = total_of(x, a, &other);
        if (total) out->suggestions[out->n_suggestions++] = (ch_search_suggestion){CH_SUGGEST_RADIUS, other.radius_m, q->text, total};
        if (total) break;
    }
    other.radius_m = q->radius_m;
    for (size_t i = 0; p->n_words > 1 && p->n_words < 7 && i < p->n_words; i++) {
        ch_buf text = ch_buf_in(a);
        for (size_t k = 0; k < p->n_words; k++)
            if (k != i) ch_buf_printf(&text, "%s%.*s", text.n ? " " : "", CH_ARG(p->words[k].typed));
        other.text = ch_buf_str(&text);
        uint64_t total = total_of(x, a, &other);
        if (total) out->suggestions[out->n_suggestions++] = (ch_search_suggestion){CH_SUGGEST_WORDS, q->radius_m, other.text, total};
    }
}

static ch_err run_locked(ch_search_index *x, const ch_search_query *q, ch_arena *a, ch_search_result *out)
{
    run r;
    pass s;
    parsed *p = ch_arena_alloc(a, sizeof *p);
    CH_TRY(begin(x, q, a, &r));
    query_parse(x, a, q, !q->strict, p);
    CH_TRY(pass_over(&r, find(&r, p, false), &s));
    out->corrected = p->corrected;
    if (!s.total && !q->strict && q->text.n) {
        suggest(x, a, q, p, out);
        if (p->n_words > 1) {
            CH_TRY(pass_over(&r, find(&r, p, true), &s));
            out->relaxed = s.total > 0;
        }
    } else if (!s.total && q->has_place && !q->strict) suggest(x, a, q, p, out);
    out->total = s.total;
    for (int f = 0; f < CH_FACETS; f++) put_facet(&r, &s, f, out);
    put_hits(&r, &s, out);
    return CH_OK;
}

ch_err ch_search_run(ch_search_index *x, const ch_search_query *q, ch_arena *a, ch_search_result *out)
{
    *out = (ch_search_result){0};
    pthread_rwlock_rdlock(&x->lock);
    ch_err e = run_locked(x, q, a, out);
    pthread_rwlock_unlock(&x->lock);
    return e;
}

static const doc *find_doc(const ch_search_index *x, ch_str id, uint32_t *slot)
{
    uint32_t number = names_find(&x->ids, id);
    if (!number || x->known[number - 1].slot == NO_SLOT) return NULL;
    *slot = x->known[number - 1].slot;
    return &x->docs[*slot];
}

ch_err ch_search_get(ch_search_index *x, ch_str id, ch_arena *a, ch_search_hit *out)
{
    uint32_t slot;
    pthread_rwlock_rdlock(&x->lock);
    const doc *d = find_doc(x, id, &slot);
    if (d) *out = (ch_search_hit){ch_arena_str(a, d->id), ch_arena_str(a, d->blob), d->version, 0, -1};
    pthread_rwlock_unlock(&x->lock);
    return d ? CH_OK : CH_NOT_FOUND;
}

/* Its most telling terms: rare in the index, from title first. */
static size_t telling_terms(const run *r, const doc *d, uint32_t *out, size_t most)
{
    double values[16];
    size_t n = 0;
    for (uint32_t i = 0; i < d->n_tokens && i < 400; i++) {
        if (d->tokens[i] >= TOKEN_BREAK) continue;
        const term *t = &r->x->terms[d->tokens[i]];
        double value = log((double)(r->x->n_docs + 1) / (t->n + 1.0)) * (i < d->lengths[FIELD_TITLE] ? 3 : 1);
        bool there = t->n < 2;
        for (size_t k = 0; k < n; k++) there |= out[k] == d->tokens[i];
        if (there || (n == most && value <= values[n - 1])) continue;
        size_t k = n < most ? n++ : n - 1;
        for (; k > 0 && values[k - 1] < value; k--) {
            values[k] = values[k - 1];
            out[k] = out[k - 1];
        }
        values[k] = value;
        out[k] = d->tokens[i];
    }
    return n;
}

ch_err ch_search_similar(ch_search_index *x, ch_str id, int64_t now, size_t limit, ch_arena *a, ch_search_result *out)
{
    ch_search_query q = {.now = now, .limit = limit};
    run r;
    pass s;
    uint32_t slot, terms[16];
    *out = (ch_search_result){0};
    pthread_rwlock_rdlock(&x->lock);
    const doc *d = find_doc(x, id, &slot);
    ch_err e = d ? begin(x, &q, a, &r) : CH_NOT_FOUND;
    if (!e) {
        parsed *p = ch_arena_alloc(a, sizeof *p);
        p->n_words = telling_terms(&r, d, terms, 12);
        for (size_t i = 0; i < p->n_words; i++) p->words[i] = (word){.terms = {terms[i]}, .n = 1};
        candidates c = p->n_words ? most_of(&r, p, p->n_words > 3 ? 2 : 1) : (candidates){0};
        size_t kept = 0;
        for (size_t i = 0; i < c.n; i++)
            if (c.p[i].slot != slot) c.p[kept++] = c.p[i];
        c.n = kept;
        e = pass_over(&r, c, &s);
        if (!e) put_hits(&r, &s, out);
        out->total = e ? 0 : s.total;
        out->cursor = CH_STR("");
    }
    pthread_rwlock_unlock(&x->lock);
    return e;
}

size_t ch_search_complete(ch_search_index *x, ch_str prefix, ch_arena *a, ch_str *out, size_t max)
{
    size_t n = 0;
    uint32_t counts[100];
    if (max > 100) max = 100;
    pthread_rwlock_rdlock(&x->lock);
    for (uint32_t i = 0; max && prefix.n && i < x->dictionary.n; i++) {
        const term *t = &x->terms[i];
        if (!t->n || !ch_str_starts(t->word, prefix) || (n == max && t->n <= counts[n - 1])) continue;
        size_t k = n < max ? n++ : n - 1;
        for (; k > 0 && counts[k - 1] < t->n; k--) {
            counts[k] = counts[k - 1];
            out[k] = out[k - 1];
        }
        counts[k] = t->n;
        out[k] = ch_arena_str(a, t->word);
    }
    pthread_rwlock_unlock(&x->lock);
    return n;
}
