"""Two visits of a synthetic patient: the same muscles are no change, less activity is one."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from emgfeedback.core.montage import neck_montage
from emgfeedback.devices.virtual.levels import SILENT, NeckLevels, Phase, Six
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_compare import DIFFERENCE, OF_REFERENCE, Compared, compare
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS

FS_HZ = 1000.0
TURNS: dict[str, Six] = {
    "rotate-left": (0.0, 80.0, 0.0, 0.0, 60.0, 0.0),
    "rotate-right": (80.0, 0.0, 0.0, 0.0, 0.0, 60.0),
}
REFERENCES = {"SCM L": 120.0, "SCM R": 100.0, "UT L": 150.0, "UT R": 150.0}
OVERACTIVE: Six = (26.0, 0.0, 0.0, 0.0, 0.0, 18.0)
TREATED: Six = (5.0, 0.0, 0.0, 0.0, 0.0, 18.0)
"""The left SCM at a fifth, the right splenius as it was."""


@cache
def visit(seed: int, tonic_uv: Six = OVERACTIVE) -> dict[str, Any]:
    """Return a visit with rest, the head let go and three repeats of turning both ways."""
    phases, marks = [Phase("", 2.5, 0.02, 0.0)], []

    def go(seconds: float, tonic: float, uv: Six = SILENT) -> None:
        phases.append(Phase("", seconds, tonic, 0.0, uv))

    def mark(text: str) -> None:
        marks.append(Stretch(sum(phase.duration_s for phase in phases), 0.0, text))

    for task, tonic in (("rest-supported", 0.02), ("let-go", 1.0)):
        go(1.5, tonic)
        mark(f"task {task} 1 hold")
        go(15.0, tonic)
        mark(f"task {task} 1 end")
    for task, uv in TURNS.items():
        for repeat in (1, 2, 3):
            go(1.5, 1.0, uv)
            mark(f"task {task} {repeat} hold")
            go(4.0, 1.0, uv)
            mark(f"task {task} {repeat} end")
    for label, reference_uv in REFERENCES.items():
        mark(f"calibration rvc_test {label} {reference_uv:.2f} uV")
    levels = NeckLevels(
        rest_uv=(2.0, 2.2, 2.5, 2.2, 2.0, 1.8), tonic_uv=tonic_uv, tremor_uv=SILENT,
        phasic_uv=SILENT, ecg_uv=SILENT, mains_uv=SILENT, white_uv=0.8, crosstalk=0.0,
        jerks_per_s=0.0, motions_per_s=0.0, story=tuple(phases),
    )  # fmt: skip
    n = round(sum(phase.duration_s for phase in phases) * FS_HZ)
    channels = neck_montage().channels
    source = HeldSamples(NeckSignal(levels, seed=seed).take(0, n), FS_HZ, channels,
                         annotations=marks, lsb_uv=np.full(6, 0.1))  # fmt: skip
    return assess(source, MOVEMENTS).as_dict()


def told(now: dict[str, Any], then: dict[str, Any]) -> list[Compared]:
    return [row for row in compare(now, then).rows if row.verdict != "unknown"]


def test_the_same_muscles_on_another_day_are_no_change() -> None:
    rows = told(visit(1), visit(0))
    assert len(rows) > 15
    changed = [row for row in rows if row.verdict != "within chance"]
    assert len(changed) <= 1, "one in twenty may be chance"


def test_a_muscle_at_a_fifth_of_its_activity_is_lower_and_no_other_is() -> None:
    rows = told(visit(3, TREATED), visit(0))
    lower = {(row.title, row.label, row.task) for row in rows if row.verdict == "lower"}
    assert (OF_REFERENCE, "SCM L", "let-go") in lower
    assert (DIFFERENCE, "SCM L / SCM R", "let-go") in lower
    others = [row for row in rows if "SCM L" not in row.label and row.verdict != "within chance"]
    assert others == []
