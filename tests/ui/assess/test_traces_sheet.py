"""Traces task by task; edges moved by mouse and keyboard, kept with their audit, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

from emgfeedback.people.database import Database
from emgfeedback.people.desk import Desk
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import MovedEdge, Session, SessionKind
from emgfeedback.review.spans import LeftOut
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess.edges import END, START, EdgeKey
from emgfeedback.ui.assess.traces_sheet import TracesSheet
from emgfeedback.ui.review.looking import OpenRecording
from emgfeedback.ui.theme import Scheme
from emgfeedback.ui.traces_raster import LEVEL_SHARE
from tests.ui.assess import recorded
from tests.ui.assess.conftest import Room
from tests.ui.pictures import grey_levels

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
SHIFT = Qt.KeyboardModifier.ShiftModifier
SECOND = EdgeKey("rotate-left", 1, START)


class Stage:
    """A sheet on a real desk, and the register behind it."""

    def __init__(self, room: Room, role: Role = Role.CLINICIAN) -> None:
        self.room, self.heard = room, 0
        self.session = room.register.put(
            Session(
                patient_id=room.patient.id,
                started_utc=recorded.STARTED,
                kind=SessionKind.ASSESSMENT,
            )
        )
        only = room.patient.id if role is Role.PATIENT else ""
        self.desk = Desk(
            lambda _: Register(Database.open(room.root), who="Dr A", role=role, patient_id=only)
        )
        self.desk.start()
        self.owner = QWidget()
        self.sheet = TracesSheet(Asking(self.desk, self.owner))
        self.sheet.changed.connect(self._hear)
        self.sheet.resize(1180, 640)
        with room.qtbot.waitExposed(self.sheet):
            self.sheet.show()
        self.sheet.activateWindow()

    def _hear(self) -> None:
        self.heard += 1

    def until(self, holds) -> None:
        self.room.qtbot.waitUntil(holds, timeout=20_000)

    def open(self, path: Path, measured: Mapping[str, Any], **asked: Any) -> TracesSheet:
        sheet = self.sheet
        sheet.show_assessment(OpenRecording(path, **asked), self.session, measured)
        self.until(lambda: sheet.lanes._image is not None and sheet._scaled)
        sheet.show_task("rotate-left")
        self.settle()
        return sheet

    def settle(self) -> None:
        """Wait until the register has answered and the window wanted is drawn."""
        sheet = self.sheet

        def there() -> bool:
            image = sheet.lanes._image
            return (
                sheet.editing is not None
                and not sheet.editing._in_flight
                and image is not None
                and abs(image.first_s - sheet.window_shown.first_s) < 0.01
            )

        self.until(there)

    def kept(self) -> list[tuple[str, int, str, float, float]]:
        found = self.room.register.all_of(MovedEdge, session_id=self.session.id)
        return [(e.task, e.repeat, e.edge, e.at_s, e.was_s) for e in found]

    def handle(self, key: EdgeKey):
        handle = self.sheet.lanes.handle_of(key)
        assert handle is not None
        return handle

    def point(self, at_s: float, y: int = 250) -> QPoint:
        return QPointF(self.sheet.lanes.time().x(at_s), y).toPoint()

    def drag(self, from_s: float, to_s: float, y: int = 250) -> None:
        lanes, left = self.sheet.lanes, Qt.MouseButton.LeftButton
        first, last = self.point(from_s, y), self.point(to_s, y)
        QTest.mousePress(lanes, left, pos=first)
        QTest.mouseMove(lanes, (first + last) / 2)
        QTest.mouseMove(lanes, last)
        QTest.mouseRelease(lanes, left, pos=last)

    def close(self) -> None:
        self.sheet.close_recording()
        self.sheet.close()
        self.sheet.deleteLater()
        self.desk.close()


@pytest.fixture
def stage(room: Room) -> Iterator[Stage]:
    made = Stage(room)
    yield made
    made.close()


@pytest.fixture
def sheet(stage: Stage, path: Path, measured: Mapping[str, Any]) -> TracesSheet:
    return stage.open(path, measured)


def test_tasks_are_gone_through_and_each_fills_the_window(sheet, stage):
    shown = []
    sheet.show_task("rest-supported")
    for _ in range(4):
        window = sheet.window_shown
        holds = sheet.editing.holds.of_task(sheet.task)
        assert window.first_s <= holds[0].from_s < holds[-1].to_s <= window.end_s
        assert window.seconds < 1.2 * (holds[-1].to_s - holds[0].from_s)
        shown.append(sheet.task)
        QTest.keyClick(sheet.lanes, Qt.Key.Key_PageDown)
    assert shown == list(recorded.HOLDS_S)
    assert not sheet.task_bar.next_button.isEnabled()
    QTest.mouseClick(sheet.task_bar.previous_button, Qt.MouseButton.LeftButton)
    assert sheet.task == "rotate-right"
    QTest.keyClick(sheet.lanes, Qt.Key.Key_0)
    stage.settle()
    bar = sheet.lanes.rows().spans
    QTest.mouseClick(
        sheet.lanes, Qt.MouseButton.LeftButton, pos=stage.point(20.5, round(bar.center().y()))
    )
    assert sheet.task == "rotate-left"
    assert sheet.task_bar.tasks.currentText() == "Turn left"


def test_an_edge_is_dragged_with_a_ghost_and_kept_when_let_go(sheet, stage):
    lanes = sheet.lanes
    QTest.mousePress(lanes, Qt.MouseButton.LeftButton, pos=stage.point(19.0))
    assert lanes.handle_of(SECOND).hasFocus()
    QTest.mouseMove(lanes, stage.point(19.8))
    assert sheet.editing.ghost_s == 19.0
    assert sheet.editing.pending_s == pytest.approx(19.8, abs=0.02)
    assert stage.kept() == []
    QTest.mouseRelease(lanes, Qt.MouseButton.LeftButton, pos=stage.point(19.8))
    stage.settle()
    ((task, repeat, edge, at_s, was_s),) = stage.kept()
    assert (task, repeat, edge, was_s) == ("rotate-left", 1, "start", 19.0)
    assert at_s == sheet.editing.holds.at_s(SECOND) == pytest.approx(19.8, abs=0.02)
    assert stage.heard == 1
    assert sheet.task_bar.tasks.currentText() == "Turn left · 1 edge moved"
    assert stage.room.register.audit(stage.room.patient.id)[0].kind == "MovedEdge"


def test_the_mouse_cannot_take_an_edge_past_its_limits(sheet, stage):
    stage.drag(19.0, 12.0)
    stage.settle()
    assert stage.kept() == [("rotate-left", 1, "start", 15.0, 19.0)]
    assert "as far as it goes" in sheet.edge_bar.edge_line.text()
    stage.drag(22.0, 10.5)
    stage.settle()
    assert ("rotate-left", 1, "end", 15.5, 22.0) in stage.kept()


def test_the_keyboard_goes_from_edge_to_edge_and_moves_them(sheet, stage):
    sheet.lanes.setFocus()
    walked = []
    for _ in range(4):
        QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Tab)
        walked.append((sheet.focusWidget().key.repeat, sheet.focusWidget().key.edge))
    assert walked == [(0, START), (0, END), (1, START), (1, END)]
    handle = sheet.focusWidget()
    QTest.keyClick(handle, Qt.Key.Key_Right)
    QTest.keyClick(handle, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(handle, Qt.Key.Key_Left)
    assert handle.accessibleName() == "Turn left, 2 of 2: end of the hold, 22.50 seconds"
    assert "22.50 s · marked at 22.00 s (+0.50 s)" in sheet.edge_bar.edge_line.text()
    assert "to 26.00 s (the next hold)" in sheet.edge_bar.limits_line.text()
    assert stage.kept() == []
    QTest.keyClick(handle, Qt.Key.Key_Return)
    stage.settle()
    assert stage.kept() == [("rotate-left", 1, "end", 22.5, 22.0)]
    assert stage.heard == 1


def test_keys_that_rest_or_a_focus_that_goes_keep_an_edge(sheet, stage):
    handle = stage.handle(SECOND)
    handle.setFocus()
    sheet.editing._timer.setInterval(1)
    QTest.keyClick(handle, Qt.Key.Key_Left)
    stage.until(lambda: stage.kept() == [("rotate-left", 1, "start", 18.95, 19.0)])
    stage.settle()
    sheet.editing._timer.setInterval(100_000)
    QTest.keyClick(handle, Qt.Key.Key_Left)
    QTest.keyClick(handle, Qt.Key.Key_Tab)
    stage.settle()
    assert stage.kept() == [("rotate-left", 1, "start", 18.9, 19.0)]


def test_escape_leaves_an_edge_where_it_was(sheet, stage):
    handle = stage.handle(SECOND)
    handle.setFocus()
    QTest.keyClick(handle, Qt.Key.Key_Right, SHIFT)
    assert sheet.editing.ghost_s == 19.0
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert sheet.editing.pending_s is None
    handle.clearFocus()
    stage.settle()
    assert stage.kept() == []
    assert stage.heard == 0


def test_one_edge_is_put_back_and_changes_are_undone_in_turn(sheet, stage):
    undo, back = sheet.edge_bar.undo_button, sheet.edge_bar.back_button
    assert not undo.isEnabled()
    for key, step in (
        (SECOND, Qt.Key.Key_Right),
        (EdgeKey("rotate-left", 0, END), Qt.Key.Key_Left),
    ):
        stage.handle(key).setFocus()
        QTest.keyClick(stage.handle(key), step, SHIFT)
        QTest.keyClick(stage.handle(key), Qt.Key.Key_Enter)
        stage.settle()
    assert {(e[1], e[3]) for e in stage.kept()} == {(1, 19.5), (0, 14.5)}
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    stage.settle()
    assert [(e[1], e[3]) for e in stage.kept()] == [(1, 19.5)]
    assert not back.isEnabled()
    for left in ({(1, 19.5), (0, 14.5)}, {(1, 19.5)}, set()):
        QTest.keyClick(sheet.lanes, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        stage.settle()
        assert {(e[1], e[3]) for e in stage.kept()} == left
    assert not undo.isEnabled()
    assert stage.heard == 6
    assert sheet.editing.holds.at_s(SECOND) == 19.0


def test_an_edge_moved_to_its_mark_is_no_longer_a_moved_one(sheet, stage):
    handle = stage.handle(SECOND)
    handle.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(handle, key)
        QTest.keyClick(handle, Qt.Key.Key_Return)
        stage.settle()
    assert stage.kept() == []
    assert stage.heard == 2


def test_edges_kept_before_are_shown_and_measuring_anew_changes_nothing_of_them(
    stage, path, measured, measured_again
):
    own = {"patient_id": stage.room.patient.id, "session_id": stage.session.id}
    stage.room.register.put(
        MovedEdge(**own, task="rotate-left", repeat=1, edge="start", at_s=19.4, was_s=19.0)
    )
    sheet = stage.open(path, measured)
    assert sheet.editing.holds.at_s(SECOND) == 19.4
    sheet.show_measured(measured_again)
    assert sheet.editing.holds.at_s(SECOND) == 19.4
    stage.handle(SECOND).setFocus()
    QTest.keyClick(stage.handle(SECOND), Qt.Key.Key_Delete)
    stage.settle()
    assert stage.kept() == []
    assert sheet.editing.holds.at_s(SECOND) == 19.0


def test_an_edge_out_of_sight_comes_into_sight_with_the_focus(sheet, stage):
    QTest.keyClick(sheet.lanes, Qt.Key.Key_0)
    sheet.show_window(sheet.window_shown.zoomed(0.05, 40.0))
    stage.handle(SECOND).setFocus()
    window = sheet.window_shown
    assert window.first_s <= 19.0 <= window.end_s


def test_a_drag_on_the_traces_pans_and_keys_zoom(sheet, stage):
    before = sheet.window_shown
    QTest.keyClick(sheet.lanes, Qt.Key.Key_Plus)
    assert sheet.window_shown.seconds == pytest.approx(before.seconds / 1.5)
    first_s = sheet.window_shown.first_s
    stage.settle()
    stage.drag(17.0, 16.0)
    assert sheet.window_shown.first_s == pytest.approx(first_s + 1.0, abs=0.05)
    assert stage.kept() == []
    scale_uv = sheet.lanes.scale_uv
    QTest.keyClick(sheet.lanes, Qt.Key.Key_Down)
    assert sheet.lanes.scale_uv > scale_uv


def test_the_edge_in_hand_and_what_is_left_out_are_drawn(stage, path, measured):
    sheet = stage.open(path, measured, left_out=(LeftOut(24.8, 25.4, "coughing"),))
    quiet = grey_levels(sheet.lanes)
    stage.handle(SECOND).setFocus()
    QTest.keyClick(stage.handle(SECOND), Qt.Key.Key_Right, SHIFT)
    drawn = grey_levels(sheet.lanes)
    ghost, line = (round(sheet.lanes.time().x(at_s)) for at_s in (19.0, 19.5))
    foot = sheet.lanes.rows().plot
    rows = slice(round(foot.center().y()), round(foot.bottom()))
    for x in (ghost, line):
        assert (drawn[rows, x - 2 : x + 3] != quiet[rows, x - 2 : x + 3]).any()
    QTest.keyClick(stage.handle(SECOND), Qt.Key.Key_Return)
    stage.settle()
    kept = grey_levels(sheet.lanes)
    assert sheet.editing.ghost_s is None
    assert (kept[rows, ghost - 2 : ghost + 3] != quiet[rows, ghost - 2 : ghost + 3]).any()
    assert sheet.lanes.left_out == (LeftOut(24.8, 25.4, "coughing"),)
    sheet.show_whole()
    stage.settle()
    sheet.lanes.grab()
    assert [span.reason for _, span in sheet.lanes._chips] == ["coughing"]


def test_the_first_scale_holds_the_loudest_line_of_half_the_tasks(sheet, measured):
    tops_uv = sorted(
        max(found["rms_uv"]["value"] or 0.0 for found in task["muscles"].values())
        for task in measured["tasks"].values()
    )
    line_uv = LEVEL_SHARE * sheet.lanes.scale_uv
    assert sum(top < line_uv for top in tops_uv) >= len(tops_uv) / 2
    assert line_uv < 3 * tops_uv[-1]


def test_a_recording_that_cannot_be_opened_says_why(stage, tmp_path, measured):
    asked = OpenRecording(tmp_path / "gone.bdf")
    stage.sheet.show_assessment(asked, stage.session, measured)
    stage.until(lambda: stage.sheet.banner.notice is not None)
    assert stage.sheet.banner.notice.kind == "bad"


def test_an_edge_the_register_refuses_goes_back_and_why_is_told(sheet, stage):
    undoes = stage.room.register.remove(stage.session)
    stage.handle(SECOND).setFocus()
    QTest.keyClick(stage.handle(SECOND), Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(stage.handle(SECOND), Qt.Key.Key_Return)
    stage.until(lambda: sheet.banner.notice is not None)
    assert "removed" in sheet.banner.notice.remedy
    assert sheet.editing.holds.at_s(SECOND) == 19.0
    assert stage.heard == 0
    stage.room.register.undo(undoes)
    QTest.keyClick(stage.handle(SECOND), Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(stage.handle(SECOND), Qt.Key.Key_Return)
    stage.until(lambda: stage.heard == 1)
    assert sheet.banner.notice is None
    assert sheet.editing.holds.at_s(SECOND) == 19.5


def test_an_edge_in_hand_whose_hold_is_gone_is_let_go(sheet, measured):
    sheet.editing.take(SECOND)
    first_alone = {**measured["segments"], "rotate-left": measured["segments"]["rotate-left"][:1]}
    sheet.show_measured({**measured, "segments": first_alone})
    assert sheet.editing.active is None
    assert [h.repeat for h in sheet.editing.holds.of_task("rotate-left")] == [0]


def test_closing_keeps_the_edge_in_hand(sheet, stage):
    stage.handle(SECOND).setFocus()
    QTest.keyClick(stage.handle(SECOND), Qt.Key.Key_Left)
    sheet.close_recording()
    stage.until(lambda: stage.heard == 1)
    assert stage.kept() == [("rotate-left", 1, "start", 18.95, 19.0)]


def test_a_patient_sees_the_tasks_and_has_no_handles(room, path, measured):
    stage = Stage(room, Role.PATIENT)
    sheet = stage.open(path, measured)
    assert all(handle.isHidden() for handle in sheet.lanes.handles)
    stage.drag(19.0, 20.0)
    assert sheet.editing.pending_s is None
    stage.close()


@pytest.mark.parametrize(("scheme", "text_pct"), [(Scheme.LIGHT, 150), (Scheme.DARK, 100)])
def test_everything_has_a_name_and_stays_inside(stage, look, path, measured, scheme, text_pct):
    look.choose(scheme, text_pct)
    sheet = stage.open(path, measured)
    for kind in (QAbstractButton, QComboBox):
        for control in sheet.findChildren(kind):
            if control.isVisibleTo(sheet) and not control.objectName().startswith("qt_"):
                assert control.accessibleName(), control
                assert control.mapTo(sheet, control.rect().topRight()).x() < sheet.width()
    for handle in sheet.lanes.handles[:4]:
        assert handle.accessibleName().endswith("seconds")
        assert sheet.lanes.rect().contains(handle.geometry())
