#include "search/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/memory.h"

enum { ROWS_A_DEGREE = 16, COLUMNS_A_DEGREE = 8 };
#define EARTH_M 6371008.8 /* mean radius (IUGG) */

spot3 spot_at(double lat, double lon)
{
    double a = lat * M_PI / 180, o = lon * M_PI / 180;
    return (spot3){(float)(cos(a) * cos(o)), (float)(cos(a) * sin(o)), (float)sin(a)};
}

float chord_of_radius(double radius_m)
{
    double angle = radius_m / EARTH_M, chord = angle >= M_PI || radius_m <= 0 ? 2 : 2 * sin(angle / 2);
    return chord >= 2 ? 4.1f : (float)(chord * chord);
}

static int row_of(double lat) { return (int)floor((lat + 90) * ROWS_A_DEGREE); }

static int column_of(double lon) { return (int)floor((lon + 180) * COLUMNS_A_DEGREE); }

uint32_t cell_key(const spot3 *p)
{
    double z = p->z > 1 ? 1 : p->z < -1 ? -1 : (double)p->z;
    return (uint32_t)row_of(asin(z) * 180 / M_PI) << 16 | (uint32_t)column_of(atan2((double)p->y, (double)p->x) * 180 / M_PI);
}

/* The circle's bounding box (Bronstein: the meridian touches it at asin(sin r / cos lat)), one cell wider for rounding. */
box box_around(double lat, double lon, double radius_m)
{
    box everywhere = {0, 65535, 0, 65535};
    double angle = radius_m / EARTH_M, degrees = angle * 180 / M_PI;
    if (radius_m <= 0 || fabs(lat) + degrees >= 90) return everywhere;
    double wide = asin(sin(angle) / cos(lat * M_PI / 180)) * 180 / M_PI;
    box b = {row_of(lat - degrees) - 1, row_of(lat + degrees) + 1, column_of(lon - wide) - 1, column_of(lon + wide) + 1};
    if (lon - wide < -179 || lon + wide > 179) b.first_column = 0, b.last_column = 65535;
    if (b.first_row < 0) b.first_row = 0;
    return b;
}

static uint32_t first_cell(const grid *g, uint32_t key)
{
    uint32_t low = 0, high = g->n_cells;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (g->cells[middle].key < key) low = middle + 1;
        else high = middle;
    }
    return low;
}

bool grid_cells(const grid *g, const box *b, uint32_t *at, uint32_t *end)
{
    bool everywhere = b->last_column == 65535 && b->last_row == 65535 && b->first_column == 0;
    uint32_t i = *at ? *at : first_cell(g, (uint32_t)b->first_row << 16 | (uint32_t)b->first_column);
    while (i < g->n_cells) {
        int row = (int)(g->cells[i].key >> 16), column = (int)(g->cells[i].key & 65535);
        if (row > b->last_row) return false;
        if (column < b->first_column) i = first_cell(g, (uint32_t)row << 16 | (uint32_t)b->first_column);
        else if (column > b->last_column) i = first_cell(g, (uint32_t)(row + 1) << 16 | (uint32_t)b->first_column);
        else {
            *at = i;
            *end = everywhere ? g->n_cells : first_cell(g, ((uint32_t)row << 16 | (uint32_t)b->last_column) + 1);
            return true;
        }
    }
    return false;
}

/* ---- making one */

typedef struct placed {
    uint32_t key, spot;
    uint16_t slot;
    bool first; /* of its slot, which is numbered by it */
} placed;

static int by_cell(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    if (x->first != y->first) return x->first ? -1 : 1;
    return x->spot < y->spot ? -1 : x->spot > y->spot;
}

static placed *in_order(const grid *g, const uint32_t *starts, uint32_t n_slots, uint32_t loose)
{
    placed *all = must(malloc((g->n_points + 1) * sizeof *all));
    for (uint32_t slot = 0; slot < n_slots; slot++)
        for (uint32_t i = starts[slot]; i < starts[slot + 1]; i++)
            all[i] = (placed){cell_key(&g->spots[i]), i, (uint16_t)slot, i == starts[slot] && slot >= loose};
    if (g->n_points) qsort(all, g->n_points, sizeof *all, by_cell);
    return all;
}

/* The centre is the points' mean: most lie in few towns. */
static void put_reach(const grid *g, cell *c)
{
    double x = 0, y = 0, z = 0, n = c[1].start - c->start;
    for (uint32_t i = c->start; i < c[1].start; i++) x += (double)g->points[i].x, y += (double)g->points[i].y, z += (double)g->points[i].z;
    c->centre = (spot3){(float)(x / n), (float)(y / n), (float)(z / n)};
    c->reach = 0;
    for (uint32_t i = c->start; i < c[1].start; i++) c->reach = fmaxf(c->reach, sqrtf(chord_between(g->points[i], c->centre)));
}

grid grid_of(const uint32_t *starts, spot3 *spots, uint32_t n_slots, uint32_t loose)
{
    uint32_t n = starts[n_slots];
    grid g = {.n_points = n,
              .spots = spots,
              .cells = must(calloc(n + 1, sizeof *g.cells)),
              .points = must(malloc((n + 1) * sizeof *g.points)),
              .slots = must(malloc((n + 1) * sizeof *g.slots))};
    placed *all = in_order(&g, starts, n_slots, loose);
    for (uint32_t i = 0; i < n; i++) {
        if (!i || all[i].key != all[i - 1].key) g.cells[g.n_cells++] = (cell){.key = all[i].key, .start = i, .more = i, .first = all[i].slot};
        if (all[i].first) g.cells[g.n_cells - 1].more = i + 1;
        g.points[i] = spots[all[i].spot];
        g.slots[i] = all[i].slot;
    }
    free(all);
    g.cells = must(realloc(g.cells, (g.n_cells + 1) * sizeof *g.cells));
    g.cells[g.n_cells] = (cell){.key = UINT32_MAX, .start = n, .more = n};
    for (uint32_t i = 0; i < g.n_cells; i++) put_reach(&g, &g.cells[i]);
    return g;
}

void grid_free(grid *g)
{
    free(g->cells);
    free(g->points);
    free(g->slots);
    free(g->spots);
}
