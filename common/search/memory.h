#ifndef CH_SEARCH_MEMORY_H
#define CH_SEARCH_MEMORY_H
/*
 * The room's own: memory that one writer changes while readers look at it. What is replaced is retired, and freed once no reader that could still see
 * it is inside (epochs, after Fraser, "Practical lock-freedom", 2004, section 5.2.3). Readers never wait for the writer.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/str.h"

enum { READERS_MAX = 128 }; /* inside at once; one more waits for one to leave */

typedef struct retired {
    void *p;
    void (*release)(void *);
    uint64_t epoch;
} retired;

typedef struct reclaimer {
    _Atomic uint64_t epoch;
    struct {
        _Alignas(64) _Atomic uint64_t epoch; /* 0: free */
    } readers[READERS_MAX];
    retired *p; /* the writer's */
    size_t n, cap;
} reclaimer;

/* A reader goes in and gets the place that it gives back when it leaves. */
size_t reader_enter(reclaimer *r);
void reader_leave(reclaimer *r, size_t place);
/* The writer, after it has unlinked p: release(p) is called when nobody can see it any more. */
void retire(reclaimer *r, void *p, void (*release)(void *));
/* Frees what can be freed now; all of it when `all` (nobody is inside). */
void reclaim(reclaimer *r, bool all);

void *must(void *p); /* memory that is not there ends the process */
/* For what is visited at random places: in pages of two megabytes where the system has them, so that the processor need not look each page up. For
 * free(). */
void *must_large(size_t size);

/* Bytes that stay where they are until the pool ends. The writer's. */
typedef struct pool {
    struct pool_page *last;
    size_t left, bytes;
} pool;
void *bytes_take(pool *p, size_t n);
ch_str bytes_str(pool *p, ch_str s);
void bytes_free(pool *p);

/*
 * An array that grows without moving: page k holds PAGE_FIRST << k items. The writer appends, then publishes a count; readers use what was published.
 */
enum { PAGES = 26, PAGE_FIRST = 64 };
typedef struct pages {
    _Atomic(char *) page[PAGES];
    size_t size; /* of an item */
} pages;
void *pages_at(const pages *p, uint32_t i);
void *pages_make(pages *p, uint32_t i); /* the writer's: makes the page when it is not there; zeroed */
void pages_free(pages *p);

/* Strings to numbers from 1, in order of arrival; one writer, readers beside it. */
typedef struct names {
    pages strings; /* ch_str, bytes in the pool */
    pool pool;
    _Atomic uint32_t n;
    _Atomic(struct names_table *) table;
    reclaimer *reclaimer;
} names;
void names_open(names *n, reclaimer *r);
void names_close(names *n);
uint32_t names_find(const names *n, ch_str s);       /* 0: not there */
uint32_t names_add(names *n, ch_str s, bool *added); /* keeps a copy */
/* A number without a string; its string, later. */
uint32_t names_reserve(names *n);
void names_fill(names *n, uint32_t number, ch_str s);
ch_str names_text(const names *n, uint32_t number);
size_t names_bytes(const names *n);
#endif
