#ifndef CH_SEARCH_ALERT_H
#define CH_SEARCH_ALERT_H
/*
 * Saved searches: one vacancy in, the ids of all that it answers out. An alert matches exactly when the query, run with
 * `strict` over an index of this one vacancy, would find it (sort, limit, cursor and facets do not matter). One thread
 * at a time.
 */
#include "search/search.h"

typedef struct ch_alerts ch_alerts;

ch_alerts *ch_alerts_open(void);
void ch_alerts_close(ch_alerts *s);
/* Adds or replaces. CH_INVALID: id empty or over 255 bytes, or a query that says nothing can match; CH_TOO_LARGE: text,
 * or over 64 codes of one facet.
 */
ch_err ch_alerts_add(ch_alerts *s, ch_str id, const ch_search_query *q);
ch_err ch_alerts_remove(ch_alerts *s, ch_str id);             /* CH_NOT_FOUND */
ch_err ch_alerts_pause(ch_alerts *s, ch_str id, bool paused); /* CH_NOT_FOUND */
/* Ids (in the arena, in no order) of the alerts that this vacancy answers at `now`. Returns how many. */
size_t ch_alerts_match(ch_alerts *s, const ch_search_doc *doc, int64_t now, ch_arena *a, ch_str **out);

typedef struct ch_alert_info {
    uint64_t matched; /* since it was added */
    bool paused;
    bool dormant; /* of the last 10,000 vacancies matched since it was added, none answered it */
    bool noisy;   /* over 1 in 20 of at least 200 did */
} ch_alert_info;
ch_err ch_alerts_info(ch_alerts *s, ch_str id, ch_alert_info *out);

typedef struct ch_alerts_stats {
    uint64_t alerts, paused, filed, bytes, matched_docs;
    uint64_t last_candidates; /* looked at for the last vacancy */
} ch_alerts_stats;
void ch_alerts_get_stats(ch_alerts *s, ch_alerts_stats *out);
#endif
