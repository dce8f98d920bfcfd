"""Blind until shortlisted: a token in every field that says who somebody is, and then everything that an employer can open, read or be sent."""
import html
import json
import pathlib
import random
import re
import unicodedata
import uuid
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import requests

import harness as h
from test_journey import apply, publish, write_vacancy
from world import fill


def word():
    return "".join(random.choice("bcdfghjkmnpqrstvwxz") + random.choice("aeiou") for _ in range(5))


class Somebody:
    """A candidate each of whose identity fields holds a token that is nowhere else."""

    def __init__(self):
        self.given, self.family, self.middle, self.house, self.file, self.content = word(), word(), word(), word(), word(), word()
        self.number = "7" + "".join(random.choice("0123456789") for _ in range(9))
        self.postcode = random.choice("BL") + random.choice("NSD") + f"{random.randint(10, 99)} {random.randint(1, 9)}" + "".join(random.choice("ABDEFGHJ") for _ in range(2))
        given = self.given[:1].upper() + self.given[1:3] + self.given[3:].replace("a", "á").replace("e", "é")
        self.name = f"{given} {self.middle.title()}-{self.family.title()}"
        self.browser = h.Browser()
        self.email = f"{word()}.{word()}@{word()}.example"
        self.browser.get("/register/candidate")
        self.browser.post({"name": self.name, "email": self.email, "password": h.PASSWORD})
        self.browser.get(h.link_in(h.mail(self.email)))
        self.browser.post()

    def text(self):
        """Free text with all of it, as people write it."""
        n, p = self.number, self.postcode
        return " ".join([f"I am {self.name}, {self.name.upper()}, {self.given} or {self.family.upper()}; {self.family.title()}'s work speaks.",
                         f"Write to {self.email} or {self.email.upper()} or <mailto:{self.email}>.",
                         f"Ring 0{n}, 0{n[:4]} {n[4:]}, +44{n}, +44 (0){n[:4]}-{n[4:7]}-{n[7:]}, 0044 {n[:4]} {n[4:7]} {n[7:]}, (0{n[:4]}) {n[4:]} or 0{n[:4]}.{n[4:7]}.{n[7:]}.",
                         f"I live in {p}, {p.replace(' ', '')} or {p.lower()}."])

    def apply(self, reference):
        text = self.text()
        return apply(self.browser, reference, statement=text, answers={"answer-1": "Yes. " + text},
                     details={"identity.name": self.name, "identity.phone": "0" + self.number, "identity.address": f"1 {self.house.title()} Lane", "identity.postcode": self.postcode},
                     cv=h.pdf(self.content.encode() * 3), file=f"{self.file}.pdf")

    def tokens(self):
        """As they are looked for: lower case, no accents, nothing between."""
        return {"given name": self.given, "family name": self.family, "middle name": self.middle, "address": self.house, "file name": self.file, "content": self.content,
                "email": self.email.replace(".", "").replace("@", ""), "phone": self.number, "postcode": self.postcode.lower().replace(" ", "")}

    def found_in(self, text):
        """The fields whose token is in this text, however it is written there."""
        plain = unicodedata.normalize("NFD", html.unescape(unquote(text)).lower())
        plain = re.sub(r"[^a-z0-9]", "", plain)
        return sorted(name for name, token in self.tokens().items() if token in plain)


@pytest.fixture(scope="module")
def place(employer):
    """A vacancy with three applications, and everybody of the organisation who may look."""
    base = write_vacancy(employer, "Nurse " + uuid.uuid4().hex[:6])
    reference = publish(employer, base)
    people = [employer, h.colleague(employer, "recruiter"), h.colleague(employer, "hiring_manager")]
    somebody = [Somebody() for _ in range(3)]
    return {"base": base, "reference": reference, "people": people, "somebody": somebody, "keys": [s.apply(reference) for s in somebody], "client": h.new_client(employer)}


def crawl(browser, start):
    """Everything that can be reached by links from there, signed in as this person, and the answer of each."""
    seen, waiting = {}, list(start)
    while waiting:
        path = waiting.pop()
        parts = urlsplit(urljoin(h.BASE, path))
        address = parts.path + ("?" + parts.query if parts.query else "")
        if address in seen or f"{parts.scheme}://{parts.netloc}" != h.BASE or not re.match(r"/(employer|department|api|jobs|documents)", parts.path) or re.match(r"/jobs\?", address):
            continue
        r = seen[address] = browser.request("GET", address, follow=False)
        if r.status_code == 303:
            waiting.append(r.headers["Location"])
        elif "html" in r.headers.get("Content-Type", ""):
            waiting += [html.unescape(a) for a in re.findall(r'(?:href|action)="([^"#]+)', r.text)]
        assert len(seen) < 600
    return seen


def employer_addresses(org, place):
    """Every GET route of employers, from the tables, filled with each vacancy and application there is."""
    vacancy = place["base"].rsplit("/", 1)[1]
    steps = ["basics", "pay", "locations", "description", "criteria", "closing"]
    out = []
    for r in h.routes():
        if r["method"] == "GET" and r["path"].startswith("/employer"):
            for key in place["keys"]:
                for step in steps if "{step}" in r["path"] else [""]:
                    out.append(fill(r["path"], org=org, id=vacancy, key=key, step=step, person="x", client="x"))
    assert len(set(out)) > 12
    return sorted(set(out))


def leaks(employer, place, who):
    """Where this person's tokens are: for each place, which fields."""
    found = {}
    addresses = employer_addresses(employer.org, place)
    documents = h.database("documents").documents
    stored = documents.find_one({"name": f"{who.file}.pdf"})["_id"]
    for b in place["people"]:
        answers = crawl(b, [*addresses, f"/documents/{stored}", f"/candidate/documents/{stored}", f"/documents/{stored}?capability=x"])
        assert len(answers) > 15 and sum(r.status_code == 200 for r in answers.values()) > 8
        for address, r in answers.items():
            page = address.split("?")[0]
            found[page] = sorted(set(found.get(page, [])) | set(who.found_in(str(r.headers) + r.text)))
    head = h.bearer(place["client"])
    vacancy = place["base"].rsplit("/", 1)[1]
    for r in h.routes():
        if r["method"] == "GET" and not r["page"]:
            path = fill(r["path"], id=employer.org if "organisations" in r["path"] else vacancy, list="regions")
            for query in ("", "?keyword=" + who.family) if "keyword" in r["query"] else ("",):
                answer = requests.get(h.BASE + path + query, headers=head, timeout=20).text
                found["api " + path + query] = who.found_in(answer.replace(who.family, "") if query else answer)  # a feed says what was asked
    for page in ("/department", "/department/organisations", f"/department/organisations/{employer.org}"):
        found[page] = who.found_in(h.coordinator().get(page).text)
    for b in place["people"]:
        for m in h.mails(b.email):
            found["mail " + m["Subject"]] = who.found_in(json.dumps(requests.get(f"{h.MAIL}/api/v1/message/{m['ID']}", timeout=10).json()))
    for name in h.database("events").list_collection_names():
        for event in h.database("events")[name].find():
            found[f"event {event['type']}"] = sorted(set(found.get(f"event {event['type']}", [])) | set(who.found_in(str(event))))
    for log in pathlib.Path(h.VAR, "log").glob("*-*-[12].log"):
        found["log " + log.name] = who.found_in(log.read_text(errors="replace"))
    assert any(k.startswith("event application.submitted") for k in found) and any(k.startswith("log vacancies-serve") for k in found) and any(k.startswith("mail ") for k in found)
    return {k: v for k, v in found.items() if v}


def test_the_search_itself_finds_what_is_there(place):
    """A proof by absence needs one that it would have been seen."""
    for who, key in zip(place["somebody"], place["keys"]):
        page = who.browser.get(f"/candidate/applications/{key}").text
        assert who.found_in(page) == sorted(set(who.tokens()) - {"content"})
        assert who.found_in(who.text()) == ["email", "family name", "given name", "middle name", "phone", "postcode"]
        assert not place["somebody"][0].found_in(place["somebody"][1].text())


@pytest.mark.parametrize("which", [0, 1, 2])
def test_before_shortlisting_nothing_is_found_anywhere(employer, place, which):
    assert leaks(employer, place, place["somebody"][which]) == {}


def test_what_is_refused_says_nothing_either(employer, place):
    """Acts that are not possible before, on each application, by each person."""
    for who, key in zip(place["somebody"], place["keys"]):
        for b in place["people"]:
            csrf = h.csrf_of(b)
            cv = b.request("POST", f"/employer/{employer.org}/applications/{key}/cv", data={"csrf": csrf}, follow=False)
            reject = b.request("POST", f"/employer/{employer.org}/applications/{key}/reject", data={"csrf": csrf, "reason": "nonsense"}, follow=False)
            assert cv.status_code == 409 and reject.status_code in (403, 422)
            assert not who.found_in(cv.text + reject.text)


def test_after_shortlisting_it_is_on_that_one_page(employer, place):
    who, key = place["somebody"][0], place["keys"][0]
    address = f"/employer/{employer.org}/applications/{key}"
    employer.get(address)
    employer.post(action="shortlist$")
    found = leaks(employer, place, who)
    assert set(found) == {address}
    assert found[address] == sorted(set(who.tokens()) - {"content"})
    for b in place["people"]:
        b.get(address)
        opened = b.post(action="cv$")
        assert opened.status_code == 200 and who.content.encode() in opened.content and who.file in opened.headers["Content-Disposition"]
    for other in place["somebody"][1:]:
        assert leaks(employer, place, other) == {}


def test_rejected_without_being_shortlisted_stays_unknown(employer, place):
    who, key = place["somebody"][1], place["keys"][1]
    employer.get(f"/employer/{employer.org}/applications/{key}")
    assert "rejected" in employer.post({"reason": "others"}, action="reject$").text
    h.mail(who.email, "Your application")
    assert leaks(employer, place, who) == {}
    b = place["people"][1]
    assert b.request("POST", f"/employer/{employer.org}/applications/{key}/cv", data={"csrf": h.csrf_of(b)}, follow=False).status_code == 409
    assert b.request("POST", f"/employer/{employer.org}/applications/{key}/shortlist", data={"csrf": h.csrf_of(b)}, follow=False).status_code == 409


def test_withdrawn_is_gone_for_the_employer(employer, place):
    who, key = place["somebody"][2], place["keys"][2]
    who.browser.get(f"/candidate/applications/{key}/withdraw")
    who.browser.post(action="withdraw$")
    assert employer.get(f"/employer/{employer.org}/applications/{key}").status_code == 404
    assert leaks(employer, place, who) == {}
