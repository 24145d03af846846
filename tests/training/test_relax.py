"""The relaxation target rewards only what can be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.core.errors import SettingsError
from emgfeedback.training.relax import RelaxTarget, TargetState

FS = 1000.0
ALL = np.array([True, True])
NONE_OK = np.array([True, False])
FLOORS = np.array([0.5, 0.5])


def control(left_uv: float, right_uv: float, n: int = 1000) -> np.ndarray:
    return np.tile([left_uv, right_uv], (n, 1))


def settled(n: int = 1000) -> np.ndarray:
    return np.ones(n, dtype=bool)


def running(threshold_uv: float = 10.0, confirm_s: float = 0) -> RelaxTarget:
    target = RelaxTarget(FS, 2, confirm_s)
    target.set_threshold(0, threshold_uv)
    target.set_threshold(1, threshold_uv)
    target.start()
    return target


def test_time_in_target_is_the_share_under_the_threshold() -> None:
    target = running()
    for level in (5.0, 5.0, 5.0, 20.0):
        target.process(control(level, 5.0), settled(), ALL)
        target.judged(ALL, FLOORS)
    now = target.now()
    assert (now.time_in_target_s, now.time_scored_s, now.time_excluded_s) == (3.0, 4.0, 0.0)
    assert now.in_target_pct == 75.0
    assert now.in_target is False


def test_every_watched_channel_must_be_under_its_threshold() -> None:
    target = running()
    target.process(control(5.0, 20.0), settled(), ALL)
    target.judged(ALL, FLOORS)
    assert target.now().time_in_target_s == 0.0
    target.set_threshold(1, None)
    target.process(control(5.0, 20.0), settled(), ALL)
    target.judged(ALL, FLOORS)
    assert target.now().time_in_target_s == 1.0


def test_a_channel_judged_bad_earns_nothing_and_pauses_by_name() -> None:
    target = running()
    target.process(control(0.0, 0.0), settled(), NONE_OK)
    now = target.now()
    assert now.state is TargetState.PAUSED
    assert (now.paused_reason, now.paused_channels) == ("quality", (1,))
    assert now.in_target is None
    assert (now.time_in_target_s, now.time_scored_s, now.time_excluded_s) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("seen", "reason", "blamed"),
    [
        (None, "quality", (0, 1)),
        ((settled(), NONE_OK), "quality", (1,)),
        ((~settled(), ALL), "settling", ()),
        ((settled(), ALL), "", ()),
    ],
    ids=["no signal yet", "bad channel", "settling", "good"],
)
def test_a_target_starts_held_by_what_was_last_seen(seen, reason, blamed) -> None:
    target = RelaxTarget(FS, 2)
    target.set_threshold(0, 10.0)
    target.set_threshold(1, 10.0)
    if seen is not None:
        target.process(control(5.0, 5.0), *seen)
    target.start()
    now = target.now()
    assert now.state is (TargetState.PAUSED if reason else TargetState.RUNNING)
    assert (now.paused_reason, now.paused_channels) == (reason, blamed)
    target.set_threshold(1, None)
    held = bool(set(blamed) - {1}) or reason == "settling"
    assert target.now().state is (TargetState.PAUSED if held else TargetState.RUNNING)


def test_a_target_goes_on_held_after_a_pause() -> None:
    target = running()
    target.process(control(5.0, 5.0), settled(), ALL)
    target.pause()
    target.process(control(5.0, 5.0), settled(), NONE_OK)
    target.start()
    assert target.now().paused_channels == (1,)


def test_the_second_before_a_bad_verdict_is_left_out() -> None:
    target = running(confirm_s=1.0)
    for _ in range(12):
        target.process(control(0.0, 0.0, 250), settled(250), ALL)
        target.judged(ALL, FLOORS)
    assert target.now().time_scored_s == 2.0
    target.process(control(0.0, 0.0, 250), settled(250), ALL)
    target.judged(NONE_OK, FLOORS)
    now = target.now()
    assert (now.time_in_target_s, now.time_scored_s, now.time_excluded_s) == (2.0, 2.0, 1.25)


def test_a_gap_leaves_out_itself_and_what_waited() -> None:
    target = running()
    target.process(control(0.0, 0.0, 500), settled(500), ALL)
    target.gap(250)
    target.judged(ALL, FLOORS)
    now = target.now()
    assert (now.time_scored_s, now.time_excluded_s) == (0.0, 0.75)
    assert now.in_target is None


def test_settling_filters_are_not_scored() -> None:
    target = running()
    valid = settled()
    valid[:400] = False
    target.process(control(0.0, 0.0), valid, ALL)
    target.judged(ALL, FLOORS)
    now = target.now()
    assert (now.time_in_target_s, now.time_excluded_s) == (0.6, 0.4)
    target.process(control(0.0, 0.0), np.zeros(1000, dtype=bool), ALL)
    assert target.now().paused_reason == "settling"


def test_pause_stops_scoring_and_start_goes_on() -> None:
    target = running()
    target.pause()
    target.process(control(5.0, 5.0), settled(), ALL)
    target.judged(ALL, FLOORS)
    assert target.now().time_scored_s == 0.0
    assert target.now().paused_reason == "user"
    target.start()
    target.process(control(5.0, 5.0), settled(), ALL)
    target.judged(ALL, FLOORS)
    assert target.now().time_scored_s == 1.0


def feed_baseline(target: RelaxTarget, values: np.ndarray, chunk: int) -> None:
    for at in range(0, len(values), chunk):
        part = values[at : at + chunk]
        target.process(part, settled(len(part)), ALL)
    target.judged(ALL, FLOORS)


@pytest.mark.parametrize("chunk", [1, 7, 100, 333, 4096])
def test_baseline_fixes_the_threshold_at_its_75th_percentile(chunk: int) -> None:
    values = np.random.default_rng(1).lognormal(np.log(15), 0.35, (30_100, 2))
    target = RelaxTarget(FS, 2, confirm_s=0)
    target.start_baseline(30.0, (0, 1))
    feed_baseline(target, values, chunk)
    assert target.now().state is TargetState.RUNNING
    expected = np.percentile(values[::100][:300], 75, axis=0)
    assert target.thresholds_uv == pytest.approx(expected, rel=1e-12)


def test_baseline_threshold_never_lies_in_the_noise() -> None:
    target = RelaxTarget(FS, 2, confirm_s=0)
    target.start_baseline(20.0, (0, 1))
    feed_baseline(target, np.full((20_100, 2), 0.2), 1000)
    assert target.thresholds_uv == (3.0, 3.0)
    target.start_baseline(20.0, (0, 1))
    for _ in range(21):
        target.process(control(0.2, 0.2), settled(), ALL)
    target.judged(ALL, np.array([4.0, 1.0]))
    assert target.thresholds_uv == (8.0, 3.0)


def test_baseline_waits_while_a_channel_is_bad_and_drops_what_it_doubts() -> None:
    target = RelaxTarget(FS, 2, confirm_s=1.0)
    target.start_baseline(20.0, (0, 1))
    for _ in range(10):
        target.process(control(5.0, 5.0), settled(), ALL)
        target.judged(ALL, FLOORS)
    assert target.now().progress == 0.5
    target.process(control(0.0, 0.0), settled(), ALL)
    target.judged(NONE_OK, FLOORS)
    assert target.now().progress == 0.5
    target.process(control(0.0, 0.0), settled(), NONE_OK)
    assert target.now().progress == 0.5
    assert target.now().paused_channels == (1,)
    for _ in range(11):
        target.process(control(5.0, 5.0), settled(), ALL)
        target.judged(ALL, FLOORS)
    assert target.now().state is TargetState.RUNNING
    assert target.thresholds_uv == (5.0, 5.0)


@pytest.mark.parametrize("value", [0.0, -1.0, 1e9])
def test_impossible_thresholds_are_refused(value: float) -> None:
    with pytest.raises(SettingsError, match="outside"):
        RelaxTarget(FS, 2).set_threshold(0, value)


@pytest.mark.parametrize("seconds", [1.0, 120.0])
def test_impossible_baselines_are_refused(seconds: float) -> None:
    with pytest.raises(SettingsError, match="20 to 40"):
        RelaxTarget(FS, 2).start_baseline(seconds, (0,))


def test_scores_do_not_depend_on_chunks() -> None:
    values = np.random.default_rng(2).uniform(0, 20, (5000, 2))
    totals = set()
    for chunk in (1, 13, 500, 5000):
        target = running()
        for at in range(0, 5000, chunk):
            part = values[at : at + chunk]
            target.process(part, settled(len(part)), ALL)
        target.judged(ALL, FLOORS)
        now = target.now()
        totals.add((now.time_in_target_s, now.time_scored_s))
    assert len(totals) == 1
