"""Render a step of the first connection for the manual: `python -m docs.first_screens`.

The board is a virtual one with a loose electrode; window, chain and verdicts are the real ones.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import FaultPlan
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.connect import DemoConnector
from emgfeedback.engine.station import Station
from emgfeedback.ui import theme
from emgfeedback.ui.main_window import MainWindow

PICTURE = Path(__file__).parent / "images" / "first-signal-light.png"
SIZE_PX = (1280, 800)
EVERY_MS = 300
SETTLED_S = 8.0
FAULTS = ("loose=4",)


def main() -> int:
    """Go through the steps up to the signal's and save that one."""
    app = QApplication(sys.argv)
    appearance = theme.Appearance(app)
    board = VirtualBoard(NeckSignal(), faults=FaultPlan(FAULTS))
    with tempfile.TemporaryDirectory() as folder:
        station = Station(
            Path(folder) / "recordings", connector_of=lambda port, driver: DemoConnector(board)
        )
        window = MainWindow(station, appearance)
        appearance.choose(theme.Scheme.LIGHT, 100)
        window.resize(*SIZE_PX)
        window.show()
        window.live_stack.begin_first()
        room = window.live_stack.first
        assert room is not None
        room.plug_in.choice.demo_button.click()

        def go_on() -> None:
            room.electrodes.isolated.setChecked(True)
            if room.step is not room.trust:
                room.go_on()
            elif station.snapshot().time_s > SETTLED_S:
                window.grab().save(str(PICTURE))
                app.quit()

        timer = QTimer()
        timer.timeout.connect(go_on)
        timer.start(EVERY_MS)
        code = app.exec()
        window.close()
        station.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
