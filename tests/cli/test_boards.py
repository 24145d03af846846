"""The commands about boards: `flash` on a boot loader of the tests, `doctor` on a virtual board."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from emgfeedback.devices import channel_test, examine
from emgfeedback.devices.serial_link import SerialLink
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine import first_connection
from emgfeedback.flashing.boards import find_board
from emgfeedback.flashing.images import FOLDER
from tests.cli.conftest import Cli
from tests.commands import Command, posix_only
from tests.flashing.boot_loaders import FakeBoot


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> FakeBoot:
    """An Uno's boot loader on any port that is opened."""
    boot = FakeBoot(find_board("uno"))
    monkeypatch.setattr(first_connection, "SerialLink", lambda path: boot)
    return boot


def flash(cli_run: Cli, *arguments: object, board: str = "uno"):
    return cli_run("flash", "--port", "COM12", "--board", board, *arguments)


def test_a_program_of_ones_own_is_flashed(cli_run: Cli, boot: FakeBoot) -> None:
    told = json.loads(flash(cli_run, "--image", FOLDER / "uno.hex", "--json").out)
    assert told["verified"]
    assert told["bytes"] > 4000
    assert told["program"] == "uno.hex"
    assert boot.started
    assert "read back: Arduino Uno" in flash(cli_run, "--image", FOLDER / "uno.hex").out


def test_what_goes_wrong_is_told_in_one_line(cli_run: Cli, boot: FakeBoot) -> None:
    image = ("--image", FOLDER / "uno.hex")
    boot.lost_after = 3
    assert "no working program. Flash it again" in flash(cli_run, *image).failure
    boot.lost_after = None
    boot.signature = b"\x1e\x98\x01"
    assert "has an ATmega2560" in flash(cli_run, *image).failure
    assert flash(cli_run, board="unno").code == 2
    assert "cannot be read" in flash(cli_run, "--image", "no-such.hex").failure


def test_doctor_finds_a_sound_board_ready(cli_run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_test, "SECONDS", 0.4)
    monkeypatch.setattr(channel_test, "RATE_TOLERANCE_PCT", 50.0)
    link = VirtualLink(VirtualBoard(NeckSignal(seed=1)))
    monkeypatch.setattr(examine, "SerialLink", lambda path: link)
    told = json.loads(cli_run("doctor", "--port", "demo", "--json").out)
    assert told["ready"]
    assert told["on_mains"] in {True, False, None}
    [board] = told["boards"]
    assert board["channels"][5] == "A5: right, 192 counts."
    assert (board["lost_samples"], board["problems"], board["firmware_offered"]) == (0, [], "")
    words = cli_run("doctor", "--port", "demo").out
    assert "A0: right, 32 counts." in words
    assert words.rstrip().endswith("Ready.")


def test_doctor_names_the_cause(cli_run: Cli) -> None:
    told = json.loads(cli_run("doctor", "--port", "COM77", "--json").out)
    assert not told["ready"]
    assert [cause["cause"] for cause in told["causes"]] == ["no such port"]
    words = cli_run("doctor", "--port", "COM77").out
    assert words.startswith("No such port: There is no port 'COM77'.")
    assert words.rstrip().endswith("No board is ready.")


@posix_only
def test_doctor_tells_whom_the_port_is_kept_from_and_by_whom(tmp_path: Path) -> None:
    from tests.devices.pty_board import Pty

    far = Pty()
    holder = SerialLink(far.path)
    holder.open(115_200)
    with Command("doctor", "--port", far.path, "--json", home=tmp_path) as busy:
        [found] = busy.told()["causes"]
    assert found["cause"] == "port in use"
    assert f"(process {os.getpid()})" in found["what"]
    holder.close()
    Path(far.path).chmod(0)
    arguments = ("doctor", "--port", far.path, "--json")
    with Command(*arguments, home=tmp_path, obeying_permissions=True) as refused:
        [found] = refused.told()["causes"]
    far.close()
    assert found["cause"] == "no permission"
    assert "udev" in found["remedy"] or "usermod" in found["remedy"]


def test_doctor_without_a_board(cli_run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_connection, "list_ports", list)
    monkeypatch.setattr(first_connection, "usb_devices", lambda: None)
    assert "cable that carries data" in cli_run("doctor").out
