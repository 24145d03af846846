"""A data folder opened plain and with its passphrase, and the desk that does it for a screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.access.key_file import LOWEST
from emgfeedback.core.errors import AccessError, WrongPassphrase
from emgfeedback.core.files import PLAIN
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.erase import NOTE
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk, open_folder
from emgfeedback.people.protect import remove_passphrase, set_passphrase
from emgfeedback.people.values import Patient, Placement, RecordingFile
from emgfeedback.people.verify import verify
from tests.people.kept import NAMES, fill, values

PASSPHRASE = "vier Worte für Anna"
WAIT_S = 30.0


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A plain data folder with two people in it, closed."""
    kept = fill(tmp_path / "data")
    kept.register.database.close()
    return kept.folder


@pytest.fixture
def protected(folder: DataFolder) -> DataFolder:
    pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
    set_passphrase(folder, PASSPHRASE, cost=LOWEST)
    return folder


@pytest.fixture
def desk(protected: DataFolder) -> Iterator[Desk]:
    made = make_desk(protected, "Dr Test")
    made.start()
    yield made
    made.close()


def test_a_plain_folder_opens_without_a_secret(folder: DataFolder):
    opened = open_folder(folder, who="Dr Test")
    assert opened.files is PLAIN
    assert {line.patient.name for line in opened.register.search()} == set(NAMES)
    opened.close()


def test_a_new_folder_becomes_a_register(tmp_path: Path):
    opened = open_folder(DataFolder(tmp_path / "new"), who="Dr Test")
    assert opened.register.search() == []
    opened.close()


def test_a_locked_folder_says_so_and_opens_with_its_passphrase_only(protected: DataFolder):
    with pytest.raises(AccessError, match="The records are locked"):
        open_folder(protected, who="Dr Test")
    with pytest.raises(WrongPassphrase):
        open_folder(protected, "fünf Worte für Anna", who="Dr Test")
    opened = open_folder(protected, PASSPHRASE, who="Dr Test")
    assert {line.patient.name for line in opened.register.search()} == set(NAMES)
    report = verify(opened.register, protected, opened.files)
    assert (report.problems, report.files, report.unfiled) == ((), 2, ())
    opened.close()


def test_what_is_kept_finds_its_files_in_either_form(folder: DataFolder):
    opened = open_folder(folder, who="Dr Test")
    rows = [*opened.register.all_of(RecordingFile), *opened.register.all_of(Placement)]
    opened.close()
    names = [r.path if isinstance(r, RecordingFile) else f"photos/{r.photo}" for r in rows]
    plain = {name: folder.path_of(name).read_bytes() for name in names}
    words = set_passphrase(folder, PASSPHRASE, cost=LOWEST)
    opened = open_folder(folder, words, who="Dr Test")
    for name in names:
        path = folder.path_of(name)
        assert path.name.endswith(".sealed")
        with opened.files.open(path, "r") as file:
            assert file.readall() == plain[name]
    opened.close()
    remove_passphrase(folder, PASSPHRASE)
    assert {name: folder.path_of(name).read_bytes() for name in names} == plain


def test_an_interrupted_erasure_is_finished_at_opening(folder: DataFolder):
    opened = open_folder(folder, who="Dr Test")
    gone = opened.register.search(NAMES[0])[0].patient.id
    opened.close()
    note = folder.root / NOTE.format(patient_id=gone)
    note.write_text(json.dumps({"patient_id": gone, "files": []}))
    opened = open_folder(folder, who="Dr Test")
    assert {line.patient.name for line in opened.register.search()} == {NAMES[1]}
    assert not note.exists()
    opened.close()


def test_the_desk_of_a_locked_folder_waits_for_its_passphrase(desk: Desk):
    assert desk.state is DeskState.LOCKED
    with pytest.raises(AccessError, match="locked"):
        _ = desk.files
    assert desk.unlock(PASSPHRASE).wait(WAIT_S)
    found = desk.ask(lambda register: register.search("P-1"))
    assert found.wait(WAIT_S)
    assert [line.patient.name for line in found.value or []] == [NAMES[0]]
    assert desk.files.suffix == ".sealed"
    assert desk.lock().wait(WAIT_S)
    with pytest.raises(AccessError, match="locked"):
        _ = desk.files


def test_each_wrong_passphrase_at_the_desk_makes_the_next_try_wait(desk: Desk):
    wrong = desk.unlock("not this one")
    assert wrong.wait(WAIT_S)
    assert isinstance(wrong.refusal, WrongPassphrase)
    assert wrong.refusal.next_try_in_s == 1.0
    assert desk.state is DeskState.LOCKED


def test_the_desk_puts_a_passphrase_on_its_folder_and_goes_on(folder: DataFolder):
    pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
    desk = make_desk(folder, "Dr Test")
    desk.start()
    done = desk.rebuild(lambda: set_passphrase(folder, PASSPHRASE, cost=LOWEST), PASSPHRASE)
    assert done.wait(WAIT_S)
    assert (done.error, len((done.value or "").split())) == ("", 9)
    assert (desk.state, desk.files.suffix) == (DeskState.OPEN, ".sealed")
    added = desk.ask(lambda register: register.put(Patient(pseudonym="P-9")), changes=True)
    assert added.wait(WAIT_S)
    assert added.error == ""
    desk.close()
    opened = open_folder(folder, PASSPHRASE, who="Dr Test")
    assert {line.patient.pseudonym for line in opened.register.search()} == {"P-1", "P-2", "P-9"}
    opened.close()


def test_a_refused_passphrase_leaves_the_desk_open(folder: DataFolder):
    desk = make_desk(folder, "Dr Test")
    desk.start()
    done = desk.rebuild(lambda: set_passphrase(folder, "short"), "short")
    assert done.wait(WAIT_S)
    assert "has 5 characters" in done.error
    assert (desk.state, desk.files) == (DeskState.OPEN, PLAIN)
    desk.close()


def test_everything_kept_is_the_same_under_the_passphrase(folder: DataFolder):
    opened = open_folder(folder, who="Dr Test")
    before = values(opened.register)
    opened.close()
    set_passphrase(folder, PASSPHRASE, cost=LOWEST)
    opened = open_folder(folder, PASSPHRASE, who="Dr Test")
    assert values(opened.register) == before
    opened.close()


def test_handed_over_a_patient_sees_what_is_their_own_until_it_is_locked(desk: Desk):
    assert desk.unlock(PASSPHRASE).wait(WAIT_S)
    found = desk.ask(
        lambda register: {line.patient.name: line.patient for line in register.search()}
    )
    assert found.wait(WAIT_S)
    mine, other = ((found.value or {})[name] for name in NAMES)
    assert desk.hand_over(mine.id).wait(WAIT_S)
    assert desk.patient_id == mine.id
    seen = desk.ask(lambda register: [line.patient.name for line in register.search()])
    refused = desk.ask(lambda register: register.get(Patient, other.id))
    again = desk.hand_over(other.id)
    assert again.wait(WAIT_S)
    assert seen.value == [mine.name]
    assert "not yours" in refused.error
    assert "A patient may not hand over" in again.error
    assert desk.lock().wait(WAIT_S)
    assert desk.unlock(PASSPHRASE).wait(WAIT_S)
    assert desk.patient_id == ""
    back = desk.ask(lambda register: (len(register.search()), register.audit(limit=1)[0].action))
    assert back.wait(WAIT_S)
    assert back.value == (2, "open")


def test_a_desk_that_waits_has_loaded_nothing_slow():
    import subprocess
    import sys

    program = (
        "import sys; from pathlib import Path\n"
        "from emgfeedback.people.opening import make_desk, DataFolder\n"
        "make_desk(DataFolder(Path('/nowhere')), 'Dr Test')\n"
        "print([m for m in ('sqlalchemy', 'alembic', 'cryptography') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
