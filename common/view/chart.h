#ifndef CH_VIEW_CHART_H
#define CH_VIEW_CHART_H
/* A bar or line chart as SVG with its title and description, no script and no inline style; the page shows its table beside it. */
#include "base/arena.h"

typedef struct ch_point {
    ch_str label;
    double value;
} ch_point;
ch_str ch_chart_bars(ch_arena *a, ch_str title, const ch_point *points, size_t n);
#endif
