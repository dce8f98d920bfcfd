/* Documents within a radius, by the exact chord of their nearest place. */
#include <math.h>

#include "search/match.h"

#define EARTH_M 6371008.8 /* mean radius (IUGG) */

circle circle_around(double lat, double lon, double radius_m)
{
    float chord = chord_of_radius(radius_m);
    return (circle){spot_at(lat, lon), box_around(lat, lon, radius_m), chord, sqrtf(chord)};
}

double chord_metres(float squared)
{
    double half = sqrt((double)squared) / 2;
    return 2 * EARTH_M * asin(half > 1 ? 1 : half);
}

static float least_chord(const circle *c, const spot3 *p, uint32_t n)
{
    float least = 5;
    for (uint32_t i = 0; i < n; i++) {
        float chord = chord_between(p[i], c->centre);
        if (chord < least) least = chord;
    }
    return least <= c->chord ? least : -1;
}

float circle_chord(const circle *c, const segment *in, const line *l)
{
    return l->n_spots ? least_chord(c, segment_spots(in) + l->first_spot, l->n_spots) : -1;
}

/* ---- cells, most of which lie wholly within or without */

enum { OUTSIDE, ACROSS, INSIDE };
#define SLACK 2e-6f /* of the chords, for rounding: a dozen metres, that are then looked at */

static uint8_t standing_of(const circle *c, const cell *of)
{
    float apart = sqrtf(chord_between(of->centre, c->centre));
    if (apart + of->reach + SLACK <= c->reach) return INSIDE;
    return apart - of->reach - SLACK > c->reach ? OUTSIDE : ACROSS;
}

static void join_cell(const circle *c, const grid *g, const cell *of, const uint64_t *asked, uint64_t *near)
{
    uint8_t standing = standing_of(c, of);
    if (standing == INSIDE) {
        set_run(near, of->first, of->more - of->start);
        for (uint32_t k = of->more; k < of[1].start; k++) bit_set(near, g->slots[k]);
    }
    for (uint32_t k = of->start; standing == ACROSS && k < of[1].start; k++)
        if (bit_at(asked, g->slots[k]) && chord_between(g->points[k], c->centre) <= c->chord) bit_set(near, g->slots[k]);
}

static void keep_by_cells(const circle *c, const grid *g, scratch *s, uint64_t *slots, uint32_t words, uint64_t *steps)
{
    memset(s->near, 0, words * sizeof(uint64_t));
    for (uint32_t at = 0, end; grid_cells(g, &c->box, &at, &end); at = end) {
        for (uint32_t i = at; i < end; i++) join_cell(c, g, &g->cells[i], slots, s->near);
        *steps += 8 * (end - at) + (g->cells[end].start - g->cells[at].start) / 2;
    }
    set_keep(slots, s->near, words);
}

static void keep_one_by_one(const circle *c, const segment *in, uint64_t *slots, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++)
        for (uint64_t bits = slots[w]; bits; bits &= bits - 1)
            if (circle_chord(c, in, &in->lines[w * 64 + (uint32_t)__builtin_ctzll(bits)]) < 0) slots[w] ^= bits & -bits;
}

enum { FEW = 64 }; /* are tried before the cells are looked at */

void circle_keep(const circle *c, const segment *in, scratch *s, uint64_t *slots, uint32_t words, uint64_t *steps)
{
    uint32_t n = set_count(slots, words);
    *steps += words;
    if (in->sealed && n > FEW) keep_by_cells(c, &in->grid, s, slots, words, steps);
    else {
        *steps += 10ull * n;
        keep_one_by_one(c, in, slots, words);
    }
}
