/*
 * Tokens and key sets from strangers. The input is a token, or (starting with '{') a JWKS. No input may pass: the key that tokens
 * are checked with was made at start and signs nothing here.
 */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "auth/token.h"

static void add_coordinate(ch_buf *b, const char *name, const unsigned char *bytes)
{
    ch_buf_printf(b, ",\"%s\":\"", name);
    ch_put_base64url(b, (ch_str){(const char *)bytes, 32});
    ch_buf_char(b, '"');
}

static ch_tokens *checker(void)
{
    unsigned char point[65];
    size_t n;
    ch_buf jwks = {0};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (!key || EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) != 1) abort();
    ch_buf_put(&jwks, CH_STR("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"one\""));
    add_coordinate(&jwks, "x", point + 1);
    add_coordinate(&jwks, "y", point + 33);
    ch_buf_put(&jwks, CH_STR("}]}"));
    ch_tokens *t = ch_tokens_open(CH_STR("https://jobs.example"), CH_STR("https://jobs.example/api"), CH_STR(""), NULL);
    if (ch_tokens_add_jwks(t, ch_buf_str(&jwks))) abort();
    ch_buf_free(&jwks);
    EVP_PKEY_free(key);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ch_tokens *tokens, *key_sets;
    ch_str text = {(const char *)data, size};
    ch_claims claims;
    if (!tokens) tokens = checker(), key_sets = ch_tokens_open(CH_STR("i"), CH_STR("a"), CH_STR(""), NULL);
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    if (size && data[0] == '{') ch_tokens_add_jwks(key_sets, text);
    else if (ch_token_verify(tokens, a, text, 1795478400000, &claims) == CH_OK) abort();
    return 0;
}
