"""The shipped plan, run on the virtual board and assessed from its own marks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import Block
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage, Side
from emgfeedback.devices.virtual.levels import Six
from emgfeedback.dsp.scale import Scaler
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_pairs import is_midline
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.now import Phase, RunNow
from emgfeedback.training.plan import load_plan
from emgfeedback.training.plan_movement import Movement
from tests.training.board_session import TONIC, Session

PLAN = Path(__file__).parents[2] / "configs" / "plans" / "recording-before-injections.toml"
WORK_UV = 70.0


class Moving(Session):
    """A patient who does what is asked with the muscles that usually do it."""

    montage: Montage

    def reaction(self, now: RunNow) -> tuple[float, Six]:
        step = self.plan.steps[now.step]
        if not isinstance(step, Movement) or now.phase is not Phase.WORK:
            return super().reaction(now)
        working = MOVEMENTS[step.movement].active
        a, b, c, d, e, f = (
            WORK_UV if (channel.muscle, channel.side) in working else 0.0
            for channel in self.montage.channels
        )
        return TONIC, (a, b, c, d, e, f)


@pytest.fixture(scope="module")
def recorded() -> HeldSamples:
    session = Moving(load_plan(PLAN))
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


def test_all_that_was_planned_is_measured(recorded: HeldSamples) -> None:
    told = assess(recorded, MOVEMENTS)
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
    for channel in told.channels:
        assert channel.excluded == ""
        assert channel.reference_uv.value is not None
        for name, task in told.tasks.items():
            values = task.muscles[channel.label]
            works = any(channel.muscle == m and channel.side == s.value for m, s in active(name))
            level = values["rms_uv"].value
            assert level is not None
            assert (level > WORK_UV / 2) == works, (name, channel.label, level)
            if works and MOVEMENTS[name].moves:
                assert 0 < (values["onset_s"].value or 0) < 0.6
    for name, task in told.tasks.items():
        found = task.pairs["SCM L / SCM R"]["asymmetry_pct"]
        assert (found.value is not None) == is_midline(MOVEMENTS[name])
    for label, effect in told.trick.items():
        assert (effect.index_pct.value or 0) > 15, label


def active(name: str) -> tuple[tuple[str, Side], ...]:
    return MOVEMENTS[name].active
