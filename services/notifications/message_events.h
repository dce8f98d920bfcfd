#ifndef NOTIFICATIONS_MESSAGE_EVENTS_H
#define NOTIFICATIONS_MESSAGE_EVENTS_H
#include "bus/bus.h"

/* Events into messages and mails: the same ones however often an event comes. */
extern const ch_consumer message_consumers[];
#endif
