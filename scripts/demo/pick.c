#include "demo.h"

static size_t count(const char *choices)
{
    size_t n = 1;
    for (; *choices; choices++) n += *choices == '|';
    return n;
}

static ch_str nth(const char *choices, size_t k)
{
    ch_str rest = ch_str_of(choices), one = {"", 0};
    for (size_t i = 0; i <= k; i++) ch_str_split(&rest, '|', &one);
    return one;
}

ch_str demo_pick(uint64_t *state, const char *choices) { return nth(choices, demo_below(state, count(choices))); }

size_t demo_pick_some(uint64_t *state, const char *choices, size_t want, ch_str *out)
{
    size_t left = count(choices), taken = 0, all = left;
    for (size_t i = 0; i < all && taken < want; i++, left--)
        if (demo_below(state, left) < want - taken) out[taken++] = nth(choices, i);
    return taken;
}
