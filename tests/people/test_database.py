"""Opening: made anew, upgraded, refused and left alone; readable by nobody else."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import shutil
import sqlite3
import stat
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from emgfeedback.core.errors import RegisterError
from emgfeedback.people import sqlite_file, upgrade
from emgfeedback.people.database import FILE_NAME, Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.schema import AUDIT, TABLES
from emgfeedback.people.values import Examination, Patient
from tests.people.conftest import KEY

SECRET = "Wilhelmina Quastenflosser"
STEP = '''"""A step of a later version."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade():
    op.add_column("patient", sa.Column("shoe_size", sa.BigInteger()))
    op.execute("UPDATE patient SET note = 'upgraded'")
    {last}
'''


def clinician(database: Database) -> Register:
    return Register(database, who="Dr A", role=Role.CLINICIAN)


def filled(folder: Path, key: bytes | None = None) -> Path:
    """Make a register with a person in it and return its file."""
    with Database.open(folder, key=key) as database:
        clinician(database).put(Patient(pseudonym="P-1", name=SECRET))
    assert list(folder.iterdir()) == [folder / FILE_NAME]
    return folder / FILE_NAME


def later_migrations(folder: Path, last: str = "") -> Path:
    shutil.copytree(upgrade.MIGRATIONS, folder)
    step = STEP.format(newest=upgrade.NEWEST_FORM, last=last)
    (folder / "versions" / "9999_later.py").write_text(step)
    return folder


def opened_search(folder: Path, key: bytes | None = None) -> list:
    with Database.open(folder, key=key) as database:
        return clinician(database).search("")


def refused_and_left_alone(folder: Path, said: str, key: bytes | None = None, **more) -> None:
    """Hold that opening tells why not, and changes no byte and no name in the folder."""
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(RegisterError, match=said) as refused:
        Database.open(folder, key=key, **more)
    assert refused.value.remedy
    assert "\n" not in str(refused.value)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_what_is_kept_is_there_at_the_next_opening(tmp_path, key):
    filled(tmp_path, key)
    assert [line.patient.name for line in opened_search(tmp_path, key)] == [SECRET]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows inherits the rights of the profile")
@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_files_are_readable_by_their_owner_alone(tmp_path, key):
    folder = tmp_path / "data"
    with Database.open(folder, key=key) as database:
        clinician(database).put(Patient(pseudonym="P-1"))
        database.copy_to(folder / "copy.sqlite")
        files = {file.name for file in folder.iterdir()}
        assert files >= {FILE_NAME, f"{FILE_NAME}-wal", "copy.sqlite"}
        for file in folder.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_every_connection_is_careful(tmp_path):
    with Database.open(tmp_path) as database:
        for using in (database.reading, database.writing):
            with using() as connection:
                found = {
                    name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                    for name in ("journal_mode", "foreign_keys", "synchronous", "secure_delete")
                }
                wait_ms = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
            full = 2
            assert found == {
                "journal_mode": "wal", "foreign_keys": 1, "synchronous": full, "secure_delete": 1
            }  # fmt: skip
            assert wait_ms == sqlite_file.BUSY_S * 1000


def test_an_encrypted_register_shows_nothing_in_any_byte(tmp_path):
    with Database.open(tmp_path, key=KEY) as database:
        clinician(database).put(Patient(pseudonym="P-1", name=SECRET))
        database.copy_to(tmp_path / "copy.sqlite")
        files = [file.read_bytes() for file in tmp_path.iterdir()]
    for content in [*files, (tmp_path / FILE_NAME).read_bytes()]:
        for word in (SECRET, "Quastenflosser", "quastenflosser", "P-1", "SQLite", "patient"):
            assert word.encode() not in content


def test_what_was_deleted_is_in_no_file_after_compacting(tmp_path):
    with Database.open(tmp_path) as database:
        clinician(database).put(Patient(pseudonym="P-1", name=SECRET))
        with database.writing() as connection:
            connection.execute(sa.delete(TABLES[Patient]))
            connection.execute(sa.delete(AUDIT))
        database.compact()
        files = [file.read_bytes().lower() for file in tmp_path.iterdir()]
    assert all(b"quastenflosser" not in content for content in files)


class TestUpgrade:
    def test_the_newest_form_is_the_last_step(self):
        steps = sorted(file.stem[:4] for file in upgrade.MIGRATIONS.glob("versions/0*.py"))
        assert steps[-1] == upgrade.NEWEST_FORM
        assert upgrade._scripts(upgrade.MIGRATIONS)[1].get_heads() == [upgrade.NEWEST_FORM]

    def test_a_register_of_the_first_form_keeps_all_it_held(self, tmp_path):
        first = tmp_path / "first"
        shutil.copytree(upgrade.MIGRATIONS, first, ignore=shutil.ignore_patterns("__pycache__"))
        for step in (first / "versions").glob("0*.py"):
            if not step.name.startswith("0001"):
                step.unlink()
        folder = tmp_path / "data"
        with Database.open(folder, migrations=first) as database:
            person = clinician(database).put(Patient(pseudonym="P-1", name=SECRET))
        with Database.open(folder) as database:
            register = clinician(database)
            assert register.get(Patient, person.id) == person
            seen = Examination(patient_id=person.id, examined_on=dt.date(2026, 3, 9))
            assert register.get(Examination, register.put(seen).id).postures == ()

    @pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
    def test_an_older_form_is_upgraded_after_a_copy_that_opens(self, tmp_path, key):
        folder = tmp_path / "data"
        filled(folder, key)
        later = later_migrations(tmp_path / "later")
        for _ in range(2):
            with Database.open(folder, key=key, migrations=later) as database:
                assert clinician(database).search("")[0].patient.note == "upgraded"
                with database.reading() as connection:
                    assert upgrade.form_of(connection) == "9999"
        copies = sorted(set(folder.iterdir()) - {folder / FILE_NAME})
        assert [file.name for file in copies] == [f"register-of-form-{upgrade.NEWEST_FORM}.sqlite"]
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        shutil.move(copies[0], elsewhere / FILE_NAME)
        assert opened_search(elsewhere, key)[0].patient.note == ""

    def test_a_newer_form_is_refused(self, tmp_path):
        folder = tmp_path / "data"
        filled(folder)
        Database.open(folder, migrations=later_migrations(tmp_path / "later")).close()
        refused_and_left_alone(
            folder, f"form 9999.*knows forms up to {upgrade.NEWEST_FORM}.*newer version"
        )

    @pytest.mark.parametrize("last", ["1 / 0", "op.execute('SELECT * FROM nowhere')"])
    def test_a_step_that_fails_changes_nothing(self, tmp_path, last):
        folder = tmp_path / "data"
        file = filled(folder)
        later = later_migrations(tmp_path / "later", last)
        with pytest.raises((RegisterError, ZeroDivisionError)):
            Database.open(folder, migrations=later)
        (person,) = opened_search(folder)
        assert (person.patient.name, person.patient.note) == (SECRET, "")
        with contextlib.closing(sqlite3.connect(file)) as connection:
            columns = connection.execute("SELECT name FROM pragma_table_info('patient')").fetchall()
        assert ("shoe_size",) not in columns

    def test_each_upgrade_keeps_a_copy_of_its_own(self, tmp_path):
        folder = tmp_path / "data"
        filled(folder)
        failing = later_migrations(tmp_path / "failing", "1 / 0")
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                Database.open(folder, migrations=failing)
        copies = {file.name for file in folder.iterdir()} - {FILE_NAME}
        assert copies == {f"register-of-form-{upgrade.NEWEST_FORM}{n}.sqlite" for n in ("", "-2")}


class TestRefusal:
    def test_noise(self, tmp_path):
        (tmp_path / FILE_NAME).write_bytes(random.Random(4).randbytes(20_000))
        refused_and_left_alone(tmp_path, "encrypted and needs the passphrase, or is no register")
        refused_and_left_alone(tmp_path, "the key does not fit, or the file is damaged", KEY)

    def test_a_text(self, tmp_path):
        (tmp_path / FILE_NAME).write_text("name,birth year\nWilhelmina,1960\n" * 9)
        refused_and_left_alone(tmp_path, "is no register")

    def test_a_file_cut_off(self, tmp_path):
        file = filled(tmp_path)
        whole = file.read_bytes()
        for part in (1, 50, 4096, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
            file.write_bytes(whole[:part])
            refused_and_left_alone(tmp_path, r"register\.sqlite ")

    def test_damaged_pages(self, tmp_path):
        file = filled(tmp_path)
        whole = file.read_bytes()
        dice = random.Random(7)
        for page in dice.sample(range(1, len(whole) // 4096), 60):
            broken = bytearray(whole)
            broken[page * 4096 : page * 4096 + 64] = dice.randbytes(64)
            file.write_bytes(broken)
            refused_and_left_alone(tmp_path, r"register\.sqlite (is damaged|cannot be opened)")
        file.write_bytes(whole)
        assert len(opened_search(tmp_path)) == 1

    def test_the_database_of_another_app(self, tmp_path):
        with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
            connection.execute("CREATE TABLE patient (id TEXT)")
        refused_and_left_alone(tmp_path, "another app's")

    @pytest.mark.parametrize(
        "planted",
        [
            "CREATE TRIGGER planted AFTER INSERT ON audit BEGIN DELETE FROM patient; END",
            "CREATE VIEW planted AS SELECT * FROM patient",
        ],
    )
    def test_what_would_be_run(self, tmp_path, planted):
        with contextlib.closing(sqlite3.connect(filled(tmp_path))) as connection:
            connection.execute(planted)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        refused_and_left_alone(tmp_path, "it holds planted, which we never make")

    def test_a_wrong_key_or_none_or_one_too_many(self, tmp_path):
        filled(tmp_path, KEY)
        refused_and_left_alone(tmp_path, "the key does not fit", bytes(32))
        refused_and_left_alone(tmp_path, "needs the passphrase")
        refused_and_left_alone(tmp_path, "key has 5 bytes", b"short")
        plain = tmp_path / "plain"
        filled(plain)
        refused_and_left_alone(plain, "is not encrypted, though a passphrase is set", KEY)

    def test_a_missing_part_names_what_to_install(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "sqlcipher3.dbapi2", None)
        refused_and_left_alone(tmp_path, r"pip install emgfeedback\[secure\]", KEY)
        monkeypatch.setitem(sys.modules, "psycopg", None)
        url = "postgresql://localhost/x"
        refused_and_left_alone(tmp_path, r"pip install emgfeedback\[postgres\]", url=url)

    @pytest.mark.parametrize("url", ["", "clinic", "mysql://host/x", "sqlite:///x", "://", "%%"])
    def test_an_address_of_nothing(self, tmp_path, url):
        refused_and_left_alone(tmp_path, "not the address of a PostgreSQL database", url=url)

    def test_a_server_that_is_not_there(self, tmp_path):
        pytest.importorskip("psycopg", reason="needs requirements-postgres.txt")
        url = f"postgresql://nobody@/x?host={tmp_path}"
        refused_and_left_alone(tmp_path, "cannot be used.*Check that the server is", url=url)

    def test_a_folder_that_is_a_file(self, tmp_path):
        (tmp_path / "data").write_text("")
        with pytest.raises(RegisterError, match="--data-dir"):
            Database.open(tmp_path / "data")


def test_an_empty_file_becomes_a_register(tmp_path):
    (tmp_path / FILE_NAME).touch()
    assert opened_search(tmp_path) == []


def test_a_folder_may_have_any_name(tmp_path):
    folder = tmp_path / "Zoë's 50%20 data? #1"
    filled(folder)
    assert [line.patient.name for line in opened_search(folder)] == [SECRET]
    assert [file.name for file in tmp_path.iterdir()] == [folder.name]


def test_what_a_power_cut_left_beside_the_file_is_taken_in(tmp_path):
    folder, cut = tmp_path / "data", tmp_path / "cut"
    with Database.open(folder) as database:
        clinician(database).put(Patient(pseudonym="P-1", name=SECRET))
        shutil.copytree(folder, cut)
    assert (cut / f"{FILE_NAME}-wal").stat().st_size > 0
    assert [line.patient.name for line in opened_search(cut)] == [SECRET]


def test_a_writer_who_keeps_it_too_long_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_file, "BUSY_S", 0.05)
    with Database.open(tmp_path) as first, Database.open(tmp_path) as second:
        clinician(first).put(Patient(pseudonym="P-1"))
        with first.writing():
            assert len(clinician(second).search("")) == 1, "readers never wait"
            with pytest.raises(RegisterError, match="writing for too long"):
                clinician(second).put(Patient(pseudonym="P-2"))
        clinician(second).put(Patient(pseudonym="P-2"))


class TestCopy:
    @pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
    def test_holds_what_was_kept_and_nothing_half_written(self, tmp_path, key):
        folder = tmp_path / "copied"
        folder.mkdir()
        with Database.open(tmp_path, key=key) as database:
            clinician(database).put(Patient(pseudonym="P-1", name=SECRET))
            with database.writing() as connection:
                connection.execute(sa.update(TABLES[Patient]).values(name="half-written"))
                database.copy_to(folder / FILE_NAME)
        assert [file.name for file in folder.iterdir()] == [FILE_NAME]
        assert [line.patient.name for line in opened_search(folder, key)] == [SECRET]

    def test_never_takes_the_place_of_a_file(self, tmp_path):
        (tmp_path / "mine.sqlite").write_text("mine")
        with Database.open(tmp_path) as database:
            with pytest.raises(RegisterError, match=r"mine\.sqlite exists"):
                database.copy_to(tmp_path / "mine.sqlite")
            with pytest.raises(RegisterError, match="cannot be used"):
                database.copy_to(tmp_path / "nowhere" / "copy.sqlite")
        assert (tmp_path / "mine.sqlite").read_text() == "mine"
