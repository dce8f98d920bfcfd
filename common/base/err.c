#include "base/err.h"

const char *ch_err_name(ch_err e)
{
    static const char *const names[] = {
        [CH_OK] = "ok",
        [CH_INVALID] = "invalid",
        [CH_MALFORMED] = "malformed",
        [CH_UNAUTHENTICATED] = "unauthenticated",
        [CH_FORBIDDEN] = "forbidden",
        [CH_NOT_FOUND] = "not_found",
        [CH_CONFLICT] = "conflict",
        [CH_EXISTS] = "exists",
        [CH_STALE] = "stale",
        [CH_TOO_LARGE] = "too_large",
        [CH_NO_MATCH_HEADER] = "precondition_required",
        [CH_TOO_COSTLY] = "too_costly",
        [CH_LIMITED] = "limited",
        [CH_UNAVAILABLE] = "unavailable",
        [CH_INTERNAL] = "internal",
    };
    return (unsigned)e < sizeof names / sizeof *names && names[e] ? names[e] : "internal";
}
