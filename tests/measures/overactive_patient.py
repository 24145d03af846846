"""A synthetic patient of known truth, for the tests of its assessment.

Left SCM and right splenius overactive, tremor of 5 Hz, a trick that halves both, heartbeats on
the left, the cables of left SCM and left trapezius swapped, the left splenius' electrode loose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.montage import neck_montage
from emgfeedback.devices.virtual.faults import FaultPlan
from emgfeedback.devices.virtual.levels import SILENT, NeckLevels, Phase, Six
from emgfeedback.devices.virtual.muscle import MUSCLE_CORNERS_HZ
from emgfeedback.devices.virtual.signal import NeckSignal, crosstalk_matrix
from emgfeedback.devices.virtual.source import Adc
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_cables import Uncrossed
from emgfeedback.measures.assessment_values import Assessment
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS

FS_HZ = 1000.0
LABELS = ("SCM L", "SCM R", "UT L", "UT R", "SPL L", "SPL R")
SWAPPED = [2, 1, 0, 3, 4, 5]
LOOSE = "SPL L"
CROSSTALK, WHITE_UV = 0.04, 0.8
SEED = 8
"""The overactivity wanders by a quarter; with this one the trick halves both all the same."""
BAND_HZ = 100.0
"""Effective bandwidth of the simulated EMG: an RMS over T seconds scatters by 1/(2 sqrt(B T))."""
REFERENCES = {"SCM L": 120.0, "SCM R": 100.0, "UT L": 150.0, "UT R": 150.0}
LEVELS = {
    "rest_uv": (2.0, 2.2, 2.5, 2.2, 2.0, 1.8),
    "tonic_uv": (26.0, 0.0, 0.0, 0.0, 0.0, 18.0),
    "tremor_uv": (14.0, 0.0, 0.0, 0.0, 0.0, 8.0),
    "phasic_uv": SILENT,
    "ecg_uv": (24.0, 0.0, 18.0, 0.0, 5.0, 0.0),
    "mains_uv": (0.3,) * 6,
}
TURNED_LEFT: Six = (0.0, 80.0, 0.0, 0.0, 60.0, 0.0)
TURNED_RIGHT: Six = (80.0, 0.0, 0.0, 0.0, 0.0, 60.0)
ALONE: dict[str, Six] = {
    "shrug-left": (0.0, 0.0, 120.0, 0.0, 0.0, 0.0),
    "shrug-right": (0.0, 0.0, 0.0, 120.0, 0.0, 0.0),
    "palm-left": (0.0, 90.0, 0.0, 0.0, 0.0, 0.0),
    "palm-right": (90.0, 0.0, 0.0, 0.0, 0.0, 0.0),
}
HOLDING = (*ALONE, "rest-supported", "let-go", "neutral", "rotate-left", "rotate-right", "flex")
HELD = {"rest-supported": (24.0, 0.02, 0.0), "let-go": (34.0, 1.0, 1.0), "neutral": (24, 0.5, 0.3)}


@dataclass
class Script:
    """The patient's story, and the marks set while it goes."""

    phases: list[Phase]
    marks: list[Stretch]
    now_s: float = 0.0

    def go(self, seconds: float, tonic: float, tremor: float = 0.0, uv: Six = SILENT) -> None:
        self.phases.append(Phase("", seconds, tonic, tremor, uv))
        self.now_s += seconds

    def mark(self, text: str) -> None:
        self.marks.append(Stretch(self.now_s, 0.0, text))

    def hold(self, task: str, seconds: float, tonic: float, tremor: float, uv: Six) -> None:
        self.go(2.5, tonic, tremor, uv)
        self.mark(f"task {task} 1 hold")
        self.go(seconds, tonic, tremor, uv)
        self.mark(f"task {task} 1 end")
        self.go(2.5, 0.02)

    def move(self, task: str, repeat: int, uv: Six) -> None:
        self.mark(f"task {task} {repeat} out")
        self.go(0.6, 1.0)
        self.go(1.9, 1.0, 0.0, uv)
        self.mark(f"task {task} {repeat} hold")
        self.go(4.5, 1.0, 0.0, uv)
        self.mark(f"task {task} {repeat} back")
        self.go(2.5, 1.0)
        self.mark(f"task {task} {repeat} end")
        self.go(1.0, 1.0)


def script() -> Script:
    told = Script([], [])
    told.go(3.0, 0.02)
    for task, uv in ALONE.items():
        told.hold(task, 3.0, 0.1, 0.0, uv)
    for task, (seconds, tonic, tremor) in HELD.items():
        told.hold(task, seconds, tonic, tremor, SILENT)
    for repeat in (1, 2):
        told.move("rotate-left", repeat, TURNED_LEFT)
    for repeat in (1, 2):
        told.move("rotate-right", repeat, TURNED_RIGHT)
    told.move("flex", 1, (50.0, 60.0, 0.0, 0.0, 0.0, 0.0))
    told.go(3.0, 1.0, 0.7)
    told.mark("trick without start")
    told.go(10.0, 1.0, 0.7)
    told.mark("trick end")
    told.mark("trick with start")
    told.go(1.0, 1.0, 0.7)
    told.go(2.0, 0.5, 0.35)
    told.mark("mark touch")
    told.go(9.0, 0.5, 0.35)
    told.mark("trick end")
    told.go(2.0, 0.02)
    for label, uv in REFERENCES.items():
        told.mark(f"calibration rvc_test {label} {uv:.2f} uV")
    return told


@dataclass(frozen=True)
class Patient:
    """What the program sees, and what was in it: RMS by sample, in the true order of muscles."""

    source: HeldSamples
    power_uv2: NDArray[np.float64]
    ordered_uv: NDArray[np.float64]
    heart_per_min: float

    def truth_uv(self, label: str, start_s: float, end_s: float) -> float:
        part = self.power_uv2[round(start_s * FS_HZ) : round(end_s * FS_HZ), LABELS.index(label)]
        return float(np.sqrt(part.mean()))

    def amplitudes(self, start_s: float, end_s: float) -> NDArray[np.float64]:
        """Return the ordered RMS `(n, 6)` before cross-talk and filters."""
        return self.ordered_uv[round(start_s * FS_HZ) : round(end_s * FS_HZ)]

    def course(self, label: str, start_s: float, end_s: float) -> NDArray[np.float64]:
        rows = slice(round(start_s * FS_HZ), round(end_s * FS_HZ))
        return np.sqrt(self.power_uv2[rows, LABELS.index(label)])

    def half_seconds(self, task: str) -> list[tuple[float, float]]:
        return [
            (a + k / 2, a + k / 2 + 0.5)
            for a, b in self.holds(task)
            for k in range(int(2 * (b - a)))
        ]

    def wholes(self, task: str) -> list[tuple[float, float]]:
        at = [m.onset_s for m in self.source.annotations if m.text.startswith(f"task {task} ")]
        return [(at[0], at[-1])]

    def holds(self, task: str) -> list[tuple[float, float]]:
        marks = self.source.annotations
        return [
            (mark.onset_s, after.onset_s)
            for mark, after in pairwise(marks)
            if mark.text.startswith(f"task {task} ") and mark.text.endswith("hold")
        ]

    def scatter(self, task: str) -> float:
        """Return three standard deviations of the estimate, and 1 % for the model's filters."""
        holds = self.holds(task)
        return 0.01 + 3 / (2 * np.sqrt(BAND_HZ * min(b - a for a, b in holds)))

    def held_uv(self, label: str, task: str) -> float:
        return float(np.median([self.truth_uv(label, *hold) for hold in self.holds(task)]))


def passed_share(corners_hz: tuple[float, float] | None) -> float:
    """Return the share of power the published responses of the live filters leave.

    Of EMG of the simulation's spectrum (Stulen and De Luca 1981), or of white noise.
    """
    f_hz = np.linspace(0.5, FS_HZ / 2, 2000)
    density = np.ones_like(f_hz)
    if corners_hz is not None:
        low_hz, high_hz = corners_hz
        density = f_hz**2 / ((f_hz**2 + low_hz**2) * (f_hz**2 + high_hz**2) ** 2)
    highpass = f_hz**4 / (f_hz**4 + 20.0**4)
    lowpass = 1 / (1 + (f_hz / 400.0) ** 8)
    return float(np.sum(density * highpass * lowpass) / np.sum(density))


@cache
def patient() -> Patient:
    told = script()
    levels = NeckLevels(
        **LEVELS,
        white_uv=WHITE_UV,
        crosstalk=CROSSTALK,
        jerks_per_s=0.0,
        motions_per_s=0.0,
        story=tuple(told.phases),
    )
    neck = NeckSignal(levels, seed=SEED, keep_truth=True)
    n = round(told.now_s * FS_HZ)
    at_electrodes = neck.take(0, n)
    adc = Adc(bits=14, gain=1000)
    codes = np.rint(at_electrodes / adc.lsb_uv + adc.full_scale_counts / 2).astype(np.int32)
    plan = FaultPlan([f"loose={1 + LABELS.index(LOOSE)}"])
    codes = plan.on_codes(codes[:, SWAPPED], np.arange(n) / FS_HZ, adc)
    source = HeldSamples(
        (codes - adc.full_scale_counts / 2) * adc.lsb_uv,
        FS_HZ,
        neck_montage().channels,
        annotations=told.marks,
        lsb_uv=np.full(6, adc.lsb_uv),
        full_scale_counts=adc.full_scale_counts,
    )
    amplitudes_uv = np.concatenate(neck.truth.amplitudes_uv)[:n]
    shares = np.array([passed_share(corners_hz) for corners_hz in MUSCLE_CORNERS_HZ])
    power = amplitudes_uv**2 * shares @ np.square(crosstalk_matrix(CROSSTALK)).T
    power += WHITE_UV**2 * passed_share(None)
    return Patient(source, power, amplitudes_uv, 60 * len(neck.truth.beats_s) / told.now_s)


@cache
def as_recorded() -> Assessment:
    return assess(patient().source, MOVEMENTS)


@cache
def with_cables_right() -> Assessment:
    return assess(Uncrossed(patient().source, as_recorded().cables), MOVEMENTS)


def value(task: str, label: str, name: str) -> float:
    found = with_cables_right().tasks[task].muscles[label][name]
    assert found.value is not None, found.reason
    return found.value


GOOD = [label for label in LABELS if label != LOOSE]
