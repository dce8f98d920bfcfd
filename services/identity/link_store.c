#include "identity/link_store.h"

#include "base/id.h"
#include "identity/link.h"

static const char *const indexes[] = {"{\"keys\": {\"expires_at\": 1}, \"ttl\": 604800}", "{\"keys\": {\"organisation\": 1, \"_id\": -1}}", NULL};
const ch_collection link_collection = {.name = "links",
                                       .table = &link_row_table,
                                       .admits = CH_SCOPE_ORG | CH_SCOPE_PLATFORM,
                                       .org_key = "organisation",
                                       .org_filter = "{\"purpose\": \"invitation\"}",
                                       .indexes = indexes};

/* A new secret in *l, and what has it mailed. */
static link_event renew(ch_app *app, ch_arena *a, link_row *l, ch_time now)
{
    const char *purpose = ch_arena_z(a, l->purpose);
    ch_str secret = ch_secret_new(a);
    ch_str url = ch_arena_printf(a, "%.*s%s", CH_ARG(app->settings.public_url), link_path(purpose));
    if (link_is_secret(purpose)) url = ch_arena_printf(a, "%.*s?token=%.*s%.*s", CH_ARG(url), CH_ARG(l->id), CH_ARG(secret));
    l->digest = ch_digest(a, secret);
    l->created_at = now;
    l->expires_at = now + link_lifetime(purpose);
    return (link_event){.purpose = l->purpose, .language = l->language, .sealed = ch_seal_link(app, a, l->email, l->name, url, l->organisation_name)};
}

ch_err link_send(ch_app *app, ch_arena *a, link_row *l, const char *purpose, ch_time now)
{
    l->id = ch_id_new(a);
    l->purpose = ch_str_of(purpose);
    if (!link_is_secret(purpose)) l->password_hash = CH_STR("");
    link_event payload = renew(app, a, l, now);
    ch_outgoing event = {&link_requested, l->organisation, l->person, &payload, {"", 0}};
    return ch_store_create(app->store, &link_collection, ch_scope_platform(), l, &(ch_write){.events = &event, .n = 1});
}

ch_err link_by_token(ch_app *app, ch_arena *a, ch_str token, link_row *out)
{
    ch_str id, secret;
    if (!link_token_parts(token, &id, &secret)) return CH_NOT_FOUND;
    CH_TRY(ch_store_get(app->store, &link_collection, ch_scope_platform(), id, a, out));
    return ch_str_eq_secret(out->digest, ch_digest(a, secret)) ? CH_OK : CH_NOT_FOUND;
}

ch_err link_use(ch_app *app, link_row *l, ch_time now)
{
    l->used_at = now;
    return ch_store_save(app->store, &link_collection, ch_scope_platform(), l, ch_mask(&link_row_table, "used_at", NULL), NULL);
}

/* ---- invitations */

static void filter_open(bson_t *filter)
{
    bson_init(filter);
    BSON_APPEND_DATE_TIME(filter, "used_at", 0);
    BSON_APPEND_DATE_TIME(filter, "cancelled_at", 0);
}

ch_err link_invitations(ch_app *app, ch_arena *a, ch_str organisation, ch_list *out)
{
    bson_t filter;
    filter_open(&filter);
    ch_err e = ch_store_find(app->store, &link_collection, ch_scope_org(organisation),
                             &(ch_find){.filter = &filter, .sort = "{\"_id\": -1}", .limit = 200}, a, out);
    bson_destroy(&filter);
    return e;
}

ch_err link_invitation(ch_app *app, ch_arena *a, ch_str organisation, ch_str id, link_row *out)
{
    return ch_store_get(app->store, &link_collection, ch_scope_org(organisation), id, a, out);
}

ch_err link_invitation_to(ch_app *app, ch_arena *a, ch_str organisation, ch_str email, link_row *out)
{
    bson_t filter;
    filter_open(&filter);
    bson_append_utf8(&filter, "email", -1, email.p, (int)email.n);
    ch_err e = ch_store_one(app->store, &link_collection, ch_scope_org(organisation), &filter, a, out);
    bson_destroy(&filter);
    return e;
}

ch_err link_invite_again(ch_app *app, ch_arena *a, link_row *l, ch_time now)
{
    link_event payload = renew(app, a, l, now);
    ch_outgoing event = {&link_requested, l->organisation, l->person, &payload, {"", 0}};
    return ch_store_save(app->store, &link_collection, ch_scope_org(l->organisation), l,
                         ch_mask(&link_row_table, "digest", "created_at", "expires_at", "roles", "person", NULL),
                         &(ch_write){.events = &event, .n = 1});
}

ch_err link_cancel(ch_app *app, link_row *l, ch_time now)
{
    l->cancelled_at = now;
    return ch_store_save(app->store, &link_collection, ch_scope_org(l->organisation), l, ch_mask(&link_row_table, "cancelled_at", NULL), NULL);
}
