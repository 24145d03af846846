"""Cut the power (kill the process) at random moments of one operation, and look what is left.

Run as a program: `python -m tests.people.power_cuts OPERATION CUTS SEED FOLDER`; it prints one
JSON line. It stands apart from the test run because it forks, and a fork must have no threads.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from emgfeedback.access.key_file import LOWEST
from emgfeedback.access.sealing import is_sealed
from emgfeedback.people.backup import backup, due_backup, unfinished_copies
from emgfeedback.people.database import Database
from emgfeedback.people.erase import erase_patient, finish_erasures
from emgfeedback.people.filing import file_session, orphans
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import open_folder
from emgfeedback.people.package import Package
from emgfeedback.people.protect import remove_passphrase, set_passphrase
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.upgrade import MIGRATIONS, NEWEST_FORM
from emgfeedback.people.values import SessionKind
from emgfeedback.people.verify import verify
from tests.people.kept import DAY, NAMES, fill, open_kept, values
from tests.people.recorded_session import record_session

PASSPHRASE = "vier Worte für Anna"
LATER_FORM = f'''
"""A later form: a column more, and every row rewritten."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{NEWEST_FORM}"


def upgrade():
    op.add_column("patient", sa.Column("town", sa.Text()))
    op.execute("UPDATE patient SET town = 'somewhere ' || name")
    op.add_column("session", sa.Column("room", sa.Text()))
    op.execute("UPDATE session SET room = 'first'")
'''


class Scene:
    """A folder before the operation, made once and copied for every cut."""

    def __init__(self, root: Path) -> None:
        self.template = root / "template"
        kept = fill(self.template)
        self.patients = [patient.id for patient in kept.patients]
        self.before = values(kept.register)
        kept.register.database.close()
        record_session(DataFolder(self.template), "2026-03-20_090000")
        self.later = root / "migrations"
        shutil.copytree(MIGRATIONS, self.later, ignore=shutil.ignore_patterns("__pycache__"))
        (self.later / "versions" / "9999_later.py").write_text(LATER_FORM)


def save(scene: Scene, root: Path) -> None:
    folder, register = DataFolder(root), open_kept(root)
    bdf = folder.recordings / "2026-03-20_090000.bdf"
    file_session(
        register, folder, patient_id=scene.patients[0], kind=SessionKind.VISIT, recording=bdf,
        summary=bdf.with_suffix(".session.json"),
    )  # fmt: skip


def migrate(scene: Scene, root: Path) -> None:
    Database.open(root, migrations=scene.later)


def copy(scene: Scene, root: Path) -> None:
    backup(open_kept(root).database, DataFolder(root), root / "backups" / "b.zip")


def erase(scene: Scene, root: Path) -> None:
    erase_patient(open_kept(root), DataFolder(root), scene.patients[0])


def protect(scene: Scene, root: Path) -> None:
    set_passphrase(DataFolder(root), PASSPHRASE, cost=LOWEST)


def unprotect(scene: Scene, root: Path) -> None:
    remove_passphrase(DataFolder(root), PASSPHRASE)


def with_a_copy(root: Path) -> None:
    """Add what a clinic's folder also holds: a scheduled copy, an own plan."""
    folder, register = DataFolder(root), open_kept(root)
    due_backup(register.database, folder, DAY)
    register.database.close()
    folder.plans.mkdir()
    (folder.plans / "own.toml").write_text(f'title = "For {NAMES[0]}"')


def with_a_passphrase(root: Path) -> None:
    with_a_copy(root)
    set_passphrase(DataFolder(root), PASSPHRASE, cost=LOWEST)


def look_at_protection(scene: Scene, root: Path) -> str:
    folder = DataFolder(root)
    begun = (root / "protecting.json").exists()
    locked = folder.keys.exists()
    opened = open_folder(folder, PASSPHRASE if locked else "", who="Dr Test")
    assert values(opened.register) == scene.before
    found = verify(opened.register, folder, opened.files)
    assert found.problems == ()
    assert found.unfiled == (f"2026-03-20_090000.bdf{opened.files.suffix}",)
    assert len([*folder.recordings.iterdir()]) == 6
    assert len([*folder.photos.iterdir()]) == len(scene.patients)
    opened.close()
    assert not (root / "protecting.json").exists()
    rest = [path for path in root.rglob("*") if path.is_file()]
    rooms = (folder.recordings, folder.photos, folder.plans)
    sealed = [is_sealed(path) for path in rest if path.parent in rooms]
    assert len(set(sealed)) == 1, "some files are encrypted and some are not"
    assert len(list(folder.backups.glob("emgfeedback-*.zip"))) == 1
    if folder.keys.exists():
        assert all(sealed)
        content = b"".join(path.read_bytes() for path in rest)
        assert not any(name.encode() in content for name in NAMES), "a name was left readable"
        with Package(next(folder.backups.glob("emgfeedback-*.zip"))) as package:
            assert "keys.json" in package.members
        return "encrypted after going on" if begun else "encrypted"
    assert not any(sealed)
    return "plain after going on" if begun else "plain"


def look_at_save(scene: Scene, root: Path) -> str:
    folder, register = DataFolder(root), open_kept(root)
    offered = [orphan.path.name for orphan in orphans(register, folder)]
    lines = register.sessions_of(scene.patients[0])
    new = set(values(register)) - set(scene.before)
    assert verify(register, folder).problems == ()
    if len(lines) == 2:
        whole = register.session(lines[0].id)
        assert (len(whole.trials), len(whole.calibrations), len(whole.recordings)) == (2, 6, 1)
        assert offered == []
        return "done"
    assert new == set()
    assert offered == ["2026-03-20_090000.bdf"], "an orphan was not offered back"
    return "not done"


def look_at_migration(scene: Scene, root: Path) -> str:
    copies = len(list(root.glob("register-of-form-*.sqlite")))
    with Database.open(root, migrations=scene.later) as database:
        register = Register(database, who="Dr Test", role=Role.CLINICIAN)
        assert values(register) == scene.before
    for kept in root.glob("register-of-form-*.sqlite"):
        alone = root / kept.stem
        alone.mkdir()
        kept.rename(alone / "register.sqlite")
        assert values(open_kept(alone)) == scene.before
    return "copied" if copies else "not begun"


def look_at_copy(scene: Scene, root: Path) -> str:
    folder, register = DataFolder(root), open_kept(root)
    assert verify(register, folder).problems == ()
    assert values(register) == scene.before
    out = root / "backups" / "b.zip"
    if out.exists():
        with Package(out) as package:
            package.check()
        return "done"
    return "left something to tidy" if unfinished_copies(folder) else "not done"


def look_at_erasure(scene: Scene, root: Path) -> str:
    folder, register = DataFolder(root), open_kept(root)
    begun = bool(finish_erasures(register.database, folder))
    gone, stays = scene.patients
    assert values(register, stays).keys() >= {
        key for key, value in scene.before.items() if getattr(value, "patient_id", "") == stays
    }
    assert verify(register, folder).problems == ()
    known = {line.patient.id for line in register.search()}
    if gone in known:
        assert values(register) == scene.before
        assert not begun
        return "not done"
    register.database.close()
    rest = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert NAMES[0].encode() not in rest, "something of an erased person was left"
    return "completed" if begun else "done"


OPERATIONS: dict[str, tuple[Callable[[Scene, Path], None], Callable[[Scene, Path], str]]] = {
    "save": (save, look_at_save),
    "migration": (migrate, look_at_migration),
    "backup": (copy, look_at_copy),
    "erasure": (erase, look_at_erasure),
    "protect": (protect, look_at_protection),
    "unprotect": (unprotect, look_at_protection),
}
PREPARED = {"protect": with_a_copy, "unprotect": with_a_passphrase}


def cut_at(work: Callable[[], None], after_s: float | None) -> bool:
    """Do `work` in a child and kill it after a time; return whether it was through before."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    if after_s is not None:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0, "the operation failed without being cut"
    return True


def main(operation: str, cuts: int, seed: int, root: Path) -> None:
    scene = Scene(root)
    work, look = OPERATIONS[operation]
    if operation in PREPARED:
        PREPARED[operation](scene.template)
    chance = random.Random(seed)
    longest_s = 0.0
    results: dict[str, int] = {}
    for number in range(cuts + 2):
        at = root / f"cut-{number}"
        shutil.copytree(scene.template, at)
        # The first two run through: they tell how long it takes, and that it works.
        after_s = None if number < 2 else chance.uniform(0, 1.05 * longest_s)
        began_s = time.monotonic()
        through = cut_at(lambda at=at: work(scene, at), after_s)
        if number < 2:
            longest_s = time.monotonic() - began_s
        result = look(scene, at)
        key = f"{'through' if through else 'cut'}: {result}"
        results[key] = results.get(key, 0) + 1
        shutil.rmtree(at)
    print(json.dumps({"cuts": cuts, "results": results}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
