"""The page of assessments on a real register, with real recordings, measured by the real code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgfeedback.core.montage import Side
from emgfeedback.people.filing import file_session
from emgfeedback.people.values import Examination, PostureFinding, SessionKind, SignedOff
from emgfeedback.reports.clinic import Clinic
from emgfeedback.ui import theme, words
from emgfeedback.ui.assess.edges import START, EdgeKey
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.theme import Scheme
from tests.measures.short_patient import recording
from tests.ui.assess.clinic import ALIKE, VISITS, Kept, Room, fill, write_visit
from tests.ui.stage_session import deeds

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Kept:
    return fill(tmp_path_factory.mktemp("assess") / "data", recording())


@pytest.fixture
def open_room(filled: Kept, tmp_path: Path, look, qtbot) -> Iterator[Callable[..., Room]]:
    opened: list[Room] = []
    root = tmp_path / "data"
    shutil.copytree(filled.folder.root, root)

    def make(**options: bool) -> Room:
        kept = Kept(type(filled.folder)(root), filled.patient, filled.sessions)
        opened.append(Room(kept, look, qtbot, **options))
        return opened[-1]

    yield make
    for made in opened:
        made.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if not list(filled.folder.recordings.glob("*.assessment.json")):
        # Measured once for all tests: what a test measured is kept for those after it.
        for kept in (root / "recordings").glob("*.assessment.json"):
            shutil.copy(kept, filled.folder.recordings)


@pytest.fixture
def room(open_room: Callable[..., Room]) -> Room:
    return open_room()


def test_the_rail_leads_to_the_list_and_record_now_to_the_plan(open_room):
    room = open_room(whole=True)
    window = room.main
    window.open_page("assess")
    page = room.page
    assert page.list.isVisible()
    assert page.list.people_button.isVisible()
    assert not page.list.listed.isVisible()
    window.rooms.visit.start(room.kept.patient)
    room.until(lambda: len(page.list.table.rows) == 2)
    assert page.list.table.rows[0].cells[:3] == ("12 Mar 2026", "1 min", "not signed off")
    page.list.table.setFocus()
    page.list.table.choose_row(0)
    QTest.keyClick(page.list.table, Qt.Key.Key_Return)
    room.until(lambda: page.measured is not None)
    room.settled()
    assert page.header.title.text() == "P-0392 · recording before injections"
    assert page.header.facts.text() == (
        "12 Mar 2026 · 84 days since the last injection · 1 min 0 s · 4 tasks"
    )
    assert (room.kept.folder.recordings / "visit-1.assessment.json").exists()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert page.list.isVisible()
    QTest.mouseClick(page.list.record_button, Qt.MouseButton.LeftButton)
    assert window.train.isVisible()
    assert window.train.chooser._preferred == "recording-before-injections"
    assert not deeds(window), "nothing starts by itself"


def test_it_is_offered_when_a_recording_was_kept_and_on_the_page_of_its_session(open_room):
    room = open_room(whole=True)
    rooms, session = room.main.rooms, room.kept.sessions[1]
    rooms.visit.told.emit(Notice("info", "Recording before injections is kept.", ""), session)
    assert rooms.bar.action_button.text() == "See the table"
    rooms.bar.action_button.click()
    assert room.page.isVisible()
    room.until(lambda: room.page.measured is not None)
    room.settled()
    rooms.show_session(session.id)
    room.until(lambda: rooms.session_page.shown is not None)
    assert not room.page.isVisible()
    rooms.session_page.header.assess_button.click()
    assert room.page.isVisible()
    room.until(lambda: room.page.measured is not None)
    room.settled()


def test_the_table_the_neck_and_what_stands_out_tell_the_same(room):
    page = room.show()
    overview = page.overview
    assert overview.findings.bullets[0].line.title == "L SCM and R splenius active together"
    assert not overview.findings.bullets[0].rule.isVisible()
    overview.findings.rules_button.click()
    assert overview.findings.bullets[0].rule.isVisible()
    overview.heat.table.setFocus()
    QTest.keyClick(overview.heat.table, Qt.Key.Key_Down)
    assert overview.neck.title.text() == "During “Head let go”"
    share = overview.heat.table.heat.rows[1].cells[0].share
    assert overview.neck.neck.lit("scm", Side.LEFT) == pytest.approx(share, abs=1 / 40)
    assert overview.neck.neck.lit("splenius", Side.LEFT) is None
    assert overview.read.quality.text().startswith("L splenius left out: ")
    assert not overview.cables.isVisible()


def test_two_visits_that_are_alike_are_within_chance(room):
    page = room.show()
    card = page.overview.compared
    assert card.title.text() == "Compared with 18 Dec 2025"
    changes = [row[3] for row in card.table.rows]
    assert changes
    assert not any("beyond chance" in change for change in changes)
    page = room.show(0)
    assert page.overview.compared.title.text() == "No visit to compare with"
    assert page.overview.compared.table.rows == ()


def test_a_sign_off_is_kept_undone_and_asked_anew_after_an_edge_moved(room):
    page = room.show()
    session = room.kept.sessions[1]
    page.header.sign_button.click()
    room.until(lambda: page.standing.holds)
    assert not page.header.sign_button.isEnabled()
    assert page.overview.read.signed.text().startswith("Signed off by Dr A on ")
    assert len(room.look_up(lambda r: r.all_of(SignedOff, session_id=session.id))) == 1
    page.bar.action_button.click()
    room.until(lambda: page.standing.signed is None)
    assert page.header.sign_button.isEnabled()
    page.header.sign_button.click()
    room.until(lambda: page.standing.holds)
    start_s = page.measured.assessment["segments"]["let-go"][0]["hold_start_s"]
    edge = EdgeKey("let-go", 0, START)
    before = page.measured
    assert page.traces.editing is None, "opened when it is first looked at"
    page.header.traces_button.click()
    assert page.traces.isVisible()
    page.traces.editing.take(edge)
    page.traces.editing.move(edge, start_s + 1.0)
    page.traces.editing.keep()
    room.until(lambda: page.measured is not before)
    room.until(lambda: page.standing.signed is not None)
    assert not page.standing.holds
    assert page.header.sign_button.text() == "Sign off anew"
    assert page.bar.notice.title == "Changed since Dr A signed it off"
    assert page.traces.isVisible(), "one goes on moving edges"
    assert page.traces.editing.holds.of_task("let-go")[0].start_s == pytest.approx(start_s + 1)
    assert page.header.traces_button.text() == "Table"
    page.header.traces_button.click()
    page.overview.heat.table.move_to(1, 0)
    assert "Window: the hold, 11.0 s." in page.overview.heat.how.text()


def test_what_the_posture_lets_expect_stands_beside_what_was_measured(room):
    page = room.show()
    page.overview.findings.expected_button.click()
    expected = page.overview.expected
    assert expected.none.text() == "No posture is entered for this recording yet."
    expected.posture_button.click()
    assert page.side.isVisible()
    session = room.kept.sessions[1]
    value = Examination(
        patient_id=session.patient_id, session_id=session.id, examined_on=VISITS[1].date(),
        postures=(PostureFinding("torticaput", Side.RIGHT, 35.0),),
    )  # fmt: skip
    before = page.measured
    room.look_up(lambda r: r.put(value))
    page.side.changed.emit()
    room.until(lambda: page.measured is not before)
    said = [line.accessibleName() for line in expected.lines]
    assert any(s.startswith("L SCM: expected [B]. head let go ") for s in said)
    assert any(s.startswith("R obliquus capitis inferior: expected") for s in said)
    assert any("too deep to be seen from the skin" in s for s in said)


def test_swapped_cables_are_named_above_all(room):
    told = dict(room.show().measured.assessment)
    wrong = {"label": "SCM L", "behaves_like": "UT L", "words": "SCM L and UT L seem swapped."}
    other = {**wrong, "label": "UT L", "behaves_like": "SCM L"}
    told["cables"] = {**told["cables"], "wrong": [wrong, other]}
    overview = room.page.overview
    overview.show_measured(replace(room.page.measured, assessment=told))
    assert overview.cables.isVisible()
    assert overview.cables.notice.title == "Cables at other muscles: SCM L, UT L"
    assert overview.cables.notice.remedy.count("seem swapped") == 1


def test_a_recording_without_tasks_is_refused_in_words(room):
    kept = room.kept
    unmarked = replace(recording(), annotations=())
    path = write_visit(kept.folder.recordings / "plain.bdf", VISITS[1], unmarked, range(6), ALIKE)
    session = room.look_up(
        lambda r: file_session(
            r, kept.folder, patient_id=kept.patient.id, kind=SessionKind.ASSESSMENT, recording=path
        )
    )
    room.page.show_session(session.id)
    room.until(lambda: room.page.bar.notice is not None)
    assert "no mark" in room.page.bar.notice.remedy
    assert room.page.list.isVisible()


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_the_numbers_are_written_for_other_programs(room, tmp_path, suffix):
    page = room.show()
    out = tmp_path / f"out{suffix}"
    page.write_report(out)
    room.until(lambda: not page._saving.busy)
    text = out.read_text(encoding="utf-8")
    assert "SCM L" in text
    if suffix == ".json":
        assert json.loads(text)


def test_the_page_to_file_names_who_signed_these_numbers(room, tmp_path):
    page = room.show()
    page.clinic = lambda: Clinic("Neck Clinic")
    page.header.sign_button.click()
    room.until(lambda: page.standing.holds)
    out = tmp_path / "out.html"
    page.write_report(out)
    room.until(lambda: not page._saving.busy)
    text = out.read_text(encoding="utf-8")
    assert "Neck Clinic" in text
    assert "Dr A, " in text
    assert "P-0392" in text
    assert "Ada Quillfeather" not in text
    page.write_report(out)
    room.until(lambda: page.bar.notice.kind == "check")
    assert "out.html" in page.bar.notice.remedy


def test_all_of_it_fits_1280_by_800_and_scrolls_at_larger_text(room, look):
    page = room.show()
    area = page.overview
    QApplication.processEvents()
    assert area.verticalScrollBar().maximum() == 0
    look.choose(Scheme.DARK, 150)
    QApplication.processEvents()
    assert area.horizontalScrollBar().maximum() == 0
    table = area.heat.table
    assert table.cell_rect(0, 0).height() >= theme.px(15)
    assert table.cell_rect(0, 0).width() >= theme.px(30)
    assert words.DASH not in page.header.title.shown()


def test_without_a_visit_what_is_nobodys_is_listed_and_measured(room):
    kept = room.kept
    path = kept.folder.recordings / "nobodys.bdf"
    shutil.copy(kept.folder.recordings / "visit-1.bdf", path)
    room.look_up(
        lambda r: file_session(
            r, kept.folder, patient_id="", kind=SessionKind.ASSESSMENT, recording=path
        )
    )
    page = room.page
    page.show_list()
    room.until(lambda: len(page.list.table.rows) == 1)
    assert page.list.heading.text() == "Nobody's yet"
    page.list.opened.emit(page.list.table.rows[0].key)
    room.until(lambda: page.measured is not None)
    room.settled()
    assert page.header.title.text() == "nobody's yet · recording before injections"
    assert page.overview.compared.title.text() == "No visit to compare with"


def test_giving_up_leaves_nothing_under_way(room):
    for kept in room.kept.folder.recordings.glob("*.assessment.json"):
        kept.unlink()
    room.page.show_session(room.kept.sessions[1].id)
    page = room.page
    room.until(lambda: page._measuring.busy)
    assert page.working.isVisible()
    page.working.cancel_button.click()
    assert page.list.isVisible()
    assert not page._measuring.busy
    assert page.measured is None
