"""Build the simulator and the firmware into `tests/firmware/build`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_SIM = Path(__file__).resolve().parent
_ROOT = _SIM.parents[2]
BUILD = _SIM.parent / "build"
MCUS = {"uno": "atmega328p", "nano": "atmega328p", "mega": "atmega2560"}
"""Boards the simulator can run, and their chips."""


def missing_packages() -> str:
    """Return the Debian packages that are missing here, or an empty string."""
    needed = {
        "make": shutil.which("make"),
        "gcc": shutil.which("cc"),
        "gcc-avr": shutil.which("avr-g++"),
        "avr-libc": next(Path("/usr/lib/avr/include").glob("avr/io.h"), None),
        "libsimavr-dev": next(Path("/usr/include/simavr").glob("sim_avr.h"), None),
        "libelf-dev": next(Path("/usr/include").glob("libelf.h"), None),
    }
    return " ".join(package for package, found in needed.items() if not found)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one test process build at a time."""
    import fcntl

    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(*arguments: str) -> None:
    command = ["make", "--no-print-directory", *arguments]
    with _alone():
        done = subprocess.run(command, check=False, cwd=_ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"make {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


@cache
def build_emgsim() -> Path:
    """Build the simulator and return its program."""
    _make("-C", str(_SIM), f"BUILD={BUILD}")
    return BUILD / "emgsim"


@cache
def build_firmware(board: str = "uno", *, baud: int = 500_000, defines: str = "") -> Path:
    """Build the firmware for `board` and return its ELF program.

    `defines` are further compiler options, as `-DEMG_FORCE_PRESCALER_LOG2=7`.
    """
    name = "-".join([board, str(baud), *defines.replace("-D", "").replace("=", "-").split()])
    out = BUILD / name
    _make("-C", "firmware", f"BOARD={board}", f"BAUD={baud}", f"OUT={out}",
          f"EXTRA_DEFINES={defines}")  # fmt: skip
    return out / "emgfeedback.elf"


BOOT_LOADERS = Path("/usr/share/arduino/hardware/arduino/avr/bootloaders")
"""Where Debian's arduino-core-avr keeps them."""


@cache
def build_optiboot() -> Path:
    """Build the Uno's boot loader from its sources; return its Intel HEX file.

    Today's compiler makes it larger than the 512 bytes it was written for, so it gets 1024.
    """
    program = BUILD / "optiboot.elf"
    command = [
        "avr-gcc", "-mmcu=atmega328p", "-Os", "-w", "-nostartfiles", "-nostdlib",
        "-DF_CPU=16000000L", "-DBAUD_RATE=115200", "-DLED_START_FLASHES=3",
        "-Wl,--section-start=.text=0x7c00,--section-start=.version=0x7ffe",
        "-o", str(program), str(BOOT_LOADERS / "optiboot" / "optiboot.c"),
    ]  # fmt: skip
    kept = ["-j", ".text", "-j", ".version", "--set-section-flags", ".version=alloc,load"]
    hexed = program.with_suffix(".hex")
    with _alone():
        subprocess.run(command, check=True)
        subprocess.run(["avr-objcopy", *kept, "-O", "ihex", str(program), str(hexed)], check=True)
    return hexed


@cache
def compile_program(source: Path, mcu: str = "atmega328p") -> Path:
    """Compile a C program for the bare chip and return its ELF program."""
    program = BUILD / f"{source.stem}-{mcu}.elf"
    command = ["avr-gcc", f"-mmcu={mcu}", "-DF_CPU=16000000", "-Os", "-Wall", "-Werror"]
    with _alone():
        subprocess.run([*command, "-o", str(program), str(source)], check=True)
    return program
