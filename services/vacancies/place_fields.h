#ifndef VACANCIES_PLACE_FIELDS_H
#define VACANCIES_PLACE_FIELDS_H
#include "data/table.h"

typedef struct place_query {
    ch_presence seen;
    ch_str q;
} place_query;
/* One that a text may mean: name tells it apart from others of the same name. */
typedef struct place {
    ch_presence seen;
    ch_str name, region;
    double latitude, longitude;
} place;
typedef struct place_list {
    ch_presence seen;
    CH_LIST_OF(place) places;
} place_list;
extern const ch_table place_query_table, place_table, place_list_table;
#endif
