#ifndef CH_AUTH_SIGN_H
#define CH_AUTH_SIGN_H
/* Signed, expiring notes that services hand to browsers: receipts, capabilities, cursors, notices. Readable, not forgeable;
 * `purpose` keeps one kind from being used as another. BLAKE2b keyed MAC. */
#include "base/arena.h"
#include "base/clock.h"

/* base64url(payload).expires.mac */
ch_str ch_sign(ch_arena *a, ch_str key, const char *purpose, ch_str payload, ch_time expires);
/* False when forged, of another purpose or expired. */
bool ch_sign_open(ch_arena *a, ch_str key, const char *purpose, ch_str text, ch_time now, ch_str *payload);
#endif
