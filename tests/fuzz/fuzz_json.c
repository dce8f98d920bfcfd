/* A body of the API: what is let in keeps the table's promises and comes back the same; what is not says why. */
#include "data/json.h"
#include "thing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_faults faults = {.arena = a};
    ch_str body = {(const char *)data, size};
    thing t = {0}, back = {0};
    ch_err e = ch_json_read(a, body, &thing_table, &t, CH_ALL, &faults);
    must(e == CH_OK || e == CH_MALFORMED || e == CH_INVALID);
    must((e == CH_INVALID) == (faults.n > 0));
    ch_json_parse(a, body);
    ch_json_read_own(a, body, &thing_table, &back);
    if (e) return 0;
    must_hold(&t);
    ch_buf b = ch_buf_in(a);
    ch_json_write(&b, &thing_table, &t, 0);
    ch_json *j = ch_json_parse(a, ch_buf_str(&b));
    must(j && ch_str_eq(ch_json_str(j, "title"), t.title) && ch_str_eq(ch_json_str(j, "text"), t.text));
    return 0;
}
