#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H
/* Demonstration data: generated, the same each time, plausible for the whole United Kingdom. */
#include "store/store.h"

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t demo_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}
static inline size_t demo_below(uint64_t *state, size_t n) { return n ? demo_next(state) % n : 0; }

typedef struct demo_job {
    const char *title, *staff_group, *pay_band;
    int64_t min, max;
    const char *about;
} demo_job;
typedef struct demo_sector {
    const char *sector, *kinds[4], *names[4]; /* names: a %s for the town */
    demo_job jobs[24];
} demo_sector;
extern const demo_sector demo_sectors[4];
extern const char *const demo_first_names[], *const demo_last_names[], *const demo_duties[], *const demo_offers[], *const demo_needs[];
size_t demo_count(const char *const *list);
#endif
