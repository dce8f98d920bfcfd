#ifndef DOCUMENTS_SERVICE_H
#define DOCUMENTS_SERVICE_H
/* Files: streamed in, sniffed, opened for a minute at a time, each reading told to the owner. */
#include "http/app.h"

typedef struct documents_config {
    int64_t upload_max_mb;
} documents_config;

extern const ch_service documents_service;
static inline int64_t documents_upload_max_mb(const ch_app *app) { return ((const documents_config *)app->config)->upload_max_mb; }
#endif
