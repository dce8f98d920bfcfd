/*
 * What browsers bring back: notes, form cookies, form tokens, sealed text. Nothing that was not signed may open; and what the input
 * says as a payload comes back unchanged when it is signed and opened, but not once a byte of it has changed.
 */
#include <sodium.h>
#include <stdlib.h>

#include "auth/csrf.h"
#include "auth/seal.h"
#include "auth/sign.h"
#include "base/id.h"

static void must(bool fine)
{
    if (!fine) abort();
}

static void there_and_back(ch_arena *a, ch_str key, ch_str payload, size_t at)
{
    ch_str note = ch_sign(a, key, "fuzz", payload, 1000), back;
    if (note.n > 8192) return;
    must(ch_sign_open(a, key, "fuzz", note, 999, &back) && ch_str_eq(back, payload));
    must(!ch_sign_open(a, key, "fuzz", note, 1000, &back) && !ch_sign_open(a, key, "other", note, 999, &back));
    char *bent = ch_arena_z(a, note);
    bent[at % note.n] ^= 1;
    must(!ch_sign_open(a, key, "fuzz", (ch_str){bent, note.n}, 1, &back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char key_bytes[32];
    static unsigned char public_key[32], secret_key[32];
    static bool ready;
    if (!ready) ch_random(key_bytes, sizeof key_bytes), crypto_box_keypair(public_key, secret_key), ready = true;
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_str key = {key_bytes, 32}, text = {(const char *)data, size}, pk = {(char *)public_key, 32}, sk = {(char *)secret_key, 32}, out;
    must(!ch_sign_open(a, key, "fuzz", text, 0, &out));
    must(!ch_csrf_cookie_valid(key, text));
    must(!ch_csrf_check(key, CH_STR("secret"), text));
    must(ch_seal_open(a, pk, sk, text, &out) != CH_OK);
    must(ch_seal_open(a, pk, sk, ch_seal(a, pk, text), &out) == CH_OK && ch_str_eq(out, text));
    if (size) must(ch_csrf_check(key, text, ch_csrf_token(a, key, text)));
    there_and_back(a, key, text, size ? data[0] : 0);
    return 0;
}
