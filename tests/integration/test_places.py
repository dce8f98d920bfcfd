"""Completion of places over the API."""
import pytest
import requests

import harness as h

API = h.BASE + "/api/v1/reference/places"


def places(q):
    r = requests.get(API, params={"q": q}, timeout=10)
    assert r.status_code == 200, r.text
    return r.json()["places"]


def test_the_likeliest_first_with_where_it_is():
    found = places("lee")
    assert found[0]["name"] == "Leeds" and found[0]["region"] == "Yorkshire and the Humber"
    assert set(found[0]) == {"name", "region", "latitude", "longitude"}
    assert abs(found[0]["latitude"] - 53.8) < 0.1 and abs(found[0]["longitude"] + 1.55) < 0.1
    assert 1 < len(found) <= 10 and len({p["name"] for p in found}) == len(found)


@pytest.mark.parametrize("q,expected", [("ls1", "LS1"), ("LS1 4", "LS1 4"), ("caerd", "Cardiff"), ("leedz", "Leeds"), ("MANCHESTER", "Manchester")])
def test_codes_other_languages_and_slips(q, expected):
    assert expected in [p["name"] for p in places(q)]


def test_what_is_shown_is_what_search_takes():
    """Places of one name are told apart, and each finds itself again as a location."""
    found = places("newport")
    names = [p["name"] for p in found]
    assert len(set(names)) == len(names) and sum(n.startswith("Newport (") or n == "Newport" for n in names) > 2
    for p in found:
        assert requests.get(h.BASE + "/api/v1/vacancies", params={"location": p["name"], "limit": 1}, timeout=10).status_code == 200, p


def test_nothing_typed_and_nothing_found():
    assert places("") == [] and places("  ") == []
    assert requests.get(API, timeout=10).json() == {"places": []}
    assert places("qqqzzzxxx") == []
    assert isinstance(places("\U0001f600%_*"), list)


def test_bad_queries_are_named():
    for query in ({"q": "x" * 101}, {"query": "leeds"}, {"q": "leeds", "limit": 5}):
        r = requests.get(API, params=query, timeout=10)
        assert r.status_code == 422 and r.headers["Content-Type"] == "application/problem+json", query
    assert requests.get(API + "?q=%FF", timeout=10).status_code in (400, 422)


def test_the_answer_may_be_kept_and_needs_nobody():
    r = requests.get(API, params={"q": "york"}, timeout=10)
    assert r.headers["Cache-Control"] == "public, max-age=86400" and "Set-Cookie" not in r.headers


def test_whoever_asks_too_much_is_told_when_to_come_back(employer):
    """Six hundred a minute, counted here for a client, so that nobody else's test is held back."""
    head = h.bearer(h.new_client(employer))
    with requests.Session() as s:
        answers = [s.get(API, params={"q": "l"}, headers=head, timeout=10) for _ in range(1250)]  # the minute may turn
    assert {r.status_code for r in answers} == {200, 429} and sum(r.status_code == 200 for r in answers) >= 600
    assert all(1 <= int(r.headers["Retry-After"]) <= 60 for r in answers if r.status_code == 429)
