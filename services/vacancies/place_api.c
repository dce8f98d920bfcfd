#include "vacancies/place_api.h"

#include "search/place.h"
#include "vacancies/place_fields.h"

enum { PLACES_MAX = 10, LABEL_BYTES = 200 };

CH_TABLE(place_query_table, place_query, "What is being typed",
         CH_ROW(place_query, q, CH_F_STR, .max = 100, .doc = "The beginning of a town's name or a postcode; without it there are none",
                CH_EXAMPLE("lee")));
CH_TABLE(place_table, place, "A place of the United Kingdom",
         CH_ROW(place, name, CH_F_STR, .doc = "As little as tells it apart; search takes it as location", CH_EXAMPLE("Leeds")),
         CH_ROW(place, region, CH_F_STR, CH_EXAMPLE("Yorkshire and the Humber")),
         CH_ROW(place, latitude, CH_F_DOUBLE, .min = -90, .max = 90, .doc = "WGS84 degrees", .example = "53.797"),
         CH_ROW(place, longitude, CH_F_DOUBLE, .min = -180, .max = 180, .example = "-1.547"));
CH_TABLE(place_list_table, place_list, "Places",
         CH_ROW(place_list, places, CH_F_LIST, .of = &place_table, .max = PLACES_MAX, .doc = "The likeliest first"));

static place place_of(ch_arena *a, const ch_place *found)
{
    char label[LABEL_BYTES];
    return (place){.name = ch_arena_str(a, ch_place_label(found, label, sizeof label)),
                   .region = found->region,
                   .latitude = found->lat,
                   .longitude = found->lon};
}

ch_err api_places(ch_call *call)
{
    const place_query *query = call->query;
    ch_place found[PLACES_MAX];
    place places[PLACES_MAX];
    place_list out = {.places = {places, ch_place_complete(query->q, found, PLACES_MAX)}};
    for (size_t i = 0; i < out.places.n; i++) places[i] = place_of(call->arena, &found[i]);
    ch_reply_header(call, "Cache-Control", CH_STR("public, max-age=86400"));
    return ch_reply_json(call, 200, &place_list_table, &out);
}
