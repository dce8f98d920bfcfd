/* The words and codes that alerts name, numbered; a number that nobody names any more is given out again. */
#include <stdlib.h>

#include "base/id.h"
#include "search/alert_room.h"

static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint32_t keyed_hash(const uint64_t seed[2], ch_str bytes)
{
    uint64_t h = seed[0] ^ bytes.n;
    for (size_t i = 0; i < bytes.n; i += 8) {
        uint64_t part = 0;
        memcpy(&part, bytes.p + i, bytes.n - i < 8 ? bytes.n - i : 8);
        h = fold(h ^ part, seed[1]);
    }
    h = fold(h ^ seed[1], seed[0] | 1);
    return (uint32_t)(h ^ h >> 32);
}

static uint32_t hash_of(const features *f, char kind, ch_str text) { return keyed_hash(f->seed, text) * 31 + (uint32_t)(unsigned char)kind; }

static uint32_t find(const features *f, char kind, ch_str text, uint32_t hash, uint32_t *at)
{
    *at = hash;
    for (uint32_t value; (value = table_find(&f->by_text, hash, at)); ++*at) {
        const feature *x = &f->p[value];
        if (x->n == text.n + 1 && x->text[0] == kind && memcmp(x->text + 1, text.n ? text.p : "", text.n) == 0) return value;
    }
    return FEATURE_NONE;
}

uint32_t features_find(const features *f, char kind, ch_str text)
{
    uint32_t at;
    return find(f, kind, text, hash_of(f, kind, text), &at);
}

static uint32_t new_number(features *f)
{
    if (f->n_unused) return f->unused[--f->n_unused];
    if (f->n == f->cap) {
        f->p = room_grow(f->p, &f->cap, sizeof *f->p);
        f->unused = realloc(f->unused, f->cap * sizeof *f->unused); /* so that giving back needs no memory */
        if (!f->unused) abort();
    }
    return f->n++;
}

uint32_t features_take(features *f, char kind, ch_str text)
{
    uint32_t at, hash = hash_of(f, kind, text), number = find(f, kind, text, hash, &at);
    if (number == FEATURE_NONE) {
        number = new_number(f);
        f->p[number] = (feature){.text = malloc(text.n + 1), .n = (uint32_t)text.n + 1, .hash = hash};
        if (!f->p[number].text) abort();
        f->p[number].text[0] = kind;
        memcpy(f->p[number].text + 1, text.n ? text.p : "", text.n);
        table_add(&f->by_text, hash, number);
        f->bytes += text.n + 1;
    }
    f->p[number].refs++;
    return number;
}

void features_drop(features *f, uint32_t number)
{
    feature *x = &f->p[number];
    uint32_t at = x->hash;
    if (--x->refs) return;
    while (table_find(&f->by_text, x->hash, &at) != number) at++;
    table_remove(&f->by_text, at);
    f->bytes -= x->n;
    free(x->text);
    *x = (feature){0};
    f->unused[f->n_unused++] = number;
}

/* Number 0 is what every vacancy has. */
void features_open(features *f)
{
    *f = (features){0};
    ch_random(f->seed, sizeof f->seed);
    new_number(f);
    f->p[FEATURE_ALL] = (feature){.refs = 1};
}

void features_close(features *f)
{
    for (uint32_t i = 0; i < f->n; i++) free(f->p[i].text);
    free(f->p);
    free(f->unused);
    free(f->by_text.p);
}
