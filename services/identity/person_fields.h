#ifndef IDENTITY_PERSON_FIELDS_H
#define IDENTITY_PERSON_FIELDS_H
#include "auth/principal.h"

/* Somebody with an account: a candidate always, staff of organisations through memberships. */
typedef struct person {
    ch_presence seen;
    ch_str id, email, name, password_hash;
    ch_str language; /* to write to them in; empty: English */
    int64_t version;
    CH_LIST_OF(ch_membership) memberships;
    ch_list platform_roles;
    ch_time created_at, password_at; /* password_at: when it was last changed; 0: never since registering */
} person;
extern const ch_table person_table;

typedef struct candidate_form {
    ch_presence seen;
    ch_str name, email, password, next;
} candidate_form;
typedef struct organisation_form {
    ch_presence seen;
    ch_str organisation, kind, place, region, name, email, password;
} organisation_form;
typedef struct sign_in_form {
    ch_presence seen;
    ch_str email, password, next;
} sign_in_form;
typedef struct name_form {
    ch_presence seen;
    ch_str name;
} name_form;
typedef struct password_form {
    ch_presence seen;
    ch_str password, new_password;
} password_form;
typedef struct email_form {
    ch_presence seen;
    ch_str email;
} email_form;
typedef struct token_form { /* of a link in a mail */
    ch_presence seen;
    ch_str token, name, new_password;
} token_form;
typedef struct invite_form {
    ch_presence seen;
    ch_str email;
    ch_list roles;
} invite_form;
typedef struct roles_form {
    ch_presence seen;
    ch_list roles;
} roles_form;
extern const ch_table candidate_form_table, organisation_form_table, sign_in_form_table, name_form_table, password_form_table, email_form_table,
    token_form_table, invite_form_table, roles_form_table;
#endif
