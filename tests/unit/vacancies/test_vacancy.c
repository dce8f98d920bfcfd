/* An advert's rules. */
#include "unit.h"

#include "contracts/events.h"
#include "vacancies/vacancy.h"

enum { NOW = 1000000 };
static const char *const states[] = {"draft", "published", "closed", "withdrawn"};

START_TEST(each_move_from_each_state)
{
    static const char *const to[4][VACANCY_ACTS] = {[0] = {[VACANCY_PUBLISH] = "published", [VACANCY_WITHDRAW] = "withdrawn"}, [1] = {[VACANCY_CLOSE] = "closed", [VACANCY_WITHDRAW] = "withdrawn"}};
    for (size_t s = 0; s < 4; s++)
        for (int act = 0; act < VACANCY_ACTS; act++) {
            vacancy v = {.state = ch_str_of(states[s]), .closes_at = NOW + 1};
            const vacancy_move *m = vacancy_move_of(&v, (vacancy_act)act, NOW);
            ck_assert_msg(!m == !to[s][act], "%s, act %d", states[s], act);
            if (m) ck_assert_str_eq(m->to, to[s][act]);
        }
}
END_TEST

START_TEST(it_closes_at_its_minute)
{
    vacancy v = {.state = CH_STR("published"), .closes_at = NOW};
    ck_assert(ch_str_is(vacancy_state_at(&v, NOW - 1), "published"));
    ck_assert(ch_str_is(vacancy_state_at(&v, NOW), "closed"));
    ck_assert_ptr_null(vacancy_move_of(&v, VACANCY_CLOSE, NOW));
    ck_assert_uint_eq(vacancy_editable(&v, NOW), 0);
}
END_TEST

static size_t faults_of(const vacancy *v, ch_arena *a)
{
    ch_faults faults = {.arena = a};
    vacancy_check_publishable(v, NOW, &faults);
    return faults.n;
}

START_TEST(what_it_needs_to_be_published)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy_location place = {.name = CH_STR("Leeds")};
    vacancy v = {.state = CH_STR("draft"), .sector = CH_STR("health")};
    ck_assert_uint_eq(faults_of(&v, a), 5);
    v.title = CH_STR("Nurse");
    v.description = CH_STR("Words");
    v.staff_group = CH_STR("nursing_and_midwifery");
    v.closes_at = NOW + 1;
    ck_assert_uint_eq(faults_of(&v, a), 1);
    v.remote = true;
    ck_assert_uint_eq(faults_of(&v, a), 0);
    v.remote = false;
    v.locations.p = &place;
    v.locations.n = 1;
    ck_assert_uint_eq(faults_of(&v, a), 0);
    v.closes_at = NOW;
    ck_assert_uint_eq(faults_of(&v, a), 1);
    v.closes_at = NOW + 1;
    v.staff_group = CH_STR("teaching"); /* another sector's */
    ck_assert_uint_eq(faults_of(&v, a), 1);
}
END_TEST

START_TEST(after_publication_only_a_few_fields_change)
{
    vacancy draft = {.state = CH_STR("draft")}, published = {.state = CH_STR("published"), .closes_at = NOW + 1};
    ck_assert_uint_ne(vacancy_editable(&draft, NOW) & ch_mask(&vacancy_table, "title", NULL), 0);
    ck_assert_uint_eq(vacancy_editable(&published, NOW), ch_mask(&vacancy_table, "summary", "description", "working_pattern", "closes_at", NULL));
}
END_TEST

START_TEST(edits_are_noted_and_bounded)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = {.version = 1};
    for (int i = 0; i < 60; i++) {
        vacancy_note_change(a, &v, CH_STR("p"), ch_mask(&vacancy_table, "summary", "closes_at", NULL), NOW + i);
        v.version++;
    }
    ck_assert_uint_eq(v.changes.n, 50);
    ck_assert(ch_str_is(v.changes.p[49].what, "summary, closes_at"));
    ck_assert_int_eq(v.changes.p[49].version, 61);
    ck_assert_int_eq(v.changes.p[0].at, NOW + 10);
}
END_TEST

START_TEST(as_people_read_it)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    vacancy v = {.salary = {.min = 28407, .max = 34581, .period = CH_STR("year")}};
    ck_assert(ch_str_is(vacancy_salary_text(a, &v), "£28,407 to £34,581 a year"));
    v.salary = (vacancy_salary){.min = 12, .period = CH_STR("hour")};
    ck_assert(ch_str_is(vacancy_salary_text(a, &v), "£12 an hour"));
    v.salary = (vacancy_salary){0};
    ck_assert(ch_str_is(vacancy_salary_text(a, &v), ""));
    v.remote = true;
    ck_assert(ch_str_is(vacancy_places_text(a, &v), "From home"));
}
END_TEST

START_TEST(places_get_their_coordinates)
{
    vacancy_location places[] = {{.name = CH_STR("Somewhere"), .postcode = CH_STR("LS9 7TF")}, {.name = CH_STR("Truro")}, {.name = CH_STR("Zzqx")}};
    vacancy v = {.locations = {places, 3}};
    vacancy_locate(&v);
    ck_assert_double_eq_tol(places[0].latitude, 53.8, 0.05);
    ck_assert_double_eq_tol(places[1].latitude, 50.26, 0.05);
    ck_assert_double_eq(places[2].latitude, 0);
}
END_TEST

START_TEST(the_tables_are_sound)
{
    ck_assert_ptr_null(ch_table_mistake(&vacancy_table));
    ck_assert_ptr_null(ch_table_mistake(&vacancy_summary_table));
}
END_TEST

UNIT_MAIN("vacancy", each_move_from_each_state, it_closes_at_its_minute, what_it_needs_to_be_published, after_publication_only_a_few_fields_change, edits_are_noted_and_bounded,
          as_people_read_it, places_get_their_coordinates, the_tables_are_sound)
