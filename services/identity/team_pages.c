#include "identity/team_pages.h"

#include "auth/ratelimit.h"
#include "base/log.h"
#include "identity/client_store.h"
#include "identity/link.h"
#include "identity/link_pages.h"
#include "identity/link_store.h"
#include "identity/organisation_store.h"
#include "identity/person.h"
#include "identity/person_store.h"
#include "identity/session_start.h"
#include "view/form_view.h"

static const ch_code role_codes[] = {{"recruiter", "Recruiter: writes vacancies, shortlists"},
                                     {"hiring_manager", "Hiring manager: reads vacancies and applications"},
                                     {"administrator", "Administrator: people, roles, partner systems"},
                                     {0, 0}};
static const ch_options role_options[] = {{"roles", role_codes, CH_AS_CHECKBOXES}, {0}};

static ch_str team_path(const ch_call *call) { return ch_arena_printf(call->arena, "/employer/%.*s/team", CH_ARG(call->org->organisation)); }

/* A page of one thing of the team: what is "members", "systems". */
static ch_str team_item_path(const ch_call *call, const char *what, ch_str id, const char *act)
{
    return ch_arena_printf(call->arena, "/employer/%.*s/team/%s/%.*s%s", CH_ARG(call->org->organisation), what, CH_ARG(id), act);
}

/* ---- the list */

static void put_roles(ch_map *row, const ch_membership *m)
{
    for (const ch_role_name *role = ch_role_names; role->name; role++)
        if (ch_membership_roles(m) & role->bit) ch_map_text(ch_map_add(row, "titles"), "title", role->title);
}

static void put_invitations(const ch_call *call, ch_map *m, const ch_list *invitations)
{
    for (size_t i = 0; i < invitations->n; i++) {
        const link_row *l = (const link_row *)invitations->p + i;
        ch_map *row = ch_map_add(m, "invitations");
        ch_map_str(row, "id", l->id);
        ch_map_str(row, "invited", l->email);
        put_roles(row, &(ch_membership){.roles = l->roles});
        ch_map_time(row, "sent_at", l->created_at);
        ch_map_time(row, "ends_at", l->expires_at);
        ch_map_bool(row, "has_ended", l->expires_at <= call->now);
    }
    ch_map_bool(m, "has_invitations", invitations->n != 0);
}

static void put_members(const ch_call *call, ch_map *m, const ch_list *members)
{
    for (size_t i = 0; i < members->n; i++) {
        const person *p = (const person *)members->p + i;
        ch_principal who = person_principal(p);
        ch_map *row = ch_map_add(m, "members");
        ch_map_str(row, "id", p->id);
        ch_map_str(row, "member", p->name);
        ch_map_str(row, "email", p->email);
        put_roles(row, ch_principal_membership(&who, call->org->organisation));
    }
}

static void put_clients(ch_map *m, const ch_list *clients)
{
    for (size_t i = 0; i < clients->n; i++) {
        const client_row *c = (const client_row *)clients->p + i;
        ch_map *row = ch_map_add(m, "clients");
        ch_map_str(row, "id", c->id);
        ch_map_str(row, "client", c->name);
        ch_map_time(row, "created_at", c->created_at);
        ch_map_bool(row, "revoked", c->revoked_at != 0);
    }
}

/* Two forms stand on the page: only the one that was sent shows what was typed. */
static ch_err draw(ch_call *call, bool inviting)
{
    ch_list members, invitations, clients;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(person_members(call->app, call->arena, call->org->organisation, &members));
    CH_TRY(link_invitations(call->app, call->arena, call->org->organisation, &invitations));
    CH_TRY(client_list(call->app, call->arena, call->org->organisation, &clients));
    put_members(call, m, &members);
    put_invitations(call, m, &invitations);
    put_clients(m, &clients);
    const ch_pairs *typed = call->faults.n ? &call->form : NULL;
    ch_form_map(
        call->arena, m, "invite",
        &(ch_form_view){
            .table = &invite_form_table, .which = CH_ALL, .typed = inviting ? typed : NULL, .faults = &call->faults, .options = role_options});
    ch_form_map(call->arena, m, "system",
                &(ch_form_view){.table = &client_form_table, .which = CH_ALL, .typed = inviting ? NULL : typed, .faults = &call->faults});
    ch_page page = {.title_str = ch_title(call, CH_STR(N_("Team")), call->org->name),
                    .section = "employer",
                    .back_str = ch_arena_printf(call->arena, "/employer/%.*s", CH_ARG(call->org->organisation))};
    return ch_reply_page(call, "team", &page, m);
}

ch_err team_page(ch_call *call) { return draw(call, false); }

/* ---- invitations */

static ch_err limit_invitations(ch_call *call, ch_str email)
{
    int64_t wait = 0;
    ch_err e = ch_limit(call->app->redis, call->arena, "invitations", call->org->organisation, 100, CH_HOUR, call->now, &wait);
    return e ? ch_wait(call, e, wait) : link_limit(call, email);
}

/* Who has an account is invited in the language that they chose, everybody else in English: how they look at it nobody knows yet. */
static ch_str language_of(ch_call *call, ch_str email)
{
    person there = {0};
    return person_by_email(call->app, call->arena, email, &there) ? CH_STR("") : there.language;
}

static ch_err reply_invited(ch_call *call, const link_row *l)
{
    CH_LOG(CH_INFO, "invited", CH_KS("organisation", l->organisation), CH_KS("by", call->who.id), CH_KS("invitation", l->id));
    ch_notice(call, "An invitation is on its way to %.*s.", CH_ARG(l->email));
    return ch_reply_redirect(call, team_path(call));
}

/* Again to an address that has not answered: as it is asked for now, in the place of what was sent before. */
ch_err team_invite_post(ch_call *call)
{
    const invite_form *form = call->input;
    ch_str org = call->org->organisation;
    link_row link = {0};
    if (form->roles.n && !person_roles_valid(form->roles)) ch_refuse(call, "roles", "Choose roles from the list");
    if (call->faults.n) return draw(call, true);
    ch_str email = person_email(call->arena, form->email);
    CH_TRY(limit_invitations(call, email));
    ch_err e = link_invitation_to(call->app, call->arena, org, email, &link);
    if (e && e != CH_NOT_FOUND) return e;
    link.roles = form->roles;
    link.person = call->who.id;
    link.language = language_of(call, email);
    if (!e) {
        CH_TRY(link_invite_again(call->app, call->arena, &link, call->now));
        return reply_invited(call, &link);
    }
    link.email = email;
    link.organisation = org;
    link.organisation_name = call->org->name;
    CH_TRY(link_send(call->app, call->arena, &link, "invitation", call->now));
    return reply_invited(call, &link);
}

static ch_err load_invitation(ch_call *call, link_row *l)
{
    CH_TRY(link_invitation(call->app, call->arena, call->org->organisation, ch_param(call, "invitation"), l));
    return link_is_open(l) ? CH_OK : CH_CONFLICT;
}

ch_err team_invite_again_post(ch_call *call)
{
    link_row l;
    CH_TRY(load_invitation(call, &l));
    CH_TRY(limit_invitations(call, l.email));
    CH_TRY(link_invite_again(call->app, call->arena, &l, call->now));
    return reply_invited(call, &l);
}

ch_err team_invite_cancel_post(ch_call *call)
{
    link_row l;
    CH_TRY(load_invitation(call, &l));
    CH_TRY(link_cancel(call->app, &l, call->now));
    CH_LOG(CH_INFO, "invitation_cancelled", CH_KS("organisation", l.organisation), CH_KS("by", call->who.id), CH_KS("invitation", l.id));
    ch_notice(call, "The invitation to %.*s is cancelled.", CH_ARG(l.email));
    return ch_reply_redirect(call, team_path(call));
}

/* ---- one colleague */

static ch_err draw_member(ch_call *call, const person *p)
{
    ch_principal who = person_principal(p);
    const ch_membership *membership = ch_principal_membership(&who, call->org->organisation);
    roles_form form = {.roles = membership->roles};
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "member", p->name);
    ch_map_str(m, "member_id", p->id);
    ch_map_str(m, "email", p->email);
    ch_page page = {.title_str = p->name, .section = "employer", .back_str = team_path(call)};
    ch_form_view view = {.table = &roles_form_table, .obj = &form, .which = CH_ALL, .faults = &call->faults, .options = role_options};
    if (call->faults.n && call->route->input) view.typed = &call->form; /* taking somebody out sends no roles */
    ch_form_map(call->arena, m, "form", &view);
    return ch_reply_page(call, "team_member", &page, m);
}

static ch_err load_member(ch_call *call, person *out)
{
    return person_member(call->app, call->arena, call->org->organisation, ch_param(call, "person"), out);
}

ch_err team_member_page(ch_call *call)
{
    person p;
    CH_TRY(load_member(call, &p));
    return draw_member(call, &p);
}

/* With the team held: the members as they are now leave an administrator, and so does the change. */
static ch_err change_held(ch_call *call, person *p, ch_list roles)
{
    ch_list members;
    ch_str org = call->org->organisation;
    CH_TRY(person_members(call->app, call->arena, org, &members));
    CH_TRY(person_may_lose_administration(members.p, members.n, p, org, roles));
    if (roles.n) person_set_roles(p, org, roles);
    else person_leave(p, org);
    CH_TRY(session_hold(call->app, call->arena, p->id));
    ch_err saved = person_save(call->app, p, ch_mask(&person_table, "memberships", NULL));
    ch_err followed = session_follow(call->app, call->arena, p);
    return saved ? saved : followed;
}

static ch_err change_roles(ch_call *call, person *p, ch_list roles)
{
    ch_time until;
    CH_TRY(organisation_hold_team(call->app, call->org->organisation, call->now, &until));
    ch_err e = change_held(call, p, roles);
    organisation_release_team(call->app, call->org->organisation, until);
    if (!e)
        CH_LOG(CH_INFO, roles.n ? "roles_changed" : "member_removed", CH_KS("organisation", call->org->organisation), CH_KS("person", p->id),
               CH_KS("by", call->who.id));
    return e;
}

/* Back to the team, unless it was oneself that one took out of its administration. */
static ch_str after_change(const ch_call *call, const person *p)
{
    if (!ch_str_eq(p->id, call->who.id) || person_is_administrator(p, call->org->organisation)) return team_path(call);
    if (!person_is_member(p, call->org->organisation)) return CH_STR("/account");
    return ch_arena_printf(call->arena, "/employer/%.*s", CH_ARG(call->org->organisation));
}

ch_err team_roles_post(ch_call *call)
{
    const roles_form *form = call->input;
    person p;
    CH_TRY(load_member(call, &p));
    if (form->roles.n && !person_roles_valid(form->roles)) ch_refuse(call, "roles", "Choose roles from the list");
    if (call->faults.n) return draw_member(call, &p);
    ch_err e = change_roles(call, &p, form->roles);
    if (e == CH_CONFLICT) {
        ch_refuse(call, "roles", "An organisation needs an administrator. Make somebody else one first");
        return draw_member(call, &p);
    }
    CH_TRY(e);
    ch_notice(call, "The roles of %.*s are saved.", CH_ARG(p.name));
    return ch_reply_redirect(call, after_change(call, &p));
}

ch_err team_remove_page(ch_call *call)
{
    person p;
    CH_TRY(load_member(call, &p));
    ch_str org = call->org->name;
    bool oneself = ch_str_eq(p.id, call->who.id);
    ch_str question = oneself ? ch_text(call, "Leave the team?") : ch_text(call, "Take %.*s out of the team?", CH_ARG(p.name));
    ch_str what = oneself ? ch_text(call, "You will no longer see anything of %.*s or act for it. This works at once.", CH_ARG(org))
                          : ch_text(call, "They will no longer see anything of %.*s or act for it. This works at once, wherever they are signed in.",
                                    CH_ARG(org));
    return ch_reply_confirm(call,
                            &(ch_confirm){.section = "employer",
                                          .question = question,
                                          .caption = org,
                                          .texts = {what, CH_STR("What was written and decided stays. To come back, a new invitation is needed.")},
                                          .action = team_item_path(call, "members", p.id, "/remove"),
                                          .button = oneself ? "Leave the team" : "Take out of the team",
                                          .back = team_item_path(call, "members", p.id, "")});
}

ch_err team_remove_post(ch_call *call)
{
    person p;
    CH_TRY(load_member(call, &p));
    ch_err e = change_roles(call, &p, (ch_list){0});
    if (e == CH_CONFLICT) {
        ch_refuse(call, "", "An organisation needs an administrator. Make somebody else one first");
        return draw_member(call, &p);
    }
    CH_TRY(e);
    ch_notice(call, "%.*s is not in the team any more.", CH_ARG(p.name));
    return ch_reply_redirect(call, after_change(call, &p));
}

/* ---- partner systems */

ch_err team_client_post(ch_call *call)
{
    const client_form *form = call->input;
    ch_str secret;
    if (call->faults.n) return draw(call, false);
    client_row c = {.organisation = call->org->organisation,
                    .organisation_name = call->org->name,
                    .name = form->client_name,
                    .created_by = call->who.id,
                    .created_at = call->now};
    CH_TRY(client_create(call->app, call->arena, &c, &secret));
    CH_LOG(CH_INFO, "client_created", CH_KS("organisation", c.organisation), CH_KS("client", c.id), CH_KS("by", call->who.id));
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "client", c.name);
    ch_map_str(m, "client_id", c.id);
    ch_map_str(m, "client_secret", secret);
    return ch_reply_page(call, "team_client", &(ch_page){.title = "A partner system", .section = "employer", .back_str = team_path(call)}, m);
}

ch_err team_client_revoke_page(ch_call *call)
{
    client_row c;
    CH_TRY(client_of(call->app, call->arena, call->org->organisation, ch_param(call, "client"), &c));
    if (c.revoked_at) return CH_CONFLICT;
    return ch_reply_confirm(
        call,
        &(ch_confirm){.section = "employer",
                      .question = ch_text(call, "Take access away from %.*s?", CH_ARG(c.name)),
                      .caption = call->org->name,
                      .texts = {CH_STR("The system can no longer write or publish vacancies. This works within seconds. What it published stays."),
                                CH_STR("You cannot give access back. You can make new credentials, which somebody has to enter in the system.")},
                      .action = team_item_path(call, "systems", c.id, "/revoke"),
                      .button = "Take access away",
                      .back = team_path(call)});
}

ch_err team_client_revoke_post(ch_call *call)
{
    client_row c;
    CH_TRY(client_of(call->app, call->arena, call->org->organisation, ch_param(call, "client"), &c));
    CH_TRY(client_revoke(call->app, call->arena, &c, call->now)); /* pressed again: told to Redis again, which may have been away */
    CH_LOG(CH_INFO, "client_revoked", CH_KS("client", c.id), CH_KS("by", call->who.id));
    ch_notice(call, "%.*s has no access any more.", CH_ARG(c.name));
    return ch_reply_redirect(call, team_path(call));
}
