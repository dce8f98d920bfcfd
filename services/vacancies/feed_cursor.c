#include "vacancies/feed_cursor.h"

#include <pthread.h>

enum { SLOTS = 1024, CURSOR_MOST = 120 };
#define KEPT_FOR (10 * CH_MINUTE)

typedef struct slot {
    uint64_t search;
    int64_t page;
    ch_time at;
    size_t n;
    char cursor[CURSOR_MOST];
} slot;

/* One place for each (search, page): who comes later takes it over. */
static struct {
    pthread_mutex_t lock;
    slot slots[SLOTS];
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static slot *slot_of(uint64_t search, int64_t page)
{
    uint64_t mixed = (search ^ (uint64_t)page) * 0x9E3779B97F4A7C15u;
    return &kept.slots[mixed >> 54]; /* 10 bits */
}

int64_t feed_cursor_find(ch_arena *a, uint64_t search, int64_t page, ch_time now, ch_str *cursor)
{
    *cursor = CH_STR("");
    pthread_mutex_lock(&kept.lock);
    for (; page > 1; page--) {
        const slot *s = slot_of(search, page);
        if (s->page != page || s->search != search || now - s->at > KEPT_FOR) continue;
        *cursor = ch_arena_str(a, (ch_str){s->cursor, s->n});
        break;
    }
    pthread_mutex_unlock(&kept.lock);
    return page < 1 ? 1 : page;
}

void feed_cursor_keep(uint64_t search, int64_t page, ch_time now, ch_str cursor)
{
    if (page < 2 || !cursor.n || cursor.n > CURSOR_MOST) return;
    pthread_mutex_lock(&kept.lock);
    slot *s = slot_of(search, page);
    *s = (slot){.search = search, .page = page, .at = now, .n = cursor.n};
    memcpy(s->cursor, cursor.p, cursor.n);
    pthread_mutex_unlock(&kept.lock);
}
