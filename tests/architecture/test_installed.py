"""What an installation holds: everything a checkout has for the running program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("emgfeedback", "configs")
FIRMWARE = "firmware/codes.csv"
FINDS = """
from emgfeedback.devices.wire import codes
from emgfeedback.toml_file import CONFIGS

assert codes()
print(CONFIGS)
"""
BUILD = "from setuptools import setup; setup()"


def held(root: Path) -> set[str]:
    """Files of the program under `root`."""
    return {
        path.relative_to(root).as_posix()
        for folder in SHIPPED
        for path in (root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_an_installed_copy_holds_every_file_of_the_program(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", reason="builds a copy with setuptools")
    source, built = tmp_path / "source", tmp_path / "built"
    for folder in SHIPPED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, source / folder, ignore=ignored)
    (source / "firmware").mkdir()
    shutil.copy(ROOT / FIRMWARE, source / FIRMWARE)
    for file in [ROOT / "pyproject.toml", ROOT / "README.md", *ROOT.glob("requirements*.txt")]:
        shutil.copy(file, source)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BUILD, "build_py", "--build-lib", str(built)],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert held(built) == held(source)
    assert (built / FIRMWARE).read_bytes() == (source / FIRMWARE).read_bytes()
    shown = subprocess.run(
        [sys.executable, "-P", "-c", FINDS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(built)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert Path(shown.stdout.strip()) == built.resolve() / "configs"
