/* Who it is, and whether they may: session or token, role, organisation, rate, cross-site check. */
#include "auth/csrf.h"
#include "auth/ratelimit.h"
#include "auth/session.h"
#include "http/exchange.h"

static ch_err by_token(ch_exchange *x, ch_str token)
{
    ch_call *call = &x->call;
    ch_claims claims = {0};
    CH_TRY(ch_token_verify(call->app->tokens, call->arena, token, call->now, &claims));
    ch_token_principal(&claims, call->arena, &call->who);
    if (call->who.n) call->org = &call->who.memberships[0];
    return CH_OK;
}

static ch_err by_cookie(ch_exchange *x)
{
    ch_call *call = &x->call;
    ch_str cookie = ch_cookie(call, CH_SESSION_COOKIE);
    if (!cookie.n) return CH_OK;
    ch_err e = ch_session_read(call->app->redis, call->arena, cookie, call->now, &call->who);
    /* With Redis away, what needs nobody is still served. */
    return e && call->route->who & CH_ANYONE && call->route->method == CH_GET ? CH_OK : e;
}

static ch_err find_principal(ch_exchange *x)
{
    ch_call *call = &x->call;
    ch_str authorization = ch_header(call, "HTTP_AUTHORIZATION"), bearer = CH_STR("Bearer ");
    if (call->route->flags & CH_NO_SESSION) return CH_OK;
    if (call->route->flags & CH_PAGE) return by_cookie(x);
    if (authorization.n > bearer.n && ch_str_eq_fold(ch_str_first(authorization, bearer.n), bearer))
        return by_token(x, ch_str_trim(ch_str_cut(authorization, bearer.n)));
    return CH_OK;
}

/* No session 401, another organisation's 404, wrong role 403. */
static ch_err check_role(ch_exchange *x)
{
    ch_call *call = &x->call;
    ch_str org = ch_param(call, "org");
    unsigned who = call->route->who;
    if (org.n) call->org = ch_principal_membership(&call->who, org);
    if (who & CH_ANYONE) return CH_OK;
    if (call->who.kind == CH_ANONYMOUS) return CH_UNAUTHENTICATED;
    if (call->who.roles & who) return CH_OK;
    if (org.n && !call->org) return CH_NOT_FOUND;
    return ch_call_roles(call) & who ? CH_OK : CH_FORBIDDEN;
}

static ch_err check_rate(ch_exchange *x)
{
    ch_call *call = &x->call;
    int most = call->route->per_minute;
    if (!most) return CH_OK;
    ch_str key = call->who.kind == CH_ANONYMOUS ? call->address : call->who.id;
    return ch_limit(call->app->redis, call->arena, call->route->path, key, most, CH_MINUTE, call->now, &x->wait_seconds);
}

/* Forms are bound to the session, before sign-in to a signed cookie that is set with the first form. */
static void prepare_form(ch_exchange *x)
{
    ch_call *call = &x->call;
    if (!(call->route->flags & CH_PAGE)) return;
    x->form_secret = call->who.kind == CH_PERSON ? call->who.csrf : ch_cookie(call, CH_CSRF_COOKIE);
    if (call->who.kind != CH_PERSON && !ch_csrf_cookie_valid(call->app->cookie_key, x->form_secret)) {
        x->form_secret = ch_csrf_cookie_new(call->arena, call->app->cookie_key);
        x->new_form_cookie = true;
    }
    call->csrf = ch_csrf_token(call->arena, call->app->cookie_key, x->form_secret);
}

/* The public address, or the very host that was asked (localhost beside 127.0.0.1): another site's page can set neither. */
static bool same_origin(const ch_call *call)
{
    ch_str origin = ch_header(call, "HTTP_ORIGIN"), referer = ch_header(call, "HTTP_REFERER"), host = ch_header(call, "HTTP_HOST");
    if (ch_origin_ok(call->app->settings.public_url, origin, referer)) return true;
    ch_str scheme = ch_str_starts(call->app->settings.public_url, CH_STR("https:")) ? CH_STR("https://") : CH_STR("http://");
    return host.n && ch_origin_ok(ch_arena_printf(call->arena, "%.*s%.*s", CH_ARG(scheme), CH_ARG(host)), origin, referer);
}

ch_err ch_admit_form(ch_exchange *x, ch_str token)
{
    ch_call *call = &x->call;
    if (!same_origin(call)) return CH_FORBIDDEN;
    if (x->new_form_cookie || !ch_csrf_check(call->app->cookie_key, x->form_secret, token)) return CH_FORBIDDEN;
    return CH_OK;
}

ch_err ch_csrf_field_ok(ch_call *call, ch_str token) { return ch_admit_form(call->x, token); }

ch_err ch_admit(ch_exchange *x)
{
    CH_TRY(find_principal(x));
    prepare_form(x);
    CH_TRY(check_role(x));
    return check_rate(x);
}
