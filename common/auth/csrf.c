#include "auth/csrf.h"

#include "base/id.h"

enum { MASK = 16 };

static ch_str mac_of(ch_arena *a, ch_str key, const char *what, ch_str value)
{
    return ch_digest_keyed(a, key, ch_arena_printf(a, "%s\n%.*s", what, CH_ARG(value)));
}

/* <random>.<mac> */
ch_str ch_csrf_cookie_new(ch_arena *a, ch_str key)
{
    ch_str random = ch_secret_new(a);
    return ch_arena_printf(a, "%.*s.%.*s", CH_ARG(random), CH_ARG(mac_of(a, key, "form-cookie", random)));
}

bool ch_csrf_cookie_valid(ch_str key, ch_str cookie)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    ch_str rest = cookie, random, mac;
    if (cookie.n > 200 || !ch_str_split(&rest, '.', &random) || !ch_str_split(&rest, '.', &mac) || rest.p) return false;
    return ch_str_eq_secret(mac, mac_of(a, key, "form-cookie", random));
}

/* <mask in hex>.<mac of secret and mask>: never the same bytes twice, so that compression tells nothing. */
static ch_str token_of(ch_arena *a, ch_str key, ch_str secret, ch_str mask)
{
    ch_str mac = mac_of(a, key, "form-token", ch_arena_printf(a, "%.*s\n%.*s", CH_ARG(secret), CH_ARG(mask)));
    return ch_arena_printf(a, "%.*s.%.*s", CH_ARG(mask), CH_ARG(mac));
}

ch_str ch_csrf_token(ch_arena *a, ch_str key, ch_str secret)
{
    unsigned char random[MASK];
    ch_buf mask = ch_buf_in(a);
    ch_random(random, sizeof random);
    ch_put_hex(&mask, (ch_str){(const char *)random, sizeof random});
    return token_of(a, key, secret, ch_buf_str(&mask));
}

bool ch_csrf_check(ch_str key, ch_str secret, ch_str token)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ptrdiff_t dot = ch_str_index(token, '.');
    if (!secret.n || dot != 2 * MASK || token.n > 200) return false;
    return ch_str_eq_secret(token, token_of(a, key, secret, ch_str_first(token, (size_t)dot)));
}

bool ch_origin_ok(ch_str public_url, ch_str origin, ch_str referer)
{
    if (origin.n) return ch_str_eq(origin, public_url);
    if (!referer.n) return true;
    return ch_str_starts(referer, public_url) && (referer.n == public_url.n || referer.p[public_url.n] == '/');
}
