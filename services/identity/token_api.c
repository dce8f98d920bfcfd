#include "identity/token_api.h"

#include "auth/ratelimit.h"
#include "auth/token.h"
#include "base/id.h"
#include "base/log.h"
#include "identity/client_store.h"
#include "identity/service.h"

enum { LIFETIME_S = 300 };

/* RFC 6749 section 5.2. */
static ch_err refuse(ch_call *call, int status, const char *code)
{
    if (status == 401) ch_reply_header(call, "WWW-Authenticate", CH_STR("Basic realm=\"token\""));
    return ch_reply_text(call, status, "application/json", ch_arena_printf(call->arena, "{\"error\":\"%s\"}", code));
}

/* HTTP Basic (RFC 7617); ordinary base64 becomes ours by two letters. */
static bool basic(ch_call *call, ch_str *id, ch_str *secret)
{
    ch_str header = ch_header(call, "HTTP_AUTHORIZATION"), scheme = CH_STR("Basic "), plain;
    if (header.n <= scheme.n || !ch_str_eq_fold(ch_str_first(header, scheme.n), scheme)) return false;
    ch_str text = ch_str_trim(ch_str_cut(header, scheme.n));
    char *p = ch_arena_z(call->arena, text);
    while (text.n && text.p[text.n - 1] == '=') text.n--;
    for (size_t i = 0; i < text.n; i++) p[i] = text.p[i] == '+' ? '-' : text.p[i] == '/' ? '_' : text.p[i];
    if (!ch_base64url_decode(call->arena, (ch_str){p, text.n}, &plain)) return false;
    ptrdiff_t colon = ch_str_index(plain, ':');
    if (colon < 0) return false;
    *id = ch_str_first(plain, (size_t)colon);
    *secret = ch_str_cut(plain, (size_t)colon + 1);
    return true;
}

static ch_err sign(ch_call *call, const client_row *c)
{
    ch_str url = call->app->settings.public_url;
    int64_t now = call->now / 1000;
    ch_claims claims = {.iss = url,
                        .aud = ch_arena_printf(call->arena, "%.*s/api", CH_ARG(url)),
                        .sub = c->id,
                        .jti = ch_id_new(call->arena),
                        .organisation = c->organisation,
                        .organisation_name = c->organisation_name,
                        .scope = CH_STR("vacancies"),
                        .iat = now,
                        .nbf = now,
                        .exp = now + LIFETIME_S};
    grant_answer out = {.token_type = CH_STR("Bearer"), .expires_in = LIFETIME_S};
    CH_TRY(ch_token_sign(identity_signer(call->app), call->arena, &claims, &out.access_token));
    ch_reply_header(call, "Cache-Control", CH_STR("no-store"));
    return ch_reply_json(call, 200, &grant_answer_table, &out);
}

ch_err token_grant(ch_call *call)
{
    const grant_form *form = call->input;
    ch_str id = form->client_id, secret = form->client_secret;
    client_row c;
    int64_t wait = 0;
    basic(call, &id, &secret);
    if (!ch_str_is(form->grant_type, "client_credentials"))
        return refuse(call, 400, form->grant_type.n ? "unsupported_grant_type" : "invalid_request");
    /* By address too: who knows only the id of somebody's client must not use up what is the client's. */
    ch_str bucket = ch_arena_printf(call->arena, "%.*s %.*s", CH_ARG(id), CH_ARG(call->address));
    if (ch_limit(call->app->redis, call->arena, "token", bucket, 120, CH_MINUTE, call->now, &wait)) return ch_wait(call, CH_LIMITED, wait);
    ch_err e = ch_id_valid(id) ? client_get(call->app, call->arena, id, &c) : CH_NOT_FOUND;
    if (e && e != CH_NOT_FOUND) return e;
    bool fine = !e && !c.revoked_at && ch_str_eq_secret(c.secret_digest, ch_digest(call->arena, secret));
    CH_LOG(CH_INFO, fine ? "token_granted" : "token_refused", CH_KS("client", e ? CH_STR("") : c.id));
    return fine ? sign(call, &c) : refuse(call, 401, "invalid_client");
}

ch_err token_jwks(ch_call *call)
{
    ch_reply_header(call, "Cache-Control", CH_STR("public, max-age=60"));
    return ch_reply_feed(call, ch_signer_jwks(identity_signer(call->app)));
}

ch_err token_discovery(ch_call *call)
{
    ch_str url = call->app->settings.public_url;
    return ch_reply_feed(call, ch_arena_printf(call->arena,
                                               "{\"issuer\":\"%.*s\",\"token_endpoint\":\"%.*s/oauth2/token\",\"jwks_uri\":\"%.*s/oauth2/jwks\","
                                               "\"grant_types_supported\":[\"client_credentials\"],"
                                               "\"token_endpoint_auth_methods_supported\":[\"client_secret_basic\",\"client_secret_post\"]}",
                                               CH_ARG(url), CH_ARG(url), CH_ARG(url)));
}
