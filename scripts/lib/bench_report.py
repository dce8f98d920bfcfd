#!/usr/bin/env python3
"""Figures of the search bench from what the drivers wrote (tests/load/search/harness.h says in which form).

usage: bench_report.py quick RESULT QUERIES     one driver's figures a kind
       bench_report.py table SIZE N RESULTS QUERIES [DOCS]
       bench_report.py put PAGE NAME FILE          a file between the page's marks of that name
"""
import math
import os
import sys
import time
from collections import defaultdict

KINDS = ["word", "words", "phrase", "filters", "near", "everything"]


def queries(path):
    return [line.split("\t")[1] for line in open(path, encoding="utf-8")]


def result(path):
    answers, samples = {}, defaultdict(list)
    for line in open(path, encoding="ascii"):
        c = line.split()
        if c[0] == "A":
            answers[int(c[1])] = (int(c[2]), int(c[3]))
        else:
            samples[int(c[1])].append(int(c[2]))
    return answers, samples


def share(sorted_values, p):
    if not sorted_values:
        return float("nan")
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * p))]


def figures(samples, kinds, wanted=None):
    """p50, p99 of all runs and p99 over the queries' own medians (which one disturbed run cannot move), in microseconds."""
    every, medians = [], []
    for q, values in samples.items():
        if wanted and kinds[q] != wanted:
            continue
        every += values
        medians.append(share(sorted(values), 0.5))
    every.sort()
    medians.sort()
    mean = sum(every) / len(every) if every else float("nan")
    return {"p50": share(every, 0.5) / 1e3, "p99": share(every, 0.99) / 1e3, "steady": share(medians, 0.99) / 1e3, "mean": mean / 1e3, "n": len(every)}


def quick(path, queries_path):
    kinds = queries(queries_path)
    answers, samples = result(path)
    print(f"{'kind':<12}{'p50 us':>10}{'p99 us':>10}{'steady p99':>12}{'mean us':>10}{'runs':>9}{'total p50':>11}{'total max':>11}")
    for k in KINDS + [None]:
        f = figures(samples, kinds, k)
        totals = sorted(a[0] for q, a in answers.items() if not k or kinds[q] == k)
        print(f"{k or 'all':<12}{f['p50']:>10.1f}{f['p99']:>10.1f}{f['steady']:>12.1f}{f['mean']:>10.1f}{f['n']:>9}{share(totals, .5):>11}{totals[-1] if totals else 0:>11}")



# ---- the table

PEERS = [("ours", "ours"), ("xapian", "Xapian"), ("sqlite", "SQLite"), ("groonga", "Groonga"), ("tantivy", "tantivy"), ("lucene", "Lucene")]
BARS = {"100k": 300.0, "1m": 3000.0}  # us, p99 of "everything", one thread
RATIO = 3.0
BUILD_S, START_S, BYTES = 40.0, 1.0, 1024  # of 1,000,000: built from documents, started from the file; a vacancy


def notes(path):
    out = {}
    if os.path.exists(path):
        for line in open(path, encoding="ascii"):
            c = line.split()
            out[c[0] if c[0] not in ("part", "bytes") else c[0] + " " + c[1]] = c[1:] if c[0] not in ("part", "bytes") else c[2:]
    return out


class Engine:
    def __init__(self, key, name, results, kinds):
        self.key, self.name, self.runs = key, name, {}
        for t in (1, 2):
            path = f"{results}/{key}-{t}.tsv"
            if os.path.exists(path):
                answers, samples = result(path)
                run = notes(f"{results}/{key}-{t}.run")["run"]
                self.runs[t] = {"answers": answers, "qps": float(run[0]) / float(run[1]), "kinds": {k: figures(samples, kinds, k) for k in KINDS + [None]}}
                self.start = float(notes(f"{results}/{key}-{t}.run").get("load", ["nan"])[0])
        self.build = notes(f"{results}/{key}.build")

    def bytes_each(self, n):
        if "bytes index" in self.build:  # in memory: what the index itself says, beside the stored text
            return (int(self.build["bytes index"][0]) + int(self.build["bytes tokens"][0])) / n
        return int(self.build["disk"][0]) / n if "disk" in self.build else float("nan")


def number(x):
    if x != x:
        return "–"
    return f"{x:,.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"


def agreement(engine, ours, kinds):
    """How many queries both answered, and where totals or facet counts differ, by kind."""
    mine, theirs, wrong, both = ours.runs[1]["answers"], engine.runs[1]["answers"], defaultdict(int), 0
    for q, answer in theirs.items():
        if q in mine:
            both += 1
            wrong[kinds[q]] += answer != mine[q]
    told = ", ".join(f"{k} {n}" for k, n in wrong.items() if n)
    return f"{both:,} of {both:,}" if not told else f"{both - sum(wrong.values()):,} of {both:,} (not: {told})"


def rows(engines, ours, n, kinds):
    out = ["| engine | everything p50 µs | p99 µs | p99 of medians µs | p50 ÷ ours | p99 ÷ ours | queries/s, 1 thread | 2 threads | build s | bytes a vacancy | answers as ours |",
           "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"]
    mine = ours.runs[1]["kinds"]["everything"]
    for e in engines:
        f = e.runs[1]["kinds"]["everything"]
        two = e.runs[2]["qps"] if 2 in e.runs else float("nan")
        build = float(e.build["build"][0]) if "build" in e.build else float("nan")
        out.append(f"| {e.name} | {number(f['p50'])} | {number(f['p99'])} | {number(f['steady'])} | {number(f['p50'] / mine['p50'])} | {number(f['p99'] / mine['p99'])} | "
                   f"{number(e.runs[1]['qps'])} | {number(two)} | {number(build)} | {number(e.bytes_each(n))} | {'' if e is ours else agreement(e, ours, kinds)} |")
    return out


def kind_rows(engines, ours, threads):
    out = ["| p50 / p99 µs (÷ ours) | " + " | ".join(KINDS) + " | all |", "| --- |" + " ---: |" * (len(KINDS) + 1)]
    for e in engines:
        if threads not in e.runs or threads not in ours.runs:
            continue
        cells = []
        for k in KINDS + [None]:
            f, m = e.runs[threads]["kinds"][k], ours.runs[threads]["kinds"][k]
            cells.append(f"{number(f['p50'])} / {number(f['p99'])}" + ("" if e is ours else f" ({number(f['p50'] / m['p50'])} / {number(f['p99'] / m['p99'])})"))
        out.append(f"| {e.name} | " + " | ".join(cells) + " |")
    return out


def bar(what, value, limit, unit):
    return f"- {what} {number(value)} {unit}; bar {number(limit)} {unit}: {'met' if value <= limit else 'MISSED'}"


def verdict(size, n, ours, engines):
    mine = ours.runs[1]["kinds"]["everything"]
    peers = [e for e in engines if e is not ours]
    out = [bar("everything, one thread, p99", mine["p99"], BARS[size], "µs")]
    if peers:
        for p in ("p50", "p99"):
            best = min(peers, key=lambda e: e.runs[1]["kinds"]["everything"][p])
            ratio = best.runs[1]["kinds"]["everything"][p] / mine[p]
            out.append(f"- best peer at {p}: {best.name}, {number(ratio)} × ours; bar {RATIO:.0f} ×: {'met' if ratio >= RATIO else 'MISSED'}")
    if size == "1m":
        out.append(bar("built from documents on two threads in", float(ours.build["build"][0]), BUILD_S, "s"))
        out.append(bar("started from the file in", ours.start, START_S, "s"))
    return out + [bar("memory beside the stored text, a vacancy", ours.bytes_each(n), BYTES, "bytes")]


def chart(size, n, engines):
    """Bars on a logarithmic scale, p50 dark and p99 light; no dependency."""
    width, left, row, top = 760, 110, 46, 64
    values = [(e.name, e.runs[1]["kinds"]["everything"]["p50"], e.runs[1]["kinds"]["everything"]["p99"]) for e in engines]
    low = 10 ** math.floor(math.log10(min(v[1] for v in values)))
    high = 10 ** math.ceil(math.log10(max(v[2] for v in values)))
    x = lambda v: left + (width - left - 90) * math.log10(v / low) / math.log10(high / low)
    height = top + row * len(values) + 34
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="14" role="img" aria-labelledby="t">',
           f'<title id="t">Time of the everything query over {n:,} vacancies, one thread</title>', f'<rect width="{width}" height="{height}" fill="#fff"/>',
           f'<text x="10" y="24" font-size="16" font-weight="bold">Everything query, {n:,} vacancies, one thread</text>',
           f'<text x="10" y="46" fill="#444">dark: p50, light: p99; microseconds, each line ten times the one before; shorter is better</text>']
    tick = low
    while tick <= high:
        out.append(f'<line x1="{x(tick):.1f}" y1="{top - 6}" x2="{x(tick):.1f}" y2="{height - 26}" stroke="#bbb"/><text x="{x(tick):.1f}" y="{height - 8}" text-anchor="middle" fill="#444">{tick:,.0f}</text>')
        tick *= 10
    for i, (name, p50, p99) in enumerate(values):
        y = top + row * i
        mine = name == "ours"
        out.append(f'<text x="{left - 10}" y="{y + 22}" text-anchor="end"{" font-weight=" + chr(34) + "bold" + chr(34) if mine else ""}>{name}</text>')
        out.append(f'<rect x="{left}" y="{y + 4}" width="{x(p99) - left:.1f}" height="26" fill="{"#9ec5e8" if mine else "#ccc"}"/>')
        out.append(f'<rect x="{left}" y="{y + 4}" width="{x(p50) - left:.1f}" height="26" fill="{"#005eb8" if mine else "#666"}"/>')
        out.append(f'<text x="{x(p99) + 6:.1f}" y="{y + 22}">{number(p50)} / {number(p99)}</text>')
    return "\n".join(out + ["</svg>", ""])


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), "?")
    return f"{os.cpu_count()} × {cpu}, load average {os.getloadavg()[0]:.1f} at the end, {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC"


def put_between(path, name, text):
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    page = open(path, encoding="utf-8").read()
    before, rest = page.split(begin)
    open(path, "w", encoding="utf-8").write(before + begin + "\n" + text + "\n" + end + rest.split(end)[1])


def table(size, n, results, queries_path, docs=None):
    kinds = queries(queries_path)
    engines = [e for e in (Engine(key, name, results, kinds) for key, name in PEERS) if 1 in e.runs]
    ours = engines[0]
    lines = [f"{n:,} vacancies; {machine()}", ""] + rows(engines, ours, n, kinds) + ["", "One thread:", ""] + kind_rows(engines, ours, 1)
    if 2 in ours.runs:
        lines += ["", "Two threads:", ""] + kind_rows(engines, ours, 2)
    own = results.endswith("-own")
    lines += [] if own else [""] + verdict(size, n, ours, engines)
    print("\n".join(lines))
    if docs:
        put_between(f"{docs}/search.md", f"table {size}{'-own' if own else ''}", "\n".join(lines))
    if docs and not own:
        with open(f"{docs}/search-{size}.svg", "w", encoding="utf-8") as f:
            f.write(chart(size, n, engines))
    return any("MISSED" in line for line in lines)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "quick":
        quick(sys.argv[2], sys.argv[3])
    elif len(sys.argv) >= 6 and sys.argv[1] == "table":
        sys.exit(table(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5], *sys.argv[6:7]))
    elif len(sys.argv) == 5 and sys.argv[1] == "put":
        put_between(sys.argv[2], sys.argv[3], open(sys.argv[4], encoding="utf-8").read().rstrip())
    else:
        sys.exit(__doc__)
