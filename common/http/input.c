/* What comes in: query, form or JSON through the route's tables; all faults at once. */
#include "auth/csrf.h"
#include "base/id.h"
#include "data/json.h"
#include "http/exchange.h"

enum { FORM_MAX = 64 << 10, JSON_MAX = 256 << 10 };

int64_t ch_body_read(ch_exchange *x, void *p, size_t n)
{
    int64_t left = x->body_length - x->body_read;
    if ((int64_t)n > left) n = (size_t)left;
    if (!n) return 0;
    int64_t got = x->wire.read(x->wire.arg, p, n);
    if (got <= 0) return -1; /* promised and not sent */
    x->body_read += got;
    return got;
}

/* What the route says; 0: nothing. */
static int64_t most_said(const ch_call *call) { return call->route->max_body_of ? call->route->max_body_of(call->app) : call->route->max_body; }

static int64_t most_of(const ch_call *call)
{
    const ch_route *route = call->route;
    int64_t said = most_said(call);
    return said ? said : route->flags & CH_API && !(route->flags & CH_TOKEN_FORM) ? JSON_MAX : FORM_MAX;
}

/* Refused by its length before a byte is read. */
static ch_err read_body(ch_exchange *x)
{
    ch_call *call = &x->call;
    if (x->body_length > most_of(call)) return CH_TOO_LARGE;
    char *p = ch_arena_alloc(call->arena, (size_t)x->body_length + 1);
    while (x->body_read < x->body_length)
        if (ch_body_read(x, p + x->body_read, (size_t)(x->body_length - x->body_read)) < 0) return CH_MALFORMED;
    call->body = (ch_str){p, (size_t)x->body_length};
    return CH_OK;
}

static bool content_is(const ch_call *call, const char *type)
{
    ch_str rest = ch_header(call, "CONTENT_TYPE"), part;
    return ch_str_split(&rest, ';', &part) && ch_str_eq_fold(ch_str_trim(part), ch_str_of(type));
}

static ch_err read_form(ch_exchange *x)
{
    ch_call *call = &x->call;
    const ch_route *route = call->route;
    CH_TRY(read_body(x));
    if (x->body_length && !content_is(call, "application/x-www-form-urlencoded")) return CH_MALFORMED;
    if (!ch_form_decode(call->arena, call->body, &call->form)) return CH_MALFORMED;
    if (route->flags & CH_PAGE) CH_TRY(ch_admit_form(x, ch_pairs_get(&call->form, CH_CSRF_FIELD)));
    if (!route->input) return CH_OK;
    void *input = ch_arena_alloc(call->arena, route->input->size);
    call->input = input;
    ch_form_read(call->arena, &call->form, route->input, input, route->fields ? route->fields : CH_ALL, &call->faults);
    return CH_OK;
}

static ch_err read_json(ch_exchange *x)
{
    ch_call *call = &x->call;
    const ch_route *route = call->route;
    CH_TRY(read_body(x));
    if (!route->input) return CH_OK;
    if (!content_is(call, "application/json") && !content_is(call, "application/merge-patch+json")) return CH_MALFORMED;
    void *input = ch_arena_alloc(call->arena, route->input->size);
    uint64_t which = route->method == CH_PATCH ? 0 : route->fields ? route->fields : CH_ALL;
    call->input = input;
    return ch_json_read(call->arena, call->body, route->input, input, which, &call->faults);
}

static ch_err read_query(ch_exchange *x)
{
    ch_call *call = &x->call;
    const ch_route *route = call->route;
    bool strict = (route->flags & CH_API) != 0;
    ch_faults passed_over = {.arena = call->arena};
    if (call->query_string.n > 8192 || !ch_form_decode(call->arena, call->query_string, &call->query_pairs)) {
        if (strict) return CH_MALFORMED;
        call->query_pairs = (ch_pairs){0};
    }
    if (strict && !route->query && call->query_pairs.n) return ch_refuse(call, "", "This address takes no parameters");
    if (!route->query) return CH_OK;
    void *query = ch_arena_alloc(call->arena, route->query->size);
    call->query = query;
    ch_err e = ch_query_read(call->arena, &call->query_pairs, route->query, query, strict, strict ? &call->faults : &passed_over);
    return strict ? e : CH_OK;
}

/* If-Match: "<version>" (RFC 9110 section 13.1.1). nginx makes the tag weak when it compresses, and clients send it back so: the version is meant
 * all the same. */
static ch_err read_if_match(ch_exchange *x)
{
    ch_call *call = &x->call;
    ch_str tag = ch_str_trim(ch_header(call, "HTTP_IF_MATCH"));
    if (!tag.n) return call->route->flags & CH_IF_MATCH ? CH_NO_MATCH_HEADER : CH_OK;
    if (ch_str_starts(tag, CH_STR("W/"))) tag = ch_str_cut(tag, 2);
    bool quoted = tag.n > 2 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"';
    if (!quoted || !ch_str_int((ch_str){tag.p + 1, tag.n - 2}, &call->if_match) || call->if_match < 1) return CH_STALE;
    return CH_OK;
}

static ch_err read_idempotency(ch_exchange *x)
{
    ch_call *call = &x->call;
    ch_str key = ch_header(call, "HTTP_IDEMPOTENCY_KEY");
    if (!(call->route->flags & CH_IDEMPOTENT) || !key.n) return CH_OK;
    if (key.n > 200 || !ch_utf8_valid(key)) return ch_refuse(call, "", "The Idempotency-Key must be at most 200 characters");
    call->idempotency_key = key;
    /* What was asked for is part of what must be the same: /publish and /close have the same, empty body. */
    call->idempotency_hash =
        ch_digest(call->arena, ch_arena_printf(call->arena, "%.*s %.*s\n%.*s", CH_ARG(call->method), CH_ARG(call->path), CH_ARG(call->body)));
    return CH_OK;
}

ch_err ch_input_read(ch_exchange *x)
{
    const ch_route *route = x->call.route;
    CH_TRY(read_query(x));
    if (route->method == CH_GET) return CH_OK;
    CH_TRY(read_if_match(x));
    if (route->flags & CH_STREAM) return most_said(&x->call) && x->body_length > most_said(&x->call) ? CH_TOO_LARGE : CH_OK;
    CH_TRY(route->flags & (CH_PAGE | CH_TOKEN_FORM) ? read_form(x) : read_json(x));
    return read_idempotency(x);
}
