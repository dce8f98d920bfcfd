#include "bus/bus.h"

#include <mongoc/mongoc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/id.h"
#include "base/log.h"
#include "data/bson.h"

enum {
    TICK_MS = 1000,     /* sweep, retries, schedules; and how late a wake that got lost is noticed */
    OVERLAP_MS = 60000, /* clocks apart and slow inserts: how far back a whole look goes */
    GLANCE_MS = 2000,   /* the same for a look between two whole ones */
    WHOLE_EVERY_MS = 5000,
    LEASE_MS = 15000,
    PAGE = 500,
    SWEEP = 100,
    MOST_TRIES = 20,
    SEEN = 1 << 15
};
#define AUTO_BSON __attribute__((cleanup(bson_destroy)))
#define CHANNEL   "bus"

struct ch_bus {
    ch_store *own, *log;
    ch_redis *redis;
    const char *producer;
    const ch_collection *const *collections;
    const ch_consumer *consumers;
    char owner[27];
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool woken;
};

/* ---- the rows that the bus keeps in the service's own database */

typedef struct position {
    ch_presence seen;
    ch_str id, owner;
    int64_t version;
    ch_time until, next_at, reached;
} position;
CH_TABLE(position_table, position, "Who works on what, and how far it got", CH_ROW(position, id, CH_F_STR), CH_ROW(position, version, CH_F_INT),
         CH_ROW(position, owner, CH_F_STR), CH_ROW(position, until, CH_F_TIME), CH_ROW(position, next_at, CH_F_TIME),
         CH_ROW(position, reached, CH_F_TIME));
static const ch_collection leases = {.name = "leases", .table = &position_table, .admits = CH_SCOPE_PLATFORM};

typedef struct retry {
    ch_presence seen;
    ch_str id, consumer, producer, event, state;
    int64_t version, tries;
    ch_time next_at;
} retry;
CH_TABLE(retry_table, retry, "An event that waits to be applied", CH_ROW(retry, id, CH_F_STR), CH_ROW(retry, version, CH_F_INT),
         CH_ROW(retry, consumer, CH_F_STR), CH_ROW(retry, producer, CH_F_STR), CH_ROW(retry, event, CH_F_STR), CH_ROW(retry, state, CH_F_STR),
         CH_ROW(retry, tries, CH_F_INT), CH_ROW(retry, next_at, CH_F_TIME));
static const char *const retry_indexes[] = {"{\"keys\": {\"consumer\": 1, \"state\": 1, \"next_at\": 1}}", NULL};
static const ch_collection retries = {.name = "event_retries", .table = &retry_table, .admits = CH_SCOPE_PLATFORM, .indexes = retry_indexes};

/* A log's documents are not read through a table: the payload's shape depends on the type. */
CH_TABLE(log_table, position, "Events", CH_ROW(position, id, CH_F_STR), CH_ROW(position, version, CH_F_INT));

static ch_collection log_of(const char *producer)
{
    static const char *const indexes[] = {"{\"keys\": {\"seq\": 1}}", NULL};
    return (ch_collection){.name = producer, .table = &log_table, .admits = CH_SCOPE_PLATFORM, .indexes = indexes};
}

/* ---- relay */

typedef struct outbox {
    ch_bus *bus;
    ch_err result;
    bson_t pulled; /* array of event ids */
    uint32_t n;
} outbox;

/* The log's order is that of arrival, `seq`, and not that of the event's own id: an outbox that was swept an hour late would
 * otherwise lie behind every consumer's position. A second insert of the same event finds its _id there and changes nothing. */
static bool insert_event(outbox *o, const bson_t *event, const char *id)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    const ch_collection log = log_of(o->bus->producer);
    AUTO_BSON bson_t entry = BSON_INITIALIZER;
    const bson_t *one = &entry;
    char index[16];
    bson_concat(&entry, event);
    BSON_APPEND_UTF8(&entry, "seq", ch_id_new(a).p);
    o->result = ch_store_bulk(o->bus->log, &log, &one, 1);
    if (o->result) return false;
    ch_crash_point("relay_after_insert");
    snprintf(index, sizeof index, "%u", o->n++);
    BSON_APPEND_UTF8(&o->pulled, index, id);
    return true;
}

ch_err ch_bus_record(ch_store *log, const char *producer, const bson_t **events, size_t n)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(64 << 10);
    const ch_collection to = log_of(producer);
    bson_t **entries = CH_NEW_N(a, bson_t *, n);
    for (size_t i = 0; i < n; i++) {
        entries[i] = bson_copy(events[i]);
        BSON_APPEND_UTF8(entries[i], "seq", ch_id_new(a).p);
    }
    ch_err e = ch_store_bulk(log, &to, (const bson_t **)entries, n);
    for (size_t i = 0; i < n; i++) bson_destroy(entries[i]);
    return e;
}

static bool relay_doc(void *p, const bson_t *doc)
{
    outbox *o = p;
    bson_iter_t it, item, id;
    if (!bson_iter_init_find(&it, doc, "outbox") || !bson_iter_recurse(&it, &item)) return false;
    while (bson_iter_next(&item)) {
        const uint8_t *data;
        uint32_t n;
        bson_t event;
        if (!BSON_ITER_HOLDS_DOCUMENT(&item)) continue;
        bson_iter_document(&item, &n, &data);
        if (!bson_init_static(&event, data, n) || !bson_iter_init_find(&id, &event, "_id")) continue;
        if (!insert_event(o, &event, bson_iter_utf8(&id, NULL))) return false;
    }
    return false;
}

static ch_err pull(ch_bus *bus, const ch_collection *c, const bson_t *filter, const bson_t *ids)
{
    AUTO_BSON bson_t update = BSON_INITIALIZER;
    bson_t op, entry, in;
    BSON_APPEND_DOCUMENT_BEGIN(&update, "$pull", &op);
    BSON_APPEND_DOCUMENT_BEGIN(&op, "outbox", &entry);
    BSON_APPEND_DOCUMENT_BEGIN(&entry, "_id", &in);
    BSON_APPEND_ARRAY(&in, "$in", ids);
    bson_append_document_end(&entry, &in);
    bson_append_document_end(&op, &entry);
    bson_append_document_end(&update, &op);
    return ch_store_patch(bus->own, c, ch_scope_platform(), filter, &update, false);
}

ch_err ch_bus_relay(ch_bus *bus, const ch_collection *given, ch_str id)
{
    /* The bus may see any document of its own service, whatever the collection admits to handlers. */
    ch_collection c = *given;
    AUTO_BSON bson_t filter = BSON_INITIALIZER;
    outbox o = {.bus = bus};
    c.admits |= CH_SCOPE_PLATFORM;
    bson_init(&o.pulled);
    bson_append_utf8(&filter, "_id", -1, id.p, (int)id.n);
    ch_err e =
        ch_store_each(bus->own, &c, ch_scope_platform(), &(ch_find){.filter = &filter, .limit = 1, .fields = "{\"outbox\": 1}"}, relay_doc, &o);
    if (!e) e = o.result;
    if (o.n) {
        CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
        CH_REDIS(bus->redis, a, NULL, CH_STR("PUBLISH"), CH_STR(CHANNEL), ch_str_of(bus->producer));
        ch_crash_point("relay_before_pull");
        ch_err pulled = pull(bus, &c, &filter, &o.pulled);
        if (!e) e = pulled;
    }
    bson_destroy(&o.pulled);
    return e;
}

static void after_write(void *p, const ch_collection *c, ch_str id)
{
    ch_crash_point("before_relay");
    ch_err e = ch_bus_relay(p, c, id);
    if (e) CH_LOG(CH_WARN, "relay_left_to_sweep", CH_KZ("collection", c->name), CH_KZ("why", ch_err_name(e)));
}

typedef struct ids {
    ch_arena *arena;
    ch_str id[SWEEP];
    size_t n;
} ids;

static bool gather_id(void *p, const bson_t *doc)
{
    ids *list = p;
    bson_iter_t it;
    if (bson_iter_init_find(&it, doc, "_id") && BSON_ITER_HOLDS_UTF8(&it))
        list->id[list->n++] = ch_arena_str(list->arena, ch_str_of(bson_iter_utf8(&it, NULL)));
    return list->n < SWEEP;
}

/* True when there may be more. */
static bool sweep_collection(ch_bus *bus, const ch_collection *given)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_collection c = *given;
    AUTO_BSON bson_t filter = BSON_INITIALIZER;
    bson_t exists;
    ids found = {.arena = a};
    size_t relayed = 0;
    c.admits |= CH_SCOPE_PLATFORM;
    BSON_APPEND_DOCUMENT_BEGIN(&filter, "outbox._id", &exists);
    BSON_APPEND_BOOL(&exists, "$exists", true);
    bson_append_document_end(&filter, &exists);
    ch_store_each(bus->own, &c, ch_scope_platform(), &(ch_find){.filter = &filter, .limit = SWEEP, .fields = "{\"_id\": 1}"}, gather_id, &found);
    if (found.n) ch_crash_point("sweep_found");
    for (size_t i = 0; i < found.n; i++) relayed += ch_bus_relay(bus, &c, found.id[i]) == CH_OK;
    return found.n == SWEEP && relayed == SWEEP;
}

void ch_bus_sweep(ch_bus *bus)
{
    for (const ch_collection *const *c = bus->collections; c && *c; c++)
        while (sweep_collection(bus, *c)) continue;
}

/* ---- leases */

static void put_time_op(bson_t *to, const char *field, const char *op, ch_time t)
{
    bson_t child;
    BSON_APPEND_DOCUMENT_BEGIN(to, field, &child);
    BSON_APPEND_DATE_TIME(&child, op, t);
    bson_append_document_end(to, &child);
}

static bool make_lease(ch_bus *bus, const char *name)
{
    position fresh = {.id = ch_str_of(name)};
    ch_err e = ch_store_create(bus->own, &leases, ch_scope_platform(), &fresh, NULL);
    return e == CH_OK || e == CH_EXISTS;
}

/* Mine, or nobody's, and due. */
static bool take_lease(ch_bus *bus, const char *name, bool due_only, ch_arena *a, position *out)
{
    AUTO_BSON bson_t filter = BSON_INITIALIZER, update = BSON_INITIALIZER;
    bson_t either, one, set;
    ch_time now = ch_now();
    BSON_APPEND_UTF8(&filter, "_id", name);
    BSON_APPEND_ARRAY_BEGIN(&filter, "$or", &either);
    BSON_APPEND_DOCUMENT_BEGIN(&either, "0", &one);
    BSON_APPEND_UTF8(&one, "owner", bus->owner);
    bson_append_document_end(&either, &one);
    BSON_APPEND_DOCUMENT_BEGIN(&either, "1", &one);
    put_time_op(&one, "until", "$lt", now);
    bson_append_document_end(&either, &one);
    bson_append_array_end(&filter, &either);
    if (due_only) put_time_op(&filter, "next_at", "$lte", now);
    BSON_APPEND_DOCUMENT_BEGIN(&update, "$set", &set);
    BSON_APPEND_UTF8(&set, "owner", bus->owner);
    BSON_APPEND_DATE_TIME(&set, "until", now + LEASE_MS);
    bson_append_document_end(&update, &set);
    return ch_store_claim(bus->own, &leases, &filter, &update, NULL, a, out) == CH_OK;
}

static void set_lease_time(ch_bus *bus, const char *name, const char *field, ch_time t)
{
    AUTO_BSON bson_t filter = BSON_INITIALIZER, update = BSON_INITIALIZER;
    bson_t set;
    BSON_APPEND_UTF8(&filter, "_id", name);
    BSON_APPEND_UTF8(&filter, "owner", bus->owner);
    BSON_APPEND_DOCUMENT_BEGIN(&update, "$set", &set);
    BSON_APPEND_DATE_TIME(&set, field, t);
    bson_append_document_end(&update, &set);
    ch_store_patch(bus->own, &leases, ch_scope_platform(), &filter, &update, false);
}

/* ---- consuming */

typedef struct run {
    ch_bus *bus;
    const ch_consumer *consumer;
    void *ctx;
    uint64_t *seen; /* open-addressed set of the event ids applied lately, by hash */
    const atomic_bool *stop;
    const char *producer;
    ch_time reached, renewed, whole_at;
    char last[27];
    size_t page;
    bool leased, cut; /* cut: this pass ended early, so the position stays */
} run;

void ch_event_payload(const ch_event *e, ch_arena *a, const ch_table *t, void *out)
{
    if (e->payload) ch_bson_read(a, e->payload, t, out);
}

static ch_str str_at(const bson_t *doc, const char *key)
{
    bson_iter_t it;
    uint32_t n = 0;
    const char *p = bson_iter_init_find(&it, doc, key) && BSON_ITER_HOLDS_UTF8(&it) ? bson_iter_utf8(&it, &n) : "";
    return (ch_str){p, n};
}

static bool read_event(const bson_t *doc, bson_t *payload, ch_event *e)
{
    bson_iter_t it;
    uint32_t n;
    const uint8_t *p;
    *e = (ch_event){.id = str_at(doc, "_id"),
                    .type = str_at(doc, "type"),
                    .aggregate = str_at(doc, "aggregate"),
                    .organisation = str_at(doc, "organisation"),
                    .person = str_at(doc, "person")};
    if (bson_iter_init_find(&it, doc, "version")) e->version = bson_iter_as_int64(&it);
    if (bson_iter_init_find(&it, doc, "at") && BSON_ITER_HOLDS_DATE_TIME(&it)) e->at = bson_iter_date_time(&it);
    if (!bson_iter_init_find(&it, doc, "payload") || !BSON_ITER_HOLDS_DOCUMENT(&it)) return false;
    bson_iter_document(&it, &n, &p);
    e->payload = payload;
    return bson_init_static(payload, p, n);
}

static uint64_t *seen_slot(run *r, ch_str id)
{
    uint64_t h = ch_hash(id) | 1;
    uint64_t *slot = &r->seen[(h >> 16) % SEEN];
    return slot;
}

static ch_err keep_for_later(run *r, const ch_event *e, ch_arena *a, const retry *before, ch_err why)
{
    retry row = {.id = ch_arena_printf(a, "%s/%.*s", r->consumer->name, CH_ARG(e->id)),
                 .consumer = ch_str_of(r->consumer->name),
                 .producer = ch_str_of(r->producer),
                 .event = e->id,
                 .tries = before ? before->tries + 1 : 1,
                 .version = before ? before->version + 1 : 1};
    bool dead = why != CH_UNAVAILABLE && row.tries >= (why == CH_NOT_FOUND ? 10 * MOST_TRIES : MOST_TRIES);
    int64_t pause = 500 * (INT64_C(1) << (row.tries < 9 ? row.tries : 9));
    row.state = dead ? CH_STR("dead") : CH_STR("waiting");
    row.next_at = ch_now() + pause;
    CH_LOG(dead ? CH_ERROR : CH_WARN, dead ? "event_dead" : "event_waits", CH_KZ("consumer", r->consumer->name), CH_KS("event", e->id),
           CH_KS("type", e->type), CH_KZ("why", ch_err_name(why)), CH_KI("tries", row.tries));
    return ch_store_keep(r->bus->own, &retries, &row);
}

static ch_err apply(run *r, ch_arena *a, const bson_t *doc, ch_event *e, bson_t *payload)
{
    if (!read_event(doc, payload, e)) return CH_INVALID;
    ch_crash_point("consumer_before_apply");
    ch_err result = r->consumer->apply(r->ctx, a, e);
    ch_crash_point("consumer_after_apply");
    return result;
}

static bool hold_lease(run *r)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    if (ch_now() - r->renewed < LEASE_MS / 3) return true;
    if (!take_lease(r->bus, r->consumer->name, false, a, &(position){0})) return false;
    r->renewed = ch_now();
    return true;
}

static bool wanted(const run *r, ch_str type)
{
    for (const char *const *t = r->consumer->types; *t; t++)
        if (ch_str_is(type, *t)) return true;
    return false;
}

/* Applied, or kept for later; false when neither can be done now. */
static bool settle(run *r, const bson_t *doc)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(8192);
    ch_event e;
    bson_t payload;
    ch_err result = apply(r, a, doc, &e, &payload);
    return !result || keep_for_later(r, &e, a, NULL, result) == CH_OK;
}

static bool consume_doc(void *p, const bson_t *doc)
{
    run *r = p;
    ch_str id = str_at(doc, "_id"), seq = str_at(doc, "seq");
    uint64_t h = ch_hash(id) | 1, *slot = seen_slot(r, id);
    if (*slot != h && wanted(r, str_at(doc, "type"))) {
        /* Nothing may be passed over: the position stays before what could not be settled. */
        r->cut = *r->stop || !hold_lease(r) || !settle(r, doc);
        if (r->cut) return false;
    }
    *slot = h;
    r->page++;
    memcpy(r->last, seq.p, seq.n < 26 ? seq.n : 26);
    if (ch_id_time(seq) > r->reached) r->reached = ch_id_time(seq);
    return true;
}

/* Reads one log page by page to its end. */
static ch_err consume_log(run *r, ch_time from)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    const ch_collection log = log_of(r->producer);
    ch_str floor = ch_id_floor(a, from > 0 ? from : 0);
    memcpy(r->last, floor.p, 26);
    do {
        AUTO_BSON bson_t filter = BSON_INITIALIZER;
        bson_t after;
        r->page = 0;
        BSON_APPEND_DOCUMENT_BEGIN(&filter, "seq", &after);
        BSON_APPEND_UTF8(&after, "$gt", r->last);
        bson_append_document_end(&filter, &after);
        CH_TRY(ch_store_each(r->bus->log, &log, ch_scope_platform(), &(ch_find){.filter = &filter, .sort = "{\"seq\": 1}", .limit = PAGE},
                             consume_doc, r));
    } while (r->page == PAGE && !r->cut);
    return CH_OK;
}

typedef struct retrying {
    run *run;
    const retry *row;
    bool found;
} retrying;

static bool retry_doc(void *p, const bson_t *doc)
{
    retrying *again = p;
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(8192);
    ch_event e;
    bson_t payload;
    again->found = true;
    ch_err result = apply(again->run, a, doc, &e, &payload);
    if (result) keep_for_later(again->run, &e, a, again->row, result);
    else ch_store_delete(again->run->bus->own, &retries, ch_scope_platform(), again->row->id);
    return false;
}

static void consume_retries(run *r)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(8192);
    AUTO_BSON bson_t filter = BSON_INITIALIZER;
    ch_list due;
    BSON_APPEND_UTF8(&filter, "consumer", r->consumer->name);
    BSON_APPEND_UTF8(&filter, "state", "waiting");
    put_time_op(&filter, "next_at", "$lte", ch_now());
    if (ch_store_find(r->bus->own, &retries, ch_scope_platform(), &(ch_find){.filter = &filter, .limit = 100}, a, &due)) return;
    for (size_t i = 0; i < due.n; i++) {
        const retry *row = (const retry *)due.p + i;
        char *producer = ch_arena_z(a, row->producer);
        const ch_collection log = log_of(producer);
        AUTO_BSON bson_t one = BSON_INITIALIZER;
        r->producer = producer;
        bson_append_utf8(&one, "_id", -1, row->event.p, (int)row->event.n);
        retrying again = {r, row, false};
        ch_err e = ch_store_each(r->bus->log, &log, ch_scope_platform(), &(ch_find){.filter = &one, .limit = 1}, retry_doc, &again);
        if (!e && !again.found) ch_store_delete(r->bus->own, &retries, ch_scope_platform(), row->id); /* the log was pruned */
    }
}

/* Where to read from. A whole look goes back by the overlap and finds what came late; between two of them a glance is enough.
 * What another worker did meanwhile is not known here, so taking over starts with a whole look too. */
static ch_time start_of(run *r, ch_time reached, ch_time now)
{
    bool whole = now >= r->whole_at;
    if (whole) r->whole_at = now + WHOLE_EVERY_MS;
    return reached - (whole ? OVERLAP_MS : GLANCE_MS);
}

static void consume(run *r, bool tick)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(2048);
    position at = {0};
    bool had = r->leased;
    ch_time now = ch_now();
    r->leased = take_lease(r->bus, r->consumer->name, false, a, &at);
    if (!r->leased) return;
    ch_crash_point("consumer_lease_taken");
    if (!had) r->whole_at = 0;
    ch_time from = start_of(r, at.reached, now);
    r->renewed = now;
    r->reached = at.reached;
    r->cut = false;
    for (const char *const *producer = r->consumer->producers; *producer && !r->cut; producer++) {
        r->producer = *producer;
        if (consume_log(r, from)) r->cut = true;
    }
    if (r->cut) r->whole_at = 0;
    /* Not past the start of this pass: what one log got while another was being read is still to come. */
    ch_time reached = r->reached < now ? r->reached : now;
    if (!r->cut && reached > at.reached) {
        ch_crash_point("consumer_before_position");
        set_lease_time(r->bus, r->consumer->name, "reached", reached);
        ch_crash_point("consumer_after_position");
    }
    if (tick) consume_retries(r);
}

/* ---- the loop */

void ch_bus_wake(ch_bus *bus)
{
    pthread_mutex_lock(&bus->lock);
    bus->woken = true;
    pthread_cond_signal(&bus->wake);
    pthread_mutex_unlock(&bus->lock);
}

static bool reads(const ch_consumer *c, ch_str producer)
{
    for (const char *const *p = c->producers; *p; p++)
        if (ch_str_is(producer, *p)) return true;
    return false;
}

/* The message says whose log has grown; an empty one that something may have been missed. */
static void woken_by_redis(void *p, ch_str message)
{
    ch_bus *bus = p;
    bool mine = message.n == 0;
    for (const ch_consumer *c = bus->consumers; !mine && c && c->name; c++) mine = reads(c, message);
    if (mine) ch_bus_wake(bus);
}

static void wait_for_wake(ch_bus *bus, int64_t ms)
{
    struct timespec until;
    if (ms <= 0) return;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&bus->lock);
    while (!bus->woken)
        if (pthread_cond_timedwait(&bus->wake, &bus->lock, &until)) break;
    bus->woken = false;
    pthread_mutex_unlock(&bus->lock);
}

static void run_schedule(ch_bus *bus, const ch_schedule *s, void *ctx)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    position at = {0};
    if (!take_lease(bus, s->name, true, a, &at)) return;
    ch_crash_point("schedule_lease_taken");
    s->run(ctx, a);
    ch_crash_point("schedule_after_run");
    set_lease_time(bus, s->name, "next_at", ch_now() + s->every_ms);
    set_lease_time(bus, s->name, "until", 0);
}

ch_bus *ch_bus_open(ch_store *own, ch_store *log, const char *producer, ch_redis *redis, const ch_collection *const *collections)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ch_bus *bus = calloc(1, sizeof *bus);
    if (!bus) abort();
    *bus = (ch_bus){.own = own, .log = log, .redis = redis, .producer = producer, .collections = collections};
    memcpy(bus->owner, ch_id_new(a).p, 26);
    pthread_mutex_init(&bus->lock, NULL);
    pthread_cond_init(&bus->wake, NULL);
    ch_store_on_events(own, after_write, bus);
    return bus;
}

/* Repeatable: it is done again until the store was there for all of it. */
static bool prepare(ch_bus *bus, const ch_consumer *consumers, const ch_schedule *schedules)
{
    const ch_collection log = log_of(bus->producer);
    bool fine = !ch_store_prepare(bus->own, &retries) && !ch_store_prepare(bus->log, &log);
    for (const ch_consumer *c = consumers; fine && c && c->name; c++) fine = make_lease(bus, c->name);
    for (const ch_schedule *s = schedules; fine && s && s->name; s++) fine = make_lease(bus, s->name);
    return fine;
}

static run *make_runs(ch_bus *bus, void *ctx, const atomic_bool *stop, size_t *n)
{
    for (*n = 0; bus->consumers && bus->consumers[*n].name;) ++*n;
    run *runs = calloc(*n + 1, sizeof *runs);
    if (!runs) abort();
    for (size_t i = 0; i < *n; i++) {
        runs[i] = (run){.bus = bus, .consumer = &bus->consumers[i], .ctx = ctx, .stop = stop, .seen = calloc(SEEN, sizeof(uint64_t))};
        if (!runs[i].seen) abort();
    }
    return runs;
}

/* The next worker need not wait for the lease to end. */
static void end_run(run *r)
{
    if (r->leased) set_lease_time(r->bus, r->consumer->name, "until", 0);
    free(r->seen);
}

void ch_bus_work(ch_bus *bus, const ch_consumer *consumers, const ch_schedule *schedules, void *ctx, const atomic_bool *stop)
{
    size_t n;
    int64_t next_tick = 0;
    while (!*stop && !prepare(bus, consumers, schedules)) wait_for_wake(bus, TICK_MS);
    bus->consumers = consumers;
    run *runs = make_runs(bus, ctx, stop, &n);
    ch_redis_subscribe(bus->redis, CHANNEL, woken_by_redis, bus);
    while (!*stop) {
        bool tick = ch_ticks() >= next_tick;
        if (tick) next_tick = ch_ticks() + TICK_MS * 1000000ll;
        for (size_t i = 0; i < n && !*stop; i++) consume(&runs[i], tick);
        if (tick) ch_bus_sweep(bus);
        for (const ch_schedule *s = schedules; tick && s && s->name && !*stop; s++) run_schedule(bus, s, ctx);
        wait_for_wake(bus, (next_tick - ch_ticks()) / 1000000);
    }
    for (size_t i = 0; i < n; i++) end_run(&runs[i]);
    free(runs);
}
