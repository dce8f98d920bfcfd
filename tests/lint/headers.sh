#!/usr/bin/env bash
# Every header that the code reads is one that nginx passes on.
set -e
missing=$(grep -rhoE '"HTTP_[A-Z_]+"' common services --include='*.c' --include='*.h' | tr -d '"' | sort -u | while read -r name; do grep -q "^fastcgi_param $name " nginx/fastcgi.conf || echo "$name"; done)
[ -z "$missing" ] || { echo "not in nginx/fastcgi.conf: $missing"; exit 1; }
