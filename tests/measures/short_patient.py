"""A short synthetic recording before injections: a minute, one of everything a screen shows.

Left SCM and right splenius overactive with a tremor of 5 Hz, a trick that lessens both, the left
splenius' electrode loose; SCM and trapezius have reference contractions, splenius has none.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np

from emgfeedback.core.montage import neck_montage
from emgfeedback.devices.virtual.levels import SILENT, NeckLevels, Phase, Six
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.devices.virtual.source import Adc
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS

FS_HZ = 1000.0
LOOSE = 4
REFERENCES = {"SCM L": 120.0, "SCM R": 100.0, "UT L": 150.0, "UT R": 150.0}
STILL = (("rest-supported", 9.0, 0.02, 0.0), ("let-go", 12.0, 1.0, 1.0))
TURNS: dict[str, Six] = {
    "rotate-left": (0.0, 80.0, 0.0, 0.0, 60.0, 0.0),
    "rotate-right": (80.0, 0.0, 0.0, 0.0, 0.0, 60.0),
}
LEVELS: dict[str, Any] = {
    "rest_uv": (2.0, 2.2, 2.5, 2.2, 2.0, 1.8),
    "tonic_uv": (26.0, 0.0, 0.0, 0.0, 0.0, 18.0),
    "tremor_uv": (14.0, 0.0, 0.0, 0.0, 0.0, 8.0),
    "phasic_uv": SILENT,
    "ecg_uv": SILENT,
    "mains_uv": SILENT,
}


def script() -> tuple[list[Phase], list[Stretch]]:
    """Return the patient's story and the marks set in it."""
    phases = [Phase("", 2.5, 0.02, 0.0)]
    marks: list[Stretch] = []

    def go(seconds: float, tonic: float, tremor: float = 0.0, uv: Six = SILENT) -> None:
        phases.append(Phase("", seconds, tonic, tremor, uv))

    def mark(text: str) -> None:
        marks.append(Stretch(sum(phase.duration_s for phase in phases), 0.0, text))

    for task, seconds, tonic, tremor in STILL:
        go(1.5, tonic, tremor)
        mark(f"task {task} 1 hold")
        go(seconds, tonic, tremor)
        mark(f"task {task} 1 end")
    for task, uv in TURNS.items():
        mark(f"task {task} 1 out")
        go(2.0, 1.0, 0.0, uv)
        mark(f"task {task} 1 hold")
        go(4.0, 1.0, 0.0, uv)
        mark(f"task {task} 1 back")
        go(2.0, 1.0)
        mark(f"task {task} 1 end")
    for with_trick, tonic in (("without", 1.0), ("with", 0.4)):
        go(1.5, tonic)
        mark(f"trick {with_trick} start")
        go(7.0, tonic)
        mark("trick end")
    for label, uv in REFERENCES.items():
        mark(f"calibration rvc_test {label} {uv:.2f} uV")
    go(1.0, 0.02)
    return phases, marks


@cache
def recording() -> HeldSamples:
    """Return the recording, as counts of the board in microvolts."""
    phases, marks = script()
    levels = NeckLevels(
        **LEVELS, white_uv=0.8, crosstalk=0.0, jerks_per_s=0.0, motions_per_s=0.0,
        story=tuple(phases),
    )  # fmt: skip
    samples_uv = NeckSignal(levels, seed=3).take(
        0, round(sum(phase.duration_s for phase in phases) * FS_HZ)
    )
    adc = Adc(bits=14, gain=1000)
    counts = np.rint(samples_uv / adc.lsb_uv)
    counts[:, LOOSE] = adc.full_scale_counts / 2
    return HeldSamples(
        counts * adc.lsb_uv, FS_HZ, neck_montage().channels, annotations=marks,
        lsb_uv=np.full(6, adc.lsb_uv), full_scale_counts=adc.full_scale_counts,
    )  # fmt: skip


@cache
def _text() -> str:
    return json.dumps(assess(recording(), MOVEMENTS).as_dict())


def assessed() -> dict[str, Any]:
    """Return the assessment as it is read back from its file, each time anew."""
    told: dict[str, Any] = json.loads(_text())
    return told
