#ifndef CH_HTTP_APP_H
#define CH_HTTP_APP_H
/*
 * A service: its tables and what it needs. main.c is `int main(…) { return ch_main(&service, argc, argv); }`.
 *   commonhire-<name> serve | work | openapi | routes | --help | --check-config
 */
#include "auth/token.h"
#include "base/config.h"
#include "bus/bus.h"
#include "http/call.h"
#include "http/language.h"
#include "store/store.h"
#include "view/view.h"

typedef struct ch_settings {
    ch_str listen, ops_listen, mongodb_uri, database, events_database, redis_socket, redis_user, redis_password, public_url, key_dir, jwks_url,
        assets_version, log_level, languages;
    int64_t threads, drain_ms;
} ch_settings;

typedef struct ch_app {
    const struct ch_service *service;
    ch_settings settings;
    ch_store *store, *log;
    ch_redis *redis;
    ch_bus *bus;
    ch_view *view; /* English */
    ch_language languages[CH_LANGUAGES];
    size_t n_languages; /* beside English */
    ch_tokens *tokens;
    ch_str cookie_key, seal_public; /* KEY_DIR/cookie.key, seal.pub */
    bool serving;                   /* serve or work */
    void *config;                   /* the service's own, by its table */
    void *own;                      /* what start made */
} ch_app;

typedef struct ch_service {
    const char *name, *doc;
    const ch_route *routes;
    const ch_embedded *templates;
    const ch_collection *const *collections; /* NULL-ended: those with an outbox come first or anywhere; all are prepared */
    const ch_consumer *consumers;            /* ended by a NULL name; their ctx is the app */
    const ch_schedule *schedules;            /* ended by a NULL name; their ctx is the app */
    const ch_config_row *config;             /* more settings, or NULL */
    size_t config_size;
    ch_err (*start)(ch_app *app);              /* both modes, before anything is served */
    bool (*ready)(ch_app *app);                /* beside store and Redis; may be NULL */
    void (*metrics)(ch_app *app, ch_buf *out); /* more lines, or NULL */
    void (*stop)(ch_app *app);                 /* serve: after the drain; or NULL */
} ch_service;

/* A struct as a signed note and back, by its table (contracts/notes.h). False: forged, expired, of another purpose. */
ch_str ch_note_sign(const ch_app *app, ch_arena *a, const char *purpose, const ch_table *t, const void *note, ch_time expires);
bool ch_note_open(const ch_app *app, ch_arena *a, const char *purpose, ch_str text, ch_time now, const ch_table *t, void *note);
int ch_main(const ch_service *service, int argc, char **argv);
/* A file of KEY_DIR whole, in process-lifetime memory. CH_NOT_FOUND. */
ch_err ch_key_read(const ch_app *app, const char *name, ch_str *out);
/* A secret on its way to a person, as an event's `sealed`: JSON {"email","name","link","organisation"} sealed to notifications. */
ch_str ch_seal_link(const ch_app *app, ch_arena *a, ch_str email, ch_str name, ch_str link, ch_str organisation);
#endif
