"""The page of a session: what it tells, what it changes, what it writes."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from emgfeedback.core.errors import RegisterError
from emgfeedback.people.database import Database
from emgfeedback.people.desk import Desk
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import RecordingFile, Session
from emgfeedback.records.reader import open_recording
from emgfeedback.reports.clinic import Clinic
from emgfeedback.ui import words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.exporting import ExportWish
from emgfeedback.ui.session_page import SessionPage
from emgfeedback.ui.theme import Scheme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def show(room, qtbot, session=None):
    """Show a session and wait until it is there."""
    room.page.show_session((session or room.session).id)
    wanted = (session or room.session).id
    qtbot.waitUntil(
        lambda: room.page.shown is not None and room.page.shown.whole.session.id == wanted
    )
    return room.page


def told(room, qtbot, words_):
    """Wait for a notice that holds `words_`."""
    qtbot.waitUntil(
        lambda: (n := room.page.bar.notice) is not None and words_ in f"{n.title} {n.remedy}"
    )


def test_sentence_step_line_and_conditions_are_those_of_the_summary(room, qtbot):
    page = show(room, qtbot)
    assert page.plain_words.sentence.text() == room.summary["patient_sentence"]
    assert room.summary["next_step"] in page.plain_words.next_step.text()
    assert page.plain_words.therapist.text() == room.summary["therapist_line"]
    assert page.header.title.text() == "Short visit · P-1"
    assert page.header.facts.text().startswith("Visit · 9 Mar 2026 · ")


def test_trials_stand_by_number_and_tell_both_shares_with_their_targets(room, qtbot):
    page = show(room, qtbot)
    trials = page.trials.chart.trials
    assert [t.number for t in trials] == [1, 2, 3, 4]
    page.trials.chart.setFocus()
    QTest.keyClick(page.trials.chart, Qt.Key.Key_End)
    QTest.keyClick(page.trials.chart, Qt.Key.Key_Left)
    probe = page.trials.told.text()
    assert "trial 3, no feedback" in probe
    assert "61 % in target (4.7 / 13.6 µV)" in probe
    assert "58 % at the fixed reference (4.7 / 13.6 µV)" in probe
    QTest.keyClick(page.trials.chart, Qt.Key.Key_Right)
    empty = page.trials.told.text()
    assert f"{words.DASH} (nothing could be scored)" in empty
    assert "10 s left out (a signal could not be used 8.5 s, data were missing 1.5 s)" in empty
    assert probe in page.trials.chart.accessibleDescription()


def test_the_mouse_chooses_the_trial_under_it(room, qtbot):
    page = show(room, qtbot)
    at = page.trials.chart.slot(1).center().toPoint()
    QTest.mouseClick(page.trials.chart, Qt.MouseButton.LeftButton, pos=at)
    assert page.trials.chart.at == 1
    assert "trial 2" in page.trials.told.text()


def test_levels_tell_method_posture_filters_and_why_one_is_missing(room, qtbot):
    page = show(room, qtbot)
    rest, reference = page.levels.tables
    assert rest.rows[0] == ("Left SCM", "3.6 µV", "1.3 µV", words.DASH)
    assert rest.rows[3][1] == f"{words.DASH} (no second was quiet enough)"
    assert reference.rows[0][:2] == ("Left SCM", "81.1 µV")
    assert reference.rows[0][3] == "0.4 %"
    said = [label.text() for label in page.levels.findChildren(QLabel)]
    filters = "HP 20 Hz o2, LP 400 Hz o4, notch off; RMS 100 ms / 250 ms; envelope LP 3 Hz"
    assert f"seated, head supported · {filters}" in said
    assert "Reference: forehead into the palm" in said


def test_ratings_tricks_and_what_was_left_out(room, qtbot):
    page = show(room, qtbot)
    assert ("Pain", "2", "2", "0") in page.ratings.table.rows
    quieter, unknown = page.tricks.table.rows
    assert quieter == ("SCM L · hand to cheek", "54 % quieter", "halved for 7.5 s")
    assert unknown[1:] == (f"{words.DASH} (too quiet)", words.DASH)
    assert page.left_out.table.rows[0] == (
        "Of the trials", "10 s, 25 %", "a signal could not be used 8.5 s, data were missing 1.5 s",
    )  # fmt: skip
    assert page.notes.during.rows == (("1:15", "cold room"),)


def test_a_note_is_kept_and_taken_back(room, qtbot):
    page = show(room, qtbot)
    page.notes.field.setFocus()
    page.notes.field.selectAll()
    QTest.keyClicks(page.notes.field, "Leaned left.")
    QTest.mouseClick(page.notes.keep_button, Qt.MouseButton.LeftButton)
    told(room, qtbot, "The note is kept.")
    assert room.register.get(Session, room.session.id).note == "Leaned left."
    page.bar.action_button.click()
    qtbot.waitUntil(lambda: page.notes.field.toPlainText() == "Sat well.")
    assert room.register.get(Session, room.session.id).note == "Sat well."


def test_a_note_typed_survives_a_reload_and_is_not_lost_to_somebody_faster(room, qtbot):
    page = show(room, qtbot)
    page.notes.field.setPlainText("Mine.")
    other = Register(room.register.database, who="Dr B", role=Role.CLINICIAN)
    fresh = other.get(Session, room.session.id)
    other.put(type(fresh)(**{**_fields(fresh), "note": "Theirs."}))
    page.notes.keep_asked.emit("Mine.")
    told(room, qtbot, "That did not work")
    assert room.register.get(Session, room.session.id).note == "Theirs."
    show(room, qtbot)
    qtbot.waitUntil(lambda: page.shown.whole.session.note == "Theirs.")
    assert page.notes.field.toPlainText() == "Mine."


def _fields(value):
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def test_nobodys_session_is_given_with_all_that_belongs_to_it_and_back(room, qtbot):
    page = show(room, qtbot, room.free)
    assert page.give.isVisible()
    qtbot.waitUntil(lambda: page.give.list.count() == 2)
    page.give.field.setText("P-2")
    qtbot.waitUntil(lambda: page.give.list.count() == 1)
    QTest.keyClick(page.give.field, Qt.Key.Key_Return)
    told(room, qtbot, "Given to P-2.")
    qtbot.waitUntil(lambda: page.header.title.text().endswith("P-2"))
    assert not page.give.isVisible()
    (recording,) = room.register.all_of(RecordingFile, session_id=room.free.id)
    assert recording.patient_id == room.other.id
    page.bar.action_button.click()
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.patient is None)
    assert [line.id for line in room.register.unassigned()] == [room.free.id]


def test_escape_closes_the_search_and_then_goes_back(room, qtbot):
    page = show(room, qtbot)
    page.header.give_button.click()
    assert page.give.isVisible()
    with qtbot.assertNotEmitted(page.back_asked):
        QTest.keyClick(page.give.field, Qt.Key.Key_Escape)
    assert not page.give.isVisible()
    with qtbot.waitSignal(page.back_asked):
        QTest.keyClick(page.trials.chart, Qt.Key.Key_Escape)


def test_removed_it_is_gone_until_undone_and_the_recording_stays(room, qtbot):
    page = show(room, qtbot)
    with qtbot.waitSignal(page.changed):
        page.header.remove_button.click()
    with pytest.raises(RegisterError):
        room.register.session(room.session.id)
    assert (room.folder.recordings / "2026-03-09_080706.bdf").exists()
    assert page.shown is None
    assert not page.area.isVisible()
    page.bar.action_button.click()
    qtbot.waitUntil(lambda: page.shown is not None)
    assert room.register.session(room.session.id).trials


def test_review_names_the_file_and_a_missing_one_says_so(room, qtbot):
    page = show(room, qtbot)
    (row,) = page.recordings.rows
    with qtbot.waitSignal(page.review_asked) as asked:
        row.review_button.click()
    path = room.folder.recordings / "2026-03-09_080706.bdf"
    assert asked.args == [path]
    path.unlink()
    show(room, qtbot)
    qtbot.waitUntil(lambda: page.recordings.rows[0].place.path is None)
    row = page.recordings.rows[0]
    assert not row.review_button.isEnabled()
    assert "missing on disk" in row.facts.text()


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
def test_the_report_is_written_off_the_screens_thread_and_offered(
    room, qtbot, tmp_path, monkeypatch, suffix
):
    page = show(room, qtbot)
    out = tmp_path / f"report{suffix}"
    with qtbot.waitSignal(page.report_asked, timeout=30_000) as asked:
        page.write_report(out)
    assert asked.args == [room.session.id]
    content = out.read_bytes()
    assert content.startswith(b"%PDF-" if suffix == ".pdf" else b"<!DOCTYPE html>")
    if suffix == ".html":
        assert room.summary["patient_sentence"].encode() in content
        assert b"Quillfeather" not in content
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    page.bar.action_button.click()
    assert opened == [str(out)]


def test_one_report_is_written_at_a_time(room, qtbot, tmp_path):
    page = show(room, qtbot)
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    with qtbot.waitSignal(page.report_asked, timeout=30_000):
        page.write_report(first)
        assert not page.header.report_button.isEnabled()
        page.write_report(second)
    assert page.bar.notice.remedy == str(first)
    assert page.header.report_button.isEnabled()
    assert not second.exists()


def test_the_report_is_the_clinics(room, qtbot, tmp_path):
    page = show(room, qtbot)
    page.clinic = lambda: Clinic("Neck & Clinic", paper="letter")
    out = tmp_path / "report.html"
    with qtbot.waitSignal(page.report_asked, timeout=30_000):
        page.write_report(out)
    content = out.read_text()
    assert "Neck &amp; Clinic" in content
    assert "size: letter" in content.lower()


def test_a_logo_that_is_gone_is_told_and_nothing_is_written(room, qtbot, tmp_path):
    page = show(room, qtbot)
    page.clinic = lambda: Clinic("Neck Clinic", tmp_path / "gone.png")
    out = tmp_path / "report.pdf"
    page.write_report(out)
    told(room, qtbot, "gone.png cannot be read")
    assert not out.exists()


def test_a_report_never_overwrites(room, qtbot, tmp_path):
    page = show(room, qtbot)
    out = tmp_path / "report.html"
    out.write_text("mine")
    page.write_report(out)
    told(room, qtbot, "report.html")
    qtbot.waitUntil(lambda: page.bar.notice.kind == "check", timeout=30_000)
    assert out.read_text() == "mine"


def test_an_export_holds_the_pseudonym_alone_and_is_noted(room, qtbot, tmp_path):
    page = show(room, qtbot)
    out = tmp_path / "copy.edf"
    page.export(page.recordings.rows[0].place, ExportWish(out))
    told(room, qtbot, "Saved")
    qtbot.waitUntil(lambda: room.register.audit(limit=1)[0].action == "export")
    with open_recording(out) as copy:
        assert copy.subject == "P-1"
        assert copy.n_samples == page.shown.recordings[0].row.n_samples
    assert b"Ada" not in out.read_bytes()


def test_a_session_leaves_as_fhir_with_its_report_and_without_the_name(room, qtbot, tmp_path):
    page = show(room, qtbot)
    out = tmp_path / "session.json"
    with qtbot.waitSignal(page.report_asked, timeout=30_000):
        page.write_report(out)
    bundle = json.loads(out.read_text())
    report = bundle["entry"][-1]["resource"]
    assert report["presentedForm"][0]["contentType"] == "application/pdf"
    assert b"Quillfeather" not in out.read_bytes()
    assert b"Sat well" not in out.read_bytes()
    noted = room.register.audit(limit=1)[0]
    assert (noted.action, noted.patient_id) == ("export", room.patient.id)


def test_what_is_nobodys_is_no_fhir_yet(room, qtbot, tmp_path):
    page = show(room, qtbot, room.free)
    page.write_report(tmp_path / "session.json")
    told(room, qtbot, "Give it to a person first")
    assert not (tmp_path / "session.json").exists()


def test_a_patient_looks_and_changes_nothing(room, qtbot, look):
    del look
    desk = Desk(
        lambda _: Register(
            Database.open(room.folder.root), who="Ada", role=Role.PATIENT,
            patient_id=room.patient.id,
        )
    )  # fmt: skip
    desk.start()
    page = SessionPage(Asking(desk, room.page))
    page.show()
    page.show_session(room.session.id)
    qtbot.waitUntil(lambda: page.shown is not None)
    assert not page.header.remove_button.isVisible()
    assert not page.header.give_button.isVisible()
    assert page.notes.field.isReadOnly()
    page.show_session(room.free.id)
    qtbot.waitUntil(lambda: page.bar.notice is not None)
    assert page.shown is None
    page.close()
    page.deleteLater()
    desk.close()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("text_pct", [100, 175])
def test_nothing_is_cut_and_everything_has_a_name(room, qtbot, look, scheme, text_pct):
    look.choose(scheme, text_pct)
    page = show(room, qtbot)
    qtbot.wait(1)
    for button in page.findChildren(QAbstractButton):
        if button.isVisibleTo(page) and not button.objectName().startswith("qt_"):
            assert button.accessibleName() or button.text(), button
    room_px = page.body.width()
    for label in page.body.findChildren(QLabel):
        if label.isVisibleTo(page):
            right = label.mapTo(page.body, label.rect().topRight()).x()
            assert right <= room_px, label.text()
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    assert not page.grab().isNull()
