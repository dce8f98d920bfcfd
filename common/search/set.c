#include "search/set.h"

#include <string.h>

void set_first(uint64_t *to, uint32_t all)
{
    memset(to, 0xFF, all / 64 * sizeof *to);
    if (all % 64) to[all / 64] = (UINT64_C(1) << all % 64) - 1;
}

void set_run(uint64_t *to, uint32_t first, uint32_t n)
{
    if (!n) return;
    uint32_t last = first + n - 1, from = first >> 6, until = last >> 6;
    uint64_t head = ~UINT64_C(0) << (first & 63), tail = ~UINT64_C(0) >> (63 - (last & 63));
    to[from] |= from == until ? head & tail : head;
    for (uint32_t w = from + 1; w < until; w++) to[w] = ~UINT64_C(0);
    if (from < until) to[until] |= tail;
}

void set_keep(uint64_t *restrict to, const uint64_t *restrict with, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++) to[w] &= with[w];
}

void set_keep_not(uint64_t *restrict to, const uint64_t *restrict without, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++) to[w] &= ~without[w];
}

void set_join(uint64_t *restrict to, const uint64_t *restrict with, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++) to[w] |= with[w];
}

void set_try(uint64_t *restrict none, uint64_t *restrict one, const uint64_t *restrict passed, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++) {
        one[w] = (one[w] & passed[w]) | (none[w] & ~passed[w]);
        none[w] &= passed[w];
    }
}

uint32_t set_count(const uint64_t *s, uint32_t words)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < words; w++) n += (uint32_t)__builtin_popcountll(s[w]);
    return n;
}

uint32_t set_count_both(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < words; w++) n += (uint32_t)__builtin_popcountll(a[w] & b[w]);
    return n;
}

uint32_t set_slots(const uint64_t *s, uint32_t words, uint16_t *out)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < words; w++)
        for (uint64_t bits = s[w]; bits; bits &= bits - 1) out[n++] = (uint16_t)(w * 64 + (uint32_t)__builtin_ctzll(bits));
    return n;
}

void tally_clear(tally *t, uint32_t most, uint32_t words)
{
    for (t->n = 0; t->n < TALLY_DIGITS && most >> t->n; t->n++) memset(t->digits[t->n], 0, words * sizeof(uint64_t));
}

void tally_add(tally *t, const uint64_t *s, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++) {
        uint64_t carry = s[w];
        for (uint32_t d = 0; d < t->n && carry; d++) {
            uint64_t next = t->digits[d][w] & carry;
            t->digits[d][w] ^= carry;
            carry = next;
        }
    }
}

void tally_from(const tally *t, uint32_t times, uint64_t *out, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++) {
        uint64_t more = 0, equal = ~UINT64_C(0);
        for (uint32_t d = t->n; d-- > 0;) {
            uint64_t digit = t->digits[d][w];
            if (times >> d & 1) equal &= digit;
            else {
                more |= equal & digit;
                equal &= ~digit;
            }
        }
        out[w] = more | equal;
    }
}
