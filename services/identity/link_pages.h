#ifndef IDENTITY_LINK_PAGES_H
#define IDENTITY_LINK_PAGES_H
#include "http/app.h"

/* Five mails to one address in ten minutes, whoever asks for them and whether or not it is known. CH_LIMITED. */
ch_err link_limit(ch_call *call, ch_str email);
/* Instead of the button: the link was used, or its time is over. */
ch_err link_over_page(ch_call *call, const char *title, const char *text);
/* "?next=…" for links between the pages that lead to an account; empty without a way back. */
void link_put_next(ch_call *call, ch_map *m, ch_str next);
#endif
