"""Render Home, People and a person into docs/images: `python -m docs.people_screens [folder]`.

The people are made up. Needs no window system: set QT_QPA_PLATFORM=offscreen where there is none.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QScrollArea

from docs.studio import Studio
from emgfeedback.core.files import PLAIN
from emgfeedback.home.contact import Sign
from emgfeedback.home.pairing import clinic_pairing, keep
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.values import CheckIn, Patient, Session, SessionKind, Value
from emgfeedback.training.plan import shipped_plans
from emgfeedback.ui.kit.kit_words import unwell_note
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.person.home_card import HomeCard
from emgfeedback.ui.person.home_now import make_plan
from emgfeedback.ui.person.rooms import PeopleRooms
from emgfeedback.ui.theme import Scheme
from tests.ui.people.made_up import filled_folder


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    studio = Studio(arguments)
    today = dt.datetime.now().astimezone().date()
    with tempfile.TemporaryDirectory() as scratch:
        folder = DataFolder(Path(scratch))
        people = filled_folder(folder.root, today)
        with studio.window(folder, "Dr Berg") as window:
            assert window.rooms is not None
            rooms = window.rooms
            window.open_page("home")
            studio.until(lambda: bool(rooms.home.people.rows))
            studio.take(window, "home-light")
            window.open_page("people")
            studio.until(lambda: bool(rooms.people.table.rows))
            studio.take(window, "people-dark", Scheme.DARK)
            rooms.people.show_person(people[0].id)
            studio.until(lambda: rooms.people.person.patient is not None)
            studio.until(lambda: rooms.people.person.overview.trend.chart.trend is not None)
            studio.take(window, "person-light")
            show_training_at_home(studio, window, folder, people[0])
            studio.take(window, "home-clinic-light")
            if arguments[1:] == ["all"]:
                take_the_rest(partial(studio.take, window), window, rooms, people)


def take_the_rest(
    take: Callable[..., None], window: MainWindow, rooms: PeopleRooms, people: list[Patient]
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
    studio: Studio, window: MainWindow, folder: DataFolder, patient: Patient
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
    studio.until(lambda: card.now is not None and card.now.sessions > 0)
    area = next(a for a in page.findChildren(QScrollArea) if a.isAncestorOf(card))
    studio.until(lambda: area.verticalScrollBar().maximum() > card.y())
    area.verticalScrollBar().setValue(card.y() - 12)


if __name__ == "__main__":
    main(sys.argv[1:])
