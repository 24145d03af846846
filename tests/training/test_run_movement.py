"""Tasks that are recorded: their words, their markers, their time."""

from __future__ import annotations

import pytest

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import neck_montage
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.now import Phase, StepKind
from emgfeedback.training.plan import PLANS, load_plan
from emgfeedback.training.plan_movement import Movement
from tests.training.clinic import clinic, small_plan


def marks(events: list) -> list[str]:
    return [event.text for event in events if event.text.startswith("task ")]


def test_a_movement_goes_out_holds_and_comes_back_as_often_as_asked() -> None:
    step = Movement(movement="rotate-left", repeats=2, out_s=2, hold_s=5, back_s=2, rest_s=4)
    here = clinic(small_plan(step, auto=True))
    read: list[str] = []
    while (now := here.act()).kind is StepKind.MOVEMENT:
        if now.phase is not Phase.DONE and (not read or read[-1] != now.task):
            read.append(now.task)
        here.feed(250)
    out, hold, back = (getattr(MOVEMENTS["rotate-left"], name) for name in ("out", "hold", "back"))
    assert read == [out, hold, back, "Rest in the middle", out, hold, back]
    events = [event for event in here.run.events if event.text.startswith("task ")]
    assert [event.text for event in events] == [
        f"task rotate-left {n} {part}" for n in (1, 2) for part in ("out", "hold", "back", "end")
    ]
    samples = [event.sample for event in events]
    fs_hz = here.run.summary()["fs_hz"]
    assert [(s - samples[0]) / fs_hz for s in samples[1:4]] == [2, 7, 9]
    result = here.run.summary()["steps"][0]["result"]
    assert (result["repeats_done"], result["repeats"]) == (2, 2)
    assert set(result["unusable_pct"].values()) == {0.0}


def test_a_posture_is_held_once_and_an_unusable_channel_is_told() -> None:
    here = clinic(small_plan(Movement(movement="neutral", hold_s=10), auto=True))
    here.until(lambda now: now.phase is Phase.WORK)
    here.usable[2] = False
    here.until(lambda now: now.kind is not StepKind.MOVEMENT)
    assert marks(here.run.events) == ["task neutral 1 hold", "task neutral 1 end"]
    told = here.run.summary()["steps"][0]["result"]["unusable_pct"]
    assert told["UT L"] > 50
    assert told["SCM L"] == 0


def test_left_early_it_has_an_end_and_begun_anew_it_says_so() -> None:
    here = clinic(small_plan(Movement(movement="let-go", hold_s=30)))
    here.until(lambda now: now.phase is Phase.WORK)
    here.feed(3000)
    here.run.repeat()
    here.run.next()
    here.until(lambda now: now.phase is Phase.WORK)
    here.run.skip("in pain")
    assert marks(here.run.events) == [
        "task let-go 1 hold",
        "task let-go again",
        "task let-go 1 hold",
        "task let-go 1 end",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"movement": "rotate-lft"}, "no movement 'rotate-lft'.*rotate-left"),
        ({"repeats": 0}, "repeats 0 is outside 1 to 10"),
        ({"hold_s": 500}, "hold_s 500 is outside"),
    ],
)
def test_what_cannot_be_done_is_refused(changes: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Movement(**{"movement": "rotate-left", **changes})


def test_mirrored_tasks_mirror_their_muscles() -> None:
    for key, spoken in MOVEMENTS.items():
        if spoken.mirrored:
            other = MOVEMENTS[spoken.mirrored]
            assert other.mirrored == key
            assert other.direction is not spoken.direction
            flipped = {(muscle, "lr"["rl".index(side.value[0])]) for muscle, side in other.active}
            assert {(muscle, side.value[0]) for muscle, side in spoken.active} == flipped


@pytest.mark.parametrize("n_channels", [4, 6])
def test_the_shipped_recording_takes_eight_to_ten_minutes_with_the_sensors_there_are(
    n_channels: int,
) -> None:
    plan = load_plan(PLANS / "recording-before-injections.toml").fitted(neck_montage(n_channels))
    assert 8 <= plan.minutes <= 10
    assert len(plan.columns(neck_montage(n_channels))) == n_channels
    for key in (step.movement for step in plan.steps if isinstance(step, Movement)):
        assert MOVEMENTS[key].over
