#ifndef CH_CONTRACTS_UPLOAD_H
#define CH_CONTRACTS_UPLOAD_H
/*
 * How large a document may be: documents holds people to it, vacancies tells those who are about to apply, nginx (scripts/lib/stack.sh) lets as much
 * in. All have it from one variable of the environment.
 */
#include "base/config.h"

#define CH_UPLOAD_SETTING(type_, member)                                                                                                             \
    {                                                                                                                                                \
        .name = "UPLOAD_MAX_MB", .type = CH_CONFIG_INT, .offset = offsetof(type_, member), .fallback = "10", .min = 1, .max = 1000,                  \
        .doc = "The largest document that is taken. All services the same, and nginx a little more"                                                  \
    }
#endif
