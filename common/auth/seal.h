#ifndef CH_AUTH_SEAL_H
#define CH_AUTH_SEAL_H
/* Secrets on their way to a person, readable only by the notifications worker (libsodium sealed boxes, base64url). */
#include "base/arena.h"
#include "base/err.h"

/* Both keys are 32 raw bytes. Empty when the key is none; the same message never gives the same text twice. */
ch_str ch_seal(ch_arena *a, ch_str public_key, ch_str message);
/* CH_MALFORMED: not sealed to this key, or changed. CH_INTERNAL: the keys are none. */
ch_err ch_seal_open(ch_arena *a, ch_str public_key, ch_str secret_key, ch_str text, ch_str *message);
#endif
