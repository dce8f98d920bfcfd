#ifndef CH_BASE_CRASH_H
#define CH_BASE_CRASH_H
/* A place where tests end the process as kill -9 would: only when CRASH_AT names it. Nothing else looks at the variable. */
void ch_crash_point(const char *name);
#endif
