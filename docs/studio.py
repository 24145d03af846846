"""The real window over made-up records, for the pictures of docs/images."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from emgfeedback.engine.station import Station
from emgfeedback.people.desk import DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Appearance, Scheme

SETTLED_S = 0.8
LONGEST_S = 60.0


class Studio:
    """Opens the window and takes its pictures.

    Parameters
    ----------
    arguments
        Of the command line: the folder for the pictures, docs/images without one.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._out = Path(arguments[0]) if arguments else Path(__file__).parent / "images"
        self._out.mkdir(parents=True, exist_ok=True)
        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        self._app = app
        self._look = Appearance(app)
        self._look.choose(Scheme.LIGHT, 100)

    @contextmanager
    def window(self, folder: DataFolder, who: str) -> Iterator[MainWindow]:
        """Open the window over the records of a folder; close all of it in the end."""
        desk = make_desk(folder, who)
        station = Station(folder.recordings)
        window = MainWindow(station, self._look, records=(desk, folder))
        window.painted.connect(desk.start)
        window.show()
        self.until(lambda: desk.state is DeskState.OPEN)
        yield window
        window.close()
        station.close()
        desk.close()

    def until(self, holds: Callable[[], bool]) -> None:
        """Let the window work until something holds, or a minute has gone."""
        self._work(LONGEST_S, holds)

    def take(
        self,
        window: MainWindow,
        name: str,
        scheme: Scheme = Scheme.LIGHT,
        text_pct: int = 100,
        at_last: Callable[[], object] = bool,
    ) -> None:
        """Keep a picture of the window at rest; `at_last` sets what time would have changed."""
        self._look.choose(scheme, text_pct)
        self._work(SETTLED_S)
        at_last()
        window.grab().toImage().save(str(self._out / f"{name}.png"), "PNG", 0)

    def _work(self, seconds: float, holds: Callable[[], bool] = bool) -> None:
        deadline = time.monotonic() + seconds
        while not holds() and time.monotonic() < deadline:
            self._app.processEvents()
            time.sleep(0.005)
