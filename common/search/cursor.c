#include <math.h>

#include "search/run.h"

static uint64_t query_hash(const ch_search_query *q)
{
    uint64_t h = ch_hash(q->text) ^ (uint64_t)q->sort << 1 ^ (uint64_t)q->remote << 5 ^ (uint64_t)q->salary_min << 8 ^ ch_hash(q->area);
    for (int f = 0; f < CH_FACETS; f++)
        for (size_t i = 0; i < q->filters[f].n; i++) h = h * UINT64_C(0x9E3779B97F4A7C15) + (ch_hash(q->filters[f].codes[i]) ^ (uint64_t)(unsigned)f);
    if (q->has_place) h ^= (uint64_t)llround(q->lat * 1e5) << 20 ^ (uint64_t)llround(q->lon * 1e5) ^ (uint64_t)llround(q->radius_m);
    return h;
}

ch_str cursor_write(ch_arena *a, const ch_search_query *q, const matcher *m, const key *last)
{
    uint64_t parts[4] = {query_hash(q), 0, (uint64_t)last->published, last->id_hash};
    uint8_t idfs[IDFS_MAX];
    ch_buf b = ch_buf_in(a), bytes = ch_buf_in(a);
    memcpy(&parts[1], &last->first, sizeof parts[1]);
    ch_buf_put(&bytes, (ch_str){(const char *)parts, sizeof parts});
    ch_buf_put(&bytes, (ch_str){(const char *)idfs, matcher_idfs(m, idfs)});
    ch_put_base64url(&b, ch_buf_str(&bytes));
    return ch_buf_str(&b);
}

ch_err cursor_read(ch_arena *a, const ch_search_query *q, matcher *m, key *out)
{
    uint64_t parts[4];
    ch_str bytes;
    if (!ch_base64url_decode(a, q->cursor, &bytes) || bytes.n < sizeof parts || bytes.n > sizeof parts + IDFS_MAX) return CH_INVALID;
    memcpy(parts, bytes.p, sizeof parts);
    if (parts[0] != query_hash(q)) return CH_INVALID;
    memcpy(&out->first, &parts[1], sizeof parts[1]);
    out->published = (int64_t)parts[2];
    out->id_hash = parts[3];
    matcher_use_idfs(m, (const uint8_t *)bytes.p + sizeof parts, bytes.n - sizeof parts);
    return isnan(out->first) ? CH_INVALID : CH_OK;
}
