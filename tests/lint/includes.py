#!/usr/bin/env python3
"""Includes go downward only (DESIGN section 3), a service includes no other, and each library of others has its one room or file."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEVEL = {"base": 0, "redis": 1, "data": 1, "store": 2, "auth": 2, "search": 2, "view": 2, "contracts": 2, "bus": 3, "http": 4}
# store wakes nothing and stores events: it needs data; auth needs redis and data: downward. Siblings never include each other.
OWN = {
    "fcgiapp.h": ["common/http/server.c", "tests/"],
    "jwt.h": ["common/auth/token.c", "common/auth/token_sign.c", "tests/"],
    "hiredis": ["common/redis/", "tests/"],
    "jansson.h": ["common/data/json.c", "tests/"],
    "mongoc": ["common/store/", "common/bus/", "scripts/demo/", "tests/"],
    "bson": ["common/data/bson", "common/store/", "common/bus/", "tests/"],
    "cmark.h": ["common/view/markdown.c", "tests/"],
    "libstemmer.h": ["common/search/analyse.c", "tests/"],
    "zlib.h": ["services/documents/zip.c", "tests/"],
    "curl/": ["common/auth/", "services/notifications/mail_sender.c", "tests/"],
}
# Of a service, the files that know how its collections are stored, whether they include it or use what store.h brings along. Beside them: what counts and pages
# lists for them, what reads all of them into the index, and what takes their counts.
STORED = re.compile(r"services/[a-z]+/[a-z]+_store\.[ch]$|services/vacancies/(listing\.[ch]|search_index\.c|vacancy_pages\.c)$")
STORED_USE = re.compile(r"\b(bson|mongoc)_[a-z]")
faults = []
for path in sorted([*ROOT.glob("common/**/*.[ch]"), *ROOT.glob("services/**/*.[ch]"), *ROOT.glob("scripts/**/*.c")]):
    name = str(path.relative_to(ROOT))
    parts = path.relative_to(ROOT).parts
    if parts[0] == "services" and not STORED.match(name) and STORED_USE.search(path.read_text()):
        faults.append(f"{name}: only a *_store.c knows BSON")
    for line in path.read_text().splitlines():
        m = re.match(r'#include [<"]([^>"]+)[>"]', line)
        if not m:
            continue
        included = m.group(1)
        first = included.split("/")[0]
        if parts[0] == "common" and first in LEVEL and first != parts[1] and LEVEL[first] >= LEVEL[parts[1]]:
            faults.append(f"{name}: {included} is not below {parts[1]}")
        if parts[0] == "services" and (ROOT / "services" / first).is_dir() and first != parts[1]:
            faults.append(f"{name}: a service includes another ({included})")
        if parts[0] == "common" and (ROOT / "services" / first).is_dir():
            faults.append(f"{name}: a room includes a service ({included})")
        for library, owners in OWN.items():
            if library == "bson" and STORED.match(name):
                continue
            if included.startswith(library) and not any(name.startswith(o) for o in owners):
                faults.append(f"{name}: {included} belongs to {owners[0]}")
print("\n".join(faults))
sys.exit(bool(faults))
