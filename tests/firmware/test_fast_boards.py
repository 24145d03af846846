"""Uno R4, RP2040, ESP32, Teensy and external converters: whole programs behind models, by the host.

The programs of `firmware/tests/fast_session.cpp` run with a modelled Arduino layer and modelled
chips; what they send is read by the app's own driver and scaled by the app's own scaler. Every
input carries 40 Hz, higher by a step from channel to channel.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.block import Frame
from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices import wire
from emgfeedback.devices.driver import Answer, BoardReport
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.emgfeedback_words import UNTRIED
from emgfeedback.devices.sequencer import Sequencer

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
ON_CHIP = ["uno_r4", "rp2040", "esp32", "teensy"]
CONVERTERS = ["ads1115", "ads1256", "ads1299"]
STREAMED_S = 1.4

HAS_TOOLS = all(map(shutil.which, ("g++", "make")))
pytestmark = pytest.mark.skipif(not HAS_TOOLS, reason="needs apt-get install g++ make")


@dataclass
class Heard:
    info: DeviceInfo
    frames: list[Frame]
    answers: dict[int, int]
    report: BoardReport
    jitter: wire.JitterReport
    damaged_packets: int

    @property
    def n_received(self) -> int:
        return sum(len(frame.counts) for frame in self.frames)

    @property
    def holes(self) -> int:
        ends = [frame.seq + len(frame.counts) for frame in self.frames]
        starts = [frame.seq for frame in self.frames[1:]]
        return sum(start - end for end, start in zip(ends, starts, strict=False))

    @property
    def flags(self) -> int:
        return int(np.bitwise_or.reduce([frame.flags for frame in self.frames]))

    @property
    def counts(self) -> NDArray[np.int32]:
        return np.concatenate([frame.counts for frame in self.frames])

    def rms_uv(self, first_s: float = 0.3) -> NDArray[np.float64]:
        """Return the 40 Hz height of each channel, microvolts RMS at the electrode."""
        fs_hz = self.info.fs_hz
        n = int(fs_hz)
        start = int(first_s * fs_hz)
        uv = (self.counts[start : start + n] - self.info.midpoint_counts) * self.info.lsb_uv()
        wave = np.exp(-2j * np.pi * 40 * np.arange(len(uv)) / fs_hz)
        return np.sqrt(2) * np.abs(wave @ uv) / len(uv)

    def last_uv(self) -> NDArray[np.float64]:
        """Return the RMS of the last 0.2 s of each channel about its mean, microvolts."""
        return self.counts[-round(0.2 * self.info.fs_hz) :].std(axis=0) * self.info.lsb_uv()


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    done = subprocess.run(
        ["make", "-s", "-j2", "-C", str(FIRMWARE / "tests"), "fast"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@cache
def bytes_of(board: str, scenario: str = "good", before: bytes = b"") -> bytes:
    program = FIRMWARE / "build" / "host" / f"fast_{board}"
    done = subprocess.run([str(program), scenario, before.hex()], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def session(board: str, scenario: str = "good", before: bytes = b"") -> Heard:
    driver = EmgFeedbackDriver()
    decoded = driver.feed(bytes_of(board, scenario, before))
    kinds: dict[type, list] = {}
    for message in decoded.messages:
        kinds.setdefault(type(message), []).append(message)
    answers = {answer.request: answer.code for answer in kinds.get(Answer, [])}
    counters = driver.counters
    return Heard(
        kinds[DeviceInfo][0],
        decoded.frames,
        answers,
        kinds[BoardReport][-1],
        kinds[wire.JitterReport][0],
        counters.crc_errors + counters.rejected + counters.bytes_skipped,
    )


def rate(hz: int, oversample: int = 1, channels: int = 1) -> bytes:
    return (
        wire.packet(wire.Packet.SET_CHANNELS, b"\x01")
        + wire.packet(wire.Packet.SET_RATE, wire.SET_RATE.pack(hz, oversample))
        + wire.packet(wire.Packet.SET_CHANNELS, bytes((channels,)))
    )


def expected_uv(board: str, n_channels: int) -> NDArray[np.float64]:
    """Return what the model puts in, microvolts RMS at the electrode."""
    step_v = 50e-6 if board == "ads1299" else 0.02 / 200
    return 1e6 * step_v * np.arange(1, n_channels + 1) / np.sqrt(2)


@pytest.mark.parametrize("board", ON_CHIP + CONVERTERS)
def test_the_hosts_microvolts_are_those_of_the_input(board: str) -> None:
    heard = session(board)
    info = heard.info
    assert heard.answers == {wire.Packet.START: 0, wire.Packet.STOP: 0}
    assert heard.damaged_packets == 0
    assert heard.holes == 0
    assert heard.report.dropped_samples == heard.report.overruns == 0
    assert heard.n_received == pytest.approx(STREAMED_S * info.fs_hz, abs=0.2 * info.fs_hz)
    expected = expected_uv(board, info.n_channels)
    np.testing.assert_allclose(heard.rms_uv(), expected, rtol=0.01)


@pytest.mark.parametrize("board", ON_CHIP)
def test_pins_keep_the_rate_to_the_sample(board: str) -> None:
    heard = session(board, before=rate(2000, channels=2))
    assert heard.info.fs_hz == 2000
    assert heard.holes == 0
    assert heard.n_received == pytest.approx(STREAMED_S * 2000, abs=3)
    assert heard.jitter.max_cycles < 16 * 20


@pytest.mark.parametrize(
    ("board", "full_scale"), [("uno_r4", 32768), ("rp2040", 16384), ("esp32", 16384)]
)
def test_sums_of_four_have_the_same_microvolts(board: str, full_scale: int) -> None:
    heard = session(board, before=rate(500, oversample=4, channels=3))
    assert heard.info.full_scale_counts == full_scale
    np.testing.assert_allclose(heard.rms_uv(), expected_uv(board, 3), rtol=0.01)


def test_a_resting_muscle_is_seen_through_each_converter_far_finer_than_by_an_uno() -> None:
    lsb_uv = {board: session(board).info.lsb_uv() for board in CONVERTERS}
    assert lsb_uv["ads1115"] == pytest.approx(125 / 200)
    assert lsb_uv["ads1256"] == pytest.approx(2.5e6 / 32768 / 200)
    assert lsb_uv["ads1299"] == pytest.approx(6000 / 32768)


@pytest.mark.parametrize("board", ON_CHIP + CONVERTERS)
def test_it_says_that_it_was_not_run_on_hardware(board: str) -> None:
    info = session(board).info
    assert "(not run on hardware)" in info.board
    assert UNTRIED in info.cautions


@pytest.mark.parametrize("board", CONVERTERS)
def test_another_chip_in_its_place_is_refused(board: str) -> None:
    heard = session(board, "wrong id")
    fault = next(n for n, code in wire.codes().items() if code.name == "CONVERTER_FAULT")
    assert heard.answers[wire.Packet.START] == fault
    assert not heard.frames


@pytest.mark.parametrize("board", CONVERTERS)
@pytest.mark.parametrize("scenario", ["stuck high", "stuck low"])
def test_a_ready_that_hangs_costs_just_those_samples(board: str, scenario: str) -> None:
    heard = session(board, scenario)
    fs_hz = heard.info.fs_hz
    assert heard.holes == heard.report.dropped_samples + heard.report.overruns
    # 0.3 s hang, and the way out of it may cost a few more.
    assert heard.holes == pytest.approx(0.3 * fs_hz, abs=0.05 * fs_hz)
    assert heard.flags & wire.Flag.DROPPED
    expected = expected_uv(board, heard.info.n_channels)
    np.testing.assert_allclose(heard.last_uv(), expected, rtol=0.1)


@pytest.mark.parametrize("board", CONVERTERS)
def test_slipped_bits_are_lost_samples_and_never_wrong_ones(board: str) -> None:
    good, heard = session(board), session(board, "slip")
    assert heard.holes >= 5
    assert heard.holes == pytest.approx(heard.report.dropped_samples, abs=2)
    most = np.abs(good.counts - good.counts.mean(axis=0)).max(axis=0)
    assert (np.abs(heard.counts - good.counts.mean(axis=0)).max(axis=0) <= 1.05 * most + 3).all()


@pytest.mark.parametrize("board", CONVERTERS)
def test_a_chip_that_lost_its_registers_is_set_up_again(board: str) -> None:
    heard = session(board, "brown-out")
    assert heard.holes == heard.report.dropped_samples + heard.report.overruns
    # The others are told all they need before each conversion: nothing is lost but one scan.
    assert 400 < heard.holes < 800 if board == "ads1299" else heard.holes <= 1
    expected = expected_uv(board, heard.info.n_channels)
    np.testing.assert_allclose(heard.last_uv(), expected, rtol=0.1)


def test_noise_on_the_ready_line_makes_no_samples() -> None:
    good, heard = session("ads1299"), session("ads1299", "chatter")
    assert heard.n_received == pytest.approx(good.n_received, abs=3)
    assert heard.holes == heard.report.dropped_samples <= 3


@pytest.mark.parametrize("board", ["uno_r4", *CONVERTERS])
def test_a_board_held_up_says_what_it_missed(board: str) -> None:
    heard = session(board, "slow")
    assert heard.holes > 0
    assert heard.holes == heard.report.dropped_samples + heard.report.overruns
    lost = wire.Flag.DROPPED if board == "ads1299" else wire.Flag.OVERRUN
    assert heard.flags & lost
    total = heard.frames[-1].seq + len(heard.frames[-1].counts)
    assert total == pytest.approx(STREAMED_S * heard.info.fs_hz, abs=0.2 * heard.info.fs_hz)


@pytest.mark.parametrize("board", ON_CHIP + CONVERTERS)
def test_what_leaves_the_range_is_marked_and_never_clipped_unseen(board: str) -> None:
    heard = session(board, "beyond")
    sequencer = Sequencer(heard.info, wire.SEQ_MODULUS, [0])
    blocks = sequencer.blocks(heard.frames, 0.0)
    saturated = np.concatenate(
        [np.repeat(block.saturated[:1], len(block.samples)) for block in blocks]
    )
    counts = heard.counts[:, 0]
    ends = (counts <= 0) | (counts >= heard.info.full_scale_counts - heard.info.oversample)
    assert ends.sum() == pytest.approx(0.2 * heard.info.fs_hz, abs=0.02 * heard.info.fs_hz + 2)
    assert saturated[ends].all()


@pytest.mark.parametrize("board", ["ads1256", "ads1299"])
def test_a_step_of_the_electrode_leaves_the_window_and_comes_back(board: str) -> None:
    heard = session(board, "step")
    counts = heard.counts[:, 0]
    fs_hz = int(heard.info.fs_hz)
    assert (counts[: int(0.3 * fs_hz)] > 0).all()
    assert ((counts == 0) | (counts == 32767)).any()
    assert 0 < counts[-1] < 32767


@pytest.mark.parametrize(
    ("board", "wanted", "name"),
    [
        ("ads1115", rate(1000), "BURST_TOO_LONG"),
        ("ads1256", rate(2000, channels=2), "BURST_TOO_LONG"),
        ("ads1299", rate(1000, oversample=4), "BAD_OVERSAMPLE"),
        ("rp2040", wire.packet(wire.Packet.SET_CHANNELS, b"\x04"), "BAD_CHANNELS"),
    ],
)
def test_what_cannot_be_is_refused_by_name(board: str, wanted: bytes, name: str) -> None:
    driver = EmgFeedbackDriver()
    codes = {
        message.code
        for message in driver.feed(bytes_of(board, before=wanted)).messages
        if isinstance(message, Answer)
    }
    assert name in {wire.codes()[code].name for code in codes}
