#include "identity/organisation.h"

#include <ctype.h>

#include "base/id.h"
#include "contracts/reference.h"

#define ROW(member, kind, ...) CH_ROW(organisation, member, kind, ##__VA_ARGS__)
CH_TABLE(organisation_table, organisation, "An employer", ROW(id, CH_F_STR, .flags = CH_READ_ONLY), ROW(version, CH_F_INT, .flags = CH_READ_ONLY),
         ROW(code, CH_F_STR, .flags = CH_READ_ONLY), ROW(name, CH_F_STR, .max = 120, .flags = CH_REQUIRED), ROW(sector, CH_F_STR),
         ROW(kind, CH_F_STR), ROW(place, CH_F_STR, .max = 100), ROW(region, CH_F_STR), ROW(state, CH_F_STR, .flags = CH_READ_ONLY),
         ROW(reason, CH_F_TEXT), ROW(administrator, CH_F_STR), ROW(created_at, CH_F_TIME), ROW(decided_at, CH_F_TIME));

#define PUBLIC(member, text, like) CH_ROW(organisation_public, member, CH_F_STR, .doc = text, CH_EXAMPLE(like))
CH_TABLE(organisation_public_table, organisation_public, "An approved employer", PUBLIC(id, "Stable", "01k9zq3v5c8e7m2n4p6r8t0w1x"),
         PUBLIC(name, NULL, "Leeds Teaching Hospitals"), PUBLIC(sector, "health, local_government, housing, schools", "health"),
         PUBLIC(kind, NULL, "hospital_trust"), PUBLIC(place, NULL, "Leeds"), PUBLIC(region, NULL, "yorkshire_and_the_humber"));
CH_TABLE(organisation_list_table, organisation_list, "A page of employers",
         CH_ROW(organisation_list, organisations, CH_F_LIST, .of = &organisation_public_table, .max = 100),
         CH_ROW(organisation_list, next, CH_F_STR, .doc = "Send it as cursor for the next page; null on the last"));
CH_TABLE(organisation_query_table, organisation_query, "Which organisations", CH_ROW(organisation_query, state, CH_F_STR),
         CH_ROW(organisation_query, sector, CH_F_STR), CH_ROW(organisation_query, region, CH_F_STR), CH_ROW(organisation_query, cursor, CH_F_STR));

static const char *check_sector(ch_str s) { return ch_sector_of(s) ? NULL : "There is no such sector"; }
static const char *check_region(ch_str s) { return ch_code_known(ch_regions, s) ? NULL : "There is no such region"; }
static const char *check_cursor(ch_str s) { return ch_id_valid(s) ? NULL : "This is not a cursor of ours"; }

CH_TABLE(organisation_api_query_table, organisation_query, "Which organisations",
         CH_ROW(organisation_query, sector, CH_F_STR, .check = check_sector, CH_EXAMPLE("health")),
         CH_ROW(organisation_query, region, CH_F_STR, .check = check_region, CH_EXAMPLE("wales")),
         CH_ROW(organisation_query, cursor, CH_F_STR, .check = check_cursor), CH_ROW(organisation_query, limit, CH_F_INT, .min = 1, .max = 100));
CH_TABLE(decision_form_table, decision_form, "The department's decision",
         CH_ROW(decision_form, reason, CH_F_TEXT, .max = 500, .flags = CH_WANTED, .label = "Reason",
                .hint = "Needed to refuse. The organisation will read it."),
         CH_ROW(decision_form, version, CH_F_INT, .min = 1, .max = INT64_MAX));

static const struct {
    const char *from, *to;
    organisation_act act;
} moves[] = {{"pending", "approved", ORGANISATION_APPROVE}, {"pending", "refused", ORGANISATION_REFUSE}};

ch_err organisation_decide(organisation *o, organisation_act act, ch_str reason, ch_time now)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        if (moves[i].act != act || !ch_str_is(o->state, moves[i].from)) continue;
        o->state = ch_str_of(moves[i].to);
        o->reason = reason;
        o->decided_at = now;
        return CH_OK;
    }
    return CH_CONFLICT;
}

ch_str organisation_founding_id(ch_arena *a, const organisation *o, int n)
{
    char *name = ch_arena_z(a, ch_str_trim(o->name));
    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + 32);
    ch_str key = ch_arena_printf(a, "%.*s\n%d\n%.*s\n%.*s\n%s", CH_ARG(o->administrator), n, CH_ARG(o->kind), CH_ARG(o->place), name);
    return ch_id_derived(a, CH_STR("organisation"), key);
}

const char *organisation_sector_of_kind(ch_str kind)
{
    for (const ch_sector *s = ch_sectors; s->code; s++)
        if (ch_code_known(s->kinds, kind)) return s->code;
    return "";
}

static size_t run_of(ch_str s, size_t from, int (*is)(int))
{
    size_t n = 0;
    while (from + n < s.n && is((unsigned char)s.p[from + n])) n++;
    return n;
}

bool organisation_names_host(ch_str name)
{
    for (size_t i = 1; i + 2 < name.n; i++) {
        if (name.p[i] != '.' || !isalnum((unsigned char)name.p[i - 1])) continue;
        size_t letters = run_of(name, i + 1, isalpha), small = run_of(name, i + 1, islower), capital = run_of(name, i + 1, isupper);
        if (letters > 1 && (small == letters || capital == letters)) return true;
    }
    return false;
}

organisation_event organisation_told(const organisation *o)
{
    return (organisation_event){.name = o->name,
                                .code = o->code,
                                .sector = o->sector,
                                .kind = o->kind,
                                .place = o->place,
                                .region = o->region,
                                .state = o->state,
                                .reason = o->reason,
                                .administrator = o->administrator,
                                .created_at = o->created_at,
                                .decided_at = o->decided_at};
}
