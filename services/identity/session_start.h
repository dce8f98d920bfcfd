#ifndef IDENTITY_SESSION_START_H
#define IDENTITY_SESSION_START_H
#include "http/app.h"
#include "identity/person_fields.h"

/* A new session for the person, freshly loaded; the cookie goes with the reply. *home (may be NULL): where such a person begins.
 * CH_STALE: the password is another than the one that `proved` was shown to have. */
ch_err session_begin(ch_call *call, const person *proved, ch_str *home);
/* Before something is taken away from a person: from here on no session of theirs counts until session_follow, so that a Redis
 * that goes away in between cannot leave one with what was taken. */
ch_err session_hold(ch_app *app, ch_arena *a, ch_str person_id);
/* Roles or name changed: live sessions follow at once. */
ch_err session_follow(ch_app *app, ch_arena *a, const person *p);
#endif
