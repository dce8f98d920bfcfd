#include "search/words.h"

enum { NEWEST = 1024, NEWEST_SHARE = 32 };

ch_str words_text(const ch_search_index *x, uint32_t entry)
{
    return entry & 1 ? names_text(&x->dictionary, entry / 2) : term_at(x, entry / 2)->word;
}

size_t words_digits(ch_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) n += text.p[i] >= '0' && text.p[i] <= '9';
    return n;
}

bool words_takes(ch_str text) { return text.n > 0 && text.p[0] != AREA_MARK[0] && text.p[0] != CODE_MARK[0] && words_digits(text) < 3; }

uint32_t words_seek(const ch_search_index *x, const words *w, uint32_t from, ch_str prefix, bool past)
{
    uint32_t low = from, high = w->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = ch_str_cmp(ch_str_first(words_text(x, w->entries[middle]), prefix.n), prefix);
        if (order < 0 || (past && order == 0)) low = middle + 1;
        else high = middle;
    }
    return low;
}

static int by_text(const void *a, const void *b, void *x)
{
    return ch_str_cmp(words_text(x, *(const uint32_t *)a), words_text(x, *(const uint32_t *)b));
}

/* The entries of the terms behind the first `from`, in order. */
static uint32_t *sorted_from(ch_search_index *x, uint32_t from, uint32_t to, uint32_t *n)
{
    uint32_t *entries = must(malloc(2 * (size_t)(to - from) * sizeof *entries + 1));
    *n = 0;
    for (uint32_t number = from + 1; number <= to; number++) {
        ch_str word = term_at(x, number)->word, stem = names_text(&x->dictionary, number);
        if (words_takes(word)) entries[(*n)++] = 2 * number;
        if (words_takes(stem) && !ch_str_starts(word, stem)) entries[(*n)++] = 2 * number + 1;
    }
    qsort_r(entries, *n, sizeof *entries, by_text, x);
    return entries;
}

void words_keep(ch_search_index *x)
{
    words *old = atomic_load_explicit(&x->words, memory_order_relaxed);
    uint32_t n_terms = atomic_load_explicit(&x->dictionary.n, memory_order_relaxed), n_new, at = 0;
    if (n_terms - old->n_terms <= NEWEST + n_terms / NEWEST_SHARE) return;
    uint32_t *new = sorted_from(x, old->n_terms, n_terms, &n_new);
    words *w = must(malloc(sizeof *w + (old->n + (size_t)n_new) * sizeof *w->entries));
    *w = (words){n_terms, 0};
    for (uint32_t i = 0; i < n_new; i++) {
        ch_str text = words_text(x, new[i]);
        uint32_t low = at, high = old->n;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (ch_str_cmp(words_text(x, old->entries[middle]), text) < 0) low = middle + 1;
            else high = middle;
        }
        memcpy(w->entries + w->n, old->entries + at, (low - at) * sizeof *w->entries);
        w->n += low - at;
        w->entries[w->n++] = new[i];
        at = low;
    }
    memcpy(w->entries + w->n, old->entries + at, (old->n - at) * sizeof *w->entries);
    w->n += old->n - at;
    atomic_store_explicit(&x->words, w, memory_order_release);
    retire(&x->reclaimer, old, free);
    free(new);
}
