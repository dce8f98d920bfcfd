#ifndef IDENTITY_PERSON_STORE_H
#define IDENTITY_PERSON_STORE_H
#include "http/app.h"
#include "identity/person_fields.h"

extern const ch_collection person_collection;
/* With person.registered. CH_EXISTS: the id or the address is there. */
ch_err person_create(ch_app *app, ch_arena *a, person *p);
/* With person.renamed. */
ch_err person_rename(ch_app *app, ch_arena *a, person *p, ch_str name);
/* With person.language_chosen. */
ch_err person_choose_language(ch_app *app, ch_arena *a, person *p, ch_str language);
ch_err person_get(ch_app *app, ch_arena *a, ch_str id, person *out);
ch_err person_by_email(ch_app *app, ch_arena *a, ch_str email, person *out);
ch_err person_save(ch_app *app, person *p, uint64_t which);
/* Adds a membership to what is stored now, whoever else is changing the person; *p is as it is then. */
ch_err person_add(ch_app *app, ch_arena *a, ch_str organisation, ch_str name, ch_list roles, person *p);
/* Of one organisation. */
ch_err person_members(ch_app *app, ch_arena *a, ch_str organisation, ch_list *out);
ch_err person_member(ch_app *app, ch_arena *a, ch_str organisation, ch_str id, person *out);
#endif
