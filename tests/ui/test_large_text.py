"""At the largest text on small screens nothing is cut off and nothing overlaps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QSizePolicy, QWidget

from emgfeedback.training.now import Phase
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Scheme
from emgfeedback.ui.widgets.channel_header import ChannelHeader
from tests.ui.patient import moments
from tests.ui.stage_session import STATES, streaming

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

SIZES = [(1280, 800), (1366, 768)]
PLAYING = moments.playing(moments.water())
PAGES = {
    "live": (0, STATES["streaming"]),
    "live, loose": (0, STATES["loose"]),
    "live, no target": (0, STATES["target off"]),
    "plans": (1, streaming()),
    "weeks": (1, streaming()),
    "trial": (1, streaming(training=PLAYING)),
    "held": (1, replace(STATES["loose"], training=moments.held(moments.water()))),
    "offer": (1, streaming(training=replace(PLAYING, offer="progress", phase=Phase.REST))),
    "ratings": (1, streaming(training=moments.calm_moments()["ratings"])),
    "trick": (1, streaming(training=moments.calm_moments()["trick"])),
    "end": (1, streaming(training=moments.calm_moments()["end"])),
    "no board": (1, STATES["not connected"]),
}


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def large_on(request, open_on, look):
    """Open a page at 175 %."""

    def make(name: str) -> MainWindow:
        number, snapshot = PAGES[name]
        window = open_on(snapshot, *request.param)
        look.choose(Scheme.LIGHT, 175)
        window.show_page(number)
        if name == "weeks":
            window.train.chooser.weeks_tab.click()
        window.train.console._figures_due = lambda _now_s: True
        for _ in range(3):
            window.tick()
            QApplication.processEvents()
        assert window.size().toTuple() == request.param
        assert not window.pages.currentWidget().grab().isNull()
        return window

    return make


def shown(window: MainWindow, kinds: type | tuple[type, ...]) -> list[QWidget]:
    page = window.pages.currentWidget()
    return [w for w in page.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible()]


@pytest.mark.parametrize("name", list(PAGES))
def test_every_label_has_the_size_it_needs(large_on, name: str) -> None:
    window = large_on(name)
    labels = [label for label in shown(window, QLabel) if label.text()]
    assert labels
    for label in labels:
        elastic = label.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored
        if label.wordWrap():
            needed = label.heightForWidth(label.width())
        else:
            needed = label.fontMetrics().height()
            words = label.fontMetrics().horizontalAdvance(label.text())
            assert label.width() >= words or (elastic and label.toolTip()), label.text()
        assert label.height() >= needed - 1, label.text()


@pytest.mark.parametrize("name", list(PAGES))
def test_every_control_has_the_size_it_needs_and_a_place_of_its_own(large_on, name: str) -> None:
    window = large_on(name)
    controls = shown(window, (QAbstractButton, ChannelHeader))
    assert controls
    for widget in controls:
        least = widget.minimumSizeHint()
        assert widget.width() >= least.width(), widget.accessibleName()
        if isinstance(widget, ChannelHeader):
            assert widget.height() >= least.height() - 1, widget.accessibleName()
        else:
            assert widget.height() >= widget.fontMetrics().height() + 4, widget.accessibleName()
    places = []
    for widget in controls:
        seen = widget.visibleRegion().boundingRect()
        if seen.isEmpty():
            continue
        assert seen.width() >= widget.width() - 1, widget.accessibleName()
        places.append((widget, seen.translated(widget.mapTo(window, QPoint(0, 0)))))
    for i, (one, box) in enumerate(places):
        for other, place in places[i + 1 :]:
            nested = one.isAncestorOf(other) or other.isAncestorOf(one)
            assert nested or not box.intersects(place), (one, other)


@pytest.mark.parametrize("name", ["trial", "offer", "ratings", "trick"])
def test_the_controls_of_a_run_never_scroll_away(large_on, name: str) -> None:
    window = large_on(name)
    panel = window.train.console.panel
    for button in panel.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.visibleRegion().boundingRect().size() == button.size(), button.text()
