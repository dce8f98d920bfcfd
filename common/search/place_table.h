#ifndef CH_SEARCH_PLACE_TABLE_H
#define CH_SEARCH_PLACE_TABLE_H
/* The room's own: the places as generate_places.c writes them at build time; read-only, shared by all processes, ready
 * without a step at start. */
#include "base/str.h"

enum { PLACE_NOWHERE = UINT16_MAX };
enum place_label { LABEL_NAME, LABEL_REGION, LABEL_NEAR, LABEL_DISTRICT }; /* how much it takes to tell it apart */

typedef struct place_row {
    uint32_t name;    /* into place_text */
    int32_t lat, lon; /* ten thousandths of a degree */
    uint32_t weight;
    uint16_t district, near; /* rows, or PLACE_NOWHERE */
    uint8_t name_n, kind, region, label;
} place_row;

enum { NAME_OWN = 0, NAME_PREFERRED = 1, NAME_SHORT = 2, NAME_INNER = 4 };
/*
 * What a place answers to, folded (place_fold): its name; another name (preferred: meant before all others); the
 * beginning of "Newcastle upon Tyne"; an inner word on, for completion only. Sorted by text, the preferred first, then
 * by rank.
 */
typedef struct place_name {
    uint32_t text;
    uint16_t row, rank; /* rank: towns by weight, then codes as people count them */
    uint8_t n, flags;
} place_name;

/* Names of towns in that order (not their inner words); `shared`: so many bytes begin as those of the one before. */
enum { PLACE_BEGIN = 8 };
typedef struct place_town {
    uint32_t letters, begin; /* which occur, and in the first PLACE_BEGIN bytes: bit (byte & 31) */
    uint16_t name;
    uint8_t shared;
} place_town;

extern const char place_text[];
extern const place_row place_rows[];
extern const place_name place_names[];
extern const place_town place_towns[];
extern const uint32_t place_rows_n, place_names_n, place_towns_n;
extern const ch_str place_regions[];
#endif
