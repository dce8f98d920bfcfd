#include "auth/principal.h"

const ch_role_name ch_role_names[] = {
    {CH_ROLE_CANDIDATE, "candidate", N_("Candidate")},
    {CH_ROLE_RECRUITER, "recruiter", N_("Recruiter")},
    {CH_ROLE_HIRING_MANAGER, "hiring_manager", N_("Hiring manager")},
    {CH_ROLE_ORG_ADMIN, "administrator", N_("Administrator")},
    {CH_ROLE_DEPARTMENT, "department", N_("Department coordinator")},
    {CH_ROLE_PLATFORM, "platform", N_("Platform engineer")},
    {CH_ROLE_PARTNER, "partner", N_("Partner system")},
    {0, NULL, NULL},
};

CH_TABLE(ch_membership_table, ch_membership, "A person's roles in one organisation", CH_ROW(ch_membership, organisation, CH_F_STR),
         CH_ROW(ch_membership, name, CH_F_STR), CH_ROW(ch_membership, roles, CH_F_STRS, .max = 8));

unsigned ch_role_of(ch_str name)
{
    for (const ch_role_name *r = ch_role_names; r->name; r++)
        if (ch_str_is(name, r->name)) return r->bit;
    return 0;
}

unsigned ch_membership_roles(const ch_membership *m)
{
    unsigned roles = 0;
    for (size_t i = 0; i < m->roles.n; i++) roles |= ch_role_of(((const ch_str *)m->roles.p)[i]);
    return roles & CH_ROLES_OF_ORG;
}

const ch_membership *ch_principal_membership(const ch_principal *p, ch_str organisation)
{
    for (size_t i = 0; organisation.n && i < p->n; i++)
        if (ch_str_eq(p->memberships[i].organisation, organisation)) return &p->memberships[i];
    return NULL;
}

unsigned ch_principal_roles(const ch_principal *p, ch_str organisation)
{
    const ch_membership *m = ch_principal_membership(p, organisation);
    return p->roles | (m ? ch_membership_roles(m) : 0);
}
