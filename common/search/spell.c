#include "search/query.h"

static uint32_t frequency(const term *t)
{
    return atomic_load_explicit(&t->df, memory_order_relaxed);
}

/* One edit changes the set of letters by two at most: that alone leaves out nearly every word. */
static bool may_be_near(const term *t, ch_str typed, uint32_t letters, int most)
{
    size_t apart = t->word.n > typed.n ? t->word.n - typed.n : typed.n - t->word.n;
    return apart <= (size_t)most && __builtin_popcount(t->letters ^ letters) <= 2 * most && frequency(t) && t->word.n && (unsigned char)t->word.p[0] > '9';
}

uint32_t spell_nearest(const ch_search_index *x, ch_str typed)
{
    uint32_t best = 0, letters = letters_of(typed), n = atomic_load_explicit(&x->dictionary.n, memory_order_acquire);
    int most = typed.n < 4 ? 0 : typed.n < 8 ? 1 : 2;
    for (uint32_t i = 1; most && i <= n; i++) {
        const term *t = term_at(x, i);
        if (!may_be_near(t, typed, letters, most)) continue;
        int d = ch_edit_distance(typed, t->word, most);
        if (d > most || (d == most && best && frequency(term_at(x, best)) >= frequency(t))) continue;
        most = d;
        best = i;
    }
    return best;
}

size_t spell_beginning(const ch_search_index *x, ch_str prefix, uint32_t *out, size_t max)
{
    size_t n = 0;
    uint32_t all = atomic_load_explicit(&x->dictionary.n, memory_order_acquire);
    for (uint32_t i = 1; max && prefix.n && i <= all; i++) {
        const term *t = term_at(x, i);
        if (!frequency(t) || (!ch_str_starts(t->word, prefix) && !ch_str_starts(names_text(&x->dictionary, i), prefix))) continue;
        if (n == max && frequency(t) <= frequency(term_at(x, out[n - 1]))) continue;
        size_t k = n < max ? n++ : n - 1;
        for (; k > 0 && frequency(term_at(x, out[k - 1])) < frequency(t); k--) out[k] = out[k - 1];
        out[k] = i;
    }
    return n;
}

size_t ch_search_complete(ch_search_index *x, ch_str prefix, ch_arena *a, ch_str *out, size_t max)
{
    uint32_t found[100];
    size_t place, n = 0;
    if (prefix.n && prefix.p[0] <= CODE_MARK[0]) return 0;
    view_enter(x, &place);
    for (size_t all = spell_beginning(x, prefix, found, max < 100 ? max : 100); n < all; n++) out[n] = ch_arena_str(a, term_at(x, found[n])->word);
    reader_leave(&x->reclaimer, place);
    return n;
}
