#include "base/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *at(void *config, const ch_config_row *row) { return (char *)config + row->offset; }

static bool fault(const ch_config_row *row, const char *what)
{
    fprintf(stderr, "%s: %s (%s)\n", row->name, what, row->doc);
    return false;
}

static bool read_int(const ch_config_row *row, ch_str text, int64_t *out)
{
    char what[96];
    if (ch_str_int(text, out) && *out >= row->min && *out <= row->max) return true;
    snprintf(what, sizeof what, "must be a whole number from %lld to %lld", (long long)row->min, (long long)row->max);
    return fault(row, what);
}

static bool read_bool(const ch_config_row *row, ch_str text, bool *out)
{
    *out = ch_str_is(text, "true");
    return *out || ch_str_is(text, "false") || fault(row, "must be true or false");
}

static bool is_choice(const ch_config_row *row, ch_str text)
{
    char what[128] = "must be one of";
    size_t n = strlen(what);
    for (const char *const *one = row->choices; *one; one++) {
        if (ch_str_is(text, *one)) return true;
        n += (size_t)snprintf(what + n, sizeof what - n, "%s %s", one == row->choices ? "" : ",", *one);
        if (n >= sizeof what) break;
    }
    return fault(row, what);
}

static bool read_row(const ch_config_row *row, void *config)
{
    const char *given = getenv(row->name);
    if (!given || !*given) given = row->fallback;
    if (!given) return fault(row, "must be set");
    ch_str text = ch_str_of(given);
    if (row->type == CH_CONFIG_INT) return read_int(row, text, at(config, row));
    if (row->type == CH_CONFIG_BOOL) return read_bool(row, text, at(config, row));
    *(ch_str *)at(config, row) = text; /* the environment lasts as long as the process, and nothing changes it */
    if (row->choices) return is_choice(row, text);
    if (text.n && row->min > 0 && text.n < (size_t)row->min) return fault(row, "is too short");
    return row->max == 0 || text.n <= (size_t)row->max || fault(row, "is too long");
}

bool ch_config_read(const ch_config_row *table, void *out)
{
    bool fine = true;
    for (const ch_config_row *row = table; row->name; row++) fine &= read_row(row, out);
    return fine;
}

void ch_config_help(const ch_config_row *table)
{
    for (const ch_config_row *row = table; row->name; row++)
        printf("  %-20s %s%s%s%s\n", row->name, row->doc, row->fallback ? " [" : " (required)", row->fallback ? row->fallback : "",
               row->fallback ? "]" : "");
}

void ch_config_print(const ch_config_row *table, const void *config)
{
    for (const ch_config_row *row = table; row->name; row++) {
        const void *value = (const char *)config + row->offset;
        if (row->secret) printf("%s=(secret)\n", row->name);
        else if (row->type == CH_CONFIG_INT) printf("%s=%lld\n", row->name, (long long)*(const int64_t *)value);
        else if (row->type == CH_CONFIG_BOOL) printf("%s=%s\n", row->name, *(const bool *)value ? "true" : "false");
        else printf("%s=%.*s\n", row->name, CH_ARG(*(const ch_str *)value));
    }
}
