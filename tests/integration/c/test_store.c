/* store/ and its files against the real document store. */
#include "rooms.h"

#include <pthread.h>

#include "store/files.h"

static ch_store *store;
static ch_arena *arena;
static void setup(void)
{
    arena = ch_arena_new(4096);
    store = open_store("store");
    ck_assert_int_eq(ch_store_prepare(store, &things), CH_OK);
}
static void end(void)
{
    drop_database(store);
    ch_arena_free(arena);
}
static ch_scope org(const char *id) { return ch_scope_org(ch_str_of(id)); }
static thing make(const char *id, const char *organisation, const char *title)
{
    return (thing){
        .id = ch_str_of(id), .organisation = ch_str_of(organisation), .title = ch_str_of(title), .person = CH_STR("p1"), .state = CH_STR("open")};
}
static ch_err create(const char *id, const char *organisation, const char *title)
{
    thing t = make(id, organisation, title);
    return ch_store_create(store, &things, org(organisation), &t, NULL);
}
static thing load(const char *id)
{
    thing t = {0};
    ck_assert_int_eq(ch_store_get(store, &things, ch_scope_platform(), ch_str_of(id), arena, &t), CH_OK);
    return t;
}

START_TEST(what_is_created_can_be_read)
{
    setup();
    thing t = make("1", "o1", "first"), back = {0};
    t.due_at = 1795461780007;
    t.count = -5;
    ck_assert_int_eq(ch_store_create(store, &things, org("o1"), &t, NULL), CH_OK);
    ck_assert_int_eq(t.version, 1);
    ck_assert_int_eq(ch_store_get(store, &things, org("o1"), CH_STR("1"), arena, &back), CH_OK);
    ck_assert(ch_str_is(back.title, "first") && back.version == 1 && back.count == -5 && back.due_at == t.due_at);
    ck_assert_int_eq(ch_store_get(store, &things, org("o1"), CH_STR("2"), arena, &back), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_get(store, &things, org("o1"), CH_STR(""), arena, &back), CH_NOT_FOUND);
    ck_assert_int_eq(create("1", "o1", "second"), CH_EXISTS);
    ck_assert_int_eq(create("2", "o1", "first"), CH_EXISTS); /* the unique index */
    ck_assert_int_eq(create("2", "o2", "first"), CH_OK);
    ck_assert_int_eq(ch_store_prepare(store, &things), CH_OK);
    end();
}
END_TEST

static bool first_only(void *p, const bson_t *doc)
{
    (void)doc;
    ++*(int *)p;
    return false;
}
static bool sum_docs(void *p, const bson_t *doc)
{
    bson_iter_t it;
    ck_assert(bson_iter_init_find(&it, doc, "n"));
    *(int64_t *)p += bson_iter_as_int64(&it);
    return true;
}

START_TEST(many_in_order_in_pages_and_counted)
{
    setup();
    char ids[250][8];
    for (int i = 0; i < 250; i++) {
        snprintf(ids[i], sizeof ids[i], "%03d", i);
        ck_assert_int_eq(create(ids[i], i % 2 ? "o1" : "o2", ids[i]), CH_OK);
    }
    ch_list list;
    ck_assert_int_eq(ch_store_find(store, &things, org("o1"), &(ch_find){.sort = "{\"_id\": -1}", .limit = 3, .skip = 1, .fields = "{\"title\": 1}"},
                                   arena, &list),
                     CH_OK);
    const thing *found = list.p;
    ck_assert(list.n == 3 && ch_str_is(found[0].id, "247") && ch_str_is(found[2].title, "243") && found[0].organisation.n == 0);
    ck_assert_int_eq(ch_store_find(store, &things, ch_scope_platform(), &(ch_find){.sort = "{\"_id\": 1}"}, arena, &list), CH_OK);
    ck_assert_uint_eq(list.n, 250);
    for (int i = 0; i < 250; i++) ck_assert(ch_str_is(((thing *)list.p)[i].id, ids[i]));
    int64_t n = 0;
    ck_assert_int_eq(ch_store_count(store, &things, org("o2"), NULL, &n), CH_OK);
    ck_assert_int_eq(n, 125);
    int seen = 0;
    ck_assert_int_eq(ch_store_each(store, &things, org("o2"), &(ch_find){0}, first_only, &seen), CH_OK);
    ck_assert_int_eq(seen, 1);
    n = 0;
    ck_assert_int_eq(
        ch_store_aggregate(store, &things, org("o1"), "[{\"$group\": {\"_id\": \"$organisation\", \"n\": {\"$sum\": 1}}}]", sum_docs, &n), CH_OK);
    ck_assert_int_eq(n, 125);
    end();
}
END_TEST

START_TEST(a_save_writes_what_it_names_at_the_version_it_saw)
{
    setup();
    create("1", "o1", "first");
    update_raw(store, "things", "{\"_id\": \"1\"}", "{\"$set\": {\"newer\": \"field\"}}");
    thing t = load("1"), stale = t;
    t.title = CH_STR("second");
    t.state = CH_STR("closed");
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &t, ch_mask(&thing_table, "title", "id", "version", NULL), NULL), CH_OK);
    ck_assert_int_eq(t.version, 2);
    thing back = load("1");
    ck_assert(ch_str_is(back.title, "second") && ch_str_is(back.state, "open") && back.version == 2);
    ck_assert_int_eq(count_raw(store, "things", "{\"newer\": \"field\"}"), 1);
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &stale, CH_ALL, NULL), CH_STALE);
    ck_assert_int_eq(stale.version, 1);
    thing none = make("none", "o1", "x");
    none.version = 1;
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &none, CH_ALL, NULL), CH_NOT_FOUND);
    bson_t *where = BCON_NEW("state", BCON_UTF8("draft"));
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &t, CH_ALL, &(ch_write){.where = where}), CH_CONFLICT);
    bson_destroy(where);
    create("2", "o1", "taken");
    t.title = CH_STR("taken");
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &t, CH_ALL, NULL), CH_EXISTS);
    ck_assert_int_eq(t.version, 2);
    t.title = CH_STR("");
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &t, CH_ALL, NULL), CH_OK);
    ck_assert_uint_eq(load("1").title.n, 0);
    end();
}
END_TEST

START_TEST(nobody_reaches_past_their_scope)
{
    setup();
    create("1", "o1", "mine");
    create("2", "o2", "theirs");
    thing draft = make("3", "o1", "draft"), t = {0};
    draft.state = CH_STR("draft");
    ck_assert_int_eq(ch_store_create(store, &things, ch_scope_person(CH_STR("p1")), &draft, NULL), CH_OK);
    int64_t n;
    ck_assert_int_eq(ch_store_get(store, &things, org("o1"), CH_STR("2"), arena, &t), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_get(store, &things, org("o1"), CH_STR("3"), arena, &t), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_get(store, &things, ch_scope_person(CH_STR("p1")), CH_STR("3"), arena, &t), CH_OK);
    ck_assert_int_eq(ch_store_get(store, &things, ch_scope_person(CH_STR("p2")), CH_STR("3"), arena, &t), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_get(store, &things, ch_scope_public(), CH_STR("3"), arena, &t), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_get(store, &things, ch_scope_public(), CH_STR("2"), arena, &t), CH_OK);
    /* A filter that asks for more gets no more. */
    bson_t *wide = BCON_NEW("$or", "[", "{", "organisation", BCON_UTF8("o2"), "}", "{", "organisation", BCON_UTF8("o1"), "}", "]");
    bson_t *other = BCON_NEW("organisation", BCON_UTF8("o2"));
    ck_assert_int_eq(ch_store_count(store, &things, org("o1"), wide, &n), CH_OK);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(ch_store_count(store, &things, org("o1"), other, &n), CH_OK);
    ck_assert_int_eq(n, 0);
    n = 0;
    ck_assert_int_eq(ch_store_aggregate(store, &things, org("o1"), "[{\"$group\": {\"_id\": null, \"n\": {\"$sum\": 1}}}]", sum_docs, &n), CH_OK);
    ck_assert_int_eq(n, 1);
    bson_destroy(wide);
    bson_destroy(other);
    /* Nor do writes. */
    thing theirs = load("2");
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &theirs, CH_ALL, NULL), CH_FORBIDDEN);
    theirs.organisation = CH_STR("o1");
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &theirs, CH_ALL, NULL), CH_NOT_FOUND);
    ch_store_delete(store, &things, org("o1"), CH_STR("2"));
    bson_t *two = BCON_NEW("_id", BCON_UTF8("2")), *set = BCON_NEW("$set", "{", "title", BCON_UTF8("stolen"), "}");
    ck_assert_int_eq(ch_store_patch(store, &things, org("o1"), two, set, false), CH_NOT_FOUND);
    bson_destroy(two);
    bson_destroy(set);
    ck_assert(ch_str_is(load("2").title, "theirs"));
    thing forged = make("9", "o2", "forged");
    ck_assert_int_eq(ch_store_create(store, &things, org("o1"), &forged, NULL), CH_FORBIDDEN);
    end();
}
END_TEST

START_TEST(what_a_collection_does_not_admit_is_refused)
{
    setup();
    create("1", "o1", "mine");
    thing t = {0};
    int64_t n;
    const ch_scope scopes[] = {ch_scope_platform(), ch_scope_public(), ch_scope_person(CH_STR("p1")), org("")};
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        ck_assert_int_eq(ch_store_get(store, &org_things, scopes[i], CH_STR("1"), arena, &t), CH_FORBIDDEN);
        ck_assert_int_eq(ch_store_count(store, &org_things, scopes[i], NULL, &n), CH_FORBIDDEN);
        ck_assert_int_eq(ch_store_delete(store, &org_things, scopes[i], CH_STR("1")), CH_FORBIDDEN);
        thing mine = make("1", "o1", "x");
        mine.version = 1;
        ck_assert_int_eq(ch_store_save(store, &org_things, scopes[i], &mine, CH_ALL, NULL), CH_FORBIDDEN);
        thing fresh = make("5", "o1", "y");
        ck_assert_int_eq(ch_store_create(store, &org_things, scopes[i], &fresh, NULL), CH_FORBIDDEN);
    }
    /* Admitted, but without a key that could tell whose it is: refused, not open to all. */
    ch_collection keyless = org_things;
    keyless.org_key = NULL;
    thing fresh = make("5", "o1", "y");
    ck_assert_int_eq(ch_store_create(store, &keyless, org("o1"), &fresh, NULL), CH_FORBIDDEN);
    ck_assert_int_eq(ch_store_get(store, &keyless, org("o1"), CH_STR("1"), arena, &t), CH_FORBIDDEN);
    ck_assert(ch_str_is(load("1").title, "mine"));
    end();
}
END_TEST

static ch_err keep(int64_t version, const char *title)
{
    thing t = make("k", "o1", title);
    t.version = version;
    return ch_store_keep(store, &things, &t);
}

START_TEST(keeping_never_goes_back)
{
    setup();
    static const int64_t order[] = {3, 1, 3, 5, 4, 5, 2};
    static const int64_t want[] = {3, 3, 3, 5, 5, 5, 5};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        char title[8];
        snprintf(title, sizeof title, "v%d", (int)order[i]);
        ck_assert_int_eq(keep(order[i], title), CH_OK);
        ck_assert_int_eq(load("k").version, want[i]);
    }
    ck_assert(ch_str_is(load("k").title, "v5"));
    end();
}
END_TEST

enum { RACERS = 6, ROUNDS = 40 };
static pthread_barrier_t barrier;
static void *keep_racer(void *p)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    int64_t me = (int64_t)(uintptr_t)p;
    for (int64_t round = 0; round < ROUNDS; round++) {
        thing t = {.id = ch_arena_printf(a, "race%d", (int)round), .version = (me + round) % RACERS + 1, .organisation = CH_STR("o1")};
        t.title = ch_arena_printf(a, "race%d", (int)round);
        t.count = t.version * 10;
        pthread_barrier_wait(&barrier);
        if (ch_store_keep(store, &things, &t) != CH_OK) return (void *)1;
    }
    return NULL;
}

START_TEST(the_highest_version_wins_every_race_to_the_first_row)
{
    setup();
    pthread_t threads[RACERS];
    pthread_barrier_init(&barrier, NULL, RACERS);
    for (uintptr_t i = 0; i < RACERS; i++) pthread_create(&threads[i], NULL, keep_racer, (void *)i);
    for (int i = 0; i < RACERS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        ck_assert_ptr_null(failed);
    }
    char filter[64];
    snprintf(filter, sizeof filter, "{\"version\": %d, \"count\": %d}", RACERS, RACERS * 10);
    ck_assert_int_eq(count_raw(store, "things", filter), ROUNDS);
    ck_assert_int_eq(count_raw(store, "things", "{}"), ROUNDS);
    end();
}
END_TEST

static void *save_racer(void *p)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    int64_t *done = p;
    while (*done < 30) {
        thing t = {0};
        ch_arena_reset(a);
        if (ch_store_get(store, &things, ch_scope_platform(), CH_STR("1"), a, &t)) return (void *)1;
        t.count++;
        ch_err e = ch_store_save(store, &things, ch_scope_platform(), &t, ch_mask(&thing_table, "count", NULL), NULL);
        if (e != CH_OK && e != CH_STALE) return (void *)1;
        *done += e == CH_OK;
    }
    return NULL;
}

START_TEST(racing_saves_lose_nothing)
{
    setup();
    create("1", "o1", "counter");
    pthread_t threads[RACERS];
    int64_t done[RACERS] = {0};
    for (int i = 0; i < RACERS; i++) pthread_create(&threads[i], NULL, save_racer, &done[i]);
    for (int i = 0; i < RACERS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        ck_assert_ptr_null(failed);
    }
    ck_assert_int_eq(load("1").count, RACERS * 30);
    ck_assert_int_eq(load("1").version, RACERS * 30 + 1);
    end();
}
END_TEST

static void *claimer(void *p)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    int64_t *mine = p;
    for (thing t = {0};; t = (thing){0}) {
        bson_t *filter = BCON_NEW("state", BCON_UTF8("open"));
        bson_t *update = BCON_NEW("$set", "{", "state", BCON_UTF8("claimed"), "}", "$inc", "{", "count", BCON_INT64(1), "}");
        ch_err e = ch_store_claim(store, &things, filter, update, "{\"title\": 1}", a, &t);
        bson_destroy(filter);
        bson_destroy(update);
        if (e == CH_NOT_FOUND) return NULL;
        if (e || t.count != 1 || !ch_str_is(t.state, "claimed")) return (void *)1;
        ++*mine;
    }
}

START_TEST(each_due_item_is_claimed_once)
{
    setup();
    char id[8];
    for (int i = 0; i < 60; i++) {
        snprintf(id, sizeof id, "%02d", i);
        create(id, "o1", id);
    }
    pthread_t threads[RACERS];
    int64_t mine[RACERS] = {0}, all = 0;
    for (int i = 0; i < RACERS; i++) pthread_create(&threads[i], NULL, claimer, &mine[i]);
    for (int i = 0; i < RACERS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        ck_assert_ptr_null(failed);
        all += mine[i];
    }
    ck_assert_int_eq(all, 60);
    ck_assert_int_eq(count_raw(store, "things", "{\"count\": 1}"), 60);
    end();
}
END_TEST

START_TEST(patches_and_upserts)
{
    setup();
    bson_t *filter = BCON_NEW("_id", BCON_UTF8("x")), *inc = BCON_NEW("$inc", "{", "count", BCON_INT64(2), "}");
    ck_assert_int_eq(ch_store_patch(store, &things, ch_scope_platform(), filter, inc, false), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_patch(store, &things, ch_scope_platform(), filter, inc, true), CH_OK);
    ck_assert_int_eq(ch_store_patch(store, &things, ch_scope_platform(), filter, inc, true), CH_OK);
    ck_assert_int_eq(load("x").count, 4);
    bson_destroy(filter);
    filter = BCON_NEW("_id", BCON_UTF8("y"));
    ck_assert_int_eq(ch_store_patch(store, &things, org("o7"), filter, inc, true), CH_OK);
    ck_assert_int_eq(count_raw(store, "things", "{\"_id\": \"y\", \"organisation\": \"o7\"}"), 1);
    bson_destroy(filter);
    bson_destroy(inc);
    ck_assert_int_eq(ch_store_delete(store, &things, ch_scope_platform(), CH_STR("x")), CH_OK);
    ck_assert_int_eq(ch_store_delete(store, &things, ch_scope_platform(), CH_STR("x")), CH_OK);
    end();
}
END_TEST

START_TEST(the_same_command_again)
{
    setup();
    const ch_write w = {.key = CH_STR("key-1"), .hash = CH_STR("hash-1")};
    thing t = make("1", "o1", "first");
    ck_assert_int_eq(ch_store_repeated(store, &things, org("o1"), CH_STR("1"), w.key, w.hash), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_create(store, &things, org("o1"), &t, &w), CH_OK);
    ck_assert_int_eq(ch_store_repeated(store, &things, org("o1"), CH_STR("1"), w.key, w.hash), CH_OK);
    ck_assert_int_eq(ch_store_repeated(store, &things, org("o1"), CH_STR("1"), w.key, CH_STR("hash-2")), CH_INVALID);
    ck_assert_int_eq(ch_store_repeated(store, &things, org("o1"), CH_STR("1"), CH_STR("key-2"), w.hash), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_repeated(store, &things, org("o2"), CH_STR("1"), w.key, w.hash), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_repeated(store, &things, org("o1"), CH_STR("1"), CH_STR(""), w.hash), CH_NOT_FOUND);
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &t, CH_ALL, &(ch_write){.key = CH_STR_INIT("key-3"), .hash = CH_STR_INIT("h")}), CH_OK);
    ck_assert_int_eq(ch_store_repeated(store, &things, org("o1"), CH_STR("1"), CH_STR("key-3"), CH_STR("h")), CH_OK);
    end();
}
END_TEST

START_TEST(bulk_passes_over_what_is_there)
{
    setup();
    create("1", "o1", "1");
    const bson_t *docs[] = {BCON_NEW("_id", BCON_UTF8("0"), "title", BCON_UTF8("0")), BCON_NEW("_id", BCON_UTF8("1"), "title", BCON_UTF8("x")),
                            BCON_NEW("_id", BCON_UTF8("2"), "title", BCON_UTF8("2"))};
    ck_assert_int_eq(ch_store_bulk(store, &things, docs, 3), CH_OK);
    ck_assert_int_eq(ch_store_bulk(store, &things, docs, 0), CH_OK);
    ck_assert_int_eq(count_raw(store, "things", "{}"), 3);
    ck_assert(ch_str_is(load("1").title, "1"));
    for (int i = 0; i < 3; i++) bson_destroy((bson_t *)(uintptr_t)docs[i]);
    end();
}
END_TEST

static int told;
static void on_events(void *arg, const ch_collection *c, ch_str id)
{
    (void)arg;
    told += c == &things && ch_str_is(id, "1");
}

START_TEST(events_travel_in_the_same_write)
{
    setup();
    const ch_event_type type = {"thing.changed", &thing_table};
    thing t = make("1", "o1", "first");
    const ch_outgoing events[] = {{.type = &type, .organisation = CH_STR("o1"), .person = CH_STR("p1"), .payload = &t}, {.type = &type}};
    ch_store_on_events(store, on_events, NULL);
    ck_assert_int_eq(ch_store_create(store, &things, org("o1"), &t, &(ch_write){.events = events, .n = 2}), CH_OK);
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &t, CH_ALL, &(ch_write){.events = events, .n = 1}), CH_OK);
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &t, CH_ALL, NULL), CH_OK);
    ck_assert_int_eq(told, 2);
    ck_assert_int_eq(count_raw(store, "things", "{\"outbox\": {\"$size\": 3}}"), 1);
    ck_assert_int_eq(count_raw(store, "things",
                               "{\"outbox.0.version\": 1, \"outbox.1.version\": 1, \"outbox.2.version\": 2, \"outbox.0.type\": \"thing.changed\","
                               "\"outbox.0.aggregate\": \"1\", \"outbox.0.organisation\": \"o1\", \"outbox.0.payload.title\": \"first\"}"),
                     1);
    thing stale = make("1", "o1", "x");
    stale.version = 1;
    ck_assert_int_eq(ch_store_save(store, &things, org("o1"), &stale, CH_ALL, &(ch_write){.events = events, .n = 1}), CH_STALE);
    ck_assert_int_eq(told, 2);
    end();
}
END_TEST

static void look_at_it(void *p, const ch_collection *c, ch_str id)
{
    thing t = {0};
    ck_assert_int_eq(ch_store_get(*(ch_store **)p, c, ch_scope_platform(), id, arena, &t), CH_OK);
    told++;
}

/* As the relay does after a write: with a connection held meanwhile, as many writers as there are connections wait for each other for ever. */
START_TEST(no_write_holds_its_connection_while_another_is_asked_for)
{
    arena = ch_arena_new(4096);
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    const char *uri = needed("MONGODB_URI");
    ch_store *one = ch_store_open(ch_arena_printf(a, "%s%smaxPoolSize=1", uri,
                                                  strchr(uri, '?')              ? "&"
                                                  : uri[strlen(uri) - 1] == '/' ? "?"
                                                                                : "/?")
                                      .p,
                                  own_database("one"));
    const ch_event_type type = {"thing.changed", &thing_table};
    thing t = make("1", "o1", "first"), stale = t;
    const ch_outgoing event = {.type = &type, .payload = &t};
    ck_assert_ptr_nonnull(one);
    told = 0;
    ch_store_on_events(one, look_at_it, &one);
    alarm(20);
    ck_assert_int_eq(ch_store_create(one, &things, org("o1"), &t, &(ch_write){.events = &event, .n = 1}), CH_OK);
    ck_assert_int_eq(ch_store_save(one, &things, org("o1"), &t, CH_ALL, &(ch_write){.events = &event, .n = 1}), CH_OK);
    ck_assert_int_eq(told, 2);
    stale.version = 1;
    ck_assert_int_eq(ch_store_save(one, &things, org("o1"), &stale, CH_ALL, NULL), CH_STALE);
    alarm(0);
    drop_database(one);
    ch_arena_free(arena);
}
END_TEST

START_TEST(a_store_that_is_away_costs_one_selection)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(512);
    ch_store *away = ch_store_open("mongodb://127.0.0.1:1/", "none");
    thing t = {0};
    int64_t start = ch_ticks();
    ck_assert_int_eq(ch_store_get(away, &things, ch_scope_platform(), CH_STR("1"), a, &t), CH_UNAVAILABLE);
    ck_assert_int_lt(ms_since(start), 600);
    ck_assert(ch_store_breaker_open(away));
    start = ch_ticks();
    for (int i = 0; i < 1000; i++) ck_assert_int_eq(ch_store_get(away, &things, ch_scope_platform(), CH_STR("1"), a, &t), CH_UNAVAILABLE);
    ck_assert_int_lt(ms_since(start), 100);
    ck_assert_ptr_null(ch_file_open(away, CH_STR("1")));
    sleep_ms(600);
    ck_assert(!ch_store_breaker_open(away));
    ck_assert(!ch_store_alive(away));
    ck_assert_ptr_null(ch_store_open("not a uri", "none"));
}
END_TEST

/* ---- files */

static uint8_t byte_at(size_t i) { return (uint8_t)(i * 2654435761u >> 13); }

static ch_err put_file(const char *id, size_t size, size_t piece)
{
    ch_file *f = ch_file_create(store, ch_str_of(id), CH_STR("cv.pdf"));
    ck_assert_ptr_nonnull(f);
    uint8_t *p = malloc(piece);
    ch_err e = CH_OK;
    for (size_t at = 0; at < size && !e; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        for (size_t i = 0; i < n; i++) p[i] = byte_at(at + i);
        e = ch_file_write(f, p, n);
    }
    free(p);
    if (!e) return ch_file_commit(f);
    ch_file_abort(f);
    return e;
}

static size_t check_file(const char *id, size_t piece)
{
    ch_file *f = ch_file_open(store, ch_str_of(id));
    ck_assert_ptr_nonnull(f);
    uint8_t *p = malloc(piece);
    size_t at = 0;
    int64_t n;
    while ((n = ch_file_read(f, p, piece)) > 0) {
        int64_t i = 0;
        for (; i < n && p[i] == byte_at(at); i++) at++;
        ck_assert_msg(i == n, "byte %zu", at); /* once a piece: Check passes every assertion through a pipe */
    }
    ck_assert_int_eq(n, 0);
    free(p);
    ch_file_close(f);
    return at;
}

START_TEST(files_come_back_as_they_went)
{
    setup();
    static const size_t sizes[] = {0, 1, 255 * 1024 - 1, 255 * 1024, 255 * 1024 + 1, 3000000};
    char id[16];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(id, sizeof id, "f%zu", i);
        ck_assert_int_eq(put_file(id, sizes[i], 10007), CH_OK);
        ck_assert_uint_eq(check_file(id, 4096), sizes[i]);
        ck_assert_uint_eq(check_file(id, 300000), sizes[i]);
    }
    ck_assert_int_eq(ch_file_delete(store, CH_STR("f5")), CH_OK);
    ck_assert_int_eq(ch_file_delete(store, CH_STR("f5")), CH_NOT_FOUND);
    ck_assert_ptr_null(ch_file_open(store, CH_STR("f5")));
    ck_assert_int_eq(count_raw(store, "fs.chunks", "{\"files_id\": \"f5\"}"), 0);
    end();
}
END_TEST

START_TEST(aborting_leaves_nothing_behind)
{
    setup();
    ch_file *f = ch_file_create(store, CH_STR("a"), CH_STR("cv.pdf"));
    static const char piece[600000];
    ck_assert_int_eq(ch_file_write(f, piece, sizeof piece), CH_OK);
    ck_assert_int_gt(count_raw(store, "fs.chunks", "{}"), 0);
    ch_file_abort(f);
    ck_assert_int_eq(count_raw(store, "fs.chunks", "{}"), 0);
    ck_assert_int_eq(count_raw(store, "fs.files", "{}"), 0);
    end();
}
END_TEST

START_TEST(an_id_that_is_taken_leaves_the_first_file_whole)
{
    setup();
    ck_assert_int_eq(put_file("same", 700000, 65536), CH_OK);
    ch_file *f = ch_file_create(store, CH_STR("same"), CH_STR("other"));
    ck_assert_ptr_null(f);
    ck_assert_uint_eq(check_file("same", 65536), 700000);
    end();
}
END_TEST

/* Beside whole files, one whose upload broke off before its entry was written. */
START_TEST(what_broke_off_is_listed_and_deleted)
{
    setup();
    static const char piece[600000];
    static const char *const expected[] = {"b", "c", "d"};
    ch_list ids;
    for (const char *id = "abd"; *id; id++) ck_assert_int_eq(put_file((char[]){*id, 0}, 300000, 65536), CH_OK);
    ch_file *f = ch_file_create(store, CH_STR("c"), CH_STR("cv.pdf"));
    ck_assert_int_eq(ch_file_write(f, piece, sizeof piece), CH_OK);
    ck_assert_int_eq(ch_file_ids(store, CH_STR("a"), CH_STR("e"), 10, arena, &ids), CH_OK);
    ck_assert_uint_eq(ids.n, 3);
    for (size_t i = 0; i < 3; i++) ck_assert(ch_str_is(((ch_str *)ids.p)[i], expected[i]));
    ck_assert_int_eq(ch_file_ids(store, CH_STR(""), CH_STR("c"), 1, arena, &ids), CH_OK);
    ck_assert(ids.n == 1 && ch_str_is(*(ch_str *)ids.p, "a"));
    ck_assert_int_eq(ch_file_delete(store, CH_STR("c")), CH_OK);
    ck_assert_int_eq(count_raw(store, "fs.chunks", "{\"files_id\": \"c\"}"), 0);
    ck_assert_int_eq(count_raw(store, "fs.chunks", "{}"), 6);
    ch_file_abort(f);
    end();
}
END_TEST

static int64_t resident_kb(void)
{
    long pages = 0, ignored;
    FILE *f = fopen("/proc/self/statm", "r");
    int n = fscanf(f, "%ld %ld", &ignored, &pages);
    fclose(f);
    return n == 2 ? pages * sysconf(_SC_PAGESIZE) / 1024 : 0;
}

START_TEST(memory_does_not_grow_with_the_file)
{
    setup();
    ck_assert_int_eq(put_file("warm", 4 << 20, 65536), CH_OK);
    check_file("warm", 65536);
    int64_t before = resident_kb();
    ck_assert_int_eq(put_file("large", 30 << 20, 65536), CH_OK);
    ck_assert_uint_eq(check_file("large", 65536), 30 << 20);
    int64_t grown = resident_kb() - before;
#ifndef CH_SANITIZED
    ck_assert_int_lt(grown, 2048);
#endif
    printf("30 MB through GridFS: resident memory grew by %lld kB\n", (long long)grown);
    end();
}
END_TEST

UNIT_MAIN("store", what_is_created_can_be_read, many_in_order_in_pages_and_counted, a_save_writes_what_it_names_at_the_version_it_saw,
          nobody_reaches_past_their_scope, what_a_collection_does_not_admit_is_refused, keeping_never_goes_back,
          the_highest_version_wins_every_race_to_the_first_row, racing_saves_lose_nothing, each_due_item_is_claimed_once, patches_and_upserts,
          the_same_command_again, bulk_passes_over_what_is_there, events_travel_in_the_same_write,
          no_write_holds_its_connection_while_another_is_asked_for, a_store_that_is_away_costs_one_selection, files_come_back_as_they_went,
          aborting_leaves_nothing_behind, an_id_that_is_taken_leaves_the_first_file_whole, what_broke_off_is_listed_and_deleted,
          memory_does_not_grow_with_the_file)
