#include "vacancies/search_api.h"

#include "vacancies/search_run.h"
#include "vacancies/service.h"

static void put_facets(ch_buf *b, const ch_search_result *r)
{
    ch_buf_put(b, CH_STR(",\"facets\":{"));
    for (int f = 0; f < CH_FACETS; f++) {
        ch_buf_put(b, f ? CH_STR(",\"") : CH_STR("\""));
        ch_buf_put(b, ch_str_of(ch_facet_name((ch_facet)f)));
        ch_buf_put(b, CH_STR("\":["));
        for (size_t i = 0; i < r->facets[f].n; i++) {
            ch_buf_put(b, i ? CH_STR(",{\"value\":") : CH_STR("{\"value\":"));
            ch_put_json(b, r->facets[f].counts[i].code);
            ch_buf_put(b, CH_STR(",\"count\":"));
            ch_buf_int(b, (int64_t)r->facets[f].counts[i].count);
            ch_buf_char(b, '}');
        }
        ch_buf_char(b, ']');
    }
    ch_buf_char(b, '}');
}

static void put_string(ch_buf *b, const char *key, ch_str s)
{
    ch_buf_printf(b, ",\"%s\":", key);
    if (s.n) ch_put_json(b, s);
    else ch_buf_put(b, CH_STR("null"));
}

/* The hot path: a vacancy's JSON lies in the index as it goes out. */
ch_err api_search(ch_call *call)
{
    const search_query *q = call->query;
    search_outcome found;
    ch_search_sort sort;
    if (q->sort.n && !ch_search_sort_of(q->sort, &sort))
        return ch_refuse(call, "sort", "Sort must be relevance, newest, closing, salary or distance");
    ch_err e = search_run(call, q, q->facets ? CH_FACET_ALL : 0, &found);
    if (e == CH_INVALID) return ch_refuse(call, "cursor", "This cursor is not of this search");
    CH_TRY(e);
    if (found.place_unknown) return ch_refuse(call, "location", "There is no such place");
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_reserve(&b, 16 << 10);
    ch_buf_put(&b, CH_STR("{\"total\":"));
    ch_buf_int(&b, (int64_t)found.result.total);
    ch_buf_put(&b, CH_STR(",\"vacancies\":["));
    for (size_t i = 0; i < found.result.n_hits; i++) {
        if (i) ch_buf_char(&b, ',');
        ch_buf_put(&b, found.result.hits[i].blob);
    }
    ch_buf_char(&b, ']');
    if (q->facets) put_facets(&b, &found.result);
    put_string(&b, "next", found.result.cursor);
    put_string(&b, "corrected", found.result.corrected);
    ch_buf_char(&b, '}');
    return ch_reply_text(call, 200, "application/json", ch_buf_str(&b));
}

ch_err api_ping(ch_call *call) { return ch_reply_feed(call, CH_STR("{\"ok\":true}")); }
