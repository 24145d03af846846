"""The command line: results for scripts, and every mistake told in one line with its remedy."""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emgfeedback import cli, logs
from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.devices import connection
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter
from tests.commands import Command, assert_told_in_one_line, posix_only
from tests.records.conftest import make_facts  # noqa: F401


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def failure(self) -> str:
        """The one line that tells of the failure."""
        assert self.code in (1, 2), f"exit code {self.code}"
        assert not self.out
        return assert_told_in_one_line(self.err)


Cli = Callable[..., Outcome]


@pytest.fixture
def cli_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Cli]:
    """Run a command line in this process."""
    monkeypatch.setattr(logs, "log_folder", lambda: tmp_path / "log")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    logger = logging.getLogger("emgfeedback")
    before = (logger.level, logger.propagate, list(logger.handlers))

    def run(*arguments: object) -> Outcome:
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        for handler in set(logger.handlers) - set(before[2]):
            logger.removeHandler(handler)
            handler.close()
        return Outcome(code, printed.out, printed.err)

    yield run
    logger.level, logger.propagate = before[:2]


@pytest.fixture
def recording(make_facts: Any, tmp_path: Path) -> Path:  # noqa: F811
    """Record three seconds of six channels of noise, 100 samples lost, one task annotated."""
    path = tmp_path / "r.bdf"
    writer = RecordingWriter.create(path, make_facts())
    noise = np.random.default_rng(3).normal(512, 40, (3000, 6)).astype(np.int32)
    first, last = noise[:1500], noise[1600:]
    gap = Gap(1500, 100, GapReason.LINK)
    sound = np.zeros(6, dtype=bool)
    writer.append(Block(first, Unit.COUNTS, 1000.0, 0, None, sound))
    writer.append(Block(last, Unit.COUNTS, 1000.0, 1600, gap, sound))
    writer.annotate("turn left", 200, 1000)
    writer.finish()
    return path


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` but the log."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "log"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


# Wrong use


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("bogus", "bogus"),
        ("record --out r.bdf", "--port"),
        ("record --port demo", "--out"),
        ("record --port demo --out r.edf", ".bdf"),
        ("record --port demo --out r", ".bdf"),
        ("record --port demo --out r.bdf --seconds 0", "'0' is not a number above 0"),
        ("record --port demo --out r.bdf --seconds -3", "'-3' is not a number above 0"),
        ("record --port demo --out r.bdf --seconds nan", "nan"),
        ("record --port demo --out r.bdf --seconds inf", "inf"),
        ("record --port demo --out r.bdf --seconds soon", "'soon' is not a number above 0"),
        ("record --port demo --out r.bdf --rate 0", "whole number above 0"),
        ("record --port demo --out r.bdf --rate 1e3", "whole number above 0"),
        ("record --port demo --out r.bdf --rate \u00b2", "whole number above 0"),
        ("record --port demo --out r.bdf --channels -1", "whole number above 0"),
        ("record --port demo --out r.bdf --driver emgfeedbak", "Did you mean 'emgfeedback'"),
        ("simulate --fault dorp=1e-3", "Did you mean 'drop'"),
        ("simulate --fault drop", "drop=VALUE"),
        ("simulate --fault loose=99", "1 to 16"),
        ("simulate --fault unplug@x", "not a number of 0 or more"),
        ("analyze", "file"),
        ("analyze {file} --from -1", "'-1' is not a time"),
        ("analyze {file} --from x", "'x' is not a time"),
        ("analyze {file} --from 9", "3 s long"),
        ("analyze {file} --from 2 --to 1", "2 s"),
        ("analyze {file} --filter some", "some"),
        ("export {file}", "--out"),
        ("export {file} --out {folder}/x.xyz", ".csv, .edf, .bdf"),
        ("export {file} --out {folder}/x", ".csv, .edf, .bdf"),
        ("repair", "file"),
        ("--demo --port /dev/ttyX", "--demo and --port"),
    ],
)
def test_wrong_use_is_told_and_nothing_is_made(
    cli_run: Cli, recording: Path, line: str, says: str
) -> None:
    before = files(recording.parent)
    words = [word.format(file=recording, folder=recording.parent) for word in line.split()]
    outcome = cli_run(*words)
    assert outcome.code == 2
    assert says in outcome.failure
    assert files(recording.parent) == before


def test_help_and_version_are_no_failures(cli_run: Cli) -> None:
    assert cli_run("--version").out.startswith("emgfeedback ")
    shown = cli_run("--help")
    assert shown.code == 0
    for command in ("ports", "record", "simulate", "analyze", "repair", "export"):
        assert command in shown.out


def test_line_breaks_in_names_do_not_break_the_one_line(cli_run: Cli, tmp_path: Path) -> None:
    assert "no such file" in cli_run("analyze", tmp_path / "two\nlines.bdf").failure


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a screen")
def test_a_window_without_a_screen_is_refused_in_words(tmp_path: Path) -> None:
    def run_blind(*arguments: str) -> subprocess.CompletedProcess[str]:
        hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
        environment = {k: v for k, v in os.environ.items() if k not in hidden}
        environment["XDG_STATE_HOME"] = str(tmp_path)
        command = [sys.executable, "main.py", *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, cwd=cli_folder()
        )

    done = run_blind("--demo")
    assert done.returncode == 1
    assert "DISPLAY" in assert_told_in_one_line(done.stderr)


def cli_folder() -> Path:
    return Path(cli.__file__).resolve().parents[1]


# Results


def test_analyze_prints_one_strict_json_object_with_all_keys(cli_run: Cli, recording: Path) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    outcome = cli_run("analyze", recording, "--json")
    assert outcome.code == 0
    told = json.loads(outcome.out, parse_constant=refuse)
    assert outcome.out.count("\n") == 1
    assert told["file"] == str(recording)
    assert told["fs_hz"] == 1000
    assert told["duration_s"] == 3
    assert told["settings"]["highpass_hz"] == 20
    of_channel = {
        *("label", "muscle", "side", "rms_uv", "arv_uv", "envelope_p10_uv", "envelope_p50_uv"),
        *("envelope_p90_uv", "median_frequency_hz", "mean_frequency_hz", "quality"),
    }
    for part in (told, *told["segments"]):
        assert len(part["channels"]) == 6
        assert all(of_channel <= set(channel) for channel in part["channels"])
        assert [pair["muscle"] for pair in part["pairs"]] == ["scm", "trapezius", "splenius"]
        for pair in part["pairs"]:
            assert {"muscle", "left_uv", "right_uv", "asymmetry_pct"} <= set(pair)
            assert pair["asymmetry_pct"] is not None or pair["reason"]
    assert len(told["segments"]) == 1
    assert "turn left" in json.dumps(told["segments"])
    assert len(told["gaps"]) == 1


def test_analyze_nulls_what_is_not_known(cli_run: Cli, tmp_path: Path) -> None:
    path = tmp_path / "flat.csv"
    rows = "\n".join(f"{i / 1000:.3f},0,0" for i in range(2000))
    path.write_text(f"time_s,SCM L (uV),SCM R (uV)\n{rows}\n", encoding="utf-8")
    told = json.loads(cli_run("analyze", path, "--json").out)
    assert told["channels"][0]["median_frequency_hz"] is None
    (pair,) = told["pairs"]
    assert pair["asymmetry_pct"] is None
    assert pair["reason"]


def test_analyze_of_a_stretch_and_as_a_table(cli_run: Cli, recording: Path) -> None:
    told = json.loads(cli_run("analyze", recording, "--json", "--from", 0.5, "--to", 1.25).out)
    assert told["duration_s"] == 0.75
    table = cli_run("analyze", recording)
    assert table.code == 0
    assert "SCM L" in table.out
    assert "scm left/right difference" in table.out


def test_ports_as_json(cli_run: Cli) -> None:
    outcome = cli_run("ports", "--json")
    assert outcome.code == 0
    for port in json.loads(outcome.out):
        assert port["path"]
        assert {"description", "likely", "vid", "pid", "serial_number"} <= set(port)
    assert cli_run("ports").out.strip()


@pytest.mark.parametrize("suffix", [".csv", ".edf"])
def test_export_can_be_analyzed_and_never_overwrites(
    cli_run: Cli, recording: Path, suffix: str
) -> None:
    out = recording.with_suffix(suffix)
    assert cli_run("export", recording, "--out", out).out == f"{out}\n"
    before = files(recording.parent)
    direct, exported = (
        json.loads(cli_run("analyze", path, "--json").out)["channels"] for path in (recording, out)
    )
    for one, other in zip(direct, exported, strict=True):
        assert one["rms_uv"] == pytest.approx(other["rms_uv"], rel=1e-3)
    assert "nothing is overwritten" in cli_run("export", recording, "--out", out).failure
    assert files(recording.parent) == before


def test_recording_never_overwrites(cli_run: Cli, recording: Path) -> None:
    before = files(recording.parent)
    outcome = cli_run("record", "--port", "demo", "--out", recording, "--seconds", 1)
    assert "never overwritten" in outcome.failure
    assert outcome.code == 1
    assert files(recording.parent) == before


def test_a_sound_recording_is_not_repaired(cli_run: Cli, recording: Path) -> None:
    before = files(recording.parent)
    outcome = cli_run("repair", recording)
    assert outcome.code == 0
    assert "nothing was changed" in outcome.out
    assert files(recording.parent) == before


def test_a_cut_recording_is_refused_then_repaired_beside_the_original(
    cli_run: Cli, recording: Path
) -> None:
    recording.write_bytes(recording.read_bytes()[:-5000])
    cut = recording.read_bytes()
    assert f"main.py repair {recording}" in cli_run("analyze", recording).failure
    repaired = cli_run("repair", recording)
    assert repaired.code == 0
    assert "was repaired" in repaired.out
    assert recording.with_name("r.bdf.orig").read_bytes() == cut
    assert cli_run("analyze", recording).code == 0


# Files that are not what they should be


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


# Montage and settings

MONTAGE = """version = 1
name = "m"
[[channel]]
label = "SCM L"
muscle = "scm"
side = "left"
gain = 1000
input = 0
"""
SETTINGS = "version = 1\n[filter]\nhighpass_hz = 30\n[board]\nfs_hz = 1000\n"


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("--montage", MONTAGE.replace("muscle", "musle"), "Did you mean `muscle`"),
        ("--montage", MONTAGE.replace("gain = 1000", 'gain = "1000 V"'), "gain"),
        ("--montage", MONTAGE.replace("gain = 1000", "gain = 0.001"), "0.001 is outside 1 to"),
        ("--montage", MONTAGE.replace("gain", "gain_db"), "unknown key `gain_db`"),
        ("--montage", MONTAGE.replace("input = 0", "input = 40"), "asked for 41 channels"),
        ("--montage", "", "version"),
        ("--montage", "\0", "not valid TOML"),
        ("--settings", SETTINGS.replace("highpass_hz", "highpas_hz"), "Did you mean `highpass_hz`"),
        ("--settings", SETTINGS.replace("highpass_hz", "highpass_khz"), "highpass_khz"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "highpass_hz = 500"), "500"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "lowpass_hz = 501"), "501"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "lowpass_hz = 20"), "20 Hz"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "highpass_hz = -1"), "-1"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "highpass_hz = nan"), "nan"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "highpass_order = 99"), "99"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "notch_hz = 700"), "700"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "control_window_s = 0"), "0"),
        ("--settings", SETTINGS.replace("30", '"30 Hz"'), "highpass_hz"),
        ("--settings", SETTINGS.replace("1000", "1001"), "1001 Hz"),
        ("--settings", SETTINGS.replace("1000", "0"), "0 Hz"),
    ],
)
def test_settings_that_cannot_be_are_told_before_anything_is_recorded(
    cli_run: Cli, tmp_path: Path, option: str, text: str, says: str
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "r.bdf"
    outcome = cli_run("record", "--port", "demo", "--out", out, "--seconds", 1, option, path)
    assert outcome.code == 1
    assert says in outcome.failure
    assert set(files(tmp_path)) == {"s.toml"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rate", 333], "333 Hz"),
        (["--rate", 70000], "70000 Hz"),
        (["--channels", 99], "99 channels"),
        (["--oversample", 3], "3 conversions"),
        (["--rate", 2000, "--channels", 8, "--oversample", 4], "2000 Hz"),
    ],
)
def test_what_the_board_refuses_is_told(
    cli_run: Cli, tmp_path: Path, arguments: list[object], says: str
) -> None:
    out = tmp_path / "r.bdf"
    outcome = cli_run("record", "--port", "demo", "--out", out, "--seconds", 1, *arguments)
    assert outcome.code == 1
    assert says in outcome.failure
    assert not out.exists()


# Ports


@contextmanager
def terminal(send: bytes = b"") -> Iterator[str]:
    """A pseudo-terminal whose other end says `send` again and again."""
    import tty

    master, slave = os.openpty()
    tty.setraw(slave)
    ending = threading.Event()

    def talk() -> None:
        while not ending.wait(0.002):
            os.write(master, send)

    def listen() -> None:
        with os.fdopen(os.dup(master), "rb", buffering=0) as heard:
            while True:
                try:
                    if not heard.read(4096):
                        return
                except OSError:
                    return

    os.set_blocking(master, True)
    talker = threading.Thread(target=talk) if send else None
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    if talker:
        talker.start()
    try:
        yield os.ttyname(slave)
    finally:
        ending.set()
        if talker:
            talker.join()
        os.close(slave)
        listener.join()
        os.close(master)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a board sooner than a user should."""
    monkeypatch.setattr(connection, "TRY_S", (0.1, 0.3))


@pytest.mark.parametrize("port", ["/dev/no-such-port", "", "COM99", "\x00", "x" * 5000])
def test_a_port_that_is_not_there(cli_run: Cli, tmp_path: Path, port: str) -> None:
    out = tmp_path / "r.bdf"
    outcome = cli_run("record", "--port", port, "--out", out, "--seconds", 1)
    assert outcome.code == 1
    assert "There is no port" in outcome.failure
    assert not out.exists()


def test_a_port_that_is_a_file(cli_run: Cli, recording: Path) -> None:
    out = recording.with_name("new.bdf")
    before = files(recording.parent)
    outcome = cli_run("record", "--port", recording, "--out", out, "--seconds", 1)
    assert "not a serial port" in outcome.failure
    assert files(recording.parent) == before


@posix_only
def test_a_port_in_use_names_who_uses_it(cli_run: Cli, tmp_path: Path) -> None:
    holding = (
        "import serial, sys; s = serial.Serial(sys.argv[1], exclusive=True); print(1); input()"
    )
    master, slave = os.openpty()
    path = os.ttyname(slave)
    command = [sys.executable, "-u", "-c", holding, path]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        os.close(slave)
        outcome = cli_run("record", "--port", path, "--out", tmp_path / "r.bdf")
        holder.communicate(b"\n")
    os.close(master)
    assert outcome.code == 1
    assert f"{path} is in use by" in outcome.failure
    assert f"process {holder.pid}" in outcome.failure or not sys.platform.startswith("linux")


@posix_only
def test_a_port_without_permission(tmp_path: Path) -> None:
    with terminal() as path:
        Path(path).chmod(0)
        arguments = ["record", "--port", path, "--out", tmp_path / "r.bdf", "--seconds", 1]
        with Command(*arguments, home=tmp_path, obeying_permissions=True) as command:
            assert f"may not open {path}" in command.failure()


@posix_only
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"", "No answer"),
        (b"512,511,498,530,512,509\r\n", "text such as"),
        (b"\xc7\x7c\x05" + bytes(range(12)) + b"\x01", "Chords"),
        (b"\xa5\x5a\x02\x07" + bytes(range(12)) + b"\x0f", "OpenEEG"),
        (b"\xfe\x80\x00\xf8\x1e\xe0\x66", "no protocol known"),
    ],
    ids=["silent", "text", "chords", "openeeg", "as at a wrong baud"],
)
def test_what_is_no_board_of_ours_is_named(
    cli_run: Cli, tmp_path: Path, sent: bytes, says: str
) -> None:
    out = tmp_path / "r.bdf"
    with terminal(sent) as path:
        outcome = cli_run("record", "--port", path, "--out", out, "--seconds", 1)
    assert outcome.code == 1
    assert path in outcome.failure
    assert says in outcome.failure
    assert not out.exists()


# Disks


@posix_only
def test_a_folder_that_may_not_be_written(tmp_path: Path, recording: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    for arguments in (
        ["record", "--port", "demo", "--out", locked / "r.bdf", "--seconds", 1],
        ["export", recording, "--out", locked / "r.csv"],
    ):
        with Command(*arguments, home=tmp_path, obeying_permissions=True) as command:
            assert "permission" in command.failure()
    assert not list(locked.iterdir())


def test_a_folder_that_is_not_there(cli_run: Cli, tmp_path: Path, recording: Path) -> None:
    away = tmp_path / "away"
    outcome = cli_run("record", "--port", "demo", "--out", away / "r.bdf", "--seconds", 1)
    assert f"no folder {away}" in outcome.failure
    assert str(away) in cli_run("export", recording, "--out", away / "r.csv").failure
    assert not away.exists()


@posix_only
def test_a_full_disk_keeps_what_was_recorded(tmp_path: Path) -> None:
    out = tmp_path / "r.bdf"
    arguments = ["record", "--port", "demo", "--out", out, "--seconds", 30]
    with Command(*arguments, home=tmp_path, largest_file_bytes=60_000) as command:
        failure = command.failure()
    assert "disk is full" in failure
    with open_recording(out) as kept:
        assert f"{kept.duration_s:.2f} s are saved in {out}" in failure
        assert kept.duration_s >= 1


@posix_only
def test_a_full_disk_leaves_no_half_export(tmp_path: Path, recording: Path) -> None:
    before = files(tmp_path)
    for suffix in (".csv", ".edf"):
        arguments = ["export", recording, "--out", tmp_path / f"x{suffix}"]
        home = tmp_path / "log"
        with Command(*arguments, home=home, largest_file_bytes=9_000) as command:
            assert command.failure()
    after = files(tmp_path)
    assert {name: after[name] for name in after if not name.startswith("log")} == before


@posix_only
def test_a_full_disk_leaves_the_cut_recording_as_it_was(tmp_path: Path, recording: Path) -> None:
    recording.write_bytes(recording.read_bytes()[:-5000])
    before = recording.read_bytes()
    with Command("repair", recording, home=tmp_path / "log", largest_file_bytes=9_000) as command:
        assert command.failure()
    assert recording.read_bytes() == before
    assert not list(tmp_path.glob("*.orig*"))
