/*
 * Run at build time: data/uk-places.tsv and data/place-names.tsv to the tables of place_table.h. What is slow is done
 * here: the nearest district and bigger town of each town, regions, ranks, folding, sorting.
 *
 *   generate_places uk-places.tsv place-names.tsv place_table.c
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "search/place.h"
#include "search/place_table.h"

enum { ROWS_MAX = 32768, NAMES_MAX = 65535, NEAR_LEAST = 10000 };
/* "Sutton" is Sutton, though Sutton in Ashfield is a little larger. */
enum { SHORT_COUNTS = 4 };

typedef struct row {
    ch_place_kind kind;
    ch_str name;
    double lat, lon;
    int64_t weight;
    size_t region, rank, district, near;
    enum place_label label;
} row;
typedef struct name {
    ch_str text;
    size_t row;
    unsigned flags;
} name;

static row rows[ROWS_MAX];
static name names[NAMES_MAX];
static size_t n_rows, n_names;
static ch_arena *arena;

static void die(const char *what, ch_str which)
{
    fprintf(stderr, "generate_places: %s: %.*s\n", what, CH_ARG(which));
    exit(1);
}

/* ---- regions, by postcode area and, where a border or an island cuts it, by district */

static const char *const regions[] = {"",
                                      "Scotland",
                                      "Wales",
                                      "North East",
                                      "North West",
                                      "Yorkshire and the Humber",
                                      "East Midlands",
                                      "West Midlands",
                                      "East of England",
                                      "London",
                                      "South East",
                                      "South West",
                                      "Northern Ireland",
                                      "Isle of Wight",
                                      "Orkney",
                                      "Shetland",
                                      "Western Isles"};
enum {
    NOWHERE,
    SCOTLAND,
    WALES,
    NORTH_EAST,
    NORTH_WEST,
    YORKSHIRE,
    EAST_MIDLANDS,
    WEST_MIDLANDS,
    EAST,
    LONDON,
    SOUTH_EAST,
    SOUTH_WEST,
    NORTHERN_IRELAND,
    WIGHT,
    ORKNEY,
    SHETLAND,
    WESTERN_ISLES,
    REGIONS
};

static const struct {
    size_t region;
    const char *areas;
} of_area[] = {
    {SCOTLAND, " AB DD DG EH FK G IV KA KW KY ML PA PH TD "},
    {WESTERN_ISLES, " HS "},
    {SHETLAND, " ZE "},
    {WALES, " CF LD LL NP SA "},
    {NORTH_EAST, " DH DL NE SR TS "},
    {NORTH_WEST, " BB BL CA CH CW FY L LA M OL PR SK WA WN "},
    {YORKSHIRE, " BD DN HD HG HU HX LS S WF YO "},
    {EAST_MIDLANDS, " DE LE LN NG NN "},
    {WEST_MIDLANDS, " B CV DY HR ST SY TF WR WS WV "},
    {EAST, " AL CB CM CO IP LU NR PE SG SS WD "},
    {LONDON, " BR CR DA E EC EN HA IG KT N NW RM SE SM SW TW UB W WC "},
    {SOUTH_EAST, " BN CT GU HP ME MK OX PO RG RH SL SO TN "},
    {SOUTH_WEST, " BA BH BS DT EX GL PL SN SP TA TQ TR "},
    {NORTHERN_IRELAND, " BT "},
};
static const struct {
    const char *area;
    int from, to;
    size_t region;
} of_district[] = {
    {"PO", 30, 41, WIGHT},
    {"KW", 15, 17, ORKNEY},
    {"SY", 15, 25, WALES},
    {"CH", 5, 8, WALES},
    {"TD", 15, 15, NORTH_EAST},
    {"DN", 21, 22, EAST_MIDLANDS},
    {"S", 18, 18, EAST_MIDLANDS},
    {"S", 21, 21, EAST_MIDLANDS},
    {"S", 32, 33, EAST_MIDLANDS},
    {"S", 40, 49, EAST_MIDLANDS},
    {"S", 80, 81, EAST_MIDLANDS},
    {"SK", 13, 13, EAST_MIDLANDS},
    {"SK", 17, 17, EAST_MIDLANDS},
    {"SK", 22, 23, EAST_MIDLANDS},
    {"PE", 9, 12, EAST_MIDLANDS},
    {"PE", 20, 25, EAST_MIDLANDS},
    {"DL", 6, 11, YORKSHIRE},
    {"TS", 9, 9, YORKSHIRE},
    {"DA", 1, 4, SOUTH_EAST},
    {"DA", 9, 13, SOUTH_EAST},
    {"BR", 8, 8, SOUTH_EAST},
    {"CR", 3, 3, SOUTH_EAST},
    {"CR", 6, 6, SOUTH_EAST},
    {"KT", 7, 8, SOUTH_EAST},
    {"KT", 10, 24, SOUTH_EAST},
    {"SM", 7, 7, SOUTH_EAST},
    {"TW", 15, 20, SOUTH_EAST},
    {"EN", 6, 11, EAST},
    {"IG", 7, 7, EAST},
    {"IG", 10, 10, EAST},
    {"RM", 15, 20, EAST},
    {"HP", 1, 4, EAST},
    {"HP", 23, 23, EAST},
    {"MK", 40, 45, EAST},
    {"SN", 7, 7, SOUTH_EAST},
    {"SP", 6, 6, SOUTH_EAST},
    {"SP", 10, 11, SOUTH_EAST},
    {"BH", 24, 25, SOUTH_EAST},
    {"B", 1, 0, NOWHERE},
};

static size_t region_of(ch_str district)
{
    char area[8] = " ";
    size_t n = 1;
    for (size_t i = 0; i < district.n && n < 5 && isupper((unsigned char)district.p[i]); i++) area[n++] = district.p[i];
    int number = n - 1 < district.n ? atoi(ch_arena_z(arena, ch_str_cut(district, n - 1))) : 0;
    for (size_t i = 0; i < sizeof of_district / sizeof *of_district; i++)
        if (ch_str_is((ch_str){area + 1, n - 1}, of_district[i].area) && number >= of_district[i].from && number <= of_district[i].to)
            return of_district[i].region;
    area[n++] = ' ';
    for (size_t i = 0; i < sizeof of_area / sizeof *of_area; i++)
        if (ch_str_find(ch_str_of(of_area[i].areas), (ch_str){area, n}) >= 0) return of_area[i].region;
    return NOWHERE;
}

static bool in_northern_ireland(const row *r) { return r->lat > 54.0 && r->lat < 55.35 && r->lon > -8.2 && r->lon < -5.42; }

/* ---- reading */

static ch_str slurp(const char *path)
{
    ch_buf b = {0};
    FILE *f = fopen(path, "r");
    if (!f) die("no such file", ch_str_of(path));
    char block[1 << 16];
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) ch_buf_put(&b, (ch_str){block, n});
    fclose(f);
    return ch_buf_str(&b);
}

static void read_row(ch_str line)
{
    ch_str kind = {0}, lat = {0}, lon = {0};
    row *r = &rows[n_rows];
    if (!line.n) return;
    if (n_rows + 1 == ROWS_MAX || !ch_str_split(&line, '\t', &kind) || !ch_str_split(&line, '\t', &r->name) || !ch_str_split(&line, '\t', &lat) ||
        !ch_str_split(&line, '\t', &lon) || !ch_str_double(lat, &r->lat) || !ch_str_double(lon, &r->lon) ||
        !ch_str_int(ch_str_trim(line), &r->weight))
        die("not a place", line);
    r->kind = ch_str_is(kind, "town") ? CH_PLACE_TOWN : ch_str_is(kind, "sector") ? CH_PLACE_SECTOR : CH_PLACE_OUTWARD;
    r->region = region_of(r->name);
    r->district = r->near = PLACE_NOWHERE;
    n_rows++;
}

/* ---- what is near */

static double square(const row *a, const row *b)
{
    double dy = a->lat - b->lat, dx = (a->lon - b->lon) * cos(a->lat * M_PI / 180);
    return dx * dx + dy * dy;
}

static size_t nearest(const row *r, bool (*fits)(const row *, const row *))
{
    size_t best = PLACE_NOWHERE;
    for (size_t i = 0; i < n_rows; i++)
        if (fits(r, &rows[i]) && (best == PLACE_NOWHERE || square(r, &rows[i]) < square(r, &rows[best]))) best = i;
    return best;
}

static bool is_district(const row *r, const row *other) { return other != r && other->kind == CH_PLACE_OUTWARD; }

static bool is_bigger_town(const row *r, const row *other)
{
    return other->kind == CH_PLACE_TOWN && other->weight >= NEAR_LEAST && other->weight > r->weight && !ch_str_eq(other->name, r->name);
}

static void put_on_map(row *r)
{
    bool northern = in_northern_ireland(r);
    if (!northern) r->district = nearest(r, is_district);
    r->region = northern ? NORTHERN_IRELAND : r->district == PLACE_NOWHERE ? NOWHERE : rows[r->district].region;
}

/* ---- ranks */

static int by_rank(const void *a, const void *b)
{
    const row *x = &rows[*(const size_t *)a], *y = &rows[*(const size_t *)b];
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->kind == CH_PLACE_TOWN && x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    if (x->kind != CH_PLACE_TOWN && x->name.n != y->name.n) return x->name.n < y->name.n ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void rank_rows(void)
{
    static size_t order[ROWS_MAX];
    for (size_t i = 0; i < n_rows; i++) order[i] = i;
    qsort(order, n_rows, sizeof *order, by_rank);
    for (size_t i = 0; i < n_rows; i++) rows[order[i]].rank = i;
}

/* ---- names: folded as ch_fold and place_fold do (a unit test compares) */

static ch_str fold(ch_str text)
{
    utf8proc_uint8_t *folded;
    ch_buf b = ch_buf_in(arena);
    utf8proc_map((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.n, &folded,
                 UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
    ch_str s = ch_str_of((const char *)folded);
    for (size_t i = 0; i < s.n; i++) {
        bool quote = s.p[i] == '\'' || ch_str_starts(ch_str_cut(s, i), CH_STR("\u2019"));
        if (isalnum((unsigned char)s.p[i])) ch_buf_char(&b, s.p[i]);
        else if (!quote && b.n && b.p[b.n - 1] != ' ' && (unsigned char)s.p[i] < 128) ch_buf_char(&b, ' ');
    }
    free(folded);
    ch_str out = ch_str_trim(ch_buf_str(&b)), one;
    ch_buf words = ch_buf_in(arena);
    while (ch_str_split(&out, ' ', &one)) ch_buf_printf(&words, "%s%.*s", words.n ? " " : "", CH_ARG(ch_str_is(one, "saint") ? CH_STR("st") : one));
    return ch_buf_str(&words);
}

static void add_name(ch_str text, size_t r, unsigned flags)
{
    if (n_names == NAMES_MAX) die("too many names", text);
    if (text.n) names[n_names++] = (name){text, r, flags};
}

/* "newcastle upon tyne" is "newcastle" for short, and "tyne" finds it too. */
static void add_parts(ch_str text, size_t r)
{
    static const char *const links[] = {"upon", "on", "under", "in", "by", "le", "next", "super", NULL};
    ch_str rest = text, word;
    for (bool first = true; ch_str_split(&rest, ' ', &word); first = false) {
        size_t at = (size_t)(word.p - text.p);
        bool link = false;
        for (size_t i = 0; links[i]; i++) link |= ch_str_is(word, links[i]);
        if (link && !first) add_name(ch_str_first(text, at - 1), r, NAME_SHORT);
        if (!first && !link && word.n > 2 && !ch_str_is(word, "the") && !ch_str_is(word, "and")) add_name(ch_str_cut(text, at), r, NAME_INNER);
    }
}

static void add_names(void)
{
    for (size_t i = 0; i < n_rows; i++) {
        ch_str text = fold(rows[i].name);
        add_name(text, i, NAME_OWN);
        if (rows[i].kind == CH_PLACE_TOWN) add_parts(text, i);
    }
}

static bool is_in(const row *r, ch_str where)
{
    if (!where.n || ch_str_is(where, regions[r->region])) return true;
    return r->district != PLACE_NOWHERE && ch_str_eq(where, rows[r->district].name);
}

static void read_other_name(ch_str line)
{
    ch_str other, text = {0}, where = {0};
    size_t found = PLACE_NOWHERE, many = 0;
    if (!line.n || line.p[0] == '#') return;
    ch_str_split(&line, '\t', &other);
    ch_str_split(&line, '\t', &text);
    ch_str_split(&line, '\t', &where);
    for (size_t i = 0; i < n_rows; i++) {
        if (rows[i].kind != CH_PLACE_TOWN || !ch_str_eq(rows[i].name, text) || !is_in(&rows[i], where)) continue;
        found = i;
        many++;
    }
    if (many != 1) die(many ? "another name of several places" : "another name of no place", other);
    add_name(fold(other), found, NAME_PREFERRED);
}

static int by_text(const void *a, const void *b)
{
    const name *x = a, *y = b;
    int order = ch_str_cmp(x->text, y->text);
    if (order) return order;
    bool p = x->flags & NAME_PREFERRED, q = y->flags & NAME_PREFERRED;
    if (p != q) return p ? -1 : 1;
    int64_t v = x->flags & NAME_SHORT ? rows[x->row].weight / SHORT_COUNTS : rows[x->row].weight;
    int64_t w = y->flags & NAME_SHORT ? rows[y->row].weight / SHORT_COUNTS : rows[y->row].weight;
    if (v != w) return v > w ? -1 : 1;
    return rows[x->row].rank < rows[y->row].rank ? -1 : rows[x->row].rank > rows[y->row].rank;
}

/* ---- labels: the least that tells a town from what else its name may mean */

/* The likeliest of its region needs no more than the region: that is whom the look-up gives. */
static enum place_label label_of(size_t own, size_t from, size_t to)
{
    const row *r = &rows[names[own].row];
    bool same = false, same_region = false, same_near = false;
    for (size_t i = from; i < to; i++) {
        const row *other = &rows[names[i].row];
        if (other == r || (names[i].flags & NAME_INNER)) continue;
        same = true;
        same_region |= i < own && other->region == r->region;
        same_near |= other->region == r->region && other->near == r->near;
    }
    if (!same) return LABEL_NAME;
    if (!same_region) return LABEL_REGION;
    return !same_near && r->near != PLACE_NOWHERE ? LABEL_NEAR : LABEL_DISTRICT;
}

static void choose_labels(void)
{
    for (size_t from = 0, to; from < n_names; from = to) {
        for (to = from + 1; to < n_names && ch_str_eq(names[to].text, names[from].text);) to++;
        for (size_t i = from; i < to; i++)
            if (!names[i].flags) rows[names[i].row].label = label_of(i, from, to);
    }
}

/* ---- writing */

static ch_buf pool;

static size_t pooled(ch_str text)
{
    size_t at = pool.n;
    ch_buf_put(&pool, text);
    return at;
}

static void write_rows(void)
{
    printf("const uint32_t place_rows_n = %zu, place_names_n = %zu;\nconst place_row place_rows[] = {\n", n_rows, n_names);
    for (size_t i = 0; i < n_rows; i++) {
        const row *r = &rows[i];
        printf("{%zu, %ld, %ld, %ld, %zu, %zu, %zu, %d, %zu, %d},\n", pooled(r->name), lround(r->lat * 1e4), lround(r->lon * 1e4), (long)r->weight,
               r->district, r->near, r->name.n, (int)r->kind, r->region, (int)r->label);
    }
    printf("};\n");
}

static void write_names(void)
{
    printf("const place_name place_names[] = {\n");
    for (size_t i = 0; i < n_names; i++) {
        const name *n = &names[i];
        bool again = i && ch_str_eq(n->text, names[i - 1].text);
        printf("{%zu, %zu, %zu, %zu, %u},\n", again ? pool.n - n->text.n : pooled(n->text), n->row, rows[n->row].rank, n->text.n, n->flags);
    }
    printf("};\n");
}

static unsigned letters_of(ch_str text)
{
    unsigned bits = 0;
    for (size_t i = 0; i < text.n; i++) bits |= 1u << (text.p[i] & 31);
    return bits;
}

static size_t shared(ch_str a, ch_str b)
{
    size_t n = 0;
    while (n < a.n && n < b.n && a.p[n] == b.p[n]) n++;
    return n;
}

/* Names of towns, for misspelt ones. */
static void write_towns(void)
{
    ch_str before = CH_STR("");
    size_t n = 0;
    printf("const place_town place_towns[] = {\n");
    for (size_t i = 0; i < n_names; i++) {
        if (rows[names[i].row].kind != CH_PLACE_TOWN || (names[i].flags & NAME_INNER)) continue;
        printf("{0x%xu, 0x%xu, %zu, %zu},\n", letters_of(names[i].text), letters_of(ch_str_first(names[i].text, PLACE_BEGIN)), i,
               shared(before, names[i].text));
        before = names[i].text;
        n++;
    }
    printf("};\nconst uint32_t place_towns_n = %zu;\n", n);
}

static void write_text(void)
{
    printf("const char place_text[] =");
    for (size_t i = 0; i < pool.n; i++) {
        if (i % 64 == 0) printf("%s\n    \"", i ? "\"" : "");
        unsigned char c = (unsigned char)pool.p[i];
        if (isalnum(c) || c == ' ') putchar(c);
        else printf("\\%03o", c);
    }
    printf("\";\nconst ch_str place_regions[] = {");
    for (size_t i = 0; i < REGIONS; i++) printf("{\"%s\", %zu}, ", regions[i], strlen(regions[i]));
    printf("{0, 0}};\n");
}

int main(int argc, char **argv)
{
    if (argc != 4 || !freopen(argv[3], "w", stdout)) die("usage", CH_STR("generate_places uk-places.tsv place-names.tsv place_table.c"));
    arena = ch_arena_new(64 << 10);
    ch_str rest = slurp(argv[1]), line;
    ch_str_split(&rest, '\n', &line); /* the heading */
    while (ch_str_split(&rest, '\n', &line)) read_row(line);
    for (size_t i = 0; i < n_rows; i++)
        if (rows[i].kind == CH_PLACE_TOWN) put_on_map(&rows[i]);
    for (size_t i = 0; i < n_rows; i++)
        if (rows[i].kind == CH_PLACE_TOWN) rows[i].near = nearest(&rows[i], is_bigger_town);
    rank_rows();
    add_names();
    rest = slurp(argv[2]);
    while (ch_str_split(&rest, '\n', &line)) read_other_name(line);
    qsort(names, n_names, sizeof *names, by_text);
    printf("/* Made by common/search/generate_places.c; contains OS, Royal Mail, National Statistics and GeoNames data: data/README.md */\n"
           "#include \"search/place_table.h\"\n");
    choose_labels();
    write_rows();
    write_names();
    write_towns();
    write_text();
    return ferror(stdout) || fflush(stdout);
}
