/*
 * One request as FastCGI brings it: parameters as "NAME=value" lines, an empty line, the body. Whatever comes, there is one answer with a status that
 * HTTP knows and headers that hold no line end. The routes take a query, JSON, a form, and parts of a multipart body.
 */
#include <stdio.h>

#include "http/exchange.h"
#include "thing.h"

static ch_err take(ch_call *call) { return ch_reply_json(call, 200, &thing_table, call->input ? call->input : call->query); }

static ch_err take_parts(ch_call *call)
{
    ch_part part;
    ch_err e;
    char bytes[97];
    while (!(e = ch_part_next(call, &part)))
        while (ch_part_read(call, bytes, sizeof bytes) > 0) continue;
    return e == CH_NOT_FOUND ? ch_reply_empty(call, 204) : e;
}

static const ch_route routes[] = {
    {.method = CH_GET,
     .path = "/api/v1/things",
     .who = CH_ANYONE,
     .flags = CH_API | CH_NO_SESSION | CH_NO_STORE,
     .handle = take,
     .query = &thing_table,
     .output = &thing_table,
     .summary = "q"},
    {.method = CH_POST,
     .path = "/api/v1/things",
     .who = CH_ANYONE,
     .flags = CH_API | CH_NO_SESSION | CH_NO_STORE | CH_IDEMPOTENT,
     .handle = take,
     .input = &thing_table,
     .output = &thing_table,
     .summary = "j"},
    {.method = CH_PATCH,
     .path = "/api/v1/things/{id}",
     .who = CH_ANYONE,
     .flags = CH_API | CH_NO_SESSION | CH_NO_STORE | CH_IF_MATCH,
     .handle = take,
     .input = &thing_table,
     .output = &thing_table,
     .summary = "p"},
    {.method = CH_POST,
     .path = "/api/v1/form",
     .who = CH_ANYONE,
     .flags = CH_API | CH_NO_SESSION | CH_NO_STORE | CH_TOKEN_FORM,
     .handle = take,
     .input = &thing_table,
     .output = &thing_table,
     .summary = "f"},
    {.method = CH_POST,
     .path = "/api/v1/parts",
     .who = CH_ANYONE,
     .flags = CH_API | CH_NO_SESSION | CH_NO_STORE | CH_STREAM,
     .handle = take_parts,
     .summary = "m",
     .max_body = 1 << 20},
    {0},
};

typedef struct memory {
    ch_str names[64], body;
    char *values[64];
    size_t n;
    ch_buf out;
} memory;

static const char *param(void *p, const char *name)
{
    memory *m = p;
    for (size_t i = 0; i < m->n; i++)
        if (ch_str_is(m->names[i], name)) return m->values[i];
    return NULL;
}

static int64_t read_body(void *p, void *to, size_t n)
{
    memory *m = p;
    size_t some = n < m->body.n ? n : m->body.n;
    memcpy(to, m->body.n ? m->body.p : "", some);
    m->body = ch_str_cut(m->body, some);
    return (int64_t)some;
}

static bool write_out(void *p, const void *from, size_t n)
{
    ch_buf_put(&((memory *)p)->out, (ch_str){from, n});
    return true;
}

static void split_input(ch_arena *a, ch_str all, memory *m)
{
    ch_str rest = all, line;
    while (ch_str_split(&rest, '\n', &line) && line.n && m->n < 64) {
        ptrdiff_t at = ch_str_index(line, '=');
        if (at <= 0) continue;
        m->names[m->n] = ch_str_first(line, (size_t)at);
        m->values[m->n++] = ch_arena_z(a, ch_str_cut(line, (size_t)at + 1));
    }
    m->body = rest.p ? rest : CH_STR("");
}

static void check_answer(ch_str out)
{
    ptrdiff_t end = ch_str_find(out, CH_STR("\r\n\r\n"));
    must(end > 0 && ch_str_starts(out, CH_STR("Status: ")));
    ch_str rest = ch_str_first(out, (size_t)end), line;
    while (ch_str_split(&rest, '\n', &line)) must(ch_str_index(line, ':') > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ch_service service = {.name = "fuzz", .doc = "", .routes = routes};
    static ch_app app;
    if (!app.service)
        app = (ch_app){.service = &service,
                       .view = ch_view_new(),
                       .settings = {.public_url = CH_STR("http://127.0.0.1"), .assets_version = CH_STR("x")},
                       .cookie_key = CH_STR("0123456789abcdef0123456789abcdef")};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096), *mine = ch_arena_new(4096);
    memory m = {.out = ch_buf_in(mine)};
    split_input(mine, (ch_str){(const char *)data, size}, &m);
    /* Only what needs neither Redis nor a page: other addresses are asked for under /api/. */
    const char *uri = param(&m, "REQUEST_URI");
    if (!uri || strncmp(uri, "/api/", 5) != 0) return 0;
    ch_exchange *x = ch_exchange_new(&app, a, &(ch_wire){&m, param, read_body, write_out});
    ch_exchange_run(x);
    check_answer(ch_buf_str(&m.out));
    return 0;
}
