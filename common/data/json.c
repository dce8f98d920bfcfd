#include "data/json.h"

#include <jansson.h>
#include <math.h>

enum { DEEPEST = 32 };

/* jansson recurses as deep as the input; this looks first. */
static bool shallow(ch_str s)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quoted) {
            if (c == '\\') i++;
            else if (c == '"') quoted = false;
        } else if (c == '"') quoted = true;
        else if ((c == '{' || c == '[') && ++depth > DEEPEST) return false;
        else if (c == '}' || c == ']') depth--;
    }
    return true;
}

static void release(void *root) { json_decref(root); }

static json_t *load(ch_arena *a, ch_str text)
{
    json_error_t error;
    if (!shallow(text)) return NULL;
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (root) ch_arena_on_reset(a, release, root);
    return root;
}

/* ---- fields that are there twice: JSON allows them, and which of the two counts is anybody's guess */

enum { KEYS_COMPARED = 200 }; /* of one object: what is left bounds the work */

typedef struct walk {
    ch_arena *arena;
    ch_faults *faults;
    ch_str text; /* well-formed: it was parsed before */
    size_t at;
} walk;

static void skip_space(walk *w)
{
    while (w->at < w->text.n && memchr(" \t\r\n", w->text.p[w->at], 4)) w->at++;
}

/* A string with its quotes. */
static ch_str take_quoted(walk *w)
{
    size_t from = w->at++;
    while (w->at < w->text.n && w->text.p[w->at] != '"') w->at += w->text.p[w->at] == '\\' ? 2 : 1;
    w->at = w->at < w->text.n ? w->at + 1 : w->text.n;
    return (ch_str){w->text.p + from, w->at - from};
}

static ch_str take_key(walk *w)
{
    ch_str quoted = take_quoted(w);
    json_t *key = json_loadb(quoted.p, quoted.n, JSON_DECODE_ANY, NULL);
    ch_str out = key ? ch_arena_str(w->arena, (ch_str){json_string_value(key), json_string_length(key)}) : quoted;
    json_decref(key);
    return out;
}

static void walk_value(walk *w, ch_str here);

typedef struct keys {
    ch_str *p;
    size_t n, cap;
} keys;

/* Whether it was there before. The list grows as keys come: an object of two bytes must not cost kilobytes. */
static bool note_key(walk *w, keys *k, ch_str key)
{
    for (size_t i = 0; i < k->n; i++)
        if (ch_str_eq(k->p[i], key)) return true;
    if (k->n == KEYS_COMPARED) return false;
    if (k->n == k->cap) {
        k->cap = k->cap ? 2 * k->cap : 4;
        ch_str *grown = CH_NEW_N(w->arena, ch_str, k->cap);
        if (k->n) memcpy(grown, k->p, k->n * sizeof *grown);
        k->p = grown;
    }
    k->p[k->n++] = key;
    return false;
}

static void walk_object(walk *w, ch_str here)
{
    keys seen = {0};
    for (w->at++, skip_space(w); w->at < w->text.n && w->text.p[w->at] != '}'; skip_space(w)) {
        if (w->text.p[w->at] != '"') {
            w->at++; /* a comma */
            continue;
        }
        ch_str key = take_key(w), pointer = ch_pointer(w->arena, here, key);
        if (note_key(w, &seen, key)) ch_fault_add(w->faults, pointer, "\"%.*s\" is there twice", CH_ARG(ch_utf8_first(key, 60)));
        skip_space(w);
        w->at++; /* the colon */
        walk_value(w, pointer);
    }
    w->at++;
}

static void walk_array(walk *w, ch_str here)
{
    size_t i = 0;
    for (w->at++, skip_space(w); w->at < w->text.n && w->text.p[w->at] != ']'; skip_space(w)) {
        if (w->text.p[w->at] == ',') w->at++;
        else walk_value(w, ch_arena_printf(w->arena, "%.*s/%zu", CH_ARG(here), i++));
    }
    w->at++;
}

/* As deep as `shallow` let through. */
static void walk_value(walk *w, ch_str here)
{
    skip_space(w);
    if (w->at >= w->text.n) return;
    char c = w->text.p[w->at];
    if (c == '{') walk_object(w, here);
    else if (c == '[') walk_array(w, here);
    else if (c == '"') take_quoted(w);
    else
        while (w->at < w->text.n && !memchr(",]} \t\r\n", w->text.p[w->at], 7)) w->at++;
}

static bool has_duplicates(ch_arena *a, ch_str text, ch_faults *faults)
{
    json_error_t error = {0};
    if (!shallow(text)) return false;
    json_t *strict = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error), *lax = strict ? NULL : json_loadb(text.p, text.n, 0, NULL);
    bool duplicates = !strict && lax && json_error_code(&error) == json_error_duplicate_key;
    json_decref(strict);
    json_decref(lax);
    if (!duplicates) return false;
    walk_value(&(walk){.arena = a, .faults = faults, .text = text}, CH_STR(""));
    if (!faults->n) ch_fault_add(faults, CH_STR(""), "A field is there twice");
    return true;
}

static ch_str string_of(const json_t *j) { return (ch_str){json_string_value(j), json_string_length(j)}; }

typedef struct reader {
    ch_arena *arena;
    ch_faults *faults;
} reader;

static bool read_object(reader *r, json_t *j, const ch_table *t, void *out, ch_str at);

static bool read_str(reader *r, json_t *j, const ch_field *field, ch_str *out)
{
    (void)r;
    if (!json_is_string(j)) return false;
    *out = string_of(j);
    if (!(field->flags & CH_PASSWORD)) *out = ch_str_trim(*out);
    return true;
}

static bool read_number(json_t *j, const ch_field *field, void *out)
{
    if (field->type == CH_F_DOUBLE && json_is_number(j)) *(double *)out = json_number_value(j);
    else if (field->type == CH_F_INT && json_is_integer(j)) *(int64_t *)out = json_integer_value(j);
    else return false;
    return true;
}

static bool read_items(reader *r, json_t *j, const ch_field *field, ch_list *out, ch_str at)
{
    size_t size = field->type == CH_F_LIST ? field->of->size : sizeof(ch_str), n = json_array_size(j);
    if (!json_is_array(j)) return false;
    if (n > 1000) n = 1000; /* the check refuses far fewer */
    *out = (ch_list){ch_arena_alloc_n(r->arena, size, n), n};
    for (size_t i = 0; i < n; i++) {
        ch_str here = ch_arena_printf(r->arena, "%.*s/%zu", CH_ARG(at), i);
        void *item = (char *)out->p + i * size;
        json_t *value = json_array_get(j, i);
        bool fine = field->type == CH_F_LIST ? read_object(r, value, field->of, item, here) : read_str(r, value, field, item);
        if (!fine) ch_fault_add(r->faults, here, "Must be %s", field->type == CH_F_LIST ? "an object" : "a string");
    }
    return true;
}

static bool read_value(reader *r, json_t *j, const ch_field *field, void *m, ch_str at)
{
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT: return read_str(r, j, field, m);
    case CH_F_INT:
    case CH_F_DOUBLE: return read_number(j, field, m);
    case CH_F_BOOL: *(bool *)m = json_is_true(j); return json_is_boolean(j);
    case CH_F_TIME: return json_is_string(j) && ch_time_parse(string_of(j), m);
    case CH_F_STRUCT: return json_is_object(j) && read_object(r, j, field->of, m, at);
    case CH_F_LIST:
    case CH_F_STRS: return read_items(r, j, field, m, at);
    default: return false;
    }
}

static const char *const wanted[] = {
    [CH_F_STR] = "a string",
    [CH_F_TEXT] = "a string",
    [CH_F_HTML] = "left out",
    [CH_F_INT] = "a whole number",
    [CH_F_DOUBLE] = "a number",
    [CH_F_BOOL] = "true or false",
    [CH_F_TIME] = "a time like 2026-11-23T17:00:00Z",
    [CH_F_STRUCT] = "an object",
    [CH_F_LIST] = "a list",
    [CH_F_STRS] = "a list of strings",
};

static bool read_object(reader *r, json_t *j, const ch_table *t, void *out, ch_str at)
{
    ch_presence *seen = out;
    const char *key;
    json_t *value;
    if (!json_is_object(j)) return false;
    json_object_foreach(j, key, value)
    {
        const ch_field *field = ch_field_named(t, ch_str_of(key));
        ch_str here = ch_pointer(r->arena, at, ch_str_of(key));
        if (!field || field->flags & (CH_STORED_ONLY | CH_DERIVED)) {
            ch_fault_add(r->faults, here, "There is no field \"%.*s\"", CH_ARG(ch_utf8_first(ch_str_of(key), 60)));
        } else if (field->flags & CH_READ_ONLY) {
            ch_fault_add(r->faults, here, "%s cannot be set", key);
        } else {
            uint64_t bit = 1ull << (field - t->fields);
            seen->given |= bit;
            if (json_is_null(value)) seen->null |= bit;
            else if (!read_value(r, value, field, ch_member(out, field), here))
                ch_fault_add(r->faults, here, "%s must be %s", field->name, wanted[field->type]);
        }
    }
    return true;
}

ch_err ch_json_read(ch_arena *a, ch_str body, const ch_table *t, void *out, uint64_t which, ch_faults *faults)
{
    reader r = {a, faults};
    json_t *root = ch_utf8_valid(body) ? load(a, body) : NULL;
    if (!root && ch_utf8_valid(body) && has_duplicates(a, body, faults)) return CH_INVALID;
    if (!root || !json_is_object(root)) return CH_MALFORMED;
    read_object(&r, root, t, out, CH_STR(""));
    return ch_check(a, t, out, which, faults);
}

/* ---- writing */

static void write_value(ch_buf *b, const ch_field *field, const void *m, unsigned audience);

static void write_items(ch_buf *b, const ch_field *field, const ch_list *list, unsigned audience)
{
    ch_buf_char(b, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i) ch_buf_char(b, ',');
        if (field->type == CH_F_STRS) ch_put_json(b, ((const ch_str *)list->p)[i]);
        else ch_json_write(b, field->of, (const char *)list->p + i * field->of->size, audience);
    }
    ch_buf_char(b, ']');
}

static void write_time(ch_buf *b, ch_time t)
{
    ch_buf_char(b, '"');
    ch_put_time(b, t);
    ch_buf_char(b, '"');
}

/* 15 digits give back every decimal that was sent; JSON has no NaN. */
static void write_double(ch_buf *b, double d)
{
    if (isfinite(d)) ch_buf_printf(b, "%.15g", d);
    else ch_buf_put(b, CH_STR("null"));
}

static void write_value(ch_buf *b, const ch_field *field, const void *m, unsigned audience)
{
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT:
    case CH_F_HTML: ch_put_json(b, *(const ch_str *)m); break;
    case CH_F_INT: ch_buf_int(b, *(const int64_t *)m); break;
    case CH_F_DOUBLE: write_double(b, *(const double *)m); break;
    case CH_F_BOOL: ch_buf_put(b, *(const bool *)m ? CH_STR("true") : CH_STR("false")); break;
    case CH_F_TIME: write_time(b, *(const ch_time *)m); break;
    case CH_F_STRUCT: ch_json_write(b, field->of, m, audience); break;
    case CH_F_LIST:
    case CH_F_STRS: write_items(b, field, m, audience); break;
    }
}

static bool null_when_empty(const ch_field *field) { return field->type != CH_F_LIST && field->type != CH_F_STRS; }

void ch_json_write(ch_buf *b, const ch_table *t, const void *obj, unsigned audience)
{
    char before = '{';
    for (size_t i = 0; i < t->n; i++) {
        const ch_field *field = &t->fields[i];
        if (field->flags & (CH_SECRET | CH_STORED_ONLY | CH_PASSWORD)) continue;
        if (field->readers && !(field->readers & audience)) continue;
        ch_buf_char(b, before);
        before = ',';
        ch_put_json(b, ch_str_of(field->name));
        ch_buf_char(b, ':');
        if (null_when_empty(field) && ch_field_empty(obj, field)) ch_buf_put(b, CH_STR("null"));
        else write_value(b, field, ch_member(obj, field), audience);
    }
    if (before == '{') ch_buf_char(b, '{');
    ch_buf_char(b, '}');
}

/* ---- other people's JSON */

ch_json *ch_json_parse(ch_arena *a, ch_str text) { return (ch_json *)load(a, text); }

ch_json *ch_json_get(ch_json *j, const char *key) { return (ch_json *)json_object_get((json_t *)j, key); }

ch_json *ch_json_at(ch_json *j, size_t i) { return (ch_json *)json_array_get((json_t *)j, i); }

ch_str ch_json_text(ch_json *j) { return json_is_string((json_t *)j) ? string_of((json_t *)j) : CH_STR(""); }

ch_str ch_json_str(ch_json *j, const char *key) { return ch_json_text(ch_json_get(j, key)); }

int64_t ch_json_int(ch_json *j, const char *key, int64_t fallback)
{
    json_t *value = json_object_get((json_t *)j, key);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

const char *ch_json_key(ch_json *j, size_t i)
{
    void *at = json_object_iter((json_t *)j);
    for (; at && i; i--) at = json_object_iter_next((json_t *)j, at);
    return at ? json_object_iter_key(at) : NULL;
}
