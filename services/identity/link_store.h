#ifndef IDENTITY_LINK_STORE_H
#define IDENTITY_LINK_STORE_H
#include "http/app.h"
#include "identity/link_fields.h"

extern const ch_collection link_collection;
/* Makes the secret, stores its digest with *l, and has the mail sent (link.requested, sealed). */
ch_err link_send(ch_app *app, ch_arena *a, link_row *l, const char *purpose, ch_time now);
ch_err link_by_token(ch_app *app, ch_arena *a, ch_str token, link_row *out);
/* CH_STALE when somebody else was first. */
ch_err link_use(ch_app *app, link_row *l, ch_time now);
#endif
