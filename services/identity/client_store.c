#include "identity/client_store.h"

#include "auth/token.h"
#include "base/id.h"

#define ROW(member, kind, ...) CH_ROW(client_row, member, kind, ##__VA_ARGS__)
CH_TABLE(client_row_table, client_row, "A partner system", ROW(id, CH_F_STR), ROW(version, CH_F_INT), ROW(organisation, CH_F_STR),
         ROW(organisation_name, CH_F_STR), ROW(name, CH_F_STR), ROW(secret_digest, CH_F_STR, .flags = CH_SECRET), ROW(created_by, CH_F_STR),
         ROW(created_at, CH_F_TIME), ROW(revoked_at, CH_F_TIME));
CH_TABLE(client_form_table, client_form, "A new partner system",
         CH_ROW(client_form, client_name, CH_F_STR, .max = 80, .flags = CH_REQUIRED, .label = "Name of the system",
                .missing = "Enter the name of the system", .hint = "For example: HR system"));
CH_TABLE(grant_form_table, grant_form, "Client credentials (RFC 6749 section 4.4)",
         CH_ROW(grant_form, grant_type, CH_F_STR, .flags = CH_REQUIRED, .doc = "client_credentials", CH_EXAMPLE("client_credentials")),
         CH_ROW(grant_form, client_id, CH_F_STR), CH_ROW(grant_form, client_secret, CH_F_STR, .flags = CH_PASSWORD),
         CH_ROW(grant_form, scope, CH_F_STR));
CH_TABLE(grant_answer_table, grant_answer, "An access token",
         CH_ROW(grant_answer, access_token, CH_F_STR, .max = 4096, CH_EXAMPLE("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMSJ9.c2ln")),
         CH_ROW(grant_answer, token_type, CH_F_STR, CH_EXAMPLE("Bearer")),
         CH_ROW(grant_answer, expires_in, CH_F_INT, .doc = "Seconds", .example = "300"));

static const char *const indexes[] = {"{\"keys\": {\"organisation\": 1}}", "{\"keys\": {\"revoked_at\": 1}}", NULL};
const ch_collection client_collection = {
    .name = "clients", .table = &client_row_table, .admits = CH_SCOPE_ORG | CH_SCOPE_PLATFORM, .org_key = "organisation", .indexes = indexes};

ch_err client_create(ch_app *app, ch_arena *a, client_row *c, ch_str *secret)
{
    *secret = ch_secret_new(a);
    c->id = ch_id_new(a);
    c->secret_digest = ch_digest(a, *secret);
    return ch_store_create(app->store, &client_collection, ch_scope_org(c->organisation), c, NULL);
}

ch_err client_get(ch_app *app, ch_arena *a, ch_str id, client_row *out)
{
    return ch_store_get(app->store, &client_collection, ch_scope_platform(), id, a, out);
}

ch_err client_of(ch_app *app, ch_arena *a, ch_str organisation, ch_str id, client_row *out)
{
    return ch_store_get(app->store, &client_collection, ch_scope_org(organisation), id, a, out);
}

ch_err client_list(ch_app *app, ch_arena *a, ch_str organisation, ch_list *out)
{
    return ch_store_find(app->store, &client_collection, ch_scope_org(organisation), &(ch_find){.sort = "{\"_id\": 1}", .limit = 100}, a, out);
}

ch_err client_revoke(ch_app *app, ch_arena *a, client_row *c, ch_time now)
{
    if (!c->revoked_at) {
        c->revoked_at = now;
        CH_TRY(ch_store_save(app->store, &client_collection, ch_scope_org(c->organisation), c, ch_mask(&client_row_table, "revoked_at", NULL), NULL));
    }
    return ch_token_revoke(app->redis, a, c->id);
}

void client_tell_revoked(ch_app *app, ch_arena *a, ch_time now)
{
    enum { MOST = 1000 };
    ch_list found;
    bson_t filter = BSON_INITIALIZER, after;
    BSON_APPEND_DOCUMENT_BEGIN(&filter, "revoked_at", &after);
    BSON_APPEND_DATE_TIME(&after, "$gt", now - CH_TOKEN_LONGEST_S * CH_SECOND);
    bson_append_document_end(&filter, &after);
    ch_err e = ch_store_find(app->store, &client_collection, ch_scope_platform(),
                             &(ch_find){.filter = &filter, .sort = "{\"revoked_at\": -1}", .limit = MOST}, a, &found);
    for (size_t i = 0; !e && i < found.n; i++) e = ch_token_revoke(app->redis, a, ((const client_row *)found.p)[i].id);
    bson_destroy(&filter);
}
