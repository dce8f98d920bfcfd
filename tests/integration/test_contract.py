"""The API document: what is served is what is committed, it is well made (redocly), and what the services answer conforms to it (schemathesis)."""
import json
import os
import re
import subprocess
import sys

import requests

import harness as h
from world import api


def test_what_is_served_is_what_is_committed():
    with open(f"{h.ROOT}/docs/openapi.json") as f:
        assert requests.get(h.BASE + "/api/v1/openapi.json", timeout=10).json() == json.load(f)


def test_it_is_well_made():
    done = subprocess.run([f"{h.ROOT}/node_modules/.bin/redocly", "lint", "docs/openapi.json"], cwd=h.ROOT, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"})
    assert done.returncode == 0 and "warning" not in done.stderr.lower().replace("deprecation warning", ""), done.stdout + done.stderr


def test_the_page_of_the_api_describes_every_operation():
    page = h.html.unescape(requests.get(h.BASE + "/api/docs", timeout=10).text)
    for r in h.routes():
        if r["api"]:
            assert r["path"] in page, r["path"]


with open(f"{h.ROOT}/docs/openapi.json") as f:
    DOCUMENT = json.load(f)


def test_it_says_of_every_route_who_may_ask_what_goes_wrong_and_how_it_looks():
    for r in (r for r in h.routes() if r["api"]):
        operation = DOCUMENT["paths"][r["path"]][r["method"].lower()]
        roles = [s["token"] for s in operation["security"] if "token" in s]
        if "anyone" in r["who"]:
            assert {} in operation["security"], r["path"]
        else:
            assert roles == [r["who"]], r["path"]
        assert {"401", "422", "429", "503"} < set(operation["responses"]), r["path"]
        shown = [operation["requestBody"]] if "requestBody" in operation else []
        shown += [operation["responses"][s] for s in operation["responses"] if s < "300" and "content" in operation["responses"][s]]
        assert shown and all(c["example"] for part in shown for c in part["content"].values()), r["path"]
    assert DOCUMENT["paths"]["/api/v1/vacancies"]["get"]["parameters"][0]["example"]
    for name in ("problem", "wait"):
        assert DOCUMENT["components"]["responses"][name]["content"]["application/problem+json"]["example"]["errors"]


def test_its_examples_are_taken_and_the_answers_have_the_statuses_it_names(employer):
    """From the document alone: each example is sent as it stands there, each act is answered as is promised."""
    operations = {(m, p): o for p, ms in DOCUMENT["paths"].items() for m, o in ms.items()}
    example = lambda o: next(iter(o["requestBody"]["content"].values()))["example"]
    head, own = h.bearer(h.new_client(employer)), "/api/v1/vacancies/{id}"

    def ask(method, path, v=None, **more):
        o = operations[method, path]
        r = api(method.upper(), path.replace("{id}", v["id"] if v else ""), {**head, **({"If-Match": f'"{v["version"]}"'} if v else {})}, **more)
        assert str(r.status_code) in o["responses"] and r.status_code < 300, (method, path, r.status_code, list(o["responses"]), r.text)
        promised = next(iter(o["responses"][str(r.status_code)]["content"].values()))
        schema = DOCUMENT["components"]["schemas"][promised["schema"]["$ref"].rsplit("/", 1)[1]]
        assert set(promised["example"]) >= set(schema["required"]) and set(r.json()) == set(promised["example"])
        return r.json()

    v = ask("post", "/api/v1/vacancies", json=example(operations["post", "/api/v1/vacancies"]))
    v = ask("patch", own, v, json={**example(operations["patch", own]), "title": "Another title"})
    v = ask("post", own + "/publish", v)
    assert ask("get", own, v)["state"] == "published"
    ask("post", own + "/close", v)
    ask("post", own + "/withdraw", ask("post", "/api/v1/vacancies", json=example(operations["post", "/api/v1/vacancies"])))
    refused = requests.post(h.BASE + "/oauth2/token", data={**example(operations["post", "/oauth2/token"]), "client_id": "x"}, timeout=10)
    assert refused.status_code == 401 and set(refused.json()) == set(DOCUMENT["components"]["responses"]["token_error"]["content"]["application/json"]["example"])


def test_it_tells_of_versions_and_of_media_types(employer):
    """As the answers are: an ETag where it says so, 304 to who has that already; each feed of the type that it says."""
    for path, methods in DOCUMENT["paths"].items():
        for method, o in methods.items():
            success = next(r for s, r in o["responses"].items() if s < "300")
            asks = {p["name"]: p["required"] for p in o["parameters"] if p["in"] == "header"}
            versioned = path.startswith("/api/v1/vacancies/{id}") or (method, path) == ("post", "/api/v1/vacancies")
            assert ("ETag" in success.get("headers", {})) == versioned, (method, path)
            assert ("304" in o["responses"]) == ("If-None-Match" in asks) == (versioned and method == "get"), (method, path)
            assert asks.get("If-Match", False) == ("428" in o["responses"]), (method, path)
            if method == "get" and "{" not in path:
                r = requests.get(h.BASE + path, timeout=10)
                assert r.status_code != 200 or r.headers["Content-Type"].split(";")[0] in success["content"], path
    head, whole = h.bearer(h.new_client(employer)), next(iter(DOCUMENT["paths"]["/api/v1/vacancies"]["post"]["requestBody"]["content"].values()))["example"]
    made = api("POST", "/api/v1/vacancies", head, json=whole)
    path, tag = f"/api/v1/vacancies/{made.json()['id']}", made.headers["ETag"]
    assert api("GET", path, {**head, "If-None-Match": tag}).status_code == 304 and api("GET", path, {**head, "If-None-Match": '"99"'}).status_code == 200


CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,missing_required_header"


def test_answers_conform(employer, tmp_path):
    """Two thousand requests, good and bad, made from the document with a fixed seed; a partner's token. That bad data is refused is test_bad_input's."""
    head = h.bearer(h.new_client(employer))
    (tmp_path / "schemathesis.toml").write_text('[checks]\nmissing_required_header.expected-statuses = ["4xx"]\n')
    done = subprocess.run([os.path.join(os.path.dirname(sys.executable), "st"), "run", f"{h.ROOT}/docs/openapi.json", "--url", h.BASE, "-H", f"Authorization: {head['Authorization']}",
                           "--include-path-regex", "^/api/v1/", "-n", "12", "--seed", "7", "--phases", "coverage,fuzzing", "--checks", CHECKS, "--continue-on-failure", "--no-shrink", "--max-time", "30",
                           "--no-color", "--generation-database", "none", "--max-response-time", "5", "--warnings", "off"], cwd=tmp_path, capture_output=True, text=True, timeout=100)
    said = re.search(r"(\d+) generated", done.stdout)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert said and int(said.group(1)) > 1000
    for n in (1, 2):
        assert h.alive(h.pid_of(f"vacancies-serve-{n}"))
