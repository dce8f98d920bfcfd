/*
 * commonhire-demo small|national ACCOUNTS-FILE: fills an empty Commonhire, through the services' own tables and rules,
 * then in bulk, with one password hash for all. Each service's rows are made to agree; what organisations and vacancies
 * went through is in the log of events too, so that a service that comes later learns it from there. Candidates'
 * registrations are not, and of applications only those of the first candidate: notifications makes that person's inbox
 * and mails from them, as it would have, and the other hundred thousand people are not written to. MONGODB_URI and
 * KEY_DIR in the environment.
 */
#include <mongoc/mongoc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "auth/password.h"
#include "auth/seal.h"
#include "base/id.h"
#include "contracts/events.h"
#include "demo.h"
#include "documents/document_store.h"
#include "identity/client_store.h"
#include "identity/organisation.h"
#include "identity/organisation_store.h"
#include "identity/person.h"
#include "identity/person_store.h"
#include "notifications/message_store.h"
#include "store/files.h"
#include "vacancies/application_store.h"
#include "vacancies/employer_store.h"
#include "vacancies/vacancy_store.h"

#define PASSWORD "Commonhire-demo-2026"
enum {
    APPLICANTS = 4, /* at most, a vacancy; two on average */
    OWN = 24,       /* vacancies of the demonstration accounts' organisation, besides what chance gives it */
    OWN_APPLICANTS = 14,
    WITH_CV = 120, /* the first candidates have one; they are who applies to the organisation of the demonstration accounts */
    HIS = 9        /* applications of the first candidate */
};

static struct {
    ch_arena *arena; /* for as long as the program */
    ch_store *identity, *vacancies, *notifications, *documents, *log;
    ch_str seal_public, hash;
    ch_time now;
    size_t n_employers, live, candidates, weights;
    demo_employer *employers;
    ch_str cv_hash[WITH_CV];
} demo;

/* ---- employers */

static void tell_organisation(demo_sink *events, const organisation *o)
{
    organisation_event now = organisation_told(o), first = now;
    const ch_event_type *decision = ch_str_is(o->state, "refused") ? &organisation_refused : &organisation_approved;
    first.state = CH_STR("pending");
    first.reason = CH_STR("");
    first.decided_at = 0;
    demo_tell(events, &(ch_outgoing){&organisation_registered, o->id, {"", 0}, &first, o->id}, 1, o->created_at);
    if (o->decided_at) demo_tell(events, &(ch_outgoing){decision, o->id, {"", 0}, &now, o->id}, 2, o->decided_at);
}

static void write_employers(void)
{
    demo_sink *mine = demo_sink_rows(demo.identity, &organisation_collection), *theirs = demo_sink_rows(demo.vacancies, &employer_collection);
    demo_sink *events = demo_sink_events(demo.log, "identity");
    demo.employers = CH_NEW_N(demo.arena, demo_employer, demo.n_employers);
    demo_make_employers(demo.arena, demo.now, demo.n_employers, demo.employers);
    for (size_t i = 0; i < demo.n_employers; i++) {
        const organisation *o = &demo.employers[i].row;
        employer_row row = {.id = o->id,
                            .version = o->version,
                            .code = o->code,
                            .name = o->name,
                            .sector = o->sector,
                            .kind = o->kind,
                            .place = o->place,
                            .region = o->region,
                            .state = o->state,
                            .created_at = o->created_at,
                            .decided_at = o->decided_at};
        demo_put(mine, o);
        demo_put(theirs, &row);
        tell_organisation(events, o);
        demo.weights += demo.employers[i].weight;
    }
    demo_flush(mine);
    demo_flush(theirs);
    demo_flush(events);
}

static const demo_employer *any_employer(uint64_t *random)
{
    size_t at = demo_below(random, demo.weights), i = 0;
    while (at >= demo.employers[i].weight) at -= demo.employers[i++].weight;
    return &demo.employers[i];
}

/* ---- people */

typedef struct people_sinks {
    demo_sink *persons, *recipients, *profiles;
} people_sinks;

static void write_person(const people_sinks *s, ch_arena *a, const person *p)
{
    recipient r = {
        .id = p->id, .version = 1, .sealed_name = ch_seal(a, demo.seal_public, p->name), .sealed_email = ch_seal(a, demo.seal_public, p->email)};
    demo_put(s->persons, p);
    demo_put(s->recipients, &r);
}

static ch_str cv_id(ch_arena *a, size_t i) { return ch_id_derived(a, CH_STR("demo-cv"), ch_arena_printf(a, "%zu", i)); }

static ch_str cv_name(ch_arena *a, const profile *p) { return ch_arena_printf(a, "CV %.*s.pdf", CH_ARG(p->identity.name)); }

static ch_str sha256_hex(ch_arena *a, ch_str bytes)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof digest + 1];
    crypto_hash_sha256(digest, (const unsigned char *)bytes.p, bytes.n);
    return ch_arena_str(a, ch_str_of(sodium_bin2hex(hex, sizeof hex, digest, sizeof digest)));
}

static void write_cv(demo_sink *documents, ch_arena *a, const profile *p, size_t i)
{
    ch_str bytes = demo_cv(a, p, i);
    document d = {.id = cv_id(a, i),
                  .version = 1,
                  .person = p->id,
                  .name = cv_name(a, p),
                  .type = CH_STR("application/pdf"),
                  .hash = sha256_hex(demo.arena, bytes),
                  .state = CH_STR("kept"),
                  .size = (int64_t)bytes.n,
                  .created_at = demo.now - 39 * CH_DAY};
    demo.cv_hash[i] = d.hash;
    ch_file_delete(demo.documents, d.id); /* of a load that was interrupted */
    ch_file *f = ch_file_create(demo.documents, d.id, d.name);
    if (!f || ch_file_write(f, bytes.p, bytes.n) || ch_file_commit(f)) demo_die("the document store refused a file");
    demo_put(documents, &d);
}

static void write_candidates(void)
{
    people_sinks s = {demo_sink_rows(demo.identity, &person_collection), demo_sink_rows(demo.notifications, &recipient_collection),
                      demo_sink_rows(demo.vacancies, &profile_collection)};
    demo_sink *documents = demo_sink_rows(demo.documents, &document_collection);
    ch_arena *a = ch_arena_new(256 << 10);
    for (size_t i = 0; i < demo.candidates; i++) {
        person p = demo_candidate(a, demo.now, demo.hash, i);
        profile about = demo_profile(a, &p, i);
        write_person(&s, a, &p);
        demo_put(s.profiles, &about);
        if (i < WITH_CV) write_cv(documents, a, &about, i);
        if (i % 200 == 199) ch_arena_reset(a);
    }
    demo_flush(s.persons);
    demo_flush(s.recipients);
    demo_flush(s.profiles);
    demo_flush(documents);
    ch_arena_free(a);
}

/* ---- vacancies and applications */

typedef struct advert_sinks {
    demo_sink *vacancies, *applications, *vacancy_events;
} advert_sinks;

static void tell_vacancy(demo_sink *events, const vacancy *v)
{
    vacancy_event e = {
        .reference = v->reference, .title = v->title, .employer_name = v->employer.name, .state = CH_STR("published"), .closes_at = v->closes_at};
    bool withdrawn = ch_str_is(v->state, "withdrawn");
    demo_tell(events, &(ch_outgoing){&vacancy_published, v->employer.id, {"", 0}, &e, v->id}, 2, v->published_at);
    if (ch_str_is(v->state, "published")) return;
    e.state = v->state;
    demo_tell(events, &(ch_outgoing){withdrawn ? &vacancy_withdrawn : &vacancy_closed, v->employer.id, {"", 0}, &e, v->id}, v->version,
              v->changed_at);
}

/* The first candidate's, kept until all are known: the inbox shows them in the order of the log. */
typedef struct kept_event {
    const ch_event_type *type;
    ch_time at;
    int64_t version;
    ch_str organisation, person, key;
    application_event payload;
} kept_event;
static kept_event kept[HIS * DEMO_STEPS];
static size_t n_kept;

static ch_str lasting(ch_str s) { return ch_arena_str(demo.arena, s); }

static void keep_events(const application *one, const demo_step *steps, size_t n)
{
    for (size_t i = 0; i < n && n_kept < HIS * DEMO_STEPS; i++) {
        bool rejected = steps[i].type == &application_rejected;
        application_event payload = {.reference = lasting(one->reference),
                                     .vacancy_title = lasting(one->vacancy_title),
                                     .employer_name = lasting(one->employer_name),
                                     .state = one->history.p[i + 1].state, /* the first is the draft */
                                     .reason = rejected ? lasting(one->reason) : CH_STR("")};
        kept[n_kept++] =
            (kept_event){steps[i].type, steps[i].at, 2 + (int64_t)i, lasting(one->organisation), lasting(one->person), lasting(one->key), payload};
    }
}

static int by_time(const void *a, const void *b)
{
    const kept_event *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static void tell_kept(demo_sink *events)
{
    qsort(kept, n_kept, sizeof *kept, by_time);
    for (const kept_event *e = kept; e < kept + n_kept; e++)
        demo_tell(events, &(ch_outgoing){e->type, e->organisation, e->person, &e->payload, e->key}, e->version, e->at);
}

static void write_application(const advert_sinks *s, ch_arena *a, uint64_t *random, const vacancy *v, size_t who)
{
    person p = demo_candidate(a, demo.now, demo.hash, who);
    profile about = demo_profile(a, &p, who);
    application one;
    demo_step steps[DEMO_STEPS];
    size_t n = demo_make_application(a, random, demo.now, v, &about, &one, steps);
    if (who < WITH_CV) {
        one.document = cv_id(a, who);
        one.document_name = cv_name(a, &about);
        one.document_hash = demo.cv_hash[who];
    }
    demo_put(s->applications, &one);
    if (who == 0) keep_events(&one, steps, n);
}

/* Of one vacancy each person applies once: neighbours in a row that begins anywhere. */
static void write_applications(const advert_sinks *s, ch_arena *a, uint64_t *random, const vacancy *v, size_t first, size_t range, size_t n)
{
    size_t start = demo_below(random, range);
    for (size_t k = 0; k < n; k++) write_application(s, a, random, v, first + (start + k) % range);
}

static void write_live(const advert_sinks *s, ch_arena *a)
{
    uint64_t random = 4711;
    for (size_t i = 0; i < demo.live; i++) {
        const demo_employer *e = i < OWN ? &demo.employers[0] : any_employer(&random);
        bool own = e == &demo.employers[0];
        size_t first = own ? 1 : WITH_CV, range = (own ? WITH_CV : demo.candidates) - first, most = i < OWN ? OWN_APPLICANTS : APPLICANTS;
        vacancy v;
        demo_make_vacancy(a, demo.now, i, e, &v);
        demo_put(s->vacancies, &v);
        tell_vacancy(s->vacancy_events, &v);
        write_applications(s, a, &random, &v, first, range, demo_below(&random, most + 1) + (i < OWN ? 1 : 0));
        if (i % 3 == 0 && i < 3 * HIS) write_application(s, a, &random, &v, 0);
        if (i % 100 == 99) ch_arena_reset(a);
    }
}

/* What an employer also has: drafts, and what is over. */
static void put_past(vacancy *v, size_t k)
{
    ch_time shift = v->closes_at - demo.now + (ch_time)(2 + k * 5) * CH_DAY;
    if (k % 4 == 0) { /* a draft, half written */
        v->state = CH_STR("draft");
        v->version = 1;
        v->changed_at = v->created_at = demo.now - (ch_time)(k + 2) * CH_HOUR;
        v->published_at = 0;
        if (k) v->person_specification = CH_STR("");
        return;
    }
    v->published_at -= shift;
    v->created_at -= shift;
    v->closes_at -= shift;
    v->changed_at = v->published_at;
    if (k % 4 == 1) return; /* it ended at its minute */
    v->state = k % 4 == 2 ? CH_STR("closed") : CH_STR("withdrawn");
    v->version = 3;
    v->changed_at = v->closes_at - 3 * CH_DAY > v->published_at ? v->closes_at - 3 * CH_DAY : v->closes_at - CH_HOUR;
}

static void write_past(const advert_sinks *s, ch_arena *a)
{
    uint64_t random = 815;
    for (size_t k = 0; k < 12; k++) {
        vacancy v;
        demo_make_vacancy(a, demo.now, demo.live + k, &demo.employers[0], &v);
        put_past(&v, k);
        demo_put(s->vacancies, &v);
        if (!v.published_at) continue;
        tell_vacancy(s->vacancy_events, &v);
        write_applications(s, a, &random, &v, 1, WITH_CV - 1, 5);
    }
}

static void write_vacancies(void)
{
    advert_sinks s = {demo_sink_rows(demo.vacancies, &vacancy_collection), demo_sink_rows(demo.vacancies, &application_collection),
                      demo_sink_events(demo.log, "vacancies")};
    ch_arena *a = ch_arena_new(1 << 20);
    write_live(&s, a);
    write_past(&s, a);
    demo_flush(s.vacancies);
    demo_flush(s.applications);
    tell_kept(s.vacancy_events);
    demo_flush(s.vacancy_events);
    ch_arena_free(a);
}

/* ---- the accounts that are told */

typedef struct accounts {
    FILE *out;
    people_sinks sinks;
    const organisation *organisation;
} accounts;

static void write_account(const accounts *acc, const char *role, ch_str email, const ch_str *of)
{
    fprintf(acc->out, ",\n  {\"role\": \"%s\", \"email\": \"%.*s\", \"password\": \"%s\", \"organisation\": ", role, CH_ARG(email), PASSWORD);
    if (of) fprintf(acc->out, "\"%.*s\"}", CH_ARG(*of));
    else fprintf(acc->out, "null}");
}

static void write_staff(const accounts *acc, const char *role, const char *name, const char *const *roles, size_t n)
{
    ch_arena *a = demo.arena;
    ch_str *list = CH_NEW_N(a, ch_str, n);
    for (size_t i = 0; i < n; i++) list[i] = ch_str_of(roles[i]);
    person p = {.id = ch_id_derived(a, CH_STR("demo-staff"), ch_str_of(role)),
                .version = 1,
                .name = ch_str_of(name),
                .password_hash = demo.hash,
                .created_at = acc->organisation->created_at,
                .email = ch_arena_printf(a, "%s@demo.example", role)};
    person_join(a, &p, acc->organisation->id, acc->organisation->name, (ch_list){list, n});
    write_person(&acc->sinks, a, &p);
    write_account(acc, role, p.email, &acc->organisation->id);
}

static void write_department(const accounts *acc)
{
    static const ch_str role[] = {CH_STR_INIT("department")};
    person p = {.id = ch_id_derived(demo.arena, CH_STR("demo-staff"), role[0]),
                .version = 1,
                .name = CH_STR("Dana Whitfield"),
                .email = CH_STR("department@demo.example"),
                .password_hash = demo.hash,
                .created_at = demo.now - 900 * CH_DAY,
                .platform_roles = {(void *)(uintptr_t)role, 1}};
    write_person(&acc->sinks, demo.arena, &p);
    write_account(acc, "department", p.email, NULL);
}

static void write_client(const accounts *acc)
{
    demo_sink *clients = demo_sink_rows(demo.identity, &client_collection);
    ch_str secret = ch_secret_new(demo.arena);
    client_row c = {.id = ch_id_new(demo.arena),
                    .version = 1,
                    .organisation = acc->organisation->id,
                    .organisation_name = acc->organisation->name,
                    .name = CH_STR("Demonstration system"),
                    .secret_digest = ch_digest(demo.arena, secret),
                    .created_by = ch_id_derived(demo.arena, CH_STR("demo-staff"), CH_STR("administrator")),
                    .created_at = demo.now};
    demo_put(clients, &c);
    demo_flush(clients);
    fprintf(acc->out, "\n],\n\"client\": {\"client_id\": \"%.*s\", \"client_secret\": \"%.*s\", \"organisation\": \"%.*s\"}}\n", CH_ARG(c.id),
            CH_ARG(secret), CH_ARG(c.organisation));
}

/* One of each role. The file is there when all of it is: it says that the data is loaded. */
static void write_accounts(const char *path)
{
    static const char *const both[] = {"administrator", "recruiter"}, *const recruiter[] = {"recruiter"}, *const manager[] = {"hiring_manager"};
    char half[1024];
    snprintf(half, sizeof half, "%s.new", path);
    accounts acc = {fopen(half, "w"),
                    {demo_sink_rows(demo.identity, &person_collection), demo_sink_rows(demo.notifications, &recipient_collection), NULL},
                    &demo.employers[0].row};
    if (!acc.out) demo_die("the accounts file cannot be written");
    fprintf(acc.out,
            "{\"accounts\": [\n  {\"role\": \"candidate\", \"email\": \"candidate0@demo.example\", \"password\": \"%s\", \"organisation\": null}",
            PASSWORD);
    write_staff(&acc, "administrator", "Ruth Oyelaran", both, 2);
    write_staff(&acc, "recruiter", "Tomasz Hartley", recruiter, 1);
    write_staff(&acc, "hiring_manager", "Siân Prescott", manager, 1);
    write_department(&acc);
    write_client(&acc);
    demo_flush(acc.sinks.persons);
    demo_flush(acc.sinks.recipients);
    if (fclose(acc.out) || rename(half, path)) demo_die("the accounts file cannot be written");
}

/* ---- */

static void read_seal_key(void)
{
    char path[1024], bytes[64];
    snprintf(path, sizeof path, "%s/seal.pub", getenv("KEY_DIR") ? getenv("KEY_DIR") : ".");
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f) fclose(f);
    if (n != crypto_box_PUBLICKEYBYTES) demo_die("KEY_DIR has no seal.pub");
    demo.seal_public = ch_arena_str(demo.arena, (ch_str){bytes, n});
}

static void open_all(bool national)
{
    const char *uri = getenv("MONGODB_URI");
    if (!uri || sodium_init() < 0) demo_die("MONGODB_URI must be set");
    demo.arena = ch_arena_new(1 << 20);
    demo.now = ch_now();
    demo.n_employers = national ? 700 : 20;
    demo.live = national ? 30000 : 400;
    demo.candidates = national ? 100000 : 400;
    demo_expect(4 * demo.n_employers + 3 * demo.candidates + WITH_CV + demo.live * (2 + APPLICANTS / 2) + OWN * 8);
    demo.identity = ch_store_open(uri, "commonhire_identity");
    demo.vacancies = ch_store_open(uri, "commonhire_vacancies");
    demo.notifications = ch_store_open(uri, "commonhire_notifications");
    demo.documents = ch_store_open(uri, "commonhire_documents");
    demo.log = ch_store_open(uri, "commonhire_events");
    if (!demo.identity || !demo.vacancies || !demo.notifications || !demo.documents || !demo.log) demo_die("MONGODB_URI is wrong");
    if (ch_password_hash(demo.arena, CH_STR(PASSWORD), &demo.hash)) demo_die("there is not enough memory for a password hash");
}

int main(int argc, char **argv)
{
    bool national = argc == 3 && !strcmp(argv[1], "national");
    if (argc != 3 || (!national && strcmp(argv[1], "small") != 0)) {
        fprintf(stderr, "usage: commonhire-demo small|national ACCOUNTS-FILE\n");
        return 2;
    }
    mongoc_init();
    open_all(national);
    read_seal_key();
    demo_load_towns(demo.arena);
    write_employers();
    write_candidates();
    write_vacancies();
    write_accounts(argv[2]);
    demo_progress_end();
    return 0;
}
