#include "documents/document_store.h"

#include "base/id.h"
#include "base/log.h"
#include "contracts/events.h"
#include "documents/document.h"
#include "store/files.h"

static const char *const document_indexes[] = {"{\"keys\": {\"person\": 1, \"_id\": -1}}", "{\"keys\": {\"state\": 1}}", NULL};
const ch_collection document_collection = {.name = "documents",
                                           .table = &document_table,
                                           .admits = CH_SCOPE_PERSON | CH_SCOPE_PLATFORM,
                                           .person_key = "person",
                                           .indexes = document_indexes};
static const char *const reading_indexes[] = {"{\"keys\": {\"person\": 1, \"_id\": -1}}", NULL};
const ch_collection reading_collection = {
    .name = "readings", .table = &reading_table, .admits = CH_SCOPE_PERSON | CH_SCOPE_PLATFORM, .person_key = "person", .indexes = reading_indexes};

const ch_collection sweep_collection = {.name = "sweeps", .table = &sweep_table, .admits = CH_SCOPE_PLATFORM};

ch_err document_create(ch_app *app, document *d) { return ch_store_create(app->store, &document_collection, ch_scope_person(d->person), d, NULL); }

static ch_err unless_deleted(ch_err e, const document *d) { return e ? e : ch_str_is(d->state, "kept") ? CH_OK : CH_NOT_FOUND; }

ch_err document_get(ch_app *app, ch_arena *a, ch_str person, ch_str id, document *out)
{
    return unless_deleted(ch_store_get(app->store, &document_collection, ch_scope_person(person), id, a, out), out);
}

ch_err document_get_any(ch_app *app, ch_arena *a, ch_str id, document *out)
{
    return unless_deleted(ch_store_get(app->store, &document_collection, ch_scope_platform(), id, a, out), out);
}

ch_err document_list(ch_app *app, ch_arena *a, ch_str person, ch_list *out)
{
    bson_t filter = BSON_INITIALIZER;
    BSON_APPEND_UTF8(&filter, "state", "kept");
    ch_err e = ch_store_find(app->store, &document_collection, ch_scope_person(person),
                             &(ch_find){.filter = &filter, .sort = "{\"_id\": -1}", .limit = 200}, a, out);
    bson_destroy(&filter);
    return e;
}

ch_err document_count(ch_app *app, ch_str person, int64_t *out)
{
    bson_t filter = BSON_INITIALIZER;
    BSON_APPEND_UTF8(&filter, "state", "kept");
    ch_err e = ch_store_count(app->store, &document_collection, ch_scope_person(person), &filter, out);
    bson_destroy(&filter);
    return e;
}

ch_err document_delete(ch_app *app, document *d, ch_time now)
{
    d->state = CH_STR("deleted");
    d->deleted_at = now;
    d->name = CH_STR(""); /* what a tombstone needs not know */
    return ch_store_save(app->store, &document_collection, ch_scope_person(d->person), d,
                         ch_mask(&document_table, "state", "deleted_at", "name", NULL), NULL);
}

void document_sweep(ch_app *app, ch_arena *a)
{
    bson_t filter = BSON_INITIALIZER;
    ch_list found = {0};
    BSON_APPEND_UTF8(&filter, "state", "deleted");
    ch_err e = ch_store_find(app->store, &document_collection, ch_scope_platform(), &(ch_find){.filter = &filter, .limit = 100}, a, &found);
    bson_destroy(&filter);
    for (size_t i = 0; !e && i < found.n; i++) {
        document *d = (document *)found.p + i;
        ch_err kept = ch_file_delete(app->store, d->id);
        if (kept && kept != CH_NOT_FOUND) continue; /* what is said to be gone, nothing looks for again */
        d->state = CH_STR("gone");
        ch_store_save(app->store, &document_collection, ch_scope_platform(), d, ch_mask(&document_table, "state", NULL), NULL);
        CH_LOG(CH_INFO, "document_gone", CH_KS("document", d->id));
    }
}

/* ---- orphans */

enum { ORPHAN_STEP = 500 };

static ch_err find_rows(ch_app *app, ch_arena *a, const ch_list *ids, ch_list *rows)
{
    bson_t filter = BSON_INITIALIZER, in, list;
    BSON_APPEND_DOCUMENT_BEGIN(&filter, "_id", &in);
    BSON_APPEND_ARRAY_BEGIN(&in, "$in", &list);
    for (size_t i = 0; i < ids->n; i++) {
        ch_str id = ((const ch_str *)ids->p)[i];
        bson_append_utf8(&list, ch_arena_printf(a, "%zu", i).p, -1, id.p, (int)id.n);
    }
    bson_append_array_end(&in, &list);
    bson_append_document_end(&filter, &in);
    ch_err e = ch_store_find(app->store, &document_collection, ch_scope_platform(),
                             &(ch_find){.filter = &filter, .fields = "{\"_id\": 1}", .sort = "{\"_id\": 1}", .limit = ORPHAN_STEP}, a, rows);
    bson_destroy(&filter);
    return e;
}

/* Both are in the order of their ids. */
static ch_err delete_without_row(ch_app *app, const ch_list *ids, const ch_list *rows)
{
    size_t row = 0;
    for (size_t i = 0; i < ids->n; i++) {
        ch_str id = ((const ch_str *)ids->p)[i];
        if (row < rows->n && ch_str_eq(((const document *)rows->p)[row].id, id)) {
            row++;
            continue;
        }
        ch_err e = ch_file_delete(app->store, id);
        if (e && e != CH_NOT_FOUND) return e;
        CH_LOG(CH_INFO, "document_orphan_deleted", CH_KS("document", id));
    }
    return CH_OK;
}

void document_sweep_orphans(ch_app *app, ch_arena *a, ch_time now)
{
    sweep s = {.id = CH_STR("orphans"), .position = CH_STR("")};
    ch_list ids, rows;
    ch_err e = ch_store_get(app->store, &sweep_collection, ch_scope_platform(), s.id, a, &s);
    if (e && e != CH_NOT_FOUND) return;
    if (ch_file_ids(app->store, s.position, ch_id_floor(a, now - DOCUMENT_ORPHAN_AGE), ORPHAN_STEP, a, &ids) || !ids.n) return;
    if (find_rows(app, a, &ids, &rows) || delete_without_row(app, &ids, &rows)) return; /* again from here next time */
    s.position = ((const ch_str *)ids.p)[ids.n - 1];
    s.version++;
    ch_store_keep(app->store, &sweep_collection, &s);
}

ch_err reading_create(ch_app *app, reading *r)
{
    document_event payload = {.organisation_name = r->organisation_name};
    ch_outgoing event = {&document_read, r->organisation, r->person, &payload, {"", 0}};
    return ch_store_create(app->store, &reading_collection, ch_scope_person(r->person), r, &(ch_write){.events = &event, .n = 1});
}

ch_err reading_list(ch_app *app, ch_arena *a, ch_str person, ch_list *out)
{
    return ch_store_find(app->store, &reading_collection, ch_scope_person(person), &(ch_find){.sort = "{\"_id\": -1}", .limit = 200}, a, out);
}
