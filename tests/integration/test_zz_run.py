"""scripts/run and scripts/stop, in a folder of their own whose name has a space: what they start, end, and leave alone."""
import glob
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
import requests

ROOT = os.environ["ROOT"]
PLACE = f"{ROOT}/build/a place"


@pytest.fixture(scope="module")
def env():
    shutil.rmtree(PLACE, ignore_errors=True)
    with_own = {k: v for k, v in os.environ.items() if k not in ("VAR", "BIN", "PORT", "PORT_BASE", "REPLICAS", "MONGODB_URI", "REDIS_SOCKET", "BASE_URL", "MAIL_URL", "FAST")}
    with_own["COMMONHIRE_VAR"] = PLACE
    yield with_own
    subprocess.run([f"{ROOT}/scripts/stop"], env=with_own)
    shutil.rmtree(PLACE, ignore_errors=True)


# Its other ports lie 10,000 higher, still below those that the system gives to clients.
PORT = str(random.randrange(20100, 22400, 200))


def run(env, *more, **options):
    return subprocess.run([f"{ROOT}/scripts/run", "--yes", "--port", PORT, "--demo", "none", *more], env=env, capture_output=True, text=True, timeout=300, **options)


def stop(env):
    assert subprocess.run([f"{ROOT}/scripts/stop"], env=env, capture_output=True, text=True, timeout=120).returncode == 0


def begin(env, until):
    """In the foreground, as in a terminal, read until it says `until`."""
    begun = subprocess.Popen([f"{ROOT}/scripts/run", "--yes", "--port", PORT, "--demo", "none"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # ignored where the tests themselves run in the background
    seen = b""
    while until.encode() not in seen:
        piece = os.read(begun.stdout.fileno(), 4096)
        assert piece, seen.decode()
        seen += piece
    return begun


def left():
    """Processes that belong to the place: by what they were called with, or by what they inherited."""
    found = []
    for folder in glob.glob("/proc/[0-9]*"):
        try:
            with open(folder + "/cmdline", "rb") as f:
                line = f.read()
            with open(folder + "/environ", "rb") as f:
                inherited = f.read()
        except OSError:
            continue
        if line and (PLACE.encode() in line or f"COMMONHIRE_VAR={PLACE}".encode() in inherited):
            found.append(line.replace(b"\0", b" ").decode(errors="replace"))
    return found


def nothing_left():
    """In a moment: a shell that was told to end does so once the command that it waits for has ended."""
    deadline = time.time() + 10
    while left() and time.time() < deadline:
        time.sleep(0.1)
    assert left() == []


def up():
    try:
        return requests.get(f"http://127.0.0.1:{PORT}/jobs", timeout=10).status_code
    except requests.ConnectionError:
        return None


@pytest.mark.parametrize("words", [("--port", "0"), ("--port", "65000"), ("--port", "http"), ("--port",), ("--demo", "big"), ("--demo",), ("--what",), ("8080",)])
def test_what_it_does_not_understand_is_refused_before_anything_starts(env, words):
    done = subprocess.run([f"{ROOT}/scripts/run", *words], env=env, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and done.stderr.startswith("error: ") and "--detach" in done.stderr
    assert not left()


def test_it_starts_says_where_and_stops_everything(env):
    done = run(env, "--detach")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"http://127.0.0.1:{PORT}" in done.stdout and up() == 200
    mail = re.search(r"Its mail +(\S+)", done.stdout).group(1)
    assert "/dist/app.js" in requests.get(mail).text and len(requests.get(mail + "/dist/app.js").content) > 100_000  # a page, and not an empty one
    assert len(left()) >= 12
    stop(env)
    assert left() == [] and up() is None


def test_a_second_start_takes_seconds_and_a_third_finds_it_running(env):
    began = time.time()
    assert run(env, "--detach").returncode == 0
    assert time.time() - began < 30  # about 2 s on an idle machine
    before = sorted(left())
    again = run(env, "--detach")
    assert again.returncode == 0 and "running already" in again.stdout and sorted(left()) == before


def test_what_was_killed_in_between_and_what_has_its_number_now(env):
    """A service dies by kill -9; nginx's file names a process that is somebody else's."""
    with open(f"{PLACE}/run/identity-work-1.pid") as f:
        os.kill(int(f.read()), 9)
    stranger = subprocess.Popen(["sleep", "60"])
    with open(f"{PLACE}/run/documents-work-1.pid") as f:
        documents = int(f.read())
    with open(f"{PLACE}/run/documents-work-1.pid", "w") as f:
        f.write(f"{stranger.pid}\n")
    stop(env)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    os.kill(documents, 9)  # ours, and no file names it any more: only this test could lose it
    nothing_left()


def test_a_port_in_use_is_named_and_nothing_stays_behind(env):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", int(PORT)))
        s.listen()
        done = run(env, "--detach")
    assert done.returncode == 1 and f"port {PORT} on 127.0.0.1 is in use" in done.stderr
    assert left() == []


@pytest.mark.parametrize("after", ["Building", "Starting Redis", "Starting the services", "Ctrl-C ends it"])
@pytest.mark.parametrize("how", ["TERM", "stop", "INT"])
def test_ended_on_its_way_it_leaves_nothing_behind(env, after, how):
    begun = begin(env, after)
    if how == "stop":
        stop(env)
    else:
        os.killpg(begun.pid, {"TERM": 15, "INT": 2}[how])  # a terminal's Ctrl-C reaches the whole group
    rest, _ = begun.communicate(timeout=120)
    # bash 5.2 may take a trap for the end of a command substitution that it is just reading; then it says so, and ends by its EXIT trap all the same.
    assert begun.returncode in (130, 143) or b"trap: line" in rest, rest.decode()
    nothing_left()


def test_started_twice_the_second_says_who_has_it(env):
    first = begin(env, "Ctrl-C")
    second = run(env)
    assert second.returncode == 1 and f"process {first.pid}" in second.stderr
    assert up() == 200
    # A service that dies meanwhile is started again.
    with open(f"{PLACE}/run/vacancies-serve-1.pid") as f:
        os.kill(int(f.read()), 9)
    deadline = time.time() + 20
    while up() != 200 and time.time() < deadline:
        time.sleep(0.2)
    assert up() == 200
    stop(env)
    first.communicate(timeout=60)
    assert left() == []


def test_after_a_new_build_it_starts_anew_and_keeps_what_was_stored(env):
    assert run(env, "--detach").returncode == 0
    with open(f"{PLACE}/run/vacancies-serve-1.pid") as f:
        old = f.read()
    with open(f"{PLACE}/run/mark", "w") as f:
        f.write("what an older build had\n")
    with open(f"{PLACE}/keys/signing-1.pem") as f:
        key = f.read()
    assert run(env, "--detach").returncode == 0
    with open(f"{PLACE}/run/vacancies-serve-1.pid") as f:
        assert f.read() != old
    with open(f"{PLACE}/keys/signing-1.pem") as f:
        assert f.read() == key
    assert up() == 200


def test_demonstration_data_is_loaded_once_with_an_account_of_each_role(env):
    stop(env)
    done = subprocess.run([f"{ROOT}/scripts/run", "--yes", "--detach", "--port", PORT], env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    with open(f"{PLACE}/demo-accounts.json") as f:
        accounts = json.load(f)
    assert {a["role"] for a in accounts["accounts"]} == {"candidate", "administrator", "recruiter", "hiring_manager", "department"}
    assert all(set(a) == {"role", "email", "password", "organisation"} and a["email"] in done.stdout for a in accounts["accounts"])
    assert set(accounts["client"]) == {"client_id", "client_secret", "organisation"}
    assert requests.get(f"http://127.0.0.1:{PORT}/api/v1/vacancies", timeout=10).json()["total"] == 400
    stop(env)
    assert left() == []
