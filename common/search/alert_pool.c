/*
 * Alerts lie side by side in large pages: a vacancy visits thousands at random places, and each page that the processor
 * has to look up costs as much as the alert. What goes is kept for the next of its size.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "search/alert_room.h"

void *room_huge(size_t size)
{
    void *p = aligned_alloc(POOL_CHUNK, (size + POOL_CHUNK - 1) / POOL_CHUNK * POOL_CHUNK);
    if (!p) abort();
    madvise(p, size, MADV_HUGEPAGE); /* where the system has none, nothing is lost but time */
    return p;
}

void alert_pool_close(alert_pool *p)
{
    for (uint32_t i = 0; i < p->n; i++) free(p->chunks[i]);
    free(p->chunks);
}

static void keep(alert_pool *p, uint32_t number, uint32_t units)
{
    memcpy(alert_pool_at(p, number), &p->unused[units], sizeof number);
    p->unused[units] = number;
}

static void new_chunk(alert_pool *p)
{
    uint32_t left = POOL_UNITS - p->used;
    if (p->n && left) keep(p, (p->n - 1) * POOL_UNITS + p->used, left < POOL_MOST ? left : POOL_MOST - 1);
    if (p->n == p->cap) p->chunks = room_grow(p->chunks, &p->cap, sizeof *p->chunks);
    p->chunks[p->n++] = room_huge(POOL_CHUNK);
    p->used = p->n == 1; /* number 0 is nobody's */
}

uint32_t alert_pool_take(alert_pool *p, size_t size)
{
    uint32_t units = (uint32_t)((size + POOL_UNIT - 1) / POOL_UNIT), number = p->unused[units];
    if (number) {
        memcpy(&p->unused[units], alert_pool_at(p, number), sizeof number);
        return number;
    }
    if (!p->n || p->used + units > POOL_UNITS) new_chunk(p);
    number = (p->n - 1) * POOL_UNITS + p->used;
    p->used += units;
    return number;
}

void alert_pool_give(alert_pool *p, uint32_t number, size_t size) { keep(p, number, (uint32_t)((size + POOL_UNIT - 1) / POOL_UNIT)); }
