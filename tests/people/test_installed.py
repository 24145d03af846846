"""What an installation holds: the migrations too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_an_installed_copy_makes_a_register(tmp_path):
    pytest.importorskip("setuptools", reason="builds the copy")
    source, built = tmp_path / "source", tmp_path / "built"
    shutil.copytree(
        ROOT / "emgfeedback", source / "emgfeedback", ignore=shutil.ignore_patterns("__pycache__")
    )
    for file in [ROOT / "pyproject.toml", ROOT / "README.md", *ROOT.glob("requirements*.txt")]:
        shutil.copy(file, source)
    run(["from setuptools import setup; setup()", "build_py", "--build-lib", str(built)], source)
    program = (
        "import sys, emgfeedback; from pathlib import Path\n"
        "from emgfeedback.people.database import Database\n"
        "assert Path(emgfeedback.__file__).is_relative_to(sys.argv[1])\n"
        "Database.open(Path(sys.argv[2])).close()\n"
    )
    run([program, str(built), str(tmp_path / "data")], tmp_path, PYTHONPATH=str(built))
    assert (tmp_path / "data" / "register.sqlite").stat().st_size > 0


def run(arguments: list[str], folder: Path, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
