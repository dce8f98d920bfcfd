#ifndef DOCUMENTS_SNIFF_H
#define DOCUMENTS_SNIFF_H
/*
 * What a file is, by its bytes and not its name, while they stream by: PDF (as readers take it: %PDF- within the first 1024 bytes,
 * startxref and %%EOF within the last), DOCX (a zip that docx.h finds fine),
 * TXT (UTF-8 without NUL and controls). A PDF with a
 * password is refused as a Word document with one is: whoever it was sent to could not open it. /Encrypt stands in the open in every such file, also
 * where only printing is forbidden; telling that apart would take decrypting. Pure; a fixed amount of memory.
 */
#include "documents/docx.h"

enum { SNIFF_PDF_WITHIN = 1024 };
typedef enum sniff_type { SNIFF_UNKNOWN, SNIFF_PDF, SNIFF_DOCX, SNIFF_TXT } sniff_type;
typedef struct sniffer {
    unsigned char tail[SNIFF_PDF_WITHIN]; /* the last bytes so far: a name may lie across two pieces, and a PDF has its end there */
    size_t n_tail;
    ch_arena *arena;
    uint64_t total;
    bool pdf, encrypted, zip, text;
    docx *docx;                        /* of a zip */
    int utf8_left;                     /* continuation bytes still expected */
    unsigned char utf8_low, utf8_high; /* bounds of the next one */
} sniffer;

void sniff_begin(sniffer *s, ch_arena *a);
void sniff_bytes(sniffer *s, const void *p, size_t n);
/* SNIFF_UNKNOWN when it is none of them. */
sniff_type sniff_end(const sniffer *s);
/* A PDF without its end, as an upload or a download leaves it that broke off. */
bool sniff_is_cut(const sniffer *s);
/* False as soon as it can be none of them: no need to read on. */
bool sniff_possible(const sniffer *s);
const char *sniff_mime(sniff_type t);
/* ".pdf" of what sniff_mime says of a PDF. */
ch_str sniff_ending(ch_str mime);
#endif
