#ifndef CH_BASE_EMBED_H
#define CH_BASE_EMBED_H
#include "base/str.h"
/* A file compiled into the binary (cmake/embed.cmake); a list of them ends with a NULL name. */
typedef struct ch_embedded {
    const char *name;
    ch_str text;
} ch_embedded;
#endif
