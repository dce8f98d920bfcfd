/* Typed configuration, the log's lines, names of errors. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/config.h"
#include "base/err.h"
#include "base/log.h"
#include "unit.h"

typedef struct settings {
    ch_str name, secret, pace;
    int64_t threads;
    bool fast;
} settings;
#define ROW(variable, member, kind, ...)                                                                                                             \
    {                                                                                                                                                \
        .name = variable, .type = (kind), .offset = offsetof(settings, member), ##__VA_ARGS__                                                        \
    }
static const char *const paces[] = {"slow", "steady", NULL};
static const ch_config_row table[] = {
    ROW("T_NAME", name, CH_CONFIG_STR, .max = 8, .doc = "A name"),
    ROW("T_SECRET", secret, CH_CONFIG_STR, .fallback = "", .min = 16, .secret = true, .doc = "A secret"),
    ROW("T_THREADS", threads, CH_CONFIG_INT, .fallback = "4", .min = 1, .max = 64, .doc = "Threads"),
    ROW("T_FAST", fast, CH_CONFIG_BOOL, .fallback = "false", .doc = "Faster"),
    ROW("T_PACE", pace, CH_CONFIG_STR, .fallback = "slow", .choices = paces, .doc = "How fast"),
    {0},
};

static bool read_with(const char *name, const char *value, settings *out)
{
    setenv("T_NAME", "fine", 1);
    unsetenv("T_SECRET");
    unsetenv("T_THREADS");
    unsetenv("T_FAST");
    unsetenv("T_PACE");
    setenv(name, value, 1);
    *out = (settings){0};
    return ch_config_read(table, out);
}

START_TEST(reads_and_falls_back)
{
    settings s;
    ck_assert(read_with("T_THREADS", "64", &s));
    ck_assert(ch_str_is(s.name, "fine") && s.threads == 64 && !s.fast && s.secret.n == 0);
    ck_assert(read_with("T_FAST", "true", &s) && s.fast && s.threads == 4);
    ck_assert(read_with("T_SECRET", "sixteen-bytes-ok", &s) && s.secret.n == 16);
    ck_assert(read_with("T_THREADS", "", &s) && s.threads == 4 && ch_str_is(s.pace, "slow"));
    ck_assert(read_with("T_PACE", "steady", &s) && ch_str_is(s.pace, "steady"));
}
END_TEST

START_TEST(refuses)
{
    static const char *const rows[][2] = {{"T_NAME", ""},      {"T_NAME", "much too long"}, {"T_SECRET", "short"}, {"T_THREADS", "0"},
                                          {"T_THREADS", "65"}, {"T_THREADS", "four"},       {"T_THREADS", "4 "},   {"T_FAST", "yes"},
                                          {"T_FAST", "TRUE"},  {"T_PACE", "fast"},          {"T_PACE", "slow "}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        settings s;
        ck_assert_msg(!read_with(rows[i][0], rows[i][1], &s), "%s=%s", rows[i][0], rows[i][1]);
    }
}
END_TEST

/* What fn writes to a descriptor. */
static ch_str captured(int fd, void (*fn)(void))
{
    static char text[200000];
    FILE *file = tmpfile();
    int saved = dup(fd);
    fflush(NULL);
    dup2(fileno(file), fd);
    fn();
    fflush(NULL);
    dup2(saved, fd);
    close(saved);
    rewind(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = 0;
    return (ch_str){text, n};
}

static settings shown;
static void print_settings(void)
{
    ch_config_print(table, &shown);
    ch_config_help(table);
}

START_TEST(a_secret_is_never_printed)
{
    ck_assert(read_with("T_SECRET", "sixteen-bytes-ok", &shown));
    ch_str text = captured(STDOUT_FILENO, print_settings);
    ck_assert_int_ge(ch_str_find(text, CH_STR("T_NAME=fine\n")), 0);
    ck_assert_int_ge(ch_str_find(text, CH_STR("T_THREADS=4\n")), 0);
    ck_assert_int_ge(ch_str_find(text, CH_STR("T_SECRET=(secret)\n")), 0);
    ck_assert_int_lt(ch_str_find(text, CH_STR("sixteen-bytes-ok")), 0);
}
END_TEST

static char large[20000];
static void log_lines(void)
{
    ch_log_setup("test", CH_INFO);
    CH_LOG(CH_DEBUG, "not_shown");
    CH_LOG(CH_WARN, "quoted", CH_KS("s", CH_STR("a\"b\nc")), CH_KI("i", -5), CH_KZ("none", NULL), CH_KS("empty", CH_STR("")));
    CH_LOG(CH_INFO, "bytes", CH_KS("s", CH_STR("\xFF\xFE")));
    CH_LOG(CH_INFO, "bare");
    memset(large, '\x01', sizeof large - 1);
    large[12000] = 0;
    CH_LOG(CH_ERROR, "large", CH_KZ("s", large));
    large[4000] = 0; /* six bytes for each: more than the thread's line */
    CH_LOG(CH_ERROR, "large", CH_KZ("s", large));
}

START_TEST(the_log_writes_one_json_line_each)
{
    ch_str text = captured(STDERR_FILENO, log_lines), line;
    static const char *const want[] = {
        "\"level\":\"warn\",\"service\":\"test\",\"event\":\"quoted\",\"s\":\"a\\\"b\\nc\",\"i\":-5,\"none\":\"\",\"empty\":\"\"}",
        "\"event\":\"bytes\",\"s\":\"(not UTF-8)\"}", "\"event\":\"bare\"}", "\\u0001\"}", "\\u0001\"}"};
    for (size_t i = 0; i < 5; i++) {
        ck_assert(ch_str_split(&text, '\n', &line));
        ck_assert_msg(ch_str_starts(line, CH_STR("{\"time\":\"20")) && ch_str_ends(line, ch_str_of(want[i])), "%.*s",
                      (int)(line.n < 300 ? line.n : 300), line.p);
    }
    ck_assert_uint_eq(text.n, 0);
}
END_TEST

START_TEST(every_error_has_a_name_of_its_own)
{
    for (int e = CH_OK; e <= CH_INTERNAL; e++)
        for (int other = CH_OK; other < e; other++) ck_assert_str_ne(ch_err_name((ch_err)e), ch_err_name((ch_err)other));
    ck_assert_str_eq(ch_err_name((ch_err)99), "internal");
    ck_assert_str_eq(ch_err_name((ch_err)-1), "internal");
}
END_TEST

UNIT_MAIN("config", reads_and_falls_back, refuses, a_secret_is_never_printed, the_log_writes_one_json_line_each, every_error_has_a_name_of_its_own)
