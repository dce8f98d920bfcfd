#include "identity/invitation_pages.h"

#include "auth/password.h"
#include "base/id.h"
#include "base/log.h"
#include "identity/link.h"
#include "identity/link_pages.h"
#include "identity/link_store.h"
#include "identity/organisation_store.h"
#include "identity/person_store.h"
#include "identity/session_start.h"

static ch_err load_invitation(ch_call *call, ch_str token, link_row *l)
{
    CH_TRY(link_by_token(call->app, call->arena, token, l));
    ch_err e = link_usable(l, "invitation", call->now);
    return e == CH_CONFLICT ? CH_NOT_FOUND : e;
}

static ch_err invitation_over(ch_call *call)
{
    return link_over_page(call, "This invitation does not work any more",
                          "Invitations work for a week, and once. Ask the person who invited you for a new one.");
}

static ch_err draw_invitation(ch_call *call, ch_str token, const link_row *l)
{
    person there;
    bool known = person_by_email(call->app, call->arena, l->email, &there) == CH_OK;
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "token", token);
    ch_map_str(m, "inviting", l->organisation_name);
    ch_map_str(m, "invited", l->email);
    ch_map_bool(m, "is_new", !known);
    ch_map_bool(m, "must_sign_in", known && !ch_str_eq(there.id, call->who.id));
    return ch_reply_form(call, "invitation", &(ch_page){.title = "Join a team", .no_index = true}, m, &token_form_table, NULL,
                         ch_mask(&token_form_table, "name", "new_password", NULL), NULL);
}

ch_err invitation_page(ch_call *call)
{
    link_row l;
    ch_str token = ch_pairs_get(&call->query_pairs, "token");
    ch_err e = load_invitation(call, token, &l);
    return e == CH_NOT_FOUND ? invitation_over(call) : e ? e : draw_invitation(call, token, &l);
}

/* The link shows that the address is theirs: who has no account gets one here. Into an account that is there already it lets nobody who is not
 * signed in to it: it lies in a mailbox for a week, and is sent on. */
static ch_err invited_person(ch_call *call, const token_form *form, const link_row *l, person *p, bool *proved)
{
    ch_err e = person_by_email(call->app, call->arena, l->email, p);
    *proved = !e && ch_str_eq(p->id, call->who.id);
    if (e != CH_NOT_FOUND) return e;
    const char *weakness = ch_password_weakness(form->new_password, l->email);
    if (!form->name.n) ch_refuse(call, "name", "Enter your name");
    if (weakness) ch_refuse(call, "new_password", "%s", ch_gettext(ch_words(call), weakness));
    if (call->faults.n) return CH_INVALID;
    *p = (person){.id = ch_id_derived(call->arena, CH_STR("person"), l->id),
                  .email = l->email,
                  .name = form->name,
                  .language = ch_language_code(call),
                  .created_at = call->now};
    CH_TRY(ch_password_hash(call->arena, form->new_password, &p->password_hash));
    e = person_create(call->app, call->arena, p);
    *proved = !e;
    return e == CH_EXISTS ? person_by_email(call->app, call->arena, l->email, p) : e; /* pressed twice */
}

ch_err invitation_post(ch_call *call)
{
    const token_form *form = call->input;
    link_row l;
    person p;
    bool proved;
    ch_err e = load_invitation(call, form->token, &l);
    if (e == CH_NOT_FOUND) return invitation_over(call);
    CH_TRY(e);
    e = invited_person(call, form, &l, &p, &proved);
    if (e == CH_INVALID) return draw_invitation(call, form->token, &l);
    CH_TRY(e);
    CH_TRY(person_add(call->app, call->arena, l.organisation, l.organisation_name, l.roles, &p)); /* before it is used up: can be repeated */
    e = link_use(call->app, &l, call->now);
    if (e && e != CH_STALE) return e;
    CH_LOG(CH_INFO, "invitation_accepted", CH_KS("organisation", l.organisation), CH_KS("person", p.id));
    CH_TRY(session_follow(call->app, call->arena, &p));
    if (proved) CH_TRY(session_begin(call, &p, NULL));
    ch_notice(call, "You have joined %.*s.", CH_ARG(l.organisation_name));
    ch_str to = ch_arena_printf(call->arena, "/employer/%.*s", CH_ARG(l.organisation));
    return proved ? ch_reply_redirect(call, to) : link_reply_sign_in(call, to);
}
