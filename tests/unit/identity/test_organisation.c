/* An organisation's life. */
#include "unit.h"

#include "base/id.h"
#include "contracts/reference.h"
#include "identity/organisation.h"

enum { NOW = 1000000 };

START_TEST(decided_once)
{
    static const char *const states[] = {"pending", "approved", "refused", "", "nonsense"};
    static const struct {
        organisation_act act;
        const char *to;
    } acts[] = {{ORGANISATION_APPROVE, "approved"}, {ORGANISATION_REFUSE, "refused"}};
    for (size_t s = 0; s < sizeof states / sizeof *states; s++)
        for (size_t i = 0; i < 2; i++) {
            organisation o = {.state = ch_str_of(states[s]), .reason = CH_STR("before"), .decided_at = 1};
            ch_err e = organisation_decide(&o, acts[i].act, CH_STR("why"), NOW);
            ck_assert_int_eq(e, s == 0 ? CH_OK : CH_CONFLICT);
            ck_assert(ch_str_is(o.state, s == 0 ? acts[i].to : states[s]));
            ck_assert(ch_str_is(o.reason, s == 0 ? "why" : "before") && o.decided_at == (s == 0 ? NOW : 1));
        }
}
END_TEST

static organisation asked(const char *who, const char *name, const char *kind, const char *place)
{
    return (organisation){.administrator = ch_str_of(who), .name = ch_str_of(name), .kind = ch_str_of(kind), .place = ch_str_of(place)};
}

START_TEST(asking_again_means_the_same_one)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    organisation first = asked("p1", "Leeds Trust", "hospital_trust", "Leeds"), same = asked("p1", "  leeds TRUST ", "hospital_trust", "Leeds");
    ch_str id = organisation_founding_id(a, &first, 0);
    ck_assert(ch_id_valid(id) && ch_str_eq(id, organisation_founding_id(a, &same, 0)));
    const organisation others[] = {asked("p2", "Leeds Trust", "hospital_trust", "Leeds"), asked("p1", "Leeds Trusts", "hospital_trust", "Leeds"),
                                   asked("p1", "Leeds Trust", "council", "Leeds"), asked("p1", "Leeds Trust", "hospital_trust", "York"),
                                   asked("p1", "Trust", "hospital_trust", "Leeds\nLeeds")};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) ck_assert(!ch_str_eq(id, organisation_founding_id(a, &others[i], 0)));
    ck_assert(!ch_str_eq(id, organisation_founding_id(a, &first, 1)));
}
END_TEST

START_TEST(each_kind_has_its_sector)
{
    for (const ch_sector *s = ch_sectors; s->code; s++)
        for (const ch_code *kind = s->kinds; kind->code; kind++) ck_assert_str_eq(organisation_sector_of_kind(ch_str_of(kind->code)), s->code);
    ck_assert_str_eq(organisation_sector_of_kind(CH_STR("bank")), "");
    ck_assert_str_eq(organisation_sector_of_kind(CH_STR("")), "");
}
END_TEST

static size_t faults_of(ch_str sector, ch_str region, ch_str cursor, int64_t limit)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_faults faults = {.arena = a};
    organisation_query q = {.sector = sector, .region = region, .cursor = cursor, .limit = limit};
    static const char *const fields[] = {"sector", "region", "cursor", "limit"};
    for (size_t i = 0; i < 4; i++) ch_mark_given(&organisation_api_query_table, &q, fields[i]);
    ch_check(a, &organisation_api_query_table, &q, CH_ALL, &faults);
    return faults.n;
}

START_TEST(what_the_api_is_asked)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ck_assert_uint_eq(faults_of(CH_STR("schools"), CH_STR("wales"), ch_id_new(a), 100), 0);
    ck_assert_uint_eq(faults_of(CH_STR("banks"), CH_STR("atlantis"), CH_STR("nonsense"), 101), 4);
}
END_TEST

/* What everybody may know holds nothing of who runs it or why it was refused. */
START_TEST(the_public_row_tells_no_more)
{
    static const char *const kept[] = {"administrator", "reason", "state", "code", "decided_at", "version"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) ck_assert_ptr_null(ch_field_named(&organisation_public_table, ch_str_of(kept[i])));
    ck_assert_ptr_null(ch_table_mistake(&organisation_public_table));
    ck_assert_ptr_null(ch_table_mistake(&organisation_table));
}
END_TEST

START_TEST(names_that_mail_programs_make_links_of)
{
    static const char *const hosts[] = {"bad.example", "Win at bad.example/now", "WWW.EVIL", "see.it", "EVIL.COM", "a.b.cd", "Trust 1.co"};
    static const char *const names[] = {"St. Mary's", "St.Mary's", "No. 7",      "U.K. Schools", "Ysgol y Môr", "A.",
                                        ".",          "",          "The Trust.", "1.5 Hectares", "E.T.C"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) ck_assert_msg(organisation_names_host(ch_str_of(hosts[i])), "%s", hosts[i]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) ck_assert_msg(!organisation_names_host(ch_str_of(names[i])), "%s", names[i]);
}
END_TEST

UNIT_MAIN("organisation", names_that_mail_programs_make_links_of, decided_once, asking_again_means_the_same_one, each_kind_has_its_sector,
          what_the_api_is_asked, the_public_row_tells_no_more)
