/*
 * The request loop over libfcgi. libfcgi alone serves one connection per thread for as long as that connection lives, so that kept
 * connections of nginx starve all others; here the sockets are ours: one epoll set, each connection registered one-shot, and a
 * worker that gets a readable connection serves exactly one request from it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcgiapp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "http/exchange.h"

enum { BACKLOG = 511, ARENA_BLOCK = 32 << 10, SPARE_ARENAS = 64, READ_TIMEOUT_S = 15, WRITE_TIMEOUT_S = 30 };

typedef struct conn {
    FCGX_Request request;
    ch_arena *arena;
    ch_exchange *x;
    struct conn *next; /* waiting for the store, or spare */
    atomic_int armed;  /* the kernel hands a connection from thread to thread; this says so to the compiler (and to TSan) */
} conn;

/*
 * Requests that need the document store may hold all threads but one; more of them wait here, and a thread that has finished
 * one takes the next. So search and ping go on when the store hangs. Beyond CH_WAITING_MAX nobody waits: each holds memory.
 */
typedef struct gate {
    pthread_mutex_t lock;
    int free;
    size_t n;
    conn *first, *last;
} gate;
typedef enum place { PLACE_IN, PLACE_WAITING, PLACE_NONE } place;

typedef struct server {
    ch_app *app;
    int epoll, listener, stop_event;
    gate gate;
    atomic_int connections;
    atomic_bool starved; /* of descriptors: somebody waits to be accepted */
    struct stat socket_file;
    pthread_mutex_t arenas_lock;
    ch_arena *arenas[SPARE_ARENAS];
    size_t n_arenas;
} server;

/* ---- listening */

/* A name beside it, then rename: a successor takes the address over without a moment in which nobody listens. */
static int listen_unix(server *s, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    char temporary[sizeof address.sun_path];
    if (fd < 0 || snprintf(temporary, sizeof temporary, "%s.%d", path, (int)getpid()) >= (int)sizeof temporary) return -1;
    memcpy(address.sun_path, temporary, sizeof temporary);
    unlink(temporary);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || chmod(temporary, 0660) || listen(fd, BACKLOG) || stat(temporary, &s->socket_file) ||
        rename(temporary, path)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int listen_tcp(const char *host, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (!bind(fd, (struct sockaddr *)&address, sizeof address) && !listen(fd, BACKLOG)) return fd;
    close(fd);
    return -1;
}

/* "unix:/path" or "127.0.0.1:9000" */
static int listen_at(server *s, ch_str where)
{
    char host[64];
    int64_t port;
    if (ch_str_starts(where, CH_STR("unix:"))) return listen_unix(s, where.p + 5);
    ptrdiff_t colon = ch_str_index(where, ':');
    if (colon <= 0 || colon >= (ptrdiff_t)sizeof host || !ch_str_int(ch_str_cut(where, (size_t)colon + 1), &port) || port < 1 || port > 65535)
        return -1;
    snprintf(host, sizeof host, "%.*s", (int)colon, where.p);
    return listen_tcp(host, (int)port);
}

/* ---- connections */

static void watch(server *s, conn *c, int op)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = c};
    int fd = c->request.ipcFd;
    atomic_store_explicit(&c->armed, 1, memory_order_release);
    epoll_ctl(s->epoll, op, fd, &e);
}

static void add_connection(server *s, int fd)
{
    struct timeval read_limit = {.tv_sec = READ_TIMEOUT_S}, write_limit = {.tv_sec = WRITE_TIMEOUT_S};
    conn *c = calloc(1, sizeof *c);
    if (!c) abort();
    /* libfcgi must neither accept by itself nor take the first FCGX_Accept_r for the end of an earlier request. */
    FCGX_InitRequest(&c->request, -1, 0);
    c->request.listen_sock = -1;
    c->request.ipcFd = fd;
    c->request.keepConnection = 1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &read_limit, sizeof read_limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &write_limit, sizeof write_limit);
    atomic_fetch_add(&s->connections, 1);
    watch(s, c, EPOLL_CTL_ADD);
}

static void accept_all(server *s)
{
    for (;;) {
        int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        if (fd < 0 && (errno == EMFILE || errno == ENFILE)) atomic_store(&s->starved, true);
        if (fd < 0) return;
        add_connection(s, fd);
    }
}

static void forget(server *s, conn *c)
{
    if (c->request.ipcFd >= 0) close(c->request.ipcFd);
    free(c);
    atomic_fetch_sub(&s->connections, 1);
    /* The listener is edge-triggered: without this, who came when no descriptor was left would wait for the next to come. */
    if (atomic_exchange(&s->starved, false)) accept_all(s);
}

static ch_arena *take_arena(server *s)
{
    pthread_mutex_lock(&s->arenas_lock);
    ch_arena *a = s->n_arenas ? s->arenas[--s->n_arenas] : NULL;
    pthread_mutex_unlock(&s->arenas_lock);
    return a ? a : ch_arena_new(ARENA_BLOCK);
}

static void give_arena(server *s, ch_arena *a)
{
    ch_arena_reset(a);
    pthread_mutex_lock(&s->arenas_lock);
    bool keep = s->n_arenas < SPARE_ARENAS;
    if (keep) s->arenas[s->n_arenas++] = a;
    pthread_mutex_unlock(&s->arenas_lock);
    if (!keep) ch_arena_free(a);
}

/* ---- the wire */

static const char *wire_param(void *p, const char *name) { return FCGX_GetParam(name, ((conn *)p)->request.envp); }

static int64_t wire_read(void *p, void *to, size_t n) { return FCGX_GetStr(to, (int)(n > 1 << 20 ? 1 << 20 : n), ((conn *)p)->request.in); }

static bool wire_write(void *p, const void *from, size_t n) { return FCGX_PutStr(from, (int)n, ((conn *)p)->request.out) == (int)n; }

/* ---- one request */

static bool closed_by_peer(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* False: the connection is over, and freed. */
static bool begin(server *s, conn *c)
{
    if (closed_by_peer(c->request.ipcFd) || FCGX_Accept_r(&c->request) < 0) {
        forget(s, c);
        return false;
    }
    c->arena = take_arena(s);
    c->x = ch_exchange_new(s->app, c->arena, &(ch_wire){c, wire_param, wire_read, wire_write});
    return true;
}

static void finish(server *s, conn *c)
{
    /* A body that nobody read would be taken for the next request. */
    if (c->x->body_read < c->x->body_length) c->request.keepConnection = 0;
    FCGX_Finish_r(&c->request);
    give_arena(s, c->arena);
    c->arena = NULL;
    if (c->request.ipcFd < 0) {
        forget(s, c);
    } else watch(s, c, EPOLL_CTL_MOD);
}

static place gate_enter(gate *g, conn *c)
{
    pthread_mutex_lock(&g->lock);
    place got = g->free > 0 ? PLACE_IN : g->n < CH_WAITING_MAX ? PLACE_WAITING : PLACE_NONE;
    if (got == PLACE_IN) g->free--;
    if (got == PLACE_WAITING) {
        c->next = NULL;
        if (g->last) g->last->next = c;
        else g->first = c;
        g->last = c;
        g->n++;
    }
    pthread_mutex_unlock(&g->lock);
    return got;
}

/* Gives the place up, or on to the next that waits. */
static conn *gate_leave(gate *g)
{
    pthread_mutex_lock(&g->lock);
    conn *next = g->first;
    if (next) {
        g->first = next->next;
        if (!g->first) g->last = NULL;
        g->n--;
    } else g->free++;
    pthread_mutex_unlock(&g->lock);
    return next;
}

static void serve_connection(server *s, conn *c)
{
    atomic_load_explicit(&c->armed, memory_order_acquire);
    if (!begin(s, c)) return;
    bool gated = ch_exchange_needs_store(c->x);
    place got = gated ? gate_enter(&s->gate, c) : PLACE_IN;
    if (got == PLACE_WAITING) return;
    if (got == PLACE_NONE) {
        ch_exchange_refuse(c->x, CH_UNAVAILABLE);
        finish(s, c);
        return;
    }
    for (; c; c = gated ? gate_leave(&s->gate) : NULL) {
        ch_exchange_run(c->x);
        finish(s, c);
    }
}

static void *worker(void *p)
{
    server *s = p;
    for (;;) {
        struct epoll_event e;
        int n = epoll_wait(s->epoll, &e, 1, -1);
        if (n < 0 && errno != EINTR) break;
        if (n <= 0) continue;
        if (e.data.ptr == &s->stop_event) break; /* level-triggered: every worker sees it */
        if (e.data.ptr == &s->listener) accept_all(s);
        else serve_connection(s, e.data.ptr);
    }
    return NULL;
}

/* ---- start and end */

static void add_event(server *s, int fd, void *tag, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = tag};
    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

/* Takes the address away unless a successor has it already, so that no new connection can be lost in the closing socket. */
static void stop_listening(server *s)
{
    ch_str where = s->app->settings.listen;
    struct stat now;
    if (ch_str_starts(where, CH_STR("unix:")) && !stat(where.p + 5, &now) && now.st_ino == s->socket_file.st_ino &&
        now.st_dev == s->socket_file.st_dev)
        unlink(where.p + 5);
    usleep(20000);
    accept_all(s);
    epoll_ctl(s->epoll, EPOLL_CTL_DEL, s->listener, NULL);
    accept_all(s);
    close(s->listener);
}

/* nginx lets go of idle connections by itself; the service never closes first (a POST in flight would be lost). */
static void drain(server *s)
{
    int64_t until = ch_ticks() + s->app->settings.drain_ms * 1000000;
    stop_listening(s);
    while (atomic_load(&s->connections) > 0 && ch_ticks() < until) usleep(20000);
    CH_LOG(CH_INFO, "drained", CH_KI("connections_left", atomic_load(&s->connections)));
}

/* A soft limit is for programs that select(2): connections and the store's take more than its usual 1,024. */
static void take_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool start(server *s, ch_app *app)
{
    take_descriptors();
    *s = (server){.app = app, .epoll = epoll_create1(EPOLL_CLOEXEC), .stop_event = eventfd(0, EFD_CLOEXEC)};
    pthread_mutex_init(&s->gate.lock, NULL);
    pthread_mutex_init(&s->arenas_lock, NULL);
    s->gate.free = app->settings.threads > 1 ? (int)app->settings.threads - 1 : 1;
    FCGX_Init();
    s->listener = listen_at(s, app->settings.listen);
    if (s->listener < 0) {
        CH_LOG(CH_ERROR, "cannot_listen", CH_KS("listen", app->settings.listen), CH_KZ("why", strerror(errno)));
        return false;
    }
    add_event(s, s->listener, &s->listener, EPOLLIN | EPOLLET);
    add_event(s, s->stop_event, &s->stop_event, EPOLLIN);
    return true;
}

int ch_serve(ch_app *app)
{
    static server s;
    sigset_t signals;
    int signal_number, n = (int)app->settings.threads;
    uint64_t one = 1;
    if (!start(&s, app)) return 1;
    pthread_t *threads = calloc((size_t)n, sizeof *threads);
    if (!threads) abort();
    for (int i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, worker, &s)) abort();
    CH_LOG(CH_INFO, "serving", CH_KS("listen", app->settings.listen), CH_KI("threads", n));
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigwait(&signals, &signal_number);
    ch_ops_set_ready(false);
    drain(&s);
    if (write(s.stop_event, &one, sizeof one) < 0) return 1;
    for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; i < s.n_arenas; i++) ch_arena_free(s.arenas[i]);
    free(threads);
    return 0;
}
