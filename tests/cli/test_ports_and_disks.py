"""Ports that are no boards, folders and disks that take nothing: told in one line."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emgfeedback.devices import connection
from emgfeedback.records.reader import open_recording
from tests.cli.conftest import Cli, files
from tests.commands import Command, posix_only


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
        arguments = ["--port", path, "--driver", "emgfeedback", "--out", out, "--seconds", 1]
        outcome = cli_run("record", *arguments)
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
