"""--help and --check-config of each service: every setting told, every mistake at once, before anything starts."""
import os
import re
import subprocess

import pytest

import harness as h

GOOD = {"MONGODB_URI": "mongodb://127.0.0.1:1/", "DATABASE": "x", "REDIS_SOCKET": "/nowhere", "REDIS_PASSWORD": "s3cret-of-redis", "PUBLIC_URL": "http://127.0.0.1:1", "KEY_DIR": "/nowhere", "SMTP_URL": "smtp://127.0.0.1:1"}


def run(service, *words, **env):
    return subprocess.run([f"{os.environ['BIN']}/commonhire-{service}", *words], env={"PATH": os.environ["PATH"], "MONGOC_DISABLE_SHM": "1", **env}, capture_output=True, text=True, timeout=10)


@pytest.mark.parametrize("service", h.SERVICES)
def test_help_tells_every_setting(service):
    told = run(service, "--help")
    assert told.returncode == 0 and told.stdout.startswith(f"commonhire-{service}: ") and not told.stderr
    settings = re.findall(r"^  ([A-Z_]{4,}) +\S.*(?:\[.*\]|\(required\))$", told.stdout, re.M)
    assert len(settings) >= 16 and "  --check-config  " in told.stdout
    printed = run(service, "--check-config", **GOOD)
    assert printed.returncode == 0, printed.stderr
    assert [line.split("=")[0].split(" ")[0] for line in printed.stdout.splitlines()] == settings
    assert "s3cret-of-redis" not in printed.stdout + printed.stderr
    for words in ((), ("nonsense",), ("serve", "work")):
        wrong = run(service, *words)
        assert wrong.returncode == 2 and "--check-config" in wrong.stdout


@pytest.mark.parametrize("service", h.SERVICES)
def test_all_mistakes_are_told_at_once_and_nothing_starts(service):
    for mode in ("--check-config", "serve", "work"):
        told = run(service, mode, **{**GOOD, "THREADS": "many", "DRAIN_MS": "-1", "DATABASE": "", "LOG_LEVEL": "loud"})
        assert told.returncode != 0
        for name in ("THREADS", "DRAIN_MS", "DATABASE", "LOG_LEVEL"):
            assert re.search(rf"^{name}: must be ", told.stderr, re.M), (mode, name, told.stderr)
