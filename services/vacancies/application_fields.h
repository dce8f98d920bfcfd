#ifndef VACANCIES_APPLICATION_FIELDS_H
#define VACANCIES_APPLICATION_FIELDS_H
#include "data/table.h"

/* Who somebody is: a struct of its own under a key of its own, so that leaving it out leaves all of it out. */
typedef struct application_identity {
    ch_presence seen;
    ch_str name, email, phone, address, postcode;
} application_identity;
extern const ch_table application_identity_table;

/* A state and since when. */
typedef struct application_moment {
    ch_presence seen;
    ch_str state;
    ch_time at;
} application_moment;

typedef struct application_answer {
    ch_presence seen;
    ch_str question, answer, blind;
    bool essential;
} application_answer;

/* id = organisation/vacancy/person: one application of a person for a vacancy. key: opaque, in addresses and events.
 * state: draft, submitted, shortlisted, rejected, withdrawn. What ends in _blind (and answers' blind) is what the
 * employer reads before shortlisting. */
typedef struct application {
    ch_presence seen;
    ch_str id, key, organisation, vacancy, person, reference, vacancy_title, employer_name, state, statement, statement_blind, document,
        document_name, document_hash, reason;
    int64_t version;
    application_identity identity;
    CH_LIST_OF(application_answer) answers;
    CH_LIST_OF(application_moment) history; /* every state it came into, in order */
    ch_time created_at, submitted_at, decided_at;
} application;
extern const ch_table application_table;

/* A candidate's own contact details and statement, taken over into each application. id = the person's. */
typedef struct profile {
    ch_presence seen;
    ch_str id, statement;
    int64_t version;
    application_identity identity;
} profile;
extern const ch_table profile_table;

/* reason: a code of application_reasons; words: what the employer adds. */
typedef struct reject_form {
    ch_presence seen;
    ch_str reason, words;
} reject_form;
extern const ch_table reject_form_table;
extern const ch_code application_reasons[];
#endif
