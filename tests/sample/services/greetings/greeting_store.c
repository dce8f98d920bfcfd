#include "greetings/greeting_store.h"

#include "base/id.h"

CH_TABLE(greeting_table, greeting, "A greeting", CH_ROW(greeting, id, CH_F_STR, .flags = CH_READ_ONLY),
         CH_ROW(greeting, version, CH_F_INT, .flags = CH_READ_ONLY), CH_ROW(greeting, person, CH_F_STR, .flags = CH_STORED_ONLY),
         CH_ROW(greeting, text, CH_F_STR, .max = 40, .flags = CH_REQUIRED, .label = "Greeting"),
         CH_ROW(greeting, created_at, CH_F_TIME, .flags = CH_READ_ONLY));

static const char *const indexes[] = {"{\"keys\": {\"person\": 1, \"_id\": -1}}", NULL};
const ch_collection greeting_collection = {
    .name = "greetings", .table = &greeting_table, .admits = CH_SCOPE_PERSON, .person_key = "person", .indexes = indexes};

ch_err greeting_create(ch_app *app, ch_arena *a, greeting *g, ch_time now)
{
    g->id = ch_id_new(a);
    g->created_at = now;
    return ch_store_create(app->store, &greeting_collection, ch_scope_person(g->person), g, NULL);
}

ch_err greeting_list(ch_app *app, ch_arena *a, ch_str person, ch_list *out)
{
    return ch_store_find(app->store, &greeting_collection, ch_scope_person(person), &(ch_find){.sort = "{\"_id\": -1}", .limit = 100}, a, out);
}
