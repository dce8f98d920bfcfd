#ifndef VACANCIES_SERVICE_H
#define VACANCIES_SERVICE_H
/* Adverts, search, candidates' profiles and applications, the department's numbers; home and unknown addresses. */
#include "http/app.h"
#include "vacancies/search_index.h"

typedef struct vacancies_config {
    ch_str snapshot_dir;
    int64_t search_cache_kb, upload_max_mb;
} vacancies_config;

extern const ch_service vacancies_service;
static inline const vacancies_config *vacancies_config_of(const ch_app *app) { return app->config; }
static inline search_index *vacancies_search(const ch_app *app) { return app->own; }
#endif
