"""A real register on disk behind a real desk, with a real session of the virtual board in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from emgfeedback.people.database import Database
from emgfeedback.people.desk import Desk
from emgfeedback.people.filing import file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient, Session, SessionKind
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.session_page import SessionPage
from tests.people.recorded_session import record_session


@dataclass
class Room:
    """An open page on a register, and what was put there."""

    folder: DataFolder
    register: Register
    desk: Desk
    page: SessionPage
    patient: Patient
    other: Patient
    session: Session
    free: Session
    summary: dict[str, Any]


def _altered(summary: dict[str, Any]) -> dict[str, Any]:
    """Add what the short session does not have: a probe, an empty trial, a trick, reasons."""
    first = summary["trials"][0]
    probe = {**first, "number": 3, "kind": "probe", "success_pct": 61.0, "fixed_pct": 58.0}
    empty = {
        **first, "number": 4, "success_pct": None, "fixed_pct": None, "scored_s": 0.0,
        "excluded_s": 10.0, "paused_reasons": {"quality": 8.5, "gap": 1.5},
    }  # fmt: skip
    taken = summary["calibrations"][0]["channels"][3]
    taken.update(value_uv=None, reason="no second was quiet enough")
    effects = [
        {"index_pct": 54.0, "marked": True, "longest_marked_s": 7.5, "reason": ""},
        {"index_pct": None, "marked": None, "longest_marked_s": None, "reason": "too quiet"},
    ]
    summary["trials"] = [*summary["trials"], probe, empty]
    summary["excluded_s"], summary["excluded_pct"] = 10.0, 25.0
    summary["paused_reasons"] = {"quality": 8.5, "gap": 1.5}
    summary["tricks"] = [
        {"trick": "hand to cheek", "channels": ["SCM L", "SCM R"], "effect": effects}
    ]
    summary["notes"] = [{"at_s": 75.0, "kind": "mark", "text": "cold room"}]
    return summary


@pytest.fixture
def room(tmp_path: Path, look, qtbot) -> Iterator[Room]:
    folder = DataFolder(tmp_path)
    database = Database.open(tmp_path)
    register = Register(database, who="Dr A", role=Role.CLINICIAN)
    patient = register.put(Patient(pseudonym="P-1", name="Ada Quillfeather", birth_year=1971))
    other = register.put(Patient(pseudonym="P-2", name="Bo"))
    bdf, summary_file = record_session(folder)
    summary = _altered(json.loads(summary_file.read_text()))
    summary_file.write_text(json.dumps(summary))
    session = file_session(
        register, folder, patient_id=patient.id, kind=SessionKind.VISIT, recording=bdf,
        summary=summary_file, note="Sat well.",
    )  # fmt: skip
    second, _ = record_session(folder, "2026-03-10_080706")
    free = file_session(
        register, folder, patient_id="", kind=SessionKind.FREE, recording=second
    )  # fmt: skip
    desk = Desk(lambda _: Register(Database.open(tmp_path), who="Dr A", role=Role.CLINICIAN))
    desk.start()
    owner = QWidget()
    page = SessionPage(Asking(desk, owner))
    page.resize(1180, 800)
    with qtbot.waitExposed(page):
        page.show()
    yield Room(folder, register, desk, page, patient, other, session, free, summary)
    page.close()
    page.deleteLater()
    owner.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.close()
    database.close()
