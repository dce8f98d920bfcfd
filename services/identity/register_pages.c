#include "identity/register_pages.h"

#include "auth/csrf.h"
#include "auth/password.h"
#include "auth/ratelimit.h"
#include "base/id.h"
#include "contracts/reference.h"
#include "identity/link.h"
#include "identity/link_pages.h"
#include "identity/link_store.h"
#include "identity/organisation.h"
#include "identity/organisation_store.h"
#include "identity/person.h"
#include "identity/person_store.h"
#include "identity/session_start.h"
#include "view/form_view.h"

ch_err register_choice_page(ch_call *call)
{
    ch_map *m = ch_map_new(call->arena);
    link_put_next(call, m, person_next(ch_pairs_get(&call->query_pairs, "next"), ""));
    return ch_reply_page(call, "register", &(ch_page){.title = "Create an account"}, m);
}

/* ---- a candidate */

static ch_err candidate_form_page(ch_call *call, const candidate_form *form)
{
    ch_map *m = ch_map_new(call->arena);
    link_put_next(call, m, person_next(form->next, ""));
    return ch_reply_form(call, "register_candidate", &(ch_page){.title = "Create an account to apply for jobs", .back = "/register"}, m,
                         &candidate_form_table, form, CH_ALL, NULL);
}

ch_err register_candidate_page(ch_call *call)
{
    candidate_form form = {.next = person_next(ch_pairs_get(&call->query_pairs, "next"), "")};
    return candidate_form_page(call, &form);
}

static void check_password(ch_call *call, const char *field, ch_str password, ch_str email)
{
    const char *weakness = password.n ? ch_password_weakness(password, email) : NULL;
    if (weakness) ch_refuse(call, field, "%s", ch_gettext(ch_words(call), weakness));
}

/* The browser that this is, as far as its form cookie tells; empty: it has none. */
static ch_str browser_of(const ch_call *call)
{
    ch_str cookie = ch_cookie(call, CH_CSRF_COOKIE);
    return cookie.n ? ch_digest(call->arena, cookie) : CH_STR("");
}

/* A known address hears that it is known; the page tells nobody. */
static ch_err send_confirmation(ch_call *call, link_row *link, ch_str password, const char *purpose)
{
    person there;
    CH_TRY(link_limit(call, link->email));
    CH_TRY(ch_password_hash(call->arena, password, &link->password_hash));
    ch_err known = person_by_email(call->app, call->arena, link->email, &there);
    if (known && known != CH_NOT_FOUND) return known;
    bool candidate = !strcmp(purpose, "confirm_candidate");
    link->browser = browser_of(call);
    return link_send(call->app, call->arena, link, !known && candidate ? "known" : purpose, call->now);
}

ch_err register_candidate_post(ch_call *call)
{
    const candidate_form *form = call->input;
    check_password(call, "password", form->password, form->email);
    if (call->faults.n) return candidate_form_page(call, form);
    link_row link = {
        .email = person_email(call->arena, form->email), .name = form->name, .language = ch_language_code(call), .next = person_next(form->next, "")};
    CH_TRY(send_confirmation(call, &link, form->password, "confirm_candidate"));
    return link_reply_sent(call, link.email, "/register/candidate");
}

/* Where to try again: the form that somebody comes from. */
ch_err register_sent_page(ch_call *call)
{
    static const char *const forms[] = {"/register/candidate", "/register/organisation", "/reset"};
    ch_map *m = ch_map_new(call->arena);
    ch_str from = ch_pairs_get(&call->query_pairs, "from");
    ch_map_z(m, "again", "/register");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (ch_str_is(from, forms[i])) ch_map_z(m, "again", forms[i]);
    return ch_reply_page(call, "register_sent", &(ch_page){.title = "Check your email"}, m);
}

/* ---- an employer */

static void put_kinds(ch_map *m, const ch_sector *sector, ch_str chosen)
{
    ch_map *group = ch_map_add(m, "kind_groups");
    ch_map_text(group, "sector", sector->name);
    for (const ch_code *kind = sector->kinds; kind->code; kind++) {
        ch_map *row = ch_map_add(group, "kinds");
        ch_map_z(row, "value", kind->code);
        ch_map_text(row, "text", kind->name);
        ch_map_bool(row, "chosen", ch_str_is(chosen, kind->code));
    }
}

static ch_err organisation_form_page(ch_call *call, const organisation_form *form)
{
    const ch_options options[] = {{"region", ch_regions, CH_AS_SELECT}, {0}};
    ch_map *m = ch_map_new(call->arena);
    for (const ch_sector *sector = ch_sectors; sector->code; sector++) put_kinds(m, sector, form ? form->kind : CH_STR(""));
    return ch_reply_form(call, "register_organisation", &(ch_page){.title = "Recruit with Commonhire", .back = "/register"}, m,
                         &organisation_form_table, form, CH_ALL, options);
}

ch_err register_organisation_page(ch_call *call) { return organisation_form_page(call, NULL); }

/* The name stands in mails to people who have never heard of it, before anybody has approved it: it must not lead them anywhere. */
static bool is_address(ch_str name) { return ch_str_find(name, CH_STR("://")) >= 0 || ch_str_index(name, '@') >= 0 || organisation_names_host(name); }

static void check_organisation(ch_call *call, const organisation_form *form)
{
    if (is_address(form->organisation)) ch_refuse(call, "organisation", "The name must not contain a web or email address");
    if (!*organisation_sector_of_kind(form->kind)) ch_refuse(call, "kind", "Choose a kind from the list");
    if (!ch_code_known(ch_regions, form->region)) ch_refuse(call, "region", "Choose a region from the list");
    if (call->who.kind == CH_PERSON) return;
    if (!form->name.n) ch_refuse(call, "name", "Enter your name");
    if (!form->email.n) ch_refuse(call, "email", "Enter your email address");
    if (!form->password.n) ch_refuse(call, "password", "Enter a password");
    check_password(call, "password", form->password, form->email);
}

/*
 * Whether an organisation that this person asked for before is the one that is meant: not when it was refused, and not when it
 * goes on without them (they were taken out, and must not come back by asking). Nobody's: the asking broke off half-way. The
 * members are read anew: the same button, pressed in another window, may have put this person there since `p` was read.
 */
static ch_err is_meant(ch_call *call, const person *p, const organisation *o, bool *meant)
{
    ch_list members;
    *meant = false;
    if (ch_str_is(o->state, "refused")) return CH_OK;
    CH_TRY(person_members(call->app, call->arena, o->id, &members));
    bool is_led = false, is_member = false;
    for (size_t i = 0; i < members.n; i++) {
        const person *m = (const person *)members.p + i;
        is_member |= ch_str_eq(m->id, p->id);
        is_led |= person_is_administrator(m, o->id);
    }
    *meant = is_member || !is_led;
    return CH_OK;
}

/* The same organisation however often its button is pressed: the id comes from what was asked for, and by whom. */
static ch_err found_organisation(ch_call *call, const person *p, const link_row *l, organisation *o)
{
    bool meant = false;
    for (int n = 0; n < 20 && !meant; n++) {
        *o = (organisation){.name = l->organisation_name,
                            .kind = l->kind,
                            .sector = ch_str_of(organisation_sector_of_kind(l->kind)),
                            .place = l->place,
                            .region = l->region,
                            .state = CH_STR("pending"),
                            .administrator = p->id,
                            .created_at = call->now};
        o->id = organisation_founding_id(call->arena, o, n);
        ch_err e = organisation_create(call->app, call->arena, o);
        if (e != CH_EXISTS) return e;
        CH_TRY(organisation_get(call->app, call->arena, o->id, o));
        CH_TRY(is_meant(call, p, o, &meant));
    }
    return meant ? CH_OK : CH_CONFLICT;
}

static ch_err join_new_organisation(ch_call *call, person *p, const link_row *l, ch_str *organisation_id)
{
    static const ch_str administrator[] = {CH_STR_INIT("administrator"), CH_STR_INIT("recruiter")};
    organisation o;
    CH_TRY(found_organisation(call, p, l, &o));
    *organisation_id = o.id;
    if (person_is_member(p, o.id)) return CH_OK; /* with the roles that they have by now */
    CH_TRY(person_add(call->app, call->arena, o.id, o.name, (ch_list){(void *)(uintptr_t)administrator, 2}, p));
    return session_follow(call->app, call->arena, p);
}

enum { FOUNDED_MOST = 10 }; /* by one person in a day: each waits for the department's decision */

/* Signed in already: the address is confirmed, so no mail is needed. */
static ch_err register_signed_in(ch_call *call, const organisation_form *form)
{
    person p;
    ch_str joined;
    int64_t wait = 0;
    link_row link = {.organisation_name = form->organisation, .kind = form->kind, .place = form->place, .region = form->region};
    ch_err e = ch_limit(call->app->redis, call->arena, "organisations", call->who.id, FOUNDED_MOST, CH_DAY, call->now, &wait);
    if (e) return ch_wait(call, e, wait);
    CH_TRY(person_get(call->app, call->arena, call->who.id, &p));
    CH_TRY(join_new_organisation(call, &p, &link, &joined));
    ch_notice(call, "%.*s has joined. You can write vacancies now, and publish them when the department has approved it.",
              CH_ARG(form->organisation));
    return ch_reply_redirect(call, ch_arena_printf(call->arena, "/employer/%.*s", CH_ARG(joined)));
}

ch_err register_organisation_post(ch_call *call)
{
    const organisation_form *form = call->input;
    check_organisation(call, form);
    if (call->faults.n) return organisation_form_page(call, form);
    if (call->who.kind == CH_PERSON) return register_signed_in(call, form);
    link_row link = {.email = person_email(call->arena, form->email),
                     .name = form->name,
                     .language = ch_language_code(call),
                     .organisation_name = form->organisation,
                     .kind = form->kind,
                     .place = form->place,
                     .region = form->region};
    CH_TRY(send_confirmation(call, &link, form->password, "confirm_organisation"));
    return link_reply_sent(call, link.email, "/register/organisation");
}

/* ---- the link */

ch_err register_confirm_page(ch_call *call)
{
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "token", ch_pairs_get(&call->query_pairs, "token"));
    return ch_reply_page(call, "register_confirm", &(ch_page){.title = "Confirm your email address", .no_index = true}, m);
}

/* Pressed twice, or registered twice: the account that is there. */
static ch_err person_of_link(ch_call *call, const link_row *l, person *out)
{
    *out = (person){.id = ch_id_derived(call->arena, CH_STR("person"), l->id),
                    .email = l->email,
                    .name = l->name,
                    .password_hash = l->password_hash,
                    .language = l->language,
                    .created_at = call->now};
    ch_err e = person_create(call->app, call->arena, out);
    return e == CH_EXISTS ? person_by_email(call->app, call->arena, l->email, out) : e;
}

/* Who presses the button has the address; who chose the password may be somebody else, and then it must not serve: in another browser than the one
 * that asked they sign in with it, or get themselves a new one. */
static ch_err enter(ch_call *call, const link_row *l, const person *p, ch_str joined)
{
    ch_str to = joined.n ? ch_arena_printf(call->arena, "/employer/%.*s", CH_ARG(joined)) : person_next(l->next, "/candidate");
    bool same = l->browser.n && ch_str_eq(l->browser, browser_of(call));
    if (!same) {
        ch_notice(call, "Your email address is confirmed. Sign in with the password that you chose.");
        return link_reply_sign_in(call, to);
    }
    CH_TRY(session_begin(call, p, NULL));
    if (joined.n)
        ch_notice(call, "%.*s has joined. You can write vacancies now, and publish them when the department has approved it.",
                  CH_ARG(l->organisation_name));
    else ch_notice(call, "Your account is ready.");
    return ch_reply_redirect(call, to);
}

ch_err register_confirm_post(ch_call *call)
{
    const token_form *form = call->input;
    link_row l;
    person p;
    ch_str joined = CH_STR("");
    ch_err e = link_by_token(call->app, call->arena, form->token, &l);
    if (!e) e = link_usable(&l, "confirm_", call->now);
    if (e == CH_CONFLICT) return link_over_page(call, "You have confirmed this already", "Sign in with your email address and password.");
    if (e == CH_NOT_FOUND) return link_over_page(call, "This link does not work any more", "Links work for a day. Register again to get a new one.");
    CH_TRY(e);
    CH_TRY(person_of_link(call, &l, &p));
    if (ch_str_is(l.purpose, "confirm_organisation")) CH_TRY(join_new_organisation(call, &p, &l, &joined));
    e = link_use(call->app, &l, call->now);
    if (e && e != CH_STALE) return e;
    return enter(call, &l, &p, joined);
}
