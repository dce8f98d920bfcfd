/* The operations port (not published by nginx): /healthz, /readyz, /metrics over a plain socket, one connection at a time. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/exchange.h"

enum { ROUTES_MAX = 256, BUCKETS = 8 };
static const double bounds_ms[BUCKETS] = {0.25, 1, 5, 20, 100, 500, 2000, 1e9};

/* One row a route; the last for what has none. Counters only grow. */
static struct {
    atomic_uint_fast64_t by_class[6], bucket[BUCKETS], ns;
} counts[ROUTES_MAX + 1];
static atomic_bool ready = true;

void ch_ops_set_ready(bool is) { ready = is; }

void ch_metrics_count(const ch_route *routes, const ch_route *route, int status, int64_t ns)
{
    size_t i = route && route - routes < ROUTES_MAX ? (size_t)(route - routes) : ROUTES_MAX;
    int b = 0;
    while (b < BUCKETS - 1 && (double)ns > bounds_ms[b] * 1e6) b++;
    atomic_fetch_add_explicit(&counts[i].by_class[status / 100 % 6], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counts[i].bucket[b], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counts[i].ns, (uint64_t)ns, memory_order_relaxed);
}

static uint64_t total(size_t i)
{
    uint64_t n = 0;
    for (int c = 0; c < 6; c++) n += counts[i].by_class[c];
    return n;
}

static void put_row(ch_buf *b, size_t i, const char *method, const char *path)
{
    uint64_t so_far = 0;
    if (!total(i)) return;
    for (int c = 1; c < 6; c++)
        if (counts[i].by_class[c])
            ch_buf_printf(b, "http_requests_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} %llu\n", method, path, c,
                          (unsigned long long)counts[i].by_class[c]);
    for (int k = 0; k < BUCKETS; k++) {
        so_far += counts[i].bucket[k];
        if (k == BUCKETS - 1) ch_buf_printf(b, "http_request_seconds_bucket{method=\"%s\",route=\"%s\",le=\"+Inf\"} ", method, path);
        else ch_buf_printf(b, "http_request_seconds_bucket{method=\"%s\",route=\"%s\",le=\"%g\"} ", method, path, bounds_ms[k] / 1000);
        ch_buf_printf(b, "%llu\n", (unsigned long long)so_far);
    }
    ch_buf_printf(b, "http_request_seconds_sum{method=\"%s\",route=\"%s\"} %.6f\n", method, path, (double)counts[i].ns / 1e9);
    ch_buf_printf(b, "http_request_seconds_count{method=\"%s\",route=\"%s\"} %llu\n", method, path, (unsigned long long)so_far);
}

static int64_t resident_bytes(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%*s %ld", &pages) != 1) pages = 0;
    if (f) fclose(f);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static void put_metrics(ch_app *app, ch_buf *b)
{
    ch_buf_put(b, CH_STR("# TYPE http_requests_total counter\n# TYPE http_request_seconds histogram\n"));
    size_t i = 0;
    for (; i < ROUTES_MAX && app->service->routes[i].path; i++)
        put_row(b, i, ch_method_name(app->service->routes[i].method), app->service->routes[i].path);
    put_row(b, ROUTES_MAX, "-", "-");
    ch_buf_printf(b, "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes %lld\n", (long long)resident_bytes());
    if (app->service->metrics) app->service->metrics(app, b);
}

static int put_ready(ch_app *app, ch_buf *b)
{
    bool store = ch_store_alive(app->store), redis = ch_redis_alive(app->redis);
    bool own = !app->service->ready || app->service->ready(app);
    ch_buf_printf(b, "{\"ready\":%s,\"store\":%s,\"redis\":%s,\"service\":%s}\n", ready && store && redis && own ? "true" : "false",
                  store ? "true" : "false", redis ? "true" : "false", own ? "true" : "false");
    return ready && store && redis && own ? 200 : 503;
}

static void answer(ch_app *app, int fd)
{
    char request[1024];
    struct timeval limit = {.tv_sec = 2};
    ch_buf body = {0}, head = {0};
    int status = 200;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    ssize_t n = recv(fd, request, sizeof request, 0);
    ch_str line = {request, n > 0 ? (size_t)n : 0};
    if (ch_str_starts(line, CH_STR("GET /healthz "))) ch_buf_put(&body, CH_STR("{\"ok\":true}\n"));
    else if (ch_str_starts(line, CH_STR("GET /readyz "))) status = put_ready(app, &body);
    else if (ch_str_starts(line, CH_STR("GET /metrics "))) put_metrics(app, &body);
    else status = 404;
    ch_buf_printf(&head, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", status,
                  status == 200   ? "OK"
                  : status == 404 ? "Not Found"
                                  : "Service Unavailable",
                  body.n);
    ch_buf_put(&head, ch_buf_str(&body));
    if (send(fd, head.p, head.n, MSG_NOSIGNAL) < 0) CH_LOG(CH_DEBUG, "ops_client_left");
    ch_buf_free(&head);
    ch_buf_free(&body);
}

typedef struct ops {
    ch_app *app;
    int fd;
} ops;

static void *listen_loop(void *p)
{
    ops *o = p;
    for (;;) {
        int fd = accept(o->fd, NULL, NULL);
        if (fd < 0) continue;
        answer(o->app, fd);
        close(fd);
    }
    return NULL;
}

void ch_ops_start(ch_app *app)
{
    static ops o;
    struct sockaddr_in address = {.sin_family = AF_INET};
    ch_str where = app->settings.ops_listen;
    ptrdiff_t colon = ch_str_index(where, ':');
    char host[64];
    int64_t port = 0;
    int one = 1;
    pthread_t thread;
    if (!where.n) return;
    if (colon > 0 && colon < 63) snprintf(host, sizeof host, "%.*s", (int)colon, where.p);
    o = (ops){app, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    setsockopt(o.fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(o.fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one); /* the successor's, while this one drains */
    bool fine =
        colon > 0 && colon < 63 && ch_str_int(ch_str_cut(where, (size_t)colon + 1), &port) && inet_pton(AF_INET, host, &address.sin_addr) == 1;
    address.sin_port = htons((uint16_t)port);
    if (!fine || bind(o.fd, (struct sockaddr *)&address, sizeof address) || listen(o.fd, 16) || pthread_create(&thread, NULL, listen_loop, &o)) {
        CH_LOG(CH_ERROR, "ops_cannot_listen", CH_KS("listen", where));
        return;
    }
    pthread_detach(thread);
}
