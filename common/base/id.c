#include "base/id.h"

#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

static const char base32[] = "0123456789abcdefghjkmnpqrstvwxyz";

void ch_random(void *out, size_t n)
{
    if (sodium_init() < 0) abort();
    randombytes_buf(out, n);
}

/* 16 bytes as 26 digits, most significant first; the first digit has only 3 bits. */
static ch_str id_text(ch_arena *a, const unsigned char bytes[16])
{
    char *p = ch_arena_alloc(a, 27);
    unsigned __int128 value = 0;
    for (int i = 0; i < 16; i++) value = value << 8 | bytes[i];
    for (int i = 25; i >= 0; i--, value >>= 5) p[i] = base32[(unsigned)value & 31];
    return (ch_str){p, 26};
}

static void put_time(unsigned char bytes[16], ch_time t)
{
    for (int i = 0; i < 6; i++) bytes[i] = (unsigned char)((uint64_t)t >> (40 - 8 * i));
}

ch_str ch_id_new(ch_arena *a)
{
    static _Thread_local unsigned char last[16];
    static _Thread_local ch_time last_time;
    static _Thread_local pid_t process; /* a fork would count on from its parent's number */
    ch_time now = ch_now();
    if (now > last_time || process != getpid()) {
        process = getpid();
        last_time = now;
        put_time(last, now);
        ch_random(last + 6, 10);
        last[6] &= 0x7F; /* room to count up within the millisecond */
    } else {
        for (int i = 15; i >= 6 && ++last[i] == 0; i--) continue;
    }
    return id_text(a, last);
}

ch_str ch_id_floor(ch_arena *a, ch_time t)
{
    unsigned char bytes[16] = {0};
    put_time(bytes, t);
    return id_text(a, bytes);
}

ch_str ch_id_derived(ch_arena *a, ch_str space, ch_str key)
{
    unsigned char bytes[16];
    crypto_generichash_state state;
    const unsigned char zero = 0;
    crypto_generichash_init(&state, NULL, 0, sizeof bytes);
    crypto_generichash_update(&state, (const unsigned char *)space.p, space.n);
    crypto_generichash_update(&state, &zero, 1);
    crypto_generichash_update(&state, (const unsigned char *)key.p, key.n);
    crypto_generichash_final(&state, bytes, sizeof bytes);
    return id_text(a, bytes);
}

ch_time ch_id_time(ch_str id)
{
    int64_t value = 0;
    for (size_t i = 0; i < 10 && i < id.n; i++) {
        const char *at = id.p[i] ? strchr(base32, id.p[i]) : NULL;
        value = value << 5 | (at ? at - base32 : 0);
    }
    return value; /* 10 digits of 5 bits, the first two of them zero: 48 */
}

bool ch_id_valid(ch_str s)
{
    if (s.n != 26 || s.p[0] > '7') return false;
    for (size_t i = 0; i < s.n; i++)
        if (!s.p[i] || !strchr(base32, s.p[i])) return false;
    return true;
}

ch_str ch_code_new(ch_arena *a, size_t n)
{
    static const char alphabet[] = "23456789BCDFGHJKMNPQRSTVWXYZ";
    char *p = ch_arena_alloc(a, n + 1);
    if (sodium_init() < 0) abort();
    for (size_t i = 0; i < n; i++) p[i] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
    return (ch_str){p, n};
}

ch_str ch_secret_new(ch_arena *a)
{
    char bytes[32];
    ch_random(bytes, sizeof bytes);
    ch_buf text = ch_buf_in(a);
    ch_put_base64url(&text, (ch_str){bytes, sizeof bytes});
    return ch_buf_str(&text);
}

ch_str ch_digest_keyed(ch_arena *a, ch_str key, ch_str data)
{
    unsigned char hash[32];
    size_t key_n = key.n > crypto_generichash_KEYBYTES_MAX ? crypto_generichash_KEYBYTES_MAX : key.n;
    crypto_generichash(hash, sizeof hash, (const unsigned char *)data.p, data.n, key_n ? (const unsigned char *)key.p : NULL, key_n);
    ch_buf text = ch_buf_in(a);
    ch_put_hex(&text, (ch_str){(const char *)hash, sizeof hash});
    return ch_buf_str(&text);
}

ch_str ch_digest(ch_arena *a, ch_str data) { return ch_digest_keyed(a, (ch_str){"", 0}, data); }
