"""Run all benchmarks, or those named, and print one table.

`python -m tests.benchmarks` runs all, `python -m tests.benchmarks decode chain` two of
them. Each runs in a process of its own, so that none inherits another's memory, imports
or window. Figures are only worth comparing within one run: what counts is the ratio.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.table import Row, print_rows

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "decode",
    "chain",
    "batch",
    "recording",
    "sealed",
    "memory",
    "traces",
    "window",
    "startup",
    "bursts",
    "latency",
    "app",
    "register",
    "assessment",
    "review",
)
LONGEST_S = 3600


def main() -> int:
    """Parse the arguments, run, print; return 1 where a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--long", action="store_true", help="memory over eight simulated hours")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"unknown benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if options.alone:
        module = importlib.import_module(f"tests.benchmarks.bench_{options.names[0]}")
        rows = module.rows(long=True) if options.long else module.rows()
        print(json.dumps([asdict(row) for row in rows]))
        return 0
    rows = []
    for name in options.names or NAMES:
        print(f"{name} ...", end="\r", file=sys.stderr, flush=True)
        rows += run_alone(name, long=options.long and name == "memory")
    print_rows(rows, markdown=options.markdown)
    return int(any(row.met is False for row in rows))


def run_alone(name: str, *, long: bool) -> list[Row]:
    """Run one benchmark in a new process."""
    command = [sys.executable, "-m", "tests.benchmarks", name, "--alone"]
    environment = {**os.environ}
    # One thread in numpy: processor time then compares work and not cores.
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        environment.setdefault(variable, "1")
    if sys.platform == "linux" and not environment.get("DISPLAY"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        command + (["--long"] if long else []),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    if done.returncode:
        return [Row(name, "failed, see above", met=False)]
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    sys.exit(main())
