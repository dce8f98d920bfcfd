#include "auth/token.h"

#include <dirent.h>
#include <jwt.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "auth/token_keys.h"
#include "auth/token_seen.h"
#include "base/log.h"
#include "data/json.h"

enum { TOKEN_MAX = 4096, COORDINATE = 32, PEM_MAX = 4096 };

CH_TABLE(ch_claims_table, ch_claims, "An access token's claims", CH_ROW(ch_claims, iss, CH_F_STR), CH_ROW(ch_claims, aud, CH_F_STR),
         CH_ROW(ch_claims, sub, CH_F_STR), CH_ROW(ch_claims, jti, CH_F_STR), CH_ROW(ch_claims, organisation, CH_F_STR),
         CH_ROW(ch_claims, organisation_name, CH_F_STR), CH_ROW(ch_claims, scope, CH_F_STR), CH_ROW(ch_claims, exp, CH_F_INT),
         CH_ROW(ch_claims, nbf, CH_F_INT), CH_ROW(ch_claims, iat, CH_F_INT));

struct ch_tokens {
    ch_str issuer, audience;
    ch_keys *keys;
    ch_seen *seen;
    ch_revoked *revoked;
};

static ch_str keep(ch_str s)
{
    char *p = malloc(s.n + 1);
    if (!p) abort();
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return (ch_str){p, s.n};
}

ch_tokens *ch_tokens_open(ch_str issuer, ch_str audience, ch_str jwks_url, ch_redis *redis)
{
    ch_tokens *t = calloc(1, sizeof *t);
    if (!t) abort();
    *t = (ch_tokens){keep(issuer), keep(audience), ch_keys_open(jwks_url), ch_seen_new(), ch_revoked_new(redis)};
    return t;
}

ch_err ch_tokens_add_jwks(ch_tokens *t, ch_str jwks) { return ch_keys_add(t->keys, jwks); }

/* ---- checking */

typedef struct parts {
    ch_str header, payload, signature, signed_part;
} parts;

static bool split(ch_arena *a, ch_str token, parts *out)
{
    ch_str rest = token, h, p, s;
    if (!ch_str_split(&rest, '.', &h) || !ch_str_split(&rest, '.', &p) || !ch_str_split(&rest, '.', &s) || rest.p) return false;
    out->signed_part = ch_str_first(token, h.n + 1 + p.n);
    return ch_base64url_decode(a, h, &out->header) && ch_base64url_decode(a, p, &out->payload) && ch_base64url_decode(a, s, &out->signature);
}

typedef struct header {
    ch_presence seen;
    ch_str alg, kid, typ;
} header;
/* Read strictly: a header with anything else in it (jwk, x5c, crit, jku) is refused, for the table knows no such field. */
CH_TABLE(header_table, header, "A token's header", CH_ROW(header, alg, CH_F_STR, .flags = CH_REQUIRED),
         CH_ROW(header, kid, CH_F_STR, .max = CH_KID_MAX, .flags = CH_REQUIRED), CH_ROW(header, typ, CH_F_STR));

static ch_err check_signature(ch_tokens *t, ch_arena *a, const parts *p)
{
    header h = {0};
    ch_faults faults = {.arena = a};
    if (ch_json_read(a, p->header, &header_table, &h, CH_ALL, &faults) || !ch_str_is(h.alg, "ES256")) return CH_UNAUTHENTICATED;
    return ch_keys_verify(t->keys, h.kid, p->signed_part, p->signature);
}

static bool claims_hold(const ch_tokens *t, const ch_claims *c, ch_time now)
{
    int64_t s = now / 1000;
    return c->exp > s && c->exp - s <= CH_TOKEN_LONGEST_S && c->nbf <= s && ch_str_eq(c->iss, t->issuer) && ch_str_eq(c->aud, t->audience) &&
           c->sub.n;
}

static ch_err check_new(ch_tokens *t, ch_arena *a, ch_str token, ch_claims *out)
{
    parts p;
    if (!split(a, token, &p)) return CH_UNAUTHENTICATED;
    CH_TRY(check_signature(t, a, &p));
    return ch_json_read_own(a, p.payload, &ch_claims_table, out) ? CH_OK : CH_UNAUTHENTICATED;
}

ch_err ch_token_verify(ch_tokens *t, ch_arena *a, ch_str token, ch_time now, ch_claims *out)
{
    *out = (ch_claims){0};
    if (token.n > TOKEN_MAX) return CH_UNAUTHENTICATED;
    ch_token_digest digest = ch_token_digest_of(token);
    /* Read before the check: a key withdrawn during it leaves nothing behind. */
    uint64_t generation = ch_keys_generation(t->keys);
    bool known = ch_seen_find(t->seen, &digest, generation, a, out);
    if (!known) CH_TRY(check_new(t, a, token, out));
    if (!claims_hold(t, out, now) || ch_revoked_has(t->revoked, out->sub, out->jti)) return CH_UNAUTHENTICATED;
    if (!known) ch_seen_put(t->seen, &digest, generation, out);
    return CH_OK;
}

static bool has_scope(ch_str scopes, const char *one)
{
    ch_str word;
    while (ch_str_split(&scopes, ' ', &word))
        if (ch_str_is(word, one)) return true;
    return false;
}

void ch_token_principal(const ch_claims *c, ch_arena *a, ch_principal *out)
{
    ch_membership *m = CH_NEW(a, ch_membership);
    bool may = c->organisation.n && has_scope(c->scope, "vacancies");
    *m = (ch_membership){.organisation = c->organisation, .name = c->organisation_name};
    *out = (ch_principal){
        .kind = CH_CLIENT, .id = c->sub, .name = c->organisation_name, .memberships = m, .n = may ? 1 : 0, .roles = may ? CH_ROLE_PARTNER : 0};
}

/* ---- identity's side */

struct ch_signer {
    char kid[CH_KID_MAX + 1]; /* of the key that signs */
    ch_str pem;
    ch_str jwks;
};

static void put_coordinate(ch_buf *b, const char *name, const unsigned char *bytes)
{
    ch_buf_printf(b, ",\"%s\":\"", name);
    ch_put_base64url(b, (ch_str){(const char *)bytes, COORDINATE});
    ch_buf_char(b, '"');
}

/* The public point of a private P-256 key; other curves have points of the same length. */
static bool read_point(ch_str pem, unsigned char point[1 + 2 * COORDINATE])
{
    char group[32] = "";
    size_t n = 0;
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    bool fine = pkey && EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 && !strcmp(group, "prime256v1") &&
                EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * COORDINATE, &n) == 1 && n == 1 + 2 * COORDINATE &&
                point[0] == POINT_CONVERSION_UNCOMPRESSED;
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    if (!fine) ERR_clear_error();
    return fine;
}

static bool put_jwk(ch_buf *b, ch_str kid, ch_str pem)
{
    unsigned char point[1 + 2 * COORDINATE];
    if (!read_point(pem, point)) return false;
    if (b->p[b->n - 1] == '}') ch_buf_char(b, ',');
    ch_buf_put(b, CH_STR("{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":"));
    ch_put_json(b, kid);
    put_coordinate(b, "x", point + 1);
    put_coordinate(b, "y", point + 1 + COORDINATE);
    ch_buf_char(b, '}');
    return true;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

/* The kid of signing-<kid>.pem; empty for other files. */
static ch_str kid_of(const char *file)
{
    static const char prefix[] = "signing-", allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    ch_str name = ch_str_of(file), none = {"", 0};
    if (!ch_str_starts(name, ch_str_of(prefix)) || !ch_str_ends(name, CH_STR(".pem"))) return none;
    ch_str kid = ch_str_cut(name, sizeof prefix - 1);
    kid.n = kid.n > 4 ? kid.n - 4 : 0;
    return kid.n <= CH_KID_MAX && strspn(kid.p, allowed) == kid.n ? kid : none;
}

static int is_key_file(const struct dirent *e) { return kid_of(e->d_name).n > 0; }

static void load_key(ch_signer *s, const char *dir, const char *file, ch_buf *jwks)
{
    char path[1280], text[PEM_MAX];
    ch_str kid = kid_of(file);
    snprintf(path, sizeof path, "%s/%s", dir, file);
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(text, 1, sizeof text, f) : 0;
    if (f) fclose(f);
    if (put_jwk(jwks, kid, (ch_str){text, n})) {
        free((char *)(uintptr_t)s->pem.p);
        s->pem = keep((ch_str){text, n});
        memset(s->kid, 0, sizeof s->kid);
        memcpy(s->kid, kid.p, kid.n);
    } else CH_LOG(CH_WARN, "signing_key_unusable", CH_KS("kid", kid));
    OPENSSL_cleanse(text, sizeof text);
}

static void load_keys(ch_signer *s, const char *dir, ch_buf *jwks)
{
    struct dirent **list;
    int n = scandir(dir, &list, is_key_file, by_name);
    ch_buf_put(jwks, CH_STR("{\"keys\":["));
    for (int i = 0; i < n; i++) {
        load_key(s, dir, list[i]->d_name, jwks);
        free(list[i]);
    }
    if (n >= 0) free(list);
    ch_buf_put(jwks, CH_STR("]}"));
}

ch_signer *ch_signer_open(ch_str key_dir)
{
    char dir[900];
    ch_buf jwks = {0};
    ch_signer *s = calloc(1, sizeof *s);
    if (!s) abort();
    snprintf(dir, sizeof dir, "%.*s", CH_ARG(key_dir));
    load_keys(s, dir, &jwks);
    if (s->pem.p) {
        s->jwks = ch_buf_str(&jwks);
        return s;
    }
    CH_LOG(CH_ERROR, "no_signing_key");
    ch_buf_free(&jwks);
    free(s);
    return NULL;
}

ch_err ch_token_sign(ch_signer *s, ch_arena *a, const ch_claims *c, ch_str *out)
{
    jwt_t *jwt = NULL;
    char *text = NULL;
    ch_buf claims = ch_buf_in(a);
    ch_json_write(&claims, &ch_claims_table, c, 0);
    if (jwt_new(&jwt)) return CH_INTERNAL;
    bool fine = !jwt_add_grants_json(jwt, ch_arena_z(a, ch_buf_str(&claims))) && !jwt_add_header(jwt, "kid", s->kid) &&
                !jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)s->pem.p, (int)s->pem.n) && (text = jwt_encode_str(jwt));
    if (fine) *out = ch_arena_str(a, ch_str_of(text));
    free(text);
    jwt_free(jwt);
    return fine ? CH_OK : CH_INTERNAL;
}

ch_str ch_signer_jwks(const ch_signer *s) { return s->jwks; }

ch_err ch_token_revoke(ch_redis *r, ch_arena *a, ch_str id)
{
    /* The set goes when nothing was revoked for twice a token's longest life, so that it does not grow for ever. */
    const ch_str add[] = {CH_STR("SADD"), CH_STR("revoked"), id};
    const ch_str expire[] = {CH_STR("EXPIRE"), CH_STR("revoked"), ch_arena_printf(a, "%d", 2 * CH_TOKEN_LONGEST_S)};
    ch_reply replies[2];
    return ch_redis_pipeline(r, a, (const ch_command[]){{add, 3}, {expire, 3}}, 2, replies);
}
