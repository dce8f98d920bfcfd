#include "vacancies/listing.h"

#include "contracts/reference.h"
#include "vacancies/vacancy.h"

enum { PAGES_MOST = 100000 };

bool state_counts_take(void *p, const bson_t *doc)
{
    state_counts *c = p;
    bson_iter_t it, n;
    if (!bson_iter_init_find(&it, doc, "_id") || !BSON_ITER_HOLDS_UTF8(&it) || !bson_iter_init_find(&n, doc, "n")) return true;
    for (size_t i = 0; i < LISTING_STATES && c->states[i].code; i++)
        if (!strcmp(c->states[i].code, bson_iter_utf8(&it, NULL))) c->n[i] = bson_iter_as_int64(&n);
    return true;
}

listing listing_asked(const ch_call *call, ch_str path, const ch_code *states)
{
    ch_str state = ch_pairs_get(&call->query_pairs, "state");
    int64_t page = 1;
    if (!ch_str_int(ch_pairs_get(&call->query_pairs, "page"), &page) || page < 1 || page > PAGES_MOST) page = 1;
    return (listing){.path = path, .states = states, .state = ch_code_known(states, state) ? state : CH_STR(""), .page = page};
}

static ch_str address(ch_call *call, const listing *l, ch_str state, int64_t page)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_put(&b, l->path);
    if (state.n) ch_buf_printf(&b, "?state=%.*s", CH_ARG(state));
    if (page > 1) ch_buf_printf(&b, "%spage=%lld", state.n ? "&" : "?", (long long)page);
    return ch_buf_str(&b);
}

static void put_view(ch_call *call, ch_map *m, const listing *l, const ch_code *state, int64_t n)
{
    ch_map *row = ch_map_add(m, "views");
    ch_map_text(row, "text", state->name);
    ch_map_str(row, "count", vacancy_number_text(call->arena, n));
    ch_map_str(row, "href", address(call, l, ch_str_of(state->code), 1));
    ch_map_bool(row, "current", ch_str_is(l->state, state->code));
}

void listing_put(ch_call *call, ch_map *m, const listing *l, const state_counts *counts, bool more)
{
    int64_t all = 0;
    for (size_t i = 0; i < LISTING_STATES; i++) all += counts->n[i];
    put_view(call, m, l, &(ch_code){"", N_("All")}, all);
    for (size_t i = 0; i < LISTING_STATES && l->states[i].code; i++) put_view(call, m, l, &l->states[i], counts->n[i]);
    ch_map_str(m, "total", vacancy_number_text(call->arena, all));
    ch_map_str(m, "filter", l->state);
    if (more) ch_map_str(m, "next", address(call, l, l->state, l->page + 1));
    if (l->page > 1) ch_map_str(m, "previous", address(call, l, l->state, l->page - 1));
    ch_map_bool(m, "has_pages", more || l->page > 1);
}
