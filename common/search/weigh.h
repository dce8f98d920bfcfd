#ifndef CH_SEARCH_WEIGH_H
#define CH_SEARCH_WEIGH_H
/* The room's own: a document's text as tokens and as weighted terms. */
#include "search/analyse.h"
#include "search/index.h"

/* Analysed without the index, by any thread. */
typedef struct analysed {
    ch_terms fields[FIELDS], extra[FIELDS]; /* extra: what synonyms add */
} analysed;
void weigh_analyse(ch_arena *a, const ch_search_doc *in, analysed *out);

typedef struct weighted {
    uint32_t term;
    uint8_t impact;
} weighted;

/* The writer's scratch memory. */
typedef struct weigher weigher;
weigher *weigher_new(void);
void weigher_free(weigher *w);
/* Tokens (LEB128) and each term once, with its impact; both stay until the next call. *title_tokens: how many tokens the title has. */
ch_str weigh(weigher *w, ch_search_index *x, const analysed *in, const weighted **terms, size_t *n_terms, uint32_t *title_tokens);
/* The terms of tokens, each once. */
size_t weigh_distinct(weigher *w, ch_str tokens, const uint32_t **terms);
#endif
