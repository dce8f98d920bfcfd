#include "vacancies/home_pages.h"

#include "base/embed.h"
#include "contracts/reference.h"
#include "data/json.h"
#include "vacancies/service.h"

extern const ch_embedded openapi_document[];

ch_err accessibility_page(ch_call *call)
{
    return ch_reply_page(call, "accessibility", &(ch_page){.title = "Accessibility"}, NULL);
}

ch_err cookies_page(ch_call *call)
{
    return ch_reply_page(call, "cookies", &(ch_page){.title = "Cookies"}, NULL);
}

ch_err privacy_page(ch_call *call)
{
    return ch_reply_page(call, "privacy", &(ch_page){.title = "Privacy"}, NULL);
}

ch_err api_openapi(ch_call *call)
{
    return ch_reply_text(call, 200, "application/json", openapi_document[0].text);
}

/* The document as a page: each operation with its parameters, without a script. */
static void put_operation(ch_map *row, const char *path, const char *method, ch_json *operation)
{
    ch_map_z(row, "method", method);
    ch_map_z(row, "address", path);
    ch_map_str(row, "what", ch_json_str(operation, "summary"));
    ch_map_str(row, "more", ch_json_str(operation, "description"));
    ch_json *parameters = ch_json_get(operation, "parameters"), *one;
    for (size_t i = 0; (one = ch_json_at(parameters, i)); i++) {
        ch_map *p = ch_map_add(row, "parameters");
        ch_map_str(p, "parameter", ch_json_str(one, "name"));
        ch_map_str(p, "where", ch_json_str(one, "in"));
        ch_map_str(p, "doc", ch_json_str(ch_json_get(one, "schema"), "description"));
    }
    ch_map_bool(row, "needs_token", ch_json_at(ch_json_get(operation, "security"), 0) != NULL);
}

ch_err api_docs_page(ch_call *call)
{
    static const char *const methods[][2] = {{"get", "GET"}, {"post", "POST"}, {"patch", "PATCH"}, {"delete", "DELETE"}};
    ch_map *m = ch_map_new(call->arena);
    ch_json *paths = ch_json_get(ch_json_parse(call->arena, openapi_document[0].text), "paths");
    const char *path;
    for (size_t i = 0; (path = ch_json_key(paths, i)); i++)
        for (size_t k = 0; k < 4; k++) {
            ch_json *operation = ch_json_get(ch_json_get(paths, path), methods[k][0]);
            if (operation) put_operation(ch_map_add(m, "operations"), path, methods[k][1], operation);
        }
    return ch_reply_page(call, "api_docs", &(ch_page){.title = "API"}, m);
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
    return ch_reply_text(call, 200, "application/json", ch_buf_str(&b));
}
