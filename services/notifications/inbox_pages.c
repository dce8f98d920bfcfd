#include "notifications/inbox_pages.h"

#include "base/id.h"
#include "notifications/message.h"
#include "notifications/message_store.h"

enum { PAGE = 25 };

/* Written in the language that its reader had then, shown on a page of the one they have now. */
static void put_message(const ch_call *call, ch_map *row, const message *m)
{
    ch_map_str(row, "id", m->id);
    ch_map_str(row, "subject", m->subject);
    if (call->app->n_languages) ch_map_str(row, "in_language", m->language.n ? m->language : CH_STR("en-GB"));
    ch_map_time(row, "created_at", m->created_at);
    ch_map_bool(row, "is_unread", !m->read_at);
}

ch_err inbox_page(ch_call *call)
{
    const inbox_query *q = call->query;
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    ch_str before = ch_id_valid(q->before) ? q->before : CH_STR("");
    CH_TRY(message_list(call->app, call->arena, call->who.id, before, PAGE + 1, &found));
    for (size_t i = 0; i < found.n && i < PAGE; i++) put_message(call, ch_map_add(m, "messages"), (const message *)found.p + i);
    if (before.n) {
        ch_map_z(m, "previous", "/candidate/messages");
        ch_map_text(m, "previous_text", "Back to the first page");
    }
    if (found.n > PAGE)
        ch_map_str(m, "next", ch_arena_printf(call->arena, "/candidate/messages?before=%.*s", CH_ARG(((const message *)found.p)[PAGE - 1].id)));
    ch_map_bool(m, "has_pages", before.n || found.n > PAGE);
    return ch_reply_page(call, "inbox", &(ch_page){.title = "Messages", .section = "messages"}, m);
}

ch_err inbox_message_page(ch_call *call)
{
    message found;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(message_get(call->app, call->arena, call->who.id, ch_param(call, "id"), &found));
    if (!found.read_at) {
        message_read(call->app, &found, call->now); /* of two tabs one marks it; both show it */
        message_count_unread(call->app, call->arena, call->who.id);
        call->who.unread -= call->who.unread > 0;
    }
    const message_rule *rule = message_rule_of_kind(found.kind);
    put_message(call, m, &found);
    message_paragraphs(m, found.text);
    ch_map_str(m, "link", found.link);
    ch_map_text(m, "link_text", rule ? rule->link_text : N_("Open"));
    return ch_reply_page(call, "inbox_message",
                         &(ch_page){.title_str = found.subject, .section = "messages", .back = "/candidate/messages", .back_text = "Messages"}, m);
}
