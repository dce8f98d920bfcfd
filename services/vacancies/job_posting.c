#include "vacancies/job_posting.h"

#include "contracts/reference.h"

static void put_json_date(ch_buf *b, ch_arena *a, const char *key, ch_time t)
{
    ch_buf_printf(b, ",\"%s\":", key);
    ch_put_json(b, ch_time_rfc3339(a, t / 1000 * 1000));
}

static void put_json_text(ch_buf *b, const char *key, ch_str text)
{
    if (!text.n) return;
    ch_buf_printf(b, ",\"%s\":", key);
    ch_put_json(b, text);
}

static bool has_pattern(const vacancy *v, const char *code)
{
    for (size_t i = 0; i < v->working_pattern.n; i++)
        if (ch_str_is(((const ch_str *)v->working_pattern.p)[i], code)) return true;
    return false;
}

/* All that apply, as schema.org's list. */
static void put_employment_types(ch_buf *b, const vacancy *v)
{
    const bool temporary =
        ch_str_is(v->contract_type, "fixed_term") || ch_str_is(v->contract_type, "secondment") || ch_str_is(v->contract_type, "locum");
    const struct {
        const char *name;
        bool applies;
    } types[] = {{"FULL_TIME", has_pattern(v, "full_time")},
                 {"PART_TIME", has_pattern(v, "part_time") || has_pattern(v, "job_share")},
                 {"TEMPORARY", temporary},
                 {"VOLUNTEER", ch_str_is(v->contract_type, "voluntary")},
                 {"PER_DIEM", ch_str_is(v->contract_type, "bank")},
                 {"INTERN", ch_str_is(v->contract_type, "apprenticeship")}};
    const char *sep = "";
    ch_buf_put(b, CH_STR(",\"employmentType\":["));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].applies) {
            ch_buf_printf(b, "%s\"%s\"", sep, types[i].name);
            sep = ",";
        }
    if (!*sep) ch_buf_put(b, CH_STR("\"OTHER\""));
    ch_buf_char(b, ']');
}

static void put_json_place(ch_buf *b, const vacancy_location *l)
{
    ch_buf_put(b, CH_STR("{\"@type\":\"Place\",\"address\":{\"@type\":\"PostalAddress\",\"addressCountry\":\"GB\""));
    put_json_text(b, "addressLocality", l->name);
    put_json_text(b, "postalCode", l->postcode);
    ch_buf_char(b, '}');
    if (l->latitude < 0 || l->latitude > 0)
        ch_buf_printf(b, ",\"geo\":{\"@type\":\"GeoCoordinates\",\"latitude\":%.6g,\"longitude\":%.6g}", l->latitude, l->longitude);
    ch_buf_char(b, '}');
}

static void put_json_salary(ch_buf *b, const vacancy_salary *s)
{
    double low = s->min > 0 ? s->min : s->max, high = s->max > 0 ? s->max : s->min;
    if (low <= 0) return;
    ch_buf_printf(
        b,
        ",\"baseSalary\":{\"@type\":\"MonetaryAmount\",\"currency\":\"GBP\",\"value\":{\"@type\":\"QuantitativeValue\",\"minValue\":%.15g,\"maxValue\":%.15g,"
        "\"unitText\":\"%s\"}}",
        low, high, ch_str_is(s->period, "hour") ? "HOUR" : "YEAR");
}

ch_str job_posting_json(ch_arena *a, const vacancy *v, ch_str description_html)
{
    ch_buf b = ch_buf_in(a);
    ch_buf_put(&b, CH_STR("{\"@context\":\"https://schema.org/\",\"@type\":\"JobPosting\",\"directApply\":true"));
    put_json_text(&b, "title", v->title);
    put_json_text(&b, "description", description_html);
    put_json_text(&b, "url", v->url);
    ch_buf_put(&b, CH_STR(",\"identifier\":{\"@type\":\"PropertyValue\",\"name\":\"Commonhire\",\"value\":"));
    ch_put_json(&b, v->reference);
    ch_buf_put(&b, CH_STR("},\"hiringOrganization\":{\"@type\":\"Organization\",\"name\":"));
    ch_put_json(&b, v->employer.name);
    ch_buf_char(&b, '}');
    put_json_text(&b, "occupationalCategory", v->staff_group.n ? ch_staff_group_name(v->staff_group) : CH_STR(""));
    put_employment_types(&b, v);
    put_json_date(&b, a, "datePosted", v->published_at);
    put_json_date(&b, a, "validThrough", v->closes_at);
    for (size_t i = 0; i < v->locations.n; i++) {
        ch_buf_put(&b, i ? CH_STR(",") : CH_STR(",\"jobLocation\":["));
        put_json_place(&b, &v->locations.p[i]);
    }
    if (v->locations.n) ch_buf_char(&b, ']');
    if (v->remote)
        ch_buf_put(&b, CH_STR(",\"jobLocationType\":\"TELECOMMUTE\",\"applicantLocationRequirements\":{\"@type\":\"Country\",\"name\":\"GB\"}"));
    put_json_salary(&b, &v->salary);
    ch_buf_char(&b, '}');
    return ch_buf_str(&b);
}
