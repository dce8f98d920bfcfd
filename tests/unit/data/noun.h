#ifndef UNIT_DATA_NOUN_H
#define UNIT_DATA_NOUN_H
/* A noun with a field of every type and flag, for the tests of this room. */
#include "data/table.h"
#include "unit.h"

typedef struct place {
    ch_presence seen;
    ch_str name, postcode;
    double latitude;
} place;
typedef struct pay {
    ch_presence seen;
    int64_t min, max;
    ch_str period;
} pay;
typedef struct noun {
    ch_presence seen;
    ch_str id, title, text, kind, email, hidden, inner, derived, html, password;
    int64_t version, count, score;
    double ratio;
    bool remote, agreed;
    ch_time closes_at;
    pay pay;
    CH_LIST_OF(place) places;
    CH_LIST_OF(ch_str) patterns;
    ch_str for_staff;
} noun;

static const char *const noun_kinds[] = {"full", "part", NULL};
static inline const char *noun_check(ch_str s) { return ch_str_is(s, "forbidden") ? "that title is taken" : NULL; }

CH_TABLE(place_table, place, "Where", CH_ROW(place, name, CH_F_STR, .max = 20, .flags = CH_REQUIRED),
         CH_ROW(place, postcode, CH_F_STR, .flags = CH_POSTCODE), CH_ROW(place, latitude, CH_F_DOUBLE, .min = -90, .max = 90));
CH_TABLE(pay_table, pay, "Pay", CH_ROW(pay, min, CH_F_INT, .min = 1, .max = 1000000, .flags = CH_REQUIRED),
         CH_ROW(pay, max, CH_F_INT, .min = 1, .max = 1000000, .flags = CH_ZERO_IS_NULL), CH_ROW(pay, period, CH_F_STR));
CH_TABLE(noun_table, noun, "A noun", CH_ROW(noun, id, CH_F_STR, .flags = CH_READ_ONLY), CH_ROW(noun, version, CH_F_INT, .flags = CH_READ_ONLY),
         CH_ROW(noun, title, CH_F_STR, .min = 3, .max = 10, .flags = CH_REQUIRED, .check = noun_check, .label = "a title", .doc = "What it is"),
         CH_ROW(noun, text, CH_F_TEXT), CH_ROW(noun, kind, CH_F_STR, .codes = noun_kinds), CH_ROW(noun, email, CH_F_STR, .flags = CH_EMAIL),
         CH_ROW(noun, hidden, CH_F_STR, .flags = CH_SECRET), CH_ROW(noun, inner, CH_F_STR, .flags = CH_STORED_ONLY),
         CH_ROW(noun, derived, CH_F_STR, .flags = CH_DERIVED), CH_ROW(noun, html, CH_F_HTML), CH_ROW(noun, password, CH_F_STR, .flags = CH_PASSWORD),
         CH_ROW(noun, count, CH_F_INT, .min = 1, .max = 100), CH_ROW(noun, score, CH_F_INT, .flags = CH_ZERO_IS_NULL),
         CH_ROW(noun, ratio, CH_F_DOUBLE, .min = -5, .max = 5), CH_ROW(noun, remote, CH_F_BOOL), CH_ROW(noun, agreed, CH_F_BOOL),
         CH_ROW(noun, closes_at, CH_F_TIME), CH_ROW(noun, pay, CH_F_STRUCT, .of = &pay_table),
         CH_ROW(noun, places, CH_F_LIST, .of = &place_table, .max = 3), CH_ROW(noun, patterns, CH_F_STRS, .codes = noun_kinds),
         CH_ROW(noun, for_staff, CH_F_STR, .readers = 2));

typedef struct strict {
    ch_presence seen;
    int64_t count;
    double ratio;
    bool agreed;
    ch_time at;
    pay pay;
    CH_LIST_OF(ch_str) patterns;
} strict;
CH_TABLE(strict_table, strict, "All required", CH_ROW(strict, count, CH_F_INT, .flags = CH_REQUIRED),
         CH_ROW(strict, ratio, CH_F_DOUBLE, .flags = CH_REQUIRED), CH_ROW(strict, agreed, CH_F_BOOL, .flags = CH_REQUIRED),
         CH_ROW(strict, at, CH_F_TIME, .flags = CH_REQUIRED), CH_ROW(strict, pay, CH_F_STRUCT, .of = &pay_table, .flags = CH_REQUIRED),
         CH_ROW(strict, patterns, CH_F_STRS, .flags = CH_REQUIRED));

/* All faults as "pointer: message" lines. */
static inline ch_str faults_text(const ch_faults *f)
{
    ch_buf b = ch_buf_in(f->arena);
    for (size_t i = 0; i < f->n; i++) ch_buf_printf(&b, "%.*s: %.*s\n", CH_ARG(f->p[i].pointer), CH_ARG(f->p[i].message));
    return ch_buf_str(&b);
}
#define CK_STR(expr, want)                                                                                                                           \
    do {                                                                                                                                             \
        ch_str got_ = (expr);                                                                                                                        \
        ck_assert_msg(ch_str_is(got_, want), "got \"%.*s\", wanted \"%s\"", CH_ARG(got_), want);                                                     \
    } while (0)
#define CK_FAULTS(f, want) CK_STR(faults_text(f), want)
#endif
