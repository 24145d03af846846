"""Render the live screen with the demo board for the README: `python -m docs.live_screens`.

Takes half a minute: it is the real window, the real chain and a real recording.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from emgfeedback.engine.station import Station
from emgfeedback.ui import theme
from emgfeedback.ui.main_window import MainWindow

IMAGES = Path(__file__).parent / "images"
THRESHOLDS_UV = (10.0, 25.0, 20.0, 10.0)
SIZE_PX = (1280, 800)


def main() -> int:
    """Run the demo in light and dark and save a picture of each stage."""
    app = QApplication(sys.argv)
    appearance = theme.Appearance(app)
    with tempfile.TemporaryDirectory() as folder:
        station = Station(Path(folder) / "recordings")
        window = MainWindow(station, appearance)
        appearance.choose(theme.Scheme.DARK, 100)
        window.resize(*SIZE_PX)
        window.show()
        for at_s, act in (
            (0.6, lambda: _save(window, "connect-dark")),
            (0.8, lambda: station.connect("demo")),
            (4.0, station.start_recording),
            (4.5, lambda: _set_targets(station)),
            (24.0, lambda: station.mark("let go")),
            (29.5, lambda: _save(window, "live-dark")),
            (29.7, lambda: appearance.choose(theme.Scheme.LIGHT, 100)),
            (30.2, lambda: _save(window, "live-light")),
            (30.4, app.quit),
        ):
            QTimer.singleShot(round(1000 * at_s), act)
        code = app.exec()
        station.close()
    return code


def _set_targets(station: Station) -> None:
    for channel, threshold_uv in enumerate(THRESHOLDS_UV):
        station.set_threshold(channel, threshold_uv)
    station.start_target()


def _save(window: MainWindow, name: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    window.grab().save(str(IMAGES / f"{name}.png"))


if __name__ == "__main__":
    sys.exit(main())
