/* What a query's text means, case by case; what is answered when nothing is found. */
#include "search/small.h"

#include <math.h>
#include <time.h>

#include "unit.h"

START_TEST(phrases_and_what_is_excluded)
{
    small_open();
    put("1", "Night porter");
    put("2", "Porter for the night");
    put("3", "Porter, part-time");
    put("4", "Porter. Part of the time on call");
    put("5", "Porter RGN/RMN");
    put("6", "Porter RMN");
    ck_found("porter", "6 5 4 3 2 1");
    ck_found("\"night porter\"", "1");
    ck_found("“night porter”", "1");
    ck_found("\"part time\"", "3");
    ck_found("part-time", "4 3");
    ck_found("\"part-time\" porter", "3");
    ck_found("porter -night", "6 5 4 3");
    ck_found("porter -\"night porter\"", "6 5 4 3 2");
    ck_found("porter -“night porter”", "6 5 4 3 2");
    ck_found("porter -\"night porter", "6 5 4 3 2");
    ck_found("-\"night porter\"", "6 5 4 3 2");
    ck_found("porter -part-time", "6 5 4 2 1");
    ck_found("porter -RGN/RMN", "6 4 3 2 1");
    ck_found("porter -rmn", "4 3 2 1");
    ck_found("porter -\"night porter\" -part-time -rmn", "4 2");
    ck_found("porter -\"night unheard\"", "6 5 4 3 2 1");
    ck_found("porter part -\"part time\"", "4");
    ck_found("\"night porter\" -\"night porter\"", "");
    ck_found("\"porter\"night \"rmn\"", "");
    ck_found("\"porter\"night \"porter\"", "2 1");
    ck_found("porter \"\" -\"\" \" - \"", "6 5 4 3 2 1");
    ck_found("\"night porter", "2 1");
    ck_found("porter x-rmn", "");
    ck_found("porter\t-rmn", "4 3 2 1");
    small_close();
}
END_TEST

/* A phrase that must not be there counts also where many are matched, and facets without it. */
START_TEST(an_excluded_phrase_in_a_sealed_segment)
{
    small_open();
    for (int i = 0; i < 9000; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        ch_search_doc d = small_doc(id, i % 3 ? "Night porter" : "Porter, night");
        d.staff_group = i % 2 ? CH_STR("odd") : CH_STR("even");
        ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
    }
    ch_search_maintain(x);
    ask((ch_search_query){.text = CH_STR("porter -\"night porter\""), .facets = CH_FACET_ALL});
    ck_assert_uint_eq(r.total, 3000);
    ck_assert_uint_eq(r.facets[CH_FACET_STAFF_GROUP].counts[0].count, 1500);
    ask((ch_search_query){.text = CH_STR("-\"night porter\""), .facets = CH_FACET_ALL});
    ck_assert_uint_eq(r.total, 3000);
    small_close();
}
END_TEST

START_TEST(codes_and_synonyms_are_found)
{
    small_open();
    put("1", "HCA");
    put("2", "Healthcare Assistant");
    put("3", "Health Care Assistant");
    put("4", "Staff nurse B5 RGN/RMN, 12h, £28,407");
    put("5", "Staff nurse Band 5");
    put("6", "Athro, Gŵyl Ŷd");
    put("7", "Café manager for O’Brien’s, it is busy");
    ck_found("hca", "3 2 1");
    ck_found("healthcare assistant", "3 2 1");
    ck_found("b5", "5 4");
    ck_found("\"band 5\"", "5 4");
    ck_found("rmn", "4");
    ck_found("RGN/RMN", "4");
    ck_found("12H", "4");
    ck_found("28407", "4");
    ck_found("£28,407", "4");
    ck_found("gwyl yd", "6");
    ck_found("GŴYL", "6");
    ck_found("cafe\xCC\x81", "7");
    ck_found("o'brien's", "7");
    ck_found("\"for o'brien's\"", "7");
    ck_found("information technology", "");
    small_close();
}
END_TEST

static const char *corrected(const char *text)
{
    ask((ch_search_query){.text = ch_str_of(text), .sort = CH_SORT_NEWEST});
    return ch_arena_z(arena, r.corrected);
}

#define ck_mended(text, mended)                                                                                                                      \
    do {                                                                                                                                             \
        ck_assert_str_eq(corrected(text), mended);                                                                                                   \
        ck_assert_uint_eq(r.total > 0, *mended > 0);                                                                                                 \
    } while (0)

START_TEST(spelling_is_mended)
{
    small_open();
    put("1", "Nursing lead");
    put("2", "Staff Nurse");
    put("3", "HCA");
    put("4", "Physiotherapist");
    put("5", "Community midwives");
    put("6", "Receptionist RN12");
    ck_mended("physioterapist", "physiotherapist");
    ck_mended("hpysiotherapist", "physiotherapist"); /* the first letters swapped */
    ck_mended("fysiotherapist", "physiotherapist");  /* two edits, the first letter among them */
    ck_mended("receptoinst", "receptionist");
    ck_mended("nusre", "nurse");
    ck_mended("murse", "nurse");
    ck_mended("nusring", "nursing");
    ck_mended("asistant", "assistant"); /* a synonym's word, not its stem */
    ck_mended("staff nusre -physio", "staff nurse -physio");
    ck_mended("comunity midwifes", "community midwives");
    ck_mended("xqzw", "");
    ck_mended("rn13", "");
    ck_mended("nus", "");
    ask((ch_search_query){.text = CH_STR("nusre"), .strict = true});
    ck_assert_uint_eq(r.total, 0);
    ck_assert_uint_eq(r.corrected.n, 0);
    ask((ch_search_query){.text = CH_STR("nurse")});
    ck_assert_uint_eq(r.corrected.n, 0);
    /* A word that no vacancy has any more is not one of the index's. */
    ck_assert_int_eq(ch_search_remove(x, CH_STR("4"), 2), CH_OK);
    ck_mended("physioterapist", "");
    small_close();
}
END_TEST

static const char *typing(const char *text) { return ids_of((ch_search_query){.text = ch_str_of(text), .sort = CH_SORT_NEWEST, .typing = true}); }

START_TEST(what_is_being_typed)
{
    small_open();
    put("1", "Nurse");
    put("2", "Nursing lead, nights");
    put("3", "Physiotherapist, community, ward 1234");
    put("4", "Porter");
    put("5", "Physiotherapist, community");
    const char *const nursing[] = {"n", "nu", "nur", "nurs", "nursi", "nursin", "nursing"};
    for (size_t i = 0; i < sizeof nursing / sizeof *nursing; i++) ck_assert_str_eq(typing(nursing[i]), "2 1");
    ck_assert_str_eq(typing("nursing lea"), "2");
    ck_assert_str_eq(typing("physioterapist comm"), "5 3"); /* misspelt, and half typed */
    ck_assert(ch_str_is(r.corrected, "physiotherapist comm"));
    typing("physiotherapist 12"); /* references are found whole */
    ck_assert(r.relaxed);
    ck_assert_str_eq(typing("physiotherapist 1234"), "3");
    ck_assert_str_eq(typing("physiotherapist -comm"), "5 3"); /* what is excluded is whole */
    ck_assert_str_eq(typing("p"), "5 4 3");
    ck_assert_str_eq(typing("nur "), "2 1");
    small_close();
}
END_TEST

START_TEST(all_words_then_most_of_them)
{
    small_open();
    put("1", "Nurse, community, children");
    put("2", "Nurse, community, adults");
    put("3", "Nurse");
    put("4", "The porter");
    put("5", "Nurse, community, children, adults");
    ask((ch_search_query){.text = CH_STR("nurse community children")});
    ck_assert(r.total == 2 && !r.relaxed);
    ask((ch_search_query){.text = CH_STR("the nurse in the community with children")}); /* stop words do not count */
    ck_assert(r.total == 2 && !r.relaxed);
    ask((ch_search_query){.text = CH_STR("nurse community wibblewobble")});
    ck_assert(r.total == 3 && r.relaxed && r.corrected.n == 0);
    ask((ch_search_query){.text = CH_STR("nurse community wibblewobble"), .strict = true});
    ck_assert(r.total == 0 && !r.relaxed && r.n_suggestions == 0);
    ck_found("the", "4");
    ask((ch_search_query){.text = CH_STR("nurse community children adults"), .nearly = true});
    ck_assert(r.total == 1 && r.n_hits == 1 && r.n_nearly == 3 && !r.relaxed);
    ck_assert(ch_str_is(r.hits[0].id, "5"));
    for (size_t i = 0; i < r.n_nearly; i++) ck_assert(!ch_str_is(r.nearly[i].id, "5") && !ch_str_is(r.nearly[i].id, "4"));
    ask((ch_search_query){.text = CH_STR("nurse community children adults"), .nearly = true, .limit = 1});
    ck_assert_uint_eq(r.n_nearly, 0);
    small_close();
}
END_TEST

/* ---- nothing found */

static void put_at(const char *id, const char *title, double lat)
{
    ch_search_location l = {CH_STR("Somewhere"), CH_STR("LS1"), lat, -1.5};
    ch_search_doc d = small_doc(id, title);
    d.locations = &l;
    ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
}

/* Each says what the query finds that it stands for. */
static void ck_suggestions(ch_search_query q, size_t radii, size_t texts)
{
    ask(q);
    ch_search_result first = r;
    size_t kinds[2] = {0, 0};
    for (size_t i = 0; i < first.n_suggestions; i++) {
        const ch_search_suggestion *s = &first.suggestions[i];
        ch_search_query other = q;
        if (s->kind == CH_SUGGEST_RADIUS) other.radius_m = s->radius_m;
        else other.text = s->text;
        ask(other);
        ck_assert_msg(r.total == s->total && s->total > 0 && !r.relaxed, "\"%.*s\" %.0f m: %llu, found %llu", CH_ARG(s->text), s->radius_m,
                      (unsigned long long)s->total, (unsigned long long)r.total);
        ck_assert(other.text.n == 0 || r.hits[0].score >= 0);
        kinds[s->kind]++;
    }
    ck_assert_msg(kinds[CH_SUGGEST_RADIUS] == radii && kinds[CH_SUGGEST_WORDS] == texts, "\"%.*s\": %zu radii, %zu texts", CH_ARG(q.text),
                  kinds[CH_SUGGEST_RADIUS], kinds[CH_SUGGEST_WORDS]);
    r = first;
}

static bool suggests(const char *text)
{
    for (size_t i = 0; i < r.n_suggestions; i++)
        if (ch_str_is(r.suggestions[i].text, text)) return true;
    return false;
}

START_TEST(suggestions_say_what_they_would_find)
{
    small_open();
    put_at("1", "Community nursing assistants", 53.8);
    put_at("2", "Nursing assistants, senior", 53.8);
    put_at("3", "Night porter", 54.2);
    put_at("4", "Porter for the night", 54.8);
    put_at("5", "Night porter", 56);
    ck_suggestions((ch_search_query){.text = CH_STR("community porter")}, 0, 2);
    ck_assert(suggests("community") && suggests("porter"));
    ck_suggestions((ch_search_query){.text = CH_STR("the Nursing Assistants of porter")}, 0, 1);
    ck_assert(suggests("the Nursing Assistants of"));
    ck_suggestions((ch_search_query){.text = CH_STR("\"night porter\" nursing")}, 0, 2);
    ck_assert(suggests("\"night porter\"") && suggests("nursing"));
    ck_suggestions((ch_search_query){.text = CH_STR("nursing porter -senior")}, 0, 2);
    ck_assert(suggests("nursing -senior") && suggests("porter -senior"));
    ck_suggestions((ch_search_query){.text = CH_STR("nursing porter -\"nursing assistants, senior\" -night")}, 0, 1);
    ck_suggestions((ch_search_query){.text = CH_STR("comunity porter")}, 0, 2);
    ck_assert(suggests("community"));
    ck_suggestions((ch_search_query){.text = CH_STR("porter porter nursing nursing")}, 0, 0);
    ck_suggestions((ch_search_query){.text = CH_STR("porter porter nursing")}, 0, 1);
    ck_assert(suggests("porter porter"));
    ck_suggestions((ch_search_query){.text = CH_STR("a b c d e f g h")}, 0, 0);
    ck_suggestions((ch_search_query){.text = CH_STR("porter")}, 0, 0); /* something is found */
    ck_suggestions((ch_search_query){.text = CH_STR("porter xqzw"), .now = 1}, 0, 1);
    ch_search_query near = {.has_place = true, .lat = 53.8, .lon = -1.5, .radius_m = 5 * CH_METRES_PER_MILE};
    near.text = CH_STR("porter");
    ck_suggestions(near, 3, 0); /* 50 miles, 100, anywhere */
    ck_assert(r.suggestions[0].total == 1 || r.suggestions[0].total == 2);
    near.text = CH_STR("nightt porter");
    ck_suggestions(near, 3, 0);
    near.text = CH_STR("porter nursing");
    ck_suggestions(near, 0, 1);
    near.text = CH_STR("");
    near.lat = 51;
    ck_suggestions(near, 1, 0); /* all lie further than 100 miles */
    ck_assert(r.suggestions[0].radius_m == 0 && r.suggestions[0].total == 5);
    small_close();
}
END_TEST

/* ---- similar */

static void put_nowhere(const char *id, const char *title, int64_t closes_at)
{
    ch_search_doc d = small_doc(id, title);
    d.n_locations = 0;
    d.closes_at = closes_at;
    ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
}

START_TEST(similar_vacancies)
{
    small_open();
    put_nowhere("1", "Paediatric dietitian", 0);
    put_nowhere("2", "Senior paediatric dietitian", 0);
    put_nowhere("3", "Dietitian", 0);
    for (int i = 4; i < 40; i++) put_nowhere(ch_arena_printf(arena, "%d", i).p, "Staff nurse", 0);
    put_nowhere("40", "Paediatric dietitian", 1000);
    ck_assert_int_eq(ch_search_similar(x, CH_STR("1"), 1000, 10, arena, &r), CH_OK);
    ck_assert(r.n_hits == 2 && r.total == 2 && ch_str_is(r.hits[0].id, "2") && ch_str_is(r.hits[1].id, "3"));
    ck_assert_uint_eq(r.cursor.n, 0);
    ck_assert_int_eq(ch_search_similar(x, CH_STR("1"), 999, 10, arena, &r), CH_OK);
    ck_assert_uint_eq(r.n_hits, 3);
    ck_assert_int_eq(ch_search_similar(x, CH_STR("40"), 1000, 1, arena, &r), CH_OK); /* of one that has closed */
    ck_assert(r.n_hits == 1 && r.total == 3);
    ck_assert_int_eq(ch_search_similar(x, CH_STR("41"), 0, 10, arena, &r), CH_NOT_FOUND);
    small_close();
}
END_TEST

/* ---- edges */

START_TEST(closing_is_judged_when_asked)
{
    small_open();
    ch_search_doc d = small_doc("1", "Nurse");
    d.closes_at = 5000;
    ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
    put("2", "Nurse");
    const struct {
        int64_t now;
        size_t n;
    } cases[] = {{0, 2}, {4999, 2}, {5000, 1}, {5001, 1}, {INT64_MAX - 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask((ch_search_query){.text = CH_STR("nurse"), .now = cases[i].now});
        ck_assert_uint_eq(r.total, cases[i].n);
    }
    ch_search_hit hit;
    ck_assert_int_eq(ch_search_get(x, CH_STR("1"), arena, &hit), CH_OK);
    small_close();
}
END_TEST

/* Metres from the edge, over the Pacific's date line and near a pole as anywhere. */
START_TEST(a_radius_ends_where_it_says)
{
    static const struct {
        double lat, lon, bearing_lat, bearing_lon;
    } cases[] = {{53.8, -1.5, 1, 0},  {53.8, -1.5, 0, 1},   {50.1, -5.5, -1, 0}, {60.1, -1.2, 0, -1},
                 {-17, 179.99, 0, 1}, {0, -179.999, 0, -1}, {89.5, 20, 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (double radius = 500; radius < 200000; radius *= 3.3) {
            small_open();
            double degrees = radius / 6371008.8 * 180 / 3.14159265358979;
            double lat = cases[i].lat + cases[i].bearing_lat * degrees, lon = cases[i].lon;
            if (cases[i].bearing_lon != 0) { /* along the parallel: exact for the chord */
                double half = sin(degrees * 3.14159265358979 / 360) / cos(lat * 3.14159265358979 / 180);
                lon += cases[i].bearing_lon * 2 * asin(half) * 180 / 3.14159265358979;
            }
            if (lat > 90) lat = 180 - lat, lon += 180;
            if (lon > 180) lon -= 360;
            if (lon < -180) lon += 360;
            ch_search_location two[] = {{CH_STR("far"), CH_STR(""), -40, 100}, {CH_STR("here"), CH_STR(""), lat, lon}};
            ch_search_doc d = small_doc("1", "Nurse");
            d.locations = two;
            d.n_locations = 2;
            ck_assert_int_eq(ch_search_put(x, &d), CH_OK);
            ch_search_query q = {.has_place = true, .lat = cases[i].lat, .lon = cases[i].lon, .radius_m = radius + 2};
            ask(q);
            ck_assert_msg(r.total == 1, "%zu: %.0f m", i, radius);
            ck_assert(fabs(r.hits[0].distance_m - radius) < 1.5);
            q.radius_m = radius - 2;
            ask(q);
            ck_assert_msg(r.total == 0, "%zu: %.0f m", i, radius);
            small_close();
        }
}
END_TEST

static ch_err run_with(ch_search_query q) { return ch_search_run(x, &q, arena, &r); }

START_TEST(what_is_refused)
{
    char text[1001];
    small_open();
    put("1", "Nurse");
    put("2", "Nurse");
    memset(text, 'a', sizeof text);
    ck_assert_int_eq(run_with((ch_search_query){.text = {text, 1001}}), CH_TOO_LARGE);
    ck_assert_int_eq(run_with((ch_search_query){.text = {text, 1000}}), CH_OK);
    ck_assert_int_eq(run_with((ch_search_query){.has_place = true, .lat = NAN}), CH_INVALID);
    ck_assert_int_eq(run_with((ch_search_query){.has_place = true, .lon = INFINITY}), CH_INVALID);
    ck_assert_int_eq(run_with((ch_search_query){.has_place = true, .radius_m = -1}), CH_INVALID);
    ck_assert_int_eq(run_with((ch_search_query){.has_place = true, .radius_m = NAN}), CH_INVALID);
    ck_assert_int_eq(run_with((ch_search_query){.cursor = CH_STR("nonsense")}), CH_INVALID);
    ck_assert_int_eq(run_with((ch_search_query){.text = CH_STR("nurse"), .limit = 1}), CH_OK);
    ch_str cursor = r.cursor;
    ck_assert_uint_gt(cursor.n, 0);
    ck_assert_int_eq(run_with((ch_search_query){.text = CH_STR("nurse"), .limit = 1, .cursor = cursor}), CH_OK);
    ck_assert_int_eq(run_with((ch_search_query){.text = CH_STR("nurses"), .limit = 1, .cursor = cursor}), CH_INVALID);
    ck_assert_int_eq(run_with((ch_search_query){.text = CH_STR("nurse"), .limit = 1, .sort = CH_SORT_NEWEST, .cursor = cursor}), CH_INVALID);
    ck_assert_int_eq(run_with((ch_search_query){.text = CH_STR("nurse"), .limit = 1, .remote = true, .cursor = cursor}), CH_INVALID);
    small_close();
}
END_TEST

/* ---- the budget */

enum { MANY = 60000 };

static void put_many(void)
{
    small_open();
    ch_search_doc *docs = calloc(MANY, sizeof *docs);
    for (int i = 0; i < MANY; i++) {
        ch_buf b = ch_buf_in(arena);
        for (int k = 0; k < 40; k++) ch_buf_printf(&b, "co%c%c of the ", 'a' + (i + k) % 26, 'a' + (i * k + k) % 26);
        docs[i] = small_doc(ch_arena_printf(arena, "%d", i).p, "Nurse");
        docs[i].description = ch_buf_str(&b);
    }
    ck_assert_uint_eq(ch_search_put_many(x, docs, MANY, 1), MANY);
    ch_search_maintain(x); /* sealed: where matching costs little and what is matched the most */
    free(docs);
}

static double milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Whatever is asked, a thousandth of a second's worth of steps ends the query within a few. */
START_TEST(a_budget_bounds_the_time)
{
    char phrases[1001] = "", words[1001] = "", excluded[1001] = "";
    for (int i = 0; i < 8; i++) strcat(phrases, "\"of the coaa cobb\" ");
    for (int i = 0; i < 100; i++) sprintf(words + strlen(words), "co%c%c ", 'a' + i % 26, 'b' + i % 25);
    for (int i = 0; i < 60; i++) strcat(excluded, "-\"the of\" ");
    const ch_search_query asked[] = {{.text = CH_STR("")},
                                     {.text = CH_STR("c"), .typing = true},
                                     {.text = CH_STR("co"), .typing = true, .facets = CH_FACET_ALL},
                                     {.text = ch_str_of(phrases)},
                                     {.text = ch_str_of(words), .nearly = true},
                                     {.text = ch_str_of(excluded)},
                                     {.text = CH_STR("\"of the\" nurse -\"the of\""), .sort = CH_SORT_DISTANCE, .has_place = true, .radius_m = 1e7}};
    put_many();
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        ch_search_query q = asked[i];
        ck_assert_int_eq(run_with(q), CH_OK);
        double began = milliseconds();
        q.budget = 1000000;
        ch_err e = run_with(q);
        double took = milliseconds() - began;
        ck_assert(e == CH_OK || e == CH_TOO_COSTLY);
#ifndef CH_SANITIZED
        ck_assert_msg(took < 8, "query %zu took %.1f ms", i, took);
#else
        (void)took;
#endif
        q.budget = 1;
        ck_assert_int_eq(run_with(q), CH_TOO_COSTLY);
    }
    small_close();
}
END_TEST

UNIT_MAIN("search queries", phrases_and_what_is_excluded, an_excluded_phrase_in_a_sealed_segment, codes_and_synonyms_are_found, spelling_is_mended,
          what_is_being_typed, all_words_then_most_of_them, suggestions_say_what_they_would_find, similar_vacancies, closing_is_judged_when_asked,
          a_radius_ends_where_it_says, what_is_refused, a_budget_bounds_the_time)
