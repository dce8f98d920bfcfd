#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H
/*
 * Demonstration data: generated, the same each time, plausible for the whole United Kingdom. The rooms:
 *
 *   towns.c       where: towns by how many people live there, and their neighbours
 *   employers.c   who recruits: names that are used once, sizes, sites
 *   jobs_*.c      the kinds of job of each sector; work.c: what one does in them and needs for them
 *   advert.c      one vacancy: a kind of job at an employer, with its text
 *   people.c      candidates, staff, the accounts file; cv.c: a one-page PDF
 *   apply.c       applications in every state
 *   pick.c        one, or some, of "a|b|c"
 *   sink.c        writing in bulk, the log of events, the progress bar
 *   main.c        in which order
 */
#include "identity/organisation_fields.h"
#include "identity/person_fields.h"
#include "store/store.h"
#include "vacancies/application_fields.h"
#include "vacancies/vacancy_fields.h"

/* ---- chance, the same each time */

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t demo_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}
static inline size_t demo_below(uint64_t *state, size_t n) { return n ? demo_next(state) % n : 0; }
static inline bool demo_chance(uint64_t *state, size_t percent) { return demo_below(state, 100) < percent; }
/* One of "a|b|c". */
ch_str demo_pick(uint64_t *state, const char *choices);
/* `want` different ones of "a|b|c", in their order; fewer when there are not so many. */
size_t demo_pick_some(uint64_t *state, const char *choices, size_t want, ch_str *out);

/* ---- where */

typedef struct demo_town {
    ch_str name, postcode, region; /* region: a code of the reference data */
    double lat, lon;
    int64_t people;
} demo_town;
typedef enum demo_nation { DEMO_ENGLAND, DEMO_WALES, DEMO_SCOTLAND, DEMO_NORTHERN_IRELAND } demo_nation;

void demo_load_towns(ch_arena *a);
const demo_town *demo_town_named(const char *name);
/* By how many live there, of one nation, of those with at least so many. */
const demo_town *demo_any_town(uint64_t *random, demo_nation nation, int64_t least);
/* The n nearest others, nearest first. */
void demo_towns_near(const demo_town *t, size_t n, const demo_town **out);
demo_nation demo_nation_of(const demo_town *t);

/* ---- kinds of job */

enum {
    DEMO_SHIFTS = 1, /* nights and weekends */
    DEMO_HOME = 2,   /* may be done from home */
    DEMO_VETTED = 4, /* with children or adults at risk */
    DEMO_DRIVES = 8,
    DEMO_HOURLY = 16,  /* often bank or casual, paid by the hour */
    DEMO_TRAINING = 32 /* apprenticeships */
};
/* What one does in a family of jobs, and needs for it; each a list "a|b|c". */
typedef struct demo_work {
    const char *duties, *needs, *wishes, *day;
} demo_work;
typedef struct demo_job {
    const char *title, *welsh, *staff_group;
    const char *bands; /* "band_5|band_6": the second is senior, the third leads */
    const demo_work *work;
    const char *teams; /* "Acute medicine|Theatres" */
    unsigned flags;
    const char *about;
} demo_job;
typedef struct demo_pay {
    const char *band;
    int min, max; /* pounds a year */
} demo_pay;
typedef struct demo_sector {
    const char *code;
    const demo_job *jobs; /* ended by a NULL title; the first are the most frequent */
    const demo_pay *pay;  /* ended by a NULL band */
    const char *about, *offers;
} demo_sector;
extern const demo_sector demo_health, demo_councils, demo_housing, demo_schools;
extern const demo_work demo_nursing, demo_medicine, demo_therapy, demo_laboratory, demo_office, demo_estates, demo_care, demo_planning, demo_streets,
    demo_public, demo_money, demo_digital, demo_homes, demo_repairs, demo_teaching, demo_classroom, demo_leading;

/* ---- employers */

enum { DEMO_SITES = 4 };
typedef struct demo_employer {
    organisation row;
    const demo_town *town, *near[DEMO_SITES];
    const demo_sector *sector;
    demo_nation nation;
    size_t weight; /* how many vacancies it has, compared with others */
} demo_employer;
void demo_make_employers(ch_arena *a, ch_time now, size_t n, demo_employer *out);

/* ---- vacancies, applications, people */

/* The number'th vacancy of all, published and open; strings in the arena. */
void demo_make_vacancy(ch_arena *a, ch_time now, size_t number, const demo_employer *e, vacancy *out);

person demo_candidate(ch_arena *a, ch_time now, ch_str password_hash, size_t i);
profile demo_profile(ch_arena *a, const person *p, size_t i);
/* A submitted application, or one further on; `events` in the order in which they would have happened. */
typedef struct demo_step {
    const ch_event_type *type;
    ch_time at;
} demo_step;
enum { DEMO_STEPS = 4 };
size_t demo_make_application(ch_arena *a, uint64_t *random, ch_time now, const vacancy *v, const profile *p, application *out,
                             demo_step steps[DEMO_STEPS]);
/* A one-page CV as PDF. */
ch_str demo_cv(ch_arena *a, const profile *p, size_t i);

/* ---- writing */

typedef struct demo_sink demo_sink;
/* Rows of one collection; what is there already stays. Ends the program, with a word, when the store refuses. */
demo_sink *demo_sink_rows(ch_store *s, const ch_collection *c);
/* Events of one producer's log. */
demo_sink *demo_sink_events(ch_store *log, const char *producer);
void demo_put(demo_sink *s, const void *row);
void demo_tell(demo_sink *s, const ch_outgoing *event, int64_t version, ch_time at);
void demo_flush(demo_sink *s);
/* The progress bar: how many documents there will be; a line on a terminal that moves, elsewhere a line a quarter. */
void demo_expect(size_t documents);
void demo_progress_end(void);
_Noreturn void demo_die(const char *why);
#endif
