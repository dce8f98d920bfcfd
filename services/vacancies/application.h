#ifndef VACANCIES_APPLICATION_H
#define VACANCIES_APPLICATION_H
/* The rules of an application: states, what it needs, and what the employer may see when. No I/O. */
#include "data/event.h"
#include "vacancies/application_fields.h"
#include "vacancies/vacancy_fields.h"

typedef enum application_act {
    APPLICATION_SUBMIT,
    APPLICATION_WITHDRAW,
    APPLICATION_SHORTLIST,
    APPLICATION_REJECT,
    APPLICATION_ACTS
} application_act;
typedef struct application_move {
    const char *from;
    application_act act;
    unsigned who; /* role bits; CANDIDATE is its own person */
    const char *to;
    const ch_event_type *event;
    const char *message; /* what the one who did it reads */
} application_move;
extern const application_move application_moves[]; /* ended by a NULL from */
/* NULL: not from this state, or none of these roles may. */
const application_move *application_move_of(const application *app, application_act act, unsigned roles);
/* Into the move's next state: state, history, and the time that the state has of its own. */
void application_go(ch_arena *a, application *app, const application_move *move, ch_time now);
/* Every state and its time, oldest first; of an application from before histories were kept, what its times tell. */
ch_list application_moments(ch_arena *a, const application *app);
/* What the candidate reads: the reason's words, and what the employer adds. */
ch_str application_reason_text(ch_arena *a, const reject_form *form);

/* A new draft with the profile's details and the vacancy's criteria. */
void application_begin(ch_arena *a, const vacancy *v, const profile *p, ch_str person, ch_time now, application *out);
/* What a candidate fills in, in that order; all of it is there when it is submitted. The list ends with a NULL slug. */
typedef struct application_part {
    const char *slug, *title; /* of its page */
    bool (*done)(const application *app);
    const char *missing; /* what to say when it is not */
} application_part;
extern const application_part application_parts[];
/* All its parts are done. */
bool application_complete(const application *app);
/* Every fault that keeps it from being submitted. */
void application_check_submittable(const application *app, const vacancy *v, ch_time now, ch_faults *faults);
/* Makes the blind copies: the candidate's own name, e-mail, phone and postcode masked in all free text, as the application has them and as the
 * account does. */
void application_blind(ch_arena *a, application *app, const application_identity *account);
ch_str application_mask(ch_arena *a, ch_str text, const application_identity *identity);
bool application_identity_open(const application *app); /* shortlisted */
#endif
