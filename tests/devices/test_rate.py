"""The measured rate holds whatever the link does to arrival times."""

import numpy as np
import pytest

from emgfeedback.devices.rate import RateMeter

NOMINAL_HZ = 1000.0


def arrivals(true_fs_hz, burst_s, seconds, rng, late_s=0.0):
    """Bursts every `burst_s`: all samples taken by then, each arrival late at random."""
    for i in range(1, int(seconds / burst_s) + 1):
        taken_s = i * burst_s
        n_packets = int(taken_s * true_fs_hz) // 8
        yield 8 * n_packets, 50.0 + taken_s + late_s * rng.exponential()


@pytest.mark.parametrize("burst_s", [0.001, 0.004, 0.016, 0.064])
@pytest.mark.parametrize("error", [-0.005, 0.0, 0.003])
def test_whenever_the_rate_is_told_it_is_right(burst_s, error):
    rng = np.random.default_rng(4)
    true_fs_hz = NOMINAL_HZ * (1 + error)
    meter = RateMeter(NOMINAL_HZ)
    told = []
    for total, t_s in arrivals(true_fs_hz, burst_s, 90.0, rng, late_s=0.003):
        meter.add(total, t_s)
        if total % 4000 < 8 and meter.measured_fs_hz is not None:
            told.append(meter.measured_fs_hz)
    assert told
    np.testing.assert_allclose(told, true_fs_hz, rtol=1e-3)
    assert told[-1] == pytest.approx(true_fs_hz, rel=3e-4)


def test_nothing_is_told_before_it_is_known():
    meter = RateMeter(NOMINAL_HZ)
    assert meter.measured_fs_hz is None
    assert meter.jitter_ms is None
    assert meter.warning is None
    for i in range(100):
        meter.add(8 * i, 0.008 * i)
    assert meter.measured_fs_hz is None


def test_jitter_is_the_spread_of_arrivals():
    rng = np.random.default_rng(5)
    meter = RateMeter(NOMINAL_HZ)
    for i in range(600):
        meter.add(10 * i, 0.01 * i + 0.002 * rng.standard_normal())
    assert meter.jitter_ms == pytest.approx(2.0, rel=0.15)


def test_an_even_stream_has_no_jitter():
    meter = RateMeter(NOMINAL_HZ)
    for i in range(100):
        meter.add(8 * i, 0.008 * i)
    assert meter.jitter_ms == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("speed", "word"), [(0.5, "keep up"), (0.97, "keep up"), (1.03, "faster"), (20.0, "faster")]
)
def test_a_rate_off_by_more_than_two_percent_is_told(speed, word):
    meter = RateMeter(NOMINAL_HZ)
    for i in range(4000):
        meter.add(8 * i, 0.008 * i / speed)
    for i in range(4000, 60_000 if speed > 10 else 4000):
        meter.add(8 * i, 0.008 * i / speed)
    assert meter.warning is not None
    assert word in meter.warning


@pytest.mark.parametrize("speed", [0.985, 1.0, 1.015])
def test_a_crystal_within_two_percent_is_no_warning(speed):
    meter = RateMeter(NOMINAL_HZ)
    for i in range(4000):
        meter.add(8 * i, 0.008 * i / speed)
    assert meter.measured_fs_hz == pytest.approx(NOMINAL_HZ * speed, rel=1e-6)
    assert meter.warning is None


def test_after_a_reconnection_the_old_rate_holds_until_the_new_is_known():
    meter = RateMeter(NOMINAL_HZ)
    for i in range(4000):
        meter.add(8 * i, 0.008 * i / 1.004)
    meter.resume()
    assert meter.measured_fs_hz == pytest.approx(1004.0)
    # The count after the gap is an estimate and may be off by far more than jitter.
    for i in range(4000):
        meter.add(90_000 + 8 * i, 60.0 + 0.008 * i / 1.002)
    assert meter.measured_fs_hz == pytest.approx(1002.0)


@pytest.mark.parametrize("seconds", [0.3, 3.0, 60.0])
def test_arrivals_are_told_by_the_line_not_by_their_lateness(seconds):
    rng = np.random.default_rng(6)
    meter = RateMeter(NOMINAL_HZ)
    assert meter.arrived_s(1) is None
    for total, t_s in arrivals(1002.0, 0.008, seconds, rng, late_s=0.004):
        meter.add(total, t_s)
    # The least late of each half second is late by almost nothing but the rounding to packets.
    n_samples = round(seconds * 1002.0)
    assert meter.arrived_s(n_samples) == pytest.approx(50.0 + seconds, abs=0.010)
