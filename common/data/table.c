#include "data/table.h"

#include <ctype.h>
#include <stdio.h>

/* ---- faults */

/* "/locations/0/name" is "locations[0].name" in a form. */
static ch_str form_name(ch_arena *a, ch_str pointer)
{
    ch_buf out = ch_buf_in(a);
    ch_str rest = ch_str_cut(pointer, 1), part;
    if (!rest.n) return rest;
    while (ch_str_split(&rest, '/', &part)) {
        int64_t index;
        if (ch_str_int(part, &index)) ch_buf_printf(&out, "[%.*s]", CH_ARG(part));
        else ch_buf_printf(&out, "%s%.*s", out.n ? "." : "", CH_ARG(part));
    }
    return ch_buf_str(&out);
}

ch_str ch_pointer(ch_arena *a, ch_str at, ch_str key)
{
    enum { LONGEST = 200 }; /* an answer must not grow with the attack */
    ch_buf out = ch_buf_in(a);
    key = ch_utf8_first(key, LONGEST);
    ch_buf_put(&out, at);
    ch_buf_char(&out, '/');
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] == '~') ch_buf_put(&out, CH_STR("~0"));
        else if (key.p[i] == '/') ch_buf_put(&out, CH_STR("~1"));
        else ch_buf_char(&out, key.p[i]);
    }
    return ch_buf_str(&out);
}

static bool fault_at(const ch_faults *f, ch_str pointer)
{
    for (size_t i = 0; i < f->n; i++)
        if (ch_str_eq(f->p[i].pointer, pointer)) return true;
    return false;
}

void ch_fault_add(ch_faults *f, ch_str pointer, const char *format, ...)
{
    char message[512];
    va_list args;
    if (f->n >= 100) return; /* enough to mend; an answer must not grow with the attack */
    va_start(args, format);
    vsnprintf(message, sizeof message, ch_gettext(f->words, format), args);
    va_end(args);
    if (f->n == f->cap) {
        f->cap = f->cap ? 2 * f->cap : 8;
        ch_fault *grown = CH_NEW_N(f->arena, ch_fault, f->cap);
        if (f->n) memcpy(grown, f->p, f->n * sizeof *grown);
        f->p = grown;
    }
    message[0] = (char)toupper((unsigned char)message[0]);
    f->p[f->n++] = (ch_fault){ch_arena_str(f->arena, pointer), form_name(f->arena, pointer),
                              ch_arena_str(f->arena, ch_utf8_first(ch_str_of(message), sizeof message - 8))};
}

const ch_fault *ch_fault_of(const ch_faults *f, ch_str field)
{
    for (size_t i = 0; f && i < f->n; i++)
        if (ch_str_eq(f->p[i].field, field)) return &f->p[i];
    return NULL;
}

/* ---- rows */

const ch_field *ch_field_named(const ch_table *t, ch_str name)
{
    for (size_t i = 0; name.n && i < t->n; i++)
        if (*name.p == *t->fields[i].name && ch_str_is(name, t->fields[i].name)) return &t->fields[i];
    return NULL;
}

static uint64_t bit_of(const ch_table *t, const char *name)
{
    const ch_field *field = ch_field_named(t, ch_str_of(name));
    return field ? 1ull << (field - t->fields) : 0;
}

bool ch_given(const ch_table *t, const void *obj, const char *name) { return (((const ch_presence *)obj)->given & bit_of(t, name)) != 0; }

void ch_mark_given(const ch_table *t, void *obj, const char *name) { ((ch_presence *)obj)->given |= bit_of(t, name); }

uint64_t ch_mask(const ch_table *t, ...)
{
    va_list names;
    uint64_t mask = 0;
    va_start(names, t);
    for (const char *name; (name = va_arg(names, const char *));) mask |= bit_of(t, name);
    va_end(names);
    return mask;
}

bool ch_field_empty(const void *obj, const ch_field *field)
{
    const void *m = ch_member(obj, field);
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT:
    case CH_F_HTML: return ((const ch_str *)m)->n == 0;
    case CH_F_LIST:
    case CH_F_STRS: return ((const ch_list *)m)->n == 0;
    case CH_F_TIME: return *(const ch_time *)m == 0;
    case CH_F_INT: return (field->flags & CH_ZERO_IS_NULL) && *(const int64_t *)m == 0;
    case CH_F_DOUBLE: return (field->flags & CH_ZERO_IS_NULL) && !(*(const double *)m < 0 || *(const double *)m > 0);
    default: return false;
    }
}

/* What has no empty value of its own (a number, a tick, a struct) is missing when nobody gave it, or gave null. */
static bool missing(const ch_table *t, const void *obj, size_t i)
{
    const ch_field *field = &t->fields[i];
    const void *m = ch_member(obj, field);
    const ch_presence *seen = obj;
    if (ch_field_empty(obj, field)) return true;
    if ((seen->given & ~seen->null) >> i & 1) return false;
    switch (field->type) {
    case CH_F_STRUCT: return true;
    case CH_F_BOOL: return !*(const bool *)m;
    case CH_F_INT: return *(const int64_t *)m == 0;
    case CH_F_DOUBLE: return !(*(const double *)m < 0 || *(const double *)m > 0);
    default: return false;
    }
}

/* ---- formats */

static bool host_char(char c) { return isalnum((unsigned char)c) || c == '-'; }

/* The domain has at least two labels, each of letters, digits and inner hyphens (RFC 1123). */
static bool domain_valid(ch_str s)
{
    ch_str label = {"", 0};
    int64_t number;
    size_t labels = 0;
    if (s.n > 253) return false;
    while (ch_str_split(&s, '.', &label)) {
        if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-') return false;
        for (size_t i = 0; i < label.n; i++)
            if (!host_char(label.p[i])) return false;
        labels++;
    }
    return labels >= 2 && !ch_str_int(label, &number); /* 127.1 is an address, not a name */
}

/* The dot-atom form of RFC 5322 that every mail system accepts; no quotes, no comments, no control characters. */
bool ch_email_valid(ch_str s)
{
    ptrdiff_t at = ch_str_index(s, '@');
    if (at < 1 || at > 64 || s.n > 254) return false;
    for (ptrdiff_t i = 0; i < at; i++) {
        char c = s.p[i];
        bool dot = c == '.' && (i == 0 || i == at - 1 || s.p[i - 1] == '.');
        if (dot || !c || !(isalnum((unsigned char)c) || strchr(".!#$%&'*+/=?^_`{|}~-", c))) return false;
    }
    return domain_valid(ch_str_cut(s, (size_t)at + 1));
}

/* Outward: A9 A99 AA9 AA99 A9A AA9A; inward: 9 or 9AA. */
bool ch_postcode_valid(ch_str s)
{
    static const char *const shapes[] = {"A9", "A99", "AA9", "AA99", "A9A", "AA9A"};
    static const char *const endings[] = {"", "9", "9AA"};
    char shape[9];
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == ' ') continue;
        if (n == 7 || !isalnum(c)) return false;
        shape[n++] = isdigit(c) ? '9' : 'A';
    }
    shape[n] = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t j = 0; j < sizeof endings / sizeof *endings; j++) {
            size_t outward = strlen(shapes[i]);
            if (n == outward + strlen(endings[j]) && !memcmp(shape, shapes[i], outward) && !strcmp(shape + outward, endings[j])) return true;
        }
    return false;
}

/* ---- checks */

const char *ch_field_label(const ch_faults *f, const ch_field *field) { return field->label ? ch_gettext(f->words, field->label) : field->name; }

int64_t ch_field_longest(const ch_field *field)
{
    if (field->type == CH_F_LIST || field->type == CH_F_STRS) return field->max ? field->max : 50;
    return field->max ? field->max : field->type == CH_F_TEXT ? 20000 : 200;
}

static bool check_length(const ch_field *field, ch_str s, ch_str at, ch_faults *f)
{
    int64_t n = (int64_t)ch_utf8_length(s), max = ch_field_longest(field);
    if (n > max) ch_fault_add(f, at, "%s must be %lld characters or fewer", ch_field_label(f, field), (long long)max);
    else if (n < field->min) ch_fault_add(f, at, "%s must be %lld characters or more", ch_field_label(f, field), (long long)field->min);
    return n <= max && n >= field->min;
}

/* A line that ends up in a mail header or a log must not bring its own line ends; text has tabs and lines, nothing else. */
static bool check_controls(const ch_field *field, ch_str s, ch_str at, ch_faults *f)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (((unsigned char)c >= 0x20 && c != 0x7F) || (field->type == CH_F_TEXT && (c == '\n' || c == '\r' || c == '\t'))) continue;
        bool line = c == '\n' || c == '\r';
        ch_fault_add(f, at, line ? "%s must be on one line" : "%s must not contain control characters", ch_field_label(f, field));
        return false;
    }
    return true;
}

static bool is_code(const char *const *codes, ch_str s)
{
    for (; *codes; codes++)
        if (ch_str_is(s, *codes)) return true;
    return false;
}

void ch_fault_not_among(ch_faults *f, ch_str pointer, const ch_field *field, ch_str codes)
{
    ch_fault_add(f, pointer, "%s must be one of: %.*s", ch_field_label(f, field), CH_ARG(codes));
}

static ch_str listed(ch_arena *a, const char *const *codes)
{
    ch_buf b = ch_buf_in(a);
    for (size_t i = 0; codes[i]; i++) ch_buf_printf(&b, "%s%s", i ? ", " : "", codes[i]);
    return ch_buf_str(&b);
}

static void check_str(const ch_field *field, ch_str s, ch_str at, ch_faults *f)
{
    const char *message = NULL;
    if (!check_length(field, s, at, f) || !check_controls(field, s, at, f)) return;
    if (field->codes && !is_code(field->codes, s)) ch_fault_not_among(f, at, field, listed(f->arena, field->codes));
    else if ((field->flags & CH_EMAIL) && !ch_email_valid(s))
        ch_fault_add(f, at, "Enter an email address in the correct format, like name@example.com");
    else if ((field->flags & CH_POSTCODE) && !ch_postcode_valid(s))
        ch_fault_add(f, at, "Enter a full UK postcode or its first part, like LS1 or LS1 4AP");
    else if (field->check && (message = field->check(s))) ch_fault_add(f, at, "%s", ch_gettext(f->words, message));
}

static void check_number(const ch_field *field, double value, ch_str at, ch_faults *f)
{
    if (field->min == 0 && field->max == 0) return;
    if (value < (double)field->min || value > (double)field->max)
        ch_fault_add(f, at, "%s must be between %lld and %lld", ch_field_label(f, field), (long long)field->min, (long long)field->max);
}

static void check_table(ch_arena *a, const ch_table *t, const void *obj, uint64_t which, ch_str at, ch_faults *f);

static void check_items(ch_arena *a, const ch_field *field, const ch_list *list, ch_str at, ch_faults *f)
{
    int64_t max = ch_field_longest(field);
    if ((int64_t)list->n > max) ch_fault_add(f, at, "%s: %lld at most", ch_field_label(f, field), (long long)max);
    if ((int64_t)list->n < field->min) ch_fault_add(f, at, "%s: %lld at least", ch_field_label(f, field), (long long)field->min);
    for (size_t i = 0; i < list->n && i < 100; i++) {
        ch_str item = ch_arena_printf(a, "%.*s/%zu", CH_ARG(at), i);
        if (fault_at(f, item)) continue; /* it is not even of the right type */
        if (field->type == CH_F_LIST) check_table(a, field->of, (char *)list->p + i * field->of->size, CH_ALL, item, f);
        else
            check_str(&(ch_field){.name = field->name, .label = field->label, .codes = field->codes, .check = field->check}, ((ch_str *)list->p)[i],
                      item, f);
    }
}

static void check_member(ch_arena *a, const ch_field *field, const void *obj, ch_str at, ch_faults *f)
{
    const void *m = ch_member(obj, field);
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT: check_str(field, *(const ch_str *)m, at, f); break;
    case CH_F_INT: check_number(field, (double)*(const int64_t *)m, at, f); break;
    case CH_F_DOUBLE: check_number(field, *(const double *)m, at, f); break;
    case CH_F_STRUCT: check_table(a, field->of, m, CH_ALL, at, f); break; /* it is replaced as a whole */
    case CH_F_LIST:
    case CH_F_STRS: check_items(a, field, m, at, f); break;
    default: break;
    }
}

/* A label in the middle of a sentence: "Enter town or postcode"; "CV" and "UK postcode" keep their capitals. */
static void refuse_missing(const ch_field *field, ch_str at, ch_faults *f)
{
    if (field->missing) {
        ch_fault_add(f, at, "%s", ch_gettext(f->words, field->missing));
        return;
    }
    const char *label = ch_field_label(f, field);
    char first = islower((unsigned char)label[1]) ? (char)tolower((unsigned char)label[0]) : label[0];
    ch_fault_add(f, at, field->codes || field->type == CH_F_STRS ? "Select %c%s" : "Enter %c%s", first, label + 1);
}

static void check_table(ch_arena *a, const ch_table *t, const void *obj, uint64_t which, ch_str at, ch_faults *f)
{
    const ch_presence *seen = obj;
    for (size_t i = 0; i < t->n; i++) {
        const ch_field *field = &t->fields[i];
        bool wanted = which >> i & 1, given = seen->given >> i & 1;
        if (field->flags & (CH_READ_ONLY | CH_DERIVED | CH_STORED_ONLY) || field->type == CH_F_HTML) continue;
        ch_str here = ch_arena_printf(a, "%.*s/%s", CH_ARG(at), field->name);
        /* One fault for one field: what reading refused (a wrong type) is not missing as well. */
        if (fault_at(f, here)) continue;
        bool empty = missing(t, obj, i);
        if (empty && (wanted || given) && (field->flags & CH_REQUIRED)) refuse_missing(field, here, f);
        else if (!empty) check_member(a, field, obj, here, f);
    }
}

ch_err ch_check(ch_arena *a, const ch_table *t, const void *obj, uint64_t which, ch_faults *faults)
{
    check_table(a, t, obj, which, CH_STR(""), faults);
    return faults->n ? CH_INVALID : CH_OK;
}

const char *ch_table_mistake(const ch_table *t)
{
    if (t->n > 64) return "more than 64 fields";
    for (size_t i = 0; i < t->n; i++) {
        const ch_field *field = &t->fields[i];
        if (field->offset < sizeof(ch_presence) || field->offset >= t->size) return "a field outside its struct";
        if ((field->type == CH_F_STRUCT || field->type == CH_F_LIST) && !field->of) return "a struct without its table";
        if (field->of && field->of != t && ch_table_mistake(field->of)) return ch_table_mistake(field->of);
        if (ch_field_named(t, ch_str_of(field->name)) != field) return "two fields of one name";
    }
    return NULL;
}
