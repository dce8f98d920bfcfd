"""What the platform owes everybody, whoever else is there: crowds on kept connections, clients that take their time, requests that are too large, a store that hangs.
Times have bounds that a loaded machine keeps and a starved client does not."""
import asyncio
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import threading
import time
import uuid

import pytest
import requests

import fastcgi
import harness as h
from test_web import secure

THREADS = 4
CROWD = 16 * THREADS
HOST, PORT = h.BASE.removeprefix("http://").split(":")
REPLICAS = [fastcgi.socket_of("vacancies", n) for n in (1, 2)]  # each gets the same, as nginx would give them


# ---- crowds

async def http_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    found = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    await reader.readexactly(int(found[0].split(b":")[1]))
    return int(head[9:12])


class Client:
    """One kept connection, to nginx or to a replica; how long each of its answers took."""

    def __init__(self, where, path):
        self.where, self.times, self.statuses = where, [], set()
        self.request = fastcgi.request(path) if where else f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()

    async def run(self, until):
        reader, writer = await (asyncio.open_unix_connection(self.where) if self.where else asyncio.open_connection(HOST, int(PORT)))
        while time.time() < until:
            began = time.time()
            writer.write(self.request)
            # A client that nobody answers has waited for all of the time that there was.
            try:
                self.statuses.add(await asyncio.wait_for((fastcgi.answer if self.where else http_answer)(reader), until + 5 - time.time()))
            except asyncio.TimeoutError:
                self.statuses.add("none")
            self.times.append(time.time() - began)
        writer.close()


def crowd(clients, seconds):
    async def all_of_them():
        until = time.time() + seconds
        await asyncio.gather(*(c.run(until) for c in clients))

    asyncio.run(all_of_them())


def p99(clients):
    return statistics.quantiles([t for c in clients for t in c.times], n=100)[98]


@pytest.mark.parametrize("where", [None, *REPLICAS], ids=["through nginx", "on a replica", "on the other"])
def test_of_sixteen_times_as_many_kept_clients_as_threads_none_is_starved(where):
    clients = [Client(where, "/api/v1/ping") for _ in range(CROWD)]
    crowd(clients, 3)
    counts = [len(c.times) for c in clients]
    assert all(c.statuses == {200} for c in clients), [c.statuses for c in clients]
    assert min(counts) > statistics.mean(counts) / 4, sorted(counts)
    assert p99(clients) < 0.5 and max(t for c in clients for t in c.times) < 2, (p99(clients), counts)


# ---- clients that take their time


class Slow:
    """That many connections, each sending its beginning at once and then a byte a second of what never ends."""

    def __init__(self, beginning, n, port=PORT, source=HOST):
        self.stop, self.sockets, self.closed = threading.Event(), [], 0
        for _ in range(n):
            s = socket.create_connection((HOST, int(port)), timeout=10, source_address=(source, 0))
            s.sendall(beginning)
            self.sockets.append(s)
        self.thread = threading.Thread(target=self.drip)

    def drip(self):
        while not self.stop.wait(1):
            for s in self.sockets:
                try:
                    s.sendall(b"a")
                except OSError:
                    self.closed += 1

    def __enter__(self):
        self.thread.start()
        time.sleep(1.5)
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        for s in self.sockets:
            s.close()


def served_as_ever(b, paths, seconds=4):
    """Everybody else, meanwhile: each of these answers soon, again and again."""
    until, slowest = time.time() + seconds, 0
    while time.time() < until:
        for path in paths:
            began = time.time()
            r = b.get(path, follow=False)
            took = time.time() - began
            slowest = max(slowest, took)
            assert r.status_code == 200 and took < 1, (path, r.status_code, took)
    return slowest


def upload_head(b, size):
    """The beginning of an upload that somebody signed in may make: all but the file's bytes."""
    b.get("/candidate/documents/new")
    form = b.form("documents")
    mark = uuid.uuid4().hex
    fields = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in form["fields"])
    body = fields + f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    cookie = "; ".join(f"{k}={v}" for k, v in b.cookies.items())
    head = f"POST {form['action']} HTTP/1.1\r\nHost: {HOST}:{PORT}\r\nCookie: {cookie}\r\nContent-Type: multipart/form-data; boundary={mark}\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + body.encode() + b"%PDF-1.7\n"


@pytest.mark.parametrize("what", ["head", "body", "upload"])
def test_slow_clients_hold_nobody_else_up(candidate, what):
    """Four times as many as all the threads of a service, each a byte a second; an upload's come from somebody who may."""
    beginning = {
        "head": b"GET /api/v1/ping HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "body": b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n",
        "upload": upload_head(candidate, 5 << 20),
    }[what]
    with Slow(beginning, 8 * THREADS) as slow:
        served_as_ever(candidate, ["/api/v1/ping", "/api/v1/vacancies?limit=1", "/account", "/candidate/documents", "/candidate/messages"])
        assert slow.closed == 0  # they are still there, and it is not that which they were refused


# ---- one address that asks for more than its share


def changed(text, **values):
    for name, value in values.items():
        text, n = re.subn(rf"(\b{name}[= ])[^; ]+", rf"\g<1>{value}", text)
        assert n == 1, (name, n)
    return text


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """The port of an nginx like the one that runs, but with less for one address: 8 connections, 20 requests a second, 2 seconds for a head or a body. And a service that is away."""
    there, here = pathlib.Path(h.VAR, "nginx"), tmp_path_factory.mktemp("nginx")
    shutil.copytree(there, here, dirs_exist_ok=True, ignore=shutil.ignore_patterns("tmp", "nginx.pid"))
    (here / "tmp").mkdir()
    with socket.create_server((HOST, 0)) as s:
        port = s.getsockname()[1]
    text = changed((there / "nginx.conf").read_text(), listen=f"{HOST}:{port}", rate="20r/s", burst="20", connections="8", client_header_timeout="2s", client_body_timeout="2s")
    (here / "nginx.conf").write_text(text)
    (here / "services" / "away.conf").write_text("".join(f"location = {path} {{ fastcgi_pass unix:{here}/away.sock; }}\n" for path in ("/away", "/api/away")))
    nginx = subprocess.Popen(["nginx", "-p", here, "-c", here / "nginx.conf", "-e", here / "error.log", "-g", "daemon off;"])
    h.wait(lambda: socket.socket().connect_ex((HOST, port)) == 0)
    yield port
    nginx.send_signal(signal.SIGQUIT)
    nginx.wait(30)


def get_from(source, port, path):
    """What nginx answers that address on the loopback net, over a connection of its own."""
    with requests.Session() as s:
        s.mount("http://", From(source))
        return s.get(f"http://{HOST}:{port}{path}", timeout=10)


class From(requests.adapters.HTTPAdapter):
    def __init__(self, source):
        self.source = source
        super().__init__()

    def init_poolmanager(self, *args, **kw):
        super().init_poolmanager(*args, **kw, source_address=(self.source, 0))


def is_too_much(page, problem):
    """To people a page of ours, to programs a problem, each with when to come again."""
    assert page.status_code == problem.status_code == 429
    assert "<h1>Too many requests</h1>" in page.text and page.headers["Content-Type"] == "text/html"
    assert problem.headers["Content-Type"] == "application/problem+json" and problem.json()["status"] == 429 and problem.json()["type"] == "/api/docs#too-many-requests"
    assert len(problem.json()["request_id"]) == 32
    for r in (page, problem):
        assert int(r.headers["Retry-After"]) > 0
        secure(r)


def test_an_address_has_only_so_many_connections(strict):
    body = b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"
    with Slow(body, 8, strict, "127.0.0.9") as slow:
        is_too_much(get_from("127.0.0.9", strict, "/jobs"), get_from("127.0.0.9", strict, "/api/v1/ping"))
        assert get_from("127.0.0.8", strict, "/api/v1/ping").status_code == get_from("127.0.0.8", strict, "/jobs").status_code == 200
        slow.sockets.pop().close()
        h.wait(lambda: get_from("127.0.0.9", strict, "/api/v1/ping").status_code == 200)


def test_an_address_has_only_so_many_requests_a_second(strict):
    answers = [get_from("127.0.0.7", strict, path) for _ in range(40) for path in ("/sign-in", "/api/v1/ping")]
    assert {r.status_code for r in answers} == {200, 429}
    is_too_much(*[next(r for r in some if r.status_code == 429) for some in (answers[::2], answers[1::2])])
    assert get_from("127.0.0.6", strict, "/api/v1/ping").status_code == 200


def test_nginxs_own_errors_are_told_to_programs_as_ours_are(strict):
    page, problem = get_from("127.0.0.5", strict, "/away"), get_from("127.0.0.5", strict, "/api/away")
    assert page.status_code == problem.status_code == 502 and "<h1>This service is being repaired</h1>" in page.text
    large = requests.post(f"http://{HOST}:{strict}/api/v1/vacancies", data=b"x" * (2 << 20), timeout=10)
    for r, slug in ((problem, "unavailable"), (large, "too-large")):
        assert r.headers["Content-Type"] == "application/problem+json" and r.json()["type"] == f"/api/docs#{slug}" and r.json()["status"] == r.status_code
    assert int(page.headers["Retry-After"]) > 0 and "Retry-After" not in large.headers
    for r in (page, problem, large):
        secure(r)


def test_a_head_that_never_ends_and_a_body_that_stops_are_given_up(strict):
    """Long before who waits for an answer would: here 2 seconds, 15 and 30 where it runs."""
    with Slow(b"GET /api/v1/ping HTTP/1.1\r\nHost: x\r\nX-Slow: ", 1, strict, "127.0.0.4") as slow:
        h.wait(lambda: slow.closed, 6)
    with socket.create_connection((HOST, strict), timeout=6, source_address=("127.0.0.4", 0)) as s:
        s.sendall(b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\na=")
        assert s.recv(100) == b""  # closed


# ---- what is too large


def status_of(request):
    line = h.raw(request).split("\r\n")[0]
    return int(line.split(" ")[1]) if line else 0


def lives():
    assert all(requests.get(h.BASE + "/api/v1/ping", timeout=5).status_code == 200 for _ in range(4))



@pytest.mark.parametrize("path,words", [("/candidate/documents/new", "That file is too large"), ("/employer/x/vacancies/y/description", "That is too large"), ("/sign-in", "That is too large")])
def test_what_was_too_large_is_called_what_it_is(path, words):
    """A text of a form is no file, and no file's size helps with it."""
    r = requests.post(h.BASE + path, data=b"x" * (12 << 20), timeout=10)
    assert r.status_code == 413 and h.title_of(r) == words and ("at most 10 MB" in r.text) == ("file" in words)
    secure(r)


HEADS = {
    "a long address": ("/api/v1/ping?" + "q" * 20000, [], {414}),
    "a long header": ("/api/v1/ping", ["X-Long: " + "h" * 20000], {400, 431}),
    "many headers": ("/api/v1/ping", [f"X-{i}: {'h' * 200}" for i in range(1000)], {400, 431}),
    "many short headers": ("/api/v1/ping", [f"X{i}: h" for i in range(20000)], {400, 431}),
    "a long name": ("/api/v1/ping", ["X" * 20000 + ": h"], {400, 431}),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_that_is_too_large_is_refused_and_all_goes_on(name):
    path, headers, statuses = HEADS[name]
    assert status_of("\r\n".join([f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""])) in statuses
    lives()


@pytest.mark.parametrize("uri", [100, 4000, 7900, 15900])
@pytest.mark.parametrize("each", [0, 1, 100, 7900, 15900])
def test_whatever_head_is_let_in_can_be_answered(uri, each):
    """Up to the largest that nginx takes: what it takes, it can pass on."""
    statuses = []
    for total in range(2000, 70000, 2000):
        headers = [f"{'X' * (i % 20 + 1)}{i}: {'h' * each}" if each else "X:" for i in range(max(1, total // (each + (16 if each else 4))))]
        statuses.append(status_of("\r\n".join([f"GET /jobs?{'q' * uri} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""])))
    assert set(statuses) <= {200, 400, 414}, statuses
    lives()


@pytest.mark.parametrize("more", [{f"HTTP_X{i}": "h" for i in range(20000)}, {"HTTP_X": "h" * 1000000}, {"H" * 100000: "h"}, {"HTTP_COOKIE": "; ".join(f"c{i}=v" for i in range(20000))}],
                         ids=["many", "long", "a long name", "many cookies"])
def test_the_service_itself_outlives_any_head(more):
    first, second = fastcgi.ask(REPLICAS[0], fastcgi.request("/api/v1/ping", **more), fastcgi.request("/api/v1/ping"))
    assert first in (200, 400, 431) and second == 200
    lives()


@pytest.mark.parametrize("path", ["/api/v1/vacancies", "/sign-in", "/candidate/documents"])
def test_a_body_over_the_limit_is_refused_before_it_is_read(path):
    """Announced, and never sent: who waited for it would answer a timeout later."""
    began = time.time()
    assert status_of(f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {1 << 30}\r\n\r\n") == 413
    assert time.time() - began < 1


@pytest.mark.parametrize("size,statuses", [((256 << 10) + 1, {413}), (1 << 40, {413}), ((1 << 64) - 1, {400, 413}), (-1, {400, 413})])
def test_the_service_itself_refuses_it_too(world, size, statuses):
    announced = fastcgi.request("/api/v1/vacancies", "POST", CONTENT_LENGTH=str(size), CONTENT_TYPE="application/json", HTTP_AUTHORIZATION=h.bearer(world.own.client)["Authorization"])
    assert fastcgi.ask(REPLICAS[0], announced[:-8], seconds=5)[0] in statuses  # without the end of the body
    lives()


def test_a_body_in_pieces_over_the_limit_is_refused():
    pieces = b"".join(b"%x\r\n%s\r\n" % (60000, b"x" * 60000) for _ in range(20))
    assert status_of(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n") == 413


# ---- a store that hangs


def test_search_and_ping_are_quick_while_the_store_hangs():
    """And a crowd stands at what needs it, before nginx and behind it."""
    pid = h.pid_of("ferretdb")
    os.kill(pid, signal.SIGSTOP)
    try:
        for where in (None, *REPLICAS):
            waiting = [Client(where, "/jobs/AAAAA-BBBBBB") for _ in range(CROWD)]
            quick = [Client(where, path) for path in ("/api/v1/ping", "/api/v1/vacancies?facets=true") for _ in range(4)]
            crowd([*waiting, *quick], 3)
            assert {s for c in quick for s in c.statuses} == {200}
            assert {s for c in waiting for s in c.statuses} <= {404, 503}
            assert p99(quick) < 0.5 and min(len(c.times) for c in quick) > 20, (p99(quick), [len(c.times) for c in quick])
    finally:
        os.kill(pid, signal.SIGCONT)
    b = h.Browser()
    h.wait_everywhere(lambda: b.get("/jobs/AAAAA-BBBBBB").status_code == 404, 30)


def test_what_holds_sessions_and_mails_is_for_nobody_else():
    """Redis's own file has names and addresses, the mail catcher's has links that sign in; so that another user of the machine reads neither."""
    for path in ("keys", "redis", "mail.db"):
        assert os.stat(f"{h.VAR}/{path}").st_mode & 0o077 == 0, path
