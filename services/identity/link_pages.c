#include "identity/link_pages.h"

#include "auth/ratelimit.h"

/* Whose address it is has not asked for any of them: neither at once nor all day long may somebody else have it flooded. */
ch_err link_limit(ch_call *call, ch_str email)
{
    static const struct {
        const char *bucket;
        int64_t most;
        ch_time window;
    } limits[] = {{"mails", 5, 10 * CH_MINUTE}, {"mails-of-a-day", 20, CH_DAY}};
    int64_t wait = 0;
    ch_err e = CH_OK;
    for (size_t i = 0; !e && i < sizeof limits / sizeof *limits; i++)
        e = ch_limit(call->app->redis, call->arena, limits[i].bucket, email, limits[i].most, limits[i].window, call->now, &wait);
    return e ? ch_wait(call, e, wait) : CH_OK;
}

ch_err link_reply_sent(ch_call *call, ch_str email, const char *from)
{
    ch_notice(call, "We have sent a message to %.*s.", CH_ARG(email));
    return ch_reply_redirect(call, ch_arena_printf(call->arena, "/register/check-your-email?from=%s", from));
}

ch_err link_over_page(ch_call *call, const char *title, const char *text)
{
    ch_map *m = ch_map_new(call->arena);
    ch_map_text(m, "heading", title);
    ch_map_text(m, "text", text);
    return ch_reply_page(call, "link_over", &(ch_page){.title = title, .no_index = true}, m);
}

ch_err link_reply_sign_in(ch_call *call, ch_str to)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_put(&b, CH_STR("/sign-in?next="));
    ch_put_url(&b, call->who.kind == CH_PERSON ? CH_STR("/account") : to);
    return ch_reply_redirect(call, ch_buf_str(&b));
}

void link_put_next(ch_call *call, ch_map *m, ch_str next)
{
    ch_buf b = ch_buf_in(call->arena);
    if (next.n) ch_buf_put(&b, CH_STR("?next="));
    ch_put_url(&b, next);
    ch_map_str(m, "next_query", ch_buf_str(&b));
}
