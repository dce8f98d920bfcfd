#include "documents/zip.h"

#include <zlib.h>

enum { END_SIZE = 22, ENTRY_SIZE = 46, EXTRA_SIZE = 4, STORED = 0, DEFLATED = 8 };
enum { FLAG_ENCRYPTED = 1, FLAG_PATCHED = 1 << 5, FLAG_STRONGLY = 1 << 6, FLAG_MASKED = 1 << 13 };
enum { EXTRA_ZIP64 = 0x0001, EXTRA_UNICODE_PATH = 0x7075, EXTRA_AES = 0x9901 };
static const uint64_t SIZES_MAX = 256 << 20;

static uint32_t u16(ch_str s, size_t at) { return (unsigned char)s.p[at] | (uint32_t)(unsigned char)s.p[at + 1] << 8; }

static uint32_t u32(ch_str s, size_t at) { return u16(s, at) | u16(s, at + 2) << 16; }

/* The last end record must be the one that ends the file: its comment may not hide another. */
static bool find_end(ch_str tail, size_t *at)
{
    for (size_t i = tail.n; i-- > 0;) {
        if (tail.p[i] != 'P' || !ch_str_starts(ch_str_cut(tail, i), CH_STR("PK\5\6"))) continue;
        *at = i;
        return tail.n - i >= END_SIZE && u16(tail, i + 20) == tail.n - i - END_SIZE;
    }
    return false;
}

ch_err zip_open(zip_directory *z, ch_str tail, uint64_t total)
{
    size_t at;
    if (!find_end(tail, &at)) return CH_MALFORMED;
    ch_str end = ch_str_cut(tail, at);
    uint32_t entries = u16(end, 10), size = u32(end, 12), start = u32(end, 16);
    if (u16(end, 4) || u16(end, 6) || u16(end, 8) != entries) return CH_MALFORMED; /* more than one volume */
    if (!entries || entries > ZIP_ENTRIES_MAX) return CH_MALFORMED;
    if (size > at || (uint64_t)start + size != total - tail.n + at) return CH_MALFORMED;
    *z = (zip_directory){.rest = {tail.p + at - size, size}, .left = entries, .start = start};
    return CH_OK;
}

/* Printable ASCII without a way out of the archive: no root, drive, backslash, "." or "..". */
static bool is_name(ch_str name)
{
    ch_str rest = name, part;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] < ' ' || name.p[i] > '~' || name.p[i] == '\\' || name.p[i] == ':') return false;
    if (!name.n || name.n > 255 || name.p[0] == '/') return false;
    while (ch_str_split(&rest, '/', &part))
        if (ch_str_is(part, ".") || ch_str_is(part, "..") || (!part.n && rest.p)) return false;
    return true;
}

/* None that gives other names or sizes than those which were looked at. */
static bool are_extras(ch_str extra)
{
    while (extra.n >= EXTRA_SIZE) {
        uint32_t kind = u16(extra, 0), n = u16(extra, 2);
        if (kind == EXTRA_ZIP64 || kind == EXTRA_UNICODE_PATH || kind == EXTRA_AES || n > extra.n - EXTRA_SIZE) return false;
        extra = ch_str_cut(extra, EXTRA_SIZE + n);
    }
    return true;
}

static bool are_flags(uint32_t flags) { return !(flags & (FLAG_ENCRYPTED | FLAG_PATCHED | FLAG_STRONGLY | FLAG_MASKED)); }

/* Before the directory, and all entries together no more than what is there: none lies in another. */
static bool has_room(zip_directory *z, const zip_entry *e)
{
    uint64_t bytes = ZIP_LOCAL_HEADER + e->name.n + (uint64_t)e->packed;
    z->used += bytes;
    z->sizes += e->size;
    return e->at + bytes <= z->start && z->used <= z->start && z->sizes <= SIZES_MAX;
}

ch_err zip_next(zip_directory *z, zip_entry *out)
{
    if (!z->left) return z->rest.n ? CH_MALFORMED : CH_NOT_FOUND;
    ch_str head = z->rest;
    if (head.n < ENTRY_SIZE || !ch_str_starts(head, CH_STR("PK\1\2"))) return CH_MALFORMED;
    size_t name = u16(head, 28), extra = u16(head, 30), whole = ENTRY_SIZE + name + extra + u16(head, 32);
    if (whole > head.n || u16(head, 34)) return CH_MALFORMED;
    *out = (zip_entry){.name = {head.p + ENTRY_SIZE, name},
                       .method = u16(head, 10),
                       .check = u32(head, 16),
                       .packed = u32(head, 20),
                       .size = u32(head, 24),
                       .at = u32(head, 42)};
    if (!are_flags(u16(head, 8)) || (out->method != STORED && out->method != DEFLATED)) return CH_MALFORMED;
    if (!is_name(out->name) || !are_extras((ch_str){head.p + ENTRY_SIZE + name, extra}) || !has_room(z, out)) return CH_MALFORMED;
    z->rest = ch_str_cut(head, whole);
    z->left--;
    return CH_OK;
}

static bool inflate_whole(ch_str packed, char *to, uint32_t size)
{
    z_stream s = {.next_in = (unsigned char *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n, .next_out = (unsigned char *)to, .avail_out = size};
    if (inflateInit2(&s, -MAX_WBITS) != Z_OK) return false;
    bool fine = inflate(&s, Z_FINISH) == Z_STREAM_END && s.total_out == size && s.total_in == packed.n;
    inflateEnd(&s);
    return fine;
}

ch_err zip_unpack(ch_arena *a, ch_str local, const zip_entry *e, ch_str *out)
{
    if (local.n < ZIP_LOCAL_HEADER || !ch_str_starts(local, CH_STR("PK\3\4"))) return CH_MALFORMED;
    size_t name = u16(local, 26), skip = ZIP_LOCAL_HEADER + name + u16(local, 28);
    if (skip > local.n || e->packed > local.n - skip || !are_flags(u16(local, 6)) || u16(local, 8) != e->method) return CH_MALFORMED;
    if (!ch_str_eq((ch_str){local.p + ZIP_LOCAL_HEADER, name}, e->name)) return CH_MALFORMED;
    ch_str packed = {local.p + skip, e->packed};
    char *to = ch_arena_alloc(a, (size_t)e->size + 1);
    if (e->method == STORED && packed.n == e->size) memcpy(to, packed.p, packed.n);
    else if (e->method == STORED || !inflate_whole(packed, to, e->size)) return CH_MALFORMED;
    *out = (ch_str){to, e->size};
    return crc32(0, (const unsigned char *)to, e->size) == e->check ? CH_OK : CH_MALFORMED;
}
