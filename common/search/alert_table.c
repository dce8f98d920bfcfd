/* Linear probing; a removal moves up what stood behind it, so that no mark stays. */
#include <stdlib.h>

#include "search/alert_room.h"

void *room_grow(void *p, uint32_t *cap, size_t size)
{
    *cap = *cap ? 2 * *cap : 8;
    p = realloc(p, *cap * size);
    if (!p) abort();
    return p;
}

uint32_t table_find(const table *t, uint32_t hash, uint32_t *at)
{
    if (!t->size) return 0;
    for (uint32_t i = *at & (t->size - 1);; i = (i + 1) & (t->size - 1)) {
        if (!t->p[i].value) return 0;
        if (t->p[i].hash != hash) continue;
        *at = i;
        return t->p[i].value;
    }
}

static void place(table *t, table_entry e)
{
    uint32_t i = e.hash & (t->size - 1);
    while (t->p[i].value) i = (i + 1) & (t->size - 1);
    t->p[i] = e;
}

static void resize(table *t, uint32_t size)
{
    table old = *t;
    size_t bytes = size * sizeof *t->p;
    t->size = size;
    t->p = bytes < POOL_CHUNK ? malloc(bytes) : room_huge(bytes);
    if (!t->p) abort();
    memset(t->p, 0, bytes);
    for (uint32_t i = 0; i < old.size; i++)
        if (old.p[i].value) place(t, old.p[i]);
    free(old.p);
}

void table_add(table *t, uint32_t hash, uint32_t value)
{
    if ((uint64_t)++t->n * 4 > (uint64_t)t->size * 3) resize(t, t->size ? 2 * t->size : 16);
    place(t, (table_entry){hash, value});
}

void table_remove(table *t, uint32_t at)
{
    uint32_t mask = t->size - 1, hole = at;
    for (uint32_t i = (at + 1) & mask; t->p[i].value; i = (i + 1) & mask) {
        uint32_t home = t->p[i].hash & mask;
        if (((i - home) & mask) < ((i - hole) & mask)) continue; /* its home lies behind the hole */
        t->p[hole] = t->p[i];
        hole = i;
    }
    t->p[hole] = (table_entry){0, 0};
    if (--t->n < t->size / 8 && t->size > 1024) resize(t, t->size / 2);
}
