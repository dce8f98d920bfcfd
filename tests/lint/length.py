#!/usr/bin/env python3
"""No function is longer than 50 lines, from its opening brace to its closing one (CONTRIBUTING). Linux braces: both stand alone in the first column."""
import pathlib, re, subprocess, sys

MOST = 50
found = 0
files = subprocess.run(["git", "ls-files", "common/*.[ch]", "services/*.[ch]", "scripts/*.[ch]", "tests/*.[ch]"],
                       check=True, capture_output=True, text=True).stdout.split()
for name in files:
    opened, before, last = 0, "", ""
    for number, line in enumerate(pathlib.Path(name).read_text().splitlines(), 1):
        if line == "{":
            opened, before = number, last
        elif line == "}" and opened:
            if number - opened - 1 > MOST:
                print(f"{name}:{opened}: {number - opened - 1} lines: {before}")
                found += 1
            opened = 0
        last = line
print(f"{found} functions of more than {MOST} lines" if found else f"no function of more than {MOST} lines in {len(files)} files")
sys.exit(found > 0)
