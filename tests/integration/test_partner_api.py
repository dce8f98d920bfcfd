"""Partner systems: tokens, vacancies with Idempotency-Key and If-Match, every way to be refused."""
import uuid

import pytest
import requests

import harness as h

API = h.BASE + "/api/v1/vacancies"


@pytest.fixture(scope="module")
def client(employer):
    return h.new_client(employer)


@pytest.fixture(scope="module")
def head(client):
    return {"Authorization": "Bearer " + h.token(client)}


def body(**more):
    return {"title": "Staff nurse", "description": "Words", "staff_group": "nursing_and_midwifery", "locations": [{"name": "Leeds", "postcode": "LS1"}],
            "closes_at": "2030-01-31T17:00:00Z", **more}


def create(head, **more):
    r = requests.post(API, json=body(**more), headers=head, timeout=10)
    assert r.status_code == 201, r.text
    return r.json()


def act(head, v, what, match=None):
    return requests.post(f"{API}/{v['id']}/{what}", headers={**head, "If-Match": f'"{match or v["version"]}"'}, timeout=10)


def test_write_publish_read_close(head):
    v = create(head)
    assert v["state"] == "draft" and v["reference"] and v["locations"][0]["latitude"]
    assert requests.get(f"{API}/{v['id']}", timeout=10).status_code == 404  # a draft is nobody else's
    r = requests.get(f"{API}/{v['id']}", headers=head, timeout=10)
    assert r.status_code == 200 and r.headers["ETag"].removeprefix("W/") == '"1"'
    r = act(head, v, "publish")
    assert r.status_code == 200 and r.json()["state"] == "published"
    assert requests.get(f"{API}/{v['id']}", timeout=10).json()["title"] == "Staff nurse"
    assert act(head, r.json(), "publish").status_code == 409
    r = act(head, r.json(), "close")
    assert r.json()["state"] == "closed"
    assert act(head, r.json(), "withdraw").json()["state"] == "closed" or act(head, r.json(), "withdraw").status_code == 409


def test_idempotency(head):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = requests.post(API, json=body(), headers={**head, **key}, timeout=10)
    again = requests.post(API, json=body(), headers={**head, **key}, timeout=10)
    assert first.status_code == again.status_code == 201 and first.json()["id"] == again.json()["id"]
    assert requests.post(API, json=body(title="Another"), headers={**head, **key}, timeout=10).status_code == 422


def test_stale_and_missing_versions(head):
    v = create(head)
    r = requests.patch(f"{API}/{v['id']}", json={"title": "New title"}, headers={**head, "If-Match": '"1"'}, timeout=10)
    assert r.status_code == 200 and r.json()["version"] == 2
    assert requests.patch(f"{API}/{v['id']}", json={"title": "x y z"}, headers={**head, "If-Match": '"1"'}, timeout=10).status_code == 412
    assert requests.patch(f"{API}/{v['id']}", json={"title": "x y z"}, headers=head, timeout=10).status_code == 428
    assert requests.patch(f"{API}/{v['id']}", json={"title": "x y z"}, headers={**head, "If-Match": "W/2"}, timeout=10).status_code == 412


def test_only_the_whitelist_after_publication(head):
    v = act(head, create(head), "publish").json()
    r = requests.patch(f"{API}/{v['id']}", json={"title": "Other"}, headers={**head, "If-Match": f'"{v["version"]}"'}, timeout=10)
    assert r.status_code == 409 and r.json()["state"] == "published"
    r = requests.patch(f"{API}/{v['id']}", json={"summary": "Other"}, headers={**head, "If-Match": f'"{v["version"]}"'}, timeout=10)
    assert r.status_code == 200 and r.json()["summary"] == "Other"


@pytest.mark.parametrize("data,status,pointers", [
    (b"{", 400, []),
    (b'{"title": "a", "title": "b"}', 400, []),
    (b'\xff{"title": "a"}', 400, []),
    (b"[" * 40 + b"]" * 40, 400, []),
    (b"{}", 422, ["/title", "/description", "/staff_group", "/locations", "/closes_at"]),
    (b'{"title": 5, "nonsense": 1, "remote": "yes"}', 422, ["/title", "/nonsense", "/remote"]),
    (b'{"id": "x", "state": "published"}', 422, ["/id", "/state"]),
])
def test_bad_bodies(head, data, status, pointers):
    r = requests.post(API, data=data, headers={**head, "Content-Type": "application/json"}, timeout=10)
    assert r.status_code == status, r.text
    assert r.headers["Content-Type"] == "application/problem+json"
    found = [e["pointer"] for e in r.json().get("errors", [])]
    for p in pointers:
        assert p in found, (p, found)


def test_codes_and_bounds(head):
    r = requests.post(API, json=body(staff_group="astronauts", salary={"min": 9, "max": 3, "period": "year"}, locations=[{"name": "x", "postcode": "NOT A CODE"}]), headers=head, timeout=10)
    assert r.status_code == 422
    r2 = requests.post(API, json=body(title="x" * 151), headers=head, timeout=10)
    assert r2.status_code == 422 and r2.json()["errors"][0]["pointer"] == "/title"


def test_too_large_is_refused(head):
    r = requests.post(API, data=b"x" * (300 << 10), headers={**head, "Content-Type": "application/json"}, timeout=10)
    assert r.status_code == 413


def test_tokens(client, head, employer):
    for bad in ("", "Bearer", "Bearer x.y.z", head["Authorization"] + "x", head["Authorization"][:-6] + "AAAAAA"):
        r = requests.post(API, json=body(), headers={"Authorization": bad} if bad else {}, timeout=10)
        assert r.status_code == 401 and "WWW-Authenticate" in r.headers, bad
    r = requests.post(h.BASE + "/oauth2/token", data={"grant_type": "client_credentials"}, auth=(client[0], "wrong"), timeout=10)
    assert r.status_code == 401 and r.json()["error"] == "invalid_client"
    assert requests.post(h.BASE + "/oauth2/token", data={"grant_type": "password"}, auth=client, timeout=10).status_code == 400


def test_a_revoked_client_stops_within_seconds(employer):
    client = h.new_client(employer)
    head = {"Authorization": "Bearer " + h.token(client)}
    create(head)
    employer.get(f"/employer/{employer.org}/team")
    employer.post(action=client[0] + "/revoke$")
    h.wait(lambda: requests.post(API, json=body(), headers=head, timeout=10).status_code == 401, 5)
    assert requests.post(h.BASE + "/oauth2/token", data={"grant_type": "client_credentials"}, auth=client, timeout=10).status_code == 401


def test_another_organisations_vacancy_is_not_there(head, other_employer):
    v = create(head)
    theirs = {"Authorization": "Bearer " + h.token(h.new_client(other_employer))}
    assert requests.get(f"{API}/{v['id']}", headers=theirs, timeout=10).status_code == 404
    assert act(theirs, v, "publish").status_code == 404


def test_search_parameters():
    assert requests.get(API, params={"utm_source": "x"}, timeout=10).status_code == 422
    assert requests.get(API, params={"sort": "beauty"}, timeout=10).status_code == 422
    assert requests.get(API, params={"location": "Qqqqzzz"}, timeout=10).status_code == 422
    assert requests.get(API, params={"cursor": "abc"}, timeout=10).status_code == 422
    assert requests.get(API, params={"limit": "1000"}, timeout=10).status_code == 422
    assert requests.get(h.BASE + "/jobs", params={"utm_source": "x", "limit": "1000", "cursor": "abc", "distance": "far"}, timeout=10).status_code == 200


def test_the_document_describes_what_is_served():
    doc = requests.get(h.BASE + "/api/v1/openapi.json", timeout=10).json()
    served = {(r["method"].lower(), r["path"]) for r in h.routes() if r["api"]}
    described = {(m, p) for p, ms in doc["paths"].items() for m in ms}
    assert served <= described, served - described
