"""The firmware builds for every board, fits, and stays free of what would disturb its timing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
ARDUINO = Path("/usr/share/arduino/hardware/arduino")
BUILDER = Path("/usr/share/arduino-builder")

FLASH_BYTES = {"uno": 32256, "nano": 30720, "nano-old": 30720, "mega": 253952, "leonardo": 28672}
RAM_BYTES = {"uno": 2048, "nano": 2048, "nano-old": 2048, "mega": 8192, "leonardo": 2560}
BARE_METAL = ["uno", "nano", "nano-old", "mega"]

HAS_TOOLS = all(map(shutil.which, ("avr-g++", "make")))
TOOLS = "gcc-avr avr-libc binutils-avr make"
HAS_CORE = ARDUINO.is_dir()
HAS_IDE = shutil.which("arduino-builder") is not None
needs_avr = pytest.mark.skipif(not HAS_TOOLS, reason=f"needs apt-get install {TOOLS}")
needs_core = pytest.mark.skipif(not HAS_CORE, reason="needs apt-get install arduino-core-avr")
BOARDS = [
    pytest.param(board, marks=needs_core if board == "leonardo" else ()) for board in FLASH_BYTES
]


def run(*command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def build(board: str, *options: str) -> subprocess.CompletedProcess:
    return run("make", "-s", "-C", FIRMWARE, f"BOARD={board}", *options)


@pytest.fixture(scope="module")
def elf(request: pytest.FixtureRequest) -> Path:
    done = build(request.param)
    assert done.returncode == 0, done.stdout + done.stderr
    return FIRMWARE / "build" / request.param / "emgfeedback.elf"


def sizes(elf: Path) -> tuple[int, int]:
    """Return bytes of flash and of RAM (without the stack)."""
    text, data, bss = map(int, run("avr-size", elf).stdout.splitlines()[1].split()[:3])
    return text + data, data + bss


def symbols(elf: Path) -> set[str]:
    return {line.split()[-1] for line in run("avr-nm", elf).stdout.splitlines()}


@needs_avr
@pytest.mark.parametrize("elf", BOARDS, indirect=True)
def test_fits_with_room_for_the_stack(elf: Path) -> None:
    flash, ram = sizes(elf)
    board = elf.parent.name
    assert 1000 < flash < FLASH_BYTES[board]
    assert 0 < ram <= 0.75 * RAM_BYTES[board]


@needs_avr
@pytest.mark.parametrize("elf", BOARDS, indirect=True)
def test_hex_holds_the_whole_program(elf: Path) -> None:
    held = 0
    for line in elf.with_suffix(".hex").read_text(encoding="ascii").splitlines():
        record = bytes.fromhex(line[1:])
        assert sum(record) % 256 == 0
        held += record[0] if record[3] == 0 else 0
    assert held == sizes(elf)[0]


@needs_avr
@pytest.mark.parametrize("elf", BARE_METAL, indirect=True)
def test_arduino_core_stays_out(elf: Path) -> None:
    found = symbols(elf)
    assert "__vector_11" in found or "__vector_17" in found
    assert not [name for name in found if "Serial" in name or name in {"millis", "analogRead"}]


@needs_avr
@pytest.mark.parametrize("elf", BARE_METAL, indirect=True)
def test_no_heap_is_used(elf: Path) -> None:
    assert not symbols(elf) & {"malloc", "free", "_Znwj"}


@needs_avr
def test_options_are_taken_and_checked(tmp_path: Path) -> None:
    done = build("uno", f"OUT={tmp_path}", "BAUD=250000", "CHANNELS=4", "GAIN=1000")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "emgfeedback.hex").is_file()
    for wrong, why in (("BAUD=115200", "EMG_BAUD must divide"), ("CHANNELS=7", "EMG_CHANNELS")):
        done = build("uno", f"OUT={tmp_path}", wrong)
        assert done.returncode != 0
        assert why in done.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_unknown_board_is_named() -> None:
    done = build("duo")
    assert done.returncode != 0
    assert "BOARD=duo is not known: use one of uno nano nano-old mega leonardo" in done.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_missing_toolchain_names_the_packages(tmp_path: Path) -> None:
    for tool in ("sh", "mkdir", "cmp", "echo", "rm"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or tool)
    done = run(
        shutil.which("make") or "make", "-s", "-C", FIRMWARE, f"OUT={tmp_path / 'out'}",
        env={**os.environ, "PATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode != 0
    assert "apt-get install gcc-avr avr-libc binutils-avr" in done.stderr


FQBNS = {
    "uno": "arduino:avr:uno",
    "nano-old": "arduino:avr:nano:cpu=atmega328old",
    "mega": "arduino:avr:mega:cpu=atmega2560",
    "leonardo": "arduino:avr:leonardo",
}


@needs_avr
@needs_core
@pytest.mark.skipif(not HAS_IDE, reason="needs apt-get install arduino-builder")
@pytest.mark.parametrize("board", FQBNS)
def test_sketch_builds_as_the_arduino_ide_does(board: str, tmp_path: Path) -> None:
    hardware = tmp_path / "hardware"
    hardware.mkdir()
    for name in ("platform.txt", "platform.keys.rewrite.txt"):
        (hardware / name).symlink_to(BUILDER / name)
    (hardware / "arduino").symlink_to(ARDUINO)
    out = tmp_path / "out"
    out.mkdir()
    done = run(
        "arduino-builder", "-compile",
        "-hardware", hardware,
        "-tools", "/usr/bin",
        "-fqbn", FQBNS[board],
        "-prefs", "compiler.cpp.extra_flags=-DDECIMAL_DIG=__DECIMAL_DIG__",
        "-build-path", out,
        FIRMWARE / "emgfeedback" / "emgfeedback.ino",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = symbols(out / "emgfeedback.ino.elf")
    serial = [name for name in found if re.search("Serial[^A-Z]*$", name)]
    assert bool(serial) == (board == "leonardo")
