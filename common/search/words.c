#include "search/words.h"

enum { NEWEST = 1024, NEWEST_SHARE = 32 };

ch_str words_text(const ch_search_index *x, uint32_t entry)
{
    uint32_t number = entry >> ENTRY_BITS;
    if (entry_kind(entry) == ENTRY_FORM) return names_text(&x->forms, number);
    return entry_kind(entry) == ENTRY_STEM ? names_text(&x->dictionary, number) : term_at(x, number)->word;
}

uint32_t words_term(const ch_search_index *x, uint32_t entry)
{
    uint32_t number = entry >> ENTRY_BITS;
    return entry_kind(entry) == ENTRY_FORM ? *(const uint32_t *)pages_at(&x->form_terms, number - 1) : number;
}

static bool is_entry(const ch_search_index *x, uint32_t entry)
{
    ch_str text = words_text(x, entry);
    return words_takes(text) && (entry_kind(entry) != ENTRY_STEM || !ch_str_starts(term_at(x, entry >> ENTRY_BITS)->word, text));
}

newest words_newest(const ch_search_index *x, const words *w)
{
    uint32_t gaps = atomic_load_explicit(&x->n_gaps, memory_order_acquire);
    return (newest){.terms = atomic_load_explicit(&x->dictionary.n, memory_order_acquire) - w->n_terms,
                    .forms = atomic_load_explicit(&x->forms.n, memory_order_acquire) - w->n_forms,
                    .filled = w->n_gaps - gaps,
                    .gaps = gaps};
}

static uint32_t newest_count(const newest *n) { return 2 * (n->terms + n->filled) + n->forms; }

/* A term's word, its stem, …; those that fill gaps; then the other forms. */
static uint32_t newest_entry(const ch_search_index *x, const words *w, const newest *n, uint32_t i)
{
    uint32_t pair = i / 2, filled = pair - n->terms;
    if (pair < n->terms) return entry_of(w->n_terms + pair + 1, i % 2);
    if (filled < n->filled) return entry_of(x->gaps[n->gaps + filled], i % 2);
    return entry_of(w->n_forms + i - 2 * (n->terms + n->filled) + 1, ENTRY_FORM);
}

uint32_t words_next(const ch_search_index *x, const words *w, newest *n)
{
    while (n->at < newest_count(n)) {
        uint32_t entry = newest_entry(x, w, n, n->at++);
        if (is_entry(x, entry)) return entry;
    }
    return 0;
}

size_t words_bytes(ch_search_index *x) { return atomic_load(&x->words)->n * sizeof(uint32_t); }

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

/* The entries of what came since, in order. */
static uint32_t *sorted_newest(ch_search_index *x, const words *w, newest since, uint32_t *n)
{
    uint32_t *entries = must(malloc(newest_count(&since) * sizeof *entries)), entry;
    for (*n = 0; (entry = words_next(x, w, &since));) entries[(*n)++] = entry;
    qsort_r(entries, *n, sizeof *entries, by_text, x);
    return entries;
}

void words_make(ch_search_index *x)
{
    words *old = atomic_load_explicit(&x->words, memory_order_relaxed);
    newest since = words_newest(x, old);
    uint32_t n_terms = old->n_terms + since.terms, n_forms = old->n_forms + since.forms, n_new, at = 0;
    uint32_t *new = sorted_newest(x, old, since, &n_new);
    words *w = must(malloc(sizeof *w + (old->n + (size_t)n_new) * sizeof *w->entries));
    *w = (words){n_terms, n_forms, since.gaps, 0};
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

void words_keep(ch_search_index *x)
{
    newest since = words_newest(x, atomic_load_explicit(&x->words, memory_order_relaxed));
    if (since.terms + since.filled + since.forms > NEWEST + atomic_load_explicit(&x->dictionary.n, memory_order_relaxed) / NEWEST_SHARE)
        words_make(x);
}
