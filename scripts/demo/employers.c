#include "base/id.h"
#include "demo.h"

/* Names: %t the town, %n a word from nature, %s a saint, %w a Welsh place word. One of a kind only fits some nations.
 */
typedef struct kind {
    const char *code;
    const demo_sector *sector;
    size_t share, weight; /* of a hundred employers; its vacancies, compared with others' */
    const char *names[4]; /* by nation: "a|b|c"; NULL: there is none of this kind there */
} kind;
static const kind kinds[] = {
    {"hospital_trust",
     &demo_health,
     12,
     40,
     {"%t and District Hospitals Trust|%t Teaching Hospitals Trust|University Hospitals %t|Royal %t Infirmary Trust",
      "%t University Health Board|Bwrdd Iechyd %t Health Board", "%t and District Health Board", "%t Health and Social Care Trust"}},
    {"surgery",
     &demo_health,
     17,
     2,
     {"%n Surgery, %t|%n Medical Centre, %t|%n Family Practice, %t|%n Health Centre, %t", "Meddygfa %w, %t|%n Surgery, %t", "%n Medical Practice, %t",
      "%n Family Practice, %t"}},
    {"mental_health_trust", &demo_health, 4, 25, {"%t Mental Health Partnership|%t and District Mind and Recovery Trust", NULL, NULL, NULL}},
    {"community_trust", &demo_health, 4, 18, {"%t Community Health Trust|%t Community Services", NULL, NULL, "%t Community Health Trust"}},
    {"ambulance_trust", &demo_health, 1, 20, {"%t Ambulance Service", NULL, NULL, NULL}},
    {"hospice", &demo_health, 3, 3, {"St %s's Hospice, %t|%n Hospice, %t", "Hosbis %w, %t", "St %s's Hospice, %t", "%t Hospice"}},
    {"council",
     &demo_councils,
     18,
     22,
     {"%t Borough Council|%t City Council|%t District Council|%t Council", "%t County Council|Cyngor Sir %t", "%t Council",
      "%t and District Council"}},
    {"combined_authority", &demo_councils, 1, 10, {"%t City Region Combined Authority", NULL, NULL, NULL}},
    {"fire_service", &demo_councils, 2, 8, {"%t and Area Fire and Rescue Service", "%t Fire and Rescue Service", NULL, NULL}},
    {"housing_association",
     &demo_housing,
     12,
     7,
     {"%n Housing|%n Homes, %t|%t Community Housing|%t and %n Housing Association", "Cartrefi %w|%t Community Housing",
      "%t and %n Housing Association", "%n Housing, %t"}},
    {"almo", &demo_housing, 2, 8, {"%t City Homes|%t Homes Partnership", NULL, NULL, NULL}},
    {"school",
     &demo_schools,
     15,
     2,
     {"%n Primary School, %t|St %s's Primary School, %t|%t High School|%n School, %t|%t Grammar School|%n Infant School, %t",
      "Ysgol %w, %t|Ysgol Gyfun %t", "%n Academy, %t|%n Primary School, %t", "St %s's Primary School, %t|%t Integrated College|%t High School"}},
    {"academy_trust", &demo_schools, 6, 9, {"%n Learning Trust|%t Academies Trust|%n and %t Schools Trust", NULL, NULL, NULL}},
    {"college", &demo_schools, 3, 8, {"%n College, %t|%t Sixth Form College", "Coleg %t", "%n College, %t", "%t Regional College"}},
};
static const char nature[] =
    "Oak Tree|Riverside|Hawthorn|Millbrook|Beechwood|Greenfields|Rowan|Willow Bank|Abbey|Priory|Highfield|Meadow View|Ashgrove|Orchard|Lakeside|Kingfisher|Springfield|Elm Park|"
    "Heron|Woodlands|Castle|Bridge|Station Road|Market Place|Park Lane|Church Street|Victoria|Albany|Harbour|Moorland|Larkfield|Fernhill|Holly Lodge|Brookside|Stonebridge|Westgate|"
    "Northfield|Southdown|Eastleaze|Queensway|Hillcrest|Cedar|Juniper|Silverdale|Thornhill|Wellspring|Bluebell|Skylark|Copperfield|Linden|Marlow Road|Saxon|Viaduct|Lighthouse|Fairway|Parkside";
static const char saints[] =
    "Mary|Joseph|Catherine|Michael|Bede|Anne|Columba|Patrick|Brigid|Francis|Luke|Barnabas|Hilda|Cuthbert|Margaret|Andrew|Oswald|Clare|Teresa|Wilfrid";
static const char welsh[] =
    "y Bryn|Glan yr Afon|Pen y Cwm|Bro Dawel|y Berllan|Maes y Coed|Dyffryn|Llwyn Onn|y Garreg Wen|Tan y Graig|Heol y Parc|Cae Glas|y Felin|Pont Hir|Bryn Teg|Craig y Nos";

static ch_str name_of(ch_arena *a, uint64_t *random, ch_str pattern, const demo_town *t)
{
    ch_buf b = ch_buf_in(a);
    for (size_t i = 0; i < pattern.n; i++) {
        if (pattern.p[i] != '%') {
            ch_buf_char(&b, pattern.p[i]);
            continue;
        }
        char what = pattern.p[++i];
        ch_buf_put(&b, what == 't' ? t->name : demo_pick(random, what == 'n' ? nature : what == 's' ? saints : welsh));
    }
    return ch_buf_str(&b);
}

/* Two of one name would be taken for each other; and a town has one council. */
static bool taken(const demo_employer *all, size_t n, ch_str name, const kind *k, const demo_town *t)
{
    bool one_a_town = k->weight > 2; /* only surgeries and schools come by the dozen */
    for (size_t i = 0; i < n; i++)
        if (ch_str_eq(all[i].row.name, name) || (one_a_town && all[i].town == t && ch_str_is(all[i].row.kind, k->code))) return true;
    return false;
}

static const kind *any_kind(uint64_t *random, demo_nation nation)
{
    for (;;) {
        size_t at = demo_below(random, 100), k = 0;
        while (at >= kinds[k].share) at -= kinds[k++].share;
        if (kinds[k].names[nation]) return &kinds[k];
    }
}

/* About as the population is; among the first twenty there are some of each nation. */
static demo_nation nation_of(uint64_t *random, size_t i)
{
    static const demo_nation first[20] = {
        [3] = DEMO_WALES, [5] = DEMO_SCOTLAND, [7] = DEMO_NORTHERN_IRELAND, [11] = DEMO_WALES, [14] = DEMO_SCOTLAND, [18] = DEMO_NORTHERN_IRELAND};
    size_t at = demo_below(random, 100);
    return i < 20 ? first[i] : at < 80 ? DEMO_ENGLAND : at < 88 ? DEMO_SCOTLAND : at < 95 ? DEMO_WALES : DEMO_NORTHERN_IRELAND;
}

/* "D0007" in the alphabet of references. */
static ch_str code_of(ch_arena *a, size_t i)
{
    static const char alphabet[] = "23456789BCDFGHJKMNPQRSTVWXYZ";
    char code[6] = "D0000";
    for (size_t d = 0, rest = i; d < 4; d++, rest /= 28) code[4 - d] = alphabet[rest % 28];
    return ch_arena_str(a, ch_str_of(code));
}

/* The first is the demonstration accounts' own. Some wait for the department, and of many, few were refused. */
static void set_state(uint64_t *random, ch_time now, size_t i, organisation *o)
{
    /* Slowly at first, then by word of mouth. */
    size_t late = demo_below(random, 900), later = demo_below(random, 900);
    o->created_at = now - (ch_time)(20 + (late < later ? late : later)) * CH_DAY - (ch_time)demo_below(random, 600) * CH_MINUTE;
    o->state = CH_STR("approved");
    o->decided_at = o->created_at + (ch_time)(3 + demo_below(random, 90)) * CH_HOUR;
    if (i % 60 == 41) {
        o->state = CH_STR("refused");
        o->reason = CH_STR("We could not find this organisation among public employers. Please write to us if it is one.");
    }
    if (i % 25 != 16) return;
    o->state = CH_STR("pending");
    o->decided_at = 0;
    o->created_at = now - (ch_time)(2 + demo_below(random, 100)) * CH_HOUR;
}

static void make(ch_arena *a, uint64_t *random, ch_time now, size_t i, demo_employer *all)
{
    static const int64_t large[] = {60000, 25000, 30000, 20000}; /* where there is a hospital or a council, by nation */
    demo_employer *e = &all[i];
    const kind *k;
    ch_str name;
    do {
        e->nation = nation_of(random, i);
        k = i ? any_kind(random, e->nation) : &kinds[0];
        e->town = i ? demo_any_town(random, e->nation, k->weight > 7 ? large[e->nation] : 0) : demo_town_named("Leeds");
        name = name_of(a, random, i ? demo_pick(random, k->names[e->nation]) : CH_STR("%t and District Hospitals Trust"), e->town);
    } while (taken(all, i, name, k, e->town));
    demo_towns_near(e->town, DEMO_SITES, e->near);
    e->sector = k->sector;
    e->weight = 1 + k->weight / 2 + demo_below(random, k->weight);
    e->row = (organisation){.id = ch_id_derived(a, CH_STR("demo-organisation"), ch_arena_printf(a, "%zu", i)),
                            .version = 1,
                            .code = code_of(a, i),
                            .name = name,
                            .kind = ch_str_of(k->code),
                            .sector = ch_str_of(k->sector->code),
                            .place = e->town->name,
                            .region = e->town->region};
    set_state(random, now, i, &e->row);
    if (e->row.decided_at) e->row.version = 2; /* registered, then decided */
    if (e->row.state.p[0] != 'a') e->weight = 0;
}

void demo_make_employers(ch_arena *a, ch_time now, size_t n, demo_employer *out)
{
    uint64_t random = 2026;
    for (size_t i = 0; i < n; i++) make(a, &random, now, i, out);
}
