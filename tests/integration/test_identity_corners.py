"""Accounts and teams where it is hard: pressed twice, at once, stale, for somebody else, by somebody else, unknown."""
import base64
import re
import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import requests

import harness as h

OTHER_PASSWORD = "four other words here 9"


def join_form(name=None):
    return {"organisation": name or "Trust " + uuid.uuid4().hex[:8], "kind": "council", "place": "York", "region": "yorkshire_and_the_humber"}


def organisation_of(r):
    return re.search(r"/employer/([a-z0-9]{26})", r.url).group(1)


def team_of(admin, org=None):
    """Names of the members and the ids behind them."""
    page = admin.get(f"/employer/{org or admin.org}/team").text
    return {name.strip(): who for who, name in re.findall(r'/team/members/([a-z0-9]+)">Change<span[^>]*>([^<]*)', page)}


def invite(admin, roles, email=None, org=None):
    email = email or h.new_email("colleague")
    admin.get(f"/employer/{org or admin.org}/team")
    admin.post({"email": email, "roles": roles}, action="invitations$")
    return email, h.link_in(h.mail(email, "invited"))


def colleague(admin, roles, name):
    email, link = invite(admin, roles)
    b = h.Browser()
    b.get(link)
    r = b.post({"name": name, "new_password": h.PASSWORD}, action="invitation$")
    assert r.status_code == 200, h.text_of(r)
    b.email, b.org = email, admin.org
    return b


def set_roles(admin, who, roles):
    admin.get(f"/employer/{admin.org}/team/members/{who}")
    return admin.post({"roles": roles}, action=who + "$", drop=("roles",))


def remove(admin, who):
    admin.get(f"/employer/{admin.org}/team/members/{who}/remove")
    return admin.post(action="remove$")


def at_once(acts):
    with ThreadPoolExecutor(len(acts)) as pool:
        return [f.result() for f in [pool.submit(a) for a in acts]]


def test_invitations_do_not_flood_an_address():
    """However many organisations somebody has made, each may write to a third person only so often; others are not held up."""
    admins, email, answers = [h.new_organisation(approved=False) for _ in range(2)], h.new_email("third"), []
    for i in range(6):
        admin = admins[i % 2]
        admin.get(f"/employer/{admin.org}/team")
        answers.append(admin.post({"email": email, "roles": ["recruiter"]}, action="invitations$"))
    assert [r.status_code for r in answers] == [200] * 5 + [429] and int(answers[-1].headers["Retry-After"]) > 0
    admins[0].get(f"/employer/{admins[0].org}/team")
    assert admins[0].post(action="/send$").status_code == 429
    admins[0].get(f"/employer/{admins[0].org}/team")
    assert admins[0].post({"email": h.new_email("other"), "roles": ["recruiter"]}, action="invitations$").status_code == 200
    time.sleep(2)
    assert len(h.mails(email)) == 5


# ---- joining

def test_a_confirmation_pressed_twice_at_once_signs_in_both():
    b, email = h.Browser(), h.new_email()
    b.get("/register/organisation")
    b.post({**join_form(), "name": "Tess Twice", "email": email, "password": h.PASSWORD})
    link = h.link_in(h.mail(email))
    pressing = [h.Browser() for _ in range(4)]  # windows of the one that asked
    for p in pressing:
        p.cookies = dict(b.cookies)
        p.get(link)
    answers = at_once([p.post for p in pressing])
    assert {r.status_code for r in answers} == {200}
    joined = [organisation_of(r) for r in answers if "/employer/" in r.url]
    assert joined and len(set(joined)) == 1
    inside = next(p for p, r in zip(pressing, answers) if "/employer/" in r.url)
    assert len(team_of(inside, joined[0])) == 1


def test_a_confirmation_in_another_browser_signs_nobody_in():
    """Whoever registers somebody else's address gets no account that they can sign in to while its owner fills it, and draws nobody into their own."""
    attacker, owner, email = h.Browser(), h.Browser(), h.new_email("victim")
    attacker.get("/register/candidate?next=/candidate/profile")
    attacker.post({"name": "Vic Tim", "email": email, "password": OTHER_PASSWORD})
    owner.get(h.link_in(h.mail(email)))
    r = owner.post()
    assert r.url.endswith("/sign-in?next=%2Fcandidate%2Fprofile") and "Sign in with the password that you chose" in r.text
    assert owner.get("/account", follow=False).status_code == 303 and "__Host-session" not in owner.cookies
    owner.get("/reset")
    owner.post({"email": email})
    owner.get(h.link_in(h.mail(email, "new password")))
    owner.post({"new_password": h.PASSWORD})
    assert owner.get("/account").status_code == 200
    assert attacker.sign_in(email, OTHER_PASSWORD).status_code == 422


def test_nobody_floods_the_department_with_organisations():
    b, answers = h.new_candidate("Max Many"), []
    for _ in range(11):
        b.get("/register/organisation")
        answers.append(b.post(join_form()))
    assert [r.status_code for r in answers[:-1]] == [200] * 10
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) > 0


def test_joining_pressed_twice_while_signed_in_makes_one_organisation():
    b = h.new_candidate("Sam Signed-In")
    b.get("/register/organisation")
    assert 'name="password"' not in b.page.text
    page, values = b.page, join_form()
    first = organisation_of(b.post(values))
    b.page = page
    assert organisation_of(b.post(values)) == first
    b.page = page
    assert organisation_of(b.post({**values, "organisation": values["organisation"] + " North"})) != first


def test_two_mails_for_one_organisation_make_one():
    b, email, values = h.Browser(), h.new_email(), join_form()
    for _ in range(2):
        b.get("/register/organisation")
        b.post({**values, "name": "Tom Twice", "email": email, "password": h.PASSWORD})
    h.wait(lambda: len(h.mails(email)) == 2)
    links = [h.link_in(requests.get(f"{h.MAIL}/api/v1/message/{m['ID']}", timeout=10).json()) for m in h.mails(email)]
    assert len(set(links)) == 2
    found = set()
    for link in links:
        b.get(link)
        found.add(organisation_of(b.post()))
    assert len(found) == 1


def test_whoever_was_taken_out_does_not_come_back_by_joining_again():
    founder, values = h.new_candidate("Fay Founder"), join_form()
    founder.get("/register/organisation")
    form_page = founder.page
    founder.org = organisation_of(founder.post(values))
    other = colleague(founder, ["administrator"], "Ann Other")
    assert "not in the team any more" in remove(other, team_of(other)["Fay Founder"]).text
    assert founder.get(f"/employer/{founder.org}/team").status_code == 404
    founder.page = form_page
    founder.get("/register/organisation")
    assert organisation_of(founder.post(values)) != founder.org
    assert founder.get(f"/employer/{founder.org}/team").status_code == 404


def test_an_account_that_exists_gets_the_organisation_too():
    candidate = h.new_candidate()
    b = h.Browser()
    b.get("/register/organisation")
    r = b.post({**join_form(), "name": "Alex", "email": candidate.email, "password": OTHER_PASSWORD})
    assert h.title_of(r) == "Check your email"
    b.get(h.link_in(h.mail(candidate.email, "Confirm your email address for")))
    org = organisation_of(b.post())
    assert candidate.get(f"/employer/{org}").status_code in (200, 404)  # vacancies may not know it yet
    assert candidate.get(f"/employer/{org}/team").status_code == 200
    assert h.Browser().sign_in(candidate.email, OTHER_PASSWORD).status_code == 422  # the password stays the old one


def test_the_form_of_an_organisation_refuses_what_is_not_in_its_lists():
    b = h.Browser()
    b.get("/register/organisation")
    assert "<optgroup" in b.page.text
    r = b.post({**join_form(), "kind": "bank", "region": "atlantis", "name": "A", "email": h.new_email(), "password": h.PASSWORD})
    assert r.status_code == 422 and 'href="#kind"' in r.text and 'href="#region"' in r.text
    assert re.search(r'value="York"', r.text)


def test_an_organisations_name_leads_nobody_anywhere():
    """It stands in mails to third people before anybody has approved it."""
    for name in ("Win at http://evil.example now", "See www.evil.example", "wWw.evil.Example", "evil.example/login", "Write to me@evil.example"):
        b = h.Browser()
        b.get("/register/organisation")
        r = b.post({**join_form(), "organisation": name, "name": "A", "email": h.new_email(), "password": h.PASSWORD})
        assert r.status_code == 422 and "must not contain a web or email address" in r.text, name


def test_after_registering_one_goes_on_where_one_wanted_to():
    b, email = h.Browser(), h.new_email()
    b.get("/candidate/profile?from=a%26b")
    assert "/sign-in?next=" in b.page.url
    b.get(re.search(r'href="(/register[^"]*next=[^"]+)"', b.page.text).group(1).replace("&amp;", "&"))
    b.get(re.search(r'href="(/register/candidate[^"]*)"', b.page.text).group(1).replace("&amp;", "&"))
    b.post({"name": "Nora Next", "email": email, "password": h.PASSWORD})
    b.get(h.link_in(h.mail(email)))
    r = b.post(follow=False)
    assert r.headers["Location"] == "/candidate/profile?from=a%26b"


def test_links_that_never_were():
    for path in ("/register/confirm", "/reset/confirm", "/invitation"):
        for token in ("", "x", "A" * 43, "%00", "A" * 5000):
            b = h.Browser()
            r = b.get(f"{path}?token={token}")
            assert r.status_code in (200, 400), (path, token)
            if 'method="post" action="' + path in r.text:
                r = b.post({"new_password": h.PASSWORD} if "reset" in path else {}, action=path)
                assert r.status_code in (200, 422) and "/candidate" not in r.url
                assert "__Host-session" not in b.cookies


def test_a_link_works_only_for_what_it_was_sent_for():
    c = h.new_candidate()
    b = h.Browser()
    b.get("/reset")
    b.post({"email": c.email})
    token = h.link_in(h.mail(c.email, "new password")).split("token=")[1]
    b.get(f"/register/confirm?token={token}")
    assert "does not work any more" in b.post().text
    assert "does not work any more" in b.get(f"/invitation?token={token}").text
    assert "__Host-session" not in b.cookies


def test_a_scanner_that_opens_the_link_uses_nothing_up():
    b, email = h.Browser(), h.new_email()
    b.get("/register/candidate")
    b.post({"name": "Sue Scanned", "email": email, "password": h.PASSWORD})
    link = h.link_in(h.mail(email))
    for _ in range(3):
        assert h.Browser().get(link).status_code == 200
    b.get(link)
    assert "Your account is ready" in b.post().text


# ---- unknown accounts

def ck_takes_as_long(path, values_of, known, times):
    """One with an account and one without, by turns, so that a busy moment falls on both. Only the sending is measured."""
    took = {True: [], False: []}
    for i in range(2 * times):
        b = h.Browser()
        b.get(path)
        values = values_of(known[i // 2 % len(known)] if i % 2 else h.new_email())
        begin = time.perf_counter()
        b.post(values, follow=False)
        took[i % 2 == 1].append(time.perf_counter() - begin)
    with_account, without = statistics.median(took[True]), statistics.median(took[False])
    assert 0.6 < without / with_account < 1.6, (without, with_account)


def test_signing_in_takes_as_long_for_an_unknown_address():
    ck_takes_as_long("/sign-in", lambda email: {"email": email, "password": "wrong wrong wrong"}, [h.new_candidate().email for _ in range(3)], 9)


def test_a_reset_takes_as_long_for_an_unknown_address():
    ck_takes_as_long("/reset", lambda email: {"email": email}, [h.new_candidate().email for _ in range(4)], 15)


def test_a_reset_for_an_unknown_address_answers_the_same_and_says_so_only_by_mail():
    c, unknown, answers = h.new_candidate(), h.new_email("unknown"), []
    for email in (c.email, unknown):
        b = h.Browser()
        b.get("/reset")
        r = b.post({"email": email}, follow=False)
        answers.append((r.status_code, r.headers["Location"]))
    assert answers[0] == answers[1]
    assert "token=" in h.link_in(h.mail(c.email, "new password"))
    told = h.mail(unknown)
    assert "No account" in told["Subject"] and h.link_in(told) == "/register"


def test_mails_to_one_address_are_limited():
    b, email = h.Browser(), h.new_email()
    codes = []
    for _ in range(7):
        b.get("/reset")
        codes.append(b.post({"email": email}).status_code)
    assert codes[0] == 200 and codes[-1] == 429 and int(b.page.headers["Retry-After"]) > 0


# ---- passwords

def test_a_new_password_ends_the_links_that_were_sent_before():
    c = h.new_candidate()
    b = h.Browser()
    for _ in range(2):
        b.get("/reset")
        b.post({"email": c.email})
    h.wait(lambda: len([m for m in h.mails(c.email) if "new password" in m["Subject"]]) == 2)
    links = [h.link_in(requests.get(f"{h.MAIL}/api/v1/message/{m['ID']}", timeout=10).json()) for m in h.mails(c.email) if "new password" in m["Subject"]]
    b.get(links[0])
    assert "password is changed" in b.post({"new_password": OTHER_PASSWORD}).text
    b.get(links[1])
    assert "does not work any more" in b.post({"new_password": "words of an attacker 1"}).text
    assert h.Browser().sign_in(c.email, OTHER_PASSWORD).status_code == 200


def test_the_present_password_is_asked_for():
    c = h.new_candidate()
    c.get("/account/password")
    r = c.post({"password": "not the present one", "new_password": OTHER_PASSWORD})
    assert r.status_code == 422 and "present password is not right" in r.text
    assert h.Browser().sign_in(c.email, OTHER_PASSWORD).status_code == 422


def test_weak_passwords_are_refused_everywhere():
    c = h.new_candidate()
    for weak in ("short", "password1234", "aaaaaaaaaaaaaa", c.email):
        c.get("/account/password")
        assert c.post({"password": h.PASSWORD, "new_password": weak}).status_code == 422, weak


def test_hashing_full_says_when_to_come_back():
    """More sign-ins at once than the pool takes in a second: some are told to wait, none fails otherwise, and then it goes on."""
    people = [h.Browser() for _ in range(120)]
    for p in people:
        p.get("/sign-in")
    answers = at_once([lambda p=p: p.post({"email": h.new_email(), "password": "wrong wrong wrong"}) for p in people])
    codes = {r.status_code for r in answers}
    assert codes <= {422, 503}, codes
    for r in answers:
        if r.status_code == 503:
            assert int(r.headers["Retry-After"]) >= 1
    assert h.Browser().sign_in(h.new_email(), "wrong wrong wrong").status_code == 422


def test_forms_without_their_token_change_nothing():
    c = h.new_candidate()
    c.get("/account")
    form = c.form("account/name")
    for fields in ({"name": "Mallory"}, {"name": "Mallory", "csrf": "x"}):
        assert c.request("POST", form["action"], data=fields).status_code == 403
    good = dict(form["fields"])
    good["name"] = "Mallory"
    r = c.request("POST", form["action"], data=good, headers={"Origin": "https://evil.example"})
    assert r.status_code == 403
    assert "Mallory" not in c.get("/account").text


def test_a_name_of_any_kind_is_kept_and_drawn_harmlessly():
    c = h.new_candidate()
    for name in ("Siân O'Neill-Ŵyn", '<script>alert(1)</script>', '"><img src=x onerror=y>', "{{csrf}}"):
        c.get("/account")
        r = c.post({"name": name}, action="account/name")
        assert r.status_code == 200 and "<script>alert" not in r.text and "<img" not in r.text
        assert dict(h.Forms(r.text).forms[-1]["fields"]).get("name") == name or name in [dict(f["fields"]).get("name") for f in h.Forms(r.text).forms]


def test_who_has_a_new_name_is_written_to_by_it():
    a = h.new_organisation(approved=False)
    a.get("/account")
    assert "Your name is saved" in a.post({"name": "Ada Newname"}, action="account/name").text
    h.approve(a.org)
    assert h.mail(a.email, "can publish")["To"][0]["Name"] == "Ada Newname"


# ---- teams

def test_an_invitation_adds_roles_and_takes_none():
    a = h.new_organisation(approved=False)
    email, link = invite(a, ["hiring_manager"], email=a.email)
    a.get(link)
    assert a.post(action="invitation$").status_code == 200
    page = a.get(f"/employer/{a.org}/team")
    assert page.status_code == 200 and "Hiring manager" in h.text_of(page) and "Administrator" in h.text_of(page)


def test_an_invitation_pressed_twice_at_once_makes_one_member():
    a = h.new_organisation(approved=False)
    _, link = invite(a, ["recruiter"])
    pressing = [h.Browser() for _ in range(4)]
    for p in pressing:
        p.get(link)
    answers = at_once([lambda p=p: p.post({"name": "Ivy Invited", "new_password": h.PASSWORD}, action="invitation$") for p in pressing])
    assert {r.status_code for r in answers} <= {200, 404}, [h.text_of(r)[:300] for r in answers]
    assert len(team_of(a)) == 2


def test_an_invitation_opens_no_account_that_is_there_already():
    """It lies in a mailbox for a week and is sent on: whoever presses its button joins, and then signs in."""
    a, b, c = h.new_organisation(approved=False), h.new_organisation(approved=False), h.new_candidate("Cal Colleague")
    _, link = invite(a, ["recruiter"], email=c.email)
    other = h.Browser()
    assert "will be asked to sign in to it" in other.get(link).text
    r = other.post(action="invitation$")
    assert "/sign-in?next=" in r.url and "You have joined" in r.text and "__Host-session" not in other.cookies
    assert other.post({"email": c.email, "password": h.PASSWORD}).url == f"{h.BASE}/employer/{a.org}"
    invite(b, ["recruiter"], email=c.email)
    link = h.link_in(h.mail(c.email, b.org_name))
    c.sign_in(c.email)
    assert "asked to sign in" not in c.get(link).text
    assert c.post(action="invitation$").url == f"{h.BASE}/employer/{b.org}"


def test_an_invitation_says_for_whom_it_is():
    a = h.new_organisation(approved=False)
    email, link = invite(a, ["recruiter"])
    assert email in h.Browser().get(link).text


def test_administrators_who_take_each_other_out_at_once_leave_one():
    for _ in range(6):
        a = h.new_organisation(approved=False)
        b = colleague(a, ["administrator"], "Bea Both")
        team = team_of(a)
        a.get(f"/employer/{a.org}/team/members/{team['Bea Both']}")
        b.get(f"/employer/{a.org}/team/members/{team['Ada Admin']}")
        at_once([lambda: a.post({"roles": ["recruiter"]}, action=team["Bea Both"] + "$", drop=("roles",)),
                 lambda: b.post({"roles": ["recruiter"]}, action=team["Ada Admin"] + "$", drop=("roles",))])
        assert 200 in (a.get(f"/employer/{a.org}/team").status_code, b.get(f"/employer/{a.org}/team").status_code)


def test_one_may_give_up_administration_when_somebody_else_has_it():
    a = h.new_organisation(approved=False)
    colleague(a, ["administrator"], "Sid Second")
    r = set_roles(a, team_of(a)["Ada Admin"], ["recruiter"])
    assert r.status_code in (200, 404) and not r.url.endswith("/team")
    assert a.get(f"/employer/{a.org}/team").status_code == 403


def test_roles_that_do_not_exist_are_refused():
    a = h.new_organisation(approved=False)
    colleague(a, ["recruiter"], "Rob Roles")
    who = team_of(a)["Rob Roles"]
    for roles in ([], ["department"], ["candidate"], ["recruiter", "platform"], ["recruiter", "recruiter"], ["x"] * 50):
        assert set_roles(a, who, roles).status_code == 422, roles
    a.get(f"/employer/{a.org}/team")
    assert a.post({"email": h.new_email(), "roles": ["department"]}, action="invitations$").status_code == 422


def test_another_organisation_sees_and_changes_nothing(employer, other_employer):
    who = team_of(employer)["Ada Admin"]
    for path in (f"/employer/{employer.org}/team", f"/employer/{employer.org}/team/members/{who}", f"/employer/{other_employer.org}/team/members/{who}"):
        assert other_employer.get(path).status_code == 404, path
    other_employer.get(f"/employer/{other_employer.org}/team")
    csrf = dict(other_employer.form("invitations$")["fields"])["csrf"]
    for org in (employer.org, other_employer.org):
        for act in (f"members/{who}", f"members/{who}/remove"):
            r = other_employer.request("POST", f"/employer/{org}/team/{act}", data={"csrf": csrf, "roles": "recruiter"})
            assert r.status_code == 404, act
    client, _ = h.new_client(employer)
    assert other_employer.request("POST", f"/employer/{other_employer.org}/team/systems/{client}/revoke", data={"csrf": csrf}).status_code == 404
    assert who in team_of(employer).values()


def test_recruiters_and_managers_do_not_run_the_team(employer):
    for role in ("recruiter", "hiring_manager"):
        b = colleague(employer, [role], "Kim " + role)
        assert b.get(f"/employer/{employer.org}/team").status_code == 403
        assert b.get("/department/organisations").status_code == 403
    assert h.Browser().get(f"/employer/{employer.org}/team", follow=False).headers["Location"].startswith("/sign-in?next=")


# ---- open invitations

def open_invitations(admin):
    """The page's list: each address with its id, and with what is said of it."""
    page = admin.get(f"/employer/{admin.org}/team").text
    items = re.findall(r"<li>\s*<h3[^>]*>([^<]+)</h3>(.*?)/team/invitations/([a-z0-9]{26})/send", page, re.S)
    return {email: (which, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))) for email, text, which in items}


def again(admin, email):
    admin.get(f"/employer/{admin.org}/team")
    return admin.post(action=open_invitations(admin)[email][0] + "/send$")


def links_to(email, n):
    h.wait(lambda: len(h.mails(email)) == n)
    found = sorted(h.mails(email), key=lambda m: m["Created"])
    return [h.link_in(requests.get(f"{h.MAIL}/api/v1/message/{m['ID']}", timeout=10).json()) for m in found]


def works(link):
    return "does not work any more" not in h.Browser().get(link).text


def test_open_invitations_are_listed_until_they_are_accepted():
    a = h.new_organisation(approved=False)
    assert "Invitations not yet accepted" not in a.get(f"/employer/{a.org}/team").text
    email, link = invite(a, ["recruiter", "administrator"])
    other, _ = invite(a, ["hiring_manager"])
    rows = open_invitations(a)
    assert set(rows) == {email, other}
    assert "Recruiter" in rows[email][1] and "Administrator" in rows[email][1] and "Hiring manager" not in rows[email][1]
    b = h.Browser()
    b.get(link)
    b.post({"name": "Ivy Invited", "new_password": h.PASSWORD}, action="invitation$")
    assert set(open_invitations(a)) == {other} and "Ivy Invited" in team_of(a)


def test_sent_again_it_has_a_new_link_and_the_old_one_stops_working():
    a = h.new_organisation(approved=False)
    email, first = invite(a, ["recruiter"])
    assert works(first)
    assert f"on its way to {email}" in again(a, email).text
    links = links_to(email, 2)
    second = next(link for link in links if link != first)
    assert not works(first) and works(second) and len(open_invitations(a)) == 1
    b = h.Browser()
    b.get(second)
    assert "You have joined" in b.post({"name": "Sal Second", "new_password": h.PASSWORD}, action="invitation$").text


def test_inviting_the_same_address_again_takes_the_place_of_the_first():
    a = h.new_organisation(approved=False)
    email, first = invite(a, ["administrator"])
    invite(a, ["recruiter"], email=email.upper())
    second = next(link for link in links_to(email, 2) if link != first)
    assert not works(first) and "Administrator" not in open_invitations(a)[email][1]
    b = h.Browser()
    b.get(second)
    b.post({"name": "Rae Recruiter", "new_password": h.PASSWORD}, action="invitation$")
    assert b.get(f"/employer/{a.org}/team").status_code == 403


def test_a_cancelled_invitation_leads_nowhere():
    a = h.new_organisation(approved=False)
    email, link = invite(a, ["recruiter"])
    opened = h.Browser()
    opened.get(link)  # before it is cancelled
    row = open_invitations(a)[email][0]
    page = a.page
    assert f"The invitation to {email} is cancelled" in a.post(action=row + "/cancel$").text
    assert not works(link) and not open_invitations(a)
    assert "does not work any more" in opened.post({"name": "Too Late", "new_password": h.PASSWORD}, action="invitation$").text
    assert "__Host-session" not in opened.cookies
    for act in ("send", "cancel"):  # out of a window that was open
        a.page = page
        assert a.post(action=f"{row}/{act}$").status_code == 409
    assert len(h.mails(email)) == 1


def test_an_accepted_invitation_is_not_sent_again_or_cancelled():
    a = h.new_organisation(approved=False)
    email, link = invite(a, ["recruiter"])
    row = open_invitations(a)[email][0]
    page, b = a.page, h.Browser()
    b.get(link)
    b.post({"name": "Una Used", "new_password": h.PASSWORD}, action="invitation$")
    for act in ("send", "cancel"):
        a.page = page
        assert a.post(action=f"{row}/{act}$").status_code == 409
    assert b.get(f"/employer/{a.org}").status_code in (200, 404) and "Una Used" in team_of(a)


def test_an_invitation_whose_time_is_over_can_be_sent_again():
    a = h.new_organisation(approved=False)
    email, link = invite(a, ["recruiter"])
    h.database("identity").links.update_one({"organisation": a.org}, {"$set": {"expires_at": h.datetime.datetime(2026, 1, 1)}})
    assert not works(link) and "Ended" in open_invitations(a)[email][1]
    again(a, email)
    assert "Ended" not in open_invitations(a)[email][1]
    assert [works(found) for found in links_to(email, 2) if found != link] == [True]


def test_pressed_at_once_one_link_works():
    a = h.new_organisation(approved=False)
    email, _ = invite(a, ["recruiter"])
    row = open_invitations(a)[email][0]
    form = dict(a.form(row + "/send$")["fields"])
    answers = at_once([lambda: a.request("POST", f"/employer/{a.org}/team/invitations/{row}/send", data=form, follow=False) for _ in range(4)])
    sent = [r.status_code for r in answers]
    assert set(sent) <= {303, 412} and 303 in sent
    assert sum(works(link) for link in links_to(email, 1 + sent.count(303))) == 1


def test_an_invitations_secret_is_nowhere_to_be_read():
    a = h.new_organisation(approved=False)
    email, link = invite(a, ["recruiter"])
    token = link.split("token=")[1]
    row = open_invitations(a)[email][0]
    secret = token.removeprefix(row)
    assert len(secret) == 43 and secret not in a.page.text
    stored = h.wait(lambda: h.database("identity").links.find_one({"_id": row, "outbox": []}) or h.database("identity").links.find_one({"_id": row, "outbox": {"$exists": False}}))
    assert secret not in str(stored) and stored["digest"] not in a.page.text
    assert not works(link.replace(secret, "A" * 43)) and not works(link.replace(row, "0" * 26))


def test_invitations_are_their_organisations_own(employer, other_employer):
    email, link = invite(employer, ["administrator"])
    row = open_invitations(employer)[email][0]
    other_employer.get(f"/employer/{other_employer.org}/team")
    assert email not in other_employer.page.text
    csrf = dict(other_employer.form("invitations$")["fields"])["csrf"]
    reset = h.database("identity").links.find_one({"purpose": {"$ne": "invitation"}})["_id"]
    for org, which in ((employer.org, row), (other_employer.org, row), (other_employer.org, reset), (other_employer.org, "x")):
        for act in ("send", "cancel"):
            assert other_employer.request("POST", f"/employer/{org}/team/invitations/{which}/{act}", data={"csrf": csrf}, follow=False).status_code == 404, (org, which, act)
    assert works(link) and len(h.mails(email)) == 1


# ---- partner systems

def test_a_secret_is_shown_once_and_taken_away_as_often_as_pressed():
    a = h.new_organisation(approved=False)
    client = h.new_client(a)
    assert h.token(client)
    page = a.get(f"/employer/{a.org}/team")
    assert client[1] not in page.text and client[1] not in h.new_client(a)
    page = a.get(f"/employer/{a.org}/team/systems/{client[0]}/revoke")
    assert "Take access away from HR system?" in page.text and h.token(client)
    for _ in range(2):
        a.page = page
        assert a.post(action=client[0] + "/revoke$").status_code == 200
    assert a.get(f"/employer/{a.org}/team/systems/{client[0]}/revoke").status_code == 409
    assert requests.post(h.BASE + "/oauth2/token", data={"grant_type": "client_credentials"}, auth=client, timeout=10).status_code == 401


def test_the_token_endpoint_as_rfc_6749_says(employer):
    client, url = h.new_client(employer), h.BASE + "/oauth2/token"
    both = {"grant_type": "client_credentials"}
    basic = requests.post(url, data=both, auth=client, timeout=10)
    form = requests.post(url, data={**both, "client_id": client[0], "client_secret": client[1]}, timeout=10)
    for r in (basic, form):
        assert r.status_code == 200 and r.json()["token_type"] == "Bearer" and r.json()["expires_in"] == 300
        assert r.headers["Cache-Control"] == "no-store"
    for auth in ((client[0], "wrong"), (client[0], ""), ("01arz3ndektsv4rrffq69g5fav", client[1]), ("x", "y")):
        r = requests.post(url, data=both, auth=auth, timeout=10)
        assert r.status_code == 401 and r.json()["error"] == "invalid_client" and "Basic" in r.headers["WWW-Authenticate"]
    assert requests.post(url, data=both, timeout=10).status_code == 401
    assert requests.post(url, data={"grant_type": "password"}, auth=client, timeout=10).json()["error"] == "unsupported_grant_type"
    assert requests.post(url, data={}, auth=client, timeout=10).json()["error"] == "invalid_request"
    for bad in ("Basic", "Basic !!!", "Basic " + base64.b64encode(b"nocolon").decode(), "Basic " + "A" * 3000):
        assert requests.post(url, data=both, headers={"Authorization": bad}, timeout=10).status_code == 401, bad


def test_discovery_names_what_exists():
    found = requests.get(h.BASE + "/.well-known/openid-configuration", timeout=10).json()
    assert found["issuer"] == h.BASE
    keys = requests.get(found["jwks_uri"], timeout=10).json()["keys"]
    assert keys and all(k["kty"] == "EC" and k["crv"] == "P-256" and "d" not in k for k in keys)


# ---- which organisation one is in

def header_of(r):
    return re.search(r"<header.*?</header>", r.text, re.S).group(0)


def current(r):
    return re.findall(r'href="([^"]+)" aria-current="true"', header_of(r))


def test_the_header_says_in_which_organisation_one_is():
    """Up to three stand there; of more the one of this page, and the way to the others."""
    b = h.new_candidate("Maud Many")
    orgs = []
    for n in range(4):
        b.get("/register/organisation")
        orgs.append(organisation_of(b.post(join_form())))
        page = b.get(f"/employer/{orgs[0]}/team")
        assert current(page) == [f"/employer/{orgs[0]}"]
        assert ("/account#organisations" in header_of(page)) == (n == 3)
        assert (f"/employer/{orgs[-1]}\"" in header_of(page)) == (n < 3)
    assert current(b.get(f"/employer/{orgs[3]}/team")) == [f"/employer/{orgs[3]}"]
    account = b.get("/account")
    assert current(account) == [] and 'id="organisations"' in account.text and all(f"/employer/{o}" in account.text for o in orgs)


# ---- the department

def test_a_decision_made_already_answers_409_and_its_state():
    b, c = h.new_organisation(approved=False), h.coordinator()
    page = c.get(f"/department/organisations/{b.org}")
    c.post(action="approve$")
    c.page = page
    assert c.post(action="approve$").status_code == 409
    c.page = page
    assert c.post({"reason": "No."}, action="refuse$").status_code == 409
    assert h.text_of(c.get(f"/department/organisations/{b.org}")).count("Approved") >= 1


def test_approving_and_refusing_at_once_is_one_decision():
    b, c = h.new_organisation(approved=False), h.coordinator()
    page = c.get(f"/department/organisations/{b.org}")
    other = h.Browser()
    other.cookies, other.page = dict(c.cookies), page
    answers = at_once([lambda: c.post(action="approve$", follow=False), lambda: other.post({"reason": "No."}, action="refuse$", follow=False)])
    assert sorted(r.status_code for r in answers) == [303, 409]


def test_the_list_is_filtered_and_paged():
    c, b = h.coordinator(), h.new_organisation(kind="school", region="wales", approved=False)
    ids = lambda r: re.findall(r"/department/organisations/([a-z0-9]{26})", r.text)
    assert b.org in ids(c.get("/department/organisations", params={"state": "pending", "sector": "schools", "region": "wales"}))
    assert b.org not in ids(c.get("/department/organisations", params={"state": "approved", "sector": "schools", "region": "wales"}))
    assert b.org not in ids(c.get("/department/organisations", params={"state": "pending", "sector": "health"}))
    assert c.get("/department/organisations", params={"state": '"><script>', "cursor": "&x=1"}).status_code == 200
    assert "<script>" not in c.page.text


def test_only_approved_organisations_are_public():
    api = h.BASE + "/api/v1/organisations"
    waiting, fine = h.new_organisation(approved=False), h.new_organisation()
    assert requests.get(f"{api}/{waiting.org}", timeout=10).status_code == 404
    seen = requests.get(f"{api}/{fine.org}", timeout=10).json()
    assert seen["name"] == fine.org_name and set(seen) == {"id", "name", "sector", "kind", "place", "region"}
    found, cursor = [], None
    while True:
        page = requests.get(api, params={"limit": 2, **({"cursor": cursor} if cursor else {})}, timeout=10).json()
        found += [o["id"] for o in page["organisations"]]
        cursor = page.get("next")
        if not cursor:
            break
    assert found == sorted(set(found)) and fine.org in found and waiting.org not in found


def test_bad_queries_of_the_api_are_named():
    api = h.BASE + "/api/v1/organisations"
    for query in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"colour": "red"}, {"cursor": "nonsense"}, {"cursor": {"$gt": ""}}):
        r = requests.get(api, params=query, timeout=10)
        assert r.status_code == 422 and r.headers["Content-Type"] == "application/problem+json", query


# ---- what must never be written down

def test_no_log_tells_an_address_a_secret_or_a_link():
    a = h.new_organisation(approved=False)
    email, link = invite(a, ["recruiter"])
    client = h.new_client(a)
    h.Browser().sign_in(a.email, "wrong wrong wrong")
    planted = [a.email, email, link.split("token=")[1], client[1], h.PASSWORD, a.cookies["__Host-session"]]
    for n in (1, 2):
        for mode in ("serve", "work"):
            for name in ("identity", "notifications"):
                with open(f"{h.VAR}/log/{name}-{mode}-{n}.log") as f:
                    text = f.read()
                assert not [p for p in planted if p in text], (name, mode)
