#include "auth/token.h"

#include <curl/curl.h>
#include <dirent.h>
#include <jwt.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/log.h"
#include "data/json.h"

enum { KEYS_MAX = 16, SEEN = 1 << 12, TOKEN_MAX = 4096, KID_MAX = 64, JWKS_MAX = 64 << 10, REVOKED_MAX = 1024, LEEWAY_S = 0 };

CH_TABLE(ch_claims_table, ch_claims, "An access token's claims", CH_ROW(ch_claims, iss, CH_F_STR), CH_ROW(ch_claims, aud, CH_F_STR),
         CH_ROW(ch_claims, sub, CH_F_STR), CH_ROW(ch_claims, jti, CH_F_STR), CH_ROW(ch_claims, organisation, CH_F_STR),
         CH_ROW(ch_claims, organisation_name, CH_F_STR), CH_ROW(ch_claims, scope, CH_F_STR), CH_ROW(ch_claims, exp, CH_F_INT),
         CH_ROW(ch_claims, nbf, CH_F_INT), CH_ROW(ch_claims, iat, CH_F_INT));

typedef struct key {
    char kid[KID_MAX + 1];
    EVP_PKEY *pkey;
} key;

/* A token that passed before: its digest, and the claims as JSON. A slot is replaced by whatever hashes to it. */
typedef struct seen {
    unsigned char digest[32];
    int64_t exp;
    char *payload;
    size_t n;
} seen;

struct ch_tokens {
    ch_str issuer, audience;
    char *jwks_url;
    ch_redis *redis;
    pthread_rwlock_t lock; /* keys, seen, revoked */
    key keys[KEYS_MAX];
    size_t n_keys;
    seen *seen;
    uint64_t revoked[REVOKED_MAX];
    size_t n_revoked;
    pthread_mutex_t fetching;
    ch_time fetched_at, polled_at;
};

static ch_str keep(ch_str s)
{
    char *p = strndup(s.p, s.n);
    if (!p) abort();
    return (ch_str){p, s.n};
}

ch_tokens *ch_tokens_open(ch_str issuer, ch_str audience, ch_str jwks_url, ch_redis *redis)
{
    ch_tokens *t = calloc(1, sizeof *t);
    if (!t || !(t->seen = calloc(SEEN, sizeof *t->seen))) abort();
    t->issuer = keep(issuer);
    t->audience = keep(audience);
    t->jwks_url = jwks_url.n ? (char *)(uintptr_t)keep(jwks_url).p : NULL;
    t->redis = redis;
    pthread_rwlock_init(&t->lock, NULL);
    pthread_mutex_init(&t->fetching, NULL);
    return t;
}

/* ---- keys */

/* A P-256 public key from its coordinates (RFC 7518 section 6.2.1); OpenSSL refuses a point that is not on the curve. */
static EVP_PKEY *key_of(ch_str x, ch_str y)
{
    unsigned char point[65] = {4};
    EVP_PKEY *pkey = NULL;
    if (x.n != 32 || y.n != 32) return NULL;
    memcpy(point + 1, x.p, 32);
    memcpy(point + 33, y.p, 32);
    char group[] = "P-256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point), OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0 || EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) <= 0) pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static bool read_key(ch_arena *a, ch_json *j, key *out)
{
    ch_str kid = ch_json_str(j, "kid"), x, y;
    bool ours = ch_str_is(ch_json_str(j, "kty"), "EC") && ch_str_is(ch_json_str(j, "crv"), "P-256") && kid.n && kid.n <= KID_MAX;
    if (!ours || !ch_base64url_decode(a, ch_json_str(j, "x"), &x) || !ch_base64url_decode(a, ch_json_str(j, "y"), &y)) return false;
    *out = (key){.pkey = key_of(x, y)};
    memcpy(out->kid, kid.p, kid.n);
    return out->pkey != NULL;
}

ch_err ch_tokens_add_jwks(ch_tokens *t, ch_str jwks)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_json *list = ch_json_get(ch_json_parse(a, jwks), "keys"), *one;
    key fresh[KEYS_MAX];
    size_t n = 0;
    if (!list) return CH_MALFORMED;
    for (size_t i = 0; n < KEYS_MAX && (one = ch_json_at(list, i)); i++) n += read_key(a, one, &fresh[n]);
    if (!n) return CH_MALFORMED;
    pthread_rwlock_wrlock(&t->lock);
    for (size_t i = 0; i < t->n_keys; i++) EVP_PKEY_free(t->keys[i].pkey);
    memcpy(t->keys, fresh, n * sizeof *fresh);
    t->n_keys = n;
    pthread_rwlock_unlock(&t->lock);
    return CH_OK;
}

static size_t gather(char *p, size_t size, size_t n, void *to)
{
    ch_buf *b = to;
    if (b->n + size * n > JWKS_MAX) return 0;
    ch_buf_put(b, (ch_str){p, size * n});
    return size * n;
}

static bool fetch(const char *url, ch_buf *out)
{
    long status = 0;
    CURL *curl = curl_easy_init();
    if (!curl) return false;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 2000L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, gather);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    bool fine = curl_easy_perform(curl) == CURLE_OK && curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status == 200;
    curl_easy_cleanup(curl);
    return fine;
}

/* At most once a second, whoever asks; the others wait for that one. */
static void refetch(ch_tokens *t, ch_time now)
{
    if (!t->jwks_url) return;
    pthread_mutex_lock(&t->fetching);
    if (now - t->fetched_at >= CH_SECOND || now < t->fetched_at) {
        ch_buf body = {0};
        t->fetched_at = now;
        if (!fetch(t->jwks_url, &body) || ch_tokens_add_jwks(t, ch_buf_str(&body))) CH_LOG(CH_WARN, "jwks_not_fetched");
        ch_buf_free(&body);
    }
    pthread_mutex_unlock(&t->fetching);
}

/* A reference of its own, since the keys may change meanwhile. */
static EVP_PKEY *find_key(ch_tokens *t, ch_str kid)
{
    EVP_PKEY *found = NULL;
    pthread_rwlock_rdlock(&t->lock);
    for (size_t i = 0; i < t->n_keys && !found; i++)
        if (ch_str_is(kid, t->keys[i].kid)) found = t->keys[i].pkey;
    if (found) EVP_PKEY_up_ref(found);
    pthread_rwlock_unlock(&t->lock);
    return found;
}

/* ---- revocation */

static bool is_revoked(ch_tokens *t, ch_str id)
{
    uint64_t h = ch_hash(id);
    for (size_t i = 0; i < t->n_revoked; i++)
        if (t->revoked[i] == h) return true;
    return false;
}

static void poll_revoked(ch_tokens *t, ch_arena *a, ch_time now)
{
    ch_reply reply;
    if (!t->redis || now - __atomic_load_n(&t->polled_at, __ATOMIC_RELAXED) < CH_SECOND) return;
    __atomic_store_n(&t->polled_at, now, __ATOMIC_RELAXED);
    if (CH_REDIS(t->redis, a, &reply, CH_STR("SMEMBERS"), CH_STR("revoked")) || reply.kind != CH_REPLY_LIST) return;
    pthread_rwlock_wrlock(&t->lock);
    t->n_revoked = 0;
    for (size_t i = 0; i < reply.n && t->n_revoked < REVOKED_MAX; i++) t->revoked[t->n_revoked++] = ch_hash(reply.items[i].s);
    pthread_rwlock_unlock(&t->lock);
}

/* ---- checking */

typedef struct parts {
    ch_str header, payload, signature, signed_part;
} parts;

static bool split(ch_arena *a, ch_str token, parts *out)
{
    ch_str rest = token, h, p, s;
    if (token.n > TOKEN_MAX || !ch_str_split(&rest, '.', &h) || !ch_str_split(&rest, '.', &p) || !ch_str_split(&rest, '.', &s) || rest.p)
        return false;
    out->signed_part = ch_str_first(token, h.n + 1 + p.n);
    return ch_base64url_decode(a, h, &out->header) && ch_base64url_decode(a, p, &out->payload) && ch_base64url_decode(a, s, &out->signature);
}

typedef struct header {
    ch_presence seen;
    ch_str alg, kid, typ;
} header;
/* A header with anything else in it (jwk, x5c, crit, jku) is refused: the table knows no such field. */
CH_TABLE(header_table, header, "A token's header", CH_ROW(header, alg, CH_F_STR, .flags = CH_REQUIRED),
         CH_ROW(header, kid, CH_F_STR, .max = KID_MAX, .flags = CH_REQUIRED), CH_ROW(header, typ, CH_F_STR));

/* r and s, 32 bytes each, to the DER that EVP wants (RFC 7518 section 3.4). */
static bool verify(EVP_PKEY *pkey, ch_str text, ch_str signature)
{
    unsigned char *der = NULL;
    if (signature.n != 64) return false;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn((const unsigned char *)signature.p, 32, NULL), *s = BN_bin2bn((const unsigned char *)signature.p + 32, 32, NULL);
    if (!sig || !r || !s || !ECDSA_SIG_set0(sig, r, s)) abort();
    int n = i2d_ECDSA_SIG(sig, &der);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool fine = n > 0 && ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, pkey) == 1 &&
                EVP_DigestVerify(ctx, der, (size_t)n, (const unsigned char *)text.p, text.n) == 1;
    EVP_MD_CTX_free(ctx);
    ECDSA_SIG_free(sig);
    OPENSSL_free(der);
    return fine;
}

static ch_err check_signature(ch_tokens *t, ch_arena *a, const parts *p, ch_time now)
{
    header h = {0};
    ch_faults faults = {.arena = a};
    if (ch_json_read(a, p->header, &header_table, &h, CH_ALL, &faults) || !ch_str_is(h.alg, "ES256")) return CH_UNAUTHENTICATED;
    EVP_PKEY *pkey = find_key(t, h.kid);
    if (!pkey) {
        refetch(t, now);
        pkey = find_key(t, h.kid);
    }
    if (!pkey) return t->n_keys ? CH_UNAUTHENTICATED : CH_UNAVAILABLE;
    bool fine = verify(pkey, p->signed_part, p->signature);
    EVP_PKEY_free(pkey);
    return fine ? CH_OK : CH_UNAUTHENTICATED;
}

static ch_err check_claims(ch_tokens *t, const ch_claims *c, ch_time now)
{
    int64_t s = now / 1000;
    bool fine = c->exp > s - LEEWAY_S && c->nbf <= s + LEEWAY_S && ch_str_eq(c->iss, t->issuer) && ch_str_eq(c->aud, t->audience) && c->sub.n;
    return fine ? CH_OK : CH_UNAUTHENTICATED;
}

static ch_err read_claims(ch_arena *a, ch_str payload, ch_claims *out)
{
    ch_faults faults = {.arena = a};
    *out = (ch_claims){0};
    return ch_json_read(a, payload, &ch_claims_table, out, 0, &faults) ? CH_UNAUTHENTICATED : CH_OK;
}

static seen *slot_of(ch_tokens *t, ch_str digest)
{
    uint64_t h;
    memcpy(&h, digest.p, sizeof h);
    return &t->seen[h % SEEN];
}

static bool recall(ch_tokens *t, ch_arena *a, ch_str digest, ch_str *payload)
{
    pthread_rwlock_rdlock(&t->lock);
    const seen *s = slot_of(t, digest);
    bool found = s->payload && memcmp(s->digest, digest.p, 32) == 0;
    if (found) *payload = ch_arena_str(a, (ch_str){s->payload, s->n});
    pthread_rwlock_unlock(&t->lock);
    return found;
}

static void remember(ch_tokens *t, ch_str digest, ch_str payload, int64_t exp)
{
    pthread_rwlock_wrlock(&t->lock);
    seen *s = slot_of(t, digest);
    free(s->payload);
    *s = (seen){.exp = exp, .payload = (char *)(uintptr_t)keep(payload).p, .n = payload.n};
    memcpy(s->digest, digest.p, 32);
    pthread_rwlock_unlock(&t->lock);
}

static bool revoked(ch_tokens *t, ch_arena *a, const ch_claims *c, ch_time now)
{
    poll_revoked(t, a, now);
    pthread_rwlock_rdlock(&t->lock);
    bool is = t->n_revoked && (is_revoked(t, c->sub) || is_revoked(t, c->jti));
    pthread_rwlock_unlock(&t->lock);
    return is;
}

ch_err ch_token_verify(ch_tokens *t, ch_arena *a, ch_str token, ch_time now, ch_claims *out)
{
    ch_str payload, digest = ch_digest(a, token);
    parts p;
    bool known = token.n <= TOKEN_MAX && recall(t, a, digest, &payload);
    if (!known) {
        if (!split(a, token, &p)) return CH_UNAUTHENTICATED;
        CH_TRY(check_signature(t, a, &p, now));
        payload = p.payload;
    }
    CH_TRY(read_claims(a, payload, out));
    CH_TRY(check_claims(t, out, now));
    if (revoked(t, a, out, now)) return CH_UNAUTHENTICATED;
    if (!known) remember(t, digest, payload, out->exp);
    return CH_OK;
}

void ch_token_principal(const ch_claims *c, ch_arena *a, ch_principal *out)
{
    ch_membership *m = CH_NEW(a, ch_membership);
    *m = (ch_membership){.organisation = c->organisation, .name = c->organisation_name};
    *out = (ch_principal){.kind = CH_CLIENT, .id = c->sub, .name = c->organisation_name, .memberships = m, .n = c->organisation.n ? 1 : 0,
                          .roles = CH_ROLE_PARTNER};
}

/* ---- identity's side */

struct ch_signer {
    char kid[KID_MAX + 1];
    char *pem;
    size_t pem_length;
    ch_str jwks;
};

static void put_coordinate(ch_buf *b, const char *name, const unsigned char *bytes)
{
    ch_buf_printf(b, ",\"%s\":\"", name);
    ch_put_base64url(b, (ch_str){(const char *)bytes, 32});
    ch_buf_char(b, '"');
}

static bool put_jwk(ch_buf *b, const char *kid, ch_str pem)
{
    unsigned char point[65];
    size_t n = 0;
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    bool fine = pkey && EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) == 1 && n == 65 && point[0] == 4;
    if (fine) {
        if (b->p[b->n - 1] == '}') ch_buf_char(b, ',');
        ch_buf_printf(b, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":\"%s\"", kid);
        put_coordinate(b, "x", point + 1);
        put_coordinate(b, "y", point + 33);
        ch_buf_char(b, '}');
    }
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    return fine;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_key_file(const struct dirent *e)
{
    ch_str name = ch_str_of(e->d_name);
    return ch_str_starts(name, CH_STR("signing-")) && ch_str_ends(name, CH_STR(".pem")) && name.n <= KID_MAX + 12;
}

static void load_key(ch_signer *s, ch_str dir, const char *file, ch_buf *jwks)
{
    char path[1024], text[4096];
    ch_str name = ch_str_of(file);
    snprintf(path, sizeof path, "%.*s/%s", CH_ARG(dir), file);
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(text, 1, sizeof text, f) : 0;
    if (f) fclose(f);
    char kid[KID_MAX + 1];
    snprintf(kid, sizeof kid, "%.*s", (int)(name.n - 12), file + 8);
    if (!put_jwk(jwks, kid, (ch_str){text, n})) return;
    free(s->pem);
    s->pem = (char *)(uintptr_t)keep((ch_str){text, n}).p;
    s->pem_length = n;
    memcpy(s->kid, kid, sizeof kid);
}

ch_signer *ch_signer_open(ch_str key_dir)
{
    struct dirent **list;
    ch_buf jwks = {0};
    ch_signer *s = calloc(1, sizeof *s);
    if (!s) abort();
    char dir[1024];
    snprintf(dir, sizeof dir, "%.*s", CH_ARG(key_dir));
    int n = scandir(dir, &list, is_key_file, by_name);
    ch_buf_put(&jwks, CH_STR("{\"keys\":["));
    for (int i = 0; i < n; i++) {
        load_key(s, key_dir, list[i]->d_name, &jwks);
        free(list[i]);
    }
    if (n >= 0) free(list);
    ch_buf_put(&jwks, CH_STR("]}"));
    s->jwks = keep(ch_buf_str(&jwks));
    ch_buf_free(&jwks);
    if (s->pem) return s;
    CH_LOG(CH_ERROR, "no_signing_key");
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
                !jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)s->pem, (int)s->pem_length) && (text = jwt_encode_str(jwt));
    if (fine) *out = ch_arena_str(a, ch_str_of(text));
    free(text);
    jwt_free(jwt);
    return fine ? CH_OK : CH_INTERNAL;
}

ch_str ch_signer_jwks(const ch_signer *s)
{
    return s->jwks;
}
