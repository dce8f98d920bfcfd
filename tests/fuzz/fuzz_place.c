/* What is typed as a place: any bytes give an answer or none, the answer's label finds it again, and what completes is
 * what was asked for. */
#include <stdlib.h>

#include "search/place.h"

static void must(bool fine)
{
    if (!fine) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ch_str text = {(const char *)data, size};
    ch_place found, again, many[60];
    bool mended = false;
    char label[200], small[5];
    if (ch_place_lookup(text, &found, &mended)) {
        must(found.lat > 49 && found.lat < 61.5 && found.lon > -9 && found.lon < 2.5 && found.name.n > 0);
        must(ch_place_lookup(ch_place_label(&found, label, sizeof label), &again, &mended) && !mended);
        must(again.lat == found.lat && again.lon == found.lon && again.name.p == found.name.p);
        must(ch_place_label(&found, small, sizeof small).n < sizeof small);
    }
    size_t n = ch_place_complete(text, many, 60);
    must(n <= 50 && ch_place_complete(text, many, 3) == (n < 3 ? n : 3));
    for (size_t i = 0; i < n && i < 3; i++) must(many[i].name.n > 0);
    n = ch_place_alternatives(text, many, 60);
    for (size_t i = 0; i < n; i++) must(many[i].kind == CH_PLACE_TOWN);
    return 0;
}
