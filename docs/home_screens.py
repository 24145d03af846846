"""Render home mode into docs/images: `python -m docs.home_screens [folder]`.

The plan is made for a made-up person and taken as a patient takes it. Needs no window system:
set QT_QPA_PLATFORM=offscreen where there is none.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

from docs.studio import Studio
from emgfeedback.home.adherence import week_of
from emgfeedback.home.contact import Sign
from emgfeedback.home.give import Wishes, make_plan_file
from emgfeedback.people.database import Database
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import GivenPlan, Patient
from emgfeedback.training.plan import find_plan
from emgfeedback.ui.theme import Scheme

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
    studio = Studio(arguments)
    today = dt.datetime.now().astimezone().date()
    monday = today - dt.timedelta(days=today.weekday())
    friday = monday + dt.timedelta(days=4)
    done = [monday, monday + dt.timedelta(days=1), monday + dt.timedelta(days=3)]
    with tempfile.TemporaryDirectory() as scratch:
        plan = make_plan(Path(scratch), monday)
        with studio.window(DataFolder(Path(scratch) / "kit"), "kit") as window:
            assert window.kit is not None
            window.kit.begin()
            room = window.kit.room
            assert room is not None
            room.take.look_at(plan)

            def take(name: str, scheme: Scheme = Scheme.LIGHT) -> None:
                week = week_of(friday, done, monday)
                studio.take(window, name, scheme, at_last=lambda: room.home.show_week(week))

            take("home-compare-light")
            room.take.same.click()
            studio.until(lambda: room.active)
            take("home-patient-light")
            take("home-patient-dark", Scheme.DARK)
            room.home.unwell_asked.emit()
            room.unwell.buttons[Sign.PAIN].click()
            take("home-call-light")


if __name__ == "__main__":
    main(sys.argv[1:])
