#include "vacancies/home_pages.h"

#include "base/embed.h"
#include "contracts/reference.h"
#include "data/json.h"
#include "vacancies/service.h"

extern const ch_embedded openapi_document[];

ch_err accessibility_page(ch_call *call) { return ch_reply_page(call, "accessibility", &(ch_page){.title = "Accessibility"}, NULL); }

ch_err cookies_page(ch_call *call) { return ch_reply_page(call, "cookies", &(ch_page){.title = "Cookies"}, NULL); }

ch_err privacy_page(ch_call *call) { return ch_reply_page(call, "privacy", &(ch_page){.title = "Privacy"}, NULL); }

ch_err api_openapi(ch_call *call) { return ch_reply_feed(call, openapi_document[0].text); }

/* ---- the document as a page, drawn from itself, without a script */

static ch_json *document(ch_arena *a) { return ch_json_parse(a, openapi_document[0].text); }

/* "string", "number or nothing", "list of object": what JSON Schema says in words. */
static ch_str type_of(ch_arena *a, ch_json *schema)
{
    ch_json *type = ch_json_get(schema, "type"), *items = ch_json_get(schema, "items");
    ch_str name = ch_json_text(type), format = ch_json_str(schema, "format");
    if (ch_json_at(ch_json_get(schema, "allOf"), 0)) return type_of(a, ch_json_at(ch_json_get(schema, "allOf"), 0));
    if (ch_json_at(type, 0)) return ch_arena_printf(a, "%.*s or null", CH_ARG(ch_json_text(ch_json_at(type, 0))));
    if (items) return ch_arena_printf(a, "list of %.*s", CH_ARG(type_of(a, items)));
    if (format.n) return format;
    return name.n ? name : ch_json_str(schema, "$ref").n ? CH_STR("object") : CH_STR("any");
}

static ch_str limits_of(ch_arena *a, ch_json *schema)
{
    static const struct {
        const char *key, *text;
    } known[] = {{"minLength", "at least %lld characters"},
                 {"maxLength", "at most %lld characters"},
                 {"minimum", "from %lld"},
                 {"maximum", "to %lld"},
                 {"maxItems", "at most %lld"}};
    ch_buf b = ch_buf_in(a);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t n = ch_json_int(schema, known[i].key, INT64_MIN);
        if (n == INT64_MIN || (n <= 1 && i == 0)) continue;
        if (b.n) ch_buf_put(&b, CH_STR(", "));
        for (const char *c = known[i].text; *c; c++) {
            if (*c != '%') ch_buf_char(&b, *c);
            else {
                ch_buf_int(&b, n);
                c += 3;
            }
        }
    }
    ch_json *values = ch_json_get(schema, "enum"), *one;
    for (size_t i = 0; (one = ch_json_at(values, i)); i++) ch_buf_printf(&b, "%s%.*s", i ? " or " : b.n ? ", " : "", CH_ARG(ch_json_text(one)));
    return ch_buf_str(&b);
}

static bool is_required(ch_json *schema, const char *name)
{
    ch_json *required = ch_json_get(schema, "required"), *one;
    for (size_t i = 0; (one = ch_json_at(required, i)); i++)
        if (ch_str_is(ch_json_text(one), name)) return true;
    return false;
}

static ch_map *put_field(ch_arena *a, ch_map *into, ch_str name, ch_json *schema, bool required)
{
    ch_map *row = ch_map_add(into, "fields");
    ch_map_str(row, "field", name);
    ch_map_str(row, "type", type_of(a, schema));
    ch_map_str(row, "limits", limits_of(a, schema));
    ch_map_str(row, "doc", ch_json_str(schema, "description"));
    ch_map_bool(row, "required", required);
    ch_map_z(row, "where", "");
    return row;
}

enum { DEEP = 4 };

/* Fields of fields stand below them: salary.min, locations[].name. */
static void put_schema(ch_arena *a, ch_map *into, ch_json *schema, ch_str prefix, bool answer, int depth)
{
    ch_json *properties = ch_json_get(schema, "properties");
    const char *key;
    for (size_t i = 0; depth < DEEP && (key = ch_json_key(properties, i)); i++) {
        ch_json *one = ch_json_get(properties, key), *inner = ch_json_at(ch_json_get(one, "allOf"), 0), *items = ch_json_get(one, "items");
        ch_str name = ch_arena_printf(a, "%.*s%s", CH_ARG(prefix), key);
        put_field(a, into, name, one, !answer && is_required(schema, key));
        if (ch_json_get(inner ? inner : one, "properties"))
            put_schema(a, into, inner ? inner : one, ch_arena_printf(a, "%.*s.", CH_ARG(name)), answer, depth + 1);
        if (ch_json_get(items, "properties")) put_schema(a, into, items, ch_arena_printf(a, "%.*s[].", CH_ARG(name)), answer, depth + 1);
    }
}

/* #/components/schemas/vacancy → vacancy */
static ch_str schema_name(ch_json *content)
{
    const char *media = ch_json_key(content, 0);
    ch_str ref = media ? ch_json_str(ch_json_get(ch_json_get(content, media), "schema"), "$ref") : CH_STR("");
    return ref.n > 21 ? ch_str_cut(ref, 21) : CH_STR("");
}

static void put_operation(ch_arena *a, ch_map *row, const char *path, const char *method, ch_json *operation)
{
    ch_json *parameters = ch_json_get(operation, "parameters"), *responses = ch_json_get(operation, "responses"), *one;
    const char *status;
    ch_buf codes = ch_buf_in(a);
    ch_map_str(row, "id", ch_arena_printf(a, "%s%s", method, path));
    ch_map_str(row, "table_of", ch_arena_printf(a, "%s %s", method, path));
    ch_map_z(row, "method", method);
    ch_map_z(row, "address", path);
    ch_map_str(row, "what", ch_json_str(operation, "summary"));
    ch_map_str(row, "more", ch_json_str(operation, "description"));
    for (size_t i = 0; (one = ch_json_at(parameters, i)); i++) {
        ch_map *field = put_field(a, row, ch_json_str(one, "name"), ch_json_get(one, "schema"), ch_str_is(ch_json_str(one, "in"), "path"));
        ch_map_str(field, "where", ch_json_str(one, "in"));
    }
    ch_map_bool(row, "has_fields", ch_json_at(parameters, 0) != NULL);
    ch_map_str(row, "body", schema_name(ch_json_get(ch_json_get(operation, "requestBody"), "content")));
    for (size_t i = 0; (status = ch_json_key(responses, i)); i++) {
        ch_buf_printf(&codes, "%s%s", i ? ", " : "", status);
        ch_str answer = schema_name(ch_json_get(ch_json_get(responses, status), "content"));
        if (*status == '2' && answer.n) ch_map_str(row, "answer", answer);
    }
    ch_map_str(row, "codes", ch_buf_str(&codes));
    ch_map_bool(row, "needs_token", ch_json_get(ch_json_at(ch_json_get(operation, "security"), 0), "token") != NULL);
}

static void put_operations(ch_arena *a, ch_map *m, ch_json *doc)
{
    static const char *const methods[][2] = {{"get", "GET"}, {"post", "POST"}, {"patch", "PATCH"}, {"put", "PUT"}, {"delete", "DELETE"}};
    ch_json *paths = ch_json_get(doc, "paths");
    const char *path;
    for (size_t i = 0; (path = ch_json_key(paths, i)); i++)
        for (size_t k = 0; k < sizeof methods / sizeof *methods; k++) {
            ch_json *operation = ch_json_get(ch_json_get(paths, path), methods[k][0]);
            if (operation) put_operation(a, ch_map_add(m, "operations"), path, methods[k][1], operation);
        }
}

static void put_schemas(ch_arena *a, ch_map *m, ch_json *doc)
{
    ch_json *schemas = ch_json_get(ch_json_get(doc, "components"), "schemas");
    const char *name;
    for (size_t i = 0; (name = ch_json_key(schemas, i)); i++) {
        ch_map *row = ch_map_add(m, "schemas");
        ch_json *one = ch_json_get(schemas, name);
        bool answer = !ch_str_ends(ch_str_of(name), CH_STR("_input"));
        ch_map_z(row, "schema", name);
        ch_map_z(row, "table_of", name);
        ch_map_str(row, "about", ch_json_str(one, "description"));
        put_schema(a, row, one, CH_STR(""), answer, 0);
    }
}

ch_err api_docs_page(ch_call *call)
{
    ch_map *m = ch_map_new(call->arena);
    ch_json *doc = document(call->arena);
    put_operations(call->arena, m, doc);
    put_schemas(call->arena, m, doc);
    return ch_reply_page(call, "api_docs",
                         &(ch_page){.title = "API", .description = CH_STR("How other systems search, read, write and publish vacancies")}, m);
}

static void put_codes(ch_buf *b, const char *name, const ch_code *codes)
{
    ch_buf_printf(b, "\"%s\":[", name);
    for (size_t i = 0; codes[i].code; i++) {
        ch_buf_put(b, i ? CH_STR(",{\"code\":") : CH_STR("{\"code\":"));
        ch_put_json(b, ch_str_of(codes[i].code));
        ch_buf_put(b, CH_STR(",\"name\":"));
        ch_put_json(b, ch_str_of(codes[i].name));
        ch_buf_char(b, '}');
    }
    ch_buf_char(b, ']');
}

/* /api/v1/reference/sectors, …/contract_types, …/working_patterns, …/regions */
ch_err api_reference(ch_call *call)
{
    ch_str list = ch_param(call, "list");
    ch_buf b = ch_buf_in(call->arena);
    const char *sep = "";
    ch_buf_char(&b, '{');
    if (ch_str_is(list, "contract_types")) put_codes(&b, "contract_types", ch_contract_types);
    else if (ch_str_is(list, "working_patterns")) put_codes(&b, "working_patterns", ch_working_patterns);
    else if (ch_str_is(list, "regions")) put_codes(&b, "regions", ch_regions);
    else if (ch_str_is(list, "sectors")) {
        ch_buf_put(&b, CH_STR("\"sectors\":["));
        for (const ch_sector *s = ch_sectors; s->code; s++, sep = ",") {
            ch_buf_printf(&b, "%s{\"code\":\"%s\",\"name\":\"%s\",", sep, s->code, s->name);
            put_codes(&b, "kinds", s->kinds);
            ch_buf_char(&b, ',');
            put_codes(&b, "staff_groups", s->staff_groups);
            ch_buf_char(&b, ',');
            put_codes(&b, "pay_bands", s->pay_bands);
            ch_buf_char(&b, '}');
        }
        ch_buf_char(&b, ']');
    } else return CH_NOT_FOUND;
    ch_buf_char(&b, '}');
    return ch_reply_feed(call, ch_buf_str(&b));
}
