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

static ch_str list_path(const ch_call *call, ch_str vacancy_id, ch_str state, int64_t page)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_printf(&b, "/employer/%.*s/vacancies/%.*s/applications", CH_ARG(call->org->organisation), CH_ARG(vacancy_id));
    if (state.n) ch_buf_printf(&b, "?state=%.*s", CH_ARG(state));
    if (page > 1) ch_buf_printf(&b, "%spage=%lld", state.n ? "&" : "?", (long long)page);
    return ch_buf_str(&b);
}

/* ---- the list */

enum { STATES = 3, PAGE = 50 };

static bool take_count(void *p, const bson_t *doc)
{
    int64_t *by_state = p;
    bson_iter_t it, n;
    if (!bson_iter_init_find(&it, doc, "_id") || !BSON_ITER_HOLDS_UTF8(&it) || !bson_iter_init_find(&n, doc, "n")) return true;
    for (size_t i = 0; i < STATES; i++)
        if (!strcmp(bson_iter_utf8(&it, NULL), state_names[i][0])) by_state[i] = bson_iter_as_int64(&n);
    return true;
}

static int64_t put_views(ch_call *call, ch_map *m, ch_str vacancy_id, ch_str state, const int64_t *by_state)
{
    int64_t all = 0;
    for (size_t i = 0; i < STATES; i++) all += by_state[i];
    for (size_t i = 0; i <= STATES; i++) {
        ch_str code = i ? ch_str_of(state_names[i - 1][0]) : CH_STR("");
        ch_map *row = ch_map_add(m, "views");
        ch_map_z(row, "text", i ? state_names[i - 1][1] : "All");
        ch_map_int(row, "count", i ? by_state[i - 1] : all);
        ch_map_str(row, "href", list_path(call, vacancy_id, code, 1));
        ch_map_bool(row, "current", ch_str_eq(code, state));
    }
    return all;
}

static ch_str state_asked(const ch_call *call)
{
    ch_str asked = ch_pairs_get(&call->query_pairs, "state");
    for (size_t i = 0; i < STATES; i++)
        if (ch_str_is(asked, state_names[i][0])) return asked;
    return CH_STR("");
}

ch_err applications_page(ch_call *call)
{
    vacancy v;
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    ch_str state = state_asked(call);
    int64_t page = 1, by_state[STATES] = {0};
    if (!ch_str_int(ch_pairs_get(&call->query_pairs, "page"), &page) || page < 1 || page > 100000) page = 1;
    CH_TRY(vacancy_get(call->app, call->arena, call->org->organisation, ch_param(call, "id"), &v));
    CH_TRY(application_count_of_vacancy(call->app, call->arena, call->org->organisation, v.id, take_count, by_state));
    CH_TRY(application_list_of_vacancy(call->app, call->arena, call->org->organisation,
                                       &(application_listing){.vacancy = v.id, .state = state, .limit = PAGE + 1, .skip = (page - 1) * PAGE}, &found));
    for (size_t i = 0; i < found.n && i < PAGE; i++) {
        const application *one = (const application *)found.p + i;
        ch_map *row = ch_map_add(m, "applications");
        put_state(row, one);
        ch_map_str(row, "number", number_of(one));
    }
    int64_t all = put_views(call, m, v.id, state, by_state);
    ch_map_str(m, "job", v.title);
    ch_map_int(m, "total", all);
    ch_map_str(m, "filter", state);
    if (found.n > PAGE) ch_map_str(m, "next", list_path(call, v.id, state, page + 1));
    if (page > 1) ch_map_str(m, "previous", list_path(call, v.id, state, page - 1));
    ch_map_bool(m, "has_pages", found.n > PAGE || page > 1);
    ch_page p = {.title_str = ch_arena_printf(call->arena, "Applications for %.*s", CH_ARG(v.title)), .section = "employer", .back_text = "The vacancy",
                 .back_str = ch_arena_printf(call->arena, "/employer/%.*s/vacancies/%.*s", CH_ARG(call->org->organisation), CH_ARG(v.id))};
    return ch_reply_page(call, "applications", &p, m);
}

/* ---- one of them */

static ch_err load(ch_call *call, application *one)
{
    return application_for_employer(call->app, call->arena, call->org->organisation, ch_param(call, "key"), one);
}

/* The ones before and after it in the list that it was opened from, and the next that nobody has decided on. */
static ch_err put_beside(ch_call *call, ch_map *m, const application *one)
{
    ch_str state = state_asked(call), key;
    static const struct {
        const char *name, *state;
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
    put_state(m, one);
    put_words(m, one, open);
    CH_TRY(put_beside(call, m, one));
    ch_map_str(m, "number", number_of(one));
    ch_map_str(m, "job", one->vacancy_title);
    ch_map_str(m, "reason", one->reason);
    ch_map_bool(m, "is_blind", !open);
    ch_map_bool(m, "may_shortlist", application_move_of(one, APPLICATION_SHORTLIST, roles));
    ch_map_bool(m, "may_reject", application_move_of(one, APPLICATION_REJECT, roles));
    ch_page page = {.title_str = ch_arena_printf(call->arena, "Application %.*s for %.*s", CH_ARG(number_of(one)), CH_ARG(one->vacancy_title)), .section = "employer",
                    .back_str = list_path(call, one->vacancy, state_asked(call), 1), .back_text = "Applications"};
    return ch_reply_form(call, "employer_application", &page, m, &reject_form_table, NULL, CH_ALL, options);
}

ch_err employer_application_page(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    return draw(call, &one);
}

static ch_err decide(ch_call *call, application *one, application_act act, ch_str reason)
{
    const application_move *to = application_move_of(one, act, ch_call_roles(call));
    if (!to) return ch_conflict(call, one->state);
    application_go(call->arena, one, to, call->now);
    one->reason = reason;
    CH_TRY(application_decide(call->app, one, to->event));
    CH_LOG(CH_INFO, "application_decided", CH_KS("application", one->key), CH_KS("state", one->state), CH_KS("by", call->who.id));
    ch_notice(call, "%s", to->message);
    return ch_reply_redirect(call, ch_arena_printf(call->arena, "/employer/%.*s/applications/%.*s", CH_ARG(call->org->organisation), CH_ARG(one->key)));
}

ch_err application_shortlist_post(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    return decide(call, &one, APPLICATION_SHORTLIST, CH_STR(""));
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
    capability_note note = {.document = one.document, .organisation = call->org->organisation, .organisation_name = call->org->name, .reader = call->who.id};
    ch_str capability = ch_note_sign(call->app, call->arena, CH_NOTE_CAPABILITY, &capability_note_table, &note, call->now + CH_MINUTE);
    CH_LOG(CH_INFO, "cv_opened", CH_KS("application", one.key), CH_KS("by", call->who.id));
    return ch_reply_redirect(call, ch_arena_printf(call->arena, "/documents/%.*s?capability=%.*s", CH_ARG(one.document), CH_ARG(capability)));
}
