"""Hum goes, what is not hum stays, and a loose electrode is still found."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.montage import neck_montage
from emgfeedback.measures.analysis import analyze
from emgfeedback.measures.source import HeldSamples
from emgfeedback.measures.without_mains import LineFit, WithoutMains, line_of
from tests.measures.signals import emg_like

FS_HZ = 1000.0
CHANNELS = neck_montage(4).channels
N = 20_000


def tone(f_hz: float, rms_uv: float, n: int = N, phase: float = 0.4) -> np.ndarray:
    return np.sqrt(2) * rms_uv * np.sin(2 * np.pi * f_hz * np.arange(n) / FS_HZ + phase)


def muscles(levels_uv: tuple[float, ...] = (8.0, 8.0, 8.0, 8.0), seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.column_stack([level * emg_like(rng, N, FS_HZ) for level in levels_uv])


def held(samples_uv: np.ndarray, **more: object) -> HeldSamples:
    return HeldSamples(samples_uv, FS_HZ, CHANNELS, **more)


def rms(x: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean(np.square(x), axis=0))


@pytest.mark.parametrize(("f_hz", "left_uv"), [(50.0, 0.0), (49.8, 5.00)])
def test_regression_over_a_second_of_14_uv_hum(f_hz: float, left_uv: float) -> None:
    fit = LineFit(50.0, FS_HZ)
    phases = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    hum = np.column_stack([tone(f_hz, 20 / np.sqrt(2), 1000, p) for p in phases])
    assert rms(hum) == pytest.approx(14.14, rel=0.01)
    left = rms(hum - fit.hum(hum, np.ones(1000, dtype=bool)))
    assert left == pytest.approx(left_uv, rel=0.01, abs=1e-9)


def test_it_costs_the_muscle_a_hundredth_and_drift_nothing() -> None:
    clean = muscles() + np.linspace(0, 4000, N)[:, None]
    steady = np.random.default_rng(2).normal(0, 10, (1000, 400))
    fit = LineFit(50.0, FS_HZ)
    ramp = np.linspace(-500, 500, 1000)[:, None]
    every = np.ones(1000, dtype=bool)
    assert np.abs(fit.hum(ramp, every)).max() < 1e-9
    share = np.mean(np.square(steady - fit.hum(steady, every))) / 100
    assert share == pytest.approx(1 - 18 / 1000, abs=0.005), "two of a thousand for each line"
    assert line_of(held(clean)) is None
    unchanged = WithoutMains(held(clean))
    assert np.array_equal(unchanged.read_uv(300, 5000), clean[300:5000])
    assert unchanged.words == "no hum found, nothing subtracted"


def test_hum_at_its_own_frequency_with_harmonics_is_gone() -> None:
    clean = muscles()
    hum = tone(50.07, 10.0) + tone(150.21, 4.0)
    without = WithoutMains(held(clean + hum[:, None]))
    assert without.line_hz == pytest.approx(50.07, abs=0.01)
    assert "50.07 Hz" in without.words
    left = without.read_uv(0, N) - clean
    assert rms(left).max() < 1.6, "of 10.8 uV; the rest is the muscle's own at these lines"
    told = analyze(without)
    assert told["channels"][0]["quality"] == "good"
    with_it = analyze(held(clean + hum[:, None]))
    assert with_it["channels"][0]["quality_finding"] == "mains"


def test_any_piece_reads_the_same_and_the_last_part_second_too() -> None:
    source = held((muscles() + tone(60.0, 12.0)[:, None])[:7321])
    without = WithoutMains(source)
    assert without.line_hz == pytest.approx(60, abs=0.01)
    whole = without.read_uv(0, 7321)
    cuts = [0, 1, 999, 1000, 1001, 4500, 7300, 7321]
    pieces = [without.read_uv(a, b) for a, b in itertools.pairwise(cuts)]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_what_was_lost_tells_nothing_and_a_second_with_little_left_is_left_out() -> None:
    clean = muscles()
    samples = clean + tone(50.0, 10.0)[:, None]
    samples[3100:3400] = 1e5
    samples[5010:5990] = 1e5
    gaps = (Gap(3100, 300, GapReason.LINK), Gap(5010, 980, GapReason.LINK))
    found = WithoutMains(held(samples, gaps=gaps)).read_uv(0, N)
    assert rms(found[3000:3100] - clean[3000:3100]).max() < 3
    assert np.isnan(found[5000:6000]).all()
    assert np.isfinite(found[4000:5000]).all()
    assert np.isfinite(found[6000:]).all()


def test_a_loose_electrode_is_found_all_the_same() -> None:
    samples = muscles()
    samples += tone(50.0, 6.0)[:, None]
    samples[8000:, 2] += tone(50.0, 400.0)[8000:]
    told = analyze(WithoutMains(held(samples)))["channels"]
    assert (told[2]["quality"], told[2]["quality_finding"]) == ("bad", "loose")
    assert [told[c]["quality"] for c in (0, 1, 3)] == ["good"] * 3
