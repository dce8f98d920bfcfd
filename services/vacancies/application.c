#include "vacancies/application.h"

#include "auth/principal.h"
#include "base/id.h"
#include "contracts/events.h"
#include "contracts/reference.h"
#include "search/analyse.h"
#include "vacancies/vacancy.h"

#define IDENTITY(member, kind, ...) CH_ROW(application_identity, member, kind, ##__VA_ARGS__)
CH_TABLE(application_identity_table, application_identity, "Contact details",
         IDENTITY(name, CH_F_STR, .max = 100, .flags = CH_REQUIRED, .label = "Full name", .missing = "Enter your full name"),
         IDENTITY(email, CH_F_STR, .max = 254, .flags = CH_REQUIRED | CH_EMAIL, .label = "Email address", .missing = "Enter your email address"),
         IDENTITY(phone, CH_F_STR, .max = 30, .label = "Phone number"), IDENTITY(address, CH_F_TEXT, .max = 300, .label = "Address"),
         IDENTITY(postcode, CH_F_STR, .max = 8, .flags = CH_POSTCODE, .label = "Postcode"));
CH_TABLE(application_answer_table, application_answer, "An answer to a criterion", CH_ROW(application_answer, question, CH_F_TEXT, .max = 500),
         CH_ROW(application_answer, essential, CH_F_BOOL), CH_ROW(application_answer, answer, CH_F_TEXT, .max = 3000),
         CH_ROW(application_answer, blind, CH_F_TEXT, .max = 20000));

CH_TABLE(application_moment_table, application_moment, "A state and since when", CH_ROW(application_moment, state, CH_F_STR),
         CH_ROW(application_moment, at, CH_F_TIME));

#define ROW(member, kind, ...) CH_ROW(application, member, kind, ##__VA_ARGS__)
CH_TABLE(application_table, application, "An application", ROW(id, CH_F_STR), ROW(version, CH_F_INT), ROW(key, CH_F_STR), ROW(organisation, CH_F_STR),
         ROW(vacancy, CH_F_STR), ROW(person, CH_F_STR), ROW(reference, CH_F_STR), ROW(vacancy_title, CH_F_STR, .max = 150),
         ROW(employer_name, CH_F_STR), ROW(state, CH_F_STR), ROW(identity, CH_F_STRUCT, .of = &application_identity_table, .label = "Your details"),
         ROW(statement, CH_F_TEXT, .max = 8000, .flags = CH_WANTED, .label = "Why you are right for this job",
             .hint = "At most 8,000 characters. Leave your name and contact details out: the employer reads this without knowing who you are."),
         ROW(statement_blind, CH_F_TEXT, .max = 20000), ROW(answers, CH_F_LIST, .of = &application_answer_table, .max = 20), ROW(document, CH_F_STR),
         ROW(document_name, CH_F_STR), ROW(document_hash, CH_F_STR), ROW(reason, CH_F_TEXT, .max = 2000),
         ROW(history, CH_F_LIST, .of = &application_moment_table, .max = 20), ROW(created_at, CH_F_TIME), ROW(submitted_at, CH_F_TIME),
         ROW(decided_at, CH_F_TIME));
CH_TABLE(profile_table, profile, "A candidate's profile", CH_ROW(profile, id, CH_F_STR, .flags = CH_READ_ONLY),
         CH_ROW(profile, version, CH_F_INT, .flags = CH_READ_ONLY),
         CH_ROW(profile, identity, CH_F_STRUCT, .of = &application_identity_table, .label = "Your details"),
         CH_ROW(profile, statement, CH_F_TEXT, .max = 8000, .label = "About you",
                .hint = "Every new application begins with this. You can change it there."));
static const char *const reason_codes[] = {"essential", "others", "closed", "other", NULL};
const ch_code application_reasons[] = {{"essential", "Your application did not show that you meet all of the essential criteria"},
                                       {"others", "Others met the criteria more fully"},
                                       {"closed", "We are not filling this job any more"},
                                       {"other", "Another reason"},
                                       {0, 0}};
CH_TABLE(reject_form_table, reject_form, "A rejection",
         CH_ROW(reject_form, reason, CH_F_STR, .codes = reason_codes, .flags = CH_REQUIRED, .label = "Reason", .missing = "Select a reason",
                .hint = "The candidate reads this"),
         CH_ROW(reject_form, words, CH_F_TEXT, .max = 1000, .label = "What would have helped",
                .hint = "The candidate reads this too. Say what was missing, kindly."));

/* ---- states */

#define DECIDERS (CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN)
const application_move application_moves[] = {
    {"draft", APPLICATION_SUBMIT, CH_ROLE_CANDIDATE, "submitted", &application_submitted, N_("Your application is sent.")},
    {"submitted", APPLICATION_SHORTLIST, DECIDERS, "shortlisted", &application_shortlisted,
     N_("The application is on the shortlist. You can see who it is now.")},
    {"submitted", APPLICATION_REJECT, DECIDERS, "rejected", &application_rejected, N_("The application is rejected. The candidate is told.")},
    {"shortlisted", APPLICATION_REJECT, DECIDERS, "rejected", &application_rejected, N_("The application is rejected. The candidate is told.")},
    {"submitted", APPLICATION_WITHDRAW, CH_ROLE_CANDIDATE, "withdrawn", &application_withdrawn, N_("You have withdrawn your application.")},
    {"shortlisted", APPLICATION_WITHDRAW, CH_ROLE_CANDIDATE, "withdrawn", &application_withdrawn, N_("You have withdrawn your application.")},
    {0},
};

const application_move *application_move_of(const application *app, application_act act, unsigned roles)
{
    for (const application_move *m = application_moves; m->from; m++)
        if (m->act == act && ch_str_is(app->state, m->from)) return m->who & roles ? m : NULL;
    return NULL;
}

static void add_moment(ch_list *list, ch_str state, ch_time at)
{
    if (at) ((application_moment *)list->p)[list->n++] = (application_moment){.state = state, .at = at};
}

ch_list application_moments(ch_arena *a, const application *app)
{
    ch_list out = {CH_NEW_N(a, application_moment, app->history.n + 4), 0};
    for (size_t i = 0; i < app->history.n; i++) add_moment(&out, app->history.p[i].state, app->history.p[i].at);
    if (out.n) return out;
    bool decided = ch_str_is(app->state, "shortlisted") || ch_str_is(app->state, "rejected");
    add_moment(&out, CH_STR("draft"), app->created_at);
    add_moment(&out, CH_STR("submitted"), app->submitted_at);
    if (decided) add_moment(&out, app->state, app->decided_at);
    return out;
}

void application_go(ch_arena *a, application *app, const application_move *move, ch_time now)
{
    ch_list moments = application_moments(a, app);
    app->state = ch_str_of(move->to);
    add_moment(&moments, app->state, now);
    app->history.p = moments.p;
    app->history.n = moments.n;
    if (move->act == APPLICATION_SUBMIT) app->submitted_at = now;
    else if (move->act != APPLICATION_WITHDRAW) app->decided_at = now;
}

ch_str application_reason_text(ch_arena *a, const reject_form *form)
{
    ch_str name = ch_code_name(application_reasons, form->reason);
    if (ch_str_is(form->reason, "other")) return form->words;
    return form->words.n ? ch_arena_printf(a, "%.*s.\n\n%.*s", CH_ARG(name), CH_ARG(form->words)) : ch_arena_printf(a, "%.*s.", CH_ARG(name));
}

bool application_identity_open(const application *app) { return ch_str_is(app->state, "shortlisted"); }

/* ---- a draft */

void application_begin(ch_arena *a, const vacancy *v, const profile *p, ch_str person, ch_time now, application *out)
{
    *out = (application){.key = ch_id_new(a),
                         .organisation = v->employer.id,
                         .vacancy = v->id,
                         .person = person,
                         .reference = v->reference,
                         .vacancy_title = v->title,
                         .employer_name = v->employer.name,
                         .state = CH_STR("draft"),
                         .identity = p->identity,
                         .statement = p->statement,
                         .created_at = now};
    out->id = ch_arena_printf(a, "%.*s/%.*s/%.*s", CH_ARG(v->employer.id), CH_ARG(v->id), CH_ARG(person));
    out->history.p = CH_NEW(a, application_moment);
    out->history.n = 1;
    out->history.p[0] = (application_moment){.state = out->state, .at = now};
    out->answers.p = CH_NEW_N(a, application_answer, v->criteria.n + 1);
    out->answers.n = v->criteria.n;
    for (size_t i = 0; i < v->criteria.n; i++)
        out->answers.p[i] = (application_answer){.question = v->criteria.p[i].text, .essential = v->criteria.p[i].essential};
}

static bool has_details(const application *app) { return app->identity.name.n && app->identity.email.n; }

static bool has_statement(const application *app) { return app->statement.n > 0; }

static bool has_answers(const application *app)
{
    for (size_t i = 0; i < app->answers.n; i++)
        if (app->answers.p[i].essential && !app->answers.p[i].answer.n) return false;
    return true;
}

static bool has_document(const application *app) { return app->document.n > 0; }

const application_part application_parts[] = {
    {"details", N_("Your details"), has_details, N_("Enter your name and email address")},
    {"statement", N_("Why you are right for this job"), has_statement, N_("Write why you are right for this job")},
    {"answers", N_("The criteria"), has_answers, N_("Answer every essential criterion")},
    {"cv", N_("Your CV"), has_document, N_("Upload your CV")},
    {0},
};

bool application_complete(const application *app)
{
    const application_part *part = application_parts;
    while (part->slug && part->done(app)) part++;
    return !part->slug;
}

/* The pointer is the part's slug: /details, /statement …; the page makes a link of it. */
void application_check_submittable(const application *app, const vacancy *v, ch_time now, ch_faults *faults)
{
    if (!ch_str_is(vacancy_state_at(v, now), "published")) ch_fault_add(faults, CH_STR(""), "This vacancy has closed");
    for (const application_part *part = application_parts; part->slug; part++)
        if (!part->done(app)) ch_fault_add(faults, ch_arena_printf(faults->arena, "/%s", part->slug), "%s", ch_gettext(faults->words, part->missing));
}

/* ---- masking */

enum { NEEDLES = 96 };
static const char hidden[] = "[hidden]";

/* A text as it is compared: case and accents folded, one byte for each other character that is no letter or digit.
 * at[i] is where byte i stands in the source. */
typedef struct plain {
    ch_str text;
    size_t *at;
} plain;

typedef struct needle {
    ch_str text;
    bool loose; /* spaces and punctuation between its characters do not matter: phone, postcode */
} needle;

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 128; }

static size_t char_length(unsigned char first) { return first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4; }

/* U+0300 to U+036F, the accents that stand after their letter. */
static bool is_mark(ch_str c)
{
    unsigned char first = (unsigned char)c.p[0];
    return c.n == 2 && (first == 0xCC || (first == 0xCD && (unsigned char)c.p[1] < 0xB0));
}

static ch_str plain_char(ch_arena *a, ch_str c)
{
    ch_str folded = ch_fold(a, c);
    if (folded.n) return ch_str_first(folded, 2 * c.n);
    return c.p[0] == '\n' ? CH_STR("\n") : is_mark(c) ? CH_STR("") : CH_STR(" ");
}

static plain plain_of(ch_arena *a, ch_str source)
{
    ch_buf b = ch_buf_in(a);
    plain out = {.at = CH_NEW_N(a, size_t, 2 * source.n + 1)};
    for (size_t i = 0, n; i < source.n; i += n) {
        n = char_length((unsigned char)source.p[i]);
        ch_str c = ch_str_first(ch_str_cut(source, i), n), folded = plain_char(a, c);
        for (size_t k = 0; k < folded.n; k++) out.at[b.n + k] = i;
        ch_buf_put(&b, folded);
    }
    out.text = ch_buf_str(&b);
    out.at[out.text.n] = source.n;
    return out;
}

/* How many bytes of text at i the needle covers; 0: it does not stand there. */
static size_t covers(ch_str text, size_t i, const needle *n)
{
    size_t k = 0, at = i;
    while (k < n->text.n) {
        if (n->loose && !is_letter(n->text.p[k])) {
            k++;
            continue;
        }
        while (n->loose && at > i && at < text.n && !is_letter(text.p[at]) && text.p[at] != '\n') at++;
        if (at >= text.n || text.p[at] != n->text.p[k]) return 0;
        at++;
        k++;
    }
    bool whole = (i == 0 || !is_letter(text.p[i - 1])) && (at >= text.n || !is_letter(text.p[at]));
    return whole ? at - i : 0;
}

typedef struct needles {
    ch_arena *arena;
    needle p[NEEDLES];
    size_t n;
} needles;

static void add(needles *list, ch_str text, bool loose, size_t shortest)
{
    text = ch_str_trim(text);
    if (text.n >= shortest && list->n < NEEDLES) list->p[list->n++] = (needle){plain_of(list->arena, text).text, loose};
}

/* +44 7700 … is also written 07700 …, 0044 7700 …, +44 (0)7700 …, and 7700 … */
static void add_phone(needles *list, ch_str phone)
{
    static const char *const before[] = {"0044", "00440", "440", "44", "0", ""};
    ch_buf b = ch_buf_in(list->arena);
    add(list, phone, true, 6);
    for (size_t i = 0; i < phone.n; i++)
        if (phone.p[i] >= '0' && phone.p[i] <= '9') ch_buf_char(&b, phone.p[i]);
    ch_str digits = ch_buf_str(&b);
    for (size_t i = 0; i < 5; i++)
        if (ch_str_starts(digits, ch_str_of(before[i]))) {
            digits = ch_str_cut(digits, strlen(before[i]));
            break;
        }
    for (size_t i = 0; digits.n >= 6 && i < 6; i++) add(list, ch_arena_printf(list->arena, "%s%.*s", before[i], CH_ARG(digits)), true, 6);
}

/* All of it and O'Quill-Feather also run together, as addresses on the web have them; each word of its own, whatever stands between. */
static void add_name(needles *list, ch_str name)
{
    ch_str words = plain_of(list->arena, name).text, part;
    add(list, name, true, 2);
    while (ch_str_split(&name, ' ', &part))
        if (ch_str_index(plain_of(list->arena, part).text, ' ') >= 0) add(list, part, true, 2);
    while (ch_str_split(&words, ' ', &part)) add(list, part, false, 2);
}

static void add_identity(needles *list, const application_identity *who)
{
    ch_str rest = who->address, part;
    ptrdiff_t at = ch_str_index(who->email, '@');
    add(list, who->email, false, 3);
    if (at > 0) add(list, ch_str_first(who->email, (size_t)at), false, 3);
    add_phone(list, who->phone);
    add(list, who->postcode, true, 3);
    add_name(list, who->name);
    while (ch_str_split(&rest, '\n', &part)) add(list, part, true, 6);
}

/* Longest first at each place; what cannot be known to be a clue stays (the page says so). */
ch_str application_mask(ch_arena *a, ch_str text, const application_identity *identity)
{
    needles list = {.arena = a};
    plain words = plain_of(a, text);
    ch_buf b = ch_buf_in(a);
    size_t copied = 0;
    add_identity(&list, identity);
    for (size_t i = 0; i < words.text.n;) {
        size_t most = 0;
        for (size_t k = 0; k < list.n; k++) {
            size_t covered = covers(words.text, i, &list.p[k]);
            if (covered > most) most = covered;
        }
        if (most) {
            ch_buf_put(&b, (ch_str){text.p + copied, words.at[i] - copied});
            ch_buf_put(&b, ch_str_of(hidden));
            copied = words.at[i + most];
        }
        i += most ? most : 1;
    }
    ch_buf_put(&b, ch_str_cut(text, copied));
    return ch_buf_str(&b);
}

void application_blind(ch_arena *a, application *app, const application_identity *account)
{
    app->statement_blind = application_mask(a, application_mask(a, app->statement, &app->identity), account);
    for (size_t i = 0; i < app->answers.n; i++)
        app->answers.p[i].blind = application_mask(a, application_mask(a, app->answers.p[i].answer, &app->identity), account);
}
