#ifndef CH_AUTH_SEAL_H
#define CH_AUTH_SEAL_H
/* Secrets on their way to a person, readable only by the notifications worker (libsodium sealed boxes, base64url). */
#include "base/arena.h"
#include "base/err.h"

ch_str ch_seal(ch_arena *a, ch_str public_key, ch_str message);
ch_err ch_seal_open(ch_arena *a, ch_str public_key, ch_str secret_key, ch_str text, ch_str *message);
#endif
