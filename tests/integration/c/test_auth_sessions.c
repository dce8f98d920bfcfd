/* Sessions over a real Redis: every way in which one begins, changes and ends, and who may write it. */
#include "auth/session.h"

#include <pthread.h>
#include <stdatomic.h>

#include "own_redis.h"

enum { NOW = 1795478400 };
#define AT(seconds) ((NOW + (ch_time)(seconds)) * CH_SECOND)

static own_redis server;
static ch_redis *identity, *vacancies, *admin;
static ch_arena *a;

static void setup(void)
{
    signal(SIGPIPE, SIG_IGN);
    a = ch_arena_new(4096);
    server = own_redis_start();
    identity = own_redis_as(&server, "identity");
    vacancies = own_redis_as(&server, "vacancies");
    admin = own_redis_as(&server, "admin");
}

static void teardown(void) { own_redis_stop(&server); }

static const ch_str recruiter[] = {CH_STR_INIT("recruiter")}, administrator[] = {CH_STR_INIT("administrator")};
static const ch_membership one[] = {
    {.organisation = CH_STR_INIT("org-1"), .name = CH_STR_INIT("Leeds <Infirmary> \"& Sons\""), .roles = {(void *)(uintptr_t)recruiter, 1}}};
static const ch_membership promoted[] = {
    {.organisation = CH_STR_INIT("org-1"), .name = CH_STR_INIT("Leeds"), .roles = {(void *)(uintptr_t)administrator, 1}}};

static ch_principal grace(void)
{
    return (ch_principal){.kind = CH_PERSON,
                          .id = ch_id_new(a),
                          .name = CH_STR("Grace Hopper"),
                          .email = CH_STR("grace@example.org"),
                          .memberships = one,
                          .n = 1,
                          .roles = CH_ROLE_CANDIDATE};
}

static ch_str sign_in(const ch_principal *p)
{
    int64_t epoch;
    ch_str cookie;
    ck_assert_int_eq(ch_session_epoch(identity, a, p->id, &epoch), CH_OK);
    ck_assert_int_eq(ch_session_create(identity, a, p, epoch, AT(0), &cookie), CH_OK);
    return cookie;
}

static ch_principal read_at(ch_str cookie, ch_time now)
{
    ch_principal who;
    ck_assert_int_eq(ch_session_read(vacancies, a, cookie, now, &who), CH_OK);
    return who;
}

static bool live(ch_str cookie) { return read_at(cookie, AT(1)).kind == CH_PERSON; }

static ch_reply as_admin(const ch_str *words, size_t n)
{
    ch_reply reply = {0};
    ck_assert_int_eq(ch_redis_run(admin, a, &reply, words, n), CH_OK);
    return reply;
}
#define ADMIN(...) as_admin((const ch_str[]){__VA_ARGS__}, sizeof((const ch_str[]){__VA_ARGS__}) / sizeof(ch_str))

static ch_str key(const char *kind, ch_str id) { return ch_arena_printf(a, "%s:%.*s", kind, CH_ARG(id)); }

/* A change as identity makes it. */
static void change(const ch_principal *p)
{
    int64_t epoch;
    ck_assert_int_eq(ch_session_raise(identity, a, p->id, &epoch), CH_OK);
    ck_assert_int_eq(ch_session_rewrite(identity, a, p, epoch), CH_OK);
}

START_TEST(a_session_says_who_it_is)
{
    ch_principal p = grace();
    p.roles |= CH_ROLE_DEPARTMENT | CH_ROLE_PARTNER | CH_ROLE_ORG_ADMIN; /* the last two are nobody's through a session */
    ch_principal who = read_at(sign_in(&p), AT(1));
    ck_assert_int_eq(who.kind, CH_PERSON);
    ck_assert(ch_str_eq(who.id, p.id) && ch_str_eq(who.name, p.name) && ch_str_eq(who.email, p.email));
    ck_assert_uint_eq(who.roles, CH_ROLE_CANDIDATE | CH_ROLE_DEPARTMENT);
    ck_assert_uint_eq(who.n, 1);
    ck_assert(ch_str_eq(who.memberships[0].name, one[0].name));
    ck_assert_uint_eq(ch_principal_roles(&who, CH_STR("org-1")), CH_ROLE_CANDIDATE | CH_ROLE_DEPARTMENT | CH_ROLE_RECRUITER);
    ck_assert_int_eq(who.signed_in_at, AT(0));
    ck_assert_uint_ge(who.csrf.n, 43);
    ck_assert_int_eq(who.unread, 0);
    ADMIN(CH_STR("SET"), key("unread", p.id), CH_STR("7"));
    ck_assert_int_eq(read_at(sign_in(&p), AT(1)).unread, 7);
}
END_TEST

START_TEST(redis_does_not_know_the_cookie)
{
    ch_principal p = grace();
    ch_str cookie = sign_in(&p), secret = ch_str_cut(cookie, 27);
    ch_reply keys = ADMIN(CH_STR("KEYS"), CH_STR("*"));
    for (size_t i = 0; i < keys.n; i++) {
        ck_assert_int_lt(ch_str_find(keys.items[i].s, secret), 0);
        if (!ch_str_starts(keys.items[i].s, CH_STR("session:"))) continue;
        ck_assert_int_lt(ch_str_find(ADMIN(CH_STR("GET"), keys.items[i].s).s, secret), 0);
        ch_reply ttl = ADMIN(CH_STR("TTL"), keys.items[i].s);
        ck_assert(ttl.i > 12 * 3600 - 60 && ttl.i <= 12 * 3600);
    }
}
END_TEST

START_TEST(other_cookies_are_nobody)
{
    ch_principal p = grace(), q = grace();
    ch_str cookie = sign_in(&p), other = sign_in(&q);
    for (size_t i = 0; i < cookie.n; i++) {
        char *bent = ch_arena_z(a, cookie);
        bent[i] = bent[i] == '0' ? '1' : '0';
        ck_assert(!live((ch_str){bent, cookie.n}));
        ck_assert(!live(ch_str_first(cookie, i)));
    }
    ck_assert(!live(CH_STR("")));
    ck_assert(!live(ch_arena_printf(a, "%.*s.%.*s", CH_ARG(ch_str_first(cookie, 26)), CH_ARG(ch_str_cut(other, 27)))));
    ck_assert(!live(ch_arena_printf(a, "%.*s ", CH_ARG(cookie))));
    ck_assert(live(cookie) && live(other));
}
END_TEST

START_TEST(twelve_hours_is_the_end)
{
    ch_principal p = grace();
    ch_str cookie = sign_in(&p);
    ck_assert_int_eq(read_at(cookie, AT(12 * 3600 - 1)).kind, CH_PERSON);
    ck_assert_int_eq(read_at(cookie, AT(12 * 3600)).kind, CH_ANONYMOUS);
}
END_TEST

START_TEST(signing_out_ends_one_session_only)
{
    ch_principal p = grace();
    ch_str laptop = sign_in(&p), phone = sign_in(&p);
    ck_assert_int_eq(ch_session_end(identity, a, p.id, read_at(laptop, AT(1)).session), CH_OK);
    ck_assert(!live(laptop) && live(phone));
    change(&p); /* what has ended does not come back */
    ck_assert(!live(laptop) && live(phone));
}
END_TEST

START_TEST(a_new_password_ends_all_sessions_of_that_person)
{
    ch_principal p = grace(), q = grace();
    ch_str laptop = sign_in(&p), phone = sign_in(&p), others = sign_in(&q);
    ck_assert_int_eq(ch_session_end_all(identity, a, p.id), CH_OK);
    ck_assert(!live(laptop) && !live(phone) && live(others));
    ck_assert(live(sign_in(&p)));
    change(&p);
    ck_assert(!live(laptop) && !live(phone));
}
END_TEST

START_TEST(a_change_of_roles_counts_at_once_and_signs_nobody_out)
{
    ch_principal p = grace();
    ch_str laptop = sign_in(&p), phone = sign_in(&p), csrf = read_at(laptop, AT(1)).csrf;
    p.memberships = promoted;
    p.name = CH_STR("Rear Admiral Hopper");
    change(&p);
    ch_principal who = read_at(laptop, AT(1));
    ck_assert_uint_eq(ch_principal_roles(&who, CH_STR("org-1")), CH_ROLE_CANDIDATE | CH_ROLE_ORG_ADMIN);
    ck_assert(ch_str_eq(who.name, p.name) && ch_str_eq(who.csrf, csrf)); /* forms that are open keep working */
    ck_assert_int_eq(who.signed_in_at, AT(0));
    ck_assert(live(phone));
    p.n = 0;
    change(&p);
    ck_assert(
        !ch_principal_membership(&(ch_principal){.memberships = read_at(laptop, AT(1)).memberships, .n = read_at(laptop, AT(1)).n}, CH_STR("org-1")));
    ch_reply ttl = ADMIN(CH_STR("TTL"), key("session", who.session));
    ck_assert(ttl.i > 12 * 3600 - 60 && ttl.i <= 12 * 3600);
}
END_TEST

START_TEST(the_earlier_of_two_changes_cannot_win)
{
    ch_principal before = grace(), after = before;
    ch_str cookie = sign_in(&before);
    int64_t first, second;
    after.n = 0;
    ck_assert_int_eq(ch_session_raise(identity, a, before.id, &first), CH_OK);
    ck_assert_int_eq(ch_session_raise(identity, a, before.id, &second), CH_OK);
    ck_assert_int_eq(ch_session_rewrite(identity, a, &after, second), CH_OK);
    ck_assert_int_eq(ch_session_rewrite(identity, a, &before, first), CH_OK); /* late, with the roles of yesterday */
    ck_assert(!live(cookie));
}
END_TEST

START_TEST(dying_between_raise_and_rewrite_signs_out)
{
    ch_principal p = grace();
    ch_str cookie = sign_in(&p);
    int64_t epoch;
    ck_assert_int_eq(ch_session_raise(identity, a, p.id, &epoch), CH_OK);
    ck_assert(!live(cookie));
}
END_TEST

START_TEST(a_change_during_sign_in_ends_the_new_session)
{
    ch_principal p = grace();
    int64_t epoch;
    ch_str cookie;
    ck_assert_int_eq(ch_session_epoch(identity, a, p.id, &epoch), CH_OK);
    ck_assert_int_eq(ch_session_end_all(identity, a, p.id), CH_OK); /* after the person was loaded */
    ck_assert_int_eq(ch_session_create(identity, a, &p, epoch, AT(0), &cookie), CH_OK);
    ck_assert(!live(cookie));
    change(&p); /* nor does another role bring it back */
    ck_assert(!live(cookie));
    ck_assert(live(sign_in(&p)));
}
END_TEST

START_TEST(a_flushed_redis_only_signs_out)
{
    ch_principal p = grace();
    ch_session_end_all(identity, a, p.id); /* epoch 1 */
    ch_str cookie = sign_in(&p);
    ck_assert(live(cookie));
    ADMIN(CH_STR("FLUSHALL"));
    ck_assert(!live(cookie));
    ck_assert(live(sign_in(&p)));
    change(&p);
    ck_assert_int_eq(ch_session_end_all(identity, a, p.id), CH_OK);
}
END_TEST

START_TEST(a_lost_epoch_does_not_bring_old_sessions_back)
{
    ch_principal p = grace();
    ch_session_end_all(identity, a, p.id);
    ch_str cookie = sign_in(&p);
    ADMIN(CH_STR("DEL"), key("epoch", p.id));
    ck_assert(!live(cookie));
}
END_TEST

START_TEST(strange_sessions_are_nobody)
{
    ch_principal p = grace();
    ch_str cookie = sign_in(&p), digest = read_at(cookie, AT(1)).session, good = ADMIN(CH_STR("GET"), key("session", digest)).s;
    static const char *const strange[] = {"", "x", "{}", "[]", "null", "{\"person\":1}", "{\"person\":\"x\",\"epoch\":0}", "\xff"};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        ADMIN(CH_STR("SET"), key("session", digest), ch_str_of(strange[i]));
        ck_assert_msg(!live(cookie), "%s", strange[i]);
    }
    ch_principal q = grace();
    ch_str others = ADMIN(CH_STR("GET"), key("session", read_at(sign_in(&q), AT(1)).session)).s;
    ADMIN(CH_STR("SET"), key("session", digest), others);
    ck_assert(!live(cookie));
    /* Roles of an organisation come with a membership only. */
    ptrdiff_t roles = ch_str_find(good, CH_STR("],\"roles\":[")) + 11;
    ADMIN(CH_STR("SET"), key("session", digest),
          ch_arena_printf(a, "%.*s\"administrator\"%.*s", CH_ARG(ch_str_first(good, (size_t)roles)), CH_ARG(ch_str_cut(good, (size_t)roles))));
    ck_assert(live(cookie));
    ck_assert_uint_eq(read_at(cookie, AT(1)).roles, CH_ROLE_CANDIDATE);
    /* A newer version's field is no reason to sign people out. */
    ADMIN(CH_STR("SET"), key("session", digest), ch_arena_printf(a, "%.*s,\"theme\":{\"dark\":[true]}}", CH_ARG(ch_str_first(good, good.n - 1))));
    ck_assert(live(cookie));
}
END_TEST

START_TEST(names_of_any_length_and_script_survive)
{
    ch_principal p = grace();
    ch_buf name = ch_buf_in(a);
    for (int i = 0; i < 300; i++) ch_buf_put(&name, CH_STR("ŵ\"\\<"));
    p.name = ch_buf_str(&name);
    ck_assert(ch_str_eq(read_at(sign_in(&p), AT(1)).name, p.name));
}
END_TEST

START_TEST(only_identity_writes)
{
    ch_principal p = grace();
    ch_str cookie = sign_in(&p), digest = read_at(cookie, AT(1)).session;
    int64_t epoch;
    ck_assert_int_ne(ch_session_create(vacancies, a, &p, 0, AT(0), &cookie), CH_OK);
    ck_assert_int_ne(ch_session_end(vacancies, a, p.id, digest), CH_OK);
    ck_assert_int_ne(ch_session_end_all(vacancies, a, p.id), CH_OK);
    ck_assert_int_ne(ch_session_raise(vacancies, a, p.id, &epoch), CH_OK);
    ck_assert_int_eq(ch_session_epoch(vacancies, a, p.id, &epoch), CH_OK);
    ck_assert_int_eq(epoch, 0);
}
END_TEST

START_TEST(without_redis_the_answer_is_unavailable)
{
    ch_principal p = grace(), who;
    ch_str cookie = sign_in(&p);
    int64_t epoch;
    kill(server.pid, SIGKILL);
    ck_assert_int_eq(ch_session_read(vacancies, a, cookie, AT(1), &who), CH_UNAVAILABLE);
    ck_assert_int_eq(who.kind, CH_ANONYMOUS);
    ck_assert_int_eq(ch_session_read(vacancies, a, CH_STR("not ours"), AT(1), &who), CH_OK); /* needs no Redis */
    ck_assert_int_eq(ch_session_epoch(identity, a, p.id, &epoch), CH_UNAVAILABLE);
    ck_assert_int_eq(ch_session_create(identity, a, &p, 0, AT(0), &cookie), CH_UNAVAILABLE);
}
END_TEST

static _Atomic bool stop;
static _Atomic int wrong;
static ch_str shared_cookie;

/* Never the roles of yesterday with the epoch of today: whoever reads an administrator's session after the last change is wrong. */
static void *read_for_ever(void *unused)
{
    while (!stop) {
        CH_AUTO_ARENA ch_arena *mine = ch_arena_new(1024);
        ch_principal who;
        if (ch_session_read(vacancies, mine, shared_cookie, AT(1), &who)) wrong++;
        else if (who.kind == CH_PERSON && !ch_str_is(who.name, who.n ? "member" : "nobody")) wrong++;
    }
    return unused;
}

START_TEST(readers_see_whole_changes)
{
    pthread_t threads[4];
    ch_principal p = grace();
    p.name = CH_STR("member");
    shared_cookie = sign_in(&p);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, read_for_ever, NULL);
    for (int i = 0; i < 300; i++) {
        p.n = (size_t)i % 2;
        p.name = p.n ? CH_STR("member") : CH_STR("nobody");
        change(&p);
    }
    stop = true;
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    ck_assert_int_eq(wrong, 0);
    ck_assert(live(shared_cookie));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_session_says_who_it_is,
                                  redis_does_not_know_the_cookie,
                                  other_cookies_are_nobody,
                                  twelve_hours_is_the_end,
                                  signing_out_ends_one_session_only,
                                  a_new_password_ends_all_sessions_of_that_person,
                                  a_change_of_roles_counts_at_once_and_signs_nobody_out,
                                  the_earlier_of_two_changes_cannot_win,
                                  dying_between_raise_and_rewrite_signs_out,
                                  a_change_during_sign_in_ends_the_new_session,
                                  a_flushed_redis_only_signs_out,
                                  a_lost_epoch_does_not_bring_old_sessions_back,
                                  strange_sessions_are_nobody,
                                  names_of_any_length_and_script_survive,
                                  only_identity_writes,
                                  without_redis_the_answer_is_unavailable,
                                  readers_see_whole_changes};
    Suite *suite = suite_create("auth_sessions");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        TCase *tcase = tcase_create(tests[i]->name);
        tcase_set_timeout(tcase, 60);
        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, tests[i]);
        suite_add_tcase(suite, tcase);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
