#include "base/embed.h"
#include "contracts/reference.h"
#include "demo.h"
#include "search/place.h"

enum { MOST = 3000, SMALLEST = 9000 };
extern const ch_embedded demo_data[];
static demo_town towns[MOST];
static size_t n_towns;

static ch_str region_code(ch_str name)
{
    for (const ch_code *c = ch_regions; c->code; c++)
        if (ch_str_is(name, c->name)) return ch_str_of(c->code);
    return CH_STR("");
}

/* "town	Leeds	53.7965	-1.5478	455123": only the place of that name that people mean by it. */
static void take(ch_str line)
{
    ch_str column[5];
    int64_t people;
    ch_place place;
    for (size_t i = 0; i < 5; i++)
        if (!ch_str_split(&line, '\t', &column[i])) return;
    if (!ch_str_is(column[0], "town") || !ch_str_int(ch_str_trim(column[4]), &people) || people < SMALLEST) return;
    /* Neither a district, which is not what people call a town, nor London as a whole: its parts are there. */
    if (ch_str_find(column[1], CH_STR("Borough")) >= 0 || ch_str_is(column[1], "London")) return;
    if (!ch_place_lookup(column[1], &place, NULL) || !ch_str_eq(place.name, column[1]) || (int64_t)place.weight != people) return;
    ch_str region = region_code(place.region);
    if (region.n && n_towns < MOST) towns[n_towns++] = (demo_town){place.name, place.district, region, place.lat, place.lon, people};
}

void demo_load_towns(ch_arena *a)
{
    ch_str rest = demo_data[0].text, line;
    (void)a;
    while (ch_str_split(&rest, '\n', &line)) take(line);
    if (n_towns < 100) demo_die("there are no towns");
}

const demo_town *demo_town_named(const char *name)
{
    for (size_t i = 0; i < n_towns; i++)
        if (ch_str_is(towns[i].name, name)) return &towns[i];
    return &towns[0];
}

demo_nation demo_nation_of(const demo_town *t)
{
    if (ch_str_is(t->region, "wales")) return DEMO_WALES;
    if (ch_str_is(t->region, "scotland")) return DEMO_SCOTLAND;
    return ch_str_is(t->region, "northern_ireland") ? DEMO_NORTHERN_IRELAND : DEMO_ENGLAND;
}

const demo_town *demo_any_town(uint64_t *random, demo_nation nation, int64_t least)
{
    int64_t all = 0, at;
    for (size_t i = 0; i < n_towns; i++)
        if (demo_nation_of(&towns[i]) == nation && towns[i].people >= least) all += towns[i].people;
    at = (int64_t)demo_below(random, (size_t)all);
    for (size_t i = 0; i < n_towns; i++)
        if (demo_nation_of(&towns[i]) == nation && towns[i].people >= least && (at -= towns[i].people) < 0) return &towns[i];
    return &towns[0];
}

/* Flat enough for neighbours: a degree of longitude is about 0.6 of one of latitude here. */
static double apart(const demo_town *a, const demo_town *b)
{
    double north = a->lat - b->lat, east = (a->lon - b->lon) * 0.6;
    return north * north + east * east;
}

void demo_towns_near(const demo_town *t, size_t n, const demo_town **out)
{
    for (size_t k = 0; k < n; k++) {
        out[k] = NULL;
        for (size_t i = 0; i < n_towns; i++) {
            bool farther = k == 0 || apart(t, &towns[i]) > apart(t, out[k - 1]);
            if (&towns[i] != t && farther && (!out[k] || apart(t, &towns[i]) < apart(t, out[k]))) out[k] = &towns[i];
        }
        if (!out[k]) out[k] = t;
    }
}
