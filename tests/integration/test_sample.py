"""docs/adding-a-service.md as it says: the sample's folder, its CMake line and its nginx file go into a copy of the tree, and the new service runs beside the others."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess

import pytest
import requests

import harness as h

TREE = f"{h.ROOT}/build/sample"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def sample():
    """The copy, built; its own nginx and Redis, the tests' document store and accounts; identity and the new service."""
    files = subprocess.run(["git", "ls-files"], cwd=h.ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in files:
        if name and os.path.isfile(f"{h.ROOT}/{name}") and not name.startswith(("tests/", "docs/")):
            os.makedirs(os.path.dirname(f"{TREE}/{name}"), exist_ok=True)
            if not os.path.exists(f"{TREE}/{name}") or open(f"{TREE}/{name}", "rb").read() != open(f"{h.ROOT}/{name}", "rb").read():
                shutil.copy(f"{h.ROOT}/{name}", f"{TREE}/{name}")
    for name in ("services", "nginx"):
        shutil.copytree(f"{h.ROOT}/tests/sample/{name}", f"{TREE}/{name}", dirs_exist_ok=True)
    assert set(os.listdir(f"{TREE}/services")) - set(os.listdir(f"{h.ROOT}/services")) == {"greetings"}
    os.makedirs(f"{TREE}/build", exist_ok=True)
    shutil.copytree(f"{h.ROOT}/build/assets", f"{TREE}/build/assets", dirs_exist_ok=True)
    build = f"{TREE}/build/release"
    subprocess.run(["cmake", "-S", TREE, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"], check=True, capture_output=True)
    made = subprocess.run(["ninja", "-C", build, "commonhire-greetings", "commonhire-identity", "commonhire-keys"], capture_output=True, text=True)
    assert made.returncode == 0, made.stdout[-3000:]
    port, base = free_port(), 30200 + os.getpid() % 2300  # below what the system gives out by itself
    env = {**os.environ, "ROOT": TREE, "VAR": f"{TREE}/var", "BIN": f"{build}/bin", "PORT": str(port), "PORT_BASE": str(base), "REPLICAS": "1", "LOG": f"{TREE}/build/log",
           "MAIL": "1", "SETTINGS": "", "PUBLIC_URL": ""}
    shutil.rmtree(f"{TREE}/var", ignore_errors=True)
    os.makedirs(f"{TREE}/var/run")
    os.makedirs(f"{TREE}/var/log")
    # The same keys, so that the accounts and tokens that the tests made are good here too.
    shutil.copytree(f"{h.VAR}/keys", f"{TREE}/var/keys")

    def stack(command):
        script = f'. "{TREE}/scripts/lib/common.sh"; . "{TREE}/scripts/lib/stack.sh"; export_ports; {command}'
        shown = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=120)
        assert shown.returncode == 0, shown.stdout + shown.stderr
        return shown.stdout

    try:
        stack('SERVICES="identity greetings"; make_keys; start_redis; for s in $SERVICES; do launch_service $s serve 1; done; '
              'for s in $SERVICES; do wait_for 30 $s is_ready $(ops_port $s serve 1); done; REPLICAS=1 start_nginx')
        yield {"url": f"http://127.0.0.1:{port}", "bin": f"{build}/bin/commonhire-greetings", "stack": stack}
    finally:
        stack('for f in "$VAR"/run/*.pid; do halt $(basename $f .pid); done')


def test_what_is_written_about_it_is_what_is_built():
    """docs/adding-a-service.md has every file of the sample, as it is."""
    with open(f"{h.ROOT}/docs/adding-a-service.md") as f:
        shown = dict(re.findall(r"^`([^`\n]+)`\n\n```[a-z]+\n(.*?)\n```$", f.read(), re.M | re.S))
    there = {}
    for folder, _, names in os.walk(f"{h.ROOT}/tests/sample"):
        for name in names:
            with open(os.path.join(folder, name)) as f:
                there[os.path.relpath(os.path.join(folder, name), f"{h.ROOT}/tests/sample")] = f.read().rstrip()
    assert {k: v for k, v in there.items() if not k.endswith("README.md")} == shown


def test_it_is_a_service_like_the_others(sample, candidate, employer, monkeypatch):
    url, client = sample["url"], h.new_client(employer)
    described = json.loads(subprocess.run([sample["bin"], "openapi"], capture_output=True, text=True, check=True).stdout)
    assert set(described["paths"]["/api/v1/greetings"]["post"]["responses"]) >= {"201", "401", "403", "422"}
    # a stranger is sent to sign in, and comes back signed in to both services at once
    monkeypatch.setattr(h, "BASE", url)
    b = h.Browser()
    b.get("/greetings")
    assert "/sign-in?next=" in b.page.url
    r = b.post({"email": candidate.email, "password": h.PASSWORD})
    assert r.url.endswith("/greetings") and h.title_of(r) == "Greetings"
    # a form with its rules, its token, its notice
    r = b.post({"text": "x" * 41}, action="greetings$")
    assert r.status_code == 422 and "must be 40 characters or fewer" in r.text
    r = b.post({"text": "Croeso <b>"}, action="greetings$")
    assert "Thank you for your greeting." in r.text and "Croeso &lt;b&gt;" in r.text
    assert b.request("POST", "/greetings", data={"text": "x"}).status_code == 403
    # the API, with the token that identity gives to a partner
    assert requests.post(url + "/api/v1/greetings", json={"text": "x"}, timeout=10).status_code == 401
    head = {"Authorization": "Bearer " + h.token(client)}
    r = requests.post(url + "/api/v1/greetings", json={"text": "Hello"}, headers=head, timeout=10)
    assert r.status_code == 201 and r.json()["text"] == "Hello" and r.headers["ETag"] == '"1"'
    r = requests.post(url + "/api/v1/greetings", json={"text": "Hello", "nope": 1}, headers=head, timeout=10)
    assert r.status_code == 422 and [e["pointer"] for e in r.json()["errors"]] == ["/nope"]


def test_it_has_operations_and_drains(sample):
    port = sample["stack"]("ops_port greetings serve 1").strip()
    assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    assert "route=\"/greetings\"" in requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
    with open(f"{TREE}/var/run/greetings-serve-1.pid") as f:
        pid = int(f.read())
    sample["stack"]("halt nginx QUIT")
    os.kill(pid, signal.SIGTERM)
    h.wait(lambda: not h.alive(pid), 40)
    with open(f"{TREE}/var/log/greetings-serve-1.log") as f:
        assert re.search(r'"event":"drained"', f.read())
