"""Lists stay quick however much is kept: no list reads a table that grows with sessions."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from emgfeedback.people.database import Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import CheckIn, Injection, TrialResult
from tests.benchmarks.clinic import fill

GROWS = "session|trial_result|calibration_result|rating_given|measure_taken|recording_file|audit"
# Walking an index of times or numbers from its newest end stops at the limit.
READS_ALL = re.compile(
    rf"SCAN ({GROWS})(_1)?\b(?!.* (COVERING INDEX|INDEX ix_session_started|INDEX sqlite_auto))"
)
ASKED = {
    "list of patients": lambda r, person, session: r.search(""),
    "search": lambda r, person, session: r.search("head tired"),
    "recent sessions": lambda r, person, session: r.recent_sessions(),
    "sessions of a patient": lambda r, person, session: r.sessions_of(person),
    "unassigned sessions": lambda r, person, session: r.unassigned(),
    "one session": lambda r, person, session: r.session(session),
    "trend": lambda r, person, session: r.trend(person, "rms_rest", "SCM"),
    "check-ins": lambda r, person, session: r.all_of(CheckIn, person),
    "injections": lambda r, person, session: r.all_of(Injection, person),
    "trials": lambda r, person, session: r.all_of(TrialResult, session_id=session),
    "audit": lambda r, person, session: r.audit(),
    "audit of a patient": lambda r, person, session: r.audit(person),
    "undo": lambda r, person, session: r.undo(),
}


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    with Database.open(tmp_path_factory.mktemp("clinic")) as database:
        register = Register(database, who="Dr A", role=Role.CLINICIAN)
        fill(register, patients=6, sessions=24)
        yield register


@pytest.mark.parametrize("asked", ASKED)
def test_no_query_reads_every_row_of_a_table_that_grows(register, asked):
    person = register.search("")[0].patient.id
    session = register.sessions_of(person)[0].id
    seen: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE")) and not executemany:
            seen.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        answer = ASKED[asked](register, person, session)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert answer or asked == "unassigned sessions"
    assert seen
    with register.database.reading() as connection:
        for statement, parameters in seen:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [step for *_, step in plan]
            assert not [step for step in steps if READS_ALL.match(step)], (statement, steps)
