"""Run the whole test suite in two halves at once: `python -m tests [pytest arguments]`.

One after the other they take longer than anybody waits. The halves share no files: what builds
the firmware or keeps a serial port on time is in one of them. `python -m pytest` runs everything
in one process.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("access", "exchange", "home", "people", "reports", "review", "ui")
"""Folders of tests of the half that needs no board."""
_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|warnings?)")


def main(arguments: list[str]) -> int:
    """Run both halves, print one after the other and what they come to; return the exit code."""
    began_s = time.monotonic()
    rooms = [f"tests/{room}" for room in ROOMS]
    others = [f"--ignore=tests/{room}" for room in ROOMS]
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
        second = subprocess.Popen(
            [*pytest, *rooms], cwd=ROOT, stdout=kept, stderr=subprocess.STDOUT
        )
        first = subprocess.Popen(
            [*pytest, *others], cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert first.stdout is not None
        last = ""
        for line in first.stdout:
            print(line, end="", flush=True)
            last = line
        codes = [first.wait(), second.wait()]
        kept.seek(0)
        output = kept.read()
    print(output, end="", flush=True)
    totals: Counter[str] = Counter()
    for summary in (last, output.strip().splitlines()[-1] if output.strip() else ""):
        for count, what in _COUNT.findall(summary):
            totals[what] += int(count)
    told = ", ".join(f"{count} {what}" for what, count in totals.items()) or "no tests ran"
    print(f"===== both halves: {told} in {time.monotonic() - began_s:.2f}s =====")
    return max(codes, key=abs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
