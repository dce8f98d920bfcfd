#include "identity/person.h"

#define FORM(owner, member, kind, ...) CH_ROW(owner, member, kind, ##__VA_ARGS__)
#define NAME                           .max = 100, .label = "Your name", .missing = "Enter your name"
#define EMAIL                          .max = 254, .label = "Email address", .missing = "Enter your email address"
#define PASSWORD                       .max = 200, .label = "Password", .missing = "Enter a password"

CH_TABLE(person_table, person, "Somebody with an account", CH_ROW(person, id, CH_F_STR), CH_ROW(person, version, CH_F_INT),
         CH_ROW(person, email, CH_F_STR, .max = 254), CH_ROW(person, name, CH_F_STR, .max = 100),
         CH_ROW(person, password_hash, CH_F_STR, .flags = CH_SECRET), CH_ROW(person, language, CH_F_STR),
         CH_ROW(person, memberships, CH_F_LIST, .of = &ch_membership_table, .max = 200), CH_ROW(person, platform_roles, CH_F_STRS),
         CH_ROW(person, created_at, CH_F_TIME), CH_ROW(person, password_at, CH_F_TIME));

CH_TABLE(candidate_form_table, candidate_form, "A new account", FORM(candidate_form, name, CH_F_STR, .flags = CH_REQUIRED, NAME),
         FORM(candidate_form, email, CH_F_STR, .flags = CH_REQUIRED | CH_EMAIL, EMAIL),
         FORM(candidate_form, password, CH_F_STR, .flags = CH_REQUIRED | CH_PASSWORD,
              .hint = "12 characters or more. Three words that you can remember are good.", PASSWORD),
         FORM(candidate_form, next, CH_F_STR, .max = 1200));
CH_TABLE(organisation_form_table, organisation_form, "A new employer",
         FORM(organisation_form, organisation, CH_F_STR, .max = 120, .flags = CH_REQUIRED, .label = "Name of the organisation",
              .missing = "Enter the name of the organisation"),
         FORM(organisation_form, kind, CH_F_STR, .flags = CH_WANTED, .label = "Kind of organisation"),
         FORM(organisation_form, place, CH_F_STR, .max = 100, .flags = CH_REQUIRED, .label = "Town or postcode",
              .missing = "Enter a town or postcode"),
         FORM(organisation_form, region, CH_F_STR, .flags = CH_WANTED, .label = "Region"),
         FORM(organisation_form, name, CH_F_STR, .flags = CH_WANTED, NAME),
         FORM(organisation_form, email, CH_F_STR, .flags = CH_EMAIL | CH_WANTED, .hint = "Your work address. We send a link to it.", EMAIL),
         FORM(organisation_form, password, CH_F_STR, .flags = CH_PASSWORD | CH_WANTED,
              .hint = "12 characters or more. Three words that you can remember are good.", PASSWORD));
CH_TABLE(sign_in_form_table, sign_in_form, "Signing in", FORM(sign_in_form, email, CH_F_STR, .flags = CH_REQUIRED | CH_EMAIL, EMAIL),
         FORM(sign_in_form, password, CH_F_STR, .flags = CH_REQUIRED | CH_PASSWORD, PASSWORD), FORM(sign_in_form, next, CH_F_STR, .max = 1200));
CH_TABLE(name_form_table, name_form, "A name", FORM(name_form, name, CH_F_STR, .flags = CH_REQUIRED, NAME));
CH_TABLE(password_form_table, password_form, "A new password",
         FORM(password_form, password, CH_F_STR, .max = 200, .flags = CH_REQUIRED | CH_PASSWORD, .label = "Present password",
              .missing = "Enter your present password"),
         FORM(password_form, new_password, CH_F_STR, .max = 200, .flags = CH_REQUIRED | CH_PASSWORD, .label = "New password",
              .missing = "Enter a new password", .hint = "12 characters or more"));
CH_TABLE(email_form_table, email_form, "An address", FORM(email_form, email, CH_F_STR, .flags = CH_REQUIRED | CH_EMAIL, EMAIL));
CH_TABLE(token_form_table, token_form, "The link out of a mail", FORM(token_form, token, CH_F_STR, .max = 100, .flags = CH_REQUIRED),
         FORM(token_form, name, CH_F_STR, .flags = CH_WANTED, NAME),
         FORM(token_form, new_password, CH_F_STR, .max = 200, .flags = CH_PASSWORD | CH_WANTED, .label = "New password",
              .hint = "12 characters or more"));
CH_TABLE(invite_form_table, invite_form, "An invitation",
         FORM(invite_form, email, CH_F_STR, .max = 254, .label = "Email address", .missing = "Enter your colleague's email address",
              .flags = CH_REQUIRED | CH_EMAIL),
         FORM(invite_form, roles, CH_F_STRS, .max = 3, .flags = CH_REQUIRED, .label = "Roles", .missing = "Select at least one role"));
CH_TABLE(roles_form_table, roles_form, "A colleague's roles",
         FORM(roles_form, roles, CH_F_STRS, .max = 3, .flags = CH_REQUIRED, .label = "Roles", .missing = "Select at least one role"));

ch_str person_email(ch_arena *a, ch_str typed)
{
    ch_str s = ch_str_trim(typed);
    char *out = ch_arena_z(a, s);
    for (size_t i = 0; i < s.n; i++)
        if (out[i] >= 'A' && out[i] <= 'Z') out[i] = (char)(out[i] + 32);
    return (ch_str){out, s.n};
}

ch_str person_next(ch_str typed, const char *fallback)
{
    bool local = typed.n && typed.n <= 1200 && typed.p[0] == '/' && (typed.n == 1 || (typed.p[1] != '/' && typed.p[1] != '\\'));
    for (size_t i = 0; local && i < typed.n; i++) local = (unsigned char)typed.p[i] > ' ' && typed.p[i] != '\\';
    return local ? typed : ch_str_of(fallback);
}

bool person_roles_valid(ch_list roles)
{
    unsigned seen = 0;
    for (size_t i = 0; i < roles.n; i++) {
        unsigned role = ch_role_of(((const ch_str *)roles.p)[i]) & CH_ROLES_OF_ORG;
        if (!role || seen & role) return false;
        seen |= role;
    }
    return seen != 0;
}

static ch_membership *membership_of(const person *p, ch_str organisation)
{
    for (size_t i = 0; i < p->memberships.n; i++)
        if (ch_str_eq(p->memberships.p[i].organisation, organisation)) return &p->memberships.p[i];
    return NULL;
}

bool person_is_member(const person *p, ch_str organisation) { return membership_of(p, organisation) != NULL; }

static ch_list roles_together(ch_arena *a, const ch_membership *m, ch_list more)
{
    ch_list all = {CH_NEW_N(a, ch_str, m->roles.n + more.n + 1), m->roles.n};
    ch_str *names = all.p;
    unsigned had = ch_membership_roles(m);
    if (m->roles.n) memcpy(names, m->roles.p, m->roles.n * sizeof *names);
    for (size_t i = 0; i < more.n; i++)
        if (!(ch_role_of(((const ch_str *)more.p)[i]) & had)) names[all.n++] = ((const ch_str *)more.p)[i];
    return all;
}

void person_set_roles(person *p, ch_str organisation, ch_list roles)
{
    ch_membership *there = membership_of(p, organisation);
    if (there) there->roles = roles;
}

void person_join(ch_arena *a, person *p, ch_str organisation, ch_str name, ch_list roles)
{
    ch_membership *there = membership_of(p, organisation);
    if (there) {
        there->roles = roles_together(a, there, roles);
        return;
    }
    ch_membership *grown = CH_NEW_N(a, ch_membership, p->memberships.n + 1);
    if (p->memberships.n) memcpy(grown, p->memberships.p, p->memberships.n * sizeof *grown);
    grown[p->memberships.n++] = (ch_membership){.organisation = organisation, .name = name, .roles = roles};
    p->memberships.p = grown;
}

void person_leave(person *p, ch_str organisation)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->memberships.n; i++)
        if (!ch_str_eq(p->memberships.p[i].organisation, organisation)) p->memberships.p[kept++] = p->memberships.p[i];
    p->memberships.n = kept;
}

bool person_is_administrator(const person *p, ch_str organisation)
{
    ch_principal who = person_principal(p);
    return ch_principal_roles(&who, organisation) & CH_ROLE_ORG_ADMIN;
}

ch_err person_may_lose_administration(const person *members, size_t n, const person *whose, ch_str organisation, ch_list new_roles)
{
    for (size_t i = 0; i < new_roles.n; i++)
        if (ch_role_of(((const ch_str *)new_roles.p)[i]) == CH_ROLE_ORG_ADMIN) return CH_OK;
    if (!person_is_administrator(whose, organisation)) return CH_OK;
    for (size_t i = 0; i < n; i++)
        if (!ch_str_eq(members[i].id, whose->id) && person_is_administrator(&members[i], organisation)) return CH_OK;
    return CH_CONFLICT;
}

ch_principal person_principal(const person *p)
{
    ch_principal who = {.kind = CH_PERSON,
                        .id = p->id,
                        .name = p->name,
                        .email = p->email,
                        .memberships = p->memberships.p,
                        .n = p->memberships.n,
                        .roles = CH_ROLE_CANDIDATE};
    for (size_t i = 0; i < p->platform_roles.n; i++)
        who.roles |= ch_role_of(((const ch_str *)p->platform_roles.p)[i]) & (CH_ROLE_DEPARTMENT | CH_ROLE_PLATFORM);
    return who;
}
