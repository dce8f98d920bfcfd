#ifndef IDENTITY_LINK_H
#define IDENTITY_LINK_H
#include "identity/link_fields.h"

/* How long a link of that purpose works, in milliseconds. */
ch_time link_lifetime(const char *purpose);
/* CH_OK; CH_CONFLICT: used before; CH_NOT_FOUND: expired, cancelled, or for something else. */
ch_err link_usable(const link_row *l, const char *purpose, ch_time now);
/* Neither used nor cancelled; its time may be over. */
bool link_is_open(const link_row *l);
/* What stands in the mail is the link's id and its secret. False: this is no such text. */
bool link_token_parts(ch_str token, ch_str *id, ch_str *secret);
/* Whether the link proves that whoever opens it reads the address's mail; the others lead to pages that everybody knows. */
bool link_is_secret(const char *purpose);
/* The page that the link opens. */
const char *link_path(const char *purpose);
#endif
