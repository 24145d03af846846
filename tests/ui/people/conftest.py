"""A window with a register of made-up people, opened as the app opens it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.people.database import Database
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.person.rooms import PeopleRooms
from emgfeedback.ui.theme import Appearance
from tests.ui.people.made_up import filled_folder
from tests.ui.stage_session import StageSession

TODAY = dt.datetime.now().astimezone().date()


class Clinic:
    """A window on a register, and the register itself to look behind it."""

    def __init__(self, root: Path, look: Appearance, qtbot, people: list[Patient]) -> None:
        self.people = people
        self.folder = DataFolder(root)
        self.folder.recordings.mkdir(parents=True, exist_ok=True)
        self.desk: Desk = make_desk(self.folder, "Dr Test")
        self.session = StageSession(Snapshot())
        self.session.recordings_folder = self.folder.recordings
        self.window = MainWindow(self.session, look, records=(self.desk, self.folder))
        self.window.painted.connect(self.desk.start)
        self._qtbot = qtbot

    @property
    def rooms(self) -> PeopleRooms:
        assert self.window.rooms is not None
        return self.window.rooms

    def open(self, page: str = "home") -> Clinic:
        self.window.open_page(page)
        with self._qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.until(lambda: self.desk.state not in (DeskState.OPENING,))
        return self

    def until(self, holds: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(holds()), timeout=60_000)

    def look_up(self, question):
        """Ask the register behind the window's back."""
        answer = self.desk.ask(question)
        assert answer.wait(60)
        assert not answer.error
        return answer.value

    def show_person(self, place: int = 0) -> Patient:
        patient = self.people[place]
        self.window.open_page("people")
        self.rooms.people.show_person(patient.id)
        page = self.rooms.people.person
        self.until(lambda: page.patient is not None and page.patient.id == patient.id)
        return patient

    def close(self) -> None:
        self.window.close()
        self.desk.close()
        self.window.deleteLater()


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> tuple[Path, list[Patient]]:
    root = tmp_path_factory.mktemp("filled")
    return root, filled_folder(root, TODAY)


@pytest.fixture(scope="session")
def empty(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("empty")
    Database.open(root).close()
    return root


@pytest.fixture
def clinic_on(tmp_path, look: Appearance, qtbot) -> Iterator[Callable[..., Clinic]]:
    opened: list[Clinic] = []

    def make(root: Path, people: list[Patient]) -> Clinic:
        shutil.copytree(root, tmp_path / "data")
        made = Clinic(tmp_path / "data", look, qtbot, people)
        opened.append(made)
        return made

    yield make
    for made in opened:
        made.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def clinic(clinic_on, filled) -> Clinic:
    root, people = filled
    return clinic_on(root, people)


@pytest.fixture
def new_clinic(clinic_on, empty) -> Clinic:
    return clinic_on(empty, [])


@pytest.fixture
def register(clinic: Clinic) -> Iterator[Register]:
    """The register of another room."""
    database = Database.open(clinic.folder.root)
    yield Register(database, who="Dr Other", role=Role.CLINICIAN)
    database.close()
