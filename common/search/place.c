#include "search/place.h"

#include <stdio.h>

#include "search/analyse.h"
#include "search/place_table.h"

enum { TEXT_MOST = 100, BEST_MOST = 50, SPLITS_MOST = 8, NOT_FOUND = PLACE_NOWHERE };

/* ---- the table */

static ch_str name_of(uint16_t row)
{
    return row == PLACE_NOWHERE ? CH_STR("") : (ch_str){place_text + place_rows[row].name, place_rows[row].name_n};
}

static ch_str text_of(const place_name *n) { return (ch_str){place_text + n->text, n->n}; }

static ch_str district_of(uint16_t row)
{
    const place_row *r = &place_rows[row];
    return r->kind == CH_PLACE_TOWN ? name_of(r->district) : name_of(row);
}

static void give(uint16_t row, ch_place *out)
{
    const place_row *r = &place_rows[row];
    *out = (ch_place){.name = name_of(row),
                      .district = district_of(row),
                      .region = place_regions[r->region],
                      .near = name_of(r->near),
                      .kind = (ch_place_kind)r->kind,
                      .lat = r->lat / 1e4,
                      .lon = r->lon / 1e4,
                      .weight = r->weight,
                      .unique = r->label == LABEL_NAME,
                      .label = r->label};
}

/* The first name that is not before the text. */
static uint32_t lower_bound(ch_str text)
{
    uint32_t low = 0, high = place_names_n;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (ch_str_cmp(text_of(&place_names[middle]), text) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* ---- folding: as terms are; "Saint" is "St" */

static ch_str place_fold(ch_arena *a, ch_str text)
{
    ch_str folded = ch_fold(a, ch_str_first(text, TEXT_MOST)), word;
    ch_buf b = ch_buf_in(a);
    while (folded.n && ch_str_split(&folded, ' ', &word)) {
        if (b.n) ch_buf_char(&b, ' ');
        ch_buf_put(&b, ch_str_is(word, "saint") ? CH_STR("st") : word);
    }
    return ch_buf_str(&b);
}

/* ---- what tells towns of one name apart: "newport wales", "newport np20 wales", "newport near cardigan wales" */

static bool cut_words(ch_str *rest, ch_str words)
{
    if (!words.n || !ch_str_starts(*rest, words) || (rest->n > words.n && rest->p[words.n] != ' ')) return false;
    *rest = ch_str_cut(*rest, words.n + 1);
    return true;
}

static bool tail_fits(ch_arena *a, uint16_t row, ch_str tail)
{
    const place_row *r = &place_rows[row];
    const ch_str parts[] = {CH_STR("near"), place_fold(a, place_regions[r->region]), place_fold(a, district_of(row)),
                            place_fold(a, name_of(r->near))};
    bool fits = true;
    while (tail.n && fits) {
        fits = false;
        for (size_t i = 0; i < sizeof parts / sizeof *parts && !fits; i++) fits = cut_words(&tail, parts[i]);
    }
    return fits;
}

/* ---- exact */

static uint16_t find_named(ch_arena *a, ch_str text, ch_str tail)
{
    for (uint32_t i = lower_bound(text); i < place_names_n && ch_str_eq(text_of(&place_names[i]), text); i++) {
        const place_name *n = &place_names[i];
        if (!(n->flags & NAME_INNER) && (!tail.n || tail_fits(a, n->row, tail))) return n->row;
    }
    return NOT_FOUND;
}

/* "ls1" and a sector's digit. */
static uint16_t find_sector(ch_arena *a, const char *outward, size_t n, char digit)
{
    return find_named(a, ch_arena_printf(a, "%.*s %c", (int)n, outward, digit), CH_STR(""));
}

/* A full postcode falls back to its sector ("ls1 4ap" → "ls1 4"), then its district. */
static uint16_t find_postcode(ch_arena *a, ch_str text)
{
    char compact[8];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == ' ') continue;
        if (n == 7) return NOT_FOUND;
        compact[n++] = text.p[i];
    }
    if (n < 2) return NOT_FOUND;
    bool whole = n >= 5 && compact[n - 3] >= '0' && compact[n - 3] <= '9';
    uint16_t found = whole ? find_sector(a, compact, n - 3, compact[n - 3]) : NOT_FOUND;
    if (found == NOT_FOUND && n >= 3) found = find_sector(a, compact, n - 1, compact[n - 1]);
    if (found == NOT_FOUND && n >= 4) found = find_sector(a, compact, n - 2, compact[n - 2]); /* half typed: "ls1 4a" */
    if (found == NOT_FOUND && whole) found = find_named(a, (ch_str){compact, n - 3}, CH_STR(""));
    return found != NOT_FOUND ? found : find_named(a, (ch_str){compact, n}, CH_STR(""));
}

/* ---- misspelt: the sorted names are walked as a tree, edits counted a column at a time (Myers 1999; with swaps of
 * neighbours, Hyyrö 2003), and what begins hopelessly is passed over with all that begins so */

enum { PATTERN_MOST = 60 };

typedef struct pattern {
    uint64_t at[256]; /* bit i: the byte stands at i */
    size_t n;
    int most;                /* edits */
    bool beginning;          /* the text may go on behind */
    uint32_t letters, begin; /* of all; of so many that with their edits they lie within PLACE_BEGIN */
} pattern;

typedef struct column { /* edits from each beginning of the pattern to one beginning of a text */
    uint64_t plus, minus, diagonal, before;
    int edge;            /* at the upper edge of the band of rows where few edits can be: `most` above the diagonal */
    int distance, least; /* of the whole pattern, and its least so far */
} column;

static int most_edits(size_t n) { return n < 4 || n > PATTERN_MOST ? 0 : n < 8 ? 1 : 2; }

static bool pattern_of(ch_str text, bool beginning, pattern *out, column *first)
{
    *out = (pattern){.n = text.n, .most = most_edits(text.n), .beginning = beginning};
    *first = (column){.plus = ~0ull, .distance = (int)text.n, .least = (int)text.n};
    if (!out->most) return false;
    for (size_t i = 0; i < text.n; i++) {
        out->at[(unsigned char)text.p[i]] |= 1ull << i;
        out->letters |= 1u << (text.p[i] & 31);
        if (i < PLACE_BEGIN - 2) out->begin = out->letters;
    }
    return true;
}

/* The column behind the text's byte at j. */
static void step(const pattern *p, const column *c, char byte, size_t j, column *out)
{
    uint64_t here = p->at[(unsigned char)byte], swapped = ((~c->diagonal & here) << 1) & c->before, last = 1ull << (p->n - 1);
    uint64_t diagonal = ((((here & c->plus) + c->plus) ^ c->plus) | here | c->minus) | swapped;
    uint64_t up = c->minus | ~(diagonal | c->plus), down = diagonal & c->plus;
    out->distance = c->distance + ((up & last) != 0) - ((down & last) != 0);
    out->least = out->distance < c->least ? out->distance : c->least;
    out->edge = j < (size_t)p->most ? (int)j + 1 : c->edge + !(diagonal >> (j - (size_t)p->most) & 1);
    up = up << 1 | 1;
    out->plus = down << 1 | ~(diagonal | up);
    out->minus = up & diagonal;
    out->diagonal = diagonal;
    out->before = here;
}

/* Whether a text that begins with these j bytes can still come to few edits. */
static bool hopeful(const pattern *p, const column *c, size_t j)
{
    if (p->beginning && c->least <= p->most) return true;
    size_t row = j > (size_t)p->most ? j - (size_t)p->most : 0, end = j + (size_t)p->most < p->n ? j + (size_t)p->most : p->n;
    int edits = c->edge;
    if (row > p->n) return false;
    for (; edits > p->most && row < end; row++) edits += (int)(c->plus >> row & 1) - (int)(c->minus >> row & 1);
    return edits <= p->most;
}

static bool has_at_most(uint32_t bits, int most)
{
    while (bits && most-- > 0) bits &= bits - 1;
    return !bits;
}

/* An edit changes two letters at most, and the length by one. */
static bool may_be_near(const pattern *p, const place_town *t)
{
    if (p->beginning) return has_at_most(p->begin & ~t->begin, p->most);
    size_t n = place_names[t->name].n;
    return has_at_most(p->letters ^ t->letters, 2 * p->most) && n <= p->n + (size_t)p->most && p->n <= n + (size_t)p->most;
}

/* Gives each name of a town that is near, with its edits. */
typedef void (*taker)(void *to, const place_name *n, int edits);

static void walk(const pattern *p, const column *first, taker take, void *to)
{
    column columns[PATTERN_MOST + 8];
    size_t ready = 0;      /* columns that hold for the name at hand too */
    bool given_up = false; /* at the last of them */
    columns[0] = *first;
    for (uint32_t i = 0; i < place_towns_n; i++) {
        const place_town *t = &place_towns[i];
        if (t->shared < ready) {
            ready = t->shared;
            given_up = false;
        }
        if (given_up || !may_be_near(p, t)) continue;
        const place_name *n = &place_names[t->name];
        size_t end = n->n < p->n + (size_t)p->most ? n->n : p->n + (size_t)p->most;
        for (; ready < end && !given_up; ready++) {
            step(p, &columns[ready], place_text[n->text + ready], ready, &columns[ready + 1]);
            given_up = !hopeful(p, &columns[ready + 1], ready + 1);
        }
        int edits = p->beginning ? columns[ready].least : columns[ready].distance;
        if (edits <= p->most && (p->beginning || ready == n->n)) take(to, n, edits);
    }
}

typedef struct nearest {
    ch_arena *arena;
    ch_str tail;
    uint16_t row;
    int edits;
} nearest;

static void take_nearest(void *to, const place_name *n, int edits)
{
    nearest *best = to;
    bool nearer = best->row == NOT_FOUND || edits < best->edits;
    bool heavier = !nearer && edits == best->edits && place_rows[n->row].weight > place_rows[best->row].weight;
    if ((!nearer && !heavier) || (best->tail.n && !tail_fits(best->arena, n->row, best->tail))) return;
    best->row = n->row;
    best->edits = edits;
}

/* Whether the last words may tell a place apart: only then is the name before them worth mending. */
static bool is_tail(ch_arena *a, ch_str tail)
{
    cut_words(&tail, CH_STR("near"));
    for (size_t i = 0; place_regions[i].p; i++)
        if (place_regions[i].n && ch_str_ends(tail, place_fold(a, place_regions[i]))) return true;
    return find_named(a, tail, CH_STR("")) != NOT_FOUND;
}

static uint16_t find_misspelt(ch_arena *a, ch_str text, ch_str tail)
{
    nearest best = {a, tail, NOT_FOUND, 0};
    pattern p;
    column first;
    if (tail.n && !is_tail(a, tail)) return NOT_FOUND;
    if (pattern_of(text, false, &p, &first)) walk(&p, &first, take_nearest, &best);
    return best.row;
}

/* ---- looking up */

typedef uint16_t (*finder)(ch_arena *a, ch_str text, ch_str tail);

/* With ever more of the last words taken as what tells it apart. */
static uint16_t find_split(ch_arena *a, ch_str text, finder find)
{
    uint16_t found = NOT_FOUND;
    int splits = 0;
    for (size_t i = text.n; found == NOT_FOUND && splits < SPLITS_MOST && i-- > 1;) {
        if (text.p[i] != ' ') continue;
        found = find(a, ch_str_first(text, i), ch_str_cut(text, i + 1));
        splits++;
    }
    return found;
}

bool ch_place_lookup(ch_str text, ch_place *out, bool *mended)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str folded = place_fold(a, text), none = CH_STR("");
    if (mended) *mended = false;
    if (!folded.n) return false;
    uint16_t found = find_named(a, folded, none);
    if (found == NOT_FOUND) found = find_postcode(a, folded);
    if (found == NOT_FOUND) found = find_split(a, folded, find_named);
    bool exact = found != NOT_FOUND;
    if (!exact) found = find_misspelt(a, folded, none);
    if (found == NOT_FOUND) found = find_split(a, folded, find_misspelt);
    if (found == NOT_FOUND) return false;
    if (mended) *mended = !exact;
    give(found, out);
    return true;
}

static bool is_given(uint16_t row, const ch_place *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i].name.p == name_of(row).p) return true;
    return false;
}

size_t ch_place_alternatives(ch_str text, ch_place *out, size_t max)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str folded = place_fold(a, text);
    size_t n = 0;
    for (uint32_t i = lower_bound(folded); folded.n && n < max && i < place_names_n && ch_str_eq(text_of(&place_names[i]), folded); i++) {
        const place_name *name = &place_names[i];
        bool town = place_rows[name->row].kind == CH_PLACE_TOWN && !(name->flags & NAME_INNER);
        if (town && !is_given(name->row, out, n)) give(name->row, &out[n++]);
    }
    return n;
}

/* ---- completing */

typedef struct best {
    uint32_t key[BEST_MOST]; /* less is better */
    uint16_t row[BEST_MOST];
    size_t n, max;
} best;

/* Each place once, under the best of its names. */
static void offer(best *b, uint32_t key, uint16_t row)
{
    if (b->n == b->max && key >= b->key[b->n - 1]) return;
    size_t at = 0;
    while (at < b->n && b->row[at] != row) at++;
    if (at < b->n && b->key[at] <= key) return;
    if (at == b->n && b->n < b->max) b->n++;
    if (at == b->max) at--;
    for (; at > 0 && b->key[at - 1] > key; at--) {
        b->key[at] = b->key[at - 1];
        b->row[at] = b->row[at - 1];
    }
    b->key[at] = key;
    b->row[at] = row;
}

enum { BEHIND = 1 << 16 }; /* a rank is less */

static void complete_exactly(ch_str prefix, best *b)
{
    bool sectors = ch_str_index(prefix, ' ') >= 0;
    for (uint32_t i = lower_bound(prefix); i < place_names_n && ch_str_starts(text_of(&place_names[i]), prefix); i++) {
        const place_name *n = &place_names[i];
        if (place_rows[n->row].kind == CH_PLACE_SECTOR && !sectors) continue;
        offer(b, n->rank + (n->flags & NAME_INNER ? (uint32_t)BEHIND : 0), n->row);
    }
}

static void take_completion(void *to, const place_name *n, int edits) { offer(to, (uint32_t)edits * BEHIND + n->rank, n->row); }

static void complete_nearly(ch_str prefix, best *b)
{
    pattern p;
    column first;
    if (pattern_of(prefix, true, &p, &first)) walk(&p, &first, take_completion, b);
}

/* "sai", "sain" and "saint", the word in hand, are on their way to "st …". */
static void complete_saint(ch_arena *a, ch_str typed, best *b)
{
    size_t word = typed.n;
    while (word > 0 && typed.p[word - 1] != ' ') word--;
    ch_str last = ch_str_cut(typed, word);
    if (last.n < 3 || !ch_str_starts(CH_STR("saint"), last)) return;
    complete_exactly(ch_arena_printf(a, "%.*sst ", (int)word, typed.p), b);
}

size_t ch_place_complete(ch_str prefix, ch_place *out, size_t max)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    best b = {.max = max < BEST_MOST ? max : BEST_MOST};
    ch_str folded = place_fold(a, prefix);
    if (!folded.n || !max) return 0;
    complete_saint(a, ch_fold(a, ch_str_first(prefix, TEXT_MOST)), &b);
    if (!b.n || !ch_str_ends(folded, CH_STR("st"))) complete_exactly(folded, &b);
    uint16_t code = b.n ? NOT_FOUND : find_postcode(a, folded);
    if (code != NOT_FOUND) offer(&b, 0, code);
    if (!b.n) complete_nearly(folded, &b);
    for (size_t i = 0; i < b.n; i++) give(b.row[i], &out[i]);
    return b.n;
}

/* ---- labels */

ch_str ch_place_label(const ch_place *p, char *buf, size_t size)
{
    int n = 0;
    switch ((enum place_label)p->label) {
    case LABEL_NAME: n = snprintf(buf, size, "%.*s", CH_ARG(p->name)); break;
    case LABEL_REGION: n = snprintf(buf, size, "%.*s (%.*s)", CH_ARG(p->name), CH_ARG(p->region)); break;
    case LABEL_NEAR: n = snprintf(buf, size, "%.*s (near %.*s, %.*s)", CH_ARG(p->name), CH_ARG(p->near), CH_ARG(p->region)); break;
    case LABEL_DISTRICT: n = snprintf(buf, size, "%.*s (%.*s, %.*s)", CH_ARG(p->name), CH_ARG(p->district), CH_ARG(p->region)); break;
    }
    return (ch_str){buf, n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1};
}
