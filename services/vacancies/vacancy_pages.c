#include "vacancies/vacancy_pages.h"

#include "base/id.h"
#include "base/log.h"
#include "contracts/reference.h"
#include "vacancies/employer_store.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_store.h"
#include "view/form_view.h"
#include "view/markdown.h"

/* ---- the steps of writing one */

typedef struct step {
    const char *slug, *title, *fields[6];
} step;
static const step steps[] = {{"basics", "The job", {"title", "summary", "staff_group", "contract_type", "working_pattern", NULL}},
                             {"pay", "Pay", {"pay_band", "salary", NULL}},
                             {"locations", "Where", {"locations", "remote", NULL}},
                             {"description", "Description", {"description", NULL}},
                             {"criteria", "Criteria", {"criteria", NULL}},
                             {"closing", "Closing time", {"closes_at", NULL}},
                             {0}};

static const step *find_step(ch_str slug)
{
    for (const step *s = steps; s->slug; s++)
        if (ch_str_is(slug, s->slug)) return s;
    return NULL;
}

static uint64_t step_mask(const step *s)
{
    uint64_t which = 0;
    for (size_t i = 0; s->fields[i]; i++) which |= ch_mask(&vacancy_table, s->fields[i], NULL);
    return which;
}

/* Done when what it must hold is there; what may be empty is done when anything is. */
static bool step_done(const step *s, const vacancy *v)
{
    bool any = false;
    for (size_t i = 0; s->fields[i]; i++) {
        const ch_field *field = ch_field_named(&vacancy_table, ch_str_of(s->fields[i]));
        bool empty = ch_field_empty(v, field) && !(v->remote && !strcmp(field->name, "locations"));
        if (field->flags & CH_REQUIRED && empty) return false;
        any |= field->type == CH_F_STRUCT ? v->salary.min > 0 : !empty;
    }
    return any;
}

static ch_str vacancy_path(const ch_call *call, ch_str id, const char *rest)
{
    return ch_arena_printf(call->arena, "/employer/%.*s/vacancies/%.*s%s", CH_ARG(call->org->organisation), CH_ARG(id), rest);
}

static ch_err load(ch_call *call, vacancy *v)
{
    return vacancy_get(call->app, call->arena, call->org->organisation, ch_param(call, "id"), v);
}

static const char *state_colour(ch_str state)
{
    static const char *const colours[][2] = {{"draft", "nhsuk-tag--grey"}, {"published", "nhsuk-tag--green"}, {"closed", "nhsuk-tag--blue"}, {"withdrawn", "nhsuk-tag--red"}};
    for (size_t i = 0; i < 4; i++)
        if (ch_str_is(state, colours[i][0])) return colours[i][1];
    return "";
}

/* ---- dashboard */

static void put_row(ch_call *call, ch_map *row, const vacancy *v)
{
    ch_str state = vacancy_state_at(v, call->now);
    ch_map_str(row, "id", v->id);
    ch_map_str(row, "job", v->title);
    ch_map_str(row, "reference", v->reference);
    ch_map_str(row, "state", state);
    ch_map_z(row, "colour", state_colour(state));
    ch_map_time(row, "closes_at", v->closes_at);
    ch_map_bool(row, "is_draft", ch_str_is(state, "draft"));
}

ch_err employer_page(ch_call *call)
{
    ch_list found;
    employer_row employer = {0};
    ch_map *m = ch_map_new(call->arena);
    ch_err e = employer_get(call->app, call->arena, call->org->organisation, &employer);
    if (e && e != CH_NOT_FOUND) return e; /* not heard of yet: a moment after joining */
    CH_TRY(vacancy_list(call->app, call->arena, call->org->organisation, 200, &found));
    for (size_t i = 0; i < found.n; i++) put_row(call, ch_map_add(m, "vacancies"), (const vacancy *)found.p + i);
    ch_map_bool(m, "is_waiting", !ch_str_is(employer.state, "approved"));
    ch_map_bool(m, "is_refused", ch_str_is(employer.state, "refused"));
    ch_map_bool(m, "may_write", (ch_call_roles(call) & (CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN)) != 0);
    return ch_reply_page(call, "employer", &(ch_page){.title_str = call->org->name, .section = "employer"}, m);
}

/* ---- a new one */

static ch_err draw_new(ch_call *call, const vacancy_start *start)
{
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(vacancy_list(call->app, call->arena, call->org->organisation, 100, &found));
    ch_code *codes = CH_NEW_N(call->arena, ch_code, found.n + 1);
    for (size_t i = 0; i < found.n; i++) {
        const vacancy *v = (const vacancy *)found.p + i;
        codes[i] = (ch_code){ch_arena_z(call->arena, v->id), ch_arena_printf(call->arena, "%.*s (%.*s)", CH_ARG(v->title), CH_ARG(v->reference)).p};
    }
    const ch_options options[] = {{"copy_of", codes, CH_AS_SELECT}, {0}};
    ch_map_bool(m, "has_vacancies", found.n > 0);
    ch_page page = {.title = "Write a vacancy", .section = "employer", .back_str = ch_arena_printf(call->arena, "/employer/%.*s", CH_ARG(call->org->organisation))};
    return ch_reply_form(call, "vacancy_new", &page, m, &vacancy_start_table, start, CH_ALL, options);
}

ch_err vacancy_new_page(ch_call *call)
{
    return draw_new(call, NULL);
}

ch_err vacancy_new_post(ch_call *call)
{
    const vacancy_start *start = call->input;
    employer_row employer;
    vacancy v = {0}, original;
    if (!start->title.n && !start->copy_of.n) ch_refuse(call, "title", "Enter a job title");
    if (call->faults.n) return draw_new(call, start);
    ch_err e = employer_get(call->app, call->arena, call->org->organisation, &employer);
    if (e) return e == CH_NOT_FOUND ? CH_UNAVAILABLE : e;
    if (start->copy_of.n) {
        CH_TRY(vacancy_get(call->app, call->arena, call->org->organisation, start->copy_of, &original));
        vacancy_copy(&original, &v);
    }
    if (start->title.n) v.title = start->title;
    v.id = ch_id_new(call->arena);
    v.employer = (vacancy_employer){.id = employer.id, .name = employer.name, .kind = employer.kind};
    v.sector = employer.sector;
    v.state = CH_STR("draft");
    v.created_at = v.changed_at = call->now;
    CH_TRY(vacancy_create(call->app, call->arena, &v, employer.code, NULL));
    return ch_reply_redirect(call, vacancy_path(call, v.id, ""));
}

/* ---- the task list */

static ch_err draw_tasks(ch_call *call, const vacancy *v)
{
    ch_map *m = ch_map_new(call->arena);
    employer_row employer = {0};
    ch_str state = vacancy_state_at(v, call->now);
    uint64_t editable = vacancy_editable(v, call->now);
    bool writer = (ch_call_roles(call) & (CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN)) != 0;
    employer_get(call->app, call->arena, call->org->organisation, &employer);
    for (const step *s = steps; writer && s->slug; s++) {
        if (!(step_mask(s) & editable)) continue;
        ch_map *row = ch_map_add(m, "tasks");
        ch_map_z(row, "id", s->slug);
        ch_map_z(row, "text", s->title);
        ch_map_str(row, "href", vacancy_path(call, v->id, ch_arena_printf(call->arena, "/%s", s->slug).p));
        ch_map_bool(row, "done", step_done(s, v));
    }
    put_row(call, m, v);
    ch_map_int(m, "version", v->version);
    ch_map_bool(m, "may_publish", writer && vacancy_move_of(v, VACANCY_PUBLISH, call->now));
    ch_map_bool(m, "may_close", writer && vacancy_move_of(v, VACANCY_CLOSE, call->now));
    ch_map_bool(m, "may_withdraw", writer && vacancy_move_of(v, VACANCY_WITHDRAW, call->now));
    ch_map_bool(m, "is_waiting", !ch_str_is(employer.state, "approved"));
    ch_map_bool(m, "is_public", ch_str_is(state, "published"));
    ch_map_bool(m, "was_public", !ch_str_is(state, "draft"));
    for (size_t i = v->changes.n; i-- > 0;) {
        ch_map *row = ch_map_add(m, "changes");
        ch_map_time(row, "at", v->changes.p[i].at);
        ch_map_str(row, "what", v->changes.p[i].what);
    }
    ch_page page = {.title_str = v->title, .section = "employer", .back_str = ch_arena_printf(call->arena, "/employer/%.*s", CH_ARG(call->org->organisation))};
    return ch_reply_page(call, "vacancy_tasks", &page, m);
}

ch_err vacancy_tasks_page(ch_call *call)
{
    vacancy v;
    CH_TRY(load(call, &v));
    return draw_tasks(call, &v);
}

/* ---- one step */

static ch_err draw_step(ch_call *call, const step *s, const vacancy *v)
{
    const ch_sector *sector = ch_sector_of(v->sector);
    static const ch_code none[] = {{0, 0}};
    const ch_options options[] = {{"staff_group", sector ? sector->staff_groups : none, CH_AS_SELECT},
                                  {"pay_band", sector ? sector->pay_bands : none, CH_AS_SELECT},
                                  {"contract_type", ch_contract_types, CH_AS_SELECT},
                                  {"working_pattern", ch_working_patterns, CH_AS_CHECKBOXES},
                                  {"period", ch_salary_periods, CH_AS_RADIOS},
                                  {0}};
    ch_map *m = ch_map_new(call->arena);
    ch_form_map(call->arena, m, "form",
                &(ch_form_view){.table = &vacancy_table, .obj = v, .which = step_mask(s) & vacancy_editable(v, call->now),
                                .typed = call->faults.n ? &call->form : NULL, .faults = &call->faults, .options = options});
    /* The step's fields in its own order. */
    for (size_t i = 0; s->fields[i]; i++) {
        ch_value field = ch_value_get(ch_value_get(ch_v_map(m), CH_STR("form")), ch_str_of(s->fields[i]));
        if (field.kind == CH_V_MAP) ch_map_set(ch_map_add(m, "step_fields"), "one", field);
    }
    ch_map_z(m, "step_title", s->title);
    ch_map_str(m, "job", v->title);
    ch_map_int(m, "version", v->version);
    ch_map_bool(m, "is_repeating", !strcmp(s->slug, "locations") || !strcmp(s->slug, "criteria"));
    return ch_reply_page(call, "vacancy_step", &(ch_page){.title = s->title, .section = "employer", .back_str = vacancy_path(call, v->id, "")}, m);
}

ch_err vacancy_step_page(ch_call *call)
{
    vacancy v;
    const step *s = find_step(ch_param(call, "step"));
    if (!s) return CH_NOT_FOUND;
    CH_TRY(load(call, &v));
    if (!(step_mask(s) & vacancy_editable(&v, call->now))) return ch_conflict(call, vacancy_state_at(&v, call->now));
    return draw_step(call, s, &v);
}

/* The version that the form was drawn from, so that nobody overwrites what a colleague saved meanwhile. */
static ch_err check_version(ch_call *call, const vacancy *v)
{
    int64_t seen = 0;
    if (!ch_str_int(ch_pairs_get(&call->form, "version"), &seen)) return CH_INVALID;
    return seen == v->version ? CH_OK : CH_STALE;
}

static void read_step(ch_call *call, vacancy *v, uint64_t which)
{
    ch_form_read(call->arena, &call->form, &vacancy_table, v, which, &call->faults);
    /* A draft is saved unfinished: what is missing is said when it is published. */
    size_t kept = 0;
    bool draft = ch_str_is(v->state, "draft");
    for (size_t i = 0; i < call->faults.n; i++) {
        const ch_field *field = ch_field_named(&vacancy_table, call->faults.p[i].field);
        bool missing = field && field->flags & CH_REQUIRED && ch_field_empty(v, field) && !ch_pairs_get(&call->form, field->name).n && field->type != CH_F_TIME;
        if (draft && missing && strcmp(field->name, "title") != 0) continue;
        call->faults.p[kept++] = call->faults.p[i];
    }
    call->faults.n = kept;
    vacancy_check(v, which, &call->faults);
    if (!draft && which & ch_mask(&vacancy_table, "closes_at", NULL) && v->closes_at <= call->now) ch_refuse(call, "closes_at", "Closing time must be in the future");
}

ch_err vacancy_step_post(ch_call *call)
{
    vacancy v;
    const step *s = find_step(ch_param(call, "step"));
    if (!s) return CH_NOT_FOUND;
    CH_TRY(load(call, &v));
    uint64_t which = step_mask(s) & vacancy_editable(&v, call->now);
    if (!which) return ch_conflict(call, vacancy_state_at(&v, call->now));
    CH_TRY(check_version(call, &v));
    read_step(call, &v, which);
    if (call->faults.n) return draw_step(call, s, &v);
    bool published = ch_str_is(v.state, "published");
    vacancy_locate(&v);
    if (published) vacancy_note_change(call->arena, &v, call->who.id, which, call->now);
    CH_TRY(vacancy_save(call->app, &v, which | (published ? ch_mask(&vacancy_table, "changes", NULL) : 0), published ? &vacancy_changed : NULL, NULL));
    if (ch_pairs_get(&call->form, "more").n) return ch_reply_redirect(call, vacancy_path(call, v.id, ch_arena_printf(call->arena, "/%s", s->slug).p));
    ch_notice(call, "%s: saved.", s->title);
    return ch_reply_redirect(call, vacancy_path(call, v.id, ""));
}

/* ---- what it will look like */

void vacancy_put(ch_call *call, ch_map *m, const vacancy *v)
{
    ch_str state = vacancy_state_at(v, call->now);
    ch_map_str(m, "job", v->title);
    ch_map_str(m, "reference", v->reference);
    ch_map_str(m, "employer_name", v->employer.name);
    ch_map_str(m, "summary", v->summary);
    ch_map_set(m, "description_html", ch_v_html(ch_markdown_html(call->arena, v->description)));
    ch_map_str(m, "staff_group_name", v->staff_group.n ? ch_staff_group_name(v->staff_group) : CH_STR(""));
    ch_map_str(m, "pay_band_name", v->pay_band.n ? ch_pay_band_name(v->pay_band) : CH_STR(""));
    ch_map_str(m, "contract_name", v->contract_type.n ? ch_code_name(ch_contract_types, v->contract_type) : CH_STR(""));
    for (size_t i = 0; i < v->working_pattern.n; i++)
        ch_map_str(ch_map_add(m, "patterns"), "pattern", ch_code_name(ch_working_patterns, ((const ch_str *)v->working_pattern.p)[i]));
    for (size_t i = 0; i < v->locations.n; i++) {
        ch_map *row = ch_map_add(m, "places");
        ch_map_str(row, "place", v->locations.p[i].name);
        ch_map_str(row, "postcode", v->locations.p[i].postcode);
    }
    for (size_t i = 0; i < v->criteria.n; i++) ch_map_str(ch_map_add(m, v->criteria.p[i].essential ? "essential" : "desirable"), "text", v->criteria.p[i].text);
    ch_map_bool(m, "remote", v->remote);
    ch_map_str(m, "salary_text", vacancy_salary_text(call->arena, v));
    ch_map_time(m, "closes_at", v->closes_at);
    ch_map_time(m, "published_at", v->published_at);
    ch_map_bool(m, "is_open", ch_str_is(state, "published"));
    ch_map_bool(m, "was_withdrawn", ch_str_is(state, "withdrawn"));
}

ch_err vacancy_preview_page(ch_call *call)
{
    vacancy v;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(load(call, &v));
    vacancy_put(call, m, &v);
    ch_map_bool(m, "is_open", false);
    ch_map_bool(m, "is_preview", true);
    return ch_reply_page(call, "job", &(ch_page){.title_str = v.title, .section = "employer", .back_str = vacancy_path(call, v.id, ""), .no_index = true}, m);
}

/* ---- moving it on */

static ch_err move(ch_call *call, vacancy_act act, const char *done)
{
    vacancy v;
    CH_TRY(load(call, &v));
    CH_TRY(check_version(call, &v));
    const vacancy_move *to = vacancy_move_of(&v, act, call->now);
    if (!to) return ch_conflict(call, vacancy_state_at(&v, call->now));
    v.state = ch_str_of(to->to);
    uint64_t which = ch_mask(&vacancy_table, "state", NULL);
    if (act == VACANCY_PUBLISH) {
        v.published_at = call->now;
        which |= ch_mask(&vacancy_table, "published_at", NULL);
    }
    CH_TRY(vacancy_save(call->app, &v, which, to->event, NULL));
    CH_LOG(CH_INFO, "vacancy_moved", CH_KS("vacancy", v.id), CH_KS("state", v.state), CH_KS("by", call->who.id));
    ch_notice(call, "%s", done);
    return ch_reply_redirect(call, vacancy_path(call, v.id, ""));
}

ch_err vacancy_publish_post(ch_call *call)
{
    vacancy v;
    employer_row employer = {0};
    CH_TRY(load(call, &v));
    if (!vacancy_move_of(&v, VACANCY_PUBLISH, call->now)) return ch_conflict(call, vacancy_state_at(&v, call->now));
    ch_err e = employer_get(call->app, call->arena, call->org->organisation, &employer);
    if (e && e != CH_NOT_FOUND) return e;
    if (!ch_str_is(employer.state, "approved")) ch_refuse(call, "", "The department has not approved your organisation yet");
    vacancy_check_publishable(&v, call->now, &call->faults);
    for (size_t i = 0; i < call->faults.n; i++) call->faults.p[i].field = CH_STR(""); /* the boxes are on other pages */
    if (call->faults.n) return draw_tasks(call, &v);
    return move(call, VACANCY_PUBLISH, "The vacancy is published.");
}

ch_err vacancy_close_post(ch_call *call)
{
    return move(call, VACANCY_CLOSE, "The vacancy is closed. Nobody can apply any more.");
}

ch_err vacancy_withdraw_post(ch_call *call)
{
    return move(call, VACANCY_WITHDRAW, "The vacancy is withdrawn.");
}
