#ifndef CH_AUTH_SESSION_H
#define CH_AUTH_SESSION_H
/*
 * Sessions in Redis, read by every service in one round trip (MGET of session, epoch, unread), written only by identity.
 * The cookie is `<person id>.<256 random bits>`: opaque to the browser; Redis knows only its digest. A session made under an
 * older epoch than the person's present one is over; a missing epoch is 0, so that a flushed Redis only signs people out.
 *   session:<digest>   JSON; ends 12 hours after sign-in, used or not: extending it would be a write, which only identity may do
 *   sessions:<person>  set of digests     epoch:<person>  counter     unread:<person>  counter (notifications')
 */
#include "auth/principal.h"
#include "redis/redis.h"

#define CH_SESSION_COOKIE "__Host-session"

/* CH_OK and an anonymous principal when there is no such session; CH_UNAVAILABLE when Redis is away. */
ch_err ch_session_read(ch_redis *r, ch_arena *a, ch_str cookie, ch_time now, ch_principal *out);

/* --- identity only. Read (or raise) the epoch BEFORE loading the person, so that a change in between ends what is written here. */
ch_err ch_session_epoch(ch_redis *r, ch_arena *a, ch_str person, int64_t *out);
/* Makes a session for p (id, name, email, memberships, roles; csrf is made); *cookie is the cookie's value. */
ch_err ch_session_create(ch_redis *r, ch_arena *a, const ch_principal *p, int64_t epoch, ch_time now, ch_str *cookie);
/* Ends this one. */
ch_err ch_session_end(ch_redis *r, ch_arena *a, ch_str person, ch_str digest);
/* Ends all of a person's (password changed, account closed): the epoch goes up, and no rewriting brings them back. */
ch_err ch_session_end_all(ch_redis *r, ch_arena *a, ch_str person);
/*
 * New roles or name, without signing anybody out: save the person, raise the epoch (no session of theirs counts from here on),
 * load the person again, rewrite the live sessions with what was loaded. Of two changes at once the one that raised last has
 * loaded both; what the other one writes is over already. When the process dies in between, people sign in again.
 */
ch_err ch_session_raise(ch_redis *r, ch_arena *a, ch_str person, int64_t *epoch);
ch_err ch_session_rewrite(ch_redis *r, ch_arena *a, const ch_principal *p, int64_t epoch);
#endif
