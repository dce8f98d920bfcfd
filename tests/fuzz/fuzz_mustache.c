/* A template of any bytes: it is refused with a reason, or it renders within its bounds. */
#include "thing.h"
#include "view/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *why = NULL;
    if (size > 4096) return 0;
    ch_template *t = ch_template_parse(a, (ch_str){(const char *)data, size}, &why);
    must((t == NULL) == (why != NULL));
    if (!t) return 0;
    ch_map *m = ch_map_new(a);
    ch_map_z(m, "name", "<b>&\"'");
    ch_map_bool(m, "yes", true);
    ch_map_int(m, "n", -7);
    for (int i = 0; i < 3; i++) ch_map_int(ch_map_add(m, "rows"), "i", i);
    ch_buf out = ch_buf_in(a);
    ch_template_render(t, NULL, &out, ch_v_map(m));
    must(out.n < 64u << 20);
    return 0;
}
