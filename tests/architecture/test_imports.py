"""The import table of docs/architecture.md, kept true."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "emgfeedback"

MAY_IMPORT = {
    "core": set(),
    "devices": {"core"},
    "flashing": {"core", "devices"},
    "dsp": {"core"},
    "measures": {"core", "dsp"},
    "training": {"core", "measures", "toml_file"},
    "sound": {"core", "training"},
    "records": {"core"},
    "access": {"core"},
    "people": {"core", "access", "measures", "records", "toml_file"},
    "home": {"access", "core", "people", "training"},
    "review": {"core", "dsp", "measures", "records"},
    "reports": {"core", "measures", "people", "records", "training"},
    "exchange": {"core", "measures", "records", "people", "reports"},
    "engine": {"core", "devices", "dsp", "flashing", "measures", "training", "records"},
    "ui": {
        *("access", "core", "dsp", "engine", "exchange", "flashing", "home", "measures"),
        *("people", "records", "reports", "review", "sound", "training", "toml_file"),
    },
}
OUTSIDE = {
    "core": {"numpy"},
    "devices": {"brainflow", "numpy", "pylsl", "serial"},
    "flashing": set(),
    "dsp": {"numpy"},
    "measures": {"numpy"},
    "training": {"numpy"},
    "sound": {"numpy"},
    "records": {"numpy"},
    "access": {"cryptography"},
    "people": {"sqlalchemy", "alembic", "sqlcipher3", "msgspec"},
    "home": {"cryptography", "msgspec"},
    "review": {"numpy"},
    "reports": {"typst"},
    "exchange": {"numpy", "pydicom"},
    "engine": {"numpy"},
    "ui": {"numpy", "PySide6"},
}
EXTRAS = (
    *("brainflow", "distributed", "psycopg", "pydicom", "pylsl", "PySide6.QtMultimedia"),
    "sqlcipher3",
)
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path, *, top_level_only: bool = False) -> set[str]:
    """Dotted names a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_room_imports_only_what_it_may(path: Path) -> None:
    parts = path.relative_to(PACKAGE).parts
    room = parts[0] if len(parts) > 1 else None
    if room is None:
        return
    for name in imported(path):
        top, *rest = name.split(".")
        if top == "emgfeedback":
            target = rest[0] if rest else ""
            assert target in MAY_IMPORT[room] | {room, ""}, f"{room} must not import {name}"
        elif top not in sys.stdlib_module_names:
            assert top in OUTSIDE[room], f"{room} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_scipy_is_never_imported_at_start(path: Path) -> None:
    slow = {name for name in imported(path, top_level_only=True) if name.split(".")[0] == "scipy"}
    assert not slow, "scipy costs 1.7 s to import: import it inside the function that needs it"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_extras_are_imported_only_where_they_are_used(path: Path) -> None:
    extras = {name for name in imported(path, top_level_only=True) if name.startswith(EXTRAS)}
    assert not extras, "an extra: import it inside the function that needs it"


def test_everything_but_the_screen_runs_without_qt() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if "ui" not in path.relative_to(PACKAGE).parts
    ]
    program = (
        "import sys, importlib\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'PySide6', 'shiboken6', 'pyqtgraph', 'PyQt6'}:\n"
        "            raise ImportError(name + ' is blocked')\n"
        "sys.meta_path.insert(0, Block())\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print('imported', len(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "imported" in done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_file_outgrows_its_room(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 400, f"{path.name} has {lines} lines; split it"
