/* Documents within a radius: the points of the cells around, each by its exact chord. */
#include <math.h>

#include "search/match.h"

#define EARTH_M 6371008.8 /* mean radius (IUGG) */

circle circle_around(double lat, double lon, double radius_m)
{
    return (circle){spot_at(lat, lon), box_around(lat, lon, radius_m), chord_of_radius(radius_m)};
}

double chord_metres(float squared)
{
    double half = sqrt((double)squared) / 2;
    return 2 * EARTH_M * asin(half > 1 ? 1 : half);
}

static void take_point(scratch *s, uint32_t slot, float chord)
{
    if (!bit_at(s->near, slot) || chord < s->chords[slot]) s->chords[slot] = chord;
    bit_set(s->near, slot);
}

/* An open segment has no cells: all its spots are looked at. */
static void fill_open(const circle *c, const segment *in, scratch *s, uint32_t all, uint64_t *steps)
{
    const spot3 *spots = segment_spots(in);
    for (uint32_t slot = 0; slot < all; slot++)
        for (const spot3 *p = spots + in->lines[slot].first_spot, *end = p + in->lines[slot].n_spots; p < end; p++) {
            float chord = chord_between(*p, c->centre);
            if (chord <= c->chord) take_point(s, slot, chord);
        }
    *steps += 5ull * all;
}

void circle_fill(const circle *c, const segment *in, scratch *s, uint64_t *steps)
{
    uint32_t at = 0, n, all = atomic_load_explicit(&in->n, memory_order_acquire);
    const point *p;
    memset(s->near, 0, sizeof s->near);
    if (!in->sealed) fill_open(c, in, s, all, steps);
    while (in->sealed && (n = segment_points(in, &c->box, &at, &p))) {
        *steps += 2ull * n;
        for (uint32_t i = 0; i < n; i++) {
            float chord = chord_between(p[i].at, c->centre);
            if (chord <= c->chord) take_point(s, p[i].slot, chord);
        }
    }
}

float circle_chord(const circle *c, const segment *in, const line *l)
{
    float least = 5;
    const spot3 *p = l->n_spots ? segment_spots(in) + l->first_spot : NULL;
    for (uint32_t i = 0; i < l->n_spots; i++) {
        float chord = chord_between(p[i], c->centre);
        if (chord < least) least = chord;
    }
    return least <= c->chord ? least : -1;
}

/* How many points circle_fill would look at. */
static uint64_t cost_of(const circle *c, const segment *in)
{
    uint32_t at = 0, n;
    uint64_t all = 0;
    const point *p;
    if (!in->sealed) return 2 * (uint64_t)atomic_load_explicit(&in->n, memory_order_relaxed);
    while ((n = segment_points(in, &c->box, &at, &p))) all += n;
    return all;
}

static uint32_t keep_one_by_one(const circle *c, const segment *in, scratch *s, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t slot = s->slots[i];
        if (i + 8 < n) __builtin_prefetch(&in->lines[s->slots[i + 8]]);
        s->chords[slot] = circle_chord(c, in, &in->lines[slot]);
        s->slots[kept] = (uint16_t)slot;
        s->scores[kept] = s->scores[i];
        kept += s->chords[slot] >= 0;
    }
    return kept;
}

uint32_t circle_keep(const circle *c, const segment *in, scratch *s, uint32_t n, uint64_t *steps)
{
    uint32_t kept = 0;
    if (3ull * n < cost_of(c, in)) {
        *steps += 10ull * n;
        return keep_one_by_one(c, in, s, n);
    }
    circle_fill(c, in, s, steps);
    for (uint32_t i = 0; i < n; i++) {
        s->slots[kept] = s->slots[i];
        s->scores[kept] = s->scores[i];
        kept += bit_at(s->near, s->slots[i]);
    }
    return kept;
}
