"""Every list of a clinic of 500 patients and 20 000 sessions, beside the naive way to it.

Naive is to read the whole tables and to look through them here. (The same query without indexes
is no measure: it takes minutes, because it counts what belongs to each row by reading all.)
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from emgfeedback.people.database import FILE_NAME, Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import CheckIn, Patient
from tests.benchmarks.clinic import PATIENTS, SESSIONS, fill
from tests.benchmarks.table import Job, Row, medians_s

AT_ONCE_MS = 50.0
"""What a person takes for at once is twice as long; half is left to the screen."""


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="emgfeedback-bench-") as folder:
        return rows_in(Path(folder))


def rows_in(folder: Path) -> list[Row]:
    with Database.open(folder) as database:
        begin = time.process_time()
        people = fill(clinician(database))
        filled_s = time.process_time() - begin
    size_mb = (folder / FILE_NAME).stat().st_size / 1e6
    begin = time.process_time()
    with (
        Database.open(folder) as database,
        contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as plain,
    ):
        opened_s = time.process_time() - begin
        plain.row_factory = sqlite3.Row
        register = clinician(database)
        found = [
            compared(what, lambda ask=ask: ask(register), lambda read=read: read(plain))
            for what, ask, read in questions(people[PATIENTS // 2], register)
        ]
    values = f"{PATIENTS} patients, {SESSIONS} sessions, {size_mb:.0f} MB"
    return [
        Row(f"register of {values}: filled", f"{filled_s:.0f} s"),
        Row("  opened", f"{1e3 * opened_s:.0f} ms"),
        *found,
    ]


def compared(what: str, ask: Job, read: Job) -> Row:
    ours_ms = 1e3 * medians_s({"ours": ask})["ours"]
    naive_ms = 1e3 * medians_s({"naive": read}, rounds=1)["naive"]
    return Row(
        f"  {what}",
        f"{ours_ms:.1f} ms",
        f"{naive_ms:.0f} ms, reading all",
        f"{ours_ms / naive_ms:.3f}",
        f"<= {AT_ONCE_MS:.0f} ms",
        ours_ms <= AT_ONCE_MS,
    )


def questions(
    person: Patient, register: Register
) -> list[tuple[str, Callable[[Register], object], Callable[[sqlite3.Connection], object]]]:
    """Return what the screens ask, and how one would find it by reading whole tables."""
    session = register.sessions_of(person.id)[0].id
    surname = person.name.split()[-1][:4]

    def lines(plain: sqlite3.Connection) -> list[dict[str, Any]]:
        recordings = table(plain, "recording_file")
        pseudonyms = {row["id"]: row["pseudonym"] for row in table(plain, "patient")}
        found = table(plain, "session")
        counts: dict[str, int] = {}
        for row in recordings:
            counts[row["session_id"]] = counts.get(row["session_id"], 0) + 1
        for row in found:
            row |= {"pseudonym": pseudonyms[row["patient_id"]], "n": counts.get(row["id"], 0)}
        return sorted(found, key=lambda row: row["started_utc"], reverse=True)

    def search(plain: sqlite3.Connection, text: str) -> list[dict[str, Any]]:
        texts: dict[str, str] = {}
        last: dict[str, str] = {}
        for row in table(plain, "session"):
            owner = row["patient_id"]
            texts[owner] = texts.get(owner, "") + " " + row["note"].casefold()
            last[owner] = max(last.get(owner, ""), row["started_utc"])
        hits = [
            row
            for row in table(plain, "patient")
            if all(
                f" {word}" in f" {row['name']} {row['note']}".casefold() + texts.get(row["id"], "")
                for word in text.casefold().split()
            )
        ]
        return sorted(hits, key=lambda row: last.get(row["id"], ""), reverse=True)[:50]

    def own(plain: sqlite3.Connection, name: str, **wanted: str) -> list[dict[str, Any]]:
        return [
            row
            for row in table(plain, name)
            if all(row[key] == value for key, value in wanted.items())
        ]

    parts = ("trial_result", "calibration_result", "rating_given", "measure_taken")
    return [
        ("list of patients", lambda r: r.search(""), lambda p: search(p, "")),
        (f"search {surname!r}", lambda r: r.search(surname), lambda p: search(p, surname)),
        (
            "search 'headache tired', in notes",
            lambda r: r.search("headache tired"),
            lambda p: search(p, "headache tired"),
        ),
        ("search of what is not there", lambda r: r.search("qq"), lambda p: search(p, "qq")),
        ("recent sessions", lambda r: r.recent_sessions(), lambda p: lines(p)[:20]),
        (
            "sessions of a patient",
            lambda r: r.sessions_of(person.id),
            lambda p: [row for row in lines(p) if row["patient_id"] == person.id],
        ),
        (
            "one session whole",
            lambda r: r.session(session),
            lambda p: [own(p, name, session_id=session) for name in parts],
        ),
        (
            "trend of one measure",
            lambda r: r.trend(person.id, "rms_rest", "SCM"),
            lambda p: own(p, "measure_taken", patient_id=person.id, key="rms_rest", muscle="SCM"),
        ),
        (
            "check-ins of a patient",
            lambda r: r.all_of(CheckIn, person.id),
            lambda p: own(p, "check_in", patient_id=person.id),
        ),
        (
            "audit of a patient, newest 200",
            lambda r: r.audit(person.id),
            lambda p: own(p, "audit", patient_id=person.id)[-200:],
        ),
    ]


def table(plain: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    """Read all rows of a table."""
    found = [dict(row) for row in plain.execute(f'SELECT * FROM "{name}"')]
    for row in found:
        if "summary" in row:
            row["summary"] = json.loads(row["summary"])
    return found


def clinician(database: Database) -> Register:
    return Register(database, who="Dr A", role=Role.CLINICIAN)
