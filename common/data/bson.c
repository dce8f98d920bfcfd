#include "data/bson.h"

#include <stdio.h>

static const char *stored_name(const ch_field *field) { return strcmp(field->name, "id") ? field->name : "_id"; }

static void append_items(bson_t *out, const char *key, const ch_field *field, const ch_list *list)
{
    bson_t array;
    BSON_APPEND_ARRAY_BEGIN(out, key, &array);
    for (size_t i = 0; i < list->n; i++) {
        char index[24];
        snprintf(index, sizeof index, "%zu", i);
        if (field->type == CH_F_STRS) {
            const ch_str *s = (const ch_str *)list->p + i;
            bson_append_utf8(&array, index, -1, s->n ? s->p : "", (int)s->n);
        } else {
            bson_t item;
            BSON_APPEND_DOCUMENT_BEGIN(&array, index, &item);
            ch_bson_write(&item, field->of, (const char *)list->p + i * field->of->size);
            bson_append_document_end(&array, &item);
        }
    }
    bson_append_array_end(out, &array);
}

static void append(bson_t *out, const char *key, const ch_field *field, const void *obj)
{
    const void *m = ch_member(obj, field);
    bson_t child;
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT: bson_append_utf8(out, key, -1, ((const ch_str *)m)->n ? ((const ch_str *)m)->p : "", (int)((const ch_str *)m)->n); break;
    case CH_F_INT: BSON_APPEND_INT64(out, key, *(const int64_t *)m); break;
    case CH_F_DOUBLE: BSON_APPEND_DOUBLE(out, key, *(const double *)m); break;
    case CH_F_BOOL: BSON_APPEND_BOOL(out, key, *(const bool *)m); break;
    case CH_F_TIME: BSON_APPEND_DATE_TIME(out, key, *(const ch_time *)m); break;
    case CH_F_STRUCT:
        BSON_APPEND_DOCUMENT_BEGIN(out, key, &child);
        ch_bson_write(&child, field->of, m);
        bson_append_document_end(out, &child);
        break;
    case CH_F_LIST:
    case CH_F_STRS: append_items(out, key, field, m); break;
    case CH_F_HTML: break;
    }
}

void ch_bson_write_some(bson_t *out, const ch_table *t, const void *obj, uint64_t which, const char *prefix)
{
    char key[256];
    for (size_t i = 0; i < t->n; i++) {
        const ch_field *field = &t->fields[i];
        if (!(which >> i & 1) || (field->flags & CH_DERIVED) || field->type == CH_F_HTML) continue;
        snprintf(key, sizeof key, "%s%s", prefix, stored_name(field));
        append(out, key, field, obj);
    }
}

void ch_bson_write(bson_t *out, const ch_table *t, const void *obj) { ch_bson_write_some(out, t, obj, CH_ALL, ""); }

static ch_str copy_str(ch_arena *a, const bson_iter_t *it)
{
    uint32_t n;
    const char *p = bson_iter_utf8(it, &n);
    return ch_arena_str(a, (ch_str){p, n});
}

static void read_document(ch_arena *a, const bson_iter_t *it, const ch_table *t, void *out)
{
    bson_t doc;
    uint32_t n;
    const uint8_t *p;
    bson_iter_document(it, &n, &p);
    if (p && bson_init_static(&doc, p, n)) ch_bson_read(a, &doc, t, out);
}

static void read_items(ch_arena *a, const bson_iter_t *it, const ch_field *field, ch_list *out)
{
    bson_iter_t item;
    size_t n = 0, size = field->type == CH_F_LIST ? field->of->size : sizeof(ch_str);
    if (!bson_iter_recurse(it, &item)) return;
    while (bson_iter_next(&item)) n++;
    *out = (ch_list){ch_arena_alloc_n(a, size, n), n};
    bson_iter_recurse(it, &item);
    for (size_t i = 0; bson_iter_next(&item); i++) {
        void *at = (char *)out->p + i * size;
        if (field->type == CH_F_STRS && BSON_ITER_HOLDS_UTF8(&item)) *(ch_str *)at = copy_str(a, &item);
        else if (field->type == CH_F_LIST && BSON_ITER_HOLDS_DOCUMENT(&item)) read_document(a, &item, field->of, at);
    }
}

static bool read_value(ch_arena *a, const bson_iter_t *it, const ch_field *field, void *m)
{
    bson_type_t type = bson_iter_type(it);
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT:
        if (type == BSON_TYPE_UTF8) *(ch_str *)m = copy_str(a, it);
        return type == BSON_TYPE_UTF8;
    case CH_F_INT:
        if (BSON_ITER_HOLDS_NUMBER(it)) *(int64_t *)m = bson_iter_as_int64(it);
        return BSON_ITER_HOLDS_NUMBER(it);
    case CH_F_DOUBLE:
        if (BSON_ITER_HOLDS_NUMBER(it)) *(double *)m = bson_iter_as_double(it);
        return BSON_ITER_HOLDS_NUMBER(it);
    case CH_F_BOOL:
        if (type == BSON_TYPE_BOOL) *(bool *)m = bson_iter_bool(it);
        return type == BSON_TYPE_BOOL;
    case CH_F_TIME:
        if (type == BSON_TYPE_DATE_TIME) *(ch_time *)m = bson_iter_date_time(it);
        return type == BSON_TYPE_DATE_TIME;
    case CH_F_STRUCT:
        if (type == BSON_TYPE_DOCUMENT) read_document(a, it, field->of, m);
        return type == BSON_TYPE_DOCUMENT;
    case CH_F_LIST:
    case CH_F_STRS:
        if (type == BSON_TYPE_ARRAY) read_items(a, it, field, m);
        return type == BSON_TYPE_ARRAY;
    case CH_F_HTML: break;
    }
    return false;
}

void ch_bson_read(ch_arena *a, const bson_t *doc, const ch_table *t, void *out)
{
    bson_iter_t it;
    ch_presence *seen = out;
    if (!bson_iter_init(&it, doc)) return;
    while (bson_iter_next(&it)) {
        const char *key = bson_iter_key(&it);
        const ch_field *field = ch_field_named(t, ch_str_of(strcmp(key, "_id") ? key : "id"));
        if (field && !(field->flags & CH_DERIVED) && read_value(a, &it, field, ch_member(out, field))) seen->given |= 1ull << (field - t->fields);
    }
}
