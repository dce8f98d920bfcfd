/* An advert as search engines read it: every field that they require, and nothing that breaks out of its place. */
#include "unit.h"

#include "data/json.h"
#include "vacancies/job_posting.h"

#define CK_STR(s, z) ck_assert_msg(ch_str_is((s), (z)), "got \"%.*s\", wanted \"%s\"", CH_ARG(s), (z))

static ch_str patterns[] = {CH_STR_INIT("full_time"), CH_STR_INIT("job_share")};
static vacancy_location places[] = {{.name = CH_STR_INIT("Leeds"), .postcode = CH_STR_INIT("LS9 7TF"), .latitude = 53.8, .longitude = -1.5},
                                    {.name = CH_STR_INIT("York")}};

static vacancy whole(void)
{
    return (vacancy){.title = CH_STR("Staff nurse"),
                     .reference = CH_STR("D1-ABC"),
                     .url = CH_STR("https://jobs.example/jobs/D1-ABC"),
                     .employer = {.name = CH_STR("Leeds Trust")},
                     .staff_group = CH_STR("nursing_and_midwifery"),
                     .contract_type = CH_STR("fixed_term"),
                     .working_pattern = {patterns, 2},
                     .locations = {places, 2},
                     .salary = {.min = 12.6, .max = 14, .period = CH_STR("hour")},
                     .published_at = 1767225600123,
                     .closes_at = 1774625400000};
}

static ch_json *posting(ch_arena *a, const vacancy *v, const char *html)
{
    ch_json *j = ch_json_parse(a, job_posting_json(a, v, ch_str_of(html)));
    ck_assert_ptr_nonnull(j);
    return j;
}

static ch_json *at(ch_json *j, const char *a, const char *b)
{
    j = ch_json_get(j, a);
    return b ? ch_json_get(j, b) : j;
}

START_TEST(what_search_engines_require_is_there)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = whole();
    ch_json *j = posting(a, &v, "<p>Words</p>");
    CK_STR(ch_json_str(j, "@type"), "JobPosting");
    CK_STR(ch_json_str(j, "title"), "Staff nurse");
    CK_STR(ch_json_str(j, "description"), "<p>Words</p>");
    CK_STR(ch_json_str(j, "datePosted"), "2026-01-01T00:00:00Z");
    CK_STR(ch_json_str(j, "validThrough"), "2026-03-27T15:30:00Z");
    CK_STR(ch_json_text(at(j, "identifier", "value")), "D1-ABC");
    CK_STR(ch_json_text(at(j, "hiringOrganization", "name")), "Leeds Trust");
    ch_json *first = ch_json_at(at(j, "jobLocation", NULL), 0), *second = ch_json_at(at(j, "jobLocation", NULL), 1);
    CK_STR(ch_json_text(at(first, "address", "postalCode")), "LS9 7TF");
    CK_STR(ch_json_text(at(first, "address", "addressCountry")), "GB");
    ck_assert_ptr_nonnull(at(first, "geo", "latitude"));
    CK_STR(ch_json_text(at(second, "address", "addressLocality")), "York");
    ck_assert_ptr_null(at(second, "geo", NULL));
    CK_STR(ch_json_text(at(at(j, "baseSalary", "value"), "unitText", NULL)), "HOUR");
    ck_assert_ptr_null(at(j, "jobLocationType", NULL));
}
END_TEST

START_TEST(every_kind_of_employment_that_applies)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = whole();
    ch_json *types = at(posting(a, &v, ""), "employmentType", NULL);
    static const char *const want[] = {"FULL_TIME", "PART_TIME", "TEMPORARY"};
    for (size_t i = 0; i < 3; i++) CK_STR(ch_json_text(ch_json_at(types, i)), want[i]);
    ck_assert_ptr_null(ch_json_at(types, 3));
    v.working_pattern.n = 0;
    v.contract_type = CH_STR("permanent");
    CK_STR(ch_json_text(ch_json_at(at(posting(a, &v, ""), "employmentType", NULL), 0)), "OTHER");
}
END_TEST

START_TEST(from_home_needs_no_place)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = whole();
    v.locations.n = 0;
    v.remote = true;
    v.salary = (vacancy_salary){0};
    ch_json *j = posting(a, &v, "");
    CK_STR(ch_json_str(j, "jobLocationType"), "TELECOMMUTE");
    CK_STR(ch_json_text(at(j, "applicantLocationRequirements", "name")), "GB");
    ck_assert_ptr_null(at(j, "jobLocation", NULL));
    ck_assert_ptr_null(at(j, "baseSalary", NULL));
}
END_TEST

START_TEST(nothing_ends_the_script_element)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(4096);
    vacancy v = whole();
    v.title = v.employer.name = v.reference = CH_STR("</script><script>alert(1)</script>\"\\\xE2\x80\xA8");
    ch_str out = job_posting_json(a, &v, v.title);
    ck_assert_int_lt(ch_str_index(out, '<'), 0);
    CK_STR(ch_json_str(posting(a, &v, ""), "title"), "</script><script>alert(1)</script>\"\\\xE2\x80\xA8");
}
END_TEST

UNIT_MAIN("job_posting", what_search_engines_require_is_there, every_kind_of_employment_that_applies, from_home_needs_no_place,
          nothing_ends_the_script_element)
