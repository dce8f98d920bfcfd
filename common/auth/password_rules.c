/* Which passwords are not good enough. Length is what counts (NIST SP 800-63B); beyond it only what people are known to use. */
#include "auth/password.h"
#include "base/catalogue.h"
#include "base/embed.h"

enum { SHORTEST = 12, LONGEST = 200, TRIMMED = 6, DISTINCT = 5, ODD_STEPS = 3, LOCAL_PART = 4 };

extern const ch_embedded auth_data[]; /* data/common-passwords.txt */

static bool is_common(ch_str word)
{
    ch_str rest = auth_data[0].text, line;
    while (ch_str_split(&rest, '\n', &line))
        if (line.n && line.p[0] != '#' && ch_str_eq(line, word)) return true;
    return false;
}

static ch_str lower(ch_arena *a, ch_str s)
{
    char *p = ch_arena_z(a, s);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] | 32);
    return (ch_str){p, s.n};
}

static ch_str without_look_alikes(ch_arena *a, ch_str s)
{
    static const char map[256] = {
        ['@'] = 'a', ['4'] = 'a', ['3'] = 'e', ['1'] = 'i', ['!'] = 'i', ['0'] = 'o', ['$'] = 's', ['5'] = 's', ['7'] = 't'};
    char *p = ch_arena_z(a, s);
    for (size_t i = 0; i < s.n; i++) p[i] = map[(unsigned char)p[i]] ? map[(unsigned char)p[i]] : p[i];
    return (ch_str){p, s.n};
}

static bool is_decoration(char c) { return c > 0 && !(c >= 'a' && c <= 'z'); }

/* Without the digits and signs at its ends, TRIMMED of them at most. */
static ch_str core_of(ch_str s)
{
    size_t left = TRIMMED;
    while (left && s.n && is_decoration(s.p[s.n - 1])) s.n--, left--;
    while (left && s.n && is_decoration(s.p[0])) s = ch_str_cut(s, 1), left--;
    return s;
}

static bool is_known(ch_arena *a, ch_str s) { return is_common(s) || is_common(without_look_alikes(a, s)); }

/* The shortest part that the whole repeats; the whole itself when there is none. */
static ch_str unit_of(ch_str s)
{
    for (size_t n = 1; n <= s.n / 2; n++)
        if (s.n % n == 0 && !memcmp(s.p, s.p + n, s.n - n)) return ch_str_first(s, n);
    return s;
}

static bool few_characters(ch_str s)
{
    bool seen[256] = {false};
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        n += !seen[(unsigned char)s.p[i]];
        seen[(unsigned char)s.p[i]] = true;
    }
    return n < DISTINCT;
}

/* 123456789012, abcdefgh1234, aaaabbbbcccc: nearly every step is to the same or a neighbouring character. */
static bool is_sequence(ch_str s)
{
    size_t odd = 0;
    for (size_t i = 1; i < s.n; i++) {
        int step = s.p[i] - s.p[i - 1];
        odd += step < -1 || step > 1;
    }
    return odd <= ODD_STEPS && s.n > 3 * ODD_STEPS;
}

static bool is_guessable(ch_str password)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_str s = lower(a, password), unit = unit_of(s), core = core_of(s);
    return is_known(a, s) || is_known(a, unit) || is_known(a, core_of(unit)) || is_known(a, unit_of(core)) || few_characters(s) || is_sequence(s);
}

static bool is_own_address(ch_str password, ch_str email)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ptrdiff_t at = ch_str_index(email, '@');
    ch_str local = lower(a, ch_str_first(email, at < 0 ? 0 : (size_t)at));
    if (!email.n) return false;
    return ch_str_eq_fold(password, email) || (local.n >= LOCAL_PART && ch_str_eq(core_of(lower(a, password)), core_of(local)));
}

const char *ch_password_weakness(ch_str password, ch_str email)
{
    if (!ch_utf8_valid(password)) return N_("Password must be text");
    size_t n = ch_utf8_length(password);
    if (n < SHORTEST) return N_("Password must be 12 characters or more");
    if (n > LONGEST) return N_("Password must be 200 characters or fewer");
    if (is_own_address(password, email)) return N_("Password must not be your email address");
    return is_guessable(password) ? N_("Password must not be one that many people use") : NULL;
}
