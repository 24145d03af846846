"""A real register on disk behind a real desk, with one person in it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from emgfeedback.people.database import Database
from emgfeedback.people.desk import Desk
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.checkin.keeping import KeptPanel

TODAY = dt.date(2026, 3, 10)


@dataclass
class Room:
    """An open register, and panels on it."""

    root: Path
    register: Register
    patient: Patient
    qtbot: object
    desks: list[Desk] = field(default_factory=list)
    panels: list[QWidget] = field(default_factory=list)
    day: dt.date = TODAY

    def open(
        self, make: Callable[..., KeptPanel], *, role: Role = Role.CLINICIAN, **options: object
    ) -> KeptPanel:
        """Show a panel and wait until it has its first answer."""
        panel = self._show(make, role, self.patient.id, **options)
        self.settle(panel)
        return panel

    def open_page(self, make: Callable[..., QWidget]) -> QWidget:
        """Show a page of several panels."""
        return self._show(make, Role.CLINICIAN)

    def _show(
        self, make: Callable[..., QWidget], role: Role, *given: object, **options: object
    ) -> QWidget:
        only = self.patient.id if role is Role.PATIENT else ""
        desk = Desk(
            lambda _: Register(Database.open(self.root), who="Dr A", role=role, patient_id=only)
        )
        desk.start()
        self.desks.append(desk)
        owner = QWidget()
        panel = make(Asking(desk, owner), *given, today=lambda: self.day, **options)
        panel.resize(1100, 900)
        self.panels += [panel, owner]
        with self.qtbot.waitExposed(panel):
            panel.show()
        return panel

    def settle(self, panel: KeptPanel) -> None:
        """Wait until all that was asked is answered."""
        self.qtbot.waitUntil(lambda: not panel._asking.waiting)

    def kept(self, kind: type) -> list:
        """What the register has of a kind."""
        return self.register.all_of(kind, self.patient.id)


@pytest.fixture(scope="session")
def blank_register(tmp_path_factory) -> Path:
    """A register without anybody, made once: making its tables takes longer than copying them."""
    root = tmp_path_factory.mktemp("blank")
    Database.open(root).close()
    return root


@pytest.fixture
def room(tmp_path: Path, blank_register: Path, look, qtbot) -> Iterator[Room]:
    del look
    shutil.copytree(blank_register, tmp_path, dirs_exist_ok=True)
    database = Database.open(tmp_path)
    register = Register(database, who="Dr A", role=Role.CLINICIAN)
    made = Room(tmp_path, register, register.put(Patient(pseudonym="P-1")), qtbot)
    yield made
    for panel in made.panels:
        panel.close()
        panel.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for desk in made.desks:
        desk.close()
    database.close()
