#ifndef CH_BASE_ID_H
#define CH_BASE_ID_H
/* Identifiers and random bytes (libsodium's generator). */
#include "base/clock.h"

/* 26 characters of Crockford base32, lower case: 48 bits of milliseconds, 80 random (ULID). Sorts by time; monotonic within a
 * thread and millisecond. */
ch_str ch_id_new(ch_arena *a);
/* The same shape from a seed, for creates that must be the same when repeated (client + Idempotency-Key): BLAKE2b. */
ch_str ch_id_derived(ch_arena *a, ch_str space, ch_str key);
bool ch_id_valid(ch_str s);
/* The lowest id of that moment: for "newer than". */
ch_str ch_id_floor(ch_arena *a, ch_time t);
/* The moment that a valid id of ch_id_new carries. */
ch_time ch_id_time(ch_str id);
/* n characters out of an alphabet without look-alikes (23456789bcdfghjkmnpqrstvwxyz), upper case: short codes for people. */
ch_str ch_code_new(ch_arena *a, size_t n);
void ch_random(void *out, size_t n);
/* 256 random bits as base64url (43 characters): session ids, link tokens. */
ch_str ch_secret_new(ch_arena *a);
/* BLAKE2b-256 as hex; HMAC-like with a key (libsodium generichash). */
ch_str ch_digest(ch_arena *a, ch_str data);
ch_str ch_digest_keyed(ch_arena *a, ch_str key, ch_str data);
#endif
