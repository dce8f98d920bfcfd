#include "identity/link.h"

#include "base/id.h"

#define ROW(member, kind, ...) CH_ROW(link_row, member, kind, ##__VA_ARGS__)
CH_TABLE(link_row_table, link_row, "A link in a mail", ROW(id, CH_F_STR), ROW(version, CH_F_INT), ROW(digest, CH_F_STR, .flags = CH_SECRET),
         ROW(purpose, CH_F_STR), ROW(person, CH_F_STR), ROW(email, CH_F_STR, .max = 254), ROW(name, CH_F_STR),
         ROW(password_hash, CH_F_STR, .flags = CH_SECRET), ROW(language, CH_F_STR), ROW(browser, CH_F_STR), ROW(next, CH_F_STR, .max = 1200),
         ROW(organisation, CH_F_STR), ROW(organisation_name, CH_F_STR), ROW(kind, CH_F_STR), ROW(place, CH_F_STR), ROW(region, CH_F_STR),
         ROW(roles, CH_F_STRS), ROW(created_at, CH_F_TIME), ROW(expires_at, CH_F_TIME), ROW(used_at, CH_F_TIME), ROW(cancelled_at, CH_F_TIME));

/* Those without a secret prove nothing: they tell the owner of an address what the page tells nobody. */
static const struct {
    const char *purpose, *path;
    ch_time lifetime;
    bool is_secret;
} purposes[] = {{"confirm_candidate", "/register/confirm", CH_DAY, true},
                {"confirm_organisation", "/register/confirm", CH_DAY, true},
                {"reset", "/reset/confirm", CH_HOUR, true},
                {"invitation", "/invitation", 7 * CH_DAY, true},
                {"known", "/sign-in", CH_DAY, false},
                {"unknown", "/register", CH_DAY, false}};

/* Of a purpose that is none: the last, which opens nothing. */
static size_t place_of(const char *purpose)
{
    size_t i = 0, last = sizeof purposes / sizeof *purposes - 1;
    while (i < last && strcmp(purpose, purposes[i].purpose)) i++;
    return i;
}

ch_time link_lifetime(const char *purpose) { return purposes[place_of(purpose)].lifetime; }

const char *link_path(const char *purpose) { return purposes[place_of(purpose)].path; }

bool link_is_secret(const char *purpose) { return purposes[place_of(purpose)].is_secret; }

ch_err link_usable(const link_row *l, const char *purpose, ch_time now)
{
    if (!ch_str_starts(l->purpose, ch_str_of(purpose)) || l->expires_at <= now || l->cancelled_at) return CH_NOT_FOUND;
    return l->used_at ? CH_CONFLICT : CH_OK;
}

bool link_is_open(const link_row *l) { return !l->used_at && !l->cancelled_at; }

enum { ID_LENGTH = 26, SECRET_LENGTH = 43 }; /* ch_id_new, ch_secret_new */

bool link_token_parts(ch_str token, ch_str *id, ch_str *secret)
{
    if (token.n != ID_LENGTH + SECRET_LENGTH) return false;
    *id = ch_str_first(token, ID_LENGTH);
    *secret = ch_str_cut(token, ID_LENGTH);
    return ch_id_valid(*id);
}
