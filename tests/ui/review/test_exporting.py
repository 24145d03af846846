"""Copies for others, asked for on the review page."""

from __future__ import annotations

from pathlib import Path

import pytest
import scipy.io
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from emgfeedback.exchange.formats import BIDS, FORMATS
from emgfeedback.people.database import Database
from emgfeedback.people.desk import Desk
from emgfeedback.people.filing import file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient, SessionKind
from emgfeedback.records.reader import open_recording
from emgfeedback.ui.exporting import ExportDialog, ExportWish
from emgfeedback.ui.review_page import ReviewPage
from tests.review.conftest import emg_counts
from tests.ui.review.pages import open_on

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def export(page: ReviewPage, wish: ExportWish, qtbot) -> str:
    page.export_as(wish)
    qtbot.waitUntil(
        lambda: (n := page.sheet.banner.notice) is not None and "ported" in n.title, timeout=30_000
    )
    return page.sheet.banner.notice.remedy


@pytest.mark.parametrize("with_notes", [False, True])
def test_a_copy_tells_notes_only_where_it_was_asked_for(
    make_recording, page: ReviewPage, tmp_path: Path, qtbot, with_notes: bool
):
    path = make_recording(emg_counts(5_000, 2), notes=((1.0, 0, "Ada feels fine"),))
    open_on(page, path, qtbot)
    out = tmp_path / "copy.mat"
    assert export(page, ExportWish(out, "mat", with_notes), qtbot) == str(out)
    assert ("Ada feels fine" in str(scipy.io.loadmat(out)["emg"])) is with_notes


def test_a_copy_overwrites_nothing(opened: ReviewPage, tmp_path: Path, qtbot):
    out = tmp_path / "copy.bdf"
    out.write_bytes(b"mine")
    assert "exists" in export(opened, ExportWish(out), qtbot)
    assert out.read_bytes() == b"mine"


def test_a_copy_of_a_known_person_holds_the_pseudonym_and_is_noted(
    make_recording, page: ReviewPage, tmp_path: Path, qtbot
):
    folder = DataFolder(tmp_path / "data")
    folder.recordings.mkdir(parents=True)
    made = make_recording(emg_counts(5_000, 2), notes=((1.0, 0, "Quillfeather feels fine"),))
    path = folder.recordings / "2026-03-09_080706.bdf"
    path.write_bytes(made.read_bytes())
    register = Register(Database.open(folder.root), who="Dr A", role=Role.CLINICIAN)
    patient = register.put(Patient(pseudonym="P-7", name="Ada Quillfeather"))
    file_session(
        register, folder, patient_id=patient.id, kind=SessionKind.VISIT, recording=path
    )  # fmt: skip
    desk = Desk(lambda _: Register(Database.open(folder.root), who="Dr A", role=Role.CLINICIAN))
    desk.start()
    page.desk = lambda: desk
    open_on(page, path, qtbot)
    out = tmp_path / "copy.bdf"
    export(page, ExportWish(out, with_notes=True), qtbot)
    qtbot.waitUntil(lambda: register.audit(limit=1)[0].action == "export")
    with open_recording(out) as copy:
        assert copy.subject == "P-7"
    assert b"Quillfeather" not in out.read_bytes()
    desk.close()
    register.database.close()


def test_the_format_and_the_notes_are_asked_before_the_file(
    opened: ReviewPage, tmp_path: Path, monkeypatch, qtbot
):
    out = tmp_path / "study"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    dialog = ExportDialog(opened)
    qtbot.addWidget(dialog)
    assert not dialog.notes.isChecked()
    wanted = [dialog.format.itemData(i) for i in range(dialog.format.count())]
    assert {*FORMATS, BIDS} == set(wanted)
    dialog.format.setCurrentIndex(wanted.index("bids"))
    dialog.notes.click()
    QTimer.singleShot(0, dialog.save_button.click)
    assert dialog.ask(tmp_path / "a") == ExportWish(out, "bids", with_notes=True)
    QTimer.singleShot(0, dialog.leave_button.click)
    assert dialog.ask(tmp_path / "a") is None
