#include "store/store.h"

#include <mongoc/mongoc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/crash.h"
#include "base/id.h"
#include "base/log.h"
#include "data/bson.h"

enum { BREAKER_MS = 500, QUICK_MS = 300, DUPLICATE_KEY = 11000 };

struct ch_store {
    mongoc_client_pool_t *pool;
    char *database;
    _Atomic int64_t closed_until; /* monotonic ns: the breaker */
    void (*on_events)(void *, const ch_collection *, ch_str);
    void *on_events_arg;
};

/* One use of a client and a collection; ended by its cleanup. */
typedef struct use {
    ch_store *store;
    mongoc_client_t *client;
    mongoc_collection_t *collection;
} use;

static void end_use(use *u)
{
    if (u->collection) mongoc_collection_destroy(u->collection);
    if (u->client) mongoc_client_pool_push(u->store->pool, u->client);
    *u = (use){0};
}
#define AUTO_USE  __attribute__((cleanup(end_use)))
#define AUTO_BSON __attribute__((cleanup(bson_destroy)))

bool ch_store_breaker_open(ch_store *s) { return ch_ticks() < s->closed_until; }

static ch_err begin(ch_store *s, const char *collection, use *u)
{
    if (ch_store_breaker_open(s)) return CH_UNAVAILABLE;
    u->store = s;
    u->client = mongoc_client_pool_pop(s->pool);
    u->collection = mongoc_client_get_collection(u->client, s->database, collection);
    return CH_OK;
}

/* What a server says that is there and cannot: itself broken (behind a gateway: its database away), ending, no longer the primary. */
static bool server_cannot(const bson_error_t *error)
{
    static const uint32_t codes[] = {1, 6, 7, 89, 91, 189, 10107, 11600, 11602, 13435, 13436};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (error->domain == MONGOC_ERROR_SERVER && error->code == codes[i]) return true;
    return false;
}

ch_err ch_store_failure(ch_store *s, const char *what, const bson_error_t *error)
{
    bool away = error->domain == MONGOC_ERROR_SERVER_SELECTION || error->domain == MONGOC_ERROR_STREAM;
    if (error->code == DUPLICATE_KEY) return CH_EXISTS;
    if (away) s->closed_until = ch_ticks() + BREAKER_MS * 1000000ll;
    CH_LOG(away ? CH_WARN : CH_ERROR, "store_failed", CH_KZ("what", what), CH_KI("domain", error->domain), CH_KI("code", error->code),
           CH_KS("message", ch_str_first(ch_str_of(error->message), 200)));
    return away || server_cannot(error) ? CH_UNAVAILABLE : CH_INTERNAL;
}

/* The driver's own lines, which it would write in pieces between ours. */
static void log_of_driver(mongoc_log_level_t level, const char *domain, const char *message, void *unused)
{
    (void)unused;
    ch_level ours = level <= MONGOC_LOG_LEVEL_CRITICAL ? CH_ERROR : level == MONGOC_LOG_LEVEL_WARNING ? CH_WARN : CH_DEBUG;
    CH_LOG(ours, "store_driver", CH_KZ("part", domain), CH_KS("message", ch_str_first(ch_str_of(message), 200)));
}

static void init_driver(void)
{
    static _Atomic bool ready;
    if (atomic_exchange(&ready, true)) return;
    mongoc_log_set_handler(log_of_driver, NULL);
    mongoc_init();
}

ch_store *ch_store_open(const char *uri_text, const char *database)
{
    bson_error_t error;
    init_driver();
    mongoc_uri_t *uri = mongoc_uri_new_with_error(uri_text, &error);
    if (!uri) {
        CH_LOG(CH_ERROR, "store_uri", CH_KZ("message", error.message));
        return NULL;
    }
    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 300);
    /* Two seconds for a request; tools that load in bulk say otherwise in the URI. */
    if (!mongoc_uri_has_option(uri, MONGOC_URI_SOCKETTIMEOUTMS)) mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, 2000);
    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_CONNECTTIMEOUTMS, 2000);
    mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYWRITES, false);
    mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYREADS, false); /* after a time-out a second one helps nobody: see ch_store_each */
    mongoc_uri_set_option_as_utf8(uri, MONGOC_URI_W, "majority");
    ch_store *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->pool = mongoc_client_pool_new(uri);
    s->database = strdup(database);
    mongoc_client_pool_set_error_api(s->pool, MONGOC_ERROR_API_VERSION_2);
    mongoc_uri_destroy(uri);
    return s;
}

struct _mongoc_client_pool_t *ch_store_pool(ch_store *s) { return s->pool; }
const char *ch_store_database(ch_store *s) { return s->database; }

void ch_store_on_events(ch_store *s, void (*fn)(void *, const ch_collection *, ch_str), void *arg)
{
    s->on_events = fn;
    s->on_events_arg = arg;
}

bool ch_store_alive(ch_store *s)
{
    bson_error_t error;
    AUTO_BSON bson_t ping = BSON_INITIALIZER;
    mongoc_client_t *client = mongoc_client_pool_pop(s->pool);
    BSON_APPEND_INT32(&ping, "ping", 1);
    bool alive = mongoc_client_command_simple(client, "admin", &ping, NULL, NULL, &error);
    mongoc_client_pool_push(s->pool, client);
    return alive;
}

/* ---- scopes */

static void append_json(bson_t *out, const char *json)
{
    bson_error_t error;
    bson_t more;
    if (!json) return;
    if (!bson_init_from_json(&more, json, -1, &error)) abort(); /* a literal of ours */
    bson_concat(out, &more);
    bson_destroy(&more);
}

/* The filter that a scope imposes; CH_FORBIDDEN when the collection does not admit it. */
static ch_err put_scope(bson_t *filter, const ch_collection *c, ch_scope scope)
{
    if (!(c->admits & scope.kind)) {
        CH_LOG(CH_ERROR, "scope_refused", CH_KZ("collection", c->name), CH_KI("scope", scope.kind));
        return CH_FORBIDDEN;
    }
    const char *key = scope.kind == CH_SCOPE_ORG ? c->org_key : scope.kind == CH_SCOPE_PERSON ? c->person_key : NULL;
    if ((scope.kind & (CH_SCOPE_ORG | CH_SCOPE_PERSON)) && (!key || !scope.id.n)) return CH_FORBIDDEN;
    if (key) bson_append_utf8(filter, key, -1, scope.id.p, (int)scope.id.n);
    if (scope.kind == CH_SCOPE_ORG) append_json(filter, c->org_filter);
    if (scope.kind == CH_SCOPE_PUBLIC) append_json(filter, c->public_filter);
    return CH_OK;
}

/* {$and: [scope, filter]}: whatever the filter says, it cannot reach past the scope. */
static ch_err scoped(bson_t *out, const ch_collection *c, ch_scope scope, const bson_t *filter)
{
    AUTO_BSON bson_t own = BSON_INITIALIZER;
    CH_TRY(put_scope(&own, c, scope));
    if (!filter || bson_empty(filter)) bson_concat(out, &own);
    else if (bson_empty(&own)) bson_concat(out, filter);
    else {
        bson_t both;
        BSON_APPEND_ARRAY_BEGIN(out, "$and", &both);
        BSON_APPEND_DOCUMENT(&both, "0", &own);
        BSON_APPEND_DOCUMENT(&both, "1", filter);
        bson_append_array_end(out, &both);
    }
    return CH_OK;
}

static ch_str *id_of(const ch_collection *c, const void *obj) { return ch_member(obj, ch_field_named(c->table, CH_STR("id"))); }

static int64_t *version_of(const ch_collection *c, const void *obj) { return ch_member(obj, ch_field_named(c->table, CH_STR("version"))); }

static void filter_id(bson_t *filter, ch_str id) { bson_append_utf8(filter, "_id", -1, id.n ? id.p : "", (int)id.n); }

/* ---- reading */

typedef struct reading {
    bool (*fn)(void *, const bson_t *);
    void *arg;
    bool any;
} reading;

static bool read_doc(reading *r, const bson_t *doc)
{
    r->any = true;
    return r->fn(r->arg, doc);
}

static ch_err each(ch_store *s, const ch_collection *c, const bson_t *filter, const bson_t *opts, reading *r)
{
    AUTO_USE use u = {0};
    const bson_t *doc;
    bson_error_t error;
    CH_TRY(begin(s, c->name, &u));
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(u.collection, filter, opts, NULL);
    while (mongoc_cursor_next(cursor, &doc) && read_doc(r, doc)) continue;
    bool failed = mongoc_cursor_error(cursor, &error);
    mongoc_cursor_destroy(cursor);
    return failed ? ch_store_failure(s, c->name, &error) : CH_OK;
}

/* A connection that the other side has closed meanwhile fails at once, and another will do; one that timed out has cost enough. */
static ch_err each_or_again(ch_store *s, const ch_collection *c, const bson_t *filter, const bson_t *opts, reading *r)
{
    int64_t began = ch_ticks();
    if (ch_store_breaker_open(s)) return CH_UNAVAILABLE;
    ch_err e = each(s, c, filter, opts, r);
    if (e != CH_UNAVAILABLE || r->any || ch_ticks() - began > QUICK_MS * 1000000ll) return e;
    s->closed_until = 0;
    return each(s, c, filter, opts, r);
}

ch_err ch_store_each(ch_store *s, const ch_collection *c, ch_scope scope, const ch_find *find, bool (*fn)(void *, const bson_t *), void *arg)
{
    AUTO_BSON bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER;
    AUTO_BSON bson_t sort = BSON_INITIALIZER, fields = BSON_INITIALIZER;
    CH_TRY(scoped(&filter, c, scope, find->filter));
    append_json(&sort, find->sort);
    append_json(&fields, find->fields);
    if (find->sort) BSON_APPEND_DOCUMENT(&opts, "sort", &sort);
    if (find->fields) BSON_APPEND_DOCUMENT(&opts, "projection", &fields);
    BSON_APPEND_INT64(&opts, "limit", find->limit ? find->limit : 1000);
    if (find->skip) BSON_APPEND_INT64(&opts, "skip", find->skip);
    return each_or_again(s, c, &filter, &opts, &(reading){fn, arg, false});
}

typedef struct gather {
    ch_arena *arena;
    const ch_table *table;
    ch_list *out;
    size_t cap;
} gather;

static bool gather_doc(void *p, const bson_t *doc)
{
    gather *g = p;
    size_t size = g->table->size;
    if (g->out->n == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 16;
        void *grown = ch_arena_alloc_n(g->arena, size, g->cap);
        if (g->out->n) memcpy(grown, g->out->p, g->out->n * size);
        g->out->p = grown;
    }
    ch_bson_read(g->arena, doc, g->table, (char *)g->out->p + size * g->out->n++);
    return true;
}

ch_err ch_store_find(ch_store *s, const ch_collection *c, ch_scope scope, const ch_find *find, ch_arena *a, ch_list *out)
{
    *out = (ch_list){0};
    return ch_store_each(s, c, scope, find, gather_doc, &(gather){a, c->table, out, 0});
}

ch_err ch_store_one(ch_store *s, const ch_collection *c, ch_scope scope, const bson_t *filter, ch_arena *a, void *out)
{
    ch_list found;
    CH_TRY(ch_store_find(s, c, scope, &(ch_find){.filter = filter, .limit = 1}, a, &found));
    if (!found.n) return CH_NOT_FOUND;
    memcpy(out, found.p, c->table->size);
    return CH_OK;
}

ch_err ch_store_get(ch_store *s, const ch_collection *c, ch_scope scope, ch_str id, ch_arena *a, void *out)
{
    AUTO_BSON bson_t filter = BSON_INITIALIZER;
    filter_id(&filter, id);
    return ch_store_one(s, c, scope, &filter, a, out);
}

ch_err ch_store_count(ch_store *s, const ch_collection *c, ch_scope scope, const bson_t *given, int64_t *out)
{
    AUTO_USE use u = {0};
    AUTO_BSON bson_t filter = BSON_INITIALIZER;
    bson_error_t error;
    CH_TRY(scoped(&filter, c, scope, given));
    CH_TRY(begin(s, c->name, &u));
    *out = mongoc_collection_count_documents(u.collection, &filter, NULL, NULL, NULL, &error);
    return *out < 0 ? ch_store_failure(s, c->name, &error) : CH_OK;
}

ch_err ch_store_aggregate(ch_store *s, const ch_collection *c, ch_scope scope, const char *stages, bool (*fn)(void *, const bson_t *), void *arg)
{
    AUTO_USE use u = {0};
    AUTO_BSON bson_t filter = BSON_INITIALIZER, pipeline = BSON_INITIALIZER, rest = BSON_INITIALIZER;
    char index[16];
    const bson_t *doc;
    bson_error_t error;
    bson_iter_t it;
    bson_t array, match;
    uint32_t at = 1;
    CH_TRY(scoped(&filter, c, scope, NULL));
    CH_TRY(begin(s, c->name, &u));
    append_json(&rest, stages);
    BSON_APPEND_ARRAY_BEGIN(&pipeline, "pipeline", &array);
    BSON_APPEND_DOCUMENT_BEGIN(&array, "0", &match);
    BSON_APPEND_DOCUMENT(&match, "$match", &filter);
    bson_append_document_end(&array, &match);
    for (bson_iter_init(&it, &rest); bson_iter_next(&it); at++) {
        snprintf(index, sizeof index, "%u", at);
        bson_append_iter(&array, index, -1, &it);
    }
    bson_append_array_end(&pipeline, &array);
    mongoc_cursor_t *cursor = mongoc_collection_aggregate(u.collection, MONGOC_QUERY_NONE, &pipeline, NULL, NULL);
    while (mongoc_cursor_next(cursor, &doc) && fn(arg, doc)) continue;
    bool failed = mongoc_cursor_error(cursor, &error);
    mongoc_cursor_destroy(cursor);
    return failed ? ch_store_failure(s, c->name, &error) : CH_OK;
}

/* ---- writing */

void ch_store_event(bson_t *to, const ch_outgoing *e, ch_str aggregate, int64_t version, ch_time at)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ch_str id = ch_id_new(a);
    bson_t payload;
    bson_append_utf8(to, "_id", -1, id.p, (int)id.n);
    BSON_APPEND_UTF8(to, "type", e->type->name);
    bson_append_utf8(to, "aggregate", -1, aggregate.p, (int)aggregate.n);
    BSON_APPEND_INT64(to, "version", version);
    BSON_APPEND_DATE_TIME(to, "at", at);
    bson_append_utf8(to, "organisation", -1, e->organisation.n ? e->organisation.p : "", (int)e->organisation.n);
    bson_append_utf8(to, "person", -1, e->person.n ? e->person.p : "", (int)e->person.n);
    BSON_APPEND_DOCUMENT_BEGIN(to, "payload", &payload);
    if (e->payload) ch_bson_write(&payload, e->type->payload, e->payload);
    bson_append_document_end(to, &payload);
}

static void put_events(bson_t *to, const char *key, const ch_write *w, ch_str aggregate, int64_t version)
{
    bson_t array;
    BSON_APPEND_ARRAY_BEGIN(to, key, &array);
    for (size_t i = 0; i < w->n; i++) {
        char index[24];
        bson_t event;
        snprintf(index, sizeof index, "%zu", i);
        BSON_APPEND_DOCUMENT_BEGIN(&array, index, &event);
        ch_store_event(&event, &w->events[i], w->events[i].aggregate.n ? w->events[i].aggregate : aggregate, version, ch_now());
        bson_append_document_end(&array, &event);
    }
    bson_append_array_end(to, &array);
}

/* The command that made a document stands beside the last one that changed it: of both it can be said whether they come again. */
#define FIRST_COMMAND "created_with"
#define LAST_COMMAND  "idempotency"

static void put_idempotency(bson_t *to, const char *which, const ch_write *w)
{
    bson_t child;
    if (!w->key.n) return;
    bson_append_document_begin(to, which, -1, &child);
    bson_append_utf8(&child, "key", -1, w->key.p, (int)w->key.n);
    bson_append_utf8(&child, "hash", -1, w->hash.p, (int)w->hash.n);
    bson_append_document_end(to, &child);
}

/* What follows a write may ask for a connection: with its own still held, as many writers as there are connections would wait for each other for
 * ever. */
static void tell(ch_store *s, use *u, const ch_collection *c, ch_str id, const ch_write *w)
{
    end_use(u);
    ch_crash_point("command_stored");
    if (w->n && s->on_events) s->on_events(s->on_events_arg, c, id);
}

static const ch_write no_write;

/* The object must belong to the scope that writes it. */
static bool owns(const ch_collection *c, ch_scope scope, const void *obj)
{
    const char *key = scope.kind == CH_SCOPE_ORG ? c->org_key : scope.kind == CH_SCOPE_PERSON ? c->person_key : NULL;
    if (!(c->admits & scope.kind)) return false;
    if (!key) return !(scope.kind & (CH_SCOPE_ORG | CH_SCOPE_PERSON));
    const ch_field *field = ch_field_named(c->table, ch_str_of(strcmp(key, "_id") ? key : "id"));
    return !field || field->type != CH_F_STR || ch_str_eq(*(const ch_str *)ch_member(obj, field), scope.id);
}

ch_err ch_store_create(ch_store *s, const ch_collection *c, ch_scope scope, void *obj, const ch_write *write)
{
    const ch_write *w = write ? write : &no_write;
    AUTO_USE use u = {0};
    AUTO_BSON bson_t doc = BSON_INITIALIZER;
    bson_error_t error;
    if (!owns(c, scope, obj)) return CH_FORBIDDEN;
    CH_TRY(begin(s, c->name, &u));
    *version_of(c, obj) = 1;
    ch_bson_write(&doc, c->table, obj);
    put_idempotency(&doc, FIRST_COMMAND, w);
    if (w->n) put_events(&doc, "outbox", w, *id_of(c, obj), 1);
    if (!mongoc_collection_insert_one(u.collection, &doc, NULL, NULL, &error)) return ch_store_failure(s, c->name, &error);
    tell(s, &u, c, *id_of(c, obj), w);
    return CH_OK;
}

static bool matched(const bson_t *reply)
{
    bson_iter_t it;
    return (bson_iter_init_find(&it, reply, "matchedCount") && bson_iter_as_int64(&it) > 0) ||
           (bson_iter_init_find(&it, reply, "upsertedCount") && bson_iter_as_int64(&it) > 0);
}

static bool ignore_doc(void *p, const bson_t *doc)
{
    bson_iter_t it;
    *(int64_t *)p = bson_iter_init_find(&it, doc, "version") ? bson_iter_as_int64(&it) : -1;
    return false;
}

/* Why nothing matched. */
static ch_err diagnose(ch_store *s, const ch_collection *c, ch_scope scope, ch_str id, int64_t version)
{
    AUTO_BSON bson_t filter = BSON_INITIALIZER;
    int64_t there = 0;
    filter_id(&filter, id);
    CH_TRY(ch_store_each(s, c, scope, &(ch_find){.filter = &filter, .limit = 1, .fields = "{\"version\": 1}"}, ignore_doc, &there));
    if (!there) return CH_NOT_FOUND;
    return there == version ? CH_CONFLICT : CH_STALE;
}

ch_err ch_store_save(ch_store *s, const ch_collection *c, ch_scope scope, void *obj, uint64_t which, const ch_write *write)
{
    const ch_write *w = write ? write : &no_write;
    AUTO_USE use u = {0};
    AUTO_BSON bson_t own = BSON_INITIALIZER, filter = BSON_INITIALIZER, update = BSON_INITIALIZER, reply = BSON_INITIALIZER;
    bson_t set, push, each;
    bson_error_t error;
    int64_t *version = version_of(c, obj);
    if (!owns(c, scope, obj)) return CH_FORBIDDEN;
    filter_id(&own, *id_of(c, obj));
    BSON_APPEND_INT64(&own, "version", *version);
    if (w->where) bson_concat(&own, w->where);
    CH_TRY(scoped(&filter, c, scope, &own));
    CH_TRY(begin(s, c->name, &u));
    BSON_APPEND_DOCUMENT_BEGIN(&update, "$set", &set);
    ch_bson_write_some(&set, c->table, obj, which & ~ch_mask(c->table, "id", "version", NULL), "");
    BSON_APPEND_INT64(&set, "version", *version + 1);
    put_idempotency(&set, LAST_COMMAND, w);
    bson_append_document_end(&update, &set);
    if (w->n) {
        BSON_APPEND_DOCUMENT_BEGIN(&update, "$push", &push);
        BSON_APPEND_DOCUMENT_BEGIN(&push, "outbox", &each);
        put_events(&each, "$each", w, *id_of(c, obj), *version + 1);
        bson_append_document_end(&push, &each);
        bson_append_document_end(&update, &push);
    }
    bson_destroy(&reply);
    if (!mongoc_collection_update_one(u.collection, &filter, &update, NULL, &reply, &error)) return ch_store_failure(s, c->name, &error);
    if (!matched(&reply)) {
        end_use(&u);
        return diagnose(s, c, scope, *id_of(c, obj), *version);
    }
    ++*version;
    tell(s, &u, c, *id_of(c, obj), w);
    return CH_OK;
}

ch_err ch_store_keep(ch_store *s, const ch_collection *c, const void *obj)
{
    AUTO_USE use u = {0};
    AUTO_BSON bson_t filter = BSON_INITIALIZER, update = BSON_INITIALIZER, opts = BSON_INITIALIZER;
    bson_t lower, set;
    bson_error_t error;
    CH_TRY(begin(s, c->name, &u));
    filter_id(&filter, *id_of(c, obj));
    BSON_APPEND_DOCUMENT_BEGIN(&filter, "version", &lower);
    BSON_APPEND_INT64(&lower, "$lt", *version_of(c, obj));
    bson_append_document_end(&filter, &lower);
    BSON_APPEND_DOCUMENT_BEGIN(&update, "$set", &set);
    ch_bson_write_some(&set, c->table, obj, CH_ALL & ~ch_mask(c->table, "id", NULL), "");
    bson_append_document_end(&update, &set);
    BSON_APPEND_BOOL(&opts, "upsert", true);
    if (mongoc_collection_update_one(u.collection, &filter, &update, &opts, NULL, &error)) return CH_OK;
    if (error.code != DUPLICATE_KEY) return ch_store_failure(s, c->name, &error);
    /* The upsert met the id: the row is there at this version or a higher one, or somebody has just made it at a lower one. */
    return mongoc_collection_update_one(u.collection, &filter, &update, NULL, NULL, &error) ? CH_OK : ch_store_failure(s, c->name, &error);
}

ch_err ch_store_patch(ch_store *s, const ch_collection *c, ch_scope scope, const bson_t *given, const bson_t *update, bool upsert)
{
    AUTO_USE use u = {0};
    AUTO_BSON bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER, reply = BSON_INITIALIZER;
    bson_error_t error;
    CH_TRY(scoped(&filter, c, scope, given));
    CH_TRY(begin(s, c->name, &u));
    BSON_APPEND_BOOL(&opts, "upsert", upsert);
    bson_destroy(&reply);
    if (!mongoc_collection_update_one(u.collection, &filter, update, &opts, &reply, &error)) return ch_store_failure(s, c->name, &error);
    return matched(&reply) ? CH_OK : CH_NOT_FOUND;
}

ch_err ch_store_claim(ch_store *s, const ch_collection *c, const bson_t *filter, const bson_t *update, const char *sort_json, ch_arena *a, void *out)
{
    AUTO_USE use u = {0};
    AUTO_BSON bson_t sort = BSON_INITIALIZER, reply = BSON_INITIALIZER;
    bson_t found;
    bson_iter_t it;
    uint32_t n;
    const uint8_t *p;
    bson_error_t error;
    CH_TRY(begin(s, c->name, &u));
    append_json(&sort, sort_json);
    mongoc_find_and_modify_opts_t *opts = mongoc_find_and_modify_opts_new();
    mongoc_find_and_modify_opts_set_update(opts, update);
    mongoc_find_and_modify_opts_set_flags(opts, MONGOC_FIND_AND_MODIFY_RETURN_NEW);
    if (sort_json) mongoc_find_and_modify_opts_set_sort(opts, &sort);
    bson_destroy(&reply);
    bool fine = mongoc_collection_find_and_modify_with_opts(u.collection, filter, opts, &reply, &error);
    mongoc_find_and_modify_opts_destroy(opts);
    if (!fine) return ch_store_failure(s, c->name, &error);
    if (!bson_iter_init_find(&it, &reply, "value") || !BSON_ITER_HOLDS_DOCUMENT(&it)) return CH_NOT_FOUND;
    bson_iter_document(&it, &n, &p);
    if (!bson_init_static(&found, p, n)) return CH_INTERNAL;
    if (out) ch_bson_read(a, &found, c->table, out);
    return CH_OK;
}

ch_err ch_store_delete(ch_store *s, const ch_collection *c, ch_scope scope, ch_str id)
{
    AUTO_USE use u = {0};
    AUTO_BSON bson_t own = BSON_INITIALIZER, filter = BSON_INITIALIZER;
    bson_error_t error;
    filter_id(&own, id);
    CH_TRY(scoped(&filter, c, scope, &own));
    CH_TRY(begin(s, c->name, &u));
    return mongoc_collection_delete_one(u.collection, &filter, NULL, NULL, &error) ? CH_OK : ch_store_failure(s, c->name, &error);
}

typedef struct repeat {
    ch_str key, hash;
    ch_err result;
} repeat;

static bool is_text(const bson_t *doc, const char *path, ch_str text)
{
    bson_iter_t it, found;
    return bson_iter_init(&it, doc) && bson_iter_find_descendant(&it, path, &found) && BSON_ITER_HOLDS_UTF8(&found) &&
           ch_str_is(text, bson_iter_utf8(&found, NULL));
}

static bool check_repeat(void *p, const bson_t *doc)
{
    static const char *const commands[][2] = {{LAST_COMMAND ".key", LAST_COMMAND ".hash"}, {FIRST_COMMAND ".key", FIRST_COMMAND ".hash"}};
    repeat *r = p;
    for (int i = 0; i < 2 && r->result != CH_OK; i++)
        if (is_text(doc, commands[i][0], r->key)) r->result = is_text(doc, commands[i][1], r->hash) ? CH_OK : CH_INVALID;
    return false;
}

ch_err ch_store_repeated(ch_store *s, const ch_collection *c, ch_scope scope, ch_str id, ch_str key, ch_str hash)
{
    AUTO_BSON bson_t filter = BSON_INITIALIZER;
    repeat r = {key, hash, CH_NOT_FOUND};
    if (!key.n) return CH_NOT_FOUND;
    filter_id(&filter, id);
    CH_TRY(ch_store_each(s, c, scope, &(ch_find){.filter = &filter, .limit = 1, .fields = "{\"" LAST_COMMAND "\": 1, \"" FIRST_COMMAND "\": 1}"},
                         check_repeat, &r));
    return r.result;
}

ch_err ch_store_bulk(ch_store *s, const ch_collection *c, const bson_t **docs, size_t n)
{
    AUTO_USE use u = {0};
    AUTO_BSON bson_t opts = BSON_INITIALIZER;
    bson_error_t error;
    if (n == 0) return CH_OK;
    CH_TRY(begin(s, c->name, &u));
    BSON_APPEND_BOOL(&opts, "ordered", false);
    if (mongoc_collection_insert_many(u.collection, docs, n, &opts, NULL, &error)) return CH_OK;
    return error.code == DUPLICATE_KEY ? CH_OK : ch_store_failure(s, c->name, &error);
}

/* ---- indexes */

static void index_name(const bson_t *keys, char *out, size_t size)
{
    bson_iter_t it;
    size_t n = 0;
    out[0] = 0;
    for (bson_iter_init(&it, keys); bson_iter_next(&it) && n < size;)
        n += (size_t)snprintf(out + n, size - n, "%s%s_%d", n ? "_" : "", bson_iter_key(&it), (int)bson_iter_as_int64(&it));
}

static void put_index(bson_t *array, const char *at, const char *json)
{
    AUTO_BSON bson_t spec = BSON_INITIALIZER;
    bson_t one, keys;
    bson_iter_t it;
    char name[128];
    const uint8_t *p = NULL;
    uint32_t n = 0;
    append_json(&spec, json);
    if (bson_iter_init_find(&it, &spec, "keys")) bson_iter_document(&it, &n, &p);
    if (!p || !bson_init_static(&keys, p, n)) abort(); /* a literal of ours */
    index_name(&keys, name, sizeof name);
    BSON_APPEND_DOCUMENT_BEGIN(array, at, &one);
    BSON_APPEND_DOCUMENT(&one, "key", &keys);
    BSON_APPEND_UTF8(&one, "name", name);
    if (bson_iter_init_find(&it, &spec, "unique")) BSON_APPEND_BOOL(&one, "unique", bson_iter_bool(&it));
    if (bson_iter_init_find(&it, &spec, "sparse")) BSON_APPEND_BOOL(&one, "sparse", bson_iter_bool(&it));
    if (bson_iter_init_find(&it, &spec, "ttl")) BSON_APPEND_INT64(&one, "expireAfterSeconds", bson_iter_as_int64(&it));
    bson_append_document_end(array, &one);
}

ch_err ch_store_prepare(ch_store *s, const ch_collection *c)
{
    AUTO_USE use u = {0};
    AUTO_BSON bson_t command = BSON_INITIALIZER;
    bson_error_t error;
    bson_t array;
    char at[16];
    unsigned n = 0;
    CH_TRY(begin(s, c->name, &u));
    BSON_APPEND_UTF8(&command, "createIndexes", c->name);
    BSON_APPEND_ARRAY_BEGIN(&command, "indexes", &array);
    put_index(&array, "0", "{\"keys\": {\"outbox._id\": 1}, \"sparse\": true}");
    for (; c->indexes && c->indexes[n]; n++) {
        snprintf(at, sizeof at, "%u", n + 1);
        put_index(&array, at, c->indexes[n]);
    }
    bson_append_array_end(&command, &array);
    if (mongoc_client_write_command_with_opts(u.client, s->database, &command, NULL, NULL, &error)) return CH_OK;
    return ch_store_failure(s, c->name, &error);
}
