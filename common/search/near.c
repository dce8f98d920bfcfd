/* Documents within a radius: the points of the cells around, each by its exact chord. */
#include <math.h>

#include "search/match.h"

#define EARTH_M 6371008.8 /* mean radius (IUGG) */

circle circle_around(double lat, double lon, double radius_m)
{
    double angle = radius_m / EARTH_M, chord = angle >= M_PI || radius_m <= 0 ? 2 : 2 * sin(angle / 2);
    return (circle){point_of(lat, lon), box_around(lat, lon, radius_m), chord >= 2 ? 4.1f : (float)(chord * chord)};
}

double chord_metres(float squared)
{
    double half = sqrt((double)squared) / 2;
    return 2 * EARTH_M * asin(half > 1 ? 1 : half);
}

void circle_fill(const circle *c, const segment *in, scratch *s, uint64_t *steps)
{
    uint32_t at = 0, n, all = atomic_load_explicit(&in->n, memory_order_acquire);
    const point *p;
    memset(s->near, 0, ((size_t)all / 64 + 1) * sizeof *s->near);
    while ((n = segment_points(in, &c->box, &at, &p))) {
        *steps += 2ull * n;
        for (uint32_t i = 0; i < n; i++) {
            float x = p[i].x - c->centre.x, y = p[i].y - c->centre.y, z = p[i].z - c->centre.z, chord = x * x + y * y + z * z;
            if (chord > c->chord || p[i].slot >= all) continue;
            uint32_t slot = p[i].slot;
            if (!bit_at(s->near, slot) || chord < s->chords[slot]) s->chords[slot] = chord;
            bit_set(s->near, slot);
        }
    }
}
