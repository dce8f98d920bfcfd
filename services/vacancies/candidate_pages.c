#include "vacancies/candidate_pages.h"

#include "base/log.h"
#include "contracts/notes.h"
#include "contracts/reference.h"
#include "data/json.h"
#include "vacancies/application.h"
#include "vacancies/application_store.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_store.h"
#include "view/form_view.h"

static const ch_code state_names[] = {{"draft", "Not sent yet"},         {"submitted", "Sent"},      {"shortlisted", "Shortlisted"},
                                      {"rejected", "Not taken further"}, {"withdrawn", "Withdrawn"}, {0, 0}};
static const ch_code state_colours[] = {{"draft", "nhsuk-tag--grey"},   {"submitted", "nhsuk-tag--blue"}, {"shortlisted", "nhsuk-tag--green"},
                                        {"rejected", "nhsuk-tag--red"}, {"withdrawn", "nhsuk-tag--grey"}, {0, 0}};

static void put_application(ch_map *row, const application *one)
{
    ch_map_name(row, "state_name", ch_code_name(state_names, one->state));
    ch_map_str(row, "colour", ch_code_name(state_colours, one->state));
    ch_map_str(row, "key", one->key);
    ch_map_str(row, "job", one->vacancy_title);
    ch_map_str(row, "reference", one->reference);
    ch_map_str(row, "employer_name", one->employer_name);
    ch_map_time(row, "created_at", one->created_at);
    ch_map_time(row, "submitted_at", one->submitted_at);
    ch_map_time(row, "decided_at", one->decided_at);
    ch_map_str(row, "reason", one->reason);
    ch_map_bool(row, "is_draft", ch_str_is(one->state, "draft"));
    ch_map_int(row, "version", one->version);
}

/* Every state that it came into and when, as the candidate calls them. */
static void put_moments(ch_call *call, ch_map *row, const application *one)
{
    static const ch_code names[] = {{"draft", "Started"},
                                    {"submitted", "Sent"},
                                    {"shortlisted", "Put on the shortlist"},
                                    {"rejected", "Not taken further"},
                                    {"withdrawn", "Withdrawn by you"},
                                    {0, 0}};
    ch_list moments = application_moments(call->arena, one);
    for (size_t i = 0; i < moments.n; i++) {
        const application_moment *moment = (const application_moment *)moments.p + i;
        ch_map *m = ch_map_add(row, "moments");
        ch_map_name(m, "what", ch_code_name(names, moment->state));
        ch_map_time(m, "at", moment->at);
        ch_map_bool(m, "is_last", i + 1 == moments.n);
    }
}

/* A draft that cannot be sent any more says so. The index knows what is open without asking the store for each. */
static void put_draft(ch_call *call, ch_map *row, const application *one)
{
    search_index *s = vacancies_search(call->app);
    ch_search_hit hit;
    vacancy v = {0};
    if (!ch_str_is(one->state, "draft") || !search_index_ready(s)) return;
    ch_err e = ch_search_get(search_index_get(s), one->vacancy, call->arena, &hit);
    bool open = !e && ch_json_read_own(call->arena, hit.blob, &vacancy_summary_table, &v) && v.closes_at > call->now;
    if (open) ch_map_time(row, "closes_at", v.closes_at);
    ch_map_bool(row, "has_closed", !open);
}

ch_err candidate_page(ch_call *call)
{
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(application_list_of_person(call->app, call->arena, call->who.id, &found));
    for (size_t i = 0; i < found.n; i++) {
        ch_map *row = ch_map_add(m, "applications");
        put_application(row, (const application *)found.p + i);
        put_moments(call, row, (const application *)found.p + i);
        put_draft(call, row, (const application *)found.p + i);
    }
    return ch_reply_page(call, "candidate", &(ch_page){.title = "Your applications", .section = "candidate"}, m);
}

/* ---- profile */

static void prefill(const ch_call *call, application_identity *identity)
{
    if (!identity->name.n) identity->name = call->who.name;
    if (!identity->email.n) identity->email = call->who.email;
}

static ch_err draw_profile(ch_call *call, profile *p)
{
    prefill(call, &p->identity);
    return ch_reply_form(call, "profile", &(ch_page){.title = "Your profile", .section = "candidate", .back = "/candidate"}, NULL, &profile_table, p,
                         CH_ALL, NULL);
}

ch_err profile_page(ch_call *call)
{
    profile p;
    CH_TRY(profile_get(call->app, call->arena, call->who.id, &p));
    return draw_profile(call, &p);
}

ch_err profile_post(ch_call *call)
{
    const profile *form = call->input;
    profile p;
    CH_TRY(profile_get(call->app, call->arena, call->who.id, &p));
    p.identity = form->identity;
    p.statement = form->statement;
    if (call->faults.n) return draw_profile(call, &p);
    CH_TRY(profile_save(call->app, &p));
    ch_notice(call, "Your profile is saved.");
    return ch_reply_redirect(call, CH_STR("/candidate"));
}

/* ---- beginning */

static ch_str application_path(const ch_call *call, ch_str key, const char *rest)
{
    return ch_arena_printf(call->arena, "/candidate/applications/%.*s%s", CH_ARG(key), rest);
}

ch_err apply_page(ch_call *call)
{
    vacancy v;
    application there;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(vacancy_by_reference(call->app, call->arena, ch_param(call, "reference"), &v));
    ch_err e = application_of_vacancy(call->app, call->arena, call->who.id, v.id, &there);
    if (!e) return ch_reply_redirect(call, application_path(call, there.key, ""));
    if (e != CH_NOT_FOUND) return e;
    ch_map_str(m, "job", v.title);
    ch_map_str(m, "reference", v.reference);
    ch_map_str(m, "employer_name", v.employer.name);
    ch_map_time(m, "closes_at", v.closes_at);
    ch_map_bool(m, "is_open", ch_str_is(vacancy_state_at(&v, call->now), "published"));
    ch_map_bool(m, "has_criteria", v.criteria.n > 0);
    ch_map_int(m, "max_mb", vacancies_config_of(call->app)->upload_max_mb);
    return ch_reply_page(call, "apply",
                         &(ch_page){.title_str = ch_title(call, CH_STR(N_("Apply")), v.title),
                                    .section = "jobs",
                                    .back_str = ch_arena_printf(call->arena, "/jobs/%.*s", CH_ARG(v.reference))},
                         m);
}

ch_err apply_post(ch_call *call)
{
    vacancy v;
    profile p;
    application one;
    CH_TRY(vacancy_by_reference(call->app, call->arena, ch_param(call, "reference"), &v));
    if (!ch_str_is(vacancy_state_at(&v, call->now), "published")) return ch_conflict(call, CH_STR("closed"));
    CH_TRY(profile_get(call->app, call->arena, call->who.id, &p));
    prefill(call, &p.identity);
    application_begin(call->arena, &v, &p, call->who.id, call->now, &one);
    ch_err e = application_create(call->app, &one);
    if (e == CH_EXISTS) e = application_of_vacancy(call->app, call->arena, call->who.id, v.id, &one);
    CH_TRY(e);
    return ch_reply_redirect(call, application_path(call, one.key, ""));
}

/* ---- one application */

static ch_err load(ch_call *call, application *one) { return application_by_key(call->app, call->arena, call->who.id, ch_param(call, "key"), one); }

static ch_err load_draft(ch_call *call, application *one)
{
    CH_TRY(load(call, one));
    return ch_str_is(one->state, "draft") ? CH_OK : ch_conflict(call, one->state);
}

static ch_str upload_path(const ch_call *call, const application *one)
{
    return ch_arena_printf(call->arena, "/candidate/documents/new?to=/candidate/applications/%.*s/cv", CH_ARG(one->key));
}

/* Where a part is written. */
static ch_str part_path(const ch_call *call, const application *one, ch_str slug)
{
    return ch_str_is(slug, "cv") ? upload_path(call, one) : application_path(call, one->key, ch_arena_printf(call->arena, "/%.*s", CH_ARG(slug)).p);
}

static bool has_an_answer(const application *one)
{
    for (size_t i = 0; i < one->answers.n; i++)
        if (one->answers.p[i].answer.n) return true;
    return false;
}

static void put_tasks(const ch_call *call, ch_map *m, const application *one)
{
    for (const application_part *part = application_parts; part->slug; part++) {
        bool is_answers = !strcmp(part->slug, "answers");
        if (is_answers && !one->answers.n) continue;
        bool is_other_cv = !strcmp(part->slug, "cv") && one->document.n;
        ch_map *row = ch_map_add(m, "tasks");
        ch_map_z(row, "id", part->slug);
        ch_map_text(row, "text", is_other_cv ? N_("Your CV: choose another") : part->title);
        ch_map_str(row, "href", part_path(call, one, ch_str_of(part->slug)));
        ch_map_bool(row, "done", part->done(one) && (!is_answers || has_an_answer(one)));
        ch_map_bool(row, "optional", part->done(one)); /* criteria that are all desirable: it can be sent without */
    }
}

static void put_text(ch_call *call, ch_map *m, const application *one)
{
    ch_map_bool(m, "is_complete", application_complete(one));
    ch_map_set(m, "identity", ch_v_obj(&application_identity_table, &one->identity));
    ch_map_str(m, "statement", one->statement);
    ch_map_str(m, "upload_href", upload_path(call, one));
    ch_map_str(m, "document_name", one->document_name);
    ch_map_str(m, "document_href", one->document.n ? ch_arena_printf(call->arena, "/candidate/documents/%.*s", CH_ARG(one->document)) : CH_STR(""));
    for (size_t i = 0; i < one->answers.n; i++) {
        ch_map *row = ch_map_add(m, "answers");
        ch_map_str(row, "id", ch_arena_printf(call->arena, "answer-%zu", i + 1));
        ch_map_str(row, "question", one->answers.p[i].question);
        ch_map_str(row, "answer", one->answers.p[i].answer);
        ch_map_bool(row, "essential", one->answers.p[i].essential);
    }
}

ch_err application_page(ch_call *call)
{
    application one;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(load(call, &one));
    put_application(m, &one);
    put_moments(call, m, &one);
    put_draft(call, m, &one);
    if (ch_str_is(one.state, "draft")) put_tasks(call, m, &one);
    put_text(call, m, &one);
    ch_map_bool(m, "may_withdraw", application_move_of(&one, APPLICATION_WITHDRAW, ch_call_roles(call)) != NULL);
    ch_map_bool(m, "is_open_to_employer", application_identity_open(&one));
    ch_map_bool(m, "is_with_employer", ch_str_is(one.state, "submitted"));
    return ch_reply_page(call, "application",
                         &(ch_page){.title_str = one.vacancy_title, .section = "candidate", .back = "/candidate", .back_text = "Your applications"},
                         m);
}

/* ---- its steps */

/* What the step's field holds: carried by its form, so that one window does not silently put its words in place of
 * another's. */
static ch_str seal_of(const ch_call *call, const application *one, const char *field)
{
    application part = {0};
    ch_buf b = ch_buf_in(call->arena);
    if (!strcmp(field, "identity")) part.identity = one->identity;
    else if (!strcmp(field, "statement")) part.statement = one->statement;
    else part.answers = one->answers;
    ch_json_write(&b, &application_table, &part, 0);
    return ch_arena_printf(call->arena, "%016llx", (unsigned long long)ch_hash(ch_buf_str(&b)));
}

/* A button that was pressed twice says the same again, which is no conflict. */
static bool saved_elsewhere(const ch_call *call, const application *stored, const application *typed, const char *field)
{
    ch_str saved = seal_of(call, stored, field);
    return !ch_str_eq(ch_pairs_get(&call->form, "seal"), saved) && !ch_str_eq(seal_of(call, typed, field), saved);
}

static void refuse_stale(ch_call *call)
{
    call->faults.n = 0;
    ch_refuse(call, "", "You saved this part in another window. What you wrote here is not saved yet: save again to put it in place of the other");
}

static ch_page step_page(ch_call *call, const application *one, const char *title)
{
    return (ch_page){
        .title_str = ch_title(call, ch_str_of(title), one->vacancy_title), .section = "candidate", .back_str = application_path(call, one->key, "")};
}

/* `one` is what is stored: what was typed stands in the form that was sent. */
static ch_err draw_step(ch_call *call, const application *one, const char *title, const char *field, bool stale)
{
    ch_page page = step_page(call, one, title);
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "seal", seal_of(call, one, field));
    ch_map_text(m, "step_title", title);
    ch_map_z(m, "step", !strcmp(field, "identity") ? "details" : field);
    put_application(m, one);
    ch_form_map(call->arena, m, "form",
                &(ch_form_view){.table = &application_table,
                                .obj = one,
                                .which = ch_mask(&application_table, field, NULL),
                                .typed = call->faults.n ? &call->form : NULL,
                                .faults = &call->faults});
    ch_map_set(m, "one", ch_value_get(ch_value_get(ch_v_map(m), CH_STR("form")), ch_str_of(field)));
    return ch_reply_page_status(call, stale ? 412 : call->faults.n ? 422 : 200, "application_step", &page, m);
}

static ch_err save_step(ch_call *call, application *one, const char *field, const char *done)
{
    CH_TRY(application_save(call->app, one, ch_mask(&application_table, field, NULL), NULL));
    ch_notice(call, "%s", ch_gettext(ch_words(call), done));
    return ch_reply_redirect(call, application_path(call, one->key, ""));
}

ch_err application_details_page(ch_call *call)
{
    application one;
    CH_TRY(load_draft(call, &one));
    return draw_step(call, &one, N_("Your details"), "identity", false);
}

/* Remembered for the next application too. */
static ch_err remember(ch_call *call, const application *one)
{
    profile p;
    CH_TRY(profile_get(call->app, call->arena, call->who.id, &p));
    p.identity = one->identity;
    if (!p.statement.n) p.statement = one->statement;
    ch_err e = profile_save(call->app, &p);
    return e == CH_STALE || e == CH_EXISTS ? CH_OK : e; /* another tab was first */
}

ch_err application_details_post(ch_call *call)
{
    application stored, one;
    CH_TRY(load_draft(call, &stored));
    one = stored;
    one.identity = (application_identity){0};
    ch_form_read(call->arena, &call->form, &application_table, &one, ch_mask(&application_table, "identity", NULL), &call->faults);
    bool stale = saved_elsewhere(call, &stored, &one, "identity");
    if (stale) refuse_stale(call);
    if (call->faults.n) return draw_step(call, &stored, N_("Your details"), "identity", stale);
    CH_TRY(remember(call, &one));
    return save_step(call, &one, "identity", N_("Your details are saved."));
}

ch_err application_statement_page(ch_call *call)
{
    application one;
    CH_TRY(load_draft(call, &one));
    return draw_step(call, &one, N_("Why you are right for this job"), "statement", false);
}

ch_err application_statement_post(ch_call *call)
{
    application stored, one;
    CH_TRY(load_draft(call, &stored));
    one = stored;
    ch_form_read(call->arena, &call->form, &application_table, &one, ch_mask(&application_table, "statement", NULL), &call->faults);
    bool stale = saved_elsewhere(call, &stored, &one, "statement");
    if (stale) refuse_stale(call);
    if (call->faults.n) return draw_step(call, &stored, N_("Why you are right for this job"), "statement", stale);
    return save_step(call, &one, "statement", N_("Saved."));
}

static ch_err draw_answers(ch_call *call, const application *one, ch_str seal, bool stale)
{
    ch_page page = step_page(call, one, N_("The criteria"));
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "seal", seal);
    put_application(m, one);
    for (size_t i = 0; i < one->answers.n; i++) {
        ch_map *row = ch_map_add(m, "answers");
        ch_str name = ch_arena_printf(call->arena, "answer-%zu", i + 1);
        const ch_fault *fault = ch_fault_of(&call->faults, name);
        ch_map_str(row, "id", name);
        ch_map_str(row, "question", one->answers.p[i].question);
        ch_map_str(row, "answer", one->answers.p[i].answer);
        ch_map_bool(row, "essential", one->answers.p[i].essential);
        ch_map_bool(row, "has_error", fault != NULL);
        ch_map_str(row, "error", fault ? fault->message : CH_STR(""));
    }
    return ch_reply_page_status(call, stale ? 412 : call->faults.n ? 422 : 200, "application_answers", &page, m);
}

ch_err application_answers_page(ch_call *call)
{
    application one;
    CH_TRY(load_draft(call, &one));
    return draw_answers(call, &one, seal_of(call, &one, "answers"), false);
}

enum { ANSWER_MAX = 3000 };

ch_err application_answers_post(ch_call *call)
{
    application stored, one;
    CH_TRY(load_draft(call, &stored));
    ch_str seal = seal_of(call, &stored, "answers");
    one = stored;
    one.answers.p = CH_NEW_N(call->arena, application_answer, one.answers.n + 1);
    if (one.answers.n) memcpy(one.answers.p, stored.answers.p, one.answers.n * sizeof *one.answers.p);
    for (size_t i = 0; i < one.answers.n; i++) {
        ch_str name = ch_arena_printf(call->arena, "answer-%zu", i + 1), text = ch_str_trim(ch_pairs_get(&call->form, name.p));
        one.answers.p[i].answer = text;
        if (ch_utf8_length(text) > ANSWER_MAX) ch_refuse(call, name.p, "Answer %zu must be %d characters or fewer", i + 1, ANSWER_MAX);
    }
    bool stale = saved_elsewhere(call, &stored, &one, "answers");
    if (stale) refuse_stale(call);
    if (call->faults.n) return draw_answers(call, &one, seal, stale);
    return save_step(call, &one, "answers", N_("Your answers are saved."));
}

/* Back from the upload: the receipt says which document, whose, and what it is. */
ch_err application_cv_receipt(ch_call *call)
{
    application one;
    receipt_note note = {0};
    CH_TRY(load_draft(call, &one));
    bool fine =
        ch_note_open(call->app, call->arena, CH_NOTE_RECEIPT, ch_pairs_get(&call->query_pairs, "receipt"), call->now, &receipt_note_table, &note);
    if (!fine || !ch_str_eq(note.person, call->who.id)) return ch_reply_redirect(call, upload_path(call, &one));
    one.document = note.document;
    one.document_name = note.name;
    one.document_hash = note.hash;
    CH_TRY(application_save(call->app, &one, ch_mask(&application_table, "document", "document_name", "document_hash", NULL), NULL));
    ch_notice(call, "Your CV is part of the application.");
    return ch_reply_redirect(call, application_path(call, one.key, ""));
}

/* What is missing leads to where it is written. */
static void lead_to_steps(ch_call *call, const application *one)
{
    for (size_t i = 0; i < call->faults.n; i++) {
        ch_fault *f = &call->faults.p[i];
        if (f->field.n) f->field = part_path(call, one, f->field);
    }
}

static void put_lacks(const ch_call *call, ch_map *m, const application *one)
{
    for (const application_part *part = application_parts; part->slug; part++) {
        if (part->done(one)) continue;
        ch_map *row = ch_map_add(m, "lacks");
        ch_map_text(row, "text", part->missing);
        ch_map_str(row, "href", part_path(call, one, ch_str_of(part->slug)));
    }
}

static ch_err draw_check(ch_call *call, const application *one)
{
    ch_page page = step_page(call, one, N_("Check your answers"));
    ch_map *m = ch_map_new(call->arena);
    put_application(m, one);
    put_text(call, m, one);
    put_lacks(call, m, one);
    ch_map_bool(m, "change", true);
    return ch_reply_page(call, "application_check", &page, m);
}

ch_err application_check_page(ch_call *call)
{
    application one;
    CH_TRY(load_draft(call, &one));
    return draw_check(call, &one);
}

/* Where a refused sending leaves the address bar. */
ch_err application_submit_page(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    return ch_reply_redirect(call, application_path(call, one.key, ""));
}

/* Pressed twice it is sent once: the second finds it sent and says so. */
ch_err application_submit_post(ch_call *call)
{
    application one;
    vacancy v;
    CH_TRY(load(call, &one));
    if (ch_str_is(one.state, "submitted")) return ch_reply_redirect(call, application_path(call, one.key, ""));
    const application_move *to = application_move_of(&one, APPLICATION_SUBMIT, ch_call_roles(call));
    if (!to) return ch_conflict(call, one.state);
    ch_err e = vacancy_get_public(call->app, call->arena, one.vacancy, &v);
    if (e && e != CH_NOT_FOUND) return e;
    if (e) v = (vacancy){.state = CH_STR("withdrawn")}; /* by its employer */
    application_check_submittable(&one, &v, call->now, &call->faults);
    lead_to_steps(call, &one);
    if (call->faults.n) return draw_check(call, &one);
    application_blind(call->arena, &one, &(application_identity){.name = call->who.name, .email = call->who.email});
    application_go(call->arena, &one, to, call->now);
    e = application_save(call->app, &one, ch_mask(&application_table, "state", "submitted_at", "history", "statement_blind", "answers", NULL),
                         to->event);
    if (e == CH_STALE) return ch_reply_redirect(call, application_path(call, one.key, ""));
    CH_TRY(e);
    CH_LOG(CH_INFO, "application_submitted", CH_KS("application", one.key));
    ch_notice(call, "%s", ch_gettext(ch_words(call), to->message));
    return ch_reply_redirect(call, application_path(call, one.key, ""));
}

ch_err application_withdraw_page(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    if (!application_move_of(&one, APPLICATION_WITHDRAW, ch_call_roles(call))) return ch_conflict(call, one.state);
    ch_str text = ch_text(call, "%.*s will no longer see it. You cannot send another one for this vacancy.", CH_ARG(one.employer_name));
    return ch_reply_confirm(call, &(ch_confirm){.section = "candidate",
                                                .question = CH_STR("Withdraw your application?"),
                                                .caption = one.vacancy_title,
                                                .texts = {text},
                                                .action = application_path(call, one.key, "/withdraw"),
                                                .button = "Withdraw",
                                                .back = application_path(call, one.key, ""),
                                                .keep = "Keep it"});
}

ch_err application_withdraw_post(ch_call *call)
{
    application one;
    CH_TRY(load(call, &one));
    const application_move *to = application_move_of(&one, APPLICATION_WITHDRAW, ch_call_roles(call));
    if (!to) return ch_conflict(call, one.state);
    application_go(call->arena, &one, to, call->now);
    CH_TRY(application_save(call->app, &one, ch_mask(&application_table, "state", "history", NULL), to->event));
    ch_notice(call, "%s", ch_gettext(ch_words(call), to->message));
    return ch_reply_redirect(call, application_path(call, one.key, ""));
}
