#ifndef CH_BASE_ARENA_H
#define CH_BASE_ARENA_H
/*
 * Memory of one request (or one unit of work): allocated piece by piece, given back at once (after nginx's ngx_pool_t). Cleanups
 * run on reset, last first. Under sanitizers each piece is a malloc of its own, so that they see each overrun. Not thread-safe:
 * one arena, one thread.
 */
#include "base/str.h"

typedef struct ch_arena ch_arena;

ch_arena *ch_arena_new(size_t block_size);
/* Zeroed, aligned for any type; never NULL (out of memory ends the process). */
void *ch_arena_alloc(ch_arena *a, size_t size);
#define CH_NEW(arena, type)      ((type *)ch_arena_alloc((arena), sizeof(type)))
#define CH_NEW_N(arena, type, n) ((type *)ch_arena_alloc_n((arena), sizeof(type), (n)))
void *ch_arena_alloc_n(ch_arena *a, size_t size, size_t n);
/* A NUL-terminated copy. */
ch_str ch_arena_str(ch_arena *a, ch_str s);
char *ch_arena_z(ch_arena *a, ch_str s);
ch_str ch_arena_printf(ch_arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
ch_str ch_arena_vprintf(ch_arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void ch_arena_on_reset(ch_arena *a, void (*fn)(void *), void *arg);
void ch_arena_reset(ch_arena *a);
void ch_arena_free(ch_arena *a);

/* Cleanup attribute for an arena of a scope: CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096); */
void ch_arena_free_at(ch_arena **a);
#define CH_AUTO_ARENA __attribute__((cleanup(ch_arena_free_at)))
#endif
