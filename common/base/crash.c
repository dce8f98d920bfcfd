#include "base/crash.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void ch_crash_point(const char *name)
{
    const char *wanted = getenv("CRASH_AT");
    if (wanted && !strcmp(wanted, name)) kill(getpid(), SIGKILL);
}
