#ifndef NOTIFICATIONS_INBOX_PAGES_H
#define NOTIFICATIONS_INBOX_PAGES_H
#include "http/call.h"

ch_err inbox_page(ch_call *call);
ch_err inbox_message_page(ch_call *call);
#endif
