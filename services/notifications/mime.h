#ifndef NOTIFICATIONS_MIME_H
#define NOTIFICATIONS_MIME_H
/* A mail as bytes: RFC 5322 headers, RFC 2047 words, multipart/alternative with quoted-printable parts (RFC 2045). Pure. */
#include "base/clock.h"

typedef struct mime_mail {
    ch_str from, to_name, to, subject, message_id, text, html;
    ch_str languages; /* RFC 3282; empty: not said */
    ch_str list_id;   /* RFC 2919: by which people sort these mails; a name like a domain's */
    ch_time date;
} mime_mail;
/* Line breaks and controls in header values are taken out: no header can be smuggled in. */
ch_str mime_build(ch_arena *a, const mime_mail *mail);
/* What SMTP's envelope takes: one plain address, no spaces, brackets or controls. */
bool mime_address_ok(ch_str address);
#endif
