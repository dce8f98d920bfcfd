#ifndef NOTIFICATIONS_MESSAGE_STORE_H
#define NOTIFICATIONS_MESSAGE_STORE_H
#include "http/app.h"
#include "notifications/message_fields.h"

extern const ch_collection message_collection, recipient_collection, mail_collection;

ch_err recipient_keep(ch_app *app, const recipient *r);
ch_err recipient_get(ch_app *app, ch_arena *a, ch_str id, recipient *out);
/* CH_EXISTS: told before. */
ch_err message_create(ch_app *app, message *m);
ch_err message_get(ch_app *app, ch_arena *a, ch_str person, ch_str id, message *out);
ch_err message_read(ch_app *app, message *m, ch_time now);
/* Newest first, older than `before` (an id) when given. */
ch_err message_list(ch_app *app, ch_arena *a, ch_str person, ch_str before, int64_t limit, ch_list *out);
/* Counts the unread ones anew and says so in Redis, from where the header takes it. */
ch_err message_count_unread(ch_app *app, ch_arena *a, ch_str person);

ch_err mail_create(ch_app *app, mail *m);
/* The next due mail, or an orphan, whose sender died (then in_doubt goes up): leased to `owner`. CH_NOT_FOUND: none. */
ch_err mail_claim(ch_app *app, ch_arena *a, ch_str owner, ch_time now, int64_t lease_ms, mail *out, bool *orphan);
ch_err mail_save(ch_app *app, mail *m);
ch_err mail_count(ch_app *app, const char *state, int64_t *out);
#endif
