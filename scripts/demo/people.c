#include "base/id.h"
#include "demo.h"

static const char first_names[] =
    "Amina|Ben|Carys|David|Elin|Farah|George|Hannah|Ifan|Jaspreet|Kwame|Lucy|Mohammed|Niamh|Oliver|Priya|Ruth|Siân|Tomasz|Uma|Victor|Wendy|Xin|Yusuf|Zoë|Aaliyah|Bronagh|Callum|Deepa|Ewan|Fiona|Gareth|"
    "Huw|Isla|Jack|Kasia|Liam|Maeve|Nadia|Osian|Patience|Rhys|Saoirse|Tariq|Ffion|Grace|Hamza|Ingrid|Joanne|Karen|Leroy|Megan|Noor|Owen|Paulina|Rosa|Stephen|Tegan|Ursula|Wei|Adebayo|Blessing|Ciarán|"
    "Dilys|Eilidh|Florence|Gwen|Harpreet|Imran|Jennifer|Kofi|Lowri|Mark|Nia|Olena|Peter|Roisin|Sunita|Thomas|Valentina|Yvonne|Zainab";
static const char last_names[] =
    "Adeyemi|Brown|Campbell|Davies|Evans|Fraser|Green|Hughes|Iqbal|Jones|Khan|Lewis|Morgan|Nowak|O'Brien|Patel|Quinn|Roberts|Singh|Taylor|Underwood|Vaughan|Williams|Xu|Young|Zaman|Ahmed|Bailey|Clarke|"
    "Doherty|Edwards|Fitzgerald|Griffiths|Hussain|Ito|Jackson|Kowalska|Llewellyn|MacDonald|Ndlovu|Okafor|Parry|Reid|Stewart|Thompson|Walker|Wright|Begum|Chaudhry|Douglas|Ferguson|Gallagher|Harris|"
    "Jenkins|Kaur|Lloyd|McAllister|Murphy|Owusu|Powell|Rahman|Scott|Sharma|Turner|Ward|Wood|Baker|Cooper|Mensah|Osei|Popescu|Silva|Kovalenko|Nguyen|Chen|Bevan|Pritchard|Sinclair|Murray|Boyle";

static ch_str full_name(ch_arena *a, uint64_t *random)
{
    ch_str first = demo_pick(random, first_names), last = demo_pick(random, last_names);
    return ch_arena_printf(a, "%.*s %.*s", CH_ARG(first), CH_ARG(last));
}

person demo_candidate(ch_arena *a, ch_time now, ch_str password_hash, size_t i)
{
    uint64_t random = i * 7919 + 17;
    return (person){.id = ch_id_derived(a, CH_STR("demo-candidate"), ch_arena_printf(a, "%zu", i)),
                    .version = 1,
                    .name = full_name(a, &random),
                    .email = ch_arena_printf(a, "candidate%zu@demo.example", i),
                    .password_hash = password_hash,
                    .created_at = now - (ch_time)(40 + demo_below(&random, 400)) * CH_DAY};
}

static const char beginnings[] =
    "For the last six years I have worked in a busy team where plans change by the hour, and I have learnt to change with them.|I came to this work late, after ten years in retail, and have not regretted a day of it."
    "|I qualified in 2021 and have worked in two organisations since, one large and one very small.|I am returning to work after caring for my mother, and I bring from it a patience that no course could have taught me."
    "|I have done this work for eleven years, the last three of them leading a small team.|I finished my training last summer, with placements in four different settings.";
static const char middles[] =
    "What I am proudest of is a change to how we hand over, which halved the number of things that were forgotten.|Colleagues say that I stay calm, and that I tell them early when something will not work."
    "|I keep my records so that somebody else could take over tomorrow.|I speak two languages at work, and a third when it helps.|I took on the induction of new colleagues, and all nine of them are still there."
    "|I have learnt to ask people what matters to them before I tell them what I can do.|When a system was replaced, I wrote the one-page guide that everybody still uses.|I have had to give bad news, and have been thanked for how I did it.";
static const char endings[] =
    "I would like to work closer to home, in a place that I know as a user.|I am looking for a team that wants to get better, and says so.|I can start after my notice of eight weeks, and am flexible about hours."
    "|I have read your latest inspection report, and I recognise the problems in it; I have helped to solve two of them before.|I would bring energy, good humour and an honest interest in people.";

profile demo_profile(ch_arena *a, const person *p, size_t i)
{
    uint64_t random = i * 6271 + 3;
    ch_str some[3];
    size_t n = demo_pick_some(&random, middles, 2 + demo_below(&random, 2), some);
    ch_buf b = ch_buf_in(a);
    ch_buf_put(&b, demo_pick(&random, beginnings));
    for (size_t k = 0; k < n; k++) ch_buf_printf(&b, "%s%.*s", k % 2 ? " " : "\n\n", CH_ARG(some[k]));
    const demo_town *t = demo_any_town(&random, DEMO_ENGLAND, 0);
    ch_str street = demo_pick(&random, "Station Road|Church Lane|Mill Street|Park Avenue|Victoria Terrace|The Green|Chapel Street");
    ch_str last = demo_pick(&random, endings);
    ch_buf_printf(&b, "\n\n%.*s", CH_ARG(last));
    /* Numbers that Ofcom keeps for drama; streets that are everywhere. */
    return (profile){.id = p->id,
                     .version = 1,
                     .statement = ch_buf_str(&b),
                     .identity = {.name = p->name,
                                  .email = p->email,
                                  .phone = ch_arena_printf(a, "07700 900%03zu", i % 1000),
                                  .postcode = t->postcode,
                                  .address = ch_arena_printf(a, "%zu %.*s\n%.*s", 1 + demo_below(&random, 180), CH_ARG(street), CH_ARG(t->name))}};
}
