#include "vacancies/shortlist_pages.h"

#include "base/log.h"
#include "contracts/notes.h"
#include "contracts/reference.h"
#include "vacancies/application.h"
#include "vacancies/application_store.h"
#include "vacancies/listing.h"
#include "vacancies/service.h"
#include "vacancies/vacancy_store.h"
#include "view/form_view.h"

static const ch_code states[] = {{"submitted", "New"}, {"shortlisted", "Shortlisted"}, {"rejected", "Rejected"}, {0, 0}};
static const ch_code colours[] = {{"submitted", "nhsuk-tag--blue"}, {"shortlisted", "nhsuk-tag--green"}, {"rejected", "nhsuk-tag--red"}, {0, 0}};

static void put_state(ch_map *m, const application *one)
{
    ch_map_name(m, "state_name", ch_code_name(states, one->state));
    ch_map_str(m, "colour", ch_code_name(colours, one->state));
    ch_map_str(m, "key", one->key);
    ch_map_time(m, "submitted_at", one->submitted_at);
    ch_map_time(m, "decided_at", one->decided_at);
}

/* A short name that says nothing about the person: the end of the opaque key. */
static ch_str number_of(const application *one) { return one->key.n > 5 ? ch_str_cut(one->key, one->key.n - 5) : one->key; }

static ch_str list_path(const ch_call *call, ch_str vacancy_id)
{
    return ch_arena_printf(call->arena, "/employer/%.*s/vacancies/%.*s/applications", CH_ARG(call->org->organisation), CH_ARG(vacancy_id));
}

/* ---- the list */

enum { PAGE = 50 };

ch_err applications_page(ch_call *call)
{
    vacancy v;
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    state_counts by_state = {.states = states};
    CH_TRY(vacancy_get(call->app, call->arena, call->org->organisation, ch_param(call, "id"), &v));
    listing l = listing_asked(call, list_path(call, v.id), states);
    CH_TRY(application_count_of_vacancy(call->app, call->arena, call->org->organisation, v.id, state_counts_take, &by_state));
    CH_TRY(application_list_of_vacancy(call->app, call->arena, call->org->organisation,
                                       &(application_listing){.vacancy = v.id, .state = l.state, .limit = PAGE + 1, .skip = (l.page - 1) * PAGE},
                                       &found));
    for (size_t i = 0; i < found.n && i < PAGE; i++) {
        const application *one = (const application *)found.p + i;
        ch_map *row = ch_map_add(m, "applications");
        put_state(row, one);
        ch_map_str(row, "number", number_of(one));
    }
    listing_put(call, m, &l, &by_state, found.n > PAGE);
    ch_map_str(m, "job", v.title);
    ch_page p = {.title_str = ch_text(call, "Applications for %.*s", CH_ARG(v.title)),
                 .section = "employer",
                 .back_text = "The vacancy",
                 .back_str = ch_arena_printf(call->arena, "/employer/%.*s/vacancies/%.*s", CH_ARG(call->org->organisation), CH_ARG(v.id))};
    return ch_reply_page(call, "applications", &p, m);
}

/* ---- one of them */

static ch_err load(ch_call *call, application *one)
{
    return application_for_employer(call->app, call->arena, call->org->organisation, ch_param(call, "key"), one);
}

/* The ones before and after it in the list that it was opened from, and the next that nobody has decided on. */
static ch_err put_beside(ch_call *call, ch_map *m, const application *one, ch_str state)
{
    ch_str key;
    static const struct {
        const char *name, *state; /* NULL: the list's own */
        bool after;
    } ways[] = {{"before_key", NULL, false}, {"after_key", NULL, true}, {"next_new_key", "submitted", true}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        CH_TRY(application_beside(call->app, call->arena, one, ways[i].state ? ch_str_of(ways[i].state) : state, ways[i].after, &key));
        ch_map_str(m, ways[i].name, key);
    }
    ch_map_str(m, "filter", state);
    return CH_OK;
}

static void put_words(ch_map *m, const application *one, bool open)
{
    ch_map_str(m, "statement", open ? one->statement : one->statement_blind);
    for (size_t i = 0; i < one->answers.n; i++) {
        ch_map *row = ch_map_add(m, "answers");
        ch_map_str(row, "question", one->answers.p[i].question);
        ch_map_str(row, "answer", open ? one->answers.p[i].answer : one->answers.p[i].blind);
        ch_map_bool(row, "essential", one->answers.p[i].essential);
    }
    if (!open) return;
    ch_map_set(m, "identity", ch_v_obj(&application_identity_table, &one->identity));
    ch_map_str(m, "document_name", one->document_name);
}

static ch_err draw(ch_call *call, const application *one)
{
    static const ch_options options[] = {{"reason", application_reasons, CH_AS_RADIOS}, {0}};
    ch_map *m = ch_map_new(call->arena);
    bool open = application_identity_open(one);
    unsigned roles = ch_call_roles(call);
    ch_str state = listing_asked(call, CH_STR(""), states).state;
    put_state(m, one);
    put_words(m, one, open);
    CH_TRY(put_beside(call, m, one, state));
    ch_map_str(m, "number", number_of(one));
    ch_map_str(m, "job", one->vacancy_title);
    ch_map_str(m, "reason", one->reason);
    ch_map_bool(m, "is_blind", !open);
    ch_map_bool(m, "may_shortlist", application_move_of(one, APPLICATION_SHORTLIST, roles));
    ch_map_bool(m, "may_reject", application_move_of(one, APPLICATION_REJECT, roles));
    ch_page page = {.title_str = ch_arena_printf(call->arena, "Application %.*s for %.*s", CH_ARG(number_of(one)), CH_ARG(one->vacancy_title)),
                    .section = "employer",
                    .back_str =
                        ch_arena_printf(call->arena, "%.*s%s%.*s", CH_ARG(list_path(call, one->vacancy)), state.n ? "?state=" : "", CH_ARG(state)),
                    .back_text = "Applications"};
    return ch_reply_form(call, "employer_application", &page, m, &reject_form_table, NULL, CH_ALL, options);
}

ch_err employer_application_page(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    return draw(call, &one);
}

static ch_str application_path(const ch_call *call, ch_str key)
{
    return ch_arena_printf(call->arena, "/employer/%.*s/applications/%.*s", CH_ARG(call->org->organisation), CH_ARG(key));
}

static ch_err decide(ch_call *call, application *one, application_act act, ch_str reason)
{
    const application_move *to = application_move_of(one, act, ch_call_roles(call));
    if (!to) return ch_conflict(call, one->state);
    application_go(call->arena, one, to, call->now);
    one->reason = reason;
    CH_TRY(application_decide(call->app, one, to->event));
    CH_LOG(CH_INFO, "application_decided", CH_KS("application", one->key), CH_KS("state", one->state), CH_KS("by", call->who.id));
    ch_notice(call, "%s", ch_gettext(ch_words(call), to->message));
    return ch_reply_redirect(call, application_path(call, one->key));
}

ch_err application_shortlist_post(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    return decide(call, &one, APPLICATION_SHORTLIST, CH_STR(""));
}

/* Where a refused rejection leaves the address bar. */
ch_err application_reject_page(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    return ch_reply_redirect(call, application_path(call, one.key));
}

ch_err application_reject_post(ch_call *call)
{
    const reject_form *form = call->input;
    application one;
    CH_TRY(load(call, &one));
    if (!application_move_of(&one, APPLICATION_REJECT, ch_call_roles(call))) return ch_conflict(call, one.state);
    if (ch_str_is(form->reason, "other") && !form->words.n) ch_refuse(call, "words", "Say what the reason is");
    if (call->faults.n) return draw(call, &one);
    return decide(call, &one, APPLICATION_REJECT, application_reason_text(call->arena, form));
}

/* A capability for this reader, this document, sixty seconds. */
ch_err application_cv_post(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    if (!application_identity_open(&one) || !one.document.n) return ch_conflict(call, one.state);
    capability_note note = {
        .document = one.document, .organisation = call->org->organisation, .organisation_name = call->org->name, .reader = call->who.id};
    ch_str capability = ch_note_sign(call->app, call->arena, CH_NOTE_CAPABILITY, &capability_note_table, &note, call->now + CH_MINUTE);
    CH_LOG(CH_INFO, "cv_opened", CH_KS("application", one.key), CH_KS("by", call->who.id));
    return ch_reply_redirect(call, ch_arena_printf(call->arena, "/documents/%.*s?capability=%.*s", CH_ARG(one.document), CH_ARG(capability)));
}
