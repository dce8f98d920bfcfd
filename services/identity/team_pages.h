#ifndef IDENTITY_TEAM_PAGES_H
#define IDENTITY_TEAM_PAGES_H
#include "http/call.h"

/* An organisation's people and partner systems, by its administrators. */
ch_err team_page(ch_call *call);
ch_err team_invite_post(ch_call *call);
ch_err team_invite_again_post(ch_call *call);
ch_err team_invite_cancel_post(ch_call *call);
ch_err team_member_page(ch_call *call);
ch_err team_roles_post(ch_call *call);
ch_err team_remove_page(ch_call *call);
ch_err team_remove_post(ch_call *call);
ch_err team_client_post(ch_call *call);
ch_err team_client_revoke_page(ch_call *call);
ch_err team_client_revoke_post(ch_call *call);
#endif
