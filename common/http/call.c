#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/log.h"
#include "http/exchange.h"

ch_str ch_param(const ch_call *call, const char *name)
{
    const ch_exchange *x = call->x;
    for (size_t i = 0; i < x->params.n; i++)
        if (ch_str_is(x->params.p[i].name, name)) return x->params.p[i].value;
    return CH_STR("");
}

ch_str ch_header(const ch_call *call, const char *cgi_name) { return ch_str_of(call->x->wire.param(call->x->wire.arg, cgi_name)); }

/* The first of that name (RFC 6265 section 4.2.1). */
ch_str ch_cookie(const ch_call *call, const char *name)
{
    ch_str rest = ch_header(call, "HTTP_COOKIE"), pair;
    while (ch_str_split(&rest, ';', &pair)) {
        ptrdiff_t at = ch_str_index(pair, '=');
        if (at > 0 && ch_str_is(ch_str_trim(ch_str_first(pair, (size_t)at)), name)) return ch_str_trim(ch_str_cut(pair, (size_t)at + 1));
    }
    return CH_STR("");
}

unsigned ch_call_roles(const ch_call *call) { return ch_principal_roles(&call->who, call->org ? call->org->organisation : CH_STR("")); }

/* "locations[0].name" → "/locations/0/name" */
static ch_str pointer_of(ch_arena *a, ch_str field)
{
    ch_buf out = ch_buf_in(a);
    if (field.n) ch_buf_char(&out, '/');
    for (size_t i = 0; i < field.n; i++) {
        char c = field.p[i];
        if (c == '.' || c == '[') ch_buf_char(&out, '/');
        else if (c != ']') ch_buf_char(&out, c);
    }
    return ch_buf_str(&out);
}

ch_err ch_refuse(ch_call *call, const char *field, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, ch_gettext(ch_words(call), format), args);
    va_end(args);
    ch_fault_add(&call->faults, pointer_of(call->arena, ch_str_of(field)), "%s", text);
    return CH_INVALID;
}

ch_err ch_conflict(ch_call *call, ch_str state)
{
    call->x->conflict_state = state;
    return CH_CONFLICT;
}

ch_err ch_wait(ch_call *call, ch_err e, int64_t seconds)
{
    call->x->wait_seconds = seconds;
    return e;
}

/* The path alone, percent-escapes decoded; empty when it holds what no address of ours has. */
static ch_str clean_path(ch_arena *a, ch_str uri)
{
    ptrdiff_t end = ch_str_index(uri, '?');
    ch_str raw = end < 0 ? uri : ch_str_first(uri, (size_t)end);
    ch_pairs pair;
    if (raw.n > 1000 || ch_str_index(raw, '+') >= 0 || ch_str_index(raw, '&') >= 0 || ch_str_index(raw, '=') >= 0) return CH_STR("");
    if (ch_str_index(raw, '%') < 0) return ch_utf8_valid(raw) ? ch_arena_str(a, raw) : CH_STR("");
    if (!ch_form_decode(a, raw, &pair) || pair.n != 1) return CH_STR("");
    return pair.p[0].name;
}

ch_exchange *ch_exchange_new(ch_app *app, ch_arena *a, const ch_wire *wire)
{
    ch_exchange *x = CH_NEW(a, ch_exchange);
    ch_call *call = &x->call;
    unsigned allowed;
    int64_t length = 0;
    x->wire = *wire;
    x->started = ch_ticks();
    *call = (ch_call){.app = app, .arena = a, .now = ch_now(), .x = x, .faults = {.arena = a}};
    x->headers = ch_buf_in(a);
    call->method = ch_header(call, "REQUEST_METHOD");
    x->is_head = ch_str_is(call->method, "HEAD");
    if (x->is_head) call->method = CH_STR("GET");
    call->path = clean_path(a, ch_header(call, "REQUEST_URI"));
    call->query_string = ch_header(call, "QUERY_STRING");
    call->address = ch_header(call, "REMOTE_ADDR");
    call->request_id = ch_header(call, "HTTP_X_REQUEST_ID");
    if (!call->request_id.n || call->request_id.n > 64) call->request_id = ch_id_new(a);
    if (ch_str_int(ch_header(call, "CONTENT_LENGTH"), &length) && length > 0) x->body_length = length;
    call->route = ch_route_match(app->service->routes, call->method, call->path, &x->params, &allowed);
    if (!call->route && allowed) {
        ch_buf allow = ch_buf_in(a);
        for (int m = 0; m < CH_METHODS; m++)
            if (allowed & 1u << m) ch_buf_printf(&allow, "%s%s", allow.n ? ", " : "", ch_method_name((ch_method)m));
        ch_reply_header(call, "Allow", ch_buf_str(&allow));
        x->status = 405;
    }
    ch_language_choose(call);
    return x;
}

bool ch_exchange_needs_store(const ch_exchange *x) { return x->call.route && !(x->call.route->flags & CH_NO_STORE); }

/* Pages are called with their faults, to draw the form again; the API is told all of them at once. */
static ch_err answer(ch_exchange *x)
{
    ch_call *call = &x->call;
    if (!call->route) return x->status == 405 ? CH_FORBIDDEN : CH_NOT_FOUND;
    CH_TRY(ch_admit(x));
    CH_TRY(ch_input_read(x));
    return call->route->handle(call);
}

static void log_access(const ch_exchange *x, int64_t ns)
{
    const ch_call *call = &x->call;
    CH_LOG(x->status >= 500 ? CH_ERROR : CH_INFO, "request", CH_KS("method", call->method), CH_KZ("route", call->route ? call->route->path : "-"),
           CH_KI("status", x->status), CH_KI("us", ns / 1000), CH_KS("request", call->request_id));
}

static void end(ch_exchange *x)
{
    ch_reply_send(x);
    int64_t ns = ch_ticks() - x->started;
    ch_metrics_count(x->call.app->service->routes, x->call.route, x->status, ns);
    log_access(x, ns);
}

void ch_exchange_refuse(ch_exchange *x, ch_err e)
{
    ch_problem_reply(x, e);
    end(x);
}

void ch_exchange_run(ch_exchange *x)
{
    ch_err e = answer(x);
    if (e && !x->replied) ch_problem_reply(x, e);
    if (!x->replied) {
        CH_LOG(CH_ERROR, "handler_without_reply", CH_KZ("route", x->call.route ? x->call.route->path : "-"));
        ch_problem_reply(x, CH_INTERNAL);
    }
    end(x);
}
