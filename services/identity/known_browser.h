#ifndef IDENTITY_KNOWN_BROWSER_H
#define IDENTITY_KNOWN_BROWSER_H
#include "http/app.h"

/*
 * Somebody who guesses at a password uses up the tries of all browsers that nobody has signed in from, and of no other: in a browser that the account
 * was signed in from before, its owner still gets in (device cookies, as OWASP describes them; ADR 16). The cookie opens nothing by itself and names
 * nobody.
 */

/* Before a password is looked at: ten tries in fifteen minutes for the account, 300 for the address. CH_LIMITED. */
ch_err known_browser_limit(ch_call *call, ch_str email);
/* It was no wrong password after all: a hospital that comes to work behind one address has not guessed 300 times. */
void known_browser_give_back(ch_call *call, ch_str email);
/* The password was right: from here on this browser's tries are counted by themselves. */
void known_browser_remember(ch_call *call, ch_str email);
#endif
