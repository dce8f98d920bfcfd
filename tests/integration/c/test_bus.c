/* bus/ against the real document store and a Redis of its own: two replicas, which share a consumer's name and the
 * databases. */
#include "rooms.h"

#include <pthread.h>

#include "bus/bus.h"
#include "own_redis.h"

enum { WRITERS = 4, EACH = 5, VERSIONS = 4, DOCS = WRITERS * EACH };

typedef struct replica {
    ch_store *store;
    ch_bus *bus;
    pthread_t thread;
    atomic_bool stop;
    atomic_int applied;
} replica;

static const ch_event_type changed = {"thing.changed", &thing_table};
static const ch_collection rows = {.name = "rows", .table = &thing_table, .admits = CH_SCOPE_PLATFORM};
static const ch_collection *const swept[] = {&org_things, NULL};
static const char *const producers[] = {"writer", NULL}, *const types[] = {"thing.changed", NULL};
static ch_store *store, *events;
static own_redis server;
static replica replicas[2];
static atomic_int applied[DOCS][VERSIONS + 1];
static atomic_int tries, refusal, running, overlaps, runs;

static ch_err apply(void *ctx, ch_arena *a, const ch_event *e)
{
    replica *r = ctx;
    thing row = {0};
    if (refusal) {
        tries++;
        return (ch_err)refusal;
    }
    int doc = atoi(ch_arena_z(a, e->aggregate));
    /* Version 2 comes a second late, behind those that follow it. */
    if (atomic_fetch_add(&applied[doc][e->version], 1) == 0 && e->version == 2) return CH_UNAVAILABLE;
    ch_event_payload(e, a, &thing_table, &row);
    row.id = e->aggregate;
    row.version = e->version;
    r->applied++;
    return ch_store_keep(r->store, &rows, &row);
}
static void scheduled(void *ctx, ch_arena *a)
{
    (void)ctx, (void)a;
    if (atomic_fetch_add(&running, 1)) overlaps++;
    sleep_ms(300);
    running--;
    runs++;
}
static const ch_consumer consumers[] = {{"rows", producers, types, apply}, {0}};
static const ch_schedule schedules[] = {{"hourly", 100, scheduled}, {0}};

static void *work(void *p)
{
    replica *r = p;
    ch_bus_work(r->bus, consumers, schedules, r, &r->stop);
    return NULL;
}
static void start(replica *r, ch_redis *redis)
{
    r->store = ch_store_open(needed("MONGODB_URI"), ch_store_database(store));
    r->bus = ch_bus_open(r->store, events, "writer", redis, swept);
    ck_assert_int_eq(pthread_create(&r->thread, NULL, work, r), 0);
}
static void stop(replica *r)
{
    r->stop = true;
    ch_bus_wake(r->bus);
    pthread_join(r->thread, NULL);
}
static void setup(void)
{
    server = own_redis_start();
    store = open_store("bus");
    events = open_store("log");
    ck_assert_int_eq(ch_store_prepare(store, &things), CH_OK);
}
static void end(void)
{
    drop_database(store);
    drop_database(events);
    own_redis_stop(&server);
}

/* Creates one and saves it, with an event each time. */
static void write_versions(ch_store *s, int doc, int versions)
{
    char id[8];
    snprintf(id, sizeof id, "%d", doc);
    thing t = {.id = ch_str_of(id), .organisation = CH_STR("o1"), .title = ch_str_of(id), .count = 1};
    const ch_outgoing out = {.type = &changed, .payload = &t};
    const ch_write w = {.events = &out, .n = 1};
    ck_assert_int_eq(ch_store_create(s, &org_things, ch_scope_org(t.organisation), &t, &w), CH_OK);
    while (++t.count <= versions) ck_assert_int_eq(ch_store_save(s, &org_things, ch_scope_org(t.organisation), &t, CH_ALL, &w), CH_OK);
}
static void *writer(void *p)
{
    for (int i = 0, k = (int)(intptr_t)p; i < EACH; i++) write_versions(replicas[k % 2].store, k * EACH + i, VERSIONS);
    return NULL;
}
static bool all_applied(void)
{
    for (int d = 0; d < DOCS; d++)
        for (int v = 1; v <= VERSIONS; v++)
            if (applied[d][v] < (v == 2 ? 2 : 1)) return false;
    return true;
}

START_TEST(every_event_once_in_the_log_and_rows_at_the_highest_version)
{
    pthread_t threads[WRITERS];
    setup();
    for (int i = 0; i < 2; i++) start(&replicas[i], own_redis_as(&server, "identity"));
    for (int i = 0; i < WRITERS; i++) pthread_create(&threads[i], NULL, writer, (void *)(intptr_t)i);
    for (int i = 0; i < WRITERS; i++) pthread_join(threads[i], NULL);
    WAIT_FOR(all_applied() && count_raw(store, "event_retries", "{}") == 0);
    for (int i = 0; i < 2; i++) stop(&replicas[i]);
    ck_assert_int_eq(count_raw(events, "writer", "{}"), DOCS * VERSIONS);
    for (int v = 1; v <= VERSIONS; v++) {
        char filter[32];
        snprintf(filter, sizeof filter, "{\"version\": %d}", v);
        ck_assert_int_eq(count_raw(events, "writer", filter), DOCS);
    }
    ck_assert_int_eq(count_raw(store, "rows", "{\"version\": 4, \"count\": 4}"), DOCS);
    ck_assert_int_eq(count_raw(store, "things", "{\"outbox.0\": {\"$exists\": true}}"), 0);
    end();
}
END_TEST

START_TEST(an_outbox_left_behind_is_swept_without_redis)
{
    setup();
    write_versions(store, 0, 1);
    ck_assert_int_eq(count_raw(store, "things", "{\"outbox\": {\"$size\": 1}}"), 1);
    start(&replicas[0], ch_redis_open(&(ch_redis_config){CH_STR("/nonexistent/redis.sock"), {"", 0}, {"", 0}, 500}));
    WAIT_FOR(replicas[0].applied == 1);
    write_versions(replicas[0].store, 1, 1);
    WAIT_FOR(applied[1][1] == 1);
    stop(&replicas[0]);
    ck_assert_int_eq(count_raw(events, "writer", "{}"), 2);
    end();
}
END_TEST

START_TEST(a_worker_that_stops_hands_over_at_once_and_schedules_never_overlap)
{
    setup();
    start(&replicas[0], own_redis_as(&server, "identity"));
    write_versions(store, 0, 1);
    WAIT_FOR(replicas[0].applied == 1);
    start(&replicas[1], own_redis_as(&server, "identity"));
    WAIT_FOR(runs >= 4);
    ck_assert_int_eq(overlaps, 0);
    ck_assert_int_eq(replicas[1].applied, 0);
    stop(&replicas[0]);
    int64_t stopped = ch_ticks();
    write_versions(replicas[1].store, 1, 1);
    WAIT_FOR(applied[1][1] == 1);
    ck_assert_int_lt(ms_since(stopped), 10000); /* the lease itself would have lasted 15 s */
    stop(&replicas[1]);
    end();
}
END_TEST

/* Its counter is put forward to the last try but one, so that the hours of pauses need not be waited for. */
static void refused(ch_err why, int last, const char *state)
{
    char update[128], wanted[64];
    setup();
    refusal = (int)why;
    start(&replicas[0], own_redis_as(&server, "identity"));
    write_versions(replicas[0].store, 0, 1);
    WAIT_FOR(tries == 1);
    int64_t first = ch_ticks();
    WAIT_FOR(tries == 2);
    ck_assert_int_ge(ms_since(first), 900);
    WAIT_FOR(count_raw(store, "event_retries", "{\"tries\": 2, \"state\": \"waiting\"}") == 1);
    snprintf(update, sizeof update, "{\"$set\": {\"tries\": {\"$numberLong\": \"%d\"}, \"next_at\": {\"$date\": {\"$numberLong\": \"1\"}}}}",
             last - 1);
    update_raw(store, "event_retries", "{}", update);
    snprintf(wanted, sizeof wanted, "{\"tries\": %d, \"state\": \"%s\"}", last, state);
    WAIT_FOR(count_raw(store, "event_retries", wanted) == 1);
    stop(&replicas[0]);
    end();
}
START_TEST(what_is_not_known_yet_is_tried_past_20_times) { refused(CH_NOT_FOUND, 199, "waiting"); }
END_TEST
START_TEST(what_is_never_known_dies_at_200) { refused(CH_NOT_FOUND, 200, "dead"); }
END_TEST
START_TEST(what_is_wrong_dies_at_20) { refused(CH_INVALID, 20, "dead"); }
END_TEST
START_TEST(what_is_unavailable_never_dies) { refused(CH_UNAVAILABLE, 300, "waiting"); }
END_TEST

UNIT_MAIN("bus", every_event_once_in_the_log_and_rows_at_the_highest_version, an_outbox_left_behind_is_swept_without_redis,
          a_worker_that_stops_hands_over_at_once_and_schedules_never_overlap, what_is_not_known_yet_is_tried_past_20_times,
          what_is_never_known_dies_at_200, what_is_wrong_dies_at_20, what_is_unavailable_never_dies)
