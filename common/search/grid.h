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

/* A cell of 1/16 × 1/8 degree that holds points: from `start` on, up to the next cell's. None is further than `reach` from the centre. */
typedef struct cell {
    uint32_t key, start;
    spot3 centre;
    float reach;
} cell;

/* The places of a segment that does not change any more. */
enum { HOME_NONE = 0, HOME_MANY = 65535 };
typedef struct grid {
    uint32_t n_points, n_cells;
    cell *cells;     /* in the order of their keys; one more behind the last, where the points end */
    spot3 *points;   /* by cell */
    uint16_t *slots; /* whose each is */
    uint16_t *homes; /* by slot: 1 + the only cell that its points lie in, or one of the above */
} grid;
/* Of n points in the order of the slots that have them; n_slots of these there are. */
grid grid_of(const spot3 *points, const uint16_t *slots, uint32_t n, uint32_t n_slots);
void grid_free(grid *g);

typedef struct box {
    int first_row, last_row, first_column, last_column;
} box;
box box_around(double lat, double lon, double radius_m); /* radius 0: everywhere */
/* The next cells from *at on that lie in the box and side by side: *at up to *end. False when there is none. *at begins as 0, and goes on as *end. */
bool grid_cells(const grid *g, const box *b, uint32_t *at, uint32_t *end);
#endif
