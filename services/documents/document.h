#ifndef DOCUMENTS_DOCUMENT_H
#define DOCUMENTS_DOCUMENT_H
#include "documents/document_fields.h"

/* An upload ends sooner than a file without a row is taken for what a crash left. */
#define DOCUMENT_UPLOAD_MOST (CH_HOUR / 2)
#define DOCUMENT_ORPHAN_AGE  CH_HOUR
/* The name as it may stand on a page and in a header: no path, no controls, at most 150 characters. */
ch_str document_clean_name(ch_arena *a, ch_str name);
/* "1.4 MB" */
ch_str document_size_text(ch_arena *a, int64_t bytes);
/* attachment; filename*=UTF-8''… (RFC 6266), with the ending of what it was found to be: by its name a text may be a program. */
ch_str document_disposition(ch_arena *a, ch_str name, ch_str mime);
#endif
