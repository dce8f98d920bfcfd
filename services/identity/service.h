#ifndef IDENTITY_SERVICE_H
#define IDENTITY_SERVICE_H
/* Accounts, organisations, roles, sessions, tokens for partners. The only service that may write sessions. */
#include "http/app.h"

typedef struct identity_config {
    ch_str department_email;
} identity_config;

extern const ch_service identity_service;

/* What routes.c needs of the service's own state: the token signer. */
static inline ch_signer *identity_signer(const ch_app *app) { return app->own; }
static inline const identity_config *identity_config_of(const ch_app *app) { return app->config; }
#endif
