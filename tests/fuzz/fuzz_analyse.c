/* Text of any bytes as terms: in their order and inside the text, bounded, the same again from what they were folded to; and edits between two of
 * them are a distance. */
#include <stdlib.h>

#include "search/analyse.h"
#include "search/query.h"

static void hold(bool fine)
{
    if (!fine) abort();
}

static void check_terms(ch_arena *a, ch_str text)
{
    ch_terms terms, extra;
    size_t at = 0;
    ch_analyse(a, text, &terms);
    for (size_t i = 0; i < terms.n; i++) {
        const ch_term *t = &terms.p[i];
        hold(t->at >= at && t->at < t->end && t->end <= text.n);
        hold(t->word.n > 0 && t->word.n <= CH_TERM_MAX && t->text.n > 0 && t->text.n <= CH_TERM_MAX);
        hold(ch_utf8_valid(t->word) && ch_utf8_valid(t->text));
        at = t->end;
    }
    ch_analyse_synonyms(a, &terms, &extra);
    for (size_t i = 0; i < extra.n; i++) hold(extra.p[i].text.n > 0 && extra.p[i].text.n <= CH_TERM_MAX);
}

static void check_parts(ch_arena *a, ch_str text)
{
    query_part *parts;
    ch_terms terms;
    size_t n = query_parts(a, text, &parts), used = 0;
    ch_analyse(a, text, &terms);
    for (size_t i = 0; i < n; i++) {
        hold(parts[i].n > 0 && (parts[i].n == 1 || parts[i].kind != PART_WORD) && !(parts[i].optional && parts[i].kind != PART_WORD));
        used += parts[i].n;
    }
    hold(used <= terms.n);
}

/* Single spaces between words, none around. */
static void check_fold(ch_arena *a, ch_str text)
{
    ch_str folded = ch_fold(a, text);
    hold(folded.n <= 64 * text.n && ch_utf8_valid(folded));
    for (size_t i = 0; i < folded.n; i++) hold(folded.p[i] != ' ' || (i > 0 && i + 1 < folded.n && folded.p[i + 1] != ' '));
    for (size_t i = 0; i < folded.n; i++) hold(folded.p[i] < 'A' || folded.p[i] > 'Z');
}

static void check_edits(ch_str s, ch_str t)
{
    int d = ch_edit_distance(s, t, 3), low = s.n > t.n ? (int)(s.n - t.n) : (int)(t.n - s.n);
    hold(d >= 0 && d <= 4 && d == ch_edit_distance(t, s, 3));
    hold(s.n > 62 || t.n > 62 || ((d == 0) == ch_str_eq(s, t) && d >= (low < 4 ? low : 4)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(16 << 10);
    ch_str text = {(const char *)data, size};
    check_terms(a, text);
    check_parts(a, text);
    check_fold(a, text);
    if (size) check_edits(ch_str_first(text, data[0]), ch_str_cut(text, data[0]));
    return 0;
}
