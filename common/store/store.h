#ifndef CH_STORE_STORE_H
#define CH_STORE_STORE_H
/*
 * The document store: whatever speaks MongoDB's wire protocol. A command is one conditional write of one document (_id +
 * version), which carries its events in an `outbox` array. Every call names a scope, and a collection says which it admits: a
 * query over all tenants cannot be written by leaving something out.
 */
#include <bson/bson.h>

#include "data/event.h"
#include "data/table.h"

typedef struct ch_store ch_store;

typedef struct ch_scope {
    enum { CH_SCOPE_ORG = 1, CH_SCOPE_PERSON = 2, CH_SCOPE_PUBLIC = 4, CH_SCOPE_PLATFORM = 8 } kind;
    ch_str id;
} ch_scope;
static inline ch_scope ch_scope_org(ch_str id) { return (ch_scope){CH_SCOPE_ORG, id}; }
static inline ch_scope ch_scope_person(ch_str id) { return (ch_scope){CH_SCOPE_PERSON, id}; }
static inline ch_scope ch_scope_public(void) { return (ch_scope){CH_SCOPE_PUBLIC, {"", 0}}; }
/* The service's own work: sign-in, workers, the department's totals. */
static inline ch_scope ch_scope_platform(void) { return (ch_scope){CH_SCOPE_PLATFORM, {"", 0}}; }

typedef struct ch_collection {
    const char *name;
    const ch_table *table;                  /* has `id` (ch_str) and `version` (int64_t) */
    unsigned admits;                        /* CH_SCOPE_… bits */
    const char *org_key, *person_key;       /* BSON paths that the scope's id must equal */
    const char *org_filter, *public_filter; /* JSON: more that these scopes may not see past */
    const char *const *indexes;             /* NULL-ended JSON: {"keys": {...}, "unique": true} */
} ch_collection;

/* Connects lazily; creates nothing. Lives as long as the process. NULL: the URI is wrong (logged). */
ch_store *ch_store_open(const char *uri, const char *database);
bool ch_store_alive(ch_store *s);
/* Makes the indexes of a collection; repeatable. */
ch_err ch_store_prepare(ch_store *s, const ch_collection *c);

/* ---- reading; results live in the arena */
ch_err ch_store_get(ch_store *s, const ch_collection *c, ch_scope scope, ch_str id, ch_arena *a, void *out);
/* The first that matches. */
ch_err ch_store_one(ch_store *s, const ch_collection *c, ch_scope scope, const bson_t *filter, ch_arena *a, void *out);
typedef struct ch_find {
    const bson_t *filter; /* NULL: all of the scope */
    const char *sort;     /* JSON, e.g. {"changed_at": -1} */
    const char *fields;   /* JSON projection */
    int64_t limit, skip;  /* limit 0: 1000 */
} ch_find;
ch_err ch_store_find(ch_store *s, const ch_collection *c, ch_scope scope, const ch_find *find, ch_arena *a, ch_list *out);
/* Calls fn for each document, without keeping any; false from fn ends it. */
ch_err ch_store_each(ch_store *s, const ch_collection *c, ch_scope scope, const ch_find *find, bool (*fn)(void *arg, const bson_t *doc), void *arg);
ch_err ch_store_count(ch_store *s, const ch_collection *c, ch_scope scope, const bson_t *filter, int64_t *out);
/* stages: JSON array, run behind a $match of the scope. */
ch_err ch_store_aggregate(ch_store *s, const ch_collection *c, ch_scope scope, const char *stages, bool (*fn)(void *arg, const bson_t *doc),
                          void *arg);

/* ---- writing */
typedef struct ch_write {
    const ch_outgoing *events;
    size_t n;
    ch_str key, hash;    /* Idempotency-Key and the hash of what came with it; empty: none */
    const bson_t *where; /* more that must hold, else CH_CONFLICT */
} ch_write;

/* Inserts at version 1 (set in *obj). CH_EXISTS: the id or a unique key is there. */
ch_err ch_store_create(ch_store *s, const ch_collection *c, ch_scope scope, void *obj, const ch_write *write);
/* Writes the fields of `which`, if the stored version is obj's; the version goes up by one in both. CH_STALE, CH_NOT_FOUND,
 * CH_CONFLICT (write->where) otherwise. */
ch_err ch_store_save(ch_store *s, const ch_collection *c, ch_scope scope, void *obj, uint64_t which, const ch_write *write);
/* Writes the whole row if it is not there or has a lower version: how consumers keep what events tell. */
ch_err ch_store_keep(ch_store *s, const ch_collection *c, const void *obj);
/* An arbitrary update of one document, without version (leases, counters of attempts): CH_NOT_FOUND when nothing matched. */
ch_err ch_store_patch(ch_store *s, const ch_collection *c, ch_scope scope, const bson_t *filter, const bson_t *update, bool upsert);
/* Find one, apply the update to it, read it as it is then: claims a due item. CH_NOT_FOUND: none. */
ch_err ch_store_claim(ch_store *s, const ch_collection *c, const bson_t *filter, const bson_t *update, const char *sort, ch_arena *a, void *out);
ch_err ch_store_delete(ch_store *s, const ch_collection *c, ch_scope scope, ch_str id);
/* CH_OK: this document was made, or changed last, by this very command before; CH_INVALID: the key came with another payload; CH_NOT_FOUND. */
ch_err ch_store_repeated(ch_store *s, const ch_collection *c, ch_scope scope, ch_str id, ch_str key, ch_str hash);
/* An event as an outbox and the log hold it: appended to the empty document `to`. */
void ch_store_event(bson_t *to, const ch_outgoing *e, ch_str aggregate, int64_t version, ch_time at);
/* For demonstration data: inserts, passing over those that exist. */
ch_err ch_store_bulk(ch_store *s, const ch_collection *c, const bson_t **docs, size_t n);

/* The bus takes over from here: called after a write that had events, on the same thread. */
void ch_store_on_events(ch_store *s, void (*fn)(void *arg, const ch_collection *c, ch_str id), void *arg);
/* For bus/ and store/files.c, which speak libmongoc themselves. */
struct _mongoc_client_pool_t;
struct _mongoc_client_pool_t *ch_store_pool(ch_store *s);
const char *ch_store_database(ch_store *s);
/* Maps and logs a failure; opens the breaker when the server cannot be reached. */
ch_err ch_store_failure(ch_store *s, const char *what, const bson_error_t *error);
bool ch_store_breaker_open(ch_store *s);
#endif
