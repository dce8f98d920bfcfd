#ifndef CH_HTTP_EXCHANGE_H
#define CH_HTTP_EXCHANGE_H
/* The room's own: one exchange of request and reply, apart from the wire, so that tests and fuzzers can drive it without one. */
#include "http/app.h"

/* What carries the bytes: FastCGI in server.c, memory in tests. */
typedef struct ch_wire {
    void *arg;
    const char *(*param)(void *arg, const char *name); /* NULL: not sent */
    int64_t (*read)(void *arg, void *p, size_t n);     /* of the body; 0 at its end, -1 broken off */
    bool (*write)(void *arg, const void *p, size_t n);
} ch_wire;

enum { CH_PATH_PARAMS = 6 };
/* What a path has where its pattern has {name}. */
typedef struct ch_path_params {
    struct {
        ch_str name, value;
    } p[CH_PATH_PARAMS];
    size_t n;
} ch_path_params;

typedef struct ch_exchange {
    ch_call call;
    ch_wire wire;
    ch_path_params params;
    int64_t body_length, body_read; /* Content-Length and how much of it was read */
    struct ch_multipart *multipart;
    bool is_head, replied, new_form_cookie;
    ch_str form_secret; /* what the CSRF token is bound to before sign-in */
    int status;
    const char *content_type;
    ch_buf headers;
    ch_str body;
    ch_source source;
    bool has_source;
    ch_str conflict_state;
    int64_t wait_seconds;
    int64_t started; /* ticks */
} ch_exchange;

/* Takes the request line and headers from the wire and finds its route; the arena must be fresh. */
ch_exchange *ch_exchange_new(ch_app *app, ch_arena *a, const ch_wire *wire);
bool ch_exchange_needs_store(const ch_exchange *x);
/* Everything from the principal to the last byte of the reply. */
void ch_exchange_run(ch_exchange *x);
/* The answer to an error, without looking at what was asked. */
void ch_exchange_refuse(ch_exchange *x, ch_err e);

/* route.c: the row for a path, with its parameters; NULL: none. *allowed: bits of the methods that the path knows. */
const ch_route *ch_route_match(const ch_route *routes, ch_str method, ch_str path, ch_path_params *params, unsigned *allowed);
/* admit.c: who it is and whether they may; fills call->who, org, csrf. */
ch_err ch_admit(ch_exchange *x);
ch_err ch_admit_form(ch_exchange *x, ch_str token);
/* input.c: query, form or JSON into the route's structs. */
ch_err ch_input_read(ch_exchange *x);
/* body.c */
int64_t ch_body_read(ch_exchange *x, void *p, size_t n);
/* problem.c: the answer to an error. */
void ch_problem_reply(ch_exchange *x, ch_err e);
int ch_err_status(ch_err e);
/* reply.c */
void ch_reply_send(ch_exchange *x);
/* ops.c */
void ch_metrics_count(const ch_route *routes, const ch_route *route, int status, int64_t ns);
void ch_ops_start(ch_app *app);
void ch_ops_set_ready(bool ready);
enum { CH_WAITING_MAX = 512 }; /* requests that wait for the store; one more is told to come again */
/* server.c: until SIGTERM. */
int ch_serve(ch_app *app);
/* openapi.c */
void ch_openapi_write(ch_buf *b, const ch_service *service);
void ch_routes_write(ch_buf *b, const ch_service *service);

static inline ch_exchange *ch_exchange_of(ch_call *call) { return call->x; }
#endif
