"""Accounts: confirmation, sign-in, throttle, passwords, teams, sessions."""
import re
import time

import pytest

import harness as h


def test_registering_twice_tells_nobody_and_mails_the_owner(candidate):
    b = h.Browser()
    b.get("/register/candidate")
    r = b.post({"name": "Else", "email": candidate.email.upper(), "password": h.PASSWORD})
    assert h.title_of(r) == "Check your email" and '<a href="/register/candidate">try again</a>' in r.text
    assert f"We have sent a message to {candidate.email}." in h.text_of(r)
    assert candidate.email not in b.get(r.url).text  # once, and never because an address asks for it
    assert b.get("/register/check-your-email?from=//evil.example").text.count("evil.example") == 0
    assert "already" in h.mail(candidate.email, "already")["Subject"]


def test_the_confirmation_pressed_twice_makes_one_account():
    b, email = h.Browser(), h.new_email()
    b.get("/register/candidate")
    b.post({"name": "Twice", "email": email, "password": h.PASSWORD})
    link = h.link_in(h.mail(email))
    b.get(link)
    page = b.page
    assert "Your account is ready" in b.post().text
    other = h.Browser()
    other.get(link)
    assert "confirmed this already" in other.post().text
    assert page.status_code == 200


def test_bad_registrations_are_told_all_at_once():
    b = h.Browser()
    b.get("/register/candidate")
    r = b.post({"name": "", "email": "nonsense", "password": "short"})
    assert r.status_code == 422 and "There is a problem" in r.text
    for name in ("name", "email", "password"):
        assert f'href="#{name}"' in r.text
    r = b.post({"name": "", "email": "nia@test.example", "password": h.PASSWORD})
    assert "Enter your name" in r.text and "Type the password again" in r.text and h.PASSWORD not in r.text
    b.get("/register/organisation")
    r = b.post({"email": "nonsense"})  # what the table refuses and what the handler does: one list, down the page
    assert re.findall(r'href="#(\w+)"', r.text[r.text.index("There is a problem"):]) == ["organisation", "kind", "place", "region", "name", "email", "password"]


def test_sign_in_and_out_and_wrong_password(candidate):
    b = h.Browser()
    r = b.sign_in(candidate.email, "wrong wrong wrong")
    assert r.status_code == 422 and "not right" in r.text
    r = b.sign_in(h.new_email(), "wrong wrong wrong")
    assert r.status_code == 422 and "not right" in r.text
    b.sign_in(candidate.email)
    assert b.get("/account").status_code == 200
    b.post(action="sign-out")
    assert b.get("/account", follow=False).status_code == 303


def test_next_stays_on_this_site(candidate):
    for bad in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"):
        b = h.Browser()
        b.get("/sign-in", params={"next": bad})
        r = b.post({"email": candidate.email, "password": h.PASSWORD}, follow=False)
        assert r.headers["Location"] in ("/candidate", "/account"), bad
    b = h.Browser()
    b.get("/account/password", follow=False)
    assert b.page.headers["Location"] == "/sign-in?next=%2Faccount%2Fpassword"


def test_throttled_per_account():
    c = h.new_candidate()
    b = h.Browser()
    codes = [b.sign_in(c.email, "wrong wrong wrong").status_code for _ in range(12)]
    assert codes[-1] == 429 and "Retry-After" in b.page.headers
    assert b.sign_in(c.email).status_code == 429  # the right password now opens nothing either


def test_right_passwords_use_up_no_tries():
    """A reception desk where somebody signs in again and again, and a hospital behind one address."""
    c = h.new_candidate()
    assert {h.Browser().sign_in(c.email).url for _ in range(12)} == {f"{h.BASE}/candidate"}
    b = h.Browser()
    assert [b.sign_in(c.email, "wrong wrong wrong").status_code for _ in range(10)] == [422] * 10
    assert b.sign_in(c.email).status_code == 429


def test_who_guesses_elsewhere_keeps_nobody_out_of_a_browser_that_is_known():
    owner, other, guesser = h.new_candidate(), h.new_candidate(), h.Browser()
    known = owner.cookies["__Host-known"]
    assert owner.email not in known and owner.cookies["__Host-session"].split(".")[0] not in known
    owner.post(action="^/sign-out$")
    assert owner.cookies["__Host-known"] == known
    assert [guesser.sign_in(owner.email, "wrong wrong wrong").status_code for _ in range(11)][-1] == 429
    for cookie in (other.cookies["__Host-known"], known[:-1] + ("a" if known[-1] != "a" else "b"), known.split(".")[0], "x" * 3000, "." + known.split(".")[1]):
        guesser.cookies["__Host-known"] = cookie
        assert guesser.sign_in(owner.email).status_code == 429, cookie
    assert owner.sign_in(owner.email).url.endswith("/candidate")
    assert owner.cookies["__Host-known"] == known
    owner.post(action="^/sign-out$")
    assert [owner.sign_in(owner.email, "wrong wrong wrong").status_code for _ in range(12)][-1] == 429  # its own tries have an end, too


def test_throttled_per_address():
    """However many accounts are tried from there; and from elsewhere the same account is still let in."""
    c, form = h.new_candidate(), h.Browser()
    form.get("/sign-in")
    fields, cookie = dict(form.form()["fields"]), {"Cookie": "; ".join(f"{k}={v}" for k, v in form.cookies.items())}

    def sign_in(address, email, password):
        return h.from_address(address).post(h.BASE + "/sign-in", data={**fields, "email": email, "password": password}, headers=cookie, allow_redirects=False, timeout=30)

    counters = lambda: set(h.redis("--raw", "keys", "'rate:sign-in-address:*'").split())
    before = counters()
    assert sign_in("127.0.0.200", h.new_email(), "wrong wrong wrong").status_code == 422
    (mine,) = counters() - before
    for window in (0, 1):  # the quarter of an hour may turn meanwhile
        h.redis("set", f"{mine.rsplit(':', 1)[0]}:{int(mine.rsplit(':', 1)[1]) + window}", "299")
    assert sign_in("127.0.0.200", h.new_email(), "wrong wrong wrong").status_code == 422  # the last one
    for email, password in ((h.new_email(), "wrong wrong wrong"), (c.email, h.PASSWORD)):
        r = sign_in("127.0.0.200", email, password)
        assert r.status_code == 429 and int(r.headers["Retry-After"]) > 0
    assert sign_in("127.0.0.201", c.email, h.PASSWORD).status_code == 303


OF_EACH_SERVICE = ["/account", "/candidate", "/candidate/documents", "/candidate/messages"]


def everywhere(browser):
    """What each replica of each service makes of this session; nginx takes them in turn."""
    return {browser.get(path, follow=False).status_code for path in OF_EACH_SERVICE for _ in range(4)}


def test_a_changed_password_ends_every_other_session():
    c = h.new_candidate()
    other = h.Browser()
    other.sign_in(c.email)
    assert everywhere(other) == {200}
    c.get("/account/password")
    r = c.post({"password": h.PASSWORD, "new_password": "four other words here 9"})
    assert "password is changed" in r.text and c.get("/account").status_code == 200
    assert everywhere(other) == {303} and everywhere(c) == {200}
    assert other.sign_in(c.email, "four other words here 9").status_code < 400


def test_signed_out_is_signed_out_everywhere():
    c = h.new_candidate()
    kept, other = dict(c.cookies), h.Browser()
    other.sign_in(c.email)
    c.get("/account")
    c.post(action="sign-out")
    c.cookies = kept  # whoever has copied the cookie
    assert everywhere(c) == {303} and everywhere(other) == {200}


def test_reset_by_mail_once():
    c = h.new_candidate()
    b = h.Browser()
    b.get("/reset")
    b.post({"email": c.email})
    link = h.link_in(h.mail(c.email, "new password"))
    b.get(link)
    assert b.post({"new_password": "short"}).status_code == 422
    b.get(link)
    assert "password is changed" in b.post({"new_password": "fresh words to hold 3"}).text
    b.get(link)
    assert "does not work any more" in b.post({"new_password": "fresh words to hold 4"}).text
    assert c.get("/account", follow=False).status_code == 303


def test_a_changed_role_acts_at_once_everywhere(employer):
    email = h.new_email("colleague")
    employer.get(f"/employer/{employer.org}/team")
    employer.post({"email": email, "roles": ["recruiter"]}, action="invitations$")
    b = h.Browser()
    b.get(h.link_in(h.mail(email)))
    b.post({"name": "Colin Colleague", "new_password": h.PASSWORD}, action="invitation$")
    assert b.get(f"/employer/{employer.org}/vacancies/new").status_code == 200
    page = employer.get(f"/employer/{employer.org}/team").text
    who = re.search(r"/team/members/([a-z0-9]+)\">Change<span[^>]*> Colin", page).group(1)
    employer.get(f"/employer/{employer.org}/team/members/{who}")
    employer.post({"roles": ["hiring_manager"]}, action=who + "$", drop=("roles",))
    assert b.get(f"/employer/{employer.org}/vacancies/new").status_code == 403
    assert b.get(f"/employer/{employer.org}").status_code == 200
    assert "Take Colin Colleague out of the team?" in employer.get(f"/employer/{employer.org}/team/members/{who}/remove").text
    assert b.get(f"/employer/{employer.org}").status_code == 200  # nothing before the button
    employer.page = employer.get(f"/employer/{employer.org}/team/members/{who}/remove")
    employer.post(action="remove$")
    assert b.get(f"/employer/{employer.org}").status_code == 404


def test_the_last_administrator_stays():
    b = h.new_organisation(approved=False)
    page = b.get(f"/employer/{b.org}/team").text
    who = re.search(r"/team/members/([a-z0-9]+)", page).group(1)
    b.get(f"/employer/{b.org}/team/members/{who}")
    r = b.post({"roles": ["recruiter"]}, action=who + "$", drop=("roles",))
    assert r.status_code == 422 and "needs an administrator" in r.text
    assert "Leave the team?" in b.get(f"/employer/{b.org}/team/members/{who}/remove").text
    r = b.post(action="remove$")
    assert r.status_code == 422 and "needs an administrator" in r.text
    assert ("roles", "administrator") in b.form(who + "$")["fields"]  # as they are


def test_an_invitation_works_once():
    b = h.new_organisation(approved=False)
    email = h.new_email("invited")
    b.get(f"/employer/{b.org}/team")
    b.post({"email": email, "roles": ["recruiter"]}, action="invitations$")
    link = h.link_in(h.mail(email))
    first, second = h.Browser(), h.Browser()
    first.get(link)
    first.post({"name": "First", "new_password": h.PASSWORD}, action="invitation$")
    assert "does not work any more" in second.get(link).text


def test_department_decides_once():
    b = h.new_organisation(approved=False)
    c = h.coordinator()
    c.get(f"/department/organisations/{b.org}")
    assert c.post(action="refuse$").status_code == 422
    c.get(f"/department/organisations/{b.org}")
    page = c.page
    assert b.email in page.text and "Has confirmed this address" in page.text
    c.post({"reason": "Not a public employer."}, action="refuse$")
    c.page = page
    assert c.post(action="approve$").status_code in (409, 412)
    assert "Not a public employer." in h.mail(b.email, "not approved")["Text"]
    assert b.email not in c.get(f"/department/organisations/{b.org}").text


def test_sessions_cannot_be_guessed_or_mixed(candidate, employer):
    b = h.Browser()
    person = candidate.cookies["__Host-session"].split(".")[0]
    b.cookies["__Host-session"] = person + "." + employer.cookies["__Host-session"].split(".")[1]
    assert b.get("/account", follow=False).status_code == 303
    b.cookies["__Host-session"] = "x" * 5000
    assert b.get("/account", follow=False).status_code in (303, 400)
