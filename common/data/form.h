#ifndef CH_DATA_FORM_H
#define CH_DATA_FORM_H
#include "data/table.h"

typedef struct ch_pair {
    ch_str name, value;
} ch_pair;
typedef struct ch_pairs {
    ch_pair *p;
    size_t n;
} ch_pairs;

/* application/x-www-form-urlencoded, also a query string. False: over 2,000 pairs, a broken escape, or not UTF-8. Line ends
 * become LF, as a textarea sends CRLF. */
bool ch_form_decode(ch_arena *a, ch_str body, ch_pairs *out);
/* The first value of a name, or empty. */
ch_str ch_pairs_get(const ch_pairs *pairs, const char *name);
void ch_pairs_add(ch_arena *a, ch_pairs *pairs, ch_str name, ch_str value);

/*
 * A form into a struct: the fields of `which` are what the form shows, so a box left empty means "nothing", not "unchanged".
 * Names: title · locations[0].name · working_pattern (repeated) · closes_at-day, -month (7, July, jul), -year, -time (UK time). A row of a list
 * whose boxes are all empty is passed over. Checks as ch_check does.
 */
ch_err ch_form_read(ch_arena *a, const ch_pairs *form, const ch_table *t, void *out, uint64_t which, ch_faults *faults);

/* A query string into a struct; `strict` (the API) makes unknown names a fault, pages pass over them. */
ch_err ch_query_read(ch_arena *a, const ch_pairs *query, const ch_table *t, void *out, bool strict, ch_faults *faults);
#endif
