"""Sensors told by their tasks while the plan runs, and the plan fitted to the sensors there are."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import Side, neck_montage
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.now import Phase, StepKind
from emgfeedback.training.plan import PLANS, load_plan
from emgfeedback.training.plan_movement import Movement
from emgfeedback.training.plan_steps import Calibration, Quality, Trick
from tests.training.clinic import REST_UV, WORK_UV, Clinic, clinic, small_plan

SPLENIUS = ("splenius left", "splenius right")
SHIPPED = load_plan(PLANS / "recording-before-injections.toml")
IN_PLACE = [0, 1, 2, 3, 4, 5]
TESTS = [
    Movement(movement=name, hold_s=3, auto=True)
    for name in ("shrug-left", "shrug-right", "palm-left", "palm-right")
]


@pytest.fixture
def here() -> Clinic:
    made = clinic(small_plan(*TESTS, Movement(movement="neutral")))
    made.follow = False
    return made


def go_through(here: Clinic, order: list[int]) -> None:
    """Do the tasks that tell the sensors; `order` is where each one sits."""
    channels = here.run.montage.channels
    while (now := here.run.now()).step < len(TESTS):
        works = MOVEMENTS[TESTS[now.step].movement].active if now.phase is Phase.WORK else ()
        true = [WORK_UV if (c.muscle, c.side) in works else REST_UV for c in channels]
        here.neck.level_uv = np.array([true[i] for i in order])
        here.feed()


def test_sensors_at_their_muscles_are_named_and_the_splenius_as_not_told(here: Clinic) -> None:
    go_through(here, IN_PLACE)
    assert here.run.now().cables == ""
    log = "\n".join(here.run.now().log)
    assert "Sensors identified by their tasks: SCM L, SCM R, UT L, UT R." in log
    assert "Sensors not identified: no task tests SPL L, SPL R; look at them." in log


@pytest.mark.parametrize(
    ("order", "labels"), [([1, 0, 2, 3, 4, 5], "SCM L and SCM R"), ([2, 1, 0, 3, 4, 5], "UT L")]
)
def test_a_swapped_cable_is_told_at_once_and_gone_when_mended(
    here: Clinic, order: list[int], labels: str
) -> None:
    go_through(here, order)
    assert labels in here.run.now().cables
    assert here.run.now().cables.count("swapped") == 1
    assert any(event.text.startswith("cable ") for event in here.run.events)
    for _ in TESTS:
        here.run.back()
    go_through(here, IN_PLACE)
    assert here.run.now().cables == ""


def test_a_plan_uses_the_splenius_where_there_are_sensors_for_it() -> None:
    six, four = (SHIPPED.fitted(neck_montage(n)) for n in (6, 4))
    assert set(six.places) - set(four.places) == set(SPLENIUS)
    methods = [
        [step.method for step in plan.steps if isinstance(step, Calibration)]
        for plan in (six, four)
    ]
    assert [m for m in methods[0] if m not in methods[1]] == ["rvc_splenius"]
    for plan, n in ((six, 6), (four, 4)):
        watched = [s for s in plan.steps if isinstance(s, Quality | Trick)]
        assert [len(step.channels) for step in watched] == [n, n]
        assert plan.digest == SHIPPED.digest
    assert {c.side for c in neck_montage(6).channels} == {Side.LEFT, Side.RIGHT}


def test_a_side_still_to_be_chosen_cannot_be_one_that_may_be_missing() -> None:
    with pytest.raises(ConfigError, match="`also` names 'scm overactive'"):
        Quality(also=("scm overactive",))


def test_parts_are_told_with_their_share_for_pictures_and_voice() -> None:
    here = clinic(small_plan(Movement(movement="tilt-left"), auto=True))
    seen: list[tuple[str, float, float]] = []
    while (now := here.act()).kind is StepKind.MOVEMENT:
        if now.movement is not None:
            seen.append((now.movement.part, now.movement.elapsed_s, now.movement.part_s))
        here.feed(100)
    assert [part for part, _, _ in seen] == ["ready"] * 6 + ["out"] * 4 + ["hold"] * 10 + [
        "back"
    ] * 4
    assert [at for part, at, _ in seen if part == "hold"] == pytest.approx(np.arange(0, 5, 0.5))
