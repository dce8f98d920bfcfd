#ifndef NOTIFICATIONS_MAIL_SENDER_H
#define NOTIFICATIONS_MAIL_SENDER_H
#include "http/app.h"

/* Threads that claim due mails and send them over SMTP, in work mode, until the process ends. */
ch_err mail_sender_start(ch_app *app);
void mail_sender_wake(void);
void mail_sender_stop(void);
/* What was sealed to notifications; empty when it does not open. */
ch_str mail_sender_open(ch_arena *a, ch_str sealed);
void mail_sender_metrics(ch_buf *out);
#endif
