#include "search/place.h"

#include <math.h>
#include <stdio.h>

#include "random.h"
#include "search/analyse.h"
#include "search/place_table.h"
#include "unit.h"

static ch_str file; /* data/uk-places.tsv */

typedef struct line {
    ch_str kind, name, folded;
    double lat, lon;
    int64_t weight;
} line;
static line *lines;
static size_t n_lines;
static ch_arena *all;

static ch_str fold(ch_arena *a, const char *text) { return ch_fold(a, ch_str_of(text)); }

static void read_file(void)
{
    FILE *f = fopen(CH_SOURCE_DIR "/data/uk-places.tsv", "r");
    ck_assert_ptr_nonnull(f);
    all = ch_arena_new(1 << 20);
    char *text = ch_arena_alloc(all, 1 << 20);
    file = (ch_str){text, fread(text, 1, 1 << 20, f)};
    fclose(f);
    lines = CH_NEW_N(all, line, 20000);
    ch_str rest = file, one, lat, lon;
    ch_str_split(&rest, '\n', &one);
    while (ch_str_split(&rest, '\n', &one) && one.n) {
        line *l = &lines[n_lines++];
        ck_assert(ch_str_split(&one, '\t', &l->kind) && ch_str_split(&one, '\t', &l->name) && ch_str_split(&one, '\t', &lat) &&
                  ch_str_split(&one, '\t', &lon));
        ck_assert(ch_str_double(lat, &l->lat) && ch_str_double(lon, &l->lon) && ch_str_int(one, &l->weight));
        l->folded = ch_fold(all, l->name);
    }
}

static ch_place found;
static bool mended;
static bool look(const char *text) { return ch_place_lookup(ch_str_of(text), &found, &mended); }

static bool is(const char *text, const char *name, const char *district)
{
    return look(text) && ch_str_is(found.name, name) && (!district || ch_str_is(found.district, district));
}

START_TEST(test_towns_by_name)
{
    ck_assert(is("Leeds", "Leeds", NULL) && !mended && found.unique && found.kind == CH_PLACE_TOWN);
    ck_assert(is("  LEEDS, ", "Leeds", NULL));
    ck_assert(is("stoke on trent", "Stoke-on-Trent", NULL));
    ck_assert(is("Bo'ness", "Bo’ness", NULL) && is("Bo’ness", "Bo’ness", NULL));
    ck_assert(is("St Neots", "Saint Neots", NULL) && is("Saint Albans", "St Albans", NULL) && is("st. albans", "St Albans", NULL));
    ck_assert(!look("") && !look("  ,;") && !look("xqzjw kkkk"));
}
END_TEST

START_TEST(test_other_names)
{
    ck_assert(is("Caerdydd", "Cardiff", NULL) && is("Casnewydd", "Newport", "NP20") && is("Pontypwl", "Pontypool", NULL) &&
              is("PONTYPŴL", "Pontypool", NULL));
    ck_assert(is("Hull", "Kingston upon Hull", NULL) && is("Kingston", "Kingston upon Thames", NULL) && is("Londonderry", "Derry", NULL));
    ck_assert(is("newcastle", "Newcastle upon Tyne", NULL) && is("Newcastle, Northern Ireland", "Newcastle", NULL));
    ck_assert(is("Sutton", "Sutton", NULL) && is("Dun Eideann", "Edinburgh", NULL));
}
END_TEST

START_TEST(test_postcodes_fall_back)
{
    ck_assert(is("LS1 4AP", "LS1 4", "LS1 4") && found.kind == CH_PLACE_SECTOR);
    ck_assert(is("ls14ap", "LS1 4", NULL) && is("ls1 4", "LS1 4", NULL) && is("ls1 4a", "LS1 4", NULL) && is("LS1", "LS1", "LS1"));
    ck_assert(is("LS14", "LS14", NULL) && is("ls146ap", "LS14 6", NULL));
    ck_assert(is("LS1 0ZZ", "LS1", NULL) && found.kind == CH_PLACE_OUTWARD);
    ck_assert(is("EC1A 1BB", "EC1A 1", NULL) && is("ec1a1bb", "EC1A 1", NULL));
    ck_assert(!look("ZZ99 9ZZ") && !look("LS"));
}
END_TEST

START_TEST(test_towns_of_one_name)
{
    ck_assert(is("Newport", "Newport", "NP20") && !found.unique);
    ck_assert(is("Newport, Isle of Wight", "Newport", "PO30") && is("newport (wales)", "Newport", "NP20") && is("Newport TF10", "Newport", "TF10"));
    ck_assert(is("Newport PO30, Isle of Wight", "Newport", "PO30"));
    ch_place several[10];
    ck_assert_uint_eq(ch_place_alternatives(CH_STR("newport"), several, 10), 7); /* Newport-on-Tay too */
    ck_assert(ch_str_is(several[0].district, "NP20") && ch_str_is(several[1].district, "PO30"));
    ck_assert_uint_eq(ch_place_alternatives(CH_STR("newport"), several, 2), 2);
    ck_assert_uint_eq(ch_place_alternatives(CH_STR("newcastle"), several, 10), 3);
    ck_assert_uint_eq(ch_place_alternatives(CH_STR("kingston"), several, 10), 2);
    ck_assert_uint_eq(ch_place_alternatives(CH_STR("leeds"), several, 10), 1);
    ck_assert_uint_eq(ch_place_alternatives(CH_STR("LS1"), several, 10), 0);
}
END_TEST

START_TEST(test_misspelt_towns)
{
    ck_assert(is("Machester", "Manchester", NULL) && mended);
    ck_assert(is("Nottingam", "Nottingham", NULL) && mended);
    ck_assert(is("Birmignham", "Birmingham", NULL) && mended);
    ck_assert(is("Kardiff", "Cardiff", NULL) && mended);
    ck_assert(is("Newprot, Isle of Wight", "Newport", "PO30") && mended);
    ck_assert(is("Glasgwo", "Glasgow", NULL) && is("Abertawy", "Swansea", NULL));
    ck_assert(is("Bury", "Bury", NULL) && !mended);
}
END_TEST

START_TEST(test_completion)
{
    ch_place out[10];
    ck_assert_uint_ge(ch_place_complete(CH_STR("leed"), out, 10), 1);
    ck_assert(ch_str_is(out[0].name, "Leeds"));
    ck_assert(ch_place_complete(CH_STR("lon"), out, 10) == 10 && ch_str_is(out[0].name, "London"));
    ck_assert(ch_place_complete(CH_STR("tyn"), out, 10) > 1 && ch_str_is(out[0].name, "Tynemouth"));
    size_t n = ch_place_complete(CH_STR("ls1"), out, 10);
    ck_assert(n == 10 && ch_str_is(out[0].name, "LS1") && ch_str_is(out[1].name, "LS10"));
    ck_assert(ch_place_complete(CH_STR("ls1 "), out, 10) > 0);
    ck_assert(ch_place_complete(CH_STR("ls1 4a"), out, 10) == 1 && ch_str_is(out[0].name, "LS1 4"));
    ck_assert(ch_place_complete(CH_STR("birmign"), out, 10) > 0 && ch_str_is(out[0].name, "Birmingham"));
    ck_assert(ch_place_complete(CH_STR("caerd"), out, 10) > 0 && ch_str_is(out[0].name, "Cardiff"));
    ck_assert_uint_eq(ch_place_complete(CH_STR(""), out, 10), 0);
    ck_assert_uint_eq(ch_place_complete(CH_STR("l"), out, 0), 0);
}
END_TEST

static ch_str label_of(const ch_place *p, char *text) { return ch_place_label(p, text, 200); }

START_TEST(test_a_label_finds_its_place_again)
{
    for (uint32_t i = 0; i < place_names_n; i++) {
        const place_name *n = &place_names[i];
        if (n->flags || place_rows[n->row].kind != CH_PLACE_TOWN) continue;
        ch_place p[20];
        char text[200], other[200];
        size_t many = ch_place_alternatives((ch_str){place_text + n->text, n->n}, p, 20);
        for (size_t k = 0; k < many; k++) {
            ch_place again;
            ck_assert(ch_place_lookup(label_of(&p[k], text), &again, &mended) && !mended);
            ck_assert_msg(again.lat == p[k].lat && again.lon == p[k].lon && again.weight == p[k].weight, "\"%s\" is not found again: \"%.*s\"", text,
                          CH_ARG(label_of(&again, other)));
        }
    }
}
END_TEST

/* The same by plain loops over the file. */
START_TEST(test_every_place_is_found_where_the_file_says)
{
    read_file();
    ck_assert_uint_eq(n_lines, place_rows_n);
    for (size_t i = 0; i < n_lines; i++) {
        const line *l = &lines[i];
        ch_place p[20];
        if (ch_str_is(l->kind, "town")) {
            size_t n = ch_place_alternatives(l->name, p, 20), k = 0;
            while (k < n && !(fabs(p[k].lat - l->lat) < 1e-6 && fabs(p[k].lon - l->lon) < 1e-6 && ch_str_eq(p[k].name, l->name))) k++;
            ck_assert_msg(k < n, "%.*s is not among its alternatives", CH_ARG(l->name));
            continue;
        }
        ck_assert(ch_place_lookup(l->name, p, &mended) && !mended);
        ck_assert_msg(ch_str_eq(p->name, l->name) && fabs(p->lat - l->lat) < 1e-6 && fabs(p->lon - l->lon) < 1e-6 && p->weight == l->weight, "%.*s",
                      CH_ARG(l->name));
    }
    ch_arena_free(all);
}
END_TEST

static bool begins_a_place(const line *l, ch_str prefix)
{
    return ch_str_starts(l->folded, prefix) && (!ch_str_is(l->kind, "sector") || ch_str_index(prefix, ' ') >= 0);
}

/* The heaviest town that begins so comes first, and nothing that begins so is left out for what does not. */
START_TEST(test_completion_by_plain_loops)
{
    read_file();
    n_lines = place_rows_n;
    random_seed("completion");
    for (int round = 0; round < 3000; round++) {
        ch_str name = lines[below(n_lines)].folded, prefix = ch_str_trim(ch_str_first(name, 1 + below(name.n)));
        ch_place out[10];
        size_t n = ch_place_complete(prefix, out, 10), begin = 0;
        int64_t heaviest = -1;
        for (size_t i = 0; i < n_lines; i++) {
            if (!begins_a_place(&lines[i], prefix)) continue;
            begin++;
            if (ch_str_is(lines[i].kind, "town") && lines[i].weight > heaviest) heaviest = lines[i].weight;
        }
        ck_assert_msg(n >= (begin < 10 ? begin : 10), "%.*s: %zu of %zu", CH_ARG(prefix), n, begin);
        if (heaviest >= 0) ck_assert_msg((int64_t)out[0].weight >= heaviest, "%.*s: %.*s", CH_ARG(prefix), CH_ARG(out[0].name));
    }
    ch_arena_free(all);
}
END_TEST

/* A wrong letter, one left out, one too many, two swapped. */
static ch_str misspell(ch_arena *a, ch_str s)
{
    ch_buf b = ch_buf_in(a);
    size_t at = below(s.n), how = below(4);
    for (size_t i = 0; i < s.n; i++) {
        bool swap = how == 3 && i == at && i + 1 < s.n;
        if (i == at && how == 0) continue;
        if (i == at && how == 1) ch_buf_char(&b, (char)('a' + below(26)));
        if (swap) ch_buf_char(&b, s.p[i + 1]);
        ch_buf_char(&b, i == at && how == 2 ? (char)('a' + below(26)) : s.p[i]);
        if (swap) i++;
    }
    return ch_buf_str(&b);
}

/* What is found lies as near as anything does, by the plain table of edits. */
START_TEST(test_misspelt_by_plain_loops)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    read_file();
    random_seed("misspelt");
    size_t tried = 0;
    while (tried < 1500) {
        const line *l = &lines[n_lines - 1 - below(5900)];
        ch_str wrong = ch_fold(a, misspell(a, l->folded));
        int most = wrong.n < 4 ? 0 : wrong.n < 8 ? 1 : 2, least = most + 1;
        for (uint32_t i = 0; i < place_names_n; i++) {
            const place_name *n = &place_names[i];
            if (place_rows[n->row].kind != CH_PLACE_TOWN || (n->flags & NAME_INNER)) continue;
            int d = ch_edit_distance(wrong, (ch_str){place_text + n->text, n->n}, most);
            if (d < least) least = d;
        }
        if (ch_str_find(wrong, CH_STR("saint")) >= 0) continue;
        bool there = ch_place_lookup(wrong, &found, &mended);
        if (there && !mended) continue; /* another name by chance */
        tried++;
        ck_assert_msg(there == (least <= most), "%.*s (%.*s): %d", CH_ARG(wrong), CH_ARG(l->name), least);
    }
    ch_arena_free(all);
}
END_TEST

START_TEST(test_any_bytes)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    random_seed("bytes");
    for (int round = 0; round < 20000; round++) {
        char text[300];
        ch_place out[50];
        size_t n = below(sizeof text);
        for (size_t i = 0; i < n; i++) text[i] = (char)(chance(80) ? " abelnortsw1-,'"[below(15)] : (char)below(256));
        ch_place_lookup((ch_str){text, n}, &found, NULL);
        ck_assert_uint_le(ch_place_complete((ch_str){text, n}, out, 1000), 50);
        ck_assert_uint_le(ch_place_alternatives((ch_str){text, n}, out, 50), 50);
    }
    ck_assert(fold(a, "Ynys Môn").n > 0);
}
END_TEST

UNIT_MAIN("search places", test_towns_by_name, test_other_names, test_postcodes_fall_back, test_towns_of_one_name, test_misspelt_towns,
          test_completion, test_a_label_finds_its_place_again, test_every_place_is_found_where_the_file_says, test_completion_by_plain_loops,
          test_misspelt_by_plain_loops, test_any_bytes)
