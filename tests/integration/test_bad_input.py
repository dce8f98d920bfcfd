"""DESIGN's table of bad input, row by row: what the API and the forms do with what they should not get. Generated from the API document where it can be."""
import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import harness as h
from test_journey import fill_own, write_vacancy
from world import api

DOCUMENT = json.load(open(f"{h.ROOT}/docs/openapi.json"))
API = "/api/v1/vacancies"
GOOD = {"title": "Staff nurse", "description": "Words", "staff_group": "nursing_and_midwifery", "closes_at": "2030-01-31T17:00:00Z",
        "locations": [{"name": "Leeds", "postcode": "LS1"}], "criteria": [{"text": "Registered", "essential": True}], "salary": {"min": 1, "max": 2, "period": "year"},
        "working_pattern": ["full_time"], "remote": False, "summary": "s", "person_specification": "p", "pay_band": "band_5", "contract_type": "permanent"}


@pytest.fixture(scope="module")
def head(employer):
    return h.bearer(h.new_client(employer))


@pytest.fixture(scope="module")
def stored(employer):
    """How much the organisation has: refused input leaves it as it was."""
    return lambda: h.database("vacancies").vacancies.count_documents({"employer._id": employer.org})


def schema(node):
    while "$ref" in node:
        node = DOCUMENT["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]]
    return {**schema(node["allOf"][0]), **{k: v for k, v in node.items() if k != "allOf"}} if "allOf" in node else node


def kinds(node):
    found = node.get("type", "object")
    return set(found if isinstance(found, list) else [found])


def wrong_for(node):
    """A value of each JSON type that this field does not take."""
    values = {"string": "x", "number": 1.5, "boolean": True, "array": [], "object": {}}
    taken = {"number" if k == "integer" else k for k in kinds(node)}
    return [v for k, v in values.items() if k not in taken]


def mutations(node, at=()):
    """(what is put where, the pointer of its fault): every field of the input, in every way that its schema rules out."""
    node = schema(node)
    for name, part in node.get("properties", {}).items():
        part, here = schema(part), (*at, name)
        for value in wrong_for(part):
            yield here, value
        if "maxLength" in part and "format" not in part:
            yield here, "x" * (part["maxLength"] + 1)
        if "maximum" in part:
            yield here, part["maximum"] + 1
        if "minimum" in part:
            yield here, part["minimum"] - 1
        if part.get("format") == "date-time":
            for value in ("tomorrow", "2030-02-30T00:00:00Z", "2030-01-01", ""):
                yield here, value
        if "enum" in part:
            yield here, "nonsense"
        if "array" in kinds(part):
            items = schema(part["items"])
            if "object" in kinds(items):
                yield from mutations(items, (*here, 0))
            else:
                for value in wrong_for(items):
                    yield (*here, 0), value
            if "maxItems" in part:
                yield here, [GOOD[name][0]] * (part["maxItems"] + 1)
        elif "object" in kinds(part):
            yield from mutations(part, here)


def put(body, where, value):
    body = json.loads(json.dumps(body))
    node = body
    for step in where[:-1]:
        node = node[step]
    node[where[-1]] = value
    return body


def pointer(where):
    return "/" + "/".join(map(str, where))


CASES = list(mutations(DOCUMENT["paths"][API]["post"]["requestBody"]["content"]["application/json"]["schema"]))


def test_there_are_enough_cases():
    assert len(CASES) > 80 and {c[0][0] for c in CASES} == set(GOOD)


@pytest.mark.parametrize("where,value", CASES, ids=lambda v: pointer(v) if isinstance(v, tuple) else repr(v)[:20])
def test_each_field_wrong_in_each_way(head, stored, where, value):
    before = stored()
    r = api("POST", API, head, json=put(GOOD, where, value))
    assert r.status_code == 422, (r.status_code, r.text)
    problem = r.json()
    assert r.headers["Content-Type"] == "application/problem+json" and problem["status"] == 422 and problem["request_id"]
    assert [e for e in problem["errors"] if e["pointer"].startswith(pointer(where)) and e["detail"]], problem
    assert stored() == before


@pytest.mark.parametrize("where", [(), ("salary",), ("locations", 0), ("criteria", 0)], ids=pointer)
def test_unknown_and_duplicate_fields_at_every_depth(head, stored, where):
    before = stored()
    r = api("POST", API, head, json=put(GOOD, (*where, "nonsense"), 1))
    assert r.status_code == 422 and pointer((*where, "nonsense")) in [e["pointer"] for e in r.json()["errors"]]
    text = json.dumps(put(GOOD, (*where, "twice"), 1)).replace('"twice": 1', '"twice": 1, "twice": 2')
    r = api("POST", API, {**head, "Content-Type": "application/json"}, data=text)
    assert r.status_code == 422 and pointer((*where, "twice")) in [e["pointer"] for e in r.json()["errors"]], r.text
    assert stored() == before


def test_all_faults_are_told_at_once(head, stored):
    before, body = stored(), GOOD
    wheres = [("title",), ("summary",), ("salary", "min"), ("locations", 0, "name"), ("criteria", 0, "essential"), ("remote",), ("closes_at",), ("working_pattern",)]
    for where in wheres:
        body = put(body, where, {"x": 1})
    r = api("POST", API, head, json={**body, "a": 1, "b~/c": 2})
    assert r.status_code == 422
    assert {pointer(w) for w in wheres} | {"/a", "/b~0~1c"} <= {e["pointer"] for e in r.json()["errors"]}
    assert stored() == before


@pytest.mark.parametrize("body", [b"", b"{", b"nonsense", b"[1,]", b'{"title":}', b"[" * 33 + b"]" * 33, b'{"a":' * 33 + b"1" + b"}" * 33, b"[" * 200000,
                                  b'{"title": "\xff"}', b'{"title": "\xc0\x80"}', b'{"title": "\xed\xa0\x80"}', b'\xef\xbb\xbf{"title": "a"}', b'{"title": "\\ud800"}',
                                  b'{"title": NaN}', b'{"title": "a"} x', b"'title'", b'{"title": "a\x00b"}', '{"title": "a"}'.encode("utf-16")])
def test_what_does_not_parse(head, stored, body):
    before = stored()
    for method, path in (("POST", API), ("PATCH", f"{API}/{'0' * 26}")):
        r = api(method, path, {**head, "Content-Type": "application/json", "If-Match": '"1"'}, data=body)
        assert r.status_code == 400 and r.headers["Content-Type"] == "application/problem+json", (r.status_code, r.text[:200])
    assert stored() == before


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"true"])
def test_json_that_is_no_object(head, body):
    assert api("POST", API, {**head, "Content-Type": "application/json"}, data=body).status_code in (400, 422)


def test_32_deep_is_read_and_then_refused_for_what_it_is(head):
    """The limit is on depth, not on guessing: just within it the fault is named."""
    body = json.dumps({"nonsense": 0}).replace("0", "[" * 30 + "]" * 30)
    r = api("POST", API, {**head, "Content-Type": "application/json"}, data=body)
    assert r.status_code == 422 and "/nonsense" in [e["pointer"] for e in r.json()["errors"]]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", ""])
def test_another_kind_of_body(head, kind):
    assert api("POST", API, {**head, "Content-Type": kind}, data=json.dumps(GOOD)).status_code == 400


@pytest.mark.parametrize("title", ["a\u202eb nurse", "tab\there is", "null\u0000byte", "line\nbreak", "escape\u001b[31m"])
def test_characters_that_no_line_of_text_has(head, title):
    r = api("POST", API, head, json={**GOOD, "title": title})
    assert r.status_code in (400, 422) or title != r.json()["title"] and not re.search("[\u202a-\u202e\u2066-\u2069\u0000-\u001f]", r.json()["title"])


# ---- query keys


@pytest.mark.parametrize("route", [r for r in h.routes() if r["method"] == "GET" and r["api"]], ids=lambda r: r["path"])
def test_an_unknown_query_key_is_a_fault_for_the_api(head, route):
    path = route["path"].replace("{id}", "0" * 26).replace("{list}", "regions")
    r = api("GET", path + "?utm_source=x", head)
    assert r.status_code == 422, r.text
    for key in route["query"]:
        r = api("GET", f"{path}?{key}=1&{key}=1&%FF=1", head)
        assert r.status_code in (400, 422), (key, r.text)


@pytest.mark.parametrize("route", [r for r in h.routes() if r["method"] == "GET" and not r["api"] and "anyone" in r["who"]], ids=lambda r: r["path"])
def test_it_is_passed_over_by_pages_and_feeds(route):
    path = route["path"].replace("{reference}", "AAAAA-BBBBBB").replace("{list}", "regions")
    plain = requests.get(h.BASE + path, timeout=10, allow_redirects=False)
    for query in ("utm_source=x", "%FF=%FF", "a&b&=c&&", "x=" + "y" * 7000, "page=-1&limit=x&cursor=!!&distance=NaN&salary_min=1e999"):
        assert requests.get(f"{h.BASE}{path}?{query}", timeout=10, allow_redirects=False).status_code == plain.status_code, query


# ---- too large


@pytest.mark.parametrize("route", [r for r in h.routes() if r["method"] in ("POST", "PATCH")], ids=lambda r: r["method"] + r["path"])
def test_a_body_over_the_limit_is_refused_before_it_is_read(route, employer, head):
    """Only the length is sent, not the body: the answer comes all the same."""
    limit = route["max_body"] or (256 << 10 if route["api"] and route["path"] != "/oauth2/token" else 64 << 10)
    path = re.sub(r"\{[a-z]+\}", "0" * 26, route["path"].replace("{org}", employer.org).replace("{step}", "basics"))
    b = employer if not route["path"].startswith("/department") else h.coordinator()
    cookie = "; ".join(f"{k}={v}" for k, v in b.cookies.items())
    who = f"Cookie: {cookie}\r\n" if route["page"] else f"Authorization: {head['Authorization']}\r\n"
    kind = "application/x-www-form-urlencoded" if route["page"] else "application/json"
    answer = h.raw(f"{route['method']} {path} HTTP/1.1\r\nHost: x\r\n{who}Content-Type: {kind}\r\nIf-Match: \"1\"\r\nConnection: close\r\n"
                 f"Content-Length: {max(limit, 12 << 20 if route['stream'] else 1 << 20) + (1 << 20)}\r\n\r\n")
    assert answer.startswith("HTTP/1.1 413"), answer[:200]


def test_a_form_over_the_routes_limit_keeps_what_was_typed_for_the_browser(employer):
    """A text that the field refuses comes back in the form; one that no form takes is refused, and the page before stands as it was."""
    base = write_vacancy(employer, "Long text")
    employer.get(base + "/description")
    r = fill_own(employer, {"description": "kept words " * 5000})
    assert r.status_code == 422 and r.text.count("kept words") >= 5000
    employer.get(base + "/description")
    assert fill_own(employer, {"description": "x" * (600 << 10)}).status_code == 413
    assert "xxxx" not in employer.get(base + "/description").text


def test_a_form_with_faults_keeps_every_field(employer):
    base = write_vacancy(employer, "Faulty")
    employer.get(base + "/basics")
    r = fill_own(employer, {"title": "", "summary": "a summary that stays", "staff_group": "estates_and_facilities"})
    page = h.Forms(r.text).forms
    fields = dict(f for form in page if form["action"] == "" for f in form["fields"])
    assert r.status_code == 422 and fields["summary"] == "a summary that stays" and fields["title"] == ""


@pytest.mark.parametrize("body", ["title=%", "title=%zz", "title=%00", "title=\xff", "=&=&=", "title=" + "a" * 200, "title=x&title=y", "%"])
def test_forms_that_no_browser_sends(employer, body):
    csrf = h.csrf_of(employer)
    r = employer.request("POST", f"/employer/{employer.org}/vacancies/new", data=f"{body}&csrf={csrf}".encode("latin-1"), headers={"Content-Type": "application/x-www-form-urlencoded"}, follow=False)
    assert r.status_code in (303, 400, 422) and (r.status_code != 303 or body.startswith("title=x"))


# ---- versions and moves


def create(head, **more):
    r = api("POST", API, head, json={**GOOD, **more})
    assert r.status_code == 201, r.text
    return r.json()


def act(head, v, what, match):
    return api("POST", f"{API}/{v['id']}/{what}", {**head, **({"If-Match": match} if match else {})})


def test_stale_missing_and_nonsense_versions(head):
    v = create(head)
    for call in (lambda m: act(head, v, "publish", m), lambda m: act(head, v, "close", m), lambda m: act(head, v, "withdraw", m),
                 lambda m: api("PATCH", f"{API}/{v['id']}", {**head, **({"If-Match": m} if m else {})}, json={"title": "Other"})):
        assert call(None).status_code == 428
        for match in ('"2"', '"0"', '"-1"', "1", '"x"', '"1", "2"', '"99999999999999999999"', "*x", '""'):
            assert call(match).status_code == 412, match
    assert api("GET", f"{API}/{v['id']}", head).json()["version"] == 1


@pytest.mark.parametrize("moves,last,state", [(["close"], "close", "draft"), (["publish"], "publish", "published"), (["publish", "close"], "publish", "closed"), (["publish", "close"], "close", "closed"),
                                              (["withdraw"], "publish", "withdrawn"), (["withdraw"], "close", "withdrawn"), (["publish", "withdraw"], "withdraw", "withdrawn"),
                                              (["publish", "withdraw"], "publish", "withdrawn")])
def test_an_illegal_move_says_the_present_state(head, moves, last, state):
    v = create(head)
    for move in moves:
        r = act(head, v, move, f'"{v["version"]}"')
        v = r.json() if r.status_code == 200 else v
    r = act(head, v, last, f'"{v["version"]}"')
    assert r.status_code == 409 and r.json()["state"] == state


# ---- the same command again


def test_twenty_at_once_make_one(head, stored):
    before, key = stored(), {"Idempotency-Key": uuid.uuid4().hex}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: api("POST", API, {**head, **key}, json=GOOD), range(20)))
    assert {r.status_code for r in answers} == {201} and len({r.json()["id"] for r in answers}) == 1 and len({r.text for r in answers}) == 1
    assert stored() - before == 1


def test_the_first_answer_again_and_another_payload(head, world, stored):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = api("POST", API, {**head, **key}, json=GOOD)
    again = api("POST", API, {**head, **key}, json=GOOD)
    assert again.status_code == first.status_code == 201 and again.json() == first.json()
    before = stored()
    for other in ({**GOOD, "title": "Another"}, {**GOOD, "remote": True}):
        r = api("POST", API, {**head, **key}, json=other)
        assert r.status_code == 422 and "Idempotency-Key" in r.text
    assert stored() == before
    theirs = api("POST", API, {**h.bearer(world.foreign.client), **key}, json=GOOD)
    assert theirs.status_code == 201 and theirs.json()["id"] != first.json()["id"]  # a key is its client's own
    assert api("POST", API, {**head, "Idempotency-Key": "k" * 201}, json=GOOD).status_code == 422


def test_the_same_change_at_once_is_made_once(head):
    v = create(head)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda i: api("PATCH", f"{API}/{v['id']}", {**head, "If-Match": '"1"'}, json={"title": f"Title {i}"}), range(20)))
    assert sorted(r.status_code for r in answers) == [200] + [412] * 19
    assert api("GET", f"{API}/{v['id']}", head).json()["version"] == 2


# ---- too many


def test_too_many_requests_are_told_when_to_come_back(employer):
    client = h.new_client(employer)
    statuses = [requests.post(h.BASE + "/oauth2/token", data={"grant_type": "client_credentials"}, auth=(client[0], "wrong"), timeout=10) for _ in range(130)]
    last = statuses[-1]
    assert last.status_code == 429 and 1 <= int(last.headers["Retry-After"]) <= 60
    assert sum(r.status_code == 401 for r in statuses) == 120 or sum(r.status_code == 401 for r in statuses) > 110  # the minute may turn
    answer = h.from_address("127.0.0.203").post(h.BASE + "/oauth2/token", data={"grant_type": "client_credentials"}, auth=client, timeout=10)
    assert answer.status_code == 200  # who knows the id alone keeps its owner out of nothing


def test_signing_in_too_often_is_held_back_by_account():
    b, email = h.Browser(), h.new_email()
    answers = [b.sign_in(email, "wrong wrong wrong") for _ in range(12)]
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) >= 1 and [r.status_code for r in answers[:10]] == [422] * 10
