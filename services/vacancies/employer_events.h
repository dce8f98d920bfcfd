#ifndef VACANCIES_EMPLOYER_EVENTS_H
#define VACANCIES_EMPLOYER_EVENTS_H
#include "bus/bus.h"

/* identity's organisations into rows of our own. */
ch_err employer_apply(void *ctx, ch_arena *a, const ch_event *e);
extern const char *const employer_producers[], *const employer_types[];
#endif
