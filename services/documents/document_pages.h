#ifndef DOCUMENTS_DOCUMENT_PAGES_H
#define DOCUMENTS_DOCUMENT_PAGES_H
#include "http/call.h"

ch_err document_list_page(ch_call *call);
ch_err document_upload_page(ch_call *call);
ch_err document_upload_post(ch_call *call);
ch_err document_own_file(ch_call *call);
ch_err document_delete_page(ch_call *call);
ch_err document_delete_post(ch_call *call);
/* With a capability: by a member of an organisation that shortlisted. */
ch_err document_open_file(ch_call *call);
#endif
