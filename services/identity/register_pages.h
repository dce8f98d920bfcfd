#ifndef IDENTITY_REGISTER_PAGES_H
#define IDENTITY_REGISTER_PAGES_H
#include "http/call.h"

/* Joining: as a candidate, as an employer; confirmed by a link in a mail. */
ch_err register_choice_page(ch_call *call);
ch_err register_candidate_page(ch_call *call);
ch_err register_candidate_post(ch_call *call);
ch_err register_organisation_page(ch_call *call);
ch_err register_organisation_post(ch_call *call);
ch_err register_sent_page(ch_call *call);
ch_err register_confirm_page(ch_call *call);
ch_err register_confirm_post(ch_call *call);
#endif
