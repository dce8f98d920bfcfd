#ifndef CH_HTTP_CALL_H
#define CH_HTTP_CALL_H
/* One request: what a handler may look at, and the ways to answer. A handler returns CH_OK after exactly one ch_reply_…, or an
 * error that the server turns into a problem or a page. */
#include "base/clock.h"
#include "data/context.h"
#include "data/form.h"
#include "http/route.h"

struct ch_app;
struct ch_call {
    struct ch_app *app;
    ch_arena *arena;
    const ch_route *route;
    ch_time now;
    ch_str method, path, query_string, request_id, address; /* address: the client's, as nginx tells */
    ch_principal who;
    const ch_membership *org;  /* of {org} in the path, or of the client's token */
    const void *query, *input; /* the route's structs, read and checked */
    ch_pairs query_pairs;
    ch_pairs form; /* a form as typed */
    ch_str body;   /* JSON as sent */
    ch_faults faults;
    int64_t if_match; /* the version; 0: none */
    ch_str idempotency_key, idempotency_hash;
    const struct ch_language *language; /* language.h; NULL: English */
    ch_str csrf;                        /* for forms of this answer */
    ch_str notice;                      /* that the last answer left for this page */
    struct ch_exchange *x;              /* the server's own */
};

/* {name} of the path; never empty. */
ch_str ch_param(const ch_call *call, const char *name);
ch_str ch_header(const ch_call *call, const char *cgi_name); /* "HTTP_ACCEPT" */
ch_str ch_cookie(const ch_call *call, const char *name);
unsigned ch_call_roles(const ch_call *call);
/* A fault that a handler found; returns CH_INVALID. `field` is the form's name, "" for the whole. */
ch_err ch_refuse(ch_call *call, const char *field, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* More to say with an error: the present state for CH_CONFLICT, seconds for CH_LIMITED and CH_UNAVAILABLE. */
ch_err ch_conflict(ch_call *call, ch_str state);
ch_err ch_wait(ch_call *call, ch_err e, int64_t seconds);

/* ---- answers */
void ch_reply_header(ch_call *call, const char *name, ch_str value);
/* attributes "" for a session cookie: "Max-Age=…"; always Path=/; Secure; HttpOnly; SameSite=Lax */
void ch_reply_cookie(ch_call *call, const char *name, ch_str value, const char *attributes);
ch_err ch_reply_json(ch_call *call, int status, const ch_table *t, const void *obj);
/* Of a route that is CH_VERSIONED: with ETag: "<version>"; 304 to a GET whose If-None-Match has it. */
ch_err ch_reply_json_version(ch_call *call, int status, const ch_table *t, const void *obj, int64_t version);
ch_err ch_reply_text(ch_call *call, int status, const char *content_type, ch_str body);
ch_err ch_reply_empty(ch_call *call, int status);
/* The 200 answer of a feed, of the route's media type. */
ch_err ch_reply_feed(ch_call *call, ch_str body);
/* 303. `to` is a path of this site. */
ch_err ch_reply_redirect(ch_call *call, ch_str to);
/* A line that the next page shows ("Saved"). Call before ch_reply_redirect. */
void ch_notice(ch_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

typedef struct ch_page {
    const char *title; /* without the service's name; or set title_str */
    ch_str title_str;
    const char *section;          /* "jobs", "candidate", "employer", "department", "account" */
    const char *back, *back_text; /* a link above the heading; or back_str */
    ch_str back_str;
    ch_str description, canonical, json_ld; /* json_ld: escaped for HTML by ch_put_json */
    bool no_index;
} ch_page;
/* "Pay – Staff nurse": a page's title with what it is about, so that two that are open are told apart. `what` is a text of ours. */
ch_str ch_title(ch_call *call, ch_str what, ch_str of);
/* The template inside the layout. Faults of the call make the status 422, an error summary, and messages at the fields. The
 * context may be NULL. Everything in the context is at hand, and: signed_in, name, csrf, notice, org {organisation, name},
 * organisations, unread, faults. */
ch_err ch_reply_page(ch_call *call, const char *template_name, const ch_page *page, ch_map *context);
ch_err ch_reply_page_status(ch_call *call, int status, const char *template_name, const ch_page *page, ch_map *context);
/* A page with a form of the table's fields as {{form.<field>}} (view/form_view.h): what was typed and its faults after a POST, else
 * what obj holds. */
struct ch_options;
ch_err ch_reply_form(ch_call *call, const char *template_name, const ch_page *page, ch_map *context, const ch_table *t, const void *obj,
                     uint64_t which, const struct ch_options *options);
/* Before what cannot be undone: a page that says what will happen, the button that does it by a POST to `action`, and the way back. */
typedef struct ch_confirm {
    const char *section;
    ch_str question, caption; /* caption: what it is about */
    ch_str texts[4];          /* paragraphs, ended by an empty one */
    ch_str action, back;
    const char *button, *keep; /* keep: what the way back is called; NULL: "Cancel" */
    int64_t version;           /* of what was looked at: goes with the form; 0: none */
} ch_confirm;
ch_err ch_reply_confirm(ch_call *call, const ch_confirm *c);
/* A stream of a known length (< 0: until `read` returns 0). `read` returns bytes, 0 at the end, -1 on a fault; `done` is always called. */
typedef struct ch_source {
    int64_t (*read)(void *arg, void *p, size_t n);
    void (*done)(void *arg);
    void *arg;
    int64_t length;
} ch_source;
ch_err ch_reply_stream(ch_call *call, int status, const char *content_type, const ch_source *source);

/* ---- streamed bodies (CH_STREAM): multipart/form-data, part after part (RFC 7578) */
typedef struct ch_part {
    ch_str name, filename, content_type; /* filename empty: an ordinary field */
} ch_part;
/* CH_OK and the next part; CH_NOT_FOUND at the end; CH_MALFORMED, CH_TOO_LARGE. What is unread of the last part is passed over. */
ch_err ch_part_next(ch_call *call, ch_part *out);
/* Bytes of the part, 0 at its end, -1 when the body broke off. */
int64_t ch_part_read(ch_call *call, void *p, size_t n);
/* A whole small field, at most `most` bytes. */
ch_err ch_part_text(ch_call *call, size_t most, ch_str *out);
/* For CH_STREAM routes with forms: the server cannot have checked the token; check the field's value with this. */
ch_err ch_csrf_field_ok(ch_call *call, ch_str token);
#endif
