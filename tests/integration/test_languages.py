"""Pages in Welsh, switched on by LANGUAGES=en,cy: chosen by Accept-Language, by a link, and remembered; no page half in one language. Mails and messages in what their reader chose."""
import email
import email.policy
import re

import pytest
import requests

import harness as h
from test_journey import apply, publish, write_vacancy


@pytest.fixture(scope="module")
def reference(employer):
    reference = publish(employer, write_vacancy(employer, "Welsh pages nurse"))
    h.wait_everywhere(lambda: reference in requests.get(h.BASE + "/jobs?keyword=Welsh+pages+nurse", timeout=10).text)
    return reference


def get(path, accept="cy", **kw):
    return requests.get(h.BASE + path, headers={"Accept-Language": accept, **kw.pop("headers", {})}, timeout=10, **kw)


def lang_of_html(page):
    return re.search(r'<html lang="([^"]+)"', page).group(1)


def lang_of(r):
    return lang_of_html(r.text)


def test_a_page_in_welsh(reference):
    r = get("/jobs?keyword=Welsh+pages+nurse")
    assert lang_of(r) == "cy" and r.headers["Vary"] == "Accept-Language, Cookie" and r.headers["Cache-Control"] == "no-store"
    assert re.search(r"<title>\d+ swydd ar gyfer Welsh pages nurse – Commonhire</title>", r.text)
    for text in ("Neidio i’r prif gynnwys", "Hidlwyr", "Nyrsio a bydwreigiaeth", "Cyfatebiaeth orau", "10 milltir", "y flwyddyn"):
        assert text in r.text, text
    for text in ("Filters", "Nursing and midwifery", "Best match", "Closes on", " a year<"):
        assert text not in r.text, text
    assert "Welsh pages nurse</a>" in r.text  # what an employer wrote stays as it was written


def test_dates_in_welsh(reference):
    english, welsh = get(f"/jobs/{reference}", "en").text, get(f"/jobs/{reference}").text
    day, year, hour = re.search(r"Closes on</dt><dd [^>]*>(\d+) [A-Z][a-z]+ (\d{4}) at ([\d:]+)[ap]m<", english).groups()
    months = "Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr"
    assert re.search(rf"Yn cau ar</dt><dd [^>]*>{day} ({months}) {year} am {hour}y[bh]<", welsh)
    # For machines it is what it was.
    dates = re.compile(r'"validThrough":"([^"]+)"')
    assert dates.search(english).group(1) == dates.search(welsh).group(1)


def test_an_english_page_says_so():
    """This catalogue does not have the privacy page, so all of that page is English, its frame too."""
    r = get("/privacy")
    assert lang_of(r) == "en-GB" and "Skip to main content" in r.text and "Neidio" not in r.text and 'hreflang="cy"' not in r.text
    for wanted in ("en-GB,en;q=0.9", "fr", "*", ";;q=,", "cy;q=0"):
        r = get("/jobs", wanted)
        assert lang_of(r) == "en-GB" and "Filters" in r.text, wanted


def test_the_switch_is_a_link_and_stays():
    browser = h.Browser()
    r = browser.get("/jobs?keyword=nurse&location=Leeds")
    href = re.search(r'<a class="ch-header__link" href="([^"]+)" lang="cy" hreflang="cy">Cymraeg</a>', r.text).group(1).replace("&amp;", "&")
    assert href == "/jobs?keyword=nurse&location=Leeds&lang=cy" and "__Host-language" not in browser.cookies
    r = browser.get(href)
    assert lang_of(r) == "cy" and browser.cookies["__Host-language"] == "cy"
    assert 'href="/jobs?keyword=nurse&amp;location=Leeds&amp;lang=en" lang="en" hreflang="en">English</a>' in r.text
    assert lang_of(browser.get("/")) == "cy"
    assert lang_of(browser.get("/sign-in")) == "cy"  # another service
    assert lang_of(browser.get("/?lang=en")) == "en-GB"
    assert lang_of(browser.get("/", headers={"Accept-Language": "cy"})) == "en-GB"  # chosen by hand
    assert lang_of(browser.get("/?lang=tlh")) == "en-GB" and browser.cookies["__Host-language"] == "en"


def test_faults_in_welsh():
    browser = h.Browser()
    browser.get("/sign-in?lang=cy")
    r = browser.post({"email": "", "password": ""}, action="sign-in")
    assert r.status_code == 422 and lang_of(r) == "cy"
    assert "<title>Gwall: Mewngofnodi" in r.text and "Rhowch eich cyfeiriad e-bost" in r.text and "Cyfeiriad e-bost" in r.text
    assert 'hreflang="en"' not in r.text  # what was typed would be lost


def test_a_missing_page_in_welsh():
    r = get("/no/such/page")
    assert r.status_code == 404 and lang_of(r) == "cy" and "Heb ddod o hyd i’r dudalen" in r.text and "dudalen gychwyn</a>" in r.text


def test_the_api_speaks_english(reference):
    r = get("/api/v1/vacancies?nonsense=1")
    assert r.status_code == 422 and "There is no parameter" in r.text and "Vary" not in r.headers
    assert get("/api/v1/vacancies?keyword=Welsh+pages+nurse").json() == get("/api/v1/vacancies?keyword=Welsh+pages+nurse", "en").json()


# ---- mails and messages


def mail_of(to, subject):
    """As it was sent: its headers, its text, its HTML."""
    m = email.message_from_bytes(requests.get(f"{h.MAIL}/api/v1/message/{h.mail(to, subject)['ID']}/raw", timeout=10).content, policy=email.policy.default)
    return m, *(part.get_content() for part in m.iter_parts())


def written_to_in(email_address, language):
    """Once notifications has heard of it."""
    person = h.database("identity").persons.find_one({"email": email_address})["_id"]
    h.wait(lambda: h.database("notifications").recipients.find_one({"_id": person}).get("language", "") == language)


def test_who_registers_in_welsh_is_written_to_in_welsh(reference):
    b, to = h.Browser(), h.new_email("candidate")
    b.get("/register/candidate?lang=cy")
    b.post({"name": "Siân Candidate", "email": to, "password": h.PASSWORD})
    m, text, page = mail_of(to, "Cadarnhewch eich cyfeiriad e-bost")
    assert m["Content-Language"] == "cy" and lang_of_html(page) == "cy"
    for words in ("Mae rhywun, chi gobeithio, eisiau creu cyfrif", "Os nad chi oedd hyn, peidiwch â gwneud dim."):
        assert words in text and words in page
    assert "Os nad yw’r botwm yn gweithio" in page and "If " not in text + page
    del b.cookies["__Host-language"]  # it is kept with the person, not with this browser
    b.get(re.search(re.escape(h.BASE) + r"(/\S+)", text).group(1))
    b.post()
    apply(b, reference)
    m, text, page = mail_of(to, "Mae eich cais wedi ein cyrraedd: Welsh pages nurse")
    assert m["Content-Language"] == "cy" and "Gweld eich cais:" in text and "Byddwn yn ysgrifennu atoch" in text
    inbox = b.get("/candidate/messages")
    path = re.search(r'<a href="(/candidate/messages/[a-z0-9]{26})" lang="cy">Mae eich cais wedi ein cyrraedd: Welsh pages nurse</a>', inbox.text).group(1)
    assert lang_of(inbox) == "en-GB"
    r = b.get(path)
    assert '<h1 class="nhsuk-heading-l" lang="cy">' in r.text and "Byddwn yn ysgrifennu atoch" in r.text


def test_a_choice_is_kept_when_somebody_signs_in(reference):
    c = h.new_candidate()
    m, text, page = mail_of(c.email, "Confirm your email address")
    assert m["Content-Language"] is None and lang_of_html(page) == "en-GB" and "If it was not you" in text

    def signs_in(link, accept):
        b = h.Browser()
        b.get(link, headers={"Accept-Language": accept})
        b.post({"email": c.email, "password": h.PASSWORD}, action="sign-in", headers={"Accept-Language": accept})
        return b

    signs_in("/sign-in", "cy")  # what a browser asks for is not a choice
    written_to_in(c.email, "")
    b = signs_in("/sign-in?lang=cy", "en")
    written_to_in(c.email, "cy")
    signs_in("/sign-in", "en")  # at a library
    assert h.database("identity").persons.find_one({"email": c.email})["language"] == "cy"
    del b.cookies["__Host-language"]
    key = apply(b, reference)
    assert mail_of(c.email, "Mae eich cais wedi ein cyrraedd")[0]["Content-Language"] == "cy"
    signs_in("/sign-in?lang=en", "cy")
    written_to_in(c.email, "")
    b.get(f"/candidate/applications/{key}/withdraw")
    b.post(action="withdraw$")
    assert "Content-Language" not in mail_of(c.email, "You have withdrawn: Welsh pages nurse")[0]


def test_an_invitation_is_in_the_language_of_who_is_invited(employer):
    b, to = h.Browser(), h.new_email("recruiter")
    b.get("/register/candidate?lang=cy")
    b.post({"name": "Rhys Recruiter", "email": to, "password": h.PASSWORD})
    b.get(h.link_in(h.mail(to, "Cadarnhewch")))
    b.post()
    employer.get(f"/employer/{employer.org}/team")
    employer.post({"email": to, "roles": ["recruiter"]}, action="invitations$")
    assert mail_of(to, f"Gwahoddiad i ymuno â {employer.org_name}")[0]["Content-Language"] == "cy"
