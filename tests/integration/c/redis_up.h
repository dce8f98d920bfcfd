#ifndef INTEGRATION_REDIS_UP_H
#define INTEGRATION_REDIS_UP_H
/* Waits until a Redis that was just started listens. Its socket's file is there a moment before, when nobody answers yet. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../unit/unit.h"

static inline bool redis_listens(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool listens = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return listens;
}

static inline void wait_for_redis(const char *path)
{
    for (int i = 0; i < 500; i++) {
        if (redis_listens(path)) return;
        poll(NULL, 0, 10);
    }
    ck_abort_msg("redis-server did not start");
}
#endif
