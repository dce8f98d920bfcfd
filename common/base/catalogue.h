#ifndef CH_BASE_CATALOGUE_H
#define CH_BASE_CATALOGUE_H
/*
 * The words of another language, as GNU gettext keeps them (a .mo file): English text → that language's. NULL stands for English, where the text in
 * the source is the text that is read, and a text that a catalogue does not have is read in English. libc's gettext is not used: it has one language
 * a process. A catalogue is read once and then by any thread.
 */
#include "base/arena.h"

/* Marks a text that is looked up elsewhere, for scripts/catalogue to find. */
#define N_(text) text

typedef struct ch_catalogue ch_catalogue;

/* `mo` must outlive it. NULL: `*why` says what is wrong with the file. An entry that does not have its English text's placeholders (printf
 * directives, Mustache tags, HTML tags), in that order, is left out: it could read past the arguments or break the page. */
ch_catalogue *ch_catalogue_read(ch_arena *a, ch_str mo, const char **why);
size_t ch_catalogue_size(const ch_catalogue *c);
/* English texts of what was left out, the i-th; NULL: no more. */
const char *ch_catalogue_refused(const ch_catalogue *c, size_t i);
bool ch_catalogue_has(const ch_catalogue *c, ch_str english);

/* The text in that language, or the English one itself. */
ch_str ch_gettext_str(const ch_catalogue *c, ch_str english);
const char *ch_gettext(const ch_catalogue *c, const char *english) __attribute__((format_arg(2)));
/* The form for n: "%s job" or "%s jobs", or what the language has in their place. */
const char *ch_ngettext(const ch_catalogue *c, const char *one, const char *many, uint64_t n) __attribute__((format_arg(2), format_arg(3)));

/* plural.c: the C expression of a Plural-Forms header for this n. False: it is not one, or divides by 0. */
bool ch_plural_form(ch_str expression, uint64_t n, uint64_t *form);
#endif
