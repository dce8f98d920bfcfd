#ifndef CH_SEARCH_SEARCH_H
#define CH_SEARCH_SEARCH_H
/*
 * Search over vacancies, in process and in memory. One writer thread, any number of reader threads; readers never block
 * and see each change whole or not at all. Knows nothing of services, store or HTTP. Alerts (the index run backwards):
 * search/alert.h; places: search/place.h; the analyser: search/analyse.h.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* What results are counted and filtered by. Codes are opaque bytes, compared exactly. */
typedef enum ch_facet {
    CH_FACET_STAFF_GROUP,
    CH_FACET_PAY_BAND,
    CH_FACET_CONTRACT_TYPE,
    CH_FACET_WORKING_PATTERN, /* several per vacancy; at most 31 different ones */
    CH_FACET_SECTOR,
    CH_FACET_EMPLOYER, /* the value is employer_id */
    CH_FACETS,
} ch_facet;
#define CH_FACET_BIT(f) (1u << (f))
#define CH_FACET_ALL    ((1u << CH_FACETS) - 1)
/* "staff_group", …: the name on the wire. */
const char *ch_facet_name(ch_facet f);

typedef struct ch_search_location {
    ch_str name, postcode; /* both searchable; the postcode's area and district are named areas */
    double lat, lon;       /* WGS84 degrees; NAN when not known */
} ch_search_location;

enum { CH_SEARCH_LOCATIONS_MAX = 64, CH_SEARCH_PATTERNS_MAX = 16 };

/* Everything is copied; nothing of it is kept after the call. Text is UTF-8; other bytes count as separators. */
typedef struct ch_search_doc {
    ch_str id;       /* 1..255 bytes */
    int64_t version; /* applied only where higher than what the index has seen of this id */
    ch_str title, employer_name, summary, description, criteria, reference;
    ch_str employer_id, staff_group, pay_band, contract_type, sector; /* "" = none */
    const ch_str *working_patterns;
    size_t n_working_patterns;
    const ch_search_location *locations;
    size_t n_locations;
    int64_t salary_min, salary_max; /* pounds a year; 0 = not stated; max < min counts as min */
    bool remote;
    int64_t published_at, closes_at; /* ms; closes_at 0 = open until removed */
    ch_str blob;                     /* given back with a hit, unread */
} ch_search_doc;

typedef struct ch_search_index ch_search_index;

ch_search_index *ch_search_open(void);
void ch_search_close(ch_search_index *x); /* no reader may be inside */

/* --- the writer: one thread at a time --- */
/* Inserts or replaces; visible to readers that start after the return. CH_STALE: an equal or newer version is known
 * (nothing happens); CH_INVALID: id empty or too long. */
ch_err ch_search_put(ch_search_index *x, const ch_search_doc *doc);
/* Removes and leaves a tombstone, so that an older put that comes late is ignored. CH_STALE as above. */
ch_err ch_search_remove(ch_search_index *x, ch_str id, int64_t version);
/* Many documents at once on `threads` threads: for the snapshot at start. Not yet visible ones become visible together.
 * Returns how many were applied. */
size_t ch_search_put_many(ch_search_index *x, const ch_search_doc *docs, size_t n, int threads);
/* Merges what changed into compact form and gives memory back; call when idle (put does it by itself when it must). */
void ch_search_maintain(ch_search_index *x);
/* The highest position that the owner noted (its own meaning: e.g. changed_at of the last row read); kept in the file.
 */
void ch_search_set_position(ch_search_index *x, int64_t position);
int64_t ch_search_position(const ch_search_index *x);
/* Atomically (temporary file, fsync, rename). CH_INTERNAL with errno set. */
ch_err ch_search_save(ch_search_index *x, const char *path);
/* A new index over the mapped file. CH_NOT_FOUND: no file; CH_MALFORMED: corrupt, of another version or another
 * program; the caller then builds afresh. */
ch_err ch_search_load(const char *path, ch_search_index **out);

typedef struct ch_search_stats {
    uint64_t vacancies, tombstones, terms, postings, changes;
    uint64_t index_bytes; /* beside what the next two count: postings, columns, dictionary, maps */
    uint64_t token_bytes; /* the analysed text (phrases, similar vacancies, rebuilding) */
    uint64_t blob_bytes;  /* blobs and ids */
    uint64_t chunks, dead;
} ch_search_stats;
void ch_search_get_stats(ch_search_index *x, ch_search_stats *out);

/* --- readers: any thread --- */
typedef enum ch_search_sort { CH_SORT_RELEVANCE, CH_SORT_NEWEST, CH_SORT_CLOSING, CH_SORT_SALARY, CH_SORT_DISTANCE } ch_search_sort;
/* "relevance" …; false when unknown. */
bool ch_search_sort_of(ch_str name, ch_search_sort *out);

#define CH_METRES_PER_MILE 1609.344

/* Zero-initialise; every member left zero filters nothing. */
typedef struct ch_search_query {
    ch_str text; /* as typed: words, "a phrase", -without, -"a phrase", -part-time; any bytes; over 1,000: CH_TOO_LARGE */
    bool typing; /* the last word may be unfinished: found by prefix (not with three digits or more: references are found whole) */
    bool nearly; /* when fewer than `limit` have all words (sorted by relevance, first page): best of those that have some, apart */
    bool strict; /* all words as they are: no spelling mended, no "most of the words" when all give nothing */
    struct {
        const ch_str *codes; /* any of them; facets are joined by "and" */
        size_t n;
    } filters[CH_FACETS];
    bool remote;               /* only remote ones */
    int64_t salary_min;        /* salary_max of the vacancy at least this, pounds a year */
    bool has_place;            /* within radius_m metres of (lat, lon), by great circle, of any of its locations */
    double lat, lon, radius_m; /* radius_m 0: no limit, the place serves distances and sort */
    ch_str area;               /* named area: postcode area or district ("LS", "LS1"), exact */
    int64_t now;               /* ms: what closes at or before this is not found; 0: everything is */
    ch_search_sort sort;       /* ties: newest first, then by id's hash; distance without a place: relevance */
    size_t limit;              /* hits wanted, at most 100 */
    ch_str cursor;             /* from an earlier answer to the same query, or "" */
    unsigned facets;           /* CH_FACET_BIT… of those wanted */
    uint64_t budget;           /* steps (about a nanosecond each); 0: 500,000,000; beyond: CH_TOO_COSTLY */
} ch_search_query;

typedef struct ch_search_hit {
    ch_str id, blob;
    int64_t version;
    double score;      /* relevance; 0 without text */
    double distance_m; /* to its nearest location; -1 without a place or locations */
} ch_search_hit;

typedef struct ch_facet_count {
    ch_str code;
    uint64_t count;
} ch_facet_count;

typedef struct ch_search_suggestion {
    enum { CH_SUGGEST_RADIUS, CH_SUGGEST_WORDS } kind;
    double radius_m; /* the wider radius; 0 = anywhere */
    ch_str text;     /* the query text with fewer words */
    uint64_t total;  /* exact */
} ch_search_suggestion;

/* Everything lives in the arena given to ch_search_run. */
typedef struct ch_search_result {
    uint64_t total; /* exact */
    ch_search_hit *hits;
    size_t n_hits;
    ch_search_hit *nearly; /* behind the hits, counted nowhere: some of the words, not all */
    size_t n_nearly;
    ch_str cursor; /* of the next page (base64url); "" on the last */
    struct {
        ch_facet_count *counts; /* non-zero, most frequent first, then by code; its own filter left out */
        size_t n;
    } facets[CH_FACETS];
    ch_str corrected;                  /* the text with spelling mended, when that was searched instead; else "" */
    bool relaxed;                      /* no vacancy had all words; these have most of them */
    ch_search_suggestion *suggestions; /* when nothing had all words in this radius; only such as find something */
    size_t n_suggestions;
} ch_search_result;

/* CH_OK; CH_TOO_LARGE: text; CH_INVALID: cursor of another query or forged, radius or place not a number; CH_TOO_COSTLY:
 * budget. */
ch_err ch_search_run(ch_search_index *x, const ch_search_query *q, ch_arena *a, ch_search_result *out);
/* The vacancy itself (also when closed): CH_NOT_FOUND. */
ch_err ch_search_get(ch_search_index *x, ch_str id, ch_arena *a, ch_search_hit *out);
/* Vacancies most like it, best first, itself left out; at most `limit` (100). CH_NOT_FOUND: no such id. */
ch_err ch_search_similar(ch_search_index *x, ch_str id, int64_t now, size_t limit, ch_arena *a, ch_search_result *out);
/* Words of the index that begin so, most frequent first. Returns how many (≤ max). */
size_t ch_search_complete(ch_search_index *x, ch_str prefix, ch_arena *a, ch_str *out, size_t max);
#endif
