#ifndef CH_DATA_TABLE_H
#define CH_DATA_TABLE_H
/*
 * Field tables: a noun's fields written down once. The same rows read JSON, forms and BSON into a struct, check it, write it
 * back, describe it in OpenAPI and feed templates. A struct that a table describes starts with `ch_presence seen`.
 *
 *   typedef struct place { ch_presence seen; ch_str name; double latitude; } place;
 *   CH_TABLE(place_table, place, "Where the work is",
 *            CH_ROW(place, name, CH_F_STR, .max = 100, .flags = CH_REQUIRED, .label = "place", .doc = "Town or site"),
 *            CH_ROW(place, latitude, CH_F_DOUBLE, .min = -90, .max = 90));
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

typedef enum ch_field_type {
    CH_F_STR,    /* ch_str, one line */
    CH_F_TEXT,   /* ch_str, several lines */
    CH_F_HTML,   /* ch_str made by our own sanitiser; never read from input, never stored */
    CH_F_INT,    /* int64_t */
    CH_F_DOUBLE, /* double */
    CH_F_BOOL,   /* bool */
    CH_F_TIME,   /* ch_time */
    CH_F_STRUCT, /* embedded struct, `of` */
    CH_F_LIST,   /* ch_list of structs, `of` */
    CH_F_STRS,   /* ch_list of ch_str */
} ch_field_type;

enum {
    CH_REQUIRED = 1,      /* must be there and not empty */
    CH_READ_ONLY = 2,     /* not taken from input: id, version, state */
    CH_SECRET = 4,        /* stored, never written to JSON or a template */
    CH_STORED_ONLY = 8,   /* BSON only: not in JSON */
    CH_DERIVED = 16,      /* JSON and templates only: not in BSON */
    CH_ZERO_IS_NULL = 32, /* a number whose 0 means "not given" */
    CH_EMAIL = 64,        /* an e-mail address */
    CH_POSTCODE = 128,    /* a postcode, outward code or sector */
    CH_PASSWORD = 256,    /* not trimmed, never echoed */
    CH_IF_ASKED = 512,    /* in an answer only when the query asks for it: its schema does not require it */
    CH_WANTED = 1024,     /* a form does not call it optional: the handler says when it must be there */
};

/* A code and what people call it; a list of them ends with a NULL code. */
typedef struct ch_code {
    const char *code, *name;
} ch_code;

typedef struct ch_presence {
    uint64_t given, null; /* bit i: field i of the table */
} ch_presence;

typedef struct ch_list {
    void *p;
    size_t n;
} ch_list;
/* A typed list of the same layout: CH_LIST_OF(place) places; */
#define CH_LIST_OF(type)                                                                                                                             \
    struct {                                                                                                                                         \
        type *p;                                                                                                                                     \
        size_t n;                                                                                                                                    \
    }

typedef struct ch_table ch_table;
typedef struct ch_field {
    const char *name; /* the member's, and on the wire; `id` is `_id` in BSON */
    ch_field_type type;
    size_t offset;
    int64_t min, max; /* characters, value or items; both 0: the type's own limits */
    unsigned flags;
    unsigned readers;             /* audience bits that may see it; 0: everyone who sees the noun */
    const ch_table *of;           /* STRUCT, LIST */
    const char *const *codes;     /* NULL-ended: the values allowed */
    const char *(*check)(ch_str); /* NULL: fine; else the message */
    const char *label, *hint, *doc;
    const char *missing; /* what to say when it must be there and is not; NULL: "Enter" or "Select" and the label */
    const char *example; /* JSON, for OpenAPI */
} ch_field;

struct ch_table {
    const char *name; /* the schema's name in OpenAPI */
    size_t size;
    const ch_field *fields;
    size_t n;
    const char *doc;
};

#define CH_ROW(owner, member, kind, ...)                                                                                                             \
    {                                                                                                                                                \
        .name = #member, .type = (kind), .offset = offsetof(owner, member), ##__VA_ARGS__                                                            \
    }
#define CH_TABLE(symbol, owner, text, ...)                                                                                                           \
    static const ch_field symbol##_rows[] = {__VA_ARGS__};                                                                                           \
    const ch_table symbol = {#owner, sizeof(owner), symbol##_rows, sizeof symbol##_rows / sizeof(ch_field), text}

/* .example of a field of text. */
#define CH_EXAMPLE(text) .example = "\"" text "\""

/* All faults of an input, collected before anything is refused. */
typedef struct ch_fault {
    ch_str pointer; /* RFC 6901: /locations/0/name */
    ch_str field;   /* the form's name: locations[0].name */
    ch_str message; /* for a person */
} ch_fault;
typedef struct ch_faults {
    ch_arena *arena;
    const ch_catalogue *words; /* the language of the messages */
    ch_fault *p;
    size_t n, cap;
} ch_faults;

/* `format` is English; its arguments are in the language of the faults already. */
void ch_fault_add(ch_faults *f, ch_str pointer, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* RFC 6901: at + "/" + key, escaped, a long key cut. */
ch_str ch_pointer(ch_arena *a, ch_str at, ch_str key);
/* The value is none of `codes` (with commas between), which are named: who wrote it may have no other list of them. */
void ch_fault_not_among(ch_faults *f, ch_str pointer, const ch_field *field, ch_str codes);
/* What people call the field, in the language of the faults. */
const char *ch_field_label(const ch_faults *f, const ch_field *field);
const ch_fault *ch_fault_of(const ch_faults *f, ch_str field);

static inline void *ch_member(const void *obj, const ch_field *field) { return (char *)(uintptr_t)obj + field->offset; }
const ch_field *ch_field_named(const ch_table *t, ch_str name);
bool ch_given(const ch_table *t, const void *obj, const char *name);
void ch_mark_given(const ch_table *t, void *obj, const char *name);
/* The bits of some fields: ch_mask(&t, "title", "summary", NULL). */
uint64_t ch_mask(const ch_table *t, ...) __attribute__((sentinel));
#define CH_ALL UINT64_MAX
/* True when the field holds nothing: empty string or list, no time, a number's 0 where that means nothing. */
bool ch_field_empty(const void *obj, const ch_field *field);
/* The most characters of a string or items of a list. */
int64_t ch_field_longest(const ch_field *field);

/* Checks bounds, codes and formats of what is given, and that the required ones among `which` are there. */
ch_err ch_check(ch_arena *a, const ch_table *t, const void *obj, uint64_t which, ch_faults *faults);

/* A mistake in a table (two of a name, more than 64 rows, an offset outside), or NULL; for tests. */
const char *ch_table_mistake(const ch_table *t);

bool ch_email_valid(ch_str s);
/* Outward code (LS1), sector (LS1 4) or whole postcode (LS1 4AP), any case, space optional. */
bool ch_postcode_valid(ch_str s);
#endif
