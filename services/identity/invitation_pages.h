#ifndef IDENTITY_INVITATION_PAGES_H
#define IDENTITY_INVITATION_PAGES_H
#include "http/call.h"

/* An invitation as the invited sees it. */
ch_err invitation_page(ch_call *call);
ch_err invitation_post(ch_call *call);
#endif
