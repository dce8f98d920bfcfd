#include "vacancies/vacancy_api.h"

#include "base/id.h"
#include "base/log.h"
#include "contracts/events.h"
#include "vacancies/employer_store.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_store.h"

static ch_err reply(ch_call *call, int status, vacancy *v)
{
    v->state = vacancy_state_at(v, call->now);
    return ch_reply_json_version(call, status, &vacancy_table, v, v->version);
}

/* Its own organisation's in any state, everybody's when public. */
ch_err api_vacancy(ch_call *call)
{
    vacancy v;
    ch_str id = ch_param(call, "id");
    ch_err e = call->org ? vacancy_get(call->app, call->arena, call->org->organisation, id, &v) : CH_NOT_FOUND;
    if (e == CH_NOT_FOUND) e = vacancy_get_public(call->app, call->arena, id, &v);
    CH_TRY(e);
    return reply(call, 200, &v);
}

static ch_err load_own(ch_call *call, vacancy *v)
{
    return vacancy_get(call->app, call->arena, call->org->organisation, ch_param(call, "id"), v);
}

/* The answer again for the same command again. */
static ch_err repeat_of(ch_call *call, ch_str id, int status)
{
    vacancy v;
    CH_TRY(vacancy_repeated(call->app, call->org->organisation, id, call->idempotency_key, call->idempotency_hash));
    CH_TRY(vacancy_get(call->app, call->arena, call->org->organisation, id, &v));
    return reply(call, status, &v);
}

ch_err api_vacancy_create(ch_call *call)
{
    vacancy v = *(const vacancy *)call->input;
    employer_row employer;
    ch_err e = employer_get(call->app, call->arena, call->org->organisation, &employer);
    if (e) return e == CH_NOT_FOUND ? CH_UNAVAILABLE : e;
    v.sector = employer.sector;
    vacancy_check(&v, CH_ALL, &call->faults);
    if (v.closes_at <= call->now) ch_refuse(call, "closes_at", "Closing time must be in the future");
    if (call->faults.n) return CH_INVALID;
    v.id = call->idempotency_key.n ? ch_id_derived(call->arena, call->who.id, call->idempotency_key) : ch_id_new(call->arena);
    if (call->idempotency_key.n) {
        e = repeat_of(call, v.id, 201);
        if (e == CH_INVALID) return ch_refuse(call, "", "This Idempotency-Key came with another body before");
        if (e != CH_NOT_FOUND) return e;
    }
    v.employer = (vacancy_employer){.id = employer.id, .name = employer.name, .kind = employer.kind};
    v.state = CH_STR("draft");
    v.created_at = v.changed_at = call->now;
    vacancy_locate(&v);
    e = vacancy_create(call->app, call->arena, &v, employer.code, &(ch_write){.key = call->idempotency_key, .hash = call->idempotency_hash});
    if (e == CH_EXISTS && call->idempotency_key.n) return repeat_of(call, v.id, 201); /* two at once */
    CH_TRY(e);
    ch_reply_header(call, "Location", ch_arena_printf(call->arena, "/api/v1/vacancies/%.*s", CH_ARG(v.id)));
    return reply(call, 201, &v);
}

/* What was given replaces what is there; null empties. */
static uint64_t merge(vacancy *to, const vacancy *from)
{
    for (size_t i = 0; i < vacancy_table.n; i++) {
        const ch_field *field = &vacancy_table.fields[i];
        static const size_t sizes[] = {[CH_F_STR] = sizeof(ch_str), [CH_F_TEXT] = sizeof(ch_str), [CH_F_HTML] = sizeof(ch_str), [CH_F_INT] = sizeof(int64_t),
                                       [CH_F_DOUBLE] = sizeof(double), [CH_F_BOOL] = sizeof(bool), [CH_F_TIME] = sizeof(ch_time), [CH_F_LIST] = sizeof(ch_list),
                                       [CH_F_STRS] = sizeof(ch_list)};
        size_t size = field->type == CH_F_STRUCT ? field->of->size : sizes[field->type];
        if (from->seen.given >> i & 1) memcpy(ch_member(to, field), ch_member(from, field), size);
    }
    return from->seen.given;
}

ch_err api_vacancy_change(ch_call *call)
{
    vacancy v;
    CH_TRY(load_own(call, &v));
    if (call->if_match != v.version) return CH_STALE;
    uint64_t which = merge(&v, call->input);
    if (which & ~vacancy_editable(&v, call->now)) return ch_conflict(call, vacancy_state_at(&v, call->now));
    if (!which) return reply(call, 200, &v);
    bool published = ch_str_is(v.state, "published");
    vacancy_check(&v, which, &call->faults);
    if (published) vacancy_check_publishable(&v, call->now, &call->faults);
    if (call->faults.n) return CH_INVALID;
    vacancy_locate(&v);
    if (published) vacancy_note_change(call->arena, &v, call->who.id, which, call->now);
    CH_TRY(vacancy_save(call->app, &v, which | (published ? ch_mask(&vacancy_table, "changes", NULL) : 0), published ? &vacancy_changed : NULL, NULL));
    return reply(call, 200, &v);
}

static ch_err move(ch_call *call, vacancy_act act)
{
    vacancy v;
    employer_row employer = {0};
    CH_TRY(load_own(call, &v));
    if (call->if_match != v.version) return CH_STALE;
    const vacancy_move *to = vacancy_move_of(&v, act, call->now);
    if (!to) return ch_conflict(call, vacancy_state_at(&v, call->now));
    if (act == VACANCY_PUBLISH) {
        vacancy_check_publishable(&v, call->now, &call->faults);
        if (call->faults.n) return CH_INVALID;
        CH_TRY(employer_get(call->app, call->arena, call->org->organisation, &employer));
        if (!ch_str_is(employer.state, "approved")) return ch_conflict(call, CH_STR("organisation not approved"));
        v.published_at = call->now;
    }
    v.state = ch_str_of(to->to);
    CH_TRY(vacancy_save(call->app, &v, ch_mask(&vacancy_table, "state", "published_at", NULL), to->event, NULL));
    CH_LOG(CH_INFO, "vacancy_moved", CH_KS("vacancy", v.id), CH_KS("state", v.state), CH_KS("by", call->who.id));
    return reply(call, 200, &v);
}

ch_err api_vacancy_publish(ch_call *call)
{
    return move(call, VACANCY_PUBLISH);
}

ch_err api_vacancy_close(ch_call *call)
{
    return move(call, VACANCY_CLOSE);
}

ch_err api_vacancy_withdraw(ch_call *call)
{
    return move(call, VACANCY_WITHDRAW);
}
