"""Every way flashing can go, over boot loaders written from the protocols' tables."""

import random

import pytest

from emgfeedback.core.errors import (
    FileFormatError,
    FlashCancelled,
    FlashFailed,
    LinkLost,
    WrongChip,
)
from emgfeedback.flashing.boards import BOARDS, find_board
from emgfeedback.flashing.flasher import Flasher, Stage
from tests.flashing.boot_loaders import FakeBoot

BYTES = 3000


@pytest.fixture(params=BOARDS)
def boot(request):
    return FakeBoot(find_board(request.param))


@pytest.fixture
def program():
    return random.Random(7).randbytes(BYTES)


def flasher(boot):
    return Flasher(boot, boot.board, boot.clock)


def held(boot, program):
    return bytes(boot.flash[: len(program)]) == program


def test_a_program_is_written_read_back_and_started(boot, program):
    told = []
    done = flasher(boot).flash(program, told.append)
    assert held(boot, program)
    assert boot.started
    assert not boot.is_open
    assert (done.n_bytes, done.baud) == (BYTES, boot.baud)
    for stage in (Stage.WRITING, Stage.VERIFYING):
        steps = [step.done_bytes for step in told if step.stage is stage]
        assert steps == sorted(steps)
        assert steps[-1] == told[-1].total_bytes
    assert told[-1].stage is Stage.VERIFYING


@pytest.mark.parametrize("n_bytes", [1, 2, 128, 255, 256, 257])
def test_programs_of_any_length(boot, n_bytes):
    program = bytes(range(1, 256)) * 2
    flasher(boot).flash(program[:n_bytes])
    assert held(boot, program[:n_bytes])


def test_the_largest_program_fits(boot):
    program = bytes(boot.board.program_bytes)
    flasher(boot).flash(program)
    assert held(boot, program)
    with pytest.raises(FileFormatError, match=f"{len(program) + 1} bytes"):
        flasher(boot).flash(program + b"\0")
    with pytest.raises(FileFormatError, match="0 bytes"):
        flasher(boot).flash(b"")


def test_another_chip_is_refused_by_name_and_left_alone(boot, program):
    boot.signature = b"\x1e\x94\x06"
    before = bytes(boot.flash)
    with pytest.raises(WrongChip, match=rf"ATmega168, and .*{boot.board.chip}.*Nothing was"):
        flasher(boot).flash(program)
    assert bytes(boot.flash) == before
    assert boot.started


def test_an_unknown_chip_is_told_by_its_signature(boot, program):
    boot.signature = b"\x1e\x00\x42"
    with pytest.raises(WrongChip, match="1E 00 42"):
        flasher(boot).flash(program)


def test_no_boot_loader(boot, program):
    boot.deaf = True
    with pytest.raises(FlashFailed, match=f"{boot.board.bauds[0]}.*Nothing was written") as told:
        flasher(boot).flash(program)
    assert not told.value.half_written
    assert boot.resets == 3 * len(boot.board.bauds)
    assert not boot.is_open


def test_what_the_program_said_before_the_reset_does_not_matter(boot, program):
    boot.noise = bytes(range(256)) + b"\x14\x10\x1b\x01"
    flasher(boot).flash(program)
    assert held(boot, program)


@pytest.mark.parametrize("pages", [1, 5, 11])
@pytest.mark.parametrize("fault", ["lost_after", "mute_after"])
def test_a_fault_halfway_says_that_the_board_has_no_program(boot, program, pages, fault):
    setattr(boot, fault, pages)
    with pytest.raises(FlashFailed, match="no working program") as told:
        flasher(boot).flash(program)
    assert told.value.half_written
    assert "Flash it again" in told.value.remedy
    assert not boot.is_open
    assert bytes(boot.flash[: boot.board.page_bytes]) != program[: boot.board.page_bytes]
    again = FakeBoot(boot.board)
    again.flash = boot.flash
    flasher(again).flash(program)
    assert held(again, program)


def test_a_cable_pulled_before_the_first_page(boot, program):
    boot.lost_after = 0
    with pytest.raises(FlashFailed, match=r"went away.*Nothing was written") as told:
        flasher(boot).flash(program)
    assert not told.value.half_written
    assert isinstance(told.value.__cause__, LinkLost)


def test_a_port_that_goes_as_the_program_starts_takes_nothing_back(boot, program):
    boot.lost_at_end = True
    assert flasher(boot).flash(program).n_bytes == BYTES
    assert held(boot, program)


def test_cancelling_what_is_done_takes_nothing_back(boot, program):
    work = flasher(boot)

    def tell(step):
        if step.stage is Stage.VERIFYING and step.done_bytes == step.total_bytes:
            work.cancel()

    assert work.flash(program, tell).n_bytes == BYTES


@pytest.mark.parametrize("address", [0, 130, 2999])
def test_a_cell_that_does_not_hold_its_byte_is_named(boot, program, address):
    boot.stuck[address] = program[address] ^ 0x10
    with pytest.raises(FlashFailed, match=rf"Address {address} was written as") as told:
        flasher(boot).flash(program)
    assert told.value.half_written
    assert not boot.started


@pytest.mark.parametrize("stage", list(Stage))
def test_cancelling_at_each_stage_tells_what_is_left(boot, program, stage):
    work = flasher(boot)

    def tell(step):
        if step.stage is stage and (stage is Stage.CONNECTING or step.done_bytes):
            work.cancel()

    with pytest.raises(FlashCancelled, match="cancelled") as told:
        work.flash(program, tell)
    assert told.value.half_written == (stage is not Stage.CONNECTING)
    assert ("no working program" in told.value.what) == told.value.half_written
    assert not boot.is_open
    work.flash(program)
    assert held(boot, program)


def test_the_first_page_comes_last(boot, program):
    flasher(boot).flash(program)
    page = boot.board.page_bytes
    pages = [page * n for n in range(-(-BYTES // page))]
    assert boot.pages_written == [0, *pages[1:], 0]


def test_a_nano_of_either_age_is_found():
    for baud in (115_200, 57_600):
        boot = FakeBoot(find_board("nano"), baud=baud)
        assert flasher(boot).flash(b"\1\2").baud == baud


class Noisy(FakeBoot):
    """A bad cable: bytes from the board are lost or changed, and some appear from nowhere."""

    def __init__(self, board, seed):
        super().__init__(board)
        self.hears_others = True
        self._chance = random.Random(seed)
        self.badness = self._chance.choice([0.0, 1e-4, 1e-3, 0.05])

    def read(self, timeout_s):
        data = super().read(timeout_s)
        chance, heard = self._chance, bytearray()
        for byte in data:
            if chance.random() < self.badness:
                heard += chance.choice(
                    [b"", bytes((byte ^ 1 << chance.randrange(8),)), b"\x1b\x10"]
                )
            else:
                heard.append(byte)
        return bytes(heard)


@pytest.mark.parametrize("key", BOARDS)
def test_a_bad_cable_never_passes_a_wrong_program(key, program):
    succeeded = 0
    for seed in range(60):
        boot = Noisy(find_board(key), seed)
        try:
            flasher(boot).flash(program)
        except (FlashFailed, WrongChip):
            whole = bytes(boot.flash[: len(program)]) == program
            assert whole or bytes(boot.flash[:128]) != program[:128]
        else:
            assert held(boot, program), f"seed {seed}"
            succeeded += 1
    assert 0 < succeeded < 60
