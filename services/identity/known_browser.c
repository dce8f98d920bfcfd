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

ch_err known_browser_limit(ch_call *call, ch_str email)
{
    ch_str id = known_id(call, email);
    const struct {
        const char *bucket;
        ch_str key;
        int64_t most;
    } limits[] = {{id.n ? "sign-in-known" : "sign-in-account", id.n ? id : email, ACCOUNT_TRIES}, {"sign-in-address", call->address, ADDRESS_TRIES}};
    int64_t wait = 0;
    ch_err e = CH_OK;
    for (size_t i = 0; !e && i < sizeof limits / sizeof *limits; i++)
        e = ch_limit(call->app->redis, call->arena, limits[i].bucket, limits[i].key, limits[i].most, 15 * CH_MINUTE, call->now, &wait);
    return e ? ch_wait(call, e, wait) : CH_OK;
}

void known_browser_remember(ch_call *call, ch_str email)
{
    ch_str id = known_id(call, email);
    if (!id.n) id = ch_id_new(call->arena);
    ch_str cookie = ch_arena_printf(call->arena, "%.*s.%.*s", CH_ARG(id), CH_ARG(mac_of(call, id, email)));
    ch_reply_cookie(call, COOKIE, cookie, ch_arena_printf(call->arena, "Max-Age=%d", KNOWN_DAYS * 24 * 3600).p);
}
