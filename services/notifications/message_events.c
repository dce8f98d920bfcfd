#include "notifications/message_events.h"

#include "base/id.h"
#include "notifications/mail_sender.h"
#include "notifications/message.h"
#include "notifications/message_store.h"
#include "notifications/service.h"

/* The payload's strings by their names, and what every event has. */
static ch_map *context_of(ch_arena *a, const ch_event *e, const ch_table *t, const void *payload)
{
    ch_map *m = ch_map_new(a);
    for (size_t i = 0; i < t->n; i++)
        if (t->fields[i].type == CH_F_STR || t->fields[i].type == CH_F_TEXT)
            ch_map_set(m, t->fields[i].name, ch_v_html(*(const ch_str *)ch_member(payload, &t->fields[i])));
    ch_map_set(m, "aggregate", ch_v_html(e->aggregate));
    ch_map_set(m, "organisation", ch_v_html(e->organisation));
    return m;
}

static const ch_table *payload_table(ch_str type)
{
    for (const ch_event_type *const *t = ch_event_types; *t; t++)
        if (ch_str_is(type, (*t)->name)) return (*t)->payload;
    return NULL;
}

static ch_err fine_if_there(ch_err e) { return e == CH_EXISTS ? CH_OK : e; }

static ch_err tell_inbox(ch_app *app, ch_arena *a, const ch_event *e, const message_rule *rule, ch_value context, ch_str code)
{
    message_said said;
    const ch_language *language = ch_language_of(app, code);
    CH_TRY(message_say(a, app->view, language, rule, context, &said));
    message m = {.id = e->id,
                 .person = e->person,
                 .kind = ch_str_of(rule->kind),
                 .language = message_is_spoken(a, language, rule) ? code : CH_STR(""),
                 .subject = said.subject,
                 .text = said.text,
                 .link = message_fill(a, rule->link, context),
                 .created_at = e->at};
    CH_TRY(fine_if_there(message_create(app, &m)));
    message_count_unread(app, a, e->person); /* a counter in Redis: the inbox is right without it */
    return CH_OK;
}

/* `to`: sealed to them, and their language; of a link, all that is known of them. */
static ch_err tell_mail(ch_app *app, ch_arena *a, const ch_event *e, const message_rule *rule, ch_value context, ch_str name, const recipient *to)
{
    message_said said;
    mail m = {.id = ch_id_derived(a, CH_STR("mail"), e->id),
              .kind = ch_str_of(rule->kind),
              .language = to->language,
              .sealed = to->sealed_email,
              .name = name,
              .state = CH_STR("queued"),
              .created_at = e->at,
              .next_at = e->at};
    if (rule->link) { /* what came sealed stays sealed until it is sent */
        CH_TRY(message_say(a, app->view, ch_language_of(app, to->language), rule, context, &said));
        m.subject = said.subject;
        m.text = said.text;
        m.link = ch_arena_printf(a, "%.*s%.*s", CH_ARG(app->settings.public_url), CH_ARG(message_fill(a, rule->link, context)));
    }
    CH_TRY(fine_if_there(mail_create(app, &m)));
    mail_sender_wake();
    return CH_OK;
}

static ch_err apply_link(ch_app *app, ch_arena *a, const ch_event *e)
{
    link_event payload = {0};
    ch_event_payload(e, a, &link_event_table, &payload);
    const message_rule *rule = message_rule_of(e->type, payload.purpose);
    recipient to = {.sealed_email = payload.sealed, .language = payload.language};
    return rule ? tell_mail(app, a, e, rule, (ch_value){0}, CH_STR(""), &to) : CH_INVALID;
}

static ch_err apply_person(ch_app *app, ch_arena *a, const ch_event *e)
{
    person_event payload = {0};
    ch_event_payload(e, a, &person_event_table, &payload);
    recipient r = {.id = e->aggregate,
                   .version = e->version,
                   .sealed_name = payload.sealed_name,
                   .sealed_email = payload.sealed_email,
                   .language = payload.language};
    return recipient_keep(app, &r);
}

static ch_err apply(void *ctx, ch_arena *a, const ch_event *e)
{
    ch_app *app = ctx;
    const ch_table *t = payload_table(e->type);
    const message_rule *rule = message_rule_of(e->type, CH_STR(""));
    recipient r;
    if (ch_str_is(e->type, "link.requested")) return apply_link(app, a, e);
    if (ch_str_starts(e->type, CH_STR("person."))) return apply_person(app, a, e);
    if (!rule || !t || !e->person.n) return CH_OK;
    CH_TRY(recipient_get(app, a, e->person, &r)); /* not known yet: tried again */
    void *payload = ch_arena_alloc(a, t->size);
    ch_event_payload(e, a, t, payload);
    ch_map *m = context_of(a, e, t, payload);
    ch_str name = mail_sender_open(a, r.sealed_name);
    ch_map_set(m, "person_name", ch_v_html(name));
    if (rule->inbox) CH_TRY(tell_inbox(app, a, e, rule, ch_v_map(m), r.language));
    return rule->mail ? tell_mail(app, a, e, rule, ch_v_map(m), name, &r) : CH_OK;
}

static const char *const producers[] = {"identity", "vacancies", "documents", NULL};
static const char *const types[] = {"person.registered",       "person.renamed",       "person.language_chosen", "link.requested",
                                    "organisation.approved",   "organisation.refused", "application.submitted",  "application.withdrawn",
                                    "application.shortlisted", "application.rejected", "document.read",          NULL};
const ch_consumer message_consumers[] = {{"messages", producers, types, apply}, {0}};
