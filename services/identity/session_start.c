#include "identity/session_start.h"

#include "auth/session.h"
#include "base/log.h"
#include "identity/person.h"
#include "identity/person_store.h"

/* The epoch is read first: whatever changes the person after that ends this session again. */
ch_err session_begin(ch_call *call, ch_str person_id)
{
    person p;
    int64_t epoch;
    ch_str cookie;
    CH_TRY(ch_session_epoch(call->app->redis, call->arena, person_id, &epoch));
    CH_TRY(person_get(call->app, call->arena, person_id, &p));
    ch_principal who = person_principal(&p);
    CH_TRY(ch_session_create(call->app->redis, call->arena, &who, epoch, call->now, &cookie));
    ch_reply_cookie(call, CH_SESSION_COOKIE, cookie, "");
    CH_LOG(CH_INFO, "signed_in", CH_KS("person", p.id));
    return CH_OK;
}

/* Loaded again after the epoch went up: of two changes at once, the later one's sessions have both. */
ch_err session_follow(ch_app *app, ch_arena *a, const person *p)
{
    person now;
    int64_t epoch;
    CH_TRY(ch_session_raise(app->redis, a, p->id, &epoch));
    CH_TRY(person_get(app, a, p->id, &now));
    ch_principal who = person_principal(&now);
    return ch_session_rewrite(app->redis, a, &who, epoch);
}
