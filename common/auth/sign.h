#ifndef CH_AUTH_SIGN_H
#define CH_AUTH_SIGN_H
/* Signed, expiring notes that services hand to browsers: receipts, capabilities, cursors, notices. Readable, not forgeable;
 * `purpose` keeps one kind from being used as another. BLAKE2b keyed MAC. */
#include "base/arena.h"
#include "base/clock.h"

/* Shorter keys sign nothing (the process ends: it is a mistake of configuration) and open nothing. */
enum { CH_SIGN_KEY_MIN = 32 };

/* base64url(payload).expires.mac */
ch_str ch_sign(ch_arena *a, ch_str key, const char *purpose, ch_str payload, ch_time expires);
/* False when forged, of another purpose or expired. The payload is in the arena; it may hold any bytes. */
bool ch_sign_open(ch_arena *a, ch_str key, const char *purpose, ch_str text, ch_time now, ch_str *payload);

/* The MAC itself, as hex. The purpose is a literal without a line end, so that it cannot run into the text. */
ch_str ch_mac(ch_arena *a, ch_str key, const char *purpose, ch_str text);
bool ch_mac_ok(ch_str key, const char *purpose, ch_str text, ch_str mac);
#endif
