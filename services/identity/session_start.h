#ifndef IDENTITY_SESSION_START_H
#define IDENTITY_SESSION_START_H
#include "http/app.h"
#include "identity/person_fields.h"

/* A new session for the person, freshly loaded; the cookie goes with the reply. */
ch_err session_begin(ch_call *call, ch_str person_id);
/* Roles or name changed: live sessions follow at once. */
ch_err session_follow(ch_app *app, ch_arena *a, const person *p);
#endif
