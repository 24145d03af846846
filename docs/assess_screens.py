"""Render the page of assessments into docs/images: `python -m docs.assess_screens [folder]`.

The person is made up: left SCM and right splenius overactive, an electrode loose. Needs no window
system: set QT_QPA_PLATFORM=offscreen where there is none.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from docs.people_screens import Camera, until
from emgfeedback.engine.station import Station
from emgfeedback.people.desk import DeskState
from emgfeedback.people.opening import make_desk
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Appearance, Scheme
from tests.measures.overactive_patient import SWAPPED, patient
from tests.ui.assess.clinic import fill

THEN = (0.72, 1.0, 1.0, 1.0, 1.0, 0.9)
"""How loud each channel was at the visit before."""


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    out = Path(arguments[0]) if arguments else Path(__file__).parent / "images"
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    look = Appearance(app)
    look.choose(Scheme.LIGHT, 100)
    with tempfile.TemporaryDirectory() as scratch:
        kept = fill(Path(scratch) / "data", patient().source, SWAPPED, THEN)
        desk = make_desk(kept.folder, "Dr Berg")
        window = MainWindow(Station(kept.folder.recordings), look, records=(desk, kept.folder))
        window.painted.connect(desk.start)
        window.show()
        until(app, lambda: desk.state is DeskState.OPEN)
        take = Camera(app, window, look, out)
        rooms = window.rooms
        assert rooms is not None
        rooms.visit.start(kept.patient)
        rooms.show_assessment(kept.sessions[-1].id)
        page = rooms.assess.page
        until(app, lambda: page.measured is not None and page.header.sign_button.isEnabled())
        page.overview.heat.table.move_to(1, 0)
        take("assess-light", Scheme.LIGHT)
        if arguments[1:] == ["all"]:
            take("assess-dark", Scheme.DARK)
            take("assess-large", Scheme.LIGHT, 150)
            page.header.traces_button.click()
            take("assess-traces", Scheme.DARK)
            page.header.posture_button.click()
            take("assess-posture", Scheme.LIGHT)
        page.shutdown()
        window.close()
        desk.close()


if __name__ == "__main__":
    main(sys.argv[1:])
