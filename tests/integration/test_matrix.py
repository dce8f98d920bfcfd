"""Role × route × organisation, generated from the route tables: every page and API route, asked by everybody for what is real. Each cell is asserted."""
import time

import pytest

import harness as h
from world import api, fill

ROUTES = h.routes()
FAKE = "0" * 26

# Who somebody is in the organisation of the address.
ROLES = {"nobody": set(), "candidate": {"candidate"}, "other_candidate": {"candidate"}, "administrator": {"candidate", "administrator", "recruiter"}, "stranger": {"candidate"},
         "department": {"candidate", "department"}, "recruiter": {"candidate", "recruiter"}, "hiring_manager": {"candidate", "hiring_manager"}}
SYSTEMS = {"system": {"partner"}, "other_system": {"partner"}, "revoked_system": set(), "scopeless_system": set(), "garbled_system": set()}

# What the table cannot say: a route that answers an admitted GET otherwise than with 200.
ANSWERS = {"/candidate/applications/{key}/cv": 303,  # no receipt: to the upload
           "/documents/{id}": 403,  # no capability
           "/jobs/{reference}/apply": {"candidate": 303},  # has applied: to the application
           "/employer/{org}/vacancies/{id}/publish": 303, "/employer/{org}/applications/{key}/reject": 303,  # back to what was refused
           "/candidate/applications/{key}/submit": 303,
           "/sign-in": {None: 303, "nobody": 200}}
# Steps of an application that exist only while it is a draft.
DRAFT_STEPS = ("details", "statement", "answers", "cv", "check", "submit")
# A form that is complete, so that what refuses it is the object, not a field.
FORMS = {"/reject": {"reason": "others"}, "/submit": {}, "{step}": {"title": "Nurse", "summary": "x"}, "/members/{person}": {"roles": "recruiter"}}


def name_of(route):
    return f"{route['method']} {route['path']}"


def owned(world, owner, person, route):
    """The ids of real things that fit this route."""
    ids = owner.ids() | {"list": "regions", "step": "basics"}
    path = route["path"]
    if path.startswith("/candidate/applications"):
        ids["key"] = person.draft if path.rsplit("/", 1)[1] in DRAFT_STEPS else person.sent
    elif path.startswith("/employer/{org}/applications"):
        ids["key"] = person.sent
    elif path.startswith(("/candidate/documents", "/documents")):
        ids["id"] = person.document
    elif path.startswith("/candidate/messages"):
        ids["id"] = person.message
    elif "organisations" in path:
        ids["id"] = owner.org
    elif "{step}" in path or path == "/api/v1/vacancies/{id}" and route["method"] == "GET":
        ids["id"] = owner.draft
    return ids


def own_ids(world, route):
    return owned(world, world.own, world.candidate, route)


def foreign_ids(world, route):
    """Another organisation's or person's things, under the own organisation's address."""
    return owned(world, world.foreign, world.other_candidate, route) | {"org": world.own.org}


@pytest.fixture(scope="module")
def before(world):
    return world.state()


@pytest.fixture(scope="module")
def heads(world):
    revoked = h.new_client(world.own.admin)
    head = h.bearer(revoked)
    h.revoke(world.own.admin, revoked)
    time.sleep(1.5)
    return {"system": h.bearer(world.own.client), "other_system": h.bearer(world.foreign.client), "revoked_system": head,
            "scopeless_system": h.bearer(h.forge(sub=world.own.client[0], organisation=world.own.org, scope="nothing")), "garbled_system": {"Authorization": "Bearer a.b.c"}}


# ---- the first question: is this person or system let in?


def admission(route, who, roles):
    """401, 403, 404 or None for let in; pages send those who are not signed in to sign in."""
    allowed = set(route["who"])
    if "anyone" in allowed or roles & allowed:
        return None
    if not roles:
        return 303 if route["page"] else 401
    in_organisation = "{org}" in route["path"]
    return 404 if in_organisation and not roles & {"administrator", "recruiter", "hiring_manager"} else 403


def answer_of(route, who):
    expected = ANSWERS.get(route["path"], 200)
    if isinstance(expected, dict):
        expected = expected.get(who, expected.get(None, 200))
    return expected


def ask(browser, route, path):
    """A GET as it is; a POST whose body is of a kind that is refused (400) only after everything about the person was."""
    if route["method"] == "GET":
        return browser.request("GET", path, follow=False)
    return browser.request(route["method"], path, data="x", headers={"Content-Type": "text/plain"}, follow=False)


PERSONAL = ("/candidate/applications/", "/candidate/documents/{id}", "/candidate/messages/{id}")  # of their person alone; for all others see test_somebody_elses
PAGES = [(r, who) for r in ROUTES if r["page"] for who in ROLES if not r["path"].startswith(PERSONAL) or who in ("candidate", "other_candidate", "nobody")]


@pytest.mark.parametrize("route,who", PAGES, ids=lambda v: v if isinstance(v, str) else name_of(v))
def test_page(world, before, route, who):
    mine = world.other_candidate if who == "other_candidate" else world.candidate
    r = ask(world.people[who], route, fill(route["path"], **owned(world, world.own, mine, route)))
    refused = admission(route, who, ROLES[who])
    if refused is None:
        assert r.status_code == (answer_of(route, who) if route["method"] == "GET" else 400), h.text_of(r)[:300]
    else:
        assert r.status_code == refused
        if refused == 303:
            assert r.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("who", SYSTEMS)
@pytest.mark.parametrize("route", [r for r in ROUTES if not r["page"]], ids=name_of)
def test_api(world, before, heads, who, route):
    owner = world.foreign if who == "other_system" else world.own
    path, allowed = fill(route["path"], **owned(world, owner, world.candidate, route)), set(route["who"])
    r = api(route["method"], path, heads[who], **({} if route["method"] == "GET" else {"data": "x"}))
    bad = who in ("revoked_system", "garbled_system") and route["api"]
    if route["path"] == "/oauth2/token":
        assert r.status_code == 400
    elif bad:
        assert r.status_code == 401 and "WWW-Authenticate" in r.headers
    elif "anyone" in allowed and who == "scopeless_system" and "vacancies/{id}" in route["path"]:
        assert r.status_code == 404  # a draft, to somebody without the right
    elif "anyone" in allowed or SYSTEMS[who] & allowed:
        if route["method"] == "GET":
            assert r.status_code == 200, r.text
        else:
            assert r.status_code in (400, 428), r.text
    else:
        assert r.status_code == 403


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("route", [r for r in ROUTES if r["api"]], ids=name_of)
def test_a_cookie_is_no_token(world, who, route):
    """The API looks at no session: another site's script cannot use one."""
    path = fill(route["path"], **own_ids(world, route))
    r = ask(world.people[who], route, path)
    if "anyone" not in route["who"]:
        assert r.status_code == 401
    elif path.endswith(world.own.draft):
        assert r.status_code == 404
    else:
        assert r.status_code == (200 if route["method"] == "GET" else 400)


@pytest.mark.parametrize("route", [r for r in ROUTES if r["page"] and "anyone" not in r["who"]], ids=name_of)
def test_a_token_is_no_session(world, heads, route):
    r = ask(world.people["nobody"], route, fill(route["path"], **own_ids(world, route)))
    with_token = h.requests.request(route["method"], h.BASE + fill(route["path"], **own_ids(world, route)), headers=heads["system"], allow_redirects=False, timeout=10)
    assert r.status_code == with_token.status_code == 303


# ---- the second question: is it theirs?

OBJECTS = [r for r in ROUTES if "{" in r["path"].replace("{org}", "").replace("{list}", "").replace("{reference}", "")]
INSIDERS = {"/candidate": ["candidate", "administrator", "department", "stranger"], "/employer": ["administrator", "recruiter", "hiring_manager"], "/department": ["department"],
            "/documents": ["candidate", "administrator"]}


def insiders(route):
    return next((v for k, v in INSIDERS.items() if route["path"].startswith(k)), [])


CELLS = [(r, who, what) for r in OBJECTS if r["page"] for who in insiders(r) if ROLES[who] & set(r["who"]) for what in ("foreign", "unknown")
         if not (what == "foreign" and r["path"].startswith("/department"))]


@pytest.mark.parametrize("route,who,what", CELLS, ids=lambda v: v if isinstance(v, str) else name_of(v))
def test_somebody_elses(world, before, route, who, what):
    """Another organisation's vacancy, application, colleague, system; another person's application, document, message: not there, for reading or for anything else."""
    ids = foreign_ids(world, route)
    if what == "unknown":
        ids = {k: FAKE for k in ids} | {"org": world.own.org, "step": "basics"}
    path, b = fill(route["path"], **ids), world.people[who]
    form = next((v for k, v in FORMS.items() if route["path"].endswith(k)), {})
    r = b.request(route["method"], path, data={**form, "csrf": h.csrf_of(b)} if route["method"] == "POST" else None, follow=False)
    assert r.status_code == (403 if route["path"] == "/documents/{id}" else 404), h.text_of(r)[:300]


@pytest.mark.parametrize("what", ["foreign", "unknown"])
@pytest.mark.parametrize("route", [r for r in OBJECTS if r["api"] and "partner" in r["who"]], ids=name_of)
def test_another_organisations_by_api(world, before, heads, route, what):
    for vacancy in (world.foreign.draft, world.foreign.published) if what == "foreign" else (FAKE, "x", "%FF", "' or 1=1"):
        r = api(route["method"], fill(route["path"], id=vacancy), {**heads["system"], "If-Match": '"1"'}, json={"title": "Taken over"})
        assert r.status_code == 404, r.text


def test_another_organisations_draft_is_not_read_by_api(world, heads):
    assert api("GET", f"/api/v1/vacancies/{world.foreign.draft}", heads["system"]).status_code == 404
    assert api("GET", f"/api/v1/vacancies/{world.foreign.draft}", {}).status_code == 404
    assert api("GET", f"/api/v1/vacancies/{world.foreign.published}", heads["system"]).status_code == 200


def test_nothing_of_all_that_was_done(world, before):
    now = world.state()
    changed = {k: (v, now.get(k)) for k, v in before.items() if now.get(k) != v}
    assert not changed


# ---- forms


@pytest.mark.parametrize("route", [r for r in ROUTES if r["page"] and r["method"] == "POST" and not r["stream"]], ids=lambda r: r["path"])
def test_without_a_form_of_ours_nothing_is_done(world, route):
    path, b = fill(route["path"], **own_ids(world, route)), world.people["candidate" if route["path"].startswith(("/candidate", "/jobs")) else "administrator"]
    if route["path"].startswith("/department"):
        b = world.people["department"]
    before = world.state()
    good, stranger = h.csrf_of(b), h.csrf_of(world.people["stranger"])
    for data, headers in (({}, {}), ({"csrf": "x.y"}, {}), ({"csrf": good[:-2] + ("AA" if good[-2:] != "AA" else "BB")}, {}), ({"csrf": stranger}, {}),
                          ({"csrf": good}, {"Origin": "http://evil.example"}), ({"csrf": good}, {"Origin": "null"}), ({"csrf": good}, {"Referer": "http://evil.example/x"})):
        assert b.request("POST", path, data=data, headers=headers, follow=False).status_code == 403, (data, headers)
    assert world.state() == before


# ---- the tables


def test_every_route_says_who_and_what():
    seen = set()
    for r in ROUTES:
        assert r["who"] and r["summary"] and r["summary"][0].isupper(), r
        assert (r["method"], r["path"]) not in seen, r
        seen.add((r["method"], r["path"]))
        assert r["page"] or not r["stream"]
