"""Last: what the whole run has asked, by the services' own access logs. A route in no test, and a replica that never answered, are failures."""
import json

import pytest

import harness as h


@pytest.fixture(scope="module")
def answered(everything):
    if not everything:
        pytest.skip("only a run of everything can tell")
    found = {}
    for service, replica, line in h.logged("request"):
        found.setdefault((service, line["method"], line["route"]), []).append((replica, line["status"]))
    return found


@pytest.mark.parametrize("route", h.routes(), ids=lambda r: f"{r['method']} {r['path']}")
def test_every_route_has_done_its_work_in_some_test(answered, route):
    statuses = {s for _, s in answered.get((route["service"], route["method"], route["path"]), [])}
    assert statuses & set(range(200, 400)), (route, statuses)


@pytest.mark.parametrize("route", [r for r in h.routes() if "anyone" not in r["who"]], ids=lambda r: f"{r['method']} {r['path']}")
def test_every_route_that_is_not_everybodys_has_refused_somebody(answered, route):
    """Pages send who is not signed in to sign in (303), or refuse the role (403) or the organisation (404)."""
    statuses = {s for _, s in answered.get((route["service"], route["method"], route["path"]), [])}
    assert statuses & {303, 401, 403, 404}, (route, statuses)


@pytest.mark.parametrize("service", h.SERVICES)
def test_both_replicas_answered_through_the_whole_journey(answered, service):
    counts = {1: 0, 2: 0}
    shared, one_sided = 0, []
    for (name, method, path), answers in answered.items():
        if name != service:
            continue
        replicas = {n for n, s in answers if s < 400}
        for n, _ in answers:
            counts[n] += 1
        if len(answers) >= 30 and sum(s < 400 for _, s in answers) >= 30:
            shared += replicas == {1, 2}
            one_sided += [path] if replicas != {1, 2} else []
    assert min(counts.values()) > 0.25 * max(counts.values()), counts
    assert shared and not one_sided, one_sided


@pytest.mark.parametrize("name", [f"{service}-{mode}-{n}" for service in h.SERVICES for mode in ("serve", "work") for n in (1, 2)])
def test_every_line_of_the_log_is_an_object(name, everything):
    """Whatever went wrong meanwhile, the libraries' own words too."""
    if not everything:
        pytest.skip("only a run of everything has had things go wrong")
    with open(f"{h.VAR}/log/{name}.log") as f:
        for line in f:
            assert line.startswith("{") and "event" in json.loads(line), line


def test_no_answer_was_an_error_of_ours(answered):
    """500 is never meant: what is leaned on being away is 503."""
    bad = {k: sum(s == 500 for _, s in v) for k, v in answered.items() if any(s == 500 for _, s in v)}
    assert not bad


def test_no_service_ended_by_itself(answered):
    """Besides those that these tests killed, none crashed: every process that should run is running."""
    for service in h.SERVICES:
        for mode in ("serve", "work"):
            for n in (1, 2):
                assert h.alive(h.pid_of(f"{service}-{mode}-{n}")), (service, mode, n)
