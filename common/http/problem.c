/* The one place where errors become HTTP: problem+json (RFC 9457) for the API, a page for people. */
#include "http/exchange.h"

typedef struct problem {
    int status;
    const char *slug, *title, *text;
    const char *detail;    /* of problem+json, where the title does not say what to do; the API is English */
    const char *api_title; /* where programs are told of something else than a page */
} problem;

static const problem problems[] = {
    [CH_INVALID] = {422, "invalid", .title = N_("There is a problem"), N_("Something you sent breaks a rule. Go back and check what you entered.")},
    [CH_MALFORMED] = {400, "malformed", .title = N_("We could not read that"),
                      N_("What your browser sent could not be read. Go back and try again.")},
    [CH_UNAUTHENTICATED] = {401, "unauthenticated", .title = N_("Sign in"), N_("You need to sign in.")},
    [CH_FORBIDDEN] = {403, "forbidden", .title = N_("You cannot do this"),
                      N_("Your account does not have the role that this needs, or the form was open for too long. Go back and try again.")},
    [CH_NOT_FOUND] = {404, "not-found", .title = N_("Page not found"),
                      N_("If you typed the address, check that it is right. If you followed a link, the page may have moved or gone."),
                      .api_title = "Not found"},
    [CH_CONFLICT] = {409, "conflict", .title = N_("This is not possible now"),
                     N_("It has moved on since you opened the page. Go back and look at its present state.")},
    [CH_EXISTS] = {409, "exists", .title = N_("It is there already"), N_("Somebody, perhaps you, has done this already.")},
    [CH_STALE] = {412, "stale", .title = N_("Somebody else changed this"),
                  N_("It was changed while you had it open. Go back, look at the change, and try again.")},
    [CH_TOO_LARGE] = {413, "too-large", .title = N_("That is too large"),
                      N_("What you sent is larger than we can take. Go back and send something smaller.")},
    [CH_NO_MATCH_HEADER] = {428, "if-match-required", .title = N_("If-Match is required"), N_("Say which version you mean.")},
    [CH_TOO_COSTLY] =
        {422, "too-costly", .title = N_("This search takes too long"),
         N_("It asks for more than we can look through at once. Use fewer words or quotation marks, or choose a place or a filter, then "
            "search again."),
         .detail = "It asks for more than is looked through at once. Use fewer words or phrases, or give a location or a filter."},
    [CH_LIMITED] = {429, "too-many-requests", .title = N_("Too many attempts"), N_("Wait a little, then try again.")},
    [CH_UNAVAILABLE] = {503, "unavailable", .title = N_("This service is busy or being repaired"),
                        N_("Try again in a minute. Nothing that you saved is lost.")},
    [CH_INTERNAL] = {500, "internal", .title = N_("Sorry, there is a problem"), N_("Try again later. Nothing that you saved is lost.")},
};

int ch_err_status(ch_err e) { return e == CH_OK ? 200 : problems[e].status; }

static void put_errors(ch_buf *b, const ch_faults *faults)
{
    if (!faults->n) return;
    ch_buf_put(b, CH_STR(",\"errors\":["));
    for (size_t i = 0; i < faults->n; i++) {
        ch_buf_put(b, i ? CH_STR(",{\"pointer\":") : CH_STR("{\"pointer\":"));
        ch_put_json(b, faults->p[i].pointer);
        ch_buf_put(b, CH_STR(",\"detail\":"));
        ch_put_json(b, faults->p[i].message);
        ch_buf_char(b, '}');
    }
    ch_buf_char(b, ']');
}

/* Of an address: what it names, and where that was looked for. Another organisation's is as good as not there. */
static ch_str what_is_missing(const ch_exchange *x)
{
    const ch_route *route = x->call.route;
    if (!route || !x->params.n) return CH_STR("There is no such address. /api/docs lists those that there are.");
    ch_str where = ch_str_first(ch_str_of(route->path), strcspn(route->path, "{") - 1), it = x->params.p[0].value;
    return ch_arena_printf(x->call.arena, "There is no \"%.*s\" in %.*s, or it is not open to you.", CH_ARG(it), CH_ARG(where));
}

static void put_detail(ch_exchange *x, const problem *p, ch_buf *b, int status)
{
    ch_str detail = status == 404 ? what_is_missing(x) : p->detail ? ch_str_of(p->detail) : CH_STR("");
    if (!detail.n) return;
    ch_buf_put(b, CH_STR(",\"detail\":"));
    ch_put_json(b, detail);
}

static void reply_json(ch_exchange *x, const problem *p, int status)
{
    ch_buf b = ch_buf_in(x->call.arena);
    ch_buf_printf(&b, "{\"type\":\"/api/docs#%s\",\"title\":\"%s\",\"status\":%d", status == 405 ? "method-not-allowed" : p->slug,
                  status == 405  ? "Method not allowed"
                  : p->api_title ? p->api_title
                                 : p->title,
                  status);
    put_detail(x, p, &b, status);
    put_errors(&b, &x->call.faults);
    if (x->conflict_state.n) {
        ch_buf_put(&b, CH_STR(",\"state\":"));
        ch_put_json(&b, x->conflict_state);
    }
    ch_buf_put(&b, CH_STR(",\"request_id\":"));
    ch_put_json(&b, x->call.request_id);
    ch_buf_char(&b, '}');
    ch_reply_text(&x->call, status, "application/problem+json", ch_buf_str(&b));
}

/* Where to go on after signing in: the page, of a form the page that it stood on, as far as the browser tells (many addresses are only posted to). */
static ch_str way_back(ch_call *call)
{
    ch_str page = ch_header(call, "HTTP_REFERER"), site = call->app->settings.public_url;
    if (call->route && call->route->method == CH_GET) return ch_header(call, "REQUEST_URI");
    bool ours = ch_str_starts(page, site) && page.n > site.n && page.p[site.n] == '/';
    return ours ? ch_str_cut(page, site.n) : call->path;
}

static void reply_sign_in(ch_exchange *x)
{
    ch_call *call = &x->call;
    ch_buf to = ch_buf_in(call->arena);
    ch_str back = way_back(call);
    ch_buf_put(&to, CH_STR("/sign-in?next="));
    ch_put_url(&to, ch_str_first(back, 1000));
    ch_reply_redirect(call, ch_buf_str(&to));
}

static void reply_page(ch_exchange *x, const problem *p, int status)
{
    ch_map *m = ch_map_new(x->call.arena);
    ch_map_text(m, "heading", status == 405 ? N_("Page not found") : p->title);
    ch_map_text(m, "text", p->text);
    ch_map_str(m, "request_id", x->call.request_id);
    ch_map_bool(m, "is_error", status >= 500);
    ch_reply_page_status(&x->call, status, "error", &(ch_page){.title = p->title, .no_index = true}, m);
}

static bool wants_json(const ch_exchange *x)
{
    const ch_route *route = x->call.route;
    return route ? !(route->flags & CH_PAGE) : ch_str_starts(x->call.path, CH_STR("/api/")) || ch_str_starts(x->call.path, CH_STR("/oauth2/"));
}

void ch_problem_reply(ch_exchange *x, ch_err e)
{
    const problem *p = &problems[e];
    int status = x->status == 405 ? 405 : p->status;
    if (status == 401 && wants_json(x)) ch_reply_header(&x->call, "WWW-Authenticate", CH_STR("Bearer"));
    if (status == 429 || status == 503)
        ch_reply_header(&x->call, "Retry-After", ch_arena_printf(x->call.arena, "%lld", (long long)(x->wait_seconds > 0 ? x->wait_seconds : 5)));
    if (wants_json(x)) reply_json(x, p, status);
    else if (e == CH_UNAUTHENTICATED) reply_sign_in(x);
    else reply_page(x, p, status);
}
