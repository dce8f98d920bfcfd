/* Text to terms: what is folded together and what is kept whole. */
#include "search/analyse.h"

#include <stdio.h>

#include "unit.h"

/* The words, with spaces between; `stems`: what they are found by. */
static const char *words_of(const char *text, bool stems)
{
    static char out[1000];
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 12);
    ch_terms t;
    size_t n = 0;
    ch_analyse(a, ch_str_of(text), &t);
    out[0] = 0;
    for (size_t i = 0; i < t.n; i++) {
        ch_str s = stems ? t.p[i].text : t.p[i].word;
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", i ? " " : "", CH_ARG(s));
    }
    return out;
}

#define ck_words(text, words) ck_assert_str_eq(words_of(text, false), words)
#define ck_stems(text, stems) ck_assert_str_eq(words_of(text, true), stems)

START_TEST(codes_and_numbers_are_kept_whole)
{
    ck_words("Band 5, B5", "band 5 b5");
    ck_words("RGN/RMN", "rgn rmn");
    ck_words("12h shifts", "12h shifts");
    ck_words("£28,407 to £37,350.50", "28407 to 3735050");
    ck_words("37.5 hours. 24/7", "375 hours 24 7");
    ck_words("1,000,000.", "1000000");
    ck_words("one,two.three 1,, 2", "one two three 1 2");
    ck_stems("RN5512s Band8as", "rn5512s band8as");
}
END_TEST

START_TEST(case_and_marks_are_folded)
{
    ck_words("CAFÉ café cafe\xCC\x81 Cafe", "cafe cafe cafe cafe");
    ck_words("Ŵyl gŵr ŷd ŶD Ynys Môn", "wyl gwr yd yd ynys mon");
    ck_words("ﬁre ｆｕｌｌ ⅣⅤ x² Straße", "fire full ivv x2 strasse");
    ck_words("ΣΟΦΟΣ σοφος", "σοφοσ σοφοσ");
    ck_words("\xff\xfeward\xf0\x9f nurse\xc3", "ward nurse");
    ck_words("\xCC\x81\xCC\x81", "");
}
END_TEST

START_TEST(an_apostrophe_is_one_however_it_is_printed)
{
    ck_words("O'Brien O’Brien Oʼbrien", "obrien obrien obrien");
    ck_words("King's Lynn, King’s Lynn", "kings lynn kings lynn");
    ck_words("i'r ysgol, i’r ysgol", "ir ysgol ir ysgol");
    ck_words("‘quoted’ 'quoted' nurses’", "quoted quoted nurses");
    ck_words("health\xC2\xAD"
             "care \xEF\xBB\xBFward night\xE2\x80\x8Bporter",
             "healthcare ward night porter");
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(100);
    ck_assert(ch_str_is(ch_fold(a, CH_STR(" Bo’ness -  Bo'NESS ")), "boness boness"));
}
END_TEST

START_TEST(stems_are_english)
{
    ck_stems("nurse nurses nursing", "nurs nurs nurs");
    ck_stems("physiotherapist physiotherapists", "physiotherapist physiotherapist");
    ck_stems("12h nhs ot", "12h nhs ot");
}
END_TEST

/* What each of these adds, whatever else it adds. */
static bool adds(const char *text, const char *stem)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 12);
    ch_terms t, extra;
    bool there = false;
    ch_analyse(a, ch_str_of(text), &t);
    ch_analyse_synonyms(a, &t, &extra);
    for (size_t i = 0; i < extra.n; i++) there |= ch_str_is(extra.p[i].text, stem);
    return there;
}

START_TEST(synonyms_of_the_field)
{
    ck_assert(adds("HCA", "healthcar") && adds("HCA", "assist") && adds("Healthcare Assistants", "hca") && adds("health care assistant", "hca"));
    ck_assert(adds("RMN", "mental") && adds("ODP", "theatr") == false && adds("ODP", "oper") && adds("CPN", "psychiatr"));
    ck_assert(adds("SALT", "speech") && adds("SALT", "slt") && adds("SLT", "salt") && adds("AHP", "alli") && adds("HGV", "good"));
    ck_assert(adds("ECT", "teacher") && adds("TA", "teach") && adds("Teaching assistant", "ta") && adds("Band 5", "b5") && adds("B5", "band"));
    ck_assert(!adds("healthcare, and an assistant", "hca") && !adds("assistant healthcare", "hca"));
    ck_assert(adds("IT manager", "technolog") && adds("information technology", "it") && adds("ED nurse", "emerg") &&
              adds("PA to the director", "person"));
    ck_assert(!adds("It is", "technolog") && adds("Ward (ED)", "emerg") && adds("A&E/ED", "emerg"));
    ck_assert_msg(!adds("it is a busy ward", "technolog") && !adds("Ed Smith", "emerg") && !adds("20 pa", "person"),
                  "words of everyday are no abbreviations");
}
END_TEST

START_TEST(synonyms_are_known_by_their_words)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1 << 12);
    ch_terms t, extra;
    ch_analyse(a, CH_STR("hca"), &t);
    ch_analyse_synonyms(a, &t, &extra);
    ck_assert_uint_ge(extra.n, 2);
    ck_assert(ch_str_is(extra.p[0].word, "healthcare") && ch_str_is(extra.p[0].text, "healthcar"));
}
END_TEST

UNIT_MAIN("search analyser", codes_and_numbers_are_kept_whole, case_and_marks_are_folded, an_apostrophe_is_one_however_it_is_printed,
          stems_are_english, synonyms_of_the_field, synonyms_are_known_by_their_words)
