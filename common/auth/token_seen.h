#ifndef CH_AUTH_TOKEN_SEEN_H
#define CH_AUTH_TOKEN_SEEN_H
/* What lets a token be checked without Redis and without arithmetic: those that passed before, and the ids that were revoked.
 * Both are thread-safe and live as long as the process. */
#include "auth/token.h"

/* The whole token's BLAKE2b-256: nothing that shares a prefix, a header or claims with it is taken for it. */
typedef struct ch_token_digest {
    unsigned char bytes[32];
} ch_token_digest;
ch_token_digest ch_token_digest_of(ch_str token);

/* A table of fixed size, four places for each token: it takes an empty one or that of the token that ends first. */
typedef struct ch_seen ch_seen;
ch_seen *ch_seen_new(void);
/* Only what was put under the same generation of keys. The claims' strings are copied into the arena. */
bool ch_seen_find(ch_seen *s, const ch_token_digest *d, uint64_t generation, ch_arena *a, ch_claims *out);
void ch_seen_put(ch_seen *s, const ch_token_digest *d, uint64_t generation, const ch_claims *c);

typedef struct ch_revoked ch_revoked;
ch_revoked *ch_revoked_new(ch_redis *redis); /* NULL: nothing is ever revoked */
/* One caller a second asks Redis. With Redis away the last answer stands, and what a flushed one forgets is remembered as long as a
 * token lives. */
bool ch_revoked_has(ch_revoked *r, ch_str sub, ch_str jti);
#endif
