#ifndef CH_SEARCH_SET_H
#define CH_SEARCH_SET_H
/* The room's own: sets of a segment's slots, a bit each, 64 a word; bits beyond the segment's documents are zero. */
#include <stdbool.h>
#include <stdint.h>

enum { SET_WORDS = 1024 };
typedef uint64_t slot_set[SET_WORDS];
static inline uint32_t set_words(uint32_t slots) { return (slots + 63) / 64; }
static inline bool bit_at(const uint64_t *b, uint32_t i) { return b[i >> 6] >> (i & 63) & 1; }
static inline void bit_clear(uint64_t *b, uint32_t i) { b[i >> 6] &= ~(UINT64_C(1) << (i & 63)); }
static inline void bit_set(uint64_t *b, uint32_t i) { b[i >> 6] |= UINT64_C(1) << (i & 63); }

/* The slots below `all`. */
void set_first(uint64_t *to, uint32_t all);
/* Adds `n` slots from `first` on. */
void set_run(uint64_t *to, uint32_t first, uint32_t n);
void set_keep(uint64_t *restrict to, const uint64_t *restrict with, uint32_t words);
void set_keep_not(uint64_t *restrict to, const uint64_t *restrict without, uint32_t words);
void set_join(uint64_t *restrict to, const uint64_t *restrict with, uint32_t words);
/* One more trial: `none` keeps those that failed none yet, `one` those that failed one. */
void set_try(uint64_t *restrict none, uint64_t *restrict one, const uint64_t *restrict passed, uint32_t words);
uint32_t set_count(const uint64_t *s, uint32_t words);
uint32_t set_count_both(const uint64_t *a, const uint64_t *b, uint32_t words);
/* Its slots in order; how many. */
uint32_t set_slots(const uint64_t *s, uint32_t words, uint16_t *out);

/* How often each slot was added, a set for each binary digit: a column of full adders, 64 slots at a time. */
enum { TALLY_DIGITS = 7 };
typedef struct tally {
    slot_set digits[TALLY_DIGITS];
    uint32_t n; /* digits in use */
} tally;
void tally_clear(tally *t, uint32_t most, uint32_t words); /* most: additions, at most 127 */
void tally_add(tally *t, const uint64_t *s, uint32_t words);
/* Those that were added `times` times or more. */
void tally_from(const tally *t, uint32_t times, uint64_t *out, uint32_t words);
#endif
