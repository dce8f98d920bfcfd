#include "vacancies/shortlist_pages.h"

#include "base/log.h"
#include "contracts/notes.h"
#include "vacancies/application.h"
#include "vacancies/application_store.h"
#include "vacancies/service.h"
#include "vacancies/vacancy_store.h"
#include "view/form_view.h"

static const char *const state_names[][3] = {{"submitted", "New", "nhsuk-tag--blue"}, {"shortlisted", "Shortlisted", "nhsuk-tag--green"}, {"rejected", "Rejected", "nhsuk-tag--red"}};

static void put_state(ch_map *m, const application *one)
{
    for (size_t i = 0; i < 3; i++)
        if (ch_str_is(one->state, state_names[i][0])) {
            ch_map_z(m, "state_name", state_names[i][1]);
            ch_map_z(m, "colour", state_names[i][2]);
        }
    ch_map_str(m, "key", one->key);
    ch_map_time(m, "submitted_at", one->submitted_at);
    ch_map_time(m, "decided_at", one->decided_at);
}

/* A short name that says nothing about the person: the end of the opaque key. */
static ch_str number_of(const application *one)
{
    return one->key.n > 5 ? ch_str_cut(one->key, one->key.n - 5) : one->key;
}

ch_err applications_page(ch_call *call)
{
    vacancy v;
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(vacancy_get(call->app, call->arena, call->org->organisation, ch_param(call, "id"), &v));
    CH_TRY(application_list_of_vacancy(call->app, call->arena, call->org->organisation, v.id, &found));
    for (size_t i = 0; i < found.n; i++) {
        const application *one = (const application *)found.p + i;
        ch_map *row = ch_map_add(m, "applications");
        put_state(row, one);
        ch_map_str(row, "number", number_of(one));
    }
    ch_map_str(m, "job", v.title);
    ch_map_int(m, "total", (int64_t)found.n);
    ch_page page = {.title = "Applications", .section = "employer",
                    .back_str = ch_arena_printf(call->arena, "/employer/%.*s/vacancies/%.*s", CH_ARG(call->org->organisation), CH_ARG(v.id))};
    return ch_reply_page(call, "applications", &page, m);
}

static ch_err load(ch_call *call, application *one)
{
    return application_for_employer(call->app, call->arena, call->org->organisation, ch_param(call, "key"), one);
}

static ch_err draw(ch_call *call, const application *one)
{
    ch_map *m = ch_map_new(call->arena);
    bool open = application_identity_open(one), decides = (ch_call_roles(call) & (CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN)) != 0;
    put_state(m, one);
    ch_map_str(m, "number", number_of(one));
    ch_map_str(m, "job", one->vacancy_title);
    ch_map_str(m, "reason", one->reason);
    ch_map_str(m, "statement", open ? one->statement : one->statement_blind);
    for (size_t i = 0; i < one->answers.n; i++) {
        ch_map *row = ch_map_add(m, "answers");
        ch_map_str(row, "question", one->answers.p[i].question);
        ch_map_str(row, "answer", open ? one->answers.p[i].answer : one->answers.p[i].blind);
        ch_map_bool(row, "essential", one->answers.p[i].essential);
    }
    if (open) {
        ch_map_set(m, "identity", ch_v_obj(&application_identity_table, &one->identity));
        ch_map_str(m, "document_name", one->document_name);
    }
    ch_map_bool(m, "is_blind", !open);
    ch_map_bool(m, "may_shortlist", decides && application_move_of(one, APPLICATION_SHORTLIST));
    ch_map_bool(m, "may_reject", decides && application_move_of(one, APPLICATION_REJECT));
    ch_page page = {.title_str = ch_arena_printf(call->arena, "Application %.*s", CH_ARG(number_of(one))), .section = "employer",
                    .back_str = ch_arena_printf(call->arena, "/employer/%.*s/vacancies/%.*s/applications", CH_ARG(call->org->organisation), CH_ARG(one->vacancy))};
    return ch_reply_form(call, "employer_application", &page, m, &reject_form_table, NULL, CH_ALL, NULL);
}

ch_err employer_application_page(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    return draw(call, &one);
}

static ch_err decide(ch_call *call, application *one, application_act act, ch_str reason, const char *done)
{
    const application_move *to = application_move_of(one, act);
    if (!to) return ch_conflict(call, one->state);
    one->state = ch_str_of(to->to);
    one->reason = reason;
    one->decided_at = call->now;
    CH_TRY(application_decide(call->app, one, to->event));
    CH_LOG(CH_INFO, "application_decided", CH_KS("application", one->key), CH_KS("state", one->state), CH_KS("by", call->who.id));
    ch_notice(call, "%s", done);
    return ch_reply_redirect(call, ch_arena_printf(call->arena, "/employer/%.*s/applications/%.*s", CH_ARG(call->org->organisation), CH_ARG(one->key)));
}

ch_err application_shortlist_post(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    return decide(call, &one, APPLICATION_SHORTLIST, CH_STR(""), "The application is on the shortlist. You can see who it is now.");
}

ch_err application_reject_post(ch_call *call)
{
    const reject_form *form = call->input;
    application one;
    CH_TRY(load(call, &one));
    if (call->faults.n) return draw(call, &one);
    return decide(call, &one, APPLICATION_REJECT, form->reason, "The application is rejected. The candidate is told.");
}

/* A capability for this reader, this document, sixty seconds. */
ch_err application_cv_post(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    if (!application_identity_open(&one) || !one.document.n) return ch_conflict(call, one.state);
    capability_note note = {.document = one.document, .organisation = call->org->organisation, .organisation_name = call->org->name, .reader = call->who.id};
    ch_str capability = ch_note_sign(call->app, call->arena, CH_NOTE_CAPABILITY, &capability_note_table, &note, call->now + CH_MINUTE);
    CH_LOG(CH_INFO, "cv_opened", CH_KS("application", one.key), CH_KS("by", call->who.id));
    return ch_reply_redirect(call, ch_arena_printf(call->arena, "/documents/%.*s?capability=%.*s", CH_ARG(one.document), CH_ARG(capability)));
}
