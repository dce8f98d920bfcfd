/* OpenAPI 3.1 out of the route and field tables: one service's part; scripts/openapi merges them. */
#include "data/schema.h"
#include "http/exchange.h"

static bool in_document(const ch_route *r) { return r->path && r->flags & (CH_API | CH_FEED) && !(r->flags & CH_HIDDEN); }

static void put_pair(ch_buf *b, const char *key, const char *value)
{
    ch_put_json(b, ch_str_of(key));
    ch_buf_char(b, ':');
    ch_put_json(b, ch_str_of(value));
}

static void put_parameter(ch_buf *b, const char **sep, const char *where, ch_str name, bool required, const ch_field *field)
{
    ch_buf_printf(b, "%s{\"name\":", *sep);
    ch_put_json(b, name);
    ch_buf_printf(b, ",\"in\":\"%s\",\"required\":%s,\"schema\":", where, required ? "true" : "false");
    if (field) ch_schema_field(b, field, true);
    else ch_buf_put(b, CH_STR("{\"type\":\"string\"}"));
    if (field && field->example) ch_buf_printf(b, ",\"example\":%s", field->example);
    ch_buf_char(b, '}');
    *sep = ",";
}

/* Asked again for what has not changed. */
static bool has_304(const ch_route *r) { return r->flags & CH_VERSIONED && r->method == CH_GET; }

static void put_parameters(ch_buf *b, const ch_route *r)
{
    const char *sep = "";
    ch_str rest = ch_str_of(r->path), part;
    ch_buf_put(b, CH_STR(",\"parameters\":["));
    while (ch_str_split(&rest, '/', &part))
        if (part.n > 2 && part.p[0] == '{') put_parameter(b, &sep, "path", (ch_str){part.p + 1, part.n - 2}, true, NULL);
    for (size_t i = 0; r->query && i < r->query->n; i++)
        put_parameter(b, &sep, "query", ch_str_of(r->query->fields[i].name), (r->query->fields[i].flags & CH_REQUIRED) != 0, &r->query->fields[i]);
    if (r->flags & CH_IF_MATCH) put_parameter(b, &sep, "header", CH_STR("If-Match"), true, NULL);
    if (has_304(r)) put_parameter(b, &sep, "header", CH_STR("If-None-Match"), false, NULL);
    if (r->flags & CH_IDEMPOTENT) put_parameter(b, &sep, "header", CH_STR("Idempotency-Key"), false, NULL);
    ch_buf_char(b, ']');
}

static void put_content(ch_buf *b, const char *content_type, const ch_table *t, const char *suffix, bool input)
{
    ch_buf_printf(b, "\"content\":{\"%s\":{\"schema\":{\"$ref\":\"#/components/schemas/%s%s\"},\"example\":", content_type, t->name, suffix);
    ch_schema_example(b, t, input);
    ch_buf_put(b, CH_STR("}}"));
}

/* Which of the problems a route can have; the token endpoint has two of its own (RFC 6749). */
static const char *response_of(const ch_route *r, int status)
{
    bool writes = r->method != CH_GET, api = (r->flags & CH_API) != 0, one = strchr(r->path, '{') != NULL, grant = (r->flags & CH_TOKEN_FORM) != 0;
    if (!api && !(status == 404 && one)) return NULL;
    if (status == 403 && r->who & CH_ANYONE) return NULL;
    if (grant && (status == 404 || status == 409)) return NULL;
    if ((status == 409 || status == 413) && !writes) return NULL;
    if ((status == 412 || status == 428) && !(r->flags & CH_IF_MATCH)) return NULL;
    if (grant && (status == 400 || status == 401)) return "token_error";
    return status == 429 || status == 503 ? "wait" : "problem";
}

/* What makes something is of no version yet. */
static bool creates(const ch_route *r) { return r->method == CH_POST && r->flags & CH_API && !(r->flags & (CH_IF_MATCH | CH_TOKEN_FORM)); }

#define ETAG "\"headers\":{\"ETag\":{\"description\":\"The version, for If-Match and If-None-Match\",\"schema\":{\"type\":\"string\"}}}"

/* A feed's media type without its parameters; what stands in it is described by its own format. */
static void put_feed(ch_buf *b, const char *type)
{
    bool json = !strcmp(type, "application/json");
    ch_buf_printf(b, "\"content\":{\"%.*s\":{\"schema\":{%s}}}", (int)strcspn(type, ";"), type, json ? "" : "\"type\":\"string\"");
}

static void put_success(ch_buf *b, const ch_route *r)
{
    ch_buf_printf(b, "\"%d\":{\"description\":\"Done\"", creates(r) ? 201 : 200);
    if (r->flags & CH_VERSIONED) ch_buf_put(b, CH_STR("," ETAG));
    if (r->output || r->type) ch_buf_char(b, ',');
    if (r->output) put_content(b, "application/json", r->output, "", false);
    else if (r->type) put_feed(b, r->type);
    ch_buf_char(b, '}');
    if (has_304(r)) ch_buf_put(b, CH_STR(",\"304\":{\"description\":\"It is as If-None-Match says\"," ETAG "}"));
}

static void put_responses(ch_buf *b, const ch_route *r)
{
    static const int statuses[] = {400, 401, 403, 404, 409, 412, 413, 422, 428, 429, 503};
    ch_buf_put(b, CH_STR(",\"responses\":{"));
    put_success(b, r);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        const char *name = response_of(r, statuses[i]);
        if (name) ch_buf_printf(b, ",\"%d\":{\"$ref\":\"#/components/responses/%s\"}", statuses[i], name);
    }
    if (r->query) ch_buf_put(b, CH_STR(",\"414\":{\"description\":\"The address is longer than 16 kB\"}"));
    ch_buf_char(b, '}');
}

/* Who may ask: nobody's token is needed, one is regarded, or it has to be of one of these roles. */
static void put_security(ch_buf *b, const ch_route *r)
{
    const char *sep = "";
    ch_buf_put(b, CH_STR(",\"security\":["));
    if (r->flags & CH_TOKEN_FORM) ch_buf_put(b, CH_STR("{\"client\":[]},{}"));
    else if (r->who & CH_ANYONE) ch_buf_put(b, r->flags & CH_API ? CH_STR("{},{\"token\":[]}") : CH_STR(""));
    else {
        ch_buf_put(b, CH_STR("{\"token\":["));
        for (const ch_role_name *role = ch_role_names; role->name; role++) {
            if (!(r->who & role->bit)) continue;
            ch_buf_printf(b, "%s\"%s\"", sep, role->name);
            sep = ",";
        }
        ch_buf_put(b, CH_STR("]}"));
    }
    ch_buf_char(b, ']');
}

/* "get_api_v1_vacancies_id": from the address, so that it stays when handlers are renamed. */
static void put_operation_id(ch_buf *b, const char *method, const char *path)
{
    bool gap = true;
    ch_buf_printf(b, "\"operationId\":\"%s", method);
    for (const char *p = path; *p; p++) {
        bool word = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (word && gap) ch_buf_char(b, '_');
        if (word) ch_buf_char(b, *p);
        gap = !word;
    }
    ch_buf_put(b, CH_STR("\","));
}

static void put_operation(ch_buf *b, const ch_route *r)
{
    static const char *const lower[CH_METHODS] = {"get", "post", "put", "patch", "delete"};
    ch_buf_printf(b, "\"%s\":{", lower[r->method]);
    put_operation_id(b, lower[r->method], r->path);
    put_pair(b, "summary", r->summary);
    if (r->doc) {
        ch_buf_char(b, ',');
        put_pair(b, "description", r->doc);
    }
    put_parameters(b, r);
    if (r->input) {
        ch_buf_put(b, CH_STR(",\"requestBody\":{\"required\":true,"));
        put_content(b, r->flags & CH_TOKEN_FORM ? "application/x-www-form-urlencoded" : "application/json", r->input,
                    r->method == CH_PATCH ? "_change" : "_input", true);
        ch_buf_char(b, '}');
    }
    put_responses(b, r);
    put_security(b, r);
    ch_buf_char(b, '}');
}

static bool first_of_path(const ch_route *routes, const ch_route *r)
{
    for (const ch_route *o = routes; o < r; o++)
        if (in_document(o) && !strcmp(o->path, r->path)) return false;
    return true;
}

static void put_paths(ch_buf *b, const ch_route *routes)
{
    const char *sep = "";
    ch_buf_put(b, CH_STR("\"paths\":{"));
    for (const ch_route *r = routes; r->path; r++) {
        if (!in_document(r) || !first_of_path(routes, r)) continue;
        ch_buf_put(b, ch_str_of(sep));
        ch_put_json(b, ch_str_of(r->path));
        ch_buf_char(b, ':');
        char before = '{';
        for (const ch_route *o = r; o->path; o++) {
            if (!in_document(o) || strcmp(o->path, r->path)) continue;
            ch_buf_char(b, before);
            put_operation(b, o);
            before = ',';
        }
        ch_buf_char(b, '}');
        sep = ",";
    }
    ch_buf_char(b, '}');
}

/* Each table once, as answered, as sent, and as changed (nothing required). */
typedef struct schemas {
    ch_buf *b;
    const char *sep;
    struct {
        const ch_table *t;
        int kind;
    } seen[128];
    size_t n;
} schemas;

static void put_schema(schemas *s, const ch_table *t, int kind)
{
    static const char *const suffix[] = {"", "_input", "_change"};
    if (!t) return;
    for (size_t i = 0; i < s->n; i++)
        if (s->seen[i].t == t && s->seen[i].kind == kind) return;
    if (s->n == 128) return;
    s->seen[s->n].t = t;
    s->seen[s->n++].kind = kind;
    ch_buf_printf(s->b, "%s\"%s%s\":", s->sep, t->name, suffix[kind]);
    if (kind == 2) {
        ch_buf_put(s->b, CH_STR("{\"description\":\"Only what is to change\",\"properties\":{"));
        const char *sep = "";
        for (size_t i = 0; i < t->n; i++) {
            if (t->fields[i].flags & (CH_READ_ONLY | CH_DERIVED | CH_STORED_ONLY)) continue;
            ch_buf_printf(s->b, "%s\"%s\":", sep, t->fields[i].name);
            ch_schema_field(s->b, &t->fields[i], true);
            sep = ",";
        }
        ch_buf_put(s->b, CH_STR("},\"type\":\"object\",\"additionalProperties\":false}"));
    } else ch_schema_write(s->b, t, kind == 1);
    s->sep = ",";
}

#define PROBLEM                                                                                                                                                                          \
    "\"application/problem+json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"                                      \
    "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"state\":{\"type\":\"string\"},\"request_id\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":{" \
    "\"type\":\"object\",\"properties\":{\"pointer\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}}}}}},\"example\":{\"type\":"                                                 \
    "\"/api/docs#invalid\",\"title\":\"There is a problem\",\"status\":422,\"errors\":[{\"pointer\":\"/locations/0/postcode\",\"detail\":"                                               \
    "\"Enter a postcode\"}],\"request_id\":\"6f1c0e1d\"}}"

/* What every service's part has: how one is known, and the problems. */
static const char shared[] =
    ",\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"JWT\"},"
    "\"client\":{\"type\":\"http\",\"scheme\":\"basic\",\"description\":\"client_id and client_secret, as an organisation's team page gives them\"}},"
    "\"responses\":{\"problem\":{\"description\":\"What is wrong (RFC 9457)\",\"content\":{" PROBLEM "}},"
    "\"wait\":{\"description\":\"Too many requests, or busy: ask again after Retry-After seconds\",\"headers\":{\"Retry-After\":{\"schema\":"
    "{\"type\":\"integer\"}}},\"content\":{" PROBLEM "}},"
    "\"token_error\":{\"description\":\"What is wrong (RFC 6749 section 5.2)\",\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\","
    "\"properties\":{\"error\":{\"type\":\"string\"}},\"required\":[\"error\"]},\"example\":{\"error\":\"invalid_client\"}}," PROBLEM
    "}}},\"schemas\":{";

void ch_openapi_write(ch_buf *b, const ch_service *service)
{
    schemas s = {.b = b, .sep = ""};
    ch_buf_put(b, CH_STR("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Commonhire\",\"version\":\"1\"},\"servers\":[{\"url\":\"/\"}],"));
    put_paths(b, service->routes);
    ch_buf_put(b, ch_str_of(shared));
    for (const ch_route *r = service->routes; r->path; r++) {
        if (!in_document(r)) continue;
        put_schema(&s, r->output, 0);
        put_schema(&s, r->input, r->method == CH_PATCH ? 2 : 1);
    }
    ch_buf_put(b, CH_STR("}}}\n"));
}

/* For the test matrix, the lint of roles, and nginx's limits. */
void ch_routes_write(ch_buf *b, const ch_service *service)
{
    ch_buf_char(b, '[');
    for (const ch_route *r = service->routes; r->path; r++) {
        const char *sep = "";
        ch_buf_printf(b, "%s\n{\"service\":\"%s\",\"method\":\"%s\",\"path\":\"%s\",\"who\":[", r == service->routes ? "" : ",", service->name,
                      ch_method_name(r->method), r->path);
        if (r->who & CH_ANYONE) {
            ch_buf_put(b, CH_STR("\"anyone\""));
            sep = ",";
        }
        for (const ch_role_name *role = ch_role_names; role->name; role++) {
            if (!(r->who & role->bit)) continue;
            ch_buf_printf(b, "%s\"%s\"", sep, role->name);
            sep = ",";
        }
        ch_buf_printf(b,
                      "],\"page\":%s,\"api\":%s,\"stream\":%s,\"no_store\":%s,\"max_body\":%lld,\"summary\":", r->flags & CH_PAGE ? "true" : "false",
                      r->flags & CH_API ? "true" : "false", r->flags & CH_STREAM ? "true" : "false", r->flags & CH_NO_STORE ? "true" : "false",
                      (long long)r->max_body);
        ch_put_json(b, ch_str_of(r->summary));
        ch_buf_put(b, CH_STR(",\"query\":["));
        for (size_t i = 0; r->query && i < r->query->n; i++) ch_buf_printf(b, "%s\"%s\"", i ? "," : "", r->query->fields[i].name);
        ch_buf_put(b, CH_STR("]}"));
    }
    ch_buf_put(b, CH_STR("\n]\n"));
}
