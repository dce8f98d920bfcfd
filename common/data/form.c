#include "data/form.h"

#include <stdio.h>

enum { MOST_PAIRS = 2000 };

/* ---- the wire */

static bool decode_part(ch_arena *a, ch_str s, ch_str *out)
{
    char *p = ch_arena_alloc(a, s.n + 1);
    size_t n = 0;
    ch_str byte;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+') c = ' ';
        else if (c == '%') {
            if (i + 2 >= s.n || !ch_hex_decode(a, (ch_str){s.p + i + 1, 2}, &byte)) return false;
            c = byte.p[0];
            i += 2;
        }
        if (c == '\n' && n && p[n - 1] == '\r') n--;
        p[n++] = c;
    }
    *out = (ch_str){p, n};
    return ch_utf8_valid(*out);
}

bool ch_form_decode(ch_arena *a, ch_str body, ch_pairs *out)
{
    size_t most = 1;
    for (size_t i = 0; i < body.n; i++) most += body.p[i] == '&';
    *out = (ch_pairs){0};
    if (most > MOST_PAIRS) return false;
    out->p = CH_NEW_N(a, ch_pair, most);
    ch_str part;
    while (body.n && ch_str_split(&body, '&', &part)) {
        if (!part.n) continue;
        ch_str value = part, name;
        ch_str_split(&value, '=', &name);
        if (!value.p) value = CH_STR("");
        ch_pair *pair = &out->p[out->n++];
        if (!decode_part(a, name, &pair->name) || !decode_part(a, value, &pair->value)) return false;
    }
    return true;
}

ch_str ch_pairs_get(const ch_pairs *pairs, const char *name)
{
    for (size_t i = 0; pairs && i < pairs->n; i++)
        if (ch_str_is(pairs->p[i].name, name)) return pairs->p[i].value;
    return CH_STR("");
}

void ch_pairs_add(ch_arena *a, ch_pairs *pairs, ch_str name, ch_str value)
{
    ch_pair *grown = CH_NEW_N(a, ch_pair, pairs->n + 1);
    if (pairs->n) memcpy(grown, pairs->p, pairs->n * sizeof *grown);
    grown[pairs->n] = (ch_pair){name, value};
    *pairs = (ch_pairs){grown, pairs->n + 1};
}

/* ---- into a struct */

typedef struct reader {
    ch_arena *arena;
    const ch_pairs *form;
    ch_faults *faults;
} reader;

static ch_str get(const reader *r, ch_str name)
{
    for (size_t i = 0; i < r->form->n; i++)
        if (ch_str_eq(r->form->p[i].name, name)) return r->form->p[i].value;
    return CH_STR("");
}

static ch_str get_part(const reader *r, ch_str name, const char *part)
{
    return ch_str_trim(get(r, ch_arena_printf(r->arena, "%.*s-%s", CH_ARG(name), part)));
}

static ch_str pointer_of(ch_arena *a, ch_str name)
{
    ch_buf out = ch_buf_in(a);
    ch_buf_char(&out, '/');
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == '.' || c == '[') ch_buf_char(&out, '/');
        else if (c != ']') ch_buf_char(&out, c);
    }
    return ch_buf_str(&out);
}

static void fault(const reader *r, ch_str name, const ch_field *field, const char *what)
{
    ch_fault_add(r->faults, pointer_of(r->arena, name), "%s must be %s", ch_field_label(r->faults, field), ch_gettext(r->faults->words, what));
}

/* "17:00", "9.30", "5pm", "5:30 pm", "midday" */
static bool read_clock(ch_str s, ch_civil *c)
{
    if (ch_str_eq_fold(s, CH_STR("midday")) || ch_str_eq_fold(s, CH_STR("noon"))) s = CH_STR("12:00");
    ch_str digits = s;
    int half = -1;
    if (s.n > 2 && (s.p[s.n - 1] | 32) == 'm') {
        half = (s.p[s.n - 2] | 32) == 'p' ? 12 : (s.p[s.n - 2] | 32) == 'a' ? 0 : -2;
        digits = ch_str_trim(ch_str_first(s, s.n - 2));
    }
    ch_str rest = digits, part;
    int64_t hour, minute = 0;
    char point = ch_str_find(digits, CH_STR(".")) < 0 ? ':' : '.';
    if (half == -2 || !ch_str_split(&rest, point, &part) || !ch_str_int(part, &hour)) return false;
    if (rest.p && !ch_str_int(rest, &minute)) return false;
    if (half >= 0 && (hour < 1 || hour > 12)) return false;
    if (half >= 0) hour = hour % 12 + half;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
    c->hour = (int)hour;
    c->minute = (int)minute;
    return true;
}

/* As a number, or by its name: many people write it so. */
static bool read_month(const reader *r, ch_str s, int64_t *out)
{
    if (!ch_str_int(s, out)) *out = ch_month_named(s, r->faults->words);
    return *out > 0 && *out < 13;
}

static void read_time(const reader *r, ch_str name, const ch_field *field, ch_time *out)
{
    ch_str day = get_part(r, name, "day"), month = get_part(r, name, "month"), year = get_part(r, name, "year");
    ch_str clock = get_part(r, name, "time"), whole = ch_str_trim(get(r, name));
    int64_t d, m, y;
    ch_civil c = {.hour = 23, .minute = 59};
    *out = 0;
    if (whole.n) {
        if (!ch_time_parse(whole, out)) fault(r, name, field, N_("a time like 2026-11-23T17:00:00Z"));
        return;
    }
    if (!day.n && !month.n && !year.n) return;
    bool fine = ch_str_int(day, &d) && read_month(r, month, &m) && ch_str_int(year, &y) && y > 999 && y < 10000 && d > 0 && d < 32;
    if (fine) {
        c.day = (int)d;
        c.month = (int)m;
        c.year = (int)y;
    }
    if (!fine || !ch_civil_valid(c)) fault(r, name, field, N_("a real date"));
    else if (clock.n && !read_clock(clock, &c)) fault(r, name, field, N_("a time of day like 5pm or 17:00"));
    else *out = ch_time_uk(c);
}

static void read_strs(const reader *r, ch_str name, ch_list *out)
{
    ch_str *items = CH_NEW_N(r->arena, ch_str, r->form->n + 1);
    *out = (ch_list){items, 0};
    for (size_t i = 0; i < r->form->n; i++) {
        ch_str value = ch_str_trim(r->form->p[i].value);
        if (ch_str_eq(r->form->p[i].name, name) && value.n) items[out->n++] = value;
    }
}

static void read_table(const reader *r, ch_str prefix, const ch_table *t, void *out, uint64_t which);

static bool row_has_text(const reader *r, ch_str prefix)
{
    for (size_t i = 0; i < r->form->n; i++)
        if (ch_str_starts(r->form->p[i].name, prefix) && ch_str_trim(r->form->p[i].value).n) return true;
    return false;
}

static void read_list(const reader *r, ch_str name, const ch_field *field, ch_list *out)
{
    size_t most = (size_t)(field->max ? field->max : 50) + 1;
    *out = (ch_list){ch_arena_alloc_n(r->arena, field->of->size, most), 0};
    for (size_t i = 0; i < most; i++) {
        ch_str prefix = ch_arena_printf(r->arena, "%.*s[%zu].", CH_ARG(name), i);
        if (row_has_text(r, prefix)) read_table(r, prefix, field->of, (char *)out->p + field->of->size * out->n++, CH_ALL);
    }
}

static void read_number(const reader *r, ch_str name, const ch_field *field, ch_str text, void *m)
{
    ch_buf digits = ch_buf_in(r->arena); /* people write £28,407 */
    for (size_t i = 0; i < text.n; i++) {
        if (ch_str_starts(ch_str_cut(text, i), CH_STR("£"))) i++;
        else if (text.p[i] != ',' && text.p[i] != ' ') ch_buf_char(&digits, text.p[i]);
    }
    bool fine = field->type == CH_F_INT ? ch_str_int(ch_buf_str(&digits), m) : ch_str_double(ch_buf_str(&digits), m);
    if (!fine) fault(r, name, field, field->type == CH_F_INT ? N_("a whole number") : N_("a number"));
}

/* An empty box for a number, or an optional group without any text, says "nothing" and not 0. */
static bool left_empty(const reader *r, ch_str name, const ch_field *field)
{
    if (field->type == CH_F_INT || field->type == CH_F_DOUBLE) return !ch_str_trim(get(r, name)).n;
    if (field->type != CH_F_STRUCT || field->flags & CH_REQUIRED) return false;
    return !row_has_text(r, ch_arena_printf(r->arena, "%.*s.", CH_ARG(name)));
}

/* What was loaded before the form is read must not stay. */
static void empty_member(const ch_field *field, void *m)
{
    if (field->type == CH_F_INT) *(int64_t *)m = 0;
    else if (field->type == CH_F_DOUBLE) *(double *)m = 0;
    else memset(m, 0, field->of->size);
}

static void read_member(const reader *r, ch_str name, const ch_field *field, void *m)
{
    ch_str raw = get(r, name), text = ch_str_trim(raw);
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT: *(ch_str *)m = field->flags & CH_PASSWORD ? raw : text; break;
    case CH_F_INT:
    case CH_F_DOUBLE:
        if (text.n) read_number(r, name, field, text, m);
        break;
    case CH_F_BOOL: *(bool *)m = ch_str_is(text, "true") || ch_str_is(text, "on") || ch_str_is(text, "yes"); break;
    case CH_F_TIME: read_time(r, name, field, m); break;
    case CH_F_STRUCT: read_table(r, ch_arena_printf(r->arena, "%.*s.", CH_ARG(name)), field->of, m, CH_ALL); break;
    case CH_F_LIST: read_list(r, name, field, m); break;
    case CH_F_STRS: read_strs(r, name, m); break;
    case CH_F_HTML: break;
    }
}

static void read_table(const reader *r, ch_str prefix, const ch_table *t, void *out, uint64_t which)
{
    ch_presence *seen = out;
    for (size_t i = 0; i < t->n; i++) {
        const ch_field *field = &t->fields[i];
        if (!(which >> i & 1) || field->flags & (CH_READ_ONLY | CH_DERIVED | CH_STORED_ONLY)) continue;
        ch_str name = ch_arena_printf(r->arena, "%.*s%s", CH_ARG(prefix), field->name);
        seen->given |= 1ull << i;
        if (left_empty(r, name, field)) {
            seen->null |= 1ull << i;
            empty_member(field, ch_member(out, field));
        } else read_member(r, name, field, ch_member(out, field));
    }
}

ch_err ch_form_read(ch_arena *a, const ch_pairs *form, const ch_table *t, void *out, uint64_t which, ch_faults *faults)
{
    *(ch_presence *)out = (ch_presence){0}; /* what this form gives, not what was loaded before it */
    read_table(&(reader){a, form, faults}, CH_STR(""), t, out, which);
    return ch_check(a, t, out, which, faults);
}

/* What a system must not send: a value that is read as false, a value that another of the same name overrules. */
static void check_strictly(ch_arena *a, const ch_pair *pair, const ch_field *field, bool again, ch_faults *faults)
{
    static const char *const truths[] = {"true", "on", "yes", "false", "off", "no", "", NULL};
    size_t i = 0;
    ch_str text = ch_str_trim(pair->value), at = ch_pointer(a, CH_STR(""), pair->name);
    if (again && field->type != CH_F_STRS) ch_fault_add(faults, at, "%s is there twice", field->name);
    if (field->type != CH_F_BOOL) return;
    while (truths[i] && !ch_str_is(text, truths[i])) i++;
    if (!truths[i]) ch_fault_add(faults, at, "%s must be true or false", field->name);
}

ch_err ch_query_read(ch_arena *a, const ch_pairs *query, const ch_table *t, void *out, bool strict, ch_faults *faults)
{
    reader r = {a, query, faults};
    ch_presence *seen = out;
    for (size_t i = 0; i < query->n; i++) {
        const ch_field *field = ch_field_named(t, query->p[i].name);
        if (!field && strict)
            ch_fault_add(faults, ch_pointer(a, CH_STR(""), query->p[i].name), "There is no parameter \"%.*s\"",
                         CH_ARG(ch_utf8_first(query->p[i].name, 60)));
        bool again = field && seen->given >> (field - t->fields) & 1;
        if (field && strict) check_strictly(a, &query->p[i], field, again, faults);
        if (!field || again) continue;
        if (!ch_str_trim(query->p[i].value).n) continue; /* a search form sends its empty boxes */
        read_member(&r, query->p[i].name, field, ch_member(out, field));
        seen->given |= 1ull << (field - t->fields);
    }
    return ch_check(a, t, out, 0, faults);
}
