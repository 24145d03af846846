"""A register with two people, their sessions, files and photos, as a clinic leaves it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from emgfeedback.core.montage import Side
from emgfeedback.people.database import Database
from emgfeedback.people.filing import file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.plain import KINDS
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import (
    CheckIn,
    Examination,
    HeartChoice,
    Injection,
    MovedEdge,
    Patient,
    Placement,
    PostureFinding,
    ScaleScore,
    Session,
    SessionKind,
    Value,
)
from tests.people.recorded_session import record_session

NAMES = ("Ada Quillfeather", "Bo Zwetschgenbaum")
DAY = dt.date(2026, 3, 9)


@dataclass
class Kept:
    """An open register and its folder."""

    folder: DataFolder
    register: Register
    patients: list[Patient]


def open_kept(root: Path) -> Register:
    return Register(Database.open(root), who="Dr Test", role=Role.CLINICIAN)


def fill(root: Path) -> Kept:
    """Make the register; the caller closes its database."""
    folder = DataFolder(root)
    register = open_kept(root)
    folder.photos.mkdir()
    patients = []
    for number, name in enumerate(NAMES, 1):
        patient = register.put(Patient(pseudonym=f"P-{number}", name=name, note=f"about {name}"))
        patients.append(patient)
        photo = f"site-{number}.jpg"
        (folder.photos / photo).write_bytes(b"\xff\xd8" + name.encode() * 20)
        own = {"patient_id": patient.id, "on": DAY}
        register.put_all(
            [
                Injection(product="A", muscles="L SCM", units=50.0, **own),
                Placement(muscle="scm", side=Side.LEFT, photo=photo, **own),
                ScaleScore(scale="twstrs", total=43.0, **own),
                CheckIn(pain=3, triggers=("cold",), note=f"slept badly, {name}", **own),
            ]
        )
        bdf, summary = record_session(folder, f"2026-03-0{number}_080706")
        session = file_session(
            register, folder, patient_id=patient.id, kind=SessionKind.VISIT, recording=bdf,
            summary=summary, note=f"seen: {name}",
        )  # fmt: skip
        register.put_all(_examined(session, name))
    register.put(register.get(Patient, patients[0].id))
    patients[0] = register.get(Patient, patients[0].id)
    return Kept(folder, register, patients)


def _examined(session: Session, name: str) -> list[Value]:
    """Return what an examination before injections adds."""
    own = {"patient_id": session.patient_id, "session_id": session.id}
    turned = PostureFinding("torticaput", Side.LEFT, 20.0)
    return [
        Examination(
            **own, examined_on=DAY, postures=(turned,), larynx="midline", note=f"of {name}"
        ),
        HeartChoice(
            patient_id=session.patient_id, method="template", chosen_at=session.started_utc
        ),
        MovedEdge(**own, task="let-go", repeat=0, edge="end", at_s=9.0, was_s=12.5),
    ]


def values(register: Register, patient_id: str = "") -> dict[str, Value]:
    """Everything kept, by id."""
    return {v.id: v for kind in KINDS for v in register.all_of(kind, patient_id)}


def contents(folder: DataFolder, *rooms: str) -> dict[str, bytes]:
    """Name -> content of the files in some rooms of a data folder."""
    paths = [path for room in rooms for path in (folder.root / room).rglob("*") if path.is_file()]
    return {folder.name_of(path): path.read_bytes() for path in paths}
