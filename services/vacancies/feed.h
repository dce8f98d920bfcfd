#ifndef VACANCIES_FEED_H
#define VACANCIES_FEED_H
#include "data/table.h"
#include "http/call.h"

/* The NHS Jobs feed's parameters, as its consumers send them. */
typedef struct feed_query {
    ch_presence seen;
    ch_str keyword, location, staffGroup, payBand, contractType, employerCode, externalOnly, sort;
    int64_t distance, salaryFrom, limit, page;
} feed_query;
extern const ch_table feed_query_table;

ch_err feed_search_xml(ch_call *call);
ch_err feed_atom(ch_call *call);
ch_err feed_sitemap(ch_call *call);
ch_err feed_robots(ch_call *call);
#endif
