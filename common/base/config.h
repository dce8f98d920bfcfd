#ifndef CH_BASE_CONFIG_H
#define CH_BASE_CONFIG_H
/*
 * Typed configuration with bounds from one table (after redis' config.c): read from the environment, checked at once, printed by
 * --help and --check-config. A secret's value is never printed.
 */
#include "base/arena.h"

typedef enum ch_config_type { CH_CONFIG_STR, CH_CONFIG_INT, CH_CONFIG_BOOL } ch_config_type;
typedef struct ch_config_row {
    const char *name; /* environment variable; NULL ends the table */
    ch_config_type type;
    size_t offset;        /* of a ch_str, int64_t or bool */
    const char *fallback; /* NULL: must be given */
    int64_t min, max;
    bool secret;
    const char *const *choices; /* of text, NULL-ended; NULL: any */
    const char *doc;
} ch_config_row;

/* Fills *out (strings in process-lifetime memory). False: each fault has been printed to standard error, by name. */
bool ch_config_read(const ch_config_row *table, void *out);
void ch_config_help(const ch_config_row *table);
void ch_config_print(const ch_config_row *table, const void *config);
#endif
