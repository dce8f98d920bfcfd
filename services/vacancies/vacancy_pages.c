#include "vacancies/vacancy_pages.h"

#include "base/id.h"
#include "base/log.h"
#include "contracts/reference.h"
#include "data/json.h"
#include "vacancies/application_store.h"
#include "vacancies/employer_store.h"
#include "vacancies/listing.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_store.h"
#include "view/form_view.h"
#include "view/markdown.h"

/* ---- the steps of writing one */

typedef struct step {
    const char *slug, *title, *fields[6];
} step;
static const step steps[] = {{"basics", N_("The job"), {"title", "summary", "staff_group", "contract_type", "working_pattern", NULL}},
                             {"pay", N_("Pay"), {"pay_band", "salary", NULL}},
                             {"locations", N_("Where"), {"locations", "remote", NULL}},
                             {"description", N_("Description"), {"description", "person_specification", NULL}},
                             {"criteria", N_("Criteria"), {"criteria", NULL}},
                             {"closing", N_("Closing time"), {"closes_at", NULL}},
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

/* A step that publishing does not ask for. */
static bool step_optional(const step *s)
{
    for (size_t i = 0; s->fields[i]; i++)
        if (ch_field_named(&vacancy_table, ch_str_of(s->fields[i]))->flags & CH_REQUIRED) return false;
    return true;
}

/* Done when what it must hold is there; what may be empty is done when anything is. */
static bool step_done(const step *s, const vacancy *v)
{
    bool any = false;
    for (size_t i = 0; s->fields[i]; i++) {
        const ch_field *field = ch_field_named(&vacancy_table, ch_str_of(s->fields[i]));
        bool empty = ch_field_empty(v, field) && !(v->remote && !strcmp(field->name, "locations"));
        if (field->flags & CH_REQUIRED && empty) return false;
        any |= field->type == CH_F_STRUCT ? v->salary.min > 0 || v->salary.max > 0 : !empty;
    }
    return any;
}

/* The step that a field is written at: the slug, or "". */
static const char *step_of(ch_str field)
{
    for (const step *s = steps; s->slug; s++)
        for (size_t i = 0; s->fields[i]; i++)
            if (ch_str_starts(field, ch_str_of(s->fields[i]))) return s->slug;
    return "";
}

static ch_str vacancy_path(const ch_call *call, ch_str id, const char *rest)
{
    return ch_arena_printf(call->arena, "/employer/%.*s/vacancies/%.*s%s", CH_ARG(call->org->organisation), CH_ARG(id), rest);
}

static ch_err load(ch_call *call, vacancy *v) { return vacancy_get(call->app, call->arena, call->org->organisation, ch_param(call, "id"), v); }

static const ch_code states[] = {{"draft", "Draft"}, {"published", "Published"}, {"closed", "Closed"}, {"withdrawn", "Withdrawn"}, {0, 0}};
static const ch_code colours[] = {
    {"draft", "nhsuk-tag--grey"}, {"published", "nhsuk-tag--green"}, {"closed", "nhsuk-tag--blue"}, {"withdrawn", "nhsuk-tag--red"}, {0, 0}};
enum { PAGE = 25, COPIES = 100 };

static void put_state(ch_map *m, ch_str state)
{
    ch_map_name(m, "state", ch_code_name(states, state));
    ch_map_str(m, "colour", ch_code_name(colours, state));
}

static bool may_write(const ch_call *call) { return (ch_call_roles(call) & (CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN)) != 0; }

/* ---- dashboard */

typedef struct counts {
    const ch_list *vacancies;
    int64_t *applications, *fresh;
} counts;

static bool take_applications(void *p, const bson_t *doc)
{
    counts *c = p;
    bson_iter_t it, n, fresh;
    if (!bson_iter_init_find(&it, doc, "_id") || !BSON_ITER_HOLDS_UTF8(&it) || !bson_iter_init_find(&n, doc, "n") ||
        !bson_iter_init_find(&fresh, doc, "fresh"))
        return true;
    for (size_t i = 0; i < c->vacancies->n; i++) {
        if (!ch_str_is(((const vacancy *)c->vacancies->p)[i].id, bson_iter_utf8(&it, NULL))) continue;
        c->applications[i] = bson_iter_as_int64(&n);
        c->fresh[i] = bson_iter_as_int64(&fresh);
    }
    return true;
}

static void put_row(ch_call *call, ch_map *row, const vacancy *v, int64_t applications, int64_t fresh)
{
    ch_str state = vacancy_state_at(v, call->now);
    ch_map_str(row, "id", v->id);
    ch_map_str(row, "job", v->title);
    ch_map_str(row, "reference", v->reference);
    put_state(row, state);
    ch_map_time(row, "closes_at", v->closes_at);
    ch_map_bool(row, "is_draft", ch_str_is(state, "draft"));
    ch_map_bool(row, "is_over", ch_str_is(state, "closed"));
    ch_map_str(row, "applications", ch_text_n(call, applications, "%s application", "%s applications"));
    ch_map_int(row, "fresh", fresh);
    ch_map_bool(row, "has_fresh", fresh > 0);
}

static ch_str list_path(const ch_call *call) { return ch_arena_printf(call->arena, "/employer/%.*s", CH_ARG(call->org->organisation)); }

/* How many applications each of these has, in one question. */
static ch_err put_rows(ch_call *call, ch_map *m, const ch_list *found)
{
    counts c = {
        .vacancies = found, .applications = CH_NEW_N(call->arena, int64_t, found->n + 1), .fresh = CH_NEW_N(call->arena, int64_t, found->n + 1)};
    ch_str *ids = CH_NEW_N(call->arena, ch_str, found->n + 1);
    for (size_t i = 0; i < found->n; i++) ids[i] = ((const vacancy *)found->p)[i].id;
    CH_TRY(application_count_of_vacancies(call->app, call->arena, call->org->organisation, ids, found->n, take_applications, &c));
    for (size_t i = 0; i < found->n; i++) put_row(call, ch_map_add(m, "vacancies"), (const vacancy *)found->p + i, c.applications[i], c.fresh[i]);
    return CH_OK;
}

static ch_err put_vacancies(ch_call *call, ch_map *m)
{
    listing l = listing_asked(call, list_path(call), states);
    state_counts by_state = {.states = states};
    ch_list found;
    CH_TRY(vacancy_list(call->app, call->arena, call->org->organisation,
                        &(vacancy_listing){.state = l.state, .now = call->now, .limit = PAGE + 1, .skip = (l.page - 1) * PAGE}, &found));
    CH_TRY(vacancy_count_states_of(call->app, call->org->organisation, call->now, state_counts_take, &by_state));
    bool more = found.n > PAGE;
    if (more) found.n = PAGE;
    listing_put(call, m, &l, &by_state, more);
    return put_rows(call, m, &found);
}

ch_err employer_page(ch_call *call)
{
    employer_row employer = {0};
    ch_map *m = ch_map_new(call->arena);
    ch_err e = employer_get(call->app, call->arena, call->org->organisation, &employer);
    if (e && e != CH_NOT_FOUND) return e; /* not heard of yet: a moment after joining */
    CH_TRY(put_vacancies(call, m));
    ch_map_bool(m, "is_waiting", !ch_str_is(employer.state, "approved"));
    ch_map_bool(m, "is_refused", ch_str_is(employer.state, "refused"));
    ch_map_bool(m, "may_write", may_write(call));
    return ch_reply_page(call, "employer", &(ch_page){.title_str = call->org->name, .section = "employer"}, m);
}

/* ---- a new one */

static ch_err draw_new(ch_call *call, const vacancy_start *start)
{
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    vacancy_start asked = {.copy_of = ch_pairs_get(&call->query_pairs, "copy_of"),
                           .once = start && start->once.n ? start->once : ch_id_new(call->arena)};
    CH_TRY(vacancy_list(call->app, call->arena, call->org->organisation, &(vacancy_listing){.limit = COPIES}, &found));
    ch_code *codes = CH_NEW_N(call->arena, ch_code, found.n + 1);
    for (size_t i = 0; i < found.n; i++) {
        const vacancy *v = (const vacancy *)found.p + i;
        codes[i] = (ch_code){ch_arena_z(call->arena, v->id), ch_arena_printf(call->arena, "%.*s (%.*s)", CH_ARG(v->title), CH_ARG(v->reference)).p};
        if (ch_str_eq(v->id, asked.copy_of)) asked.title = v->title;
    }
    const ch_options options[] = {{"copy_of", codes, CH_AS_SELECT}, {0}};
    ch_map_bool(m, "has_vacancies", found.n > 0);
    ch_map_str(m, "once", asked.once);
    ch_page page = {.title = "Write a vacancy", .section = "employer", .back_str = list_path(call), .back_text = "Vacancies"};
    return ch_reply_form(call, "vacancy_new", &page, m, &vacancy_start_table, start ? start : &asked, CH_ALL, options);
}

ch_err vacancy_new_page(ch_call *call) { return draw_new(call, NULL); }

/* Pressed twice the second finds the first's: the id comes from the form's own number. */
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
    v.id = start->once.n ? ch_id_derived(call->arena, call->who.id, start->once) : ch_id_new(call->arena);
    v.employer = (vacancy_employer){.id = employer.id, .name = employer.name, .kind = employer.kind};
    v.sector = employer.sector;
    v.state = CH_STR("draft");
    v.created_at = v.changed_at = call->now;
    vacancy_tidy(call->arena, &v);
    e = vacancy_create(call->app, call->arena, &v, employer.code, NULL);
    if (e && e != CH_EXISTS) return e;
    return ch_reply_redirect(call, vacancy_path(call, v.id, ""));
}

/* ---- the task list */

static void put_tasks(ch_call *call, ch_map *m, const vacancy *v)
{
    uint64_t editable = vacancy_editable(v, call->now);
    for (const step *s = steps; may_write(call) && s->slug; s++) {
        if (!(step_mask(s) & editable)) continue;
        ch_map *row = ch_map_add(m, "tasks");
        ch_map_z(row, "id", s->slug);
        ch_map_text(row, "text", s->title);
        ch_map_str(row, "href", vacancy_path(call, v->id, ch_arena_printf(call->arena, "/%s", s->slug).p));
        ch_map_bool(row, "done", step_done(s, v));
        ch_map_bool(row, "optional", step_optional(s));
    }
}

/* "summary, closes_at" as a person reads it. */
static ch_str labels_of(ch_arena *a, ch_str what)
{
    ch_buf b = ch_buf_in(a);
    ch_str part;
    while (ch_str_split(&what, ',', &part)) {
        const ch_field *field = ch_field_named(&vacancy_table, ch_str_trim(part));
        ch_buf_printf(&b, "%s%s", b.n ? ", " : "", field && field->label ? field->label : "");
    }
    return ch_buf_str(&b);
}

static void put_change(ch_call *call, ch_map *row, const vacancy_change *c)
{
    ch_map_int(row, "number", c->version);
    ch_map_time(row, "at", c->at);
    ch_map_str(row, "by", c->name);
    ch_map_str(row, "what", labels_of(call->arena, c->what));
    ch_map_str(row, "old_summary", c->summary);
    if (c->description.n) ch_map_set(row, "old_description", ch_v_html(ch_markdown_html(call->arena, c->description)));
    if (c->person_specification.n) ch_map_set(row, "old_person", ch_v_html(ch_markdown_html(call->arena, c->person_specification)));
    if (c->closes_at) ch_map_time(row, "old_closes_at", c->closes_at);
    for (size_t i = 0; i < c->working_pattern.n; i++)
        ch_map_name(ch_map_add(row, "old_patterns"), "pattern", ch_code_name(ch_working_patterns, ((const ch_str *)c->working_pattern.p)[i]));
    ch_map_bool(row, "has_old", c->summary.n || c->description.n || c->person_specification.n || c->closes_at || c->working_pattern.n);
}

/* Nobody who searches by place would find it, and its places stay as they are once it is published. */
static void put_unknown_place(ch_map *m, const vacancy *v)
{
    const vacancy_location *unknown = vacancy_location_unknown(v);
    if (unknown) ch_map_str(m, "unknown_place", unknown->name);
}

static ch_err draw_tasks(ch_call *call, const vacancy *v)
{
    ch_map *m = ch_map_new(call->arena);
    employer_row employer = {0};
    ch_str state = vacancy_state_at(v, call->now);
    unsigned roles = ch_call_roles(call);
    ch_err e = employer_get(call->app, call->arena, call->org->organisation, &employer);
    if (e && e != CH_NOT_FOUND) return e;
    put_tasks(call, m, v);
    ch_map_str(m, "id", v->id);
    ch_map_str(m, "job", v->title);
    ch_map_str(m, "reference", v->reference);
    put_state(m, state);
    ch_map_time(m, "closes_at", v->closes_at);
    ch_map_bool(m, "has_closed", ch_str_is(state, "closed"));
    ch_map_time(m, "published_at", v->published_at);
    ch_map_time(m, "created_at", v->created_at);
    ch_map_int(m, "version", v->version);
    ch_map_bool(m, "may_publish", vacancy_move_of(v, VACANCY_PUBLISH, roles, call->now));
    ch_map_bool(m, "may_close", vacancy_move_of(v, VACANCY_CLOSE, roles, call->now));
    ch_map_bool(m, "may_withdraw", vacancy_move_of(v, VACANCY_WITHDRAW, roles, call->now));
    ch_map_bool(m, "may_write", may_write(call));
    ch_map_bool(m, "is_waiting", !ch_str_is(employer.state, "approved"));
    ch_map_bool(m, "has_tasks", may_write(call) && vacancy_editable(v, call->now) != 0);
    ch_map_bool(m, "is_draft", ch_str_is(state, "draft"));
    if (ch_str_is(state, "draft")) put_unknown_place(m, v);
    ch_map_bool(m, "is_public", ch_str_is(state, "published"));
    ch_map_bool(m, "was_public", v->published_at != 0);
    for (size_t i = v->changes.n; i-- > 0;) put_change(call, ch_map_add(m, "changes"), &v->changes.p[i]);
    ch_page page = {.title_str = v->title, .section = "employer", .back_str = list_path(call), .back_text = "Vacancies"};
    return ch_reply_page(call, "vacancy_tasks", &page, m);
}

ch_err vacancy_tasks_page(ch_call *call)
{
    vacancy v;
    CH_TRY(load(call, &v));
    return draw_tasks(call, &v);
}

/* ---- one step */

/* What the step's fields held when the form was drawn: a colleague's save of another step is no conflict, of this one
 * it is. */
static ch_str seal_of(ch_call *call, const step *s, const vacancy *v)
{
    vacancy part = {0};
    ch_buf b = ch_buf_in(call->arena);
    vacancy_take(&part, v, step_mask(s));
    ch_json_write(&b, &vacancy_table, &part, 0);
    return ch_arena_printf(call->arena, "%016llx", (unsigned long long)ch_hash(ch_buf_str(&b)));
}

/* Beside words that could not be saved: what a colleague has saved instead. */
static void put_saved(ch_call *call, ch_map *m, const step *s, const vacancy *v, const ch_options *options)
{
    ch_form_map(call->arena, m, "saved",
                &(ch_form_view){.table = &vacancy_table, .obj = v, .which = step_mask(s) & vacancy_editable(v, call->now), .options = options});
    ch_value saved = ch_value_get(ch_v_map(m), CH_STR("saved"));
    for (size_t i = 0; i < vacancy_table.n; i++) {
        ch_value one = ch_value_get(saved, ch_str_of(vacancy_table.fields[i].name)), value = ch_value_get(one, CH_STR("value"));
        if (one.kind != CH_V_MAP || !ch_value_truthy(value)) continue;
        ch_map *row = ch_map_add(m, "theirs");
        ch_map_bool(m, "has_theirs", true);
        ch_map_set(row, "what", ch_value_get(one, CH_STR("label")));
        ch_map_set(row, "value", value);
    }
}

/* `v` is what is stored: what was typed stands in the form that was sent. */
static ch_err draw_step(ch_call *call, const step *s, const vacancy *v, bool stale)
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
                &(ch_form_view){.table = &vacancy_table,
                                .obj = v,
                                .which = step_mask(s) & vacancy_editable(v, call->now),
                                .typed = call->faults.n ? &call->form : NULL,
                                .faults = &call->faults,
                                .options = options});
    /* The step's fields in its own order. */
    for (size_t i = 0; s->fields[i]; i++) {
        ch_value field = ch_value_get(ch_value_get(ch_v_map(m), CH_STR("form")), ch_str_of(s->fields[i]));
        if (field.kind == CH_V_MAP) ch_map_set(ch_map_add(m, "step_fields"), "one", field);
    }
    if (stale) put_saved(call, m, s, v, options);
    ch_map_text(m, "step_title", s->title);
    ch_map_str(m, "job", v->title);
    ch_map_str(m, "seal", seal_of(call, s, v));
    ch_map_bool(m, "is_public", ch_str_is(v->state, "published"));
    ch_map_bool(m, "is_repeating", !strcmp(s->slug, "locations") || !strcmp(s->slug, "criteria"));
    ch_page page = {.title_str = ch_title(call, ch_str_of(s->title), v->title), .section = "employer", .back_str = vacancy_path(call, v->id, "")};
    return ch_reply_page_status(call, stale ? 412 : call->faults.n ? 422 : 200, "vacancy_step", &page, m);
}

ch_err vacancy_step_page(ch_call *call)
{
    vacancy v;
    const step *s = find_step(ch_param(call, "step"));
    if (!s) return CH_NOT_FOUND;
    CH_TRY(load(call, &v));
    if (!(step_mask(s) & vacancy_editable(&v, call->now))) return ch_conflict(call, vacancy_state_at(&v, call->now));
    return draw_step(call, s, &v, false);
}

/* Nothing that somebody wrote is thrown away because a colleague was faster. */
static ch_err draw_stale(ch_call *call, const step *s)
{
    vacancy v;
    CH_TRY(load(call, &v));
    call->faults.n = 0;
    ch_refuse(
        call, "",
        "Somebody else saved this part while you were writing. Your words are here and not saved yet: save again to put them in place of theirs");
    return draw_step(call, s, &v, true);
}

/* "Remove" beside a row: the row's boxes count as empty. */
static bool remove_row(ch_call *call)
{
    ch_str row = ch_pairs_get(&call->form, "remove");
    size_t kept = 0;
    if (!row.n) return false;
    ch_str prefix = ch_arena_printf(call->arena, "%.*s.", CH_ARG(row));
    for (size_t i = 0; i < call->form.n; i++)
        if (!ch_str_starts(call->form.p[i].name, prefix)) call->form.p[kept++] = call->form.p[i];
    call->form.n = kept;
    return true;
}

static void read_step(ch_call *call, vacancy *v, uint64_t which)
{
    ch_form_read(call->arena, &call->form, &vacancy_table, v, which, &call->faults);
    /* A draft is saved unfinished: what is missing is said when it is published. */
    size_t kept = 0;
    bool draft = ch_str_is(v->state, "draft");
    for (size_t i = 0; i < call->faults.n; i++) {
        const ch_field *field = ch_field_named(&vacancy_table, call->faults.p[i].field);
        bool missing =
            field && field->flags & CH_REQUIRED && ch_field_empty(v, field) && !ch_pairs_get(&call->form, field->name).n && field->type != CH_F_TIME;
        bool no_time = field && field->type == CH_F_TIME && !v->closes_at && !ch_pairs_get(&call->form, "closes_at-day").n &&
                       !ch_pairs_get(&call->form, "closes_at-month").n && !ch_pairs_get(&call->form, "closes_at-year").n;
        if (draft && (missing || no_time) && strcmp(field->name, "title") != 0) continue;
        call->faults.p[kept++] = call->faults.p[i];
    }
    call->faults.n = kept;
    vacancy_check(v, which, &call->faults);
    if (which & ch_mask(&vacancy_table, "closes_at", NULL) && v->closes_at && v->closes_at <= call->now)
        ch_refuse(call, "closes_at", "Closing time must be in the future");
    vacancy_tidy(call->arena, v);
}

static ch_err save_step(ch_call *call, vacancy *v, const vacancy *before, uint64_t which)
{
    if (!ch_str_is(v->state, "published")) return vacancy_save(call->app, v, which, NULL, NULL);
    which = vacancy_note_change(call->arena, v, before, call->who.id, call->who.name, which, call->now);
    return which ? vacancy_save(call->app, v, which | ch_mask(&vacancy_table, "changes", NULL), &vacancy_changed, NULL) : CH_OK;
}

ch_err vacancy_step_post(ch_call *call)
{
    vacancy v, before;
    const step *s = find_step(ch_param(call, "step"));
    if (!s) return CH_NOT_FOUND;
    CH_TRY(load(call, &v));
    before = v;
    uint64_t which = step_mask(s) & vacancy_editable(&v, call->now);
    if (!which) return ch_conflict(call, vacancy_state_at(&v, call->now));
    ch_str saved = seal_of(call, s, &before);
    bool removed = remove_row(call);
    read_step(call, &v, which);
    /* A button that was pressed twice says the same again, which is no conflict. */
    if (!ch_str_eq(ch_pairs_get(&call->form, "seal"), saved) && !ch_str_eq(seal_of(call, s, &v), saved)) return draw_stale(call, s);
    if (call->faults.n) return draw_step(call, s, &before, false);
    ch_err e = save_step(call, &v, &before, which);
    if (e == CH_STALE) return draw_stale(call, s);
    CH_TRY(e);
    bool stay = removed || ch_pairs_get(&call->form, "more").n;
    ch_notice(call, "%s: saved.", ch_gettext(ch_words(call), s->title));
    return ch_reply_redirect(call, vacancy_path(call, v.id, stay ? ch_arena_printf(call->arena, "/%s", s->slug).p : ""));
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
    if (v->person_specification.n) ch_map_set(m, "person_html", ch_v_html(ch_markdown_html(call->arena, v->person_specification)));
    ch_map_str(m, "employer", v->employer.id);
    ch_map_name(m, "staff_group_name", v->staff_group.n ? ch_staff_group_name(v->staff_group) : CH_STR(""));
    ch_map_name(m, "pay_band_name", v->pay_band.n ? ch_pay_band_name(v->pay_band) : CH_STR(""));
    ch_map_name(m, "contract_name", v->contract_type.n ? ch_code_name(ch_contract_types, v->contract_type) : CH_STR(""));
    for (size_t i = 0; i < v->working_pattern.n; i++)
        ch_map_name(ch_map_add(m, "patterns"), "pattern", ch_code_name(ch_working_patterns, ((const ch_str *)v->working_pattern.p)[i]));
    for (size_t i = 0; i < v->locations.n; i++) {
        ch_map *row = ch_map_add(m, "places");
        ch_map_str(row, "place", v->locations.p[i].name);
        ch_map_str(row, "postcode", v->locations.p[i].postcode);
    }
    for (size_t i = 0; i < v->criteria.n; i++)
        ch_map_str(ch_map_add(m, v->criteria.p[i].essential ? "essential" : "desirable"), "text", v->criteria.p[i].text);
    ch_map_bool(m, "remote", v->remote);
    ch_map_str(m, "salary_text", vacancy_salary_text(call->arena, v, ch_words(call)));
    ch_map_time(m, "closes_at", v->closes_at);
    ch_map_time(m, "published_at", v->published_at);
    ch_map_bool(m, "is_open", ch_str_is(state, "published"));
    ch_map_bool(m, "is_over", ch_str_is(state, "closed"));
    ch_map_bool(m, "has_places", v->locations.n > 0);
    ch_map_bool(m, "has_patterns", v->working_pattern.n > 0);
    ch_map_bool(m, "has_criteria", v->criteria.n > 0);
    for (size_t i = 0; i < v->criteria.n; i++) ch_map_bool(m, v->criteria.p[i].essential ? "has_essential" : "has_desirable", true);
    if (v->changes.n) ch_map_time(m, "edited_at", v->changes.p[v->changes.n - 1].at);
}

ch_err vacancy_preview_page(ch_call *call)
{
    vacancy v;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(load(call, &v));
    vacancy_put(call, m, &v);
    ch_map_bool(m, "is_open", false);
    ch_map_bool(m, "is_preview", true);
    ch_page page = {.title_str = ch_text(call, "Preview of %.*s", CH_ARG(v.title)),
                    .section = "employer",
                    .back_str = vacancy_path(call, v.id, ""),
                    .no_index = true};
    return ch_reply_page(call, "job", &page, m);
}

/* ---- moving it on */

/* The version that the page was drawn from: what was decided on is what is there. */
static ch_err check_version(ch_call *call, const vacancy *v)
{
    int64_t seen = 0;
    if (!ch_str_int(ch_pairs_get(&call->form, "version"), &seen)) return CH_INVALID;
    return seen == v->version ? CH_OK : CH_STALE;
}

static ch_err move(ch_call *call, vacancy_act act)
{
    vacancy v;
    CH_TRY(load(call, &v));
    const vacancy_move *to = vacancy_move_of(&v, act, ch_call_roles(call), call->now);
    if (!to) return ch_conflict(call, vacancy_state_at(&v, call->now));
    CH_TRY(check_version(call, &v));
    v.state = ch_str_of(to->to);
    uint64_t which = ch_mask(&vacancy_table, "state", NULL);
    if (act == VACANCY_PUBLISH) {
        v.published_at = call->now;
        which |= ch_mask(&vacancy_table, "published_at", NULL);
    }
    CH_TRY(vacancy_save(call->app, &v, which, to->event, NULL));
    CH_LOG(CH_INFO, "vacancy_moved", CH_KS("vacancy", v.id), CH_KS("state", v.state), CH_KS("by", call->who.id));
    ch_notice(call, "%s", ch_gettext(ch_words(call), to->message));
    return ch_reply_redirect(call, vacancy_path(call, v.id, ""));
}

/* What is missing leads to the step where it is written. */
static void lead_to_steps(ch_call *call, const vacancy *v)
{
    for (size_t i = 0; i < call->faults.n; i++) {
        ch_fault *f = &call->faults.p[i];
        const char *slug = step_of(f->field);
        if (*slug) f->field = vacancy_path(call, v->id, ch_arena_printf(call->arena, "/%s#%.*s", slug, CH_ARG(f->field)).p);
    }
}

ch_err vacancy_publish_post(ch_call *call)
{
    vacancy v;
    employer_row employer = {0};
    CH_TRY(load(call, &v));
    if (!vacancy_move_of(&v, VACANCY_PUBLISH, ch_call_roles(call), call->now)) return ch_conflict(call, vacancy_state_at(&v, call->now));
    ch_err e = employer_get(call->app, call->arena, call->org->organisation, &employer);
    if (e && e != CH_NOT_FOUND) return e;
    if (!ch_str_is(employer.state, "approved")) ch_refuse(call, "", "The department has not approved your organisation yet");
    vacancy_check_publishable(&v, call->now, &call->faults);
    lead_to_steps(call, &v);
    if (call->faults.n) return draw_tasks(call, &v);
    return move(call, VACANCY_PUBLISH);
}

/* Where a refused publication leaves the address bar. */
ch_err vacancy_publish_page(ch_call *call)
{
    vacancy v;
    CH_TRY(load(call, &v));
    return ch_reply_redirect(call, vacancy_path(call, v.id, ""));
}

/* What the page before an act says of it. */
typedef struct warning {
    const char *question, *button, *path, *text;
} warning;

static const warning *warning_of(vacancy_act act, bool is_draft)
{
    static const warning close = {
        N_("Close this vacancy now?"), N_("Close vacancy"), "/close",
        N_("Nobody can apply any more, and it leaves the search. Applications that were sent stay with you. You cannot open it "
           "again, but you can publish a copy.")};
    static const warning discard = {N_("Discard this draft?"), N_("Discard draft"), "/withdraw",
                                    N_("It leaves your list of drafts. You can still copy it.")};
    static const warning withdraw = {
        N_("Withdraw this vacancy?"), N_("Withdraw vacancy"), "/withdraw",
        N_("The advert is taken away, and nobody can apply any more. Applications that were sent stay with you. Withdraw what "
           "should not have been published; if you have enough applications, close it instead.")};
    return act == VACANCY_CLOSE ? &close : is_draft ? &discard : &withdraw;
}

static ch_err confirm(ch_call *call, vacancy_act act)
{
    vacancy v;
    CH_TRY(load(call, &v));
    ch_str state = vacancy_state_at(&v, call->now);
    if (!vacancy_move_of(&v, act, ch_call_roles(call), call->now)) return ch_conflict(call, state);
    const warning *w = warning_of(act, ch_str_is(state, "draft"));
    ch_confirm page = {.section = "employer",
                       .question = ch_str_of(w->question),
                       .caption = v.title,
                       .texts = {ch_str_of(w->text)},
                       .action = vacancy_path(call, v.id, w->path),
                       .button = w->button,
                       .back = vacancy_path(call, v.id, ""),
                       .version = v.version};
    if (act == VACANCY_CLOSE)
        page.texts[1] = ch_text(call, "By itself it closes on %.*s.", CH_ARG(ch_time_uk_full(call->arena, v.closes_at, ch_words(call))));
    return ch_reply_confirm(call, &page);
}

ch_err vacancy_close_page(ch_call *call) { return confirm(call, VACANCY_CLOSE); }

ch_err vacancy_withdraw_page(ch_call *call) { return confirm(call, VACANCY_WITHDRAW); }

ch_err vacancy_close_post(ch_call *call) { return move(call, VACANCY_CLOSE); }

ch_err vacancy_withdraw_post(ch_call *call) { return move(call, VACANCY_WITHDRAW); }
