#include "auth/sign.h"

#include "base/id.h"

static ch_str mac_of(ch_arena *a, ch_str key, const char *purpose, ch_str signed_part)
{
    /* The purpose cannot run into the text: it is a literal of ours, and the separator is in neither. */
    return ch_digest_keyed(a, key, ch_arena_printf(a, "%s\n%.*s", purpose, CH_ARG(signed_part)));
}

ch_str ch_sign(ch_arena *a, ch_str key, const char *purpose, ch_str payload, ch_time expires)
{
    ch_buf b = ch_buf_in(a);
    ch_put_base64url(&b, payload);
    ch_buf_printf(&b, ".%lld", (long long)expires);
    ch_str mac = mac_of(a, key, purpose, ch_buf_str(&b));
    ch_buf_char(&b, '.');
    ch_buf_put(&b, mac);
    return ch_buf_str(&b);
}

bool ch_sign_open(ch_arena *a, ch_str key, const char *purpose, ch_str text, ch_time now, ch_str *payload)
{
    ch_str rest = text, body, until, mac;
    int64_t expires;
    if (text.n > 8192 || !ch_str_split(&rest, '.', &body) || !ch_str_split(&rest, '.', &until) || !ch_str_split(&rest, '.', &mac) || rest.p)
        return false;
    ch_str signed_part = ch_str_first(text, body.n + 1 + until.n);
    if (!ch_str_eq_secret(mac, mac_of(a, key, purpose, signed_part))) return false;
    return ch_str_int(until, &expires) && expires > now && ch_base64url_decode(a, body, payload);
}
