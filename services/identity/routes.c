#include "identity/account_pages.h"
#include "identity/client_fields.h"
#include "identity/client_store.h"
#include "identity/invitation_pages.h"
#include "identity/link_store.h"
#include "identity/organisation_fields.h"
#include "identity/organisation_pages.h"
#include "identity/organisation_store.h"
#include "identity/person_fields.h"
#include "identity/person_store.h"
#include "identity/register_pages.h"
#include "identity/service.h"
#include "identity/team_pages.h"
#include "identity/token_api.h"

#define PAGE(where, roles, fn, text)                                                                                                                 \
    {                                                                                                                                                \
        .method = CH_GET, .path = where, .who = roles, .flags = CH_PAGE, .handle = fn, .summary = text                                               \
    }
#define POST(where, roles, fn, table, text, ...)                                                                                                     \
    {                                                                                                                                                \
        .method = CH_POST, .path = where, .who = roles, .flags = CH_PAGE, .handle = fn, .input = table, .summary = text, ##__VA_ARGS__               \
    }

static const ch_route routes[] = {
    PAGE("/register", CH_ANYONE, register_choice_page, "Candidate or employer"),
    PAGE("/register/candidate", CH_ANYONE, register_candidate_page, "A candidate's new account"),
    POST("/register/candidate", CH_ANYONE, register_candidate_post, &candidate_form_table, "Send the confirmation link", .per_minute = 60),
    PAGE("/register/organisation", CH_ANYONE, register_organisation_page, "An employer joins"),
    POST("/register/organisation", CH_ANYONE, register_organisation_post, &organisation_form_table,
         "Send the confirmation link, or join at once when signed in", .per_minute = 60),
    PAGE("/register/check-your-email", CH_ANYONE, register_sent_page, "A mail is on its way"),
    PAGE("/register/confirm", CH_ANYONE, register_confirm_page, "The button behind the link"),
    POST("/register/confirm", CH_ANYONE, register_confirm_post, &token_form_table, "Make the account, and the organisation"),
    PAGE("/sign-in", CH_ANYONE, sign_in_page, "Sign in"),
    POST("/sign-in", CH_ANYONE, sign_in_post, &sign_in_form_table, "Sign in"),
    POST("/sign-out", CH_ANYONE, sign_out_post, NULL, "Sign out"),
    PAGE("/reset", CH_ANYONE, reset_page, "Forgotten password"),
    POST("/reset", CH_ANYONE, reset_post, &email_form_table, "Send the reset link", .per_minute = 60),
    PAGE("/reset/confirm", CH_ANYONE, reset_confirm_page, "Choose a new password"),
    POST("/reset/confirm", CH_ANYONE, reset_confirm_post, &token_form_table, "Set the new password"),
    PAGE("/account", CH_SIGNED_IN, account_page, "One's own account"),
    POST("/account/name", CH_SIGNED_IN, account_name_post, &name_form_table, "Change one's name"),
    PAGE("/account/password", CH_SIGNED_IN, account_password_page, "Change one's password"),
    POST("/account/password", CH_SIGNED_IN, account_password_post, &password_form_table, "Change one's password"),
    PAGE("/invitation", CH_ANYONE, invitation_page, "The button behind an invitation"),
    POST("/invitation", CH_ANYONE, invitation_post, &token_form_table, "Join the team"),

    PAGE("/employer/{org}/team", CH_ROLE_ORG_ADMIN, team_page, "People, roles, partner systems"),
    POST("/employer/{org}/team/invitations", CH_ROLE_ORG_ADMIN, team_invite_post, &invite_form_table, "Invite a colleague"),
    POST("/employer/{org}/team/invitations/{invitation}/send", CH_ROLE_ORG_ADMIN, team_invite_again_post, NULL,
         "Send an invitation again, with a new link instead of the old one"),
    POST("/employer/{org}/team/invitations/{invitation}/cancel", CH_ROLE_ORG_ADMIN, team_invite_cancel_post, NULL, "End an invitation"),
    PAGE("/employer/{org}/team/members/{person}", CH_ROLE_ORG_ADMIN, team_member_page, "A colleague's roles"),
    POST("/employer/{org}/team/members/{person}", CH_ROLE_ORG_ADMIN, team_roles_post, &roles_form_table, "Change a colleague's roles"),
    PAGE("/employer/{org}/team/members/{person}/remove", CH_ROLE_ORG_ADMIN, team_remove_page, "Before taking a colleague out of the team"),
    POST("/employer/{org}/team/members/{person}/remove", CH_ROLE_ORG_ADMIN, team_remove_post, NULL, "Take a colleague out of the team"),
    POST("/employer/{org}/team/systems", CH_ROLE_ORG_ADMIN, team_client_post, &client_form_table, "Make a partner system's credentials"),
    PAGE("/employer/{org}/team/systems/{client}/revoke", CH_ROLE_ORG_ADMIN, team_client_revoke_page, "Before taking a partner system's access away"),
    POST("/employer/{org}/team/systems/{client}/revoke", CH_ROLE_ORG_ADMIN, team_client_revoke_post, NULL, "Take a partner system's access away"),

    {.method = CH_GET,
     .path = "/department/organisations",
     .who = CH_ROLE_DEPARTMENT,
     .flags = CH_PAGE,
     .handle = department_organisations_page,
     .query = &organisation_query_table,
     .summary = "Organisations by state, sector, region"},
    PAGE("/department/organisations/{id}", CH_ROLE_DEPARTMENT, department_organisation_page, "One organisation"),
    POST("/department/organisations/{id}/approve", CH_ROLE_DEPARTMENT, department_approve_post, &decision_form_table, "Approve an organisation"),
    POST("/department/organisations/{id}/refuse", CH_ROLE_DEPARTMENT, department_refuse_post, &decision_form_table, "Refuse an organisation"),

    {.method = CH_POST,
     .path = "/oauth2/token",
     .who = CH_ANYONE,
     .flags = CH_API | CH_TOKEN_FORM | CH_NO_SESSION,
     .handle = token_grant,
     .input = &grant_form_table,
     .output = &grant_answer_table,
     .max_body = 8192,
     .summary = "Get an access token",
     .doc = "Client credentials, by HTTP Basic or as form fields. The token works for five minutes."},
    {.method = CH_GET,
     .path = "/oauth2/jwks",
     .who = CH_ANYONE,
     .flags = CH_FEED | CH_NO_SESSION | CH_NO_STORE,
     .type = "application/json",
     .handle = token_jwks,
     .summary = "The keys that tokens are signed with"},
    {.method = CH_GET,
     .path = "/.well-known/openid-configuration",
     .who = CH_ANYONE,
     .flags = CH_FEED | CH_NO_SESSION | CH_NO_STORE,
     .type = "application/json",
     .handle = token_discovery,
     .summary = "Where to get tokens and keys"},
    {.method = CH_GET,
     .path = "/api/v1/organisations",
     .who = CH_ANYONE,
     .flags = CH_API,
     .handle = api_organisations,
     .query = &organisation_api_query_table,
     .output = &organisation_list_table,
     .summary = "Approved employers"},
    {.method = CH_GET,
     .path = "/api/v1/organisations/{id}",
     .who = CH_ANYONE,
     .flags = CH_API,
     .handle = api_organisation,
     .output = &organisation_public_table,
     .summary = "One approved employer"},
    {0},
};

static ch_err start(ch_app *app)
{
    app->own = ch_signer_open(app->settings.key_dir);
    return app->own ? CH_OK : CH_INTERNAL;
}

static void tell_revoked(void *ctx, ch_arena *a) { client_tell_revoked(ctx, a, ch_now()); }

extern const ch_embedded identity_templates[];
static const ch_schedule schedules[] = {{"revoked-clients", 5000, tell_revoked}, {0}};
static const ch_collection *const collections[] = {&organisation_collection, &person_collection, &link_collection, &client_collection, NULL};
static const ch_config_row config[] = {{.name = "DEPARTMENT_EMAIL",
                                        .type = CH_CONFIG_STR,
                                        .offset = offsetof(identity_config, department_email),
                                        .fallback = "",
                                        .doc = "Whoever confirms this address becomes the department's coordinator"},
                                       {0}};

const ch_service identity_service = {.name = "identity",
                                     .doc = "accounts, organisations, roles, sessions, tokens for partners",
                                     .routes = routes,
                                     .templates = identity_templates,
                                     .collections = collections,
                                     .schedules = schedules,
                                     .config = config,
                                     .config_size = sizeof(identity_config),
                                     .start = start};
