#include "documents/document.h"

#include "documents/sniff.h"

CH_TABLE(document_table, document, "A file that somebody uploaded", CH_ROW(document, id, CH_F_STR), CH_ROW(document, version, CH_F_INT),
         CH_ROW(document, person, CH_F_STR), CH_ROW(document, name, CH_F_STR, .max = 150), CH_ROW(document, type, CH_F_STR),
         CH_ROW(document, size, CH_F_INT), CH_ROW(document, hash, CH_F_STR), CH_ROW(document, state, CH_F_STR),
         CH_ROW(document, created_at, CH_F_TIME), CH_ROW(document, deleted_at, CH_F_TIME));
CH_TABLE(sweep_table, sweep, "How far a sweep has come", CH_ROW(sweep, id, CH_F_STR), CH_ROW(sweep, version, CH_F_INT),
         CH_ROW(sweep, position, CH_F_STR));
CH_TABLE(reading_table, reading, "An employer opened it", CH_ROW(reading, id, CH_F_STR), CH_ROW(reading, version, CH_F_INT),
         CH_ROW(reading, document, CH_F_STR), CH_ROW(reading, person, CH_F_STR), CH_ROW(reading, organisation, CH_F_STR),
         CH_ROW(reading, organisation_name, CH_F_STR), CH_ROW(reading, reader, CH_F_STR), CH_ROW(reading, at, CH_F_TIME));

enum { NAME_MAX_BYTES = 150 };

ch_str document_clean_name(ch_arena *a, ch_str name)
{
    for (size_t i = name.n; i-- > 0;) /* old browsers send a whole path */
        if (name.p[i] == '/' || name.p[i] == '\\') {
            name = ch_str_cut(name, i + 1);
            break;
        }
    ch_buf b = ch_buf_in(a);
    name = ch_utf8_tame(a, name);
    for (size_t i = 0; i < name.n && b.n < NAME_MAX_BYTES; i++)
        if (name.p[i] != '"' && name.p[i] != '\n' && name.p[i] != '\t') ch_buf_char(&b, name.p[i]);
    ch_str out = ch_str_trim(ch_buf_str(&b));
    while (out.n && !ch_utf8_valid(out)) out.n--; /* cut between characters */
    return out.n ? out : CH_STR("document");
}

ch_str document_size_text(ch_arena *a, int64_t bytes)
{
    if (bytes < 1000) return ch_arena_printf(a, "%lld bytes", (long long)bytes);
    if (bytes < 1000000) return ch_arena_printf(a, "%lld kB", (long long)(bytes + 500) / 1000);
    return ch_arena_printf(a, "%.1f MB", (double)bytes / 1e6);
}

ch_str document_disposition(ch_arena *a, ch_str name, ch_str mime)
{
    ch_str ending = sniff_ending(mime);
    ch_buf b = ch_buf_in(a);
    ch_buf_put(&b, CH_STR("attachment; filename*=UTF-8''"));
    ch_put_url(&b, name);
    if (name.n < ending.n || !ch_str_eq_fold(ch_str_cut(name, name.n - ending.n), ending)) ch_put_url(&b, ending);
    return ch_buf_str(&b);
}
