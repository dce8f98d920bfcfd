#include "vacancies/employer_events.h"

#include "vacancies/employer_store.h"

const char *const employer_producers[] = {"identity", NULL};
const char *const employer_types[] = {"organisation.registered", "organisation.approved", "organisation.refused", NULL};

ch_err employer_apply(void *ctx, ch_arena *a, const ch_event *e)
{
    organisation_event p = {0};
    ch_event_payload(e, a, &organisation_event_table, &p);
    employer_row row = {.id = e->aggregate,
                        .version = e->version,
                        .code = p.code,
                        .name = p.name,
                        .sector = p.sector,
                        .kind = p.kind,
                        .place = p.place,
                        .region = p.region,
                        .state = p.state,
                        .created_at = p.created_at,
                        .decided_at = p.decided_at};
    return employer_keep(ctx, &row);
}
