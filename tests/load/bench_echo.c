/*
 * The bench's peer: a bare libfcgi responder over the same epoll loop, and nothing else. It answers every request with the bytes of the
 * file named by ECHO_FILE (the ping's, or a recorded search answer). usage: bench_echo unix-socket threads
 */
#include <errno.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int epoll, listener;
static char *reply;
static int reply_length;

static void add(int fd)
{
    FCGX_Request *r = calloc(1, sizeof *r);
    if (!r) abort();
    FCGX_InitRequest(r, -1, 0);
    r->listen_sock = -1;
    r->ipcFd = fd;
    r->keepConnection = 1;
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = r};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

static void serve(FCGX_Request *r)
{
    char byte;
    if (recv(r->ipcFd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) close(r->ipcFd), r->ipcFd = -1;
    else if (FCGX_Accept_r(r) >= 0) {
        FCGX_PutStr(reply, reply_length, r->out);
        FCGX_Finish_r(r);
    }
    if (r->ipcFd < 0) {
        free(r);
        return;
    }
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = r};
    epoll_ctl(epoll, EPOLL_CTL_MOD, r->ipcFd, &e);
}

static void *worker(void *unused)
{
    struct epoll_event e;
    for (;;) {
        if (epoll_wait(epoll, &e, 1, -1) != 1) continue;
        if (e.data.ptr) {
            serve(e.data.ptr);
            continue;
        }
        for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;) add(fd);
    }
    return unused;
}

static void read_reply(void)
{
    const char *path = getenv("ECHO_FILE");
    FILE *f = path ? fopen(path, "rb") : NULL;
    reply = malloc(4 << 20);
    if (!reply) abort();
    reply_length = sprintf(reply, "Status: 200\r\nContent-Type: application/json\r\n\r\n");
    if (f) reply_length += (int)fread(reply + reply_length, 1, 3 << 20, f);
    else reply_length += sprintf(reply + reply_length, "{\"ok\":true}");
    if (f) fclose(f);
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (argc != 3) return 2;
    read_reply();
    snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
    unlink(argv[1]);
    FCGX_Init();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 511)) return 1;
    struct epoll_event e = {.events = EPOLLIN | EPOLLET};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e);
    pthread_t thread;
    for (int i = 1; i < atoi(argv[2]); i++)
        if (pthread_create(&thread, NULL, worker, NULL)) return 1;
    worker(NULL);
    return 0;
}
