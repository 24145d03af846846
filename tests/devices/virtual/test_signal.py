"""The synthetic neck: reproducible, and as strong, as fast and as coloured as ordered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal as scipy_signal

from emgfeedback.core.errors import SettingsError
from emgfeedback.devices.virtual.levels import SILENT, NeckLevels, Phase, steady
from emgfeedback.devices.virtual.muscle import shaping_taps
from emgfeedback.devices.virtual.signal import NeckSignal, crosstalk_matrix

QUIET = NeckLevels(
    rest_uv=SILENT,
    tonic_uv=SILENT,
    tremor_uv=SILENT,
    phasic_uv=SILENT,
    ecg_uv=SILENT,
    mains_uv=SILENT,
    motions_per_s=0.0,
    jerks_per_s=0.0,
    white_uv=0.0,
    crosstalk=0.0,
    story=steady(0.0),
)


def made(levels: NeckLevels, *, fs_hz: int = 1000, seconds: float = 60, seed: int = 3) -> NDArray:
    neck = NeckSignal(levels, seed=seed)
    neck.restart(fs_hz, 6)
    return neck.take(0, round(seconds * fs_hz))


def median_frequency_hz(x: NDArray, fs_hz: int) -> float:
    f, p = scipy_signal.welch(x, fs_hz, nperseg=fs_hz)
    total = np.cumsum(p)
    return float(np.interp(total[-1] / 2, total, f))


@pytest.mark.parametrize("fs_hz", [250, 500, 1000, 2000])
@pytest.mark.parametrize("chunks", [(1,), (4,), (7, 300, 1, 64), (1000,)])
def test_same_samples_however_they_are_taken(fs_hz: int, chunks: tuple[int, ...]) -> None:
    whole = made(NeckLevels(motions_per_s=1.0), fs_hz=fs_hz, seconds=4)
    neck = NeckSignal(NeckLevels(motions_per_s=1.0), seed=3)
    neck.restart(fs_hz, 6)
    pieces, at, i = [], 0, 0
    while at < len(whole):
        n = min(chunks[i % len(chunks)], len(whole) - at)
        pieces.append(neck.take(at, n))
        at, i = at + n, i + 1
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_going_back_plays_the_same_again_and_a_short_leap_misses_nothing() -> None:
    neck = NeckSignal(seed=5)
    whole = neck.take(0, 3000).copy()
    np.testing.assert_array_equal(neck.take(500, 100), whole[500:600])
    np.testing.assert_array_equal(neck.take(2000, 1000), whole[2000:3000])


def test_a_long_leap_is_met_at_the_right_place_of_the_story() -> None:
    story = (Phase("calm", 100.0, 0.0, 0.0), Phase("held", 100.0, 1.0, 0.0))
    neck = NeckSignal(replace(QUIET, tonic_uv=(50.0,) * 6, story=story))
    assert neck.take(0, 1000).std() < 1.0
    assert 20 < neck.take(150_000, 5000).std() < 90


def test_seeds_differ() -> None:
    assert not np.array_equal(
        made(NeckLevels(), seconds=1, seed=1), made(NeckLevels(), seconds=1, seed=2)
    )


def test_more_inputs_than_muscles_carry_amplifier_noise_and_fewer_are_cut() -> None:
    neck = NeckSignal()
    neck.restart(1000, 8)
    taken = neck.take(0, 20_000)
    assert taken.shape == (20_000, 8)
    np.testing.assert_allclose(taken[:, 6:].std(axis=0), 1.5, rtol=0.03)
    neck.restart(1000, 2)
    assert neck.take(0, 10).shape == (10, 2)


@pytest.mark.parametrize("fs_hz", [1000, 2000])
def test_ordered_rms_and_muscle_colour(fs_hz: int) -> None:
    x = made(replace(QUIET, rest_uv=(10.0, 20.0, 30.0, 40.0, 50.0, 60.0)), fs_hz=fs_hz)
    np.testing.assert_allclose(x.std(axis=0), [10, 20, 30, 40, 50, 60], rtol=0.03)
    colours = [median_frequency_hz(x[:, c], fs_hz) for c in range(6)]
    for scm in colours[:2]:
        assert 84 < scm < 97
    for trapezius in colours[2:4]:
        assert 60 < trapezius < 68
    for splenius in colours[4:]:
        assert 64 < splenius < 78


@pytest.mark.parametrize("fs_hz", [250, 500, 1000, 2000])
def test_shaping_follows_its_formula(fs_hz: int) -> None:
    low, high = 40.0, 80.0
    taps = shaping_taps((low, high), fs_hz)
    assert taps @ taps == pytest.approx(1.0)
    f = np.arange(5, min(100, fs_hz / 4), 5.0)
    _, h = scipy_signal.freqz(taps, worN=f, fs=fs_hz)
    warped = np.tan(np.pi * f / fs_hz)
    wl, wh = np.tan(np.pi * low / fs_hz), np.tan(np.pi * high / fs_hz)
    wanted = warped**2 / ((warped**2 + wl**2) * (warped**2 + wh**2) ** 2)
    ratio = np.abs(h) ** 2 / wanted
    np.testing.assert_allclose(ratio, ratio.mean(), rtol=0.02)


def test_tremor_beats_at_the_ordered_frequency_where_it_was_ordered() -> None:
    tremor_uv = (0.0, 60.0, 0.0, 0.0, 0.0, 0.0)
    x = made(replace(QUIET, rest_uv=(3.0,) * 6, tremor_uv=tremor_uv, story=steady(0.0, 1.0)))
    f, p = scipy_signal.welch(np.abs(x), 1000, nperseg=4000, axis=0)
    band = (f >= 2) & (f <= 15)
    peak = f[band][p[band, 1].argmax()]
    assert 4 <= peak <= 7
    assert p[band, 1].max() > 10 * np.median(p[band, 1])
    assert p[band, 0].max() < 10 * np.median(p[band, 0])


def test_heart_beats_as_often_and_as_high_as_ordered() -> None:
    neck = NeckSignal(
        replace(QUIET, ecg_uv=(50.0, 25.0, 0.0, 0.0, 0.0, 0.0), heart_per_min=72), keep_truth=True
    )
    x = neck.take(0, 60_000)
    beats = np.array(neck.truth.beats_s)
    assert len(beats) == pytest.approx(72, abs=4)
    assert np.diff(beats).min() > 0.7
    peaks, _ = scipy_signal.find_peaks(x[:, 0], height=30.0)
    inner = beats[(beats > 0.1) & (beats < 59.9)]
    assert len(peaks) == pytest.approx(len(inner), abs=1)
    assert np.abs(peaks[:, None] / 1000 - beats).min(axis=1).max() < 0.004
    assert x[:, 0].max() == pytest.approx(50.0, rel=0.1)
    np.testing.assert_allclose(x[:, 1] * 2, x[:, 0], atol=1e-9)
    assert not x[:, 2:].any()


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_hum_has_the_ordered_frequency_and_height(mains_hz: float) -> None:
    x = made(replace(QUIET, mains_uv=(4.0,) * 6, mains_hz=mains_hz), fs_hz=2000, seconds=10)
    spectrum = np.abs(np.fft.rfft(x[:, 0])) / len(x) * 2
    f = np.fft.rfftfreq(len(x), 1 / 2000)
    for order, height in ((1, 4.0), (3, 1.2), (5, 0.4)):
        assert spectrum[np.argmin(abs(f - order * mains_hz))] == pytest.approx(height, rel=1e-6)
    low_rate = made(replace(QUIET, mains_uv=(4.0,) * 6, mains_hz=mains_hz), fs_hz=250, seconds=4)
    assert low_rate[:, 0].std() == pytest.approx(4 / np.sqrt(2), rel=0.01), (
        "harmonics past half the rate must not fold back"
    )


def test_story_moves_the_muscles_and_truth_tells_it() -> None:
    voluntary = (0.0, 0.0, 100.0, 0.0, 0.0, 0.0)
    story = (Phase("calm", 5.0, 0.0, 0.0), Phase("raise", 5.0, 0.0, 0.0, voluntary))
    neck = NeckSignal(replace(QUIET, rest_uv=(2.0,) * 6, story=story), keep_truth=True)
    x = neck.take(0, 10_240)
    ordered = np.concatenate(neck.truth.amplitudes_uv)
    assert x[:4500, 2].std() == pytest.approx(2.0, rel=0.1)
    assert x[8000:10_000, 2].std() == pytest.approx(100.0, rel=0.1)
    assert x[8000:10_000, 3].std() == pytest.approx(2.0, rel=0.1)
    assert ordered[:4500, 2].max() == pytest.approx(2.0)
    assert ordered[9900, 2] == pytest.approx(102.0, rel=0.01)


def test_jerks_and_movements_come_as_often_as_ordered() -> None:
    levels = replace(
        QUIET, phasic_uv=(50.0,) * 6, jerks_per_s=0.5, motions_per_s=0.5, story=steady(1.0)
    )
    neck = NeckSignal(levels, keep_truth=True)
    x = neck.take(0, 200_000)
    truth = neck.truth
    assert 70 < len(truth.jerks) < 130
    assert 70 < len(truth.motions) < 130
    assert {event.channel for event in truth.motions} == set(range(6))
    strongest = max(truth.motions, key=lambda event: abs(event.height))
    at = round(strongest.start_s * 1000)
    moved = np.abs(x[at : at + 300, strongest.channel]).max()
    assert moved > 0.7 * abs(strongest.height)


def test_crosstalk_stays_on_its_side() -> None:
    matrix = crosstalk_matrix(0.06)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert not matrix[0::2, 1::2].any()
    x = made(replace(QUIET, rest_uv=(0.0, 0.0, 100.0, 0.0, 0.0, 0.0), crosstalk=0.06))
    np.testing.assert_allclose(x.std(axis=0), [6, 0, 100, 0, 6, 0], rtol=0.05, atol=1e-9)


def test_the_demo_patient_relaxes_and_contracts_within_a_minute() -> None:
    x = made(NeckLevels(), seconds=60)
    rms_uv = np.sqrt((x.reshape(-1, 1000, 6) ** 2).mean(axis=1))
    assert np.median(rms_uv[:12, 1]) > 5 * np.median(rms_uv[26:34, 1])
    assert rms_uv[:, 2].max() > 100
    assert np.abs(x).max() < 1250


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"rest_uv": (1.0, -2.0, 1.0, 1.0, 1.0, 1.0)}, "-2"),
        ({"tonic_uv": (1.0,)}, "1 numbers"),
        ({"mains_hz": 0.0}, "mains_hz"),
        ({"story": ()}, "story"),
    ],
)
def test_impossible_levels_are_refused(change: dict, word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        NeckLevels(**change)
