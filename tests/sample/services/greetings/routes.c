#include "greetings/greeting_store.h"
#include "greetings/service.h"

static ch_err draw(ch_call *call)
{
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(greeting_list(call->app, call->arena, call->who.id, &found));
    for (size_t i = 0; i < found.n; i++) ch_map_str(ch_map_add(m, "greetings"), "words", ((const greeting *)found.p)[i].text);
    return ch_reply_form(call, "greetings", &(ch_page){.title = "Greetings"}, m, &greeting_table, NULL, CH_ALL, NULL);
}

static ch_err greetings_page(ch_call *call) { return draw(call); }

static ch_err create(ch_call *call, greeting *g)
{
    *g = *(const greeting *)call->input;
    g->person = call->who.id;
    return greeting_create(call->app, call->arena, g, call->now);
}

static ch_err greetings_post(ch_call *call)
{
    greeting g;
    if (call->faults.n) return draw(call);
    CH_TRY(create(call, &g));
    ch_notice(call, "Thank you for your greeting.");
    return ch_reply_redirect(call, CH_STR("/greetings"));
}

static ch_err api_greeting_create(ch_call *call)
{
    greeting g;
    CH_TRY(create(call, &g));
    return ch_reply_json_version(call, 201, &greeting_table, &g, g.version);
}

static const ch_route routes[] = {
    {.method = CH_GET, .path = "/greetings", .who = CH_SIGNED_IN, .flags = CH_PAGE, .handle = greetings_page, .summary = "One's greetings"},
    {.method = CH_POST,
     .path = "/greetings",
     .who = CH_SIGNED_IN,
     .flags = CH_PAGE,
     .handle = greetings_post,
     .input = &greeting_table,
     .summary = "Leave a greeting"},
    {.method = CH_POST,
     .path = "/api/v1/greetings",
     .who = CH_ROLE_PARTNER,
     .flags = CH_API | CH_VERSIONED,
     .handle = api_greeting_create,
     .input = &greeting_table,
     .output = &greeting_table,
     .summary = "Leave a greeting"},
    {0},
};

extern const ch_embedded greetings_templates[];
static const ch_collection *const collections[] = {&greeting_collection, NULL};
const ch_service greetings_service = {
    .name = "greetings", .doc = "the sample", .routes = routes, .templates = greetings_templates, .collections = collections};
