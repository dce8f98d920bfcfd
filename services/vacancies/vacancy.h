#ifndef VACANCIES_VACANCY_H
#define VACANCIES_VACANCY_H
/* The rules of an advert: what it needs, who may move it where, what may change after publication. No I/O. */
#include "data/event.h"
#include "search/search.h"
#include "vacancies/vacancy_fields.h"

typedef enum vacancy_act { VACANCY_PUBLISH, VACANCY_CLOSE, VACANCY_WITHDRAW, VACANCY_ACTS } vacancy_act;
typedef struct vacancy_move {
    const char *from;
    vacancy_act act;
    unsigned who;
    const char *to;
    const ch_event_type *event;
    const char *message; /* what the one who did it reads */
} vacancy_move;
extern const vacancy_move vacancy_moves[]; /* ended by a NULL from */

/* NULL: not from this state, or none of these roles may. */
const vacancy_move *vacancy_move_of(const vacancy *v, vacancy_act act, unsigned roles, ch_time now);
/* Its state at this moment: what is published closes at its minute. */
ch_str vacancy_state_at(const vacancy *v, ch_time now);
/* Every fault that keeps it from being published. */
void vacancy_check_publishable(const vacancy *v, ch_time now, ch_faults *faults);
/* Codes against its sector, bounds across fields; of the fields in `which`. */
void vacancy_check(const vacancy *v, uint64_t which, ch_faults *faults);
/* What may still change after publication. */
uint64_t vacancy_editable(const vacancy *v, ch_time now);
/* Notes an edit of the fields `which` from what `before` holds; which of them differ is what it notes and returns (0:
 * nothing, and no note). The oldest of more than fifty go, and the oldest texts beyond a quarter of a megabyte. */
uint64_t vacancy_note_change(ch_arena *a, vacancy *v, const vacancy *before, ch_str person, ch_str name, uint64_t which, ch_time now);
/* Copies what a new advert takes over from an old one: everything but its identity and dates. */
void vacancy_copy(const vacancy *from, vacancy *to);
/* The fields of `which` from one into another. */
void vacancy_take(vacancy *to, const vacancy *from, uint64_t which);
/* What is done with everything that comes in: no text that turns its surroundings round; latitude and longitude from
 * postcodes and names, where they can be found. */
void vacancy_tidy(ch_arena *a, vacancy *v);
/* A place of work that could not be found on the map; NULL: all were. */
const vacancy_location *vacancy_location_unknown(const vacancy *v);
/* "£28,407 to £34,581 a year", "£12.60 an hour", "" */
ch_str vacancy_salary_text(ch_arena *a, const vacancy *v, const ch_catalogue *words);
/* "1,234" */
ch_str vacancy_number_text(ch_arena *a, int64_t n);
/* "Leeds; Bradford, or from home" */
ch_str vacancy_places_text(ch_arena *a, const vacancy *v, const ch_catalogue *words);
/* What the index takes; strings are the vacancy's or the arena's. */
void vacancy_search_doc(ch_arena *a, const vacancy *v, ch_search_doc *out);
#endif
