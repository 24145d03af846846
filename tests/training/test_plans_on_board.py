"""Every shipped plan, whole, from the virtual board's bytes to the summary."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.engine.pipeline import Pipeline
from emgfeedback.engine.replay import Replay
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter
from emgfeedback.training.now import Mode
from emgfeedback.training.plan import PLANS, Plan, load_plan
from emgfeedback.training.plan_steps import Calibration, End, Prompt, Trials, Trick
from emgfeedback.training.plan_target import TargetPlan
from tests.training.board_session import OVERACTIVE, Session

QUICK = StreamSettings(fs_hz=500, n_channels=4)
"""A board of half the rate and two pairs: the same code in less time."""
FORBIDDEN = ("diagnos", "cure", "inject", "dystonic")
LEAST_SUCCESS_PCT = {
    Mode.RELAX.value: 55,
    Mode.CONTRAST.value: 75,
    Mode.BALANCE.value: 30,
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("path", sorted(PLANS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_plan_runs_whole(path: Path) -> None:
    plan = load_plan(path)
    session = Session(plan, stream=QUICK)
    run = session.to_end()
    plan = run.plan
    summary = json.loads(json.dumps(run.summary(), allow_nan=False))

    assert summary["finished"]
    assert [step["skipped"] for step in summary["steps"] if step["skipped"]] == []
    assert set(summary["paused_reasons"]) <= {"settling"}
    n_trials = sum(
        step.n_trials + step.retention for step in plan.steps if isinstance(step, Trials)
    )
    assert len(summary["trials"]) == n_trials
    for trial in summary["trials"]:
        assert trial["excluded_pct"] == 0 or trial["mode"] == Mode.BALANCE.value
        assert trial["success_pct"] >= LEAST_SUCCESS_PCT[trial["mode"]]

    planned = [step for step in plan.steps if isinstance(step, Calibration)]
    assert len(summary["calibrations"]) == len(planned)
    for calibration in summary["calibrations"]:
        contraction = calibration["method"] != "rest"
        for channel in calibration["channels"]:
            low, high = (50, 130) if contraction else (1, 30)
            assert low < channel["value_uv"] < high

    for trick in summary["tricks"]:
        overactive = trick["effect"][trick["channels"].index("SCM R")]
        assert overactive["index_pct"] > 50
        assert overactive["marked"]
        assert overactive["longest_marked_s"] >= 5

    texts = [event.text for event in session.events]
    assert texts[-1] == "training end"
    assert [event.sample for event in session.events] == sorted(
        event.sample for event in session.events
    )
    told = (summary["patient_sentence"] + summary["next_step"]).lower()
    assert told
    assert not [word for word in FORBIDDEN if word in told]


def replay_plan() -> Plan:
    """Return a plan of every part that decides something, which goes on by itself."""
    return Plan(
        name="p",
        title="P",
        auto=True,
        steps=(
            Prompt(seconds=5),
            Calibration(method="rest", channels=("trapezius left", "trapezius right"), seconds=20),
            Trials(
                target=TargetPlan(
                    mode=Mode.RELAX,
                    quiet=("trapezius left", "trapezius right"),
                    below="1.3 x rest",
                ),
                n_trials=2,
                trial_s=10,
                rest_s=5,
                probe_every=0,
                retention=False,
                shaping="adapt",
            ),
            Trials(
                target=TargetPlan(mode=Mode.BALANCE, muscle="trapezius", movement="midline"),
                n_trials=1,
                trial_s=10,
                rest_s=5,
                probe_every=0,
                retention=False,
            ),
            Trick(channels=("scm left", "scm right"), repeats=1, rest_s=3, seconds=8),
            End(),
        ),
    )


@pytest.mark.timeout(400)
def test_a_replayed_session_scores_the_same_in_blocks_of_any_size(tmp_path: Path) -> None:
    plan = replay_plan()
    path = tmp_path / "session.bdf"
    writers: list[RecordingWriter] = []

    def begin(info: DeviceInfo, montage: Montage) -> None:
        started = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        writers.append(RecordingWriter.create(path, RecordingFacts(montage, info, started, "0")))

    session = Session(plan, "loose=4@45+3", "gap=700@70")
    live = session.to_end(
        started=begin,
        record=lambda block: writers[0].append(block),  # noqa: PLW0108 - there is no writer before `begin`
    )
    writers[0].finish()
    assert {"gap", "quality"} <= set(live.summary()["paused_reasons"])

    summaries = [replayed(path, plan, block_s) for block_s in (0.004, 0.02, 0.1, 0.25)]
    assert summaries[0]["finished"]
    assert summaries[0]["trials"]
    for summary in summaries[1:]:
        assert same(summary) == same(summaries[0])
    assert scores(summaries[0]) == pytest.approx(scores(live.summary()), abs=0.5)


def same(value: Any) -> Any:
    """Return `value` with its numbers to nine digits: sums of other pieces round otherwise."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: same(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [same(part) for part in value]
    return value


def replayed(path: Path, plan: Plan, block_s: float) -> dict[str, Any]:
    with open_recording(path) as recording:
        replay = Replay(recording)
        pipeline = Pipeline(replay.info, replay.montage, replay.info.fs_hz)
        pipeline.start_run(plan, OVERACTIVE, "replay")
        run = pipeline.run
        assert run is not None
        for block in replay.blocks(block_s):
            pipeline.process(block)
        run.stop("the recording ended")
    return run.summary()


def scores(summary: dict[str, Any]) -> list[float]:
    return [trial[key] for trial in summary["trials"] for key in ("success_pct", "excluded_s")]
