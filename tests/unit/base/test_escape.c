/* Escapers: what they change, what they keep, and that decoding gives back what was encoded. */
#include "base/arena.h"
#include "base/id.h"
#include "unit.h"

typedef void put_fn(ch_buf *, ch_str);
typedef struct row {
    ch_str in;
    const char *want;
} row;

static void check(put_fn *put, const row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ch_buf b = {0};
        put(&b, rows[i].in);
        ck_assert_msg(ch_str_is(ch_buf_str(&b), rows[i].want), "row %zu: got %.*s, wanted %s", i, CH_ARG(ch_buf_str(&b)), rows[i].want);
        ch_buf_free(&b);
    }
}
#define CHECK(put, ...)                                                                                                                              \
    do {                                                                                                                                             \
        static const row rows[] = {__VA_ARGS__};                                                                                                     \
        check(put, rows, sizeof rows / sizeof *rows);                                                                                                \
    } while (0)
#define ROW(in, want)                                                                                                                                \
    {                                                                                                                                                \
        CH_STR_INIT(in), want                                                                                                                        \
    }

START_TEST(html)
{
    CHECK(ch_put_html, ROW("", ""), ROW("plain", "plain"), ROW("<a href=\"x\">'&'</a>", "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"),
          ROW("&amp;", "&amp;amp;"), ROW("\xC2\xA3", "\xC2\xA3"), {{NULL, 0}, ""});
}
END_TEST

START_TEST(xml)
{
    CHECK(ch_put_xml, ROW("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&apos;"), ROW("\t\n\r", "\t\n\r"), ROW("a\x00z\x01\x08\x0B\x0C\x0E\x1F!", "az!"),
          ROW("\xEF\xBF\xBD", "\xEF\xBF\xBD"), ROW("x\xEF\xBF\xBEy\xEF\xBF\xBFz", "xyz"), ROW("\xEF\xBF\xBE", ""), {{NULL, 0}, ""});
    for (int c = 1; c < 0x80; c++) {
        ch_buf b = {0};
        char byte = (char)c;
        ch_put_xml(&b, (ch_str){&byte, 1});
        bool kept = c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
        ck_assert_msg((b.n > 0) == kept, "byte %02x", (unsigned)c);
        ch_buf_free(&b);
    }
}
END_TEST

START_TEST(json)
{
    CHECK(ch_put_json, ROW("", "\"\""), ROW("a\"b\\c/", "\"a\\\"b\\\\c/\""), ROW("\n\r\t\b\x01", "\"\\n\\r\\t\\u0008\\u0001\""),
          ROW("</script><!-- &", "\"\\u003c/script\\u003e\\u003c!-- \\u0026\""),
          ROW("\xE2\x80\xA8|\xE2\x80\xA9|\xE2\x80\xAA", "\"\\u2028|\\u2029|\xE2\x80\xAA\""), ROW("\x7F", "\"\\u007f\""),
          ROW("\xE2\x80", "\"\xE2\x80\""), ROW("\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""), {{NULL, 0}, "\"\""});
}
END_TEST

START_TEST(url)
{
    CHECK(ch_put_url, ROW("AZaz09-._~", "AZaz09-._~"), ROW("a b/c?d&e=f+g%", "a%20b%2Fc%3Fd%26e%3Df%2Bg%25"), ROW("\xC2\xA3", "%C2%A3"),
          ROW("a\0b", "a%00b"));
}
END_TEST

START_TEST(hex)
{
    CHECK(ch_put_hex, ROW("", ""), ROW("\x00\x01\xAB\xFF", "0001abff"));
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ch_str out;
    ck_assert(ch_hex_decode(a, CH_STR("00aBfF"), &out) && out.n == 3 && !memcmp(out.p, "\x00\xAB\xFF", 3));
    ck_assert(ch_hex_decode(a, CH_STR(""), &out) && out.n == 0);
    static const char *const bad[] = {"0", "0g", "g0", "0x", " 0", "000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!ch_hex_decode(a, ch_str_of(bad[i]), &out), "%s", bad[i]);
}
END_TEST

START_TEST(base64url_known_answers)
{
    /* RFC 4648 section 10, without padding */
    CHECK(ch_put_base64url, ROW("", ""), ROW("f", "Zg"), ROW("fo", "Zm8"), ROW("foo", "Zm9v"), ROW("foob", "Zm9vYg"), ROW("fooba", "Zm9vYmE"),
          ROW("foobar", "Zm9vYmFy"), ROW("\xFB\xFF\xFE", "-__-"));
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(256);
    ch_str out;
    static const char *const bad[] = {"Z", "Zg==", "Zm8=", "Zm9v+", "Zm9v/", "Zh", "Zm9", "Zm 8", "ZmZmZ"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!ch_base64url_decode(a, ch_str_of(bad[i]), &out), "%s", bad[i]);
    ck_assert(!ch_base64url_decode(a, CH_STR("Z\0"), &out));
}
END_TEST

START_TEST(encodings_round_trip)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    char bytes[200];
    for (size_t n = 0; n < sizeof bytes; n++) {
        ch_random(bytes, n);
        ch_buf text = ch_buf_in(a), digits = ch_buf_in(a);
        ch_str back, in = {bytes, n};
        ch_put_base64url(&text, in);
        ck_assert(ch_base64url_decode(a, ch_buf_str(&text), &back) && ch_str_eq(back, in));
        ch_put_hex(&digits, in);
        ck_assert(ch_hex_decode(a, ch_buf_str(&digits), &back) && ch_str_eq(back, in));
    }
}
END_TEST

UNIT_MAIN("escape", html, xml, json, url, hex, base64url_known_answers, encodings_round_trip)
