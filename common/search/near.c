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

/* How many points lie in the cells around. */
static uint64_t points_around(const circle *c, const segment *in)
{
    uint32_t at = 0, n;
    uint64_t all = 0;
    const point *p;
    while ((n = segment_points(in, &c->box, &at, &p))) all += n;
    return all;
}

static void keep_by_cells(const circle *c, const segment *in, scratch *s, uint64_t *slots, uint32_t words)
{
    uint32_t at = 0, n;
    const point *p;
    memset(s->near, 0, words * sizeof(uint64_t));
    while ((n = segment_points(in, &c->box, &at, &p)))
        for (uint32_t i = 0; i < n; i++)
            if (bit_at(slots, p[i].slot) && chord_between(p[i].at, c->centre) <= c->chord) bit_set(s->near, p[i].slot);
    set_keep(slots, s->near, words);
}

static void keep_one_by_one(const circle *c, const segment *in, scratch *s, uint64_t *slots, uint32_t words)
{
    enum { AHEAD = 8 };
    uint32_t n = set_slots(slots, words, s->slots);
    for (uint32_t i = 0; i < n; i++) {
        uint16_t slot = s->slots[i];
        if (i + AHEAD < n) __builtin_prefetch(&in->lines[s->slots[i + AHEAD]]);
        if (circle_chord(c, in, &in->lines[slot]) < 0) slots[slot >> 6] &= ~(UINT64_C(1) << (slot & 63));
    }
}

/* A document costs about as much as six points. An open segment has no cells. */
void circle_keep(const circle *c, const segment *in, scratch *s, uint64_t *slots, uint32_t words, uint64_t *steps)
{
    uint32_t n = set_count(slots, words);
    uint64_t points = in->sealed && n ? points_around(c, in) : 0;
    if (in->sealed && points < 6ull * n) {
        *steps += 2 * points + words;
        keep_by_cells(c, in, s, slots, words);
        return;
    }
    *steps += 10ull * n + words;
    keep_one_by_one(c, in, s, slots, words);
}
