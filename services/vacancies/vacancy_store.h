#ifndef VACANCIES_VACANCY_STORE_H
#define VACANCIES_VACANCY_STORE_H
#include "http/app.h"
#include "vacancies/vacancy_fields.h"

extern const ch_collection vacancy_collection;
/* Gives it its reference (drawn again when taken). CH_EXISTS: the id is there. */
ch_err vacancy_create(ch_app *app, ch_arena *a, vacancy *v, ch_str code, const ch_write *write);
/* Of one organisation, in any state. */
ch_err vacancy_get(ch_app *app, ch_arena *a, ch_str organisation, ch_str id, vacancy *out);
/* As everybody may see it: published once. */
ch_err vacancy_get_public(ch_app *app, ch_arena *a, ch_str id, vacancy *out);
ch_err vacancy_by_reference(ch_app *app, ch_arena *a, ch_str reference, vacancy *out);
/* Of one organisation, the latest change first, without descriptions and criteria. */
typedef struct vacancy_listing {
    ch_str state; /* as of `now`; empty: all */
    ch_time now;
    int64_t limit, skip;
    ch_time after_changed_at; /* with after_id: where the page before ended */
    ch_str after_id;
} vacancy_listing;
ch_err vacancy_list(ch_app *app, ch_arena *a, ch_str organisation, const vacancy_listing *listing, ch_list *out);
ch_err vacancy_save(ch_app *app, vacancy *v, uint64_t which, const ch_event_type *event, const ch_write *idempotency);
/* For the index: what changed at that moment or since, in order of change, at most `limit`; what is open at `now`, in any order, some of it twice
 * when it changes meanwhile. */
ch_err vacancy_each_changed(ch_app *app, ch_time since, int64_t limit, bool (*fn)(void *arg, const bson_t *doc), void *arg);
ch_err vacancy_each_public(ch_app *app, ch_time now, bool (*fn)(void *arg, const bson_t *doc), void *arg);
/* {_id: "published", n}, as of `now`: over all organisations, of one. */
ch_err vacancy_count_states_of(ch_app *app, ch_str organisation, ch_time now, bool (*fn)(void *arg, const bson_t *doc), void *arg);
ch_err vacancy_count_states(ch_app *app, ch_time now, bool (*fn)(void *arg, const bson_t *doc), void *arg);
ch_err vacancy_repeated(ch_app *app, ch_str organisation, ch_str id, ch_str key, ch_str hash);
void vacancy_read(ch_arena *a, const bson_t *doc, vacancy *out);
#endif
