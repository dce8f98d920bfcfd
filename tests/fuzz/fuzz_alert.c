/*
 * The input is a script: a letter a line, then what follows it. "a0 text" adds alert 0 … 9 (replaces it), "p" pauses,
 * "u" resumes, "r" removes; "c" and "g" give the next alert a circle or codes; "v text" is a vacancy that is matched.
 * What is answered must be what the forward query finds.
 */
#include <stdlib.h>

#include "search/alert.h"

enum { ALERTS = 10, LINES_MAX = 60, CODES_MAX = 64 };

typedef struct state {
    ch_alerts *s;
    ch_search_query query[ALERTS], next;
    bool there[ALERTS], paused[ALERTS];
    ch_arena *arena;
} state;

static void must(bool fine)
{
    if (!fine) abort();
}

static ch_str id_of(state *t, size_t i) { return ch_arena_printf(t->arena, "%zu", i); }

static void add(state *t, size_t i, ch_str text)
{
    ch_search_query q = t->next;
    q.text = text;
    q.strict = true;
    q.limit = 1;
    t->next = (ch_search_query){0};
    ch_err e = ch_alerts_add(t->s, id_of(t, i), &q);
    must((e == CH_TOO_LARGE) == (text.n > 1000 || q.filters[CH_FACET_STAFF_GROUP].n > CODES_MAX));
    if (e) return;
    t->query[i] = q;
    t->there[i] = true;
    t->paused[i] = false;
}

static void pause_one(state *t, size_t i, bool paused)
{
    must((ch_alerts_pause(t->s, id_of(t, i), paused) == CH_OK) == t->there[i]);
    t->paused[i] = paused;
}

static void remove_one(state *t, size_t i)
{
    must((ch_alerts_remove(t->s, id_of(t, i)) == CH_OK) == t->there[i]);
    t->there[i] = false;
}

/* Two bytes: where, and how far. */
static void circle(state *t, ch_str bytes)
{
    if (bytes.n < 2) return;
    t->next.has_place = true;
    t->next.lat = 50 + (double)(signed char)bytes.p[0] / 3;
    t->next.lon = (double)(signed char)bytes.p[0];
    t->next.radius_m = (unsigned char)bytes.p[1] * 2000.0;
}

static void codes(state *t, ch_str text)
{
    ch_str *p = CH_NEW_N(t->arena, ch_str, text.n + 1), one;
    size_t n = 0;
    while (text.n && ch_str_split(&text, ',', &one))
        if (one.n) p[n++] = one;
    t->next.filters[CH_FACET_STAFF_GROUP].codes = p;
    t->next.filters[CH_FACET_STAFF_GROUP].n = n;
}

/* The first byte: where it is, and its staff group. */
static void vacancy(state *t, ch_str text)
{
    ch_search_location at = {CH_STR("Leeds"), CH_STR("LS1 4AP"), 50, 0};
    ch_search_doc d = {.id = CH_STR("v"), .version = 1, .title = ch_str_first(text, 200), .description = text, .locations = &at, .n_locations = 1};
    if (text.n) at.lon = (double)(signed char)text.p[0], at.lat = 50 + at.lon / 3, d.staff_group = ch_str_first(text, 1);
    ch_search_index *x = ch_search_open();
    ch_str *ids;
    bool given[ALERTS] = {false};
    must(ch_search_put(x, &d) == CH_OK);
    size_t n = ch_alerts_match(t->s, &d, 0, t->arena, &ids);
    for (size_t i = 0; i < n; i++) given[ids[i].p[0] - '0'] = true;
    for (size_t i = 0; i < ALERTS; i++) {
        ch_search_result found = {0};
        if (t->there[i] && !t->paused[i]) must(ch_search_run(x, &t->query[i], t->arena, &found) == CH_OK);
        must(given[i] == (found.total > 0));
    }
    ch_search_close(x);
}

static void run(state *t, ch_str line)
{
    if (!line.n) return;
    size_t i = line.n > 1 ? (unsigned char)line.p[1] % ALERTS : 0;
    ch_str rest = ch_str_cut(line, 2);
    switch (line.p[0]) {
    case 'a': add(t, i, rest); break;
    case 'p': pause_one(t, i, true); break;
    case 'u': pause_one(t, i, false); break;
    case 'r': remove_one(t, i); break;
    case 'c': circle(t, ch_str_cut(line, 1)); break;
    case 'g': codes(t, rest); break;
    default: vacancy(t, rest);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(16 << 10);
    state t = {.s = ch_alerts_open(), .arena = a};
    ch_str rest = {(const char *)data, size}, line;
    for (int i = 0; i < LINES_MAX && rest.n && ch_str_split(&rest, '\n', &line); i++) run(&t, line);
    ch_alerts_close(t.s);
    return 0;
}
