#ifndef CH_VIEW_MARKDOWN_H
#define CH_VIEW_MARKDOWN_H
/* Markdown as people who recruit write it, to HTML that is harmless: cmark's safe mode (no raw HTML, no javascript: or data:
 * links), headings moved below the page's own, tables, links with rel="nofollow", nhsuk classes, bidi overrides and control
 * characters taken out. */
#include "base/arena.h"

ch_str ch_markdown_html(ch_arena *a, ch_str markdown);
/* The words alone: for feeds, mails, search. */
ch_str ch_markdown_text(ch_arena *a, ch_str markdown);
#endif
