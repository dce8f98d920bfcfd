#include "identity/account_pages.h"

#include "auth/password.h"
#include "auth/session.h"
#include "base/log.h"
#include "identity/known_browser.h"
#include "identity/link.h"
#include "identity/link_pages.h"
#include "identity/link_store.h"
#include "identity/person.h"
#include "identity/person_store.h"
#include "identity/service.h"
#include "identity/session_start.h"

/* ---- signing in */

static ch_err sign_in_form_page(ch_call *call, const sign_in_form *form)
{
    ch_map *m = ch_map_new(call->arena);
    ch_str next = person_next(form->next, "");
    link_put_next(call, m, next);
    ch_map_bool(m, "to_apply", ch_str_starts(next, CH_STR("/jobs/")) && ch_str_ends(next, CH_STR("/apply")));
    return ch_reply_form(call, "sign_in", &(ch_page){.title = "Sign in"}, m, &sign_in_form_table, form, CH_ALL, NULL);
}

ch_err sign_in_page(ch_call *call)
{
    sign_in_form form = {.next = person_next(ch_pairs_get(&call->query_pairs, "next"), "")};
    if (call->who.kind == CH_PERSON) return ch_reply_redirect(call, person_next(form.next, "/account"));
    return sign_in_form_page(call, &form);
}

/* What they chose to read they are written to in. When it cannot be kept just now, the next time will do. */
static void keep_language(ch_call *call, person *p)
{
    ch_str language = ch_language_code(call);
    if (!ch_language_by_hand(call) || ch_str_eq(p->language, language)) return;
    ch_err e = person_choose_language(call->app, call->arena, p, language);
    if (e) CH_LOG(CH_WARN, "language_not_kept", CH_KS("person", p->id), CH_KI("error", (int64_t)e));
}

ch_err sign_in_post(ch_call *call)
{
    const sign_in_form *form = call->input;
    person p = {0};
    if (call->faults.n) return sign_in_form_page(call, form);
    ch_str email = person_email(call->arena, form->email);
    CH_TRY(known_browser_limit(call, email));
    ch_err found = person_by_email(call->app, call->arena, email, &p);
    if (found && found != CH_NOT_FOUND) return found;
    ch_err e = ch_password_check(form->password, p.password_hash);
    if (e != CH_UNAUTHENTICATED) known_browser_give_back(call, email);
    if (e == CH_UNAVAILABLE) return ch_wait(call, e, 2);
    ch_str home, next = person_next(form->next, "");
    if (!e) e = session_begin(call, &p, &home);
    if (e == CH_UNAUTHENTICATED || e == CH_STALE) {
        CH_LOG(CH_INFO, "sign_in_refused", CH_KS("person", p.id));
        ch_refuse(call, "email", "The email address or the password is not right");
        return sign_in_form_page(call, form);
    }
    CH_TRY(e);
    keep_language(call, &p);
    return ch_reply_redirect(call, next.n ? next : home);
}

ch_err sign_out_post(ch_call *call)
{
    if (call->who.kind == CH_PERSON) CH_TRY(ch_session_end(call->app->redis, call->arena, call->who.id, call->who.session));
    ch_reply_cookie(call, CH_SESSION_COOKIE, CH_STR(""), "Max-Age=0");
    ch_notice(call, "You have signed out.");
    return ch_reply_redirect(call, CH_STR("/"));
}

/* ---- one's own account */

static ch_err account_form_page(ch_call *call)
{
    name_form form = {.name = call->who.name};
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "email", call->who.email);
    return ch_reply_form(call, "account", &(ch_page){.title = "Your account", .section = "account"}, m, &name_form_table, &form, CH_ALL, NULL);
}

ch_err account_page(ch_call *call) { return account_form_page(call); }

ch_err account_name_post(ch_call *call)
{
    const name_form *form = call->input;
    person p;
    if (call->faults.n) return account_form_page(call);
    CH_TRY(person_get(call->app, call->arena, call->who.id, &p));
    CH_TRY(person_rename(call->app, call->arena, &p, form->name));
    CH_TRY(session_follow(call->app, call->arena, &p));
    ch_notice(call, "Your name is saved.");
    return ch_reply_redirect(call, CH_STR("/account"));
}

static ch_err password_form_page(ch_call *call)
{
    return ch_reply_form(call, "account_password", &(ch_page){.title = "Change your password", .back = "/account", .section = "account"}, NULL,
                         &password_form_table, NULL, CH_ALL, NULL);
}

ch_err account_password_page(ch_call *call) { return password_form_page(call); }

/* Every session ends, and this one begins anew. They end before it too: a Redis that goes away in between must not keep any. */
static ch_err set_password(ch_call *call, person *p, ch_str hash, ch_str *home)
{
    ch_err e = CH_STALE;
    CH_TRY(ch_session_end_all(call->app->redis, call->arena, p->id));
    for (int tries = 0; tries < 5 && e == CH_STALE; tries++) {
        CH_TRY(person_get(call->app, call->arena, p->id, p));
        p->password_hash = hash;
        p->password_at = call->now;
        e = person_save(call->app, p, ch_mask(&person_table, "password_hash", "password_at", NULL));
    }
    CH_TRY(e);
    CH_TRY(ch_session_end_all(call->app->redis, call->arena, p->id));
    CH_LOG(CH_INFO, "password_changed", CH_KS("person", p->id));
    return session_begin(call, p, home);
}

ch_err account_password_post(ch_call *call)
{
    const password_form *form = call->input;
    person p;
    ch_str hash;
    if (form->new_password.n) {
        const char *weakness = ch_password_weakness(form->new_password, call->who.email);
        if (weakness) ch_refuse(call, "new_password", "%s", ch_gettext(ch_words(call), weakness));
    }
    if (call->faults.n) return password_form_page(call);
    CH_TRY(known_browser_limit(call, call->who.email));
    CH_TRY(person_get(call->app, call->arena, call->who.id, &p));
    ch_err e = ch_password_check(form->password, p.password_hash);
    if (e != CH_UNAUTHENTICATED) known_browser_give_back(call, call->who.email);
    if (e == CH_UNAVAILABLE) return e;
    if (e) {
        ch_refuse(call, "password", "Your present password is not right");
        return password_form_page(call);
    }
    CH_TRY(ch_password_hash(call->arena, form->new_password, &hash));
    CH_TRY(set_password(call, &p, hash, NULL));
    ch_notice(call, "Your password is changed. Everywhere else you have been signed out.");
    return ch_reply_redirect(call, CH_STR("/account"));
}

/* ---- forgotten */

static ch_err reset_form_page(ch_call *call, const email_form *form)
{
    return ch_reply_form(call, "reset", &(ch_page){.title = "Get a new password", .back = "/sign-in"}, NULL, &email_form_table, form, CH_ALL, NULL);
}

ch_err reset_page(ch_call *call) { return reset_form_page(call, NULL); }

/* An address without an account gets a mail too: it takes as long, and whoever mistook theirs learns it. */
ch_err reset_post(ch_call *call)
{
    const email_form *form = call->input;
    person p = {0};
    if (call->faults.n) return reset_form_page(call, form);
    ch_str email = person_email(call->arena, form->email);
    CH_TRY(link_limit(call, email));
    ch_err e = person_by_email(call->app, call->arena, email, &p);
    if (e && e != CH_NOT_FOUND) return e;
    link_row link = {.email = email, .name = p.name, .person = p.id, .language = ch_language_code(call)};
    CH_TRY(link_send(call->app, call->arena, &link, e ? "unknown" : "reset", call->now));
    return link_reply_sent(call, email, "/reset");
}

static ch_err reset_confirm_form_page(ch_call *call, ch_str token)
{
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "token", token);
    return ch_reply_form(call, "reset_confirm", &(ch_page){.title = "Choose a new password", .no_index = true}, m, &token_form_table, NULL,
                         ch_mask(&token_form_table, "new_password", NULL), NULL);
}

ch_err reset_confirm_page(ch_call *call) { return reset_confirm_form_page(call, ch_pairs_get(&call->query_pairs, "token")); }

/* The link and whose it is. A password that was set after the link was sent ends it as well. */
static ch_err load_reset(ch_call *call, ch_str token, link_row *l, person *p)
{
    CH_TRY(link_by_token(call->app, call->arena, token, l));
    CH_TRY(link_usable(l, "reset", call->now));
    CH_TRY(person_get(call->app, call->arena, l->person, p));
    return p->password_at >= l->created_at ? CH_CONFLICT : CH_OK;
}

static ch_err reset_over_page(ch_call *call)
{
    return link_over_page(call, "This link does not work any more", "Links to choose a password work for an hour, and once. Ask for a new one.");
}

ch_err reset_confirm_post(ch_call *call)
{
    const token_form *form = call->input;
    link_row l;
    person p;
    ch_str hash, home;
    ch_err e = load_reset(call, form->token, &l, &p);
    if (e == CH_NOT_FOUND || e == CH_CONFLICT) return reset_over_page(call);
    CH_TRY(e);
    const char *weakness = ch_password_weakness(form->new_password, l.email);
    if (weakness) ch_refuse(call, "new_password", "%s", ch_gettext(ch_words(call), weakness));
    if (call->faults.n) return reset_confirm_form_page(call, form->token);
    CH_TRY(ch_password_hash(call->arena, form->new_password, &hash)); /* may be refused for a moment: the link still works then */
    e = link_use(call->app, &l, call->now);                           /* of two at once only one changes it */
    if (e == CH_STALE) return reset_over_page(call);
    CH_TRY(e);
    CH_TRY(set_password(call, &p, hash, &home));
    ch_notice(call, "Your password is changed.");
    return ch_reply_redirect(call, home);
}
