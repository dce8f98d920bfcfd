#include "data/schema.h"

static void put_string(ch_buf *b, const ch_field *field, bool null)
{
    ch_buf_put(b, null ? CH_STR("\"type\":[\"string\",\"null\"]") : CH_STR("\"type\":\"string\""));
    int64_t min = field->min ? field->min : field->flags & CH_REQUIRED ? 1 : 0;
    if (min && !null) ch_buf_printf(b, ",\"minLength\":%lld", (long long)min);
    ch_buf_printf(b, ",\"maxLength\":%lld", (long long)ch_field_longest(field));
    if (field->flags & CH_EMAIL) ch_buf_put(b, CH_STR(",\"format\":\"email\""));
    if (field->codes && !null) {
        ch_buf_put(b, CH_STR(",\"enum\":["));
        for (size_t i = 0; field->codes[i]; i++) {
            if (i) ch_buf_char(b, ',');
            ch_put_json(b, ch_str_of(field->codes[i]));
        }
        ch_buf_char(b, ']');
    }
}

static void put_number(ch_buf *b, const ch_field *field, const char *type, bool null)
{
    ch_buf_printf(b, null ? "\"type\":[\"%s\",\"null\"]" : "\"type\":\"%s\"", type);
    if (field->min || field->max) ch_buf_printf(b, ",\"minimum\":%lld,\"maximum\":%lld", (long long)field->min, (long long)field->max);
}

static void put_array(ch_buf *b, const ch_field *field, bool input)
{
    int64_t min = field->min ? field->min : field->flags & CH_REQUIRED ? 1 : 0;
    ch_buf_put(b, CH_STR("\"type\":\"array\","));
    if (input && min) ch_buf_printf(b, "\"minItems\":%lld,", (long long)min);
    if (input) ch_buf_printf(b, "\"maxItems\":%lld,", (long long)ch_field_longest(field));
    ch_buf_put(b, CH_STR("\"items\":"));
}

void ch_schema_field(ch_buf *b, const ch_field *field, bool input)
{
    /* A draft that a page began lacks what the API asks for, so any field of an answer may be null; items of a list (no name) may not. */
    bool null = !input && field->name;
    ch_buf_char(b, '{');
    switch (field->type) {
    case CH_F_STR:
    case CH_F_TEXT:
    case CH_F_HTML: put_string(b, field, null); break;
    case CH_F_INT: put_number(b, field, "integer", null && field->flags & CH_ZERO_IS_NULL); break;
    case CH_F_DOUBLE: put_number(b, field, "number", null && field->flags & CH_ZERO_IS_NULL); break;
    case CH_F_BOOL: ch_buf_put(b, CH_STR("\"type\":\"boolean\"")); break;
    case CH_F_TIME:
        ch_buf_put(b,
                   null ? CH_STR("\"type\":[\"string\",\"null\"],\"format\":\"date-time\"") : CH_STR("\"type\":\"string\",\"format\":\"date-time\""));
        break;
    case CH_F_STRUCT:
    case CH_F_LIST:
    case CH_F_STRS:
        if (field->type != CH_F_STRUCT) put_array(b, field, input);
        else ch_buf_put(b, CH_STR("\"allOf\":["));
        if (field->type == CH_F_STRS) ch_schema_field(b, &(ch_field){.type = CH_F_STR, .codes = field->codes, .flags = CH_REQUIRED}, input);
        else ch_schema_write(b, field->of, input);
        if (field->type == CH_F_STRUCT) ch_buf_char(b, ']');
        break;
    }
    if (field->doc) {
        ch_buf_put(b, CH_STR(",\"description\":"));
        ch_put_json(b, ch_str_of(field->doc));
    }
    ch_buf_char(b, '}');
}

static bool shown(const ch_field *field, bool input)
{
    if (field->flags & CH_STORED_ONLY) return false;
    if (input) return !(field->flags & (CH_READ_ONLY | CH_DERIVED)) && field->type != CH_F_HTML;
    return !(field->flags & (CH_SECRET | CH_PASSWORD));
}

void ch_schema_write(ch_buf *b, const ch_table *t, bool input)
{
    const char *sep = "";
    ch_buf_put(b, CH_STR("{\"type\":\"object\",\"properties\":{"));
    for (size_t i = 0; i < t->n; i++) {
        if (!shown(&t->fields[i], input)) continue;
        ch_buf_printf(b, "%s\"%s\":", sep, t->fields[i].name);
        ch_schema_field(b, &t->fields[i], input);
        sep = ",";
    }
    ch_buf_put(b, CH_STR("},\"required\":["));
    sep = "";
    for (size_t i = 0; i < t->n; i++) {
        /* An answer has every field but those that only some readers see, or that was not asked for. */
        bool always = !t->fields[i].readers && !(t->fields[i].flags & CH_IF_ASKED);
        if (!shown(&t->fields[i], input) || !(input ? (t->fields[i].flags & CH_REQUIRED) != 0 : always)) continue;
        ch_buf_printf(b, "%s\"%s\"", sep, t->fields[i].name);
        sep = ",";
    }
    ch_buf_printf(b, "],\"additionalProperties\":false%s", t->doc ? ",\"description\":" : "");
    if (t->doc) ch_put_json(b, ch_str_of(t->doc));
    ch_buf_char(b, '}');
}

/* Sent are the fields that have an example; answered is every field, null where nothing stands. */
static bool exemplified(const ch_field *field, bool input)
{
    bool nested = field->type == CH_F_STRUCT || field->type == CH_F_LIST;
    return shown(field, input) && !field->readers && (!input || field->example || nested);
}

static void put_example(ch_buf *b, const ch_field *field, bool input)
{
    if (field->example) ch_buf_put(b, ch_str_of(field->example));
    else if (field->type == CH_F_STRUCT) ch_schema_example(b, field->of, input);
    else if (field->type == CH_F_LIST) {
        ch_buf_char(b, '[');
        ch_schema_example(b, field->of, input);
        ch_buf_char(b, ']');
    } else if (field->type == CH_F_STRS) ch_buf_put(b, CH_STR("[]"));
    else if (field->type == CH_F_BOOL) ch_buf_put(b, CH_STR("false"));
    else if (field->type == CH_F_INT || field->type == CH_F_DOUBLE) ch_buf_printf(b, "%lld", (long long)(field->min ? field->min : 1));
    else ch_buf_put(b, CH_STR("null"));
}

void ch_schema_example(ch_buf *b, const ch_table *t, bool input)
{
    const char *sep = "";
    ch_buf_char(b, '{');
    for (size_t i = 0; i < t->n; i++) {
        if (!exemplified(&t->fields[i], input)) continue;
        ch_buf_printf(b, "%s\"%s\":", sep, t->fields[i].name);
        put_example(b, &t->fields[i], input);
        sep = ",";
    }
    ch_buf_char(b, '}');
}
