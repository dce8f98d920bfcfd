"""What the tests drive Commonhire with: a browser without a screen, the mail catcher, and the processes by their ids."""
import datetime
import contextlib
import html
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from html.parser import HTMLParser
from urllib.parse import urljoin

import jwt
import pymongo
import requests

BASE, MAIL = os.environ["BASE_URL"], os.environ["MAIL_URL"]
PASSWORD = "three words that hold 7"


def pdf(content=b"x", size=0):
    """What is taken for one: a beginning and an end, and as many bytes as a test wants."""
    end = b"\nstartxref\n9\n%%EOF\n"
    return (b"%PDF-1.4\n" + content).ljust(size - len(end), b"x") + end


class Forms(HTMLParser):
    """Every form of a page: action, method, and its fields as a browser would send them untouched."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.form, self.select, self.textarea = [], None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.form = {"action": a.get("action", ""), "method": a.get("method", "get"), "enctype": a.get("enctype"), "fields": []}
            self.forms.append(self.form)
        elif self.form is None:
            return
        elif tag == "input" and a.get("name") and a.get("type") not in ("file", "submit"):
            if a.get("type") in ("checkbox", "radio") and "checked" not in a:
                return
            self.form["fields"].append((a["name"], a.get("value") or ""))
        elif tag == "textarea":
            self.textarea = [a.get("name"), ""]
        elif tag == "select":
            self.select = [a.get("name"), None]
        elif tag == "option" and self.select and ("selected" in a or self.select[1] is None):
            self.select[1] = a.get("value", "")

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.textarea:
            self.form["fields"].append((self.textarea[0], self.textarea[1].removeprefix("\n")))
            self.textarea = None
        elif tag == "select" and self.select:
            self.form["fields"].append(tuple(self.select))
            self.select = None


class Browser:
    def __init__(self, address=None):
        """address: to ask from another one of this machine's, whose share of what is asked in a minute is its own."""
        self.send = requests.request
        if address:
            session = from_address(address)
            session.headers["Connection"] = "close"  # nginx may be another one by the next time
            self.send = session.request
        # requests keeps __Host- cookies of plain http to itself; browsers send them on loopback.
        self.cookies, self.page = {}, None

    def request(self, method, path, **kw):
        url, follow = urljoin(BASE, path), kw.pop("follow", True)
        for _ in range(10):
            headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **kw.pop("headers", {})}
            r = self.send(method, url, headers=headers, allow_redirects=False, timeout=60, **kw)
            for line in r.raw.headers.getlist("Set-Cookie"):
                name, value = line.split(";")[0].split("=", 1)
                if "Max-Age=0" in line:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = value
            if not (follow and r.status_code == 303):
                break
            method, url, kw = "GET", urljoin(url, r.headers["Location"]), {}
        self.page = r
        return r

    def get(self, path, **kw):
        return self.request("GET", path, **kw)

    def form(self, action=None):
        forms = Forms(self.page.text).forms
        for f in forms:
            if f["method"].lower() == "post" and (f["action"] != "/sign-out" if action is None else re.search(action, f["action"])):
                return f
        raise AssertionError(f"no form {action} on {self.page.url}: {[f['action'] for f in forms]}\n{text_of(self.page)[:600]}")

    def post(self, values=None, action=None, follow=True, files=None, drop=(), **kw):
        """Fills the form of the present page and sends it; a list value sends the name several times."""
        f = self.form(action)
        values = values or {}
        fields = [(k, v) for k, v in f["fields"] if k not in values and k not in drop]
        for k, v in values.items():
            fields += [(k, x) for x in v] if isinstance(v, list) else [(k, v)]
        if f["enctype"] == "multipart/form-data":
            parts = [(k, (None, v)) for k, v in fields] + list((files or {}).items())
            return self.request("POST", f["action"], files=parts, follow=follow, **kw)
        return self.request("POST", f["action"], data=fields, follow=follow, **kw)

    def post_to(self, path, **values):
        """What no form of the present page sends."""
        return self.request("POST", path, data={"csrf": dict(self.form("^/sign-out$")["fields"])["csrf"], **values})

    def sign_in(self, email, password=PASSWORD):
        self.get("/sign-in")
        return self.post({"email": email, "password": password})


def from_address(address):
    """A client of its own address, so that what one address may ask in a minute stands in nobody's way."""

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args, **kwargs):
            super().init_poolmanager(*args, source_address=(address, 0), **kwargs)

    session = requests.Session()
    session.mount("http://", Adapter())
    return session


def text_of(r):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", r.text)))


def title_of(r):
    return html.unescape(re.search(r"<h1[^>]*>(.*?)</h1>", r.text, re.S).group(1)).strip()


def new_email(who="person"):
    return f"{who}.{uuid.uuid4().hex[:10]}@test.example"


def mails(to):
    found = requests.get(MAIL + "/api/v1/search", params={"query": f'to:"{to}"', "limit": 50}, timeout=10).json()
    return found.get("messages", [])


def wait(what, seconds=10, every=0.05):
    """The first true answer of `what`, or a failure after that long."""
    until = time.time() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.time() < until, f"did not happen within {seconds} s"
        time.sleep(every)


def wait_everywhere(what, seconds=10):
    """Until it holds for several answers in a row: nginx takes the replicas in turn, and each learns of a change by itself."""
    wait(lambda: all(what() for _ in range(6)), seconds)


def mail(to, subject="", seconds=15):
    def look():
        for m in mails(to):
            if subject in m["Subject"]:
                return requests.get(f"{MAIL}/api/v1/message/{m['ID']}", timeout=10).json()

    return wait(look, seconds)


def link_in(message):
    return re.search(re.escape(BASE) + r"(/\S+)", message["Text"]).group(1)


_homes = itertools.count()


def somebody():
    """A browser at home: those who register do so from many addresses, and the tests must not wait for the minute to turn."""
    n = next(_homes)
    return Browser(f"127.0.{1 + n // 250 % 250}.{1 + n % 250}")


def new_candidate(name="Alex Candidate"):
    b, email = somebody(), new_email("candidate")
    b.get("/register/candidate")
    b.post({"name": name, "email": email, "password": PASSWORD})
    b.get(link_in(mail(email)))
    b.post()
    b.email = email
    return b


def new_organisation(name=None, kind="hospital_trust", place="Leeds", region="yorkshire_and_the_humber", approved=True):
    b, email = somebody(), new_email("admin")
    b.org_name = name or "Trust " + uuid.uuid4().hex[:8]
    b.get("/register/organisation")
    b.post({"organisation": b.org_name, "kind": kind, "place": place, "region": region, "name": "Ada Admin", "email": email, "password": PASSWORD})
    b.get(link_in(mail(email)))
    r = b.post()
    b.email, b.org = email, re.search(r"/employer/([a-z0-9]+)", r.url).group(1)
    if approved:
        approve(b.org)
    return b


_coordinator = None


def coordinator():
    global _coordinator
    email = "coordinator@department.example"
    if _coordinator is None:
        _coordinator = Browser()
        _coordinator.sign_in(email)
        if "/sign-in" in _coordinator.page.url:
            _coordinator.get("/register/candidate")
            _coordinator.post({"name": "Carla Coordinator", "email": email, "password": PASSWORD})
            _coordinator.get(link_in(mail(email)))
            _coordinator.post()
        _coordinator.email = email
    return _coordinator


def approve(org):
    c = coordinator()
    wait(lambda: c.get(f"/department/organisations/{org}").status_code == 200)
    c.post({}, action="approve$")


def new_client(admin):
    admin.get(f"/employer/{admin.org}/team")
    r = admin.post({"client_name": "HR system"}, action="systems$")
    return re.search(r'id="client_id">([^<]+)', r.text).group(1), re.search(r'id="client_secret">([^<]+)', r.text).group(1)


def token(client):
    r = requests.post(BASE + "/oauth2/token", data={"grant_type": "client_credentials"}, auth=client, timeout=10)
    return r.json()["access_token"]


# ---- processes, as scripts/lib/stack.sh started them

VAR, ROOT = os.environ["VAR"], os.environ["ROOT"]


def pid_of(name):
    with open(f"{VAR}/run/{name}.pid") as f:
        return int(f.read())


def kill(name, sig=signal.SIGKILL):
    """Ends one process and waits until it is gone."""
    pid = pid_of(name)
    with contextlib.suppress(ProcessLookupError):  # it went by itself, a crash point reached a moment ago
        os.kill(pid, sig)
    wait(lambda: not alive(pid), 40)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().split(") ")[1][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or while it was read
        return False


def children(pid):
    """The processes that this one has begun."""
    return [int(p) for p in subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True).stdout.split()]


def stack(command, **env):
    """Runs a function of stack.sh with this test's settings."""
    script = f'. "$ROOT/scripts/lib/common.sh"; . "$ROOT/scripts/lib/stack.sh"; export_ports; {command}'
    keep = {k: os.environ[k] for k in ("BIN", "PORT", "PORT_BASE", "REPLICAS", "MONGODB_URI", "VAR", "ROOT")}
    shown = subprocess.run(["bash", "-c", script], env={**os.environ, **keep, "LOG": f"{VAR}/log/again.log", **env}, capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    return shown.stdout


def start(service, mode, n, ready=True, **env):
    stack(f"launch_service {service} {mode} {n}" + (f"; wait_for 30 {service} is_ready $(ops_port {service} {mode} {n})" if ready else ""), **env)


def redis(*words):
    return stack("redis_cli " + " ".join(words))


SERVICES = tuple(sorted(n for n in os.listdir(f"{os.environ['ROOT']}/services") if os.path.isdir(f"{os.environ['ROOT']}/services/{n}")))  # as scripts/lib/common.sh


def routes():
    out = []
    for name in SERVICES:
        out += json.loads(subprocess.run([f"{os.environ['BIN']}/commonhire-{name}", "routes"], capture_output=True, text=True, check=True).stdout)
    return out


# ---- what the tests see from inside: the store, the logs, the counters

def raw(request):
    """Bytes straight to nginx; the head of what comes back, "" when the connection is just closed."""
    host, port = BASE.removeprefix("http://").split(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=10) as s:
        s.sendall(request if isinstance(request, bytes) else request.encode("latin-1"))
        while b"\r\n\r\n" not in answer and (piece := s.recv(65536)):
            answer += piece
    return answer.split(b"\r\n\r\n")[0].decode("latin-1")


_store = None


def database(name):
    """A service's own database, or `events`."""
    global _store
    if _store is None:
        _store = pymongo.MongoClient(os.environ["MONGODB_URI"], serverSelectionTimeoutMS=5000)
    return _store["commonhire_" + name]


def logged(event, service=None, n=None, mode="serve"):
    """The lines of the services' logs with that event, of every start so far."""
    for name in [service] if service else SERVICES:
        for replica in [n] if n else (1, 2):
            with open(f"{VAR}/log/{name}-{mode}-{replica}.log") as f:
                for line in f:
                    if f'"event":"{event}"' in line:
                        yield name, replica, json.loads(line)


def ops(service, mode, n, path):
    place = SERVICES.index(service) + (20 if mode == "work" else 0)
    return requests.get(f"http://127.0.0.1:{int(os.environ['PORT_BASE']) + 10 + place + n * 40}{path}", timeout=5)


def metric(service, mode, n, line):
    """The value of one line of /metrics, 0 when it is not there yet."""
    found = re.search("^" + re.escape(line) + r" (\S+)$", ops(service, mode, n, "/metrics").text, re.M)
    return float(found.group(1)) if found else 0


def csrf_of(browser):
    """A good form token of this browser, whether signed in or not."""
    page = browser.get("/account", follow=False)
    if page.status_code != 200:
        page = browser.get("/sign-in")
    return re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)


def colleague(admin, *roles):
    """Somebody new with these roles in the administrator's organisation, by invitation."""
    email, b = new_email(roles[0]), Browser()
    admin.get(f"/employer/{admin.org}/team")
    admin.post({"email": email, "roles": list(roles)}, action="invitations$")
    b.get(link_in(mail(email, "invited")))
    r = b.post({"name": roles[0].title(), "new_password": PASSWORD}, action="invitation$")
    assert "You have joined" in r.text, text_of(r)
    b.email, b.org = email, admin.org
    return b


def bearer(client_or_token):
    value = client_or_token if isinstance(client_or_token, str) else token(client_or_token)
    return {"Authorization": "Bearer " + value}


def revoke(admin, client):
    admin.get(f"/employer/{admin.org}/team/systems/{client[0]}/revoke")
    return admin.post(action="revoke$")


# ---- tokens that somebody made: by the platform's own key, or not


def forge(key=None, algorithm="ES256", kid="1", headers=None, **claims):
    """An access token as identity would make it, but for what is given; None takes a claim away."""
    now = int(time.time())
    with open(f"{VAR}/keys/signing-1.pem") as f:
        own = f.read()
    body = {"iss": BASE, "aud": BASE + "/api", "sub": "0" * 26, "jti": uuid.uuid4().hex[:26], "organisation": "0" * 26, "organisation_name": "Forged", "scope": "vacancies",
            "iat": now, "nbf": now, "exp": now + 300, **claims}
    return jwt.encode({k: v for k, v in body.items() if v is not None}, key or own, algorithm, {"kid": kid, **(headers or {})})
