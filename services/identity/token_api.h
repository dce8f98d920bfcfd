#ifndef IDENTITY_TOKEN_API_H
#define IDENTITY_TOKEN_API_H
#include "http/call.h"

ch_err token_grant(ch_call *call);
ch_err token_jwks(ch_call *call);
ch_err token_discovery(ch_call *call);
#endif
