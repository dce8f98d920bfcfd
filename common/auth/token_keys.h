#ifndef CH_AUTH_TOKEN_KEYS_H
#define CH_AUTH_TOKEN_KEYS_H
/*
 * The keys that tokens are checked with: parsed once, fetched from the JWKS again on an unknown kid (at most once a second,
 * whoever asks) and when they are older than five minutes (so that a withdrawn key is noticed). Thread-safe; a fetch holds no
 * lock that a check with a known key waits for. Lives as long as the process.
 */
#include "base/arena.h"
#include "base/err.h"

enum { CH_KID_MAX = 64 };

typedef struct ch_keys ch_keys;
ch_keys *ch_keys_open(ch_str jwks_url); /* empty: keys only by ch_keys_add */
/* Takes the P-256 signing keys of a JWKS in place of those before; CH_MALFORMED, and nothing changed, when there is none. */
ch_err ch_keys_add(ch_keys *k, ch_str jwks);
/* `signature` is r and s, 32 bytes each. CH_UNAUTHENTICATED; CH_UNAVAILABLE when the key may exist but cannot be had now. */
ch_err ch_keys_verify(ch_keys *k, ch_str kid, ch_str text, ch_str signature);
/* Goes up whenever a key was withdrawn: what was checked before that has to be checked again. */
uint64_t ch_keys_generation(ch_keys *k);
#endif
