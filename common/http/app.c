#include "http/app.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/password.h"
#include "auth/seal.h"
#include "auth/sign.h"
#include "base/log.h"
#include "data/json.h"
#include "http/exchange.h"

#define SETTING(variable, member, kind, ...)                                                                                                         \
    {                                                                                                                                                \
        .name = variable, .type = kind, .offset = offsetof(ch_settings, member), ##__VA_ARGS__                                                       \
    }
static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
static const ch_config_row settings_table[] = {
    SETTING("LISTEN", listen, CH_CONFIG_STR, .fallback = "", .doc = "Where nginx finds it: unix:/path or 127.0.0.1:port"),
    SETTING("OPS_LISTEN", ops_listen, CH_CONFIG_STR, .fallback = "", .doc = "Health, readiness and metrics: 127.0.0.1:port"),
    SETTING("THREADS", threads, CH_CONFIG_INT, .fallback = "4", .min = 1, .max = 256, .doc = "Requests at once"),
    SETTING("DRAIN_MS", drain_ms, CH_CONFIG_INT, .fallback = "25000", .min = 0, .max = 600000,
            .doc = "How long SIGTERM waits for connections to end; longer than nginx keeps idle ones"),
    SETTING("MONGODB_URI", mongodb_uri, CH_CONFIG_STR, .secret = true, .doc = "The document store"),
    SETTING("DATABASE", database, CH_CONFIG_STR, .doc = "This service's database"),
    SETTING("EVENTS_DATABASE", events_database, CH_CONFIG_STR, .fallback = "commonhire_events", .doc = "The event log's database"),
    SETTING("REDIS_SOCKET", redis_socket, CH_CONFIG_STR, .doc = "Unix socket of Redis"),
    SETTING("REDIS_USER", redis_user, CH_CONFIG_STR, .fallback = "", .doc = "This service's user in Redis"),
    SETTING("REDIS_PASSWORD", redis_password, CH_CONFIG_STR, .fallback = "", .secret = true, .doc = "Its password"),
    SETTING("PUBLIC_URL", public_url, CH_CONFIG_STR, .doc = "scheme://host[:port] as browsers see it"),
    SETTING("KEY_DIR", key_dir, CH_CONFIG_STR, .doc = "Folder of keys"),
    SETTING("JWKS_URL", jwks_url, CH_CONFIG_STR, .fallback = "", .doc = "Where identity publishes its token keys"),
    SETTING("ASSETS_VERSION", assets_version, CH_CONFIG_STR, .fallback = "dev", .doc = "In the address of stylesheets and scripts"),
    SETTING("LANGUAGES", languages, CH_CONFIG_STR, .fallback = "en",
            .doc = "What pages are offered in: en,cy. A language is a catalogue of data/languages, compiled in"),
    SETTING("LOG_LEVEL", log_level, CH_CONFIG_STR, .fallback = "info", .choices = levels, .doc = "debug, info, warn or error"),
    {0},
};

static void process_lifetime(ch_arena **a)
{
    static ch_arena *arena;
    if (!arena) arena = ch_arena_new(4096);
    *a = arena;
}

ch_err ch_key_read(const ch_app *app, const char *name, ch_str *out)
{
    ch_arena *a;
    char path[1024], bytes[4096];
    process_lifetime(&a);
    snprintf(path, sizeof path, "%.*s/%s", CH_ARG(app->settings.key_dir), name);
    FILE *f = fopen(path, "rb");
    if (!f) return CH_NOT_FOUND;
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    *out = ch_arena_str(a, (ch_str){bytes, n});
    return n ? CH_OK : CH_NOT_FOUND;
}

ch_str ch_seal_link(const ch_app *app, ch_arena *a, ch_str email, ch_str name, ch_str link, ch_str organisation)
{
    ch_buf b = ch_buf_in(a);
    ch_buf_put(&b, CH_STR("{\"email\":"));
    ch_put_json(&b, email);
    ch_buf_put(&b, CH_STR(",\"name\":"));
    ch_put_json(&b, name);
    ch_buf_put(&b, CH_STR(",\"link\":"));
    ch_put_json(&b, link);
    ch_buf_put(&b, CH_STR(",\"organisation\":"));
    ch_put_json(&b, organisation);
    ch_buf_char(&b, '}');
    return ch_seal(a, app->seal_public, ch_buf_str(&b));
}

ch_str ch_note_sign(const ch_app *app, ch_arena *a, const char *purpose, const ch_table *t, const void *note, ch_time expires)
{
    ch_buf b = ch_buf_in(a);
    ch_json_write(&b, t, note, 0);
    return ch_sign(a, app->cookie_key, purpose, ch_buf_str(&b), expires);
}

bool ch_note_open(const ch_app *app, ch_arena *a, const char *purpose, ch_str text, ch_time now, const ch_table *t, void *note)
{
    ch_str json;
    return ch_sign_open(a, app->cookie_key, purpose, text, now, &json) && ch_json_read_own(a, json, t, note);
}

static ch_level level_of(ch_str name)
{
    for (int i = 0; levels[i]; i++)
        if (ch_str_is(name, levels[i])) return (ch_level)i;
    return CH_INFO;
}

static bool read_settings(ch_app *app)
{
    const ch_service *service = app->service;
    bool fine = ch_config_read(settings_table, &app->settings);
    if (service->config) {
        app->config = calloc(1, service->config_size);
        if (!app->config) abort();
        fine &= ch_config_read(service->config, app->config);
    }
    return fine;
}

static bool read_keys(ch_app *app)
{
    if (ch_key_read(app, "cookie.key", &app->cookie_key) || app->cookie_key.n < 32) {
        CH_LOG(CH_ERROR, "key_missing", CH_KZ("key", "cookie.key"));
        return false;
    }
    if (ch_key_read(app, "seal.pub", &app->seal_public) || app->seal_public.n != 32) {
        CH_LOG(CH_ERROR, "key_missing", CH_KZ("key", "seal.pub"));
        return false;
    }
    return true;
}

static bool load_templates(ch_app *app)
{
    app->view = ch_view_new();
    const char *mistake = app->service->templates ? ch_view_add(app->view, app->service->templates) : NULL;
    if (mistake) CH_LOG(CH_ERROR, "template_mistake", CH_KZ("what", mistake));
    const char *why = ch_languages_load(app, app->settings.languages);
    if (why) CH_LOG(CH_ERROR, "language_mistake", CH_KZ("what", why));
    return !mistake && !why;
}

static bool open_dependencies(ch_app *app)
{
    ch_settings *s = &app->settings;
    ch_arena *a;
    process_lifetime(&a);
    app->redis = ch_redis_open(&(ch_redis_config){s->redis_socket, s->redis_user, s->redis_password, 500});
    app->store = ch_store_open(s->mongodb_uri.p, s->database.p);
    app->log = ch_store_open(s->mongodb_uri.p, s->events_database.p);
    if (!app->store || !app->log) return false;
    app->bus = ch_bus_open(app->store, app->log, app->service->name, app->redis, app->service->collections);
    app->tokens = ch_tokens_open(s->public_url, ch_arena_printf(a, "%.*s/api", CH_ARG(s->public_url)), s->jwks_url, app->redis);
    return true;
}

/* Indexes are made when the store is there; a store that is away must not keep search from starting. */
static void *prepare_collections(void *p)
{
    ch_app *app = p;
    for (const ch_collection *const *c = app->service->collections; c && *c; c++)
        while (ch_store_prepare(app->store, *c)) usleep(500000);
    return NULL;
}

static atomic_bool stopping;

static void *wait_for_signal(void *p)
{
    ch_app *app = p;
    sigset_t signals;
    int number;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigwait(&signals, &number);
    stopping = true;
    ch_bus_wake(app->bus);
    return NULL;
}

static int work(ch_app *app)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_signal, app)) abort();
    CH_LOG(CH_INFO, "working");
    ch_bus_work(app->bus, app->service->consumers, app->service->schedules, app, &stopping);
    if (app->service->stop) app->service->stop(app);
    CH_LOG(CH_INFO, "stopped");
    return 0;
}

/* The place of its predecessor is taken only when there is something to answer with; a while at most, since what it waits for may be away. */
static void wait_until_ready(ch_app *app)
{
    for (int i = 0; i < 250 && app->service->ready && !app->service->ready(app); i++) usleep(20000);
}

static int serve(ch_app *app)
{
    if (!app->settings.listen.n) {
        fputs("LISTEN: must be set\n", stderr);
        return 2;
    }
    wait_until_ready(app);
    int result = ch_serve(app);
    if (app->service->stop) app->service->stop(app);
    CH_LOG(CH_INFO, "stopped");
    return result;
}

/* Signals are blocked before the first thread, so that only the waiting one takes them. */
static void block_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN); /* hiredis and libfcgi write without MSG_NOSIGNAL */
}

static int run(ch_app *app, bool serving)
{
    pthread_t thread;
    if (!read_settings(app)) return 2;
    ch_log_setup(app->service->name, level_of(app->settings.log_level));
    block_signals();
    app->serving = serving;
    ch_password_setup(2);
    if (!read_keys(app) || !load_templates(app) || !open_dependencies(app)) return 1;
    if (app->service->start && app->service->start(app) != CH_OK) return 1;
    if (pthread_create(&thread, NULL, prepare_collections, app)) abort();
    pthread_detach(thread);
    ch_ops_start(app);
    return serving ? serve(app) : work(app);
}

static int print(void (*write_to)(ch_buf *, const ch_service *), const ch_service *service)
{
    ch_buf b = {0};
    write_to(&b, service);
    fwrite(b.p, 1, b.n, stdout);
    ch_buf_free(&b);
    return 0;
}

static int help(const ch_service *service)
{
    printf("commonhire-%s: %s\n\n  serve           answer requests\n  work            relay and consume events, run schedules\n"
           "  openapi         print the part of the OpenAPI document\n  routes          print the route table\n"
           "  --check-config  check the environment and print it\n\nEnvironment:\n",
           service->name, service->doc);
    ch_config_help(settings_table);
    if (service->config) ch_config_help(service->config);
    return 0;
}

static int check_config(ch_app *app)
{
    if (!read_settings(app)) return 2;
    ch_config_print(settings_table, &app->settings);
    if (app->config) ch_config_print(app->service->config, app->config);
    return 0;
}

int ch_main(const ch_service *service, int argc, char **argv)
{
    static ch_app app;
    const char *mode = argc == 2 ? argv[1] : "", *mistake = ch_routes_mistake(service->routes);
    if (mistake) {
        fprintf(stderr, "%s: %s\n", service->name, mistake);
        return 2;
    }
    app.service = service;
    if (!strcmp(mode, "serve")) return run(&app, true);
    if (!strcmp(mode, "work")) return run(&app, false);
    if (!strcmp(mode, "openapi")) return print(ch_openapi_write, service);
    if (!strcmp(mode, "routes")) return print(ch_routes_write, service);
    if (!strcmp(mode, "--check-config")) return check_config(&app);
    help(service);
    return strcmp(mode, "--help") ? 2 : 0;
}
