#include <stdio.h>

#include "base/id.h"
#include "demo.h"
#include "vacancies/vacancy.h"

typedef struct advert {
    ch_arena *a;
    uint64_t random;
    const demo_employer *e;
    const demo_job *job;
    ch_str band, title, team;
    size_t grade; /* 0 the job's first band, 1 its second … */
    const demo_pay *pay;
    vacancy *v;
} advert;

/* What small or special employers look for; the others look for everything but what is theirs alone. */
static const struct {
    const char *kind, *titles;
} particular[] = {
    {"surgery", "|Practice nurse|General practitioner|Receptionist|Healthcare assistant|Pharmacist|Medical secretary|"},
    {"ambulance_trust", "|Paramedic|Data analyst|Service manager|Business administration apprentice|Receptionist|Maintenance electrician|"},
    {"hospice",
     "|Staff nurse|Healthcare assistant|Charge nurse|Physiotherapist|Occupational therapist|Catering assistant|Receptionist|Domestic assistant|"},
    {"mental_health_trust",
     "|Registered mental health nurse|Clinical psychologist|Occupational therapist|Healthcare assistant|Medical secretary|Pharmacist|Service manager|Data analyst|Speech and language therapist|Receptionist|"},
    {"community_trust",
     "|Community nurse|Health visitor|Physiotherapist|Occupational therapist|Speech and language therapist|Dietitian|Dental nurse|Healthcare assistant|Medical secretary|Service manager|Receptionist|"},
    {"fire_service", "|Firefighter|Finance officer|Business support apprentice|Data engineer|Customer services adviser|"},
    {"combined_authority", "|Planning officer|Civil engineer|Finance officer|Data engineer|Web developer|Head of service|Solicitor|"},
    {"college",
     "|Lecturer|Teaching assistant|School administrator|Science technician|Caretaker|Teacher of mathematics|Teacher of English|Teacher of science|"},
};
static const char theirs_alone[] = "|Practice nurse|General practitioner|Paramedic|Firefighter|Lecturer|";

static bool fits(const demo_employer *e, const demo_job *job)
{
    char title[100];
    snprintf(title, sizeof title, "|%s|", job->title);
    for (size_t i = 0; i < sizeof particular / sizeof *particular; i++)
        if (ch_str_is(e->row.kind, particular[i].kind)) return strstr(particular[i].titles, title) != NULL;
    return !strstr(theirs_alone, title);
}

static const demo_job *any_job(uint64_t *random, const demo_employer *e)
{
    const demo_job *job;
    size_t n = 0;
    while (e->sector->jobs[n].title) n++;
    do job = &e->sector->jobs[demo_below(random, demo_below(random, n) + 1)]; /* the first are most of them */
    while (!fits(e, job));
    return job;
}

static void choose_band(advert *ad)
{
    ch_str bands[4];
    size_t n = demo_pick_some(&ad->random, ad->job->bands, 4, bands);
    ad->grade = demo_below(&ad->random, n + 1) % n; /* the first a little more often */
    ad->band = bands[ad->grade];
    for (ad->pay = ad->e->sector->pay; ad->pay->band && !ch_str_is(ad->band, ad->pay->band);) ad->pay++;
}

/* ch_buf_printf with one picked text where the format has %.*s. */
static void put_pick(advert *ad, ch_buf *b, const char *before, const char *choices, const char *after)
{
    ch_buf_put(b, ch_str_of(before));
    ch_buf_put(b, demo_pick(&ad->random, choices));
    ch_buf_put(b, ch_str_of(after));
}

static bool capital(char c) { return c >= 'A' && c <= 'Z'; }

/* "Senior physiotherapist – Hand therapy (12 months)", in Wales sometimes "Ffisiotherapydd / Physiotherapist – …" */
static ch_str title_of(advert *ad)
{
    static const char *const prefixes[] = {"", "Senior ", "Lead ", "Principal "};
    const char *title = ad->job->title, *prefix = prefixes[ad->grade < 3 ? ad->grade : 3];
    bool graded = *prefix && !strstr(ad->job->bands, "mps") && strcmp(ad->job->title, "Head of service") != 0;
    ch_buf b = ch_buf_in(ad->a);
    if (ad->e->nation == DEMO_WALES && demo_chance(&ad->random, 40)) ch_buf_printf(&b, "%s / ", ad->job->welsh);
    if (graded && capital(title[0]) && !capital(title[1])) ch_buf_printf(&b, "%s%c%s", prefix, title[0] + 32, title + 1);
    else ch_buf_printf(&b, "%s%s", graded ? prefix : "", title);
    if (demo_chance(&ad->random, 85)) ch_buf_printf(&b, " – %.*s", CH_ARG(ad->team));
    if (ad->job->flags & DEMO_SHIFTS && demo_chance(&ad->random, 12)) ch_buf_printf(&b, " (nights)");
    else if (ch_str_is(ad->v->contract_type, "fixed_term"))
        put_pick(ad, &b, " (", "12 months|6 months|maternity cover|until March 2028|two years", ")");
    else if (ch_str_is(ad->v->contract_type, "bank")) ch_buf_printf(&b, ", bank");
    return ch_buf_str(&b);
}

static void choose_contract(advert *ad)
{
    vacancy *v = ad->v;
    unsigned flags = ad->job->flags;
    size_t at = demo_below(&ad->random, 100);
    v->contract_type = at < 74 ? CH_STR("permanent") : at < 90 ? CH_STR("fixed_term") : at < 93 ? CH_STR("secondment") : CH_STR("permanent");
    if (flags & DEMO_HOURLY && at >= 93) v->contract_type = CH_STR("bank");
    if (ch_str_is(v->staff_group, "medical_and_dental") && at >= 90) v->contract_type = CH_STR("locum");
    if (flags & DEMO_TRAINING) v->contract_type = CH_STR("apprenticeship");
}

static void choose_pay(advert *ad)
{
    vacancy *v = ad->v;
    double min = ad->pay->min, max = ad->pay->max;
    v->salary.period = CH_STR("year");
    if (ch_str_is(ad->band, "medical")) { /* a consultant's scale is not a specialty doctor's */
        min = !strcmp(ad->job->title, "Consultant") ? 113200 : !strcmp(ad->job->title, "General practitioner") ? 79500 : 62400;
        max = min * 1.32;
    }
    if (ch_str_is(v->contract_type, "apprenticeship")) min = max = 15900;
    if (ch_str_is(v->contract_type, "bank") || ch_str_is(v->contract_type, "locum")) { /* 52 weeks of 37.5 hours, to the penny */
        v->salary.period = CH_STR("hour");
        min = (double)(int64_t)(min / 19.5) / 100;
        max = (double)(int64_t)(max / 19.5) / 100;
    }
    v->salary.min = (double)(int64_t)(min * 100 + 0.5) / 100;
    v->salary.max = (double)(int64_t)(max * 100 + 0.5) / 100;
    if (v->salary.period.p[0] == 'y') v->salary.max = (double)(int64_t)v->salary.max;
}

static void choose_pattern(advert *ad)
{
    ch_str *p = CH_NEW_N(ad->a, ch_str, 5);
    size_t n = 0, at = demo_below(&ad->random, 100);
    bool school = ad->e->sector == &demo_schools;
    if (at < 70) p[n++] = CH_STR("full_time");
    if (at >= 55) p[n++] = CH_STR("part_time");
    if (ad->job->flags & DEMO_SHIFTS) p[n++] = CH_STR("shift");
    else if (demo_chance(&ad->random, 45)) p[n++] = CH_STR("flexible");
    if (school && ad->job->work == &demo_classroom) p[n++] = CH_STR("term_time");
    else if (demo_chance(&ad->random, 12)) p[n++] = CH_STR("job_share");
    if (ad->v->remote) p[n++] = CH_STR("home_working");
    ad->v->working_pattern = (ch_list){p, n < 5 ? n : 5};
}

static vacancy_location location(advert *ad, const demo_town *t, ch_str name)
{
    double north = (double)demo_below(&ad->random, 1000) - 500, east = (double)demo_below(&ad->random, 1000) - 500;
    return (vacancy_location){.name = name, .postcode = t->postcode, .latitude = t->lat + north / 25000, .longitude = t->lon + east / 16000};
}

/* The employer's own town; bigger ones also work elsewhere, and some jobs are on several sites. */
static void choose_places(advert *ad)
{
    static const char health[] = "General Hospital|Community Hospital|Infirmary|Health Centre",
                      councils[] = "Town Hall|Civic Centre|Depot|Library and Hub", others[] = "Office|Hub|Depot";
    const demo_sector *sector = ad->e->sector;
    const char *sites = sector == &demo_health ? health : sector == &demo_councils ? councils : others;
    vacancy *v = ad->v;
    bool large = ad->e->weight > 6 && sector != &demo_schools;
    size_t n = large && demo_chance(&ad->random, 22) ? 2 + demo_below(&ad->random, 2) : 1;
    v->locations.p = CH_NEW_N(ad->a, vacancy_location, n);
    v->locations.n = n;
    for (size_t i = 0; i < n; i++) {
        const demo_town *t = i || (large && demo_chance(&ad->random, 30)) ? ad->e->near[(i + demo_below(&ad->random, 2)) % DEMO_SITES] : ad->e->town;
        ch_str site = demo_pick(&ad->random, sites);
        ch_str name = large ? ch_arena_printf(ad->a, "%.*s %.*s", CH_ARG(t->name), CH_ARG(site)) : t->name;
        v->locations.p[i] = location(ad, t, name);
    }
}

static void choose_criteria(advert *ad)
{
    ch_str needs[4], wishes[2];
    size_t n = demo_pick_some(&ad->random, ad->job->work->needs, 3 + demo_below(&ad->random, 2), needs),
           m = demo_pick_some(&ad->random, ad->job->work->wishes, 1 + demo_below(&ad->random, 2), wishes);
    ad->v->criteria.p = CH_NEW_N(ad->a, vacancy_criterion, n + m);
    ad->v->criteria.n = n + m;
    for (size_t i = 0; i < n + m; i++) ad->v->criteria.p[i] = (vacancy_criterion){.text = i < n ? needs[i] : wishes[i - n], .essential = i < n};
}

/* ---- text */

static void put_list(advert *ad, ch_buf *b, const char *choices, size_t want)
{
    ch_str some[10];
    size_t n = demo_pick_some(&ad->random, choices, want < 10 ? want : 10, some);
    for (size_t i = 0; i < n; i++) ch_buf_printf(b, "- %.*s\n", CH_ARG(some[i]));
}

static void put_pay_table(advert *ad, ch_buf *b)
{
    const vacancy *v = ad->v;
    ch_str pay = vacancy_salary_text(ad->a, v, NULL);
    ch_buf_printf(b, "\n| In short | |\n|---|---|\n| Pay | %.*s |\n", CH_ARG(pay));
    put_pick(
        ad, b, "| Hours | ",
        "37.5 a week|37 a week, or fewer by agreement|22.5 a week over three days|30 a week|18.5 a week, a job share is possible|36 a week, averaged over the rota",
        " |\n");
    ch_buf_printf(b, "| Where | %.*s%s |\n", CH_ARG(v->locations.p[0].name), v->remote ? ", and from home for part of the week" : "");
    put_pick(
        ad, b, "| Start | ",
        "As soon as your notice allows|By agreement|At the beginning of next term or month|With the next induction; there is one every two weeks",
        " |\n");
}

static const char *vetting(const advert *ad)
{
    if (!(ad->job->flags & DEMO_VETTED)) return "";
    switch (ad->e->nation) {
    case DEMO_SCOTLAND: return " You need membership of the Protecting Vulnerable Groups scheme, which we pay for.";
    case DEMO_NORTHERN_IRELAND: return " An Access NI check is part of the appointment; we pay for it.";
    default: return " An enhanced check by the Disclosure and Barring Service is part of the appointment; we pay for it.";
    }
}

static void put_ending(advert *ad, ch_buf *b)
{
    static const char promises[] =
        "We welcome applications from everybody, and especially from people who are under-represented among us. If you meet the essential criteria and are disabled, we promise you an interview."
        "|If you are not sure whether this job is for you, talk to us first: a call costs you nothing, and often it is."
        "|We read every application without names until the shortlist is made, and tell everybody how it went, with a reason."
        "|Tell us what you need at an interview, and we will arrange it: another time, a quiet room, the questions beforehand.";
    put_pick(ad, b, "\n## How to apply\n\n", promises, vetting(ad));
    ch_buf_char(b, '\n');
    if (demo_chance(&ad->random, 40))
        ch_buf_printf(
            b,
            "\nInterviews are planned for about two weeks after the closing date. We may close early when there are many applications, so please do not wait for the last day.\n");
    if (ad->e->nation == DEMO_WALES)
        ch_buf_printf(
            b,
            "\n## Yr iaith Gymraeg\n\nMae croeso i chi wneud cais yn Gymraeg. Ni fydd cais a gyflwynir yn Gymraeg yn cael ei drin yn llai ffafriol na chais a gyflwynir yn Saesneg. %s\n",
            demo_chance(&ad->random, 30) ? "Mae sgiliau Cymraeg yn **hanfodol** ar gyfer y swydd hon."
                                         : "Mae sgiliau Cymraeg yn ddymunol ar gyfer y swydd hon.");
    if (ad->e->nation == DEMO_NORTHERN_IRELAND && demo_chance(&ad->random, 50))
        ch_buf_printf(
            b,
            "\nAppointments are made on merit. We particularly welcome applications from sections of the community that are less represented among our staff.\n");
}

static ch_str lowered(ch_arena *a, ch_str s)
{
    if (s.n < 2 || !capital(s.p[0]) || capital(s.p[1])) return s;
    return ch_arena_printf(a, "%c%.*s", s.p[0] + 32, CH_ARG(ch_str_cut(s, 1)));
}

static ch_str description(advert *ad)
{
    static const char leads[] =
        "This is a good moment to join: the team has moved, the rota is filled, and there is time to do things properly.|The post is new, and you would shape it.|The person before you has been promoted, and is still here to ask."
        "|We are two short, and would rather wait than take the wrong person.|You do not need to have done exactly this before; we will teach you what is particular here.";
    const demo_employer *e = ad->e;
    ch_str some[2];
    ch_buf b = ch_buf_in(ad->a);
    ch_buf_printf(&b, "%s. The post is with **%.*s** at %.*s, in %.*s.\n\n", ad->job->about, CH_ARG(ad->team), CH_ARG(e->row.name),
                  CH_ARG(ad->v->locations.p[0].name));
    put_pick(ad, &b, "", leads, " ");
    ch_buf_printf(&b, "%s\n", ad->job->work->day);
    ch_buf_printf(&b, "\n## What you would do\n\n");
    put_list(ad, &b, ad->job->work->duties, 5 + demo_below(&ad->random, 4));
    if (demo_chance(&ad->random, 60)) put_pay_table(ad, &b);
    demo_pick_some(&ad->random, e->sector->about, 2, some);
    ch_buf_printf(&b, "\n## About us\n\n%.*s. %.*s.%s\n", CH_ARG(some[0]), CH_ARG(some[1]),
                  ad->v->locations.n > 1 ? " The job is on more than one site; travel between them is in working time." : "");
    ch_buf_printf(&b, "\n## What we offer\n\n");
    put_list(ad, &b, e->sector->offers, 4 + demo_below(&ad->random, 4));
    put_ending(ad, &b);
    return ch_buf_str(&b);
}

static ch_str specification(advert *ad)
{
    ch_buf b = ch_buf_in(ad->a);
    ch_buf_printf(&b, "### Essential\n\n");
    put_list(ad, &b, ad->job->work->needs, 5);
    ch_buf_printf(&b, "\n### Desirable\n\n");
    put_list(ad, &b, ad->job->work->wishes, 3);
    return ch_buf_str(&b);
}

static ch_str summary(advert *ad)
{
    ch_str offer = lowered(ad->a, demo_pick(&ad->random, ad->e->sector->offers));
    switch (demo_below(&ad->random, 4)) {
    case 0: return ch_arena_printf(ad->a, "%s. You would work with %.*s in %.*s.", ad->job->about, CH_ARG(ad->team), CH_ARG(ad->e->town->name));
    case 1: return ch_arena_printf(ad->a, "%.*s, %.*s. %s.", CH_ARG(ad->team), CH_ARG(ad->v->locations.p[0].name), ad->job->about);
    case 2: return ch_arena_printf(ad->a, "%s. We offer %.*s.", ad->job->about, CH_ARG(offer));
    default: return ch_arena_printf(ad->a, "%s. %s", ad->job->about, ad->job->work->day);
    }
}

/* ---- times */

/* Most are young, and most close within three weeks, at the end of a day or at noon. */
static void choose_times(advert *ad, ch_time now)
{
    vacancy *v = ad->v;
    size_t one = demo_below(&ad->random, 28 * 24 * 60), two = demo_below(&ad->random, 28 * 24 * 60), left = demo_below(&ad->random, 20),
           more = demo_below(&ad->random, 28);
    v->published_at = now - (ch_time)(one < two ? one : two) * CH_MINUTE - CH_HOUR;
    v->created_at = v->published_at - (ch_time)(1 + demo_below(&ad->random, 10 * 24)) * CH_HOUR;
    v->changed_at = v->published_at;
    ch_civil day = ch_civil_uk(now + (ch_time)(1 + (demo_chance(&ad->random, 70) ? left : more)) * CH_DAY);
    bool noon = demo_chance(&ad->random, 15);
    day.hour = noon ? 12 : 23;
    day.minute = noon ? 0 : 59;
    day.second = 0;
    v->closes_at = ch_time_uk(day);
}

/* Any two differ, and neighbours do not look alike: the factor has no divisor in common with 28. */
static ch_str reference(ch_arena *a, ch_str code, size_t number)
{
    enum { ALL = 28 * 28 * 28 * 28 * 28 * 28 };
    number = number * UINT64_C(314159261) % ALL;
    static const char alphabet[] = "23456789BCDFGHJKMNPQRSTVWXYZ";
    char text[7] = "000000";
    for (size_t d = 0, rest = number; d < 6; d++, rest /= 28) text[5 - d] = alphabet[rest % 28];
    return ch_arena_printf(a, "%.*s-%s", CH_ARG(code), text);
}

void demo_make_vacancy(ch_arena *a, ch_time now, size_t number, const demo_employer *e, vacancy *v)
{
    advert ad = {.a = a, .random = number * 104729 + 7, .e = e, .v = v};
    ad.job = any_job(&ad.random, e);
    ad.team = demo_pick(&ad.random, ad.job->teams);
    choose_band(&ad);
    *v = (vacancy){.id = ch_id_derived(a, CH_STR("demo-vacancy"), ch_arena_printf(a, "%zu", number)),
                   .version = 2,
                   .reference = reference(a, e->row.code, number),
                   .state = CH_STR("published"),
                   .employer = {.id = e->row.id, .name = e->row.name, .kind = e->row.kind},
                   .sector = e->row.sector,
                   .staff_group = ch_str_of(ad.job->staff_group),
                   .pay_band = ad.band,
                   .remote = (ad.job->flags & DEMO_HOME) && demo_chance(&ad.random, 35)};
    choose_contract(&ad);
    choose_pay(&ad);
    choose_pattern(&ad);
    choose_places(&ad);
    choose_criteria(&ad);
    choose_times(&ad, now);
    v->title = title_of(&ad);
    v->summary = summary(&ad);
    v->description = description(&ad);
    v->person_specification = specification(&ad);
}
