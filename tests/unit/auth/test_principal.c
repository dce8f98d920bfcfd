#include "auth/principal.h"

#include "unit.h"

static const ch_str recruiter[] = {CH_STR_INIT("recruiter")}, both[] = {CH_STR_INIT("administrator"), CH_STR_INIT("hiring_manager")};
static const ch_str climber[] = {CH_STR_INIT("platform"), CH_STR_INIT("department"), CH_STR_INIT("partner"), CH_STR_INIT("candidate"),
                                 CH_STR_INIT("emperor")};
#define LIST(names) ((ch_list){(void *)(uintptr_t)(names), sizeof(names) / sizeof *(names)})

START_TEST(every_role_has_one_name)
{
    unsigned all = 0;
    for (const ch_role_name *r = ch_role_names; r->name; r++) {
        ck_assert_uint_eq(ch_role_of(ch_str_of(r->name)), r->bit);
        ck_assert_uint_eq(all & r->bit, 0);
        all |= r->bit;
    }
    ck_assert_uint_eq(all, 127);
    ck_assert_uint_eq(ch_role_of(CH_STR("")), 0);
    ck_assert_uint_eq(ch_role_of(CH_STR("Recruiter")), 0);
    ck_assert_uint_eq(ch_role_of(((ch_str){"recruiter\0", 10})), 0);
}
END_TEST

START_TEST(a_role_counts_in_its_organisation_only)
{
    const ch_membership members[] = {{.organisation = CH_STR("one"), .roles = LIST(recruiter)}, {.organisation = CH_STR("two"), .roles = LIST(both)}};
    ch_principal p = {.kind = CH_PERSON, .memberships = members, .n = 2, .roles = CH_ROLE_CANDIDATE};
    ck_assert_uint_eq(ch_principal_roles(&p, CH_STR("one")), CH_ROLE_CANDIDATE | CH_ROLE_RECRUITER);
    ck_assert_uint_eq(ch_principal_roles(&p, CH_STR("two")), CH_ROLE_CANDIDATE | CH_ROLE_ORG_ADMIN | CH_ROLE_HIRING_MANAGER);
    ck_assert_uint_eq(ch_principal_roles(&p, CH_STR("three")), CH_ROLE_CANDIDATE);
    ck_assert_uint_eq(ch_principal_roles(&p, CH_STR("")), CH_ROLE_CANDIDATE);
    ck_assert_uint_eq(ch_principal_roles(&p, CH_STR("on")), CH_ROLE_CANDIDATE);
}
END_TEST

START_TEST(an_organisation_cannot_give_roles_of_the_platform)
{
    const ch_membership m = {.organisation = CH_STR("one"), .roles = LIST(climber)};
    ck_assert_uint_eq(ch_membership_roles(&m), 0);
}
END_TEST

START_TEST(a_membership_without_an_organisation_is_nobodys)
{
    const ch_membership m = {.organisation = CH_STR(""), .roles = LIST(recruiter)};
    ch_principal p = {.kind = CH_PERSON, .memberships = &m, .n = 1};
    ck_assert(!ch_principal_membership(&p, CH_STR("")));
}
END_TEST

START_TEST(the_tables_are_right) { ck_assert_ptr_null(ch_table_mistake(&ch_membership_table)); }
END_TEST

UNIT_MAIN("principal", every_role_has_one_name, a_role_counts_in_its_organisation_only, an_organisation_cannot_give_roles_of_the_platform,
          a_membership_without_an_organisation_is_nobodys, the_tables_are_right)
