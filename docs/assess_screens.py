"""Render the page of assessments into docs/images: `python -m docs.assess_screens [folder]`.

The person is made up: left SCM and right splenius overactive, an electrode loose. Needs no window
system: set QT_QPA_PLATFORM=offscreen where there is none.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from docs.studio import Studio
from emgfeedback.ui.theme import Scheme
from tests.measures.overactive_patient import SWAPPED, patient
from tests.ui.assess.clinic import fill

THEN = (0.72, 1.0, 1.0, 1.0, 1.0, 0.9)
"""How loud each channel was at the visit before."""


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    studio = Studio(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        kept = fill(Path(scratch) / "data", patient().source, SWAPPED, THEN)
        with studio.window(kept.folder, "Dr Berg") as window:
            rooms = window.rooms
            assert rooms is not None
            rooms.visit.start(kept.patient)
            rooms.show_assessment(kept.sessions[-1].id)
            page = rooms.assess.page
            studio.until(lambda: page.measured is not None and page.header.sign_button.isEnabled())
            page.overview.heat.table.move_to(1, 0)
            studio.take(window, "assess-light")
            if arguments[1:] == ["all"]:
                studio.take(window, "assess-dark", Scheme.DARK)
                studio.take(window, "assess-large", text_pct=150)
                page.header.traces_button.click()
                studio.take(window, "assess-traces", Scheme.DARK)
                page.header.posture_button.click()
                studio.take(window, "assess-posture")
            page.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
