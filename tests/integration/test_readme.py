"""The commands of README.md, as they stand there."""
import json
import os
import re
import subprocess

import harness as h


def test_a_stranger_publishes_and_finds_a_vacancy_with_the_commands_of_the_readme(employer):
    with open(f"{h.ROOT}/README.md") as f:
        block = re.search(r"```sh\n(.*?)```", f.read(), re.S).group(1)
    commands = "\n".join(line for line in block.splitlines() if not line.startswith(("COMMONHIRE=", "ID=")))
    client, secret = h.new_client(employer)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], env={**os.environ, "COMMONHIRE": h.BASE, "ID": client, "SECRET": secret}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    decoder, answers, rest = json.JSONDecoder(), [], done.stdout.strip()
    while rest:
        answer, end = decoder.raw_decode(rest)
        answers.append(answer)
        rest = rest[end:].strip()
    published, found = answers
    assert published["title"] == "Beekeeper" and published["state"] == "published"
    assert found["total"] >= 1 and "Beekeeper" in found["titles"]
