/* A form's body and a query string, the lenient one of pages and the strict one of the API. */
#include "data/form.h"
#include "thing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_pairs pairs;
    if (!ch_form_decode(a, (ch_str){(const char *)data, size}, &pairs)) return 0;
    must(pairs.n <= 2000);
    for (size_t i = 0; i < pairs.n; i++) must(ch_utf8_valid(pairs.p[i].name) && ch_utf8_valid(pairs.p[i].value));
    for (int how = 0; how < 3; how++) {
        thing t = {0};
        ch_faults faults = {.arena = a};
        ch_err e =
            how == 0 ? ch_form_read(a, &pairs, &thing_table, &t, CH_ALL, &faults) : ch_query_read(a, &pairs, &thing_table, &t, how == 2, &faults);
        must((e == CH_OK) == (faults.n == 0));
        if (!e && how == 0) must_hold(&t);
    }
    return 0;
}
