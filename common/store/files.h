#ifndef CH_STORE_FILES_H
#define CH_STORE_FILES_H
/* Files in GridFS, streamed in chunks of 255 KiB: memory does not grow with the file. */
#include "store/store.h"

typedef struct ch_file ch_file;
/* Ends by ch_file_commit or ch_file_abort; aborting leaves nothing behind. NULL when the store is away or the id is taken. */
ch_file *ch_file_create(ch_store *s, ch_str id, ch_str name);
ch_err ch_file_write(ch_file *f, const void *p, size_t n);
ch_err ch_file_commit(ch_file *f);
void ch_file_abort(ch_file *f);

ch_file *ch_file_open(ch_store *s, ch_str id);
/* Bytes read, 0 at the end, -1 on a fault. */
int64_t ch_file_read(ch_file *f, void *p, size_t n);
void ch_file_close(ch_file *f);
/* Also of what an upload left that broke off. CH_NOT_FOUND: there is nothing of that id. */
ch_err ch_file_delete(ch_store *s, ch_str id);
/* The ids (ch_str) between these two in their order, at most `most`, with those whose upload broke off. */
ch_err ch_file_ids(ch_store *s, ch_str after, ch_str before, int64_t most, ch_arena *a, ch_list *out);
#endif
