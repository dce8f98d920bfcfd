#ifndef IDENTITY_ACCOUNT_PAGES_H
#define IDENTITY_ACCOUNT_PAGES_H
#include "http/call.h"

/* Signing in and out, one's own account, a forgotten password. */
ch_err sign_in_page(ch_call *call);
ch_err sign_in_post(ch_call *call);
ch_err sign_out_post(ch_call *call);
ch_err account_page(ch_call *call);
ch_err account_name_post(ch_call *call);
ch_err account_password_page(ch_call *call);
ch_err account_password_post(ch_call *call);
ch_err reset_page(ch_call *call);
ch_err reset_post(ch_call *call);
ch_err reset_confirm_page(ch_call *call);
ch_err reset_confirm_post(ch_call *call);
#endif
