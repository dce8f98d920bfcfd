#ifndef CH_HTTP_ROUTE_H
#define CH_HTTP_ROUTE_H
/*
 * The route table: what a service answers, who may ask, what comes in and goes out, written once. From it come dispatch, checks,
 * OpenAPI and the test matrix.
 */
#include "auth/principal.h"
#include "data/table.h"

struct ch_app;
typedef struct ch_call ch_call;
typedef enum ch_method { CH_GET, CH_POST, CH_PUT, CH_PATCH, CH_DELETE, CH_METHODS } ch_method;

/* route.who: role bits, or one of these. A route with {org} in its path asks for the roles in that organisation. */
#define CH_ANYONE    (1u << 30)
#define CH_SIGNED_IN CH_ROLE_CANDIDATE
#define CH_STAFF     CH_ROLES_OF_ORG

enum {
    CH_PAGE = 1,         /* HTML: errors are pages, POST needs the CSRF token */
    CH_API = 2,          /* JSON: errors are problem+json, unknown query keys are faults */
    CH_FEED = 4,         /* XML, text: unknown query keys pass */
    CH_STREAM = 8,       /* the handler reads the body itself (uploads) */
    CH_IF_MATCH = 16,    /* 428 without If-Match: "<version>" */
    CH_IDEMPOTENT = 32,  /* takes Idempotency-Key */
    CH_NO_STORE = 64,    /* needs no document store: keeps working when that is away, and never waits behind what does */
    CH_NO_SESSION = 128, /* looks at neither cookie nor token (ping, JWKS) */
    CH_HIDDEN = 256,     /* not in OpenAPI */
    CH_VERSIONED = 1024, /* answers with the ETag of what it answers; a GET with If-None-Match may get 304 */
    CH_TOKEN_FORM = 512, /* POST form without CSRF token: /oauth2/token */
};

typedef struct ch_route {
    ch_method method;
    const char *path; /* "/employer/{org}/vacancies/{id}"; the last row's is NULL. {name} takes one segment */
    unsigned who, flags;
    ch_err (*handle)(ch_call *call);
    const ch_table *query, *input, *output;           /* output: of the 200/201 answer */
    const char *type;                                 /* of the 200 answer of a feed; NULL: JSON by `output` */
    uint64_t fields;                                  /* of input: those that a form shows (0: all) or that must be there (0: all, PATCH: none) */
    int64_t max_body;                                 /* bytes; 0: 64 KiB for forms, 256 KiB for JSON */
    int64_t (*max_body_of)(const struct ch_app *app); /* in its place where a setting says it */
    int per_minute;                                   /* requests of one address or client; 0: 1200 */
    const char *summary, *doc;
} ch_route;

/* A mistake in a table (no role, no doc, a path twice, a table without …), or NULL; for tests. */
const char *ch_routes_mistake(const ch_route *routes);
const char *ch_method_name(ch_method m);
#endif
