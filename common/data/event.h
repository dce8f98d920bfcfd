#ifndef CH_DATA_EVENT_H
#define CH_DATA_EVENT_H
/* An event on its way out, written into the outbox of the document that it tells about. */
#include "data/table.h"

typedef struct ch_event_type {
    const char *name; /* "vacancy.published" */
    const ch_table *payload;
} ch_event_type;

typedef struct ch_outgoing {
    const ch_event_type *type;
    ch_str organisation, person; /* whom it concerns; may be empty */
    const void *payload;
    ch_str aggregate; /* empty: the document's id */
} ch_outgoing;
#endif
