"""The window of a patient's computer, on a real running system; a clinic made the plan."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from emgfeedback.devices.connection import Connection
from emgfeedback.devices.registry import make_drivers
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.station import Station
from emgfeedback.home.give import Wishes, make_plan_file
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.people.desk import DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.people.values import GivenPlan, Patient
from emgfeedback.ui.kit.kit_room import KitRoom
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Appearance
from tests.home.two_places import Place, add_patient
from tests.ui.checkin.conftest import blank_register
from tests.ui.stage_session import Port

__all__ = ["blank_register"]
WAIT_MS = 30_000
CALL = "Neck Clinic, 0123 456."
PLAN = """\
version = 1
name = "short-home"
title = "Short practice"
summary = "Two questions."
auto = true

[[step]]
kind = "ratings"
when = "before"
ask = ["pain"]

[[step]]
kind = "prompt"
title = "Settle"
task = "Sit comfortably."
seconds = 3

[[step]]
kind = "ratings"
when = "after"
ask = ["pain"]

[[step]]
kind = "end"
"""


class Home:
    """The window, its parts, and how to wait for them."""

    def __init__(self, root: Path, look: Appearance, qtbot) -> None:
        self.folder = DataFolder(root)
        self.desk = make_desk(self.folder, "kit")
        link = VirtualLink(VirtualBoard(NeckSignal()), speed=4.0)
        self.ports = [Port("COM7", "USB serial", "Arduino Uno")]
        self.connected: list[str] = []

        def connector(port: str, driver: str) -> Callable[[], Connection]:
            self.connected.append(port)
            return lambda: Connection(link, make_drivers(driver))

        self.station = Station(
            self.folder.recordings, connector_of=connector, files=lambda: self.desk.files
        )
        self.station.ports = lambda: self.ports  # type: ignore[method-assign]  # no board is plugged in here
        self.window = MainWindow(self.station, look, None, (self.desk, self.folder))
        self.window.painted.connect(self.desk.start)
        self._qtbot = qtbot
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.until(lambda: self.desk.state is DeskState.OPEN)

    @property
    def room(self) -> KitRoom:
        assert self.window.kit is not None
        assert self.window.kit.room is not None
        return self.window.kit.room

    def until(self, holds: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(holds()), timeout=WAIT_MS)

    def on(self, page: QWidget) -> bool:
        return self.room.currentWidget() is page

    def take(self, file: Path) -> None:
        """Take a plan as a patient does, from the very first screen."""
        assert self.window.rooms is not None
        self.until(self.window.rooms.home.first_run.isVisible)
        self.window.rooms.home.first_run.home_button.click()
        self.room.take.look_at(file)
        self.room.take.same.click()
        self.until(lambda: self.on(self.room.home))

    def answer(self, pain: int) -> None:
        """Answer the question on the screen."""
        view = self.room.practice.view
        assert view is not None
        self.until(view.ratings.isVisible)
        view.ratings.type_digit(pain)
        view.button.click()
        self.until(lambda: not view.ratings.isVisible())

    def ask(self, question):
        answer = self.desk.ask(question)
        assert answer.wait(60)
        assert not answer.error
        return answer.value

    def close(self) -> None:
        self.window.close()
        self.station.close()
        self.window.keep_finished()
        self.desk.close()
        self.window.deleteLater()


@pytest.fixture
def clinic(tmp_path: Path, blank_register: Path) -> Iterator[Place]:
    shutil.copytree(blank_register, tmp_path / "clinic")
    place = Place.at(tmp_path / "clinic")
    yield place
    place.close()


@pytest.fixture
def patient(clinic: Place) -> Patient:
    return add_patient(clinic)


@pytest.fixture
def plan_file(clinic: Place, patient: Patient, tmp_path: Path) -> Path:
    out = tmp_path / "plan.emgplan"
    today = dt.datetime.now().astimezone().date()
    given = GivenPlan(
        patient_id=patient.id,
        from_date=today,
        name="short-home",
        title="Short practice",
        where="home",
        toml=PLAN,
    )
    wishes = Wishes(contact=CALL, clinic="Neck Clinic", greeting="Ada")
    made: HomePlan = make_plan_file(
        clinic.register, clinic.folder, given, wishes, out, now_utc=dt.datetime.now(dt.UTC)
    )
    assert made.days_per_week == 5
    return out


@pytest.fixture
def home(qtbot, look: Appearance, tmp_path: Path, blank_register: Path) -> Iterator[Home]:
    shutil.copytree(blank_register, tmp_path / "kit")
    made = Home(tmp_path / "kit", look, qtbot)
    yield made
    made.close()
