"""Our firmware into simulated boards by the boot loaders real boards come with, over a port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from emgfeedback.core.errors import BoardSilent, FlashCancelled, FlashFailed, WrongChip
from emgfeedback.devices import connection
from emgfeedback.devices.ports import identify
from emgfeedback.devices.serial_link import SerialLink
from emgfeedback.flashing.boards import find_board
from emgfeedback.flashing.flasher import Flasher, Progress, Stage
from emgfeedback.flashing.images import bundled_image
from tests.firmware.sim import BOOT_LOADERS, SimulatedBoard, build_firmware, build_optiboot

pytestmark = [
    pytest.mark.avr,
    pytest.mark.skipif(not BOOT_LOADERS.is_dir(), reason="needs apt-get install arduino-core-avr"),
]
STARTUP_S = 0.065
"""Arduinos are fused to let the supply settle so long before the first instruction."""
SPEED = 2
"""Times real time; the boot loaders wait a second of their own for somebody to knock."""


@pytest.fixture(autouse=True)
def board_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the board in its own, quicker time."""
    monkeypatch.setattr(connection, "TRY_S", tuple(time / SPEED for time in connection.TRY_S))


@dataclass(frozen=True)
class Case:
    """A board as its maker sells it."""

    boot: Callable[[], Path]
    says: str
    mcu: str = "atmega328p"


STANDSTILL = b"\xff\xcf"
"""The program of a simulated board that was given none: a jump to itself."""
OLD_NANO = BOOT_LOADERS / "atmega" / "ATmegaBOOT_168_atmega328.hex"
MEGA = BOOT_LOADERS / "stk500v2" / "stk500boot_v2_mega2560.hex"
CASES = {
    "uno": Case(build_optiboot, "Arduino Uno"),
    "nano-old": Case(lambda: OLD_NANO, "Arduino Nano"),
    "mega": Case(lambda: MEGA, "Arduino Mega 2560", "atmega2560"),
}


class LinkWithReset(SerialLink):
    """A port to a simulated board with the reset line a pseudo-terminal lacks."""

    def __init__(self, board: SimulatedBoard) -> None:
        super().__init__(board.path)
        self._board = board

    def reset_board(self) -> bool:
        """Press the board's reset."""
        self._board.command("reset")
        self._board.wait_for("reset")
        return True


def simulated(
    folder: Path, boot: Path, mcu: str = "atmega328p", program: Path | None = None
) -> SimulatedBoard:
    """Return a board with its boot loader, and nothing else in it without `program`."""
    return SimulatedBoard(
        program, folder, mcu=mcu, boot=boot, flash=folder / "flash.bin",
        reset_on_open=program is not None, boot_delay=STARTUP_S, baud_check=True, speed=SPEED,
    )  # fmt: skip


@pytest.mark.parametrize("key", CASES)
def test_a_board_from_the_shop_is_flashed_and_answers(key: str, tmp_path: Path) -> None:
    case, board = CASES[key], find_board(key)
    image = bundled_image(board)
    with simulated(tmp_path, case.boot(), case.mcu) as sim:
        done = Flasher(LinkWithReset(sim), board).flash(image.program)
        info = identify(sim.path, "emgfeedback")
    assert done.n_bytes == len(image.program)
    assert (info.board, info.firmware) == (case.says, image.version)
    flash = (tmp_path / "flash.bin").read_bytes()
    assert flash[: len(image.program)] == image.program


@pytest.mark.parametrize("key", CASES)
def test_a_board_reset_by_opening_its_port_is_connected(key: str, tmp_path: Path) -> None:
    """Its boot loader hears our questions first; that of the Mega would stay if disturbed."""
    case = CASES[key]
    program = build_firmware(find_board(key).image)
    with simulated(tmp_path, case.boot(), case.mcu, program) as sim:
        assert identify(sim.path, "emgfeedback").board == case.says


def test_stopped_halfway_the_board_stands_still_and_takes_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = find_board("uno")
    program = STANDSTILL + bytes(range(256)) * 6
    with simulated(tmp_path, build_optiboot()) as sim:
        work = Flasher(LinkWithReset(sim), board)

        def stop_halfway(step: Progress) -> None:
            if step.stage is Stage.WRITING and 2 * step.done_bytes > step.total_bytes:
                work.cancel()

        with pytest.raises(FlashCancelled) as told:
            work.flash(program, stop_halfway)
        assert told.value.half_written
        with monkeypatch.context() as patch:
            patch.setattr(connection, "TRY_S", (0.1, 0.2))
            with pytest.raises(BoardSilent):
                identify(sim.path, "emgfeedback")
        work.flash(program)
    assert (tmp_path / "flash.bin").read_bytes()[: len(program)] == program


def test_the_boot_loader_of_another_chip_is_refused_by_name(tmp_path: Path) -> None:
    older = BOOT_LOADERS / "atmega" / "ATmegaBOOT_168_diecimila.hex"
    board = replace(find_board("uno"), bauds=(19_200,))
    with (
        simulated(tmp_path, older) as sim,
        pytest.raises(WrongChip, match=r"ATmega168, .*ATmega328P"),
    ):
        Flasher(LinkWithReset(sim), board).flash(b"\0" * 256)
    assert (tmp_path / "flash.bin").read_bytes()[:256] == STANDSTILL.ljust(256, b"\xff")


def test_the_wrong_kind_of_board_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emgfeedback.flashing.flasher.ROUNDS", 1)
    with (
        simulated(tmp_path, MEGA, "atmega2560") as sim,
        pytest.raises(FlashFailed, match=r"No boot loader answers .* Nothing was written"),
    ):
        Flasher(LinkWithReset(sim), find_board("uno")).flash(b"\0" * 256)
