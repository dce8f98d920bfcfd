#ifndef CH_CONTRACTS_REFERENCE_H
#define CH_CONTRACTS_REFERENCE_H
/* Reference data of a sector: codes and what people call them. A sector is configuration; a code is never an enum. */
#include "data/table.h"

typedef struct ch_sector {
    const char *code, *name;
    const ch_code *kinds, *staff_groups, *pay_bands; /* each ended by a NULL code */
} ch_sector;
extern const ch_sector ch_sectors[]; /* ended by a NULL code */
extern const ch_code ch_contract_types[], ch_working_patterns[], ch_regions[], ch_salary_periods[];

const ch_sector *ch_sector_of(ch_str code);
bool ch_code_known(const ch_code *list, ch_str code);
/* Its name, or the code itself when it is not known any more. */
ch_str ch_code_name(const ch_code *list, ch_str code);
/* Over all sectors: adverts are shown together. */
ch_str ch_staff_group_name(ch_str code);
ch_str ch_pay_band_name(ch_str code);
ch_str ch_kind_name(ch_str code);
#endif
