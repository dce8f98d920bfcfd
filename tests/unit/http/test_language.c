/* Which language a page speaks, its links to the others, and that what is compiled in is whole. */
#include "unit.h"

#include "http/exchange.h"

static ch_app app;
static const char *cookie, *accept_language, *uri;

static const char *param(void *arg, const char *name)
{
    (void)arg;
    if (!strcmp(name, "HTTP_COOKIE")) return cookie;
    if (!strcmp(name, "HTTP_ACCEPT_LANGUAGE")) return accept_language;
    return strcmp(name, "REQUEST_URI") ? NULL : uri;
}

static const ch_embedded templates[] = {{"whole", CH_STR_INIT("{{#_}}Find a job{{/_}}: {{closes}}, {{group}}, {{typed}}")},
                                        {"half", CH_STR_INIT("{{#_}}Find a job{{/_}} {{#_}}Nobody has translated this{{/_}}")},
                                        {"around_half", CH_STR_INIT("{{#_}}Find a job{{/_}} {{> half}}")},
                                        {0}};
static const ch_service service = {.name = "test", .doc = "", .templates = templates};

static void start(const char *languages)
{
    app = (ch_app){.service = &service, .view = ch_view_new()};
    ck_assert_ptr_null(ch_view_add(app.view, templates));
    const char *why = ch_languages_load(&app, ch_str_of(languages));
    ck_assert_msg(!why, "%s", why);
}

static ch_call *call_of(ch_arena *a, const char *query)
{
    static const ch_route page = {.method = CH_GET, .flags = CH_PAGE}, api = {.method = CH_GET, .flags = CH_API};
    ch_exchange *x = CH_NEW(a, ch_exchange);
    x->wire.param = param;
    x->headers = ch_buf_in(a);
    x->call = (ch_call){
        .app = &app, .arena = a, .faults = {.arena = a}, .route = strcmp(query, "api") ? &page : &api, .query_string = ch_str_of(query), .x = x};
    ch_language_choose(&x->call);
    return &x->call;
}

static const char *language_of(ch_arena *a, const char *query)
{
    const ch_call *call = call_of(a, query);
    return call->language ? call->language->code : "en";
}

START_TEST(every_catalogue_is_whole)
{
    extern const ch_embedded catalogues[];
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ck_assert_ptr_nonnull(catalogues[0].name);
    for (const ch_embedded *e = catalogues; e->name; e++) {
        const char *why;
        ch_catalogue *c = ch_catalogue_read(a, e->text, &why);
        ck_assert_msg(c != NULL, "%s: %s", e->name, why);
        ck_assert_msg(!ch_catalogue_refused(c, 0), "%s: its placeholders differ: %s", e->name, ch_catalogue_refused(c, 0));
        ck_assert_msg(ch_catalogue_has(c, CH_STR("English")), "%s has no name of its own", e->name);
    }
}
END_TEST

START_TEST(a_language_is_wanted)
{
    static const struct {
        const char *query, *cookie, *accept, *language;
    } cases[] = {{"", NULL, NULL, "en"},
                 {"", NULL, "cy", "cy"},
                 {"", NULL, "cy-GB,cy;q=0.9,en;q=0.8", "cy"},
                 {"", NULL, "en-GB,en;q=0.9,cy;q=0.8", "en"},
                 {"", NULL, "en;q=0.5, CY;q=0.7", "cy"},
                 {"", NULL, "fr,de;q=0.9", "en"},
                 {"", NULL, "fr,cy;q=0.1", "cy"},
                 {"", NULL, "cy;q=0", "en"},
                 {"", NULL, "cy;q=lots", "en"},
                 {"", NULL, "*", "en"},
                 {"", NULL, ",;,=;q", "en"},
                 {"", "__Host-language=cy", "en", "cy"},
                 {"", "__Host-language=en", "cy", "en"},
                 {"", "__Host-language=xx", "cy", "cy"},
                 {"lang=cy", "__Host-language=en", "en", "cy"},
                 {"keyword=nurse&lang=en", "__Host-language=cy", "cy", "en"},
                 {"lang=xx", NULL, "cy", "cy"},
                 {"api", NULL, "cy", "en"}};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    start("en, cy");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cookie = cases[i].cookie;
        accept_language = cases[i].accept;
        ck_assert_msg(!strcmp(language_of(a, cases[i].query), cases[i].language), "case %zu", i);
    }
}
END_TEST

/* What somebody is written to in: what they read; and whether to believe it before what was kept. */
START_TEST(a_language_is_kept)
{
    static const struct {
        const char *query, *cookie, *accept, *code;
        bool by_hand;
    } cases[] = {{"", NULL, NULL, "", false},
                 {"", NULL, "cy", "cy", false},
                 {"", "__Host-language=cy", "en", "cy", true},
                 {"", "__Host-language=en", "cy", "", true},
                 {"", "__Host-language=xx", "cy", "cy", false},
                 {"lang=cy", NULL, "en", "cy", true},
                 {"lang=en", "__Host-language=cy", "cy", "", true},
                 {"lang=xx", NULL, NULL, "", false}};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    start("en,cy");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cookie = cases[i].cookie;
        accept_language = cases[i].accept;
        ch_call *call = call_of(a, cases[i].query);
        ck_assert_msg(ch_str_is(ch_language_code(call), cases[i].code), "case %zu", i);
        ck_assert_msg(ch_language_by_hand(call) == cases[i].by_hand, "case %zu", i);
    }
    ck_assert_ptr_eq(ch_language_of(&app, CH_STR("cy")), &app.languages[0]);
    ck_assert_ptr_null(ch_language_of(&app, CH_STR("")));
    ck_assert_ptr_null(ch_language_of(&app, CH_STR("en")));
    ck_assert_ptr_null(ch_language_of(&app, CH_STR("tlh")));
}
END_TEST

START_TEST(one_language_is_no_choice)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    start("en");
    cookie = "__Host-language=en";
    accept_language = NULL;
    ck_assert(!ch_language_by_hand(call_of(a, "lang=en")));
    ck_assert_ptr_null(ch_language_of(&app, CH_STR("cy"))); /* kept when it was offered */
}
END_TEST

static ch_str drawn(ch_call *call, const char *name)
{
    ch_map *m = ch_map_new(call->arena);
    ch_buf b = ch_buf_in(call->arena);
    ch_map_time(m, "closes", ch_time_uk((ch_civil){.year = 2026, .month = 12, .day = 1, .hour = 17}));
    ch_map_text(m, "group", "Social care");
    ch_map_z(m, "typed", "Social care");
    ck_assert_int_eq(ch_view_render(ch_language_put(call, name, m), &b, name, ch_v_map(m)), CH_OK);
    return ch_buf_str(&b);
}

START_TEST(a_page_is_in_one_language)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    start("cy");
    cookie = NULL;
    accept_language = "cy";
    uri = "/a%20page?x=1";
    ck_assert(ch_str_is(drawn(call_of(a, ""), "whole"), "Dod o hyd i swydd: 1 Rhagfyr 2026 am 5yh, Gofal cymdeithasol, Social care"));
    ck_assert(ch_str_is(drawn(call_of(a, ""), "half"), "Find a job Nobody has translated this"));
    ck_assert(ch_str_is(drawn(call_of(a, ""), "around_half"), "Find a job Find a job Nobody has translated this"));
    ch_map *m = ch_map_new(a); /* a template with nothing of its own to say, under a title that nobody has translated */
    ch_map_text(m, "title", "Nobody has translated this");
    ck_assert_ptr_eq(ch_language_put(call_of(a, ""), "whole", m), app.view);
    ch_map_text(m, "title", "Find a job");
    ck_assert_ptr_eq(ch_language_put(call_of(a, ""), "whole", m), app.languages[0].view);
    accept_language = "en";
    ck_assert(ch_str_is(drawn(call_of(a, ""), "whole"), "Find a job: 1 December 2026 at 5pm, Social care, Social care"));
}
END_TEST

static ch_str switch_of(ch_call *call, const char *name, const char *key)
{
    ch_map *m = ch_map_new(call->arena);
    ch_language_put(call, name, m);
    return ch_value_get(ch_value_at(ch_value_get(ch_v_map(m), CH_STR("languages")), 0), ch_str_of(key)).s;
}

START_TEST(the_other_language_is_a_link)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    start("cy");
    cookie = accept_language = NULL;
    uri = "/a%20page?x=1&lang=en";
    ck_assert(ch_str_is(switch_of(call_of(a, "x=1&lang=en"), "whole", "href"), "/a%20page?x=1&lang=cy"));
    ck_assert(ch_str_is(switch_of(call_of(a, ""), "whole", "language"), "Cymraeg"));
    ck_assert(ch_str_is(switch_of(call_of(a, "lang=cy"), "whole", "language"), "English"));
    ck_assert_uint_eq(switch_of(call_of(a, ""), "half", "href").n, 0);
    ch_call *call = call_of(a, "lang=cy");
    switch_of(call, "whole", "href");
    ch_str headers = ch_buf_str(&call->x->headers);
    ck_assert(ch_str_find(headers, CH_STR("Vary: Accept-Language, Cookie\r\n")) >= 0);
    ck_assert(ch_str_find(headers, CH_STR("Set-Cookie: __Host-language=cy; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000\r\n")) >= 0);
}
END_TEST

START_TEST(english_alone_asks_nothing)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    start("en");
    cookie = "__Host-language=cy";
    accept_language = "cy";
    ch_call *call = call_of(a, "lang=cy");
    ck_assert_ptr_null(call->language);
    ck_assert_uint_eq(switch_of(call, "whole", "href").n, 0);
    ck_assert_uint_eq(ch_buf_str(&call->x->headers).n, 0);
}
END_TEST

START_TEST(a_language_that_is_not_there_is_a_mistake)
{
    app = (ch_app){.service = &service};
    ck_assert_str_eq(ch_languages_load(&app, CH_STR("en,tlh")), "no catalogue of \"tlh\"");
}
END_TEST

START_TEST(counts_and_texts)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    start("cy");
    cookie = accept_language = NULL;
    ch_call *english = call_of(a, ""), *welsh = call_of(a, "lang=cy");
    ck_assert(ch_str_is(ch_text_n(english, 1, "%s application", "%s applications"), "1 application"));
    ck_assert(ch_str_is(ch_text_n(english, 28407, "%s application", "%s applications"), "28,407 applications"));
    ck_assert(ch_str_is(ch_text_n(welsh, 2, "%s application", "%s applications"), "2 gais"));
    ck_assert(ch_str_is(ch_text_n(welsh, 3, "%s application", "%s applications"), "3 chais"));
    ck_assert(ch_str_is(ch_text_n(welsh, 1203, "%s application", "%s applications"), "1,203 cais"));
    ck_assert(ch_str_is(ch_text(welsh, "within %.0f miles", 10.0), "o fewn 10 milltir"));
    ch_refuse(welsh, "email", "Enter an email address in the correct format, like name@example.com");
    ck_assert(ch_str_is(welsh->faults.p[0].message, "Rhowch gyfeiriad e-bost yn y fformat cywir, fel name@example.com"));
}
END_TEST

UNIT_MAIN("language", every_catalogue_is_whole, a_language_is_wanted, a_language_is_kept, one_language_is_no_choice, a_page_is_in_one_language,
          the_other_language_is_a_link, english_alone_asks_nothing, a_language_that_is_not_there_is_a_mistake, counts_and_texts)
