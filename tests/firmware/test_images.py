"""The programs that come with the app are what the firmware's sources give today."""

from __future__ import annotations

import hashlib
import subprocess
import tomllib
from pathlib import Path

import pytest

from emgfeedback.flashing.images import FOLDER, MANIFEST
from tests.firmware.sim import build_firmware

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
SKETCH = FIRMWARE / "emgfeedback"
REMEDY = "run `make -C firmware release`"


@pytest.fixture(scope="module")
def manifest() -> dict:
    return tomllib.loads((FOLDER / MANIFEST).read_text(encoding="utf-8"))


def test_they_were_built_from_the_present_sources(manifest: dict) -> None:
    named = [*SKETCH.glob("*.ino"), *SKETCH.glob("*.h"), *SKETCH.glob("src/*/*.cpp"),
             *SKETCH.glob("src/*/*.h")]  # fmt: skip
    paths = sorted(path.relative_to(FIRMWARE).as_posix() for path in named)
    content = b"".join((FIRMWARE / path).read_bytes() for path in paths)
    assert manifest["sources_sha256"] == hashlib.sha256(content).hexdigest(), REMEDY


def test_the_manifest_knows_every_file(manifest: dict) -> None:
    files = {path.name for path in FOLDER.iterdir()} - {MANIFEST}
    assert files == {row["file"] for row in manifest["images"].values()}


@pytest.mark.avr
@pytest.mark.parametrize("board", ["uno", "nano", "mega"])
def test_built_anew_they_are_the_same(manifest: dict, board: str) -> None:
    asked = subprocess.run(["avr-g++", "-dumpversion"], check=True, capture_output=True, text=True)
    if asked.stdout.strip() != manifest["compiler"]:
        pytest.skip(f"built by avr-g++ {manifest['compiler']}; another compiler, other bytes")
    built = build_firmware(board).with_suffix(".hex")
    row = manifest["images"][board]
    assert (FOLDER / row["file"]).read_text() == built.read_text(), REMEDY


def test_their_version_is_the_firmwares(manifest: dict) -> None:
    config = (SKETCH / "config.h").read_text(encoding="utf-8")
    numbers = [
        line.split("=")[1].strip(" ;")
        for part in ("MAJOR", "MINOR", "PATCH")
        for line in config.splitlines()
        if f"FIRMWARE_{part} =" in line
    ]
    assert manifest["firmware"] == ".".join(numbers), REMEDY
