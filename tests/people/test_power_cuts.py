"""Hundreds of cuts at random moments: the register opens, nothing is half there or lost.

Killing a process leaves the page cache alive, so this shows that every order of steps is safe,
not that a disk keeps its promises; for those SQLite runs with `synchronous = FULL`, and packages,
recordings and notes are synced before they count.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CUTS = {
    "save": 50,
    "migration": 50,
    "backup": 50,
    "erasure": 50,
    "protect": 25,
    "unprotect": 10,
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are cut with fork and SIGKILL")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("operation", CUTS)
def test_whenever_the_power_goes_the_register_is_whole(operation: str, tmp_path: Path):
    if operation in ("protect", "unprotect"):
        pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.people.power_cuts",
            operation,
            str(CUTS[operation]),
            "7",
            str(tmp_path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    results = json.loads(done.stdout)["results"]
    assert sum(results.values()) == CUTS[operation] + 2
    assert any(key.startswith("cut:") for key in results), "no cut came in time"
