"""Render home mode into docs/images: `python -m docs.home_screens [folder]`.

The plan is made for a made-up person and taken as a patient takes it. Needs no window system:
set QT_QPA_PLATFORM=offscreen where there is none.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from docs.people_screens import until
from emgfeedback.engine.station import Station
from emgfeedback.home.adherence import week_of
from emgfeedback.home.contact import Sign
from emgfeedback.home.give import Wishes, make_plan_file
from emgfeedback.people.database import Database
from emgfeedback.people.desk import DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import GivenPlan, Patient
from emgfeedback.training.plan import find_plan
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Appearance, Scheme

CALL = "Neck Clinic, 0123 456, on weekdays from 8 to 16. If swallowing gets hard: at once."


def make_plan(root: Path, first_day: dt.date) -> Path:
    """Make a signed plan in a clinic of its own; return its file."""
    register = Register(Database.open(root / "clinic"), who="Dr Berg", role=Role.CLINICIAN)
    patient = register.put(Patient(pseudonym="P-0392"))
    text = find_plan("home-15-minutes").read_text(encoding="utf-8")
    given = GivenPlan(
        patient_id=patient.id,
        from_date=first_day,
        name="home-15-minutes",
        title="15 minutes at home",
        where="home",
        toml=text,
    )
    wishes = Wishes(contact=CALL, clinic="Neck Clinic", greeting="Maria")
    out = root / "maria.emgplan"
    folder = DataFolder(root / "clinic")
    make_plan_file(register, folder, given, wishes, out, now_utc=dt.datetime.now(dt.UTC))
    register.database.close()
    return out


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    out = Path(arguments[0]) if arguments else Path(__file__).parent / "images"
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    look = Appearance(app)
    look.choose(Scheme.LIGHT, 100)
    today = dt.datetime.now().astimezone().date()
    monday = today - dt.timedelta(days=today.weekday())
    with tempfile.TemporaryDirectory() as scratch:
        plan = make_plan(Path(scratch), monday)
        folder = DataFolder(Path(scratch) / "kit")
        desk = make_desk(folder, "kit")
        station = Station(folder.recordings)
        window = MainWindow(station, look, records=(desk, folder))
        window.painted.connect(desk.start)
        window.show()
        until(app, lambda: desk.state is DeskState.OPEN)
        assert window.kit is not None
        window.kit.begin()
        room = window.kit.room
        assert room is not None
        room.take.look_at(plan)

        friday = monday + dt.timedelta(days=4)
        done = [monday, monday + dt.timedelta(days=1), monday + dt.timedelta(days=3)]

        def take(name: str, scheme: Scheme = Scheme.LIGHT) -> None:
            look.choose(scheme, 100)
            for _ in range(20):
                app.processEvents()
            room.home.show_week(week_of(friday, done, monday))
            window.grab().save(str(out / f"{name}.png"))

        take("home-compare-light")
        room.take.same.click()
        until(app, lambda: room.active)
        take("home-patient-light")
        take("home-patient-dark", Scheme.DARK)
        room.home.unwell_asked.emit()
        room.unwell.buttons[Sign.PAIN].click()
        take("home-call-light")
        window.close()
        station.close()
        desk.close()


if __name__ == "__main__":
    main(sys.argv[1:])
