/* What people and programs are told when something is refused. */
#include "unit.h"

#include "http/exchange.h"

static const char *cookie, *uri;

static const char *param(void *arg, const char *name)
{
    (void)arg;
    if (!strcmp(name, "REQUEST_METHOD")) return "GET";
    if (!strcmp(name, "HTTP_COOKIE")) return cookie;
    return strcmp(name, "REQUEST_URI") ? NULL : uri;
}

static const ch_route routes[] = {{.method = CH_GET, .path = "/jobs", .flags = CH_PAGE},
                                  {.method = CH_GET, .path = "/api/v1/vacancies", .flags = CH_API},
                                  {.method = CH_GET, .path = "/api/v1/vacancies/{id}", .flags = CH_API},
                                  {0}};
static const ch_service service = {.name = "test", .doc = "", .routes = routes};
static ch_app app;

static void start(void)
{
    app = (ch_app){.service = &service, .view = ch_view_new()};
    const char *why = ch_languages_load(&app, CH_STR("en,cy"));
    ck_assert_msg(!why, "%s", why);
}

/* The status, and whether the body has the text. */
static void is_told(const char *address, ch_err e, int status, const char *text)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    uri = address;
    ch_exchange *x = ch_exchange_new(&app, a, &(ch_wire){.param = param});
    ch_problem_reply(x, e);
    ck_assert_int_eq(x->status, status);
    ck_assert_msg(ch_str_find(x->body, ch_str_of(text)) >= 0, "%s: %.*s", text, CH_ARG(x->body));
    ck_assert_int_lt(ch_str_find(x->body, CH_STR("Too many attempts")), 0);
}

START_TEST(a_search_that_costs_too_much_says_what_to_do)
{
    start();
    cookie = NULL;
    is_told("/jobs", CH_TOO_COSTLY, 422, "This search takes too long");
    is_told("/jobs", CH_TOO_COSTLY, 422, "Use fewer words or quotation marks");
    is_told("/api/v1/vacancies", CH_TOO_COSTLY, 422, "\"title\":\"This search takes too long\"");
    is_told("/api/v1/vacancies", CH_TOO_COSTLY, 422, "\"detail\":\"It asks for more");
    cookie = "__Host-language=cy";
    is_told("/jobs", CH_TOO_COSTLY, 422, "Mae’r chwiliad hwn yn cymryd gormod o amser");
    is_told("/jobs", CH_TOO_COSTLY, 422, "Defnyddiwch lai o eiriau");
}
END_TEST

START_TEST(a_program_is_told_what_is_not_there)
{
    start();
    cookie = NULL;
    is_told("/jobs", CH_NOT_FOUND, 404, "Page not found");
    is_told("/nowhere", CH_NOT_FOUND, 404, "Page not found");
    is_told("/api/v1/vacancies/01x%22", CH_NOT_FOUND, 404,
            "\"title\":\"Not found\",\"status\":404,\"detail\":\"There is no \\\"01x\\\"\\\" in /api/v1/vacancies, ");
    is_told("/api/v1/vacances", CH_NOT_FOUND, 404, "There is no such address");
}
END_TEST

UNIT_MAIN("problem", a_search_that_costs_too_much_says_what_to_do, a_program_is_told_what_is_not_there)
