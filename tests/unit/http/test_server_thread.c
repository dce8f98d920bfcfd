/* The request loop over a real socket: FastCGI (version 1) spoken by a few lines of ours, many kept connections on few threads, bodies, aborts, the
 * drain. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/exchange.h"
#include "unit.h"

enum { THREADS = 2, CONNECTIONS = 16 * THREADS, CLIENTS = 4, ROUNDS = 25 };
enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

static char path[64];
static atomic_int answered, refused;

static ch_err echo(ch_call *call) { return ch_reply_text(call, 200, "text/plain", call->body.n ? call->body : CH_STR("nothing")); }

typedef struct said {
    ch_presence seen;
    ch_str word;
} said;
CH_TABLE(said_table, said, "What was said", CH_ROW(said, word, CH_F_STR, .max = 5000));

static const ch_route routes[] = {
    {.method = CH_GET,
     .path = "/api/v1/ping",
     .who = CH_ANYONE,
     .flags = CH_FEED | CH_NO_SESSION | CH_NO_STORE,
     .type = "text/plain",
     .handle = echo,
     .summary = "without the store"},
    {.method = CH_POST,
     .path = "/api/v1/echo",
     .who = CH_ANYONE,
     .flags = CH_API | CH_NO_SESSION,
     .handle = echo,
     .input = &said_table,
     .max_body = 8192,
     .summary = "through the gate"},
    {0},
};

/* ---- a client */

static int socket_of(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

static int dial_with(int fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    for (int i = 0; i < 500; i++) {
        if (!connect(fd, (struct sockaddr *)&address, sizeof address)) return fd;
        usleep(10000);
    }
    ck_abort_msg("nobody listens");
    return -1;
}

static int dial(void) { return dial_with(socket_of()); }

static void record(ch_buf *b, int type, ch_str content)
{
    const char head[8] = {1, (char)type, 0, 1, (char)(content.n >> 8), (char)content.n, 0, 0};
    ch_buf_put(b, (ch_str){head, 8});
    ch_buf_put(b, content);
}

static void parameter(ch_buf *b, const char *name, ch_str value)
{
    ch_buf_char(b, (char)strlen(name));
    ch_buf_char(b, (char)value.n);
    ch_buf_put(b, ch_str_of(name));
    ch_buf_put(b, value);
}

/* Everything but the body's end, when it is to be broken off. */
static void put_request(ch_buf *b, const char *method, const char *uri, ch_str body, bool whole)
{
    ch_buf params = {0};
    char length[24];
    snprintf(length, sizeof length, "%zu", body.n);
    parameter(&params, "REQUEST_METHOD", ch_str_of(method));
    parameter(&params, "REQUEST_URI", ch_str_of(uri));
    parameter(&params, "REMOTE_ADDR", CH_STR("127.0.0.1"));
    if (body.n) parameter(&params, "CONTENT_LENGTH", ch_str_of(length));
    if (body.n) parameter(&params, "CONTENT_TYPE", CH_STR("application/json"));
    record(b, BEGIN_REQUEST, (ch_str){"\0\1\1\0\0\0\0\0", 8}); /* responder, keep the connection */
    record(b, PARAMS, ch_buf_str(&params));
    record(b, PARAMS, CH_STR(""));
    if (body.n) record(b, STDIN, whole ? body : ch_str_first(body, body.n / 2));
    if (whole) record(b, STDIN, CH_STR(""));
    ch_buf_free(&params);
}

static bool read_all(int fd, char *p, size_t n)
{
    while (n) {
        ssize_t got = read(fd, p, n);
        if (got <= 0) return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* The answer's bytes; false: the connection ended first. */
static bool read_answer(int fd, ch_buf *out)
{
    unsigned char head[8];
    char content[65536 + 256];
    while (read_all(fd, (char *)head, 8)) {
        size_t n = (size_t)head[4] << 8 | head[5];
        if (!read_all(fd, content, n + head[6])) return false;
        if (head[1] == STDOUT) ch_buf_put(out, (ch_str){content, n});
        if (head[1] == END_REQUEST) return true;
    }
    return false;
}

static bool send_all(int fd, ch_str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0) return false;
        s = ch_str_cut(s, (size_t)n);
    }
    return true;
}

static bool exchange(int fd, const char *method, const char *uri, ch_str body, const char *wanted)
{
    ch_buf out = {0}, in = {0};
    put_request(&out, method, uri, body, true);
    bool fine = send_all(fd, ch_buf_str(&out)) && read_answer(fd, &in) && ch_str_starts(ch_buf_str(&in), ch_str_of(wanted));
    ch_buf_free(&out);
    ch_buf_free(&in);
    return fine;
}

/* Each client holds its share of the connections, and uses one after the other: none may wait for ever. */
static void *client(void *p)
{
    int fds[CONNECTIONS / CLIENTS];
    char long_body[4100];
    int n = snprintf(long_body, sizeof long_body, "{\"word\":\"%04000d\"}", 7);
    for (size_t i = 0; i < CONNECTIONS / CLIENTS; i++) fds[i] = dial();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < CONNECTIONS / CLIENTS; i++) {
            bool post = (round + (int)i + (int)(intptr_t)p) % 2;
            bool fine = post ? exchange(fds[i], "POST", "/api/v1/echo", (ch_str){long_body, (size_t)n}, "Status: 200")
                             : exchange(fds[i], "GET", "/api/v1/ping", CH_STR(""), "Status: 200");
            atomic_fetch_add(fine ? &answered : &refused, 1);
        }
    for (size_t i = 0; i < CONNECTIONS / CLIENTS; i++) close(fds[i]);
    return NULL;
}

/* Half a request, then gone; a body over the limit; bytes that are no FastCGI. The others go on. */
static void *troublemaker(void *p)
{
    (void)p;
    for (int i = 0; i < 20; i++) {
        int fd = dial();
        ch_buf b = {0};
        if (i % 3 == 0) put_request(&b, "POST", "/api/v1/echo", CH_STR("{\"word\":\"half of this\"}"), false);
        else if (i % 3 == 1) ch_buf_put(&b, CH_STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        else record(&b, BEGIN_REQUEST, (ch_str){"\0\1\1\0\0\0\0\0", 8});
        send_all(fd, ch_buf_str(&b));
        ch_buf_free(&b);
        close(fd);
    }
    return NULL;
}

static void *serve(void *app) { return (void *)(intptr_t)ch_serve(app); }

static ch_app *new_app(void)
{
    static const ch_service service = {.name = "test", .doc = "", .routes = routes};
    static ch_app app;
    snprintf(path, sizeof path, "/tmp/ch-server-%d.sock", (int)getpid());
    static char listen[80];
    snprintf(listen, sizeof listen, "unix:%s", path);
    app = (ch_app){.service = &service,
                   .view = ch_view_new(),
                   .settings = {.listen = ch_str_of(listen),
                                .threads = THREADS,
                                .drain_ms = 5000,
                                .public_url = CH_STR("http://127.0.0.1"),
                                .assets_version = CH_STR("x")},
                   .cookie_key = CH_STR("0123456789abcdef0123456789abcdef"),
                   .serving = true};
    return &app;
}

static pthread_t start(void)
{
    sigset_t signals;
    pthread_t server;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    ck_assert_int_eq(pthread_create(&server, NULL, serve, new_app()), 0);
    return server;
}

static void stop(pthread_t server)
{
    void *code;
    kill(getpid(), SIGTERM);
    pthread_join(server, &code);
    ck_assert_ptr_null(code);
}

START_TEST(many_kept_connections_on_few_threads)
{
    pthread_t server = start(), clients[CLIENTS], trouble;
    for (int k = 0; k < CLIENTS; k++) pthread_create(&clients[k], NULL, client, (void *)(intptr_t)k);
    pthread_create(&trouble, NULL, troublemaker, NULL);
    for (int k = 0; k < CLIENTS; k++) pthread_join(clients[k], NULL);
    pthread_join(trouble, NULL);
    stop(server);
    ck_assert_int_eq(atomic_load(&refused), 0);
    ck_assert_int_eq(atomic_load(&answered), CONNECTIONS / CLIENTS * CLIENTS * ROUNDS);
}
END_TEST

/* What began before SIGTERM is answered, and a kept connection may send once more while it drains. */
START_TEST(the_drain_finishes_what_was_begun)
{
    pthread_t server = start();
    int fd = dial();
    ch_buf first = {0}, in = {0};
    put_request(&first, "POST", "/api/v1/echo", CH_STR("{\"word\":\"slow\"}"), true);
    ch_str bytes = ch_buf_str(&first), half = ch_str_first(bytes, bytes.n - 12);
    ck_assert(send_all(fd, half));
    usleep(50000);
    kill(getpid(), SIGTERM);
    usleep(100000);
    ck_assert(send_all(fd, ch_str_cut(bytes, half.n)) && read_answer(fd, &in) && ch_str_starts(ch_buf_str(&in), CH_STR("Status: 200")));
    ck_assert(exchange(fd, "GET", "/api/v1/ping", CH_STR(""), "Status: 200"));
    ck_assert_int_ne(access(path, F_OK), 0);
    close(fd);
    void *code;
    pthread_join(server, &code);
    ck_assert_ptr_null(code);
    ch_buf_free(&first);
    ch_buf_free(&in);
}
END_TEST

START_TEST(too_much_is_refused_before_it_is_read)
{
    pthread_t server = start();
    int fd = dial();
    static char much[20000];
    memset(much, 'x', sizeof much);
    ck_assert(exchange(fd, "POST", "/api/v1/echo", (ch_str){much, sizeof much}, "Status: 413"));
    close(fd);
    stop(server);
}
END_TEST

static bool answered_with(int fd, const char *wanted)
{
    ch_buf in = {0};
    bool fine = read_answer(fd, &in) && ch_str_starts(ch_buf_str(&in), ch_str_of(wanted));
    ch_buf_free(&in);
    return fine;
}

/* The only place is held by a body that does not come: as many as may wait do, one more is told so at once, what needs no store goes on, and all who
 * waited are answered. */
START_TEST(so_many_wait_and_no_more)
{
    enum { MOST = CH_WAITING_MAX + 1 };
    static struct pollfd callers[MOST];
    pthread_t server = start();
    int holder = dial(), other = dial();
    ch_buf whole = {0};
    put_request(&whole, "POST", "/api/v1/echo", CH_STR("{\"word\":\"slow\"}"), true);
    ch_str bytes = ch_buf_str(&whole), half = ch_str_first(bytes, bytes.n - 12);
    ck_assert(send_all(holder, half));
    usleep(100000);
    for (int i = 0; i < MOST; i++) {
        callers[i] = (struct pollfd){.fd = dial(), .events = POLLIN};
        ck_assert(send_all(callers[i].fd, bytes));
    }
    ck_assert_int_eq(poll(callers, MOST, 10000), 1);
    for (int i = 0; i < MOST; i++)
        if (callers[i].revents) ck_assert(answered_with(callers[i].fd, "Status: 503"));
    ck_assert(exchange(other, "GET", "/api/v1/ping", CH_STR(""), "Status: 200"));
    ck_assert(send_all(holder, ch_str_cut(bytes, half.n)) && answered_with(holder, "Status: 200"));
    for (int i = 0; i < MOST; i++) {
        if (!callers[i].revents) ck_assert(answered_with(callers[i].fd, "Status: 200"));
        close(callers[i].fd);
    }
    close(holder);
    close(other);
    stop(server);
    ch_buf_free(&whole);
}
END_TEST

/* Whoever came when there was no descriptor is let in as soon as somebody leaves, without a third to come. */
START_TEST(a_descriptor_that_comes_free_lets_the_next_in)
{
    pthread_t server = start();
    int first = dial(), second = socket_of();
    struct rlimit before;
    ck_assert(exchange(first, "GET", "/api/v1/ping", CH_STR(""), "Status: 200"));
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){3, before.rlim_max}), 0);
    dial_with(second);
    usleep(50000);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(first);
    ck_assert(exchange(second, "GET", "/api/v1/ping", CH_STR(""), "Status: 200"));
    close(second);
    stop(server);
}
END_TEST

UNIT_MAIN("the request loop", many_kept_connections_on_few_threads, the_drain_finishes_what_was_begun, too_much_is_refused_before_it_is_read,
          so_many_wait_and_no_more, a_descriptor_that_comes_free_lets_the_next_in)
