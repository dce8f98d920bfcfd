#include "identity/link_store.h"

#include "base/id.h"
#include "identity/link.h"

static const char *const indexes[] = {"{\"keys\": {\"expires_at\": 1}, \"ttl\": 604800}", NULL};
const ch_collection link_collection = {.name = "links", .table = &link_row_table, .admits = CH_SCOPE_PLATFORM, .indexes = indexes};

ch_err link_send(ch_app *app, ch_arena *a, link_row *l, const char *purpose, ch_time now)
{
    ch_str secret = ch_secret_new(a), none = CH_STR("");
    bool is_secret = link_is_secret(purpose);
    ch_str url = ch_arena_printf(a, "%.*s%s%s%.*s", CH_ARG(app->settings.public_url), link_path(purpose), is_secret ? "?token=" : "",
                                 CH_ARG(is_secret ? secret : none));
    if (!is_secret) l->password_hash = none;
    l->id = ch_digest(a, secret);
    l->purpose = ch_str_of(purpose);
    l->created_at = now;
    l->expires_at = now + link_lifetime(purpose);
    link_event payload = {.purpose = l->purpose, .sealed = ch_seal_link(app, a, l->email, l->name, url, l->organisation_name)};
    ch_outgoing event = {&link_requested, l->organisation, l->person, &payload, {"", 0}};
    return ch_store_create(app->store, &link_collection, ch_scope_platform(), l, &(ch_write){.events = &event, .n = 1});
}

ch_err link_by_token(ch_app *app, ch_arena *a, ch_str token, link_row *out)
{
    return ch_store_get(app->store, &link_collection, ch_scope_platform(), ch_digest(a, token), a, out);
}

ch_err link_use(ch_app *app, link_row *l, ch_time now)
{
    l->used_at = now;
    return ch_store_save(app->store, &link_collection, ch_scope_platform(), l, ch_mask(&link_row_table, "used_at", NULL), NULL);
}
