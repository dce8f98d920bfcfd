#include "notifications/message.h"

#define MESSAGE(member, kind, ...) CH_ROW(message, member, kind, ##__VA_ARGS__)
CH_TABLE(message_table, message, "A message in the inbox", MESSAGE(id, CH_F_STR), MESSAGE(version, CH_F_INT), MESSAGE(person, CH_F_STR),
         MESSAGE(kind, CH_F_STR), MESSAGE(language, CH_F_STR), MESSAGE(subject, CH_F_STR, .max = 300), MESSAGE(text, CH_F_TEXT),
         MESSAGE(link, CH_F_STR, .max = 500), MESSAGE(created_at, CH_F_TIME), MESSAGE(read_at, CH_F_TIME));
CH_TABLE(recipient_table, recipient, "Somebody who can be written to", CH_ROW(recipient, id, CH_F_STR), CH_ROW(recipient, version, CH_F_INT),
         CH_ROW(recipient, sealed_name, CH_F_TEXT, .flags = CH_SECRET), CH_ROW(recipient, sealed_email, CH_F_TEXT, .flags = CH_SECRET),
         CH_ROW(recipient, language, CH_F_STR));
#define MAIL(member, kind, ...) CH_ROW(mail, member, kind, ##__VA_ARGS__)
CH_TABLE(mail_table, mail, "A mail on its way", MAIL(id, CH_F_STR), MAIL(version, CH_F_INT), MAIL(kind, CH_F_STR), MAIL(language, CH_F_STR),
         MAIL(sealed, CH_F_TEXT, .flags = CH_SECRET), MAIL(name, CH_F_STR), MAIL(subject, CH_F_STR, .max = 300), MAIL(text, CH_F_TEXT),
         MAIL(link, CH_F_STR, .max = 500), MAIL(state, CH_F_STR), MAIL(owner, CH_F_STR), MAIL(error, CH_F_STR, .max = 300), MAIL(attempts, CH_F_INT),
         MAIL(in_doubt, CH_F_INT), MAIL(created_at, CH_F_TIME), MAIL(next_at, CH_F_TIME), MAIL(lease_until, CH_F_TIME), MAIL(sent_at, CH_F_TIME));
CH_TABLE(sealed_link_table, sealed_link, "A link for one person's eyes", CH_ROW(sealed_link, email, CH_F_STR, .max = 254),
         CH_ROW(sealed_link, name, CH_F_STR), CH_ROW(sealed_link, link, CH_F_STR, .max = 1000), CH_ROW(sealed_link, organisation, CH_F_STR));
CH_TABLE(inbox_query_table, inbox_query, "Where in the inbox", CH_ROW(inbox_query, before, CH_F_STR));

const message_rule message_rules[] = {
    {"link.requested", "confirm_candidate", "confirm_candidate", N_("Confirm your email address"), true, false, NULL,
     N_("Confirm your email address")},
    {"link.requested", "confirm_organisation", "confirm_organisation", N_("Confirm your email address for {{{organisation}}}"), true, false, NULL,
     N_("Confirm your email address")},
    {"link.requested", "reset", "reset", N_("Choose a new password"), true, false, NULL, N_("Choose a new password")},
    {"link.requested", "invitation", "invitation", N_("You are invited to join {{{organisation}}}"), true, false, NULL, N_("Join the team")},
    {"link.requested", "known", "known", N_("You have an account already"), true, false, NULL, N_("Sign in")},
    {"link.requested", "unknown", "unknown", N_("No account has this address"), true, false, NULL, N_("Create an account")},
    {"organisation.approved", NULL, "organisation_approved", N_("{{{name}}} can publish vacancies"), true, true, "/employer/{{{organisation}}}",
     N_("Open your vacancies")},
    {"organisation.refused", NULL, "organisation_refused", N_("{{{name}}} was not approved"), true, true, "/employer/{{{organisation}}}",
     N_("Open your organisation")},
    {"application.submitted", NULL, "application_submitted", N_("We have your application: {{{vacancy_title}}}"), true, true,
     "/candidate/applications/{{{aggregate}}}", N_("See your application")},
    {"application.withdrawn", NULL, "application_withdrawn", N_("You have withdrawn: {{{vacancy_title}}}"), true, true,
     "/candidate/applications/{{{aggregate}}}", N_("See your application")},
    {"application.shortlisted", NULL, "application_shortlisted", N_("You are shortlisted: {{{vacancy_title}}}"), true, true,
     "/candidate/applications/{{{aggregate}}}", N_("See your application")},
    {"application.rejected", NULL, "application_rejected", N_("Your application: {{{vacancy_title}}}"), true, true,
     "/candidate/applications/{{{aggregate}}}", N_("See your application")},
    {"document.read", NULL, "document_read", N_("{{{organisation_name}}} opened your document"), false, true, "/candidate/documents",
     N_("See your documents")},
    {0},
};

const message_rule *message_rule_of(ch_str event, ch_str purpose)
{
    for (const message_rule *r = message_rules; r->event; r++)
        if (ch_str_is(event, r->event) && (!r->purpose || ch_str_is(purpose, r->purpose))) return r;
    return NULL;
}

const message_rule *message_rule_of_kind(ch_str kind)
{
    for (const message_rule *r = message_rules; r->event; r++)
        if (ch_str_is(kind, r->kind)) return r;
    return NULL;
}

enum { FIRST_PAUSE_MS = 2000, MOST_ATTEMPTS = 82 };

/* 2 s, 4 s, … an hour: together three days. */
ch_time mail_pause(int64_t attempts)
{
    if (attempts >= MOST_ATTEMPTS) return -1;
    ch_time pause = (ch_time)FIRST_PAUSE_MS << (attempts > 1 ? (attempts < 12 ? attempts - 1 : 11) : 0);
    return pause < CH_HOUR ? pause : CH_HOUR;
}

ch_str message_fill(ch_arena *a, const char *text, ch_value context)
{
    const char *why;
    ch_buf b = ch_buf_in(a);
    ch_template *t = ch_template_parse(a, ch_str_of(text), &why);
    if (t) ch_template_render(t, NULL, &b, context);
    return ch_buf_str(&b);
}

static const char *template_of(ch_arena *a, const message_rule *rule) { return ch_arena_printf(a, "message_%s", rule->kind).p; }

bool message_is_spoken(ch_arena *a, const ch_language *language, const message_rule *rule)
{
    return language && ch_catalogue_has(language->words, ch_str_of(rule->subject)) && ch_catalogue_has(language->words, ch_str_of(rule->link_text)) &&
           ch_view_speaks(language->view, template_of(a, rule));
}

ch_err message_say(ch_arena *a, const ch_view *english, const ch_language *language, const message_rule *rule, ch_value context, message_said *out)
{
    ch_buf text = ch_buf_in(a);
    const ch_catalogue *words = language ? language->words : NULL;
    CH_TRY(ch_view_render(language ? language->view : english, &text, template_of(a, rule), context));
    *out = (message_said){.subject = message_fill(a, ch_gettext(words, rule->subject), context), .text = ch_str_trim(ch_buf_str(&text))};
    return CH_OK;
}

void message_paragraphs(ch_map *m, ch_str text)
{
    while (text.n) {
        ptrdiff_t end = ch_str_find(text, CH_STR("\n\n"));
        ch_map_str(ch_map_add(m, "paragraphs"), "text", ch_str_trim(end < 0 ? text : ch_str_first(text, (size_t)end)));
        text = end < 0 ? CH_STR("") : ch_str_trim(ch_str_cut(text, (size_t)end));
    }
}

enum { PREHEADER_BYTES = 110 };

ch_str message_preheader(ch_str text)
{
    ptrdiff_t end = ch_str_find(text, CH_STR("\n\n"));
    ch_str s = end < 0 ? text : ch_str_first(text, (size_t)end);
    if (s.n <= PREHEADER_BYTES) return ch_str_trim(s);
    size_t n = PREHEADER_BYTES;
    while (n && s.p[n] != ' ' && s.p[n] != '\n') n--;
    return n ? ch_str_trim(ch_str_first(s, n)) : ch_utf8_first(s, PREHEADER_BYTES);
}
