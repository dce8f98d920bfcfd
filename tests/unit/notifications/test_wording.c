/* What people are told, in their language as far as its catalogue has the sentences. */
#include "unit.h"

#include "mo.h"
#include "notifications/message.h"

extern const ch_embedded notifications_templates[];
#define SUBJECT                                                                                                                                      \
    {                                                                                                                                                \
        CH_STR_INIT("You are shortlisted: {{{vacancy_title}}}"), CH_STR_INIT("Rhestr fer: {{{vacancy_title}}}")                                      \
    }
#define LINK                                                                                                                                         \
    {                                                                                                                                                \
        CH_STR_INIT("See your application"), CH_STR_INIT("Gweld eich cais")                                                                          \
    }
#define LAST                                                                                                                                         \
    {                                                                                                                                                \
        CH_STR_INIT("They will be in touch."), CH_STR_INIT("Byddant yn cysylltu.")                                                                   \
    }
#define SEEN                                                                                                                                         \
    {                                                                                                                                                \
        CH_STR_INIT("They can now see your name, your contact details and your CV."), CH_STR_INIT("Gallant weld.")                                   \
    }
#define FIRST                                                                                                                                        \
    {                                                                                                                                                \
        CH_STR_INIT("{{{employer_name}}} has put you on the shortlist for {{{vacancy_title}}} ({{{reference}}})."),                                  \
            CH_STR_INIT("Mae {{{employer_name}}} wedi dewis: {{{vacancy_title}}} ({{{reference}}}).")                                                \
    }

/* rows: sorted, the header first */
static void read_language(ch_arena *a, const mo_row *rows, uint32_t n, ch_language *out)
{
    const char *why;
    const ch_catalogue *words = ch_catalogue_read(a, mo_of(a, rows, n, false), &why);
    ck_assert_msg(words != NULL, "%s", why);
    *out = (ch_language){.code = "cy", .words = words, .view = ch_view_in(words)};
    ck_assert_ptr_null(ch_view_add(out->view, notifications_templates));
}

static const message_rule *shortlisted(void) { return message_rule_of_kind(CH_STR("application_shortlisted")); }

static message_said said_in(ch_arena *a, const ch_language *language)
{
    message_said said;
    ch_view *english = ch_view_new();
    ch_map *m = ch_map_new(a);
    ck_assert_ptr_null(ch_view_add(english, notifications_templates));
    ch_map_set(m, "employer_name", ch_v_html(CH_STR("Leeds & Co")));
    ch_map_set(m, "vacancy_title", ch_v_html(CH_STR("Nurse")));
    ch_map_set(m, "reference", ch_v_html(CH_STR("AAAAA-BBBBBB")));
    ck_assert_int_eq(message_say(a, english, language, shortlisted(), ch_v_map(m), &said), CH_OK);
    ch_view_free(english);
    return said;
}

#define ENGLISH_FIRST                                                                                                                                \
    "Leeds & Co has put you on the shortlist for Nurse (AAAAA-BBBBBB).\n\nThey can now see your name, your contact details and your CV. "

START_TEST(in_english)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    message_said said = said_in(a, NULL);
    ck_assert(ch_str_is(said.subject, "You are shortlisted: Nurse"));
    ck_assert(ch_str_is(said.text, ENGLISH_FIRST "They will be in touch."));
    ck_assert(!message_is_spoken(a, NULL, shortlisted()));
}
END_TEST

START_TEST(what_has_no_translation_is_english_sentence_by_sentence)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_language some;
    const mo_row rows[] = {MO_HEADER(""), LAST, SUBJECT};
    read_language(a, rows, 3, &some);
    message_said said = said_in(a, &some);
    ck_assert(ch_str_is(said.subject, "Rhestr fer: Nurse"));
    ck_assert(ch_str_is(said.text, ENGLISH_FIRST "Byddant yn cysylltu."));
    ck_assert(!message_is_spoken(a, &some, shortlisted()));
    ch_view_free(some.view);
}
END_TEST

START_TEST(all_of_it)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ch_language whole, no_link;
    const mo_row rows[] = {MO_HEADER(""), LINK, SEEN, LAST, SUBJECT, FIRST}, fewer[] = {MO_HEADER(""), SEEN, LAST, SUBJECT, FIRST};
    read_language(a, rows, 6, &whole);
    read_language(a, fewer, 5, &no_link);
    ck_assert(ch_str_is(said_in(a, &whole).text, "Mae Leeds & Co wedi dewis: Nurse (AAAAA-BBBBBB).\n\nGallant weld. Byddant yn cysylltu."));
    ck_assert(message_is_spoken(a, &whole, shortlisted()));
    ck_assert(!message_is_spoken(a, &no_link, shortlisted()));
    ck_assert(!message_is_spoken(a, &whole, message_rule_of_kind(CH_STR("application_rejected"))));
    ch_view_free(whole.view);
    ch_view_free(no_link.view);
}
END_TEST

UNIT_MAIN("wording", in_english, what_has_no_translation_is_english_sentence_by_sentence, all_of_it)
