"""The lock over the window: what it covers, when it closes by itself, how it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from emgfeedback.access.key_file import LOWEST
from emgfeedback.engine.snapshot import RecordingNow, RecordState, Snapshot
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk, open_folder
from emgfeedback.people.protect import set_passphrase
from emgfeedback.people.values import Patient
from emgfeedback.ui.lock_guard import LockGuard

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PASSPHRASE = "vier Worte für Anna"
WAIT_MS = 20_000
NAME = "Ada Quillfeather"


class Stage:
    """A window with a name in it, its guard, and a clock that is turned by hand."""

    def __init__(self, folder: DataFolder, lock_minutes: int = 10) -> None:
        self.now_s = 1000.0
        self.snapshot = Snapshot()
        self.desk = make_desk(folder, "Dr Test")
        self.window = QWidget()
        self.window.resize(900, 600)
        self.name = QLabel(NAME)
        QVBoxLayout(self.window).addWidget(self.name)
        self.pressed: list[str] = []
        key = QShortcut(QKeySequence("Ctrl+R"), self.window)
        key.activated.connect(lambda: self.pressed.append("record"))
        self.guard = LockGuard(
            self.window,
            self.desk,
            folder.keys,
            lambda: self.snapshot,
            lock_minutes,
            clock=lambda: self.now_s,
        )
        self.desk.start()

    def recording(self, state: RecordState) -> None:
        self.snapshot = replace(self.snapshot, recording=RecordingNow(state=state))


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
    made = DataFolder(tmp_path / "data")
    opened = open_folder(made, who="Dr Test")
    opened.register.put(Patient(pseudonym="P-1", name=NAME))
    opened.close()
    return made


@pytest.fixture
def words(folder: DataFolder) -> str:
    return set_passphrase(folder, PASSPHRASE, cost=LOWEST)


@pytest.fixture
def open_stage(qtbot, look, folder: DataFolder) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(**options: int) -> Stage:
        stage = Stage(folder, **options)
        made.append(stage)
        qtbot.addWidget(stage.window)
        with qtbot.waitExposed(stage.window):
            stage.window.show()
        stage.window.activateWindow()
        return stage

    yield make
    for stage in made:
        stage.guard.stop()
        stage.desk.close()


def unlock(qtbot, stage: Stage, secret: str = PASSPHRASE) -> None:
    stage.guard.page.field.setText(secret)
    qtbot.keyClick(stage.guard.page.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not stage.guard.covering, timeout=WAIT_MS)


def test_a_locked_folder_covers_everything_from_the_first_moment(qtbot, words, open_stage):
    stage = open_stage()
    page = stage.guard.page
    assert stage.guard.covering
    assert page.geometry() == stage.window.rect()
    assert not stage.name.isVisible()
    assert page.field.hasFocus()
    assert page.field.echoMode() is QLineEdit.EchoMode.Password
    stage.window.resize(1100, 700)
    assert page.geometry() == stage.window.rect()
    unlock(qtbot, stage)
    assert stage.name.isVisible()
    assert page.field.text() == ""


def test_keys_of_the_window_do_nothing_while_it_is_covered(qtbot, words, open_stage):
    stage = open_stage()
    qtbot.keyClick(stage.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert stage.pressed == []
    unlock(qtbot, stage)
    qtbot.keyClick(stage.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert stage.pressed == ["record"]


def test_a_wrong_passphrase_is_told_with_the_time_of_the_next_try(qtbot, words, open_stage):
    stage = open_stage()
    page = stage.guard.page
    page.field.setText("not this one")
    page.button.click()
    qtbot.waitUntil(lambda: not page.busy and page.said.isVisible(), timeout=WAIT_MS)
    assert "neither the passphrase nor the recovery key" in page.said.text()
    assert page.field.accessibleDescription() == page.said.text()
    assert not page.button.isEnabled()
    assert page.button.text() == "Next try in 1 s"
    qtbot.waitUntil(page.button.isEnabled, timeout=WAIT_MS)
    unlock(qtbot, stage)


def test_the_recovery_key_opens_too(qtbot, words, open_stage):
    stage = open_stage()
    page = stage.guard.page
    assert not page.final.isVisible()
    page.other_way.click()
    assert page.final.isVisible()
    assert page.field.echoMode() is QLineEdit.EchoMode.Normal
    unlock(qtbot, stage, words)
    assert stage.desk.state is DeskState.OPEN
    assert stage.guard.banner.notice is not None
    assert "new passphrase" in stage.guard.banner.notice.remedy


def test_it_locks_after_nobody_touched_anything(qtbot, words, open_stage):
    stage = open_stage(lock_minutes=5)
    unlock(qtbot, stage)
    stage.now_s += 4 * 60
    qtbot.keyClick(stage.window, Qt.Key.Key_A)
    stage.now_s += 4 * 60
    stage.guard.look()
    assert stage.desk.state is DeskState.OPEN
    stage.now_s += 61
    qtbot.waitUntil(lambda: stage.guard.covering, timeout=WAIT_MS)
    assert stage.desk.state is DeskState.LOCKED
    assert not stage.name.isVisible()


def test_never_during_a_recording_and_not_at_once_after_it(qtbot, words, open_stage):
    stage = open_stage(lock_minutes=5)
    unlock(qtbot, stage)
    stage.recording(RecordState.RECORDING)
    stage.guard.look()
    stage.now_s += 3600
    stage.guard.look()
    qtbot.keyClick(stage.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert stage.guard.banner.notice is not None
    assert "Not locked" in stage.guard.banner.notice.title
    assert stage.desk.state is DeskState.OPEN
    stage.recording(RecordState.SAVED)
    stage.guard.look()
    assert not stage.guard.covering
    stage.now_s += 301
    qtbot.waitUntil(lambda: stage.guard.covering, timeout=WAIT_MS)


def test_never_where_that_was_chosen(qtbot, words, open_stage):
    stage = open_stage(lock_minutes=0)
    unlock(qtbot, stage)
    stage.now_s += 1e6
    stage.guard.look()
    assert stage.desk.state is DeskState.OPEN
    stage.guard.lock_after(5)
    stage.guard.look()
    stage.now_s += 301
    qtbot.waitUntil(lambda: stage.guard.covering, timeout=WAIT_MS)


def test_ctrl_l_locks_and_dialogs_go_too(qtbot, words, open_stage):
    stage = open_stage()
    unlock(qtbot, stage)
    dialog = QDialog(stage.window)
    QVBoxLayout(dialog).addWidget(QLabel(NAME))
    dialog.show()
    QTest.keyClick(stage.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: stage.guard.covering, timeout=WAIT_MS)
    assert not dialog.isVisible()
    answer = stage.desk.ask(lambda register: register.search(""))
    assert answer.wait(20)
    assert "locked" in answer.error


def test_without_a_passphrase_nothing_locks_and_ctrl_l_says_why(qtbot, open_stage):
    stage = open_stage(lock_minutes=5)
    qtbot.waitUntil(lambda: stage.desk.state is DeskState.OPEN, timeout=WAIT_MS)
    stage.now_s += 1e6
    stage.guard.look()
    qtbot.keyClick(stage.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert stage.guard.banner.notice is not None
    assert stage.guard.banner.notice.title == "There is no passphrase"
    assert (stage.desk.state, stage.guard.covering) == (DeskState.OPEN, False)


def test_a_desk_that_is_refused_inside_is_told_on_the_page(qtbot, words, open_stage, folder):
    stage = open_stage()
    folder.register.write_bytes(b"no database at all" * 100)
    page = stage.guard.page
    page.field.setText(PASSPHRASE)
    page.button.click()
    qtbot.waitUntil(page.said.isVisible, timeout=WAIT_MS)
    assert "the file is damaged" in page.said.text()
    assert stage.guard.covering
    assert isinstance(stage.desk, Desk)
