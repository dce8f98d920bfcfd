#include "notifications/message_store.h"

static const char *const message_indexes[] = {"{\"keys\": {\"person\": 1, \"_id\": -1}}", NULL};
const ch_collection message_collection = {
    .name = "messages", .table = &message_table, .admits = CH_SCOPE_PERSON | CH_SCOPE_PLATFORM, .person_key = "person", .indexes = message_indexes};
const ch_collection recipient_collection = {.name = "recipients", .table = &recipient_table, .admits = CH_SCOPE_PLATFORM};
static const char *const mail_indexes[] = {"{\"keys\": {\"state\": 1, \"next_at\": 1}}", "{\"keys\": {\"state\": 1, \"lease_until\": 1}}", NULL};
const ch_collection mail_collection = {.name = "mails", .table = &mail_table, .admits = CH_SCOPE_PLATFORM, .indexes = mail_indexes};

ch_err recipient_keep(ch_app *app, const recipient *r) { return ch_store_keep(app->store, &recipient_collection, r); }

ch_err recipient_get(ch_app *app, ch_arena *a, ch_str id, recipient *out)
{
    return ch_store_get(app->store, &recipient_collection, ch_scope_platform(), id, a, out);
}

ch_err message_create(ch_app *app, message *m) { return ch_store_create(app->store, &message_collection, ch_scope_person(m->person), m, NULL); }

ch_err message_get(ch_app *app, ch_arena *a, ch_str person, ch_str id, message *out)
{
    return ch_store_get(app->store, &message_collection, ch_scope_person(person), id, a, out);
}

ch_err message_read(ch_app *app, message *m, ch_time now)
{
    m->read_at = now;
    return ch_store_save(app->store, &message_collection, ch_scope_person(m->person), m, ch_mask(&message_table, "read_at", NULL), NULL);
}

ch_err message_list(ch_app *app, ch_arena *a, ch_str person, ch_str before, int64_t limit, ch_list *out)
{
    bson_t filter = BSON_INITIALIZER, less;
    if (before.n) {
        BSON_APPEND_DOCUMENT_BEGIN(&filter, "_id", &less);
        bson_append_utf8(&less, "$lt", -1, before.p, (int)before.n);
        bson_append_document_end(&filter, &less);
    }
    ch_err e = ch_store_find(app->store, &message_collection, ch_scope_person(person),
                             &(ch_find){.filter = &filter, .sort = "{\"_id\": -1}", .limit = limit}, a, out);
    bson_destroy(&filter);
    return e;
}

ch_err message_count_unread(ch_app *app, ch_arena *a, ch_str person)
{
    bson_t filter = BSON_INITIALIZER;
    int64_t n = 0;
    ch_reply reply;
    BSON_APPEND_DATE_TIME(&filter, "read_at", 0); /* as no time at all is written */
    ch_err e = ch_store_count(app->store, &message_collection, ch_scope_person(person), &filter, &n);
    bson_destroy(&filter);
    CH_TRY(e);
    return CH_REDIS(app->redis, a, &reply, CH_STR("SET"), ch_arena_printf(a, "unread:%.*s", CH_ARG(person)),
                    ch_arena_printf(a, "%lld", (long long)n));
}

ch_err mail_create(ch_app *app, mail *m) { return ch_store_create(app->store, &mail_collection, ch_scope_platform(), m, NULL); }

static void put_before(bson_t *filter, const char *key, ch_time now)
{
    bson_t op;
    BSON_APPEND_DOCUMENT_BEGIN(filter, key, &op);
    BSON_APPEND_DATE_TIME(&op, "$lte", now);
    bson_append_document_end(filter, &op);
}

static ch_err claim(ch_app *app, ch_arena *a, const char *state, const char *due_key, bool doubt, ch_str owner, ch_time now, int64_t lease_ms,
                    mail *out)
{
    bson_t filter = BSON_INITIALIZER, update = BSON_INITIALIZER, set, add;
    BSON_APPEND_UTF8(&filter, "state", state);
    put_before(&filter, due_key, now);
    BSON_APPEND_DOCUMENT_BEGIN(&update, "$set", &set);
    BSON_APPEND_UTF8(&set, "state", "sending");
    bson_append_utf8(&set, "owner", -1, owner.p, (int)owner.n);
    BSON_APPEND_DATE_TIME(&set, "lease_until", now + lease_ms);
    bson_append_document_end(&update, &set);
    BSON_APPEND_DOCUMENT_BEGIN(&update, "$inc", &add);
    BSON_APPEND_INT64(&add, "version", 1);
    BSON_APPEND_INT64(&add, "attempts", 1);
    if (doubt) BSON_APPEND_INT64(&add, "in_doubt", 1);
    bson_append_document_end(&update, &add);
    ch_err e = ch_store_claim(app->store, &mail_collection, &filter, &update, NULL, a, out);
    bson_destroy(&filter);
    bson_destroy(&update);
    return e;
}

ch_err mail_claim(ch_app *app, ch_arena *a, ch_str owner, ch_time now, int64_t lease_ms, mail *out, bool *orphan)
{
    ch_err e = claim(app, a, "queued", "next_at", false, owner, now, lease_ms, out);
    *orphan = e == CH_NOT_FOUND;
    return *orphan ? claim(app, a, "sending", "lease_until", true, owner, now, lease_ms, out) : e;
}

ch_err mail_save(ch_app *app, mail *m)
{
    return ch_store_save(app->store, &mail_collection, ch_scope_platform(), m,
                         ch_mask(&mail_table, "state", "next_at", "sent_at", "in_doubt", "error", NULL), NULL);
}

ch_err mail_count(ch_app *app, const char *state, int64_t *out)
{
    bson_t filter = BSON_INITIALIZER;
    BSON_APPEND_UTF8(&filter, "state", state);
    ch_err e = ch_store_count(app->store, &mail_collection, ch_scope_platform(), &filter, out);
    bson_destroy(&filter);
    return e;
}
