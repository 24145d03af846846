"""A whole session under a passphrase in the real window; then its folder is copied and searched.

What a thief of the copy finds: no name, no note, no sample, in any byte of any file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from emgfeedback.access import keys
from emgfeedback.access.key_file import LOWEST
from emgfeedback.access.private_files import is_private
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.registry import make_drivers
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.snapshot import RecordState
from emgfeedback.engine.station import Station
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk, open_folder
from emgfeedback.people.protect import set_passphrase
from emgfeedback.people.values import CheckIn, GivenPlan, Patient, RecordingFile, Session
from emgfeedback.people.verify import verify
from emgfeedback.records.reader import open_recording
from emgfeedback.ui.main_window import MainWindow
from tests.engine.test_station_training import SHORT, over
from tests.people.kept import DAY

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PASSPHRASE = "vier Worte für Anna"
NAME = "Friederike Zyxgrünwald"
NOTE = "Schmerz links nach der Gartenarbeit"
WORDS = (NAME, "Zyxgrünwald", "Friederike", NOTE, "Gartenarbeit", "P-0417")
WAIT_MS = 30_000


@pytest.fixture(params=["plain at first", "from the beginning"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> DataFolder:
    """A folder under a passphrase that holds one person, by either way there is."""
    pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
    made = DataFolder(tmp_path / "data")
    if request.param == "from the beginning":
        set_passphrase(made, PASSPHRASE, cost=LOWEST)
    secret = PASSPHRASE if made.keys.exists() else ""
    opened = open_folder(made, secret, who="Dr Test")
    patient = opened.register.put(Patient(pseudonym="P-0417", name=NAME, note=NOTE))
    own = {"patient_id": patient.id}
    opened.register.put_all([CheckIn(on=DAY, pain=3, note=NOTE, **own)])
    opened.register.put_all([GivenPlan(from_date=DAY, name="own", toml=f"# {NAME}", **own)])
    opened.close()
    if not made.keys.exists():
        made.plans.mkdir()
        (made.plans / "own.toml").write_text(f"# for {NAME}")
        set_passphrase(made, PASSPHRASE, cost=LOWEST)
    return made


@pytest.fixture
def opened(
    qtbot, look, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[MainWindow, Station, Desk]]:
    monkeypatch.setattr(keys, "Cost", lambda: LOWEST)
    link = VirtualLink(VirtualBoard(NeckSignal()), speed=4.0)

    def connector(port: str, driver: str) -> Callable[[], Connection]:
        del port
        return lambda: Connection(link, make_drivers(driver))

    desk = make_desk(folder, "Dr Test")
    station = Station(folder.recordings, connector_of=connector, files=lambda: desk.files)
    window = MainWindow(station, look, None, (desk, folder))
    window.painted.connect(desk.start)
    with qtbot.waitExposed(window):
        window.show()
    yield window, station, desk
    window.close()
    station.close()
    desk.close()
    window.deleteLater()


def forms_of(text: str) -> set[bytes]:
    escaped = json.dumps(text).strip('"')
    forms = {text, text.upper(), text.lower(), text.casefold(), escaped}
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1")
    return {form.encode(encoding) for form in forms for encoding in encodings}


def runs_of(counts: NDArray[np.int32]) -> list[bytes]:
    runs = []
    for column in range(counts.shape[1]):
        for first in range(0, len(counts) - 12, 97):
            wide = counts[first : first + 12, column].astype("<i4").tobytes()
            runs.append(wide)
            runs.append(b"".join(wide[i : i + 2] for i in range(0, len(wide), 4)))
            runs.append(b"".join(wide[i : i + 3] for i in range(0, len(wide), 4)))
    return [run for run in runs if len(set(run)) > 6]


def everything(folder: Path) -> bytes:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\0\0".join([path.read_bytes() for path in paths] + [p.name.encode() for p in paths])


def run_session(qtbot, window: MainWindow, station: Station, desk: Desk) -> None:
    page = window.privacy.guard.page
    page.field.setText(PASSPHRASE)
    page._try()
    qtbot.waitUntil(lambda: not window.privacy.guard.covering, timeout=WAIT_MS)
    found = desk.ask(lambda register: register.search("")[0].patient)
    qtbot.waitUntil(lambda: found.done, timeout=WAIT_MS)
    window.rooms.start_visit(found.value)
    station.connect("demo")
    qtbot.waitUntil(lambda: station.snapshot().end_sample > 0, timeout=WAIT_MS)
    station.start_training(SHORT)
    qtbot.waitUntil(lambda: station.snapshot().recording.elapsed_s > 1, timeout=WAIT_MS)
    station.mark(NOTE)
    qtbot.waitUntil(
        lambda: (
            over(station.snapshot()) and station.snapshot().recording.state is RecordState.SAVED
        ),
        timeout=WAIT_MS,
    )
    station.save_training()
    filed = []

    def is_filed() -> bool:
        answer = desk.ask(lambda register: register.all_of(Session))
        filed[:] = answer.value or [] if answer.wait(10) else []
        return bool(filed)

    qtbot.waitUntil(is_filed, timeout=WAIT_MS)
    session = filed[0]
    assert session.patient_id == found.value.id


def test_a_copy_taken_while_locked_tells_nothing(qtbot, opened, folder, tmp_path):
    window, station, desk = opened
    assert window.privacy.guard.covering
    run_session(qtbot, window, station, desk)
    station.disconnect()
    window.privacy.copies.copy_if_due()
    qtbot.waitUntil(lambda: len(list(folder.backups.glob("*.zip"))) == 1, timeout=WAIT_MS)
    window.privacy.guard.lock()
    qtbot.waitUntil(lambda: window.privacy.guard.covering, timeout=WAIT_MS)
    assert desk.state is DeskState.LOCKED
    copy = tmp_path / "copy"
    shutil.copytree(folder.root, copy)
    data = everything(copy)
    for word in WORDS:
        assert not [form for form in forms_of(word) if form in data], word
    for other in (b"SQLite format", b"BIOSEMI", b'"trials"', b"CREATE TABLE", PASSPHRASE.encode()):
        assert other not in data
    # With the passphrase it is all there, and the search would have found it.
    taken = open_folder(DataFolder(copy), PASSPHRASE, who="Dr Test")
    (row,) = taken.register.all_of(RecordingFile)
    with open_recording(taken.folder.path_of(row.path), taken.files) as recording:
        counts = recording.read_counts(0, recording.n_samples)
        assert f"mark {NOTE}" in [a.text for a in recording.annotations]
    runs = runs_of(counts)
    assert len(runs) > 300
    assert not [run for run in runs if run in data]
    assert taken.register.search("")[0].patient.name == NAME
    assert verify(taken.register, taken.folder, taken.files).problems == ()
    taken.close()
    assert [p for p in folder.root.rglob("*") if p.is_file() and not is_private(p)] == []


def test_the_window_tells_nothing_while_it_is_covered(qtbot, opened, folder):
    window, station, desk = opened
    run_session(qtbot, window, station, desk)
    station.disconnect()
    window.privacy.guard.lock()
    qtbot.waitUntil(lambda: window.privacy.guard.covering, timeout=WAIT_MS)
    shown = [w for w in window.findChildren(QWidget) if w.isVisible()]
    texts = [w.text() for w in shown if isinstance(w, QLabel | QLineEdit)]
    names = [w.accessibleName() for w in shown] + [w.toolTip() for w in shown]
    for word in WORDS:
        assert not [text for text in (*texts, *names) if word in text]
    assert "The records are locked" in texts


def test_handed_over_the_window_offers_the_patients_own_pages_until_it_is_locked(
    qtbot, opened, folder
):
    window, _, desk = opened
    page = window.privacy.guard.page

    def unlock() -> None:
        page.field.setText(PASSPHRASE)
        page._try()
        qtbot.waitUntil(lambda: not window.privacy.guard.covering, timeout=WAIT_MS)

    def offered() -> list[str]:
        buttons = window.rail._group.buttons()
        return [button.text() for button in buttons if button.isVisible()]

    unlock()
    everything_offered = offered()
    found = desk.ask(lambda register: register.search("")[0].patient.id)
    qtbot.waitUntil(lambda: found.done, timeout=WAIT_MS)
    desk.hand_over(found.value)
    qtbot.waitUntil(lambda: offered() == ["People", "Train"], timeout=WAIT_MS)
    window.activateWindow()
    for number in range(1, 8):
        qtbot.keyClick(window, str(number), Qt.KeyboardModifier.AltModifier)
        assert window._names[window.pages.currentIndex()] in ("people", "train")
    window.privacy.guard.lock()
    qtbot.waitUntil(lambda: window.privacy.guard.covering, timeout=WAIT_MS)
    unlock()
    qtbot.waitUntil(lambda: offered() == everything_offered, timeout=WAIT_MS)
