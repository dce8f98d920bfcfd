/* The check of access tokens, attack by attack: whoever is not the holder of the key gets nothing. */
#include "auth/token.h"

#include "forge.h"
#include "unit.h"

static ch_tokens *tokens;
static EVP_PKEY *ours, *other;
static ch_arena *a;

static void setup(void)
{
    a = forge_keep(ch_arena_new(4096));
    ours = forge_key("P-256");
    other = forge_key("P-256");
    tokens = forge_keep(ch_tokens_open(CH_STR(FORGE_ISSUER), CH_STR(FORGE_AUDIENCE), CH_STR(""), NULL));
    ck_assert_int_eq(ch_tokens_add_jwks(tokens, forge_jwks(a, ours, "one")), CH_OK);
}

static ch_err at(ch_str token, int64_t seconds)
{
    ch_claims claims;
    return ch_token_verify(tokens, a, token, seconds * 1000, &claims);
}

static ch_err now(ch_str token) { return at(token, FORGE_NOW); }

static ch_str good(void) { return forge_token(a, ours, FORGE_HEADER, forge_claims(a, "")); }

#define REFUSED(token) ck_assert_int_eq(now(token), CH_UNAUTHENTICATED)

START_TEST(a_good_token_tells_who_asks)
{
    ch_claims claims;
    ch_principal who;
    setup();
    ck_assert_int_eq(ch_token_verify(tokens, a, good(), FORGE_NOW * CH_SECOND, &claims), CH_OK);
    ch_token_principal(&claims, a, &who);
    ck_assert_int_eq(who.kind, CH_CLIENT);
    ck_assert(ch_str_is(who.id, "client-1"));
    ck_assert_uint_eq(who.roles, CH_ROLE_PARTNER);
    ck_assert_uint_eq(who.n, 1);
    ck_assert(ch_principal_membership(&who, CH_STR("org-1")));
    ck_assert(!ch_principal_membership(&who, CH_STR("org-2")));
    const char *scopes[] = {"", "vacancy", "vacanciesx", "other"};
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        claims.scope = ch_str_of(scopes[i]);
        ch_token_principal(&claims, a, &who);
        ck_assert_uint_eq(who.roles, 0);
        ck_assert_uint_eq(who.n, 0);
    }
    claims.scope = CH_STR("other vacancies");
    ch_token_principal(&claims, a, &who);
    ck_assert_uint_eq(who.roles, CH_ROLE_PARTNER);
    claims.organisation = CH_STR("");
    ch_token_principal(&claims, a, &who);
    ck_assert_uint_eq(who.roles, 0);
}
END_TEST

START_TEST(alg_none_is_refused)
{
    setup();
    const char *names[] = {"none", "None", "NONE", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ch_str header = ch_arena_printf(a, "{\"alg\":\"%s\",\"kid\":\"one\"}", names[i]), text = forge_text(a, header.p, forge_claims(a, ""));
        REFUSED(ch_arena_printf(a, "%.*s.", CH_ARG(text)));
        REFUSED(forge_token(a, ours, header.p, forge_claims(a, "")));
    }
}
END_TEST

START_TEST(hs256_with_the_public_key_as_the_secret_is_refused)
{
    setup();
    unsigned char mac[32];
    ch_str secrets[] = {forge_pem(a, ours, 0), forge_jwk(a, ours, "one", "P-256"), CH_STR(""), CH_STR("one")};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        ch_str text = forge_text(a, "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"one\"}", forge_claims(a, ""));
        HMAC(EVP_sha256(), secrets[i].p, (int)secrets[i].n, (const unsigned char *)text.p, text.n, mac, NULL);
        REFUSED(forge_join(a, text, (ch_str){(char *)mac, sizeof mac}));
    }
}
END_TEST

START_TEST(other_algorithms_are_refused_even_when_rightly_signed)
{
    setup();
    const char *names[] = {"ES384", "ES512", "RS256", "PS256", "EdDSA", "ES256K", "es256", "ES256\\u0000"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        REFUSED(forge_token(a, ours, ch_arena_printf(a, "{\"alg\":\"%s\",\"kid\":\"one\"}", names[i]).p, forge_claims(a, "")));
    REFUSED(forge_token(a, ours, "{\"kid\":\"one\"}", forge_claims(a, "")));
    REFUSED(forge_token(a, ours, "{\"alg\":[\"ES256\"],\"kid\":\"one\"}", forge_claims(a, "")));
}
END_TEST

START_TEST(without_keys_nothing_passes)
{
    ch_claims claims;
    setup();
    ch_tokens *none = forge_keep(ch_tokens_open(CH_STR(FORGE_ISSUER), CH_STR(FORGE_AUDIENCE), CH_STR(""), NULL));
    ck_assert_int_eq(ch_token_verify(none, a, good(), FORGE_NOW * CH_SECOND, &claims), CH_UNAVAILABLE);
}
END_TEST

START_TEST(another_key_or_kid_is_refused)
{
    setup();
    REFUSED(forge_token(a, other, FORGE_HEADER, forge_claims(a, "")));
    const char *headers[] = {
        "{\"alg\":\"ES256\",\"kid\":\"two\"}",   "{\"alg\":\"ES256\",\"kid\":\"\"}", "{\"alg\":\"ES256\"}",
        "{\"alg\":\"ES256\",\"kid\":null}",      "{\"alg\":\"ES256\",\"kid\":1}",    "{\"alg\":\"ES256\",\"kid\":\"one\\u0000\"}",
        "{\"alg\":\"ES256\",\"kid\":\"../one\"}"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) REFUSED(forge_token(a, ours, headers[i], forge_claims(a, "")));
}
END_TEST

START_TEST(two_keys_each_check_their_own)
{
    setup();
    ch_str both =
        ch_arena_printf(a, "{\"keys\":[%.*s,%.*s]}", CH_ARG(forge_jwk(a, ours, "one", "P-256")), CH_ARG(forge_jwk(a, other, "two", "P-256")));
    ck_assert_int_eq(ch_tokens_add_jwks(tokens, both), CH_OK);
    ck_assert_int_eq(now(good()), CH_OK);
    ck_assert_int_eq(now(forge_token(a, other, "{\"alg\":\"ES256\",\"kid\":\"two\"}", forge_claims(a, ""))), CH_OK);
    REFUSED(forge_token(a, other, FORGE_HEADER, forge_claims(a, "")));
}
END_TEST

START_TEST(time_is_kept_to_the_second)
{
    setup();
    ck_assert_int_eq(at(good(), FORGE_NOW + 299), CH_OK);
    ck_assert_int_eq(at(good(), FORGE_NOW + 300), CH_UNAUTHENTICATED);
    ck_assert_int_eq(at(good(), FORGE_NOW), CH_OK);
    ck_assert_int_eq(at(good(), FORGE_NOW - 1), CH_UNAUTHENTICATED);
    ck_assert_int_eq(at(good(), 0), CH_UNAUTHENTICATED);
}
END_TEST

START_TEST(a_token_seen_before_still_ends)
{
    setup();
    ch_str token = good();
    ck_assert_int_eq(now(token), CH_OK);
    ck_assert_int_eq(now(token), CH_OK);
    ck_assert_int_eq(at(token, FORGE_NOW + 300), CH_UNAUTHENTICATED);
    ck_assert_int_eq(at(token, FORGE_NOW - 10), CH_UNAUTHENTICATED);
}
END_TEST

START_TEST(wrong_claims_are_refused)
{
    setup();
    static const char *const bad[] = {
        "{}",
        "[]",
        "null",
        "\"x\"",
        "",
        "{\"iss\":",
        "{\"iss\":\"i\",\"iss\":\"i\"}",
        "{\"iss\":\"https://evil.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":1795478500}",
        "{\"iss\":\"https://jobs.example/\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":1795478500}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://other.example/api\",\"sub\":\"c\",\"exp\":1795478500}",
        "{\"iss\":\"https://jobs.example\",\"aud\":[\"https://jobs.example/api\"],\"sub\":\"c\",\"exp\":1795478500}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"\",\"sub\":\"c\",\"exp\":1795478500}",
        "{\"iss\":\"https://jobs.example\",\"sub\":\"c\",\"exp\":1795478500}",
        "{\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":1795478500}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\"}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":null}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":\"1795478500\"}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":1795478500.5}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":-1}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":9223372036854775807}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":1795478500,\"nbf\":\"x\"}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":1795478500,\"nbf\":1795478450}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"\",\"exp\":1795478500}",
        "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"exp\":1795478500}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(now(forge_token(a, ours, FORGE_HEADER, ch_str_of(bad[i]))) == CH_UNAUTHENTICATED, "%s", bad[i]);
    ck_assert_int_eq(
        now(forge_token(a, ours, FORGE_HEADER,
                        CH_STR("{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":1795478500}"))),
        CH_OK);
}
END_TEST

START_TEST(a_token_may_not_live_for_ever)
{
    setup();
    const char *form = "{\"iss\":\"https://jobs.example\",\"aud\":\"https://jobs.example/api\",\"sub\":\"c\",\"exp\":%d}";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    ch_str longest = ch_arena_printf(a, form, FORGE_NOW + CH_TOKEN_LONGEST_S), longer = ch_arena_printf(a, form, FORGE_NOW + CH_TOKEN_LONGEST_S + 1);
#pragma GCC diagnostic pop
    ck_assert_int_eq(now(forge_token(a, ours, FORGE_HEADER, longest)), CH_OK);
    REFUSED(forge_token(a, ours, FORGE_HEADER, longer));
}
END_TEST

START_TEST(a_claim_of_a_newer_identity_is_passed_over)
{
    setup();
    ck_assert_int_eq(now(forge_token(a, ours, FORGE_HEADER, forge_claims(a, ",\"client_kind\":{\"a\":[1]}"))), CH_OK);
}
END_TEST

START_TEST(every_changed_byte_is_noticed)
{
    setup();
    ch_str token = good();
    for (size_t i = 0; i < token.n; i++) {
        char *p = ch_arena_z(a, token);
        p[i] = p[i] == 'A' ? 'B' : 'A';
        REFUSED(((ch_str){p, token.n}));
    }
}
END_TEST

START_TEST(every_shorter_token_is_refused)
{
    setup();
    ch_str token = good();
    ck_assert_int_eq(now(token), CH_OK); /* and is in the cache: a prefix of it must not be taken for it */
    for (size_t n = 0; n < token.n; n++) REFUSED(ch_str_first(token, n));
    REFUSED(ch_arena_printf(a, "%.*s.", CH_ARG(token)));
    REFUSED(ch_arena_printf(a, "%.*sA", CH_ARG(token)));
    REFUSED(ch_arena_printf(a, "%.*s=", CH_ARG(token)));
    REFUSED(ch_arena_printf(a, ".%.*s", CH_ARG(token)));
    REFUSED(ch_arena_printf(a, " %.*s", CH_ARG(token)));
}
END_TEST

START_TEST(the_cache_is_not_fooled_by_the_same_header_and_claims)
{
    setup();
    ch_str token = good(), text = forge_text(a, FORGE_HEADER, forge_claims(a, ""));
    ck_assert_int_eq(now(token), CH_OK);
    REFUSED(forge_join(a, text, forge_raw(a, other, text)));
    REFUSED(ch_arena_printf(a, "%.*s.", CH_ARG(text)));
    char zero[64] = {0};
    REFUSED(forge_join(a, text, (ch_str){zero, sizeof zero}));
    ck_assert_int_eq(now(token), CH_OK);
}
END_TEST

START_TEST(degenerate_signatures_are_refused)
{
    setup();
    ch_str text = forge_text(a, FORGE_HEADER, forge_claims(a, ""));
    char zero[64] = {0}, ones[64], one[64] = {0}, order[64];
    static const unsigned char n[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0,    0,    0,    0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
    memset(ones, 0xFF, sizeof ones);
    one[31] = one[63] = 1;
    memcpy(order, n, 32);
    memcpy(order + 32, n, 32);
    char *all[] = {zero, ones, one, order}; /* CVE-2022-21449 and its relations */
    for (size_t i = 0; i < 4; i++) REFUSED(forge_join(a, text, (ch_str){all[i], 64}));
    REFUSED(forge_join(a, text, CH_STR("")));
    ch_str raw = forge_raw(a, ours, text);
    REFUSED(forge_join(a, text, ch_str_first(raw, 63)));
    REFUSED(forge_join(a, text, ch_arena_printf(a, "%.*s%c", CH_ARG(raw), 'x')));
}
END_TEST

START_TEST(der_in_place_of_raw_is_refused)
{
    setup();
    ch_str text = forge_text(a, FORGE_HEADER, forge_claims(a, ""));
    REFUSED(forge_join(a, text, forge_der(a, ours, text)));
}
END_TEST

START_TEST(headers_that_bring_their_own_key_are_refused)
{
    setup();
    ch_str jwk = forge_jwk(a, other, "one", "P-256");
    const char *more[] = {"\"jku\":\"https://evil.example/jwks\"",
                          "\"x5u\":\"https://evil.example\"",
                          "\"x5c\":[\"MIIB\"]",
                          "\"x5t\":\"AA\"",
                          "\"crit\":[\"exp\"]",
                          "\"b64\":false",
                          "\"zip\":\"DEF\"",
                          "\"cty\":\"JWT\"",
                          "\"enc\":\"A128GCM\"",
                          ch_arena_printf(a, "\"jwk\":%.*s", CH_ARG(jwk)).p};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        ch_str header = ch_arena_printf(a, "{\"alg\":\"ES256\",\"kid\":\"one\",%s}", more[i]);
        REFUSED(forge_token(a, other, header.p, forge_claims(a, "")));
        REFUSED(forge_token(a, ours, header.p, forge_claims(a, "")));
    }
}
END_TEST

START_TEST(a_field_twice_is_refused)
{
    setup();
    REFUSED(forge_token(a, ours, "{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"one\"}", forge_claims(a, "")));
    REFUSED(forge_token(a, ours, "{\"alg\":\"ES256\",\"kid\":\"one\",\"kid\":\"one\"}", forge_claims(a, "")));
    REFUSED(forge_token(a, ours, FORGE_HEADER, forge_claims(a, ",\"sub\":\"client-2\"")));
}
END_TEST

START_TEST(overlong_tokens_are_refused_unread)
{
    setup();
    char *much = ch_arena_alloc(a, 4001);
    memset(much, 'x', 4000);
    REFUSED(forge_token(a, ours, FORGE_HEADER, forge_claims(a, ch_arena_printf(a, ",\"more\":\"%s\"", much).p)));
    char *dots = ch_arena_alloc(a, 4001);
    memset(dots, '.', 4000);
    REFUSED(((ch_str){dots, 4000}));
}
END_TEST

START_TEST(keys_that_are_none_are_not_taken)
{
    setup();
    EVP_PKEY *big = forge_key("P-384"), *bitcoin = forge_key("secp256k1");
    ch_tokens *empty = forge_keep(ch_tokens_open(CH_STR(FORGE_ISSUER), CH_STR(FORGE_AUDIENCE), CH_STR(""), NULL));
    ch_str point = forge_point(a, ours);
    char *bent = ch_arena_z(a, point);
    bent[6] = bent[6] == 'A' ? 'B' : 'A'; /* x is another: off the curve */
    ch_str bad[] = {
        CH_STR(""),
        CH_STR("{"),
        CH_STR("[]"),
        CH_STR("{\"keys\":[]}"),
        CH_STR("{\"keys\":{}}"),
        CH_STR("{\"keys\":[1,null,\"x\",{}]}"),
        ch_arena_printf(a, "{\"keys\":[%.*s]}", CH_ARG(forge_jwk(a, big, "one", "P-384"))),
        ch_arena_printf(a, "{\"keys\":[%.*s]}", CH_ARG(forge_jwk(a, big, "one", "P-256"))),
        ch_arena_printf(a, "{\"keys\":[%.*s]}", CH_ARG(forge_jwk(a, ours, "one", "P-384"))),
        ch_arena_printf(a, "{\"keys\":[%.*s]}", CH_ARG(forge_jwk(a, bitcoin, "one", "P-256"))),
        ch_arena_printf(a, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"one\",%s}]}", bent),
        ch_arena_printf(a, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"\",%.*s}]}", CH_ARG(point)),
        ch_arena_printf(a, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",%.*s}]}", CH_ARG(point)),
        ch_arena_printf(a, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"one\",%.*s}]}", CH_ARG(point)),
        ch_arena_printf(a, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"enc\",\"kid\":\"one\",%.*s}]}", CH_ARG(point)),
        ch_arena_printf(a, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ECDH-ES\",\"kid\":\"one\",%.*s}]}", CH_ARG(point)),
        CH_STR("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"one\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
               "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(ch_tokens_add_jwks(empty, bad[i]) == CH_MALFORMED, "%.*s", CH_ARG(bad[i]));
    /* Nothing of that took the place of good keys either. */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ch_tokens_add_jwks(tokens, bad[i]);
    ck_assert_int_eq(now(good()), CH_OK);
}
END_TEST

START_TEST(a_withdrawn_key_ends_the_tokens_seen_before)
{
    setup();
    ch_str token = good();
    ck_assert_int_eq(now(token), CH_OK);
    ck_assert_int_eq(ch_tokens_add_jwks(tokens, forge_jwks(a, other, "two")), CH_OK);
    REFUSED(token);
    ck_assert_int_eq(ch_tokens_add_jwks(tokens, forge_jwks(a, other, "one")), CH_OK); /* the same kid, another key */
    REFUSED(token);
}
END_TEST

UNIT_MAIN("token", a_good_token_tells_who_asks, alg_none_is_refused, hs256_with_the_public_key_as_the_secret_is_refused,
          other_algorithms_are_refused_even_when_rightly_signed, without_keys_nothing_passes, another_key_or_kid_is_refused,
          two_keys_each_check_their_own, time_is_kept_to_the_second, a_token_seen_before_still_ends, wrong_claims_are_refused,
          a_token_may_not_live_for_ever, a_claim_of_a_newer_identity_is_passed_over, every_changed_byte_is_noticed, every_shorter_token_is_refused,
          the_cache_is_not_fooled_by_the_same_header_and_claims, degenerate_signatures_are_refused, der_in_place_of_raw_is_refused,
          headers_that_bring_their_own_key_are_refused, a_field_twice_is_refused, overlong_tokens_are_refused_unread,
          keys_that_are_none_are_not_taken, a_withdrawn_key_ends_the_tokens_seen_before)
