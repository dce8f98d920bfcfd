#include "auth/csrf.h"

#include "auth/sign.h"
#include "base/id.h"

enum { MASK = 16, LONGEST = 200 };

/* <random>.<mac> */
ch_str ch_csrf_cookie_new(ch_arena *a, ch_str key)
{
    ch_str random = ch_secret_new(a);
    return ch_arena_printf(a, "%.*s.%.*s", CH_ARG(random), CH_ARG(ch_mac(a, key, "form-cookie", random)));
}

bool ch_csrf_cookie_valid(ch_str key, ch_str cookie)
{
    ch_str rest = cookie, random, mac;
    if (cookie.n > LONGEST || !ch_str_split(&rest, '.', &random) || !ch_str_split(&rest, '.', &mac) || rest.p) return false;
    return ch_mac_ok(key, "form-cookie", random, mac);
}

/* What a token's MAC is of. The mask has a fixed length, so that no secret and mask read as another pair. */
static ch_str bound(ch_arena *a, ch_str mask, ch_str secret)
{
    ch_buf b = ch_buf_in(a);
    ch_buf_put(&b, mask);
    ch_buf_put(&b, secret);
    return ch_buf_str(&b);
}

/* <mask in hex>.<mac of mask and secret>: never the same bytes twice, so that compression tells nothing. */
ch_str ch_csrf_token(ch_arena *a, ch_str key, ch_str secret)
{
    unsigned char random[MASK];
    ch_buf token = ch_buf_in(a);
    ch_random(random, sizeof random);
    ch_put_hex(&token, (ch_str){(const char *)random, sizeof random});
    ch_str mac = ch_mac(a, key, "form-token", bound(a, ch_buf_str(&token), secret));
    ch_buf_char(&token, '.');
    ch_buf_put(&token, mac);
    return ch_buf_str(&token);
}

bool ch_csrf_check(ch_str key, ch_str secret, ch_str token)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    if (!secret.n || ch_str_index(token, '.') != 2 * MASK || token.n > LONGEST) return false;
    return ch_mac_ok(key, "form-token", bound(a, ch_str_first(token, 2 * MASK), secret), ch_str_cut(token, 2 * MASK + 1));
}

bool ch_origin_ok(ch_str public_url, ch_str origin, ch_str referer)
{
    if (origin.n) return ch_str_eq(origin, public_url);
    if (!referer.n) return true;
    return ch_str_starts(referer, public_url) && (referer.n == public_url.n || referer.p[public_url.n] == '/');
}
