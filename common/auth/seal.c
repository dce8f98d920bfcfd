#include "auth/seal.h"

#include <sodium.h>

typedef const unsigned char *bytes;

ch_str ch_seal(ch_arena *a, ch_str public_key, ch_str message)
{
    size_t n = message.n + crypto_box_SEALBYTES;
    unsigned char *box = ch_arena_alloc(a, n);
    ch_buf b = ch_buf_in(a);
    if (sodium_init() < 0 || public_key.n != crypto_box_PUBLICKEYBYTES || crypto_box_seal(box, (bytes)message.p, message.n, (bytes)public_key.p))
        return CH_STR("");
    ch_put_base64url(&b, (ch_str){(const char *)box, n});
    return ch_buf_str(&b);
}

ch_err ch_seal_open(ch_arena *a, ch_str public_key, ch_str secret_key, ch_str text, ch_str *message)
{
    ch_str box;
    if (sodium_init() < 0 || public_key.n != crypto_box_PUBLICKEYBYTES || secret_key.n != crypto_box_SECRETKEYBYTES) return CH_INTERNAL;
    if (!ch_base64url_decode(a, text, &box) || box.n < crypto_box_SEALBYTES) return CH_MALFORMED;
    size_t n = box.n - crypto_box_SEALBYTES;
    unsigned char *out = ch_arena_alloc(a, n + 1);
    if (crypto_box_seal_open(out, (bytes)box.p, box.n, (bytes)public_key.p, (bytes)secret_key.p)) return CH_MALFORMED;
    *message = (ch_str){(const char *)out, n};
    return CH_OK;
}
