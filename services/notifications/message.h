#ifndef NOTIFICATIONS_MESSAGE_H
#define NOTIFICATIONS_MESSAGE_H
/* Who is told what, and how: one table. */
#include "data/context.h"
#include "http/language.h"
#include "notifications/message_fields.h"
#include "view/view.h"

typedef struct message_rule {
    const char *event, *purpose; /* purpose: of link.requested, else NULL */
    const char *kind;            /* the text: templates/message_<kind>.mustache */
    const char *subject;         /* may hold {{{title}}} */
    bool mail, inbox;
    const char *link, *link_text; /* a page of ours; NULL: the link that came sealed */
} message_rule;

/* NULL: nobody is told. */
const message_rule *message_rule_of(ch_str event, ch_str purpose);
const message_rule *message_rule_of_kind(ch_str kind);
/* All rules, ended by a NULL event. */
extern const message_rule message_rules[];

/* When to try again after so many attempts; -1: give up. */
ch_time mail_pause(int64_t attempts);
/* A text of ours with values in it ({{{name}}}); raw, since it is text: whoever makes HTML of it escapes all of it. */
ch_str message_fill(ch_arena *a, const char *text, ch_value context);
/* What a rule says to somebody with these values, in that language (NULL: English) as far as its catalogue has the texts. */
typedef struct message_said {
    ch_str subject, text;
} message_said;
ch_err message_say(ch_arena *a, const ch_view *english, const ch_language *language, const message_rule *rule, ch_value context, message_said *out);
/* Whether it has all of them. */
bool message_is_spoken(ch_arena *a, const ch_language *language, const message_rule *rule);
/* What a list of mails shows beside the subject: the first paragraph, up to 110 bytes, cut between words. */
ch_str message_preheader(ch_str text);
/* Splits at empty lines into m's list "paragraphs" of {text}. */
void message_paragraphs(ch_map *m, ch_str text);
#endif
