#ifndef CH_BUS_BUS_H
#define CH_BUS_BUS_H
/*
 * Outbox → event log → consumers (DESIGN section 2). The log is the truth; Redis only wakes. Delivery is at least once and in
 * no promised order: an apply function writes by version (ch_store_keep) and so does not mind.
 */
#include <stdatomic.h>

#include "contracts/events.h"
#include "redis/redis.h"
#include "store/store.h"

typedef struct ch_bus ch_bus;
typedef struct ch_event {
    ch_str id, type, aggregate, organisation, person;
    int64_t version;
    ch_time at;
    const bson_t *payload;
} ch_event;
/* The payload as its struct; zeroed fields where it says nothing. */
void ch_event_payload(const ch_event *e, ch_arena *a, const ch_table *t, void *out);

/* What apply refuses is tried again with growing pauses (1 s to 4 minutes). CH_UNAVAILABLE for as long as it takes, CH_NOT_FOUND
 * ("not known yet") 200 times (half a day), anything else 20 times (an hour); then it is a dead letter: state "dead" in the
 * collection event_retries, and an error in the log. */
typedef struct ch_consumer {
    const char *name;
    const char *const *producers; /* NULL-ended: the logs it reads */
    const char *const *types;     /* NULL-ended */
    ch_err (*apply)(void *ctx, ch_arena *a, const ch_event *e);
} ch_consumer;

/* Work that is due every so often, on one replica at a time. Consumers wait while it runs; one that may take longer than the lease
 * (15 s) claims its items one by one (ch_store_claim), as then another replica may begin too. */
typedef struct ch_schedule {
    const char *name;
    int64_t every_ms;
    void (*run)(void *ctx, ch_arena *a);
} ch_schedule;

/* `log` is the events' database; `producer` names this service's log. Relays at once after each command of `own`. */
ch_bus *ch_bus_open(ch_store *own, ch_store *log, const char *producer, ch_redis *redis, const ch_collection *const *collections);
/* Moves one document's outbox into the log: insert (an event already there is fine), wake, pull. */
ch_err ch_bus_relay(ch_bus *bus, const ch_collection *c, ch_str id);
/* The same for all documents that still have one. */
void ch_bus_sweep(ch_bus *bus);
/* For demonstration data: events of the past (ch_store_event), into a producer's log in bulk and in this order. */
ch_err ch_bus_record(ch_store *log, const char *producer, const bson_t **events, size_t n);
/* The worker's loop: sweeps, consumes, runs schedules, until *stop; then gives its leases back. Once a process: the subscription
 * stays. */
void ch_bus_work(ch_bus *bus, const ch_consumer *consumers, const ch_schedule *schedules, void *ctx, const atomic_bool *stop);
/* Wakes this process's loop. */
void ch_bus_wake(ch_bus *bus);
#endif
