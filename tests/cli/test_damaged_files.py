"""Files that are not what they should be are told in one line and left alone."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, files


def put(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "three bytes": lambda good: good[:3],
    "half a header": lambda good: good[:400],
    "header alone": lambda good: good[: 256 * 8],
    "a picture": lambda _: b"\x89PNG\r\n\x1a\n" + bytes(5000),
    "zeros": lambda _: bytes(5000),
    "9999 signals": lambda good: put(good, 252, b"9999"),
    "no signals": lambda good: put(good, 252, b"0   "),
    "signals are letters": lambda good: put(good, 252, b"many"),
    "records of no length": lambda good: put(good, 244, b"0       "),
    "records of negative length": lambda good: put(good, 244, b"-1      "),
    "records of endless length": lambda good: put(good, 244, b"1e999   "),
    "nan long": lambda good: put(good, 244, b"nan     "),
    "header length lies": lambda good: put(good, 184, b"99999999"),
    "a billion samples a record": lambda good: put(good, 256 + 7 * 216, b"99999999" * 7),
    "no samples a record": lambda good: put(good, 256 + 7 * 216, b"0       " * 7),
    "minus samples a record": lambda good: put(good, 256 + 7 * 216, b"-250    " * 7),
    "digital range empty": lambda good: put(good, 256 + 7 * 120, b"0       " * 14),
    "physical range nan": lambda good: put(good, 256 + 7 * 104, b"nan     " * 14),
    "unit is a meter": lambda good: put(good, 256 + 7 * 96, b"m       " * 7),
    "a month 13": lambda good: put(good, 168, b"09.13.26"),
}


@pytest.mark.parametrize("command", ["analyze", "export", "repair"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_recordings_are_told_in_one_line_and_left_alone(
    cli_run: Cli, recording: Path, damage: str, command: str
) -> None:
    bad = DAMAGE[damage](recording.read_bytes())
    recording.write_bytes(bad)
    out = recording.with_name("out.csv")
    more = ["--out", out] if command == "export" else []
    outcome = cli_run(command, recording, *more)
    if outcome.code == 0:
        # Only what is beside the samples was damaged, or repair could mend it.
        assert command == "repair" or damage == "a month 13"
        assert recording.read_bytes() == bad or command == "repair"
    else:
        assert outcome.code == 1
        assert str(recording) in outcome.failure
        assert files(recording.parent) == {"r.bdf": bad}


CSV = {
    "empty": "",
    "words": "hello world\n",
    "header alone": "time_s,a (uV)\n",
    "one row": "time_s,a (uV)\n0,1\n",
    "ragged": "time_s,a (uV)\n0,1\n0.001,1,2\n0.002\n",
    "letters in a cell": "time_s,a (uV)\n0,1\n0.001,x\n0.002,1\n",
    "time goes back": "time_s,a (uV)\n0,1\n0.001,1\n0.0005,1\n",
    "time stands": "time_s,a (uV)\n0,1\n0,1\n0,1\n",
    "endless value": "time_s,a (uV)\n0,1\n0.001,1e999\n0.002,1\n",
    "a kilovolt": "time_s,a (furlong)\n0,1\n0.001,1\n0.002,1\n",
    "zero bytes": "time_s,a (uV)\n0,1\n\0\0\0,1\n0.002,1\n",
    "a long line": "time_s,a (uV)\n0," + "1" * 3_000_000 + "\n",
}


@pytest.mark.parametrize("command", ["analyze", "export", "repair"])
@pytest.mark.parametrize("kind", CSV)
def test_bad_tables_are_told_in_one_line(
    cli_run: Cli, tmp_path: Path, kind: str, command: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CSV[kind], encoding="utf-8")
    more = ["--out", tmp_path / "o.edf"] if command == "export" else []
    outcome = cli_run(command, path, *more)
    assert outcome.code == 1
    assert str(path) in outcome.failure
    assert set(files(tmp_path)) == {"t.csv"}


@pytest.mark.parametrize("seed", range(8))
def test_random_damage_never_shows_a_traceback(cli_run: Cli, recording: Path, seed: int) -> None:
    """Bytes of the header become others that look as if they belonged there, or any bytes do."""
    chance = random.Random(seed)
    good = recording.read_bytes()
    for _ in range(25):
        bad = bytearray(good)
        in_header = chance.random() < 0.5
        for _ in range(chance.choice((1, 2, 8, 64, 512))):
            if in_header:
                bad[chance.randrange(2048)] = chance.choice(b"0123456789.-+ eE\0\xff")
            else:
                bad[chance.randrange(2048, len(bad))] = chance.randrange(256)
        recording.write_bytes(bytes(bad))
        for arguments in (
            ["analyze", recording, "--json"],
            ["export", recording, "--out", recording.with_name("out.edf")],
            ["repair", recording],
        ):
            outcome = cli_run(*arguments)
            if outcome.code:
                assert outcome.failure
        for path in recording.parent.glob("*.*"):
            path.unlink()


@pytest.mark.parametrize("command", ["analyze", "export", "repair"])
def test_things_that_are_no_files_are_refused(cli_run: Cli, tmp_path: Path, command: str) -> None:
    fifo = tmp_path / "fifo.bdf"
    things = [tmp_path / "nothing.bdf", tmp_path]
    if hasattr(os, "mkfifo"):
        os.mkfifo(fifo)
        things.append(fifo)
    for thing in things:
        more = ["--out", tmp_path / "o.csv"] if command == "export" else []
        assert str(thing) in cli_run(command, thing, *more).failure
