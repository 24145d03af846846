"""What the board itself loses it says, to the sample; what the link damages never passes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.devices import wire
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.sequencer import Sequencer
from tests.firmware.sim import (
    Session,
    Stream,
    build_firmware,
    packets,
    packets_hit,
    run_board,
    run_session,
    send,
)

pytestmark = pytest.mark.avr
_K = wire.Packet
_PINS: dict[int | str, str] = {
    channel: f"dc:2.5+sine:2,{11 + channel}.7+noise:0.02" for channel in range(6)
}


def _missing(stream: Stream) -> int:
    return int(stream.seq[-1]) + 1 - len(stream.seq)


def _status(session: Session) -> wire.BoardStatus:
    status = session.last(wire.BoardStatus)
    assert isinstance(status, wire.BoardStatus)
    return status


def _starts_after_gaps(stream: Stream) -> NDArray[np.int64]:
    return 1 + np.flatnonzero(np.diff(stream.seq) > 1)


@pytest.mark.parametrize(("rate_hz", "stall_s"), [(1000, 0.06), (1000, 0.2), (2000, 0.05)])
def test_a_full_ring_shows_as_a_gap_and_a_count(
    uno: Path, tmp_path: Path, rate_hz: int, stall_s: float
) -> None:
    """The link stands still, twice: samples are dropped whole, counted, and none is wrong."""
    at = [(0.5, f"hold tx {stall_s}"), (1.5, f"hold tx {stall_s}")]
    session = run_session(uno, tmp_path, seconds=2, rate_hz=rate_hz, adc=_PINS, at=at)
    stream = session.stream
    starts = _starts_after_gaps(stream)
    assert len(starts) == 2
    assert (stream.flags[starts] & wire.Flag.DROPPED).all()
    assert ((stream.flags & wire.Flag.DROPPED) != 0).sum() < 20, "the flag is for the gap alone"
    assert not (stream.flags & wire.Flag.OVERRUN).any()
    assert 0 < _missing(stream) == _status(session).dropped_samples
    assert _status(session).ring_high_water == 16
    assert (stream.counts == session.sums[stream.seq]).all()


def test_a_late_converter_shows_as_overruns(uno: Path, tmp_path: Path) -> None:
    """A conversion hangs for 10 ms, twice: the ticks it sleeps through are missing samples."""
    at = [(0.5, "hold adc 0.01"), (1.5, "hold adc 0.01")]
    session = run_session(uno, tmp_path, seconds=2, adc=_PINS, at=at)
    stream = session.stream
    starts = _starts_after_gaps(stream)
    assert len(starts) == 2
    assert (stream.flags[starts] & wire.Flag.OVERRUN).all()
    assert _missing(stream) == _status(session).overruns
    assert 18 <= _missing(stream) <= 22
    assert _status(session).dropped_samples == 0
    assert (stream.counts == session.sums).all()


def test_a_scan_longer_than_its_period_is_told_every_time(tmp_path: Path) -> None:
    """The trap: with a converter too slow for the rate, half the samples come without a gap."""
    slow = build_firmware("uno", defines="-DEMG_FORCE_PRESCALER_LOG2=7")
    session = run_session(slow, tmp_path, seconds=2, rate_hz=2000, adc=_PINS)
    stream = session.stream
    assert (np.diff(stream.seq) == 2).all()
    assert (stream.flags[1:] & wire.Flag.OVERRUN).all()
    assert _status(session).overruns == pytest.approx(_missing(stream), abs=1)
    assert (stream.counts == session.sums).all()


def _decode(data: bytes, chunk: int) -> tuple[dict[int, NDArray[np.int32]], Sequencer]:
    """Put the bytes through the app's decoder and sequencer; return all samples by number."""
    driver = EmgFeedbackDriver()
    sequencer: Sequencer | None = None
    samples: dict[int, NDArray[np.int32]] = {}
    for start in range(0, len(data), chunk):
        decoded = driver.feed(data[start : start + chunk])
        if sequencer is None:
            infos = [one for one in decoded.messages if hasattr(one, "n_channels")]
            if infos:
                columns = range(infos[0].n_channels)
                sequencer = Sequencer(infos[0], driver.seq_modulus, columns)
        if sequencer is not None:
            for block in sequencer.blocks(decoded.frames, start / 20_000):
                for i, row in enumerate(block.samples):
                    assert block.first_sample + i not in samples, "a sample came twice"
                    samples[block.first_sample + i] = row
    assert sequencer is not None
    return samples, sequencer


@pytest.mark.parametrize("chunk", [1, 61, 4096])
@pytest.mark.parametrize(("fault", "rate_hz"), [
    ("flip 0.0001", 1000), ("drop 0.0001", 1000), ("flip 0.002", 1000), ("drop 0.002", 2000),
])  # fmt: skip
def test_no_damaged_sample_is_taken_and_every_loss_is_counted(
    uno: Path, tmp_path: Path, fault: str, rate_hz: int, chunk: int
) -> None:
    kinds = _K
    at = [
        (0.02, send((kinds.SET_RATE, wire.SET_RATE.pack(rate_hz, 1)), kinds.IDENTIFY)),
        (0.05, send(kinds.START)),
        (0.1, fault),
        (9.9, fault.split(maxsplit=1)[0] + " 0"),
        (10, send(kinds.STOP)),
    ]
    run = run_board(uno, tmp_path, seconds=10.2, adc=_PINS, at=at, seed=7)
    hit = packets_hit(run)
    everything = packets(run.sent)
    undamaged = {
        seq + i: row
        for one, was_hit in zip(everything, hit, strict=False)
        if one.kind is kinds.DATA and not was_hit
        for seq in [one.head[0]]
        for i, row in enumerate(one.counts())
    }
    n_sent = sum(one.head[3] for one in everything if one.kind is kinds.DATA)
    assert hit.sum() >= 10, "too few faults to prove anything"

    samples, sequencer = _decode(run.output, chunk)
    assert samples.keys() == undamaged.keys()
    assert all((row == undamaged[number]).all() for number, row in samples.items())
    assert sequencer.received == len(undamaged)
    assert sequencer.lost == n_sent - len(undamaged)


def test_damaged_requests_never_do_something_else(uno: Path, tmp_path: Path) -> None:
    """Bits flip and bytes vanish on the way to the board: it obeys what was asked or nothing."""
    n_asked = 1000
    ask = (_K.SET_CHANNELS, b"\x03")
    at = [(0.01, "flip-in 0.01"), (0.01, "drop-in 0.01")]
    # asked in runs, as no more commands than these can be scheduled
    at += [(0.05 + 0.02 * i, send(*[ask] * 5)) for i in range(n_asked // 5)]
    at += [(4.5, "flip-in 0"), (4.5, "drop-in 0")]
    at += [(4.6, send(_K.IDENTIFY)), (4.7, send(_K.IDENTIFY, _K.GET_STATUS))]
    run = run_board(uno, tmp_path, seconds=5, at=at, seed=11)
    stream = Stream.of(run.output)
    answers = stream.only(wire.Ack)
    faults = run.stats["flipped_in"] + run.stats["dropped_in"]
    assert faults > 100
    assert set(answers) == {wire.Ack(_K.SET_CHANNELS, 0)}
    assert n_asked - faults - 1 <= len(answers) < n_asked
    assert stream.only(wire.Identity)[-1].n_channels == 3
    assert 0 < stream.only(wire.BoardStatus)[-1].bad_commands <= 3 * faults


def test_a_flood_of_bytes_does_not_disturb_the_samples(uno: Path, tmp_path: Path) -> None:
    """Rubbish at full line speed for half a second, from a program that took the wrong port."""
    rng = np.random.default_rng(3)
    at = [(1 + 0.004 * i, f"send {rng.bytes(200).hex()}") for i in range(125)]
    session = run_session(uno, tmp_path, seconds=2, adc=_PINS, at=at)
    assert (np.diff(session.stream.seq) == 1).all()
    assert (session.stream.counts == session.sums).all()
    assert session.run.stats["bytes_received"] > 24_000
