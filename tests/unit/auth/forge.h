#ifndef UNIT_AUTH_FORGE_H
#define UNIT_AUTH_FORGE_H
/* Makes tokens by hand, right and wrong ones, without the code under test. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"

#define FORGE_ISSUER   "https://jobs.example"
#define FORGE_AUDIENCE "https://jobs.example/api"
#define FORGE_HEADER   "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"one\"}"
#define FORGE_NOW      1795478400 /* seconds */

static inline ch_str forge_b64(ch_arena *a, ch_str bytes)
{
    ch_buf b = ch_buf_in(a);
    ch_put_base64url(&b, bytes);
    return ch_buf_str(&b);
}

/* Things that live as long as the process stay reachable, so that a leak checker speaks of real leaks only. */
static inline void *forge_keep(void *p)
{
    static void *volatile kept[512];
    static size_t n;
    size_t at = n++ % 512;
    kept[at] = p;
    return kept[at];
}

static inline EVP_PKEY *forge_key(const char *curve)
{
    EVP_PKEY *key = EVP_EC_gen(curve);
    if (!key) abort();
    return forge_keep(key);
}

/* "x":…,"y":… */
static inline ch_str forge_point(ch_arena *a, EVP_PKEY *key)
{
    unsigned char point[200];
    size_t n = 0;
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) != 1) abort();
    size_t half = (n - 1) / 2;
    ch_str x = forge_b64(a, (ch_str){(char *)point + 1, half}), y = forge_b64(a, (ch_str){(char *)point + 1 + half, half});
    return ch_arena_printf(a, "\"x\":\"%.*s\",\"y\":\"%.*s\"", CH_ARG(x), CH_ARG(y));
}

static inline ch_str forge_jwk(ch_arena *a, EVP_PKEY *key, const char *kid, const char *curve)
{
    return ch_arena_printf(a, "{\"kty\":\"EC\",\"crv\":\"%s\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":\"%s\",%.*s}", curve, kid,
                           CH_ARG(forge_point(a, key)));
}

static inline ch_str forge_jwks(ch_arena *a, EVP_PKEY *key, const char *kid)
{
    return ch_arena_printf(a, "{\"keys\":[%.*s]}", CH_ARG(forge_jwk(a, key, kid, "P-256")));
}

static inline ch_str forge_pem(ch_arena *a, EVP_PKEY *key, int secret)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());
    if (!(secret ? PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) : PEM_write_bio_PUBKEY(bio, key))) abort();
    long n = BIO_get_mem_data(bio, &text);
    ch_str pem = ch_arena_str(a, (ch_str){text, (size_t)n});
    BIO_free(bio);
    return pem;
}

static inline ch_str forge_der(ch_arena *a, EVP_PKEY *key, ch_str text)
{
    unsigned char der[200];
    size_t n = sizeof der;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 || EVP_DigestSign(ctx, der, &n, (const unsigned char *)text.p, text.n) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    return ch_arena_str(a, (ch_str){(char *)der, n});
}

/* r and s, 32 bytes each. */
static inline ch_str forge_raw(ch_arena *a, EVP_PKEY *key, ch_str text)
{
    unsigned char *raw = ch_arena_alloc(a, 64);
    ch_str der = forge_der(a, key, text);
    const unsigned char *p = (const unsigned char *)der.p;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)der.n);
    if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32) != 32 || BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32) != 32) abort();
    ECDSA_SIG_free(sig);
    return (ch_str){(char *)raw, 64};
}

static inline ch_str forge_text(ch_arena *a, const char *header, ch_str payload)
{
    return ch_arena_printf(a, "%.*s.%.*s", CH_ARG(forge_b64(a, ch_str_of(header))), CH_ARG(forge_b64(a, payload)));
}

static inline ch_str forge_join(ch_arena *a, ch_str text, ch_str signature)
{
    return ch_arena_printf(a, "%.*s.%.*s", CH_ARG(text), CH_ARG(forge_b64(a, signature)));
}

static inline ch_str forge_token(ch_arena *a, EVP_PKEY *key, const char *header, ch_str payload)
{
    ch_str text = forge_text(a, header, payload);
    return forge_join(a, text, forge_raw(a, key, text));
}

/* Good claims with `more` (starting with a comma, or empty) behind them. */
static inline ch_str forge_claims(ch_arena *a, const char *more)
{
    return ch_arena_printf(a,
                           "{\"iss\":\"" FORGE_ISSUER "\",\"aud\":\"" FORGE_AUDIENCE
                           "\",\"sub\":\"client-1\",\"jti\":\"token-1\",\"organisation\":\"org-1\","
                           "\"organisation_name\":\"Leeds Infirmary\",\"scope\":\"vacancies\",\"iat\":%d,\"nbf\":%d,\"exp\":%d%s}",
                           FORGE_NOW, FORGE_NOW, FORGE_NOW + 300, more);
}
#endif
