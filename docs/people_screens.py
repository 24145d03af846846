"""Render Home, People and a person into docs/images: `python -m docs.people_screens [folder]`.

The people are made up. Needs no window system: set QT_QPA_PLATFORM=offscreen where there is none.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from emgfeedback.engine.station import Station
from emgfeedback.people.desk import DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Appearance, Scheme
from tests.ui.people.made_up import filled_folder


def until(app: QApplication, holds: Callable[[], bool]) -> None:
    """Let the window work until something holds, or a minute has gone."""
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        app.processEvents()
        time.sleep(0.005)


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    out = Path(arguments[0]) if arguments else Path(__file__).parent / "images"
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    look = Appearance(app)
    look.choose(Scheme.LIGHT, 100)
    today = dt.datetime.now().astimezone().date()
    with tempfile.TemporaryDirectory() as scratch:
        folder = DataFolder(Path(scratch))
        people = filled_folder(folder.root, today)
        desk = make_desk(folder, "Dr Berg")
        window = MainWindow(Station(folder.recordings), look, records=(desk, folder))
        window.painted.connect(desk.start)
        window.show()
        until(app, lambda: desk.state is DeskState.OPEN)
        take = Camera(app, window, look, out)
        assert window.rooms is not None
        rooms = window.rooms
        window.open_page("home")
        until(app, lambda: bool(rooms.home.people.rows))
        take("home-light", Scheme.LIGHT)
        window.open_page("people")
        until(app, lambda: bool(rooms.people.table.rows))
        take("people-dark", Scheme.DARK)
        rooms.people.show_person(people[0].id)
        until(app, lambda: rooms.people.person.patient is not None)
        until(app, lambda: rooms.people.person.overview.trend.chart.trend is not None)
        take("person-light", Scheme.LIGHT)
        if arguments[1:] == ["all"]:
            take("person-dark", Scheme.DARK)
            take("person-large", Scheme.LIGHT, 175)
            rooms.people.person.show_tab(1)
            take("person-treatment", Scheme.LIGHT)
            rooms.people.person.scales.begin(None)
            take("person-scale", Scheme.DARK)
            rooms.people.person.show_tab(2)
            take("person-electrodes", Scheme.LIGHT)
            window.open_page("home")
            take("home-dark-large", Scheme.DARK, 175)
            window.open_page("people")
            rooms.people.show_list()
            rooms.people.search.setText("p-041")
            take("people-large", Scheme.LIGHT, 175)
            rooms.people.edit(people[0])
            take("person-form", Scheme.DARK)
            rooms.start_visit(people[0])
            take("train-visit", Scheme.LIGHT)
        window.close()
        desk.close()


class Camera:
    """Takes pictures of a window once nothing is awaited any more."""

    def __init__(self, app: QApplication, window: MainWindow, look: Appearance, out: Path) -> None:
        self._app, self._window, self._look, self._out = app, window, look, out

    def __call__(self, name: str, scheme: Scheme, text_pct: int = 100) -> None:
        self._look.choose(scheme, text_pct)
        ends = time.monotonic() + 0.8
        until(self._app, lambda: time.monotonic() > ends)
        self._window.grab().toImage().save(str(self._out / f"{name}.png"), "PNG", 0)


if __name__ == "__main__":
    main(sys.argv[1:])
