/* The store of saved searches: what comes and goes, and what one vacancy answers. */
#include <stdlib.h>

#include "search/alert_room.h"

enum {
    DORMANT_AFTER = 10000,
    NOISY_FROM = 200,
    NOISY_SHARE = 20,
    RECHECKED = 4,          /* alerts looked at again, each vacancy: is there a rarer clause to file them under? */
    LEARNED_FIRST = 200,    /* vacancies before that means anything */
    LEARNED_MOST = 1 << 17, /* then the past counts half */
};

struct ch_alerts {
    features known;
    files files;
    table by_id; /* value: an alert's number */
    uint64_t seed[2];
    uint64_t *has;  /* a vacancy's features, by number; all zero between vacancies */
    uint64_t *sign; /* the same by the low 16 bits */
    uint32_t has_size;
    uint32_t vacancies, paused, turn;
    uint64_t matched_docs, candidates;
    struct found {
        uint32_t *p, n, cap;
    } keys, answered; /* of the vacancy at hand; kept, so that their memory is not asked for anew each time */
};

enum { SIGN_SIZE = 65536 / 64 };

ch_alerts *ch_alerts_open(void)
{
    ch_alerts *s = calloc(1, sizeof *s);
    if (!s || !(s->sign = calloc(SIGN_SIZE, sizeof *s->sign))) abort();
    features_open(&s->known);
    files_open(&s->files);
    memcpy(s->seed, s->known.seed, sizeof s->seed);
    return s;
}

void ch_alerts_close(ch_alerts *s)
{
    if (!s) return;
    files_close(&s->files);
    features_close(&s->known);
    free(s->by_id.p);
    free(s->has);
    free(s->sign);
    free(s->keys.p);
    free(s->answered.p);
    free(s);
}

/* ---- coming and going */

static uint32_t find(const ch_alerts *s, ch_str id, uint32_t *at)
{
    uint32_t hash = keyed_hash(s->seed, id), number;
    for (*at = hash; (number = table_find(&s->by_id, hash, at)); ++*at)
        if (ch_str_eq(alert_id(files_at(&s->files, number)), id)) break;
    return number;
}

static void take_in(ch_alerts *s, ch_str id, uint32_t number)
{
    alert *a = files_at(&s->files, number);
    a->born = a->last = s->vacancies;
    files_add(&s->files, &s->known, number);
    table_add(&s->by_id, keyed_hash(s->seed, id), number);
    s->files.alerts++;
}

ch_err ch_alerts_add(ch_alerts *s, ch_str id, const ch_search_query *q)
{
    wanted *w = malloc(sizeof *w);
    if (!w) abort();
    ch_err e = id.n && id.n <= 255 ? wanted_read(&s->known, q, w) : CH_INVALID;
    if (!e) {
        ch_alerts_remove(s, id);
        take_in(s, id, alert_new(&s->files.pool, id, w));
    }
    free(w);
    return e;
}

/* A paused alert stands in no list. */
static void unfile(ch_alerts *s, uint32_t number)
{
    if (!files_at(&s->files, number)->paused) {
        files_remove(&s->files, &s->known, number, false);
        return;
    }
    alert_drop(&s->known, files_at(&s->files, number));
    files_forget(&s->files, number);
}

ch_err ch_alerts_remove(ch_alerts *s, ch_str id)
{
    uint32_t at, number = find(s, id, &at);
    if (!number) return CH_NOT_FOUND;
    const alert *a = files_at(&s->files, number);
    table_remove(&s->by_id, at);
    s->files.alerts--;
    s->paused -= a->paused;
    unfile(s, number);
    return CH_OK;
}

/* To another number: the lists that still name the old one must not find it. */
static uint32_t move(ch_alerts *s, uint32_t at, uint32_t number)
{
    size_t size = alert_bytes(files_at(&s->files, number));
    uint32_t moved = alert_pool_take(&s->files.pool, size);
    memcpy(files_at(&s->files, moved), files_at(&s->files, number), size);
    s->by_id.p[at].value = moved;
    files_remove(&s->files, &s->known, number, true);
    return moved;
}

/* Vacancies that pass while it is paused do not count: until it resumes, born and last are ages. */
ch_err ch_alerts_pause(ch_alerts *s, ch_str id, bool paused)
{
    uint32_t at, number = find(s, id, &at);
    if (!number) return CH_NOT_FOUND;
    alert *a = files_at(&s->files, number);
    if (a->paused == paused) return CH_OK;
    if (paused) a = files_at(&s->files, number = move(s, at, number));
    a->born = s->vacancies - a->born;
    a->last = s->vacancies - a->last;
    a->paused = paused;
    if (!paused) files_add(&s->files, &s->known, number);
    s->paused += paused ? 1 : UINT32_MAX;
    return CH_OK;
}

ch_err ch_alerts_info(ch_alerts *s, ch_str id, ch_alert_info *out)
{
    uint32_t at, number = find(s, id, &at);
    if (!number) return CH_NOT_FOUND;
    const alert *a = files_at(&s->files, number);
    uint32_t age = a->paused ? a->born : s->vacancies - a->born, quiet = a->paused ? a->last : s->vacancies - a->last;
    *out = (ch_alert_info){.matched = a->matched, .paused = a->paused, .dormant = quiet >= DORMANT_AFTER};
    out->noisy = age >= NOISY_FROM && (uint64_t)a->matched * NOISY_SHARE > age;
    return CH_OK;
}

void ch_alerts_get_stats(ch_alerts *s, ch_alerts_stats *out)
{
    const files *f = &s->files;
    const features *k = &s->known;
    *out = (ch_alerts_stats){
        .alerts = f->alerts, .paused = s->paused, .filed = f->postings, .matched_docs = s->matched_docs, .last_candidates = s->candidates};
    out->bytes = (uint64_t)f->pool.n * POOL_CHUNK + f->bytes + f->cap_lists * sizeof *f->lists +
                 (f->cap_unused_lists + s->keys.cap + s->answered.cap) * sizeof(uint32_t) +
                 (f->keys.size + s->by_id.size + k->by_text.size) * sizeof(table_entry) + k->bytes + k->cap * (sizeof *k->p + sizeof *k->unused) +
                 (s->has_size + SIGN_SIZE) * sizeof *s->has;
}

/* ---- one vacancy */

typedef struct found found;

static void push(found *l, uint32_t number)
{
    if (l->n == l->cap) l->p = room_grow(l->p, &l->cap, sizeof *l->p);
    l->p[l->n++] = number;
}

static void make_room(ch_alerts *s)
{
    uint32_t size = (s->known.n + 63) / 64;
    if (size <= s->has_size) return;
    free(s->has);
    s->has_size = 2 * size;
    s->has = calloc(s->has_size, sizeof *s->has);
    if (!s->has) abort();
}

static void learn(ch_alerts *s, const doc_view *d)
{
    for (size_t i = 0; i < d->n_features; i++) s->known.p[d->features[i]].seen++;
    if (++s->files.learned < LEARNED_MOST) return;
    s->files.learned /= 2;
    for (uint32_t i = 0; i < s->known.n; i++) s->known.p[i].seen /= 2;
}

/* The cells of its places, each once; a level's at [level × most places]. */
typedef struct cells {
    uint32_t p[GRID_LEVELS][CH_SEARCH_LOCATIONS_MAX];
    size_t n[GRID_LEVELS];
} cells;

static void find_cells(const doc_view *d, cells *out)
{
    memset(out->n, 0, sizeof out->n);
    for (int level = 0; level < GRID_LEVELS; level++)
        for (size_t i = 0; i < d->n_spots; i++) {
            uint32_t number = grid_cell(d->spots[i], level);
            size_t k = 0;
            while (k < out->n[level] && out->p[level][k] != number) k++;
            out->p[level][k] = number;
            if (k == out->n[level]) out->n[level]++;
        }
}

static void push_cells(const ch_alerts *s, uint32_t number, const cells *c, found *keys)
{
    uint16_t levels = s->known.p[number].levels;
    for (int level = 0; level < GRID_LEVELS; level++)
        for (size_t i = 0; levels >> level & 1 && i < c->n[level]; i++) push(keys, files_key(&s->files, number, c->p[level][i]));
}

/* Where alerts that this vacancy may answer are filed. */
static void find_keys(const ch_alerts *s, const doc_view *d, found *keys)
{
    cells c;
    find_cells(d, &c);
    for (size_t i = 0; i < d->n_features; i++) {
        uint32_t number = d->features[i];
        if (s->known.p[number].narrow) push(keys, files_key(&s->files, number, 0));
        if (s->known.p[number].wide) push_cells(s, number, &c, keys);
    }
}

static bool signed_for(const ch_alerts *s, uint16_t need) { return s->sign[need / 64] >> (need % 64) & 1; }

static void read_list(const ch_alerts *s, const file_list *l, found *out)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (signed_for(s, l->p[i].need[0]) && signed_for(s, l->p[i].need[1])) push(out, l->p[i].alert);
}

enum { AHEAD = 12 }; /* places in memory asked for before they are needed */

static void find_alerts(const ch_alerts *s, const found *keys, found *out)
{
    for (uint32_t i = 0; i < keys->n; i++) {
        if (i + AHEAD < keys->n) table_prefetch(&s->files.keys, keys->p[i + AHEAD]);
        uint32_t at = keys->p[i], value = table_find(&s->files.keys, keys->p[i], &at);
        if (value & 1) push(out, value / 2);
        else if (value) read_list(s, &s->files.lists[value / 2 - 1], out);
    }
}

static bool answers(ch_alerts *s, const doc_view *d, alert *a)
{
    if (a->gone || a->last == s->vacancies) return false; /* last: it came up under another key too */
    if (!doc_answers(d, &s->known, a)) return false;
    a->matched++;
    a->last = s->vacancies;
    return true;
}

enum { ID_BYTES = 64 << 10 };

/* Ids are copied while the alert is at hand: to come back for them costs as much as the match. */
static size_t give_answered(ch_alerts *s, const doc_view *d, ch_arena *arena, ch_str *out)
{
    char *text = NULL;
    size_t n = 0, left = 0;
    const found *l = &s->answered;
    for (uint32_t i = 0; i < l->n; i++) {
        if (i + AHEAD < l->n) {
            const char *next = (const char *)files_at(&s->files, l->p[i + AHEAD]);
            __builtin_prefetch(next, 1);
            __builtin_prefetch(next + 64, 1);
        }
        alert *a = files_at(&s->files, l->p[i]);
        if (!answers(s, d, a)) continue;
        if (left < a->n_id) text = ch_arena_alloc(arena, left = ID_BYTES);
        ch_str id = alert_id(a);
        memcpy(text, id.p, id.n);
        out[n++] = (ch_str){text, id.n};
        text += id.n;
        left -= id.n;
    }
    return n;
}

static void sign(ch_alerts *s, const doc_view *d, bool set)
{
    for (size_t i = 0; i < d->n_features; i++) {
        uint32_t number = d->features[i];
        uint64_t bit = 1ull << (number % 64);
        if (set) s->sign[number % 65536 / 64] |= bit;
        else s->sign[number % 65536 / 64] = s->has[number / 64] = 0;
    }
}

/* What was learned since an alert was filed may say that it stands in the wrong place; a few are looked at each time.
 */
static void file_again(ch_alerts *s)
{
    for (int i = 0; s->files.learned >= LEARNED_FIRST && s->by_id.size && i < RECHECKED; i++) {
        uint32_t at = s->turn++ & (s->by_id.size - 1), number = s->by_id.p[at].value;
        if (number && files_misfiled(&s->files, &s->known, files_at(&s->files, number))) files_add(&s->files, &s->known, move(s, at, number));
    }
}

static size_t match(ch_alerts *s, const ch_search_doc *doc, ch_arena *own, ch_arena *a, ch_str **out)
{
    doc_view d;
    s->keys.n = s->answered.n = 0;
    make_room(s);
    doc_read(&s->known, doc, s->has, own, &d);
    sign(s, &d, true);
    s->vacancies++;
    s->matched_docs++;
    find_keys(s, &d, &s->keys);
    find_alerts(s, &s->keys, &s->answered);
    s->candidates = s->answered.n;
    *out = CH_NEW_N(a, ch_str, s->answered.n + 1);
    size_t n = give_answered(s, &d, a, *out);
    sign(s, &d, false);
    learn(s, &d);
    file_again(s);
    return n;
}

size_t ch_alerts_match(ch_alerts *s, const ch_search_doc *doc, int64_t now, ch_arena *a, ch_str **out)
{
    *out = NULL;
    if (!doc->id.n || doc->id.n > 255 || (now && doc->closes_at && doc->closes_at <= now)) return 0;
    CH_AUTO_ARENA ch_arena *own = ch_arena_new(64 << 10);
    return match(s, doc, own, a, out);
}
