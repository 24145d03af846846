"""Windows is where most people run this: nothing may need what only POSIX has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POSIX_ONLY = ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")

PROGRAM = """
import importlib, sys
# What others do on this system is their business.
import numpy, serial, serial.tools.list_ports, platformdirs, msgspec, PySide6.QtWidgets
import asyncio, sqlalchemy, alembic.command, logging.config
import ctypes, ctypes.util, uuid, tempfile, shutil, subprocess, getpass, signal
import multiprocessing.connection

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {posix_only!r}:
            raise ImportError(name + " is not there on Windows")

for name in {posix_only!r}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Block())
sys.platform = "win32"
for name in {names!r}:
    importlib.import_module(name)
print("all", len({names!r}))
"""


def test_every_module_can_be_imported_on_windows() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / "emgfeedback").rglob("*.py"))
    ]
    program = PROGRAM.format(posix_only=POSIX_ONLY, names=names)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"all {len(names)}\n"
