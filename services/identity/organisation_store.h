#ifndef IDENTITY_ORGANISATION_STORE_H
#define IDENTITY_ORGANISATION_STORE_H
#include "http/app.h"
#include "identity/organisation_fields.h"

extern const ch_collection organisation_collection;
/* CH_EXISTS is fine where the id is derived; a code that is taken is drawn again. */
ch_err organisation_create(ch_app *app, ch_arena *a, organisation *o);
ch_err organisation_get(ch_app *app, ch_arena *a, ch_str id, organisation *out);
ch_err organisation_get_public(ch_app *app, ch_arena *a, ch_str id, organisation *out);
/* The decision, at the version that the coordinator saw, with its event. */
ch_err organisation_save_decision(ch_app *app, organisation *o);
/*
 * Who takes roles away holds the team until then: that an administrator is left is a rule over several persons, which no one
 * document's version guards. CH_STALE: somebody else is at it. Ends by itself when the process dies.
 */
ch_err organisation_hold_team(ch_app *app, ch_str id, ch_time now, ch_time *until);
void organisation_release_team(ch_app *app, ch_str id, ch_time until);
/* Pages of `limit` by id behind q->cursor; only approved ones when `only_public`. */
ch_err organisation_find(ch_app *app, ch_arena *a, const organisation_query *q, bool only_public, int64_t limit, ch_list *out);
#endif
