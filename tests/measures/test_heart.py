"""A real electrocardiogram over muscle noise of known size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.heart import Beats, average_beat, find_beats, gate, subtract_beats

FS_HZ = 1000.0
ECG = Path(__file__).parents[1] / "data" / "emg" / "ecg_lead2_1k16.npz"
EMG = butter_sos(2, "band", (30.0, 350.0), FS_HZ)


def heart_uv(peak_uv: float) -> np.ndarray:
    with np.load(ECG) as data:
        x = np.asarray(data[data.files[0]], dtype=float).ravel()
    x = x - np.median(x)
    return peak_uv * x / np.percentile(np.abs(x), 99.8)


def muscle_uv(rms_uv: float, n: int, seed: int = 0) -> np.ndarray:
    x = zero_phase(EMG, np.random.default_rng(seed).normal(size=n))
    return rms_uv * x / x.std()


def rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(x**2)))


def test_every_beat_of_a_real_heart_is_found_once():
    heart = heart_uv(100)
    alone = find_beats(heart, FS_HZ)
    beats = find_beats(heart + muscle_uv(8, len(heart)), FS_HZ)
    assert alone.per_min == pytest.approx(beats.per_min, abs=1)
    assert len(beats.places) == len(alone.places)
    assert np.abs(beats.places - alone.places).max() < 20


@pytest.mark.parametrize("seed", range(10))
def test_muscle_alone_has_no_heartbeat(seed):
    t = np.arange(30_000) / FS_HZ
    bursts = 1 + 4 * (np.sin(2 * np.pi * 0.7 * t + np.sin(0.3 * t) * seed) > 0.6)
    assert find_beats(muscle_uv(10, len(t), seed) * bursts, FS_HZ).per_min is None


def test_subtraction_gives_back_the_resting_level():
    heart = heart_uv(100)
    truth = muscle_uv(3, len(heart))
    x = zero_phase(butter_sos(2, "high", 20.0, FS_HZ), heart + truth)
    beats = find_beats(heart + truth, FS_HZ)
    wanted = rms(zero_phase(butter_sos(2, "high", 20.0, FS_HZ), truth))
    assert rms(x) > 2 * wanted
    assert rms(subtract_beats(x, beats, FS_HZ)) == pytest.approx(wanted, rel=0.25)
    assert rms(x[gate(beats, len(x), FS_HZ)]) == pytest.approx(wanted, rel=0.25)


def test_a_stretch_with_few_beats_loses_the_average_beat_of_another():
    heart = heart_uv(100)
    truth = muscle_uv(3, len(heart))
    highpass = butter_sos(2, "high", 20.0, FS_HZ)
    x, wanted = zero_phase(highpass, heart + truth), zero_phase(highpass, truth)
    beats = find_beats(x, FS_HZ)
    resting = average_beat(x, beats, FS_HZ)
    first, end = 5000, 7000
    inside = (beats.places >= first) & (beats.places < end)
    short = Beats(beats.places[inside] - first, beats.per_min)
    assert 0 < len(short.places) < 5
    part = x[first:end]
    assert np.array_equal(subtract_beats(part, short, FS_HZ), part)
    assert rms(part) > 2 * rms(wanted[first:end])
    cleaned = subtract_beats(part, short, FS_HZ, resting)
    assert rms(cleaned) == pytest.approx(rms(wanted[first:end]), rel=0.35)
    assert average_beat(part, short, FS_HZ) is None


def test_without_beats_nothing_is_changed():
    x = muscle_uv(5, 10_000)
    none = find_beats(x, FS_HZ)
    assert none.reason
    assert np.array_equal(subtract_beats(x, none, FS_HZ), x)
    assert gate(none, len(x), FS_HZ).all()
    assert find_beats(x[:1000], FS_HZ).reason == "less than 4 s of signal"
