"""The API document: what is served is what is committed, it is well made (redocly), and what the services answer conforms to it (schemathesis)."""
import json
import os
import re
import subprocess
import sys

import requests

import harness as h


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
