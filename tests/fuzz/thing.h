#ifndef FUZZ_THING_H
#define FUZZ_THING_H
/* A noun with a field of nearly every type, for the fuzzers of JSON, forms and requests. */
#include <stdlib.h>

#include "data/table.h"

typedef struct spot {
    ch_presence seen;
    ch_str name;
    double latitude;
} spot;
typedef struct thing {
    ch_presence seen;
    ch_str title, text, kind, email;
    int64_t count;
    double ratio;
    bool remote;
    ch_time closes_at;
    spot one;
    CH_LIST_OF(spot) places;
    CH_LIST_OF(ch_str) patterns;
} thing;
static const char *const thing_kinds[] = {"full", "part", NULL};
CH_TABLE(spot_table, spot, "Where", CH_ROW(spot, name, CH_F_STR, .max = 20, .flags = CH_REQUIRED),
         CH_ROW(spot, latitude, CH_F_DOUBLE, .min = -90, .max = 90));
CH_TABLE(thing_table, thing, "A thing", CH_ROW(thing, title, CH_F_STR, .min = 3, .max = 10, .flags = CH_REQUIRED),
         CH_ROW(thing, text, CH_F_TEXT, .max = 100), CH_ROW(thing, kind, CH_F_STR, .codes = thing_kinds),
         CH_ROW(thing, email, CH_F_STR, .flags = CH_EMAIL), CH_ROW(thing, count, CH_F_INT, .min = 1, .max = 100),
         CH_ROW(thing, ratio, CH_F_DOUBLE, .min = -5, .max = 5), CH_ROW(thing, remote, CH_F_BOOL), CH_ROW(thing, closes_at, CH_F_TIME),
         CH_ROW(thing, one, CH_F_STRUCT, .of = &spot_table), CH_ROW(thing, places, CH_F_LIST, .of = &spot_table, .max = 3),
         CH_ROW(thing, patterns, CH_F_STRS, .codes = thing_kinds, .max = 4));

static inline void must(bool fine)
{
    if (!fine) abort();
}
/* What the table promises of anything that was let in. */
static inline void must_hold(const thing *t)
{
    must(ch_utf8_length(t->title) >= 3 && ch_utf8_length(t->title) <= 10 && ch_utf8_length(t->text) <= 100 && t->places.n <= 3 && t->patterns.n <= 4);
    must(ch_utf8_valid(t->title) && ch_utf8_valid(t->text) && ch_utf8_valid(t->email));
    must(t->count >= 0 && t->count <= 100 && t->ratio >= -5 && t->ratio <= 5); /* 0: not given */
    for (size_t i = 0; i < t->places.n; i++) must(t->places.p[i].name.n > 0);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#endif
