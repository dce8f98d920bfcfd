#include "vacancies/vacancy.h"

#include <math.h>
#include <stdio.h>

#include "auth/principal.h"
#include "contracts/events.h"
#include "contracts/reference.h"
#include "data/json.h"
#include "search/place.h"
#include "view/markdown.h"

/* ---- fields */

CH_TABLE(vacancy_employer_table, vacancy_employer, "Who recruits", CH_ROW(vacancy_employer, id, CH_F_STR, CH_EXAMPLE("01k9zq3v5c8e7m2n4p6r8t0w1x")),
         CH_ROW(vacancy_employer, name, CH_F_STR, CH_EXAMPLE("Leeds Teaching Hospitals")),
         CH_ROW(vacancy_employer, kind, CH_F_STR, CH_EXAMPLE("hospital_trust")));
static const char *const periods[] = {"year", "hour", NULL};
CH_TABLE(vacancy_salary_table, vacancy_salary, "Pay in pounds",
         CH_ROW(vacancy_salary, min, CH_F_DOUBLE, .max = 1000000, .flags = CH_ZERO_IS_NULL, .label = "Lowest pay in pounds",
                .hint = "For example, 31049 a year or 12.60 an hour", .example = "31049"),
         CH_ROW(vacancy_salary, max, CH_F_DOUBLE, .max = 1000000, .flags = CH_ZERO_IS_NULL, .label = "Highest pay in pounds", .example = "37796"),
         CH_ROW(vacancy_salary, period, CH_F_STR, .codes = periods, .label = "This pay is for", CH_EXAMPLE("year")));
CH_TABLE(vacancy_location_table, vacancy_location, "A place of work",
         CH_ROW(vacancy_location, name, CH_F_STR, .max = 120, .flags = CH_REQUIRED, .label = "Place", .missing = "Enter the place",
                .hint = "For example, St James's Hospital, Leeds", CH_EXAMPLE("St James's Hospital, Leeds")),
         CH_ROW(vacancy_location, postcode, CH_F_STR, .max = 8, .flags = CH_POSTCODE, .label = "Postcode", .hint = "Whole, or its first part: LS9",
                CH_EXAMPLE("LS9 7TF")),
         CH_ROW(vacancy_location, latitude, CH_F_DOUBLE, .min = -90, .max = 90, .flags = CH_ZERO_IS_NULL,
                .doc = "Found from the postcode when left out", .example = "53.807"),
         CH_ROW(vacancy_location, longitude, CH_F_DOUBLE, .min = -180, .max = 180, .flags = CH_ZERO_IS_NULL, .example = "-1.52"));
CH_TABLE(vacancy_criterion_table, vacancy_criterion, "What a person needs",
         CH_ROW(vacancy_criterion, text, CH_F_TEXT, .max = 500, .flags = CH_REQUIRED, .label = "Criterion", .missing = "Enter the criterion",
                .hint = "One thing that a person needs. Candidates answer each one.", CH_EXAMPLE("Registered with the NMC")),
         CH_ROW(vacancy_criterion, essential, CH_F_BOOL, .label = "Essential", .example = "true"));
CH_TABLE(vacancy_change_table, vacancy_change, "An edit after publication", CH_ROW(vacancy_change, version, CH_F_INT),
         CH_ROW(vacancy_change, at, CH_F_TIME), CH_ROW(vacancy_change, person, CH_F_STR), CH_ROW(vacancy_change, name, CH_F_STR),
         CH_ROW(vacancy_change, what, CH_F_STR, .max = 300), CH_ROW(vacancy_change, summary, CH_F_TEXT),
         CH_ROW(vacancy_change, description, CH_F_TEXT), CH_ROW(vacancy_change, person_specification, CH_F_TEXT),
         CH_ROW(vacancy_change, working_pattern, CH_F_STRS, .max = 8), CH_ROW(vacancy_change, closes_at, CH_F_TIME));

#define MARKDOWN               "You can write headings with #, lists with -, links as [text](https://…) and tables with |."
#define ROW(member, kind, ...) CH_ROW(vacancy, member, kind, ##__VA_ARGS__)
CH_TABLE(vacancy_table, vacancy, "A vacancy", ROW(id, CH_F_STR, .flags = CH_READ_ONLY, CH_EXAMPLE("01k9zq4d2b6f8g0h1j3k5m7n9p")),
         ROW(version, CH_F_INT, .flags = CH_READ_ONLY, .doc = "For If-Match", .example = "2"),
         ROW(reference, CH_F_STR, .flags = CH_READ_ONLY, .doc = "Unique on the platform; begins with the employer's code",
             CH_EXAMPLE("LTHQK-7WX2MD")),
         ROW(employer, CH_F_STRUCT, .of = &vacancy_employer_table, .flags = CH_READ_ONLY),
         ROW(sector, CH_F_STR, .flags = CH_READ_ONLY, CH_EXAMPLE("health")),
         ROW(title, CH_F_STR, .min = 3, .max = 150, .flags = CH_REQUIRED, .label = "Job title", .missing = "Enter the job title",
             CH_EXAMPLE("Staff nurse")),
         ROW(summary, CH_F_TEXT, .max = 600, .label = "Summary", .hint = "Two or three sentences. Lists of jobs show it.",
             CH_EXAMPLE("Join our ward. Days only.")),
         ROW(description, CH_F_TEXT, .max = 50000, .flags = CH_REQUIRED, .label = "Description", .missing = "Enter a description",
             .hint = "What the job is, and what you offer. " MARKDOWN, .doc = "Markdown",
             CH_EXAMPLE("# The ward\\n\\nLook after **people**. Pay: £31,049.")),
         ROW(person_specification, CH_F_TEXT, .max = 20000, .label = "Person specification", .hint = "Who you look for, in full. " MARKDOWN,
             .doc = "Markdown", CH_EXAMPLE("## Essential\\n\\n- Registered")),
         ROW(staff_group, CH_F_STR, .flags = CH_REQUIRED, .label = "Staff group", .missing = "Select a staff group",
             .doc = "A code of the employer's sector: /api/v1/reference/sectors", CH_EXAMPLE("nursing_and_midwifery")),
         ROW(pay_band, CH_F_STR, .label = "Pay band", .doc = "A code of the employer's sector: /api/v1/reference/sectors", CH_EXAMPLE("band_5")),
         ROW(salary, CH_F_STRUCT, .of = &vacancy_salary_table, .label = "Salary"),
         ROW(contract_type, CH_F_STR, .label = "Contract type", .doc = "A code of /api/v1/reference/contract_types", CH_EXAMPLE("permanent")),
         ROW(working_pattern, CH_F_STRS, .max = 8, .label = "Working patterns", .doc = "Codes of /api/v1/reference/working_patterns",
             .example = "[\"full_time\",\"part_time\"]"),
         ROW(locations, CH_F_LIST, .of = &vacancy_location_table, .max = 30, .flags = CH_REQUIRED, .label = "Place of work",
             .missing = "Enter at least one place of work"),
         ROW(remote, CH_F_BOOL, .label = "Can be done from home"),
         ROW(criteria, CH_F_LIST, .of = &vacancy_criterion_table, .max = 20, .label = "Criterion"),
         ROW(closes_at, CH_F_TIME, .flags = CH_REQUIRED, .doc = "It leaves the search at this moment", .label = "Closing date and time",
             .missing = "Enter the closing date and time", .hint = "UK time. For example, 27 3 2027 at 17:00. Without a time: the end of that day.",
             CH_EXAMPLE("2030-01-31T17:00:00Z")),
         ROW(state, CH_F_STR, .flags = CH_READ_ONLY, .doc = "draft, published, closed, withdrawn", CH_EXAMPLE("published")),
         ROW(published_at, CH_F_TIME, .flags = CH_READ_ONLY, CH_EXAMPLE("2030-01-02T09:00:00Z")),
         ROW(created_at, CH_F_TIME, .flags = CH_READ_ONLY, CH_EXAMPLE("2030-01-01T09:00:00Z")),
         ROW(changed_at, CH_F_TIME, .flags = CH_READ_ONLY, CH_EXAMPLE("2030-01-02T09:00:00Z")),
         ROW(changes, CH_F_LIST, .of = &vacancy_change_table, .max = 50, .flags = CH_STORED_ONLY),
         ROW(url, CH_F_STR, .flags = CH_DERIVED | CH_READ_ONLY, CH_EXAMPLE("https://commonhire.example/jobs/LTHQK-7WX2MD")));
CH_TABLE(vacancy_summary_table, vacancy, "A vacancy as lists show it", ROW(id, CH_F_STR, CH_EXAMPLE("01k9zq4d2b6f8g0h1j3k5m7n9p")),
         ROW(version, CH_F_INT, .example = "2"), ROW(reference, CH_F_STR, CH_EXAMPLE("LTHQK-7WX2MD")),
         ROW(employer, CH_F_STRUCT, .of = &vacancy_employer_table), ROW(sector, CH_F_STR, CH_EXAMPLE("health")),
         ROW(title, CH_F_STR, .max = 150, CH_EXAMPLE("Staff nurse")), ROW(summary, CH_F_TEXT, .max = 600, CH_EXAMPLE("Join our ward. Days only.")),
         ROW(staff_group, CH_F_STR, CH_EXAMPLE("nursing_and_midwifery")), ROW(pay_band, CH_F_STR, CH_EXAMPLE("band_5")),
         ROW(salary, CH_F_STRUCT, .of = &vacancy_salary_table), ROW(contract_type, CH_F_STR, CH_EXAMPLE("permanent")),
         ROW(working_pattern, CH_F_STRS, .max = 8, .example = "[\"full_time\",\"part_time\"]"),
         ROW(locations, CH_F_LIST, .of = &vacancy_location_table, .max = 30), ROW(remote, CH_F_BOOL),
         ROW(published_at, CH_F_TIME, CH_EXAMPLE("2030-01-02T09:00:00Z")), ROW(closes_at, CH_F_TIME, CH_EXAMPLE("2030-01-31T17:00:00Z")),
         ROW(changed_at, CH_F_TIME, CH_EXAMPLE("2030-01-02T09:00:00Z")), ROW(state, CH_F_STR, CH_EXAMPLE("published")),
         ROW(url, CH_F_STR, CH_EXAMPLE("https://commonhire.example/jobs/LTHQK-7WX2MD")));
CH_TABLE(vacancy_start_table, vacancy_start, "A new vacancy",
         CH_ROW(vacancy_start, title, CH_F_STR, .flags = CH_WANTED, .max = 150, .label = "Job title"),
         CH_ROW(vacancy_start, copy_of, CH_F_STR, .label = "Begin with a copy of", .hint = "Everything but its dates is taken over."),
         CH_ROW(vacancy_start, once, CH_F_STR, .max = 40));
static const char *const own_states[] = {"draft", "published", "closed", "withdrawn", NULL};
CH_TABLE(vacancy_own_query_table, vacancy_own_query, "One's own vacancies",
         CH_ROW(vacancy_own_query, state, CH_F_STR, .codes = own_states, .doc = "draft, published, closed, withdrawn"),
         CH_ROW(vacancy_own_query, limit, CH_F_INT, .min = 1, .max = 100, .doc = "20 unless said"),
         CH_ROW(vacancy_own_query, cursor, CH_F_STR, .max = 200, .doc = "From the answer before"));
CH_TABLE(vacancy_own_list_table, vacancy_own_list, "One's own vacancies, latest change first",
         CH_ROW(vacancy_own_list, vacancies, CH_F_LIST, .of = &vacancy_summary_table, .max = 100),
         CH_ROW(vacancy_own_list, next, CH_F_STR, .doc = "Cursor of the next page; null on the last"));

/* ---- states */

#define WRITERS (CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN | CH_ROLE_PARTNER)
const vacancy_move vacancy_moves[] = {
    {"draft", VACANCY_PUBLISH, WRITERS, "published", &vacancy_published, N_("The vacancy is published.")},
    {"published", VACANCY_CLOSE, WRITERS, "closed", &vacancy_closed, N_("The vacancy is closed. Nobody can apply any more.")},
    {"published", VACANCY_WITHDRAW, WRITERS, "withdrawn", &vacancy_withdrawn, N_("The vacancy is withdrawn. Nobody can see it any more.")},
    {"draft", VACANCY_WITHDRAW, WRITERS, "withdrawn", NULL, "The draft is discarded."},
    {0},
};

ch_str vacancy_state_at(const vacancy *v, ch_time now)
{
    return ch_str_is(v->state, "published") && v->closes_at <= now ? CH_STR("closed") : v->state;
}

const vacancy_move *vacancy_move_of(const vacancy *v, vacancy_act act, unsigned roles, ch_time now)
{
    ch_str state = vacancy_state_at(v, now);
    for (const vacancy_move *m = vacancy_moves; m->from; m++)
        if (m->act == act && ch_str_is(state, m->from)) return m->who & roles ? m : NULL;
    return NULL;
}

/* ---- checks */

static bool bit_of(uint64_t which, const char *name) { return (which & ch_mask(&vacancy_table, name, NULL)) != 0; }

static void check_code(const char *name, ch_str value, const ch_code *codes, ch_faults *faults)
{
    ch_buf listed = ch_buf_in(faults->arena);
    if (!value.n || ch_code_known(codes, value)) return;
    for (const ch_code *one = codes; one->code; one++) ch_buf_printf(&listed, "%s%s", one == codes ? "" : ", ", one->code);
    ch_fault_not_among(faults, ch_arena_printf(faults->arena, "/%s", name), ch_field_named(&vacancy_table, ch_str_of(name)), ch_buf_str(&listed));
}

void vacancy_check(const vacancy *v, uint64_t which, ch_faults *faults)
{
    const ch_sector *sector = ch_sector_of(v->sector);
    if (sector && bit_of(which, "staff_group")) check_code("staff_group", v->staff_group, sector->staff_groups, faults);
    if (sector && bit_of(which, "pay_band")) check_code("pay_band", v->pay_band, sector->pay_bands, faults);
    if (bit_of(which, "contract_type")) check_code("contract_type", v->contract_type, ch_contract_types, faults);
    for (size_t i = 0; bit_of(which, "working_pattern") && i < v->working_pattern.n; i++)
        check_code("working_pattern", ((const ch_str *)v->working_pattern.p)[i], ch_working_patterns, faults);
    if (bit_of(which, "salary") && v->salary.min > 0 && v->salary.max > 0 && v->salary.max < v->salary.min)
        ch_fault_add(faults, CH_STR("/salary/max"), "Highest pay must not be lower than the lowest");
    if (bit_of(which, "salary") && (v->salary.min > 0 || v->salary.max > 0) && !v->salary.period.n)
        ch_fault_add(faults, CH_STR("/salary/period"), "Say whether the pay is for a year or an hour");
}

void vacancy_check_publishable(const vacancy *v, ch_time now, ch_faults *faults)
{
    vacancy copy = *v;
    copy.seen = (ch_presence){0}; /* only what is named below must be there */
    ch_check(faults->arena, &vacancy_table, &copy,
             ch_mask(&vacancy_table, "title", "description", "staff_group", "closes_at", NULL) |
                 (v->remote ? 0 : ch_mask(&vacancy_table, "locations", NULL)),
             faults);
    vacancy_check(v, CH_ALL, faults);
    if (v->closes_at && v->closes_at <= now) ch_fault_add(faults, CH_STR("/closes_at"), "Closing time must be in the future");
}

uint64_t vacancy_editable(const vacancy *v, ch_time now)
{
    ch_str state = vacancy_state_at(v, now);
    if (ch_str_is(state, "draft"))
        return ch_mask(&vacancy_table, "title", "summary", "description", "person_specification", "staff_group", "pay_band", "salary",
                       "contract_type", "working_pattern", "locations", "remote", "criteria", "closes_at", NULL);
    if (ch_str_is(state, "published"))
        return ch_mask(&vacancy_table, "summary", "description", "person_specification", "working_pattern", "closes_at", NULL);
    return 0;
}

enum { CHANGES_MAX = 50, CHANGES_TEXT_MAX = 256 << 10 };

static bool same_strs(const ch_list *a, const ch_list *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++)
        if (!ch_str_eq(((const ch_str *)a->p)[i], ((const ch_str *)b->p)[i])) return false;
    return a->n == b->n;
}

/* What stood there before, of what may change after publication. */
static uint64_t note_before(vacancy_change *c, const vacancy *v, const vacancy *before, uint64_t which)
{
    uint64_t changed = 0;
#define TEXT(member)                                                                                                                                 \
    if (bit_of(which, #member) && !ch_str_eq(v->member, before->member)) {                                                                           \
        c->member = before->member;                                                                                                                  \
        changed |= ch_mask(&vacancy_table, #member, NULL);                                                                                           \
    }
    TEXT(summary)
    TEXT(description)
    TEXT(person_specification)
#undef TEXT
    if (bit_of(which, "working_pattern") && !same_strs(&v->working_pattern, &before->working_pattern)) {
        c->working_pattern = before->working_pattern;
        changed |= ch_mask(&vacancy_table, "working_pattern", NULL);
    }
    if (bit_of(which, "closes_at") && v->closes_at != before->closes_at) {
        c->closes_at = before->closes_at;
        changed |= ch_mask(&vacancy_table, "closes_at", NULL);
    }
    return changed;
}

static ch_str names_of(ch_arena *a, uint64_t which)
{
    ch_buf what = ch_buf_in(a);
    for (size_t i = 0; i < vacancy_table.n; i++)
        if (which >> i & 1) ch_buf_printf(&what, "%s%s", what.n ? ", " : "", vacancy_table.fields[i].name);
    return ch_str_first(ch_buf_str(&what), 300);
}

/* Texts of long ago go first, so that a document never grows without end. */
static void bound_texts(vacancy *v)
{
    size_t total = 0;
    for (size_t i = v->changes.n; i-- > 0;) {
        vacancy_change *c = &v->changes.p[i];
        total += c->summary.n + c->description.n + c->person_specification.n;
        if (total > CHANGES_TEXT_MAX) c->summary = c->description = c->person_specification = CH_STR("");
    }
}

uint64_t vacancy_note_change(ch_arena *a, vacancy *v, const vacancy *before, ch_str person, ch_str name, uint64_t which, ch_time now)
{
    vacancy_change change = {.version = v->version + 1, .at = now, .person = person, .name = name};
    uint64_t changed = note_before(&change, v, before, which);
    if (!changed) return 0;
    change.what = names_of(a, changed);
    size_t kept = v->changes.n < CHANGES_MAX ? v->changes.n : CHANGES_MAX - 1;
    vacancy_change *p = CH_NEW_N(a, vacancy_change, kept + 1);
    if (kept) memcpy(p, v->changes.p + (v->changes.n - kept), kept * sizeof *p);
    p[kept] = change;
    v->changes.p = p;
    v->changes.n = kept + 1;
    bound_texts(v);
    return changed;
}

void vacancy_take(vacancy *to, const vacancy *from, uint64_t which)
{
    static const size_t sizes[] = {[CH_F_STR] = sizeof(ch_str),   [CH_F_TEXT] = sizeof(ch_str),   [CH_F_HTML] = sizeof(ch_str),
                                   [CH_F_INT] = sizeof(int64_t),  [CH_F_DOUBLE] = sizeof(double), [CH_F_BOOL] = sizeof(bool),
                                   [CH_F_TIME] = sizeof(ch_time), [CH_F_LIST] = sizeof(ch_list),  [CH_F_STRS] = sizeof(ch_list)};
    for (size_t i = 0; i < vacancy_table.n; i++) {
        const ch_field *field = &vacancy_table.fields[i];
        if (which >> i & 1) memcpy(ch_member(to, field), ch_member(from, field), field->type == CH_F_STRUCT ? field->of->size : sizes[field->type]);
    }
}

void vacancy_copy(const vacancy *from, vacancy *to)
{
    static const vacancy draft = {.state = CH_STR_INIT("draft")};
    vacancy_take(to, from, vacancy_editable(&draft, 0) & ~ch_mask(&vacancy_table, "closes_at", NULL));
}

static void clean(ch_arena *a, vacancy *v)
{
    v->title = ch_utf8_tame(a, v->title);
    v->summary = ch_utf8_tame(a, v->summary);
    for (size_t i = 0; i < v->locations.n; i++) v->locations.p[i].name = ch_utf8_tame(a, v->locations.p[i].name);
    for (size_t i = 0; i < v->criteria.n; i++) v->criteria.p[i].text = ch_utf8_tame(a, v->criteria.p[i].text);
}

/* By its postcode, else its name, else the town behind the last comma: "St James's Hospital, Leeds". */
static bool find_location(const vacancy_location *l, ch_place *place)
{
    bool mended;
    size_t comma = l->name.n;
    if (l->postcode.n && ch_place_lookup(l->postcode, place, &mended) && !mended) return true;
    if (ch_place_lookup(l->name, place, &mended)) return true;
    while (comma > 0 && l->name.p[comma - 1] != ',') comma--;
    return comma && ch_place_lookup(ch_str_trim(ch_str_cut(l->name, comma)), place, &mended) && !mended;
}

const vacancy_location *vacancy_location_unknown(const vacancy *v)
{
    for (size_t i = 0; i < v->locations.n; i++)
        if (v->locations.p[i].name.n && v->locations.p[i].latitude == 0 && v->locations.p[i].longitude == 0) return &v->locations.p[i];
    return NULL;
}

void vacancy_tidy(ch_arena *a, vacancy *v)
{
    clean(a, v);
    for (size_t i = 0; i < v->locations.n; i++) {
        vacancy_location *l = &v->locations.p[i];
        ch_place place;
        if (l->latitude != 0 && l->longitude != 0) continue; /* given: one alone is no place */
        l->latitude = l->longitude = 0;
        if (!find_location(l, &place)) continue;
        l->latitude = place.lat;
        l->longitude = place.lon;
    }
}

/* ---- as people read it */

ch_str vacancy_number_text(ch_arena *a, int64_t n)
{
    ch_buf b = ch_buf_in(a);
    ch_buf_number(&b, n);
    return ch_buf_str(&b);
}

/* £28,407 · £12.60: pence only where there are some. */
static void put_pounds(ch_buf *b, double pounds)
{
    long long pence = llround(pounds * 100);
    ch_buf_put(b, CH_STR("£"));
    ch_buf_number(b, pence / 100);
    if (pence % 100) ch_buf_printf(b, ".%02lld", pence % 100);
}

ch_str vacancy_salary_text(ch_arena *a, const vacancy *v, const ch_catalogue *words)
{
    ch_buf low = ch_buf_in(a), high = ch_buf_in(a);
    double least = v->salary.min > 0 ? v->salary.min : v->salary.max, most = v->salary.max;
    bool hourly = ch_str_is(v->salary.period, "hour");
    if (least <= 0) return CH_STR("");
    put_pounds(&low, least);
    if (most <= least) return ch_arena_printf(a, ch_gettext(words, hourly ? "%.*s an hour" : "%.*s a year"), CH_ARG(low));
    put_pounds(&high, most);
    return ch_arena_printf(a, ch_gettext(words, hourly ? "%.*s to %.*s an hour" : "%.*s to %.*s a year"), CH_ARG(low), CH_ARG(high));
}

ch_str vacancy_places_text(ch_arena *a, const vacancy *v, const ch_catalogue *words)
{
    ch_buf b = ch_buf_in(a);
    for (size_t i = 0; i < v->locations.n && i < 3; i++) ch_buf_printf(&b, "%s%.*s", i ? "; " : "", CH_ARG(v->locations.p[i].name));
    ch_str text = ch_buf_str(&b);
    if (v->locations.n > 3) text = ch_arena_printf(a, ch_gettext(words, "%.*s and %zu more"), CH_ARG(text), v->locations.n - 3);
    if (!v->remote) return text;
    return text.n ? ch_arena_printf(a, ch_gettext(words, "%.*s, or from home"), CH_ARG(text)) : ch_str_of(ch_gettext(words, "From home"));
}

/* ---- for the index */

enum { HOURS_A_YEAR = 1950 };

static int64_t a_year(const vacancy *v, double pay) { return llround(ch_str_is(v->salary.period, "hour") ? pay * HOURS_A_YEAR : pay); }

static ch_str words_of(ch_arena *a, const vacancy *v)
{
    ch_str description = ch_markdown_text(a, v->description), person = ch_markdown_text(a, v->person_specification);
    return person.n ? ch_arena_printf(a, "%.*s\n%.*s", CH_ARG(description), CH_ARG(person)) : description;
}

enum { BEGINNING = 200 };

/* To the end of a word, on one line. */
static ch_str beginning_of(ch_arena *a, ch_str text)
{
    ch_str cut = ch_utf8_first(ch_str_trim(text), BEGINNING);
    size_t n = cut.n;
    while (n && text.n > BEGINNING && cut.p[n - 1] != ' ' && cut.p[n - 1] != '\n') n--;
    char *p = ch_arena_z(a, ch_str_trim(ch_str_first(cut, n ? n : cut.n)));
    for (char *c = p; *c; c++)
        if (*c == '\n') *c = ' ';
    return text.n > BEGINNING ? ch_arena_printf(a, "%s …", p) : ch_str_of(p);
}

void vacancy_search_doc(ch_arena *a, const vacancy *v, ch_search_doc *out)
{
    ch_buf blob = ch_buf_in(a), criteria = ch_buf_in(a);
    ch_search_location *places = CH_NEW_N(a, ch_search_location, v->locations.n + 1);
    for (size_t i = 0; i < v->locations.n; i++) {
        const vacancy_location *l = &v->locations.p[i];
        bool known = l->latitude != 0 || l->longitude != 0;
        places[i] = (ch_search_location){l->name, l->postcode, known ? l->latitude : NAN, known ? l->longitude : NAN};
    }
    for (size_t i = 0; i < v->criteria.n; i++) ch_buf_printf(&criteria, "%.*s\n", CH_ARG(v->criteria.p[i].text));
    ch_str description = words_of(a, v);
    vacancy shown = *v;
    if (!shown.summary.n) shown.summary = beginning_of(a, description); /* lists show something of it */
    ch_json_write(&blob, &vacancy_summary_table, &shown, 0);
    *out = (ch_search_doc){.id = v->id,
                           .version = v->version,
                           .title = v->title,
                           .employer_name = v->employer.name,
                           .summary = v->summary,
                           .description = description,
                           .criteria = ch_buf_str(&criteria),
                           .reference = v->reference,
                           .employer_id = v->employer.id,
                           .staff_group = v->staff_group,
                           .pay_band = v->pay_band,
                           .contract_type = v->contract_type,
                           .sector = v->sector,
                           .working_patterns = v->working_pattern.p,
                           .n_working_patterns = v->working_pattern.n,
                           .locations = places,
                           .n_locations = v->locations.n,
                           .salary_min = a_year(v, v->salary.min),
                           .salary_max = a_year(v, v->salary.max),
                           .remote = v->remote,
                           .published_at = v->published_at,
                           .closes_at = v->closes_at,
                           .blob = ch_buf_str(&blob)};
}
