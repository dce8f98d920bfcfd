/* An upload of any bytes: the same answer in whatever pieces it comes; what the directory tells lies in the file. */
#include "documents/sniff.h"
#include "documents/zip.h"
#include "thing.h"

static sniff_type in_pieces(const uint8_t *data, size_t size, size_t piece)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    sniffer s;
    sniff_begin(&s, a);
    for (size_t i = 0; i < size; i += piece) sniff_bytes(&s, data + i, i + piece < size ? piece : size - i);
    return sniff_end(&s);
}

static void walk(ch_str file)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    zip_directory z;
    zip_entry e;
    ch_str out;
    size_t n = 0;
    if (zip_open(&z, file, file.n)) return;
    for (; zip_next(&z, &e) == CH_OK; n++) {
        must(e.name.n && e.name.p >= file.p && e.name.p + e.name.n <= file.p + file.n && ch_str_find(e.name, CH_STR("../")) < 0);
        must(e.at + (uint64_t)e.packed <= file.n);
        if (e.size < 100000 && zip_unpack(a, ch_str_cut(file, e.at), &e, &out) == CH_OK) must(out.n == e.size);
    }
    must(n <= ZIP_ENTRIES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sniff_type whole = in_pieces(data, size, size + 1);
    must(in_pieces(data, size, 1 + size / 3) == whole && (size > 5000 || in_pieces(data, size, 1) == whole));
    walk((ch_str){(const char *)data, size});
    return 0;
}
