"""Partner systems: tokens, vacancies with Idempotency-Key and If-Match, every way to be refused."""
import concurrent.futures
import datetime
import re
import uuid
import xml.etree.ElementTree as ET

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


def test_a_system_of_an_organisation_that_is_not_approved_drafts_but_does_not_publish():
    waiting = h.new_organisation(approved=False)
    head = h.bearer(h.new_client(waiting))
    h.wait(lambda: requests.post(API, json=body(), headers=head, timeout=10).status_code == 201)
    v = create(head)
    r = act(head, v, "publish")
    assert r.status_code == 409 and r.json()["state"] == "organisation not approved" and requests.get(f"{API}/{v['id']}", timeout=10).status_code == 404
    h.coordinator().get(f"/department/organisations/{waiting.org}")
    h.coordinator().post({"reason": "No."}, action="refuse$")
    h.mail(waiting.email, "not approved")
    assert act(head, v, "publish").status_code == 409 and requests.get(f"{API}/{v['id']}", headers=head, timeout=10).json()["state"] == "draft"


def test_idempotency(head):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = requests.post(API, json=body(), headers={**head, **key}, timeout=10)
    again = requests.post(API, json=body(), headers={**head, **key}, timeout=10)
    assert first.status_code == again.status_code == 201 and first.json()["id"] == again.json()["id"]
    assert requests.post(API, json=body(title="Another"), headers={**head, **key}, timeout=10).status_code == 422
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            key = {"Idempotency-Key": uuid.uuid4().hex}
            answers = list(pool.map(lambda i: requests.post(API, json=body(title=f"At once {i % 2}"), headers={**head, **key}, timeout=10), range(8)))
            made = [r.json() for r in answers if r.status_code == 201]
            assert {r.status_code for r in answers} == {201, 422} and len({v["id"] for v in made}) == 1 and len({v["title"] for v in made}) == 1 and len(made) == 4


def test_a_change_sent_again_gets_the_first_answer(head):
    def patch(v, key, match=None, **fields):
        return requests.patch(f"{API}/{v['id']}", json=fields, headers={**head, "If-Match": f'"{match or v["version"]}"', "Idempotency-Key": key}, timeout=10)

    first_key = {"Idempotency-Key": uuid.uuid4().hex}
    v = requests.post(API, json=body(), headers={**head, **first_key}, timeout=10).json()
    key = uuid.uuid4().hex
    first, again = patch(v, key, summary="Days"), patch(v, key, summary="Days")
    assert first.status_code == again.status_code == 200 and first.json() == again.json() and first.json()["version"] == v["version"] + 1
    assert patch(v, key, summary="Nights").status_code == 422  # the key with something else
    assert patch(v, uuid.uuid4().hex, summary="Nights").status_code == 412
    assert requests.post(API, json=body(), headers={**head, **first_key}, timeout=10).json()["id"] == v["id"]  # and the first command of all still makes no second one
    r = requests.post(API, json=body(title="Something else"), headers={**head, **first_key}, timeout=10)
    assert r.status_code == 422 and "Idempotency-Key" in r.text  # nor is it taken for what was never sent with that key
    v, key = again.json(), uuid.uuid4().hex
    send = lambda what: requests.post(f"{API}/{v['id']}/{what}", headers={**head, "If-Match": f'"{v["version"]}"', "Idempotency-Key": key}, timeout=10)
    first, again = send("publish"), send("publish")
    assert first.status_code == again.status_code == 200 and first.json() == again.json()
    assert send("close").status_code == 422  # the same empty body, but not the same command
    v = again.json()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: patch(v, "k" + v["id"], summary="Twice at once"), range(8)))
    assert {r.status_code for r in answers} == {200} and {r.json()["version"] for r in answers} == {v["version"] + 1}


def test_not_modified(head):
    v = act(head, create(head), "publish").json()
    url = f"{API}/{v['id']}"
    tag = requests.get(url, timeout=10).headers["ETag"]
    for same in (tag, f'"{v["version"]}"', f'W/"{v["version"]}"', f'"7777", "{v["version"]}"', "*"):
        r = requests.get(url, headers={"If-None-Match": same}, timeout=10)
        assert r.status_code == 304 and not r.content and r.headers["ETag"].removeprefix("W/") == f'"{v["version"]}"', same
    for other in ('"7777"', "W/", f'{v["version"]}', ""):
        assert requests.get(url, headers={"If-None-Match": other}, timeout=10).status_code == 200, other


def test_modified_when_it_closes_by_itself(head):
    """Nobody writes then, so the version stays and the state does not."""
    closes_at = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    v = act(head, create(head, closes_at=closes_at), "publish").json()
    url = f"{API}/{v['id']}"
    first = requests.get(url, timeout=10)
    assert first.json()["state"] == "published"
    h.wait(lambda: requests.get(url, timeout=10).json()["state"] == "closed")
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert again.status_code == 200 and again.json()["state"] == "closed"


def own(head, **params):
    r = requests.get(API + "/own", params=params, headers=head, timeout=10)
    assert r.status_code == 200, r.text
    return r.json()


def test_ones_own_in_every_state_page_by_page(other_employer):
    head = {"Authorization": "Bearer " + h.token(h.new_client(other_employer))}
    drafts = [create(head, title=f"Nurse {i}")["id"] for i in range(5)]
    published = act(head, create(head), "publish").json()
    act(head, act(head, create(head), "publish").json(), "close")
    seen, cursor = [], None
    while True:
        page = own(head, state="draft", limit=2, **({"cursor": cursor} if cursor else {}))
        assert len(page["vacancies"]) <= 2
        seen += [v["id"] for v in page["vacancies"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen == drafts[::-1]  # the latest change first, each once
    assert [v["id"] for v in own(head, state="published")["vacancies"]] == [published["id"]]
    assert {v["state"] for v in own(head, state="closed")["vacancies"]} == {"closed"}
    assert len(own(head)["vacancies"]) == 7
    for bad in ({"state": "lost"}, {"cursor": "x"}, {"limit": 101}, {"nonsense": 1}):
        assert requests.get(API + "/own", params=bad, headers=head, timeout=10).status_code == 422, bad
    assert requests.get(API + "/own", timeout=10).status_code == 401


def test_the_dashboard_counts_and_pages(other_employer):
    b, head = other_employer, {"Authorization": "Bearer " + h.token(h.new_client(other_employer))}
    ids = {create(head)["id"] for _ in range(26)}
    page = b.get(f"/employer/{b.org}?state=draft").text
    drafts = int(re.search(r"Draft \((\d+)\)", page).group(1))
    assert drafts >= 26 and f'href="/employer/{b.org}?state=draft&amp;page=2"' in page
    seen, number = set(), 1
    while True:
        page = b.get(f"/employer/{b.org}?state=draft&page={number}").text
        found = set(re.findall(rf'<h3[^>]*><a href="/employer/{b.org}/vacancies/([a-z0-9]{{26}})"', page))
        assert found and not found & seen and len(found) <= 25
        seen |= found
        if "page=%d" % (number + 1) not in page:
            break
        number += 1
    assert ids <= seen and len(seen) == drafts
    for rubbish in ("?page=-1", "?page=abc", "?page=99999999999999999999", "?state=lost", "?page=5000"):
        assert b.get(f"/employer/{b.org}{rubbish}").status_code == 200


def test_saving_the_same_again_changes_nothing(head):
    v = act(head, create(head, summary="Same"), "publish").json()
    r = requests.patch(f"{API}/{v['id']}", json={"summary": "Same"}, headers={**head, "If-Match": f'"{v["version"]}"'}, timeout=10)
    assert r.status_code == 200 and r.json()["version"] == v["version"]


def test_pay_by_the_hour_has_pence(head):
    v = create(head, salary={"min": 12.6, "max": 14.05, "period": "hour"})
    assert v["salary"] == {"min": 12.6, "max": 14.05, "period": "hour"}
    assert requests.get(f"{API}/{v['id']}", headers=head, timeout=10).json()["salary"]["min"] == 12.6


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
    (b'{"title": "a", "title": "b"}', 422, ["/title"]),
    (b'{"locations": [{"name": "a"}, {"name": "b", "name": "c"}], "title": "x\\"y", "title": "z"}', 422, ["/locations/1/name", "/title"]),
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
    r = requests.post(API, json=body(staff_group="astronauts", working_pattern=["by night"]), headers=head, timeout=10)
    said = {e["pointer"]: e["detail"] for e in r.json()["errors"]}
    assert "full_time, " in said["/working_pattern"]
    assert said["/staff_group"].startswith("Staff group must be one of: ") and "nursing_and_midwifery, " in said["/staff_group"]
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
    h.revoke(employer, client)
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


FEED = h.BASE + "/api/v1/search_xml"


def feed(**params):
    r = requests.get(FEED, params=params, timeout=10)
    assert r.status_code == 200 and r.headers["Content-Type"].startswith("application/xml")
    return ET.fromstring(r.content)


@pytest.fixture(scope="module")
def in_feed(head):
    word = "ff" + uuid.uuid4().hex[:8]
    jobs = [act(head, create(head, title=f"Doctor {word} {i}", staff_group="medical_and_dental", pay_band="band_9", contract_type="apprenticeship" if i else "fixed_term", summary="£ & <b>Ŵ</b>",
                             salary={"min": 30000 + i, "period": "year"}), "publish").json() for i in range(3)]
    h.wait_everywhere(lambda: feed(keyword=word).findtext("totalResults") == "3")
    return word, jobs


def test_the_nhs_feed_as_its_consumers_call_it(in_feed):
    word, jobs = in_feed
    root = feed(keyword=word, sort="publicationDateDesc", limit=2, page=1, externalOnly="true", utm_source="x")
    assert root.tag == "nhsJobs" and root.findtext("totalPages") == "2" and root.findtext("totalResults") == "3"
    one = root.find("vacancyDetails")
    assert [c.tag for c in one] == ["id", "reference", "title", "description", "employer", "type", "salary", "postDate", "closeDate", "url", "locations"]
    assert one.findtext("id") == jobs[2]["id"] and one.findtext("description") == "£ & <b>Ŵ</b>" and one.findtext("salary") == "£30,002 a year"
    assert one.findtext("type") == "Apprenticeship" and one.findtext("locations/location") == "Leeds, LS1" and one.findtext("url").endswith("/jobs/" + jobs[2]["reference"])
    assert [v.findtext("id") for v in feed(keyword=word, sort="publicationDateDesc", limit=2, page=2).findall("vacancyDetails")] == [jobs[0]["id"]]
    assert not feed(keyword=word, page=9).findall("vacancyDetails")
    every = int(feed().findtext("totalResults"))
    for asked, given in (({}, 10), ({"limit": "0"}, 10), ({"limit": "many"}, 10), ({"limit": "100"}, 100), ({"limit": "101"}, 100)):  # 10 unless said, 100 at most
        page = feed(**asked)
        assert len(page.findall("vacancyDetails")) == min(given, every) and int(page.findtext("totalPages")) == -(-every // given), asked


def test_the_nhs_feeds_filters_in_its_own_spelling(in_feed, other_employer):
    word, jobs = in_feed
    code = jobs[0]["reference"].split("-")[0]
    count = lambda **p: int(feed(keyword=word, **p).findtext("totalResults"))
    assert count(staffGroup="MEDICAL_AND_DENTAL") == 3 and count(staffGroup="ADMINISTRATIVE_AND_CLERICAL") == 0
    assert count(staffGroup="ADMINISTRATIVE_AND_CLERICAL,MEDICAL_AND_DENTAL") == 3
    assert count(contractType="Apprenticeship") == 2 and count(contractType="Fixed-Term") == 1 and count(contractType="Fixed Term") == 1
    assert count(payBand="BAND_9") == 3 and count(payBand="Band 2") == 0
    assert count(employerCode=code) == 3 and count(employerCode="ZZZZZ") == 0
    assert count(location="Leeds", distance="5") == 3 and count(location="Truro", distance="5") == 0 and count(location="Qqzzq") == 0
    assert count(salaryFrom="30002") == 1
    assert feed(keyword=word, sort="salaryDesc").findtext("vacancyDetails/id") == jobs[2]["id"]
    for rubbish in ({"limit": "many"}, {"page": "-1"}, {"distance": "far"}, {"sort": "beauty"}, {"keyword": "\x00" + word}, {"limit": "100000"}):
        assert int(feed(**{"keyword": word, **rubbish}).findtext("totalResults") or 0) >= 0


def test_atom_and_sitemap_are_well_formed_and_tell_changes(in_feed, head):
    word, jobs = in_feed
    atom = "{http://www.w3.org/2005/Atom}"
    root = ET.fromstring(requests.get(h.BASE + "/jobs.atom", params={"keyword": word}, timeout=10).content)
    assert len(root.findall(atom + "entry")) == 3 and word in root.find(atom + "link").get("href")
    r = requests.patch(f"{API}/{jobs[0]['id']}", json={"summary": "Changed"}, headers={**head, "If-Match": f'"{jobs[0]["version"]}"'}, timeout=10)

    def changed():
        entries = {e.findtext(atom + "id"): e for e in ET.fromstring(requests.get(h.BASE + "/jobs.atom", params={"keyword": word}, timeout=10).content).findall(atom + "entry")}
        e = entries[jobs[0]["url"]]
        return e.findtext(atom + "summary") == "Changed" and e.findtext(atom + "updated") == r.json()["changed_at"] and e

    h.wait(changed)

    def in_sitemap():  # of either replica
        return {u[0].text: u[1].text for u in ET.fromstring(requests.get(h.BASE + "/sitemap.xml", timeout=30).content)}.get(jobs[0]["url"]) == r.json()["changed_at"]

    h.wait(in_sitemap, 60, 0.5)  # it is kept for a while
    assert "Sitemap: " + h.BASE + "/sitemap.xml" in requests.get(h.BASE + "/robots.txt", timeout=10).text


def test_the_api_page_walks_through_and_lists_everything():
    page = requests.get(h.BASE + "/api/docs", timeout=10).text
    doc = requests.get(h.BASE + "/api/v1/openapi.json", timeout=10).json()
    for path, methods in doc["paths"].items():
        for m in methods:
            assert f"{m.upper()} {path}" in page, path
    for name in doc["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    assert "If-Match" in page and "Idempotency-Key" in page and "grant_type=client_credentials" in page and "<script src=\"http" not in page


def test_the_document_describes_what_is_served():
    doc = requests.get(h.BASE + "/api/v1/openapi.json", timeout=10).json()
    served = {(r["method"].lower(), r["path"]) for r in h.routes() if r["api"]}
    described = {(m, p) for p, ms in doc["paths"].items() for m in ms}
    assert served <= described, served - described
