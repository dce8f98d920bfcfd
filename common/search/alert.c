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
    table by_id; /* value: slot + 1 */
    uint64_t seed[2];
    uint64_t *has;  /* a vacancy's features, by number; all zero between vacancies */
    uint64_t *sign; /* the same by the low 16 bits */
    uint32_t has_size;
    uint32_t vacancies, paused, turn;
    uint64_t matched_docs, candidates, alert_bytes;
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
    for (uint32_t i = 0; i < s->files.n_slots; i++)
        if (!slot_dead(s->files.slots[i])) free(s->files.slots[i].alert);
    files_close(&s->files);
    features_close(&s->known);
    free(s->by_id.p);
    free(s->has);
    free(s->sign);
    free(s);
}

/* ---- coming and going */

static alert *find(const ch_alerts *s, ch_str id, uint32_t *at, uint32_t *slot)
{
    *at = keyed_hash(s->seed, id);
    for (uint32_t hash = *at, value; (value = table_find(&s->by_id, hash, at)); ++*at) {
        alert *a = s->files.slots[value - 1].alert;
        *slot = value - 1;
        if (ch_str_eq(alert_id(a), id)) return a;
    }
    return NULL;
}

static void take_in(ch_alerts *s, ch_str id, alert *a)
{
    uint32_t slot = files_slot(&s->files, a);
    a->born = a->last = s->vacancies;
    files_add(&s->files, &s->known, slot);
    table_add(&s->by_id, keyed_hash(s->seed, id), slot + 1);
    s->files.alerts++;
    s->alert_bytes += alert_bytes(a);
}

ch_err ch_alerts_add(ch_alerts *s, ch_str id, const ch_search_query *q)
{
    wanted *w = malloc(sizeof *w);
    if (!w) abort();
    ch_err e = id.n && id.n <= 255 ? wanted_read(&s->known, q, w) : CH_INVALID;
    if (!e) {
        ch_alerts_remove(s, id);
        take_in(s, id, alert_new(id, w));
    }
    free(w);
    return e;
}

/* A paused alert stands in no list. */
static void unfile(ch_alerts *s, const alert *a, uint32_t slot)
{
    if (a->paused)
        files_free_slot(&s->files, slot);
    else
        files_remove(&s->files, &s->known, slot);
}

ch_err ch_alerts_remove(ch_alerts *s, ch_str id)
{
    uint32_t at, slot;
    alert *a = find(s, id, &at, &slot);
    if (!a) return CH_NOT_FOUND;
    table_remove(&s->by_id, at);
    unfile(s, a, slot);
    s->files.alerts--;
    s->paused -= a->paused;
    s->alert_bytes -= alert_bytes(a);
    alert_free(&s->known, a);
    return CH_OK;
}

/* To another slot: the lists that still name the old one must not find it. */
static uint32_t move(ch_alerts *s, alert *a, uint32_t at, uint32_t slot)
{
    unfile(s, a, slot);
    slot = files_slot(&s->files, a);
    s->by_id.p[at].value = slot + 1;
    return slot;
}

/* Vacancies that pass while it is paused do not count: born and last move on by as many. Until then born holds when. */
ch_err ch_alerts_pause(ch_alerts *s, ch_str id, bool paused)
{
    uint32_t at, slot;
    alert *a = find(s, id, &at, &slot);
    if (!a) return CH_NOT_FOUND;
    if (a->paused == paused) return CH_OK;
    a->born = s->vacancies - a->born; /* paused: the age; else when it would have come */
    a->last = s->vacancies - a->last;
    if (paused) move(s, a, at, slot);
    a->paused = paused;
    if (!paused) files_add(&s->files, &s->known, slot);
    s->paused += paused ? 1 : UINT32_MAX;
    return CH_OK;
}

ch_err ch_alerts_info(ch_alerts *s, ch_str id, ch_alert_info *out)
{
    uint32_t at, slot;
    const alert *a = find(s, id, &at, &slot);
    if (!a) return CH_NOT_FOUND;
    uint32_t age = a->paused ? a->born : s->vacancies - a->born, quiet = a->paused ? a->last : s->vacancies - a->last;
    *out = (ch_alert_info){.matched = a->matched, .paused = a->paused, .dormant = quiet >= DORMANT_AFTER};
    out->noisy = age >= NOISY_FROM && (uint64_t)a->matched * NOISY_SHARE > age;
    return CH_OK;
}

void ch_alerts_get_stats(ch_alerts *s, ch_alerts_stats *out)
{
    const files *f = &s->files;
    const features *k = &s->known;
    *out = (ch_alerts_stats){.alerts = f->alerts,
                             .paused = s->paused,
                             .filed = f->postings,
                             .matched_docs = s->matched_docs,
                             .last_candidates = s->candidates};
    out->bytes = s->alert_bytes + f->bytes + f->cap_lists * sizeof *f->lists + f->cap_slots * sizeof *f->slots +
                 (f->cap_unused_slots + f->cap_unused_lists) * sizeof(uint32_t) +
                 (f->keys.size + s->by_id.size + k->by_text.size) * sizeof(table_entry) + k->bytes +
                 k->cap * (sizeof *k->p + sizeof *k->unused) + (s->has_size + SIGN_SIZE) * sizeof *s->has;
}

/* ---- one vacancy */

typedef struct found {
    uint32_t *p;
    uint32_t n, cap;
} found;

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
            uint32_t cell = grid_cell(d->spots[i], level);
            size_t k = 0;
            while (k < out->n[level] && out->p[level][k] != cell) k++;
            out->p[level][k] = cell;
            if (k == out->n[level]) out->n[level]++;
        }
}

static void push_cells(const ch_alerts *s, uint32_t number, const cells *c, found *keys)
{
    uint16_t levels = s->known.p[number].levels;
    for (int level = 0; level < GRID_LEVELS; level++)
        for (size_t i = 0; levels >> level & 1 && i < c->n[level]; i++)
            push(keys, files_key(&s->files, number, c->p[level][i]));
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

static bool signed_for(const ch_alerts *s, uint16_t need)
{
    return s->sign[need / 64] >> (need % 64) & 1;
}

static void read_list(const ch_alerts *s, const file_list *l, found *slots)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (signed_for(s, l->p[i].need[0]) && signed_for(s, l->p[i].need[1])) push(slots, l->p[i].slot);
}

enum { AHEAD = 12 }; /* places in memory asked for before they are needed */

static void find_slots(const ch_alerts *s, const found *keys, found *slots)
{
    for (uint32_t i = 0; i < keys->n; i++) {
        if (i + AHEAD < keys->n) table_prefetch(&s->files.keys, keys->p[i + AHEAD]);
        uint32_t at = keys->p[i], value = table_find(&s->files.keys, keys->p[i], &at);
        if (value & 1)
            push(slots, value / 2);
        else if (value)
            read_list(s, &s->files.lists[value / 2 - 1], slots);
    }
}

static bool answers(ch_alerts *s, const doc_view *d, alert *a)
{
    if (a->met == s->vacancies) return false; /* came up under another key */
    a->met = s->vacancies;
    if (!doc_answers(d, &s->known, a)) return false;
    a->matched++;
    a->last = s->vacancies;
    return true;
}

/* Keeps those slots whose alert is answered. */
static void keep_answered(ch_alerts *s, const doc_view *d, found *slots)
{
    const alert_slot *all = s->files.slots;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < slots->n; i++) {
        if (i + 2 * AHEAD < slots->n) __builtin_prefetch(&all[slots->p[i + 2 * AHEAD]]);
        if (i + AHEAD < slots->n) __builtin_prefetch(all[slots->p[i + AHEAD]].alert);
        alert_slot x = all[slots->p[i]];
        if (!slot_dead(x) && answers(s, d, x.alert)) slots->p[kept++] = slots->p[i];
    }
    slots->n = kept;
}

static void give_ids(const ch_alerts *s, const found *slots, ch_arena *a, ch_str **out)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < slots->n; i++) bytes += s->files.slots[slots->p[i]].alert->n_id;
    char *text = ch_arena_alloc(a, bytes + 1);
    *out = CH_NEW_N(a, ch_str, slots->n + 1);
    for (uint32_t i = 0; i < slots->n; i++) {
        ch_str id = alert_id(s->files.slots[slots->p[i]].alert);
        memcpy(text, id.p, id.n);
        (*out)[i] = (ch_str){text, id.n};
        text += id.n;
    }
}

static void sign(ch_alerts *s, const doc_view *d, bool set)
{
    for (size_t i = 0; i < d->n_features; i++) {
        uint32_t number = d->features[i];
        uint64_t bit = 1ull << (number % 64);
        if (set)
            s->sign[number % 65536 / 64] |= bit;
        else
            s->sign[number % 65536 / 64] = s->has[number / 64] = 0;
    }
}

/* What was learned since an alert was filed may say that it stands in the wrong place; a few are looked at each time.
 */
static void file_again(ch_alerts *s)
{
    for (int i = 0; s->files.learned >= LEARNED_FIRST && s->files.n_slots && i < RECHECKED; i++) {
        uint32_t at, slot = s->turn++ % s->files.n_slots;
        alert_slot x = s->files.slots[slot];
        if (slot_dead(x) || !files_misfiled(&s->files, &s->known, x.alert)) continue;
        find(s, alert_id(x.alert), &at, &slot);
        files_add(&s->files, &s->known, move(s, x.alert, at, slot));
    }
}

static size_t match(ch_alerts *s, const ch_search_doc *doc, ch_arena *a, ch_str **out)
{
    doc_view d;
    found keys = {0}, slots = {0};
    make_room(s);
    doc_read(&s->known, doc, s->has, a, &d);
    sign(s, &d, true);
    s->vacancies++;
    s->matched_docs++;
    find_keys(s, &d, &keys);
    find_slots(s, &keys, &slots);
    s->candidates = slots.n;
    keep_answered(s, &d, &slots);
    give_ids(s, &slots, a, out);
    sign(s, &d, false);
    learn(s, &d);
    file_again(s);
    free(keys.p);
    free(slots.p);
    return slots.n;
}

size_t ch_alerts_match(ch_alerts *s, const ch_search_doc *doc, int64_t now, ch_arena *a, ch_str **out)
{
    *out = NULL;
    if (!doc->id.n || doc->id.n > 255 || (now && doc->closes_at && doc->closes_at <= now)) return 0;
    CH_AUTO_ARENA ch_arena *own = ch_arena_new(64 << 10);
    return match(s, doc, a, out);
}
