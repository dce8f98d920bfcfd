/* Identity's side: what is signed passes the check; keys of any other kind are left out. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/token.h"
#include "forge.h"
#include "unit.h"

static char dir[] = "/tmp/commonhire-keys-XXXXXX";
static ch_arena *a;

static void setup(void)
{
    a = forge_keep(ch_arena_new(4096));
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void teardown(void)
{
    DIR *d = opendir(dir);
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    rmdir(dir);
}

static void put(const char *name, ch_str text)
{
    FILE *f = fopen(ch_arena_printf(a, "%s/%s", dir, name).p, "wb");
    ck_assert_ptr_nonnull(f);
    fwrite(text.p, 1, text.n, f);
    fclose(f);
}

static void put_key(const char *name, const char *curve) { put(name, forge_pem(a, forge_key(curve), 1)); }

static ch_claims claims(void)
{
    return (ch_claims){.iss = CH_STR(FORGE_ISSUER),
                       .aud = CH_STR(FORGE_AUDIENCE),
                       .sub = CH_STR("client-1"),
                       .jti = CH_STR("j"),
                       .organisation = CH_STR("org-1"),
                       .organisation_name = CH_STR("Llanfair <Surgery> \"& Sons\""),
                       .iat = FORGE_NOW,
                       .nbf = FORGE_NOW,
                       .exp = FORGE_NOW + 300};
}

static ch_tokens *checker(ch_signer *s)
{
    ch_tokens *t = forge_keep(ch_tokens_open(CH_STR(FORGE_ISSUER), CH_STR(FORGE_AUDIENCE), CH_STR(""), NULL));
    ck_assert_int_eq(ch_tokens_add_jwks(t, ch_signer_jwks(s)), CH_OK);
    return t;
}

START_TEST(what_is_signed_passes)
{
    ch_str token;
    ch_claims c = claims(), back;
    setup();
    put_key("signing-2026.pem", "P-256");
    ch_signer *s = forge_keep(ch_signer_open(ch_str_of(dir)));
    ck_assert_ptr_nonnull(s);
    ck_assert_int_eq(ch_token_sign(s, a, &c, &token), CH_OK);
    ck_assert_int_eq(ch_token_verify(checker(s), a, token, FORGE_NOW * CH_SECOND, &back), CH_OK);
    ck_assert(ch_str_eq(back.organisation_name, c.organisation_name));
    ck_assert(ch_str_eq(back.jti, c.jti) && ch_str_eq(back.sub, c.sub) && back.exp == c.exp && back.scope.n == 0);
    /* A hundred, since a signature's r or s is short in one of 128 and has to be padded. */
    for (int i = 0; i < 100; i++) {
        c.jti = ch_arena_printf(a, "%d", i);
        ck_assert_int_eq(ch_token_sign(s, a, &c, &token), CH_OK);
        ck_assert_int_eq(ch_token_verify(checker(s), a, token, FORGE_NOW * CH_SECOND, &back), CH_OK);
    }
    teardown();
}
END_TEST

START_TEST(the_last_key_signs_and_all_are_published)
{
    ch_str token, header, rest;
    ch_claims c = claims(), back;
    setup();
    put_key("signing-2026-02.pem", "P-256");
    put_key("signing-2026-01.pem", "P-256");
    ch_signer *s = forge_keep(ch_signer_open(ch_str_of(dir)));
    ck_assert_int_eq(ch_token_sign(s, a, &c, &token), CH_OK);
    rest = token;
    ch_str_split(&rest, '.', &header);
    ck_assert(ch_base64url_decode(a, header, &header));
    ck_assert_int_ge(ch_str_find(header, CH_STR("\"2026-02\"")), 0);
    ck_assert_int_ge(ch_str_find(ch_signer_jwks(s), CH_STR("\"2026-01\"")), 0);
    ck_assert_int_lt(ch_str_find(ch_signer_jwks(s), CH_STR("\"d\"")), 0);
    ck_assert_int_eq(ch_token_verify(checker(s), a, token, FORGE_NOW * CH_SECOND, &back), CH_OK);
    teardown();
}
END_TEST

START_TEST(other_files_are_no_keys)
{
    setup();
    put_key("signing-p384.pem", "P-384");
    put_key("signing-k1.pem", "secp256k1"); /* a point as long as ours */
    put_key("signing-.pem", "P-256");
    put_key("signing-a\"b.pem", "P-256");
    put_key("other.pem", "P-256");
    put("signing-public.pem", forge_pem(a, forge_key("P-256"), 0));
    put("signing-empty.pem", CH_STR(""));
    put("signing-garbage.pem", CH_STR("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
    ck_assert_ptr_null(ch_signer_open(ch_str_of(dir)));
    ck_assert_ptr_null(ch_signer_open(CH_STR("/nonexistent")));
    teardown();
}
END_TEST

UNIT_MAIN("signer", what_is_signed_passes, the_last_key_signs_and_all_are_published, other_files_are_no_keys)
