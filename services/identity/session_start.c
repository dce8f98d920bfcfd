#include "identity/session_start.h"

#include "auth/session.h"
#include "base/log.h"
#include "identity/known_browser.h"
#include "identity/person.h"
#include "identity/person_store.h"
#include "identity/service.h"

/* An account exists only for an address that was confirmed, so the department's is known by its address alone. */
static ch_principal principal(const ch_app *app, ch_arena *a, const person *p)
{
    ch_principal who = person_principal(p);
    ch_str coordinator = person_email(a, identity_config_of(app)->department_email);
    if (coordinator.n && ch_str_eq(p->email, coordinator)) who.roles |= CH_ROLE_DEPARTMENT;
    return who;
}

/* The first page of somebody who has just signed in and came from nowhere. */
static ch_str home_of(ch_arena *a, const ch_principal *who)
{
    if (who->roles & CH_ROLE_DEPARTMENT) return CH_STR("/department");
    if (who->n == 1) return ch_arena_printf(a, "/employer/%.*s", CH_ARG(who->memberships[0].organisation));
    return who->n ? CH_STR("/account") : CH_STR("/candidate");
}

/* The epoch is read first: whatever changes the person after that ends this session again. What changed before that, while the
 * password was being hashed, shows in the hash. */
ch_err session_begin(ch_call *call, const person *proved, ch_str *home)
{
    person p;
    int64_t epoch;
    ch_str cookie;
    CH_TRY(ch_session_epoch(call->app->redis, call->arena, proved->id, &epoch));
    CH_TRY(person_get(call->app, call->arena, proved->id, &p));
    if (!ch_str_eq(p.password_hash, proved->password_hash)) return CH_STALE;
    ch_principal who = principal(call->app, call->arena, &p);
    CH_TRY(ch_session_create(call->app->redis, call->arena, &who, epoch, call->now, &cookie));
    ch_reply_cookie(call, CH_SESSION_COOKIE, cookie, "");
    known_browser_remember(call, p.email);
    CH_LOG(CH_INFO, "signed_in", CH_KS("person", p.id));
    if (home) *home = home_of(call->arena, &who);
    return CH_OK;
}

ch_err session_hold(ch_app *app, ch_arena *a, ch_str person_id)
{
    int64_t epoch;
    return ch_session_raise(app->redis, a, person_id, &epoch);
}

/* Loaded again after the epoch went up: of two changes at once, the later one's sessions have both. */
ch_err session_follow(ch_app *app, ch_arena *a, const person *p)
{
    person now;
    int64_t epoch;
    CH_TRY(ch_session_raise(app->redis, a, p->id, &epoch));
    CH_TRY(person_get(app, a, p->id, &now));
    ch_principal who = principal(app, a, &now);
    return ch_session_rewrite(app->redis, a, &who, epoch);
}
