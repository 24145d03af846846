"""A filed recording before injections: a minute of a synthetic patient, its summary beside it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import neck_montage
from emgfeedback.people.filing import file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.values import Session, SessionKind
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter
from tests.measures.short_patient import REFERENCES, recording

FIRST_VISIT = dt.datetime(2026, 3, 9, 8, 7, 6, tzinfo=dt.UTC)
NAME = "2026-03-09_080706"
BOARD = "uno-r4, serial 7"


@functools.cache
def _bdf() -> bytes:
    source = recording()
    montage = neck_montage()
    assert source.lsb_uv is not None
    assert source.full_scale_counts is not None
    device = DeviceInfo(
        driver="emgfeedback", board="uno-r4", firmware="1.0", n_channels=6, fs_hz=source.fs_hz,
        full_scale_counts=source.full_scale_counts, vref_mv=5000.0, sensor_gain=1000.0,
    )  # fmt: skip
    counts = np.rint(source.samples_uv / source.lsb_uv + source.full_scale_counts / 2)
    samples = counts.astype(np.int32)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "visit.bdf"
        writer = RecordingWriter.create(path, RecordingFacts(montage, device, FIRST_VISIT, "9.9"))
        nothing = np.zeros(6, dtype=bool)
        for first in range(0, len(samples), 5000):
            part = samples[first : first + 5000]
            writer.append(Block(part, Unit.COUNTS, source.fs_hz, first, None, nothing))
        for mark in source.annotations:
            writer.annotate(mark.text, round(mark.onset_s * source.fs_hz))
        writer.finish()
        return path.read_bytes()


def summary(plan: str = "recording-before-injections") -> dict[str, Any]:
    """Return what a run of the plan leaves, as far as an assessment reads it."""
    channels = [{"label": label, "value_uv": uv, "facts": {}} for label, uv in REFERENCES.items()]
    taken = {"method": "rvc_test", "channels": channels}
    return {
        "version": 1, "plan": plan, "plan_title": "Recording before injections",
        "control_window_s": 0.1, "calibrations": [taken], "device": BOARD,
    }  # fmt: skip


def file_assessment(
    register: Register,
    folder: DataFolder,
    patient_id: str,
    *,
    weeks: int = 0,
    kind: SessionKind = SessionKind.VISIT,
    told: dict[str, Any] | None = None,
    files: Files = PLAIN,
) -> Session:
    """File the recording, some weeks after the first visit, plain or sealed."""
    folder.recordings.mkdir(parents=True, exist_ok=True)
    stem = f"{NAME}-{weeks}"
    bdf = folder.recordings / f"{stem}.bdf{files.suffix}"
    beside = folder.recordings / f"{stem}.session.json{files.suffix}"
    for path, content in ((bdf, _bdf()), (beside, json.dumps(told or summary()).encode())):
        with files.open(path, "x+") as file:
            file.write(content)
    session = file_session(
        register, folder, patient_id=patient_id, kind=kind, recording=bdf, summary=beside,
        files=files,
    )  # fmt: skip
    if weeks:
        started = session.started_utc + dt.timedelta(weeks=weeks)
        session = register.put(dataclasses.replace(session, started_utc=started))
    return session
