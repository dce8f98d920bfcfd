"""Pages in Welsh, switched on by LANGUAGES=en,cy: chosen by Accept-Language, by a link, and remembered; no page half in one language."""
import re

import pytest
import requests

import harness as h
from test_journey import publish, write_vacancy


@pytest.fixture(scope="module")
def reference(employer):
    reference = publish(employer, write_vacancy(employer, "Welsh pages nurse"))
    h.wait_everywhere(lambda: reference in requests.get(h.BASE + "/jobs?keyword=Welsh+pages+nurse", timeout=10).text)
    return reference


def get(path, accept="cy", **kw):
    return requests.get(h.BASE + path, headers={"Accept-Language": accept, **kw.pop("headers", {})}, timeout=10, **kw)


def lang_of(r):
    return re.search(r'<html lang="([^"]+)"', r.text).group(1)


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
    assert "<title>Gwall: Mewngofnodi" in r.text and "Rhowch y canlynol: cyfeiriad e-bost" in r.text and "Cyfeiriad e-bost" in r.text
    assert 'hreflang="en"' not in r.text  # what was typed would be lost


def test_a_missing_page_in_welsh():
    r = get("/no/such/page")
    assert r.status_code == 404 and lang_of(r) == "cy" and "Heb ddod o hyd i’r dudalen" in r.text and "dudalen gychwyn</a>" in r.text


def test_the_api_speaks_english(reference):
    r = get("/api/v1/vacancies?nonsense=1")
    assert r.status_code == 422 and "There is no parameter" in r.text and "Vary" not in r.headers
    assert get("/api/v1/vacancies?keyword=Welsh+pages+nurse").json() == get("/api/v1/vacancies?keyword=Welsh+pages+nurse", "en").json()
