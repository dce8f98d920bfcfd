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
    spelt best;
    uint8_t rows[CH_TERM_MAX + 1][CH_TERM_MAX + 1];
} speller;

static void take_nearer(speller *s, uint32_t entry, int distance)
{
    uint32_t number = words_term(s->x, entry), often = frequency(s->x, number);
    ch_str text = words_text(s->x, entry);
    if (!often || distance > s->most || words_digits(text) || (distance == s->most && s->best.term && frequency(s->x, s->best.term) >= often)) return;
    s->most = distance;
    s->best = (spelt){number, text};
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
    if (entry_kind(s->words->entries[i]) != ENTRY_STEM) take_nearer(s, s->words->entries[i], s->rows[text.n][s->typed.n]);
    return i + 1;
}

spelt spell_nearest(const ch_search_index *x, ch_str typed)
{
    speller s = {.x = x, .words = atomic_load_explicit(&x->words, memory_order_acquire), .typed = typed};
    s.most = typed.n < 4 ? 0 : typed.n < 8 ? 1 : 2;
    if (!s.most || typed.n > CH_TERM_MAX || words_digits(typed)) return s.best; /* a wrong code means another, not the nearest */
    for (size_t j = 0; j <= typed.n; j++) s.rows[0][j] = (uint8_t)j;
    for (uint32_t i = 0; i < s.words->n;) i = spell_entry(&s, i);
    newest since = words_newest(x, s.words);
    for (uint32_t entry; (entry = words_next(x, s.words, &since));)
        if (entry_kind(entry) != ENTRY_STEM) take_nearer(&s, entry, ch_edit_distance(typed, words_text(x, entry), s.most));
    return s.best;
}

/* ---- words that begin so */

typedef struct beginning {
    const ch_search_index *x;
    spelt *out;
    size_t n, max;
} beginning;

static void take_frequent(beginning *b, uint32_t entry)
{
    uint32_t number = words_term(b->x, entry), often = frequency(b->x, number);
    if (!often || (b->n == b->max && often <= frequency(b->x, b->out[b->n - 1].term))) return;
    for (size_t k = 0; k < b->n; k++)
        if (b->out[k].term == number) return;
    size_t k = b->n < b->max ? b->n++ : b->n - 1;
    for (; k > 0 && frequency(b->x, b->out[k - 1].term) < often; k--) b->out[k] = b->out[k - 1];
    b->out[k] = (spelt){number, entry_kind(entry) == ENTRY_STEM ? term_at(b->x, number)->word : words_text(b->x, entry)};
}

size_t spell_beginning(const ch_search_index *x, ch_str prefix, spelt *out, size_t max)
{
    beginning b = {x, out, 0, max};
    const words *w = atomic_load_explicit(&x->words, memory_order_acquire);
    if (!max || !words_takes(prefix)) return 0;
    for (uint32_t i = words_seek(x, w, 0, prefix, false), looked = 0; i < w->n && looked < LOOKED_AT; i++, looked++) {
        if (!ch_str_starts(words_text(x, w->entries[i]), prefix)) break;
        take_frequent(&b, w->entries[i]);
    }
    newest since = words_newest(x, w);
    for (uint32_t entry; (entry = words_next(x, w, &since));)
        if (ch_str_starts(words_text(x, entry), prefix)) take_frequent(&b, entry);
    return b.n;
}

size_t ch_search_complete(ch_search_index *x, ch_str prefix, ch_arena *a, ch_str *out, size_t max)
{
    spelt found[100];
    size_t place, n = 0;
    view_enter(x, &place);
    for (size_t all = spell_beginning(x, prefix, found, max < 100 ? max : 100); n < all; n++) out[n] = ch_arena_str(a, found[n].word);
    reader_leave(&x->reclaimer, place);
    return n;
}
