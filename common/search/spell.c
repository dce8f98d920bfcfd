#include "search/query.h"
#include "search/words.h"

enum { LOOKED_AT = 20000 }; /* of the words with one beginning, so that two letters cost no more than this */

static uint32_t frequency(const ch_search_index *x, uint32_t number) { return atomic_load_explicit(&term_at(x, number)->df, memory_order_relaxed); }

/* ---- the nearest word: along the ordered words, where one row of edit distances serves all that share its beginning */

typedef struct speller {
    const ch_search_index *x;
    const words *words;
    ch_str typed, before; /* the word that the rows are of */
    size_t valid;         /* rows, as many as letters of `before` */
    int most;
    uint32_t best;
    uint8_t rows[CH_TERM_MAX + 1][CH_TERM_MAX + 1];
} speller;

static void take_nearer(speller *s, uint32_t number, int distance)
{
    uint32_t often = frequency(s->x, number);
    if (!often || distance > s->most || words_digits(term_at(s->x, number)->word) ||
        (distance == s->most && s->best && frequency(s->x, s->best) >= often))
        return;
    s->most = distance;
    s->best = number;
}

/* The row of the first d letters from the two above it; its smallest number. */
static int next_row(speller *s, ch_str text, size_t d)
{
    const uint8_t *above = s->rows[d - 1];
    uint8_t *here = s->rows[d];
    int least = here[0] = (uint8_t)d;
    for (size_t j = 1; j <= s->typed.n; j++) {
        int e = above[j - 1] + (text.p[d - 1] != s->typed.p[j - 1]);
        if (above[j] + 1 < e) e = above[j] + 1;
        if (here[j - 1] + 1 < e) e = here[j - 1] + 1;
        bool swapped = d > 1 && j > 1 && text.p[d - 1] == s->typed.p[j - 2] && text.p[d - 2] == s->typed.p[j - 1];
        if (swapped && s->rows[d - 2][j - 2] + 1 < e) e = s->rows[d - 2][j - 2] + 1;
        here[j] = (uint8_t)e;
        if (e < least) least = e;
    }
    return least;
}

/* The entry to go on with: the next, or the one behind all that begin in a way that is too far away already. */
static uint32_t spell_entry(speller *s, uint32_t i)
{
    ch_str text = ch_str_first(words_text(s->x, s->words->entries[i]), CH_TERM_MAX);
    size_t d = 0;
    while (d < s->valid && d < text.n && text.p[d] == s->before.p[d]) d++;
    s->before = text;
    for (s->valid = d; d < text.n; s->valid = d) {
        if (next_row(s, text, ++d) > s->most) return words_seek(s->x, s->words, i + 1, ch_str_first(text, d), true);
    }
    if (!(s->words->entries[i] & 1)) take_nearer(s, s->words->entries[i] / 2, s->rows[text.n][s->typed.n]);
    return i + 1;
}

uint32_t spell_nearest(const ch_search_index *x, ch_str typed)
{
    speller s = {.x = x, .words = atomic_load_explicit(&x->words, memory_order_acquire), .typed = typed};
    s.most = typed.n < 4 ? 0 : typed.n < 8 ? 1 : 2;
    if (!s.most || typed.n > CH_TERM_MAX || words_digits(typed)) return 0; /* a wrong code means another, not the nearest */
    for (size_t j = 0; j <= typed.n; j++) s.rows[0][j] = (uint8_t)j;
    for (uint32_t i = 0; i < s.words->n;) i = spell_entry(&s, i);
    uint32_t n = atomic_load_explicit(&x->dictionary.n, memory_order_acquire);
    for (uint32_t number = s.words->n_terms + 1; number <= n; number++) {
        ch_str text = term_at(x, number)->word;
        if (words_takes(text)) take_nearer(&s, number, ch_edit_distance(typed, text, s.most));
    }
    return s.best;
}

/* ---- words that begin so */

typedef struct beginning {
    const ch_search_index *x;
    uint32_t *out;
    size_t n, max;
} beginning;

static void take_frequent(beginning *b, uint32_t number)
{
    uint32_t often = frequency(b->x, number);
    if (!often || (b->n == b->max && often <= frequency(b->x, b->out[b->n - 1]))) return;
    for (size_t k = 0; k < b->n; k++)
        if (b->out[k] == number) return;
    size_t k = b->n < b->max ? b->n++ : b->n - 1;
    for (; k > 0 && frequency(b->x, b->out[k - 1]) < often; k--) b->out[k] = b->out[k - 1];
    b->out[k] = number;
}

size_t spell_beginning(const ch_search_index *x, ch_str prefix, uint32_t *out, size_t max)
{
    beginning b = {x, out, 0, max};
    const words *w = atomic_load_explicit(&x->words, memory_order_acquire);
    if (!max || !words_takes(prefix)) return 0;
    for (uint32_t i = words_seek(x, w, 0, prefix, false), looked = 0; i < w->n && looked < LOOKED_AT; i++, looked++) {
        if (!ch_str_starts(words_text(x, w->entries[i]), prefix)) break;
        take_frequent(&b, w->entries[i] / 2);
    }
    uint32_t n = atomic_load_explicit(&x->dictionary.n, memory_order_acquire);
    for (uint32_t number = w->n_terms + 1; number <= n; number++) {
        ch_str text = term_at(x, number)->word, stem = names_text(&x->dictionary, number);
        if ((words_takes(text) && ch_str_starts(text, prefix)) || (words_takes(stem) && ch_str_starts(stem, prefix))) take_frequent(&b, number);
    }
    return b.n;
}

size_t ch_search_complete(ch_search_index *x, ch_str prefix, ch_arena *a, ch_str *out, size_t max)
{
    uint32_t found[100];
    size_t place, n = 0;
    view_enter(x, &place);
    for (size_t all = spell_beginning(x, prefix, found, max < 100 ? max : 100); n < all; n++) out[n] = ch_arena_str(a, term_at(x, found[n])->word);
    reader_leave(&x->reclaimer, place);
    return n;
}
