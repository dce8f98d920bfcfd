/* An advert's rules. */
#include "unit.h"

#include "auth/principal.h"
#include "contracts/events.h"
#include "data/json.h"
#include "vacancies/vacancy.h"

enum { NOW = 1000000 };
static const char *const states[] = {"draft", "published", "closed", "withdrawn"};

START_TEST(each_move_from_each_state_by_each_role)
{
    static const char *const to[4][VACANCY_ACTS] = {[0] = {[VACANCY_PUBLISH] = "published", [VACANCY_WITHDRAW] = "withdrawn"},
                                                    [1] = {[VACANCY_CLOSE] = "closed", [VACANCY_WITHDRAW] = "withdrawn"}};
    const unsigned writers = CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN | CH_ROLE_PARTNER;
    for (size_t s = 0; s < 4; s++)
        for (int act = 0; act < VACANCY_ACTS; act++)
            for (unsigned role = CH_ROLE_CANDIDATE; role <= CH_ROLE_PARTNER; role <<= 1) {
                vacancy v = {.state = ch_str_of(states[s]), .closes_at = NOW + 1};
                const vacancy_move *m = vacancy_move_of(&v, (vacancy_act)act, role, NOW);
                ck_assert_msg(!m == !(to[s][act] && role & writers), "%s, act %d, role %u", states[s], act, role);
                if (m) ck_assert_str_eq(m->to, to[s][act]);
                if (m) ck_assert(m->message && *m->message);
            }
}
END_TEST

START_TEST(each_move_tells_the_others)
{
    for (const vacancy_move *m = vacancy_moves; m->from; m++) ck_assert_msg(m->event || !strcmp(m->from, "draft"), "%s to %s", m->from, m->to);
}
END_TEST

START_TEST(it_closes_at_its_minute)
{
    vacancy v = {.state = CH_STR("published"), .closes_at = NOW};
    ck_assert(ch_str_is(vacancy_state_at(&v, NOW - 1), "published"));
    ck_assert(ch_str_is(vacancy_state_at(&v, NOW), "closed"));
    ck_assert_ptr_null(vacancy_move_of(&v, VACANCY_CLOSE, CH_ROLE_RECRUITER, NOW));
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
    v.salary = (vacancy_salary){.min = 10};
    ck_assert_uint_eq(faults_of(&v, a), 1);
    v.salary.period = CH_STR("hour");
    ck_assert_uint_eq(faults_of(&v, a), 0);
    v.salary.max = 9;
    ck_assert_uint_eq(faults_of(&v, a), 1);
    v.salary.max = 10;
    v.staff_group = CH_STR("teaching"); /* another sector's */
    ck_assert_uint_eq(faults_of(&v, a), 1);
}
END_TEST

START_TEST(after_publication_only_a_few_fields_change)
{
    vacancy draft = {.state = CH_STR("draft")}, published = {.state = CH_STR("published"), .closes_at = NOW + 1};
    ck_assert_uint_ne(vacancy_editable(&draft, NOW) & ch_mask(&vacancy_table, "title", NULL), 0);
    ck_assert_uint_eq(vacancy_editable(&published, NOW),
                      ch_mask(&vacancy_table, "summary", "description", "person_specification", "working_pattern", "closes_at", NULL));
}
END_TEST

static uint64_t whitelist(void)
{
    return ch_mask(&vacancy_table, "summary", "description", "person_specification", "working_pattern", "closes_at", NULL);
}

START_TEST(edits_are_noted_with_what_stood_there_and_bounded)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = {.version = 1, .summary = CH_STR("first"), .closes_at = NOW};
    for (int i = 0; i < 60; i++) {
        vacancy before = v;
        v.summary = ch_arena_printf(a, "edit %d", i);
        v.closes_at++;
        ck_assert_uint_eq(vacancy_note_change(a, &v, &before, CH_STR("p"), CH_STR("Ada"), whitelist(), NOW + i),
                          ch_mask(&vacancy_table, "summary", "closes_at", NULL));
        v.version++;
    }
    ck_assert_uint_eq(v.changes.n, 50);
    const vacancy_change *last = &v.changes.p[49];
    ck_assert(ch_str_is(last->what, "summary, closes_at"));
    ck_assert(ch_str_is(last->summary, "edit 58"));
    ck_assert(ch_str_is(last->name, "Ada"));
    ck_assert_int_eq(last->closes_at, NOW + 59);
    ck_assert_uint_eq(last->description.n, 0);
    ck_assert_int_eq(last->version, 61);
    ck_assert_int_eq(v.changes.p[0].at, NOW + 10);
}
END_TEST

START_TEST(saving_the_same_again_is_no_edit)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_str patterns[] = {CH_STR("full_time"), CH_STR("part_time")}, same[] = {CH_STR("full_time"), CH_STR("part_time")};
    vacancy before = {.summary = CH_STR("a"), .working_pattern = {patterns, 2}}, v = before;
    v.working_pattern.p = same;
    ck_assert_uint_eq(vacancy_note_change(a, &v, &before, CH_STR("p"), CH_STR("Ada"), whitelist(), NOW), 0);
    ck_assert_uint_eq(v.changes.n, 0);
    same[1] = CH_STR("shift");
    ck_assert_uint_eq(vacancy_note_change(a, &v, &before, CH_STR("p"), CH_STR("Ada"), whitelist(), NOW),
                      ch_mask(&vacancy_table, "working_pattern", NULL));
}
END_TEST

START_TEST(old_texts_never_make_a_document_grow_without_end)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    char *text = ch_arena_alloc(a, 50000);
    vacancy v = {.description = CH_STR("begin")};
    size_t total = 0;
    memset(text, 'x', 50000);
    for (int i = 0; i < 20; i++) {
        vacancy before = v;
        v.description = (ch_str){text, 49000 + (size_t)i};
        vacancy_note_change(a, &v, &before, CH_STR("p"), CH_STR("Ada"), whitelist(), NOW + i);
    }
    for (size_t i = 0; i < v.changes.n; i++) total += v.changes.p[i].description.n;
    ck_assert_uint_eq(v.changes.n, 20);
    ck_assert_uint_le(total, 256 << 10);
    ck_assert_uint_eq(v.changes.p[19].description.n, 49018); /* the latest stay */
}
END_TEST

START_TEST(a_copy_takes_everything_but_identity_and_dates)
{
    vacancy_criterion need = {.text = CH_STR("x")};
    vacancy from = {.id = CH_STR("a"),
                    .reference = CH_STR("R-1"),
                    .state = CH_STR("published"),
                    .title = CH_STR("Nurse"),
                    .person_specification = CH_STR("p"),
                    .remote = true,
                    .salary = {.min = 12.6, .period = CH_STR("hour")},
                    .criteria = {&need, 1},
                    .closes_at = NOW,
                    .published_at = NOW,
                    .version = 7};
    vacancy to = {0};
    vacancy_copy(&from, &to);
    ck_assert(ch_str_is(to.title, "Nurse") && ch_str_is(to.person_specification, "p") && to.remote && to.salary.min > 12 && to.criteria.n == 1);
    ck_assert(!to.id.n && !to.reference.n && !to.state.n && !to.closes_at && !to.published_at && !to.version);
}
END_TEST

START_TEST(text_that_turns_its_surroundings_round_is_taken_out)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    vacancy_location place = {.name = CH_STR("Leeds\u202e")};
    vacancy_criterion need = {.text = CH_STR("a\u2066b\u2069")};
    vacancy v = {.title = CH_STR("Nurse\u202e esrun – Ŵ"), .summary = CH_STR("\u202a\u202d€"), .locations = {&place, 1}, .criteria = {&need, 1}};
    vacancy_tidy(a, &v);
    ck_assert(ch_str_is(v.title, "Nurse esrun – Ŵ"));
    ck_assert(ch_str_is(v.summary, "€"));
    ck_assert(ch_str_is(place.name, "Leeds"));
    ck_assert(ch_str_is(need.text, "ab"));
}
END_TEST

START_TEST(as_people_read_it)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    vacancy v = {.salary = {.min = 28407, .max = 34581, .period = CH_STR("year")}};
    ck_assert(ch_str_is(vacancy_salary_text(a, &v, NULL), "£28,407 to £34,581 a year"));
    v.salary = (vacancy_salary){.min = 12, .period = CH_STR("hour")};
    ck_assert(ch_str_is(vacancy_salary_text(a, &v, NULL), "£12 an hour"));
    v.salary = (vacancy_salary){.min = 12.6, .max = 1234.05, .period = CH_STR("hour")};
    ck_assert(ch_str_is(vacancy_salary_text(a, &v, NULL), "£12.60 to £1,234.05 an hour"));
    v.salary = (vacancy_salary){.max = 30000, .period = CH_STR("year")};
    ck_assert(ch_str_is(vacancy_salary_text(a, &v, NULL), "£30,000 a year"));
    v.salary = (vacancy_salary){0};
    ck_assert(ch_str_is(vacancy_salary_text(a, &v, NULL), ""));
    v.remote = true;
    ck_assert(ch_str_is(vacancy_places_text(a, &v, NULL), "From home"));
}
END_TEST

/* The first is in Leeds, the second in Truro, of the third nobody knows. */
static vacancy tidied(ch_arena *a, vacancy_location *places, size_t n)
{
    vacancy v = {.locations = {places, n}};
    vacancy_tidy(a, &v);
    ck_assert_double_eq_tol(places[0].latitude, 53.8, 0.05);
    ck_assert_double_eq_tol(places[1].latitude, 50.26, 0.05);
    ck_assert_double_eq(places[2].latitude, 0);
    return v;
}

START_TEST(places_get_their_coordinates)
{
    vacancy_location places[] = {{.name = CH_STR("Somewhere"), .postcode = CH_STR("LS9 7TF")}, {.name = CH_STR("Truro")}, {.name = CH_STR("Zzqx")}};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    vacancy v = tidied(a, places, 3);
    ck_assert_ptr_eq(vacancy_location_unknown(&v), &places[2]);
    places[0].latitude = 10; /* half of what a partner meant to give is in the sea off Ghana */
    places[0].longitude = 0;
    tidied(a, places, 3);
    places[0] = (vacancy_location){.name = CH_STR("Leeds"), .latitude = 53.81, .longitude = -1.6};
    tidied(a, places, 3);
    ck_assert_double_eq(places[0].longitude, -1.6);
}
END_TEST

START_TEST(a_place_is_found_by_the_town_behind_its_last_comma)
{
    vacancy_location places[] = {{.name = CH_STR("St James's Hospital, Leeds")},
                                 {.name = CH_STR("Ward 3, The Royal, Truro "), .postcode = CH_STR("ZZ1 1AA")},
                                 {.name = CH_STR("Trolling Ward, Zzqx")},
                                 {.name = CH_STR("Nobody knows,")}};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    vacancy v = tidied(a, places, 4);
    ck_assert_double_eq(places[3].latitude, 0);
    v.locations.n = 2;
    ck_assert_ptr_null(vacancy_location_unknown(&v));
}
END_TEST

START_TEST(without_a_summary_lists_show_the_beginning_of_the_description)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = {.id = CH_STR("v"), .description = CH_STR("# The ward\n\n- **days** and nights\n"), .person_specification = CH_STR("Patience")},
            back = {0};
    ch_search_doc doc;
    vacancy_search_doc(a, &v, &doc);
    ck_assert(ch_json_read_own(a, doc.blob, &vacancy_summary_table, &back));
    ck_assert_msg(ch_str_starts(back.summary, CH_STR("The ward days and nights")), "%s", ch_arena_z(a, back.summary));
    ck_assert_int_ge(ch_str_find(doc.description, CH_STR("Patience")), 0); /* and both are searched */
    ck_assert_uint_eq(v.summary.n, 0);

    ch_buf longer = ch_buf_in(a);
    for (int i = 0; i < 100; i++) ch_buf_put(&longer, CH_STR("tŷ môr "));
    v.description = ch_buf_str(&longer);
    vacancy_search_doc(a, &v, &doc);
    ck_assert(ch_json_read_own(a, doc.blob, &vacancy_summary_table, &back));
    ck_assert(ch_utf8_valid(back.summary) && back.summary.n < 220 && ch_str_ends(back.summary, CH_STR(" …")));

    v.summary = CH_STR("Its own");
    vacancy_search_doc(a, &v, &doc);
    ck_assert(ch_json_read_own(a, doc.blob, &vacancy_summary_table, &back));
    ck_assert(ch_str_is(back.summary, "Its own"));
}
END_TEST

START_TEST(pay_by_the_hour_is_compared_as_a_years)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = {.id = CH_STR("v"), .salary = {.min = 12.6, .max = 20, .period = CH_STR("hour")}};
    ch_search_doc doc;
    vacancy_search_doc(a, &v, &doc);
    ck_assert_int_eq(doc.salary_min, 24570);
    ck_assert_int_eq(doc.salary_max, 39000);
}
END_TEST

START_TEST(numbers_as_people_read_them)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    static const struct {
        int64_t n;
        const char *text;
    } cases[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {1234567, "1,234,567"}};
    for (size_t i = 0; i < 4; i++) ck_assert(ch_str_is(vacancy_number_text(a, cases[i].n), cases[i].text));
}
END_TEST

START_TEST(the_tables_are_sound)
{
    ck_assert_ptr_null(ch_table_mistake(&vacancy_table));
    ck_assert_ptr_null(ch_table_mistake(&vacancy_summary_table));
}
END_TEST

UNIT_MAIN("vacancy", each_move_from_each_state_by_each_role, each_move_tells_the_others, it_closes_at_its_minute, what_it_needs_to_be_published,
          after_publication_only_a_few_fields_change, edits_are_noted_with_what_stood_there_and_bounded, saving_the_same_again_is_no_edit,
          old_texts_never_make_a_document_grow_without_end, a_copy_takes_everything_but_identity_and_dates,
          text_that_turns_its_surroundings_round_is_taken_out, as_people_read_it, places_get_their_coordinates,
          a_place_is_found_by_the_town_behind_its_last_comma, without_a_summary_lists_show_the_beginning_of_the_description,
          pay_by_the_hour_is_compared_as_a_years, numbers_as_people_read_them, the_tables_are_sound)
