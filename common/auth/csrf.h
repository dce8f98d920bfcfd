#ifndef CH_AUTH_CSRF_H
#define CH_AUTH_CSRF_H
/* Cross-site request forgery: a token in every form bound to the session, or before sign-in to a signed cookie; and the Origin. */
#include "auth/principal.h"

#define CH_CSRF_COOKIE "__Host-form"
#define CH_CSRF_FIELD  "csrf"

/* A new value for the cookie that stands in for a session before sign-in. */
ch_str ch_csrf_cookie_new(ch_arena *a, ch_str key);
bool ch_csrf_cookie_valid(ch_str key, ch_str cookie);
/* The form's token: masked anew each time (BREACH). `secret` is the session's csrf or the cookie's value. */
ch_str ch_csrf_token(ch_arena *a, ch_str key, ch_str secret);
bool ch_csrf_check(ch_str key, ch_str secret, ch_str token);
/* Same origin by Origin, else by Referer, else (neither is sent) by the token alone. `public_url` = scheme://host[:port]. */
bool ch_origin_ok(ch_str public_url, ch_str origin, ch_str referer);
#endif
