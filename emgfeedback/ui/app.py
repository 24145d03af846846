"""The application with a window: builds the objects and wires them, nothing else."""

from __future__ import annotations

import getpass
import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.engine.demo_patient import DemoPatient
from emgfeedback.engine.session_settings import SessionSettings
from emgfeedback.engine.station import Station
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.training.now import RunNow
from emgfeedback.ui.main_window import open_window
from emgfeedback.ui.session_port import DEMO_PORT

APP = "emgfeedback"
SIGNAL_CHECK_MS = 200
LISTEN_MS = 100


def run_window(
    settings: SessionSettings, folder: DataFolder, preferences: Path, port: str | None
) -> int:
    """Open the window, run until it is closed, finish what was running; return the exit code.

    Parameters
    ----------
    preferences
        Where the choices of the settings page are kept.
    port
        Connect there at once; None: wait to be asked.

    Raises
    ------
    EmgFeedbackError
        There is no screen.
    """
    _demand_screen()
    desk = make_desk(folder, _user())
    patient = DemoPatient()
    station = Station(folder.recordings, settings, patient.connector, lambda: desk.files)
    app = QApplication([APP])
    app.setApplicationName(APP)
    app.setApplicationDisplayName(APP)
    app.setDesktopFileName(APP)
    # A short thread switch interval keeps the reader on time while the screen paints.
    sys.setswitchinterval(0.0005)
    window = open_window(station, preferences, (desk, folder))
    # Opening the register loads the database: not before there is something to look at.
    window.painted.connect(desk.start)
    window.open_page("live" if port else "home")
    window.show()
    QTimer.singleShot(0, station.recover)
    if window.privacy is not None:
        # What was cut off and is encrypted can be repaired only now.
        window.privacy.unlocked.connect(station.recover)
    if port:
        station.connect(port)
    listening = QTimer()
    listening.timeout.connect(lambda: patient.listen(_asked_on_demo(station)))
    listening.start(LISTEN_MS)
    # Python sees Ctrl-C only between its own instructions: give it some.
    signal.signal(signal.SIGINT, lambda *_: app.quit())
    alarm = QTimer()
    alarm.start(SIGNAL_CHECK_MS)
    alarm.timeout.connect(lambda: None)
    code = app.exec()
    station.close()
    window.keep_finished()
    desk.close()
    return code


def _asked_on_demo(station: Station) -> RunNow | None:
    """Return the training on the demo board, if there is any."""
    now = station.snapshot()
    return now.training if now.port == DEMO_PORT else None


def _user() -> str:
    """Return the name the audit shows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "clinic"


def _demand_screen() -> None:
    """Refuse in words where Qt would abort the process."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, names)):
        raise EmgFeedbackError(
            "There is no screen to open a window on (DISPLAY is not set).",
            "Log in to a desktop, or use a headless command: see `main.py --help`.",
        )
