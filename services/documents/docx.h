#ifndef DOCUMENTS_DOCX_H
#define DOCUMENTS_DOCX_H
/*
 * Whether a zip that streams by is a Word document without macros: by its central directory, and by [Content_Types].xml, which says what each part is
 * (ECMA-376 part 2). Keeps the file's end, where the directory is, and the beginnings of what may be that part: a fixed amount of memory.
 */
#include "base/arena.h"

typedef struct docx docx;
docx *docx_new(ch_arena *a);
void docx_bytes(docx *d, const void *p, size_t n);
/* At the end of the file. */
bool docx_is_fine(const docx *d);
#endif
