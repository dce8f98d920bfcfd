#ifndef DOCUMENTS_SNIFF_H
#define DOCUMENTS_SNIFF_H
/*
 * What a file is, by its bytes and not its name, while they stream by: PDF (%PDF- within the first 1024 bytes), DOCX (a zip that docx.h finds fine),
 * TXT (UTF-8 without NUL and controls). Pure; a fixed amount of memory.
 */
#include "documents/docx.h"

typedef enum sniff_type { SNIFF_UNKNOWN, SNIFF_PDF, SNIFF_DOCX, SNIFF_TXT } sniff_type;
typedef struct sniffer {
    unsigned char tail[64]; /* the last bytes of the piece before: a name may lie across two */
    size_t n_tail;
    ch_arena *arena;
    uint64_t total;
    bool pdf, zip, text;
    docx *docx;                        /* of a zip */
    int utf8_left;                     /* continuation bytes still expected */
    unsigned char utf8_low, utf8_high; /* bounds of the next one */
} sniffer;

void sniff_begin(sniffer *s, ch_arena *a);
void sniff_bytes(sniffer *s, const void *p, size_t n);
/* SNIFF_UNKNOWN when it is none of them. */
sniff_type sniff_end(const sniffer *s);
/* False as soon as it can be none of them: no need to read on. */
bool sniff_possible(const sniffer *s);
const char *sniff_mime(sniff_type t);
#endif
