#!/usr/bin/env bash
# The committed OpenAPI document is what the tables print.
set -e
bin=${COMMONHIRE_BIN:-build/release/bin}
[ -x "$bin/commonhire-identity" ] || { echo "build first"; exit 1; }
for name in $(ls services); do "$bin/commonhire-$name" openapi; done | jq -S -s 'reduce .[] as $d ({}; . * $d)' >/tmp/commonhire-openapi.$$
jq -S . docs/openapi.json | diff -q - /tmp/commonhire-openapi.$$ || { rm -f /tmp/commonhire-openapi.$$; echo "docs/openapi.json is out of date: scripts/openapi"; exit 1; }
rm -f /tmp/commonhire-openapi.$$
