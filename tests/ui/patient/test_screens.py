"""Which screen the patient's window stands on, as screens come and go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from emgfeedback.ui.patient.screens import chosen_screen


@dataclass(frozen=True)
class Named:
    label: str

    def name(self) -> str:
        return self.label


MAIN, WALL, TABLET = Named("main"), Named("wall"), Named("tablet")


@pytest.mark.parametrize(
    ("there", "console", "wanted", "expected"),
    [
        ((MAIN,), "main", "", MAIN),
        ((MAIN,), "main", "wall", MAIN),
        ((MAIN, WALL), "main", "", WALL),
        ((MAIN, WALL), "wall", "", MAIN),
        ((MAIN, WALL, TABLET), "main", "tablet", TABLET),
        ((MAIN, WALL), "main", "tablet", WALL),
        ((MAIN, WALL), "main", "main", MAIN),
        ((MAIN, WALL), "gone", "", MAIN),
    ],
    ids=str,
)
def test_the_chosen_screen(
    there: tuple[Named, ...], console: str, wanted: str, expected: Named
) -> None:
    assert chosen_screen(there, console, wanted) is expected


def test_of_two_screens_of_one_name_the_one_beside_the_console_is_taken() -> None:
    twins = (Named("DELL"), Named("DELL"))
    assert chosen_screen(twins, "DELL", "DELL") in twins


ON_THREE_SCREENS = """
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from emgfeedback.ui.patient.view import PatientView

app = QApplication([])
main, wall, tablet = sorted(QGuiApplication.screens(), key=lambda s: s.geometry().x())
there = [main, wall, tablet]
view = PatientView()
view.keeper._screens = lambda: list(there)

def stands_on(screen, whole):
    app.processEvents()
    assert view.screen().name() == screen.name(), view.screen().name()
    assert view.isFullScreen() == whole, view.windowState()
    assert screen.geometry().contains(view.geometry()), view.geometry()
    assert (view.geometry() == screen.geometry()) == whole, view.geometry()

view.keeper.show("main", "")
stands_on(wall, True)
view.keeper.choose("tablet")
stands_on(tablet, True)
there.remove(tablet)
view.keeper.follow_screens()
stands_on(wall, True)
there.remove(wall)
view.keeper.follow_screens()
stands_on(main, False)
view.keeper.follow_screens()
stands_on(main, False)
there.append(tablet)
view.keeper.follow_screens()
stands_on(tablet, True)
view.close()
there.remove(tablet)
view.keeper.follow_screens()
assert not view.isVisible(), "a closed window stays closed"
print("done")
"""


def test_the_window_follows_its_screen_and_comes_back_when_it_goes(tmp_path: Path) -> None:
    layout = tmp_path / "screens.json"
    screens = [
        {"name": name, "x": x, "y": 0, "width": 1280, "height": 800, "dpr": 1}
        for x, name in ((0, "main"), (1280, "wall"), (2560, "tablet"))
    ]
    for screen in screens:
        screen |= {"logicalDpi": 96, "logicalBaseDpi": 96}
    layout.write_text(json.dumps({"screens": screens}))
    ran = subprocess.run(
        [sys.executable, "-c", ON_THREE_SCREENS],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={layout}"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "done"
