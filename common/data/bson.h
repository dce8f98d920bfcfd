#ifndef CH_DATA_BSON_H
#define CH_DATA_BSON_H
#include <bson/bson.h>

#include "data/table.h"

/* All fields but the derived ones, the empty ones too ("" and the time 0): a filter like {"until": {"$lt": now}} then finds what was
 * never set. So an index that passes over empty values has to be partial, not sparse. `id` is written as `_id`. */
void ch_bson_write(bson_t *out, const ch_table *t, const void *obj);
/* Only the fields of `which` (the rows' bits), each under prefix + its name: the inside of a $set. */
void ch_bson_write_some(bson_t *out, const ch_table *t, const void *obj, uint64_t which, const char *prefix);
/* Tolerant: unknown and missing fields and other types are passed over, so that old and new versions run side by side. */
void ch_bson_read(ch_arena *a, const bson_t *doc, const ch_table *t, void *out);
#endif
