#!/usr/bin/env python3
"""Different searches as people might ask them, made of the titles and places of what is advertised, the same on every run.
usage: search_queries.py BASE-URL HOW-MANY: one query string a line, the most popular first."""
import json
import random
import sys
import urllib.parse
import urllib.request

BASE, WANTED = sys.argv[1], int(sys.argv[2])


def some_vacancies(pages=10):
    cursor = ""
    for _ in range(pages):
        with urllib.request.urlopen(f"{BASE}/api/v1/vacancies?limit=100&cursor={cursor}") as r:
            answer = json.load(r)
        yield from answer["vacancies"]
        cursor = urllib.parse.quote(answer["next"] or "")
        if not cursor:
            return


def main():
    rng, found = random.Random(1), list(some_vacancies())
    titles = sorted({v["title"].split(" – ")[0] for v in found})
    places = sorted({x["postcode"].split(" ")[0] for v in found for x in v["locations"][:1] if x["postcode"]}) + ["London", "Leeds", "Manchester", "Bristol", "York", "Cardiff", "Glasgow"]
    filters = [("contract_type", "permanent"), ("contract_type", "fixed_term"), ("working_pattern", "part_time"), ("remote", "true"), ("salary_min", "30000"), ("salary_min", "45000")]
    filters += [("staff_group", g) for g in sorted({v["staff_group"] for v in found})]
    queries = {"": None}  # the whole list comes first
    while len(queries) < WANTED:
        asked = {}
        if rng.random() < 0.85:
            title = rng.choice(titles)
            asked["keyword"] = title if rng.random() < 0.6 else rng.choice(title.split())
        if rng.random() < 0.6:
            asked["location"] = rng.choice(places)
            if rng.random() < 0.5:
                asked["distance"] = rng.choice(["5", "20", "50"])
        if rng.random() < 0.3:
            asked.update([rng.choice(filters)])
        if asked:
            queries[urllib.parse.urlencode(asked)] = None
    print("\n".join(queries))


main()
