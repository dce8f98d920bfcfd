#include "auth/password.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <time.h>

enum { OPERATIONS = 2, MEMORY = 19 << 20, WAIT_MS = 1000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static int free_slots = 2;

void ch_password_setup(int slots)
{
    pthread_mutex_lock(&lock);
    free_slots = slots;
    pthread_mutex_unlock(&lock);
}

static bool take_slot(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_MS / 1000;
    pthread_mutex_lock(&lock);
    int late = 0;
    while (!free_slots && !late) late = pthread_cond_timedwait(&freed, &lock, &until);
    bool taken = free_slots > 0;
    free_slots -= taken;
    pthread_mutex_unlock(&lock);
    return taken && sodium_init() >= 0;
}

static void give_slot(void)
{
    pthread_mutex_lock(&lock);
    free_slots++;
    pthread_cond_signal(&freed);
    pthread_mutex_unlock(&lock);
}

ch_err ch_password_hash(ch_arena *a, ch_str password, ch_str *hash)
{
    char *out = ch_arena_alloc(a, crypto_pwhash_argon2id_STRBYTES);
    if (!take_slot()) return CH_UNAVAILABLE;
    int failed = crypto_pwhash_argon2id_str(out, password.p, password.n, OPERATIONS, MEMORY);
    give_slot();
    *hash = ch_str_of(out);
    return failed ? CH_UNAVAILABLE : CH_OK;
}

/* Of a password that nobody has: its check takes as long as a real one. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$0Kq9oQ2ZbXHg5qkqkTqTz4fSPF2xRfX3rU0Xb2Jp4pY";

ch_err ch_password_check(ch_str password, ch_str hash)
{
    char stored[crypto_pwhash_argon2id_STRBYTES] = {0};
    bool real = hash.n && hash.n < sizeof stored;
    ch_str use = real ? hash : ch_str_of(nobody);
    memcpy(stored, use.p, use.n);
    if (!take_slot()) return CH_UNAVAILABLE;
    errno = 0;
    int wrong = crypto_pwhash_argon2id_str_verify(stored, password.p, password.n);
    bool no_memory = wrong && errno == ENOMEM; /* says nothing about the password */
    give_slot();
    if (no_memory) return CH_UNAVAILABLE;
    return wrong || !real ? CH_UNAUTHENTICATED : CH_OK;
}
