"""Played recordings: codes in are codes out."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.core.errors import SettingsError
from emgfeedback.devices.virtual.played import PlayedCounts, PlayedSignal
from emgfeedback.devices.virtual.source import Adc

ADCS = [
    Adc(),
    Adc(oversample=1, gain=200),
    Adc(gain=1000, vref_mv=3300),
    Adc(bits=12, oversample=1),
]


@pytest.mark.parametrize("adc", ADCS)
def test_every_code_survives_the_way_through_microvolts(adc: Adc) -> None:
    codes = np.arange(adc.max_code + 1, dtype=np.int32)[:, None]
    uv = (codes - adc.full_scale_counts / 2) * adc.lsb_uv
    played = PlayedSignal(uv, 1000.0)
    played.restart(1000.0, 1)
    np.testing.assert_array_equal(played.codes(0, len(codes), adc), codes)
    rounded = PlayedSignal(np.vectorize(lambda v: float(f"{v:.6g}"))(uv), 1000.0)
    np.testing.assert_array_equal(rounded.codes(0, len(codes), adc), codes)


def test_converter_ends_at_its_rails_and_rounds_down() -> None:
    adc = Adc(gain=1000, oversample=1)
    uv = np.array([[-1e6], [-2500.0], [-5.0], [-4.8], [0.0], [4.8], [4.9], [1e6]])
    assert adc.codes(uv)[:, 0].tolist() == [0, 0, 510, 511, 512, 512, 513, 1023]
    assert Adc().codes(np.array([[1e6]]))[0, 0] == 4092


def test_dithered_sum_is_the_sum_of_shifted_conversions() -> None:
    v = np.random.default_rng(1).uniform(1, 1000, 2000)
    adc = Adc(gain=1000)
    shifted = sum(np.floor(v + j / 4) for j in range(4))
    uv = (v - 512) * Adc(gain=1000, oversample=1).lsb_uv - 1e-3 * adc.lsb_uv
    close = np.abs(v * 4 - np.round(v * 4)) < 0.05
    np.testing.assert_array_equal(adc.codes(uv[:, None])[~close, 0], shifted[~close])


@pytest.mark.parametrize(
    ("peak_uv", "gain"), [(0.0, 10_000), (249.0, 10_000), (250.0, 5000), (1000, 2000), (1e9, 100)]
)
def test_gain_is_the_highest_that_fits(peak_uv: float, gain: int) -> None:
    assert Adc.fitting(peak_uv).gain == gain


def test_signal_passes_untouched_loops_and_ends() -> None:
    x = np.random.default_rng(2).normal(0, 50, (100, 3))
    played = PlayedSignal(x, 500.0)
    played.restart(500.0, 3)
    np.testing.assert_array_equal(played.take(0, 100), x)
    np.testing.assert_array_equal(played.take(90, 20), np.concatenate((x[90:], x[:10])))
    once = PlayedSignal(x, 500.0, loop=False)
    once.restart(500.0, 5)
    taken = once.take(90, 20)
    np.testing.assert_array_equal(taken[:10, :3], x[90:])
    assert not taken[10:].any()
    assert not taken[:, 3:].any(), "inputs without a recorded channel lie at 0 uV"


def test_other_rate_is_a_straight_line_between_samples() -> None:
    x = np.array([[0.0], [10.0], [-10.0], [4.0]])
    played = PlayedSignal(x, 500.0, loop=False)
    played.restart(1000.0, 1)
    assert played.take(0, 8)[:, 0].tolist() == [0, 5, 10, 0, -10, -3, 4, 4]
    looped = PlayedSignal(x, 500.0)
    looped.restart(1000.0, 1)
    assert looped.take(6, 3)[:, 0].tolist() == [4, 2, 0]


def test_counts_are_played_bit_for_bit_and_held_at_another_rate() -> None:
    counts = np.random.default_rng(3).integers(0, 4096, (50, 2))
    played = PlayedCounts(counts, 1000.0)
    played.restart(1000.0, 3)
    codes = played.codes(40, 20, Adc())
    np.testing.assert_array_equal(codes[:, :2], np.concatenate((counts[40:], counts[:10])))
    assert (codes[:, 2] == 2048).all()
    played.restart(2000.0, 2)
    np.testing.assert_array_equal(played.codes(0, 100, Adc()), np.repeat(counts, 2, axis=0))


@pytest.mark.parametrize("build", [PlayedSignal, PlayedCounts])
@pytest.mark.parametrize("shape", [(0, 3), (5, 0), (5,)])
def test_what_is_no_table_is_refused(build: type, shape: tuple[int, ...]) -> None:
    with pytest.raises(SettingsError, match="shape"):
        build(np.zeros(shape, dtype=int), 1000.0)


def test_other_nonsense_is_refused() -> None:
    with pytest.raises(SettingsError, match="0 Hz"):
        PlayedSignal([[1.0]], 0.0)
    with pytest.raises(SettingsError, match="1 samples"):
        PlayedSignal([[1.0], [np.nan]], 100.0)
    for bad in ([[0.5]], [[-1]]):
        with pytest.raises(SettingsError, match="whole numbers"):
            PlayedCounts(bad, 100.0)
    with pytest.raises(SettingsError, match=r"1024.*1023"):
        PlayedCounts([[1024]], 100.0).codes(0, 1, Adc(oversample=1))
