#include "identity/link_pages.h"

#include "auth/ratelimit.h"

ch_err link_limit(ch_call *call, ch_str email)
{
    int64_t wait = 0;
    ch_err e = ch_limit(call->app->redis, call->arena, "mails", email, 5, 10 * CH_MINUTE, call->now, &wait);
    return e ? ch_wait(call, e, wait) : CH_OK;
}

ch_err link_over_page(ch_call *call, const char *title, const char *text)
{
    ch_map *m = ch_map_new(call->arena);
    ch_map_text(m, "heading", title);
    ch_map_text(m, "text", text);
    return ch_reply_page(call, "link_over", &(ch_page){.title = title, .no_index = true}, m);
}

void link_put_next(ch_call *call, ch_map *m, ch_str next)
{
    ch_buf b = ch_buf_in(call->arena);
    if (next.n) ch_buf_put(&b, CH_STR("?next="));
    ch_put_url(&b, next);
    ch_map_str(m, "next_query", ch_buf_str(&b));
}
