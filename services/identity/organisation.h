#ifndef IDENTITY_ORGANISATION_H
#define IDENTITY_ORGANISATION_H
/* The rules of an organisation's life: pending → approved | refused, decided once by the department. */
#include "contracts/events.h"
#include "identity/organisation_fields.h"

typedef enum organisation_act { ORGANISATION_APPROVE, ORGANISATION_REFUSE } organisation_act;
/* CH_CONFLICT when it was decided before; changes state, reason and decided_at. */
ch_err organisation_decide(organisation *o, organisation_act act, ch_str reason, ch_time now);
/* The same person asking for the same organisation again means the same one; n counts those that cannot be meant any more. */
ch_str organisation_founding_id(ch_arena *a, const organisation *o, int n);
/* What its events say of it. */
organisation_event organisation_told(const organisation *o);
/* The sector that a kind belongs to, or "". */
const char *organisation_sector_of_kind(ch_str kind);
/* A word of the name is what mail programs make a link of: letters on both sides of a full stop, those behind it all small or all capital
 * ("bad.example", "WWW.BAD"; not "St.Mary's", "No. 7", "U.K."). */
bool organisation_names_host(ch_str name);
#endif
