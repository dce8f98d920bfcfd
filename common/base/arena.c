#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct block {
    struct block *next;
    size_t size, used;
    _Alignas(max_align_t) char bytes[];
} block;

typedef struct cleanup {
    struct cleanup *next;
    void (*fn)(void *);
    void *arg;
} cleanup;

struct ch_arena {
    block *blocks; /* the newest first */
    size_t block_size;
    cleanup *cleanups;
};

static void *must(void *p)
{
    if (!p) {
        fputs("{\"level\":\"error\",\"event\":\"out_of_memory\"}\n", stderr);
        abort();
    }
    return p;
}

static block *block_new(ch_arena *a, size_t size)
{
    block *b = must(malloc(sizeof *b + size));
    b->size = size;
    b->used = 0;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

ch_arena *ch_arena_new(size_t block_size)
{
    ch_arena *a = must(calloc(1, sizeof *a));
    a->block_size = block_size < 256 ? 256 : block_size;
    return a;
}

void *ch_arena_alloc(ch_arena *a, size_t size)
{
    const size_t align = sizeof(max_align_t);
    size_t rounded = (size + align - 1) / align * align;
    if (rounded < size) must(NULL);
    block *b = a->blocks;
#ifdef CH_SANITIZED
    b = block_new(a, size);
    rounded = size;
#else
    if (!b || b->size - b->used < rounded) b = block_new(a, rounded > a->block_size ? rounded : a->block_size);
#endif
    void *p = b->bytes + b->used;
    b->used += rounded;
    return memset(p, 0, size);
}

void *ch_arena_alloc_n(ch_arena *a, size_t size, size_t n)
{
    size_t total;
    if (__builtin_mul_overflow(size, n, &total)) must(NULL);
    return ch_arena_alloc(a, total);
}

ch_str ch_arena_str(ch_arena *a, ch_str s) { return (ch_str){ch_arena_z(a, s), s.n}; }

char *ch_arena_z(ch_arena *a, ch_str s)
{
    char *p = ch_arena_alloc(a, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    return p;
}

ch_str ch_arena_vprintf(ch_arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0) n = 0;
    char *p = ch_arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (ch_str){p, (size_t)n};
}

ch_str ch_arena_printf(ch_arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ch_str text = ch_arena_vprintf(a, format, args);
    va_end(args);
    return text;
}

void ch_arena_on_reset(ch_arena *a, void (*fn)(void *), void *arg)
{
    cleanup *c = CH_NEW(a, cleanup);
    *c = (cleanup){a->cleanups, fn, arg};
    a->cleanups = c;
}

/* The newest ordinary block stays for the next request, so that a busy thread stops calling malloc. */
void ch_arena_reset(ch_arena *a)
{
    for (cleanup *c = a->cleanups; c; c = c->next) c->fn(c->arg);
    a->cleanups = NULL;
    block *kept = NULL;
    for (block *b = a->blocks, *next; b; b = next) {
        next = b->next;
#ifndef CH_SANITIZED
        if (!kept && b->size == a->block_size) {
            kept = b;
            continue;
        }
#endif
        free(b);
    }
    if (kept) {
        kept->next = NULL;
        kept->used = 0;
    }
    a->blocks = kept;
}

void ch_arena_free(ch_arena *a)
{
    if (!a) return;
    ch_arena_reset(a);
    free(a->blocks);
    free(a);
}

void ch_arena_free_at(ch_arena **a) { ch_arena_free(*a); }
