"""Faults staged on pseudo-terminals and simulated boot loaders: the right cause is named."""

import threading

import pytest

pytest.importorskip("termios", reason="pseudo-terminals are a POSIX thing")

import os
import termios

from emgfeedback.core.errors import LinkError
from emgfeedback.devices import connection, examine
from emgfeedback.devices.diagnosis import Cause
from emgfeedback.devices.examine import RATES, Examiner, Step
from emgfeedback.devices.registry import make_driver
from emgfeedback.devices.serial_link import SerialLink
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.flashing.boards import find_board
from emgfeedback.flashing.knock import answering_chip
from tests.devices.pty_board import Pty
from tests.flashing.boot_loaders import FakeBoot

SPEEDS = {termios.B9600: 9600, termios.B38400: 38_400, termios.B115200: 115_200}


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """Give up sooner than with a user in front, and ask for our board alone."""
    monkeypatch.setattr(examine, "make_drivers", lambda: [make_driver("emgfeedback")])
    monkeypatch.setattr(connection, "TRY_S", (0.05, 0.1))
    monkeypatch.setattr(examine, "LISTEN_S", 0.05)


class Talker(Pty):
    """Somebody who sends `words` again and again, sensible at one rate and garbled at others."""

    def __init__(self, words, baud=None):
        super().__init__()
        self.words, self.baud = words, baud
        self._garbage = bytes(128 + (37 * n) % 128 for n in range(len(words)))
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _talk(self):
        while not self._end.wait(0.002):
            right = self.baud is not None and SPEEDS.get(self.speed) == self.baud
            self.send(self.words if right else self._garbage)

    def _listen(self):
        try:
            while os.read(self.master, 4096):
                pass
        except OSError:
            pass

    def close(self):
        self._end.set()
        self._thread.join()
        super().close()
        self._listener.join()


def cause_on(path, **options):
    return Examiner(path, **options).examine().diagnosis


def test_a_missing_port():
    found = cause_on("/dev/ttyNOPE")
    assert (found.cause, found.port) == (Cause.PORT_MISSING, "/dev/ttyNOPE")


def test_a_port_in_use_is_told_with_its_program():
    far = Pty()
    holder = SerialLink(far.path)
    holder.open(115_200)
    found = cause_on(far.path)
    holder.close()
    far.close()
    assert found.cause is Cause.PORT_BUSY
    assert str(os.getpid()) in found.what


def test_a_port_that_goes_away_while_asked():
    far = Pty()
    pulled = threading.Thread(target=lambda: (far.received(1), far.unplug()))
    pulled.start()
    found = cause_on(far.path)
    pulled.join()
    assert found.cause is Cause.PORT_GONE


def test_a_sketch_is_found_at_its_own_rate():
    far = Talker(b"Hello, I am somebody's sketch and no sensor\r\n", 38_400)
    try:
        found = cause_on(far.path)
    finally:
        far.close()
    assert found.cause is Cause.OTHER_FIRMWARE
    assert "at 38400 baud it sends text such as" in found.what


def test_garbage_at_every_rate_is_a_wrong_rate():
    far = Talker(b"x" * 40)
    try:
        found = cause_on(far.path)
    finally:
        far.close()
    assert found.cause is Cause.WRONG_BAUD
    assert f"{RATES[0]} to {RATES[-1]} baud" in found.what


@pytest.mark.parametrize("key", ["uno", "nano-old", "mega"])
def test_a_boot_loader_without_a_program(key):
    boot = FakeBoot(find_board(key))
    boot.hears_others = True
    found = cause_on(boot.path, link=boot, clock=boot.clock, knock=boot_loader_of(boot))
    assert found.cause is Cause.NO_FIRMWARE
    assert boot.board.chip in found.what
    assert "Flash the firmware" in found.remedy


def boot_loader_of(boot):
    return lambda link, is_cancelled: answering_chip(link, is_cancelled, boot.clock)


def test_neither_program_nor_boot_loader():
    boot = FakeBoot(find_board("uno"))
    boot.deaf = True
    found = cause_on(boot.path, link=boot, clock=boot.clock, knock=boot_loader_of(boot))
    assert found.cause is Cause.SILENT
    assert "no boot loader" in found.what
    assert "keeps restarting" in found.remedy


def test_our_board_is_tested_and_nothing_is_wrong():
    board = VirtualBoard(NeckSignal(seed=1))
    link = VirtualLink(board, step_s=0.02)
    found = Examiner("demo", link=link, clock=lambda: board.now_s).examine()
    assert found.diagnosis is None
    assert found.info.driver == "emgfeedback"
    assert found.test.passed
    assert found.latency is None


@pytest.mark.parametrize("step", [Step.ASKING, Step.LISTENING, Step.KNOCKING])
def test_cancelling_ends_it_at_any_step(step):
    boot = FakeBoot(find_board("uno"))
    boot.deaf = True
    boot.noise = bytes(40) if step is Step.LISTENING else b""
    told = []

    def tell(now):
        told.append(now)
        if now is step:
            examiner.cancel()

    examiner = Examiner(
        boot.path, link=boot, clock=boot.clock, knock=boot_loader_of(boot), tell=tell
    )
    with pytest.raises(LinkError, match="cancelled"):
        examiner.examine()
    assert told[-1] is step
    assert not boot.is_open


def test_cancelling_ends_it_while_the_link_waits():
    boot = FakeBoot(find_board("uno"))
    examiner = Examiner(boot.path, link=boot, clock=boot.clock)
    boot.read = lambda timeout_s: examiner.cancel() or b""
    with pytest.raises(LinkError, match="cancelled"):
        examiner.examine()
    assert not boot.is_open
