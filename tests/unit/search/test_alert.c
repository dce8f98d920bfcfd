#include "search/alert.h"

#include "unit.h"

static ch_alerts *s;
static ch_arena *arena;

static void open_all(void)
{
    s = ch_alerts_open();
    arena = ch_arena_new(4096);
}

static void close_all(void)
{
    ch_alerts_close(s);
    ch_arena_free(arena);
}

static const ch_search_location leeds = {{"Leeds", 5}, {"LS1 4AP", 7}, 53.7965, -1.5478};

static ch_search_doc vacancy(const char *title)
{
    return (ch_search_doc){.id = CH_STR("v"),
                           .version = 1,
                           .title = ch_str_of(title),
                           .locations = &leeds,
                           .n_locations = 1,
                           .staff_group = CH_STR("nursing"),
                           .salary_min = 30000,
                           .closes_at = 5000};
}

static size_t matches(const ch_search_doc *d)
{
    ch_str *ids;
    return ch_alerts_match(s, d, 1000, arena, &ids);
}

static size_t finds(const char *title)
{
    ch_search_doc d = vacancy(title);
    return matches(&d);
}

static ch_err add(const char *id, const char *text) { return ch_alerts_add(s, ch_str_of(id), &(ch_search_query){.text = ch_str_of(text)}); }

/* One alert of this text: does the title answer it? */
static bool answers(const char *text, const char *title)
{
    ck_assert_int_eq(add("one", text), CH_OK);
    return finds(title) == 1;
}

START_TEST(test_text_matches_as_the_index_does)
{
    open_all();
    ck_assert(answers("nurse", "Staff Nurses"));
    ck_assert(answers("nurse staff", "Staff Nurse"));
    ck_assert(!answers("nurse senior", "Staff Nurse"));
    ck_assert(answers("healthcare assistant", "HCA wanted"));
    ck_assert(answers("hca", "Healthcare Assistant"));
    ck_assert(answers("\"night porter\"", "A night porter"));
    ck_assert(!answers("\"night porter\"", "A porter for the night"));
    ck_assert(answers("nurse -senior", "Staff nurse"));
    ck_assert(!answers("nurse -senior", "Senior nurse"));
    ck_assert(answers("porter -\"night porter\"", "Porter, night"));
    ck_assert(!answers("porter -\"night porter\"", "Night porter"));
    ck_assert(answers("porter -part-time", "Part of the time: porter"));
    ck_assert(!answers("porter -part-time", "Part-time porter"));
    ck_assert(answers("-\"night porter\"", "Nurse"));
    ck_assert(answers("ysbyty", "YSBYTY"));
    ck_assert(answers("cafe", "Café manager"));
    ck_assert(answers("the nurse", "Nurse"));
    ck_assert(answers("-senior", "Nurse"));
    ck_assert(answers("", "Nurse"));
    ck_assert(!answers("nur", "Nurse"));
    close_all();
}
END_TEST

START_TEST(test_an_unfinished_word_is_a_whole_one_for_an_alert)
{
    open_all();
    ck_assert_int_eq(ch_alerts_add(s, CH_STR("a"), &(ch_search_query){.text = CH_STR("nur"), .typing = true}), CH_OK);
    ck_assert_uint_eq(finds("Nurse"), 0);
    close_all();
}
END_TEST

START_TEST(test_filters)
{
    open_all();
    ch_search_doc d = vacancy("Nurse");
    ch_str codes[] = {CH_STR("medical"), CH_STR("nursing")}, other = CH_STR("estates");
    ch_search_query some[] = {
        {.filters = {[CH_FACET_STAFF_GROUP] = {codes, 2}}},
        {.filters = {[CH_FACET_STAFF_GROUP] = {codes + 1, 1}}},
        {.salary_min = 30000},
        {.area = CH_STR("ls")},
        {.area = CH_STR("LS1")},
        {.has_place = true, .lat = 53.8, .lon = -1.55, .radius_m = 2000},
        {.has_place = true, .lat = 53.8, .lon = -1.55},
        {.has_place = true, .lat = 0, .lon = 0, .radius_m = 1e8},
    };
    ch_search_query none[] = {
        {.filters = {[CH_FACET_STAFF_GROUP] = {&other, 1}}},
        {.filters = {[CH_FACET_SECTOR] = {codes, 2}}},
        {.salary_min = 30001},
        {.area = CH_STR("LS2")},
        {.area = CH_STR("LS1 4AP")},
        {.remote = true},
        {.has_place = true, .lat = 53.9, .lon = -1.55, .radius_m = 2000},
    };
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        ck_assert_int_eq(ch_alerts_add(s, CH_STR("a"), &some[i]), CH_OK);
        ck_assert_msg(matches(&d) == 1, "query %zu finds nothing", i);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        ck_assert_int_eq(ch_alerts_add(s, CH_STR("a"), &none[i]), CH_OK);
        ck_assert_msg(matches(&d) == 0, "query %zu finds something", i);
    }
    close_all();
}
END_TEST

START_TEST(test_a_closed_vacancy_and_one_without_id_answer_nothing)
{
    open_all();
    ch_str *ids;
    ch_search_doc d = vacancy("Nurse");
    add("a", "nurse");
    ck_assert_uint_eq(ch_alerts_match(s, &d, 4999, arena, &ids), 1);
    ck_assert(ch_str_is(ids[0], "a"));
    ck_assert_uint_eq(ch_alerts_match(s, &d, 5000, arena, &ids), 0);
    ck_assert_uint_eq(ch_alerts_match(s, &d, 0, arena, &ids), 1);
    d.id = CH_STR("");
    ck_assert_uint_eq(ch_alerts_match(s, &d, 0, arena, &ids), 0);
    close_all();
}
END_TEST

START_TEST(test_what_is_refused)
{
    open_all();
    char long_text[1001], long_id[256];
    memset(long_text, 'a', sizeof long_text);
    memset(long_id, 'a', sizeof long_id);
    ch_search_query q = {.text = {long_text, sizeof long_text}};
    ck_assert_int_eq(ch_alerts_add(s, CH_STR("a"), &q), CH_TOO_LARGE);
    ck_assert_int_eq(add("", "nurse"), CH_INVALID);
    ch_str codes[65];
    for (size_t i = 0; i < 65; i++) codes[i] = ch_arena_printf(arena, "code%zu", i);
    codes[63] = CH_STR("nursing");
    q = (ch_search_query){.filters = {[CH_FACET_STAFF_GROUP] = {codes, 65}}};
    ck_assert_int_eq(ch_alerts_add(s, CH_STR("many"), &q), CH_TOO_LARGE);
    q.filters[CH_FACET_STAFF_GROUP].n = 64;
    ck_assert_int_eq(ch_alerts_add(s, CH_STR("many"), &q), CH_OK);
    ck_assert_uint_eq(finds("Nurse"), 1);
    ck_assert_int_eq(ch_alerts_remove(s, CH_STR("many")), CH_OK);
    ck_assert_int_eq(ch_alerts_add(s, (ch_str){long_id, 256}, &(ch_search_query){.text = CH_STR("nurse")}), CH_INVALID);
    ck_assert_int_eq(ch_alerts_add(s, (ch_str){long_id, 255}, &(ch_search_query){.text = CH_STR("nurse")}), CH_OK);
    ck_assert_int_eq(add("a", "nurse -nurse"), CH_INVALID);
    q = (ch_search_query){.has_place = true, .lat = 0.0 / 0.0, .radius_m = 1};
    ck_assert_int_eq(ch_alerts_add(s, CH_STR("a"), &q), CH_INVALID);
    q = (ch_search_query){.has_place = true, .radius_m = -1};
    ck_assert_int_eq(ch_alerts_add(s, CH_STR("a"), &q), CH_INVALID);
    ck_assert_uint_eq(finds("Nurse"), 1);
    close_all();
}
END_TEST

START_TEST(test_an_alert_that_is_refused_leaves_the_one_before)
{
    open_all();
    add("a", "nurse");
    ck_assert_int_eq(add("a", "porter -porter"), CH_INVALID);
    ck_assert_uint_eq(finds("Nurse"), 1);
    ck_assert_uint_eq(finds("Porter"), 0);
    close_all();
}
END_TEST

START_TEST(test_replace_pause_remove)
{
    open_all();
    ch_alert_info info;
    add("a", "nurse");
    add("a", "porter");
    ck_assert_uint_eq(finds("Nurse"), 0);
    ck_assert_uint_eq(finds("Porter"), 1);
    ck_assert_int_eq(ch_alerts_pause(s, CH_STR("a"), true), CH_OK);
    ck_assert_int_eq(ch_alerts_pause(s, CH_STR("a"), true), CH_OK);
    ck_assert_uint_eq(finds("Porter"), 0);
    ck_assert_int_eq(ch_alerts_info(s, CH_STR("a"), &info), CH_OK);
    ck_assert(info.paused && info.matched == 1);
    ck_assert_int_eq(ch_alerts_pause(s, CH_STR("a"), false), CH_OK);
    ck_assert_uint_eq(finds("Porter"), 1);
    ck_assert_int_eq(ch_alerts_pause(s, CH_STR("a"), true), CH_OK);
    ck_assert_int_eq(ch_alerts_remove(s, CH_STR("a")), CH_OK);
    ck_assert_int_eq(ch_alerts_remove(s, CH_STR("a")), CH_NOT_FOUND);
    ck_assert_int_eq(ch_alerts_pause(s, CH_STR("a"), true), CH_NOT_FOUND);
    ck_assert_int_eq(ch_alerts_info(s, CH_STR("a"), &info), CH_NOT_FOUND);
    ck_assert_uint_eq(finds("Porter"), 0);
    ch_alerts_stats stats;
    ch_alerts_get_stats(s, &stats);
    ck_assert(stats.alerts == 0 && stats.paused == 0 && stats.filed == 0 && stats.matched_docs == 5);
    close_all();
}
END_TEST

START_TEST(test_dormant_and_noisy)
{
    open_all();
    ch_alert_info info;
    add("quiet", "porter");
    add("loud", "nurse");
    add("paused", "porter");
    for (int i = 0; i < 199; i++) finds("Nurse");
    ck_assert_int_eq(ch_alerts_info(s, CH_STR("loud"), &info), CH_OK);
    ck_assert(!info.noisy);
    finds("Nurse");
    ch_alerts_info(s, CH_STR("loud"), &info);
    ck_assert(info.noisy && info.matched == 200);
    ch_alerts_pause(s, CH_STR("paused"), true);
    for (int i = 200; i < 9999; i++) finds("Teacher");
    ch_alerts_info(s, CH_STR("quiet"), &info);
    ck_assert(!info.dormant);
    ch_alerts_info(s, CH_STR("loud"), &info);
    ck_assert(!info.noisy && !info.dormant);
    finds("Teacher");
    ch_alerts_info(s, CH_STR("quiet"), &info);
    ck_assert(info.dormant && !info.noisy);
    ch_alerts_pause(s, CH_STR("paused"), false);
    ch_alerts_info(s, CH_STR("paused"), &info);
    ck_assert_msg(!info.dormant, "vacancies that passed while it was paused do not count");
    finds("Porter");
    ch_alerts_info(s, CH_STR("quiet"), &info);
    ck_assert(!info.dormant && info.matched == 1);
    close_all();
}
END_TEST

UNIT_MAIN("search alerts", test_text_matches_as_the_index_does, test_an_unfinished_word_is_a_whole_one_for_an_alert, test_filters,
          test_a_closed_vacancy_and_one_without_id_answer_nothing, test_what_is_refused, test_an_alert_that_is_refused_leaves_the_one_before,
          test_replace_pause_remove, test_dormant_and_noisy)
