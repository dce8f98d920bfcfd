#ifndef CH_AUTH_PASSWORD_H
#define CH_AUTH_PASSWORD_H
/* argon2id (19 MiB, t=2, p=1: OWASP), at most `slots` at once in this process so that sign-ins cannot take all memory and CPU. */
#include "base/arena.h"
#include "base/err.h"

void ch_password_setup(int slots); /* default 2; waits up to a second for a slot, then CH_UNAVAILABLE */
/* The hash is in the arena, with its parameters and salt in it. */
ch_err ch_password_hash(ch_arena *a, ch_str password, ch_str *hash);
/* CH_UNAUTHENTICATED when it does not match. An empty hash costs as much as a real one (no telling who has an account). */
ch_err ch_password_check(ch_str password, ch_str hash);
/* NULL when good enough, else why not: 12-200 characters, neither the e-mail address nor its name with some digits, nor one that
 * people are known to use (data/common-passwords.txt), also masked (P@ssw0rd), decorated (Password2026!) or repeated; no sequence.
 * No rules about kinds of characters. */
const char *ch_password_weakness(ch_str password, ch_str email);
#endif
