#include <stdarg.h>
#include <stdio.h>

#include "auth/csrf.h"
#include "auth/sign.h"
#include "base/log.h"
#include "data/json.h"
#include "http/exchange.h"
#include "view/form_view.h"

#define NOTICE_COOKIE "__Host-notice"
enum { NOTICE_MAX = 2000 }; /* bytes: a cookie takes 4,096, and this is in base64 there */

void ch_reply_header(ch_call *call, const char *name, ch_str value)
{
    ch_buf *h = &call->x->headers;
    ch_buf_printf(h, "%s: ", name);
    for (size_t i = 0; i < value.n; i++) /* a line break would begin another header */
        if ((unsigned char)value.p[i] >= ' ' && value.p[i] != 127) ch_buf_char(h, value.p[i]);
    ch_buf_put(h, CH_STR("\r\n"));
}

void ch_reply_cookie(ch_call *call, const char *name, ch_str value, const char *attributes)
{
    ch_str line =
        ch_arena_printf(call->arena, "%s=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax%s%s", name, CH_ARG(value), *attributes ? "; " : "", attributes);
    ch_reply_header(call, "Set-Cookie", line);
}

static ch_err reply(ch_call *call, int status, const char *content_type, ch_str body)
{
    ch_exchange *x = call->x;
    x->replied = true;
    x->status = status;
    x->content_type = content_type;
    x->body = body;
    return CH_OK;
}

ch_err ch_reply_text(ch_call *call, int status, const char *content_type, ch_str body) { return reply(call, status, content_type, body); }

ch_err ch_reply_feed(ch_call *call, ch_str body) { return reply(call, 200, call->route->type, body); }

ch_err ch_reply_empty(ch_call *call, int status) { return reply(call, status, NULL, CH_STR("")); }

/* Only what the caller's roles may see. */
ch_err ch_reply_json(ch_call *call, int status, const ch_table *t, const void *obj)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_json_write(&b, t, obj, ch_call_roles(call));
    return reply(call, status, "application/json", ch_buf_str(&b));
}

/* If-None-Match (RFC 9110 section 13.1.2): a list of tags compared weakly, or *. */
static bool has_it_already(ch_call *call, ch_str tag)
{
    ch_str rest = ch_header(call, "HTTP_IF_NONE_MATCH"), one;
    if (call->route->method != CH_GET) return false;
    while (rest.n && ch_str_split(&rest, ',', &one)) {
        one = ch_str_trim(one);
        if (ch_str_starts(one, CH_STR("W/"))) one = ch_str_cut(one, 2);
        if (ch_str_eq(one, tag) || ch_str_is(one, "*")) return true;
    }
    return false;
}

ch_err ch_reply_json_version(ch_call *call, int status, const ch_table *t, const void *obj, int64_t version)
{
    ch_str tag = ch_arena_printf(call->arena, "\"%lld\"", (long long)version);
    if (!(call->route->flags & CH_VERSIONED)) return ch_reply_json(call, status, t, obj); /* what the document does not tell is not done */
    ch_reply_header(call, "ETag", tag);
    if (status == 200 && has_it_already(call, tag)) return ch_reply_empty(call, 304);
    return ch_reply_json(call, status, t, obj);
}

ch_err ch_reply_redirect(ch_call *call, ch_str to)
{
    bool local = to.n && to.p[0] == '/' && (to.n < 2 || (to.p[1] != '/' && to.p[1] != '\\'));
    ch_reply_header(call, "Location", local ? to : CH_STR("/"));
    return reply(call, 303, NULL, CH_STR(""));
}

void ch_notice(ch_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ch_str text = ch_arena_vprintf(call->arena, ch_gettext(ch_words(call), format), args);
    va_end(args);
    ch_str note = ch_sign(call->arena, call->app->cookie_key, "notice", ch_utf8_first(text, NOTICE_MAX), call->now + 5 * CH_MINUTE);
    ch_reply_cookie(call, NOTICE_COOKIE, note, "Max-Age=300");
}

/* What the last answer left; shown once. */
static void take_notice(ch_call *call)
{
    ch_str cookie = ch_cookie(call, NOTICE_COOKIE);
    if (!cookie.n) return;
    ch_sign_open(call->arena, call->app->cookie_key, "notice", cookie, call->now, &call->notice);
    ch_reply_cookie(call, NOTICE_COOKIE, CH_STR(""), "Max-Age=0");
}

/* ---- pages */

static void put_faults(ch_call *call, ch_map *m)
{
    ch_map_bool(m, "has_faults", call->faults.n > 0);
    for (size_t i = 0; i < call->faults.n; i++) {
        ch_map *row = ch_map_add(m, "faults");
        ch_map_str(row, "field", call->faults.p[i].field);
        ch_map_bool(row, "leads", ch_str_starts(call->faults.p[i].field, CH_STR("/"))); /* mended on another page */
        ch_map_str(row, "message", call->faults.p[i].message);
    }
}

static void put_person(ch_call *call, ch_map *m)
{
    const ch_principal *who = &call->who;
    ch_map_bool(m, "signed_in", who->kind == CH_PERSON);
    ch_map_str(m, "name", who->name);
    ch_map_int(m, "unread", who->unread);
    ch_map_bool(m, "is_department", (who->roles & CH_ROLE_DEPARTMENT) != 0);
    ch_map_bool(m, "many_organisations", who->n > 3); /* the header shows one link to the list of them */
    for (size_t i = 0; i < who->n; i++) {
        ch_map *row = ch_map_add(m, "organisations");
        ch_map_str(row, "organisation", who->memberships[i].organisation);
        ch_map_str(row, "name", who->memberships[i].name);
        ch_map_bool(row, "is_here", call->org && ch_str_eq(call->org->organisation, who->memberships[i].organisation));
    }
    if (call->org) {
        ch_map_set(m, "org", ch_v_obj(&ch_membership_table, call->org));
        ch_map_bool(m, "is_org_admin", (ch_call_roles(call) & CH_ROLE_ORG_ADMIN) != 0);
    }
}

/* "section_jobs": true, for the navigation. */
static void put_section(ch_map *m, const char *section)
{
    static const char *const keys[][2] = {{"jobs", "section_jobs"},         {"candidate", "section_candidate"},   {"messages", "section_messages"},
                                          {"employer", "section_employer"}, {"department", "section_department"}, {"account", "section_account"}};
    for (size_t i = 0; section && i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(section, keys[i][0])) ch_map_bool(m, keys[i][1], true);
}

static void put_page(ch_call *call, const ch_page *page, ch_map *m)
{
    ch_map_set(m, "title", page->title ? ch_v_text(ch_str_of(page->title)) : ch_v_str(page->title_str));
    ch_map_str(m, "back", page->back ? ch_str_of(page->back) : page->back_str);
    ch_map_text(m, "back_text", page->back_text ? page->back_text : N_("Back"));
    ch_map_str(m, "description", page->description);
    ch_map_str(m, "canonical", page->canonical);
    ch_map_set(m, "json_ld", page->json_ld.n ? ch_v_html(page->json_ld) : (ch_value){0});
    ch_map_bool(m, "no_index", page->no_index);
    ch_map_str(m, "csrf", call->csrf);
    ch_map_str(m, "notice", call->notice);
    ch_map_str(m, "assets", call->app->settings.assets_version);
    ch_map_str(m, "public_url", call->app->settings.public_url);
    ch_map_str(m, "path", call->path);
    put_section(m, page->section);
    put_person(call, m);
    put_faults(call, m);
}

ch_str ch_title(ch_call *call, ch_str what, ch_str of)
{
    ch_str name = ch_gettext_str(ch_words(call), what);
    return of.n ? ch_arena_printf(call->arena, "%.*s – %.*s", CH_ARG(name), CH_ARG(of)) : name;
}

/* A cookie only where there is a form that needs it: most pages stay free of any. */
static void set_form_cookie(ch_call *call, ch_str html)
{
    if (call->x->new_form_cookie && ch_str_find(html, call->csrf) >= 0) ch_reply_cookie(call, CH_CSRF_COOKIE, call->x->form_secret, "");
}

ch_err ch_reply_page_status(ch_call *call, int status, const char *name, const ch_page *page, ch_map *context)
{
    ch_map *m = context ? context : ch_map_new(call->arena);
    ch_buf inner = ch_buf_in(call->arena), whole = ch_buf_in(call->arena);
    take_notice(call);
    put_page(call, page, m);
    const ch_view *view = ch_language_put(call, name, m);
    ch_err e = ch_view_render(view, &inner, name, ch_v_map(m));
    ch_map_set(m, "body", ch_v_html(ch_buf_str(&inner)));
    if (!e) e = ch_view_render(view, &whole, "layout", ch_v_map(m));
    if (e) {
        CH_LOG(CH_ERROR, "template_failed", CH_KZ("template", name), CH_KZ("why", ch_err_name(e)));
        return reply(call, 500, "text/plain; charset=utf-8", CH_STR("Sorry, there is a problem with this page.\n"));
    }
    set_form_cookie(call, ch_buf_str(&whole));
    ch_reply_header(call, "Cache-Control", CH_STR("no-store"));
    return reply(call, status, "text/html; charset=utf-8", ch_buf_str(&whole));
}

ch_err ch_reply_page(ch_call *call, const char *name, const ch_page *page, ch_map *context)
{
    return ch_reply_page_status(call, call->faults.n ? 422 : 200, name, page, context);
}

/* What nobody's field is comes first. */
static size_t place_of(const ch_table *t, ch_str field)
{
    for (size_t i = 0; i < t->n; i++) {
        ch_str name = ch_str_of(t->fields[i].name);
        bool whole = field.n == name.n || (field.n > name.n && (field.p[name.n] == '.' || field.p[name.n] == '['));
        if (whole && ch_str_starts(field, name)) return i + 1;
    }
    return 0;
}

/* The summary goes down the page: the table's faults and the handler's, in the order of the fields. */
static void order_faults(ch_faults *f, const ch_table *t)
{
    for (size_t i = 1; i < f->n; i++) {
        ch_fault one = f->p[i];
        size_t to = i;
        for (; to > 0 && place_of(t, f->p[to - 1].field) > place_of(t, one.field); to--) f->p[to] = f->p[to - 1];
        f->p[to] = one;
    }
}

ch_err ch_reply_form(ch_call *call, const char *name, const ch_page *page, ch_map *context, const ch_table *t, const void *obj, uint64_t which,
                     const ch_options *options)
{
    ch_map *m = context ? context : ch_map_new(call->arena);
    bool typed = call->route->method == CH_POST && call->faults.n > 0;
    order_faults(&call->faults, t);
    ch_form_map(
        call->arena, m, "form",
        &(ch_form_view){.table = t, .obj = obj, .which = which, .typed = typed ? &call->form : NULL, .faults = &call->faults, .options = options});
    return ch_reply_page(call, name, page, m);
}

ch_err ch_reply_confirm(ch_call *call, const ch_confirm *c)
{
    ch_map *m = ch_map_new(call->arena);
    ch_map_name(m, "question", c->question);
    ch_map_str(m, "caption", c->caption);
    for (size_t i = 0; i < sizeof c->texts / sizeof *c->texts && c->texts[i].n; i++) ch_map_name(ch_map_add(m, "paragraphs"), "text", c->texts[i]);
    ch_map_str(m, "action", c->action);
    ch_map_text(m, "button", c->button);
    ch_map_text(m, "keep", c->keep ? c->keep : N_("Cancel"));
    if (c->version) ch_map_int(m, "looked_at", c->version);
    return ch_reply_page(call, "confirm",
                         &(ch_page){.title_str = ch_title(call, c->question, c->caption), .section = c->section, .back_str = c->back}, m);
}

ch_err ch_reply_stream(ch_call *call, int status, const char *content_type, const ch_source *source)
{
    call->x->source = *source;
    call->x->has_source = true;
    return reply(call, status, content_type, CH_STR(""));
}

/* ---- onto the wire */

static void send_source(ch_exchange *x)
{
    char chunk[32 << 10];
    int64_t n;
    while (!x->is_head && (n = x->source.read(x->source.arg, chunk, sizeof chunk)) > 0)
        if (!x->wire.write(x->wire.arg, chunk, (size_t)n)) break;
    if (x->source.done) x->source.done(x->source.arg);
}

void ch_reply_send(ch_exchange *x)
{
    ch_buf head = ch_buf_in(x->call.arena);
    int64_t length = x->has_source ? x->source.length : (int64_t)x->body.n;
    ch_buf_printf(&head, "Status: %d\r\n", x->status);
    if (x->content_type) ch_buf_printf(&head, "Content-Type: %s\r\n", x->content_type);
    if (length >= 0) ch_buf_printf(&head, "Content-Length: %lld\r\n", (long long)length);
    ch_buf_put(&head, ch_buf_str(&x->headers));
    ch_buf_put(&head, CH_STR("\r\n"));
    if (!x->has_source && !x->is_head && x->body.n <= 16 << 10) ch_buf_put(&head, x->body); /* one write for most answers */
    bool fine = x->wire.write(x->wire.arg, head.p, head.n);
    if (x->has_source) send_source(x);
    else if (fine && !x->is_head && x->body.n > 16 << 10) x->wire.write(x->wire.arg, x->body.p, x->body.n);
}
