#include "auth/principal.h"
#include "base/id.h"
#include "demo.h"
#include "vacancies/application.h"

static const char answers[] =
    "Yes. In my present post I do this every day, most recently when two colleagues were away and I covered both of their lists without letting anybody down."
    "|I gained this during my training and have kept it up since; my last appraisal names it as a strength.|I have done this for four years in a comparable setting, and have taught it to others."
    "|Partly: I have done it under supervision, and my manager has signed me off for half of the competences.|I have, both at work and as a volunteer, where nobody is paid to be patient with you."
    "|Last year I dealt with a situation in which this mattered. I listened first, found out what was possible, agreed a plan, and checked a week later that it had held.";
static const char words[] =
    "Your examples were good; we would have liked to read what you yourself did in them.|Others had worked in this setting before. Please apply again after your next placement.|We had 87 applications for two posts, and yours was among the twenty that we discussed longest.|";

/* Where it ends: as many submitted as all else, since most of the vacancies are still open. */
static const application_act *fate(uint64_t *random)
{
    static const application_act all[][3] = {{APPLICATION_ACTS},
                                             {APPLICATION_SHORTLIST, APPLICATION_ACTS},
                                             {APPLICATION_REJECT, APPLICATION_ACTS},
                                             {APPLICATION_WITHDRAW, APPLICATION_ACTS},
                                             {APPLICATION_SHORTLIST, APPLICATION_REJECT, APPLICATION_ACTS},
                                             {APPLICATION_SHORTLIST, APPLICATION_WITHDRAW, APPLICATION_ACTS}};
    size_t at = demo_below(random, 100);
    return all[at < 50 ? 0 : at < 73 ? 1 : at < 89 ? 2 : at < 94 ? 3 : at < 97 ? 4 : 5];
}

static void explain(ch_arena *a, uint64_t *random, application *one)
{
    reject_form form = {.reason = demo_pick(random, "essential|others|others|closed"), .words = demo_pick(random, words)};
    one->reason = application_reason_text(a, &form);
}

/* Who decides does so by day. */
static ch_time by_day(ch_time at, ch_time now)
{
    int hour = ch_civil_uk(at).hour;
    if (hour < 8) at += 8 * CH_HOUR;
    if (hour > 18) at += 13 * CH_HOUR;
    return at < now ? at : now;
}

size_t demo_make_application(ch_arena *a, uint64_t *random, ch_time now, const vacancy *v, const profile *p, application *out,
                             demo_step steps[DEMO_STEPS])
{
    enum { EVERYBODY = CH_ROLE_CANDIDATE | CH_ROLE_RECRUITER | CH_ROLE_ORG_ADMIN };
    ch_time end = v->closes_at < now ? v->closes_at : now, open = end - v->published_at;
    ch_time at = v->published_at + (ch_time)demo_below(random, (size_t)(open / 2 / CH_MINUTE) + 1) * CH_MINUTE;
    size_t n = 0;
    application_begin(a, v, p, p->id, at, out);
    for (size_t k = 0; k < out->answers.n; k++) out->answers.p[k].answer = demo_pick(random, answers);
    application_blind(a, out, &out->identity);
    out->key = ch_id_derived(a, CH_STR("demo-application"), out->id);
    const application_act *acts = fate(random);
    application_act act = APPLICATION_SUBMIT;
    do {
        const application_move *move = application_move_of(out, act, EVERYBODY);
        if (!move) break;
        at += 10 * CH_MINUTE + (ch_time)demo_below(random, (size_t)(open / 8 / CH_MINUTE) + 1) * CH_MINUTE;
        at = act == APPLICATION_SUBMIT || act == APPLICATION_WITHDRAW ? (at < now ? at : now) : by_day(at, now);
        application_go(a, out, move, at);
        if (act == APPLICATION_REJECT) explain(a, random, out);
        steps[n++] = (demo_step){move->event, at};
        act = *acts++;
    } while (act != APPLICATION_ACTS && n < DEMO_STEPS);
    out->version = 1 + (int64_t)n;
    return n;
}
