#ifndef NOTIFICATIONS_SERVICE_H
#define NOTIFICATIONS_SERVICE_H
/* Tells people: by e-mail and in the portal's inbox. The only service that can open what is sealed on its way to a person. */
#include "http/app.h"

typedef struct notifications_config {
    ch_str smtp_url, mail_from;
    int64_t senders, lease_ms;
} notifications_config;

extern const ch_service notifications_service;
static inline const notifications_config *notifications_config_of(const ch_app *app) { return app->config; }
#endif
