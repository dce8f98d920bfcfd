"""The whole journey, as the people who make it: join, publish, find, apply, shortlist, be told; through nginx and two replicas of everything."""
import re
import time
import uuid

import pytest
import requests

import harness as h

DESCRIPTION = """# About the job

We look for a nurse – gyda chariad at bobl. Pay: £28,407.

- one
- two

| Day | Hours |
|-----|-------|
| Monday | **7½** |

[Our hospital](https://hospital.example/ward?x=1&y=2)
"""


def fill_own(browser, values):
    """A step's form has no action: it goes to its own address."""
    form = next(f for f in h.Forms(browser.page.text).forms if f["action"] == "")
    fields = [(k, v) for k, v in form["fields"] if k not in values]
    for k, v in values.items():
        fields += [(k, x) for x in v] if isinstance(v, list) else [(k, v)]
    return browser.request("POST", browser.page.url, data=fields)


STEPS = {
    "basics": {"summary": "Join our ward. £28,407 – croeso!", "staff_group": "nursing_and_midwifery", "contract_type": "permanent", "working_pattern": ["full_time", "part_time"]},
    "pay": {"pay_band": "band_5", "salary.min": "£28,407", "salary.max": "34581", "salary.period": "year"},
    "locations": {"locations[0].name": "St James's Hospital, Leeds", "locations[0].postcode": "LS9 7TF"},
    "description": {"description": DESCRIPTION},
    "criteria": {"criteria[0].text": "Registered with the NMC", "criteria[0].essential": "true"},
    "closing": {"closes_at-day": "27", "closes_at-month": "3", "closes_at-year": "2030", "closes_at-time": "5pm"},
}


def write_vacancy(b, title, **changed):
    b.get(f"/employer/{b.org}/vacancies/new")
    base = b.post({"title": title}).url
    for step, values in STEPS.items():
        assert b.get(f"{base}/{step}").status_code == 200
        r = fill_own(b, {**values, **changed.get(step, {})})
        assert r.status_code == 200 and r.url == base, h.text_of(r)
    return base


def publish(b, base):
    b.get(base)
    r = b.post(action="publish$")
    assert "The vacancy is published" in r.text, h.text_of(r)
    return re.search(r'/jobs/([A-Z0-9-]+)"', r.text).group(1)


def find(keyword, **more):
    return requests.get(h.BASE + "/api/v1/vacancies", params={"keyword": keyword, **more}, timeout=10).json()


def apply(candidate, reference, statement="I care for people.", cv=b"%PDF-1.4 " + b"x" * 500, details=None, answers=None, file="cv.pdf"):
    candidate.get(f"/jobs/{reference}/apply")
    path = candidate.post(action="apply$").url
    candidate.get(path + "/details")
    candidate.post(details or {"identity.phone": "07700 900123"}, action="details$")
    candidate.get(path + "/statement")
    candidate.post({"statement": statement}, action="statement$")
    candidate.get(path + "/answers")
    candidate.post(answers or {"answer-1": "Yes, since 2015."}, action="answers$")
    candidate.get("/candidate/documents/new?to=" + path.replace(h.BASE, "") + "/cv")
    r = candidate.post(files={"file": (file, cv)})
    assert "part of the application" in r.text, h.text_of(r)
    candidate.get(path + "/check")
    r = candidate.post(action="submit$")
    assert "Your application is sent" in r.text, h.text_of(r)
    return path.rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def published(employer):
    word = "zz" + uuid.uuid4().hex[:8]
    base = write_vacancy(employer, f"Staff Nurse {word}")
    return employer, base, publish(employer, base), word


def test_a_new_organisation_drafts_but_does_not_publish_until_approved():
    b = h.new_organisation(approved=False)
    base = write_vacancy(b, "Porter")
    b.get(base)
    r = b.post(action="publish$")
    assert r.status_code == 422 and "has not approved" in r.text
    h.approve(b.org)

    def again():
        b.get(base)
        return "The vacancy is published" in b.post(action="publish$").text

    h.wait(again)
    assert "can publish" in h.mail(b.email, "can publish")["Subject"]


def test_publishing_names_every_missing_part(employer):
    employer.get(f"/employer/{employer.org}/vacancies/new")
    base = employer.post({"title": "Empty"}).url
    employer.get(base)
    r = employer.post(action="publish$")
    assert r.status_code == 422
    for part in ("Description", "Staff group", "Place of work", "Closing"):
        assert part in h.text_of(r)


def test_published_is_found_within_a_second_on_every_replica(employer):
    word = "qq" + uuid.uuid4().hex[:8]
    base = write_vacancy(employer, f"Nurse {word}")
    publish(employer, base)
    began = time.time()
    hits = 0
    while hits < 8:  # nginx takes the replicas in turn
        hits = hits + 1 if find(word)["total"] == 1 else 0
        assert time.time() - began < 1.5
    assert find(word, location="Leeds", distance=5)["total"] == 1
    assert find(word, location="Truro", distance=5)["total"] == 0


def test_the_text_goes_through_unharmed(published):
    _, _, reference, word = published
    page = requests.get(f"{h.BASE}/jobs/{reference}", timeout=10).text
    for part in ("gyda chariad at bobl", "£28,407", "<strong>7½</strong>", "<li>one</li>", 'href="https://hospital.example/ward?x=1&amp;y=2"', '"@type":"JobPosting"'):
        assert part in page
    assert find(word, facets="true")["facets"]["pay_band"] == [{"value": "band_5", "count": 1}]
    feed = requests.get(h.BASE + "/api/v1/search_xml", params={"keyword": word, "utm_source": "x"}, timeout=10).text
    assert "<totalResults>1</totalResults>" in feed and "croeso!" in feed


def test_a_hostile_text_comes_out_harmless(employer):
    word = "hh" + uuid.uuid4().hex[:8]
    hostile = '<script>alert(1)</script> <img src=x onerror=alert(2)> [a](javascript:alert(3)) [b](JaVaScRiPt:alert(4)) [c](data:text/html,x) ![d](http://evil.example/p.png) a\u202eb'
    base = write_vacancy(employer, f"Nurse {word}", description={"description": hostile}, basics={"summary": "<b onclick=x>bold</b>"})
    page = requests.get(f"{h.BASE}/jobs/{publish(employer, base)}", timeout=10).text
    body = page[page.index("<main"):]
    for bad in ("<script>alert", "onerror=", "javascript:", "JaVaScRiPt:", "data:text", "evil.example", "\u202e", "<b onclick"):
        assert bad not in body, bad


def test_a_text_of_a_megabyte_is_refused(employer):
    employer.get(f"/employer/{employer.org}/vacancies/new")
    base = employer.post({"title": "Long"}).url
    employer.get(base + "/description")
    r = fill_own(employer, {"description": "x" * (1 << 20)})
    assert r.status_code == 413


def test_whitelist_after_publication_and_history(published):
    b, base, reference, _ = published
    assert b.get(base + "/pay").status_code == 409
    b.get(base + "/description")
    r = fill_own(b, {"description": DESCRIPTION + "\n\nNew line here."})
    assert "changed Description" in h.text_of(r)
    assert "New line here." in requests.get(f"{h.BASE}/jobs/{reference}", timeout=10).text


def test_a_stale_form_is_told_so(employer):
    base = write_vacancy(employer, "Twice open")
    employer.get(base + "/basics")
    old = employer.page
    fill_own(employer, {"summary": "first"})
    employer.page = old
    r = fill_own(employer, {"summary": "second"})
    assert r.status_code == 412 and "second" in r.text and "first" in r.text  # what was typed, beside what is saved
    assert "first" in employer.get(base + "/basics").text
    employer.page = r
    assert fill_own(employer, {}).url == base  # saved again it takes its place
    assert "second" in employer.get(base + "/basics").text


def test_two_people_at_two_steps_are_no_conflict(employer):
    base = write_vacancy(employer, "Both at once")
    employer.get(base + "/basics")
    old = employer.page
    employer.get(base + "/pay")
    fill_own(employer, {"salary.min": "30000"})
    employer.page = old
    assert fill_own(employer, {"summary": "kept"}).url == base
    assert "kept" in employer.get(base + "/basics").text and "30000" in employer.get(base + "/pay").text


def test_apply_blind_shortlist_and_be_told(published):
    employer, base, reference, _ = published
    tokens = ["Zebedee" + uuid.uuid4().hex[:6], "Quill" + uuid.uuid4().hex[:6]]
    c = h.new_candidate(" ".join(tokens))
    key = apply(c, reference, f"I am {tokens[0]} {tokens[1].upper()}, write to {c.email} or ring 07700900123; I live in ls14ap.",
                details={"identity.phone": "07700 900123", "identity.postcode": "LS1 4AP", "identity.address": "12 Nowhere" + tokens[0][:3] + " Lane"},
                answers={"answer-1": f"Ask for {tokens[1]}"}, cv=b"%PDF-1.4 " + tokens[0].encode())
    listing = employer.get(base + "/applications").text
    one = employer.get(f"/employer/{employer.org}/applications/{key}")
    assert one.status_code == 200 and "[hidden]" in one.text
    for page in (listing, one.text):
        for token in (*tokens, c.email, "07700", "LS1 4AP", "ls14ap", "cv.pdf", "Nowhere"):
            assert token.lower() not in page.lower().replace("csrf", ""), token
    # the CV does not open before
    assert employer.request("POST", f"/employer/{employer.org}/applications/{key}/cv", data={"csrf": employer.form()["fields"][0][1]}).status_code == 409
    employer.get(f"/employer/{employer.org}/applications/{key}")
    r = employer.post(action="shortlist$")
    assert tokens[0] in r.text and c.email in r.text
    r = employer.post(action="cv$")
    assert r.status_code == 200 and tokens[0].encode() in r.content and "attachment" in r.headers["Content-Disposition"]
    assert "shortlist" in h.mail(c.email, "shortlisted")["Text"]
    h.wait(lambda: "opened it on" in h.text_of(c.get("/candidate/documents")))
    h.wait(lambda: "opened your document" in h.text_of(c.get("/candidate/messages")))
    assert "Shortlisted" in h.text_of(c.get("/candidate"))


def test_a_capability_is_for_one_reader_one_document_one_minute(published, other_employer):
    employer, base, reference, _ = published
    c = h.new_candidate()
    key = apply(c, reference)
    employer.get(f"/employer/{employer.org}/applications/{key}")
    employer.post(action="shortlist$")
    r = employer.post(action="cv$", follow=False)
    where = r.headers["Location"]
    assert other_employer.get(where).status_code == 403
    assert h.Browser().get(where, follow=False).status_code == 303  # to sign-in
    forged = where[:-4] + ("aaaa" if where[-4:] != "aaaa" else "bbbb")
    assert employer.get(forged).status_code == 403
    assert employer.get(where).status_code == 200


def test_submitted_once_even_when_pressed_twice(published):
    _, _, reference, _ = published
    c = h.new_candidate()
    key = apply(c, reference)
    c.get(f"/candidate/applications/{key}/withdraw")
    r = c.request("POST", f"/candidate/applications/{key}/submit", data={"csrf": c.form("withdraw")["fields"][0][1]})
    assert r.status_code == 200 and "Sent" in r.text
    h.mail(c.email, "We have your application")
    time.sleep(1)
    assert len([m for m in h.mails(c.email) if "We have your application" in m["Subject"]]) == 1


def test_an_unfinished_application_is_not_sent_and_stays(published):
    _, _, reference, _ = published
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url
    c.get(path + "/check")
    r = c.post(action="submit$")
    assert r.status_code == 422 and "Upload your CV" in r.text and "essential criterion" in r.text
    assert "Not sent yet" in c.get("/candidate").text
    assert c.get(f"/jobs/{reference}/apply").url == path


def test_reject_with_a_reason_and_withdraw(published):
    employer, _, reference, _ = published
    c = h.new_candidate()
    key = apply(c, reference)
    employer.get(f"/employer/{employer.org}/applications/{key}")
    assert employer.post(action="reject$").status_code == 422
    employer.get(f"/employer/{employer.org}/applications/{key}")
    assert employer.post({"reason": "other"}, action="reject$").status_code == 422  # another reason needs words
    employer.get(f"/employer/{employer.org}/applications/{key}")
    r = employer.post({"reason": "others", "words": "Somebody else had more of it."}, action="reject$")
    assert "rejected" in r.text
    told = h.mail(c.email, "Your application")["Text"]
    assert "Others met the criteria more fully." in told and "Somebody else had more of it." in told
    timeline = h.text_of(c.get(f"/candidate/applications/{key}"))
    assert timeline.index("Begun") < timeline.index("Sent", timeline.index("What happened")) < timeline.index("Not taken further", timeline.index("What happened"))
    d = h.new_candidate()
    key = apply(d, reference)
    d.get(f"/candidate/applications/{key}/withdraw")
    assert "Withdrawn" in d.post(action="withdraw$").text
    assert employer.get(f"/employer/{employer.org}/applications/{key}").status_code == 404


def test_closing_and_withdrawing_take_it_out_of_search(employer):
    word = "ww" + uuid.uuid4().hex[:8]
    base = write_vacancy(employer, f"Nurse {word}")
    reference = publish(employer, base)
    h.wait(lambda: find(word)["total"] == 1)
    assert "Close this vacancy now?" in employer.get(base + "/close").text
    employer.post(action="close$")
    h.wait(lambda: find(word)["total"] == 0)
    page = requests.get(f"{h.BASE}/jobs/{reference}", timeout=10)
    assert "has closed" in page.text and "noindex" in page.text
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    assert "has closed" in c.page.text


def test_it_disappears_at_its_minute(employer):
    """Set by the API, which takes seconds."""
    client = h.new_client(employer)
    head = {"Authorization": "Bearer " + h.token(client)}
    word = "cc" + uuid.uuid4().hex[:8]
    until = time.time() + 5
    body = {"title": f"Nurse {word}", "description": "d", "staff_group": "nursing_and_midwifery", "locations": [{"name": "Leeds"}],
            "closes_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until))}
    v = requests.post(h.BASE + "/api/v1/vacancies", json=body, headers=head, timeout=10).json()
    requests.post(f"{h.BASE}/api/v1/vacancies/{v['id']}/publish", headers={**head, "If-Match": f'"{v["version"]}"'}, timeout=10)
    h.wait(lambda: find(word)["total"] == 1, 3)
    h.wait(lambda: find(word)["total"] == 0, 8)
    assert time.time() >= int(until)


def test_department_sees_numbers_and_no_small_ones(published):
    page = h.text_of(h.coordinator().get("/department"))
    assert "Organisations by region" in page and "Joined over time" in page and "Applications" in page
