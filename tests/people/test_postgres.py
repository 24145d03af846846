"""Several rooms on one set of records: a real server, real processes."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from emgfeedback.core.errors import RegisterError
from emgfeedback.people.database import Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.schema import TABLES
from emgfeedback.people.upgrade import NEWEST_FORM, form_of
from emgfeedback.people.values import CheckIn, Patient
from tests.people.conftest import KEY

ROOT = Path(__file__).resolve().parents[2]
TIMES = 40


@pytest.fixture(params=["file", "server"])
def url(request):
    return request.getfixturevalue("postgres").empty_database() if request.param == "server" else ""


def rooms(data_dir: Path, url: str, names: tuple[str, ...], patient_id: str) -> list[int]:
    """Let rooms write at once and return how often each was told of a conflict."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.people.room", data_dir, url, who, patient_id, str(TIMES)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for who in names
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=100)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(names)
    return [int(count) for count in told]


def test_two_rooms_that_write_at_once_lose_nothing(tmp_path, url):
    names = ("Room 1", "Room 2")
    with Database.open(tmp_path, url=url or None) as database:
        register = Register(database, who="Dr A", role=Role.CLINICIAN)
        patient = register.put(Patient(pseudonym="P-1", birth_year=1000))
        told = rooms(tmp_path, url, names, patient.id)

        assert register.get(Patient, patient.id).birth_year == 1000 + len(names) * TIMES
        assert len(register.all_of(CheckIn, patient.id)) == len(names) * TIMES
        entries = register.audit(limit=10_000)
        assert [entry.number for entry in entries] == list(range(len(entries), 0, -1))
        done = Counter((entry.who, entry.action, entry.kind) for entry in entries)
        for who in names:
            assert done[who, "add", "CheckIn"] == done[who, "change", "Patient"] == TIMES
        years = [e.after["birth_year"] for e in reversed(entries) if e.kind == "Patient"]
        assert years == list(range(1000, 1001 + len(names) * TIMES))
        turns = [entry.who for entry in reversed(entries) if entry.action == "change"]
        changes_of_turn = sum(one != other for one, other in itertools.pairwise(turns))
        assert sum(told) >= changes_of_turn > 0, "each was told when the other had been faster"


def cut_off_while_writing(database: Database, other: Database) -> None:
    cut_off = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with database.writing() as connection:
        connection.execute(sa.update(TABLES[Patient]).values(name="half-written"))
        with other.reading() as killing:
            killing.execute(sa.text(cut_off))
        connection.execute(sa.text("SELECT 1"))


def test_a_server_that_goes_away_is_told_and_found_again(tmp_path, postgres):
    url = postgres.empty_database()
    with Database.open(tmp_path, url=url) as database:
        register = Register(database, who="Dr A", role=Role.CLINICIAN)
        register.put(Patient(pseudonym="P-1"))
        with (
            Database.open(tmp_path, url=url) as other,
            pytest.raises(RegisterError, match=r"cannot be used.*Check that the server"),
        ):
            cut_off_while_writing(database, other)
        assert [line.patient.name for line in register.search("")] == [""]


def test_what_the_database_refuses_is_told_in_one_line(tmp_path, postgres):
    url = postgres.empty_database()
    with (
        Database.open(tmp_path, url=url) as database,
        pytest.raises(RegisterError, match=r"cannot be used.*nowhere") as refused,
        database.reading() as connection,
    ):
        connection.execute(sa.text("SELECT * FROM nowhere"))
    assert "\n" not in str(refused.value)


def test_nobody_writes_while_looking(tmp_path, postgres):
    url = postgres.empty_database()
    with (
        Database.open(tmp_path, url=url) as database,
        pytest.raises(RegisterError, match="read-only"),
        database.reading() as connection,
    ):
        connection.execute(sa.text("DELETE FROM patient"))


def test_rooms_that_open_an_empty_server_at_once_make_one_register(tmp_path, postgres):
    url = postgres.empty_database()
    program = (
        "import sys; from pathlib import Path; from emgfeedback.people.database import Database\n"
        "sys.stdin.readline(); Database.open(Path(sys.argv[1]), url=sys.argv[2]).close()\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, tmp_path, url],
            cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    with Database.open(tmp_path, url=url) as database, database.reading() as connection:
        assert form_of(connection) == NEWEST_FORM


def test_the_file_only_promises_are_refused_on_a_server(tmp_path, postgres):
    url = postgres.empty_database()
    with pytest.raises(RegisterError, match="a server has none"):
        Database.open(tmp_path, url=url, key=KEY)
    with Database.open(tmp_path, url=url) as database:
        with pytest.raises(RegisterError, match="pg_dump"):
            database.copy_to(tmp_path / "copy.sqlite")
        database.compact()
