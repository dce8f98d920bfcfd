#ifndef IDENTITY_LINK_H
#define IDENTITY_LINK_H
#include "identity/link_fields.h"

/* How long a link of that purpose works, in milliseconds. */
ch_time link_lifetime(const char *purpose);
/* CH_OK; CH_CONFLICT: used before; CH_NOT_FOUND: expired, or for something else. */
ch_err link_usable(const link_row *l, const char *purpose, ch_time now);
/* Whether the link proves that whoever opens it reads the address's mail; the others lead to pages that everybody knows. */
bool link_is_secret(const char *purpose);
/* The page that the link opens. */
const char *link_path(const char *purpose);
#endif
