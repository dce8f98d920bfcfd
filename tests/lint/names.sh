#!/usr/bin/env bash
# The project speaks of itself alone: no path of somebody's machine, no registry's host.
! git grep -nIE '(^|[^a-z."])/(work|farm|home)/|https?://[a-z0-9.-]*(proxy\.|registry\.|pypi\.|repo1\.|static\.crates|deb\.)' -- . ':!tests/lint/names.sh'
