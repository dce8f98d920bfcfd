#include "auth/sign.h"

#include <stdlib.h>

#include "base/id.h"

enum { LONGEST = 8192 };

ch_str ch_mac(ch_arena *a, ch_str key, const char *purpose, ch_str text)
{
    ch_buf b = ch_buf_in(a);
    if (key.n < CH_SIGN_KEY_MIN) abort();
    ch_buf_put(&b, ch_str_of(purpose));
    ch_buf_char(&b, '\n');
    ch_buf_put(&b, text); /* not by a format: that would end at a NUL */
    return ch_digest_keyed(a, key, ch_buf_str(&b));
}

bool ch_mac_ok(ch_str key, const char *purpose, ch_str text, ch_str mac)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    return key.n >= CH_SIGN_KEY_MIN && ch_str_eq_secret(mac, ch_mac(a, key, purpose, text));
}

ch_str ch_sign(ch_arena *a, ch_str key, const char *purpose, ch_str payload, ch_time expires)
{
    ch_buf b = ch_buf_in(a);
    ch_put_base64url(&b, payload);
    ch_buf_printf(&b, ".%lld", (long long)expires);
    ch_str mac = ch_mac(a, key, purpose, ch_buf_str(&b));
    ch_buf_char(&b, '.');
    ch_buf_put(&b, mac);
    return ch_buf_str(&b);
}

bool ch_sign_open(ch_arena *a, ch_str key, const char *purpose, ch_str text, ch_time now, ch_str *payload)
{
    ch_str rest = text, body, until, mac;
    int64_t expires;
    if (text.n > LONGEST || !ch_str_split(&rest, '.', &body) || !ch_str_split(&rest, '.', &until) || !ch_str_split(&rest, '.', &mac) || rest.p)
        return false;
    ch_str signed_part = ch_str_first(text, body.n + 1 + until.n);
    if (!ch_mac_ok(key, purpose, signed_part, mac)) return false;
    return ch_str_int(until, &expires) && expires > now && ch_base64url_decode(a, body, payload);
}
