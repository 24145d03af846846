"""The pipeline with boards whose rate is not as declared, and with sensors that send envelopes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.engine.pipeline import Pipeline

P2 = DeviceInfo(
    driver="openeeg_p2",
    board="shield",
    firmware="P2",
    n_channels=2,
    fs_hz=256.0,
    full_scale_counts=1024,
    vref_mv=5000.0,
    sensor_gain=2848.0,
)
TRUE_HZ = 249.39
SECONDS = 24


def feed(pipeline: Pipeline, counts: np.ndarray) -> None:
    for at in range(0, len(counts), 16):
        rows = counts[at : at + 16].astype(np.int32)
        nothing = np.zeros(rows.shape[1], bool)
        pipeline.process(Block(rows, Unit.COUNTS, pipeline.fs_hz, at, None, nothing))


def hum_and_noise(seconds: float) -> np.ndarray:
    t_s = np.arange(round(seconds * TRUE_HZ)) / TRUE_HZ
    noise = np.random.default_rng(3).normal(0, 4.0, (len(t_s), 2))
    return np.rint(512 + 60 * np.sin(2 * np.pi * 50 * t_s)[:, None] + noise)


def test_filters_and_the_notch_follow_the_true_rate() -> None:
    pipeline = Pipeline(P2, neck_montage(2), P2.fs_hz)
    pipeline.follow_rate(TRUE_HZ)
    feed(pipeline, hum_and_noise(SECONDS))
    assert pipeline.settings.lowpass_hz == pytest.approx(0.45 * TRUE_HZ)
    assert pipeline.settings.notch_hz == pytest.approx(50.0, abs=0.05)
    assert "designed for 249.39 Hz" in pipeline.events[0].text
    last = pipeline.traces.since(0)[-1]
    left = np.sqrt(np.mean(np.square(last.filtered_uv[-16:]))) / P2.lsb_uv()
    assert left < 6.0, "the hum of 42 counts is gone, the noise is left"


def test_at_the_declared_rate_the_notch_would_miss() -> None:
    pipeline = Pipeline(P2, neck_montage(2), P2.fs_hz)
    feed(pipeline, hum_and_noise(SECONDS))
    assert pipeline.settings.notch_hz is None or abs(pipeline.settings.notch_hz - 50.0) > 0.5


def test_a_rate_no_filter_fits_leaves_those_there_are(expected_log: list[str]) -> None:
    expected_log.append("filters cannot follow 60.00 Hz")
    pipeline = Pipeline(P2, neck_montage(2), P2.fs_hz)
    before = pipeline.settings
    pipeline.follow_rate(60.0)
    pipeline.follow_rate(60.0)
    assert pipeline.settings is before


def test_a_chosen_filter_that_no_longer_fits_stays_as_it_is_told(expected_log: list[str]) -> None:
    expected_log.append("filters cannot follow 150.00 Hz")
    pipeline = Pipeline(P2, neck_montage(2), P2.fs_hz, filter_changes={"lowpass_hz": 80.0})
    before = pipeline.settings
    pipeline.follow_rate(150.0)
    assert pipeline.settings is before


def test_an_envelope_is_shown_as_it_comes() -> None:
    info = replace(P2, fs_hz=50.0, full_scale_counts=65536, vref_mv=65536.0, envelope_only=True)
    info = replace(info, sensor_gain=1.0)
    pipeline = Pipeline(info, neck_montage(2), info.fs_hz)
    rng = np.random.default_rng(5)
    level = np.array([40.0, 20.0])
    feed(pipeline, np.rint(32768 + level + rng.normal(0, 2, (600, 2))))
    channels = pipeline.channels()
    assert [c.level_uv for c in channels] == [
        pytest.approx(40_000, rel=0.1),
        pytest.approx(20_000, rel=0.1),
    ]
    assert pipeline.settings.notch_hz is None
    assert "no filters" in pipeline.settings.facts()
    assert pipeline.pairs()[0].asymmetry_pct == pytest.approx(33.3, abs=4)
    pipeline.set_purpose("activation")
    assert "no filters" in pipeline.settings.facts()
