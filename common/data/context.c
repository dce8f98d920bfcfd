#include "data/context.h"

typedef struct entry {
    ch_str key;
    ch_value value;
} entry;

struct ch_map {
    ch_arena *arena;
    entry *p;
    size_t n, cap;
};

ch_map *ch_map_new(ch_arena *a)
{
    ch_map *m = CH_NEW(a, ch_map);
    m->arena = a;
    return m;
}

static entry *find(const ch_map *m, ch_str key)
{
    for (size_t i = 0; i < m->n; i++)
        if (ch_str_eq(key, m->p[i].key)) return &m->p[i];
    return NULL;
}

void ch_map_set(ch_map *m, const char *key, ch_value v)
{
    ch_str name = ch_str_of(key);
    entry *e = find(m, name);
    if (!e) {
        if (m->n == m->cap) {
            m->cap = m->cap ? 2 * m->cap : 12;
            entry *grown = CH_NEW_N(m->arena, entry, m->cap);
            if (m->n) memcpy(grown, m->p, m->n * sizeof *grown);
            m->p = grown;
        }
        e = &m->p[m->n++];
        e->key = name;
    }
    e->value = v;
}

void ch_map_str(ch_map *m, const char *key, ch_str s) { ch_map_set(m, key, ch_v_str(s)); }
void ch_map_z(ch_map *m, const char *key, const char *z) { ch_map_set(m, key, ch_v_z(z)); }
void ch_map_text(ch_map *m, const char *key, const char *english) { ch_map_set(m, key, ch_v_text(ch_str_of(english))); }
void ch_map_name(ch_map *m, const char *key, ch_str english) { ch_map_set(m, key, ch_v_text(english)); }
void ch_map_int(ch_map *m, const char *key, int64_t i) { ch_map_set(m, key, ch_v_int(i)); }
void ch_map_bool(ch_map *m, const char *key, bool b) { ch_map_set(m, key, ch_v_bool(b)); }
void ch_map_time(ch_map *m, const char *key, ch_time t) { ch_map_set(m, key, ch_v_time(t)); }

ch_map *ch_map_add(ch_map *m, const char *key)
{
    entry *e = find(m, ch_str_of(key));
    ch_value list = e ? e->value : (ch_value){.kind = CH_V_VALUES};
    /* Grown at each power of two: n items cost O(n). */
    if ((list.n & (list.n - 1)) == 0) {
        ch_value *grown = CH_NEW_N(m->arena, ch_value, list.n ? 2 * list.n : 1);
        if (list.n) memcpy(grown, list.p, list.n * sizeof *grown);
        list.p = grown;
    }
    ch_map *item = ch_map_new(m->arena);
    ((ch_value *)(uintptr_t)list.p)[list.n++] = ch_v_map(item);
    ch_map_set(m, key, list);
    return item;
}

static ch_value value_of_member(const ch_field *field, const void *m)
{
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT: return ch_v_str(*(const ch_str *)m);
    case CH_F_HTML: return ch_v_html(*(const ch_str *)m);
    case CH_F_INT: return ch_v_int(*(const int64_t *)m);
    case CH_F_DOUBLE: return (ch_value){.kind = CH_V_DOUBLE, .d = *(const double *)m};
    case CH_F_BOOL: return ch_v_bool(*(const bool *)m);
    case CH_F_TIME: return ch_v_time(*(const ch_time *)m);
    case CH_F_STRUCT: return ch_v_obj(field->of, m);
    case CH_F_LIST:
    case CH_F_STRS: return (ch_value){.kind = CH_V_LIST, .p = ((const ch_list *)m)->p, .n = ((const ch_list *)m)->n, .table = field->of};
    }
    return (ch_value){0};
}

ch_value ch_value_get(ch_value v, ch_str name)
{
    if (v.kind == CH_V_MAP) {
        const entry *e = find(v.p, name);
        return e ? e->value : (ch_value){0};
    }
    if (v.kind != CH_V_OBJ) return (ch_value){0};
    const ch_field *field = ch_field_named(v.table, name);
    if (!field || field->flags & (CH_SECRET | CH_PASSWORD)) return (ch_value){0};
    return value_of_member(field, ch_member(v.p, field));
}

ch_value ch_value_at(ch_value list, size_t i)
{
    if (i >= list.n) return (ch_value){0};
    if (list.kind == CH_V_VALUES) return ((const ch_value *)list.p)[i];
    if (!list.table) return ch_v_str(((const ch_str *)list.p)[i]);
    return ch_v_obj(list.table, (const char *)list.p + i * list.table->size);
}

bool ch_value_truthy(ch_value v)
{
    switch (v.kind) {
    case CH_V_NONE: return false;
    case CH_V_STR:
    case CH_V_TEXT:
    case CH_V_HTML: return v.s.n > 0;
    case CH_V_BOOL:
    case CH_V_INT:
    case CH_V_TIME: return v.i != 0;
    case CH_V_LIST:
    case CH_V_VALUES: return v.n > 0;
    default: return true;
    }
}

void ch_value_text(ch_buf *b, ch_value v, const ch_catalogue *words)
{
    switch (v.kind) {
    case CH_V_STR:
    case CH_V_HTML: ch_buf_put(b, v.s); break;
    case CH_V_TEXT: ch_buf_put(b, ch_gettext_str(words, v.s)); break;
    case CH_V_INT: ch_buf_int(b, v.i); break;
    case CH_V_BOOL: ch_buf_put(b, v.i ? CH_STR("true") : CH_STR("false")); break;
    case CH_V_DOUBLE: ch_buf_printf(b, "%g", v.d); break;
    case CH_V_TIME:
        if (v.i) {
            CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
            ch_buf_put(b, ch_time_uk_full(a, v.i, words));
        }
        break;
    default: break;
    }
}
