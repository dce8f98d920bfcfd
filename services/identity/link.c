#include "identity/link.h"

#define ROW(member, kind, ...) CH_ROW(link_row, member, kind, ##__VA_ARGS__)
CH_TABLE(link_row_table, link_row, "A link in a mail", ROW(id, CH_F_STR), ROW(version, CH_F_INT), ROW(purpose, CH_F_STR), ROW(person, CH_F_STR),
         ROW(email, CH_F_STR, .max = 254), ROW(name, CH_F_STR), ROW(password_hash, CH_F_STR, .flags = CH_SECRET), ROW(next, CH_F_STR, .max = 1200),
         ROW(organisation, CH_F_STR), ROW(organisation_name, CH_F_STR), ROW(kind, CH_F_STR), ROW(place, CH_F_STR), ROW(region, CH_F_STR),
         ROW(roles, CH_F_STRS), ROW(created_at, CH_F_TIME), ROW(expires_at, CH_F_TIME), ROW(used_at, CH_F_TIME));

static const struct {
    const char *purpose, *path;
    ch_time lifetime;
} purposes[] = {{"confirm_candidate", "/register/confirm", CH_DAY},
                {"confirm_organisation", "/register/confirm", CH_DAY},
                {"reset", "/reset/confirm", CH_HOUR},
                {"invitation", "/invitation", 7 * CH_DAY},
                {"known", "/sign-in", CH_DAY}};

ch_time link_lifetime(const char *purpose)
{
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
        if (!strcmp(purpose, purposes[i].purpose)) return purposes[i].lifetime;
    return 0;
}

const char *link_path(const char *purpose)
{
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
        if (!strcmp(purpose, purposes[i].purpose)) return purposes[i].path;
    return "/";
}

ch_err link_usable(const link_row *l, const char *purpose, ch_time now)
{
    if (!ch_str_starts(l->purpose, ch_str_of(purpose)) || l->expires_at <= now) return CH_NOT_FOUND;
    return l->used_at ? CH_CONFLICT : CH_OK;
}
