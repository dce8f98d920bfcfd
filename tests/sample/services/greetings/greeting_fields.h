#ifndef GREETINGS_GREETING_FIELDS_H
#define GREETINGS_GREETING_FIELDS_H
#include "data/table.h"

typedef struct greeting {
    ch_presence seen;
    ch_str id, person, text;
    int64_t version;
    ch_time created_at;
} greeting;
extern const ch_table greeting_table;
#endif
