#ifndef CH_SEARCH_FILE_H
#define CH_SEARCH_FILE_H
#include <stdbool.h>

/* Gives a bent index file a right size and check sum again, so that a fuzzer gets past them. */
bool search_file_seal(const char *path);
#endif
