#include "auth/token_seen.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "auth/rwlock.h"

enum { SETS = 1 << 10, WAYS = 4 };

typedef struct slot {
    ch_token_digest digest;
    uint64_t generation;
    ch_claims claims; /* its strings are in `text`; NULL: empty */
    char *text;
} slot;

struct ch_seen {
    pthread_rwlock_t lock;
    slot sets[SETS][WAYS];
};

ch_token_digest ch_token_digest_of(ch_str token)
{
    ch_token_digest d;
    crypto_generichash(d.bytes, sizeof d.bytes, (const unsigned char *)token.p, token.n, NULL, 0);
    return d;
}

ch_seen *ch_seen_new(void)
{
    ch_seen *s = calloc(1, sizeof *s);
    if (!s || sodium_init() < 0) abort();
    ch_rwlock_init(&s->lock);
    return s;
}

static slot *set_of(ch_seen *s, const ch_token_digest *d)
{
    uint64_t h;
    memcpy(&h, d->bytes, sizeof h);
    return s->sets[h % SETS];
}

static bool is_of(const slot *at, const ch_token_digest *d) { return at->text && !memcmp(&at->digest, d, sizeof *d); }

/* Where a token goes: its own place, else an empty one, else that of the one that ends first. */
static slot *place_of(ch_seen *s, const ch_token_digest *d)
{
    slot *set = set_of(s, d), *best = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (is_of(&set[i], d)) return &set[i];
        if (best->text && (!set[i].text || set[i].claims.exp < best->claims.exp)) best = &set[i];
    }
    return best;
}

static size_t text_length(const ch_claims *c)
{
    size_t n = 0;
    for (size_t i = 0; i < ch_claims_table.n; i++)
        if (ch_claims_table.fields[i].type == CH_F_STR) n += ((const ch_str *)ch_member(c, &ch_claims_table.fields[i]))->n;
    return n;
}

/* Moves the strings of *c, one behind the other, to `text`. */
static void move_text(ch_claims *c, char *text)
{
    for (size_t i = 0; i < ch_claims_table.n; i++) {
        if (ch_claims_table.fields[i].type != CH_F_STR) continue;
        ch_str *s = ch_member(c, &ch_claims_table.fields[i]);
        if (s->n) memcpy(text, s->p, s->n);
        s->p = text;
        text += s->n;
    }
}

bool ch_seen_find(ch_seen *s, const ch_token_digest *d, uint64_t generation, ch_arena *a, ch_claims *out)
{
    const slot *found = NULL;
    pthread_rwlock_rdlock(&s->lock);
    const slot *set = set_of(s, d);
    for (size_t i = 0; i < WAYS && !found; i++)
        if (is_of(&set[i], d) && set[i].generation == generation) found = &set[i];
    if (found) {
        *out = found->claims;
        move_text(out, ch_arena_alloc(a, text_length(out) + 1));
    }
    pthread_rwlock_unlock(&s->lock);
    return found != NULL;
}

void ch_seen_put(ch_seen *s, const ch_token_digest *d, uint64_t generation, const ch_claims *c)
{
    slot fresh = {.digest = *d, .generation = generation, .claims = *c, .text = malloc(text_length(c) + 1)};
    if (!fresh.text) abort();
    move_text(&fresh.claims, fresh.text);
    pthread_rwlock_wrlock(&s->lock);
    slot *at = place_of(s, d);
    char *old = at->text;
    *at = fresh;
    pthread_rwlock_unlock(&s->lock);
    free(old);
}

/* ---- revoked */

/* told_at: ticks, when Redis last said so */
typedef struct revocation {
    uint64_t id; /* hash */
    int64_t told_at;
} revocation;

struct ch_revoked {
    ch_redis *redis;
    pthread_rwlock_t lock;
    revocation *ids; /* ascending */
    size_t n;
    _Atomic int64_t asked_at; /* ticks */
};

ch_revoked *ch_revoked_new(ch_redis *redis)
{
    ch_revoked *r = calloc(1, sizeof *r);
    if (!r) abort();
    r->redis = redis;
    ch_rwlock_init(&r->lock);
    return r;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = ((const revocation *)a)->id, y = ((const revocation *)b)->id;
    return (x > y) - (x < y);
}

static bool has(const revocation *ids, size_t n, uint64_t id) { return n && bsearch(&(revocation){.id = id}, ids, n, sizeof *ids, by_value); }

/* Those of the answer; and those of answers before, as long as a token lives: a Redis that has lost them lets nobody in again. */
static size_t merge(revocation *into, size_t answered, const revocation *before, size_t n, int64_t now)
{
    size_t all = answered;
    qsort(into, answered, sizeof *into, by_value);
    for (size_t i = 0; i < n; i++)
        if (now - before[i].told_at < CH_TOKEN_LONGEST_S * INT64_C(1000000000) && !has(into, answered, before[i].id)) into[all++] = before[i];
    qsort(into, all, sizeof *into, by_value);
    return all;
}

static void take(ch_revoked *r, const ch_reply *reply, int64_t now)
{
    pthread_rwlock_wrlock(&r->lock);
    revocation *ids = calloc(reply->n + r->n + 1, sizeof *ids), *old = r->ids;
    if (!ids) abort();
    for (size_t i = 0; i < reply->n; i++) ids[i] = (revocation){ch_hash(reply->items[i].s), now};
    r->n = merge(ids, reply->n, old, r->n, now);
    r->ids = ids;
    pthread_rwlock_unlock(&r->lock);
    free(old);
}

static void ask(ch_revoked *r)
{
    const int64_t second = 1000000000, now = ch_ticks();
    int64_t before = atomic_load_explicit(&r->asked_at, memory_order_relaxed);
    if (!r->redis || (before && now - before < second) || !atomic_compare_exchange_strong(&r->asked_at, &before, now)) return;
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_reply reply;
    if (CH_REDIS(r->redis, a, &reply, CH_STR("SMEMBERS"), CH_STR("revoked")) == CH_OK && reply.kind == CH_REPLY_LIST) take(r, &reply, now);
}

bool ch_revoked_has(ch_revoked *r, ch_str sub, ch_str jti)
{
    ask(r);
    pthread_rwlock_rdlock(&r->lock);
    bool is_revoked = has(r->ids, r->n, ch_hash(sub)) || has(r->ids, r->n, ch_hash(jti));
    pthread_rwlock_unlock(&r->lock);
    return is_revoked;
}
