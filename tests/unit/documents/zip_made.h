#ifndef UNIT_DOCUMENTS_ZIP_MADE_H
#define UNIT_DOCUMENTS_ZIP_MADE_H
/* A zip as a test wants it, also one that no program would write. */
#include <zlib.h>

#include "base/arena.h"

typedef struct made {
    const char *name, *local_name; /* local_name: of the local header; NULL: the same */
    ch_str data;
    uint16_t flags, method, extra, volume; /* extra: the kind of an extra field of four bytes; method 8: really deflated */
    uint32_t size_more, at_more, check_more;
} made;
typedef struct made_end {
    uint16_t volume, entries_more, entries_on_volume_more;
    uint32_t size_more, start_more;
    ch_str comment, before, between; /* before the first entry; between directory and end */
} made_end;

static inline void made_u16(ch_buf *b, uint32_t v)
{
    ch_buf_char(b, (char)(v & 255));
    ch_buf_char(b, (char)(v >> 8 & 255));
}

static inline void made_u32(ch_buf *b, uint32_t v)
{
    made_u16(b, v & 65535);
    made_u16(b, v >> 16);
}

/* What local header and directory have in common: from the flags to the length of the extra field. */
static inline void made_head(ch_buf *b, const made *m, ch_str packed, ch_str name)
{
    made_u16(b, m->flags);
    made_u16(b, m->method);
    made_u32(b, 0);
    made_u32(b, (uint32_t)crc32(0, (const unsigned char *)m->data.p, (uInt)m->data.n) + m->check_more);
    made_u32(b, (uint32_t)packed.n);
    made_u32(b, (uint32_t)m->data.n + m->size_more);
    made_u16(b, (uint32_t)name.n);
    made_u16(b, m->extra ? 8 : 0);
}

static inline void made_extra(ch_buf *b, const made *m)
{
    if (!m->extra) return;
    made_u16(b, m->extra);
    made_u16(b, 4);
    made_u32(b, 0);
}

static inline ch_str made_packed(ch_arena *a, const made *m)
{
    if (m->method != 8) return m->data;
    z_stream s = {.next_in = (unsigned char *)(uintptr_t)m->data.p, .avail_in = (uInt)m->data.n};
    deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    size_t most = deflateBound(&s, m->data.n);
    char *p = ch_arena_alloc(a, most);
    s.next_out = (unsigned char *)p;
    s.avail_out = (uInt)most;
    deflate(&s, Z_FINISH);
    deflateEnd(&s);
    return (ch_str){p, s.total_out};
}

static inline void made_entry(ch_buf *b, ch_buf *directory, ch_arena *a, const made *m)
{
    ch_str packed = made_packed(a, m), name = ch_str_of(m->name), local = ch_str_of(m->local_name ? m->local_name : m->name);
    uint32_t at = (uint32_t)b->n;
    ch_buf_put(b, CH_STR("PK\3\4\24\0"));
    made_head(b, m, packed, local);
    ch_buf_put(b, local);
    made_extra(b, m);
    ch_buf_put(b, packed);
    ch_buf_put(directory, CH_STR("PK\1\2\24\0\24\0"));
    made_head(directory, m, packed, name);
    made_u16(directory, 0);
    made_u16(directory, m->volume);
    ch_buf_put(directory, CH_STR("\0\0\0\0\0\0"));
    made_u32(directory, at + m->at_more);
    ch_buf_put(directory, name);
    made_extra(directory, m);
}

/* The last entry's name is NULL. */
static inline ch_str made_zip(ch_arena *a, const made *entries, const made_end *end)
{
    ch_buf b = ch_buf_in(a), directory = ch_buf_in(a);
    uint32_t n = 0;
    ch_buf_put(&b, end->before);
    for (; entries[n].name; n++) made_entry(&b, &directory, a, &entries[n]);
    uint32_t start = (uint32_t)b.n;
    ch_buf_put(&b, ch_buf_str(&directory));
    ch_buf_put(&b, end->between);
    ch_buf_put(&b, CH_STR("PK\5\6"));
    made_u16(&b, end->volume);
    made_u16(&b, end->volume);
    made_u16(&b, n + end->entries_on_volume_more);
    made_u16(&b, n + end->entries_more);
    made_u32(&b, (uint32_t)directory.n + end->size_more);
    made_u32(&b, start + end->start_more);
    made_u16(&b, (uint32_t)end->comment.n);
    ch_buf_put(&b, end->comment);
    return ch_buf_str(&b);
}
#endif
