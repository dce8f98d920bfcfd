/* A .mo file of any bytes: it is refused with a reason, or every text of it is one that may stand in the English one's place. */
#include <stdio.h>

#include "base/catalogue.h"
#include "thing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const asked[] = {"", "Find a job", "Hello {{name}}", "%s must be %lld characters or fewer", "a", "b", "zzz"};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *why = NULL;
    char out[200];
    ch_catalogue *c = ch_catalogue_read(a, (ch_str){(const char *)data, size}, &why);
    must((c == NULL) == (why != NULL));
    if (!c) return 0;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        ch_str text = ch_gettext_str(c, ch_str_of(asked[i]));
        must(ch_utf8_valid(text) && !text.p[text.n] && (text.n > 0) == (asked[i][0] != 0));
    }
    /* Whatever it says, printf gets what it was promised. */
    must(snprintf(out, sizeof out, ch_gettext(c, "%s must be %lld characters or fewer"), "Title", 5ll) > 0);
    for (uint64_t n = 0; n < 20; n++) must(snprintf(out, sizeof out, ch_ngettext(c, "%s job", "%s jobs", n), "1") > 0);
    return 0;
}
