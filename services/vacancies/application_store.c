#include "vacancies/application_store.h"

#include "contracts/events.h"

static const char *const indexes[] = {"{\"keys\": {\"key\": 1}, \"unique\": true}", "{\"keys\": {\"person\": 1, \"created_at\": -1}}",
                                      "{\"keys\": {\"organisation\": 1, \"vacancy\": 1, \"submitted_at\": 1}}", NULL};
const ch_collection application_collection = {.name = "applications",
                                              .table = &application_table,
                                              .admits = CH_SCOPE_ORG | CH_SCOPE_PERSON | CH_SCOPE_PLATFORM,
                                              .org_key = "organisation",
                                              .person_key = "person",
                                              .org_filter = "{\"state\": {\"$in\": [\"submitted\", \"shortlisted\", \"rejected\"]}}",
                                              .indexes = indexes};
const ch_collection profile_collection = {
    .name = "profiles", .table = &profile_table, .admits = CH_SCOPE_PERSON | CH_SCOPE_PLATFORM, .person_key = "_id"};

/* What an employer's query leaves out until the application is shortlisted. `person` stays, for the event: no page
 * shows it. */
static const char blind_fields[] =
    "{\"identity\": 0, \"statement\": 0, \"answers.answer\": 0, \"document_name\": 0, \"document_hash\": 0, \"outbox\": 0}";

/* What a list of one's own does without: hundreds of them would be megabytes of text that nobody reads there. */
static const char listed_fields[] =
    "{\"identity\": 0, \"statement\": 0, \"statement_blind\": 0, \"answers\": 0, \"document_hash\": 0, \"outbox\": 0}";

static void equal(bson_t *filter, const char *key, ch_str value) { bson_append_utf8(filter, key, -1, value.p, (int)value.n); }

static ch_err find_first(ch_app *app, ch_arena *a, ch_scope scope, const bson_t *filter, const char *fields, application *out)
{
    ch_list found;
    CH_TRY(ch_store_find(app->store, &application_collection, scope, &(ch_find){.filter = filter, .limit = 1, .fields = fields}, a, &found));
    if (!found.n) return CH_NOT_FOUND;
    *out = *(application *)found.p;
    return CH_OK;
}

static ch_err by_key(ch_app *app, ch_arena *a, ch_scope scope, const char *name, ch_str value, const char *fields, application *out)
{
    bson_t filter = BSON_INITIALIZER;
    equal(&filter, name, value);
    ch_err e = find_first(app, a, scope, &filter, fields, out);
    bson_destroy(&filter);
    return e;
}

ch_err application_create(ch_app *app, application *one)
{
    return ch_store_create(app->store, &application_collection, ch_scope_person(one->person), one, NULL);
}

ch_err application_by_key(ch_app *app, ch_arena *a, ch_str person, ch_str key, application *out)
{
    return by_key(app, a, ch_scope_person(person), "key", key, NULL, out);
}

ch_err application_of_vacancy(ch_app *app, ch_arena *a, ch_str person, ch_str vacancy, application *out)
{
    return by_key(app, a, ch_scope_person(person), "vacancy", vacancy, NULL, out);
}

ch_err application_list_of_person(ch_app *app, ch_arena *a, ch_str person, ch_list *out)
{
    const ch_find newest = {.sort = "{\"created_at\": -1}", .limit = 500, .fields = listed_fields};
    return ch_store_find(app->store, &application_collection, ch_scope_person(person), &newest, a, out);
}

/* Blind first; only a shortlisted one is read again, whole. */
ch_err application_for_employer(ch_app *app, ch_arena *a, ch_str organisation, ch_str key, application *out)
{
    CH_TRY(by_key(app, a, ch_scope_org(organisation), "key", key, blind_fields, out));
    if (!ch_str_is(out->state, "shortlisted")) return CH_OK;
    bson_t filter = BSON_INITIALIZER;
    equal(&filter, "key", key);
    equal(&filter, "state", CH_STR("shortlisted"));
    ch_err e = find_first(app, a, ch_scope_org(organisation), &filter, NULL, out);
    bson_destroy(&filter);
    return e;
}

static void put_vacancy(bson_t *filter, const application_listing *l)
{
    equal(filter, "vacancy", l->vacancy);
    if (l->state.n) equal(filter, "state", l->state);
}

ch_err application_list_of_vacancy(ch_app *app, ch_arena *a, ch_str organisation, const application_listing *l, ch_list *out)
{
    bson_t filter = BSON_INITIALIZER;
    put_vacancy(&filter, l);
    ch_err e =
        ch_store_find(app->store, &application_collection, ch_scope_org(organisation),
                      &(ch_find){.filter = &filter,
                                 .sort = "{\"submitted_at\": 1, \"key\": 1}",
                                 .limit = l->limit,
                                 .skip = l->skip,
                                 .fields = "{\"key\": 1, \"vacancy\": 1, \"state\": 1, \"submitted_at\": 1, \"decided_at\": 1, \"version\": 1}"},
                      a, out);
    bson_destroy(&filter);
    return e;
}

/* Beyond this one in the order of the list: when it came, then key. op: $gt or $lt. */
static void put_beyond(bson_t *filter, const application *one, const char *op)
{
    bson_t or, row, range;
    BSON_APPEND_ARRAY_BEGIN(filter, "$or", & or);
    BSON_APPEND_DOCUMENT_BEGIN(& or, "0", &row);
    BSON_APPEND_DOCUMENT_BEGIN(&row, "submitted_at", &range);
    bson_append_date_time(&range, op, -1, one->submitted_at);
    bson_append_document_end(&row, &range);
    bson_append_document_end(& or, &row);
    BSON_APPEND_DOCUMENT_BEGIN(& or, "1", &row);
    BSON_APPEND_DATE_TIME(&row, "submitted_at", one->submitted_at);
    BSON_APPEND_DOCUMENT_BEGIN(&row, "key", &range);
    bson_append_utf8(&range, op, -1, one->key.p, (int)one->key.n);
    bson_append_document_end(&row, &range);
    bson_append_document_end(& or, &row);
    bson_append_array_end(filter, & or);
}

ch_err application_beside(ch_app *app, ch_arena *a, const application *one, ch_str state, bool after, ch_str *key)
{
    bson_t filter = BSON_INITIALIZER;
    const char *sort = after ? "{\"submitted_at\": 1, \"key\": 1}" : "{\"submitted_at\": -1, \"key\": -1}";
    ch_list found;
    put_vacancy(&filter, &(application_listing){.vacancy = one->vacancy, .state = state});
    put_beyond(&filter, one, after ? "$gt" : "$lt");
    ch_err e = ch_store_find(app->store, &application_collection, ch_scope_org(one->organisation),
                             &(ch_find){.filter = &filter, .sort = sort, .limit = 1, .fields = "{\"key\": 1}"}, a, &found);
    bson_destroy(&filter);
    *key = !e && found.n ? ((const application *)found.p)->key : CH_STR("");
    return e;
}

ch_err application_count_of_vacancy(ch_app *app, ch_arena *a, ch_str organisation, ch_str vacancy, bool (*fn)(void *arg, const bson_t *doc),
                                    void *arg)
{
    ch_buf stages = ch_buf_in(a);
    ch_buf_put(&stages, CH_STR("[{\"$match\": {\"vacancy\": "));
    ch_put_json(&stages, vacancy);
    ch_buf_put(&stages, CH_STR("}}, {\"$group\": {\"_id\": \"$state\", \"n\": {\"$sum\": 1}}}]"));
    return ch_store_aggregate(app->store, &application_collection, ch_scope_org(organisation), ch_arena_z(a, ch_buf_str(&stages)), fn, arg);
}

ch_err application_count_of_vacancies(ch_app *app, ch_arena *a, ch_str organisation, const ch_str *vacancies, size_t n,
                                      bool (*fn)(void *arg, const bson_t *doc), void *arg)
{
    ch_buf stages = ch_buf_in(a);
    if (!n) return CH_OK;
    ch_buf_put(&stages, CH_STR("[{\"$match\": {\"vacancy\": {\"$in\": ["));
    for (size_t i = 0; i < n; i++) {
        if (i) ch_buf_char(&stages, ',');
        ch_put_json(&stages, vacancies[i]);
    }
    ch_buf_put(
        &stages,
        CH_STR(
            "]}}}, {\"$group\": {\"_id\": \"$vacancy\", \"n\": {\"$sum\": 1}, \"fresh\": {\"$sum\": {\"$cond\": [{\"$eq\": [\"$state\", \"submitted\"]}, 1, 0]}}}}]"));
    return ch_store_aggregate(app->store, &application_collection, ch_scope_org(organisation), ch_arena_z(a, ch_buf_str(&stages)), fn, arg);
}

static ch_err save(ch_app *app, ch_scope scope, application *one, uint64_t which, const ch_event_type *type)
{
    application_event payload = {.reference = one->reference,
                                 .vacancy_title = one->vacancy_title,
                                 .employer_name = one->employer_name,
                                 .state = one->state,
                                 .reason = one->reason};
    ch_outgoing event = {type, one->organisation, one->person, &payload, one->key};
    return ch_store_save(app->store, &application_collection, scope, one, which, &(ch_write){.events = &event, .n = type ? 1 : 0});
}

ch_err application_save(ch_app *app, application *one, uint64_t which, const ch_event_type *event)
{
    return save(app, ch_scope_person(one->person), one, which, event);
}

ch_err application_decide(ch_app *app, application *one, const ch_event_type *event)
{
    return save(app, ch_scope_org(one->organisation), one, ch_mask(&application_table, "state", "reason", "decided_at", "history", NULL), event);
}

ch_err application_count_states(ch_app *app, bool (*fn)(void *arg, const bson_t *doc), void *arg)
{
    return ch_store_aggregate(app->store, &application_collection, ch_scope_platform(), "[{\"$group\": {\"_id\": \"$state\", \"n\": {\"$sum\": 1}}}]",
                              fn, arg);
}

ch_err profile_get(ch_app *app, ch_arena *a, ch_str person, profile *out)
{
    ch_err e = ch_store_get(app->store, &profile_collection, ch_scope_person(person), person, a, out);
    if (e != CH_NOT_FOUND) return e;
    *out = (profile){.id = person};
    return CH_OK;
}

ch_err profile_save(ch_app *app, profile *p)
{
    if (!p->version) return ch_store_create(app->store, &profile_collection, ch_scope_person(p->id), p, NULL);
    return ch_store_save(app->store, &profile_collection, ch_scope_person(p->id), p, ch_mask(&profile_table, "identity", "statement", NULL), NULL);
}
