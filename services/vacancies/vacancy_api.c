#include "vacancies/vacancy_api.h"

#include "base/id.h"
#include "base/log.h"
#include "contracts/events.h"
#include "vacancies/employer_store.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_store.h"

/* When it closes by itself nobody writes, so the version does not tell: that it is the one which a client has already is then no reason to leave the
 * answer out. */
static ch_err reply(ch_call *call, int status, vacancy *v)
{
    ch_str state = vacancy_state_at(v, call->now);
    bool told = ch_str_eq(state, v->state);
    v->state = state;
    if (!told) {
        ch_reply_header(call, "ETag", ch_arena_printf(call->arena, "\"%lld\"", (long long)v->version));
        return ch_reply_json(call, status, &vacancy_table, v);
    }
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

enum { OWN_LIMIT = 20 };

/* Cursor: base64url of "<changed_at> <id>" of the last one. */
static ch_str own_cursor(ch_arena *a, const vacancy *last)
{
    ch_buf b = ch_buf_in(a);
    ch_put_base64url(&b, ch_arena_printf(a, "%lld %.*s", (long long)last->changed_at, CH_ARG(last->id)));
    return ch_buf_str(&b);
}

static bool read_cursor(ch_arena *a, ch_str cursor, vacancy_listing *l)
{
    ch_str rest, at;
    if (!ch_base64url_decode(a, cursor, &rest) || !ch_utf8_valid(rest)) return false;
    if (!ch_str_split(&rest, ' ', &at) || !ch_str_int(at, &l->after_changed_at) || !rest.n) return false;
    l->after_id = rest;
    return true;
}

ch_err api_vacancies_own(ch_call *call)
{
    const vacancy_own_query *q = call->query;
    vacancy_own_list out = {0};
    ch_list found;
    size_t limit = q->limit ? (size_t)q->limit : OWN_LIMIT;
    vacancy_listing l = {.state = q->state, .now = call->now, .limit = (int64_t)limit + 1};
    if (q->cursor.n && !read_cursor(call->arena, q->cursor, &l)) return ch_refuse(call, "cursor", "This cursor is not of this list");
    CH_TRY(vacancy_list(call->app, call->arena, call->org->organisation, &l, &found));
    out.vacancies.p = found.p;
    out.vacancies.n = found.n < limit ? found.n : limit;
    if (found.n > limit) out.next = own_cursor(call->arena, &out.vacancies.p[limit - 1]);
    for (size_t i = 0; i < out.vacancies.n; i++) out.vacancies.p[i].state = vacancy_state_at(&out.vacancies.p[i], call->now);
    return ch_reply_json(call, 200, &vacancy_own_list_table, &out);
}

static ch_err load_own(ch_call *call, vacancy *v) { return vacancy_get(call->app, call->arena, call->org->organisation, ch_param(call, "id"), v); }

/* The answer again for the same command again; CH_NOT_FOUND: it is a new one. */
static ch_err answer_again(ch_call *call, ch_str id, int status)
{
    vacancy v;
    if (!call->idempotency_key.n) return CH_NOT_FOUND;
    ch_err e = vacancy_repeated(call->app, call->org->organisation, id, call->idempotency_key, call->idempotency_hash);
    if (e == CH_INVALID) return ch_refuse(call, "", "This Idempotency-Key came with another request before");
    CH_TRY(e);
    CH_TRY(vacancy_get(call->app, call->arena, call->org->organisation, id, &v));
    return reply(call, status, &v);
}

static ch_write key_of(const ch_call *call) { return (ch_write){.key = call->idempotency_key, .hash = call->idempotency_hash}; }

/* A change that another came before: perhaps the same one, twice at once. */
static ch_err answer_stale(ch_call *call, ch_str id)
{
    ch_err e = answer_again(call, id, 200);
    return e == CH_NOT_FOUND ? CH_STALE : e;
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
    e = answer_again(call, v.id, 201);
    if (e != CH_NOT_FOUND) return e;
    v.employer = (vacancy_employer){.id = employer.id, .name = employer.name, .kind = employer.kind};
    v.state = CH_STR("draft");
    v.created_at = v.changed_at = call->now;
    vacancy_tidy(call->arena, &v);
    const ch_write write = key_of(call);
    e = vacancy_create(call->app, call->arena, &v, employer.code, &write);
    if (e == CH_EXISTS) { /* two at once */
        e = answer_again(call, v.id, 201);
        return e == CH_NOT_FOUND ? CH_CONFLICT : e;
    }
    CH_TRY(e);
    ch_reply_header(call, "Location", ch_arena_printf(call->arena, "/api/v1/vacancies/%.*s", CH_ARG(v.id)));
    return reply(call, 201, &v);
}

ch_err api_vacancy_change(ch_call *call)
{
    vacancy v, before;
    const vacancy *given = call->input;
    CH_TRY(load_own(call, &v));
    if (call->if_match != v.version) return answer_stale(call, v.id);
    uint64_t which = given->seen.given; /* replaces what is there; null empties */
    before = v;
    vacancy_take(&v, given, which);
    if (which & ~vacancy_editable(&v, call->now)) return ch_conflict(call, vacancy_state_at(&v, call->now));
    if (!which) return reply(call, 200, &v);
    bool published = ch_str_is(v.state, "published");
    vacancy_check(&v, which, &call->faults);
    if (published) vacancy_check_publishable(&v, call->now, &call->faults);
    if (call->faults.n) return CH_INVALID;
    vacancy_tidy(call->arena, &v);
    if (published) which = vacancy_note_change(call->arena, &v, &before, call->who.id, CH_STR("a partner system"), which, call->now);
    if (!which) return reply(call, 200, &v); /* nothing is different */
    const ch_write write = key_of(call);
    ch_err e =
        vacancy_save(call->app, &v, which | (published ? ch_mask(&vacancy_table, "changes", NULL) : 0), published ? &vacancy_changed : NULL, &write);
    if (e) return e == CH_STALE ? answer_stale(call, v.id) : e;
    return reply(call, 200, &v);
}

static ch_err move(ch_call *call, vacancy_act act)
{
    vacancy v;
    employer_row employer = {0};
    CH_TRY(load_own(call, &v));
    if (call->if_match != v.version) return answer_stale(call, v.id);
    const vacancy_move *to = vacancy_move_of(&v, act, ch_call_roles(call), call->now);
    if (!to) return ch_conflict(call, vacancy_state_at(&v, call->now));
    if (act == VACANCY_PUBLISH) {
        vacancy_check_publishable(&v, call->now, &call->faults);
        if (call->faults.n) return CH_INVALID;
        CH_TRY(employer_get(call->app, call->arena, call->org->organisation, &employer));
        if (!ch_str_is(employer.state, "approved")) return ch_conflict(call, CH_STR("organisation not approved"));
        v.published_at = call->now;
    }
    v.state = ch_str_of(to->to);
    const ch_write write = key_of(call);
    ch_err e = vacancy_save(call->app, &v, ch_mask(&vacancy_table, "state", "published_at", NULL), to->event, &write);
    if (e) return e == CH_STALE ? answer_stale(call, v.id) : e;
    CH_LOG(CH_INFO, "vacancy_moved", CH_KS("vacancy", v.id), CH_KS("state", v.state), CH_KS("by", call->who.id));
    return reply(call, 200, &v);
}

ch_err api_vacancy_publish(ch_call *call) { return move(call, VACANCY_PUBLISH); }

ch_err api_vacancy_close(ch_call *call) { return move(call, VACANCY_CLOSE); }

ch_err api_vacancy_withdraw(ch_call *call) { return move(call, VACANCY_WITHDRAW); }
