#include "auth/session.h"

#include "base/id.h"
#include "data/json.h"

enum { LIFETIME_S = 12 * 3600, ID_LENGTH = 26, SECRET_LENGTH = 43 };

/* An epoch counts changes, and in its millions how often all sessions have ended: a change takes along the sessions of its own million and no others,
 * so that one that was made while a password changed cannot come back with the next role. */
enum { GENERATION = 1000000 };

typedef struct session {
    ch_presence seen;
    ch_str person, name, email, csrf;
    CH_LIST_OF(ch_membership) memberships;
    ch_list roles;
    int64_t epoch;
    ch_time signed_in_at;
} session;
CH_TABLE(session_table, session, "A session as Redis keeps it", CH_ROW(session, person, CH_F_STR), CH_ROW(session, name, CH_F_STR),
         CH_ROW(session, email, CH_F_STR, .max = 320), CH_ROW(session, csrf, CH_F_STR),
         CH_ROW(session, memberships, CH_F_LIST, .of = &ch_membership_table, .max = 200), CH_ROW(session, roles, CH_F_STRS, .max = 8),
         CH_ROW(session, epoch, CH_F_INT), CH_ROW(session, signed_in_at, CH_F_TIME));

static ch_str key_of(ch_arena *a, const char *kind, ch_str id) { return ch_arena_printf(a, "%s:%.*s", kind, CH_ARG(id)); }

/* <id>.<secret>, or nothing of ours. */
static bool person_of(ch_str cookie, ch_str *person)
{
    *person = ch_str_first(cookie, ID_LENGTH);
    return cookie.n == ID_LENGTH + 1 + SECRET_LENGTH && cookie.p[ID_LENGTH] == '.' && ch_id_valid(*person);
}

static int64_t number(const ch_reply *r)
{
    int64_t n = 0;
    return r->kind == CH_REPLY_STR && ch_str_int(r->s, &n) ? n : 0;
}

static unsigned roles_of(ch_list names)
{
    unsigned roles = CH_ROLE_CANDIDATE;
    for (size_t i = 0; i < names.n; i++) roles |= ch_role_of(((const ch_str *)names.p)[i]);
    return roles & ~(unsigned)CH_ROLES_OF_ORG;
}

static bool read_json(ch_arena *a, ch_str text, session *out)
{
    *out = (session){0};
    return ch_json_read_own(a, text, &session_table, out) && out->csrf.n;
}

static bool is_live(const session *s, ch_str person, int64_t epoch, ch_time now)
{
    return ch_str_eq(s->person, person) && s->epoch == epoch && now < s->signed_in_at + LIFETIME_S * CH_SECOND;
}

ch_err ch_session_read(ch_redis *r, ch_arena *a, ch_str cookie, ch_time now, ch_principal *out)
{
    ch_str person, digest;
    ch_reply reply;
    session s;
    *out = (ch_principal){.kind = CH_ANONYMOUS};
    if (!person_of(cookie, &person)) return CH_OK;
    digest = ch_digest(a, cookie);
    CH_TRY(CH_REDIS(r, a, &reply, CH_STR("MGET"), key_of(a, "session", digest), key_of(a, "epoch", person), key_of(a, "unread", person)));
    if (reply.kind != CH_REPLY_LIST || reply.n != 3 || reply.items[0].kind != CH_REPLY_STR) return CH_OK;
    if (!read_json(a, reply.items[0].s, &s) || !is_live(&s, person, number(&reply.items[1]), now)) return CH_OK;
    *out = (ch_principal){.kind = CH_PERSON,
                          .id = s.person,
                          .name = s.name,
                          .email = s.email,
                          .memberships = s.memberships.p,
                          .n = s.memberships.n,
                          .roles = roles_of(s.roles),
                          .csrf = s.csrf,
                          .session = digest,
                          .signed_in_at = s.signed_in_at,
                          .unread = number(&reply.items[2])};
    return CH_OK;
}

ch_err ch_session_epoch(ch_redis *r, ch_arena *a, ch_str person, int64_t *out)
{
    ch_reply reply;
    CH_TRY(CH_REDIS(r, a, &reply, CH_STR("GET"), key_of(a, "epoch", person)));
    *out = number(&reply);
    return CH_OK;
}

static ch_str write_json(ch_arena *a, const ch_principal *p, int64_t epoch, ch_str csrf, ch_time signed_in_at)
{
    ch_str *names = CH_NEW_N(a, ch_str, 8);
    size_t n = 0;
    ch_buf b = ch_buf_in(a);
    for (const ch_role_name *role = ch_role_names; role->name; role++)
        if (p->roles & role->bit & (CH_ROLE_DEPARTMENT | CH_ROLE_PLATFORM)) names[n++] = ch_str_of(role->name);
    session s = {
        .person = p->id, .name = p->name, .email = p->email, .csrf = csrf, .roles = {names, n}, .epoch = epoch, .signed_in_at = signed_in_at};
    s.memberships.p = (ch_membership *)(uintptr_t)p->memberships;
    s.memberships.n = p->n;
    ch_json_write(&b, &session_table, &s, 0);
    return ch_buf_str(&b);
}

ch_err ch_session_create(ch_redis *r, ch_arena *a, const ch_principal *p, int64_t epoch, ch_time now, ch_str *cookie)
{
    *cookie = ch_arena_printf(a, "%.*s.%.*s", CH_ARG(p->id), CH_ARG(ch_secret_new(a)));
    ch_str digest = ch_digest(a, *cookie), key = key_of(a, "session", digest), list = key_of(a, "sessions", p->id);
    ch_str lifetime = ch_arena_printf(a, "%d", LIFETIME_S);
    const ch_str set[] = {CH_STR("SET"), key, write_json(a, p, epoch, ch_secret_new(a), now), CH_STR("EX"), lifetime};
    const ch_str add[] = {CH_STR("SADD"), list, digest};
    const ch_str expire[] = {CH_STR("EXPIRE"), list, lifetime};
    ch_reply replies[3];
    return ch_redis_pipeline(r, a, (const ch_command[]){{set, 5}, {add, 3}, {expire, 3}}, 3, replies);
}

ch_err ch_session_end(ch_redis *r, ch_arena *a, ch_str person, ch_str digest)
{
    const ch_str del[] = {CH_STR("DEL"), key_of(a, "session", digest)};
    const ch_str rem[] = {CH_STR("SREM"), key_of(a, "sessions", person), digest};
    ch_reply replies[2];
    return ch_redis_pipeline(r, a, (const ch_command[]){{del, 2}, {rem, 3}}, 2, replies);
}

ch_err ch_session_raise(ch_redis *r, ch_arena *a, ch_str person, int64_t *epoch)
{
    ch_reply reply;
    CH_TRY(CH_REDIS(r, a, &reply, CH_STR("INCR"), key_of(a, "epoch", person)));
    *epoch = reply.i;
    return CH_OK;
}

ch_err ch_session_end_all(ch_redis *r, ch_arena *a, ch_str person)
{
    const ch_str incr[] = {CH_STR("INCRBY"), key_of(a, "epoch", person), ch_arena_printf(a, "%d", GENERATION)};
    const ch_str del[] = {CH_STR("DEL"), key_of(a, "sessions", person)};
    ch_reply replies[2];
    return ch_redis_pipeline(r, a, (const ch_command[]){{incr, 3}, {del, 2}}, 2, replies);
}

/* One command for one of the person's sessions: a live one is written anew, one that is gone or over leaves the list. */
static ch_command follow(ch_arena *a, const ch_principal *p, int64_t epoch, ch_str digest, const ch_reply *stored)
{
    ch_str *words = CH_NEW_N(a, ch_str, 5);
    session s;
    if (stored->kind != CH_REPLY_STR || !read_json(a, stored->s, &s) || s.epoch / GENERATION != epoch / GENERATION) {
        memcpy(words, (const ch_str[]){CH_STR("SREM"), key_of(a, "sessions", p->id), digest}, 3 * sizeof *words);
        return (ch_command){words, 3};
    }
    /* XX: a session that ended meanwhile must not come back. */
    ch_str json = write_json(a, p, epoch, s.csrf, s.signed_in_at);
    memcpy(words, (const ch_str[]){CH_STR("SET"), key_of(a, "session", digest), json, CH_STR("XX"), CH_STR("KEEPTTL")}, 5 * sizeof *words);
    return (ch_command){words, 5};
}

/* Three round trips, however many sessions there are. */
ch_err ch_session_rewrite(ch_redis *r, ch_arena *a, const ch_principal *p, int64_t epoch)
{
    ch_reply members, stored;
    CH_TRY(CH_REDIS(r, a, &members, CH_STR("SMEMBERS"), key_of(a, "sessions", p->id)));
    if (members.kind != CH_REPLY_LIST || !members.n) return CH_OK;
    ch_str *get = CH_NEW_N(a, ch_str, members.n + 1);
    get[0] = CH_STR("MGET");
    for (size_t i = 0; i < members.n; i++) get[i + 1] = key_of(a, "session", members.items[i].s);
    CH_TRY(ch_redis_run(r, a, &stored, get, members.n + 1));
    if (stored.kind != CH_REPLY_LIST || stored.n != members.n) return CH_INTERNAL;
    ch_command *commands = CH_NEW_N(a, ch_command, members.n);
    for (size_t i = 0; i < members.n; i++) commands[i] = follow(a, p, epoch, members.items[i].s, &stored.items[i]);
    return ch_redis_pipeline(r, a, commands, members.n, CH_NEW_N(a, ch_reply, members.n));
}
