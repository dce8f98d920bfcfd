/* States, legal and illegal; and that a masked text tells nothing of the candidate's own. */
#include "unit.h"

#include "auth/principal.h"
#include "vacancies/application.h"

static const char *const states[] = {"draft", "submitted", "shortlisted", "rejected", "withdrawn"};

START_TEST(each_move_from_each_state_by_each_role)
{
    static const char *const to[5][APPLICATION_ACTS] = {
        [0] = {[APPLICATION_SUBMIT] = "submitted"},
        [1] = {[APPLICATION_WITHDRAW] = "withdrawn", [APPLICATION_SHORTLIST] = "shortlisted", [APPLICATION_REJECT] = "rejected"},
        [2] = {[APPLICATION_WITHDRAW] = "withdrawn", [APPLICATION_REJECT] = "rejected"},
    };
    static const unsigned who[APPLICATION_ACTS] = {[APPLICATION_SUBMIT] = CH_ROLE_CANDIDATE,
                                                   [APPLICATION_WITHDRAW] = CH_ROLE_CANDIDATE,
                                                   [APPLICATION_SHORTLIST] = CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN,
                                                   [APPLICATION_REJECT] = CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN};
    for (size_t s = 0; s < 5; s++)
        for (int act = 0; act < APPLICATION_ACTS; act++)
            for (unsigned role = CH_ROLE_CANDIDATE; role <= CH_ROLE_PARTNER; role <<= 1) {
                application one = {.state = ch_str_of(states[s])};
                const application_move *m = application_move_of(&one, (application_act)act, role);
                ck_assert_msg(!m == !(to[s][act] && role & who[act]), "%s, act %d, role %u", states[s], act, role);
                if (m) ck_assert_str_eq(m->to, to[s][act]);
                if (m) ck_assert(m->event && m->message && *m->message);
            }
}
END_TEST

START_TEST(each_state_has_its_time)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = {.employer = {.id = CH_STR("o")}, .id = CH_STR("v")};
    profile p = {0};
    application one;
    application_begin(a, &v, &p, CH_STR("me"), 10, &one);
    application_go(a, &one, application_move_of(&one, APPLICATION_SUBMIT, CH_ROLE_CANDIDATE), 20);
    application_go(a, &one, application_move_of(&one, APPLICATION_SHORTLIST, CH_ROLE_RECRUITER), 30);
    application_go(a, &one, application_move_of(&one, APPLICATION_WITHDRAW, CH_ROLE_CANDIDATE), 40);
    static const char *const want[] = {"draft", "submitted", "shortlisted", "withdrawn"};
    ch_list moments = application_moments(a, &one);
    ck_assert_uint_eq(moments.n, 4);
    for (size_t i = 0; i < 4; i++) {
        const application_moment *m = (const application_moment *)moments.p + i;
        ck_assert(ch_str_is(m->state, want[i]));
        ck_assert_int_eq(m->at, 10 * ((ch_time)i + 1));
    }
    ck_assert_int_eq(one.submitted_at, 20);
    ck_assert_int_eq(one.decided_at, 30);
}
END_TEST

START_TEST(an_application_from_before_histories_tells_what_it_knows)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    application one = {.state = CH_STR("rejected"), .created_at = 1, .submitted_at = 2, .decided_at = 3};
    ch_list moments = application_moments(a, &one);
    ck_assert_uint_eq(moments.n, 3);
    ck_assert(ch_str_is(((const application_moment *)moments.p)[2].state, "rejected"));
}
END_TEST

START_TEST(a_reason_is_a_sentence_and_what_is_added)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    reject_form form = {.reason = CH_STR("others")};
    ck_assert(ch_str_is(application_reason_text(a, &form), "Others met the criteria more fully."));
    form.words = CH_STR("Come again.");
    ck_assert(ch_str_is(application_reason_text(a, &form), "Others met the criteria more fully.\n\nCome again."));
    form.reason = CH_STR("other");
    ck_assert(ch_str_is(application_reason_text(a, &form), "Come again."));
}
END_TEST

START_TEST(what_is_missing_is_named_with_its_step)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_faults faults = {.arena = a};
    application_answer answers[] = {{.essential = true}, {.essential = true}};
    application one = {.answers = {answers, 2}};
    vacancy v = {.state = CH_STR("published"), .closes_at = 10};
    application_check_submittable(&one, &v, 9, &faults);
    static const char *const fields[] = {"details", "statement", "answers", "cv"};
    ck_assert_uint_eq(faults.n, 4);
    for (size_t i = 0; i < 4; i++) ck_assert(ch_str_is(faults.p[i].field, fields[i]));
    faults.n = 0;
    application_check_submittable(&one, &v, 10, &faults);
    ck_assert_uint_eq(faults.n, 5);
    ck_assert(ch_str_is(faults.p[0].message, "This vacancy has closed"));
    ck_assert(!application_complete(&one));
    answers[0] = (application_answer){.essential = true, .answer = CH_STR("Yes.")};
    answers[1] = (application_answer){.essential = false};
    one.identity = (application_identity){.name = CH_STR("Ann"), .email = CH_STR("ann@mail.example")};
    one.statement = CH_STR("I care.");
    ck_assert(!application_complete(&one));
    one.document = CH_STR("cv");
    ck_assert(application_complete(&one));
    faults.n = 0;
    application_check_submittable(&one, &v, 9, &faults);
    ck_assert_uint_eq(faults.n, 0);
}
END_TEST

START_TEST(identity_opens_only_on_the_shortlist)
{
    for (size_t s = 0; s < 5; s++) {
        application one = {.state = ch_str_of(states[s])};
        ck_assert_int_eq(application_identity_open(&one), s == 2);
    }
}
END_TEST

static const application_identity who = {.name = CH_STR_INIT("Zebedee O'Quill-Feather"),
                                         .email = CH_STR_INIT("zeb.quill@mail.example"),
                                         .phone = CH_STR_INIT("+44 7700 900123"),
                                         .postcode = CH_STR_INIT("LS1 4AP"),
                                         .address = CH_STR_INIT("12 Nowhere Lane\nLeeds")};

START_TEST(what_is_the_candidates_own_is_hidden)
{
    static const char *const texts[] = {"Zebedee",
                                        "ZEBEDEE",
                                        "zebedee,",
                                        "(Zebedee)",
                                        ("Z\xC3\xA9"
                                         "b\xC3\xA9"
                                         "dee"),
                                        ("Ze\xCC\x81"
                                         "bedee"),
                                        "O\xE2\x80\x99QUILL-FEATHER",
                                        "O'Quill-Feather",
                                        "Feather",
                                        "zeb.quill@mail.example",
                                        "Zeb.Quill@Mail.Example",
                                        "write to zeb.quill today",
                                        "07700900123",
                                        "07700 900 123",
                                        "+447700900123",
                                        "+44 7700 900123",
                                        "0044 7700 900 123",
                                        "+44 (0)7700-900-123",
                                        "(07700) 900123",
                                        "07700.900.123",
                                        "7700 900123",
                                        "ls1 4ap",
                                        "LS14AP",
                                        "12 nowhere lane",
                                        "Zebedee\nFeather",
                                        "linkedin.example/in/zebedeeoquillfeather",
                                        "@OQuillFeather",
                                        "the Quill family"};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *out = ch_arena_z(a, application_mask(a, ch_str_of(texts[i]), &who));
        ck_assert_msg(strstr(out, "[hidden]") != NULL, "%s gave %s", texts[i], out);
        for (const char *const *bad =
                 (const char *const[]){"ebedee", "EBEDEE", "eather", "900123", "900 123", "4ap", "4AP", "quill", "Quill", "owhere", NULL};
             *bad; bad++)
            ck_assert_msg(!strstr(out, *bad), "%s gave %s", texts[i], out);
    }
}
END_TEST

/* Under another name and address than the account's they are known by both. */
START_TEST(what_only_the_account_knows_is_hidden)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    application_answer answer = {.answer = CH_STR("Ask Zebedee at old@account.example")};
    application one = {.identity = {.name = CH_STR("Zeb Quill"), .email = CH_STR("new@mail.example")},
                       .statement = CH_STR("Zeb, once Zebedee Feather, old@account.example, new@mail.example"),
                       .answers = {&answer, 1}};
    application_blind(a, &one, &(application_identity){.name = CH_STR("Zebedee Feather"), .email = CH_STR("old@account.example")});
    ck_assert_str_eq(ch_arena_z(a, one.statement_blind), "[hidden], once [hidden], [hidden], [hidden]");
    ck_assert_str_eq(ch_arena_z(a, answer.blind), "Ask [hidden] at [hidden]");
}
END_TEST

START_TEST(other_words_stay)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *text = "I worked in Leeds for 12 years with feathers and 900 patients; zebedees are not me. Caf\xC3\xA9.";
    ck_assert_str_eq(ch_arena_z(a, application_mask(a, ch_str_of(text), &who)), text);
}
END_TEST

START_TEST(short_names_and_none)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    application_identity li = {.name = CH_STR("Li Wu")};
    ck_assert_str_eq(ch_arena_z(a, application_mask(a, CH_STR("Li and Wu and Light"), &li)), "[hidden] and [hidden] and Light");
    application_identity nobody = {0};
    ck_assert_str_eq(ch_arena_z(a, application_mask(a, CH_STR("nothing"), &nobody)), "nothing");
}
END_TEST

UNIT_MAIN("application", each_move_from_each_state_by_each_role, each_state_has_its_time, an_application_from_before_histories_tells_what_it_knows,
          a_reason_is_a_sentence_and_what_is_added, what_is_missing_is_named_with_its_step, identity_opens_only_on_the_shortlist,
          what_is_the_candidates_own_is_hidden, what_only_the_account_knows_is_hidden, other_words_stay, short_names_and_none)
