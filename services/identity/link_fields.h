#ifndef IDENTITY_LINK_FIELDS_H
#define IDENTITY_LINK_FIELDS_H
#include "data/table.h"

/* A link on its way by mail; digest: of the secret in it. Holds what is to happen when its button is pressed. Sent again it has a new secret, and
 * created_at is when that was. */
typedef struct link_row {
    ch_presence seen;
    ch_str id, digest, purpose, person, email, name, password_hash, next;
    ch_str browser;                                              /* digest of the form cookie of the one that asked for it */
    ch_str language;                                             /* of the mail, and of the account that comes of it; empty: English */
    ch_str organisation, organisation_name, kind, place, region; /* organisation: id, for an invitation */
    ch_list roles;
    int64_t version;
    ch_time created_at, expires_at, used_at, cancelled_at;
} link_row;
extern const ch_table link_row_table;
#endif
