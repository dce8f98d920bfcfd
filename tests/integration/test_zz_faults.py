"""Bad luck: processes killed at each step, Redis flushed, the mail server away, a service replaced under load. Everything converges."""
import os
import signal
import threading
import time
import uuid

import pytest
import requests

import harness as h
from test_journey import apply, find, publish, write_vacancy


def restore(service, mode, n):
    if not os.path.exists(f"{h.VAR}/run/{service}-{mode}-{n}.pid") or not h.alive(h.pid_of(f"{service}-{mode}-{n}")):
        h.start(service, mode, n, ready=mode == "serve")


@pytest.mark.parametrize("point", ["before_relay", "relay_after_insert", "relay_before_pull"])
def test_a_writer_killed_while_it_relays_loses_nothing(employer, point):
    """Both replicas die at that point of the next command; the worker's sweep brings the event on."""
    word = "kk" + uuid.uuid4().hex[:8]
    base = write_vacancy(employer, f"Nurse {word}")
    for n in (1, 2):
        h.kill(f"vacancies-serve-{n}")
        h.start("vacancies", "serve", n, CRASH_AT=point)
    employer.get(base)
    employer.post(action="publish$")  # 502: the process is gone, the command is stored
    for n in (1, 2):
        h.kill(f"vacancies-serve-{n}") if h.alive(h.pid_of(f"vacancies-serve-{n}")) else None
        h.start("vacancies", "serve", n)
    h.wait(lambda: find(word)["total"] == 1, 15)
    assert "published" in employer.get(base).text


def test_a_consumer_killed_after_it_applied_applies_to_the_same_end():
    for n in (1, 2):
        h.kill(f"notifications-work-{n}")
        h.start("notifications", "work", n, ready=False, CRASH_AT="consumer_after_apply")
    b, email = h.Browser(), h.new_email()
    b.get("/register/candidate")
    b.post({"name": "Kill", "email": email, "password": h.PASSWORD})
    time.sleep(1)
    for n in (1, 2):
        h.kill(f"notifications-work-{n}") if h.alive(h.pid_of(f"notifications-work-{n}")) else None
        h.start("notifications", "work", n, ready=False)
    h.mail(email, seconds=40)
    time.sleep(2)
    assert len(h.mails(email)) == 1


@pytest.mark.parametrize("point,copies", [("mail_before_send", {1}), ("mail_after_250", {1, 2})])
def test_a_sender_killed_around_the_servers_250(point, copies):
    """Only between the server's answer and its record may a mail go twice, and then under the same Message-ID."""
    for n in (1, 2):
        h.kill(f"notifications-work-{n}")
        h.start("notifications", "work", n, ready=False, CRASH_AT=point, MAIL_LEASE_MS="2000")
    b, email = h.Browser(), h.new_email()
    b.get("/register/candidate")
    b.post({"name": "Kill", "email": email, "password": h.PASSWORD})
    time.sleep(2)
    for n in (1, 2):
        h.kill(f"notifications-work-{n}") if h.alive(h.pid_of(f"notifications-work-{n}")) else None
        h.start("notifications", "work", n, ready=False, MAIL_LEASE_MS="2000")
    h.mail(email, seconds=40)
    time.sleep(4)
    found = h.mails(email)
    assert len(found) in copies | {len(copies) + 1} and len({m["MessageID"] for m in found}) == 1


def test_redis_flushed_in_the_middle_of_the_journey(employer):
    word = "ff" + uuid.uuid4().hex[:8]
    base = write_vacancy(employer, f"Nurse {word}")
    c = h.new_candidate()
    h.redis("flushall")
    assert employer.get(base, follow=False).status_code == 303  # signed out, nothing else
    assert requests.get(h.BASE + "/jobs", timeout=10).status_code == 200
    employer.sign_in(employer.email)
    reference = publish(employer, base)
    h.wait(lambda: find(word)["total"] == 1)
    c.sign_in(c.email)
    apply(c, reference)
    h.mail(c.email, "We have your application")
    h.coordinator().sign_in("coordinator@department.example")


def test_the_mail_server_away_and_back():
    h.kill("mailpit", signal.SIGTERM)
    b, email = h.Browser(), h.new_email()
    b.get("/register/candidate")
    r = b.post({"name": "Later", "email": email, "password": h.PASSWORD})
    assert h.title_of(r) == "Check your email"
    time.sleep(1)
    h.stack("start_mail")
    h.mail(email, seconds=30)


def test_redis_away_search_goes_on_and_it_comes_back(employer):
    h.kill("redis", signal.SIGTERM)
    try:
        assert requests.get(h.BASE + "/jobs", timeout=10).status_code == 200
        assert requests.get(h.BASE + "/api/v1/vacancies", timeout=10).status_code == 200
        assert employer.get("/account", follow=False).status_code == 503
    finally:
        h.stack("start_redis")
    h.wait(lambda: employer.get("/account", follow=False).status_code == 200, 15)  # the append-only file kept the session


def test_the_store_away_search_goes_on_and_it_comes_back(employer):
    os.kill(h.pid_of("ferretdb"), signal.SIGSTOP)
    try:
        began = time.time()
        statuses = [requests.get(h.BASE + "/api/v1/vacancies", timeout=10).status_code for _ in range(20)]
        assert set(statuses) == {200} and time.time() - began < 5
        r = requests.get(h.BASE + "/jobs/AAAAA-BBBBBB", timeout=30)
        assert r.status_code == 503 and "Retry-After" in r.headers
    finally:
        os.kill(h.pid_of("ferretdb"), signal.SIGCONT)
    h.wait(lambda: requests.get(h.BASE + "/jobs/AAAAA-BBBBBB", timeout=30).status_code == 404, 20)


def test_each_service_replaced_under_load_loses_no_request(employer):
    """GETs and POSTs while each replica is ended and begun again, one after the other."""
    employer.get(f"/employer/{employer.org}/vacancies/new")
    bad, count, stop = [], [0], threading.Event()

    def load(k):
        session = requests.Session()
        while not stop.is_set():
            if k % 2:
                r = session.get(h.BASE + "/api/v1/vacancies", timeout=30)
                good = r.status_code == 200
            else:
                r = session.post(h.BASE + "/oauth2/token", data={"grant_type": "client_credentials", "client_id": h.new_email(), "client_secret": "x"}, timeout=30)
                good = r.status_code == 401
            count[0] += 1
            if not good:
                bad.append((r.status_code, r.text[:100]))

    threads = [threading.Thread(target=load, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    try:
        for service in ("vacancies", "identity"):
            for n in (1, 2):
                old = h.pid_of(f"{service}-serve-{n}")
                h.start(service, "serve", n)  # the successor listens before the old one stops
                os.kill(old, signal.SIGTERM)
                h.wait(lambda: not h.alive(old), 40)
    finally:
        stop.set()
        for t in threads:
            t.join()
    assert not bad, (len(bad), count[0], bad[:3])
    assert count[0] > 200


def test_sixteen_times_the_threads_kept_alive_none_starved():
    sessions = [requests.Session() for _ in range(64)]
    for _ in range(3):
        for s in sessions:
            assert s.get(h.BASE + "/api/v1/ping", timeout=5).json() == {"ok": True}
