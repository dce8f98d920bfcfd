/* What a route table may not say. */
#include "unit.h"

#include "data/table.h"
#include "http/exchange.h"

static ch_err answer(ch_call *call) { return ch_reply_empty(call, 200); }

typedef struct thing {
    ch_presence seen;
    ch_str word;
} thing;
CH_TABLE(thing_table, thing, "A thing", CH_ROW(thing, word, CH_F_STR));

static const ch_route none,
    fine = {.method = CH_GET, .path = "/api/v1/things", .who = CH_ANYONE, .flags = CH_API, .handle = answer, .summary = "Things"};

static void finds(ch_route row, ch_route other, const char *want)
{
    const ch_route routes[] = {row, other, {0}};
    const char *mistake = ch_routes_mistake(routes);
    if (!want) ck_assert_msg(!mistake, "%s", mistake);
    else ck_assert_msg(mistake && strstr(mistake, want), "%s instead of %s", mistake ? mistake : "nothing", want);
}

START_TEST(a_mistake_in_a_table_is_found)
{
    ch_route other = fine;
    other.path = "/api/v1/others";
    finds(fine, none, NULL);
    finds(fine, other, NULL);
    finds(fine, fine, "GET /api/v1/things: twice");
    finds((ch_route){.path = "/", .flags = CH_PAGE, .handle = answer, .summary = "Home"}, none, "no role");
    finds((ch_route){.path = "/", .who = CH_ANYONE, .flags = CH_PAGE, .handle = answer}, none, "no summary");
    finds((ch_route){.path = "/", .who = CH_ANYONE, .flags = CH_PAGE, .summary = "Home"}, none, "no handler");
    finds((ch_route){.path = "/", .who = CH_ANYONE, .handle = answer, .summary = "Home"}, none, "neither page nor API nor feed");
}
END_TEST

START_TEST(what_the_document_tells_is_whole)
{
    const ch_route feed = {.path = "/jobs.atom", .who = CH_ANYONE, .flags = CH_FEED, .handle = answer, .summary = "Jobs"};
    ch_route typed = feed, api = fine, versioned = fine;
    typed.type = api.type = "application/atom+xml";
    versioned.flags |= CH_VERSIONED;
    finds(typed, none, NULL);
    finds(feed, none, "a feed without its media type");
    finds(api, none, "a media type of what is no feed");
    finds(versioned, none, "a version of nothing");
    versioned.output = &thing_table;
    finds(versioned, none, NULL);
}
END_TEST

UNIT_MAIN("route", a_mistake_in_a_table_is_found, what_the_document_tells_is_whole)
