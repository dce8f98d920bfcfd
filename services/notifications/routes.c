#include "notifications/inbox_pages.h"
#include "notifications/mail_sender.h"
#include "notifications/message_events.h"
#include "notifications/message_store.h"
#include "notifications/service.h"

static const ch_route routes[] = {
    {.method = CH_GET,
     .path = "/candidate/messages",
     .who = CH_SIGNED_IN,
     .flags = CH_PAGE,
     .handle = inbox_page,
     .query = &inbox_query_table,
     .summary = "The inbox"},
    {.method = CH_GET,
     .path = "/candidate/messages/{id}",
     .who = CH_SIGNED_IN,
     .flags = CH_PAGE,
     .handle = inbox_message_page,
     .summary = "One message"},
    {0},
};

static ch_err start(ch_app *app) { return app->serving ? CH_OK : mail_sender_start(app); }

static void stop(ch_app *app)
{
    if (!app->serving) mail_sender_stop();
}

static void metrics(ch_app *app, ch_buf *out)
{
    if (!app->serving) mail_sender_metrics(out);
}

extern const ch_embedded notifications_templates[];
static const ch_collection *const collections[] = {&message_collection, &recipient_collection, &mail_collection, NULL};
#define SETTING(variable, member, kind, ...)                                                                                                         \
    {                                                                                                                                                \
        .name = variable, .type = kind, .offset = offsetof(notifications_config, member), ##__VA_ARGS__                                              \
    }
static const ch_config_row config[] = {
    SETTING("SMTP_URL", smtp_url, CH_CONFIG_STR, .doc = "smtp://host:port"),
    SETTING("MAIL_FROM", mail_from, CH_CONFIG_STR, .fallback = "no-reply@commonhire.example", .doc = "The sender's address"),
    SETTING("MAIL_SENDERS", senders, CH_CONFIG_INT, .fallback = "4", .min = 1, .max = 16, .doc = "Mails sent at once by one worker"),
    SETTING("MAIL_LEASE_MS", lease_ms, CH_CONFIG_INT, .fallback = "60000", .min = 1000, .max = 600000,
            .doc = "After this a mail whose sender died is tried again"),
    {0},
};

const ch_service notifications_service = {.name = "notifications",
                                          .doc = "e-mail and inbox",
                                          .routes = routes,
                                          .templates = notifications_templates,
                                          .collections = collections,
                                          .consumers = message_consumers,
                                          .config = config,
                                          .config_size = sizeof(notifications_config),
                                          .start = start,
                                          .metrics = metrics,
                                          .stop = stop};
