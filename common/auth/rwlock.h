#ifndef CH_AUTH_RWLOCK_H
#define CH_AUTH_RWLOCK_H
#include <pthread.h>

/* A read-write lock whose writers get in: with glibc's default, readers that never cease keep them out for ever. */
static inline void ch_rwlock_init(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t kind;
    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(lock, &kind);
    pthread_rwlockattr_destroy(&kind);
}
#endif
