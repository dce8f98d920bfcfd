/* States, legal and illegal; and that a masked text tells nothing of the candidate's own. */
#include "unit.h"

#include "vacancies/application.h"

static const char *const states[] = {"draft", "submitted", "shortlisted", "rejected", "withdrawn"};

START_TEST(each_move_from_each_state)
{
    static const char *const to[5][APPLICATION_ACTS] = {
        [0] = {[APPLICATION_SUBMIT] = "submitted"},
        [1] = {[APPLICATION_WITHDRAW] = "withdrawn", [APPLICATION_SHORTLIST] = "shortlisted", [APPLICATION_REJECT] = "rejected"},
        [2] = {[APPLICATION_WITHDRAW] = "withdrawn", [APPLICATION_REJECT] = "rejected"},
    };
    for (size_t s = 0; s < 5; s++)
        for (int act = 0; act < APPLICATION_ACTS; act++) {
            application one = {.state = ch_str_of(states[s])};
            const application_move *m = application_move_of(&one, (application_act)act);
            ck_assert_msg(!m == !to[s][act], "%s, act %d", states[s], act);
            if (m) ck_assert_str_eq(m->to, to[s][act]);
        }
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

static const application_identity who = {.name = CH_STR_INIT("Zebedee O'Quill-Feather"), .email = CH_STR_INIT("zeb.quill@mail.example"), .phone = CH_STR_INIT("+44 7700 900123"),
                                         .postcode = CH_STR_INIT("LS1 4AP"), .address = CH_STR_INIT("12 Nowhere Lane\nLeeds")};

START_TEST(what_is_the_candidates_own_is_hidden)
{
    static const char *const texts[] = {"Zebedee", "ZEBEDEE", "zebedee,", "(Zebedee)", "O'Quill-Feather", "Feather", "zeb.quill@mail.example", "Zeb.Quill@Mail.Example", "write to zeb.quill today",
                                        "07700900123", "07700 900 123", "+447700900123", "+44 7700 900123", "ls1 4ap", "LS14AP", "12 nowhere lane", "Zebedee\nFeather"};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *out = ch_arena_z(a, application_mask(a, ch_str_of(texts[i]), &who));
        ck_assert_msg(strstr(out, "[hidden]") != NULL, "%s gave %s", texts[i], out);
        for (const char *const *bad = (const char *const[]){"ebedee", "EBEDEE", "eather", "900123", "900 123", "4ap", "4AP", "quill", "owhere", NULL}; *bad; bad++)
            ck_assert_msg(!strstr(out, *bad), "%s gave %s", texts[i], out);
    }
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

UNIT_MAIN("application", each_move_from_each_state, identity_opens_only_on_the_shortlist, what_is_the_candidates_own_is_hidden, other_words_stay, short_names_and_none)
