#ifndef NOTIFICATIONS_MESSAGE_FIELDS_H
#define NOTIFICATIONS_MESSAGE_FIELDS_H
#include "data/table.h"

/* What one person is told: in the inbox. */
typedef struct message {
    ch_presence seen;
    ch_str id, person, kind, subject, text, link;
    ch_str language; /* that all of it is in; empty: English, or some of it */
    int64_t version;
    ch_time created_at, read_at;
} message;
extern const ch_table message_table;

/* Whom a mail goes to: kept from person.registered, name and address sealed. */
typedef struct recipient {
    ch_presence seen;
    ch_str id, sealed_name, sealed_email, language;
    int64_t version;
} recipient;
extern const ch_table recipient_table;

/* A mail on its way. `sealed`: either the address alone (text stands in `text`), or {email, name, link, organisation} of a link that
 * only the worker may open. state: queued → sending → sent | failed; in_doubt: how often a lease ran out while
 * sending, or the server took the mail and was not heard of again. */
typedef struct mail {
    ch_presence seen;
    ch_str id, kind, sealed, name, subject, text, link, state, owner, error;
    ch_str language; /* to write it in as far as there are words for it; empty: English */
    int64_t version, attempts, in_doubt;
    ch_time created_at, next_at, lease_until, sent_at;
} mail;
extern const ch_table mail_table;

/* What ch_seal_link seals. */
typedef struct sealed_link {
    ch_presence seen;
    ch_str email, name, link, organisation;
} sealed_link;
extern const ch_table sealed_link_table;

typedef struct inbox_query {
    ch_presence seen;
    ch_str before;
} inbox_query;
extern const ch_table inbox_query_table;
#endif
