#ifndef CH_CONTRACTS_NOTES_H
#define CH_CONTRACTS_NOTES_H
/*
 * What services hand each other through the browser, signed with the shared cookie key (auth/sign.h): short-lived, so that no
 * service has to ask another while somebody waits.
 */
#include "data/table.h"

/* documents → vacancies after an upload: "receipt=" on the way back. Purpose CH_NOTE_RECEIPT, ten minutes. */
#define CH_NOTE_RECEIPT "receipt"
typedef struct receipt_note {
    ch_presence seen;
    ch_str document, name, hash, person;
} receipt_note;
extern const ch_table receipt_note_table;

/* vacancies → documents: this reader may open this document. Purpose CH_NOTE_CAPABILITY, sixty seconds. */
#define CH_NOTE_CAPABILITY "open-document"
typedef struct capability_note {
    ch_presence seen;
    ch_str document, organisation, organisation_name, reader;
} capability_note;
extern const ch_table capability_note_table;
#endif
