#ifndef INTEGRATION_ROOMS_H
#define INTEGRATION_ROOMS_H
/* What the tests of redis, store and bus share: the real servers, a database of one's own, a noun. */
#include <mongoc/mongoc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../unit/unit.h"
#include "base/id.h"
#include "redis/redis.h"
#include "store/store.h"

static inline const char *needed(const char *name)
{
    const char *value = getenv(name);
    if (value && *value) return value;
    fprintf(stderr, "%s is not set: these tests need a running document store and Redis\n", name);
    exit(2);
}

static inline void sleep_ms(int ms) { poll(NULL, 0, ms); }

static inline int64_t ms_since(int64_t ticks) { return (ch_ticks() - ticks) / 1000000; }

/* Waits until the condition holds, 20 s at most. */
#define WAIT_FOR(condition)                                                                                                                          \
    do {                                                                                                                                             \
        int64_t start_ = ch_ticks();                                                                                                                 \
        while (!(condition) && ms_since(start_) < 20000) sleep_ms(2);                                                                                \
        ck_assert_msg((condition), "did not come true: %s", #condition);                                                                             \
    } while (0)

/* A database that this test alone uses. */
static inline const char *own_database(const char *suffix)
{
    static char names[8][64];
    static int next;
    char *name = names[next++ % 8];
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    snprintf(name, 64, "rooms_%.26s_%s", ch_id_new(a).p, suffix);
    return name;
}

static inline void drop_database(ch_store *s)
{
    bson_error_t error;
    mongoc_client_t *client = mongoc_client_pool_pop(ch_store_pool(s));
    mongoc_database_t *database = mongoc_client_get_database(client, ch_store_database(s));
    mongoc_database_drop(database, &error);
    mongoc_database_destroy(database);
    mongoc_client_pool_push(ch_store_pool(s), client);
}

static inline ch_store *open_store(const char *suffix)
{
    ch_store *s = ch_store_open(needed("MONGODB_URI"), own_database(suffix));
    ck_assert_ptr_nonnull(s);
    ck_assert(ch_store_alive(s));
    return s;
}

/* How many documents of a collection match, past any scope. */
static inline int64_t count_raw(ch_store *s, const char *collection, const char *json)
{
    bson_error_t error;
    bson_t filter;
    ck_assert(bson_init_from_json(&filter, json, -1, &error));
    mongoc_client_t *client = mongoc_client_pool_pop(ch_store_pool(s));
    mongoc_collection_t *c = mongoc_client_get_collection(client, ch_store_database(s), collection);
    int64_t n = mongoc_collection_count_documents(c, &filter, NULL, NULL, NULL, &error);
    mongoc_collection_destroy(c);
    mongoc_client_pool_push(ch_store_pool(s), client);
    bson_destroy(&filter);
    return n;
}

static inline void update_raw(ch_store *s, const char *collection, const char *filter_json, const char *update_json)
{
    bson_error_t error;
    bson_t filter, update;
    ck_assert(bson_init_from_json(&filter, filter_json, -1, &error) && bson_init_from_json(&update, update_json, -1, &error));
    mongoc_client_t *client = mongoc_client_pool_pop(ch_store_pool(s));
    mongoc_collection_t *c = mongoc_client_get_collection(client, ch_store_database(s), collection);
    ck_assert_msg(mongoc_collection_update_many(c, &filter, &update, NULL, NULL, &error), "%s", error.message);
    mongoc_collection_destroy(c);
    mongoc_client_pool_push(ch_store_pool(s), client);
    bson_destroy(&filter);
    bson_destroy(&update);
}

/* ---- a noun that organisations own and persons read */

typedef struct thing {
    ch_presence seen;
    ch_str id, organisation, person, title, state;
    int64_t version, count;
    ch_time due_at;
} thing;
CH_TABLE(thing_table, thing, "A thing", CH_ROW(thing, id, CH_F_STR), CH_ROW(thing, version, CH_F_INT), CH_ROW(thing, organisation, CH_F_STR),
         CH_ROW(thing, person, CH_F_STR), CH_ROW(thing, title, CH_F_STR), CH_ROW(thing, state, CH_F_STR), CH_ROW(thing, count, CH_F_INT),
         CH_ROW(thing, due_at, CH_F_TIME));
static const char *const thing_indexes[] = {"{\"keys\": {\"organisation\": 1, \"title\": 1}, \"unique\": true}", "{\"keys\": {\"due_at\": -1}}",
                                            NULL};
static const ch_collection things = {
    .name = "things",
    .table = &thing_table,
    .admits = CH_SCOPE_ORG | CH_SCOPE_PERSON | CH_SCOPE_PUBLIC | CH_SCOPE_PLATFORM,
    .org_key = "organisation",
    .person_key = "person",
    .org_filter = "{\"state\": {\"$ne\": \"draft\"}}",
    .public_filter = "{\"state\": \"open\"}",
    .indexes = thing_indexes,
};
static const ch_collection org_things = {
    .name = "things", .table = &thing_table, .admits = CH_SCOPE_ORG, .org_key = "organisation", .indexes = thing_indexes};
#endif
