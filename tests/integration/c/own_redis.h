#ifndef INTEGRATION_OWN_REDIS_H
#define INTEGRATION_OWN_REDIS_H
/* A Redis of the test's own, under the access list that scripts/lib/stack.sh writes: it can be flushed, and shows who may what. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../unit/unit.h"
#include "base/id.h"
#include "redis/redis.h"
#include "redis_up.h"

typedef struct own_redis {
    char dir[64], path[96];
    pid_t pid;
} own_redis;

/* The function as the stack has it, with a folder and passwords of the test's own. */
static inline void own_redis_access_list(const own_redis *o)
{
    char command[1024];
    snprintf(command, sizeof command,
             "set -eu; export VAR=%s SERVICES='identity vacancies documents notifications'; mkdir -p $VAR/keys; "
             "for n in admin $SERVICES; do printf %%s $n-word >$VAR/keys/redis-$n; done; "
             "eval \"$(sed -n '/^write_acl()/,/^}/p' " CH_SOURCE_DIR "/scripts/lib/stack.sh)\"; write_acl",
             o->dir);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("bash", "bash", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    ck_assert_int_eq(status, 0);
}

static inline own_redis own_redis_start(void)
{
    own_redis o = {.dir = "/tmp/commonhire-auth-XXXXXX"};
    char acl[96];
    ck_assert_ptr_nonnull(mkdtemp(o.dir));
    snprintf(o.path, sizeof o.path, "%s/redis.sock", o.dir);
    snprintf(acl, sizeof acl, "%s/keys/redis.acl", o.dir);
    own_redis_access_list(&o);
    if ((o.pid = fork()) == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails never comes to its teardown */
        if (!freopen("/dev/null", "w", stdout)) _exit(126);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", o.path, "--dir", o.dir, "--save", "", "--aclfile", acl, (char *)NULL);
        _exit(127);
    }
    wait_for_redis(o.path);
    return o;
}

static inline void own_redis_stop(own_redis *o)
{
    char command[128];
    kill(o->pid, SIGKILL);
    waitpid(o->pid, NULL, 0);
    snprintf(command, sizeof command, "rm -rf %s", o->dir);
    ck_assert_int_eq(system(command), 0);
}

static inline ch_redis *own_redis_as(const own_redis *o, const char *user)
{
    char password[64];
    snprintf(password, sizeof password, "%s-word", user);
    return ch_redis_open(&(ch_redis_config){ch_str_of(o->path), ch_str_of(user), ch_str_of(password), 5000});
}
#endif
