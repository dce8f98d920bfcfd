#include "vacancies/vacancy_store.h"

#include <stdio.h>

#include "base/id.h"
#include "data/bson.h"

enum { EVERYTHING = 2000000 };
static const char *const indexes[] = {"{\"keys\": {\"reference\": 1}, \"unique\": true}", "{\"keys\": {\"employer._id\": 1, \"changed_at\": -1}}",
                                      "{\"keys\": {\"changed_at\": 1}}", "{\"keys\": {\"state\": 1, \"closes_at\": 1}}", NULL};
const ch_collection vacancy_collection = {.name = "vacancies",
                                          .table = &vacancy_table,
                                          .admits = CH_SCOPE_ORG | CH_SCOPE_PUBLIC | CH_SCOPE_PLATFORM,
                                          .org_key = "employer._id",
                                          .public_filter = "{\"state\": {\"$in\": [\"published\", \"closed\"]}}",
                                          .indexes = indexes};

static void derive(const ch_app *app, ch_arena *a, vacancy *v)
{
    v->url = ch_arena_printf(a, "%.*s/jobs/%.*s", CH_ARG(app->settings.public_url), CH_ARG(v->reference));
}

ch_err vacancy_create(ch_app *app, ch_arena *a, vacancy *v, ch_str code, const ch_write *write)
{
    ch_err e = CH_EXISTS;
    for (int tries = 0; tries < 5 && e == CH_EXISTS; tries++) {
        vacancy there;
        if (tries && vacancy_get(app, a, v->employer.id, v->id, &there) == CH_OK) return CH_EXISTS;
        v->reference = ch_arena_printf(a, "%.*s-%.*s", CH_ARG(code), CH_ARG(ch_code_new(a, 6)));
        e = ch_store_create(app->store, &vacancy_collection, ch_scope_org(v->employer.id), v, write);
    }
    derive(app, a, v);
    return e;
}

ch_err vacancy_get(ch_app *app, ch_arena *a, ch_str organisation, ch_str id, vacancy *out)
{
    CH_TRY(ch_store_get(app->store, &vacancy_collection, ch_scope_org(organisation), id, a, out));
    derive(app, a, out);
    return CH_OK;
}

/* Without what stood there before edits, which only its employer reads. */
static ch_err find_public(ch_app *app, ch_arena *a, const char *key, ch_str value, vacancy *out)
{
    static const char fields[] = "{\"changes.summary\": 0, \"changes.description\": 0, \"changes.person_specification\": 0, \"outbox\": 0}";
    bson_t filter = BSON_INITIALIZER;
    ch_list found;
    bson_append_utf8(&filter, key, -1, value.p, (int)value.n);
    ch_err e =
        ch_store_find(app->store, &vacancy_collection, ch_scope_public(), &(ch_find){.filter = &filter, .limit = 1, .fields = fields}, a, &found);
    bson_destroy(&filter);
    if (e) return e;
    if (!found.n) return CH_NOT_FOUND;
    *out = *(vacancy *)found.p;
    derive(app, a, out);
    return CH_OK;
}

ch_err vacancy_get_public(ch_app *app, ch_arena *a, ch_str id, vacancy *out) { return find_public(app, a, "_id", id, out); }

ch_err vacancy_by_reference(ch_app *app, ch_arena *a, ch_str reference, vacancy *out) { return find_public(app, a, "reference", reference, out); }

/* What counts as closed changes with the hour: {"state": …} as it is at this moment. */
static void put_state(bson_t *filter, const char *state, ch_time now)
{
    bson_t or, one, time;
    bool closed = !strcmp(state, "closed");
    if (!closed) BSON_APPEND_UTF8(filter, "state", state);
    if (!strcmp(state, "published")) {
        BSON_APPEND_DOCUMENT_BEGIN(filter, "closes_at", &time);
        BSON_APPEND_DATE_TIME(&time, "$gt", now);
        bson_append_document_end(filter, &time);
    }
    if (!closed) return;
    BSON_APPEND_ARRAY_BEGIN(filter, "$or", & or);
    BSON_APPEND_DOCUMENT_BEGIN(& or, "0", &one);
    BSON_APPEND_UTF8(&one, "state", "closed");
    bson_append_document_end(& or, &one);
    BSON_APPEND_DOCUMENT_BEGIN(& or, "1", &one);
    BSON_APPEND_UTF8(&one, "state", "published");
    BSON_APPEND_DOCUMENT_BEGIN(&one, "closes_at", &time);
    BSON_APPEND_DATE_TIME(&time, "$lte", now);
    bson_append_document_end(&one, &time);
    bson_append_document_end(& or, &one);
    bson_append_array_end(filter, & or);
}

/* Later pages: what was changed before the last one of the page before (changed_at, then id). */
static void put_after(bson_t *filter, const vacancy_listing *l)
{
    bson_t and, all, or, one, time;
    BSON_APPEND_ARRAY_BEGIN(filter, "$and", &and);
    BSON_APPEND_DOCUMENT_BEGIN(&and, "0", &all);
    BSON_APPEND_ARRAY_BEGIN(&all, "$or", & or);
    BSON_APPEND_DOCUMENT_BEGIN(& or, "0", &one);
    BSON_APPEND_DOCUMENT_BEGIN(&one, "changed_at", &time);
    BSON_APPEND_DATE_TIME(&time, "$lt", l->after_changed_at);
    bson_append_document_end(&one, &time);
    bson_append_document_end(& or, &one);
    BSON_APPEND_DOCUMENT_BEGIN(& or, "1", &one);
    BSON_APPEND_DATE_TIME(&one, "changed_at", l->after_changed_at);
    BSON_APPEND_DOCUMENT_BEGIN(&one, "_id", &time);
    bson_append_utf8(&time, "$gt", -1, l->after_id.p, (int)l->after_id.n);
    bson_append_document_end(&one, &time);
    bson_append_document_end(& or, &one);
    bson_append_array_end(&all, & or);
    bson_append_document_end(&and, &all);
    bson_append_array_end(filter, &and);
}

ch_err vacancy_list(ch_app *app, ch_arena *a, ch_str organisation, const vacancy_listing *l, ch_list *out)
{
    bson_t filter = BSON_INITIALIZER;
    if (l->state.n) put_state(&filter, ch_arena_z(a, l->state), l->now);
    if (l->after_id.n) put_after(&filter, l);
    ch_err e =
        ch_store_find(app->store, &vacancy_collection, ch_scope_org(organisation),
                      &(ch_find){.filter = &filter,
                                 .sort = "{\"changed_at\": -1, \"_id\": 1}",
                                 .limit = l->limit,
                                 .skip = l->skip,
                                 .fields = "{\"description\": 0, \"person_specification\": 0, \"criteria\": 0, \"changes\": 0, \"outbox\": 0}"},
                      a, out);
    bson_destroy(&filter);
    for (size_t i = 0; !e && i < out->n; i++) derive(app, a, (vacancy *)out->p + i);
    return e;
}

static vacancy_event event_of(const vacancy *v)
{
    return (vacancy_event){
        .reference = v->reference, .title = v->title, .employer_name = v->employer.name, .state = v->state, .closes_at = v->closes_at};
}

ch_err vacancy_save(ch_app *app, vacancy *v, uint64_t which, const ch_event_type *type, const ch_write *idempotency)
{
    ch_write write = idempotency ? *idempotency : (ch_write){0};
    vacancy_event payload = event_of(v);
    ch_outgoing event = {type, v->employer.id, CH_STR(""), &payload, {"", 0}};
    v->changed_at = ch_now();
    if (type) {
        write.events = &event;
        write.n = 1;
    }
    return ch_store_save(app->store, &vacancy_collection, ch_scope_org(v->employer.id), v, which | ch_mask(&vacancy_table, "changed_at", NULL),
                         &write);
}

static ch_err each(ch_app *app, const bson_t *filter, const char *sort, int64_t limit, bool (*fn)(void *arg, const bson_t *doc), void *arg)
{
    return ch_store_each(app->store, &vacancy_collection, ch_scope_platform(),
                         &(ch_find){.filter = filter, .sort = sort, .limit = limit, .fields = "{\"changes\": 0, \"outbox\": 0}"}, fn, arg);
}

ch_err vacancy_each_changed(ch_app *app, ch_time since, int64_t limit, bool (*fn)(void *arg, const bson_t *doc), void *arg)
{
    bson_t filter = BSON_INITIALIZER, after;
    BSON_APPEND_DOCUMENT_BEGIN(&filter, "changed_at", &after);
    BSON_APPEND_DATE_TIME(&after, "$gte", since);
    bson_append_document_end(&filter, &after);
    ch_err e = each(app, &filter, "{\"changed_at\": 1}", limit, fn, arg);
    bson_destroy(&filter);
    return e;
}

typedef struct counted {
    bool (*fn)(void *arg, const bson_t *doc);
    void *arg;
    size_t n;
    bool stopped;
} counted;

static bool count_one(void *p, const bson_t *doc)
{
    counted *c = p;
    c->n++;
    c->stopped = !c->fn(c->arg, doc);
    return !c->stopped;
}

/* until 0: whenever it closes */
static ch_err each_closing(ch_app *app, ch_time after, ch_time until, counted *c)
{
    bson_t filter = BSON_INITIALIZER, time;
    BSON_APPEND_UTF8(&filter, "state", "published");
    BSON_APPEND_DOCUMENT_BEGIN(&filter, "closes_at", &time);
    BSON_APPEND_DATE_TIME(&time, "$gt", after);
    if (until) BSON_APPEND_DATE_TIME(&time, "$lte", until);
    bson_append_document_end(&filter, &time);
    c->n = 0;
    ch_err e = each(app, &filter, NULL, EVERYTHING, count_one, c);
    bson_destroy(&filter);
    return e;
}

/* A store may lay out the whole answer before it gives the first row, and 30,000 adverts take a busy one longer than a socket waits. So they are
 * asked for a stretch at a time by when they close, such that each brings some hundreds. */
ch_err vacancy_each_public(ch_app *app, ch_time now, bool (*fn)(void *arg, const bson_t *doc), void *arg)
{
    enum { FEW = 250, MANY = 1000, YEARS = 10 };
    const ch_time last = now + YEARS * 366 * CH_DAY;
    counted c = {.fn = fn, .arg = arg};
    ch_time at = now, stretch = CH_HOUR;
    while (!c.stopped && at < last) {
        CH_TRY(each_closing(app, at, at + stretch, &c));
        at += stretch;
        if (c.n < FEW) stretch *= 2;
        else if (c.n > MANY && stretch > CH_MINUTE) stretch /= 2;
    }
    return c.stopped ? CH_OK : each_closing(app, at, 0, &c);
}

/* By the state of this moment. */
static ch_err count_states(ch_app *app, ch_scope scope, ch_time now, bool (*fn)(void *arg, const bson_t *doc), void *arg)
{
    char stages[400];
    snprintf(
        stages, sizeof stages,
        "[{\"$group\": {\"_id\": {\"$cond\": [{\"$and\": [{\"$eq\": [\"$state\", \"published\"]}, {\"$lte\": [\"$closes_at\", {\"$date\": {\"$numberLong\": \"%lld\"}}]}]}, "
        "\"closed\", \"$state\"]}, \"n\": {\"$sum\": 1}}}]",
        (long long)now);
    return ch_store_aggregate(app->store, &vacancy_collection, scope, stages, fn, arg);
}

ch_err vacancy_count_states(ch_app *app, ch_time now, bool (*fn)(void *arg, const bson_t *doc), void *arg)
{
    return count_states(app, ch_scope_platform(), now, fn, arg);
}

ch_err vacancy_count_states_of(ch_app *app, ch_str organisation, ch_time now, bool (*fn)(void *arg, const bson_t *doc), void *arg)
{
    return count_states(app, ch_scope_org(organisation), now, fn, arg);
}

ch_err vacancy_repeated(ch_app *app, ch_str organisation, ch_str id, ch_str key, ch_str hash)
{
    return ch_store_repeated(app->store, &vacancy_collection, ch_scope_org(organisation), id, key, hash);
}

void vacancy_read(ch_arena *a, const bson_t *doc, vacancy *out)
{
    *out = (vacancy){0};
    ch_bson_read(a, doc, &vacancy_table, out);
}
