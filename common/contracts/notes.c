#include "contracts/notes.h"

CH_TABLE(receipt_note_table, receipt_note, "An upload has arrived", CH_ROW(receipt_note, document, CH_F_STR),
         CH_ROW(receipt_note, name, CH_F_STR, .max = 255), CH_ROW(receipt_note, hash, CH_F_STR), CH_ROW(receipt_note, person, CH_F_STR));
CH_TABLE(capability_note_table, capability_note, "This reader may open this document", CH_ROW(capability_note, document, CH_F_STR),
         CH_ROW(capability_note, organisation, CH_F_STR), CH_ROW(capability_note, organisation_name, CH_F_STR),
         CH_ROW(capability_note, reader, CH_F_STR));
