#include "auth/token_keys.h"

#include <curl/curl.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "auth/rwlock.h"
#include "base/clock.h"
#include "base/log.h"
#include "data/json.h"

enum { KEYS_MAX = 16, JWKS_MAX = 64 << 10, FETCH_MS = 2000, CONNECT_MS = 500, WAIT_MS = 300, COORDINATE = 32 };
static const int64_t between_fetches = 1000000000, stale_after = 300 * (int64_t)1000000000; /* ns */

typedef struct key {
    char kid[CH_KID_MAX + 1];
    EVP_PKEY *pkey;
} key;

struct ch_keys {
    char *url;             /* NULL: none */
    pthread_rwlock_t lock; /* keys, n */
    key keys[KEYS_MAX];
    size_t n;
    _Atomic uint64_t generation;
    pthread_mutex_t fetching; /* held through a fetch; tried, failed */
    bool tried, failed;
    _Atomic int64_t tried_at; /* ticks: the caller's clock may be set back */
};

ch_keys *ch_keys_open(ch_str jwks_url)
{
    ch_keys *k = calloc(1, sizeof *k);
    if (!k || curl_global_init(CURL_GLOBAL_DEFAULT)) abort();
    if (jwks_url.n && !(k->url = strndup(jwks_url.p, jwks_url.n))) abort();
    ch_rwlock_init(&k->lock);
    pthread_mutex_init(&k->fetching, NULL);
    return k;
}

uint64_t ch_keys_generation(ch_keys *k) { return atomic_load(&k->generation); }

/* ---- JWKS */

/* A P-256 public key from its coordinates (RFC 7518 section 6.2.1); OpenSSL refuses a point that is not on the curve. */
static EVP_PKEY *key_of(ch_str x, ch_str y)
{
    unsigned char point[1 + 2 * COORDINATE] = {POINT_CONVERSION_UNCOMPRESSED};
    EVP_PKEY *pkey = NULL;
    if (x.n != COORDINATE || y.n != COORDINATE) return NULL;
    memcpy(point + 1, x.p, COORDINATE);
    memcpy(point + 1 + COORDINATE, y.p, COORDINATE);
    char group[] = "P-256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point), OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool fine = ctx && EVP_PKEY_fromdata_init(ctx) > 0 && EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) > 0;
    EVP_PKEY_CTX_free(ctx);
    if (fine) return pkey;
    EVP_PKEY_free(pkey);
    ERR_clear_error(); /* another user of this thread's queue (TLS) would take the fault for its own */
    return NULL;
}

static bool absent_or(ch_json *j, const char *name, const char *value) { return !ch_json_get(j, name) || ch_str_is(ch_json_str(j, name), value); }

static bool read_key(ch_arena *a, ch_json *j, key *out)
{
    ch_str kid = ch_json_str(j, "kid"), x, y;
    bool ours = ch_str_is(ch_json_str(j, "kty"), "EC") && ch_str_is(ch_json_str(j, "crv"), "P-256") && absent_or(j, "use", "sig") &&
                absent_or(j, "alg", "ES256") && kid.n && kid.n <= CH_KID_MAX;
    if (!ours || !ch_base64url_decode(a, ch_json_str(j, "x"), &x) || !ch_base64url_decode(a, ch_json_str(j, "y"), &y)) return false;
    *out = (key){.pkey = key_of(x, y)};
    memcpy(out->kid, kid.p, kid.n);
    return out->pkey != NULL;
}

static bool among(const key *one, const key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(one->kid, keys[i].kid)) return EVP_PKEY_eq(one->pkey, keys[i].pkey) == 1;
    return false;
}

static void replace(ch_keys *k, const key *fresh, size_t n)
{
    bool withdrawn = false;
    pthread_rwlock_wrlock(&k->lock);
    for (size_t i = 0; i < k->n; i++) {
        withdrawn |= !among(&k->keys[i], fresh, n);
        EVP_PKEY_free(k->keys[i].pkey);
    }
    memcpy(k->keys, fresh, n * sizeof *fresh);
    k->n = n;
    if (withdrawn) atomic_fetch_add(&k->generation, 1);
    pthread_rwlock_unlock(&k->lock);
}

ch_err ch_keys_add(ch_keys *k, ch_str jwks)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_json *list = ch_json_get(ch_json_parse(a, jwks), "keys"), *one;
    key fresh[KEYS_MAX];
    size_t n = 0;
    for (size_t i = 0; list && n < KEYS_MAX && (one = ch_json_at(list, i)); i++) n += read_key(a, one, &fresh[n]);
    if (!n) return CH_MALFORMED;
    replace(k, fresh, n);
    return CH_OK;
}

/* ---- fetching */

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
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)FETCH_MS);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*"); /* keys come from where they are said to be, not by way of the environment */
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, gather);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    bool fine = curl_easy_perform(curl) == CURLE_OK && curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status == 200;
    curl_easy_cleanup(curl);
    return fine;
}

/* With `fetching` held. */
static void fetch_now(ch_keys *k)
{
    ch_buf body = {0};
    k->failed = !fetch(k->url, &body) || ch_keys_add(k, ch_buf_str(&body));
    k->tried = true;
    atomic_store(&k->tried_at, ch_ticks()); /* after, so that whoever waited meanwhile takes what came */
    ch_buf_free(&body);
    if (k->failed) CH_LOG(CH_WARN, "jwks_not_fetched");
}

static int wait_for_fetch(ch_keys *k)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return pthread_mutex_timedlock(&k->fetching, &until);
}

/* The keys as they are now; those who ask while one fetches wait for it, but not so long that a slow answer takes every thread. */
static ch_err refetch(ch_keys *k)
{
    if (!k->url) return CH_OK;
    if (wait_for_fetch(k)) return CH_UNAVAILABLE;
    if (!k->tried || ch_ticks() - atomic_load(&k->tried_at) >= between_fetches) fetch_now(k);
    bool failed = k->failed;
    pthread_mutex_unlock(&k->fetching);
    return failed ? CH_UNAVAILABLE : CH_OK;
}

/* One thread renews old keys, the others go on with them. */
static void renew(ch_keys *k)
{
    int64_t at = atomic_load(&k->tried_at);
    if (!k->url || !at || ch_ticks() - at < stale_after || pthread_mutex_trylock(&k->fetching)) return;
    if (ch_ticks() - atomic_load(&k->tried_at) >= stale_after) fetch_now(k);
    pthread_mutex_unlock(&k->fetching);
}

/* ---- checking */

/* r and s to the DER that EVP wants (RFC 7518 section 3.4). The bytes are OpenSSL's to free; 0 when they are no signature. */
static int der_of(ch_str signature, unsigned char **der)
{
    if (signature.n != 2 * COORDINATE) return 0;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn((const unsigned char *)signature.p, COORDINATE, NULL);
    BIGNUM *s = BN_bin2bn((const unsigned char *)signature.p + COORDINATE, COORDINATE, NULL);
    if (!sig || !r || !s || !ECDSA_SIG_set0(sig, r, s)) abort();
    int n = i2d_ECDSA_SIG(sig, der);
    ECDSA_SIG_free(sig);
    return n;
}

static bool verify(EVP_PKEY *pkey, ch_str text, ch_str signature)
{
    unsigned char *der = NULL;
    int n = der_of(signature, &der);
    EVP_MD_CTX *ctx = n > 0 ? EVP_MD_CTX_new() : NULL;
    bool fine = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, pkey) == 1 &&
                EVP_DigestVerify(ctx, der, (size_t)n, (const unsigned char *)text.p, text.n) == 1;
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);
    if (!fine) ERR_clear_error();
    return fine;
}

typedef enum answer { NO_KEYS, UNKNOWN_KID, FORGED, GENUINE } answer;

/* The lock is held through the arithmetic, so that no key goes meanwhile: a writer waits microseconds, and there are few. */
static answer ask(ch_keys *k, ch_str kid, ch_str text, ch_str signature)
{
    EVP_PKEY *found = NULL;
    pthread_rwlock_rdlock(&k->lock);
    for (size_t i = 0; i < k->n && !found; i++)
        if (ch_str_is(kid, k->keys[i].kid)) found = k->keys[i].pkey;
    answer is = !k->n ? NO_KEYS : !found ? UNKNOWN_KID : verify(found, text, signature) ? GENUINE : FORGED;
    pthread_rwlock_unlock(&k->lock);
    return is;
}

ch_err ch_keys_verify(ch_keys *k, ch_str kid, ch_str text, ch_str signature)
{
    static const ch_err errors[] = {[NO_KEYS] = CH_UNAVAILABLE, [UNKNOWN_KID] = CH_UNAUTHENTICATED, [FORGED] = CH_UNAUTHENTICATED, [GENUINE] = CH_OK};
    renew(k);
    answer is = ask(k, kid, text, signature);
    if (is == NO_KEYS || is == UNKNOWN_KID) {
        CH_TRY(refetch(k));
        is = ask(k, kid, text, signature);
    }
    return errors[is];
}
