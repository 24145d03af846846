"""The shipped plan, run on the virtual board and assessed from its own marks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import Block
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage, Side
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.dsp.scale import Scaler
from emgfeedback.engine.demo_patient import DemoPatient
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_pairs import is_midline
from emgfeedback.measures.assessment_values import Assessment
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.now import RunNow
from emgfeedback.training.plan import load_plan
from emgfeedback.training.plan_movement import Movement
from tests.training.board_session import Session

PLAN = Path(__file__).parents[2] / "configs" / "plans" / "recording-before-injections.toml"
WORKING_UV = 30.0


class Demo(Session):
    """The plan on the demo's own patient, whose head is pulled to the left."""

    montage: Montage

    def __init__(self) -> None:
        super().__init__(load_plan(PLAN))
        self._patient = DemoPatient()
        self.board = self._patient.board()
        self._link = VirtualLink(self.board, step_s=0.25)

    def obey(self, now: RunNow) -> None:
        self._patient.listen(now)


@pytest.fixture(scope="module")
def recorded() -> HeldSamples:
    session = Demo()
    blocks: list[Block] = []
    scalers: list[Scaler] = []

    def started(info: DeviceInfo, montage: Montage) -> None:
        session.montage = montage
        scalers.append(Scaler(info, montage))

    session.to_end(started=started, record=blocks.append)
    fs_hz = blocks[0].fs_hz
    samples_uv = np.concatenate([scalers[0].to_uv(block).samples for block in blocks])
    assert len(samples_uv) == blocks[-1].end_sample, "nothing was lost"
    at = sorted({(event.sample, event.text) for event in session.events}, key=lambda e: e[0])
    marks = [Stretch(sample / fs_hz, 0.0, text) for sample, text in at]
    return HeldSamples(samples_uv, fs_hz, session.montage.channels, annotations=marks)


@pytest.fixture(scope="module")
def told(recorded: HeldSamples) -> Assessment:
    return assess(recorded, MOVEMENTS)


def test_it_takes_what_the_chooser_says(recorded: HeldSamples) -> None:
    took_min = recorded.n_samples / recorded.fs_hz / 60
    assert 8 <= took_min <= 10
    assert load_plan(PLAN).minutes == pytest.approx(took_min, rel=0.12)


def test_all_that_was_planned_is_measured(told: Assessment) -> None:
    planned = {s.movement: s.repeats for s in load_plan(PLAN).steps if isinstance(s, Movement)}
    assert {name: task.repeats for name, task in told.tasks.items()} == {
        "rest-supported": 1,
        **planned,
    }
    assert told.rest == "calibration at rest"
    assert told.cables.wrong == ()
    assert set(told.cables.judged) == {"SCM L", "SCM R", "UT L", "UT R"}
    assert told.cables.reason == "no task tests SPL L, SPL R"
    assert len(told.mirrored) == 2
    onsets_s: list[float | None] = []
    for channel in told.channels:
        assert channel.excluded == ""
        assert channel.reference_uv.value is not None
        for name, task in told.tasks.items():
            values = task.muscles[channel.label]
            works = any(channel.muscle == m and channel.side == s.value for m, s in active(name))
            level = values["rms_uv"].value
            assert level is not None
            if works:
                assert level > WORKING_UV, (name, channel.label)
            if works and MOVEMENTS[name].moves:
                onsets_s.append(values["onset_s"].value)
    found_s = [at_s for at_s in onsets_s if at_s is not None]
    assert all(0 < at_s < 1.5 for at_s in found_s)
    assert len(found_s) >= 0.75 * len(onsets_s), "a neck that pulls is at times active before"
    for name, task in told.tasks.items():
        found = task.pairs["SCM L / SCM R"]["asymmetry_pct"]
        assert (found.value is not None) == is_midline(MOVEMENTS[name])


def test_the_head_that_is_pulled_to_the_left_is_told_from_its_muscles(told: Assessment) -> None:
    def level(task: str, label: str) -> float:
        return told.tasks[task].muscles[label]["rms_uv"].value or 0.0

    for label in ("SCM R", "SPL L"):
        assert level("rest-supported", label) < level("neutral", label) < level("let-go", label)
        assert level("let-go", label) < level("dual-task", label)
    assert level("rotate-right", "SCM R") > 2 * level("palm-right", "UT R")
    assert told.tasks["let-go"].muscles["SCM R"]["tremor_hz"].value == pytest.approx(5, abs=1)
    assert (told.trick["SCM R"].index_pct.value or 0) > 30


def active(name: str) -> tuple[tuple[str, Side], ...]:
    return MOVEMENTS[name].active
