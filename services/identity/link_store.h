#ifndef IDENTITY_LINK_STORE_H
#define IDENTITY_LINK_STORE_H
#include "http/app.h"
#include "identity/link_fields.h"

/* An organisation sees its own invitations, and nothing else of this collection. */
extern const ch_collection link_collection;
/* Makes id and secret, stores the secret's digest with *l, and has the mail sent (link.requested, sealed). */
ch_err link_send(ch_app *app, ch_arena *a, link_row *l, const char *purpose, ch_time now);
ch_err link_by_token(ch_app *app, ch_arena *a, ch_str token, link_row *out);
/* CH_STALE when somebody else was first. */
ch_err link_use(ch_app *app, link_row *l, ch_time now);

/* ---- invitations of one organisation: the open ones, newest first */
ch_err link_invitations(ch_app *app, ch_arena *a, ch_str organisation, ch_list *out);
ch_err link_invitation(ch_app *app, ch_arena *a, ch_str organisation, ch_str id, link_row *out);
/* The open one to that address. */
ch_err link_invitation_to(ch_app *app, ch_arena *a, ch_str organisation, ch_str email, link_row *out);
/* With a new secret, for the roles that *l has now: the mails before it lead nowhere from here on. */
ch_err link_invite_again(ch_app *app, ch_arena *a, link_row *l, ch_time now);
ch_err link_cancel(ch_app *app, link_row *l, ch_time now);
#endif
