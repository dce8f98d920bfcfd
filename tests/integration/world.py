"""A small world of real things that belong to somebody: two organisations, two candidates, and what each of them has."""
import re

import requests

import harness as h
from test_journey import apply, publish, write_vacancy


class Employer:
    """An organisation with a draft, a published vacancy, a partner system, and an open invitation; `applied` makes applications to it."""

    def __init__(self, admin):
        self.admin, self.org = admin, admin.org
        self.draft = write_vacancy(admin, "A draft").rsplit("/", 1)[1]
        base = write_vacancy(admin, "Nurse on ward one")
        self.reference, self.published = publish(admin, base), base.rsplit("/", 1)[1]
        base = write_vacancy(admin, "Nurse on ward two")
        self.second_reference, self.second = publish(admin, base), base.rsplit("/", 1)[1]
        self.client = h.new_client(admin)
        self.person = h.database("identity").persons.find_one({"email": admin.email})["_id"]
        admin.get(f"/employer/{self.org}/team")
        admin.post({"email": h.new_email("invited"), "roles": ["recruiter"]}, action="invitations$")
        self.invitation = h.database("identity").links.find_one({"organisation": self.org, "purpose": "invitation"})["_id"]

    def ids(self):
        return {"org": self.org, "id": self.published, "client": self.client[0], "person": self.person, "invitation": self.invitation,
                "reference": self.reference}


class Candidate:
    """A candidate with a sent application, an unfinished one, a document and a message."""

    def __init__(self, browser, employer):
        self.browser, self.email = browser, browser.email
        self.sent = apply(browser, employer.reference)
        browser.get(f"/jobs/{employer.second_reference}/apply")
        self.draft = browser.post(action="apply$").url.rsplit("/", 1)[1]
        self.document = re.search(r"/candidate/documents/([a-z0-9]{26})", browser.get("/candidate/documents").text).group(1)
        self.message = h.wait(lambda: re.search(r"/candidate/messages/([a-z0-9]{26})", browser.get("/candidate/messages").text)).group(1)


class World:
    def __init__(self, admin, other_admin):
        self.own, self.foreign = Employer(admin), Employer(other_admin)
        self.candidate = Candidate(h.new_candidate("Casey Own"), self.own)
        self.other_candidate = Candidate(h.new_candidate("Olwen Other"), self.foreign)
        self.people = {"nobody": h.Browser("127.0.0.204"), "candidate": self.candidate.browser, "other_candidate": self.other_candidate.browser, "administrator": admin,
                       "stranger": other_admin, "department": h.coordinator(), "recruiter": h.colleague(admin, "recruiter"),
                       "hiring_manager": h.colleague(admin, "hiring_manager")}

    def state(self):
        """Version and state of everything that the world owns: what nobody was allowed to do has not happened."""
        found = {}
        for database, collection in (("vacancies", "vacancies"), ("vacancies", "applications"), ("identity", "organisations"), ("identity", "clients"), ("identity", "links"),
                                     ("documents", "documents")):
            for d in h.database(database)[collection].find({"state": {"$nin": ["deleted", "gone"]}}):  # a tombstone's bytes go when the worker comes by
                found[collection, d["_id"]] = {k: d.get(k) for k in ("version", "state", "revoked_at", "decided_at", "deleted_at")}
        return found


def fill(path, **ids):
    return re.sub(r"\{([a-z]+)\}", lambda m: ids[m.group(1)], path)


def api(method, path, head, **kw):
    return requests.request(method, h.BASE + path, headers=head, timeout=20, **kw)
