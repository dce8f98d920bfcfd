/*
 * commonhire-demo small|national ACCOUNTS-FILE: fills an empty Commonhire. Through the services' own tables and rules, then in bulk, with one password hash
 * for all. It writes rows and not events: the services' own rows are made to agree. MONGODB_URI and KEY_DIR in the environment.
 */
#include <mongoc/mongoc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "auth/password.h"
#include "auth/seal.h"
#include "base/embed.h"
#include "base/id.h"
#include "contracts/reference.h"
#include "data/bson.h"
#include "demo.h"
#include "identity/client_store.h"
#include "identity/organisation.h"
#include "identity/organisation_store.h"
#include "identity/person.h"
#include "identity/person_store.h"
#include "notifications/message_store.h"
#include "search/place.h"
#include "vacancies/application.h"
#include "vacancies/application_store.h"
#include "vacancies/employer_store.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_store.h"

enum { BATCH = 1000, APPLICANTS = 2 };
#define PASSWORD "Commonhire-demo-2026"
extern const ch_embedded search_data[];

typedef struct town {
    ch_str name, postcode, region;
    double lat, lon;
} town;

static struct {
    ch_arena *arena; /* for as long as the program */
    ch_store *identity, *vacancies, *notifications;
    ch_str seal_public, hash;
    ch_time now;
    uint64_t random;
    town *towns;
    size_t n_towns, organisations, live, candidates;
    organisation *orgs;
    size_t done, all;
} demo;

/* ---- bulk writing */

typedef struct sink {
    ch_store *store;
    const ch_collection *collection;
    bson_t *docs[BATCH];
    size_t n;
} sink;

static void flush(sink *s)
{
    if (s->n && ch_store_bulk(s->store, s->collection, (const bson_t **)s->docs, s->n)) {
        fprintf(stderr, "the store refused %s\n", s->collection->name);
        exit(1);
    }
    for (size_t i = 0; i < s->n; i++) bson_destroy(s->docs[i]);
    demo.done += s->n;
    if (s->n) {
        int share = (int)(demo.done * 40 / (demo.all ? demo.all : 1));
        printf("\r[%-40.*s] %zu of %zu ", share > 40 ? 40 : share, "########################################", demo.done, demo.all);
        fflush(stdout);
    }
    s->n = 0;
}

static void put(sink *s, const void *obj)
{
    bson_t *doc = bson_new();
    ch_bson_write(doc, s->collection->table, obj);
    s->docs[s->n++] = doc;
    if (s->n == BATCH) flush(s);
}

static void prepare(ch_store *store, const ch_collection *c)
{
    if (ch_store_prepare(store, c)) {
        fprintf(stderr, "the store cannot be reached\n");
        exit(1);
    }
}

/* ---- towns, by how many people live there */

static void load_towns(void)
{
    ch_str rest = search_data[1].text, line, kind, name, skip, weight;
    int64_t people;
    demo.towns = CH_NEW_N(demo.arena, town, 8000);
    while (ch_str_split(&rest, '\n', &line)) {
        if (!ch_str_split(&line, '\t', &kind) || !ch_str_is(kind, "town") || !ch_str_split(&line, '\t', &name)) continue;
        ch_str_split(&line, '\t', &skip);
        ch_str_split(&line, '\t', &skip);
        ch_place place;
        if (!ch_str_split(&line, '\t', &weight) || !ch_str_int(ch_str_trim(weight), &people) || people < 15000) continue;
        if (!ch_place_lookup(name, &place, NULL) || demo.n_towns == 8000) continue;
        demo.towns[demo.n_towns++] = (town){name, place.district, place.region, place.lat, place.lon};
    }
}

static ch_str region_code(ch_str name)
{
    for (const ch_code *c = ch_regions; c->code; c++)
        if (ch_str_is(name, c->name)) return ch_str_of(c->code);
    return CH_STR("london");
}

static const char *pick(const char *const *list)
{
    return list[demo_below(&demo.random, demo_count(list))];
}

/* ---- organisations */

static const demo_sector *sector_of(size_t i)
{
    static const int turns[20] = {0, 0, 1, 3, 0, 2, 1, 3, 0, 0, 1, 3, 0, 1, 3, 0, 2, 3, 0, 1};
    return &demo_sectors[turns[i % 20]];
}

static void make_organisation(size_t i, organisation *o)
{
    ch_arena *a = demo.arena;
    const demo_sector *s = sector_of(i);
    const town *t = &demo.towns[demo_below(&demo.random, demo.n_towns)];
    size_t k = demo_below(&demo.random, 4);
    ch_time joined = demo.now - (ch_time)(demo_below(&demo.random, 700) + 1) * CH_DAY;
    bool waiting = i > 0 && i % 17 == 16;
    static const char alphabet[] = "23456789BCDFGHJKMNPQRSTVWXYZ";
    char code[6] = "D0000";
    for (size_t d = 0, rest = i; d < 4; d++, rest /= 28) code[4 - d] = alphabet[rest % 28];
    ch_buf name = ch_buf_in(a);
    for (const char *p = s->names[k]; *p; p++) {
        if (p[0] == '%' && p[1] == 's') {
            ch_buf_put(&name, t->name);
            p++;
        } else ch_buf_char(&name, *p);
    }
    *o = (organisation){.id = ch_id_derived(a, CH_STR("demo-organisation"), ch_arena_printf(a, "%zu", i)), .version = 1, .code = ch_arena_str(a, ch_str_of(code)), .name = ch_buf_str(&name),
                        .kind = ch_str_of(s->kinds[k]), .sector = ch_str_of(s->sector), .place = t->name, .region = region_code(t->region), .created_at = joined,
                        .state = waiting ? CH_STR("pending") : CH_STR("approved"), .decided_at = waiting ? 0 : joined + 2 * CH_DAY};
}

static void write_organisations(void)
{
    sink mine = {.store = demo.identity, .collection = &organisation_collection}, theirs = {.store = demo.vacancies, .collection = &employer_collection};
    demo.orgs = CH_NEW_N(demo.arena, organisation, demo.organisations);
    for (size_t i = 0; i < demo.organisations; i++) {
        organisation *o = &demo.orgs[i];
        make_organisation(i, o);
        employer_row row = {.id = o->id, .version = 1, .code = o->code, .name = o->name, .sector = o->sector, .kind = o->kind, .place = o->place, .region = o->region, .state = o->state,
                            .created_at = o->created_at, .decided_at = o->decided_at};
        put(&mine, o);
        put(&theirs, &row);
    }
    flush(&mine);
    flush(&theirs);
}

/* ---- people */

static ch_str person_name(ch_arena *a, uint64_t *random)
{
    return ch_arena_printf(a, "%s %s", demo_first_names[demo_below(random, demo_count(demo_first_names))], demo_last_names[demo_below(random, demo_count(demo_last_names))]);
}

static person candidate(ch_arena *a, size_t i)
{
    uint64_t random = i * 7919 + 17;
    ch_str number = ch_arena_printf(a, "%zu", i);
    return (person){.id = ch_id_derived(a, CH_STR("demo-candidate"), number), .version = 1, .name = person_name(a, &random), .email = ch_arena_printf(a, "candidate%zu@demo.example", i),
                    .password_hash = demo.hash, .created_at = demo.now - (ch_time)demo_below(&random, 400) * CH_DAY};
}

static void write_person(sink *persons, sink *recipients, ch_arena *a, const person *p)
{
    recipient r = {.id = p->id, .version = 1, .sealed_name = ch_seal(a, demo.seal_public, p->name), .sealed_email = ch_seal(a, demo.seal_public, p->email)};
    put(persons, p);
    put(recipients, &r);
}

static profile profile_of(ch_arena *a, const person *p)
{
    return (profile){.id = p->id, .version = 1, .identity = {.name = p->name, .email = p->email, .phone = CH_STR("07700 900000")},
                     .statement = ch_arena_printf(a, "I am reliable and kind, and I have worked with people for years. My colleagues say that I keep calm.")};
}

static void write_people(void)
{
    sink persons = {.store = demo.identity, .collection = &person_collection}, recipients = {.store = demo.notifications, .collection = &recipient_collection};
    sink profiles = {.store = demo.vacancies, .collection = &profile_collection};
    ch_arena *a = ch_arena_new(256 << 10);
    for (size_t i = 0; i < demo.candidates; i++) {
        person p = candidate(a, i);
        profile about = profile_of(a, &p);
        write_person(&persons, &recipients, a, &p);
        put(&profiles, &about);
        if (i % 500 == 499) ch_arena_reset(a);
    }
    flush(&persons);
    flush(&recipients);
    flush(&profiles);
    ch_arena_free(a);
}

/* One of each role, told in the accounts file. */
static void write_accounts(FILE *out)
{
    static const char *const roles[][2] = {{"administrator", "recruiter"}, {"recruiter", NULL}, {"hiring_manager", NULL}};
    sink persons = {.store = demo.identity, .collection = &person_collection}, recipients = {.store = demo.notifications, .collection = &recipient_collection};
    sink clients = {.store = demo.identity, .collection = &client_collection};
    ch_arena *a = demo.arena;
    const organisation *o = &demo.orgs[0];
    static const ch_str department[] = {CH_STR_INIT("department")};
    fprintf(out, "{\"accounts\": [\n  {\"role\": \"candidate\", \"email\": \"candidate0@demo.example\", \"password\": \"%s\", \"organisation\": null}", PASSWORD);
    for (size_t i = 0; i < 3; i++) {
        ch_str *names = CH_NEW_N(a, ch_str, 2);
        size_t n = 0;
        for (; n < 2 && roles[i][n]; n++) names[n] = ch_str_of(roles[i][n]);
        person p = {.id = ch_id_derived(a, CH_STR("demo-staff"), ch_str_of(roles[i][0])), .version = 1, .name = person_name(a, &demo.random), .password_hash = demo.hash, .created_at = demo.now,
                    .email = ch_arena_printf(a, "%s@demo.example", roles[i][0])};
        person_join(a, &p, o->id, o->name, (ch_list){names, n});
        write_person(&persons, &recipients, a, &p);
        fprintf(out, ",\n  {\"role\": \"%s\", \"email\": \"%.*s\", \"password\": \"%s\", \"organisation\": \"%.*s\"}", roles[i][0], CH_ARG(p.email), PASSWORD, CH_ARG(o->id));
    }
    person p = {.id = ch_id_derived(a, CH_STR("demo-staff"), CH_STR("department")), .version = 1, .name = CH_STR("Dana Department"), .email = CH_STR("department@demo.example"),
                .password_hash = demo.hash, .created_at = demo.now, .platform_roles = {(void *)(uintptr_t)department, 1}};
    write_person(&persons, &recipients, a, &p);
    ch_str secret = ch_secret_new(a);
    client_row c = {.id = ch_id_new(a), .version = 1, .organisation = o->id, .organisation_name = o->name, .name = CH_STR("Demonstration system"), .secret_digest = ch_digest(a, secret),
                    .created_by = p.id, .created_at = demo.now};
    put(&clients, &c);
    fprintf(out, ",\n  {\"role\": \"department\", \"email\": \"department@demo.example\", \"password\": \"%s\", \"organisation\": null}\n],\n\"client\": {\"client_id\": \"%.*s\", \"client_secret\": \"%.*s\", \"organisation\": \"%.*s\"}}\n",
            PASSWORD, CH_ARG(c.id), CH_ARG(secret), CH_ARG(o->id));
    flush(&persons);
    flush(&recipients);
    flush(&clients);
}

/* ---- vacancies and applications */

static ch_str description(ch_arena *a, const demo_job *job, const organisation *o)
{
    return ch_arena_printf(a,
                           "## About the job\n\nWe look for a %s to join our %s in %.*s. %s %s\n\n## What you will do\n\n- %s\n- %s\n- %s\n\n## What we offer\n\n| What | More |\n|---|---|\n| Pay | £%lld to £%lld a year |\n| Leave | %s |\n| Support | %s |\n\n"
                           "We welcome applications from everybody. Croeso i bawb.\n",
                           job->title, job->about, CH_ARG(o->place), pick(demo_duties), pick(demo_duties), pick(demo_duties), pick(demo_duties), pick(demo_duties), (long long)job->min,
                           (long long)job->max, pick(demo_offers), pick(demo_offers));
}

static void set_strs(ch_arena *a, ch_list *list, const char *first, const char *second)
{
    ch_str *p = CH_NEW_N(a, ch_str, 2);
    p[0] = ch_str_of(first);
    if (second) p[1] = ch_str_of(second);
    *list = (ch_list){p, second ? 2 : 1};
}

static void make_vacancy(ch_arena *a, size_t i, vacancy *v)
{
    const organisation *o = &demo.orgs[i % 17 == 0 ? 0 : demo_below(&demo.random, demo.organisations)];
    while (!ch_str_is(o->state, "approved")) o = &demo.orgs[demo_below(&demo.random, demo.organisations)];
    const demo_sector *s = NULL;
    for (size_t k = 0; k < 4; k++)
        if (ch_str_is(o->sector, demo_sectors[k].sector)) s = &demo_sectors[k];
    size_t jobs = 0;
    while (s->jobs[jobs].title) jobs++;
    /* A few kinds of job are most of them. */
    const demo_job *job = &s->jobs[demo_below(&demo.random, demo_below(&demo.random, jobs) + 1)];
    static const char alphabet[] = "23456789BCDFGHJKMNPQRSTVWXYZ";
    char number[7] = "000000";
    for (size_t d = 0, rest = i; d < 6; d++, rest /= 28) number[5 - d] = alphabet[rest % 28];
    ch_time published = demo.now - (ch_time)demo_below(&demo.random, 28 * 24 * 60) * CH_MINUTE - CH_HOUR;
    *v = (vacancy){.id = ch_id_derived(a, CH_STR("demo-vacancy"), ch_arena_printf(a, "%zu", i)), .version = 1, .reference = ch_arena_printf(a, "%.*s-%s", CH_ARG(o->code), number),
                   .employer = {.id = o->id, .name = o->name, .kind = o->kind}, .sector = o->sector, .title = ch_str_of(job->title),
                   .summary = ch_arena_printf(a, "Join our %s in %.*s. %s", job->about, CH_ARG(o->place), pick(demo_offers)), .description = description(a, job, o), .staff_group = ch_str_of(job->staff_group),
                   .pay_band = ch_str_of(job->pay_band), .salary = {.min = (double)job->min, .max = (double)job->max, .period = CH_STR("year")},
                   .contract_type = demo_below(&demo.random, 4) ? CH_STR("permanent") : CH_STR("fixed_term"), .remote = demo_below(&demo.random, 12) == 0, .state = CH_STR("published"),
                   .created_at = published - CH_DAY, .published_at = published, .changed_at = published, .closes_at = demo.now + (ch_time)(demo_below(&demo.random, 40) + 2) * CH_DAY};
    set_strs(a, &v->working_pattern, demo_below(&demo.random, 3) ? "full_time" : "part_time", demo_below(&demo.random, 5) ? NULL : "flexible");
    v->locations.p = CH_NEW(a, vacancy_location);
    v->locations.n = 1;
    v->locations.p[0] = (vacancy_location){.name = o->place};
    ch_place place;
    if (ch_place_lookup(o->place, &place, NULL)) {
        v->locations.p[0].postcode = place.district;
        v->locations.p[0].latitude = place.lat + ((double)demo_below(&demo.random, 1000) - 500) / 12500;
        v->locations.p[0].longitude = place.lon + ((double)demo_below(&demo.random, 1000) - 500) / 9000;
    }
    v->criteria.p = CH_NEW_N(a, vacancy_criterion, 2);
    v->criteria.n = 2;
    v->criteria.p[0] = (vacancy_criterion){.text = ch_str_of(pick(demo_needs)), .essential = true};
    v->criteria.p[1] = (vacancy_criterion){.text = ch_str_of(pick(demo_needs))};
}

static void make_application(ch_arena *a, const vacancy *v, size_t i, application *out)
{
    static const char *const states[] = {"submitted", "submitted", "submitted", "shortlisted", "rejected"};
    person p = candidate(a, (i * 31 + demo_below(&demo.random, 997)) % demo.candidates);
    profile about = profile_of(a, &p);
    application_begin(a, v, &about, p.id, v->published_at + CH_HOUR, out);
    for (size_t k = 0; k < out->answers.n; k++) out->answers.p[k].answer = CH_STR("Yes. In my last work I did this every day, and I can tell you more.");
    application_blind(a, out);
    out->version = 1;
    out->key = ch_id_derived(a, CH_STR("demo-application"), out->id);
    out->state = ch_str_of(states[demo_below(&demo.random, 5)]);
    out->submitted_at = v->published_at + CH_DAY < demo.now ? v->published_at + CH_DAY : demo.now;
    if (ch_str_is(out->state, "rejected")) out->reason = CH_STR("Others had more of what we need.");
    if (!ch_str_is(out->state, "submitted")) out->decided_at = demo.now;
    out->history.n = 0; /* told by the times above */
}

static void write_vacancies(void)
{
    sink vacancies = {.store = demo.vacancies, .collection = &vacancy_collection}, applications = {.store = demo.vacancies, .collection = &application_collection};
    ch_arena *a = ch_arena_new(256 << 10);
    for (size_t i = 0; i < demo.live; i++) {
        vacancy v;
        application one;
        make_vacancy(a, i, &v);
        put(&vacancies, &v);
        for (size_t k = 0; k < APPLICANTS; k++) {
            make_application(a, &v, i * APPLICANTS + k, &one);
            put(&applications, &one);
        }
        if (i % 200 == 199) ch_arena_reset(a);
    }
    flush(&vacancies);
    flush(&applications);
    ch_arena_free(a);
}

/* ---- */

static void read_seal_key(void)
{
    char path[1024], bytes[64];
    snprintf(path, sizeof path, "%s/seal.pub", getenv("KEY_DIR") ? getenv("KEY_DIR") : ".");
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f) fclose(f);
    if (n != crypto_box_PUBLICKEYBYTES) {
        fprintf(stderr, "KEY_DIR has no seal.pub\n");
        exit(1);
    }
    demo.seal_public = ch_arena_str(demo.arena, (ch_str){bytes, n});
}

static bool open_all(bool national)
{
    const char *uri = getenv("MONGODB_URI");
    if (!uri || sodium_init() < 0) return false;
    demo.arena = ch_arena_new(1 << 20);
    demo.now = ch_now();
    demo.random = 2026;
    demo.organisations = national ? 700 : 20;
    demo.live = national ? 30000 : 400;
    demo.candidates = national ? 100000 : 200;
    demo.all = 2 * demo.organisations + 3 * demo.candidates + (1 + APPLICANTS) * demo.live;
    demo.identity = ch_store_open(uri, "commonhire_identity");
    demo.vacancies = ch_store_open(uri, "commonhire_vacancies");
    demo.notifications = ch_store_open(uri, "commonhire_notifications");
    return demo.identity && demo.vacancies && demo.notifications && ch_password_hash(demo.arena, CH_STR(PASSWORD), &demo.hash) == CH_OK;
}

int main(int argc, char **argv)
{
    bool national = argc == 3 && !strcmp(argv[1], "national");
    if (argc != 3 || (!national && strcmp(argv[1], "small") != 0)) {
        fprintf(stderr, "usage: commonhire-demo small|national ACCOUNTS-FILE\n");
        return 2;
    }
    mongoc_init();
    if (!open_all(national)) {
        fprintf(stderr, "MONGODB_URI must be set and reachable\n");
        return 1;
    }
    read_seal_key();
    prepare(demo.identity, &organisation_collection);
    prepare(demo.identity, &person_collection);
    prepare(demo.vacancies, &vacancy_collection);
    prepare(demo.vacancies, &application_collection);
    load_towns();
    write_organisations();
    write_people();
    write_vacancies();
    FILE *out = fopen(argv[2], "w");
    if (!out) return 1;
    write_accounts(out);
    fclose(out);
    printf("\n");
    return 0;
}
