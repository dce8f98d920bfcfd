#ifndef CH_HTTP_LANGUAGE_H
#define CH_HTTP_LANGUAGE_H
/*
 * The languages beside English that pages are offered in: those of the setting LANGUAGES whose catalogue is compiled in (data/languages/<code>.po).
 * A page speaks another language when its reader wants it (?lang=, else what they chose before, else Accept-Language) and the catalogue has every
 * text of its template and its title: no page is half in one language. With English alone nothing is asked, looked up or shown.
 */
#include "http/call.h"
#include "view/view.h"

enum { CH_LANGUAGES = 8 };
typedef struct ch_language {
    const char *code; /* BCP 47 */
    const char *name; /* in itself */
    const ch_catalogue *words;
    ch_view *view;
} ch_language;

#define CH_LANGUAGE_COOKIE "__Host-language"
/* Fills app->languages. NULL, or what is wrong with which. */
const char *ch_languages_load(struct ch_app *app, ch_str wanted);
/* Of the request: into call->language. */
void ch_language_choose(ch_call *call);
/* By its code. NULL: English, or a language that is not offered (any more). */
const ch_language *ch_language_of(const struct ch_app *app, ch_str code);
/* What is kept of the language of somebody who is to be written to: its code, "" for English. */
ch_str ch_language_code(const ch_call *call);
/* Whether they chose it, now or before, and not their browser for them. */
bool ch_language_by_hand(const ch_call *call);
/* What the layout says of languages; returns the view that draws the template. */
const ch_view *ch_language_put(ch_call *call, const char *template_name, ch_map *m);

/* ---- a text with its arguments put in, in the language of the call; `format` is English and an argument has been translated already. */
const ch_catalogue *ch_words(const ch_call *call);
ch_str ch_text(const ch_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "1 job", "28,407 jobs": each form with one %s, where the number stands. */
ch_str ch_text_n(const ch_call *call, int64_t n, const char *one, const char *many);
#endif
