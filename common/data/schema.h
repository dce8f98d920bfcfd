#ifndef CH_DATA_SCHEMA_H
#define CH_DATA_SCHEMA_H
#include "data/table.h"

/* A table as JSON Schema 2020-12 (OpenAPI 3.1's dialect). `input`: what may be sent, else what is answered. */
void ch_schema_write(ch_buf *b, const ch_table *t, bool input);
/* What such an object looks like, out of the rows' examples. */
void ch_schema_example(ch_buf *b, const ch_table *t, bool input);
/* One field's schema, for query parameters. */
void ch_schema_field(ch_buf *b, const ch_field *field, bool input);
#endif
