"""What goes into the pins comes out of the port: every sample, in order, at the exact rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.devices import wire
from tests.firmware.sim import Session, build_firmware, packets, run_session, send, split_scans
from tests.firmware.sim.board import run_board

pytestmark = pytest.mark.avr
_CPU_HZ = 16_000_000
_SETTINGS = [(1000, 6, 1), (2000, 6, 1), (2000, 4, 1), (1000, 6, 4), (1000, 4, 4), (500, 6, 4),
             (1000, 1, 1), (1000, 2, 1), (1000, 3, 1), (1000, 5, 1), (500, 6, 1), (250, 6, 1),
             (250, 1, 4), (2000, 1, 4)]  # fmt: skip
_WORST_JITTER_US = 10.0
_RMS_JITTER_US = {1: 1.0, 4: 4.0}
"""Of the interval, by oversampling: where four conversions are summed, one of them matters less."""


def _assert_all_delivered(session: Session, seconds: float, rate_hz: int) -> None:
    stream = session.stream
    assert session.run.output == session.run.sent
    assert abs(len(stream.seq) - seconds * rate_hz) <= 2
    assert (stream.seq == np.arange(len(stream.seq))).all(), "sample numbers are not continuous"
    assert stream.counts.shape == session.sums.shape
    assert (stream.counts == session.sums).all(), "a delivered code is not the converted one"
    assert session.run.stats["adc_results_lost"] == 0
    status = session.last(wire.BoardStatus)
    assert isinstance(status, wire.BoardStatus)
    assert status.next_seq == len(stream.seq)
    assert (status.dropped_samples, status.overruns, status.bad_commands) == (0, 0, 0)


@pytest.mark.parametrize(("rate_hz", "n_channels", "oversample"), _SETTINGS)
def test_every_sample_is_delivered_on_time(
    uno: Path,
    tmp_path: Path,
    recorded_pins: dict[int | str, str],
    rate_hz: int,
    n_channels: int,
    oversample: int,
) -> None:
    session = run_session(uno, tmp_path, seconds=3, rate_hz=rate_hz, n_channels=n_channels,
                          oversample=oversample, adc=recorded_pins)  # fmt: skip
    _assert_all_delivered(session, 3, rate_hz)
    assert np.ptp(session.stream.counts, axis=0).min() > 20 * oversample, "the input is no signal"

    period = _CPU_HZ // rate_hz
    identity = session.last(wire.Identity)
    assert isinstance(identity, wire.Identity)
    adc_clock_cycles = _CPU_HZ // 1000 / identity.adc_clock_khz
    # exact rate: against the ideal grid no sample is ever further off than the jitter allows
    first_channel = session.cycles[:, 0, 0]
    off_grid = first_channel - period * np.arange(len(first_channel))
    assert np.ptp(off_grid) / 16 <= _WORST_JITTER_US
    assert np.std(np.diff(first_channel)) / 16 <= _RMS_JITTER_US[oversample]
    # the skew told is the skew there is; a conversion may start up to two clocks late
    if n_channels > 1:
        skew_us = np.diff(session.cycles[:, :, 0], axis=1) / 16
        assert np.median(skew_us) == pytest.approx(identity.skew_tenth_us / 10, abs=0.1)
        assert (
            np.abs(skew_us - identity.skew_tenth_us / 10).max()
            <= 2 * oversample * adc_clock_cycles / 16
        )
    # and a scan ends well before the next begins
    assert (session.cycles[1:, 0, 0] - session.cycles[:-1, -1, -1]).min() > 13 * adc_clock_cycles


@pytest.mark.parametrize("rate_hz", [1000, 2000])
def test_the_first_of_six_channels_is_sampled_without_jitter(
    uno: Path, tmp_path: Path, rate_hz: int
) -> None:
    session = run_session(uno, tmp_path, seconds=3, rate_hz=rate_hz)
    assert (np.diff(session.cycles[:, 0, 0]) == _CPU_HZ // rate_hz).all()


@pytest.mark.parametrize("rate_hz", [1000, 2000])
def test_a_minute_of_six_channels_is_complete(uno: Path, tmp_path: Path, rate_hz: int) -> None:
    pins: dict[int | str, str] = {
        channel: f"dc:2.5+sine:2,{7 + channel}.3+noise:0.05" for channel in range(6)
    }
    session = run_session(uno, tmp_path, seconds=60, rate_hz=rate_hz, adc=pins)
    _assert_all_delivered(session, 60, rate_hz)
    first_channel = session.cycles[:, 0, 0]
    assert np.mean(np.diff(first_channel)) == pytest.approx(_CPU_HZ / rate_hz, abs=0.01)


def test_a_counter_on_each_pin_arrives_without_a_hole(uno: Path, tmp_path: Path) -> None:
    session = run_session(uno, tmp_path, seconds=3, adc={"*": "count"})
    counts = session.stream.counts
    steps = np.diff(counts, axis=0) % 1024
    assert (steps == 1).all()


def test_recorded_emg_comes_out_as_it_went_in(
    uno: Path,
    tmp_path: Path,
    recorded_pins: dict[int | str, str],
    recorded_volts: NDArray[np.float32],
) -> None:
    """The codes follow the recording itself, taken at the time each channel was held."""
    session = run_session(uno, tmp_path, seconds=20, adc=recorded_pins)
    for channel in range(6):
        t_ms = session.cycles[:, channel, 0] / 16e3
        volts = np.interp(t_ms, np.arange(len(recorded_volts)), recorded_volts[:, channel])
        exact = volts / 5 * 1024
        error = exact - session.stream.counts[:, channel]
        assert (error > -1e-3).all()
        assert (error < 1 + 1e-3).all()


def test_the_boards_clock_counts_sample_periods(uno: Path, tmp_path: Path) -> None:
    session = run_session(uno, tmp_path, seconds=2, rate_hz=2000)
    heads = [one.head for one in packets(session.run.sent) if one.kind is wire.Packet.DATA]
    assert all(device_us == seq * 500 for seq, device_us, _, _ in heads)
    assert heads[0][2] == wire.Flag.FIRST
    assert {flags for _, _, flags, _ in heads[1:]} == {0}


@pytest.mark.parametrize("rate_hz", [250, 500, 1000, 2000])
def test_a_sample_is_on_its_way_within_two_frames(uno: Path, tmp_path: Path, rate_hz: int) -> None:
    """The last byte of a packet leaves at most 8 ms after its first sample was taken."""
    session = run_session(uno, tmp_path, seconds=2, rate_hz=rate_hz)
    sent_at = session.run.wire["cycle"].astype(np.int64)
    for packet in packets(session.run.sent):
        if packet.kind is wire.Packet.DATA and packet.head[0] < len(session.cycles) - 8:
            taken_at = session.cycles[packet.head[0], 0, 0]
            assert (sent_at[packet.end - 1] - taken_at) / _CPU_HZ <= 8e-3


def test_a_second_start_begins_anew(uno: Path, tmp_path: Path) -> None:
    kinds = wire.Packet
    run = run_board(uno, tmp_path, seconds=2.5, adc={"*": "count"},
                    at=[(0.1, send(kinds.START)), (1.0, send(kinds.STOP)),
                        (1.5, send(kinds.START)), (2.2, send(kinds.STOP))])  # fmt: skip
    data = [one for one in packets(run.output) if one.kind is kinds.DATA]
    starts = [i for i, one in enumerate(data) if one.head[2] & wire.Flag.FIRST]
    assert [data[i].head[:2] for i in starts] == [(0, 0), (0, 0)]
    at_cycle = int(1.25 * _CPU_HZ)
    for part, chosen in (
        (data[: starts[1]], run.conversions["cycle"] < at_cycle),
        (data[starts[1] :], run.conversions["cycle"] > at_cycle),
    ):
        sums, _ = split_scans(run.conversions[chosen], 6)
        assert (np.concatenate([one.counts() for one in part]) == sums).all()


@pytest.mark.parametrize(("oversample", "n_channels", "rate_hz"), [(1, 6, 2000), (4, 4, 1000)])
@pytest.mark.parametrize("signal", [wire.TestSignal.RAMP, wire.TestSignal.SQUARE])
def test_test_signals_are_exact(
    uno: Path,
    tmp_path: Path,
    signal: wire.TestSignal,
    oversample: int,
    n_channels: int,
    rate_hz: int,
) -> None:
    session = run_session(uno, tmp_path, seconds=3, rate_hz=rate_hz, n_channels=n_channels,
                          oversample=oversample, test_signal=signal)  # fmt: skip
    number = session.stream.seq[:, None]
    channel = np.arange(n_channels)
    full_scale = 1024 * oversample
    if signal is wire.TestSignal.RAMP:
        expected = (number + 97 * channel) % full_scale
    else:
        half = np.where(number // 50 % 2, 1, -1)
        expected = full_scale // 2 + half * 32 * (channel + 1)
    assert len(session.stream.seq) > 2900
    assert (session.stream.counts == expected).all()
    assert (session.stream.flags & wire.Flag.TEST_SIGNAL).all()


@pytest.mark.parametrize(("rate_hz", "n_channels"), [(1000, 6), (2000, 6), (1000, 8)])
def test_the_mega_delivers_too(
    tmp_path: Path, recorded_pins: dict[int | str, str], rate_hz: int, n_channels: int
) -> None:
    pins = {**recorded_pins, 6: "dc:1+noise:0.1", 7: "dc:4+noise:0.1"}
    session = run_session(build_firmware("mega"), tmp_path, seconds=3, rate_hz=rate_hz,
                          n_channels=n_channels, adc=pins, mcu="atmega2560")  # fmt: skip
    _assert_all_delivered(session, 3, rate_hz)
    identity = session.last(wire.Identity)
    assert isinstance(identity, wire.Identity)
    assert wire.BOARDS[identity.board_id] == "Arduino Mega 2560"


@pytest.mark.parametrize(("rate_hz", "n_channels"), [(1000, 6), (2000, 4)])
def test_the_slower_link_delivers_what_it_accepts(
    tmp_path: Path, recorded_pins: dict[int | str, str], rate_hz: int, n_channels: int
) -> None:
    slow = build_firmware("uno", baud=250_000)
    session = run_session(slow, tmp_path, seconds=5, rate_hz=rate_hz, n_channels=n_channels,
                          adc=recorded_pins)  # fmt: skip
    _assert_all_delivered(session, 5, rate_hz)
    assert session.run.stats["baud"] == 250_000


def test_the_nano_delivers_eight_channels(tmp_path: Path) -> None:
    session = run_session(build_firmware("nano"), tmp_path, seconds=3, n_channels=8,
                          adc={"*": "dc:2.5+noise:0.5"})  # fmt: skip
    _assert_all_delivered(session, 3, 1000)


def test_jitter_report_agrees_with_the_truth(uno: Path, tmp_path: Path) -> None:
    for rate_hz in (1000, 2000):
        session = run_session(uno, tmp_path / str(rate_hz), seconds=3, rate_hz=rate_hz,
                              adc={"*": "noise:1"})  # fmt: skip
        report, identity = session.last(wire.JitterReport), session.last(wire.Identity)
        assert isinstance(report, wire.JitterReport)
        assert isinstance(identity, wire.Identity)
        clock = _CPU_HZ // 1000 // identity.adc_clock_khz
        assert report.ticks == len(session.stream.seq)
        first_channel = session.cycles[:, 0, 0]
        late = first_channel - _CPU_HZ // rate_hz * np.arange(len(first_channel))
        told = report.max_cycles - report.min_cycles
        assert told - clock <= np.ptp(late) <= told + clock
        assert report.min_cycles <= report.mean_cycles_x256 / 256 <= report.max_cycles
        # the burst ends with the last conversion, 11.5 clocks after its input was held
        longest = (session.cycles[:, -1, -1] - session.cycles[:, 0, 0]).max()
        assert longest + 11 * clock <= report.burst_cycles <= longest + 15 * clock + 500


def test_the_processor_sleeps_most_of_the_time(uno: Path, tmp_path: Path) -> None:
    """Room to spare is what keeps sampling on time."""
    assert run_session(uno, tmp_path, seconds=2).run.stats["sleep_share"] > 0.4
