#ifndef IDENTITY_CLIENT_FIELDS_H
#define IDENTITY_CLIENT_FIELDS_H
#include "data/table.h"

/* A partner system of one organisation. Only a digest of its secret is kept (256 random bits need no slow hash). */
typedef struct client_row {
    ch_presence seen;
    ch_str id, organisation, organisation_name, name, secret_digest, created_by;
    int64_t version;
    ch_time created_at, revoked_at;
} client_row;
extern const ch_table client_row_table;

typedef struct client_form {
    ch_presence seen;
    ch_str client_name;
} client_form;
extern const ch_table client_form_table;

typedef struct grant_form {
    ch_presence seen;
    ch_str grant_type, client_id, client_secret, scope;
} grant_form;
typedef struct grant_answer {
    ch_presence seen;
    ch_str access_token, token_type;
    int64_t expires_in;
} grant_answer;
extern const ch_table grant_form_table, grant_answer_table;
#endif
