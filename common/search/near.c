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

/* ---- of a segment that does not change: its cells first, most of which lie wholly within or without */

enum { OUTSIDE, ACROSS, INSIDE };
#define SLACK 2e-6f /* of the chords, for rounding: a dozen metres, that are then looked at */

static uint8_t standing_of(const circle *c, const cell *of)
{
    float apart = sqrtf(chord_between(of->centre, c->centre));
    if (apart + of->reach + SLACK <= c->reach) return INSIDE;
    return apart - of->reach - SLACK > c->reach ? OUTSIDE : ACROSS;
}

/* Sets s->standings by home; how many points lie in cells that are not outside. */
static uint32_t stand_cells(const circle *c, const grid *g, scratch *s, uint64_t *steps)
{
    uint32_t points = 0;
    memset(s->standings, OUTSIDE, (g->n_cells < HOME_MANY ? g->n_cells : HOME_MANY) + 1);
    for (uint32_t at = 0, end; grid_cells(g, &c->box, &at, &end); at = end)
        for (uint32_t i = at; i < end; i++) {
            uint8_t standing = standing_of(c, &g->cells[i]);
            s->standings[i + 1 < HOME_MANY ? i + 1 : HOME_MANY] = standing;
            if (standing != OUTSIDE) points += g->cells[i + 1].start - g->cells[i].start;
            *steps += 5;
        }
    s->standings[HOME_NONE] = OUTSIDE;
    s->standings[HOME_MANY] = ACROSS;
    return points;
}

static void join_cell(const circle *c, const grid *g, uint32_t i, uint64_t *near)
{
    uint8_t standing = standing_of(c, &g->cells[i]);
    for (uint32_t k = g->cells[i].start; standing == INSIDE && k < g->cells[i + 1].start; k++) bit_set(near, g->slots[k]);
    for (uint32_t k = g->cells[i].start; standing == ACROSS && k < g->cells[i + 1].start; k++)
        if (chord_between(g->points[k], c->centre) <= c->chord) bit_set(near, g->slots[k]);
}

static void keep_by_cells(const circle *c, const grid *g, scratch *s, uint64_t *slots, uint32_t words)
{
    memset(s->near, 0, words * sizeof(uint64_t));
    for (uint32_t at = 0, end; grid_cells(g, &c->box, &at, &end); at = end)
        for (uint32_t i = at; i < end; i++) join_cell(c, g, i, s->near);
    set_keep(slots, s->near, words);
}

/* The lines of those that must be looked at are fetched ahead. */
static void keep_by_homes(const circle *c, const segment *in, scratch *s, uint64_t *slots, uint32_t words)
{
    enum { AHEAD = 8 };
    const uint16_t *homes = in->grid.homes;
    uint32_t n = set_slots(slots, words, s->slots);
    for (uint32_t i = 0; i < n; i++) {
        uint16_t slot = s->slots[i];
        uint8_t standing = s->standings[homes[slot]];
        if (i + AHEAD < n && s->standings[homes[s->slots[i + AHEAD]]] == ACROSS) __builtin_prefetch(&in->lines[s->slots[i + AHEAD]]);
        if (standing == OUTSIDE || (standing == ACROSS && circle_chord(c, in, &in->lines[slot]) < 0)) bit_clear(slots, slot);
    }
}

/* ---- of an open one: one by one */

static void keep_one_by_one(const circle *c, const segment *in, uint64_t *slots, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++)
        for (uint64_t bits = slots[w]; bits; bits &= bits - 1)
            if (circle_chord(c, in, &in->lines[w * 64 + (uint32_t)__builtin_ctzll(bits)]) < 0) slots[w] ^= bits & -bits;
}

void circle_keep(const circle *c, const segment *in, scratch *s, uint64_t *slots, uint32_t words, uint64_t *steps)
{
    uint32_t n = set_count(slots, words);
    *steps += words;
    if (!n) return;
    if (!in->sealed) {
        *steps += 10ull * n;
        keep_one_by_one(c, in, slots, words);
        return;
    }
    uint32_t points = stand_cells(c, &in->grid, s, steps);
    *steps += points < 4 * n ? points : 4ull * n;
    if (points < 4 * n) keep_by_cells(c, &in->grid, s, slots, words);
    else keep_by_homes(c, in, s, slots, words);
}
