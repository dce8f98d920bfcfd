/* Circles on the globe and the cells of a grid over latitude and longitude, each level half as fine as the next. */
#include <math.h>

#include "search/alert_room.h"

#define DEGREES (180 / M_PI)

/* Degrees of latitude that a cell of the level spans; of longitude twice as many: about a square in Britain. */
static double height_of(int level) { return ldexp(180, -level - 2); }

static uint32_t number_of(int level, int row, int column) { return (uint32_t)(level + 1) << 27 ^ (uint32_t)row * 40503u ^ (uint32_t)column << 1; }

static int row_of(double lat, int level) { return (int)floor((lat + 90) / height_of(level)); }

static int column_of(double lon, int level) { return (int)floor((lon + 180) / (2 * height_of(level))); }

static double latitude_of(spot3 p)
{
    double z = (double)p.z;
    return asin(z > 1 ? 1 : z < -1 ? -1 : z) * DEGREES;
}

static double longitude_of(spot3 p) { return atan2((double)p.y, (double)p.x) * DEGREES; }

uint32_t grid_cell(spot3 p, int level) { return number_of(level, row_of(latitude_of(p), level), column_of(longitude_of(p), level)); }

size_t grid_cover(const ring *c, uint32_t *cells, int *level)
{
    double lat = latitude_of(c->centre), lon = longitude_of(c->centre), angle = 2 * asin(sqrt((double)c->chord) / 2) * (1 + 1e-5) + 1e-6;
    double tall = angle * DEGREES, top = fabs(lat) + tall;
    if (!(angle < 0.2) || top > 85) return 0;
    double wide = asin(sin(angle) / cos(lat / DEGREES)) * DEGREES;
    if (fabs(lon) + wide >= 180) return 0;
    *level = GRID_LEVELS - 1;
    while (*level > 0 && (height_of(*level) < 2 * tall || 2 * height_of(*level) < 2 * wide)) --*level;
    size_t n = 0;
    int last_row = row_of(lat + tall, *level), last_column = column_of(lon + wide, *level);
    for (int row = row_of(lat - tall, *level); row <= last_row; row++)
        for (int column = column_of(lon - wide, *level); column <= last_column && n < CELLS_MAX; column++)
            cells[n++] = number_of(*level, row, column);
    return n;
}
