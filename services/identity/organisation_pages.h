#ifndef IDENTITY_ORGANISATION_PAGES_H
#define IDENTITY_ORGANISATION_PAGES_H
#include "http/call.h"

/* The department's list and decision, and what everybody may know over the API. */
ch_err department_organisations_page(ch_call *call);
ch_err department_organisation_page(ch_call *call);
ch_err department_approve_post(ch_call *call);
ch_err department_refuse_post(ch_call *call);
ch_err api_organisations(ch_call *call);
ch_err api_organisation(ch_call *call);
#endif
