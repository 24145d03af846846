"""Cables told by tasks, from the levels that are shown."""

from dataclasses import replace

import pytest

from emgfeedback.core.montage import Side, neck_montage
from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.engine.cable_check import CableCheck
from emgfeedback.engine.snapshot import ChannelNow, Snapshot

GOOD = Verdict(Level.GOOD, Finding.NONE)
LOOSE = Verdict(Level.BAD, Finding.LOOSE)
RIGHT = {"shrug-left": 2, "shrug-right": 3, "palm-left": 1, "palm-right": 0}


def shown(n_channels=6):
    return tuple(
        ChannelNow(c.label, c.muscle, c.side, GOOD, level_uv=2.0)
        for c in neck_montage(n_channels).channels
    )


def take(check, task, column, channels=None, *, every_samples=250):
    """Hold a task that the channel `column` answers."""
    channels = channels or shown()
    answering = tuple(replace(c, level_uv=40.0 if i == column else 2.0)
                      for i, c in enumerate(channels))  # fmt: skip
    check.begin(task, 0.0)
    done, at = 0.0, 0
    while done < 1.0:
        at += every_samples
        # Until the muscle follows, another one may still work.
        now = answering if at >= 700 else tuple(replace(c, level_uv=90.0) for c in channels)
        done = check.add(Snapshot(fs_hz=1000.0, end_sample=at, channels=now))


def checked(answers, channels=None, **options):
    check = CableCheck(channels or shown())
    assert set(check.tasks) == set(answers)
    for task in check.tasks:
        take(check, task, answers[task], channels, **options)
    return check.outcome()


@pytest.mark.parametrize("every_samples", [20, 250, 330])
def test_cables_in_place(every_samples):
    cables = checked(RIGHT, every_samples=every_samples)
    assert cables.wrong == ()
    assert cables.judged == ("SCM L", "SCM R", "UT L", "UT R")
    assert "SPL" in cables.reason


def test_two_swapped_cables_are_named():
    cables = checked(RIGHT | {"shrug-left": 3, "shrug-right": 2})
    assert {cable.label for cable in cables.wrong} == {"UT L", "UT R"}


def test_a_loose_electrode_is_not_judged():
    loose = tuple(
        replace(c, verdict=LOOSE) if (c.muscle, c.side) == ("scm", Side.LEFT) else c
        for c in shown()
    )
    cables = checked(RIGHT, loose)
    assert "SCM L" not in cables.judged
    assert "no task stands out in SCM L" in cables.reason


def test_only_tasks_of_muscles_there_are():
    assert CableCheck(shown(2)).tasks == ("palm-left", "palm-right")


def test_a_task_taken_again_replaces_the_first():
    check = CableCheck(shown())
    for task, column in (RIGHT | {"shrug-left": 5}).items():
        take(check, task, column)
    take(check, "shrug-left", RIGHT["shrug-left"])
    assert "UT L" in check.outcome().judged
