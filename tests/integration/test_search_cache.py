"""Answers that the replicas keep: a change or a passing closing time is seen as soon as without them, on both replicas, by API and page."""
import datetime
import time
import uuid

import pytest
import requests

import harness as h

API = h.BASE + "/api/v1/vacancies"


@pytest.fixture(scope="module")
def head(employer):
    return {"Authorization": "Bearer " + h.token(h.new_client(employer))}


@pytest.fixture()
def word():
    """No other test's vacancy has it."""
    return "w" + "".join(c for c in uuid.uuid4().hex if c.isalpha())


def in_seconds(n):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=n)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def create(head, word, **more):
    body = {"title": f"Nurse {word}", "description": "Words", "staff_group": "nursing_and_midwifery", "locations": [{"name": "Leeds", "postcode": "LS1"}],
            "closes_at": "2030-01-31T17:00:00Z", **more}
    r = requests.post(API, json=body, headers=head, timeout=10)
    assert r.status_code == 201, r.text
    return r.json()


def act(head, v, what):
    r = requests.post(f"{API}/{v['id']}/{what}", headers={**head, "If-Match": f'"{v["version"]}"'}, timeout=10)
    assert r.status_code == 200, r.text
    return r.json()


def found(word):
    """What the API says, with facets; the page says the same number."""
    answer = requests.get(API, params={"keyword": word, "facets": "true"}, timeout=10).json()
    assert sum(f["count"] for f in answer["facets"]["staff_group"]) == answer["total"]
    page = requests.get(h.BASE + "/jobs", params={"keyword": word}, timeout=10)
    return answer, h.title_of(page)


def shows(word, total, **fields):
    answer, title = found(word)
    same = answer["total"] == total and title.startswith(f"{total} job")
    return same and all(v[k] == value for v in answer["vacancies"] for k, value in fields.items())


def kept(n):
    return h.metric("vacancies", "serve", n, 'search_answers_total{from="kept"}')


def everywhere(word, total, **fields):
    """Both replicas come to say so, and then go on saying it out of what they keep."""
    h.wait_everywhere(lambda: shows(word, total, **fields), 5)
    before = kept(1), kept(2)
    for _ in range(8):
        assert shows(word, total, **fields)
    assert kept(1) > before[0] and kept(2) > before[1], "nothing came from what is kept"


def test_publish_edit_close_and_withdraw_are_seen_with_the_answers_kept(head, word):
    everywhere(word, 0)
    one, two = create(head, word), create(head, word)
    everywhere(word, 0)
    one = act(head, one, "publish")
    everywhere(word, 1)
    two = act(head, two, "publish")
    everywhere(word, 2)
    for i in range(3):
        for v in (one, two):
            r = requests.patch(f"{API}/{v['id']}", json={"summary": f"Turn {i}"}, headers={**head, "If-Match": f'"{v["version"]}"'}, timeout=10)
            assert r.status_code == 200, r.text
            v.update(r.json())
        everywhere(word, 2, summary=f"Turn {i}")
    act(head, one, "close")
    everywhere(word, 1)
    act(head, two, "withdraw")
    everywhere(word, 0)


def test_a_closing_time_that_passes_is_seen_at_that_moment(head, word):
    closing = time.time() + 6
    act(head, create(head, word), "publish")
    act(head, create(head, word, closes_at=in_seconds(closing - time.time())), "publish")
    h.wait_everywhere(lambda: shows(word, 2), 4)
    before = kept(1) + kept(2)
    while time.time() < closing - 0.3:
        assert shows(word, 2)
    assert kept(1) + kept(2) > before
    time.sleep(max(0, closing + 0.01 - time.time()))
    for _ in range(6):
        assert shows(word, 1)


def test_a_changed_closing_time_counts(head, word):
    v = act(head, create(head, word), "publish")
    everywhere(word, 1)
    closing = time.time() + 5
    r = requests.patch(f"{API}/{v['id']}", json={"closes_at": in_seconds(closing - time.time())}, headers={**head, "If-Match": f'"{v["version"]}"'}, timeout=10)
    assert r.status_code == 200, r.text
    everywhere(word, 1, closes_at=r.json()["closes_at"])
    time.sleep(max(0, closing + 0.01 - time.time()))
    for _ in range(6):
        assert shows(word, 0)


def test_each_question_keeps_its_own_answer(head, word):
    """Everything that can be asked, in turn and again: the second answers are the first ones, whoever gives them."""
    act(head, create(head, word), "publish")
    everywhere(word, 1)
    asked = [{"keyword": word, **more} for more in ({}, {"facets": "true"}, {"limit": 1}, {"remote": "true"}, {"salary_min": 1}, {"location": "Leeds"}, {"location": "York"},
             {"location": "York", "distance": 100}, {"staff_group": "nursing_and_midwifery"}, {"staff_group": "estates_and_facilities"}, {"sort": "closing"}, {"sector": "health"})]
    turns = [[requests.get(API, params=q, timeout=10).json() for q in asked] for _ in range(4)]
    assert all(t == turns[0] for t in turns)
    totals = [a["total"] for a in turns[0]]
    assert totals[3] == 0 and totals[0] == totals[5] == totals[7] == totals[8] == 1 and totals[9] == 0
