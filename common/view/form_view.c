#include "view/form_view.h"

enum { ROWS_MAX = 50 };

typedef struct form {
    ch_arena *arena;
    const ch_form_view *view;
} form;

static ch_map *put_field(const form *f, ch_map *into, const ch_field *field, const void *obj, ch_str prefix);

static ch_str name_of(const form *f, ch_str prefix, const ch_field *field)
{
    return ch_arena_printf(f->arena, "%.*s%s", CH_ARG(prefix), field->name);
}

static void put_error(const form *f, ch_map *m, ch_str name)
{
    const ch_fault *fault = f->view->faults ? ch_fault_of(f->view->faults, name) : NULL;
    if (!fault) return;
    ch_map_bool(m, "has_error", true);
    ch_map_str(m, "error", fault->message);
}

/* A form that comes back for another field's sake has lost the password, and nothing else would say so. */
static const char *hint_of(const form *f, const ch_field *field, ch_str name)
{
    bool is_lost = field->flags & CH_PASSWORD && f->view->typed && !ch_fault_of(f->view->faults, name);
    return is_lost ? N_("Type the password again") : field->hint ? field->hint : "";
}

static const ch_options *options_of(const form *f, const ch_field *field)
{
    for (const ch_options *o = f->view->options; o && o->field; o++)
        if (!strcmp(o->field, field->name)) return o;
    return NULL;
}

/* What stands in the box: as typed, else as stored. Passwords are never given back. */
static ch_str value_of(const form *f, const ch_field *field, const void *obj, ch_str name)
{
    if (field->flags & CH_PASSWORD) return CH_STR("");
    if (f->view->typed) return ch_pairs_get(f->view->typed, ch_arena_z(f->arena, name));
    if (!obj || ch_field_empty(obj, field)) return CH_STR("");
    const void *m = ch_member(obj, field);
    ch_buf b = ch_buf_in(f->arena);
    if (field->type == CH_F_INT && field->flags & CH_REQUIRED && *(const int64_t *)m == 0) return CH_STR(""); /* nobody has filled it in yet */
    if (field->type == CH_F_INT) ch_buf_int(&b, *(const int64_t *)m);
    else if (field->type == CH_F_DOUBLE) ch_buf_printf(&b, "%.15g", *(const double *)m);
    else if (field->type == CH_F_BOOL) ch_buf_put(&b, *(const bool *)m ? CH_STR("true") : CH_STR("false"));
    else return *(const ch_str *)m;
    return ch_buf_str(&b);
}

static bool in_list(const ch_list *list, ch_str code)
{
    for (size_t i = 0; i < list->n; i++)
        if (ch_str_eq(((const ch_str *)list->p)[i], code)) return true;
    return false;
}

static bool is_chosen(const form *f, const ch_field *field, const void *obj, ch_str name, ch_str code)
{
    if (field->type != CH_F_STRS) return ch_str_eq(value_of(f, field, obj, name), code);
    if (!f->view->typed) return obj && in_list(ch_member(obj, field), code);
    for (size_t i = 0; i < f->view->typed->n; i++)
        if (ch_str_eq(f->view->typed->p[i].name, name) && ch_str_eq(f->view->typed->p[i].value, code)) return true;
    return false;
}

static void put_options(const form *f, ch_map *m, const ch_field *field, const void *obj, ch_str name, const ch_options *o)
{
    static const char *const kinds[] = {"is_radios", "is_select", "is_checkboxes"};
    ch_map_bool(m, kinds[o->as], true);
    for (size_t i = 0; o->codes[i].code; i++) {
        ch_map *row = ch_map_add(m, "options");
        ch_str code = ch_str_of(o->codes[i].code);
        /* The first has the field's own id, so that the error summary leads to it. */
        ch_map_str(row, "id", i ? ch_arena_printf(f->arena, "%.*s-%zu", CH_ARG(name), i + 1) : name);
        ch_map_str(row, "name", name);
        ch_map_str(row, "value", code);
        ch_map_text(row, "text", o->codes[i].name);
        ch_map_bool(row, "chosen", is_chosen(f, field, obj, name, code));
    }
}

static ch_str part_of(const form *f, ch_str name, const char *part, int value, int width, bool given)
{
    if (f->view->typed) return ch_pairs_get(f->view->typed, ch_arena_printf(f->arena, "%.*s-%s", CH_ARG(name), part).p);
    return given ? ch_arena_printf(f->arena, "%0*d", width, value) : CH_STR("");
}

static void put_time(const form *f, ch_map *m, const ch_field *field, const void *obj, ch_str name)
{
    ch_time t = obj ? *(const ch_time *)ch_member(obj, field) : 0;
    ch_civil c = ch_civil_uk(t);
    ch_map_bool(m, "is_date", true);
    ch_map_str(m, "day", part_of(f, name, "day", c.day, 1, t != 0));
    ch_map_str(m, "month", part_of(f, name, "month", c.month, 1, t != 0));
    ch_map_str(m, "year", part_of(f, name, "year", c.year, 4, t != 0));
    ch_str clock = t ? ch_arena_printf(f->arena, "%02d:%02d", c.hour, c.minute) : CH_STR("");
    ch_map_str(m, "time", f->view->typed ? ch_pairs_get(f->view->typed, ch_arena_printf(f->arena, "%.*s-time", CH_ARG(name)).p) : clock);
}

/* Rows as they are, and one empty to add another. */
static size_t rows_of(const form *f, const ch_field *field, const void *obj, ch_str name)
{
    size_t most = (size_t)(field->max ? field->max : ROWS_MAX), n = obj && !f->view->typed ? ((const ch_list *)ch_member(obj, field))->n : 0;
    for (size_t i = 0; f->view->typed && i < most; i++) {
        ch_str prefix = ch_arena_printf(f->arena, "%.*s[%zu].", CH_ARG(name), i);
        for (size_t k = 0; k < f->view->typed->n; k++)
            if (ch_str_starts(f->view->typed->p[k].name, prefix) && f->view->typed->p[k].value.n) n = i + 1;
    }
    return n < most ? n + 1 : n;
}

static void put_fields(const form *f, ch_map *into, const ch_table *t, const void *obj, ch_str prefix)
{
    for (size_t i = 0; i < t->n; i++) {
        const ch_field *field = &t->fields[i];
        if (field->flags & (CH_READ_ONLY | CH_DERIVED | CH_STORED_ONLY) || field->type == CH_F_HTML || !field->label) continue;
        ch_map *m = put_field(f, ch_map_add(into, "fields"), field, obj, prefix);
        (void)m;
    }
}

static void put_list(const form *f, ch_map *m, const ch_field *field, const void *obj, ch_str name)
{
    const ch_list *list = obj ? ch_member(obj, field) : NULL;
    ch_map_bool(m, "is_list", true);
    size_t rows = rows_of(f, field, obj, name);
    for (size_t i = 0; i < rows; i++) {
        const void *item = !f->view->typed && list && i < list->n ? (const char *)list->p + i * field->of->size : NULL;
        ch_map *row = ch_map_add(m, "rows");
        ch_map_int(row, "number", (int64_t)i + 1);
        ch_map_str(row, "id", ch_arena_printf(f->arena, "%.*s[%zu]", CH_ARG(name), i));
        if (i + 1 < rows || rows == (size_t)field->max)
            ch_map_str(row, "remove", ch_arena_printf(f->arena, "%.*s[%zu]", CH_ARG(name), i)); /* the last is empty, unless no more fit */
        put_fields(f, row, field->of, item, ch_arena_printf(f->arena, "%.*s[%zu].", CH_ARG(name), i));
    }
}

/* Browsers fill these in; WCAG 1.3.5 asks for it. */
static const char *autocomplete_of(const ch_field *field)
{
    static const char *const known[][2] = {{"name", "name"},
                                           {"phone", "tel"},
                                           {"postcode", "postal-code"},
                                           {"address", "street-address"},
                                           {"new_password", "new-password"},
                                           {"password", "current-password"},
                                           {"town", "address-level2"}};
    if (field->flags & CH_EMAIL) return "email";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(field->name, known[i][0])) return known[i][1];
    return NULL;
}

static void put_kind(const form *f, ch_map *m, const ch_field *field, const void *obj, ch_str name)
{
    const ch_options *o = options_of(f, field);
    ch_map_str(m, "value",
               field->type == CH_F_STRS || field->type == CH_F_LIST || field->type == CH_F_STRUCT || field->type == CH_F_TIME
                   ? CH_STR("")
                   : value_of(f, field, obj, name));
    if (o) put_options(f, m, field, obj, name, o);
    else if (field->type == CH_F_TIME) put_time(f, m, field, obj, name);
    else if (field->type == CH_F_LIST) put_list(f, m, field, obj, name);
    else if (field->type == CH_F_STRUCT) {
        ch_map_bool(m, "is_group", true);
        put_fields(f, m, field->of, obj ? ch_member(obj, field) : NULL, ch_arena_printf(f->arena, "%.*s.", CH_ARG(name)));
    } else if (field->type == CH_F_TEXT) ch_map_bool(m, "is_textarea", true);
    else if (field->type == CH_F_BOOL) {
        ch_map_bool(m, "is_bool", true);
        ch_map_bool(m, "chosen", ch_str_is(value_of(f, field, obj, name), "true"));
    } else {
        ch_map_bool(m, "is_input", true);
        ch_map_z(m, "type", field->flags & CH_PASSWORD ? "password" : field->flags & CH_EMAIL ? "email" : "text");
        bool number = field->type == CH_F_INT || field->type == CH_F_DOUBLE;
        if (number) ch_map_z(m, "inputmode", field->type == CH_F_INT ? "numeric" : "decimal");
        if (number || field->flags & CH_POSTCODE) ch_map_z(m, "width", "nhsuk-input--width-10");
    }
}

static ch_map *put_field(const form *f, ch_map *m, const ch_field *field, const void *obj, ch_str prefix)
{
    ch_str name = name_of(f, prefix, field);
    ch_map_str(m, "id", name);
    ch_map_str(m, "name", name);
    ch_map_text(m, "label", field->label ? field->label : field->name);
    /* Every key is set, so that a field inside a list never shows its parent's. */
    ch_map_text(m, "hint", hint_of(f, field, name));
    ch_map_bool(m, "has_error", false);
    ch_map_bool(m, "optional", !(field->flags & (CH_REQUIRED | CH_WANTED)) && field->type != CH_F_BOOL && field->type != CH_F_LIST);
    for (const char *const *flag = (const char *const[]){"is_input", "is_textarea", "is_radios", "is_select", "is_checkboxes", "is_date", "is_list",
                                                         "is_group", "is_bool", "chosen", NULL};
         *flag; flag++)
        ch_map_bool(m, *flag, false);
    ch_map_z(m, "inputmode", "");
    ch_map_z(m, "width", "");
    ch_map_z(m, "autocomplete", autocomplete_of(field) ? autocomplete_of(field) : "");
    ch_map_int(m, "height", field->max > 5000 ? 16 : field->max > 1000 ? 8 : 4);
    put_error(f, m, name);
    put_kind(f, m, field, obj, name);
    return m;
}

ch_map *ch_form_map(ch_arena *a, ch_map *into, const char *key, const ch_form_view *view)
{
    form f = {a, view};
    ch_map *m = ch_map_new(a);
    for (size_t i = 0; i < view->table->n; i++) {
        const ch_field *field = &view->table->fields[i];
        if (!(view->which >> i & 1) || field->flags & (CH_READ_ONLY | CH_DERIVED | CH_STORED_ONLY)) continue;
        ch_map *one = ch_map_new(a);
        put_field(&f, one, field, view->obj, CH_STR(""));
        ch_map_set(m, field->name, ch_v_map(one));
    }
    ch_map_set(into, key, ch_v_map(m));
    return m;
}
