#ifndef VACANCIES_APPLICATION_STORE_H
#define VACANCIES_APPLICATION_STORE_H
#include "http/app.h"
#include "vacancies/application_fields.h"

extern const ch_collection application_collection, profile_collection;
/* CH_EXISTS: this person has one for this vacancy. */
ch_err application_create(ch_app *app, application *one);
/* By its person, whole. */
ch_err application_by_key(ch_app *app, ch_arena *a, ch_str person, ch_str key, application *out);
ch_err application_of_vacancy(ch_app *app, ch_arena *a, ch_str person, ch_str vacancy, application *out);
/* Newest first, without what was written in them. */
ch_err application_list_of_person(ch_app *app, ch_arena *a, ch_str person, ch_list *out);
/* By the organisation, drafts and withdrawn ones invisible. Until it is shortlisted nothing that tells who it is leaves
 * the store: the query itself leaves it out. */
ch_err application_for_employer(ch_app *app, ch_arena *a, ch_str organisation, ch_str key, application *out);
typedef struct application_listing {
    ch_str vacancy, state; /* state empty: all */
    int64_t limit, skip;
} application_listing;
/* Keys, states and times only, oldest first. */
ch_err application_list_of_vacancy(ch_app *app, ch_arena *a, ch_str organisation, const application_listing *listing, ch_list *out);
/* The key of the one after or before it in that list; empty at its end. */
ch_err application_beside(ch_app *app, ch_arena *a, const application *one, ch_str state, bool after, ch_str *key);
/* {_id: state, n} of one vacancy; {_id: vacancy, n, fresh: not decided yet} of some. */
ch_err application_count_of_vacancy(ch_app *app, ch_arena *a, ch_str organisation, ch_str vacancy, bool (*fn)(void *arg, const bson_t *doc),
                                    void *arg);
ch_err application_count_of_vacancies(ch_app *app, ch_arena *a, ch_str organisation, const ch_str *vacancies, size_t n,
                                      bool (*fn)(void *arg, const bson_t *doc), void *arg);
/* By the person: fields of a draft, or a move with its event. */
ch_err application_save(ch_app *app, application *one, uint64_t which, const ch_event_type *event);
/* By the organisation: state, reason and times only, with the event. */
ch_err application_decide(ch_app *app, application *one, const ch_event_type *event);
ch_err application_count_states(ch_app *app, bool (*fn)(void *arg, const bson_t *doc), void *arg);

/* An empty one (version 0) when there is none yet. */
ch_err profile_get(ch_app *app, ch_arena *a, ch_str person, profile *out);
ch_err profile_save(ch_app *app, profile *p);
#endif
