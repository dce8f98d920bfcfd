#include "contracts/upload.h"
#include "vacancies/application_fields.h"
#include "vacancies/application_store.h"
#include "vacancies/candidate_pages.h"
#include "vacancies/department_pages.h"
#include "vacancies/employer_events.h"
#include "vacancies/employer_store.h"
#include "vacancies/feed.h"
#include "vacancies/home_pages.h"
#include "vacancies/place_api.h"
#include "vacancies/place_fields.h"
#include "vacancies/search_api.h"
#include "vacancies/search_fields.h"
#include "vacancies/search_pages.h"
#include "vacancies/service.h"
#include "vacancies/shortlist_pages.h"
#include "vacancies/vacancy_api.h"
#include "vacancies/vacancy_fields.h"
#include "vacancies/vacancy_pages.h"
#include "vacancies/vacancy_store.h"

#define PAGE(where, roles, fn, text, ...)                                                                                                            \
    {                                                                                                                                                \
        .method = CH_GET, .path = where, .who = roles, .flags = CH_PAGE, .handle = fn, .summary = text, ##__VA_ARGS__                                \
    }
#define POST(where, roles, fn, text, ...)                                                                                                            \
    {                                                                                                                                                \
        .method = CH_POST, .path = where, .who = roles, .flags = CH_PAGE, .handle = fn, .summary = text, ##__VA_ARGS__                               \
    }
#define STATIC(where, fn, text)                                                                                                                      \
    {                                                                                                                                                \
        .method = CH_GET, .path = where, .who = CH_ANYONE, .flags = CH_PAGE | CH_NO_STORE, .handle = fn, .summary = text                             \
    }
#define XML "application/xml; charset=utf-8"
#define FEED(where, media, fn, text, ...)                                                                                                            \
    {                                                                                                                                                \
        .method = CH_GET, .path = where, .who = CH_ANYONE, .flags = CH_FEED | CH_NO_STORE | CH_NO_SESSION, .type = media, .handle = fn,              \
        .summary = text, ##__VA_ARGS__                                                                                                               \
    }
#define API(m, where, roles, more, fn, text, ...)                                                                                                    \
    {                                                                                                                                                \
        .method = m, .path = where, .who = roles, .flags = CH_API | CH_VERSIONED | (more), .handle = fn, .summary = text, .output = &vacancy_table,  \
        ##__VA_ARGS__                                                                                                                                \
    }
#define WRITER (CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN)

static const ch_route routes[] = {
    /* everybody */
    STATIC("/", home_page, "The start page"),
    {.method = CH_GET,
     .path = "/jobs",
     .who = CH_ANYONE,
     .flags = CH_PAGE | CH_NO_STORE,
     .handle = jobs_page,
     .query = &search_query_table,
     .summary = "Search"},
    PAGE("/jobs/{reference}", CH_ANYONE, job_page, "An advert"),
    STATIC("/accessibility", accessibility_page, "Accessibility statement"),
    STATIC("/cookies", cookies_page, "Cookies"),
    STATIC("/privacy", privacy_page, "Privacy"),
    STATIC("/api/docs", api_docs_page, "The API's documentation"),

    /* candidates */
    PAGE("/candidate", CH_SIGNED_IN, candidate_page, "One's applications"),
    PAGE("/candidate/profile", CH_SIGNED_IN, profile_page, "One's profile"),
    POST("/candidate/profile", CH_SIGNED_IN, profile_post, "Save the profile", .input = &profile_table),
    PAGE("/jobs/{reference}/apply", CH_SIGNED_IN, apply_page, "Before applying"),
    POST("/jobs/{reference}/apply", CH_SIGNED_IN, apply_post, "Begin an application"),
    PAGE("/candidate/applications/{key}", CH_SIGNED_IN, application_page, "One application"),
    PAGE("/candidate/applications/{key}/details", CH_SIGNED_IN, application_details_page, "Contact details"),
    POST("/candidate/applications/{key}/details", CH_SIGNED_IN, application_details_post, "Save contact details"),
    PAGE("/candidate/applications/{key}/statement", CH_SIGNED_IN, application_statement_page, "The statement"),
    POST("/candidate/applications/{key}/statement", CH_SIGNED_IN, application_statement_post, "Save the statement"),
    PAGE("/candidate/applications/{key}/answers", CH_SIGNED_IN, application_answers_page, "Answers to the criteria"),
    POST("/candidate/applications/{key}/answers", CH_SIGNED_IN, application_answers_post, "Save the answers", .max_body = 256 << 10),
    PAGE("/candidate/applications/{key}/cv", CH_SIGNED_IN, application_cv_receipt, "Back from the upload"),
    PAGE("/candidate/applications/{key}/check", CH_SIGNED_IN, application_check_page, "Check the answers"),
    PAGE("/candidate/applications/{key}/submit", CH_SIGNED_IN, application_submit_page, "Back to the task list"),
    POST("/candidate/applications/{key}/submit", CH_SIGNED_IN, application_submit_post, "Send the application"),
    POST("/candidate/applications/{key}/withdraw", CH_SIGNED_IN, application_withdraw_post, "Withdraw the application"),
    PAGE("/candidate/applications/{key}/withdraw", CH_SIGNED_IN, application_withdraw_page, "Before withdrawing it"),

    /* employers */
    PAGE("/employer/{org}", CH_STAFF, employer_page, "An organisation's vacancies"),
    PAGE("/employer/{org}/vacancies/new", WRITER, vacancy_new_page, "Write a vacancy"),
    POST("/employer/{org}/vacancies/new", WRITER, vacancy_new_post, "Begin a vacancy", .input = &vacancy_start_table),
    PAGE("/employer/{org}/vacancies/{id}", CH_STAFF, vacancy_tasks_page, "A vacancy's task list"),
    PAGE("/employer/{org}/vacancies/{id}/preview", CH_STAFF, vacancy_preview_page, "What it will look like"),
    PAGE("/employer/{org}/vacancies/{id}/applications", CH_STAFF, applications_page, "A vacancy's applications, blind"),
    PAGE("/employer/{org}/vacancies/{id}/publish", WRITER, vacancy_publish_page, "Back to the task list"),
    POST("/employer/{org}/vacancies/{id}/publish", WRITER, vacancy_publish_post, "Publish"),
    PAGE("/employer/{org}/vacancies/{id}/close", WRITER, vacancy_close_page, "Before closing it"),
    PAGE("/employer/{org}/vacancies/{id}/withdraw", WRITER, vacancy_withdraw_page, "Before withdrawing it"),
    POST("/employer/{org}/vacancies/{id}/close", WRITER, vacancy_close_post, "Close"),
    POST("/employer/{org}/vacancies/{id}/withdraw", WRITER, vacancy_withdraw_post, "Withdraw"),
    PAGE("/employer/{org}/vacancies/{id}/{step}", WRITER, vacancy_step_page, "One step of writing it"),
    POST("/employer/{org}/vacancies/{id}/{step}", WRITER, vacancy_step_post, "Save the step", .max_body = 512 << 10),
    PAGE("/employer/{org}/applications/{key}", CH_STAFF, employer_application_page, "An application, blind until shortlisted"),
    POST("/employer/{org}/applications/{key}/shortlist", WRITER, application_shortlist_post, "Shortlist"),
    PAGE("/employer/{org}/applications/{key}/reject", WRITER, application_reject_page, "Back to the application"),
    POST("/employer/{org}/applications/{key}/reject", WRITER, application_reject_post, "Reject with a reason", .input = &reject_form_table),
    POST("/employer/{org}/applications/{key}/cv", CH_STAFF, application_cv_post, "Open the CV"),

    /* the department */
    PAGE("/department", CH_ROLE_DEPARTMENT, department_page, "The picture in numbers"),

    /* systems */
    {.method = CH_GET,
     .path = "/api/v1/vacancies",
     .who = CH_ANYONE,
     .flags = CH_API | CH_NO_STORE,
     .handle = api_search,
     .query = &search_query_table,
     .output = &search_answer_table,
     .summary = "Search published vacancies"},
    API(CH_POST, "/api/v1/vacancies", CH_ROLE_PARTNER, CH_IDEMPOTENT, api_vacancy_create, "Write a vacancy", .input = &vacancy_table,
        .doc = "As a draft. title, description, staff_group, locations and closes_at are enough."),
    {.method = CH_GET,
     .path = "/api/v1/vacancies/own",
     .who = CH_ROLE_PARTNER,
     .flags = CH_API,
     .handle = api_vacancies_own,
     .query = &vacancy_own_query_table,
     .output = &vacancy_own_list_table,
     .summary = "List your own vacancies",
     .doc = "In any state, drafts too; the latest change first, without descriptions and criteria."},
    API(CH_GET, "/api/v1/vacancies/{id}", CH_ANYONE, 0, api_vacancy, "Read a vacancy",
        .doc = "Published ones without a token; your own in any state."),
    API(CH_PATCH, "/api/v1/vacancies/{id}", CH_ROLE_PARTNER, CH_IF_MATCH | CH_IDEMPOTENT, api_vacancy_change, "Change a vacancy",
        .input = &vacancy_table, .doc = "After publication only summary, description, person_specification, working_pattern and closes_at."),
    API(CH_POST, "/api/v1/vacancies/{id}/publish", CH_ROLE_PARTNER, CH_IF_MATCH | CH_IDEMPOTENT, api_vacancy_publish, "Publish a vacancy"),
    API(CH_POST, "/api/v1/vacancies/{id}/close", CH_ROLE_PARTNER, CH_IF_MATCH | CH_IDEMPOTENT, api_vacancy_close, "Close a vacancy"),
    API(CH_POST, "/api/v1/vacancies/{id}/withdraw", CH_ROLE_PARTNER, CH_IF_MATCH | CH_IDEMPOTENT, api_vacancy_withdraw, "Withdraw a vacancy"),
    FEED("/api/v1/ping", "application/json", api_ping, "The fixed cost of the stack"),
    FEED("/api/v1/openapi.json", "application/json", api_openapi, "This document"),
    {.method = CH_GET,
     .path = "/api/v1/reference/places",
     .who = CH_ANYONE,
     .flags = CH_API | CH_NO_STORE,
     .handle = api_places,
     .query = &place_query_table,
     .output = &place_list_table,
     .per_minute = 600,
     .summary = "Complete a place",
     .doc = "While somebody types: at most ten, the likeliest first; where nothing begins so, what nearly does."},
    FEED("/api/v1/reference/{list}", "application/json", api_reference, "Codes", .doc = "list: sectors, contract_types, working_patterns, regions"),
    FEED("/api/v1/search_xml", XML, feed_search_xml, "The NHS Jobs feed", .query = &feed_query_table),
    FEED("/jobs.atom", "application/atom+xml; charset=utf-8", feed_atom, "New jobs as Atom", .query = &search_query_table),
    FEED("/sitemap.xml", XML, feed_sitemap, "For search engines"),
    FEED("/robots.txt", "text/plain; charset=utf-8", feed_robots, "For crawlers"),
    {0},
};

static ch_err start(ch_app *app)
{
    const vacancies_config *config = vacancies_config_of(app);
    if (app->serving) app->own = search_index_start(app, config->snapshot_dir, (size_t)config->search_cache_kb << 10);
    return CH_OK;
}

static bool ready(ch_app *app) { return !app->serving || search_index_ready(vacancies_search(app)); }

static void metrics(ch_app *app, ch_buf *out)
{
    if (app->serving) search_index_metrics(vacancies_search(app), out);
}

static void stop(ch_app *app)
{
    if (app->serving) search_index_stop(vacancies_search(app));
}

extern const ch_embedded vacancies_templates[];
static const ch_collection *const collections[] = {&vacancy_collection, &application_collection, &profile_collection, &employer_collection, NULL};
static const ch_consumer consumers[] = {{"employers", employer_producers, employer_types, employer_apply}, {0}};
static const ch_config_row config[] = {{.name = "SNAPSHOT_DIR",
                                        .type = CH_CONFIG_STR,
                                        .offset = offsetof(vacancies_config, snapshot_dir),
                                        .fallback = "",
                                        .doc = "Where this replica keeps its search index between starts"},
                                       {.name = "SEARCH_CACHE_KB",
                                        .type = CH_CONFIG_INT,
                                        .offset = offsetof(vacancies_config, search_cache_kb),
                                        .fallback = "16384",
                                        .max = 4194304,
                                        .doc = "Answers that are kept until the index changes; 0: none"},
                                       CH_UPLOAD_SETTING(vacancies_config, upload_max_mb),
                                       {0}};

const ch_service vacancies_service = {.name = "vacancies",
                                      .doc = "adverts, search, profile, applications, statistics",
                                      .routes = routes,
                                      .templates = vacancies_templates,
                                      .collections = collections,
                                      .consumers = consumers,
                                      .config = config,
                                      .config_size = sizeof(vacancies_config),
                                      .start = start,
                                      .ready = ready,
                                      .metrics = metrics,
                                      .stop = stop};
