#ifndef CH_CONTRACTS_EVENTS_H
#define CH_CONTRACTS_EVENTS_H
/*
 * The events: name and fields. This is all that services know of each other. No event says who a candidate is: names,
 * addresses and links on their way to a person are sealed to notifications.
 */
#include "data/event.h"

/* organisation.registered, .approved, .refused: aggregate = the organisation */
typedef struct organisation_event {
    ch_presence seen;
    ch_str name, code, sector, kind, place, region, state, reason, administrator;
    ch_time created_at, decided_at;
} organisation_event;
extern const ch_table organisation_event_table;

/* person.registered, .renamed, .language_chosen: aggregate = the person */
typedef struct person_event {
    ch_presence seen;
    ch_str sealed_name, sealed_email;
    ch_str language; /* to write to them in; empty: English */
} person_event;
extern const ch_table person_event_table;

/* link.requested: a link for one person's eyes; sealed = JSON {email, name, link, organisation} */
typedef struct link_event {
    ch_presence seen;
    ch_str purpose; /* confirm_candidate, confirm_organisation, reset, invitation, known, unknown */
    ch_str sealed;
    ch_str language; /* of whoever asked for it, or is invited; empty: English */
} link_event;
extern const ch_table link_event_table;

/* vacancy.published, .changed, .closed, .withdrawn: aggregate = the vacancy */
typedef struct vacancy_event {
    ch_presence seen;
    ch_str reference, title, employer_name, state;
    ch_time closes_at;
} vacancy_event;
extern const ch_table vacancy_event_table;

/* application.submitted, .withdrawn, .shortlisted, .rejected: aggregate = the application's opaque key; person = the candidate */
typedef struct application_event {
    ch_presence seen;
    ch_str reference, vacancy_title, employer_name, state, reason;
} application_event;
extern const ch_table application_event_table;

/* document.read: aggregate = the document; person = its owner */
typedef struct document_event {
    ch_presence seen;
    ch_str organisation_name;
} document_event;
extern const ch_table document_event_table;

extern const ch_event_type organisation_registered, organisation_approved, organisation_refused;
extern const ch_event_type person_registered, person_renamed, person_language_chosen, link_requested;
extern const ch_event_type vacancy_published, vacancy_changed, vacancy_closed, vacancy_withdrawn;
extern const ch_event_type application_submitted, application_withdrawn, application_shortlisted, application_rejected;
extern const ch_event_type document_read;
/* All of them, NULL-ended: tests and consumers look types up by name. */
extern const ch_event_type *const ch_event_types[];
#endif
