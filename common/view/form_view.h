#ifndef CH_VIEW_FORM_VIEW_H
#define CH_VIEW_FORM_VIEW_H
/*
 * Forms drawn from field tables: for each field of `which` the map `key` of `into` gets a map that the partial `field` draws:
 *   {{#form.title}}{{> field}}{{/form.title}}
 * with its label, hint, value as typed, error and attributes (from type, bounds and flags). What the person typed comes from
 * `typed` (the form as posted) when there is one, else from obj.
 */
#include "data/context.h"
#include "data/form.h"

typedef struct ch_options {
    const char *field;
    const ch_code *codes;
    enum { CH_AS_RADIOS, CH_AS_SELECT, CH_AS_CHECKBOXES } as;
} ch_options;

typedef struct ch_form_view {
    const ch_table *table;
    const void *obj; /* may be NULL */
    uint64_t which;
    const ch_pairs *typed;     /* may be NULL */
    const ch_faults *faults;   /* may be NULL */
    const ch_options *options; /* ended by a NULL field; fields with codes need one to have names */
} ch_form_view;
ch_map *ch_form_map(ch_arena *a, ch_map *into, const char *key, const ch_form_view *view);
#endif
