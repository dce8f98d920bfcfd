#ifndef DOCUMENTS_DOCUMENT_STORE_H
#define DOCUMENTS_DOCUMENT_STORE_H
#include "documents/document_fields.h"
#include "http/app.h"

extern const ch_collection document_collection, reading_collection, sweep_collection;
ch_err document_create(ch_app *app, document *d);
/* Of its owner. */
ch_err document_get(ch_app *app, ch_arena *a, ch_str person, ch_str id, document *out);
/* For a capability: whoever owns it. */
ch_err document_get_any(ch_app *app, ch_arena *a, ch_str id, document *out);
ch_err document_list(ch_app *app, ch_arena *a, ch_str person, ch_list *out);
ch_err document_count(ch_app *app, ch_str person, int64_t *out);
/* The tombstone; the worker takes the bytes away. */
ch_err document_delete(ch_app *app, document *d, ch_time now);
/* Bytes of tombstones. */
void document_sweep(ch_app *app, ch_arena *a);
/* Files without a row, that an upload left which broke off. An id tells when its upload began, so each file is looked at once, when it is old enough;
 * a bounded number in each step. */
void document_sweep_orphans(ch_app *app, ch_arena *a, ch_time now);

/* With document.read, whose aggregate is the reading's document. */
ch_err reading_create(ch_app *app, reading *r);
ch_err reading_list(ch_app *app, ch_arena *a, ch_str person, ch_list *out);
#endif
