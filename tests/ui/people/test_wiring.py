"""The window opens before the database is loaded, on the page that is wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from emgfeedback.ui.widgets.rail import RailButton
from tests.ui.people.conftest import Clinic

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from emgfeedback import cli
from emgfeedback.people.desk import Desk
from emgfeedback.ui import app, main_window

start, windows = Desk.start, []

class Watched(main_window.MainWindow):
    def __init__(self, *given):
        super().__init__(*given)
        windows.append(self)

def started(desk):
    print("before:", "sqlalchemy" in sys.modules, windows[0].isVisible(), windows[0]._seen)
    start(desk)
    watch = QTimer(windows[0])
    def look():
        if desk.state.value != "opening":
            pages = windows[0].pages
            print("after:", desk.state.value, windows[0]._names[pages.currentIndex()])
            windows[0].close()
    watch.timeout.connect(look)
    watch.start(50)

Desk.start = started
main_window.MainWindow = Watched
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.parametrize(("given", "page"), [([], "home"), (["--demo"], "live")])
def test_the_database_is_loaded_once_the_window_is_on_the_screen(
    tmp_path, given: list[str], page: str
) -> None:
    places = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *given, "--data-dir", str(tmp_path / "data")],
        cwd=ROOT,
        env={**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "before: False True True" in done.stdout, done.stdout + done.stderr
    assert f"after: open {page}" in done.stdout
    assert (tmp_path / "data" / "register.sqlite").exists()


def test_the_rail_leads_everywhere_by_key(clinic: Clinic) -> None:
    clinic.open("live")
    window = clinic.window
    names = [button.text() for button in window.rail.findChildren(RailButton)]
    assert names[:4] == ["Home", "People", "Live", "Train"]
    assert names[-1] == "Settings"
    for number, name in enumerate(window._names, 1):
        key = Qt.Key(Qt.Key.Key_0 + number)
        QTest.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
        assert window._names[window.pages.currentIndex()] == name
