#ifndef CH_VIEW_VIEW_H
#define CH_VIEW_VIEW_H
/*
 * Mustache (the public specification's core modules: comments, delimiters, interpolation, inverted, partials, sections), parsed
 * once at start, rendered over ch_value trees. `{{{ }}}` and `{{& }}` print only CH_V_HTML values raw (anything else is escaped all
 * the same). Lambdas and inheritance are not there. `{{#_}}text{{/_}}` is the text of the page for translators: English stands in
 * the template, and a view in another language reads that language's text in its place when it is parsed, so that rendering looks nothing up.
 */
#include "base/embed.h"
#include "data/context.h"

typedef struct ch_view ch_view;

/* With the shared templates of this room (layout and component partials). Templates are added before the first rendering;
 * afterwards it is read by any thread. */
ch_view *ch_view_new(void);
/* The same in a language; `words` must outlive it. */
ch_view *ch_view_in(const ch_catalogue *words);
/* Whether the language has every text of that template and of its partials. */
bool ch_view_speaks(const ch_view *v, const char *name);
/* NULL, or what is wrong with which template. */
const char *ch_view_add(ch_view *v, const ch_embedded *templates);
/* CH_NOT_FOUND: no such template. Bounded: 64 levels of sections and partials. */
ch_err ch_view_render(const ch_view *v, ch_buf *out, const char *name, ch_value context);
/* One template out of text, with named partials: for tests and mails. NULL: `*why` says what is wrong. */
typedef struct ch_template ch_template;
ch_template *ch_template_parse(ch_arena *a, ch_str text, const char **why);
void ch_template_render(const ch_template *t, const ch_view *partials, ch_buf *out, ch_value context);
void ch_view_free(ch_view *v);
#endif
