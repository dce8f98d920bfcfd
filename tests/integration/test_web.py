"""What browsers and strangers send, and what every answer carries: headers, cookies, redirects, methods, addresses."""
import re

import pytest
import requests

import harness as h
from test_matrix import ROUTES, name_of, own_ids
from world import fill

with open(f"{h.ROOT}/build/assets/VERSION") as f:
    VERSION = f.read().strip()
GETS = [r for r in ROUTES if r["method"] == "GET"]
SECURITY = {"Content-Security-Policy": r"default-src 'self'.*frame-ancestors 'none'.*form-action 'self'", "X-Content-Type-Options": r"nosniff$", "Referrer-Policy": r"same-origin$",
            "Permissions-Policy": r"camera=\(\)", "Cross-Origin-Opener-Policy": r"same-origin$"}


def person_for(world, path):
    return world.people["department" if path.startswith("/department") else "administrator" if path.startswith("/employer") else "candidate"]


FILE_POLICY = r"sandbox; default-src 'none'; frame-ancestors 'none'$"  # of what people uploaded


def secure(r):
    a_file = r.headers.get("Content-Disposition", "").startswith("attachment")
    for name, pattern in (SECURITY | ({"Content-Security-Policy": FILE_POLICY} if a_file else {})).items():
        values = r.raw.headers.getlist(name)
        assert len(values) == 1 and re.match(pattern, values[0]), (r.url, name, values)
    assert r.headers["Server"] == "nginx" and "X-Powered-By" not in r.headers
    assert "unsafe" not in r.headers["Content-Security-Policy"] and "http" not in r.headers["Content-Security-Policy"]


@pytest.mark.parametrize("route", GETS, ids=name_of)
def test_every_answer_is_guarded_and_what_is_private_is_not_kept(world, route):
    path = fill(route["path"], **own_ids(world, route))
    r = person_for(world, path).request("GET", path, follow=False)
    assert r.status_code < 500
    secure(r)
    if route["page"] and r.status_code != 303:
        assert r.headers["Cache-Control"] == "no-store"
    if "anyone" not in route["who"]:
        assert r.headers.get("Cache-Control", "no-store") == "no-store"
    for cookie in r.raw.headers.getlist("Set-Cookie"):
        assert re.match(r"__Host-", cookie) and {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; ")) and re.search("SameSite=(Lax|Strict)", cookie) and "Domain" not in cookie


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere", "/sign-in/x", "/employer/x", f"/assets/{VERSION}/commonhire.css", "/assets/x/none.css", "/errors/502.html", "/.git/config", "/oauth2/nowhere", "/%00", "/jobs/" + "x" * 3000])
def test_answers_that_are_no_route_are_guarded_too(path):
    r = requests.get(h.BASE + path, timeout=10, allow_redirects=False)
    assert r.status_code in (200, 303, 400, 404)
    if path != "/%00":  # nginx itself, before any of our configuration
        secure(r)


@pytest.mark.parametrize("route", GETS, ids=name_of)
def test_head_is_get_without_the_body(world, route):
    path = fill(route["path"], **own_ids(world, route))
    b = person_for(world, path)
    get, head = (b.request(m, path, follow=False, headers={"Accept-Encoding": "identity"}) for m in ("GET", "HEAD"))
    assert head.status_code == get.status_code and head.content == b"" and head.headers.get("Content-Type") == get.headers.get("Content-Type")


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_other_methods_are_refused_with_what_is_allowed(world, route):
    path = fill(route["path"], **own_ids(world, route))
    b = person_for(world, path)
    there = {r["method"] for r in ROUTES if re.fullmatch(re.sub(r"\{[a-z]+\}", "[^/]+", r["path"]), path)}
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "GETX"):
        if method in there:
            continue
        r = b.request(method, path, follow=False)
        assert r.status_code == 405, (method, r.status_code)
        if method != "TRACE":  # nginx itself
            assert there <= set(r.headers["Allow"].replace(",", " ").split())
            assert "Access-Control-Allow-Origin" not in r.headers


# ---- redirects and origins

ELSEWHERE = ["//evil.example", "https://evil.example", "http:evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", "/%09/evil.example", "///evil.example", "/\r\nX: y",
             "evil.example", "@evil.example", "/.//evil.example", "data:text/html,x", " /x", "//evil.example/%2f.."]


@pytest.fixture(scope="module")
def somebody():
    """Signing in is held back after ten times an account: several take turns."""
    people = [h.new_candidate() for _ in range(4)]
    return lambda i: people[i % 4].email


def stays(location):
    assert re.match(r"/(?![/\\])", location) and not re.search(r"[\r\n\t\\]", location), location


@pytest.mark.parametrize("to", ELSEWHERE, ids=repr)
def test_no_redirect_leads_elsewhere(somebody, to):
    b = h.Browser()
    b.get("/sign-in", params={"next": to})
    r = b.post({"email": somebody(ELSEWHERE.index(to)), "password": h.PASSWORD}, follow=False)
    assert r.status_code == 303
    stays(r.headers["Location"])
    r = b.request("GET", "/sign-in", params={"next": to}, follow=False)  # signed in already
    stays(r.headers["Location"])
    b.get("/candidate/documents/new", params={"to": to})
    assert "evil" not in re.sub(r'<input[^>]*>', "", b.page.text) or to in ("/.//evil.example", "/%09/evil.example")
    b.get("/candidate/documents/new")
    form = b.form()
    parts = [(k, (None, v)) for k, v in form["fields"] if k != "to"] + [("to", (None, to)), ("file", ("a.pdf", h.pdf()))]
    r = b.request("POST", form["action"], files=parts, follow=False)
    assert r.status_code in (303, 400, 422)
    if r.status_code == 303:
        stays(r.headers["Location"])


def test_the_way_back_after_signing_in_is_kept(somebody):
    b = h.Browser()
    r = b.get("/candidate/messages?page=1", follow=False)
    b.get(r.headers["Location"])
    assert b.post({"email": somebody(3), "password": h.PASSWORD}, follow=False).headers["Location"] == "/candidate/messages?page=1"


def test_a_form_sent_after_the_end_of_the_session_leads_back_to_its_page(somebody):
    """What it would have done has an address that is only posted to: nobody is to land there."""
    b = h.Browser()
    b.sign_in(somebody(3))
    page = b.get("/account")
    b.cookies.pop("__Host-session")
    r = b.post({"name": "Too Late"}, action="account/name", follow=False, headers={"Referer": page.url})
    assert r.status_code == 303
    b.get(r.headers["Location"])
    r = b.post({"email": somebody(3), "password": h.PASSWORD})
    assert r.status_code == 200 and r.url == page.url and "Too Late" not in r.text


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": h.BASE + ".evil.example"}, {"Origin": h.BASE.replace("http:", "https:")}, {"Origin": h.BASE + "/"},
                                     {"Referer": "http://evil.example/"}, {"Referer": h.BASE + ".evil.example/"}, {"Origin": "", "Referer": "http://evil.example/" + h.BASE}], ids=str)
def test_another_sites_form_is_refused_also_before_sign_in(headers):
    b = h.Browser()
    b.get("/sign-in")
    assert b.post({"email": "a@b.example", "password": "x"}, headers=headers, follow=False).status_code == 403


def test_a_host_that_is_not_ours_does_not_reach_links(world):
    """Links in mails and canonical addresses come from the configuration, whatever Host says."""
    email = h.new_email()
    b = h.Browser()
    b.get("/register/candidate")
    b.post({"name": "Host Header", "email": email, "password": h.PASSWORD}, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    r = requests.get(f"{h.BASE}/jobs/{world.own.reference}", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}, timeout=10)
    assert r.status_code == 200 and "evil.example" not in r.text
    b.get("/register/candidate")
    b.post({"name": "Host Header", "email": email, "password": h.PASSWORD})
    assert "evil" not in h.mail(email)["Text"]


def test_signing_in_gives_a_new_session_and_signing_out_ends_it(somebody):
    b = h.Browser()
    b.get("/sign-in")
    b.cookies["__Host-session"] = "chosen.by-somebody-else"
    b.post({"email": somebody(3), "password": h.PASSWORD})
    kept = b.cookies["__Host-session"]
    assert kept != "chosen.by-somebody-else"
    b.get("/account")
    b.post(action="sign-out")
    b.cookies["__Host-session"] = kept
    assert b.get("/account", follow=False).status_code == 303


@pytest.mark.parametrize("value", ["", ".", "x", "x.y", "a" * 5000, "../x", "0" * 26 + "." + "f" * 64, "\x7f", "a b; __Host-session=c"])
def test_cookies_that_are_none_of_ours(value):
    r = requests.get(h.BASE + "/account", headers={"Cookie": "__Host-session=" + value}, timeout=10, allow_redirects=False)
    assert r.status_code in (303, 400)
    assert requests.get(h.BASE + "/jobs", headers={"Cookie": "__Host-session=" + value}, timeout=10).status_code in (200, 400)


# ---- addresses


@pytest.mark.parametrize("path,statuses", [
    ("/assets/../../../../etc/passwd", (400, 404)), ("/assets/x/..%2f..%2f..%2fetc%2fpasswd", (400, 404)), ("/assets/x/%2e%2e/%2e%2e/etc/passwd", (400, 404)), ("/../../etc/passwd", (400, 404)),
    ("/assets/x/.htaccess", (404,)), ("//jobs", (200, 404)), ("/jobs//", (404,)), ("/jobs/../account", (303, 404)), ("/jobs/%2e%2e/account", (303, 404)), ("/jobs/..%2faccount", (404,)),
    ("//evil.example/jobs", (404,)), ("/sign-in/", (404,)), ("/jobs/.", (404,)), ("/jobs%00", (400, 404)), ("/jobs%0d%0aX-Evil:%20y", (404,)), ("/jobs;x=y", (404,)), ("/JOBS", (404,)), ("/jobs%", (400, 404)),
    ("/\u00e9".encode().decode("latin-1"), (404,)), ("/%ff%fe", (404,)), ("/jobs/" + "a/" * 400, (404,)), ("/employer/%7b%7d/vacancies", (303, 404)), ("*", (400,)), ("http://evil.example/jobs", (200, 404)),
    ("/candidate//documents", (303, 404)), ("/employer/x//team", (303, 404)), ("/api/v1//vacancies", (404, 200)), ("/jobs/AAAAA-BBBBBB/apply/../apply", (303, 404))])
def test_addresses_that_nobody_links_to(path, statuses):
    head = h.raw(f"GET {path} HTTP/1.1\r\nHost: {h.BASE.removeprefix('http://')}\r\nConnection: close\r\n\r\n")
    status = int(head.split(" ")[1][:3])
    assert status in statuses, head[:300]
    assert "root:" not in head and "X-Evil" not in head
    location = re.search(r"^Location: (.*)$", head, re.M | re.I)
    assert not location or location.group(1).startswith(("/", h.BASE))


@pytest.mark.parametrize("length,statuses", [(900, (200,)), (7000, (200,)), (15000, (200, 414)), (40000, (414,)), (200000, (414,))])
def test_very_long_addresses(length, statuses):
    assert requests.get(f"{h.BASE}/jobs?x={'y' * length}", timeout=10).status_code in statuses
    assert requests.get(f"{h.BASE}/api/v1/vacancies?keyword={'y' * length}", timeout=10).status_code in (400, 414, 422)
    assert requests.get(f"{h.BASE}/jobs/{'y' * length}", timeout=10).status_code in (404, 414)


@pytest.mark.parametrize("text", [
    "GET /api/v1/ping HTTP/1.1\r\nHost: x\r\nX: " + "y" * 70000 + "\r\n\r\n", "GET /api/v1/ping HTTP/1.1\r\n\r\n", "GET /api/v1/ping HTTP/9.9\r\nHost: x\r\n\r\n", "\x00\x01\x02\r\n\r\n",
    "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
    "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "GET /api/v1/ping HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"], ids=lambda t: repr(t[:60]))
def test_requests_that_are_no_http(text):
    head = h.raw(text)
    assert not head or int(head.split(" ")[1][:3]) in range(400, 506), head
    assert requests.get(h.BASE + "/api/v1/ping", timeout=10).json() == {"ok": True}


@pytest.mark.parametrize("value", ["x\r\nSet-Cookie: a=b", "x%0d%0aSet-Cookie:%20a=b", "x\nLocation: http://evil.example", "é\u2028x"])
def test_no_input_makes_a_header(world, value):
    b = world.candidate.browser
    for r in (requests.get(h.BASE + "/account", params={"next": value}, timeout=10, allow_redirects=False),
              b.request("GET", "/sign-in", params={"next": "/" + value}, follow=False)):
        assert "a=b" not in r.headers.get("Set-Cookie", "") and "evil" not in r.headers.get("Location", "").split("?")[0]
    b.get("/account")
    r = b.post({"name": value}, action="account/name", follow=False)
    assert r.status_code in (303, 400, 422) and not any("a=b" == c.split(";")[0] for c in r.raw.headers.getlist("Set-Cookie"))
    b.get("/account")
    b.post({"name": "Casey Own"}, action="account/name")


def test_spoofed_gateway_headers_are_not_believed(world):
    """FastCGI parameters come from nginx, not from the caller."""
    for headers in ({"Remote-Addr": "10.0.0.1"}, {"X-Forwarded-For": "10.0.0.1"}, {"Proxy": "http://evil.example"}, {"X-Request-Id": "a" * 300}, {"X-Request-Id": "evil\tid"}, {"Request-Method": "POST"},
                    {"Script-Name": "/x"}, {"Request-Uri": "/account"}, {"Https": "on"}):
        r = requests.get(h.BASE + "/api/v1/vacancies?limit=x", headers=headers, timeout=10)
        assert r.status_code == 422 and "evil" not in r.text and "aaaa" not in r.text
