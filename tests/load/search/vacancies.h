#ifndef LOAD_SEARCH_VACANCIES_H
#define LOAD_SEARCH_VACANCIES_H
/* What search_corpus makes, read: one vacancy a line, 20 columns (generate.c). The text stays in memory for as long as
 * the process. */
#include <stdio.h>
#include <stdlib.h>

#include "search/search.h"

enum { VACANCY_COLUMNS = 20 };

typedef struct vacancies {
    ch_search_doc *docs;
    size_t n;
} vacancies;

static inline void *vacancies_room(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) abort();
    return p;
}

static inline ch_str vacancies_text(const char *path, size_t *size)
{
    FILE *f = fopen(path, "r");
    if (!f || fseek(f, 0, SEEK_END)) {
        perror(path);
        exit(2);
    }
    *size = (size_t)ftell(f);
    rewind(f);
    char *text = vacancies_room(*size + 1, 1);
    if (fread(text, 1, *size, f) != *size) abort();
    fclose(f);
    return (ch_str){text, *size};
}

static inline size_t vacancies_split(ch_str text, char sep, ch_str *out, size_t most)
{
    size_t n = 0;
    while (text.n && n < most && ch_str_split(&text, sep, &out[n])) n++;
    return n;
}

static inline void vacancies_patterns(ch_search_doc *d, ch_str text)
{
    ch_str each[CH_SEARCH_PATTERNS_MAX];
    d->n_working_patterns = vacancies_split(text, ',', each, CH_SEARCH_PATTERNS_MAX);
    ch_str *kept = vacancies_room(d->n_working_patterns, sizeof *kept);
    memcpy(kept, each, d->n_working_patterns * sizeof *kept);
    d->working_patterns = kept;
}

static inline bool vacancies_locations(ch_search_doc *d, ch_str text)
{
    ch_str each[CH_SEARCH_LOCATIONS_MAX], c[4];
    d->n_locations = vacancies_split(text, ';', each, CH_SEARCH_LOCATIONS_MAX);
    ch_search_location *l = vacancies_room(d->n_locations, sizeof *l);
    for (size_t i = 0; i < d->n_locations; i++) {
        if (vacancies_split(each[i], '|', c, 4) != 4 || !ch_str_double(c[2], &l[i].lat) || !ch_str_double(c[3], &l[i].lon)) return false;
        l[i].name = c[0];
        l[i].postcode = c[1];
    }
    d->locations = l;
    return true;
}

static inline bool vacancies_line(ch_str line, ch_search_doc *d)
{
    ch_str c[VACANCY_COLUMNS];
    if (vacancies_split(line, '\t', c, VACANCY_COLUMNS) != VACANCY_COLUMNS) return false;
    *d = (ch_search_doc){.id = c[0],
                         .title = c[2],
                         .employer_name = c[3],
                         .summary = c[4],
                         .description = c[5],
                         .criteria = c[6],
                         .reference = c[7],
                         .employer_id = c[8],
                         .sector = c[9],
                         .staff_group = c[10],
                         .pay_band = c[11],
                         .contract_type = c[12],
                         .remote = ch_str_is(c[17], "1")};
    vacancies_patterns(d, c[13]);
    return vacancies_locations(d, c[14]) && ch_str_int(c[1], &d->version) && ch_str_int(c[15], &d->salary_min) && ch_str_int(c[16], &d->salary_max) &&
           ch_str_int(c[18], &d->published_at) && ch_str_int(c[19], &d->closes_at);
}

static inline void vacancies_read(const char *path, vacancies *out)
{
    size_t size, lines = 0;
    ch_str text = vacancies_text(path, &size), line;
    for (size_t i = 0; i < size; i++) lines += text.p[i] == '\n';
    *out = (vacancies){vacancies_room(lines, sizeof *out->docs), 0};
    while (out->n < lines && ch_str_split(&text, '\n', &line)) {
        if (vacancies_line(line, &out->docs[out->n++])) continue;
        fprintf(stderr, "%s: vacancy %zu is of another shape\n", path, out->n);
        exit(2);
    }
}
#endif
