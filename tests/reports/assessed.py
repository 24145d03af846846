"""A short recording before injections of known levels: twelve tasks, six muscles, two faults."""

from __future__ import annotations

import copy
import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Side, neck_montage
from emgfeedback.devices.virtual.source import Adc
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_traces import TaskTrace, task_traces
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.people.values import Examination, Injection, Patient, PostureFinding, SignedOff
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter
from emgfeedback.reports.assessment_page import assessment_report
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.page import HeatTable, Page
from emgfeedback.reports.source import Source
from emgfeedback.training.movements import MOVEMENTS
from tests.reports.pages import texts

FS_HZ = 1000
LABELS = ("SCM L", "SCM R", "UT L", "UT R", "SPL L", "SPL R")
STARTED = dt.datetime(2026, 3, 12, 9, 40, tzinfo=dt.UTC)
MADE = dt.datetime(2026, 3, 12, 10, tzinfo=dt.UTC)
REFERENCE_UV = 100.0
OWN_UV = (40.0, 6.0, 8.0, 8.0, 6.0, 30.0)
WORK_UV = 70.0
TASKS = ("rest-supported", "let-go", "neutral", "rotate-left", "rotate-right", "tilt-left",
         "tilt-right", "flex", "extend", "dual-task", "walk", "shrug-left")  # fmt: skip
SILENT_CHANNEL, SILENT_TASK = 3, "walk"
"""The right trapezius is cut off while walking: its electrode gives nothing but a line."""
PATIENT = Patient(pseudonym="P-0392", birth_year=1964)
EXAMINED = Examination(
    patient_id=PATIENT.id, examined_on=STARTED.date(), larynx="midline",
    postures=(PostureFinding("torticaput", Side.RIGHT, 35.0),
              PostureFinding("laterocaput", Side.LEFT, 10.0)),
)  # fmt: skip
INJECTED = (
    Injection(patient_id=PATIENT.id, on=dt.date(2025, 12, 18), product="onabotulinumtoxinA",
              muscles="L SCM, R splenius"),
)  # fmt: skip


@functools.cache
def recorded(tasks: tuple[str, ...] = TASKS, own_s: float = 20.5) -> HeldSamples:
    """The recording, its own posture held for `own_s`."""
    rng = np.random.default_rng(5)
    pieces: list[np.ndarray] = []
    marks: list[Stretch] = []
    now_s = 0.0

    def go(seconds: float, levels_uv: tuple[float, ...]) -> None:
        nonlocal now_s
        pieces.append(rng.normal(size=(round(seconds * FS_HZ), 6)) * np.array(levels_uv))
        now_s += seconds

    def mark(text: str) -> None:
        marks.append(Stretch(now_s, 0.0, text))

    quiet, own = (3.0,) * 6, OWN_UV
    go(3.0, quiet)
    for task in tasks:
        still = task in ("let-go", "neutral", "dual-task", "walk")
        active = MOVEMENTS[task].active
        montage = neck_montage().channels
        moving = tuple(WORK_UV if (c.muscle, c.side) in active else 4.0 for c in montage)
        levels = own if still else quiet if task == "rest-supported" else moving
        if task == SILENT_TASK:
            levels = tuple(0.0 if i == SILENT_CHANNEL else x for i, x in enumerate(levels))
        for repeat in (1, 2) if MOVEMENTS[task].moves else (1,):
            if MOVEMENTS[task].moves:
                mark(f"task {task} {repeat} out")
                go(1.0, levels)
            mark(f"task {task} {repeat} hold")
            go(own_s if task == "let-go" else 1.6, levels)
            mark(f"task {task} {repeat} end")
            go(0.5, quiet)
    for text, share in (("trick without start", 1.0), ("trick with start", 0.5)):
        mark(text)
        go(5.0, tuple(share * level for level in own))
        mark("trick end")
    for label in LABELS:
        mark(f"calibration rvc_test {label} {REFERENCE_UV:.2f} uV")
    samples_uv = np.concatenate(pieces)
    adc = Adc(bits=16, gain=1000, oversample=1)
    return HeldSamples(
        samples_uv, FS_HZ, neck_montage().channels, annotations=marks,
        lsb_uv=np.full(6, adc.lsb_uv), full_scale_counts=adc.full_scale_counts,
    )  # fmt: skip


@functools.cache
def _told() -> dict[str, Any]:
    return assess(recorded(), MOVEMENTS, heart="as-recorded").as_dict()


def told(own_share: float = 1.0) -> dict[str, Any]:
    """The assessment, for the caller to change; `own_share` scales levels in the own posture."""
    found = copy.deepcopy(_told())
    for values in found["tasks"]["let-go"]["muscles"].values():
        for key in ("rms_uv", "of_reference_pct"):
            values[key]["value"] *= own_share
    return found


@functools.cache
def traces() -> list[TaskTrace]:
    """The pictures of its tasks."""
    return task_traces(recorded(), told())


SOURCE = Source(
    "visit.bdf", "ab" * 32, neck_montage().channels, FS_HZ, recorded().n_samples, lost=900, gaps=3
)


def page(
    assessment: Mapping[str, Any] | None = None,
    previous: Mapping[str, Any] | None = None,
    examination: Examination | None = EXAMINED,
    clinic: Clinic | None = None,
    signed: SignedOff | None = None,
) -> Page:
    """The report with everything entered."""
    return assessment_report(
        told() if assessment is None else assessment,
        patient=PATIENT,
        clinic=clinic or Clinic("Neck Clinic"),
        examination=examination,
        injections=INJECTED,
        previous=None if previous is None else (dt.date(2025, 12, 18), previous),
        source=SOURCE,
        traces=traces(),
        recorded=STARTED,
        signed=signed,
        made=MADE,
    )


def heat(of: Page) -> HeatTable:
    """The table of task by muscle."""
    return next(
        block
        for row in of.rows
        for column in row.columns
        for block in column
        if isinstance(block, HeatTable)
    )


def all_texts(of: Page) -> list[str]:
    """Every text of the page, the table's too."""
    table = heat(of)
    found = [*texts(of), *(group.title for group in table.groups), *table.notes]
    for row in (*table.rows, *table.more):
        found += [row.title, row.condition, *(cell.text for cell in row.cells)]
    return found


def write_bdf(path: Path) -> Path:
    """Write a recording of four tasks as the app does."""
    adc = Adc(bits=16, gain=1000, oversample=1)
    device = DeviceInfo(
        driver="emgfeedback", board="bench", firmware="1", n_channels=6, fs_hz=FS_HZ,
        full_scale_counts=adc.full_scale_counts, vref_mv=adc.vref_mv, sensor_gain=adc.gain,
    )  # fmt: skip
    source = recorded(("rest-supported", "let-go", "rotate-left", "rotate-right"), 3.0)
    counts = np.rint(source.samples_uv / adc.lsb_uv + adc.full_scale_counts / 2).astype(np.int32)
    facts = RecordingFacts(neck_montage(), device, STARTED, "test", subject="P-0392")
    writer = RecordingWriter.create(path, facts)
    writer.append(Block(counts, Unit.COUNTS, FS_HZ, 0, None, np.zeros(6, dtype=bool)))
    for at in source.annotations:
        writer.annotate(at.text, round(at.onset_s * FS_HZ))
    writer.finish()
    return path
