#ifndef CH_AUTH_PRINCIPAL_H
#define CH_AUTH_PRINCIPAL_H
/* Who is asking: a person with a session, a partner's client with a token, or nobody. */
#include "base/arena.h"
#include "base/clock.h"
#include "data/table.h"

enum {
    CH_ROLE_CANDIDATE = 1, /* every person */
    CH_ROLE_RECRUITER = 2, /* of an organisation: the three below too */
    CH_ROLE_HIRING_MANAGER = 4,
    CH_ROLE_ORG_ADMIN = 8,
    CH_ROLE_DEPARTMENT = 16, /* of the platform */
    CH_ROLE_PLATFORM = 32,
    CH_ROLE_PARTNER = 64, /* a client, for its organisation */
};
#define CH_ROLES_OF_ORG (CH_ROLE_RECRUITER | CH_ROLE_HIRING_MANAGER | CH_ROLE_ORG_ADMIN)

/* "recruiter" …, ended by a NULL name. */
typedef struct ch_role_name {
    unsigned bit;
    const char *name, *title;
} ch_role_name;
extern const ch_role_name ch_role_names[];
unsigned ch_role_of(ch_str name); /* 0: unknown */

typedef struct ch_membership {
    ch_presence seen;
    ch_str organisation, name;
    ch_list roles; /* of ch_str: "recruiter" … */
} ch_membership;
extern const ch_table ch_membership_table;

typedef struct ch_principal {
    enum { CH_ANONYMOUS, CH_PERSON, CH_CLIENT } kind;
    ch_str id; /* the person's or the client's */
    ch_str name, email;
    const ch_membership *memberships;
    size_t n;
    unsigned roles; /* of the platform; CANDIDATE for every person, PARTNER for a client */
    ch_str csrf;    /* secret that forms carry (through csrf.h) */
    ch_str session; /* the session's digest */
    ch_time signed_in_at;
    int64_t unread;
} ch_principal;

const ch_membership *ch_principal_membership(const ch_principal *p, ch_str organisation);
/* Platform roles, and those in that organisation when it is given. */
unsigned ch_principal_roles(const ch_principal *p, ch_str organisation);
unsigned ch_membership_roles(const ch_membership *m);
#endif
