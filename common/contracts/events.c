#include "contracts/events.h"

#define ROW(owner, member, kind) CH_ROW(owner, member, kind)

CH_TABLE(organisation_event_table, organisation_event, "An employer joined, or the department decided", ROW(organisation_event, name, CH_F_STR),
         ROW(organisation_event, code, CH_F_STR), ROW(organisation_event, sector, CH_F_STR), ROW(organisation_event, kind, CH_F_STR),
         ROW(organisation_event, place, CH_F_STR), ROW(organisation_event, region, CH_F_STR), ROW(organisation_event, state, CH_F_STR),
         ROW(organisation_event, reason, CH_F_TEXT), ROW(organisation_event, administrator, CH_F_STR), ROW(organisation_event, created_at, CH_F_TIME),
         ROW(organisation_event, decided_at, CH_F_TIME));
CH_TABLE(person_event_table, person_event, "Somebody has an account", ROW(person_event, sealed_name, CH_F_TEXT),
         ROW(person_event, sealed_email, CH_F_TEXT), ROW(person_event, language, CH_F_STR));
CH_TABLE(link_event_table, link_event, "A link on its way to one person", ROW(link_event, purpose, CH_F_STR), ROW(link_event, sealed, CH_F_TEXT),
         ROW(link_event, language, CH_F_STR));
CH_TABLE(vacancy_event_table, vacancy_event, "An advert as everybody may see it", ROW(vacancy_event, reference, CH_F_STR),
         ROW(vacancy_event, title, CH_F_STR), ROW(vacancy_event, employer_name, CH_F_STR), ROW(vacancy_event, state, CH_F_STR),
         ROW(vacancy_event, closes_at, CH_F_TIME));
CH_TABLE(application_event_table, application_event, "Where an application stands", ROW(application_event, reference, CH_F_STR),
         ROW(application_event, vacancy_title, CH_F_STR), ROW(application_event, employer_name, CH_F_STR), ROW(application_event, state, CH_F_STR),
         ROW(application_event, reason, CH_F_TEXT));
CH_TABLE(document_event_table, document_event, "A document was opened", ROW(document_event, organisation_name, CH_F_STR));

const ch_event_type organisation_registered = {"organisation.registered", &organisation_event_table};
const ch_event_type organisation_approved = {"organisation.approved", &organisation_event_table};
const ch_event_type organisation_refused = {"organisation.refused", &organisation_event_table};
const ch_event_type person_registered = {"person.registered", &person_event_table};
const ch_event_type person_renamed = {"person.renamed", &person_event_table};
const ch_event_type person_language_chosen = {"person.language_chosen", &person_event_table};
const ch_event_type link_requested = {"link.requested", &link_event_table};
const ch_event_type vacancy_published = {"vacancy.published", &vacancy_event_table};
const ch_event_type vacancy_changed = {"vacancy.changed", &vacancy_event_table};
const ch_event_type vacancy_closed = {"vacancy.closed", &vacancy_event_table};
const ch_event_type vacancy_withdrawn = {"vacancy.withdrawn", &vacancy_event_table};
const ch_event_type application_submitted = {"application.submitted", &application_event_table};
const ch_event_type application_withdrawn = {"application.withdrawn", &application_event_table};
const ch_event_type application_shortlisted = {"application.shortlisted", &application_event_table};
const ch_event_type application_rejected = {"application.rejected", &application_event_table};
const ch_event_type document_read = {"document.read", &document_event_table};

const ch_event_type *const ch_event_types[] = {&organisation_registered,
                                               &organisation_approved,
                                               &organisation_refused,
                                               &person_registered,
                                               &person_renamed,
                                               &person_language_chosen,
                                               &link_requested,
                                               &vacancy_published,
                                               &vacancy_changed,
                                               &vacancy_closed,
                                               &vacancy_withdrawn,
                                               &application_submitted,
                                               &application_withdrawn,
                                               &application_shortlisted,
                                               &application_rejected,
                                               &document_read,
                                               NULL};
