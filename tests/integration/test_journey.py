"""The whole journey, as the people who make it: join, publish, find, apply, shortlist, be told; through nginx and two replicas of everything."""
import json
import re
import time
import uuid
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor

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
    start = h.text_of(b.get(f"/employer/{b.org}/vacancies/new"))
    assert "Job title" in start and "Job title (optional)" not in start  # without one the page refuses
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


def apply(candidate, reference, statement="I care for people.", cv=h.pdf(size=500), details=None, answers=None, file="cv.pdf"):
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
    for part in ("description", "staff group", "place of work", "closing"):
        assert part in h.text_of(r).lower()


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


REAL = """# Nyrs Staff / Staff Nurse

Rydym yn chwilio am nyrs – *gyda chariad at bobl*. Ŵyr, ŷd, tŷ, môr. Pay: **£31,049 to £37,796** (pro rata), 37½ hours.

## What you will do

1. Look after people
   - on the ward
     - by day
   - at home
2. Write it down

| Shift | From | To | Extra |
|-------|:----:|---:|-------|
| Early | 07:30 | 15:30 | – |
| Night | 20:30 | 08:00 | £3.12 an hour |

> "The kindest ward in Wales" – a patient

[Our hospital](https://hospital.example/ward?x=1&y=2#top) · <recruitment@hospital.example>

`RGN/RMN` & 5 < 6 > 4
"""


def test_a_real_adverts_text_goes_through_everything(employer):
    word = "rr" + uuid.uuid4().hex[:8]
    base = write_vacancy(employer, f"Nyrs Staff {word} – Tŷ Môr", description={"description": REAL * 8, "person_specification": "## Essential\n\n- Registered (NMC)\n\n## Desirable\n\n- Cymraeg"},
                         basics={"summary": "£31,049 – “croeso”, tŷ & môr"}, closing={"closes_at-day": "28", "closes_at-month": "3", "closes_at-year": "2032", "closes_at-time": "12:30"})
    preview = employer.get(base + "/preview").text
    page = requests.get(f"{h.BASE}/jobs/{publish(employer, base)}", timeout=10).text
    parts = ("Rydym yn chwilio am nyrs", "<em>gyda chariad at bobl</em>", "Ŵyr, ŷd, tŷ, môr", "<strong>£31,049 to £37,796</strong>", "£3.12 an hour</td>", "<blockquote", "5 &lt; 6 &gt; 4", "Who we look for", "Cymraeg",
             'href="https://hospital.example/ward?x=1&amp;y=2#top"', "Tŷ Môr", "28 March 2032 at 12:30pm")
    for part in parts:
        assert part in page and part in preview, part
    levels = [int(x) for x in re.findall(r"<h([1-6])", page[page.index("<main"):])]
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels
    ld = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1))
    assert ld["validThrough"] == "2032-03-28T11:30:00Z"  # an hour into summer time
    assert ld["title"] == f"Nyrs Staff {word} – Tŷ Môr" and "£3.12 an hour" in ld["description"] and "Cymraeg" in ld["description"]
    assert ld["employmentType"] == ["FULL_TIME", "PART_TIME"] and ld["directApply"] is True and ld["identifier"]["value"] in ld["url"]
    assert ld["jobLocation"][0]["address"]["postalCode"] == "LS9 7TF" and ld["jobLocation"][0]["address"]["addressCountry"] == "GB" and 53 < ld["jobLocation"][0]["geo"]["latitude"] < 54
    assert ld["baseSalary"]["value"] == {"@type": "QuantitativeValue", "minValue": 28407, "maxValue": 34581, "unitText": "YEAR"} and ld["hiringOrganization"]["name"] in page
    # Byte for byte to whoever goes on writing, and to systems; and the title in the mail.
    employer.get(base + "/description")
    typed = dict(f for form in h.Forms(employer.page.text).forms for f in form["fields"])
    head = h.bearer(h.new_client(employer))
    read = requests.get(f"{h.BASE}/api/v1/vacancies/{base.rsplit('/', 1)[1]}", headers=head, timeout=10).json()
    assert typed["description"] == read["description"] == (REAL * 8).strip()
    again = requests.post(f"{h.BASE}/api/v1/vacancies", headers=head, timeout=10, json={k: read[k] for k in ("title", "summary", "description", "person_specification", "staff_group", "locations", "criteria", "closes_at")})
    assert again.status_code == 201 and all(again.json()[k] == read[k] for k in ("title", "summary", "description", "person_specification", "locations", "criteria"))
    c = h.new_candidate("Siân Ŵyn")
    apply(c, ld["url"].rsplit("/", 1)[1], statement="Gofal – £, ŵ, ŷ, ½ & <b>")
    told = h.mail(c.email, "We have your application")
    assert f"Nyrs Staff {word} – Tŷ Môr" in told["Subject"] and f"Nyrs Staff {word} – Tŷ Môr" in told["Text"] and f"Nyrs Staff {word} – Tŷ Môr" in told["HTML"]
    for found in (requests.get(h.BASE + "/jobs.atom", params={"keyword": word}, timeout=10), requests.get(h.BASE + "/api/v1/search_xml", params={"keyword": word}, timeout=10)):
        text = "".join(ET.fromstring(found.content).itertext())
        assert "£31,049 – “croeso”, tŷ & môr" in text and "Tŷ Môr" in text
    assert find("Cymraeg " + word)["total"] == 1 and find("ty mor " + word)["total"] == 1


def test_hostile_text_in_every_box(employer):
    word = "xx" + uuid.uuid4().hex[:8]
    evil = '"><script>alert(1)</script>{{csrf}}\u202e</title>]]>'
    base = write_vacancy(employer, f"{word} {evil}", basics={"summary": evil}, locations={"locations[0].name": evil},
                         description={"description": evil + "\n\n<svg onload=alert(2)>\n\n[x](javascript&#58;alert(3)) [y](<vbscript:x>) <a href='data:text/html,x'>z</a>", "person_specification": evil},
                         criteria={"criteria[0].text": evil})
    for page in (employer.get(base).text, employer.get(base + "/preview").text, employer.get(base + "/basics").text, employer.get(f"/employer/{employer.org}").text):
        for bad in ("<script>alert", "<svg onload", "\u202e", "</title>]]>"):
            assert bad not in page, bad
    reference = publish(employer, base)
    h.wait_everywhere(lambda: find(word)["total"] == 1)
    c = h.new_candidate()
    for page in (requests.get(f"{h.BASE}/jobs/{reference}", timeout=10).text, requests.get(h.BASE + "/jobs", params={"keyword": word}, timeout=10).text, c.get(f"/jobs/{reference}/apply").text):
        for bad in ("<script>alert", "<svg onload", "\u202e", "</title>]]>", 'href="javascript', 'href="vbscript', 'href="data:', "<a href='data"):
            assert bad not in page, bad
    ld = re.search(r'<script type="application/ld\+json">(.*?)</script>', requests.get(f"{h.BASE}/jobs/{reference}", timeout=10).text, re.S).group(1)
    assert "<" not in ld and json.loads(ld)["title"].startswith(word)
    apply(c, reference, statement=evil)
    told = h.mail(c.email, "We have your application")
    assert word in told["Subject"] + told["Text"] and "<script>alert" not in told["HTML"] and "\u202e" not in told["Subject"] + told["HTML"]
    for url in ("/jobs.atom", "/api/v1/search_xml"):
        text = requests.get(h.BASE + url, params={"keyword": word}, timeout=10).content
        ET.fromstring(text)
        assert b"<script" not in text and "\u202e".encode() not in text


def test_a_hostile_text_comes_out_harmless(employer):
    word = "hh" + uuid.uuid4().hex[:8]
    hostile = '<script>alert(1)</script> <img src=x onerror=alert(2)> [a](javascript:alert(3)) [b](JaVaScRiPt:alert(4)) [c](data:text/html,x) ![d](http://evil.example/p.png) a\u202eb'
    base = write_vacancy(employer, f"Nurse {word}", description={"description": hostile}, basics={"summary": "<b onclick=x>bold</b>"})
    page = requests.get(f"{h.BASE}/jobs/{publish(employer, base)}", timeout=10).text
    body = page[page.index("<main"):]
    for bad in ("<script>alert", "onerror=", "javascript:", "JaVaScRiPt:", "data:text", "evil.example", "\u202e", "<b onclick"):
        assert bad not in body, bad


def test_saved_as_a_browser_sends_it_nothing_is_different(employer):
    """Browsers end lines with CR LF: what is stored does not, and saving an untouched published text makes no version."""
    base = write_vacancy(employer, "Lines", description={"description": DESCRIPTION.replace("\n", "\r\n")})
    publish(employer, base)
    stored = h.database("vacancies").vacancies.find_one({"_id": base.rsplit("/", 1)[1]})
    assert stored["description"] == DESCRIPTION.strip()
    employer.get(base + "/description")
    fill_own(employer, {"description": DESCRIPTION.replace("\n", "\r\n")})
    assert h.database("vacancies").vacancies.find_one({"_id": stored["_id"]})["version"] == stored["version"]


def test_a_text_of_a_megabyte_is_refused(employer):
    employer.get(f"/employer/{employer.org}/vacancies/new")
    base = employer.post({"title": "Long"}).url
    employer.get(base + "/description")
    r = fill_own(employer, {"description": "x" * (1 << 20)})
    assert r.status_code == 413
    assert "xxxx" not in employer.get(base + "/description").text
    r = requests.post(h.BASE + "/api/v1/vacancies", headers=h.bearer(h.new_client(employer)), json={"title": "Long", "description": "x" * (1 << 20)}, timeout=10)
    assert r.status_code == 413 and r.headers["Content-Type"] == "application/problem+json" and r.json()["status"] == 413


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


def test_a_place_that_nobody_would_find_is_told_before_publishing(employer):
    base = write_vacancy(employer, "Nurse of nowhere", locations={"locations[0].name": "Ward 3, Zzqxville", "locations[0].postcode": "ZZ9 9ZZ"})
    assert "We do not know where “Ward 3, Zzqxville” is" in h.text_of(employer.get(base))
    employer.get(base + "/locations")
    assert "We do not know" not in fill_own(employer, {"locations[0].name": "Ward 3, Truro", "locations[0].postcode": ""}).text


def test_apply_blind_shortlist_and_be_told(published):
    employer, base, reference, _ = published
    tokens = ["Zebedee" + uuid.uuid4().hex[:6], "Quill" + uuid.uuid4().hex[:6]]
    c = h.new_candidate(" ".join(tokens))
    key = apply(c, reference, f"I am {tokens[0]} {tokens[1].upper()}, write to {c.email} or ring 07700900123; I live in ls14ap.",
                details={"identity.phone": "07700 900123", "identity.postcode": "LS1 4AP", "identity.address": "12 Nowhere" + tokens[0][:3] + " Lane"},
                answers={"answer-1": f"Ask for {tokens[1]}"}, cv=h.pdf(tokens[0].encode()))
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
    assert tokens[0] in r.text and f'href="mailto:{c.email}"' in r.text
    r = employer.post(action="cv$")
    assert r.status_code == 200 and tokens[0].encode() in r.content and "attachment" in r.headers["Content-Disposition"]
    assert "shortlist" in h.mail(c.email, "shortlisted")["Text"]
    h.wait(lambda: "opened it on" in h.text_of(c.get("/candidate/documents")))
    h.wait(lambda: "opened your document" in h.text_of(c.get("/candidate/messages")))
    assert re.findall(r'href="([^"]+)" aria-current="true"', c.get("/candidate/messages").text) == ["/candidate/messages"]
    assert "Shortlisted" in h.text_of(c.get("/candidate"))


def test_the_header_counts_what_is_unread(published):
    _, _, reference, _ = published
    c = h.new_candidate()
    apply(c, reference)
    h.wait(lambda: re.search(r'class="ch-count">\s*1<', c.get("/candidate").text))
    inbox = c.get("/candidate/messages").text
    c.get(re.search(r'href="(/candidate/messages/[a-z0-9]{26})"', inbox).group(1))
    assert "ch-count" not in c.page.text and "ch-count" not in c.get("/candidate").text


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
    # Its end stands in it, and is signed with it (tests/unit/auth/test_notes.c: nothing opens after it, nothing moves it).
    ends = int(where.split(".")[-2]) / 1000 - time.time()
    assert 50 < ends <= 60
    later = where.replace(where.split(".")[-2], str(int(where.split(".")[-2]) + 60000))
    assert employer.get(later).status_code == 403
    # Each reading is logged, and the candidate sees each.
    document = re.search(r"/documents/([a-z0-9]{26})", where).group(1)
    for n in (1, 2, 3):
        assert employer.get(where).status_code == 200
        assert h.database("documents").readings.count_documents({"document": document}) == n
    assert h.text_of(c.get("/candidate/documents")).count("opened it on") == 3


def ck_told_once(candidate):
    """Of the application: one mail, and no second behind it."""
    h.mail(candidate.email, "We have your application")
    time.sleep(1)
    assert len([m for m in h.mails(candidate.email) if "We have your application" in m["Subject"]]) == 1


def test_submitted_once_even_when_pressed_twice(published):
    _, _, reference, _ = published
    c = h.new_candidate()
    key = apply(c, reference)
    c.get(f"/candidate/applications/{key}/withdraw")
    r = c.request("POST", f"/candidate/applications/{key}/submit", data={"csrf": c.form("withdraw")["fields"][0][1]})
    assert r.status_code == 200 and "Sent" in r.text
    assert "What happens next" in r.text
    ck_told_once(c)


def test_submitted_once_from_eight_windows_at_once(published):
    _, _, reference, _ = published
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url.replace(h.BASE, "")
    for step, values in (("details", {"identity.phone": "07700 900123"}), ("statement", {"statement": "I care."}), ("answers", {"answer-1": "Yes."})):
        c.get(f"{path}/{step}")
        c.post(values, action=f"{step}$")
    c.get(f"/candidate/documents/new?to={path}/cv")
    c.post(files={"file": ("cv.pdf", h.pdf())})
    c.get(path + "/check")
    form, cookie = c.form("submit$"), {"Cookie": "; ".join(f"{k}={v}" for k, v in c.cookies.items())}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: requests.post(h.BASE + form["action"], data=form["fields"], headers=cookie, allow_redirects=False, timeout=30), range(8)))
    assert {(r.status_code, r.headers.get("Location")) for r in answers} == {(303, path)}
    key = path.rsplit("/", 1)[1]
    stored = h.wait(lambda: h.database("vacancies").applications.find_one({"key": key, "outbox": []}))
    assert stored["state"] == "submitted" and h.database("events").vacancies.count_documents({"type": "application.submitted", "aggregate": key}) == 1
    ck_told_once(c)


def test_who_applies_without_an_account_is_led_to_one_and_back(published):
    _, _, reference, _ = published
    b = h.Browser()
    page = b.get(f"/jobs/{reference}/apply")
    there = re.search(r'href="(/register/candidate\?next=[^"]+)">create one', page.text).group(1)
    b.get(there)
    email = h.new_email()
    b.post({"name": "Nia New", "email": email, "password": h.PASSWORD})
    b.get(h.link_in(h.mail(email)))
    assert b.post().url == f"{h.BASE}/jobs/{reference}/apply"
    assert "create one" not in h.Browser().get("/sign-in").text


def test_the_headers_create_an_account_goes_on_there_too(published):
    _, _, reference, _ = published
    b = h.Browser()
    page = b.get(f"/jobs/{reference}/apply")
    there = re.search(r'<a class="ch-header__link" href="(/register\?next=[^"]+)"', page.text).group(1)
    there = re.search(r'href="(/register/candidate\?next=[^"]+)"', b.get(there).text).group(1)
    assert f'value="/jobs/{reference}/apply"' in b.get(there).text


def test_an_unfinished_application_is_not_sent_and_stays(published):
    _, _, reference, _ = published
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url
    assert "(optional)" not in c.get(path + "/statement").text  # it is not sent without
    page = c.get(path)
    assert "Check and send" not in page.text and "when all of these are completed" in page.text
    page = c.get(path + "/check")
    assert "Send application" not in page.text and "Before you can send it" in page.text
    r = c.post_to(path + "/submit")
    assert r.status_code == 422 and r.text.count("Upload your CV") == 2 and "essential criterion" in r.text
    assert "Not sent yet" in c.get("/candidate").text
    assert c.get(f"/jobs/{reference}/apply").url == path


def test_criteria_that_are_only_desirable_are_optional_until_one_is_answered(employer):
    reference = publish(employer, write_vacancy(employer, "Wished " + uuid.uuid4().hex[:8], criteria={"criteria[0].text": "Welsh spoken", "criteria[0].essential": []}))
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url
    status = lambda: re.search(r'id="answers-status">.*?</strong>', c.get(path).text).group().rsplit(">", 2)[1].split("<")[0]
    assert status() == "Optional"
    c.get(f"{path}/answers")
    c.post({"answer-1": "Rwy'n siarad Cymraeg."}, action="answers$")
    assert status() == "Completed"


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
    assert timeline.index("Started") < timeline.index("Sent", timeline.index("What happened")) < timeline.index("Not taken further", timeline.index("What happened"))
    d = h.new_candidate()
    key = apply(d, reference)
    d.get(f"/candidate/applications/{key}/withdraw")
    assert "Withdrawn" in d.post(action="withdraw$").text
    assert employer.get(f"/employer/{employer.org}/applications/{key}").status_code == 404


def test_add_another_and_remove_without_a_script(employer):
    employer.get(f"/employer/{employer.org}/vacancies/new")
    base = employer.post({"title": "Rows"}).url
    employer.get(base + "/locations")
    assert fill_own(employer, {"locations[0].name": "Leeds", "more": "1"}).url == base + "/locations"
    fill_own(employer, {"locations[1].name": "York", "locations[1].postcode": "YO1", "more": "1"})
    fill_own(employer, {"locations[2].name": "Hull", "more": "1"})
    assert 'value="locations[2]"' in employer.page.text and 'value="locations[3]"' not in employer.page.text
    r = fill_own(employer, {"remove": "locations[1]"})
    assert r.url == base + "/locations" and "York" not in r.text and "YO1" not in r.text and "Leeds" in r.text and "Hull" in r.text
    r = fill_own(employer, {"locations[0].postcode": "NOT ONE"})
    assert r.status_code == 422 and 'href="#locations[0].postcode"' in r.text and "NOT ONE" in r.text


def test_begun_once_even_when_pressed_twice_and_as_a_copy(published):
    b, base, _, word = published
    b.get(f"/employer/{b.org}/vacancies/new?copy_of={base.rsplit('/', 1)[1]}")
    form = b.form("new$")["fields"]
    first, second = (b.request("POST", f"/employer/{b.org}/vacancies/new", data=form).url for _ in range(2))
    assert first == second != base
    assert word in b.get(first + "/basics").text and "St James" in b.get(first + "/locations").text
    assert re.search(r'name="closes_at-day"[^>]* value=""', b.get(first + "/closing").text)  # dates are not taken over


def test_what_is_missing_leads_to_its_step(employer):
    employer.get(f"/employer/{employer.org}/vacancies/new")
    base = employer.post({"title": "Empty"}).url
    employer.get(base)
    page = employer.post(action="publish$").text
    for step in ("description#description", "basics#staff_group", "locations#locations", "closing#closes_at"):
        where = base.replace(h.BASE, "") + "/" + step
        assert f'href="{where}"' in page, step
        assert f'id="{step.split("#")[1]}"' in employer.get(where.split("#")[0]).text


def test_versions_show_what_stood_there(employer):
    base = write_vacancy(employer, "Version")
    publish(employer, base)
    employer.get(base + "/basics")
    fill_own(employer, {"summary": "Second summary"})
    employer.get(base + "/closing")
    fill_own(employer, {"closes_at-day": "26", "closes_at-month": "10", "closes_at-year": "2030", "closes_at-time": "5pm"})
    employer.get(base + "/closing")
    fill_own(employer, {})  # nothing is different: no version
    text = h.text_of(employer.get(base))
    assert text.count("What it said before") == 2 and "Closes on 27 March 2030 at 5pm" in text and "Join our ward. £28,407 – croeso!" in text and "26 October 2030 at 5pm" in text
    employer.get(base + "/closing")
    assert fill_own(employer, {"closes_at-year": "2001"}).status_code == 422


def test_withdrawn_is_gone_and_its_drafts_say_so(employer):
    base = write_vacancy(employer, "Withdrawn " + uuid.uuid4().hex[:8])
    reference = publish(employer, base)
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url
    assert "Send it before 27 March 2030" in h.text_of(c.get("/candidate"))
    assert "Withdraw this vacancy?" in employer.get(base + "/withdraw").text
    assert "is withdrawn" in employer.post(action="withdraw$").text
    h.wait(lambda: "can no longer send" in h.text_of(c.get("/candidate")))
    page = c.get(path)
    assert "This vacancy has closed" in page.text
    r = c.post_to(path + "/submit")
    assert r.status_code == 422 and "This vacancy has closed" in r.text
    assert requests.get(f"{h.BASE}/jobs/{reference}", timeout=10).status_code == 404
    assert employer.get(base + "/withdraw").status_code == 409


def test_the_shortlist_is_counted_filtered_and_walked_through(employer):
    reference = publish(employer, base := write_vacancy(employer, "Many " + uuid.uuid4().hex[:8]))
    keys = [apply(h.new_candidate(), reference) for _ in range(3)]
    page = h.text_of(employer.get(base + "/applications"))
    assert "All (3)" in page and "New (3)" in page and "Shortlisted (0)" in page
    first = employer.get(f"/employer/{employer.org}/applications/{keys[0]}")
    assert f"/applications/{keys[1]}\">Next application" in first.text and "Previous application" not in first.text
    employer.post(action="shortlist$")
    middle = employer.get(f"/employer/{employer.org}/applications/{keys[1]}").text
    assert f"/applications/{keys[0]}\">Previous" in middle and f"/applications/{keys[2]}\">Next application" in middle and f"/applications/{keys[2]}\">Next new" in middle
    alone = employer.get(f"/employer/{employer.org}/applications/{keys[0]}?state=shortlisted").text
    assert ">Previous application" not in alone and ">Next application" not in alone
    listed = employer.get(base + "/applications?state=submitted").text
    assert keys[0] not in listed and keys[1] in listed and "New (2)" in h.text_of(employer.page)
    assert "3 applications" in h.text_of(employer.get(f"/employer/{employer.org}?state=published"))


def test_two_windows_of_one_application(published):
    _, _, reference, _ = published
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url
    for step, box in (("statement", "statement"), ("answers", "answer-1"), ("details", "identity.phone")):
        other = c.get(f"{path}/{step}")
        c.post({box: "07700 900111"}, action=f"{step}$")
        c.page = other
        r = c.post({box: "07700 900222"}, action=f"{step}$")
        assert r.status_code == 412 and "07700 900222" in r.text, step
        assert "07700 900111" in c.get(f"{path}/{step}").text
        c.page = r
        assert c.post(action=f"{step}$").status_code == 200
        assert "07700 900222" in c.get(f"{path}/{step}").text


def test_a_step_put_right_or_pressed_twice_is_no_other_window(published):
    employer, _, reference, _ = published
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url
    for step, box, bad, good in (("details", "identity.email", "none", c.email), ("statement", "statement", "x" * 8001, "x" * 8000), ("answers", "answer-1", "x" * 3001, "x" * 3000)):
        c.get(f"{path}/{step}")
        assert c.post({box: bad}, action=f"{step}$").status_code == 422, step
        page = c.page
        for press in (1, 2):
            c.page = page
            r = c.post({box: good}, action=f"{step}$")
            assert r.status_code == 200 and r.url == path, (step, press, h.text_of(r))
    base = write_vacancy(employer, "Put right")
    for step, box, bad, good in (("closing", "closes_at-day", "99", "28"), ("pay", "salary.min", "much", "30000"), ("locations", "locations[0].postcode", "none", "LS1")):
        employer.get(f"{base}/{step}")
        assert fill_own(employer, {box: bad}).status_code == 422, step
        page = employer.page
        for press in (1, 2):
            employer.page = page
            r = fill_own(employer, {box: good})
            assert r.status_code == 200 and r.url == base, (step, press, h.text_of(r))


def test_a_box_that_is_emptied_is_empty(employer):
    base = write_vacancy(employer, "Pay corrected")
    employer.get(base + "/pay")
    fill_own(employer, {"salary.max": ""})
    boxes = dict(h.Forms(employer.get(base + "/pay").text).forms[-1]["fields"])
    assert (boxes["salary.min"], boxes["salary.max"]) == ("28407", "")
    assert "£28,407 a year" in h.text_of(employer.get(base + "/preview"))


def test_check_answers_has_a_change_link_for_everything(published):
    _, _, reference, _ = published
    c = h.new_candidate()
    c.get(f"/jobs/{reference}/apply")
    path = c.post(action="apply$").url.replace(h.BASE, "")
    page = c.get(path + "/check").text
    for step in ("details", "statement", "answers#answer-1"):
        assert f'href="{path}/{step}"' in page, step
    assert f"/candidate/documents/new?to={path}/cv" in page
    r = c.post_to(path + "/submit")
    for step in ("statement", "answers"):
        assert f'<li><a href="{path}/{step}">' in r.text, step


def test_find_page_keeps_the_question(published):
    _, _, _, word = published
    get = lambda q: requests.get(h.BASE + "/jobs?" + q, timeout=10).text
    page = get(f"keyword={word}&location=Leeds&distance=20&staff_group=nursing_and_midwifery&pay_band=band_5&remote=&sort=newest&utm_source=x")
    assert f"<title>1 job for {word} near Leeds" in page
    for kept in ('name="staff_group" value="nursing_and_midwifery"', 'name="pay_band" value="band_5"', 'name="sort" value="newest"'):
        assert kept in page, kept
    assert f'<a href="/jobs?keyword={word}&amp;location=Leeds&amp;distance=20&amp;pay_band=band_5&amp;sort=newest"' in page  # the staff group's chip
    assert "utm_source" not in page[page.index("<main"):]
    assert "Newport (Isle of Wight)" in get("location=Newport") and "Showing jobs near <strong>Newport (Wales)" in get("location=Newport")
    assert "We do not know" in get("location=Qqqzz") and "<title>We do not know this place" in get("location=Qqqzz")
    assert "jobs.atom" not in get("location=Qqqzz") and '<a href="/jobs">All jobs</a>' in get("location=Qqqzz")  # nothing to follow, but a way on
    assert "Showing jobs near <strong>Leeds" in get("location=Leedss")
    none = get(f"keyword={word}&contract_type=voluntary")
    assert "No job matches" in none and '<a href="/jobs">All jobs</a>' in none and "without these filters</a>: 1 job<" in none


def test_pages_forth_and_back(published):
    seen, page = [], requests.get(h.BASE + "/jobs?limit=2&sort=newest", timeout=10).text
    link = lambda text, rel: (m := re.search(rf'pagination__link--{rel}" href="([^"]+)"', text)) and m.group(1).replace("&amp;", "&")
    trail = [page]
    while (next_ := link(page, "next")) and len(trail) < 4:
        page = requests.get(h.BASE + next_, timeout=10).text
        trail.append(page)
    results = lambda text: re.findall(r'href="/jobs/([A-Z0-9]+-[A-Z0-9]+)"', text)
    for text in trail:
        seen += results(text)
    assert len(trail) == 4 and len(seen) == len(set(seen)) == 8
    for before in trail[-2::-1]:
        page = requests.get(h.BASE + link(page, "prev"), timeout=10).text
        assert results(page) == results(before)
    assert link(page, "prev") is None
    for bad in ("a%22b", "..", "x" * 3000, "%3Cscript%3E"):
        assert requests.get(f"{h.BASE}/jobs?limit=2&cursor=zzz&trail={bad}", timeout=10).status_code == 200


def test_a_job_from_home_in_json_ld(employer):
    base = write_vacancy(employer, "Remote " + uuid.uuid4().hex[:8], locations={"locations[0].name": "", "locations[0].postcode": "", "remote": "true"})
    page = requests.get(f"{h.BASE}/jobs/{publish(employer, base)}", timeout=10).text
    ld = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1))
    assert ld["jobLocationType"] == "TELECOMMUTE" and "jobLocation" not in ld and ld["applicantLocationRequirements"]["name"] == "GB"


def test_closing_and_withdrawing_take_it_out_of_search(employer):
    word = "ww" + uuid.uuid4().hex[:8]
    base = write_vacancy(employer, f"Nurse {word}")
    reference = publish(employer, base)
    h.wait_everywhere(lambda: find(word)["total"] == 1)
    assert "Close this vacancy now?" in employer.get(base + "/close").text
    employer.post(action="close$")
    h.wait_everywhere(lambda: find(word)["total"] == 0)
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
    h.wait_everywhere(lambda: find(word)["total"] == 1, 3)
    h.wait_everywhere(lambda: find(word)["total"] == 0, 8)
    assert time.time() >= int(until)


def numbers(table):
    return {name: int(n.replace(",", "")) for name, n in re.findall(r'table__cell">([^<]+)</td><td[^>]*>([0-9,]+)<', table)}


def test_the_department_counts_right_and_draws_what_its_table_says(published):
    """Each table adds up to what is stored, each bar of the chart has its row, and no person or organisation is named."""
    name = published[0].org_name

    def counted():
        page = h.coordinator().get("/department").text
        stored = [(o["state"], o["sector"], o["region"]) for o in h.database("vacancies").employers.find()]
        tables = {i: numbers(t) for i, t in re.findall(r'<table[^>]* id="([a-z-]+)">(.*?)</table>', page, re.S)}
        named = {"Waiting for a decision": "pending", "Approved": "approved", "Refused": "refused"}
        return page, stored, tables, {named[k]: n for k, n in tables["by-state"].items()} == {s: sum(o[0] == s for o in stored) for s in named.values()}

    h.wait(lambda: counted()[3])
    page, stored, tables, _ = counted()
    assert set(tables) == {"by-state", "by-sector", "by-region", "vacancies", "applications"}
    assert sum(tables["by-sector"].values()) == sum(tables["by-region"].values()) == sum(tables["by-state"].values()) == len(stored)
    months = numbers(re.search(r"<caption[^>]*>Organisations that have joined.*?</table>", page, re.S).group(0))
    chart = re.search(r"<svg.*?</svg>", page, re.S).group(0)
    assert len(months) == 12 and list(months.values()) == sorted(months.values()) and list(months.values())[-1] == len(stored)
    drawn = re.findall(r'chart__label"[^>]*>([^<]+)</text>.*?chart__value"[^>]*>([0-9,]+)<', chart)
    assert {month: int(n.replace(",", "")) for month, n in drawn} == months
    assert name not in page and published[0].email not in page and published[0].org not in page


def test_department_sees_numbers_and_no_small_ones(published):
    page = h.text_of(h.coordinator().get("/department"))
    assert "Organisations by region" in page and "Joined over time" in page and "Applications by state" in page
    applications = page[page.index("Applications by state"):]
    for number in re.findall(r"(?:Sent|Shortlisted|Rejected|Withdrawn) ([0-9,]+)", applications):
        assert number == "0" or int(number.replace(",", "")) >= 5
    for role in (h.Browser(), published[0]):
        assert "Organisations by region" not in role.get("/department").text
