/* Renders our component partials for components.test.mjs: [[template, context], ...] comes in, [html, ...] goes out, both JSON. */
#include <stdio.h>
#include <stdlib.h>

#include "json_value.h"
#include "view/view.h"

static json_t *render(ch_view *view, json_t *pair)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_buf out = ch_buf_in(a);
    const char *name = json_string_value(json_array_get(pair, 0));
    if (!name || ch_view_render(view, &out, name, value_of(a, json_array_get(pair, 1)))) return NULL;
    return json_stringn(out.p, out.n);
}

int main(void)
{
    ch_view *view = ch_view_new();
    json_t *in = json_loadf(stdin, 0, NULL), *out = json_array();
    for (size_t i = 0; i < json_array_size(in); i++)
        if (json_array_append_new(out, render(view, json_array_get(in, i)))) return EXIT_FAILURE;
    json_dumpf(out, stdout, JSON_COMPACT);
    json_decref(in);
    json_decref(out);
    ch_view_free(view);
    return EXIT_SUCCESS;
}
