"""Bad luck: each process killed at each step, Redis flushed, what is leaned on away or hung, a service replaced under load. Everything converges: no accepted command and no
message is lost, and nothing counts twice."""
import contextlib
import itertools
import os
import signal
import socket
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import harness as h
from test_bad_input import GOOD
from test_journey import STEPS, apply, fill_own, find, publish, write_vacancy
from world import api

API = "/api/v1/vacancies"


def begin(service, mode, n, **env):
    """That replica anew, with these settings; what runs of it is killed first."""
    name = f"{service}-{mode}-{n}"
    if os.path.exists(f"{h.VAR}/run/{name}.pid") and h.alive(h.pid_of(name)):
        h.kill(name)
    h.start(service, mode, n, ready=mode == "serve" or "CRASH_AT" not in env, **{"MAIL_LEASE_MS": "2000", **env})


def expire(service, *leases):
    """The time until a dead process's lease runs out, passed at once."""
    for name in leases:
        h.database(service).leases.update_one({"_id": name}, {"$set": {"until": h.datetime.datetime(2020, 1, 1)}})


def died(service, mode, n):
    return not h.alive(h.pid_of(f"{service}-{mode}-{n}"))


@pytest.fixture(autouse=True)
def all_up():
    """Whatever a test ended is there again for the next."""
    yield
    for service in h.SERVICES:
        for n in (1, 2):
            for mode in ("serve", "work"):
                if died(service, mode, n):
                    begin(service, mode, n)


@pytest.fixture(scope="module", autouse=True)
def short_leases():
    """Mail workers whose leases end in two seconds, not sixty."""
    for n in (1, 2):
        begin("notifications", "work", n)
    expire("notifications", "messages")


def newer(log):
    """A place in that log after all that is in it: an id's first ten letters are its time."""
    last = log.find_one(sort=[("seq", -1)])["seq"]
    return last[:-1] + ("z" if last[-1] != "z" else "z0")


def invite(admin, email):
    """A command of identity whose end is a mail; True when it was accepted."""
    try:
        r = admin.request("POST", f"/employer/{admin.org}/team/invitations", data={"csrf": admin.csrf, "email": email, "roles": "recruiter"}, follow=False)
        print("invitation", r.status_code, r.elapsed)
        return r.status_code == 303
    except requests.RequestException:
        return False


def sign_in_again(browser):
    """Redis may have been flushed."""
    if browser.get("/account", follow=False).status_code == 303:
        browser.sign_in(browser.email)


def signed_in(browser):
    sign_in_again(browser)
    browser.csrf = h.csrf_of(browser)
    return browser


@pytest.fixture(scope="module")
def founder():
    b = h.new_organisation()
    b.client = h.new_client(b)
    return b


@pytest.fixture
def inviter():
    """The same, of its own: an organisation invites so many an hour, and a flushed Redis has signed everybody else out."""
    b = h.new_organisation()
    h.wait(lambda: len(h.mails(b.email)) >= 2, 30)  # its confirmation and its approval: the next is the test's
    b.csrf = h.csrf_of(b)
    return b


@pytest.fixture
def admin(founder):
    return signed_in(founder)


@pytest.fixture
def employer(employer):
    return signed_in(employer)


def copies(email):
    """How many arrived: never more than one and another for each time that it was in doubt, all under one Message-ID."""
    found = h.mails(email)
    ids = {m["MessageID"] for m in found}
    assert len(ids) == 1
    mail = h.database("notifications").mails.find_one({"_id": ids.pop().split("@")[0]})
    assert len(found) <= 1 + mail.get("in_doubt", 0), (len(found), mail)
    return len(found)


def settled(email, seconds=40):
    """The same, once no mail is on its way any more."""
    h.mail(email, seconds=seconds)
    h.wait(lambda: h.database("notifications").mails.count_documents({"state": {"$in": ["queued", "sending"]}}) == 0, seconds)
    return copies(email)


# ---- outbox and log: the writer dies between its write, the log and the end of its outbox


@pytest.mark.parametrize("point", ["before_relay", "relay_after_insert", "relay_before_pull"])
def test_a_writer_killed_while_it_relays_loses_nothing(admin, point):
    """Both replicas die at that point of the next command; the worker's sweep brings the event on, once."""
    word = "kk" + uuid.uuid4().hex[:8]
    base = write_vacancy(admin, f"Nurse {word}")
    for n in (1, 2):
        begin("vacancies", "serve", n, CRASH_AT=point)
    admin.get(base)
    admin.post(action="publish$")  # 502: the process is gone, the command is stored
    h.wait(lambda: died("vacancies", "serve", 1) or died("vacancies", "serve", 2), 5)
    for n in (1, 2):
        begin("vacancies", "serve", n)
    h.wait_everywhere(lambda: find(word)["total"] == 1, 15)
    assert "published" in admin.get(base).text
    vacancy = base.rsplit("/", 1)[1]
    h.wait(lambda: h.database("vacancies").vacancies.find_one({"_id": vacancy})["outbox"] == [], 20)
    assert h.database("events").vacancies.count_documents({"aggregate": vacancy, "type": "vacancy.published"}) == 1


OUTBOX_POINTS = ["command_stored", "before_relay", "relay_after_insert", "relay_before_pull"]


@pytest.mark.parametrize("point", OUTBOX_POINTS)
def test_identity_killed_while_it_relays_an_invitation(inviter, point):
    """The link is stored with its event: the mail arrives, once, and its link works."""
    email = h.new_email("killed")
    for n in (1, 2):
        begin("identity", "serve", n, CRASH_AT=point)
    assert not invite(inviter, email)  # stored, but never answered
    for n in (1, 2):
        begin("identity", "serve", n)
    assert settled(email) == 1
    link = h.database("identity").links.find_one({"email": email})
    h.wait(lambda: h.database("identity").links.find_one({"_id": link["_id"]})["outbox"] == [], 20)
    assert h.database("events").identity.count_documents({"type": "link.requested", "aggregate": link["_id"]}) == 1
    assert "Join" in h.Browser().get(h.link_in(h.mail(email))).text


@pytest.mark.parametrize("point", OUTBOX_POINTS)
def test_documents_killed_while_it_relays_a_reading(inviter, point):
    """Whoever opened a CV is written down before the first byte goes: the candidate is told of each reading that was begun, and of none twice."""
    c = h.new_candidate()
    key = apply(c, publish(inviter, write_vacancy(inviter, "Nurse " + uuid.uuid4().hex[:6])))
    inviter.get(f"/employer/{inviter.org}/applications/{key}")
    inviter.post(action="shortlist$")
    inviter.get(f"/employer/{inviter.org}/applications/{key}")
    where = inviter.post(action="cv$", follow=False).headers["Location"]
    for n in (1, 2):
        begin("documents", "serve", n, CRASH_AT=point)
    before = h.database("documents").readings.count_documents({})
    assert inviter.get(where, follow=False).status_code == 502  # each replica was asked, and each died
    for n in (1, 2):
        begin("documents", "serve", n)
    readings = h.database("documents").readings.count_documents({}) - before
    assert readings in (1, 2)
    person = h.database("identity").persons.find_one({"email": c.email})["_id"]
    told = lambda: h.database("notifications").messages.count_documents({"person": person, "kind": "document_read"})
    h.wait(lambda: told() == readings, 30)
    assert h.text_of(c.get("/candidate/documents")).count("opened it on") == readings
    time.sleep(1)
    assert told() == readings


@pytest.mark.parametrize("point", ["consumer_lease_taken", "consumer_before_apply", "consumer_after_apply", "consumer_before_position", "consumer_after_position"])
def test_vacancies_consumer_killed_at_each_step_learns_of_the_employer(point):
    """An organisation joins and is approved while whoever is to hear of it dies: it is heard of by the next, and can publish."""
    h.kill("vacancies-work-2")
    begin("vacancies", "work", 1, CRASH_AT=point)
    expire("vacancies", "employers")
    b = h.new_organisation()
    h.wait(lambda: died("vacancies", "work", 1), 25)
    expire("vacancies", "employers")
    for n in (1, 2):
        begin("vacancies", "work", n)
    h.wait(lambda: (h.database("vacancies").employers.find_one({"_id": b.org}) or {}).get("state") == "approved", 20)
    stored, known = h.database("identity").organisations.find_one({"_id": b.org}), h.database("vacancies").employers.find_one({"_id": b.org})
    assert stored["version"] == known["version"] and stored["name"] == known["name"]
    publish(b, write_vacancy(b, "Nurse"))


@pytest.mark.parametrize("point", ["sweep_found", "relay_after_insert", "relay_before_pull"])
def test_a_sweeper_killed_while_it_relays_leaves_the_rest_to_the_next(admin, point):
    for n in (1, 2):
        begin("vacancies", "serve", n, CRASH_AT="before_relay")
        begin("vacancies", "work", n, CRASH_AT=point)
    word = "sw" + uuid.uuid4().hex[:8]
    r = api("POST", API, h.bearer(admin.client), json={**GOOD, "title": f"Nurse {word}"})
    for n in (1, 2):
        begin("vacancies", "serve", n)
    if r.status_code == 201:  # a draft says nothing to others: publish it where the writer dies
        for n in (1, 2):
            begin("vacancies", "serve", n, CRASH_AT="before_relay")
        v = r.json()
        assert api("POST", f"{API}/{v['id']}/publish", {**h.bearer(admin.client), "If-Match": f'"{v["version"]}"'}).status_code == 502
    h.wait(lambda: died("vacancies", "work", 1) or died("vacancies", "work", 2), 15)
    for n in (1, 2):
        begin("vacancies", "serve", n)
        begin("vacancies", "work", n)
    found = h.wait(lambda: h.database("vacancies").vacancies.find_one({"title": f"Nurse {word}"}))
    h.wait(lambda: h.database("vacancies").vacancies.find_one({"_id": found["_id"]})["outbox"] == [], 20)
    assert h.database("events").vacancies.count_documents({"aggregate": found["_id"], "type": "vacancy.published"}) == 1


def test_the_same_command_again_after_the_first_was_killed_half_way(admin):
    """Idempotency-Key across a kill -9: stored but never answered, then asked for again."""
    head, key = h.bearer(admin.client), uuid.uuid4().hex
    for n in (1, 2):
        begin("vacancies", "serve", n, CRASH_AT="command_stored")
    word = "ik" + uuid.uuid4().hex[:8]
    body = {**GOOD, "title": f"Nurse {word}"}
    assert api("POST", API, {**head, "Idempotency-Key": key}, json=body).status_code == 502
    for n in (1, 2):
        begin("vacancies", "serve", n)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: api("POST", API, {**head, "Idempotency-Key": key}, json=body), range(20)))
    assert {r.status_code for r in answers} == {201} and len({r.text for r in answers}) == 1
    assert api("POST", API, {**head, "Idempotency-Key": key}, json={**body, "remote": True}).status_code == 422
    assert h.database("vacancies").vacancies.count_documents({"title": f"Nurse {word}"}) == 1


# ---- consumers and leases


@pytest.mark.parametrize("point", ["consumer_lease_taken", "consumer_before_apply", "consumer_after_apply", "consumer_before_position", "consumer_after_position"])
def test_a_consumer_killed_at_each_step_comes_to_the_same_end(admin, point):
    """The lease of the dead one runs out; the next begins before what was not recorded. One mail, one message in the inbox."""
    c = h.new_candidate()
    base = write_vacancy(admin, "Nurse " + uuid.uuid4().hex[:6])
    reference = publish(admin, base)
    h.kill("notifications-work-2")
    begin("notifications", "work", 1, CRASH_AT=point)
    expire("notifications", "messages")
    apply(c, reference)
    email = h.new_email()
    assert invite(admin, email)
    h.wait(lambda: died("notifications", "work", 1), 25)
    expire("notifications", "messages")
    for n in (1, 2):
        begin("notifications", "work", n)
    settled(email)
    h.mail(c.email, "We have your application", seconds=40)
    told = [m for m in h.mails(c.email) if "We have your application" in m["Subject"]]
    assert len(told) <= 1 + h.database("notifications").mails.find_one({"_id": told[0]["MessageID"].split("@")[0]}).get("in_doubt", 0)
    person = h.database("identity").persons.find_one({"email": c.email})["_id"]
    assert h.database("notifications").messages.count_documents({"person": person, "kind": "application_submitted"}) == 1


def test_an_event_about_somebody_unknown_waits_and_is_told_when_they_are_known():
    """The log of identity is read after the one of vacancies: order does not matter."""
    person, event = uuid.uuid4().hex[:26], "0" * 13 + uuid.uuid4().hex[:13]
    now = h.datetime.datetime.now(h.datetime.timezone.utc)
    sample = h.database("events").vacancies.find_one({"type": "application.submitted"})
    known = h.database("events").identity.find_one({"type": "person.registered"})
    h.database("events").vacancies.insert_one({**sample, "_id": event, "person": person, "at": now, "seq": newer(h.database("events").vacancies)})
    h.wait(lambda: h.database("notifications").event_retries.find_one({"event": event, "state": "waiting"}), 20)
    assert h.database("notifications").messages.count_documents({"person": person}) == 0
    h.database("events").identity.insert_one({**known, "_id": "1" + event[1:], "aggregate": person, "at": now, "seq": newer(h.database("events").identity)})
    h.wait(lambda: h.database("notifications").messages.count_documents({"person": person}) == 1, 30)
    h.wait(lambda: h.database("notifications").event_retries.count_documents({"event": event}) == 0, 10)


def due(*schedules):
    """Their next run is now."""
    long_ago = h.datetime.datetime(2020, 1, 1)
    for name in schedules:
        h.database("documents").leases.update_one({"_id": name}, {"$set": {"next_at": long_ago, "until": long_ago}})


@pytest.mark.parametrize("point", ["schedule_lease_taken", "schedule_after_run"])
def test_a_schedule_killed_with_its_lease_is_run_by_the_next(candidate, point):
    """The sweep of deleted documents: who holds it dies, the lease runs out, the next one does the work."""
    candidate.get("/candidate/documents/new")
    name = uuid.uuid4().hex[:8] + ".pdf"
    candidate.post(files={"file": (name, h.pdf())})
    document = h.database("documents").documents.find_one({"name": name})["_id"]
    candidate.get("/candidate/documents")
    candidate.request("POST", f"/candidate/documents/{document}/delete", data={"csrf": h.csrf_of(candidate)}, follow=False)
    for n in (1, 2):  # before it is due, else they run it
        h.kill(f"documents-work-{n}")
    due("document-sweep")
    for n in (1, 2):
        begin("documents", "work", n, CRASH_AT=point)
    h.wait(lambda: died("documents", "work", 1) or died("documents", "work", 2), 40)
    for n in (1, 2):
        begin("documents", "work", n)
    expire("documents", "document-sweep")
    h.wait(lambda: h.database("documents").documents.find_one({"_id": document})["state"] == "gone", 30)
    assert h.database("documents")["fs.files"].count_documents({"_id": document}) == 0


def aged(document, hours):
    """That file as if its upload had begun so many hours ago: an id begins with its time."""
    digits, ms, files = "0123456789abcdefghjkmnpqrstvwxyz", int((time.time() - hours * 3600) * 1000), h.database("documents")
    old = "".join(digits[ms >> 5 * k & 31] for k in range(9, -1, -1)) + document[10:]
    for f in files["fs.files"].find({"_id": document}):
        files["fs.files"].insert_one({**f, "_id": old})
    for chunk in files["fs.chunks"].find({"files_id": document}):
        files["fs.chunks"].insert_one({"files_id": old, "n": chunk["n"], "data": chunk["data"]})
    files["fs.chunks"].delete_many({"files_id": document})
    files["fs.files"].delete_many({"_id": document})
    return old


def orphans():
    """Files without a row."""
    store = h.database("documents")
    rows = {d["_id"] for d in store.documents.find({}, {"_id": 1})}
    return {c["files_id"] for c in store["fs.chunks"].find({}, {"files_id": 1})} - rows


def upload_killed(candidate, point):
    """The file that an upload left whose service died at this point."""
    for n in (1, 2):
        begin("documents", "serve", n, CRASH_AT=point)
    before = orphans()
    candidate.get("/candidate/documents/new")
    r = candidate.post(files={"file": ("lost.pdf", h.pdf(os.urandom(700000)))}, follow=False)
    assert r.status_code == 502
    for n in (1, 2):
        begin("documents", "serve", n)
    (left,) = orphans() - before
    return left


@pytest.mark.parametrize("point", ["document_file_kept", "document_piece_written"])
def test_a_file_that_a_killed_upload_left_is_deleted_after_an_hour(candidate, point):
    """Between the file and its row, and in the middle of the file. What is younger than an hour, and what has a row, stays."""
    store = h.database("documents")
    candidate.get("/candidate/documents/new")
    name = uuid.uuid4().hex[:8] + ".pdf"
    candidate.post(files={"file": (name, h.pdf(b"kept"))})
    kept = store.documents.find_one({"name": name})["_id"]
    old_kept = aged(kept, 3)
    store.documents.insert_one({**store.documents.find_one({"_id": kept}), "_id": old_kept})
    left, young = upload_killed(candidate, point), upload_killed(candidate, point)
    assert store["fs.files"].count_documents({"_id": left}) == (1 if point == "document_file_kept" else 0)
    old = aged(left, 2)
    store.sweeps.delete_many({})  # it has come further than where these were put

    def gone():
        due("document-sweep")  # again: a run that ends just now puts it off
        return store["fs.chunks"].count_documents({"files_id": old}) == 0

    h.wait(gone, 40, every=0.5)
    assert store["fs.files"].count_documents({"_id": old}) == 0
    assert store["fs.chunks"].count_documents({"files_id": young}) > 0 and store["fs.chunks"].count_documents({"files_id": old_kept}) == 1
    h.wait(lambda: store.sweeps.find_one({"_id": "orphans"}), 10)
    assert old <= store.sweeps.find_one({"_id": "orphans"})["position"] < young
    assert any(line["document"] == old for _, _, line in h.logged("document_orphan_deleted", "documents", mode="work"))
    store["fs.chunks"].delete_many({"files_id": young})
    store["fs.files"].delete_many({"_id": young})


# ---- mail


@pytest.mark.parametrize("point,most,doubts", [("mail_claimed", 1, 1), ("mail_before_send", 1, 1), ("mail_after_250", 2, 1), ("mail_recorded", 1, 0)])
def test_a_sender_killed_at_each_step(admin, point, most, doubts):
    """Only between the server's 250 and its record may a mail go twice: once more for each sender that dies there, under the same Message-ID, and counted in doubt. One dies here."""
    h.wait(lambda: h.database("notifications").mails.count_documents({"state": {"$in": ["queued", "sending"]}}) == 0, 60)
    h.kill("notifications-work-2")
    expire("notifications", "messages")
    begin("notifications", "work", 1, CRASH_AT=point, MAIL_LEASE_MS="2000", MAIL_SENDERS="1")
    email = h.new_email()
    assert invite(admin, email)
    h.wait(lambda: died("notifications", "work", 1), 25)
    expire("notifications", "messages")
    for n in (1, 2):
        begin("notifications", "work", n)
    assert settled(email) == most
    assert sum(h.metric("notifications", "work", n, 'mails_total{result="in_doubt"}') for n in (1, 2)) == doubts
    time.sleep(2.5)  # longer than a lease: it stays so
    assert copies(email) == most


class Server(threading.Thread):
    """A mail server that answers as it is told to: to each address the next of `answers`, then 250. "lost": it takes the mail, and its answer never arrives."""

    def __init__(self, answers):
        super().__init__(daemon=True)
        self.answers, self.taken, self.asked = list(answers), [], []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]

    def run(self):
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                threading.Thread(target=self.serve, args=(self.listening.accept()[0],), daemon=True).start()

    def serve(self, s):
        with contextlib.suppress(OSError), s, s.makefile("rwb") as f:
            answer = None

            def say(text):
                f.write(text.encode() + b"\r\n")
                f.flush()

            say("220 here")
            while line := f.readline():
                word = line[:4].upper()
                if word == b"RCPT":
                    self.asked.append(time.time())
                    answer = self.answers.pop(0) if self.answers else "250 fine"
                    say("250 fine" if answer == "lost" else answer)
                elif word == b"DATA":
                    say("354 go on")
                    lines = []
                    while (line := f.readline()) != b".\r\n":
                        lines.append(line)
                    self.taken.append(b"".join(lines))
                    if answer == "lost":
                        return
                    say("250 taken")
                else:
                    say("221 bye" if word == b"QUIT" else "250 fine")


@contextlib.contextmanager
def mails_go_to(answers):
    """One worker, one sender, and that server instead of the catcher."""
    h.wait(lambda: h.database("notifications").mails.count_documents({"state": {"$in": ["queued", "sending"]}}) == 0, 60)
    server = Server(answers)
    server.start()
    for n in (1, 2):
        h.kill(f"notifications-work-{n}")
    expire("notifications", "messages")
    h.stack(f"SMTP_PORT={server.port}; launch_service notifications work 1", MAIL_LEASE_MS="2000", MAIL_SENDERS="1")
    try:
        yield server
    finally:
        begin("notifications", "work", 1)
        expire("notifications", "messages")  # else it takes over from the one killed as late as a mail is waited for
        server.listening.close()


def invited(admin):
    """The mail of an invitation that was just asked for."""
    before = {m["_id"] for m in h.database("notifications").mails.find({}, {"_id": 1})}
    assert invite(admin, h.new_email("smtp"))
    return lambda: h.wait(lambda: h.database("notifications").mails.find_one({"_id": {"$nin": list(before)}, "kind": "invitation"}), 30)


def test_a_mail_that_is_put_off_is_tried_again_later_and_later(inviter):
    with mails_go_to(["451 later", "421 busy", "554 our relay is unwell"]) as server:
        mail = invited(inviter)
        h.wait(lambda: mail()["state"] == "sent", 60)
    assert len(server.taken) == 1 and mail()["attempts"] == 4 and mail().get("in_doubt", 0) == 0
    pauses = [b - a for a, b in zip(server.asked, server.asked[1:])]
    assert len(pauses) == 3 and pauses == sorted(pauses) and pauses[0] > 0.5, pauses


def test_an_address_that_does_not_exist_is_not_tried_again(inviter):
    with mails_go_to(["550 nobody here"]) as server:
        mail = invited(inviter)
        h.wait(lambda: mail()["state"] == "failed", 30)
        time.sleep(2.5)
    assert len(server.asked) == 1 and not server.taken and mail()["attempts"] == 1


def test_a_mail_whose_250_was_never_heard_goes_again_and_is_counted_in_doubt(inviter):
    with mails_go_to(["lost"]) as server:
        mail = invited(inviter)
        h.wait(lambda: mail()["state"] == "sent", 60)
        counted = h.metric("notifications", "work", 1, 'mails_total{result="in_doubt"}')
    ids = [[line for line in m.split(b"\r\n") if line.lower().startswith(b"message-id:")] for m in server.taken]
    assert len(ids) == 2 and ids[0] == ids[1] and mail()["in_doubt"] == counted == 1


# ---- each process, in the middle of everything


class Traffic:
    """Commands without pause, each remembered when it was accepted: vacancies written and published by API, invitations mailed."""

    def __init__(self, admin):
        self.admin, self.stop, self.word = admin, threading.Event(), "tr" + uuid.uuid4().hex[:8]
        self.created, self.published, self.invited = {}, {}, []
        self.threads = [threading.Thread(target=self.write), threading.Thread(target=self.invite)]

    def call(self, method, path, **kw):
        try:
            return requests.request(method, h.BASE + path, timeout=15, **kw)
        except requests.RequestException:
            return None

    def write(self):
        head = h.bearer(self.admin.client)
        while not self.stop.is_set():
            key = uuid.uuid4().hex
            r = self.call("POST", API, headers={**head, "Idempotency-Key": key}, json={**GOOD, "title": f"Nurse {self.word} {key}"})
            if r is None or r.status_code != 201:
                time.sleep(0.05)
                continue
            v = r.json()
            self.created[v["id"]] = key
            r = self.call("POST", f"{API}/{v['id']}/publish", headers={**head, "If-Match": f'"{v["version"]}"'})
            if r is not None and r.status_code == 200:
                self.published[v["id"]] = r.json()["version"]

    def invite(self):
        while not self.stop.is_set():
            email = h.new_email("traffic")
            if invite(self.admin, email):
                self.invited.append(email)
            time.sleep(0.3)

    def __enter__(self):
        for t in self.threads:
            t.start()
        time.sleep(0.7)
        return self

    def __exit__(self, *_):
        self.stop.set()
        for t in self.threads:
            t.join()


RESTART = {"redis": "start_redis", "ferretdb": "start_ferretdb; wait_for 30 store port_answers $((PORT_BASE + 1))", "mailpit": "start_mail",
           "postgres": "halt ferretdb KILL; start_postgres; start_ferretdb; wait_for 30 store port_answers $((PORT_BASE + 1))"}
PROCESSES = [f"{s}-{m}" for s in h.SERVICES for m in ("serve", "work")] + ["nginx worker", *RESTART]


@pytest.mark.parametrize("name", PROCESSES)
def test_each_process_killed_in_the_middle_of_everything(admin, name):
    with Traffic(admin) as t:
        if name == "nginx worker":
            os.kill(h.children(h.pid_of("nginx"))[0], signal.SIGKILL)
        elif name in RESTART:
            h.kill(name)
            time.sleep(0.5)
            h.stack(RESTART[name])
        else:
            service, mode = name.split("-")
            h.kill(f"{name}-1")
            time.sleep(0.5)
            h.start(service, mode, 1, ready=mode == "serve")
        time.sleep(1)
        h.wait(lambda: requests.get(h.BASE + "/api/v1/vacancies?limit=1", timeout=10).status_code == 200, 20)
        before = len(t.published)
        h.wait(lambda: len(t.published) > before, 30)  # it goes on by itself
    stored = {v["_id"]: v for v in h.database("vacancies").vacancies.find({"title": {"$regex": f"^Nurse {t.word}"}})}
    assert set(t.created) <= set(stored) and len({v["title"] for v in stored.values()}) == len(stored)
    assert all(stored[v]["state"] == "published" and stored[v]["version"] >= n for v, n in t.published.items())
    live = sum(v["state"] == "published" for v in stored.values())
    hits = [0]

    def everywhere():
        hits[0] = hits[0] + 1 if find(t.word, limit=1)["total"] == live else 0
        return hits[0] >= 4  # both replicas

    h.wait(everywhere, 30)
    doubtful = name in ("notifications-work", "mailpit")
    for email in t.invited:
        assert settled(email, 60) in ((1, 2) if doubtful else (1,)), email  # 2 only where it is counted in doubt, see copies
    h.wait(lambda: h.database("vacancies").vacancies.count_documents({"title": {"$regex": f"^Nurse {t.word}"}, "outbox._id": {"$exists": True}}) == 0, 20)
    assert t.created and t.invited


# ---- what is leaned on is away, or hangs


def test_redis_flushed_in_the_middle_of_the_journey(employer):
    word = "ff" + uuid.uuid4().hex[:8]
    base = write_vacancy(employer, f"Nurse {word}")
    c = h.new_candidate()
    h.redis("flushall")
    assert employer.get(base, follow=False).status_code == 303  # signed out, nothing else
    assert requests.get(h.BASE + "/jobs", timeout=10).status_code == 200
    employer.sign_in(employer.email)
    reference = publish(employer, base)
    h.wait_everywhere(lambda: find(word)["total"] == 1)
    c.sign_in(c.email)
    apply(c, reference)
    h.mail(c.email, "We have your application")
    h.coordinator().sign_in("coordinator@department.example")


def flushed(b, path=None):
    """A person whose session has just gone with everything that Redis had: they sign in, and are where they were."""
    h.redis("flushall")
    b.sign_in(b.email)
    return b.get(path) if path else None


def test_redis_flushed_before_every_step_of_the_journey():
    """From the confirmation's link to the CV in the recruiter's hands: whatever was sent before is there, and what was signed is still good."""
    word, admin, email = "fj" + uuid.uuid4().hex[:8], h.Browser(), h.new_email("admin")
    admin.get("/register/organisation")
    admin.post({"organisation": "Trust " + word, "kind": "hospital_trust", "place": "Leeds", "region": "wales", "name": "Ada", "email": email, "password": h.PASSWORD})
    link = h.link_in(h.mail(email))
    admin.get(link)
    h.redis("flushall")
    admin.org = admin.post().url.split("/employer/")[1]
    admin.email = email
    flushed(h.coordinator(), f"/department/organisations/{admin.org}")
    h.coordinator().post({}, action="approve$")
    h.mail(email, "can publish")
    flushed(admin, f"/employer/{admin.org}/vacancies/new")
    base = admin.post({"title": f"Nurse {word}"}).url
    for step, values in STEPS.items():
        flushed(admin, f"{base}/{step}")
        assert fill_own(admin, values).url == base
    flushed(admin)
    reference = publish(admin, base)
    h.redis("flushall")
    h.wait_everywhere(lambda: find(word)["total"] == 1)
    c = h.new_candidate("Zora " + word)
    flushed(c, f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url.replace(h.BASE, "")
    for step, values in (("details", {"identity.phone": "07700 900123"}), ("statement", {"statement": "I care."}), ("answers", {"answer-1": "Yes."})):
        flushed(c, f"{path}/{step}")
        c.post(values, action=f"{step}$")
    flushed(c, f"/candidate/documents/new?to={path}/cv")
    receipt = c.post(files={"file": ("cv.pdf", h.pdf(word.encode()))}, follow=False).headers["Location"]
    flushed(c, receipt)  # the receipt is signed, not kept
    flushed(c, f"{path}/check")
    assert "Your application is sent" in c.post(action="submit$").text
    key = path.rsplit("/", 1)[1]
    flushed(admin, f"/employer/{admin.org}/applications/{key}")
    assert word not in h.text_of(admin.page).replace(f"Nurse {word}", "").replace(f"Trust {word}", "")
    admin.post(action="shortlist$")
    flushed(admin, f"/employer/{admin.org}/applications/{key}")
    capability = admin.post(action="cv$", follow=False).headers["Location"]
    assert word.encode() in flushed(admin, capability).content
    for subject in ("We have your application", "shortlisted"):
        h.mail(c.email, subject)
    flushed(c)
    h.wait(lambda: "opened your document" in h.text_of(c.get("/candidate/messages")))
    assert len([m for m in h.mails(c.email)]) == 3  # the confirmation and these: nothing twice
    flushed(h.coordinator())


def admitted(head):
    """What each replica says to this token, several times."""
    return {api("GET", API + "/own", head).status_code for _ in range(6)}


def test_a_flushed_redis_lets_no_revoked_system_in_again(inviter):
    """Not where it is remembered, and not in a replica that has begun since and has only Redis to ask."""
    client = h.new_client(inviter)
    head = h.bearer(client)
    assert admitted(head) == {200}
    h.revoke(inviter, client)
    time.sleep(1.2)
    assert admitted(head) == {401}
    h.redis("flushall")
    until = time.time() + 3
    while time.time() < until:
        assert admitted(head) == {401}
    h.wait(lambda: client[0] in h.redis("smembers", "revoked"), 20)
    for n in (1, 2):
        begin("vacancies", "serve", n)
    assert admitted(head) == {401}
    flushed(h.coordinator())


def test_a_system_revoked_by_a_process_that_died_before_it_told_anybody(inviter):
    """Killed between the store and Redis: the command is stored, so it acts."""
    client = h.new_client(inviter)
    head = h.bearer(client)
    inviter.get(f"/employer/{inviter.org}/team/systems/{client[0]}/revoke")
    for n in (1, 2):
        begin("identity", "serve", n, CRASH_AT="command_stored")
    assert inviter.post(action="revoke$").status_code == 502
    for n in (1, 2):
        begin("identity", "serve", n)
    assert h.database("identity").clients.find_one({"_id": client[0]})["revoked_at"].year > 2020
    h.wait(lambda: admitted(head) == {401}, 20)


SERVED_WITHOUT_STORE = ["/", "/jobs", "/jobs?keyword=nurse", "/api/v1/vacancies?facets=true", "/api/v1/ping", "/api/v1/search_xml", "/jobs.atom", "/sitemap.xml", "/robots.txt", "/accessibility", "/api/docs",
                        "/api/v1/openapi.json", "/oauth2/jwks", "/api/v1/reference/regions"]
NEEDS_STORE = ["/jobs/AAAAA-BBBBBB", "/candidate", "/employer/{org}", "/candidate/documents", "/candidate/messages", "/employer/{org}/team", "/api/v1/organisations"]
AT_ONCE = 2.5  # seconds: one time-out of a process that has not noticed yet; for half a second after it all others are answered at once


def timed(browser, path):
    began = time.time()
    r = browser.get(path, follow=False)
    return r, time.time() - began


def all_back(browser, paths):
    """From both replicas: nginx takes them in turn."""
    for path in paths:
        h.wait(lambda: all(browser.get(path, follow=False).status_code in (200, 404) for _ in range(4)), 30)


def tell(pids, sig):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # a backend that has just ended
            os.kill(pid, sig)


@pytest.mark.parametrize("how", ["hung", "killed"])
@pytest.mark.parametrize("what", ["ferretdb", "postgres", "redis"])
def test_what_is_leaned_on_is_away(admin, what, how):
    """What can be served is served, as quickly as ever; the rest is told 503 and Retry-After at once, not after a time-out each; and it comes back by itself."""
    needing = [p.format(org=admin.org) for p in NEEDS_STORE] + (["/account"] if what == "redis" else [])  # the session tells it all
    all_back(admin, needing)
    if how == "killed":
        h.kill(what)
    else:
        stopped = [h.pid_of(what), *(h.children(h.pid_of(what)) if what == "postgres" else [])]  # its backends too: they answer, not the postmaster
        tell(stopped, signal.SIGSTOP)
    try:
        nobody = h.Browser()
        for path in SERVED_WITHOUT_STORE:
            r, took = timed(nobody, path)
            assert r.status_code == 200 and took < 1, (path, r.status_code, took)
        for turn in range(1 if how == "hung" else 3):
            for path in needing:
                r, took = timed(admin, path)
                # With Redis away whoever is signed in is unknown, and what is everybody's is still shown to them.
                if what == "redis" and path in ("/jobs/AAAAA-BBBBBB", "/api/v1/organisations"):
                    assert r.status_code in (200, 404, 503), (path, r.status_code)
                else:
                    assert r.status_code == 503 and int(r.headers["Retry-After"]) > 0, (path, r.status_code)
                assert took < AT_ONCE, (path, turn, took)
        # The health of the process is not that of what it leans on; its readiness is.
        for service in h.SERVICES:
            assert h.ops(service, "serve", 1, "/healthz").status_code == 200
        assert h.ops("vacancies", "serve", 1, "/readyz").status_code == 503
        began = time.time()
        with ThreadPoolExecutor(32) as pool:  # a crowd at what needs the store does not take search with it
            crowd = [pool.submit(requests.get, h.BASE + "/jobs/AAAAA-BBBBBB", timeout=30) for _ in range(64)]
            searches = [pool.submit(requests.get, h.BASE + "/api/v1/vacancies", timeout=30) for _ in range(16)]
            assert {f.result().status_code for f in searches} == {200}
            assert {f.result().status_code for f in crowd} <= {404, 503}
        assert time.time() - began < 15
    finally:
        if how == "killed":
            h.stack(RESTART[what])
        else:
            tell(stopped, signal.SIGCONT)
    sign_in_again(admin)
    all_back(admin, [*needing, "/account"])


@pytest.mark.parametrize("how", ["hung", "killed"])
def test_the_mail_server_away_holds_nobody_up_and_loses_nothing(admin, how):
    emails = [h.new_email() for _ in range(6)]
    os.kill(h.pid_of("mailpit"), signal.SIGSTOP) if how == "hung" else h.kill("mailpit")
    try:
        for email in emails:
            began = time.time()
            assert invite(admin, email)
            assert time.time() - began < 1
        time.sleep(1.5)
    finally:
        os.kill(h.pid_of("mailpit"), signal.SIGCONT) if how == "hung" else h.stack("start_mail")
    for email in emails:
        assert settled(email, 60) == 1


def test_sign_in_hashing_full_says_when_to_come_back():
    """So many at once, where each replica takes two at a time, that even a fast machine needs twice the second that one may wait: some are told to come back, the others served."""
    for n in (1, 2):
        begin("identity", "serve", n, THREADS="160")
    form = h.Browser()
    form.get("/sign-in")
    fields = dict(form.form()["fields"])

    def one(i):
        return h.from_address(f"127.0.0.{2 + i % 4}").post(h.BASE + "/sign-in", data={**fields, "email": h.new_email(), "password": "some words that are wrong"}, cookies=None, timeout=30, allow_redirects=False,
                             headers={"Cookie": "; ".join(f"{k}={v}" for k, v in form.cookies.items())})

    with ThreadPoolExecutor(300) as pool:
        answers = list(pool.map(one, range(300)))
    by_status = {s: [r for r in answers if r.status_code == s] for s in {r.status_code for r in answers}}
    assert set(by_status) == {422, 503}, {k: len(v) for k, v in by_status.items()}
    assert all(int(r.headers["Retry-After"]) >= 1 for r in by_status[503])
    assert requests.get(h.BASE + "/oauth2/jwks", timeout=5).status_code == 200
    for n in (1, 2):
        begin("identity", "serve", n)


class Load:
    """What each service is asked without pause while its replicas go: what is read, and what is written and has to be there afterwards."""

    def __init__(self, employer):
        self.stop, self.count, self.bad, self.written, self.uploaded = threading.Event(), Counter(), [], [], []
        self.reader, self.writer, self.word = h.new_candidate(), h.new_candidate(), "sg" + uuid.uuid4().hex[:8]
        self.token = h.bearer(h.new_client(employer))
        self.pages = self.cookie(self.reader)
        self.uploaders = itertools.cycle([(self.cookie(b), h.csrf_of(b)) for b in (h.new_candidate() for _ in range(4))])  # each keeps fifty at most
        self.form, self.form_csrf, self.csrf = self.cookie(self.writer), h.csrf_of(self.writer), h.csrf_of(self.reader)
        acts = [self.search, self.write, self.refused, self.name, self.profile, self.upload, self.documents, self.messages]
        self.threads = [threading.Thread(target=self.run, args=(act,)) for act in acts]

    @staticmethod
    def cookie(b):
        return {"Cookie": "; ".join(f"{k}={v}" for k, v in b.cookies.items())}

    def search(self, s):
        return s.get(h.BASE + API, timeout=30), 200

    def write(self, s):
        title = f"Nurse {self.word} {uuid.uuid4().hex}"
        r = s.post(h.BASE + API, json={**GOOD, "title": title}, headers=self.token, timeout=30)
        self.written.append(title)
        return r, 201

    def refused(self, s):
        return s.post(h.BASE + "/oauth2/token", data={"grant_type": "client_credentials", "client_id": h.new_email(), "client_secret": "x"}, timeout=30), 401

    def name(self, s):
        return s.post(h.BASE + "/account/name", data={"csrf": self.form_csrf, "name": "Nell " + uuid.uuid4().hex[:6]}, headers=self.form, allow_redirects=False, timeout=30), 303

    def profile(self, s):
        return s.post(h.BASE + "/candidate/profile", data={"csrf": self.csrf, "statement": uuid.uuid4().hex}, headers=self.pages, allow_redirects=False, timeout=30), 303

    def upload(self, s):
        self.stop.wait(1.1)  # so many a minute are taken of one address
        name, (cookie, csrf) = uuid.uuid4().hex + ".pdf", next(self.uploaders)
        parts = [("csrf", (None, csrf)), ("file", (name, h.pdf(os.urandom(400000))))]
        r = s.post(h.BASE + "/candidate/documents/new", files=parts, headers=cookie, allow_redirects=False, timeout=30)
        self.uploaded.append(name)
        return r, 303

    def documents(self, s):
        return s.get(h.BASE + "/candidate/documents", headers=self.pages, allow_redirects=False, timeout=30), 200

    def messages(self, s):
        return s.get(h.BASE + "/candidate/messages", headers=self.pages, allow_redirects=False, timeout=30), 200

    def run(self, act):
        session = requests.Session()
        while not self.stop.is_set():
            try:
                r, wanted = act(session)
                good, said = r.status_code == wanted, (r.status_code, r.text[:100])
            except requests.RequestException as e:
                good, said = False, repr(e)
            self.count[act.__name__] += 1
            if not good:
                self.bad.append((act.__name__, said))

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for t in self.threads:
            t.join()


def test_each_service_replaced_under_load_loses_no_request(employer):
    """GETs and POSTs of all four while each replica of each is ended and begun again, one after the other: none fails, and what was accepted is there."""
    if employer.get("/account", follow=False).status_code == 303:
        employer.sign_in(employer.email)
    drained = {s: len(list(h.logged("drained", s))) for s in h.SERVICES}
    with Load(employer) as load:
        for service in h.SERVICES:
            for n in (1, 2):
                old = h.pid_of(f"{service}-serve-{n}")
                h.start(service, "serve", n)  # the successor listens before the old one stops
                os.kill(old, signal.SIGTERM)
                h.wait(lambda: not h.alive(old), 40)
    assert not load.bad, (len(load.bad), load.count, load.bad[:3])
    assert len(load.count) == 8 and min(load.count.values()) > 10, load.count
    assert h.database("vacancies").vacancies.count_documents({"title": {"$regex": f"^Nurse {load.word}"}}) == len(load.written)
    kept = {d["name"] for d in h.database("documents").documents.find({"name": {"$in": load.uploaded}, "state": {"$ne": "deleted"}})}
    assert kept == set(load.uploaded)
    for service in h.SERVICES:  # each finished what it had, and was not ended by the time that it has for that
        ends = [line for _, _, line in h.logged("drained", service)][drained[service]:]
        assert len(ends) == 2 and all(line["connections_left"] == 0 for line in ends), ends


def test_workers_asked_to_end_finish_the_mail_in_hand(inviter):
    """SIGTERM to each worker while it sends: each mail goes once, and none is in doubt."""
    emails, done = [h.new_email("term") for _ in range(30)], threading.Event()

    def send():
        for email in emails:
            assert invite(inviter, email)
        done.set()

    sending = threading.Thread(target=send)
    sending.start()
    while not done.is_set():
        for n in (1, 2):
            old = h.pid_of(f"notifications-work-{n}")
            os.kill(old, signal.SIGTERM)
            h.wait(lambda: not h.alive(old), 40)
            begin("notifications", "work", n)
            time.sleep(0.4)
    sending.join()
    for email in emails:
        assert settled(email, 60) == 1
        mail = h.database("notifications").mails.find_one({"_id": h.mails(email)[0]["MessageID"].split("@")[0]})
        assert mail.get("in_doubt", 0) == 0, mail


def test_a_replica_starts_from_its_snapshot_and_learns_what_it_missed(inviter):
    """One is asked to end, a vacancy closes and another is published meanwhile; begun again from its file, and alone, it has all three as they are now."""
    words = ["sn" + uuid.uuid4().hex[:8] for _ in range(3)]
    stays, closes = (write_vacancy(inviter, f"Nurse {w}") for w in words[:2])
    for base in (stays, closes):
        publish(inviter, base)
    h.wait_everywhere(lambda: [find(w)["total"] for w in words[:2]] == [1, 1])
    loaded = len(list(h.logged("index_loaded", "vacancies", 1)))
    h.kill("vacancies-serve-1", signal.SIGTERM)
    assert os.path.getmtime(f"{h.VAR}/snapshot/1/vacancies.idx") > time.time() - 60  # written as it ended
    inviter.get(closes + "/close")
    inviter.post(action="close$")
    publish(inviter, write_vacancy(inviter, f"Nurse {words[2]}"))
    h.start("vacancies", "serve", 1)
    h.kill("vacancies-serve-2", signal.SIGTERM)
    assert len(list(h.logged("index_loaded", "vacancies", 1))) == loaded + 1
    assert [find(w)["total"] for w in words] == [1, 0, 1]
    begin("vacancies", "serve", 2)


def test_a_damaged_snapshot_is_built_anew(inviter):
    word = "sd" + uuid.uuid4().hex[:8]
    publish(inviter, write_vacancy(inviter, f"Nurse {word}"))
    noticed = len(list(h.logged("index_file_damaged", "vacancies")))
    for n in (1, 2):
        h.kill(f"vacancies-serve-{n}", signal.SIGTERM)
        with open(f"{h.VAR}/snapshot/{n}/vacancies.idx", "r+b") as f:
            f.seek(64)
            f.write(os.urandom(4096))
        h.start("vacancies", "serve", n)
    h.wait_everywhere(lambda: find(word)["total"] == 1)
    assert len(list(h.logged("index_file_damaged", "vacancies"))) == noticed + 2


def test_what_nginx_says_while_identity_is_away_holds_no_link():
    """A link whose button could not be pressed still works: its secret must not stand in a log."""
    secret, other = "A" * 20 + uuid.uuid4().hex, uuid.uuid4().hex
    for n in (1, 2):
        h.kill(f"identity-serve-{n}")
    try:
        for path in ("/register/confirm", "/reset/confirm", "/invitation"):
            assert requests.get(f"{h.BASE}{path}?token={secret}", timeout=10).status_code == 502
        assert requests.get(f"{h.BASE}/sign-in?other={other}", timeout=10).status_code == 502
    finally:
        for n in (1, 2):
            begin("identity", "serve", n)
    with open(f"{h.VAR}/log/nginx-error.log") as f:
        said = f.read()
    assert other in said and secret not in said
