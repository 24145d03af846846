"""Render Home, People and a person into docs/images: `python -m docs.people_screens [folder]`.

The people are made up. Needs no window system: set QT_QPA_PLATFORM=offscreen where there is none.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QScrollArea

from emgfeedback.core.files import PLAIN
from emgfeedback.engine.station import Station
from emgfeedback.home.contact import Sign
from emgfeedback.home.pairing import clinic_pairing, keep
from emgfeedback.people.desk import DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.people.register import Register
from emgfeedback.people.values import CheckIn, Patient, Session, SessionKind, Value
from emgfeedback.training.plan import shipped_plans
from emgfeedback.ui.kit.kit_words import unwell_note
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.person.home_card import HomeCard
from emgfeedback.ui.person.home_now import make_plan
from emgfeedback.ui.person.rooms import PeopleRooms
from emgfeedback.ui.theme import Appearance, Scheme
from tests.ui.people.made_up import filled_folder


def until(app: QApplication, holds: Callable[[], bool]) -> None:
    """Let the window work until something holds, or a minute has gone."""
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        app.processEvents()
        time.sleep(0.005)


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    out = Path(arguments[0]) if arguments else Path(__file__).parent / "images"
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    look = Appearance(app)
    look.choose(Scheme.LIGHT, 100)
    today = dt.datetime.now().astimezone().date()
    with tempfile.TemporaryDirectory() as scratch:
        folder = DataFolder(Path(scratch))
        people = filled_folder(folder.root, today)
        desk = make_desk(folder, "Dr Berg")
        window = MainWindow(Station(folder.recordings), look, records=(desk, folder))
        window.painted.connect(desk.start)
        window.show()
        until(app, lambda: desk.state is DeskState.OPEN)
        take = Camera(app, window, look, out)
        assert window.rooms is not None
        rooms = window.rooms
        window.open_page("home")
        until(app, lambda: bool(rooms.home.people.rows))
        take("home-light", Scheme.LIGHT)
        window.open_page("people")
        until(app, lambda: bool(rooms.people.table.rows))
        take("people-dark", Scheme.DARK)
        rooms.people.show_person(people[0].id)
        until(app, lambda: rooms.people.person.patient is not None)
        until(app, lambda: rooms.people.person.overview.trend.chart.trend is not None)
        take("person-light", Scheme.LIGHT)
        show_training_at_home(app, window, folder, people[0])
        take("home-clinic-light", Scheme.LIGHT)
        if arguments[1:] == ["all"]:
            take_the_rest(take, window, rooms, people)
        window.close()
        desk.close()


def take_the_rest(
    take: Camera, window: MainWindow, rooms: PeopleRooms, people: list[Patient]
) -> None:
    """Take the pictures that are looked at and not kept."""
    take("person-dark", Scheme.DARK)
    take("person-large", Scheme.LIGHT, 175)
    rooms.people.person.show_tab(1)
    take("person-treatment", Scheme.LIGHT)
    rooms.people.person.scales.begin(None)
    take("person-scale", Scheme.DARK)
    rooms.people.person.show_tab(2)
    take("person-electrodes", Scheme.LIGHT)
    window.open_page("home")
    take("home-dark-large", Scheme.DARK, 175)
    window.open_page("people")
    rooms.people.show_list()
    rooms.people.search.setText("p-041")
    take("people-large", Scheme.LIGHT, 175)
    rooms.people.edit(people[0])
    take("person-form", Scheme.DARK)
    rooms.start_visit(people[0])
    take("train-visit", Scheme.LIGHT)


def show_training_at_home(
    app: QApplication, window: MainWindow, folder: DataFolder, patient: Patient
) -> None:
    """Show the card of a person who has practised at home for four weeks."""
    begun = dt.datetime.now(dt.UTC) - dt.timedelta(days=25)
    wished = {
        "contact": "Call Neck Clinic, telephone 0123 456, if pain rises.",
        "weeks": 12,
    }
    values: list[Value] = [
        Session(
            patient_id=patient.id,
            started_utc=begun + dt.timedelta(days=day),
            kind=SessionKind.HOME,
            plan="home-15-minutes",
            plan_title="Home, 15 minutes",
            duration_s=900,
            finished=True,
            success_pct=70 + day / 2,
        )
        for day in (0, 1, 2, 4, 5, 7, 8, 10, 14, 15, 16, 17, 18, 19, 21, 23)
    ]
    values.append(
        CheckIn(
            patient_id=patient.id,
            on=(begun + dt.timedelta(days=22)).date(),
            note=unwell_note(Sign.UNWELL),
        )
    )

    def practise(register: Register) -> None:
        plans, out = shipped_plans(), folder.root / "picture.emgplan"
        make_plan(register, folder, PLAIN, patient.id, wished, plans, out, begun)
        register.put_all(values)
        pairing = clinic_pairing(folder, patient.id, PLAIN)
        assert pairing is not None
        keep(folder, replace(pairing, kit_key=bytes(32), results_on=f"{dt.date.today()}"), PLAIN)

    assert window.rooms is not None
    page = window.rooms.people.person
    (card,) = page.findChildren(HomeCard)
    window.rooms.desk.ask(practise, changes=True)
    until(app, lambda: card.now is not None and card.now.sessions > 0)
    area = next(a for a in page.findChildren(QScrollArea) if a.isAncestorOf(card))
    until(app, lambda: area.verticalScrollBar().maximum() > card.y())
    area.verticalScrollBar().setValue(card.y() - 12)


class Camera:
    """Takes pictures of a window once nothing is awaited any more."""

    def __init__(self, app: QApplication, window: MainWindow, look: Appearance, out: Path) -> None:
        self._app, self._window, self._look, self._out = app, window, look, out

    def __call__(self, name: str, scheme: Scheme, text_pct: int = 100) -> None:
        self._look.choose(scheme, text_pct)
        ends = time.monotonic() + 0.8
        until(self._app, lambda: time.monotonic() > ends)
        self._window.grab().toImage().save(str(self._out / f"{name}.png"), "PNG", 0)


if __name__ == "__main__":
    main(sys.argv[1:])
