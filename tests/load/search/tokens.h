#ifndef SEARCH_TOKENS_H
#define SEARCH_TOKENS_H
/* One line of the token file, for the peers' drivers in C and C++. A field's words stand between spaces; "|" is a gap
 * that no phrase crosses. */
#include "harness.h"

enum { T_TITLE, T_EMPLOYER, T_SUMMARY, T_DESCRIPTION, T_CRITERIA, T_FIELDS };
#define T_NEVER INT64_C(9000000000000000) /* when what has no closing time closes: stays exact in a double */

typedef struct token_doc {
    uint32_t number;
    char *codes[F_PATTERN]; /* one each */
    char *patterns[8];
    size_t n_patterns;
    double lat[8], lon[8];
    size_t n_points;
    int64_t salary, published, closes;
    char *fields[T_FIELDS];
} token_doc;

static inline void token_parse(char *line, token_doc *d)
{
    char *c[16], *points[8], *lon;
    if (harness_split(line, '\t', c, 16) != 16) harness_die("a vacancy of another shape");
    memset(d, 0, sizeof *d);
    d->number = (uint32_t)atoll(c[0]);
    for (int f = 0; f < F_PATTERN; f++) d->codes[f] = c[1 + f];
    d->n_patterns = harness_split(c[5], ',', d->patterns, 8);
    d->n_points = harness_split(c[6], ';', points, 8);
    for (size_t i = 0; i < d->n_points; i++) {
        d->lat[i] = strtod(points[i], &lon);
        d->lon[i] = atof(lon + 1);
    }
    d->salary = atoll(c[7]);
    d->published = atoll(c[9]);
    d->closes = atoll(c[10]);
    if (!d->closes) d->closes = T_NEVER;
    for (int f = 0; f < T_FIELDS; f++) d->fields[f] = c[11 + f];
}
#endif
