#ifndef DOCUMENTS_ZIP_H
#define DOCUMENTS_ZIP_H
/*
 * What is in a zip, by its central directory (APPNOTE 6.3, sections 4.3 and 4.4), out of the file's last bytes. Stricter than programs that open one,
 * since they differ in what they make of a bad one: the directory ends right where its own end begins, one volume, no ZIP64, nothing encrypted,
 * stored or deflated, entries that fit before the directory and do not share bytes, names that stay inside. Pure.
 */
#include "base/arena.h"
#include "base/err.h"

enum { ZIP_ENTRIES_MAX = 1000, ZIP_LOCAL_HEADER = 30 };
typedef struct zip_entry {
    ch_str name;
    uint32_t method, check, packed, size, at; /* check: CRC-32; at: where its local header is */
} zip_entry;
typedef struct zip_directory {
    ch_str rest;          /* entries not yet read */
    size_t left;          /* how many */
    uint64_t start;       /* where the directory begins in the file */
    uint64_t used, sizes; /* bytes of the file, and unpacked ones, of the entries read */
} zip_directory;

/* tail: the last bytes of a file of `total` bytes, with the whole directory in them. CH_MALFORMED. */
ch_err zip_open(zip_directory *z, ch_str tail, uint64_t total);
/* CH_NOT_FOUND after the last, CH_MALFORMED. */
ch_err zip_next(zip_directory *z, zip_entry *out);
/* The entry's contents out of the file's bytes from its local header on, checked. Size is for the caller to bound. CH_MALFORMED: other than the
 * directory says, or not all there. */
ch_err zip_unpack(ch_arena *a, ch_str local, const zip_entry *e, ch_str *out);
#endif
