/* A mail as bytes, and who is told what. */
#include "unit.h"

#include "contracts/events.h"
#include "notifications/message.h"
#include "notifications/mime.h"

static const char *build(ch_arena *a, ch_str name, ch_str subject, ch_str text)
{
    mime_mail m = {.from = CH_STR("no-reply@x.example"),
                   .to_name = name,
                   .to = CH_STR("a@b.example"),
                   .subject = subject,
                   .message_id = CH_STR("1@x.example"),
                   .list_id = CH_STR("notifications.x.example"),
                   .text = text,
                   .html = CH_STR("<p>x</p>")};
    return ch_arena_z(a, mime_build(a, &m));
}

START_TEST(headers_cannot_be_smuggled_in)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *bytes = build(a, CH_STR("Eve\r\nBcc: x@y"), CH_STR("Hello\r\nBcc: x@y\r\n\r\nbody"), CH_STR("t"));
    ck_assert_ptr_null(strstr(bytes, "\nBcc:"));
    bytes = build(a, CH_STR("Smith; Bcc: x"),
                  CH_STR("Pay: \xE2\x80\xAE"
                         "1000"),
                  CH_STR("t"));
    ck_assert_ptr_nonnull(strstr(bytes, "To: =?UTF-8?B?U21pdGg7IEJjYzogeA==?= <a@b.example>\r\n"));
    ck_assert_ptr_nonnull(strstr(bytes, "Subject: Pay: 1000\r\n"));
}
END_TEST

START_TEST(headers_of_an_automatic_mail)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *bytes = build(a, CH_STR(""), CH_STR("s"), CH_STR("t"));
    static const char *const expected[] = {"From: Commonhire <no-reply@x.example>\r\n", "\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\n",
                                           "\r\nMessage-ID: <1@x.example>\r\n",         "\r\nMIME-Version: 1.0\r\n",
                                           "\r\nAuto-Submitted: auto-generated\r\n",    "\r\nList-Id: Commonhire <notifications.x.example>\r\n"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) ck_assert_msg(strstr(bytes, expected[i]) != NULL, "%s", expected[i]);
    ck_assert_ptr_null(strstr(bytes, "Reply-To"));
}
END_TEST

START_TEST(a_preheader_is_a_first_paragraph_cut_between_words)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    ck_assert(ch_str_is(message_preheader(CH_STR("One line.\n\nMore.")), "One line."));
    ck_assert(ch_str_is(message_preheader(CH_STR("")), ""));
    ch_buf b = ch_buf_in(a);
    for (int i = 0; i < 30; i++) ch_buf_put(&b, CH_STR("croeso "));
    ch_str cut = message_preheader(ch_buf_str(&b));
    ck_assert(cut.n > 90 && cut.n <= 110 && ch_str_ends(cut, CH_STR("croeso")));
    b.n = 0;
    for (int i = 0; i < 90; i++) ch_buf_put(&b, CH_STR("\xC5\xB5"));
    cut = message_preheader(ch_buf_str(&b));
    ck_assert(cut.n > 90 && cut.n <= 110 && ch_utf8_valid(cut));
}
END_TEST

START_TEST(other_letters_become_encoded_words)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    const char *bytes =
        build(a, CH_STR("Siân Evans"), CH_STR("Croeso – £28,407 and a long subject that needs more than a single encoded word"), CH_STR("t"));
    ck_assert_ptr_nonnull(strstr(bytes, "To: =?UTF-8?B?U2nDom4gRXZhbnM=?= <a@b.example>"));
    ck_assert_ptr_nonnull(strstr(bytes, "Subject: =?UTF-8?B?"));
    for (const char *line = bytes, *end; (end = strchr(line, '\n')); line = end + 1) ck_assert_int_le(end - line, 200);
}
END_TEST

START_TEST(bodies_are_quoted_printable)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(8192);
    const char *bytes =
        build(a, CH_STR(""), CH_STR("s"),
              CH_STR("a=b £ trailing \nlong: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n.\n"));
    ck_assert_ptr_nonnull(strstr(bytes, "a=3Db =C2=A3 trailing=20\r\n"));
    ck_assert_ptr_nonnull(strstr(bytes, "=\r\n"));
    ck_assert_ptr_nonnull(strstr(bytes, "multipart/alternative"));
}
END_TEST

START_TEST(addresses)
{
    ck_assert(mime_address_ok(CH_STR("a@b.example")));
    ck_assert(!mime_address_ok(CH_STR("a@b> RCPT TO:<c@d")));
    ck_assert(!mime_address_ok(CH_STR("a@b\r\n")));
    ck_assert(!mime_address_ok(CH_STR("a@b@c")));
    ck_assert(!mime_address_ok(CH_STR("")));
}
END_TEST

START_TEST(every_event_that_people_should_hear_of_has_a_rule)
{
    const ch_event_type *const heard[] = {&organisation_approved,   &organisation_refused, &application_submitted, &application_withdrawn,
                                          &application_shortlisted, &application_rejected, &document_read};
    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++) ck_assert_ptr_nonnull(message_rule_of(ch_str_of(heard[i]->name), CH_STR("")));
    const char *const links[] = {"confirm_candidate", "confirm_organisation", "reset", "invitation", "known"};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) ck_assert_ptr_nonnull(message_rule_of(CH_STR("link.requested"), ch_str_of(links[i])));
}
END_TEST

extern const ch_embedded notifications_templates[];

START_TEST(every_rule_has_its_text)
{
    for (const message_rule *r = message_rules; r->event; r++) {
        bool found = false;
        for (const ch_embedded *t = notifications_templates; t->name; t++) found |= !strncmp(t->name, "message_", 8) && !strcmp(t->name + 8, r->kind);
        ck_assert_msg(found, "no text for %s", r->kind);
    }
}
END_TEST

START_TEST(pauses_grow_and_end)
{
    ck_assert_int_eq(mail_pause(1), 2000);
    ck_assert_int_eq(mail_pause(2), 4000);
    ck_assert_int_eq(mail_pause(15), CH_HOUR);
    ck_assert_int_eq(mail_pause(82), -1);
    ch_time all = 0;
    for (int i = 1; i < 82; i++) all += mail_pause(i);
    ck_assert(all > 70 * CH_HOUR && all < 73 * CH_HOUR);
}
END_TEST

UNIT_MAIN("mime", headers_cannot_be_smuggled_in, headers_of_an_automatic_mail, a_preheader_is_a_first_paragraph_cut_between_words,
          other_letters_become_encoded_words, bodies_are_quoted_printable, addresses, every_event_that_people_should_hear_of_has_a_rule,
          every_rule_has_its_text, pauses_grow_and_end)
