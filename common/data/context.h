#ifndef CH_DATA_CONTEXT_H
#define CH_DATA_CONTEXT_H
/*
 * What a template sees: a read-only tree of values over C structs (through their tables, nothing copied) and over maps that a
 * page builds in its arena.
 */
#include "data/table.h"

typedef struct ch_map ch_map;
typedef struct ch_value {
    enum { CH_V_NONE, CH_V_STR, CH_V_TEXT, CH_V_HTML, CH_V_BOOL, CH_V_INT, CH_V_DOUBLE, CH_V_TIME, CH_V_OBJ, CH_V_MAP, CH_V_LIST, CH_V_VALUES } kind;
    ch_str s;
    int64_t i;
    double d;
    const void *p;         /* OBJ: the struct; MAP: the map; LIST: first item; VALUES: ch_value[] */
    const ch_table *table; /* OBJ and LIST of structs; NULL in a LIST: items are ch_str */
    size_t n;
} ch_value;

static inline ch_value ch_v_str(ch_str s) { return (ch_value){.kind = CH_V_STR, .s = s}; }
static inline ch_value ch_v_z(const char *z) { return (ch_value){.kind = CH_V_STR, .s = ch_str_of(z)}; }
/* A text of ours, in English: drawn in the language of the page. What people wrote is a STR. */
static inline ch_value ch_v_text(ch_str s) { return (ch_value){.kind = CH_V_TEXT, .s = s}; }
/* Trusted: what our own sanitiser or chart made. */
static inline ch_value ch_v_html(ch_str s) { return (ch_value){.kind = CH_V_HTML, .s = s}; }
static inline ch_value ch_v_bool(bool b) { return (ch_value){.kind = CH_V_BOOL, .i = b}; }
static inline ch_value ch_v_int(int64_t i) { return (ch_value){.kind = CH_V_INT, .i = i}; }
static inline ch_value ch_v_time(ch_time t) { return (ch_value){.kind = CH_V_TIME, .i = t}; }
static inline ch_value ch_v_obj(const ch_table *t, const void *obj) { return (ch_value){.kind = CH_V_OBJ, .p = obj, .table = t}; }
static inline ch_value ch_v_map(const ch_map *m) { return (ch_value){.kind = CH_V_MAP, .p = m}; }

ch_map *ch_map_new(ch_arena *a);
/* Sets or replaces; `key` must outlive the map (a literal). */
void ch_map_set(ch_map *m, const char *key, ch_value v);
void ch_map_str(ch_map *m, const char *key, ch_str s);
void ch_map_z(ch_map *m, const char *key, const char *z);
void ch_map_text(ch_map *m, const char *key, const char *english);
void ch_map_name(ch_map *m, const char *key, ch_str english); /* of a code, from its list */
void ch_map_int(ch_map *m, const char *key, int64_t i);
void ch_map_bool(ch_map *m, const char *key, bool b);
void ch_map_time(ch_map *m, const char *key, ch_time t);
/* Appends a map to the list of that name and returns it, to be filled. */
ch_map *ch_map_add(ch_map *m, const char *key);

ch_value ch_value_get(ch_value v, ch_str name); /* NONE when there is no such name */
ch_value ch_value_at(ch_value list, size_t i);
bool ch_value_truthy(ch_value v); /* Mustache: false, none, empty list, empty string, 0 in an optional number */
/* As a person reads it in a language: times in UK time, numbers plain. */
void ch_value_text(ch_buf *b, ch_value v, const ch_catalogue *words);
#endif
