#include "identity/organisation_store.h"

#include "base/id.h"
#include "identity/organisation.h"

static const char *const indexes[] = {"{\"keys\": {\"code\": 1}, \"unique\": true}", "{\"keys\": {\"state\": 1, \"_id\": 1}}", NULL};
const ch_collection organisation_collection = {.name = "organisations",
                                               .table = &organisation_table,
                                               .admits = CH_SCOPE_ORG | CH_SCOPE_PUBLIC | CH_SCOPE_PLATFORM,
                                               .org_key = "_id",
                                               .public_filter = "{\"state\": \"approved\"}",
                                               .indexes = indexes};

ch_err organisation_create(ch_app *app, ch_arena *a, organisation *o)
{
    ch_err e = CH_EXISTS;
    for (int tries = 0; tries < 5 && e == CH_EXISTS; tries++) {
        organisation there;
        if (organisation_get(app, a, o->id, &there) == CH_OK) return CH_EXISTS;
        o->code = ch_code_new(a, 5);
        organisation_event payload = organisation_told(o);
        ch_outgoing event = {&organisation_registered, o->id, o->administrator, &payload, {"", 0}};
        e = ch_store_create(app->store, &organisation_collection, ch_scope_platform(), o, &(ch_write){.events = &event, .n = 1});
    }
    return e;
}

ch_err organisation_get(ch_app *app, ch_arena *a, ch_str id, organisation *out)
{
    return ch_store_get(app->store, &organisation_collection, ch_scope_platform(), id, a, out);
}

ch_err organisation_get_public(ch_app *app, ch_arena *a, ch_str id, organisation *out)
{
    return ch_store_get(app->store, &organisation_collection, ch_scope_public(), id, a, out);
}

ch_err organisation_save_decision(ch_app *app, organisation *o)
{
    organisation_event payload = organisation_told(o);
    bool approved = ch_str_is(o->state, "approved");
    ch_outgoing event = {approved ? &organisation_approved : &organisation_refused, o->id, o->administrator, &payload, {"", 0}};
    return ch_store_save(app->store, &organisation_collection, ch_scope_platform(), o,
                         ch_mask(&organisation_table, "state", "reason", "decided_at", NULL), &(ch_write){.events = &event, .n = 1});
}

/* Longer than the store's and Redis's timeouts together let a change take. */
enum { TEAM_LEASE_MS = 20 * 1000 };

static ch_err set_team_until(ch_app *app, ch_str id, const bson_t *present, ch_time until)
{
    bson_t filter = BSON_INITIALIZER;
    BSON_APPEND_DOCUMENT(&filter, "team_until", present);
    bson_t *update = BCON_NEW("$set", "{", "team_until", BCON_INT64(until), "}");
    ch_err e = ch_store_patch(app->store, &organisation_collection, ch_scope_org(id), &filter, update, false);
    bson_destroy(update);
    bson_destroy(&filter);
    return e;
}

ch_err organisation_hold_team(ch_app *app, ch_str id, ch_time now, ch_time *until)
{
    *until = now + TEAM_LEASE_MS;
    bson_t *is_free = BCON_NEW("$not", "{", "$gt", BCON_INT64(now), "}"); /* or never held */
    ch_err e = set_team_until(app, id, is_free, *until);
    bson_destroy(is_free);
    return e == CH_NOT_FOUND ? CH_STALE : e;
}

void organisation_release_team(ch_app *app, ch_str id, ch_time until)
{
    bson_t *mine = BCON_NEW("$eq", BCON_INT64(until));
    set_team_until(app, id, mine, 0);
    bson_destroy(mine);
}

static void put_equal(bson_t *filter, const char *key, ch_str value)
{
    if (value.n) bson_append_utf8(filter, key, -1, value.p, (int)value.n);
}

ch_err organisation_find(ch_app *app, ch_arena *a, const organisation_query *q, bool only_public, int64_t limit, ch_list *out)
{
    bson_t filter = BSON_INITIALIZER, after;
    put_equal(&filter, "state", q->state);
    put_equal(&filter, "sector", q->sector);
    put_equal(&filter, "region", q->region);
    if (q->cursor.n) {
        BSON_APPEND_DOCUMENT_BEGIN(&filter, "_id", &after);
        put_equal(&after, "$gt", q->cursor);
        bson_append_document_end(&filter, &after);
    }
    ch_err e = ch_store_find(app->store, &organisation_collection, only_public ? ch_scope_public() : ch_scope_platform(),
                             &(ch_find){.filter = &filter, .sort = "{\"_id\": 1}", .limit = limit}, a, out);
    bson_destroy(&filter);
    return e;
}
