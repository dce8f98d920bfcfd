#ifndef TESTS_JSON_VALUE_H
#define TESTS_JSON_VALUE_H
/* A context for a template, out of JSON. It borrows the JSON's strings. */
#include <jansson.h>

#include "data/context.h"

static ch_value value_of(ch_arena *a, json_t *j);

static ch_map *map_of(ch_arena *a, json_t *j)
{
    ch_map *m = ch_map_new(a);
    const char *key;
    json_t *value;
    json_object_foreach(j, key, value) ch_map_set(m, key, value_of(a, value));
    return m;
}

/* Strings are marked as ours, so that triple mustaches print them raw as the specification wants. */
static ch_value value_of(ch_arena *a, json_t *j)
{
    if (json_is_string(j)) return ch_v_html((ch_str){json_string_value(j), json_string_length(j)});
    if (json_is_integer(j)) return ch_v_int(json_integer_value(j));
    if (json_is_real(j)) return (ch_value){.kind = CH_V_DOUBLE, .d = json_real_value(j)};
    if (json_is_boolean(j)) return ch_v_bool(json_is_true(j));
    if (json_is_object(j)) return ch_v_map(map_of(a, j));
    if (!json_is_array(j)) return (ch_value){0};
    ch_value *items = CH_NEW_N(a, ch_value, json_array_size(j) + 1);
    for (size_t i = 0; i < json_array_size(j); i++) items[i] = value_of(a, json_array_get(j, i));
    return (ch_value){.kind = CH_V_VALUES, .p = items, .n = json_array_size(j)};
}
#endif
