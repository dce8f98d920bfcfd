#ifndef IDENTITY_PERSON_H
#define IDENTITY_PERSON_H
/* Rules about people: addresses, memberships, roles. No I/O. */
#include "identity/person_fields.h"

/* Trimmed, lower case (ASCII): what accounts are found by. */
ch_str person_email(ch_arena *a, ch_str typed);
/* A path of this site to go back to, else the fallback: no other host can be smuggled in. */
ch_str person_next(ch_str typed, const char *fallback);
/* Known roles of an organisation, at least one, none twice. */
bool person_roles_valid(ch_list roles);
bool person_is_member(const person *p, ch_str organisation);
/* Adds the membership, or the roles to those that it has: joining takes nothing away. Grown in the arena. */
void person_join(ch_arena *a, person *p, ch_str organisation, ch_str name, ch_list roles);
/* These and no others; nothing when not a member. */
void person_set_roles(person *p, ch_str organisation, ch_list roles);
void person_leave(person *p, ch_str organisation);
bool person_is_administrator(const person *p, ch_str organisation);
/* CH_CONFLICT when this would leave the organisation (whose members are given) without an administrator. */
ch_err person_may_lose_administration(const person *members, size_t n, const person *whose, ch_str organisation, ch_list new_roles);
/* Who signs in with this. */
ch_principal person_principal(const person *p);
#endif
