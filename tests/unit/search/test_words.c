/* Spelling, what is being typed, completion: found along the ordered words as a look at every word would find them. */
#include "search/oracle.h"

#include "search/query.h"
#include "search/words.h"
#include "unit.h"

enum { WORDS = 6000 };
static ch_str put_words[WORDS];

/* Short words of few letters, so that many lie near each other, and long ones of more, so that few do. */
static ch_str some_word(ch_arena *a, chance *r)
{
    char text[16];
    size_t n = 2 + chance_below(r, 12), letters = n < 6 ? 5 : 12;
    for (size_t i = 0; i < n; i++) text[i] = "aeioudlnrstw"[chance_below(r, letters)];
    return ch_arena_str(a, (ch_str){text, n});
}

/* A word of the index, one or two letters wrong: swapped, replaced or left out. */
static ch_str misspelt(ch_arena *a, chance *r, ch_str right)
{
    char text[16];
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

static void ck_nearest(const ch_search_index *x, ch_str typed)
{
    uint32_t found = spell_nearest(x, typed), n = atomic_load(&x->dictionary.n), most = 0;
    int least = typed.n < 4 ? 0 : typed.n < 8 ? 1 : 2;
    for (uint32_t k = 1; least && k <= n; k++) {
        int d = words_takes(term_at(x, k)->word) && !words_digits(term_at(x, k)->word) && often(x, k)
                    ? ch_edit_distance(typed, term_at(x, k)->word, least)
                    : 99;
        if (d > least || (d == least && most >= often(x, k))) continue;
        least = d;
        most = often(x, k);
    }
    ck_assert_msg(!found == !most, "%.*s", CH_ARG(typed));
    if (!found) return;
    ck_assert_int_eq(ch_edit_distance(typed, term_at(x, found)->word, 9), least);
    ck_assert_uint_eq(often(x, found), most);
}

static void ck_beginning(const ch_search_index *x, ch_str prefix)
{
    uint32_t found[20], n = (uint32_t)spell_beginning(x, prefix, found, 20), all = atomic_load(&x->dictionary.n), as_often = 0, begin = 0;
    for (uint32_t i = 0; i < n; i++) {
        ck_assert(ch_str_starts(term_at(x, found[i])->word, prefix) || ch_str_starts(names_text(&x->dictionary, found[i]), prefix));
        if (i) ck_assert_uint_ge(often(x, found[i - 1]), often(x, found[i]));
    }
    for (uint32_t k = 1; k <= all; k++) {
        ch_str text = term_at(x, k)->word, stem = names_text(&x->dictionary, k);
        if (!often(x, k) || !words_takes(text) || !(ch_str_starts(text, prefix) || ch_str_starts(stem, prefix))) continue;
        begin++;
        as_often += n && often(x, k) > often(x, found[n - 1]);
    }
    ck_assert_uint_eq(n, begin < 20 ? begin : 20);
    ck_assert_uint_le(as_often, n);
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
    ck_assert_uint_eq(spell_nearest(x, CH_STR("rn5513")), 0);
    ck_assert_uint_eq(ch_search_complete(x, CH_STR("\x02"), a, out, 4), 0);
    ck_assert_uint_eq(ch_search_complete(x, CH_STR("nu"), a, out, 4), 1);
    ck_assert(ch_str_is(out[0], "nurse"));
    ch_search_close(x);
}
END_TEST

UNIT_MAIN("search words", as_a_look_at_every_word, references_are_found_whole)
