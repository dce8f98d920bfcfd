#ifndef CH_DATA_JSON_H
#define CH_DATA_JSON_H
#include "data/table.h"

/* Reads a JSON object into *out and checks it against the table; `which` as in ch_check (0 for PATCH). CH_MALFORMED when it does
 * not parse (bad UTF-8, deeper than 32), CH_INVALID with every fault otherwise (of keys that are there twice, only those). Strings live in the arena.
 */
ch_err ch_json_read(ch_arena *a, ch_str body, const ch_table *t, void *out, uint64_t which, ch_faults *faults);

/* Reads what a service of ours wrote and nobody else could have (a session, signed claims, a signed note): unknown fields are
 * passed over and bounds are not asked again, since a newer version may be writing beside this one. False when it does not parse
 * or a known field has another type. Strings are parts of `text` where they can be. */
bool ch_json_read_own(ch_arena *a, ch_str text, const ch_table *t, void *out);

/* Writes the fields that `audience` may read; 0 sees only those for everyone. */
void ch_json_write(ch_buf *b, const ch_table *t, const void *obj, unsigned audience);

/* Other people's JSON (JWKS, token claims): a read-only view. Missing things are empty, never an error. */
typedef struct ch_json ch_json;
ch_json *ch_json_parse(ch_arena *a, ch_str text); /* NULL: not JSON */
ch_json *ch_json_get(ch_json *j, const char *key);
ch_json *ch_json_at(ch_json *j, size_t i); /* NULL past the end */
ch_str ch_json_str(ch_json *j, const char *key);
int64_t ch_json_int(ch_json *j, const char *key, int64_t fallback);
/* The i-th key of an object, or NULL. */
const char *ch_json_key(ch_json *j, size_t i);
ch_str ch_json_text(ch_json *j); /* of a string value itself */
#endif
