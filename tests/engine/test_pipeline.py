"""The pipeline: same numbers for any block size, nothing earned or shown from a bad channel."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import neck_montage
from emgfeedback.core.quality import Finding, Level
from emgfeedback.engine.pipeline import Pipeline
from emgfeedback.training.relax import TargetState

FS = 1000.0
INFO = DeviceInfo(
    driver="emgfeedback",
    board="test",
    firmware="1",
    n_channels=6,
    fs_hz=FS,
    full_scale_counts=4096,
    vref_mv=5000.0,
    sensor_gain=5000.0,
    max_channels=6,
)


def counts(level_uv: list[float], seconds: float, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 1, (round(seconds * FS), 6)) * level_uv
    codes = np.round(noise / INFO.lsb_uv() + INFO.midpoint_counts)
    return np.clip(codes, 0, 4095).astype(np.int32)


def block(samples: np.ndarray, first: int, gap: Gap | None = None) -> Block:
    return Block(samples, Unit.COUNTS, FS, first, gap, np.zeros(6, bool))


def run(pipeline: Pipeline, samples: np.ndarray, first: int = 0, size: int = 20) -> int:
    for at in range(0, len(samples), size):
        part = samples[at : at + size]
        pipeline.process(block(part, first + at))
    return first + len(samples)


LOUD_LEFT = [60.0, 20.0, 10.0, 10.0, 5.0, 5.0]


def test_levels_and_differences_are_those_of_the_signal() -> None:
    pipeline = Pipeline(INFO, neck_montage(), FS)
    run(pipeline, counts(LOUD_LEFT, 6.0))
    channels, pairs = pipeline.channels(), pipeline.pairs()
    assert all(c.verdict.usable for c in channels)
    passed = np.sqrt((400 - 30) / 500)
    assert channels[0].level_uv == pytest.approx(60 * passed, rel=0.15)
    assert channels[1].level_uv == pytest.approx(20 * passed, rel=0.15)
    assert pairs[0].asymmetry_pct == pytest.approx(50, abs=6)
    assert pairs[1].asymmetry_pct == pytest.approx(0, abs=8)


@pytest.mark.parametrize("size", [1, 7, 250, 6000])
def test_block_size_changes_nothing(size: int) -> None:
    samples = counts(LOUD_LEFT, 6.0)
    plain, other = (Pipeline(INFO, neck_montage(), FS) for _ in range(2))
    for pipeline, n in ((plain, 20), (other, size)):
        pipeline.target.set_threshold(1, 20.0)
        pipeline.target.start()
        run(pipeline, samples, size=n)
    for a, b in zip(plain.channels(), other.channels(), strict=True):
        assert a.level_uv == pytest.approx(b.level_uv, rel=1e-9)
        assert a.verdict == b.verdict
    for a, b in zip(plain.pairs(), other.pairs(), strict=True):
        assert (a.reason, a.left_uv) == (b.reason, pytest.approx(b.left_uv, rel=1e-9))
        assert (a.asymmetry_pct or 0.0) == pytest.approx(b.asymmetry_pct or 0.0, rel=1e-9)
    if size <= 250:
        assert plain.target.now().time_in_target_s == pytest.approx(
            other.target.now().time_in_target_s, abs=size / FS
        )


@pytest.mark.parametrize(
    ("broken", "finding"),
    [
        (lambda x: np.full_like(x, 2048), Finding.FLAT),
        (lambda x: np.full_like(x, 4095), None),
        (
            lambda x: np.clip(
                2048 + 1500 * np.sin(2 * np.pi * 50 * np.arange(len(x)) / FS), 0, 4095
            ).astype(np.int32),
            None,
        ),
    ],
    ids=["flat", "railed", "hum"],
)
def test_a_broken_channel_mutes_and_never_reads_as_relaxed(broken, finding) -> None:
    pipeline = Pipeline(INFO, neck_montage(), FS)
    quiet = [8.0] * 6
    end = run(pipeline, counts(quiet, 4.0))
    for channel in (0, 1):
        pipeline.target.set_threshold(channel, 20.0)
    pipeline.target.start()
    end = run(pipeline, counts(quiet, 5.0, 2), end)
    earned = pipeline.target.now().time_in_target_s
    assert earned > 3.5
    bad = counts(quiet, 10.0, 3)
    bad[:, 1] = broken(bad[:, 1])
    end = run(pipeline, bad, end)
    now = pipeline.target.now()
    channel = pipeline.channels()[1]
    assert channel.verdict.level is Level.BAD
    assert finding is None or channel.verdict.finding is finding
    assert (channel.level_uv, channel.control_uv, channel.in_target) == (None, None, None)
    assert now.state is TargetState.PAUSED
    assert now.paused_channels == (1,)
    assert now.time_in_target_s <= earned + 1.0
    assert pipeline.pairs()[0].asymmetry_pct is None
    assert pipeline.pairs()[0].reason == "quality"
    assert pipeline.traces.since(0)[-1].muted.tolist() == [False, True] + [False] * 4
    assert any(event.text.startswith("quality SCM R bad") for event in pipeline.events)
    run(pipeline, counts(quiet, 8.0, 4), end)
    assert pipeline.target.now().state is TargetState.RUNNING
    assert pipeline.target.now().time_in_target_s > earned + 3.0


def test_a_target_started_on_a_bad_channel_is_never_seen_running() -> None:
    pipeline = Pipeline(INFO, neck_montage(), FS)
    bad = counts([8.0] * 6, 6.0)
    bad[:, 1] = 4095
    end = run(pipeline, bad[:4000])
    pipeline.target.set_threshold(1, 20.0)
    pipeline.target.start()
    for at in range(4000, 6000, 20):
        now = pipeline.target.now()
        assert (now.state, now.paused_channels) == (TargetState.PAUSED, (1,))
        end = run(pipeline, bad[at : at + 20], end)


def test_only_a_bad_verdict_mutes_a_trace_and_settling_is_left_blank() -> None:
    pipeline = Pipeline(INFO, neck_montage(), FS)
    end = run(pipeline, counts([8.0] * 6, 4.0))
    gap = Gap(end, 3000, GapReason.RECONNECT)
    pipeline.process(block(counts([8.0] * 6, 0.02), end + 3000, gap))
    run(pipeline, counts([8.0] * 6, 3.0), end + 3020)
    chunks = pipeline.traces.since(0)
    assert not any(chunk.muted.any() for chunk in chunks)
    assert not chunks[0].valid.any()
    after_gap = next(chunk for chunk in chunks if chunk.first_sample == end + 3000)
    assert not after_gap.valid.any()
    assert chunks[-1].valid.all()


def test_a_gap_is_left_out_and_the_target_resumes() -> None:
    pipeline = Pipeline(INFO, neck_montage(), FS)
    pipeline.target.set_threshold(0, 30.0)
    pipeline.target.start()
    quiet = [8.0] * 6
    end = run(pipeline, counts(quiet, 5.0))
    gap = Gap(end, 2000, GapReason.RECONNECT)
    pipeline.process(block(counts(quiet, 0.02), end + 2000, gap))
    assert pipeline.channels()[0].level_uv is None
    before = pipeline.target.now()
    run(pipeline, counts(quiet, 5.0, 5), end + 2020)
    after = pipeline.target.now()
    assert after.time_excluded_s >= 2.0
    assert after.time_scored_s > before.time_scored_s + 2.5
    scored_and_left_out = after.time_scored_s + after.time_excluded_s
    assert scored_and_left_out == pytest.approx(12.02, abs=1.1)


def test_purpose_changes_the_filters_in_words_and_numbers() -> None:
    pipeline = Pipeline(INFO, neck_montage(), FS)
    assert "30 Hz" in pipeline.settings.facts()
    pipeline.set_purpose("activation")
    assert "20 Hz" in pipeline.settings.facts()
    run(pipeline, counts(LOUD_LEFT, 0.02))
    assert pipeline.channels()[0].level_uv is None


def test_filters_follow_a_rate_that_is_really_off() -> None:
    pipeline = Pipeline(INFO, neck_montage(), FS)
    end = run(pipeline, counts(LOUD_LEFT, 3.0))
    pipeline.follow_rate(1001.0)
    run(pipeline, counts(LOUD_LEFT, 0.02), end)
    assert pipeline.channels()[0].level_uv is not None
    pipeline.follow_rate(990.0)
    run(pipeline, counts(LOUD_LEFT, 0.02), end + 20)
    assert pipeline.channels()[0].level_uv is None


def test_impossible_filters_are_refused_in_words() -> None:
    with pytest.raises(SettingsError, match="600"):
        Pipeline(INFO, neck_montage(), FS, filter_changes={"lowpass_hz": 600.0})


def test_strong_hum_switches_the_notch_on_and_says_so() -> None:
    pipeline = Pipeline(INFO, neck_montage(), FS)
    samples = counts([10.0] * 6, 12.0).astype(float)
    t = np.arange(len(samples)) / FS
    samples += 14.0 / INFO.lsb_uv() * np.sin(2 * np.pi * 50 * t)[:, None]
    run(pipeline, np.round(samples).astype(np.int32))
    assert pipeline.settings.notch_hz == pytest.approx(50, abs=0.3)
    assert any("notch 50" in event.text for event in pipeline.events)
    assert pipeline.channels()[0].level_uv == pytest.approx(10 * np.sqrt(370 / 500), rel=0.25)
