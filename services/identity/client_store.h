#ifndef IDENTITY_CLIENT_STORE_H
#define IDENTITY_CLIENT_STORE_H
#include "http/app.h"
#include "identity/client_fields.h"

extern const ch_collection client_collection;
/* Fills id and secret_digest; *secret is to be shown once. */
ch_err client_create(ch_app *app, ch_arena *a, client_row *c, ch_str *secret);
ch_err client_get(ch_app *app, ch_arena *a, ch_str id, client_row *out);
ch_err client_of(ch_app *app, ch_arena *a, ch_str organisation, ch_str id, client_row *out);
ch_err client_list(ch_app *app, ch_arena *a, ch_str organisation, ch_list *out);
/* Its tokens stop within a second, everywhere. */
ch_err client_revoke(ch_app *app, ch_arena *a, client_row *c, ch_time now);
/* Redis is told again of all whose tokens may still live: it may have been flushed, or the process that revoked have died before it said so. */
void client_tell_revoked(ch_app *app, ch_arena *a, ch_time now);
#endif
