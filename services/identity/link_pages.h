#ifndef IDENTITY_LINK_PAGES_H
#define IDENTITY_LINK_PAGES_H
#include "http/app.h"

/* Five mails to one address in ten minutes and twenty in a day, whoever asks for them and whether or not it is known. CH_LIMITED. */
ch_err link_limit(ch_call *call, ch_str email);
/* The link is on its way: to the page that says so, and once to whom. from: the form, to try again. */
ch_err link_reply_sent(ch_call *call, ch_str email, const char *from);
/* Instead of the button: the link was used, or its time is over. */
ch_err link_over_page(ch_call *call, const char *title, const char *text);
/* "?next=…" for links between the pages that lead to an account; empty without a way back. */
void link_put_next(ch_call *call, ch_map *m, ch_str next);
/* The link has done its work, and signs nobody in: to the sign-in page, and from there to `to`; who is signed in as somebody else sees as whom. */
ch_err link_reply_sign_in(ch_call *call, ch_str to);
#endif
