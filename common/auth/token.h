#ifndef CH_AUTH_TOKEN_H
#define CH_AUTH_TOKEN_H
/*
 * ES256 access tokens (RFC 9068 in spirit, RFC 7518 section 3.4). libjwt signs; the check is ours, because libjwt 1.10 parses
 * the key at every call (688 µs), takes expired tokens, HS256 made with the public PEM, and anything with a NULL key. The raw
 * header's alg must be ES256 and it may hold nothing but alg, kid and typ (no jwk, x5c, jku, crit); the signature by OpenSSL EVP
 * with a key parsed once per kid (token_keys.h); then exp, nbf, iss and aud. Tokens that passed are remembered while their keys
 * stand; revoked clients and tokens are polled from Redis every second (token_seen.h).
 */
#include "auth/principal.h"
#include "redis/redis.h"

/* No token lives longer than this many seconds: one that says it does is refused. */
enum { CH_TOKEN_LONGEST_S = 3600 };

typedef struct ch_claims {
    ch_presence seen;
    ch_str iss, aud, sub, jti, organisation, organisation_name, scope;
    int64_t exp, nbf, iat; /* seconds */
} ch_claims;
extern const ch_table ch_claims_table;

typedef struct ch_tokens ch_tokens; /* thread-safe */
/* jwks_url may be empty (keys then only by ch_tokens_add_jwks); redis may be NULL. Lives as long as the process. */
ch_tokens *ch_tokens_open(ch_str issuer, ch_str audience, ch_str jwks_url, ch_redis *redis);
/* Takes the EC P-256 keys of a JWKS in place of those before. CH_MALFORMED when it has none. */
ch_err ch_tokens_add_jwks(ch_tokens *t, ch_str jwks);
/* CH_UNAUTHENTICATED for anything wrong, CH_UNAVAILABLE when the keys cannot be had. Strings live in the arena. */
ch_err ch_token_verify(ch_tokens *t, ch_arena *a, ch_str token, ch_time now, ch_claims *out);
/* The client, with its one organisation; without one, or without the scope `vacancies`, it is known and may nothing. Strings are the claims'. */
void ch_token_principal(const ch_claims *c, ch_arena *a, ch_principal *out);

/* --- identity: signing keys from KEY_DIR/signing-<kid>.pem (P-256; kid of letters, digits, - and _); the last by name signs,
 * all are published. Thread-safe, lives as long as the process. */
typedef struct ch_signer ch_signer;
ch_signer *ch_signer_open(ch_str key_dir); /* NULL: logged */
ch_err ch_token_sign(ch_signer *s, ch_arena *a, const ch_claims *claims, ch_str *out);
ch_str ch_signer_jwks(const ch_signer *s);
/* Refuses the tokens of a client (or one token, by jti) everywhere within a second, until they would have ended anyway. */
ch_err ch_token_revoke(ch_redis *r, ch_arena *a, ch_str id);
#endif
