"""A passphrase put on a folder and taken off: everything in it, or nothing."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from emgfeedback.access.key_file import LOWEST
from emgfeedback.access.keys import KeyRing
from emgfeedback.access.private_files import is_private
from emgfeedback.access.sealing import is_sealed
from emgfeedback.core.errors import AccessError, RegisterError, WrongPassphrase
from emgfeedback.people import protect, recoding
from emgfeedback.people.backup import due_backup, scheduled
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import open_folder
from emgfeedback.people.package import Package
from emgfeedback.people.protect import NOTE, remove_passphrase, set_passphrase
from emgfeedback.people.recoding import is_plain, recode
from emgfeedback.people.values import Patient, RecordingFile
from emgfeedback.records.sidecar import Sidecar
from tests.people.kept import NAMES, contents, fill, open_kept, values

sqlcipher = pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
PASSPHRASE = "vier Worte für Anna"
KEY, OTHER = bytes(range(32)), bytes(32)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    kept = fill(tmp_path / "data")
    kept.register.database.close()
    kept.folder.plans.mkdir()
    (kept.folder.plans / "own.toml").write_text(f'title = "For {NAMES[0]}"')
    return kept.folder


def everything(folder: DataFolder) -> dict[str, bytes]:
    return contents(folder, ".")


def put_on(folder: DataFolder) -> str:
    return set_passphrase(folder, PASSPHRASE, cost=LOWEST)


def test_afterwards_no_file_is_readable_and_none_is_missing(folder: DataFolder):
    before = {Path(name).name for name in everything(folder)}
    put_on(folder)
    after = everything(folder)
    others = {"register.sqlite", "keys.json"}
    assert {Path(name).name for name in after} - others == {
        f"{name}.sealed" for name in before - others
    }
    assert not is_plain(folder.register)
    assert not any(name.encode() in content for name in NAMES for content in after.values())
    assert all(is_private(folder.root / name) for name in after)


def test_taken_off_again_everything_is_as_before(folder: DataFolder):
    files = contents(folder, "recordings", "photos", "plans")
    register = open_kept(folder.root)
    kept = values(register)
    register.database.close()
    put_on(folder)
    remove_passphrase(folder, PASSPHRASE)
    assert contents(folder, "recordings", "photos", "plans") == files
    assert not folder.keys.exists()
    opened = open_folder(folder, who="Dr Test")
    assert values(opened.register) == kept
    assert opened.register.audit()[0].who == "Dr Test"
    opened.close()


def test_progress_tells_of_every_file(folder: DataFolder):
    told: list[tuple[int, int]] = []
    n_files = len(contents(folder, "recordings", "photos", "plans"))
    set_passphrase(folder, PASSPHRASE, cost=LOWEST, progress=lambda done, n: told.append((done, n)))
    assert told == [(done, n_files) for done in range(n_files + 1)]


def test_the_recovery_key_opens_too_and_nothing_else_does(folder: DataFolder):
    words = put_on(folder)
    open_folder(folder, words.upper(), who="Dr Test").close()
    with pytest.raises(WrongPassphrase):
        open_folder(folder, words.replace(words.split()[0], "babab"), who="Dr Test")
    with pytest.raises(WrongPassphrase):
        remove_passphrase(folder, "another one")
    assert folder.keys.exists()


def test_a_second_passphrase_is_refused(folder: DataFolder):
    put_on(folder)
    before = everything(folder)
    with pytest.raises(AccessError, match="have a passphrase already"):
        put_on(folder)
    assert everything(folder) == before


@pytest.mark.parametrize("passphrase", ["", "short", "x" * 2000])
def test_a_passphrase_nobody_should_have_changes_nothing(passphrase: str, folder: DataFolder):
    before = everything(folder)
    with pytest.raises(AccessError, match="characters"):
        set_passphrase(folder, passphrase)
    assert everything(folder) == before


def test_while_a_recording_runs_nothing_changes(folder: DataFolder):
    recording = next(folder.recordings.glob("*.bdf"))
    running = Sidecar.create(recording, b"", [])
    before = everything(folder)
    with pytest.raises(AccessError, match=f"{recording.name} is being recorded"):
        put_on(folder)
    assert everything(folder) == before
    running.remove()


def test_while_another_window_has_the_register_nothing_changes(folder: DataFolder):
    import subprocess
    import sys

    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('BEGIN'); c.execute('SELECT * FROM patient').fetchall();"
        "print('held', flush=True); sys.stdin.read()"
    )
    before = contents(folder, "recordings", "photos", "plans")
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(folder.register)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(RegisterError, match=r"locked|in use"):
            put_on(folder)
        other.communicate(b"")
    assert contents(folder, "recordings", "photos", "plans") == before
    assert is_plain(folder.register)
    assert not folder.keys.exists()
    open_folder(folder, who="Dr Test").close()


def test_a_failure_halfway_is_taken_back(folder: DataFolder):
    last = folder.recordings / "2026-03-02_080706.session.json.sealed"
    last.write_bytes(b"something else of the same name")
    before = contents(folder, "recordings", "photos", "plans")
    with pytest.raises(AccessError, match="exists already"):
        put_on(folder)
    assert contents(folder, "recordings", "photos", "plans") == before
    assert not folder.keys.exists()
    assert not (folder.root / NOTE).exists()
    opened = open_folder(folder, who="Dr Test")
    assert {line.patient.name for line in opened.register.search()} == set(NAMES)
    opened.close()


def test_a_full_disk_is_told_before_anything_changes(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
):
    before = everything(folder)
    monkeypatch.setattr(
        protect.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1 << 20})
    )
    with pytest.raises(RegisterError, match="1 MB are free on the disk"):
        put_on(folder)
    assert everything(folder) == before


def test_without_the_part_that_encrypts_nothing_changes(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
):
    import sys

    monkeypatch.setitem(sys.modules, "sqlcipher3.dbapi2", None)
    before = everything(folder)
    with pytest.raises(RegisterError, match=r"emgfeedback\[secure\]"):
        put_on(folder)
    assert everything(folder) == before


def test_scheduled_copies_are_replaced_by_an_encrypted_one(folder: DataFolder):
    register = open_kept(folder.root)
    due_backup(register.database, folder, dt.date(2026, 3, 1))
    due_backup(register.database, folder, dt.date(2026, 3, 9))
    register.database.close()
    (folder.backups / "mine.zip").write_bytes(scheduled(folder)[0][1].read_bytes())
    put_on(folder)
    names = sorted(path.name for path in folder.backups.iterdir())
    ((day, path),) = scheduled(folder)
    assert names == sorted([path.name, "mine.zip.sealed"])
    assert day >= dt.date(2026, 3, 9)
    with Package(path) as package:
        assert {"keys.json", "register.sqlite"} <= package.members.keys()
        assert not any(name.encode() in package.read("register.sqlite") for name in NAMES)
    remove_passphrase(folder, PASSPHRASE)
    assert {path.name for path in folder.backups.iterdir()} == {path.name, "mine.zip"}


def test_copies_made_before_an_upgrade_are_encrypted_with_the_register(folder: DataFolder):
    older = folder.root / "register-of-form-0001.sqlite"
    older.write_bytes(folder.register.read_bytes())
    put_on(folder)
    assert not is_plain(older)
    ring = KeyRing.unlock(folder.keys, PASSPHRASE)
    with closing(sqlcipher.connect(str(older))) as connection:
        connection.execute(f"PRAGMA key = \"x'{ring.database_key.hex()}'\"")
        names = {name for (name,) in connection.execute("SELECT name FROM patient")}
    assert names == set(NAMES)


def test_what_was_removed_comes_back_with_its_recording_under_the_passphrase(folder: DataFolder):
    opened = open_folder(folder, who="Dr Test")
    (line,) = opened.register.sessions_of(opened.register.search("P-1")[0].patient.id)
    whole = opened.register.session(line.id)
    number = opened.register.remove(whole.session)
    opened.close()
    put_on(folder)
    opened = open_folder(folder, PASSPHRASE, who="Dr Test")
    opened.register.undo(number)
    rows = opened.register.all_of(RecordingFile, session_id=line.id)
    assert [folder.path_of(row.path).exists() for row in rows] == [True]
    opened.close()


def test_a_new_folder_may_begin_with_a_passphrase(tmp_path: Path):
    folder = DataFolder(tmp_path / "new")
    put_on(folder)
    opened = open_folder(folder, PASSPHRASE, who="Dr Test")
    opened.register.put(Patient(pseudonym="P-1", name=NAMES[0]))
    opened.close()
    assert NAMES[0].encode() not in b"".join(everything(folder).values())


def test_a_note_nobody_can_read_stops_at_the_door(folder: DataFolder):
    put_on(folder)
    (folder.root / NOTE).write_text('{"version": 2, "way": "sideways"}')
    with pytest.raises(AccessError, match="cannot be read"):
        open_folder(folder, PASSPHRASE, who="Dr Test")


def test_sealed_files_are_sealed_once(folder: DataFolder):
    put_on(folder)
    (folder.root / NOTE).write_text('{"version": 1, "way": "encrypting"}')
    before = contents(folder, "recordings", "photos", "plans")
    open_folder(folder, PASSPHRASE, who="Dr Test").close()
    assert contents(folder, "recordings", "photos", "plans") == before
    assert all(is_sealed(folder.root / name) for name in before)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "register.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 1162692422")
        connection.execute("PRAGMA user_version = 7")
        connection.execute("CREATE TABLE t (a TEXT PRIMARY KEY, b REAL, c BLOB)")
        rows = [(f"{i * 7919 % 1000:04}", i / 3, bytes([i % 256])) for i in range(1000)]
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        connection.execute("DELETE FROM t WHERE b < 50")
        connection.commit()
    return path


def rows_of(path: Path, key: bytes | None) -> list[object]:
    module = sqlite3 if key is None else sqlcipher
    with closing(module.connect(str(path))) as connection:
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        marks = [connection.execute(f"PRAGMA {m}").fetchone()[0] for m in recoding._KEPT_MARKS]
        return [*marks, *connection.execute("SELECT * FROM t ORDER BY rowid")]


def test_a_register_goes_from_key_to_key_row_by_row(small: Path):
    before = rows_of(small, None)
    for old, new in ((None, KEY), (KEY, OTHER), (OTHER, None)):
        recode(small, old, new)
        assert rows_of(small, new) == before
        assert is_plain(small) == (new is None)
    assert [path.name for path in small.parent.iterdir()] == [small.name]


def test_a_copy_that_differs_in_one_row_is_refused(small: Path, monkeypatch: pytest.MonkeyPatch):
    real = recoding._compare

    def spoilt(both: Any, path: Path) -> None:
        both.execute("UPDATE other.t SET b = b + 1 WHERE a = '0500'")
        real(both, path)

    monkeypatch.setattr(recoding, "_compare", spoilt)
    before = small.read_bytes()
    with pytest.raises(RegisterError, match="was not rewritten as it was"):
        recode(small, None, KEY)
    assert small.read_bytes() == before
    assert [path.name for path in small.parent.iterdir()] == [small.name]


def test_with_the_wrong_key_a_register_is_left_alone(small: Path):
    recode(small, None, KEY)
    before = small.read_bytes()
    with pytest.raises(RegisterError, match="the key does not fit"):
        recode(small, OTHER, None)
    assert small.read_bytes() == before
