/* Addresses, ways back, memberships and roles. */
#include "unit.h"

#include "identity/person.h"

static const ch_str admin_names[] = {CH_STR_INIT("administrator"), CH_STR_INIT("recruiter")}, manager_names[] = {CH_STR_INIT("hiring_manager")};
#define LIST(names) ((ch_list){(void *)(uintptr_t)(names), sizeof(names) / sizeof *(names)})
#define ONE         CH_STR("o1")
#define OTHER       CH_STR("o2")

START_TEST(an_address_is_trimmed_and_lower_case)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ck_assert(ch_str_is(person_email(a, CH_STR("  Ada.ADMIN@Trust.Example\t")), "ada.admin@trust.example"));
    ck_assert(
        ch_str_is(person_email(a, CH_STR("Si\xC3\x82n@x.example")), "si\xC3\x82n@x.example")); /* ASCII alone: what two servers may tell apart */
    ck_assert_uint_eq(person_email(a, CH_STR("  ")).n, 0);
}
END_TEST

START_TEST(the_way_back_stays_on_this_site)
{
    static const char *const good[] = {"/", "/candidate", "/jobs?keyword=a&x=%2F%2F", "/a//b", "/employer/x#y"};
    static const char *const bad[] = {
        "",    "//evil.example", "/\\evil.example", "\\/x", "https://evil.example", "javascript:x", "evil.example", "/a b", "/a\nb", "/a\\b", " /a",
        "/a\t"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) ck_assert_msg(ch_str_is(person_next(ch_str_of(good[i]), "/f"), good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(ch_str_is(person_next(ch_str_of(bad[i]), "/f"), "/f"), "%s", bad[i]);
    static char longest[1201];
    memset(longest, 'x', sizeof longest);
    longest[0] = '/';
    ck_assert_uint_eq(person_next((ch_str){longest, 1200}, "/f").n, 1200);
    ck_assert(ch_str_is(person_next((ch_str){longest, 1201}, "/f"), "/f"));
}
END_TEST

START_TEST(roles_are_an_organisations_own_and_none_twice)
{
    static const ch_str twice[] = {CH_STR_INIT("recruiter"), CH_STR_INIT("recruiter")};
    static const ch_str not_theirs[][2] = {
        {CH_STR_INIT("recruiter"), CH_STR_INIT("department")}, {CH_STR_INIT("candidate"), CH_STR_INIT("recruiter")},
        {CH_STR_INIT("platform"), CH_STR_INIT("recruiter")},   {CH_STR_INIT("partner"), CH_STR_INIT("recruiter")},
        {CH_STR_INIT(""), CH_STR_INIT("recruiter")},           {CH_STR_INIT("Recruiter"), CH_STR_INIT("administrator")}};
    ck_assert(person_roles_valid(LIST(admin_names)) && person_roles_valid(LIST(manager_names)));
    ck_assert(!person_roles_valid((ch_list){0}) && !person_roles_valid(LIST(twice)));
    for (size_t i = 0; i < sizeof not_theirs / sizeof *not_theirs; i++) ck_assert_msg(!person_roles_valid(LIST(not_theirs[i])), "%zu", i);
}
END_TEST

static unsigned roles_in(const person *p, ch_str organisation)
{
    ch_principal who = person_principal(p);
    return ch_principal_roles(&who, organisation) & CH_ROLES_OF_ORG;
}

START_TEST(joining_adds_and_takes_nothing_away)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    person p = {.id = CH_STR("p1")};
    person_join(a, &p, ONE, CH_STR("One"), LIST(manager_names));
    ck_assert(person_is_member(&p, ONE) && !person_is_member(&p, OTHER) && !person_is_administrator(&p, ONE));
    person_join(a, &p, ONE, CH_STR("One"), LIST(admin_names));
    person_join(a, &p, ONE, CH_STR("One"), LIST(admin_names)); /* pressed twice */
    ck_assert_uint_eq(p.memberships.n, 1);
    ck_assert_uint_eq(p.memberships.p[0].roles.n, 3);
    ck_assert_uint_eq(roles_in(&p, ONE), CH_ROLES_OF_ORG);
    person_join(a, &p, OTHER, CH_STR("Other"), LIST(manager_names));
    ck_assert_uint_eq(roles_in(&p, OTHER), CH_ROLE_HIRING_MANAGER);
    ck_assert(person_is_administrator(&p, ONE) && !person_is_administrator(&p, OTHER));
}
END_TEST

START_TEST(setting_and_leaving_change_one_organisation)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    person p = {.id = CH_STR("p1")};
    person_join(a, &p, ONE, CH_STR("One"), LIST(admin_names));
    person_join(a, &p, OTHER, CH_STR("Other"), LIST(admin_names));
    person_set_roles(&p, ONE, LIST(manager_names));
    person_set_roles(&p, CH_STR("o3"), LIST(admin_names));
    ck_assert_uint_eq(roles_in(&p, ONE), CH_ROLE_HIRING_MANAGER);
    ck_assert(person_is_administrator(&p, OTHER) && !person_is_member(&p, CH_STR("o3")));
    person_leave(&p, ONE);
    person_leave(&p, CH_STR("o3"));
    ck_assert(!person_is_member(&p, ONE) && person_is_administrator(&p, OTHER) && p.memberships.n == 1);
}
END_TEST

static person member(ch_arena *a, const char *id, ch_list roles)
{
    person p = {.id = ch_str_of(id)};
    person_join(a, &p, ONE, CH_STR("One"), roles);
    return p;
}

START_TEST(an_organisation_keeps_an_administrator)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    const ch_list none = {0}, admin = LIST(admin_names), manager = LIST(manager_names);
    person team[] = {member(a, "p1", admin), member(a, "p2", manager), member(a, "p3", admin)};
    /* another has it */
    ck_assert_int_eq(person_may_lose_administration(team, 3, &team[0], ONE, none), CH_OK);
    ck_assert_int_eq(person_may_lose_administration(team, 3, &team[0], ONE, manager), CH_OK);
    /* nobody else has it */
    ck_assert_int_eq(person_may_lose_administration(team, 2, &team[0], ONE, none), CH_CONFLICT);
    ck_assert_int_eq(person_may_lose_administration(team, 2, &team[0], ONE, manager), CH_CONFLICT);
    ck_assert_int_eq(person_may_lose_administration(team, 2, &team[0], ONE, admin), CH_OK);
    ck_assert_int_eq(person_may_lose_administration(team, 2, &team[1], ONE, none), CH_OK);
    /* an administrator of somewhere else is none here */
    person_join(a, &team[1], OTHER, CH_STR("Other"), admin);
    ck_assert_int_eq(person_may_lose_administration(team, 2, &team[0], ONE, none), CH_CONFLICT);
}
END_TEST

START_TEST(who_signs_in)
{
    static const ch_str platform[] = {CH_STR_INIT("department"), CH_STR_INIT("administrator"), CH_STR_INIT("partner"), CH_STR_INIT("nonsense")};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    person p = member(a, "p1", LIST(manager_names));
    p.name = CH_STR("Ada");
    ch_principal who = person_principal(&p);
    ck_assert(who.kind == CH_PERSON && ch_str_is(who.id, "p1") && ch_str_is(who.name, "Ada") && who.roles == CH_ROLE_CANDIDATE);
    p.platform_roles = LIST(platform);
    who = person_principal(&p);
    ck_assert_uint_eq(who.roles, CH_ROLE_CANDIDATE | CH_ROLE_DEPARTMENT); /* an organisation's roles do not come from the platform's list */
    ck_assert_uint_eq(ch_principal_roles(&who, ONE), CH_ROLE_CANDIDATE | CH_ROLE_DEPARTMENT | CH_ROLE_HIRING_MANAGER);
    ck_assert_uint_eq(ch_principal_roles(&who, OTHER), CH_ROLE_CANDIDATE | CH_ROLE_DEPARTMENT);
}
END_TEST

START_TEST(tables)
{
    const ch_table *const all[] = {&person_table,        &candidate_form_table, &organisation_form_table, &sign_in_form_table, &name_form_table,
                                   &password_form_table, &email_form_table,     &token_form_table,        &invite_form_table,  &roles_form_table};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) ck_assert_ptr_null(ch_table_mistake(all[i]));
    ck_assert(ch_field_named(&person_table, CH_STR("password_hash"))->flags & CH_SECRET);
    static const ch_table *const with_password[] = {&candidate_form_table, &organisation_form_table, &sign_in_form_table, &password_form_table};
    for (size_t i = 0; i < 4; i++) ck_assert(ch_field_named(with_password[i], CH_STR("password"))->flags & CH_PASSWORD);
}
END_TEST

UNIT_MAIN("person", an_address_is_trimmed_and_lower_case, the_way_back_stays_on_this_site, roles_are_an_organisations_own_and_none_twice,
          joining_adds_and_takes_nothing_away, setting_and_leaving_change_one_organisation, an_organisation_keeps_an_administrator, who_signs_in,
          tables)
