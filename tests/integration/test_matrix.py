"""Role × route × organisation, from the route tables themselves: each cell is asserted."""
import re

import pytest
import requests

import harness as h

ROUTES = [r for r in h.routes() if r["page"]]
FAKE = "0" * 26


@pytest.fixture(scope="module")
def people(employer, other_employer, candidate):
    """A recruiter and a hiring manager of the employer too, by invitation."""
    found = {"nobody": h.Browser(), "candidate": candidate, "administrator": employer, "stranger": other_employer, "department": h.coordinator()}
    for role in ("recruiter", "hiring_manager"):
        email = h.new_email(role)
        employer.get(f"/employer/{employer.org}/team")
        r = employer.post({"email": email, "roles": [role]}, action="invitations$")
        assert "on its way" in r.text
        b = h.Browser()
        b.get(h.link_in(h.mail(email)))
        r = b.post({"name": role.title(), "new_password": h.PASSWORD}, action="invitation$")
        assert "You have joined" in r.text, h.text_of(r)
        b.email = email
        found[role] = b
    return found


ROLES = {"nobody": set(), "candidate": {"candidate"}, "administrator": {"candidate", "administrator", "recruiter"}, "stranger": {"candidate"}, "department": {"candidate", "department"},
         "recruiter": {"candidate", "recruiter"}, "hiring_manager": {"candidate", "hiring_manager"}}


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r["method"] + r["path"])
def test_cell(people, employer, who, route):
    path = re.sub(r"\{[a-z]+\}", FAKE, route["path"].replace("{org}", employer.org))
    b = people[who]
    if (route["method"], route["path"]) == ("POST", "/sign-out"):
        pytest.skip("would sign the others out")
    data = None
    if route["method"] == "POST":
        page = b.get("/account" if who != "nobody" else "/sign-in")
        data = {"csrf": re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)}
    r = b.request(route["method"], path, data=data, follow=False)
    allowed = set(route["who"])
    if "anyone" in allowed or ROLES[who] & allowed:
        assert r.status_code not in (401, 403) or "capability" in route["summary"] or route["stream"], (r.status_code, r.text[:300])
        if r.status_code == 303:
            assert not r.headers["Location"].startswith("/sign-in?next")
    elif who == "nobody":
        assert r.status_code == 303 and r.headers["Location"].startswith("/sign-in?next=")
    elif "{org}" in route["path"] and who in ("candidate", "stranger", "department"):
        assert r.status_code == 404
    else:
        assert r.status_code == 403


@pytest.mark.parametrize("route", [r for r in ROUTES if r["method"] == "POST"], ids=lambda r: r["path"])
def test_without_a_form_of_ours_nothing_is_done(people, employer, route):
    path = re.sub(r"\{[a-z]+\}", FAKE, route["path"].replace("{org}", employer.org))
    assert people["administrator"].request("POST", path, data={"csrf": "x.y"}, follow=False).status_code in (403, 400)
    page = people["administrator"].get("/account")
    good = re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)
    r = people["administrator"].request("POST", path, data={"csrf": good}, headers={"Origin": "http://evil.example"}, follow=False)
    assert r.status_code in (403, 400)


def test_every_api_write_wants_a_token():
    for r in h.routes():
        if r["api"] and r["method"] != "GET" and "anyone" not in r["who"]:
            path = re.sub(r"\{[a-z]+\}", FAKE, r["path"])
            assert requests.request(r["method"], h.BASE + path, json={}, timeout=10).status_code == 401, path


def test_every_route_says_who_and_what():
    for r in h.routes():
        assert r["who"] and r["summary"], r
