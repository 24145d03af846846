"""The application with a window: builds the objects and wires them, nothing else."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from platformdirs import user_config_path, user_data_path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.engine.connect import DEMO
from emgfeedback.engine.station import Station
from emgfeedback.headless import session_settings
from emgfeedback.ui.main_window import open_window

APP = "emgfeedback"
SIGNAL_CHECK_MS = 200


def run_window(options: argparse.Namespace) -> int:
    """Open the window, run until it is closed, finish what was running; return the exit code.

    Raises
    ------
    ConfigError
        The montage or settings file cannot be used.
    EmgFeedbackError
        There is no screen.
    """
    _demand_screen()
    settings = session_settings(options)
    data_folder: Path = options.data_dir or user_data_path(APP, appauthor=False)
    station = Station(data_folder / "recordings", settings)
    app = QApplication([APP])
    app.setApplicationName(APP)
    app.setApplicationDisplayName(APP)
    app.setDesktopFileName(APP)
    # A short thread switch interval keeps the reader on time while the screen paints.
    sys.setswitchinterval(0.0005)
    window = open_window(station, user_config_path(APP, appauthor=False) / "preferences.toml")
    window.show()
    QTimer.singleShot(0, station.recover)
    port = DEMO if options.demo else options.port
    if port:
        station.connect(port)
    # Python sees Ctrl-C only between its own instructions: give it some.
    signal.signal(signal.SIGINT, lambda *_: app.quit())
    alarm = QTimer()
    alarm.start(SIGNAL_CHECK_MS)
    alarm.timeout.connect(lambda: None)
    code = app.exec()
    station.close()
    return code


def _demand_screen() -> None:
    """Refuse in words where Qt would abort the process."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, names)):
        raise EmgFeedbackError(
            "There is no screen to open a window on (DISPLAY is not set).",
            "Log in to a desktop, or use a headless command: see `main.py --help`.",
        )
