"""The page of assessments on a register with two recordings before injections of one person."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QWidget

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.measures.source import HeldSamples
from emgfeedback.people.database import Database
from emgfeedback.people.desk import DeskState
from emgfeedback.people.filing import file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Injection, Patient, Session, SessionKind
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess.assess_page import AssessPage
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.person.visit import Visit
from emgfeedback.ui.theme import Appearance
from tests.measures.short_patient import FS_HZ
from tests.ui.stage_session import StageSession

VISITS = (dt.datetime(2025, 12, 18, 9, tzinfo=dt.UTC), dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC))
INJECTED = dt.date(2025, 12, 18)
ALIKE = (1.0,) * 6


def write_visit(
    path: Path,
    started: dt.datetime,
    held: HeldSamples,
    order: Sequence[int],
    times: Sequence[float],
) -> Path:
    """Write a recording: `order` tells at which electrode each cable is, `times` how loud it is."""
    assert held.lsb_uv is not None
    assert held.full_scale_counts is not None
    samples_uv = held.samples_uv[:, list(order)] * times
    counts = np.rint(samples_uv / held.lsb_uv + held.full_scale_counts / 2).astype(np.int32)
    counts = np.clip(counts, 0, held.full_scale_counts - 1)
    device = DeviceInfo(
        "emgfeedback", "uno", "1.0", 6, FS_HZ, held.full_scale_counts, 5000.0, 1000.0
    )
    facts = RecordingFacts(Montage("Neck", tuple(held.channels)), device, started, "0.1.0")
    writer = RecordingWriter.create(path, facts)
    writer.append(Block(counts, Unit.COUNTS, FS_HZ, 0, None, np.zeros(6, dtype=bool)))
    for mark in held.annotations:
        writer.annotate(mark.text, round(mark.onset_s * FS_HZ), 0)
    writer.finish()
    return path


@dataclass
class Kept:
    """What `fill` put into a folder."""

    folder: DataFolder
    patient: Patient
    sessions: tuple[Session, ...]


def fill(
    root: Path,
    held: HeldSamples,
    order: Sequence[int] = range(6),
    then: Sequence[float] = ALIKE,
) -> Kept:
    """Put a person with two visits into a new folder, injected on the day of the first.

    `then` tells how loud each channel was at the first visit, times the second.
    """
    folder = DataFolder(root)
    folder.recordings.mkdir(parents=True)
    with Database.open(root) as database:
        register = Register(database, who="Dr A", role=Role.CLINICIAN)
        patient = register.put(Patient(pseudonym="P-0392", name="Ada Quillfeather"))
        register.put(Injection(patient_id=patient.id, on=INJECTED, product="A", units=100.0))
        sessions = []
        for number, started in enumerate(VISITS):
            path = folder.recordings / f"visit-{number}.bdf"
            write_visit(path, started, held, order, ALIKE if number else then)
            kind = SessionKind.ASSESSMENT
            sessions.append(
                file_session(register, folder, patient_id=patient.id, kind=kind, recording=path)
            )
    return Kept(folder, patient, tuple(sessions))


class Room:
    """The page of assessments on what was kept, in the app's window where `whole`."""

    def __init__(self, kept: Kept, look: Appearance, qtbot, *, whole: bool = False) -> None:
        self.kept, self._qtbot = kept, qtbot
        self.desk = make_desk(kept.folder, "Dr A")
        self.main: MainWindow | None = None
        self._owner = QWidget()
        if whole:
            self.main = MainWindow(StageSession(Snapshot()), look, records=(self.desk, kept.folder))
            self.main.painted.connect(self.desk.start)
        else:
            self.desk.start()
            self.visit = Visit(self.desk, kept.folder, self._owner)
            self._page = AssessPage(Asking(self.desk, self._owner), kept.folder, self.visit)
        shown = self.main or self._page
        shown.resize(1280 if whole else 1168, 800 if whole else 706)
        with qtbot.waitExposed(shown):
            shown.show()
        self.until(lambda: self.desk.state is DeskState.OPEN)

    @property
    def page(self) -> AssessPage:
        return self._page if self.main is None else self.main.rooms.assess.page

    def until(self, holds: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(holds()), timeout=60_000)

    def look_up(self, question):
        """Ask the register behind the page's back."""
        answer = self.desk.ask(question)
        assert answer.wait(60)
        assert not answer.error
        return answer.value

    def show(self, visit: int = 1) -> AssessPage:
        """Open the assessment of a visit and wait until it is measured and kept."""
        self.page.show_session(self.kept.sessions[visit].id)
        self.until(lambda: self.page.measured is not None)
        self.settled()
        return self.page

    def settled(self) -> None:
        """Wait until nothing is under way."""
        self.until(lambda: not self.page._measuring.busy and not self.page._asking.waiting)

    def close(self) -> None:
        self.page.shutdown()
        for thread in threading.enumerate():
            if thread.name == "screen-background":
                thread.join(60)
        shown = self.main or self._page
        shown.close()
        self.desk.close()
        shown.deleteLater()
        self._owner.deleteLater()
