#ifndef DOCUMENTS_DOCUMENT_FIELDS_H
#define DOCUMENTS_DOCUMENT_FIELDS_H
#include "data/table.h"

/* state: kept, deleted (a tombstone: the bytes go later). hash: SHA-256 as hex. */
typedef struct document {
    ch_presence seen;
    ch_str id, person, name, type, hash, state;
    int64_t version, size;
    ch_time created_at, deleted_at;
} document;
extern const ch_table document_table;

/* How far the search for files without a row has come: up to that file's id. */
typedef struct sweep {
    ch_presence seen;
    ch_str id, position;
    int64_t version;
} sweep;
extern const ch_table sweep_table;

/* One opening by an employer. */
typedef struct reading {
    ch_presence seen;
    ch_str id, document, person, organisation, organisation_name, reader;
    int64_t version;
    ch_time at;
} reading;
extern const ch_table reading_table;
#endif
