#ifndef CH_AUTH_TOKEN_H
#define CH_AUTH_TOKEN_H
/*
 * ES256 access tokens (RFC 9068 in spirit, RFC 7518 section 3.4). libjwt signs and parses; the check is ours: the raw header's
 * alg must be ES256, the signature by OpenSSL EVP with a key parsed once per kid, then exp, nbf, iss and aud. Tokens seen
 * before are remembered until they expire. Keys come from the JWKS, fetched again on an unknown kid at most once a second;
 * revoked clients and tokens are polled from Redis every second (set `revoked`: client ids and jti).
 */
#include "auth/principal.h"
#include "redis/redis.h"

typedef struct ch_claims {
    ch_presence seen;
    ch_str iss, aud, sub, jti, organisation, organisation_name, scope;
    int64_t exp, nbf, iat; /* seconds */
} ch_claims;
extern const ch_table ch_claims_table;

typedef struct ch_tokens ch_tokens; /* thread-safe */
/* jwks_url may be empty (keys then only by ch_tokens_add_jwks); redis may be NULL. Lives as long as the process. */
ch_tokens *ch_tokens_open(ch_str issuer, ch_str audience, ch_str jwks_url, ch_redis *redis);
/* Takes the EC P-256 keys of a JWKS. CH_MALFORMED. */
ch_err ch_tokens_add_jwks(ch_tokens *t, ch_str jwks);
/* CH_UNAUTHENTICATED for anything wrong, CH_UNAVAILABLE when the keys cannot be had. Strings live in the arena. */
ch_err ch_token_verify(ch_tokens *t, ch_arena *a, ch_str token, ch_time now, ch_claims *out);
void ch_token_principal(const ch_claims *c, ch_arena *a, ch_principal *out);

/* --- identity: signing keys from KEY_DIR/signing-<kid>.pem; the last by name signs, all are published. */
typedef struct ch_signer ch_signer;
ch_signer *ch_signer_open(ch_str key_dir); /* NULL: logged */
ch_err ch_token_sign(ch_signer *s, ch_arena *a, const ch_claims *claims, ch_str *out);
ch_str ch_signer_jwks(const ch_signer *s);
#endif
