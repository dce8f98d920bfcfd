#ifndef CH_BASE_ERR_H
#define CH_BASE_ERR_H
/*
 * The few ways in which an operation ends. Functions that can fail return one; http/problem.c is the one place that maps them
 * to HTTP. Details for a person travel beside it (ch_faults in data/, the log for operators).
 */
typedef enum ch_err {
    CH_OK = 0,
    CH_INVALID,         /* 422: the input breaks a rule; faults say which */
    CH_MALFORMED,       /* 400: it does not parse */
    CH_UNAUTHENTICATED, /* 401, pages: to sign-in and back */
    CH_FORBIDDEN,       /* 403 */
    CH_NOT_FOUND,       /* 404, also another organisation's object */
    CH_CONFLICT,        /* 409: not in this state */
    CH_EXISTS,          /* 409: there already */
    CH_STALE,           /* 412: another version is there */
    CH_TOO_LARGE,       /* 413 */
    CH_NO_MATCH_HEADER, /* 428: If-Match is missing */
    CH_TOO_COSTLY,      /* 422: a search that takes more work than one may; again takes as much */
    CH_LIMITED,         /* 429 with Retry-After */
    CH_UNAVAILABLE,     /* 503 with Retry-After: store, Redis, mail, hashing pool */
    CH_INTERNAL,        /* 500 */
} ch_err;

const char *ch_err_name(ch_err e);
/* if (…) return: propagates a failure. */
#define CH_TRY(expr)                                                                                                                                 \
    do {                                                                                                                                             \
        ch_err ch_try_ = (expr);                                                                                                                     \
        if (ch_try_ != CH_OK) return ch_try_;                                                                                                        \
    } while (0)
#endif
