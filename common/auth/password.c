#include "auth/password.h"

#include <pthread.h>
#include <sodium.h>
#include <time.h>

enum { OPERATIONS = 2, MEMORY = 19 << 20, SHORTEST = 12, LONGEST = 200, WAIT_MS = 1000 };

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
    return taken;
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
    ch_str use = hash.n && hash.n < sizeof stored ? hash : ch_str_of(nobody);
    memcpy(stored, use.p, use.n);
    if (!take_slot()) return CH_UNAVAILABLE;
    int wrong = crypto_pwhash_argon2id_str_verify(stored, password.p, password.n);
    give_slot();
    return wrong || !hash.n ? CH_UNAUTHENTICATED : CH_OK;
}

/* Whole passwords of twelve characters and more that head the lists of stolen ones; shorter ones are refused anyway. */
static const char *const common[] = {
    "password1234", "password12345", "password123456", "passwordpassword", "123456789012", "1234567890123", "12345678901234", "123456789123",
    "qwertyuiop12", "qwertyuiop123", "qwerty123456", "qwertyqwerty", "abcdefghijkl", "abcdefghijklm", "abcdefgh1234", "iloveyou1234",
    "administrator", "welcome12345", "letmein12345", "changeme1234", "manchesterunited", "liverpoolfc1", "unitedkingdom", "nhspassword1",
    "111111111111", "000000000000", "aaaaaaaaaaaa", "correcthorsebatterystaple", "summer202612", "winter202612", "password2026", "commonhire123",
    "1q2w3e4r5t6y", "1qaz2wsx3edc", "zaq12wsxcde3", "q1w2e3r4t5y6", "trustno1trustno1", "superman1234", "football1234", "sunshine1234", NULL};

const char *ch_password_weakness(ch_str password, ch_str email)
{
    if (!ch_utf8_valid(password)) return "Password must be text";
    size_t n = ch_utf8_length(password);
    if (n < SHORTEST) return "Password must be 12 characters or more";
    if (n > LONGEST) return "Password must be 200 characters or fewer";
    if (email.n && ch_str_eq_fold(password, email)) return "Password must not be your email address";
    for (size_t i = 0; common[i]; i++)
        if (ch_str_eq_fold(password, ch_str_of(common[i]))) return "Password must not be one that many people use";
    return NULL;
}
