"""Faults in the middle of a trial: nothing is earned, the reason is told, it goes on."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.training.levels import Levels
from emgfeedback.training.now import Hold, Phase
from tests.training.clinic import (
    SECOND,
    block,
    clinic,
    in_work,
    small_plan,
)
from tests.training.targets_of_all_modes import TARGETS


@pytest.mark.parametrize("mode", sorted(TARGETS))
@pytest.mark.parametrize("fault", ["loose", "gap", "reconnect", "settling"])
def test_a_fault_in_any_mode_earns_nothing_and_passes(mode: str, fault: str) -> None:
    here = clinic(small_plan(block(mode, trial_s=20, n_trials=1)))
    here.until(in_work)
    for _ in range(8):
        here.feed()
        here.act()
    column = TARGETS[mode].places[0]
    channel = here.run.plan.columns(here.run.montage)[column]
    excluded_s = 3
    if fault == "loose":
        here.usable[channel] = False
        for _ in range(3):
            here.feed()
        now = here.run.now()
        assert now.hold is Hold.QUALITY
        assert now.hold_channels == (channel,)
        here.usable[channel] = True
    elif fault == "settling":
        here.valid = False
        for _ in range(3):
            here.feed()
        now = here.run.now()
        assert now.hold is Hold.SETTLING
        here.valid = True
    else:
        excluded_s = 3 if fault == "gap" else 90
        here.lose(excluded_s * SECOND)
        here.valid = False
        here.feed()
        excluded_s += 1
        now = here.run.now()
        assert now.hold is Hold.GAP
        here.valid = True
    assert now.feedback is not None
    assert now.feedback.inside is None
    assert now.feedback.distance is None
    here.feed()
    here.feed()
    after = here.run.now()
    assert after.hold is Hold.NONE
    assert after.feedback is not None
    assert after.feedback.visible
    here.to_end()
    (trial,) = here.run.summary()["trials"]
    reason = "quality" if fault == "loose" else "settling" if fault == "settling" else "gap"
    assert trial["paused_reasons"][reason] >= min(excluded_s, 3)
    assert trial["scored_s"] + trial["excluded_s"] == pytest.approx(
        20 + (excluded_s - 1 if fault in ("gap", "reconnect") else 0)
    )
    assert trial["scored_s"] <= 18
    assert trial["says_little"] is (fault == "reconnect")
    if fault == "reconnect":
        assert any("may be repeated" in words for words in here.run.now().log)


def test_the_second_before_a_bad_verdict_earns_nothing() -> None:
    here = clinic(small_plan(block(n_trials=1)))
    here.until(in_work)
    for _ in range(5):
        here.feed()
    here.neck.level_uv[:] = 0.01
    here.feed()
    here.usable[2] = False
    here.feed()
    here.usable[2] = True
    here.to_end()
    (trial,) = here.run.summary()["trials"]
    assert trial["paused_reasons"]["quality"] >= 2


def test_levels_through_other_filters_are_never_scored() -> None:
    here = clinic(small_plan(block("contrast")))
    here.until(in_work)
    assert here.run.wanted_purpose == "activation"
    while here.run.now().phase is Phase.WORK:
        control, filtered = here.neck.second()
        here.run.process(
            Levels(
                here.at, control, control, filtered, np.ones(SECOND, bool), here.usable, 0, "rest"
            )
        )
        here.at += SECOND
        here.run.judged(here.usable, np.ones(6))
    here.until(lambda now: now.phase in (Phase.COUNTDOWN, Phase.DONE))
    first = here.run.summary()["trials"][0]
    assert first["success_pct"] is None
    assert first["paused_reasons"] == {"settling": pytest.approx(10, abs=1.1)}


def test_trial_time_is_all_accounted_for() -> None:
    here = clinic(small_plan(block(n_trials=3, trial_s=12)))
    rng = np.random.default_rng(5)
    while not here.run.finished:
        here.act()
        here.usable[:] = rng.random() > 0.15
        here.valid = bool(rng.random() > 0.15)
        if rng.random() < 0.1:
            here.lose(int(rng.integers(1, 300)))
        here.feed(int(rng.integers(1, 400)))
    summary = here.run.summary()
    work_s = sum(t["scored_s"] + t["excluded_s"] for t in summary["trials"])
    assert work_s == pytest.approx(summary["seconds"]["work"])
    assert sum(summary["seconds"].values()) == pytest.approx(summary["elapsed_s"])
