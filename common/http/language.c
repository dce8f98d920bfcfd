#include "http/language.h"

#include "base/log.h"
#include "http/exchange.h"

/* ---- at start */

extern const ch_embedded catalogues[];

static const ch_embedded *compiled_in(ch_str code)
{
    for (const ch_embedded *e = catalogues; e->name; e++)
        if (ch_str_is(code, e->name)) return e;
    return NULL;
}

static const char *load(ch_app *app, ch_arena *a, ch_str code)
{
    const ch_embedded *file = compiled_in(code);
    const char *why;
    if (app->n_languages == CH_LANGUAGES) return "too many languages";
    if (!file) return ch_arena_printf(a, "no catalogue of \"%.*s\"", CH_ARG(code)).p;
    ch_catalogue *words = ch_catalogue_read(a, file->text, &why);
    if (!words) return ch_arena_printf(a, "catalogue of %s: %s", file->name, why).p;
    ch_view *view = ch_view_in(words);
    why = app->service->templates ? ch_view_add(view, app->service->templates) : NULL;
    if (why) return ch_arena_printf(a, "in %s: %s", file->name, why).p;
    /* In place of "English" a catalogue has its language's own name. */
    app->languages[app->n_languages++] = (ch_language){file->name, ch_gettext(words, N_("English")), words, view};
    CH_LOG(CH_INFO, "language", CH_KZ("code", file->name), CH_KI("texts", (int64_t)ch_catalogue_size(words)));
    return NULL;
}

/* "en,cy" */
const char *ch_languages_load(ch_app *app, ch_str wanted)
{
    static ch_arena *a; /* as long as the process */
    const char *why = NULL;
    ch_str code;
    if (!a) a = ch_arena_new(4096);
    while (!why && wanted.n && ch_str_split(&wanted, ',', &code)) {
        code = ch_str_trim(code);
        if (code.n && !ch_str_is(code, "en")) why = load(app, a, code);
    }
    return why;
}

/* ---- whose language */

const ch_language *ch_language_of(const ch_app *app, ch_str code)
{
    for (size_t i = 0; i < app->n_languages; i++)
        if (ch_str_eq_fold(code, ch_str_of(app->languages[i].code))) return &app->languages[i];
    return NULL;
}

/* A choice made by hand: false where it is none that we have. */
static bool chosen(const ch_app *app, ch_str code, const ch_language **out)
{
    *out = ch_language_of(app, code);
    return *out || ch_str_is(code, "en");
}

/* ";q=0.8" in thousandths (RFC 9110 section 12.4.2); 1000 where it says nothing, 0 what cannot be read. */
static int quality(ch_str parameters)
{
    ch_str part;
    double q = 1;
    while (parameters.n && ch_str_split(&parameters, ';', &part)) {
        part = ch_str_trim(part);
        if (ch_str_starts(part, CH_STR("q=")) && !ch_str_double(ch_str_cut(part, 2), &q)) q = 0;
    }
    return q > 0 && q <= 1 ? (int)(q * 1000 + 0.5) : 0;
}

/* "cy-GB" asks for cy, "*" for whatever we like best, which is English; of equals the first. */
static const ch_language *accepted(const ch_app *app, ch_str header)
{
    const ch_language *best = NULL;
    int best_quality = 0;
    ch_str range, tag;
    header = ch_str_first(header, 1000);
    while (header.n && ch_str_split(&header, ',', &range)) {
        ch_str rest = range;
        if (!ch_str_split(&rest, ';', &tag)) continue;
        int q = quality(rest);
        tag = ch_str_trim(tag);
        ptrdiff_t hyphen = ch_str_index(tag, '-');
        if (hyphen > 0) tag = ch_str_first(tag, (size_t)hyphen);
        const ch_language *one = ch_language_of(app, tag);
        bool ours = one || ch_str_eq_fold(tag, CH_STR("en")) || ch_str_is(tag, "*");
        if (!ours || q <= best_quality) continue;
        best = one;
        best_quality = q;
    }
    return best;
}

static bool is_page(const ch_call *call) { return call->route ? (call->route->flags & CH_PAGE) != 0 : !ch_str_starts(call->path, CH_STR("/api/")); }

static ch_str asked(const ch_call *call)
{
    ch_str rest = call->query_string, part;
    while (rest.n && ch_str_split(&rest, '&', &part))
        if (ch_str_starts(part, CH_STR("lang="))) return ch_str_cut(part, 5);
    return CH_STR("");
}

/* By a link now, or by one before. */
static bool chosen_by_hand(const ch_call *call, const ch_language **out)
{
    return chosen(call->app, asked(call), out) || chosen(call->app, ch_cookie(call, CH_LANGUAGE_COOKIE), out);
}

bool ch_language_by_hand(const ch_call *call)
{
    const ch_language *language;
    return call->app->n_languages && chosen_by_hand(call, &language);
}

ch_str ch_language_code(const ch_call *call) { return ch_str_of(call->language ? call->language->code : ""); }

void ch_language_choose(ch_call *call)
{
    const ch_app *app = call->app;
    if (!app->n_languages || !is_page(call)) return;
    if (!chosen_by_hand(call, &call->language)) call->language = accepted(app, ch_header(call, "HTTP_ACCEPT_LANGUAGE"));
    call->faults.words = ch_words(call);
}

/* ---- on the page */

/* This page in another language: its address with everything asked but the language. */
static ch_str address_in(ch_call *call, const char *code)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_str rest = ch_header(call, "REQUEST_URI"), part;
    ch_str_split(&rest, '?', &part);
    ch_buf_put(&b, part);
    ch_buf_char(&b, '?');
    rest = call->query_string;
    while (rest.n && ch_str_split(&rest, '&', &part))
        if (part.n && !ch_str_starts(part, CH_STR("lang="))) ch_buf_printf(&b, "%.*s&", CH_ARG(part));
    ch_buf_printf(&b, "lang=%s", code);
    return ch_buf_str(&b);
}

static void put_switch(ch_call *call, ch_map *m, const char *code, const char *name)
{
    ch_map *row = ch_map_add(m, "languages");
    ch_map_z(row, "code", code);
    ch_map_z(row, "language", name);
    ch_map_str(row, "href", address_in(call, code));
}

/* All texts of the template, and what C says at the head of the page and on its button: some templates have no text of their own. */
static bool speaks(const ch_language *language, const char *template_name, const ch_map *m)
{
    static const char *const heads[] = {"title", "heading", "step_title", "button"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        ch_value v = ch_value_get(ch_v_map(m), ch_str_of(heads[i]));
        if (v.kind == CH_V_TEXT && !ch_catalogue_has(language->words, v.s)) return false;
    }
    return ch_view_speaks(language->view, "layout") && ch_view_speaks(language->view, template_name);
}

/* Chosen by hand it stays chosen. */
static void remember(ch_call *call)
{
    const ch_language *language;
    ch_str code = asked(call);
    if (code.n && chosen(call->app, code, &language))
        ch_reply_cookie(call, CH_LANGUAGE_COOKIE, language ? ch_str_of(language->code) : CH_STR("en"), "Max-Age=31536000");
}

const ch_view *ch_language_put(ch_call *call, const char *template_name, ch_map *m)
{
    const ch_app *app = call->app;
    ch_map_z(m, "language_code", "en-GB");
    if (!app->n_languages) return app->view;
    ch_map_bool(m, "many_languages", true);
    bool may_switch = call->route && call->route->method == CH_GET; /* what was typed into a form would be lost */
    const ch_language *spoken = call->language && speaks(call->language, template_name, m) ? call->language : NULL;
    for (size_t i = 0; may_switch && i < app->n_languages; i++)
        if (&app->languages[i] != spoken && speaks(&app->languages[i], template_name, m))
            put_switch(call, m, app->languages[i].code, app->languages[i].name);
    if (may_switch && spoken) put_switch(call, m, "en", "English");
    if (spoken) ch_map_z(m, "language_code", spoken->code);
    remember(call);
    ch_reply_header(call, "Vary", CH_STR("Accept-Language, Cookie"));
    return spoken ? spoken->view : app->view;
}

/* ---- texts with arguments */

const ch_catalogue *ch_words(const ch_call *call) { return call->language ? call->language->words : NULL; }

ch_str ch_text(const ch_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ch_str text = ch_arena_vprintf(call->arena, ch_gettext(ch_words(call), format), args);
    va_end(args);
    return text;
}

ch_str ch_text_n(const ch_call *call, int64_t n, const char *one, const char *many)
{
    ch_str form = ch_str_of(ch_ngettext(ch_words(call), one, many, (uint64_t)n));
    ptrdiff_t at = ch_str_find(form, CH_STR("%s"));
    ch_buf b = ch_buf_in(call->arena);
    if (at < 0) return form;
    ch_buf_put(&b, ch_str_first(form, (size_t)at));
    ch_buf_number(&b, n);
    ch_buf_put(&b, ch_str_cut(form, (size_t)at + 2));
    return ch_buf_str(&b);
}
