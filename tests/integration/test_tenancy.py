"""Ids of other organisations and people in every place that takes one: path, form field, JSON, receipt, capability, copy_of, cursor. The path is test_matrix's."""
import base64
import re
import uuid
from urllib.parse import parse_qs, quote, urlsplit

import pytest

import harness as h
from test_journey import fill_own, find
from world import api

FAKE = "0" * 26


@pytest.fixture(scope="module")
def head(world):
    return h.bearer(world.own.client)


def receipt_of(candidate, to):
    """A receipt for an upload of this candidate's own."""
    candidate.get("/candidate/documents/new?to=" + quote(to))
    r = candidate.post(files={"file": ("own.pdf", h.pdf(b"own"))}, follow=False)
    return parse_qs(urlsplit(r.headers["Location"]).query)["receipt"][0]


def test_a_copy_of_another_organisations_vacancy(world):
    b = world.own.admin
    for theirs in (world.foreign.draft, world.foreign.published, FAKE):
        b.get(f"/employer/{b.org}/vacancies/new?copy_of={theirs}")
        assert "A draft" not in [v for f in h.Forms(b.page.text).forms for k, v in f["fields"] if k == "title"]
        r = b.post({"title": "Copied", "copy_of": theirs})
        assert r.status_code in (404, 422)


def test_a_forms_own_number_is_its_persons_own(world):
    """The same `once` from two people makes two; one cannot reach the other's vacancy by it."""
    once, made = uuid.uuid4().hex[:26], []
    for b in (world.own.admin, world.foreign.admin):
        b.get(f"/employer/{b.org}/vacancies/new")
        made.append(b.post({"title": "Same number", "once": once}).url.rsplit("/", 1)[1])
    assert made[0] != made[1]


@pytest.mark.parametrize("field", ["id", "employer", "employer.id", "employer._id", "organisation", "org", "state", "version_", "reference", "published_at", "sector", "url"])
def test_form_fields_that_nobody_asked_for_change_nothing(world, field):
    b = world.own.admin
    base = f"{h.BASE}/employer/{b.org}/vacancies/{world.own.draft}"
    before = h.database("vacancies").vacancies.find_one({"_id": world.own.draft})
    b.get(base + "/basics")
    assert fill_own(b, {field: world.foreign.org}).status_code in (200, 422)
    after = h.database("vacancies").vacancies.find_one({"_id": world.own.draft})
    for key in ("_id", "employer", "state", "reference", "published_at", "sector"):
        assert before.get(key) == after.get(key)


@pytest.mark.parametrize("extra", [{"id": FAKE}, {"employer": {"id": FAKE, "name": "x", "kind": "y"}}, {"organisation": FAKE}, {"state": "published"}, {"version": 9}, {"reference": "AAAAA-BBBBBB"},
                                   {"url": "http://evil.example"}, {"published_at": "2030-01-01T00:00:00Z"}, {"_id": FAKE}, {"outbox": []}, {"changes": []}], ids=str)
def test_json_that_names_another_owner(world, head, extra):
    before = h.database("vacancies").vacancies.find_one({"_id": world.own.draft})
    r = api("PATCH", f"/api/v1/vacancies/{world.own.draft}", {**head, "If-Match": f'"{before["version"]}"'}, json=extra)
    assert r.status_code == 422, r.text
    assert h.database("vacancies").vacancies.find_one({"_id": world.own.draft}) == before


@pytest.mark.parametrize("value", [{"$ne": None}, {"$gt": ""}, ["x"], {"$where": "1"}], ids=str)
def test_operators_of_the_store_are_no_values(world, head, value):
    for field in ("title", "staff_group", "closes_at"):
        assert api("PATCH", f"/api/v1/vacancies/{world.own.draft}", {**head, "If-Match": '"1"'}, json={field: value}).status_code in (412, 422)
    b = h.Browser()
    b.get("/sign-in")
    r = b.request("POST", "/sign-in", data={"csrf": h.csrf_of(b), "email[$ne]": "x", "password[$ne]": "x"}, follow=False)
    assert r.status_code == 422


def test_a_cursor_of_another_list(world, head):
    theirs = h.bearer(world.foreign.client)
    page = api("GET", "/api/v1/vacancies/own?limit=1", theirs).json()
    assert page["next"]
    seen = set()
    for cursor in (page["next"], base64.urlsafe_b64encode(f"99999999999999 {world.foreign.draft}".encode()).decode().rstrip("="), base64.urlsafe_b64encode(b"9999999999999 zz").decode().rstrip("=")):
        r = api("GET", "/api/v1/vacancies/own", head, params={"cursor": cursor})
        assert r.status_code in (200, 422)
        seen |= {v["employer"]["id"] for v in r.json().get("vacancies", [])}
    assert seen <= {world.own.org}
    for bad in ("x", "!!", "AAAA", "a" * 300, base64.urlsafe_b64encode(b"\xff\xfe 1").decode(), base64.urlsafe_b64encode(b"1 \x00").decode()):
        assert api("GET", "/api/v1/vacancies/own", head, params={"cursor": bad}).status_code == 422, bad
        assert find("nurse", cursor=bad).get("status") == 422


def test_a_receipt_is_of_its_person_its_time_and_unchanged(world):
    mine, other = world.candidate, world.other_candidate
    cv = f"/candidate/applications/{mine.draft}/cv"
    before = h.database("vacancies").applications.find_one({"key": mine.draft})
    theirs = receipt_of(other.browser, f"/candidate/applications/{other.draft}/cv")
    own = receipt_of(mine.browser, cv)
    for bad in (theirs, own[:-1], own + "A", own.swapcase(), own.split(".")[0], "", ".", theirs.split(".")[0] + "." + own.split(".", 1)[-1]):
        r = mine.browser.get(cv + "?receipt=" + quote(bad), follow=False)
        assert r.status_code == 303 and r.headers["Location"].startswith("/candidate/documents/new")
        assert h.database("vacancies").applications.find_one({"key": mine.draft}) == before
    assert other.browser.get(cv + "?receipt=" + theirs, follow=False).status_code == 404  # another's application with an own receipt
    assert mine.browser.get(cv + "?receipt=" + own, follow=False).headers["Location"].endswith(mine.draft)


def test_notes_of_one_kind_are_not_notes_of_another(world):
    """A receipt, a capability, a form token and a notice are signed with the same key, for different purposes."""
    mine, b = world.candidate, world.own.admin
    b.get(f"/employer/{b.org}/applications/{mine.sent}")
    b.post(action="shortlist$")
    b.get(f"/employer/{b.org}/applications/{mine.sent}")
    capability = parse_qs(urlsplit(b.post(action="cv$", follow=False).headers["Location"]).query)["capability"][0]
    receipt = receipt_of(mine.browser, f"/candidate/applications/{mine.draft}/cv")
    for note in (receipt, h.csrf_of(b), b.cookies["__Host-session"], mine.browser.cookies.get("__Host-notice", "x")):
        assert b.get(f"/documents/{mine.document}?capability={quote(note)}", follow=False).status_code == 403
    assert mine.browser.get(f"/candidate/applications/{mine.draft}/cv?receipt={quote(capability)}", follow=False).headers["Location"].startswith("/candidate/documents/new")
    # a capability is for its reader and its document
    for who in (world.foreign.admin, world.candidate.browser, world.people["recruiter"], world.people["department"]):
        assert who.get(f"/documents/{mine.document}?capability={quote(capability)}", follow=False).status_code == 403
    assert b.get(f"/documents/{world.other_candidate.document}?capability={quote(capability)}", follow=False).status_code == 403
    assert b.get(f"/documents/{mine.document}?capability={quote(capability)}", follow=False).status_code == 200


def test_a_capability_ends_with_the_readers_role(world):
    """Taken out of the team within its minute, they open nothing with it any more."""
    b = h.colleague(world.own.admin, "recruiter")
    if "/shortlist\"" in b.get(f"/employer/{b.org}/applications/{world.candidate.sent}").text:
        b.post(action="shortlist$")
        b.get(f"/employer/{b.org}/applications/{world.candidate.sent}")
    where = b.post(action="cv$", follow=False).headers["Location"]
    assert b.get(where).status_code == 200
    person = h.database("identity").persons.find_one({"email": b.email})["_id"]
    world.own.admin.get(f"/employer/{b.org}/team/members/{person}/remove")
    world.own.admin.post(action="remove$")
    assert b.get(where).status_code == 403


def test_documents_of_somebody_else(world):
    mine, other = world.candidate, world.other_candidate
    for who in (other.browser, world.own.admin, world.people["department"]):
        assert who.get(f"/candidate/documents/{mine.document}").status_code == 404
        who.get("/candidate/documents")
        assert who.request("POST", f"/candidate/documents/{mine.document}/delete", data={"csrf": h.csrf_of(who)}, follow=False).status_code == 404
    assert mine.browser.get(f"/candidate/documents/{mine.document}").status_code == 200


def test_two_organisations_in_one_browser_do_not_mix(world):
    """The organisation is in the address: one person of two has in each what they may in each."""
    b = h.colleague(world.own.admin, "recruiter")
    world.foreign.admin.get(f"/employer/{world.foreign.org}/team")
    world.foreign.admin.post({"email": b.email, "roles": ["hiring_manager"]}, action="invitations$")
    b.get(h.link_in(h.mail(b.email, "Other trust")))
    b.post(action="invitation$")
    assert b.get(f"/employer/{world.own.org}/vacancies/{world.own.draft}/basics").status_code == 200
    assert b.get(f"/employer/{world.foreign.org}/vacancies/{world.foreign.draft}/basics").status_code == 403  # a hiring manager does not write
    assert b.get(f"/employer/{world.foreign.org}/vacancies/{world.foreign.draft}").status_code == 200
    assert b.get(f"/employer/{world.own.org}/vacancies/{world.foreign.draft}").status_code == 404
    assert b.get(f"/employer/{world.foreign.org}/vacancies/{world.own.draft}").status_code == 404
    b.get(f"/employer/{world.own.org}/vacancies/{world.own.draft}/basics")
    moved = b.page.url.replace(world.own.org, world.foreign.org)
    form = next(f for f in h.Forms(b.page.text).forms if f["action"] == "")
    assert b.request("POST", moved, data=form["fields"], follow=False).status_code == 403


def test_invitations_are_for_whom_they_were_sent(world):
    """Somebody else who is signed in and opens the link does not get in as themselves without the invited address."""
    email = h.new_email("invited")
    world.own.admin.get(f"/employer/{world.own.org}/team")
    world.own.admin.post({"email": email, "roles": ["administrator"]}, action="invitations$")
    link = h.link_in(h.mail(email, "invited"))
    assert re.search(r"token=[\w.~-]{20,}", link)
    for who in (world.foreign.admin, world.other_candidate.browser):
        who.get(link)
        try:
            who.post(action="invitation$")
        except AssertionError:
            pass
        assert who.get(f"/employer/{world.own.org}").status_code == 404


def test_a_draft_of_an_application_is_nobodys_but_its_candidates(world):
    """Until it is sent the employer does not know that it exists: not in the list, not in the counts, not by its address, for no act."""
    person, org = world.candidate, world.own.org
    assert world.people["candidate"].get(f"/candidate/applications/{person.draft}").status_code == 200
    vacancy = h.database("vacancies").applications.find_one({"key": person.draft})["vacancy"]
    for b in (world.own.admin, world.people["recruiter"], world.people["hiring_manager"]):
        listing = b.get(f"/employer/{org}/vacancies/{vacancy}/applications")
        assert "All (0)" in h.text_of(listing) and person.draft not in listing.text
        assert b.get(f"/employer/{org}/applications/{person.draft}").status_code == 404
        for act in ("shortlist", "reject", "cv"):
            r = b.request("POST", f"/employer/{org}/applications/{person.draft}/{act}", data={"csrf": h.csrf_of(b), "reason": "others"}, follow=False)
            assert r.status_code == 403 if act != "cv" and b is world.people["hiring_manager"] else r.status_code == 404, (act, r.status_code)
    assert h.database("vacancies").applications.find_one({"key": person.draft})["state"] == "draft"


# ---- what each service may do in Redis

REDIS_RIGHTS = {"identity": {"session:x", "epoch:x", "revoked"}, "notifications": {"unread:x"}, "vacancies": set(), "documents": set()}


@pytest.mark.parametrize("service", sorted(REDIS_RIGHTS))
def test_only_identity_writes_sessions(service):
    """The access list: with the password of any other service nobody can be signed in, and no revoked token let in again."""
    with open(f"{h.VAR}/keys/redis-{service}") as f:
        password = f.read().strip()

    def refused(*words):
        return "NOPERM" in h.stack(f"REDISCLI_AUTH={password} redis-cli -s $REDIS_SOCKET --user {service} {' '.join(words)} 2>&1")

    for key in ("session:x", "sessions:x", "epoch:x", "revoked", "unread:x"):
        mine = key in REDIS_RIGHTS[service] or service == "identity" and key == "sessions:x"
        assert refused("srem", key, "nothing") != mine, key  # it may, or is told that this is no set
        assert not refused("get", key) or key == "sessions:x" and service != "identity", key
    for words in (["flushall"], ["keys", "'*'"], ["config", "get", "dir"], ["eval", "'return 1'", "0"], ["acl", "list"], ["set", "other", "x"], ["get", "other"]):
        assert refused(*words), words
    assert not refused("incr", "rate:test") and not refused("publish", "bus", "x")
