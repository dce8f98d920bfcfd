#include "search/place.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "search/analyse.h"

extern const ch_embedded search_data[];

typedef struct row {
    ch_place place;
    ch_str folded;
} row;
static struct {
    row *p; /* by folded name, then by weight, heaviest first */
    size_t n;
} places;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- regions: of a postcode's area */

static const char *const areas[][2] = {
    {"Scotland", " AB DD DG EH FK G HS IV KA KW KY ML PA PH TD ZE "},
    {"Wales", " CF LD LL NP SA "},
    {"North East", " DH DL NE SR TS "},
    {"North West", " BB BL CA CH CW FY L LA M OL PR SK WA WN "},
    {"Yorkshire and the Humber", " BD DN HD HG HU HX LS S WF YO "},
    {"East Midlands", " DE LE LN NG NN "},
    {"West Midlands", " B CV DY HR ST SY TF WR WS WV "},
    {"East of England", " AL CB CM CO IP LU NR PE SG SS "},
    {"London", " BR CR DA E EC EN HA IG KT N NW RM SE SM SW TW UB W WC WD "},
    {"South East", " BN CT GU HP ME MK OX PO RG RH SL SO TN "},
    {"South West", " BA BH BS DT EX GL PL SN SP TA TQ TR "},
    {"Northern Ireland", " BT "},
};

static ch_str region_of(ch_str district)
{
    char key[8] = " ";
    size_t n = 1;
    for (size_t i = 0; i < district.n && n < 5 && district.p[i] >= 'A' && district.p[i] <= 'Z'; i++) key[n++] = district.p[i];
    key[n++] = ' ';
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        if (ch_str_find(ch_str_of(areas[i][1]), (ch_str){key, n}) >= 0) return ch_str_of(areas[i][0]);
    return CH_STR("");
}

/* ---- loading */

static double square_distance(const ch_place *a, const ch_place *b)
{
    double dy = a->lat - b->lat, dx = (a->lon - b->lon) * cos(a->lat * M_PI / 180);
    return dx * dx + dy * dy;
}

static bool in_northern_ireland(const ch_place *p)
{
    return p->lat > 54.0 && p->lat < 55.35 && p->lon > -8.2 && p->lon < -5.42;
}

static void place_town(ch_place *town, const row *rows, size_t districts)
{
    const ch_place *nearest = NULL;
    town->district = CH_STR("");
    town->region = CH_STR("Northern Ireland");
    if (in_northern_ireland(town)) return;
    for (size_t i = 0; i < districts; i++)
        if (!nearest || square_distance(town, &rows[i].place) < square_distance(town, nearest)) nearest = &rows[i].place;
    if (!nearest) return;
    town->district = nearest->name;
    town->region = nearest->region;
}

static int by_name(const void *a, const void *b)
{
    const row *x = a, *y = b;
    int order = ch_str_cmp(x->folded, y->folded);
    return order ? order : x->place.weight < y->place.weight ? 1 : x->place.weight > y->place.weight ? -1 : 0;
}

static bool parse(ch_arena *a, ch_str line, row *out)
{
    ch_str kind, name, lat, lon, weight;
    int64_t w;
    if (!ch_str_split(&line, '\t', &kind) || !ch_str_split(&line, '\t', &name) || !ch_str_split(&line, '\t', &lat) || !ch_str_split(&line, '\t', &lon) ||
        !ch_str_split(&line, '\t', &weight) || !ch_str_int(ch_str_trim(weight), &w))
        return false;
    *out = (row){.place = {.name = name, .kind = ch_str_is(kind, "town") ? CH_PLACE_TOWN : ch_str_is(kind, "sector") ? CH_PLACE_SECTOR : CH_PLACE_OUTWARD,
                           .weight = (uint32_t)w, .district = name, .region = region_of(name), .unique = true},
                 .folded = ch_fold(a, name)};
    return ch_str_double(lat, &out->place.lat) && ch_str_double(lon, &out->place.lon);
}

static void load(void)
{
    ch_arena *a = ch_arena_new(256 << 10); /* for as long as the process */
    ch_str rest = search_data[1].text, line;
    size_t lines = 0, districts = 0;
    for (size_t i = 0; i < rest.n; i++) lines += rest.p[i] == '\n';
    places.p = calloc(lines + 1, sizeof *places.p);
    if (!places.p) abort();
    ch_str_split(&rest, '\n', &line); /* the heading */
    while (ch_str_split(&rest, '\n', &line)) places.n += parse(a, line, &places.p[places.n]);
    while (districts < places.n && places.p[districts].place.kind == CH_PLACE_OUTWARD) districts++;
    for (size_t i = 0; i < places.n; i++)
        if (places.p[i].place.kind == CH_PLACE_TOWN) place_town(&places.p[i].place, places.p, districts);
    qsort(places.p, places.n, sizeof *places.p, by_name);
    for (size_t i = 1; i < places.n; i++)
        if (ch_str_eq(places.p[i].folded, places.p[i - 1].folded)) places.p[i].place.unique = places.p[i - 1].place.unique = false;
}

/* ---- looking up */

static size_t lower_bound(ch_str folded)
{
    size_t low = 0, high = places.n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ch_str_cmp(places.p[middle].folded, folded) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The first of that name in the region or district that follows it ("newport wales", "newport np20"); any when none follows. */
static const row *find_named(ch_arena *a, ch_str folded, ch_str rest)
{
    for (size_t i = lower_bound(folded); i < places.n && ch_str_eq(places.p[i].folded, folded); i++) {
        const ch_place *p = &places.p[i].place;
        if (!rest.n || ch_str_eq(ch_fold(a, p->region), rest) || ch_str_eq(ch_fold(a, p->district), rest)) return &places.p[i];
    }
    return NULL;
}

/* A full postcode falls back to its sector ("ls1 4ap" → "ls1 4"), then its district. */
static const row *find_postcode(ch_arena *a, ch_str text)
{
    char compact[12];
    size_t n = 0;
    for (size_t i = 0; i < text.n && n < sizeof compact; i++)
        if (text.p[i] != ' ') compact[n++] = text.p[i];
    if (n < 2 || n > 7) return NULL;
    ch_str s = {compact, n};
    const row *found = NULL;
    if (n >= 5) found = find_named(a, ch_arena_printf(a, "%.*s %c", (int)n - 3, compact, compact[n - 3]), CH_STR(""));
    if (!found && n >= 3) found = find_named(a, ch_arena_printf(a, "%.*s %c", (int)n - 1, compact, compact[n - 1]), CH_STR(""));
    bool whole = n >= 5 && compact[n - 3] >= '0' && compact[n - 3] <= '9';
    if (!found && whole) found = find_named(a, ch_str_first(s, n - 3), CH_STR(""));
    return found ? found : find_named(a, s, CH_STR(""));
}

static const row *find_misspelt(ch_str folded)
{
    const row *best = NULL;
    int most = folded.n < 4 ? 0 : folded.n < 8 ? 1 : 2;
    for (size_t i = 0; most && i < places.n; i++) {
        const row *r = &places.p[i];
        size_t apart = r->folded.n > folded.n ? r->folded.n - folded.n : folded.n - r->folded.n;
        if (r->place.kind != CH_PLACE_TOWN || apart > (size_t)most || r->folded.p[0] != folded.p[0]) continue;
        int d = ch_edit_distance(folded, r->folded, most);
        if (d < most || (d == most && (!best || r->place.weight > best->place.weight))) {
            if (d < most) best = NULL;
            most = d;
            if (!best || r->place.weight > best->place.weight) best = r;
        }
    }
    return best;
}

bool ch_place_lookup(ch_str text, ch_place *out, bool *mended)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    pthread_once(&once, load);
    ch_str folded = ch_fold(a, ch_str_first(text, 100));
    if (mended) *mended = false;
    if (!folded.n) return false;
    const row *found = find_named(a, folded, CH_STR(""));
    if (!found) found = find_postcode(a, folded);
    for (size_t i = folded.n; !found && i-- > 1;)
        if (folded.p[i] == ' ') found = find_named(a, ch_str_first(folded, i), ch_str_cut(folded, i + 1));
    if (!found && (found = find_misspelt(folded)) && mended) *mended = true;
    if (!found) return false;
    *out = found->place;
    return true;
}

static void keep_best(ch_place *out, size_t *n, size_t max, const ch_place *p)
{
    size_t at = *n;
    while (at > 0 && out[at - 1].weight < p->weight) at--;
    if (at == max) return;
    size_t moved = (*n < max ? *n : max - 1) - at;
    memmove(&out[at + 1], &out[at], moved * sizeof *out);
    out[at] = *p;
    if (*n < max) ++*n;
}

size_t ch_place_complete(ch_str prefix, ch_place *out, size_t max)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    size_t n = 0;
    pthread_once(&once, load);
    ch_str folded = ch_fold(a, ch_str_first(prefix, 100));
    if (!folded.n || !max) return 0;
    for (size_t i = lower_bound(folded); i < places.n && ch_str_starts(places.p[i].folded, folded); i++)
        if (places.p[i].place.kind != CH_PLACE_SECTOR || ch_str_index(folded, ' ') >= 0) keep_best(out, &n, max, &places.p[i].place);
    return n;
}

ch_str ch_place_label(const ch_place *p, char *buf, size_t size)
{
    int n;
    if (p->unique || p->kind != CH_PLACE_TOWN) n = snprintf(buf, size, "%.*s", CH_ARG(p->name));
    else if (p->district.n) n = snprintf(buf, size, "%.*s (%.*s, %.*s)", CH_ARG(p->name), CH_ARG(p->district), CH_ARG(p->region));
    else n = snprintf(buf, size, "%.*s (%.*s)", CH_ARG(p->name), CH_ARG(p->region));
    return (ch_str){buf, n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1};
}
