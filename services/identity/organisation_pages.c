#include "identity/organisation_pages.h"

#include "base/log.h"
#include "contracts/reference.h"
#include "identity/organisation.h"
#include "identity/organisation_store.h"
#include "identity/person.h"
#include "identity/person_store.h"
#include "view/form_view.h"

enum { PAGE = 50 };
static const ch_code state_codes[] = {{"pending", "Waiting for a decision"}, {"approved", "Approved"}, {"refused", "Refused"}, {0, 0}};

static const ch_code *sector_codes(void)
{
    static const ch_code codes[] = {
        {"health", "Health"}, {"local_government", "Local government"}, {"housing", "Social housing"}, {"schools", "Schools"}, {0, 0}};
    return codes;
}

static void put_organisation(ch_map *row, const organisation *o)
{
    const ch_sector *sector = ch_sector_of(o->sector);
    ch_map_str(row, "id", o->id);
    ch_map_str(row, "employer", o->name);
    ch_map_text(row, "sector_name", sector ? sector->name : "");
    ch_map_name(row, "kind_name", ch_kind_name(o->kind));
    ch_map_str(row, "place", o->place);
    ch_map_name(row, "region_name", ch_code_name(ch_regions, o->region));
    ch_map_name(row, "state_name", ch_code_name(state_codes, o->state));
    ch_map_bool(row, "pending", ch_str_is(o->state, "pending"));
    ch_map_str(row, "reason", o->reason);
    ch_map_time(row, "created_at", o->created_at);
    ch_map_time(row, "decided_at", o->decided_at);
    ch_map_int(row, "version", o->version);
}

static void put_choices(ch_map *m, const char *key, const ch_code *codes, ch_str chosen)
{
    for (; codes->code; codes++) {
        ch_map *row = ch_map_add(m, key);
        ch_map_z(row, "value", codes->code);
        ch_map_text(row, "text", codes->name);
        ch_map_bool(row, "chosen", ch_str_is(chosen, codes->code));
    }
}

/* The query again, with another cursor. */
static ch_str next_page(ch_call *call, const organisation_query *q, ch_str cursor)
{
    const struct {
        const char *name;
        ch_str value;
    } parts[] = {{"?state=", q->state}, {"&sector=", q->sector}, {"&region=", q->region}, {"&cursor=", cursor}};
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_put(&b, CH_STR("/department/organisations"));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ch_buf_put(&b, ch_str_of(parts[i].name));
        ch_put_url(&b, parts[i].value);
    }
    return ch_buf_str(&b);
}

ch_err department_organisations_page(ch_call *call)
{
    const organisation_query *q = call->query;
    ch_list found;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(organisation_find(call->app, call->arena, q, false, PAGE + 1, &found));
    for (size_t i = 0; i < found.n && i < PAGE; i++) put_organisation(ch_map_add(m, "rows"), (const organisation *)found.p + i);
    if (found.n > PAGE) {
        ch_map_bool(m, "has_pages", true);
        ch_map_str(m, "next", next_page(call, q, ((const organisation *)found.p)[PAGE - 1].id));
    }
    ch_map_bool(m, "has_rows", found.n > 0);
    put_choices(m, "states", state_codes, q->state);
    put_choices(m, "sectors", sector_codes(), q->sector);
    put_choices(m, "regions", ch_regions, q->region);
    return ch_reply_page(call, "department_organisations", &(ch_page){.title = "Organisations", .section = "department", .back = "/department"}, m);
}

/* Who asks to join: what a decision rests on, so nobody is named any more when it has been made. */
static ch_err put_applicants(ch_call *call, ch_map *m, const organisation *o)
{
    ch_list members;
    if (!ch_str_is(o->state, "pending")) return CH_OK;
    CH_TRY(person_members(call->app, call->arena, o->id, &members));
    for (size_t i = 0; i < members.n; i++) {
        const person *p = (const person *)members.p + i;
        if (!person_is_administrator(p, o->id)) continue;
        ch_map *row = ch_map_add(m, "applicants");
        ch_map_str(row, "person", p->name);
        ch_map_str(row, "email", p->email);
    }
    return CH_OK;
}

static ch_err draw(ch_call *call, const organisation *o)
{
    ch_map *m = ch_map_new(call->arena);
    put_organisation(m, o);
    CH_TRY(put_applicants(call, m, o));
    ch_page page = {.title_str = o->name, .section = "department", .back = "/department/organisations"};
    return ch_reply_form(call, "department_organisation", &page, m, &decision_form_table, NULL, ch_mask(&decision_form_table, "reason", NULL), NULL);
}

ch_err department_organisation_page(ch_call *call)
{
    organisation o;
    CH_TRY(organisation_get(call->app, call->arena, ch_param(call, "id"), &o));
    return draw(call, &o);
}

/* Of two decisions at once the second is told the first. */
static ch_err save_decision(ch_call *call, organisation *o)
{
    organisation now;
    ch_err e = organisation_save_decision(call->app, o);
    if (e != CH_STALE) return e;
    CH_TRY(organisation_get(call->app, call->arena, o->id, &now));
    return ch_str_is(now.state, "pending") ? CH_STALE : ch_conflict(call, now.state);
}

static ch_err decide(ch_call *call, organisation_act act)
{
    const decision_form *form = call->input;
    organisation o;
    CH_TRY(organisation_get(call->app, call->arena, ch_param(call, "id"), &o));
    if (act == ORGANISATION_REFUSE && !form->reason.n) ch_refuse(call, "reason", "Enter the reason");
    if (call->faults.n) return draw(call, &o);
    if (organisation_decide(&o, act, form->reason, call->now)) return ch_conflict(call, o.state);
    if (form->version && form->version != o.version) return CH_STALE;
    CH_TRY(save_decision(call, &o));
    CH_LOG(CH_INFO, "organisation_decided", CH_KS("organisation", o.id), CH_KS("state", o.state), CH_KS("by", call->who.id));
    ch_notice(call, "%.*s is %.*s.", CH_ARG(o.name), CH_ARG(o.state));
    return ch_reply_redirect(call, CH_STR("/department/organisations?state=pending"));
}

ch_err department_approve_post(ch_call *call) { return decide(call, ORGANISATION_APPROVE); }

ch_err department_refuse_post(ch_call *call) { return decide(call, ORGANISATION_REFUSE); }

/* ---- API */

static organisation_public public_of(const organisation *o)
{
    return (organisation_public){.id = o->id, .name = o->name, .sector = o->sector, .kind = o->kind, .place = o->place, .region = o->region};
}

ch_err api_organisations(ch_call *call)
{
    const organisation_query *q = call->query;
    int64_t limit = q->limit ? q->limit : 20;
    ch_list found;
    organisation_list out = {0};
    CH_TRY(organisation_find(call->app, call->arena, q, true, limit + 1, &found));
    out.organisations.p = CH_NEW_N(call->arena, organisation_public, found.n + 1);
    for (size_t i = 0; i < found.n && (int64_t)i < limit; i++)
        out.organisations.p[out.organisations.n++] = public_of((const organisation *)found.p + i);
    if ((int64_t)found.n > limit) out.next = out.organisations.p[limit - 1].id;
    return ch_reply_json(call, 200, &organisation_list_table, &out);
}

ch_err api_organisation(ch_call *call)
{
    organisation o;
    CH_TRY(organisation_get_public(call->app, call->arena, ch_param(call, "id"), &o));
    organisation_public out = public_of(&o);
    return ch_reply_json(call, 200, &organisation_public_table, &out);
}
