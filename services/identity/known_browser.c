#include "identity/known_browser.h"

#include "auth/ratelimit.h"
#include "auth/sign.h"
#include "base/id.h"

#define COOKIE "__Host-known"
enum { ACCOUNT_TRIES = 10, ADDRESS_TRIES = 300, KNOWN_DAYS = 180 };

/* Of one account: signed for its address, which is not in it. */
static ch_str mac_of(const ch_call *call, ch_str id, ch_str email)
{
    return ch_mac(call->arena, call->app->cookie_key, "known-browser", ch_arena_printf(call->arena, "%.*s %.*s", CH_ARG(id), CH_ARG(email)));
}

/* What the browser is called; empty: the account has not been signed in from it. */
static ch_str known_id(const ch_call *call, ch_str email)
{
    ch_str mac = ch_cookie(call, COOKIE), id;
    if (!ch_str_split(&mac, '.', &id) || !ch_id_valid(id)) return CH_STR("");
    return ch_str_eq_secret(mac, mac_of(call, id, email)) ? id : CH_STR("");
}

typedef struct limit {
    const char *bucket;
    ch_str key;
    int64_t most;
} limit;
enum { LIMITS = 2, WINDOW = 15 * CH_MINUTE };

/* What a try counts for: the browser where the account knows it, else the account; and the address of the network. */
static void limits_of(const ch_call *call, ch_str email, limit out[LIMITS])
{
    ch_str id = known_id(call, email);
    out[0] = id.n ? (limit){"sign-in-known", id, ACCOUNT_TRIES} : (limit){"sign-in-account", email, ACCOUNT_TRIES};
    out[1] = (limit){"sign-in-address", call->address, ADDRESS_TRIES};
}

ch_err known_browser_limit(ch_call *call, ch_str email)
{
    limit limits[LIMITS];
    int64_t wait = 0;
    ch_err e = CH_OK;
    limits_of(call, email, limits);
    for (size_t i = 0; !e && i < LIMITS; i++)
        e = ch_limit(call->app->redis, call->arena, limits[i].bucket, limits[i].key, limits[i].most, WINDOW, call->now, &wait);
    return e ? ch_wait(call, e, wait) : CH_OK;
}

void known_browser_give_back(ch_call *call, ch_str email)
{
    limit limits[LIMITS];
    limits_of(call, email, limits);
    for (size_t i = 0; i < LIMITS; i++) ch_limit_give_back(call->app->redis, call->arena, limits[i].bucket, limits[i].key, WINDOW, call->now);
}

void known_browser_remember(ch_call *call, ch_str email)
{
    ch_str id = known_id(call, email);
    if (!id.n) id = ch_id_new(call->arena);
    ch_str cookie = ch_arena_printf(call->arena, "%.*s.%.*s", CH_ARG(id), CH_ARG(mac_of(call, id, email)));
    ch_reply_cookie(call, COOKIE, cookie, ch_arena_printf(call->arena, "Max-Age=%d", KNOWN_DAYS * 24 * 3600).p);
}
