/* Spelling, what is being typed, completion: found along the ordered words as a look at every word would find them. */
#include "search/oracle.h"

#include "search/query.h"
#include "search/words.h"
#include "unit.h"

enum { WORDS = 6000 };
static ch_str put_words[WORDS];

/* Short words of few letters, so that many lie near each other, and long ones of more, so that few do; some in several forms. */
static ch_str some_word(ch_arena *a, chance *r)
{
    char text[16];
    size_t n = 2 + chance_below(r, 12), letters = n < 6 ? 5 : 12;
    for (size_t i = 0; i < n; i++) text[i] = "aeioudlnrstw"[chance_below(r, letters)];
    return ch_arena_printf(a, "%.*s%s", (int)n, text, n > 3 && chance_below(r, 3) == 0 ? "ing" : "");
}

/* A word of the index, one or two letters wrong: swapped, replaced or left out. */
static ch_str misspelt(ch_arena *a, chance *r, ch_str right)
{
    char text[24];
    size_t n = right.n, at;
    memcpy(text, right.p, n);
    for (size_t edits = 1 + chance_below(r, 2); edits && n > 2; edits--) {
        switch (at = chance_below(r, n - 1), chance_below(r, 3)) {
        case 0: text[at] ^= text[at + 1], text[at + 1] ^= text[at], text[at] ^= text[at + 1]; break;
        case 1: text[at] = 'x'; break;
        default: memmove(text + at, text + at + 1, --n - at);
        }
    }
    return ch_arena_str(a, (ch_str){text, n});
}

static void put_word(ch_search_index *x, ch_arena *a, chance *r, size_t i)
{
    put_words[i] = some_word(a, r);
    ch_search_doc d = {.id = ch_arena_printf(a, "v%zu", i), .version = 1, .title = put_words[i], .reference = ch_arena_printf(a, "c%zu", i)};
    ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
}

static uint32_t often(const ch_search_index *x, uint32_t number) { return atomic_load(&term_at(x, number)->df); }

/* Every word of the index and the term that it leads to: a term's own word first, then the other forms. */
static bool word_at(const ch_search_index *x, uint32_t i, ch_str *text, uint32_t *number)
{
    uint32_t terms = atomic_load(&x->dictionary.n), forms = atomic_load(&x->forms.n);
    if (i >= terms + forms) return false;
    *number = i < terms ? i + 1 : *(const uint32_t *)pages_at(&x->form_terms, i - terms);
    *text = i < terms ? term_at(x, *number)->word : names_text(&x->forms, i - terms + 1);
    return true;
}

static void ck_nearest(const ch_search_index *x, ch_str typed)
{
    spelt found = spell_nearest(x, typed);
    uint32_t number, most = 0;
    ch_str text;
    int least = typed.n < 4 ? 0 : typed.n < 8 ? 1 : 2;
    for (uint32_t i = 0; least && word_at(x, i, &text, &number); i++) {
        int d = words_takes(text) && !words_digits(text) && often(x, number) ? ch_edit_distance(typed, text, least) : 99;
        if (d > least || (d == least && most >= often(x, number))) continue;
        least = d;
        most = often(x, number);
    }
    ck_assert_msg(!found.term == !most, "%.*s", CH_ARG(typed));
    if (!found.term) return;
    ck_assert_int_eq(ch_edit_distance(typed, found.word, 9), least);
    ck_assert_uint_eq(often(x, found.term), most);
}

/* Which terms have a word, or a stem, that begins so. */
static bool *that_begin(const ch_search_index *x, ch_str prefix)
{
    uint32_t all = atomic_load(&x->dictionary.n), number;
    bool *out = calloc(all + 1, sizeof *out);
    ch_str text;
    for (uint32_t i = 0; word_at(x, i, &text, &number); i++) out[number] |= words_takes(text) && ch_str_starts(text, prefix);
    for (uint32_t k = 1; k <= all; k++) out[k] |= words_takes(names_text(&x->dictionary, k)) && ch_str_starts(names_text(&x->dictionary, k), prefix);
    return out;
}

static void ck_beginning(const ch_search_index *x, ch_str prefix)
{
    spelt found[20];
    uint32_t n = (uint32_t)spell_beginning(x, prefix, found, 20), all = atomic_load(&x->dictionary.n), as_often = 0, begin = 0;
    bool *begins = that_begin(x, prefix);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert(ch_str_starts(found[i].word, prefix) || ch_str_starts(names_text(&x->dictionary, found[i].term), prefix));
        if (i) ck_assert_uint_ge(often(x, found[i - 1].term), often(x, found[i].term));
    }
    for (uint32_t k = 1; k <= all; k++) {
        if (!often(x, k) || !begins[k]) continue;
        begin++;
        as_often += n && often(x, k) > often(x, found[n - 1].term);
    }
    ck_assert_uint_eq(n, begin < 20 ? begin : 20);
    ck_assert_uint_le(as_often, n);
    free(begins);
}

START_TEST(as_a_look_at_every_word)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 16);
    chance r = {seed_of("words", 1)};
    ch_search_index *x = ch_search_open();
    for (size_t i = 0; i < WORDS; i++) {
        put_word(x, a, &r, i);
        if (chance_below(&r, 9) == 0) ch_search_remove(x, ch_arena_printf(a, "v%zu", chance_below(&r, i + 1)), 2);
        if (i % 10) continue;
        ck_nearest(x, misspelt(a, &r, put_words[chance_below(&r, i + 1)]));
        ck_beginning(x, ch_str_first(some_word(a, &r), 1 + chance_below(&r, 3)));
    }
    ck_assert_uint_gt(atomic_load(&x->words)->n, 1000);
    ck_assert_uint_gt(atomic_load(&x->words)->n_forms, 50);
    ch_search_close(x);
}
END_TEST

START_TEST(every_form_of_a_word_is_completed)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 12);
    ch_search_index *x = ch_search_open();
    static const char *const titles[] = {"Nurses", "Nursing", "Communities", "Community", "HCA"};
    ch_str out[4];
    for (size_t i = 0; i < 5; i++) {
        ch_search_doc d = {.id = ch_arena_printf(a, "%zu", i), .version = 1, .title = ch_str_of(titles[i])};
        ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
    }
    const struct {
        const char *prefix, *word;
    } cases[] = {{"nur", "nurses"},          {"nursin", "nursing"},     {"communiti", "communities"}, {"communit", "communities"},
                 {"community", "community"}, {"healthc", "healthcare"}, {"assistan", "assistant"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_uint_eq(ch_search_complete(x, ch_str_of(cases[i].prefix), a, out, 4), 1);
        ck_assert_msg(ch_str_is(out[0], cases[i].word), "%s: %.*s", cases[i].prefix, CH_ARG(out[0]));
    }
    ch_search_close(x);
}
END_TEST

START_TEST(references_are_found_whole)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 12);
    ch_search_index *x = ch_search_open();
    ch_search_doc d = {.id = CH_STR("v"), .version = 1, .title = CH_STR("Nurse RN5512"), .staff_group = CH_STR("nursing")};
    ch_str out[4];
    ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
    ck_assert_uint_eq(ch_search_complete(x, CH_STR("rn"), a, out, 4), 0);
    ck_assert_uint_eq(spell_nearest(x, CH_STR("rn5513")).term, 0);
    ck_assert_uint_eq(ch_search_complete(x, CH_STR("\x02"), a, out, 4), 0);
    ck_assert_uint_eq(ch_search_complete(x, CH_STR("nu"), a, out, 4), 1);
    ck_assert(ch_str_is(out[0], "nurse"));
    ch_search_close(x);
}
END_TEST

UNIT_MAIN("search words", as_a_look_at_every_word, every_form_of_a_word_is_completed, references_are_found_whole)
