#ifndef VACANCIES_APPLICATION_H
#define VACANCIES_APPLICATION_H
/* The rules of an application: states, what it needs, and what the employer may see when. No I/O. */
#include "data/event.h"
#include "vacancies/application_fields.h"
#include "vacancies/vacancy_fields.h"

typedef enum application_act { APPLICATION_SUBMIT, APPLICATION_WITHDRAW, APPLICATION_SHORTLIST, APPLICATION_REJECT, APPLICATION_ACTS } application_act;
typedef struct application_move {
    const char *from;
    application_act act;
    unsigned who; /* role bits; CANDIDATE is its own person */
    const char *to;
    const ch_event_type *event;
} application_move;
extern const application_move application_moves[]; /* ended by a NULL from */
/* NULL: not from this state. */
const application_move *application_move_of(const application *app, application_act act);

/* A new draft with the profile's details and the vacancy's criteria. */
void application_begin(ch_arena *a, const vacancy *v, const profile *p, ch_str person, ch_time now, application *out);
/* Every fault that keeps it from being submitted. */
void application_check_submittable(const application *app, const vacancy *v, ch_time now, ch_faults *faults);
/* Makes the blind copies: the candidate's own name, e-mail, phone and postcode masked in all free text. */
void application_blind(ch_arena *a, application *app);
ch_str application_mask(ch_arena *a, ch_str text, const application_identity *identity);
bool application_identity_open(const application *app); /* shortlisted */
#endif
