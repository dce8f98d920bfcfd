/* The events' and the sectors' tables say what they should, without mistakes. */
#include "contracts/events.h"
#include "contracts/reference.h"
#include "unit.h"

START_TEST(event_types_have_names_and_tables_of_their_own)
{
    size_t n = 0;
    for (; ch_event_types[n]; n++) {
        ch_str name = ch_str_of(ch_event_types[n]->name);
        ck_assert_ptr_null(ch_table_mistake(ch_event_types[n]->payload));
        ck_assert_int_gt(ch_str_index(name, '.'), 0);
        for (size_t k = 0; k < n; k++) ck_assert_str_ne(ch_event_types[k]->name, ch_event_types[n]->name);
    }
    ck_assert_uint_gt(n, 10);
}
END_TEST

/* No event of an application names its person: an employer's service keeps it. */
START_TEST(application_events_do_not_say_who)
{
    static const char *const identity[] = {"name", "email", "phone", "address", "postcode", "candidate"};
    for (size_t i = 0; i < sizeof identity / sizeof *identity; i++)
        ck_assert_ptr_null(ch_field_named(&application_event_table, ch_str_of(identity[i])));
}
END_TEST

static void check_codes(const ch_code *list)
{
    ck_assert_ptr_nonnull(list->code);
    for (const ch_code *c = list; c->code; c++) {
        ck_assert(c->code[0] && c->name && c->name[0]);
        for (const char *p = c->code; *p; p++) ck_assert_msg((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_', "%s", c->code);
        for (const ch_code *other = list; other < c; other++) ck_assert_str_ne(other->code, c->code);
    }
}

START_TEST(reference_lists)
{
    const ch_code *const lists[] = {ch_contract_types, ch_working_patterns, ch_regions, ch_salary_periods};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) check_codes(lists[i]);
    for (const ch_sector *s = ch_sectors; s->code; s++) {
        check_codes(s->kinds);
        check_codes(s->staff_groups);
        check_codes(s->pay_bands);
        ck_assert_ptr_eq(ch_sector_of(ch_str_of(s->code)), s);
    }
    ck_assert_ptr_null(ch_sector_of(CH_STR("")));
}
END_TEST

/* Adverts of all sectors are shown together, so a code means one thing. */
START_TEST(codes_are_unique_over_sectors)
{
    for (const ch_sector *s = ch_sectors; s->code; s++)
        for (const ch_sector *other = ch_sectors; other < s; other++) {
            for (const ch_code *c = s->staff_groups; c->code; c++) ck_assert(!ch_code_known(other->staff_groups, ch_str_of(c->code)));
            for (const ch_code *c = s->pay_bands; c->code; c++) ck_assert(!ch_code_known(other->pay_bands, ch_str_of(c->code)));
            for (const ch_code *c = s->kinds; c->code; c++) ck_assert(!ch_code_known(other->kinds, ch_str_of(c->code)));
        }
}
END_TEST

START_TEST(names_of_codes)
{
    ck_assert(ch_str_is(ch_staff_group_name(CH_STR("teaching")), "Teaching"));
    ck_assert(ch_str_is(ch_pay_band_name(CH_STR("band_5")), "Band 5"));
    ck_assert(ch_str_is(ch_kind_name(CH_STR("surgery")), "GP surgery"));
    ck_assert(ch_str_is(ch_kind_name(CH_STR("gone")), "gone"));
    ck_assert(ch_str_is(ch_code_name(ch_regions, CH_STR("wales")), "Wales"));
    ck_assert(ch_str_is(ch_code_name(ch_regions, CH_STR("")), ""));
}
END_TEST

UNIT_MAIN("contracts", event_types_have_names_and_tables_of_their_own, application_events_do_not_say_who, reference_lists,
          codes_are_unique_over_sectors, names_of_codes)
