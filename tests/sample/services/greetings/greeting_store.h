#ifndef GREETINGS_GREETING_STORE_H
#define GREETINGS_GREETING_STORE_H
#include "greetings/greeting_fields.h"
#include "http/app.h"

extern const ch_collection greeting_collection;
ch_err greeting_create(ch_app *app, ch_arena *a, greeting *g, ch_time now);
ch_err greeting_list(ch_app *app, ch_arena *a, ch_str person, ch_list *out);
#endif
