#include "identity/person_store.h"

#include "auth/seal.h"
#include "identity/person.h"

static const char *const indexes[] = {"{\"keys\": {\"email\": 1}, \"unique\": true}", "{\"keys\": {\"memberships.organisation\": 1}}", NULL};
const ch_collection person_collection = {.name = "persons",
                                         .table = &person_table,
                                         .admits = CH_SCOPE_ORG | CH_SCOPE_PERSON | CH_SCOPE_PLATFORM,
                                         .org_key = "memberships.organisation",
                                         .person_key = "_id",
                                         .indexes = indexes};

/* How to write to them. */
static person_event addressee(const ch_app *app, ch_arena *a, const person *p)
{
    return (person_event){
        .sealed_name = ch_seal(a, app->seal_public, p->name), .sealed_email = ch_seal(a, app->seal_public, p->email), .language = p->language};
}

ch_err person_create(ch_app *app, ch_arena *a, person *p)
{
    person_event payload = addressee(app, a, p);
    ch_outgoing event = {&person_registered, CH_STR(""), p->id, &payload, {"", 0}};
    return ch_store_create(app->store, &person_collection, ch_scope_platform(), p, &(ch_write){.events = &event, .n = 1});
}

/* A change of how to write to them. */
static ch_err save_addressee(ch_app *app, ch_arena *a, person *p, uint64_t which, const ch_event_type *type)
{
    person_event payload = addressee(app, a, p);
    ch_outgoing event = {type, CH_STR(""), p->id, &payload, {"", 0}};
    return ch_store_save(app->store, &person_collection, ch_scope_platform(), p, which, &(ch_write){.events = &event, .n = 1});
}

ch_err person_choose_language(ch_app *app, ch_arena *a, person *p, ch_str language)
{
    p->language = language;
    return save_addressee(app, a, p, ch_mask(&person_table, "language", NULL), &person_language_chosen);
}

ch_err person_rename(ch_app *app, ch_arena *a, person *p, ch_str name)
{
    p->name = name;
    return save_addressee(app, a, p, ch_mask(&person_table, "name", NULL), &person_renamed);
}

ch_err person_get(ch_app *app, ch_arena *a, ch_str id, person *out)
{
    return ch_store_get(app->store, &person_collection, ch_scope_person(id), id, a, out);
}

ch_err person_by_email(ch_app *app, ch_arena *a, ch_str email, person *out)
{
    bson_t filter = BSON_INITIALIZER;
    bson_append_utf8(&filter, "email", -1, email.p, (int)email.n);
    ch_err e = ch_store_one(app->store, &person_collection, ch_scope_platform(), &filter, a, out);
    bson_destroy(&filter);
    return e;
}

ch_err person_save(ch_app *app, person *p, uint64_t which)
{
    return ch_store_save(app->store, &person_collection, ch_scope_platform(), p, which, NULL);
}

ch_err person_add(ch_app *app, ch_arena *a, ch_str organisation, ch_str name, ch_list roles, person *p)
{
    ch_err e = CH_STALE;
    for (int tries = 0; tries < 5 && e == CH_STALE; tries++) {
        CH_TRY(person_get(app, a, p->id, p));
        person_join(a, p, organisation, name, roles);
        e = person_save(app, p, ch_mask(&person_table, "memberships", NULL));
    }
    return e;
}

ch_err person_members(ch_app *app, ch_arena *a, ch_str organisation, ch_list *out)
{
    return ch_store_find(app->store, &person_collection, ch_scope_org(organisation), &(ch_find){.sort = "{\"name\": 1}", .limit = 500}, a, out);
}

ch_err person_member(ch_app *app, ch_arena *a, ch_str organisation, ch_str id, person *out)
{
    return ch_store_get(app->store, &person_collection, ch_scope_org(organisation), id, a, out);
}
