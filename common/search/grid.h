#ifndef CH_SEARCH_GRID_H
#define CH_SEARCH_GRID_H
/* The room's own: where documents are. Positions are points of the unit sphere; distances are chords, exact also for neighbours. */
#include <stdbool.h>
#include <stdint.h>

typedef struct spot3 {
    float x, y, z;
} spot3;
spot3 spot_at(double lat, double lon);
/* The squared chord that spans a radius; above 4, the far side, where it is 0 or all round. */
float chord_of_radius(double radius_m);
static inline float chord_between(spot3 a, spot3 b) /* squared */
{
    float x = a.x - b.x, y = a.y - b.y, z = a.z - b.z;
    return x * x + y * y + z * z;
}

/*
 * A cell of 1/16 × 1/8 degree that holds points: from `start` on, up to the next cell's. None is further than `reach` from the centre. Those before
 * `more` are of the slots from `first` on, one each: documents are numbered by the cell of their first place.
 */
typedef struct cell {
    uint32_t key, start, more, first;
    spot3 centre;
    float reach;
} cell;
uint32_t cell_key(const spot3 *p);

/* The places of a segment that does not change any more. */
typedef struct grid {
    uint32_t n_points, n_cells;
    cell *cells;     /* in the order of their keys; one more behind the last, where the points end */
    spot3 *points;   /* by cell */
    uint16_t *slots; /* whose each is */
    spot3 *spots;    /* the same by slot */
} grid;
/* Takes over spots; those of a slot are starts[slot] .. starts[slot + 1]. The first `loose` slots are not numbered by cell. */
grid grid_of(const uint32_t *starts, spot3 *spots, uint32_t n_slots, uint32_t loose);
void grid_free(grid *g);

typedef struct box {
    int first_row, last_row, first_column, last_column;
} box;
box box_around(double lat, double lon, double radius_m); /* radius 0: everywhere */
/* The next cells from *at on that lie in the box and side by side: *at up to *end. False when there is none. *at begins as 0, and goes on as *end. */
bool grid_cells(const grid *g, const box *b, uint32_t *at, uint32_t *end);
#endif
